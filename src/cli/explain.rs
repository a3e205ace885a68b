//! `billsim explain`: one account's whole story, by simulating that account alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::args::ExplainArgs;
use super::failure::{Failure, print};
use super::present::{count, wrapped};
use crate::book::BillEvery;
use crate::engine::Player;
use crate::plan::{Plan, Segment, Use};
use crate::record::{Line, LineKind, lines_of_day};
use crate::rules::{Account, Cause, Ending, Event, Log, Reason, Refusal, Terms, Usage};
use crate::units::{Calendar, Money, Seconds, TooLarge};
use crate::world::World;

/// Tells the story of an account.
///
/// # Errors
/// Mistakes of the scenario, an account that is not there, dates outside the horizon.
pub fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let plan = args.scenario.plan()?;
    let (segment, index) = find(&plan, &args.account)?;
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
    let (told, account) = tell(&plan, segment, index, (from, to)).map_err(Failure::Usage)?;
    let customers = &plan.segments[segment];
    let ending = ending(&account, &plan).map_err(|too_large| Failure::Usage(too_large.to_string()))?;
    print(&format!(
        "{} of {} (plan {}, seed {})\nopening balance {}, credit line {}\n{}\n{told}{ending}",
        args.account,
        plan.name,
        plan.hash,
        plan.seed,
        customers.opening_balance.short(),
        customers.credit_line.short(),
        services(&plan, customers)
    ))
}

/// The lines of an account's story from one second to another, and its state at the end.
pub(super) fn tell(
    plan: &Plan,
    segment: usize,
    index: u64,
    (from, to): (Seconds, Seconds),
) -> Result<(String, Account), String> {
    let (world, terms) = (World::new(plan, 0), Terms::new(plan));
    let mut story = Story {
        terms: &terms,
        calendar: &plan.calendar,
        from,
        to,
        text: String::new(),
        lines: vec![],
        left: BTreeMap::new(),
        covered: None,
    };
    let mut player = Player::new(&world, &terms);
    let account = player.play(segment, index, &mut story).map_err(|failure| failure.to_string())?.clone();
    Ok((story.text, account))
}

fn allowance(number: u32) -> String {
    if number == 0 { "the trial".to_owned() } else { format!("package {number}") }
}

/// What its demand is called, a line for each product whose use has such a label.
fn services(plan: &Plan, customers: &Segment) -> String {
    let of = |used: &Use| Some(format!("{}: {}\n", plan.books[used.product].id, used.service.as_ref()?));
    customers.uses.iter().filter_map(of).collect()
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
        "at the end of {}: balance {}, owed {}",
        plan.calendar.date(plan.calendar.days() - 1),
        (0..account.balances())
            .map(|balance| account.wallet(balance).balance.short())
            .collect::<Vec<_>>()
            .join(" and "),
        account.debt()?.short()
    );
    for arrears in (0..account.balances()).filter_map(|balance| account.arrears(balance)) {
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
        if service.allowance_left() > 0 {
            put(&mut text, format_args!(", {} allowance units left", count(service.allowance_left())));
        }
    }
    Ok(format!("\n{}", wrapped(&text)))
}

/// Writes each event as it happens.
struct Story<'p> {
    terms: &'p Terms,
    calendar: &'p Calendar,
    from: Seconds,
    to: Seconds,
    text: String,
    /// Lines of days whose bill is to come.
    lines: Vec<Line>,
    /// Units left of trials and packages, by product and number.
    left: BTreeMap<(usize, u32), u64>,
    /// What one of them covered in a slot, as long as more of the same slot may come.
    covered: Option<Covered>,
}

/// What a trial or package covered at an instant.
struct Covered {
    at: Seconds,
    product: usize,
    number: u32,
    /// `12 of audio`
    parts: Vec<String>,
    /// Units of the allowance.
    given: u64,
}

impl Log for Story<'_> {
    fn wants_draws(&self) -> bool {
        true
    }

    fn record(&mut self, at: Seconds, event: Event) {
        match event {
            Event::Drawn { product, meter, number, units, given } => {
                return self.cover(at, (product, number), meter, units, given);
            }
            Event::AllowanceGranted { product, number, units, .. }
            | Event::Purchased { product, number, units, .. } => {
                self.left.insert((product, number), units);
            }
            _ => {}
        }
        self.tell_covered();
        if let Event::DayClosed { product, meter, day, usage, amount, place } = event {
            // A day whose amount fitted has lines that fit.
            let lines = lines_of_day(&self.terms.products[product], (product, meter, day), &usage, amount, place);
            self.lines.extend(lines.unwrap_or_default());
        }
        // A day's close is told on the day that ends, although its instant is the next day's first.
        let closes = matches!(event, Event::DayClosed { .. });
        let told_at = if closes { at - 1 } else { at };
        let what = self.tell(&event);
        self.write(at, told_at, &what);
    }
}

impl Story<'_> {
    /// A line, if its instant is asked for. Of many meters most days have nothing to tell.
    fn write(&mut self, at: Seconds, told_at: Seconds, what: &str) {
        if told_at >= self.from && told_at <= self.to && !what.is_empty() {
            let when = self.calendar.instant(at);
            put(&mut self.text, format_args!("{when}  {what}\n"));
        }
    }

    /// Notes what an allowance covered of a meter; all of one slot is told in one line.
    fn cover(&mut self, at: Seconds, (product, number): (usize, u32), meter: usize, units: u64, given: u64) {
        if self.covered.as_ref().is_none_or(|of| (of.at, of.product, of.number) != (at, product, number)) {
            self.tell_covered();
        }
        let covered = self.covered.get_or_insert(Covered { at, product, number, parts: vec![], given: 0 });
        let meter = &self.terms.products[product].book.meters[meter].id;
        covered.parts.push(format!("{} of {meter}", count(units)));
        covered.given += given;
    }

    fn tell_covered(&mut self) {
        let Some(Covered { at, product, number, parts, given }) = self.covered.take() else { return };
        let left = self.left.entry((product, number)).or_default();
        *left = left.saturating_sub(given);
        let left = count(*left);
        let what = format!(
            "{} {} covers {} with {} unit{}, {left} left",
            self.id(product),
            allowance(number),
            parts.join(", "),
            count(given),
            if given == 1 { "" } else { "s" }
        );
        // The slot that ends at a midnight is the last of its day.
        self.write(at, at - 1, &what);
    }

    fn id(&self, product: usize) -> &str {
        &self.terms.products[product].book.id
    }

    fn quota(&self, product: usize, quota: usize) -> String {
        let book = &self.terms.products[product].book;
        format!("{} free quota {}", book.id, book.free[quota].id)
    }

    /// `trtc audio`, or `captcha` where there is one meter.
    fn metered(&self, product: usize, meter: usize) -> String {
        let book = &self.terms.products[product].book;
        if book.meters.len() == 1 { book.id.clone() } else { format!("{} {}", book.id, book.meters[meter].id) }
    }

    fn tell(&mut self, event: &Event) -> String {
        let date = |day| self.calendar.date(day);
        match *event {
            Event::DayClosed { product, meter, day, usage, amount, .. } => {
                let several = self.terms.products[product].book.meters.len() > 1;
                if several && usage == Usage::default() && amount == Money::ZERO {
                    return String::new();
                }
                format!("{} {}: {}", self.metered(product, meter), date(day), usage_of(&usage, amount))
            }
            Event::BillIssued { product, day, amount, due, voucher } => {
                let lines = self.bill_lines(product, day);
                let paid =
                    if voucher > Money::ZERO { format!(", voucher pays {}", voucher.short()) } else { String::new() };
                let (id, amount, due) = (self.id(product), amount.short(), due.short());
                format!("{id} bill of {}: {lines} = {amount}, due {due}{paid}", date(day))
            }
            Event::Deducted { product, day, amount, balance } => {
                let (amount, balance) = (amount.short(), balance.short());
                format!("{} bill of {}: deducted {amount}, balance {balance}", self.id(product), date(day))
            }
            Event::QuotaGranted { product, quota, units } => {
                format!("{}: {} granted", self.quota(product, quota), count(units))
            }
            Event::QuotaEnded { product, quota, units } => {
                format!("{}: {} unused units ended", self.quota(product, quota), count(units))
            }
            Event::QuotaWiped { product, quota, units } => {
                format!("{}: {} unused units wiped", self.quota(product, quota), count(units))
            }
            Event::Activated { product } => format!("{} activated", self.id(product)),
            Event::ActivationRefused { product } => format!("{} activation refused: in arrears", self.id(product)),
            Event::Resumed { product, reason: Reason::Arrears } => format!("{} resumes", self.id(product)),
            Event::Resumed { product, reason: Reason::Ended } => {
                format!("{} resumes: its ended allowances no longer matter", self.id(product))
            }
            Event::Suspended { product, reason: Reason::Arrears } => {
                format!("{} suspended for arrears", self.id(product))
            }
            Event::Suspended { product, reason: Reason::Ended } => {
                format!("{} suspended: its allowances have ended and pay-as-you-go is off", self.id(product))
            }
            Event::Integrated { product } => format!("{} integrated", self.id(product)),
            Event::ToppedUp { .. }
            | Event::PaymentFailed { .. }
            | Event::CreditLineSet { .. }
            | Event::VoucherReceived { .. }
            | Event::VoucherExpired { .. }
            | Event::ArrearsStarted { .. }
            | Event::ClockSet { .. }
            | Event::ArrearsCleared { .. }
            | Event::DebtMarked { .. }
            | Event::DebtRecovered { .. }
            | Event::Churned => self.tell_money(event),
            _ => self.tell_allowance(event),
        }
    }

    fn tell_money(&self, event: &Event) -> String {
        let what = match *event {
            Event::ToppedUp { amount, .. } => format!("top-up {}", amount.short()),
            Event::PaymentFailed { amount, hard: true, .. } => {
                format!("payment of {} failed: the card is down", amount.short())
            }
            Event::PaymentFailed { amount, .. } => format!("payment of {} failed", amount.short()),
            Event::CreditLineSet { amount, .. } => format!("credit line is now {}", amount.short()),
            Event::VoucherReceived { number, amount, .. } => format!("voucher {number} received: {}", amount.short()),
            Event::VoucherExpired { number, amount, .. } => {
                format!("voucher {number} expired with {} left", amount.short())
            }
            Event::ArrearsStarted { clock, debt, .. } => {
                format!("in arrears: owes {}, clock from {}", debt.short(), self.calendar.instant(clock))
            }
            Event::ClockSet { clock, .. } => {
                format!("the arrears clock now runs from {}", self.calendar.instant(clock))
            }
            Event::ArrearsCleared { .. } => "arrears cleared".to_owned(),
            Event::DebtMarked { amount, .. } => format!("debt of {} marked as bad", amount.short()),
            Event::DebtRecovered { amount, .. } => format!("bad debt of {} recovered", amount.short()),
            _ => "left for good".to_owned(),
        };
        // Where each product has its own balance, its name stands first.
        event.product().map_or(what.clone(), |product| format!("{}: {what}", self.id(product)))
    }

    fn tell_allowance(&self, event: &Event) -> String {
        let Some(product) = event.product() else { return String::new() };
        let what = match *event {
            Event::PayAsYouGo { cause, .. } => {
                let why = match cause {
                    Cause::Opening => "chosen at the opening",
                    Cause::Hand => "switched on by hand",
                    Cause::Automatic => "the allowances have ended",
                };
                format!("pay-as-you-go is on: {why}")
            }
            Event::SwitchRefused { .. } => "pay-as-you-go refused: not open yet".to_owned(),
            Event::AllowanceGranted { number, units, ends, .. } => {
                format!("{}: {} units until {}", allowance(number), count(units), self.calendar.instant(ends))
            }
            Event::Purchased { number, units, amount, due, balance, .. } => {
                let (amount, due, balance) = (amount.short(), due.short(), balance.short());
                let units = count(units);
                format!("{} of {units} units bought for {amount}, deducted {due}, balance {balance}", allowance(number))
            }
            Event::PurchaseRefused { units, reason, .. } => {
                let why = match reason {
                    Refusal::NotOpen => "not open yet",
                    Refusal::Arrears => "in arrears",
                    Refusal::Funds => "the balance does not cover it",
                };
                format!("package of {} units refused: {why}", count(units))
            }
            Event::PackageEffective { number, ends, .. } => {
                format!("{} takes effect, until {}", allowance(number), self.calendar.instant(ends))
            }
            // Told slot by slot already.
            Event::Covered { .. } => return String::new(),
            Event::AllowanceEnded { number, cause, left, .. } => match cause {
                Ending::UsedUp => format!("{} is used up", allowance(number)),
                Ending::Expired => format!("{} expired with {} units left", allowance(number), count(left)),
                Ending::Wiped => format!("{} wiped with {} units left", allowance(number), count(left)),
            },
            _ => return String::new(),
        };
        format!("{} {what}", self.id(product))
    }

    /// The arithmetic of a bill: `0.005 × 100 + 0.002 × 100`.
    fn bill_lines(&mut self, product: usize, day: crate::units::Day) -> String {
        let book = &self.terms.products[product].book;
        let whole_month = book.bill_every == BillEvery::Month;
        let of_bill = |line: &mut Line| line.product == product && line.day <= day;
        let lines = self.lines.extract_if(.., of_bill).filter(|line| whole_month || line.day == day);
        let told: Vec<String> = lines
            .filter(|line| book.meters.len() == 1 || line.amount != Money::ZERO)
            .map(|line| {
                let meter =
                    if book.meters.len() > 1 { format!("{} ", book.meters[line.meter].id) } else { String::new() };
                let units = count(line.units);
                match line.kind {
                    LineKind::Free => format!("{meter}{units} free"),
                    LineKind::Package => format!("{meter}{units} covered"),
                    LineKind::Tier(_) if line.price.times(line.units) == Ok(line.amount) => {
                        format!("{meter}{} × {units}", line.price.decimal().normalize())
                    }
                    LineKind::Tier(tier) => format!("{meter}{units} in tier {tier}: {}", line.amount.short()),
                    LineKind::Adjustment => format!("{meter}adjustment {}", line.amount.short()),
                }
            })
            .collect();
        if told.is_empty() { "nothing".to_owned() } else { told.join(" + ") }
    }
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
        ("covered", usage.package),
        ("written off", usage.written_off),
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
