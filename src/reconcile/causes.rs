//! What bills could have been made by instead: the switches of RULES and near misses of them.

use std::fmt::Write;

use crate::book::{Book, Cover, DrawOrder, Each, Meter, Period, Policy, QuotaCounter, Rounding, ValidFrom};
use crate::plan::Plan;
use crate::text::keys::Words;

/// Most hours by which another day boundary is looked for.
const MOST_HOURS: i64 = 12;
/// Most days by which a bill's date is looked for.
const MOST_DAYS: i64 = 3;

/// One other reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// In words.
    pub name: String,
    /// What it sets, as `--set` takes it.
    pub set: Vec<String>,
    /// By how many hours the day begins later.
    pub hours: i64,
    /// By how many days the date of a bill is later.
    pub days: i64,
    /// What it is about: two causes about the same do not go together.
    pub about: String,
}

impl Cause {
    fn set(name: impl Into<String>, about: &str, set: Vec<String>) -> Cause {
        Cause { name: name.into(), set, hours: 0, days: 0, about: about.to_owned() }
    }

    /// One key with another value, called by it.
    fn key(key: &str, value: &str) -> Cause {
        Cause::set(format!("{key} = {value}"), key, vec![format!("{key}={value}")])
    }
}

/// All causes that a plan's bills may have, the likelier ones first.
pub(super) fn of_plan(plan: &Plan, timed: bool) -> Vec<Cause> {
    let mut causes = of_policy(&plan.policy);
    for book in &plan.books {
        of_quotas(book, &mut causes);
        for meter in &book.meters {
            of_meter(book, meter, &mut causes);
        }
        of_packages(book, &mut causes);
    }
    for days in (-MOST_DAYS..=MOST_DAYS).filter(|days| *days != 0) {
        let name = format!("bills dated {} day{} {}", days.abs(), plural(days), side(days));
        causes.push(Cause { days, ..Cause::set(name, "the date of the bill", vec![]) });
    }
    for hours in (-MOST_HOURS..=MOST_HOURS).filter(|hours| timed && *hours != 0) {
        let name = format!("days that begin {} hour{} {}", hours.abs(), plural(hours), side(hours));
        causes.push(Cause { hours, ..Cause::set(name, "the day boundary", vec![]) });
    }
    causes
}

fn plural(number: i64) -> &'static str {
    if number.abs() == 1 { "" } else { "s" }
}

fn side(number: i64) -> &'static str {
    if number > 0 { "later" } else { "earlier" }
}

fn of_policy(policy: &Policy) -> Vec<Cause> {
    let others = Rounding::WORDS.iter().filter(|word| word.word != policy.rounding.word());
    others.map(|word| Cause::key("account.rounding", word.word)).collect()
}

fn of_quotas(book: &Book, causes: &mut Vec<Cause>) {
    for quota in book.free.iter().filter(|quota| quota.units > 0) {
        let key = format!("books.{}.free.{}", book.id, quota.id);
        let about = format!("{key}.units");
        causes.push(Cause::set(
            format!("free units of {} not applied", quota.id),
            &about,
            vec![format!("{key}.units=0")],
        ));
        let counter = match quota.counter {
            QuotaCounter::Outside => QuotaCounter::Inside,
            QuotaCounter::Inside => QuotaCounter::Outside,
        };
        if quota.meters.len() == 1 {
            let name = format!("free units of {} {} the tiers", quota.id, counter.word());
            causes.push(Cause::set(name, &format!("{key}.counter"), vec![format!("{key}.counter={}", counter.word())]));
        }
        for each in [Each::Once, Each::Month, Each::Day].into_iter().filter(|each| *each != quota.each) {
            causes.push(Cause::key(&format!("{key}.each"), each.word()));
        }
    }
}

fn of_meter(book: &Book, meter: &Meter, causes: &mut Vec<Cause>) {
    let key = format!("books.{}.meters.{}", book.id, meter.id);
    let mut other = |name: &str, value: &str| causes.push(Cause::key(&format!("{key}.{name}"), value));
    let opposite = |period: Period| if period == Period::Day { "month" } else { "day" };
    if meter.raw_per_unit > 1 {
        other("rounding", opposite(meter.rounding));
    }
    if meter.tiers.len() < 2 {
        return;
    }
    other("pricing", if meter.volume { "graduated" } else { "volume" });
    other("counter", opposite(meter.counter));
    let bounds: Vec<(usize, u64)> =
        meter.tiers.iter().enumerate().filter_map(|(tier, of)| Some((tier, of.up_to?))).collect();
    let about = format!("{key}.tiers");
    for (by, word) in [(-1, "lower"), (1, "higher")] {
        let at = |(tier, bound): &(usize, u64)| {
            format!("{key}.tiers.{tier}.up_to={}", bound.saturating_add_signed(by).max(1))
        };
        let name = format!("all tier bounds of {} one unit {word}", meter.id);
        causes.push(Cause::set(name, &about, bounds.iter().map(at).collect()));
        for bound in bounds.iter().filter(|_| bounds.len() > 1) {
            let mut name = String::new();
            write!(name, "the bound {} of {} one unit {word}", bound.1, meter.id).expect("a String takes every write");
            causes.push(Cause::set(name, &about, vec![at(bound)]));
        }
    }
}

fn of_packages(book: &Book, causes: &mut Vec<Cause>) {
    if !book.is_slotted() {
        return;
    }
    let mut other = |name: &str, value: &str| causes.push(Cause::key(&format!("books.{}.{name}", book.id), value));
    other("draw_order", if book.draw_order == DrawOrder::Listed { "dearest_first" } else { "listed" });
    other("slot", if book.slot == 1 { "5m" } else { "1s" });
    if let Some(packages) = &book.packages {
        other("packages.cover", if packages.cover == Cover::Whole { "fractional" } else { "whole" });
        other("packages.valid_from", if packages.valid_from == ValidFrom::Payment { "effect" } else { "payment" });
        other("packages.effect_after", if packages.effect_after == 0 { "300s" } else { "0s" });
    }
    if book.trial.is_some() {
        let set = vec![format!("books.{}.trial.units=0", book.id)];
        causes.push(Cause::set("the trial not applied", &format!("books.{}.trial", book.id), set));
    }
}
