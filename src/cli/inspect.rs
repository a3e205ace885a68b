//! `billsim inspect`: the compiled plan with what is expected of it. Writes nothing; times a few accounts.

use std::fmt::Write;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::args::InspectArgs;
use super::failure::{Failure, print};
use super::present::{SCREEN, count, counted, numbers};
use crate::book::{Book, Each, PartnerGrace, PayAsYouGo};
use crate::expected::Expected;
use crate::plan::{Payer, Plan, Segment, Size};
use crate::record::{Wanted, run};
use crate::rules::Terms;
use crate::tables::ACCOUNT_SPAN;
use crate::units::duration::{write_length, write_time};
use crate::units::{Money, Share};

/// Bytes a row of the accounts table takes in memory before it is written.
const ROW_BYTES: u64 = 400;
/// Accounts that are played to estimate the time of a run.
const SAMPLE: u64 = 400;
const YEAR_SECONDS: f64 = 365.25 * 86_400.0;

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
    say(
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
    work(&mut text, &plan, args)?;
    print(&text)
}

/// A line as lines that fit a screen, the further ones indented.
fn fitting(line: &str) -> String {
    let margin = line.chars().take_while(|letter| *letter == ' ').count();
    let mut text = " ".repeat(margin);
    let mut width = margin;
    for word in line.trim_start().split(' ') {
        let length = word.chars().count();
        if width + length > SCREEN && width > margin {
            text.truncate(text.trim_end().len());
            text.push_str(&format!("\n{}", " ".repeat(margin + 4)));
            width = margin + 4;
        }
        text.push_str(&format!("{word} "));
        width += length + 1;
    }
    format!("{}\n", text.trim_end())
}

/// What a run takes: by playing some of the accounts and writing nothing.
fn work(text: &mut String, plan: &Plan, args: &InspectArgs) -> Result<(), Failure> {
    let replications = u64::from(plan.replications);
    let account_days = plan.accounts().saturating_mul(plan.calendar.days() as u64).saturating_mul(replications);
    let sample = if plan.accounts() > SAMPLE { args.scenario.with_accounts(SAMPLE).plan()? } else { plan.clone() };
    let started = Instant::now();
    let never = AtomicBool::new(false);
    let played = run::<std::convert::Infallible>(&sample, 0, Wanted::default(), 1, &never, |_, _| Ok(()));
    let seconds = started.elapsed().as_secs_f64() * plan.accounts() as f64 / sample.accounts().max(1) as f64;
    let rows = plan.accounts().saturating_mul(replications);
    say(
        text,
        format_args!(
            "\nWork: {} account-days in {}; {} rows of accounts (about {} MB of memory at a time)\n",
            count(account_days),
            counted(replications, "replication"),
            count(rows),
            (rows.min(ACCOUNT_SPAN).saturating_mul(ROW_BYTES)).div_ceil(1_000_000),
        ),
    );
    match played {
        Ok(_) => say(
            text,
            format_args!(
                "About {:.1} s of one thread on this machine, by {} accounts that were timed; tables and charts come on top\n",
                seconds * replications as f64,
                count(sample.accounts()),
            ),
        ),
        Err(error) => say(text, format_args!("No estimate of its time: {error}\n")),
    }
    Ok(())
}

fn book(text: &mut String, book: &Book) {
    say(text, format_args!("\n{} ({}, {})\n", book.title, book.id, book.currency));
    let (from, to) = book.bill_at;
    let window = if to - from > 1 { format!(" to {}", write_time(to)) } else { String::new() };
    say(
        text,
        format_args!(
            "  bills at {}{window} of the next day; suspended after {} in arrears\n",
            write_time(from),
            write_length(book.grace)
        ),
    );
    for quota in &book.free {
        let meters: Vec<&str> = quota.meters.iter().map(|meter| book.meters[*meter].id.as_str()).collect();
        say(
            text,
            format_args!(
                "  free for each account: {} {}s of {}, {}\n",
                count(quota.units),
                book.meters[quota.meters[0]].unit,
                meters.join(", "),
                match quota.each {
                    Each::Day => "every day",
                    Each::Month => "every month",
                    Each::Once => "once",
                }
            ),
        );
    }
    if book.pay_as_you_go == PayAsYouGo::Switch {
        text.push_str("  pay-as-you-go is off until it is switched on\n");
    }
    if let Some(trial) = &book.trial {
        say(text, format_args!("  trial: {} units\n", count(trial.units)));
    }
    if let Some(packages) = &book.packages {
        let sizes: Vec<String> =
            packages.sizes.iter().map(|(units, price)| format!("{} for {}", count(*units), price.short())).collect();
        say(text, format_args!("  packages: {}\n", sizes.join(", ")));
    }
    for meter in &book.meters {
        if book.meters.len() > 1 {
            let add_on = meter.add_on_of.map_or(String::new(), |base| format!(" (adds to {})", book.meters[base].id));
            say(text, format_args!("  {}{add_on}\n", meter.id));
        }
        let mut below = 0;
        for tier in &meter.tiers {
            let bound = tier
                .up_to
                .map_or_else(|| format!("> {}", count(below)), |to| format!("({}, {}]", count(below), count(to)));
            let of =
                if tier.block == 1 { meter.unit.clone() } else { format!("{} {}s", count(tier.block), meter.unit) };
            let fee = if tier.fee > Money::ZERO { format!(", and {} once", tier.fee.short()) } else { String::new() };
            say(text, format_args!("  {bound:>24}  {} a {of}{fee}\n", tier.price.short()));
            below = tier.up_to.unwrap_or(below);
        }
    }
}

fn segments(text: &mut String, plan: &Plan, terms: &Terms) {
    let header = [
        "segment",
        "median\nsize",
        "mean\nsize",
        "top 1 %\nhave",
        "Gini",
        "calls\na day",
        "bursts\na day",
        "price\na day",
    ];
    // A column only where a segment has such a label.
    let labelled = plan.segments.iter().flat_map(|segment| &segment.uses).any(|used| used.service.is_some());
    let of_use: &[&str] = if labelled { &["product", "service"] } else { &["product"] };
    let mut table = numbers(&header);
    let mut totals = numbers(&[&["segment", "accounts"], of_use, &["asked for", "price of it"]].concat());
    for segment in &plan.segments {
        for (nth, used) in segment.uses.iter().enumerate() {
            let expected = Expected::of(plan, terms, segment, nth);
            table.add_row(vec![
                segment.id.clone(),
                number(used.demand.level(Size::median)),
                number(used.demand.level(Size::mean)),
                format!("{:.1} %", expected.top_share * 100.0),
                format!("{:.2}", expected.gini),
                number(expected.units_a_day),
                number(expected.burst_units_a_day),
                format!("{:.4}", expected.price_a_day),
            ]);
            let mut row = vec![segment.id.clone(), count(segment.accounts), plan.books[used.product].id.clone()];
            row.extend(labelled.then(|| used.service.clone().unwrap_or_default()));
            row.extend([number(expected.potential), number(expected.price)]);
            totals.add_row(row);
        }
    }
    let currency = &plan.books[0].currency;
    put(
        text,
        format_args!("\nExpected of an account that is there in full, prices in {currency}\n{}\n", table.trim_fmt()),
    );
    put(
        text,
        format_args!(
            "\nExpected of each segment, if nobody were suspended, left or answered a price;\n\
             without bursts, and without free units that are granted once or by month\n{}\n\n",
            totals.trim_fmt()
        ),
    );
    for segment in &plan.segments {
        say(text, format_args!("{}: {}\n", segment.id, payer(segment)));
        responses(text, segment);
    }
}

/// With a decimal where it is small, with separators where it is large.
fn number(value: f64) -> String {
    // In range: at most a billion a day for every account there can be, and money in floats.
    if value < 1_000.0 { format!("{value:.1}") } else { count(value.round() as u64) }
}

/// How a segment's payments fail, who leaves, and what comes in bursts.
fn responses(text: &mut String, segment: &Segment) {
    let payments = &segment.payments;
    if payments.soft_failure != Share::NONE {
        // Σ of those that are still unpaid after each retry.
        let unpaid = payments.retries.iter().fold(1.0, |left, retry| left * (1.0 - retry.success.approx()));
        say(
            text,
            format_args!(
                "  a payment fails with probability {}; {} recover {:.1} % of them\n",
                payments.soft_failure,
                counted(payments.retries.len() as u64, "retry"),
                (1.0 - unpaid) * 100.0
            ),
        );
    }
    if let Some(card) = payments.card_down {
        let a_year = YEAR_SECONDS / card.gap;
        say(text, format_args!("  the card is down {a_year:.2} times a year, median {}\n", length(card.median)));
    }
    if let Some(churn) = &segment.churn {
        let hazard = churn.by_age.iter().fold(0.0, |sum, hazard| sum + hazard);
        if hazard > 0.0 {
            let leave = -100.0 * libm::expm1(-hazard);
            say(text, format_args!("  {leave:.1} % leave by age alone within the horizon\n"));
        }
        if churn.suspended_day > 0.0 {
            say(text, format_args!("  each day suspended makes one leave with hazard {}\n", churn.suspended_day));
        }
    }
    for used in &segment.uses {
        for (kind, burst) in &used.bursts.random {
            say(
                text,
                format_args!(
                    "  {}: {:.2} a year, {} to {} times the usual traffic for {} to {}\n",
                    kind.replace(['-', '_'], " "),
                    365.25 / burst.gap,
                    burst.multiple.0,
                    burst.multiple.1,
                    length(burst.length.0),
                    length(burst.length.1),
                ),
            );
        }
        if !used.bursts.dated.is_empty() {
            say(text, format_args!("  {}\n", counted(used.bursts.dated.len() as u64, "dated burst")));
        }
        if let Some(buyer) = &used.buyer {
            let (share, days) = (buyer.share, buyer.covers);
            say(text, format_args!("  a share of {share} buys packages for {days} days of their use\n"));
        }
        if used.do_not_suspend != Share::NONE {
            say(text, format_args!("  a share of {} chooses pay-as-you-go at the opening\n", used.do_not_suspend));
        }
        if used.discount != Share::NONE {
            say(text, format_args!("  a discount of {}\n", used.discount));
        }
        if used.elasticity != 0.0 {
            say(text, format_args!("  price elasticity {}\n", used.elasticity));
        }
    }
}

fn length(seconds: f64) -> String {
    // In range: a length that was accepted.
    write_length(seconds.round() as i64)
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
    if segment.non_payers != Share::NONE {
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

/// Sentences, in lines that fit a screen.
fn say(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.extend(piece.to_string().lines().map(fitting));
}

fn put(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes every write");
}
