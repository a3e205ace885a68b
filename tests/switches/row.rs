//! A row of the switches: the world it needs, what is measured, and the numbers under the default and the alternatives.

use crate::told::Told;

/// A key, and what it changes.
pub struct Switch {
    /// Path of the key for `--set`.
    pub key: &'static str,
    /// What the world has beside it.
    pub world: &'static [&'static str],
    /// The number that shows the switch.
    pub measure: fn(&Told) -> String,
    /// The default ("absent": not written) and its number.
    pub default: (&'static str, &'static str),
    /// The alternatives and their numbers.
    pub others: &'static [(&'static str, &'static str)],
    /// The key has no default: the first value must be written.
    pub required: bool,
}

pub const fn switch(
    key: &'static str,
    world: &'static [&'static str],
    measure: fn(&Told) -> String,
    default: (&'static str, &'static str),
    others: &'static [(&'static str, &'static str)],
) -> Switch {
    Switch { key, world, measure, default, others, required: false }
}

pub const fn required(
    key: &'static str,
    world: &'static [&'static str],
    measure: fn(&Told) -> String,
    first: (&'static str, &'static str),
    others: &'static [(&'static str, &'static str)],
) -> Switch {
    Switch { key, world, measure, default: first, others, required: true }
}

fn first(told: &Told, kind: &str) -> String {
    told.when(kind).first().cloned().unwrap_or_else(|| "never".to_owned())
}

pub const SERVED: fn(&Told) -> String = |told| told.total(|day| day.served).to_string();
pub const POTENTIAL: fn(&Told) -> String = |told| told.total(|day| day.potential).to_string();
pub const BILLABLE: fn(&Told) -> String = |told| told.total(|day| day.billable).to_string();
pub const FREE: fn(&Told) -> String = |told| told.total(|day| day.free).to_string();
pub const FIRST_DAY: fn(&Told) -> String = |told| told.amount(0);
pub const FIRST_DUE: fn(&Told) -> String = |told| told.dues()[0].clone();
pub const BALANCE: fn(&Told) -> String = Told::balance;
pub const BILLS: fn(&Told) -> String = |told| told.bills().len().to_string();
pub const BILLED: fn(&Told) -> String = |told| first(told, "bill_issued");
pub const SUSPENDED: fn(&Told) -> String = |told| first(told, "suspended");
pub const RESUMED: fn(&Told) -> String = |told| first(told, "resumed");
pub const ACTIVATED: fn(&Told) -> String = |told| first(told, "activated");
pub const MARKED: fn(&Told) -> String = |told| first(told, "debt_marked");
pub const PAID: fn(&Told) -> String = |told| first(told, "top_up");
pub const PAID_AMOUNT: fn(&Told) -> String = |told| told.carried_by("top_up")[0].clone();
pub const WIPED: fn(&Told) -> String = |told| told.carried_by("quota_wiped").join(" + ");
pub const BY_VOUCHER: fn(&Told) -> String = |told| told.bills()[0].3.clone();
/// Served, retried and unprotected units.
pub const FATE: fn(&Told) -> String = |told| {
    let of = |units: fn(&billsim::rules::Usage) -> u64| told.total(units);
    format!("{} {} {}", of(|day| day.served), of(|day| day.retried), of(|day| day.unprotected))
};
/// In how many different seconds of the day bills were issued.
pub const BILL_SECONDS: fn(&Told) -> String = |told| {
    let times = told.when("bill_issued").into_iter().map(|when| when.split(' ').nth(1).map(str::to_owned));
    times.collect::<std::collections::BTreeSet<_>>().len().to_string()
};
pub const POTENTIAL_IS_ZERO: fn(&Told) -> String = |told| (told.usage(0).potential == 0).to_string();

pub const QUOTA: &str = "books.shop.free=[{ id = \"q\", meter = \"m\", units = 100 }]";
pub const ONE_DAY: &str = "days=1";
pub const RICH: &str = "segments.s.opening_balance=1000";
pub const DEBT: &str = "segments.s.opening_balance=-1";
pub const NO_DEMAND: &str = "segments.s.products.shop.demand.units=0";
pub const TWO_A_SECOND: &str = "segments.s.products.shop.demand.units=172800";
pub const INTEGRATES: &str = "books.shop.requires_integration=true";
pub const AT_NOON: &str = "segments.s.products.shop.integration_after=12h";
pub const PAID_10_ON_DAY_12: &str = "segments.s.ledger=[{ at = 2026-01-13T00:00:00, kind = \"top_up\", amount = 10 }]";
pub const VOUCHER_070: &str = "segments.s.ledger=[{ at = 2026-01-01T00:00:00, kind = \"voucher\", amount = 0.7 }]";
pub const TWO_DAYS: &str = "days=2";

/// Two meters that share the demand half and half: `a` costs 1 a unit, `b` 5.
pub const TWO_METERS: &str =
    "books.shop.meters=[{ id = \"a\", pricing = \"flat\", price = 1 }, { id = \"b\", pricing = \"flat\", price = 5 }]";
pub const HALVES: &str = "segments.s.products.shop.mix={ a = 0.5, b = 0.5 }";
/// What the first day costs over all meters.
pub const ALL_METERS: fn(&Told) -> String = |told| {
    let of_the_day = told.events.iter().filter_map(|(_, event)| match event {
        billsim::rules::Event::DayClosed { product: 0, day: 0, amount, .. } => Some(*amount),
        _ => None,
    });
    let sum = of_the_day.fold(billsim::units::Money::ZERO, |sum, amount| sum.plus(amount).expect("it fits"));
    sum.short()
};
pub const SECOND_DAY: fn(&Told) -> String = |told| told.amount(1);
pub const COVERED: fn(&Told) -> String = |told| told.total(|day| day.package).to_string();
pub const SWITCHED: fn(&Told) -> String = |told| first(told, "pay_as_you_go");
pub const BOUGHT: fn(&Told) -> String = |told| first(told, "purchased");
pub const BOUGHT_UNITS: fn(&Told) -> String = |told| told.carried_by("purchased").first().cloned().unwrap_or_default();
pub const IN_EFFECT: fn(&Told) -> String = |told| first(told, "package_effective");
pub const ENDED: fn(&Told) -> String = |told| first(told, "allowance_ended");
