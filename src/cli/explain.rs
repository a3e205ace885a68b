//! `billsim explain`: one account's whole story, by simulating that account alone.

use std::fmt::Write;

use super::args::ExplainArgs;
use super::failure::{Failure, print};
use super::present::count;
use crate::engine::Player;
use crate::plan::Plan;
use crate::record::{BilledDay, LineKind};
use crate::rules::{Account, Event, Log, Product, Terms, Usage};
use crate::units::{Calendar, Money, Seconds, TooLarge};
use crate::world::World;

/// Tells the story of an account.
///
/// # Errors
/// Mistakes of the scenario, an account that is not there, dates outside the horizon.
pub fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let plan = args.scenario.plan()?;
    let (segment, index) = find(&plan, &args.account)?;
    let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
    let end = plan.calendar.end();
    let second = |date: jiff::civil::Date| plan.calendar.second(date.at(0, 0, 0, 0));
    let from = args.from.map_or(0, second);
    // The close of the last day is at its 24:00:00.
    let to = args.to.map_or(end, |date| second(date) + crate::units::DAY - 1);
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::Usage(format!("--from {from} is later than --to {to}")));
    }
    if from >= end || to < 0 {
        return Err(Failure::Usage(format!(
            "no such dates: the horizon is {} to {}",
            plan.calendar.start(),
            plan.calendar.date(plan.calendar.days() - 1)
        )));
    }
    let mut story = Story { terms: &terms, calendar: &plan.calendar, from, to, text: String::new() };
    let customers = &plan.segments[segment];
    put(
        &mut story.text,
        format_args!(
            "{} of {} (plan {}, seed {})\nopening balance {}, credit line {}\n\n",
            args.account,
            plan.name,
            plan.hash,
            plan.seed,
            customers.opening_balance.short(),
            customers.credit_line.short()
        ),
    );
    let mut player = Player::new(&world, &terms);
    let account = player.play(segment, index, &mut story).map_err(|failure| Failure::Usage(failure.to_string()))?;
    let ending = ending(account, &plan).map_err(|too_large| Failure::Usage(too_large.to_string()))?;
    story.text.push_str(&ending);
    print(&story.text)
}

fn find(plan: &Plan, account: &str) -> Result<(usize, u64), Failure> {
    let ids: Vec<&str> = plan.segments.iter().map(|segment| segment.id.as_str()).collect();
    let Some((id, index)) = account.rsplit_once('/') else {
        return Err(Failure::Usage(format!("--account {account} is not SEGMENT/INDEX, for example {}/0", ids[0])));
    };
    let Some(segment) = plan.segment(id) else {
        return Err(Failure::Usage(format!("there is no segment `{id}`; known: {}", ids.join(", "))));
    };
    let accounts = plan.segments[segment].accounts;
    match index.parse::<u64>() {
        Ok(index) if index < accounts => Ok((segment, index)),
        _ => Err(Failure::Usage(format!("{id} has accounts 0 to {}, not `{index}`", accounts - 1))),
    }
}

fn ending(account: &Account, plan: &Plan) -> Result<String, TooLarge> {
    let mut text = format!(
        "\nat the end of {}: balance {}, owed {}",
        plan.calendar.date(plan.calendar.days() - 1),
        account.wallet.balance.short(),
        account.wallet.debt()?.short()
    );
    if let Some(arrears) = account.arrears() {
        put(&mut text, format_args!(", in arrears since {}", plan.calendar.instant(arrears.since)));
    }
    for service in account.services() {
        let id = &plan.books[service.product].id;
        let state = match (service.is_suspended(), service.is_live()) {
            (true, _) => "suspended",
            (false, true) => "running",
            _ => "not running",
        };
        put(&mut text, format_args!("; {id} {state}, not yet billed {}", service.unbilled().short()));
    }
    text.push('\n');
    Ok(text)
}

/// Writes each event as it happens.
struct Story<'p> {
    terms: &'p Terms,
    calendar: &'p Calendar,
    from: Seconds,
    to: Seconds,
    text: String,
}

impl Log for Story<'_> {
    fn record(&mut self, at: Seconds, event: Event) {
        // A day's close is told on the day that ends, although its instant is the next day's first.
        let told_at = if matches!(event, Event::DayClosed { .. }) { at - 1 } else { at };
        if told_at < self.from || told_at > self.to {
            return;
        }
        let when = self.calendar.instant(at);
        let what = self.tell(&event);
        put(&mut self.text, format_args!("{when}  {what}\n"));
    }
}

impl Story<'_> {
    fn tell(&self, event: &Event) -> String {
        let id = |product: usize| self.terms.products[product].book.id.as_str();
        let date = |day| self.calendar.date(day);
        let quota = |product: usize, quota: usize| self.terms.products[product].book.free[quota].id.as_str();
        match *event {
            Event::ToppedUp { amount } => format!("top-up {}", amount.short()),
            Event::PaymentFailed { amount, hard: true } => {
                format!("payment of {} failed: the card is down", amount.short())
            }
            Event::PaymentFailed { amount, hard: false } => format!("payment of {} failed", amount.short()),
            Event::Churned => "left for good".to_owned(),
            Event::CreditLineSet { amount } => format!("credit line is now {}", amount.short()),
            Event::VoucherReceived { number, amount } => format!("voucher {number} received: {}", amount.short()),
            Event::VoucherExpired { number, amount } => {
                format!("voucher {number} expired with {} left", amount.short())
            }
            Event::DayClosed { product, day, usage, amount } => {
                format!("{} {}: {}", id(product), date(day), usage_of(&usage, amount))
            }
            Event::QuotaGranted { product, quota: q, units } => {
                format!("{} free quota {}: {} granted", id(product), quota(product, q), count(units))
            }
            Event::QuotaEnded { product, quota: q, units } => {
                format!("{} free quota {}: {} unused units ended", id(product), quota(product, q), count(units))
            }
            Event::QuotaWiped { product, quota: q, units } => {
                format!("{} free quota {}: {} unused units wiped", id(product), quota(product, q), count(units))
            }
            Event::BillIssued { product, day, free, billable, amount, due, voucher } => {
                let lines = lines(&self.terms.products[product], free, billable);
                let paid =
                    if voucher > Money::ZERO { format!(", voucher pays {}", voucher.short()) } else { String::new() };
                format!(
                    "{} bill of {}: {lines} = {}, due {}{paid}",
                    id(product),
                    date(day),
                    amount.short(),
                    due.short()
                )
            }
            Event::Deducted { product, day, amount, balance } => {
                format!(
                    "{} bill of {}: deducted {}, balance {}",
                    id(product),
                    date(day),
                    amount.short(),
                    balance.short()
                )
            }
            Event::ArrearsStarted { clock, debt } => {
                format!("in arrears: owes {}, clock from {}", debt.short(), self.calendar.instant(clock))
            }
            Event::ClockSet { clock } => format!("the arrears clock now runs from {}", self.calendar.instant(clock)),
            Event::ArrearsCleared => "arrears cleared".to_owned(),
            Event::DebtMarked { amount } => format!("debt of {} marked as bad", amount.short()),
            Event::DebtRecovered { amount } => format!("bad debt of {} recovered", amount.short()),
            Event::Activated { product } => format!("{} activated", id(product)),
            Event::ActivationRefused { product } => format!("{} activation refused: in arrears", id(product)),
            Event::Resumed { product } => format!("{} resumes", id(product)),
            Event::Suspended { product } => format!("{} suspended for arrears", id(product)),
            Event::Integrated { product } => format!("{} integrated", id(product)),
        }
    }
}

/// The tier arithmetic of a bill: `0.005 × 100 + 0.002 × 100`.
fn lines(product: &Product, free: u64, billable: u64) -> String {
    let lines = BilledDay { free, billable }.lines(product).unwrap_or_default();
    let told: Vec<String> = lines
        .iter()
        .map(|(kind, units, price, _)| match kind {
            LineKind::Free => format!("{} free", count(*units)),
            LineKind::Tier(_) => format!("{} × {}", price.decimal().normalize(), count(*units)),
        })
        .collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(" + ") }
}

fn usage_of(usage: &Usage, amount: Money) -> String {
    let mut parts = vec![format!("{} asked", count(usage.potential))];
    for (name, units) in [
        ("unmetered", usage.unmetered),
        ("unintegrated", usage.unintegrated),
        ("attracted by the price", usage.withheld.min(0).unsigned_abs()),
        ("withheld", usage.withheld.max(0).unsigned_abs()),
        ("refused", usage.refused),
        ("of them unprotected", usage.unprotected),
        ("came again", usage.retried),
        ("served", usage.served),
        ("free", usage.free),
        ("billable", usage.billable),
    ] {
        if units > 0 {
            parts.push(format!("{} {name}", count(units)));
        }
    }
    format!("{}, costs {}", parts.join(", "), amount.short())
}

fn put(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes every write");
}
