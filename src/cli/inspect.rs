//! `billsim inspect`: the compiled plan. Runs nothing.

use std::fmt::Write;

use super::args::InspectArgs;
use super::failure::{Failure, print};
use super::present::{count, numbers};
use crate::book::{Book, PartnerGrace};
use crate::plan::{Demand, Payer, Plan, Segment, Use};
use crate::rules::Terms;
use crate::text::keys::Words;
use crate::units::duration::{write_length, write_time};

/// Bytes a row of the accounts table takes in memory before it is written.
const ROW_BYTES: u64 = 400;

/// Checks a scenario and prints the plan.
///
/// # Errors
/// All mistakes of the scenario.
pub fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let plan = args.scenario.plan()?;
    if args.resolved {
        return print(&plan.resolved);
    }
    let terms = Terms::new(&plan);
    let mut text = String::new();
    let days = plan.calendar.days();
    put(
        &mut text,
        format_args!(
            "{}: plan {}, seed {}\n{} accounts, {days} days from {} to {}\n",
            plan.name,
            plan.hash,
            plan.seed,
            count(plan.accounts()),
            plan.calendar.start(),
            plan.calendar.date(days - 1),
        ),
    );
    for product in &terms.products {
        book(&mut text, &product.book);
    }
    segments(&mut text, &plan, &terms);
    let account_days = plan.accounts().saturating_mul(days as u64);
    put(
        &mut text,
        format_args!(
            "\nWork: {} account-days; rows of the accounts table {} (about {} MB before compression)\n",
            count(account_days),
            count(plan.accounts()),
            count((plan.accounts().saturating_mul(ROW_BYTES)).div_ceil(1_000_000)),
        ),
    );
    print(&text)
}

fn book(text: &mut String, book: &Book) {
    put(text, format_args!("\n{} ({}, {})\n", book.title, book.id, book.currency));
    let (from, to) = book.bill_at;
    let window = if to - from > 1 { format!(" to {}", write_time(to)) } else { String::new() };
    put(
        text,
        format_args!(
            "  bills at {}{window} of the next day; suspended after {} in arrears\n",
            write_time(from),
            write_length(book.grace)
        ),
    );
    for quota in &book.free {
        put(
            text,
            format_args!(
                "  free: {} {}s, each: {}\n",
                count(quota.units),
                book.meters[quota.meter].unit,
                quota.each.word()
            ),
        );
    }
    for meter in &book.meters {
        let mut below = 0;
        for tier in &meter.tiers {
            let bound = tier
                .up_to
                .map_or_else(|| format!("> {}", count(below)), |to| format!("({}, {}]", count(below), count(to)));
            put(text, format_args!("  {bound:>24}  {} a {}\n", tier.price.short(), meter.unit));
            below = tier.up_to.unwrap_or(below);
        }
    }
}

fn segments(text: &mut String, plan: &Plan, terms: &Terms) {
    let mut table = numbers(&["segment", "accounts", "product", "calls a day, mean", "median", "a median day costs"]);
    for segment in &plan.segments {
        for used in &segment.uses {
            let (mean, median) = daily(used, plan.calendar.days());
            let cost = terms.products[used.product].tariff.cost(to_count(median));
            table.add_row(vec![
                segment.id.clone(),
                count(segment.accounts),
                plan.books[used.product].id.clone(),
                format!("{mean:.1}"),
                format!("{median:.1}"),
                cost.map_or_else(|too_large| too_large.to_string(), |cost| cost.short()),
            ]);
        }
    }
    put(text, format_args!("\n{}\n\n", table.trim_fmt()));
    for segment in &plan.segments {
        put(text, format_args!("{}: {}\n", segment.id, payer(segment)));
    }
}

/// Mean and median over accounts of the mean daily count.
fn daily(used: &Use, days: usize) -> (f64, f64) {
    match &used.demand {
        Demand::Constant(units) => (*units as f64, *units as f64),
        Demand::Listed(units) => {
            let shown = &units[..units.len().min(days)];
            let mean = shown.iter().map(|units| *units as f64).sum::<f64>() / days as f64;
            (mean, mean)
        }
        Demand::Random(demand) => {
            let index = demand.index.iter().sum::<f64>() / demand.index.len() as f64;
            (demand.size.mean() * index, demand.size.median() * index)
        }
    }
}

fn to_count(units: f64) -> u64 {
    // Sizes are at most a billion.
    units.round().clamp(0.0, 1e12) as u64
}

fn payer(segment: &Segment) -> String {
    let mut text = match segment.payer {
        Payer::Never => "never pays".to_owned(),
        Payer::AutoRecharge { below, amount, delay } => {
            format!(
                "recharges {} when the balance is below {}, after {}",
                amount.short(),
                below.short(),
                write_length(delay)
            )
        }
        Payer::Periodic { first, every, amount } => {
            format!("pays {} every {}, first after {}", amount.short(), write_length(every), write_length(first))
        }
        Payer::AfterDelay { to, median, sigma, extra } => format!(
            "pays the debt and {} after the {to:?}, median delay {} (log-sd {sigma:.2})",
            extra.short(),
            write_length(median as i64)
        )
        .replace("Notice", "notice")
        .replace("Suspension", "suspension"),
    };
    if segment.non_payers != crate::units::Share::NONE {
        put(&mut text, format_args!("; a share of {} never pays", segment.non_payers));
    }
    match segment.partner {
        Some(PartnerGrace::NonStop) => text.push_str("; partner: never suspended"),
        Some(PartnerGrace::After(grace)) => {
            put(&mut text, format_args!("; partner: suspended after {}", write_length(grace)))
        }
        None => {}
    }
    text
}

fn put(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes every write");
}
