//! Numbers in the sentences of a report. Must not know what they are of.

use crate::plan::Plan;
use crate::stats::Estimate;
pub use crate::units::shown::whole;
use crate::units::shown::{count, decimals, signed};

/// An amount, with decimals where it is small.
pub fn amount(value: f64) -> String {
    decimals(value, digits(value))
}

/// An amount as it is shown, and its sign.
pub fn change(value: f64) -> String {
    signed(value, digits(value))
}

/// Decimals of an amount.
pub fn digits(value: f64) -> usize {
    if value.abs() < 1_000.0 { 2 } else { 0 }
}

/// A part of something in per cent; small ones are not called nothing.
pub fn share(part: f64, all: f64) -> String {
    if all == 0.0 {
        return "–".to_owned();
    }
    let percent = 100.0 * part / all;
    let digits = match percent.abs() {
        0.0 => 0,
        small if small < 1.0 => 2,
        _ => 1,
    };
    format!("{} %", decimals(percent, digits))
}

/// Half an interval after its number, and in per cent of it.
pub fn half(estimate: &Estimate, digits: usize) -> Option<String> {
    let half = estimate.half_width?;
    let percent = if estimate.mean == 0.0 { String::new() } else { format!(" ({})", share(half, estimate.mean.abs())) };
    Some(format!("± {}{percent}", decimals(half, digits)))
}

/// The ends of an interval.
pub fn ends(estimate: &Estimate, digits: usize) -> Option<String> {
    let half = estimate.half_width?;
    Some(format!("{} to {}", decimals(estimate.mean - half, digits), decimals(estimate.mean + half, digits)))
}

/// A number of things.
pub fn things(number: u64, name: &str) -> String {
    format!("{} {name}{}", count(number), if number == 1 { "" } else { "s" })
}

/// What was played, in a line.
pub fn about(plan: &Plan, replications: usize) -> String {
    let intervals = if replications == 1 {
        "one simulated world, so no intervals".to_owned()
    } else {
        things(replications as u64, "simulated world")
    };
    format!(
        "{}, {} from {}, {intervals}, seed {}, amounts in {}",
        things(plan.accounts(), "customer account"),
        things(plan.calendar.days() as u64, "day"),
        plan.calendar.start(),
        plan.seed,
        plan.books[0].currency,
    )
}

/// The name of a number in a file, as an analyst says it.
pub fn words(name: &str) -> String {
    match name {
        "recognised" => "recognised revenue".to_owned(),
        "lost" => "lost to suspension".to_owned(),
        name => name.replace('_', " "),
    }
}

/// A text with a large first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The digest of a text, as the manifest has it.
pub fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
