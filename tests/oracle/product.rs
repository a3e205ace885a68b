//! What is known of one product of the account at an instant.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::book::ProductTerms;
use super::day::DayDemand;
use super::meter_terms::MeterTerms;
use super::profile::DAY;
use super::tariff::Prices;

pub struct Product<'a> {
    pub terms: &'a ProductTerms,
    /// When it integrates, if it needs to and ever does.
    pub integration: Option<i64>,
    /// The instant of the opening (activation or first application), once it has come.
    pub opened: Option<i64>,
    /// When the customer creates the first application, or tries to again.
    pub next_try: i64,
    pub activation_was_refused: bool,
    pub integrated: bool,

    /// Whether pay-as-you-go is on.
    pub is_on: bool,
    /// The suspension for arrears.
    pub suspension: Option<Suspension>,
    /// Whether the service is suspended because its allowances have ended.
    pub ended: bool,
    /// It was judged at this instant that the service is `ended`; it becomes so in phase 10.
    pub will_be_ended: bool,
    /// At this instant something lifts the reason `ended`; it is lifted in phase 10.
    pub lifts_ended: bool,

    /// The trial (number 0) and the packages, in the order of their numbers.
    pub allowances: Vec<Allowance>,
    /// Packages paid so far.
    pub paid_packages: u64,
    /// One for each quota of the terms, in the same order.
    pub quotas: Vec<Quota>,

    /// Whether a part of the slot that is not closed yet was not suspended.
    pub runs_in_slot: bool,
    /// Whether the service ran (open, integrated, not suspended) for a second of this day.
    pub ran_today: bool,
    pub meters: Vec<Meter<'a>>,
    /// What allowances gave today, by number and meter.
    pub given_today: BTreeMap<(u64, usize), Given>,
    /// Exact amounts to be billed, by the usage day of the bill: that day, or the last of its month.
    pub unbilled: BTreeMap<i64, Decimal>,
}

/// A suspension for arrears.
pub struct Suspension {
    pub since: i64,
    /// The instant from which it refuses demand: `since`, or the end of the slot around it.
    pub refuses_from: i64,
    pub wiped: bool,
}

/// The trial or a package.
pub struct Allowance {
    pub number: u64,
    pub left: u64,
    pub ends: i64,
    /// When it takes or took effect.
    pub effect: i64,
    pub stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Paid,
    InEffect,
    Ended,
}

/// What is left of a quota, zero while there is none.
#[derive(Clone, Default)]
pub struct Quota {
    pub left: u64,
    /// The end of a grant that is made once, if it has one, or of the period of the others.
    pub ends: Option<i64>,
}

#[derive(Clone, Copy, Default)]
pub struct Given {
    /// Whole units that count for the allowance.
    pub units: u64,
    /// Units of the allowance.
    pub given: u64,
}

pub struct Meter<'a> {
    pub terms: &'a MeterTerms,
    /// The demand of the day that is not closed yet, and its disaster-recovery tickets.
    pub demand: DayDemand<'a>,
    pub unmetered: u64,
    /// Raw units blocked since the service stopped.
    pub blocked: u64,
    /// Raw units that come again in the second that starts now, the second of a resume.
    pub comes_again: u64,
    pub today: Today,
    /// Raw units counted on the earlier days of the rounding period.
    pub raw_before: u64,
    /// Units of price taken in the rounding period.
    pub taken: u64,
    pub period: Period,
}

/// Counts of the day that is not closed yet; raw units until `raw_counted`, then units of price.
#[derive(Default)]
pub struct Today {
    pub unintegrated: u64,
    /// What did not come: `stopped`, `churned`, and what the price held back or (below zero) attracted.
    pub withheld: i64,
    pub stopped: u64,
    pub churned: u64,
    pub offered: u64,
    pub refused: u64,
    /// The part of `refused` that came while suspended.
    pub blocked: u64,
    pub unprotected: u64,
    pub retried: u64,
    pub served: u64,
    /// Live units that the slot limit let through, by slot.
    pub slot_served: BTreeMap<usize, u64>,
    pub raw_counted: u64,

    pub counted: u64,
    pub free: u64,
    pub package: u64,
    pub written_off: u64,
    pub billable: u64,
    /// The part of `billable` that allowances covered in part, and its amount.
    pub split: u64,
    pub split_amount: Decimal,
}

/// The earlier days of the counter period.
#[derive(Default)]
pub struct Period {
    /// Places taken in the counter.
    pub places: u64,
    /// The cost of the period so far, and what of it was charged.
    pub cost: Decimal,
    pub charged: Decimal,
    /// Whether the service ran for a second of it.
    pub ran: bool,
}

impl Product<'_> {
    /// Whether demand at an instant is refused. Each reason by itself stops the service (RULES §7).
    pub fn refuses(&self, now: i64) -> bool {
        self.ended || self.suspension.as_ref().is_some_and(|suspension| suspension.refuses_from <= now)
    }

    pub fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// The first bound of a slot that is not before the instant; the instant itself without slots.
    pub fn slot_bound(&self, now: i64) -> i64 {
        let slot = self.terms.slot.unwrap_or(1);
        (now + slot - 1) / slot * slot
    }

    /// Whether a slot of the run ends at the instant.
    pub fn has_slot_end(&self, now: i64) -> bool {
        now > 0 && self.terms.slot.is_some_and(|slot| now % slot == 0)
    }

    pub fn has_allowance_in_effect(&self) -> bool {
        self.allowances.iter().any(|allowance| allowance.stage == Stage::InEffect)
    }

    pub fn has_package_in_effect(&self) -> bool {
        let mut packages = self.packages();
        packages.any(|package| package.stage == Stage::InEffect)
    }

    /// Whether a package has ever been in effect.
    pub fn had_package_in_effect(&self) -> bool {
        let mut packages = self.packages();
        packages.any(|package| package.stage != Stage::Paid)
    }

    pub fn had_package_ended(&self) -> bool {
        let mut packages = self.packages();
        packages.any(|package| package.stage == Stage::Ended)
    }

    fn packages(&self) -> impl Iterator<Item = &Allowance> {
        self.allowances.iter().filter(|allowance| allowance.number > 0)
    }
}

impl Meter<'_> {
    /// RULES §7: the units that the raw units counted so far take beyond those taken before.
    pub fn take(&mut self) -> u64 {
        let taken = (self.raw_before + self.today.raw_counted).div_ceil(self.terms.raw_per_unit);
        let units = taken - self.taken;
        self.taken = taken;
        self.today.counted += units;
        units
    }

    /// The prices of the day in which the slot that ends at this instant lies.
    pub fn prices_until(&self, now: i64, opened: Option<i64>) -> &Prices {
        self.terms.prices_on((now - 1).div_euclid(DAY), opened)
    }
}
