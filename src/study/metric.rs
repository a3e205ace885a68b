//! The numbers by which variants are judged, by name: totals of a run, and rates of them.

use crate::record::{SegmentSummary, Statistics};
use crate::units::Total;
use crate::units::shown::short;

/// What a number is, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An amount, in units of currency.
    Money,
    /// A number of things of this name.
    Count(&'static str),
    /// A share of something, from 0 to 1.
    Share,
    /// A price, in units of currency.
    Price,
}

/// A number of a run that a person can name.
#[derive(Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// In a few words.
    pub doc: &'static str,
    of: fn(&SegmentSummary) -> f64,
}

const fn metric(name: &'static str, kind: Kind, doc: &'static str, of: fn(&SegmentSummary) -> f64) -> Metric {
    Metric { name, kind, doc, of }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn ratio(part: Total, whole: Total) -> f64 {
    if whole > Total::default() { part.approx() / whole.approx() } else { 0.0 }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    metric("recognised", Kind::Money, "recognised revenue", |all| all.money_total().recognised.approx()),
    metric("net_revenue", Kind::Money, "recognised revenue less bad debt", |all| all.net_revenue().approx()),
    metric("margin", Kind::Money, "net revenue less what serving and billing cost", |all| all.margin().approx()),
    metric("accrued", Kind::Money, "exact price of what was used", |all| all.usage().accrued.approx()),
    metric("deducted", Kind::Money, "cash deducted for bills", |all| all.money_total().deducted.approx()),
    metric("collected", Kind::Money, "cash that paid bills and packages", |all| all.money_total().collected.approx()),
    metric("debt", Kind::Money, "owed at the end", |all| all.money_total().debt.approx()),
    metric("bad_debt", Kind::Money, "marked as bad and not paid at the end", |all| all.money_total().bad_debt.approx()),
    metric("lost", Kind::Money, "what refused and stopped demand would have cost", |all| all.usage().lost.approx()),
    metric("purchased", Kind::Money, "cash paid for packages", |all| all.money_total().purchased.approx()),
    metric("breakage", Kind::Money, "paid for packages and expired unused", |all| all.money_total().breakage.approx()),
    metric("ever_in_arrears", Kind::Count("accounts"), "accounts ever in arrears", |all| {
        all.tallies.ever_in_arrears as f64
    }),
    metric("ever_suspended", Kind::Count("accounts"), "accounts ever suspended", |all| {
        all.tallies.ever_suspended as f64
    }),
    metric("suspended_then_paid", Kind::Count("accounts"), "of these, those that owe nothing at the end", |all| {
        all.tallies.suspended_then_paid as f64
    }),
    metric("suspended_never_paid", Kind::Count("accounts"), "of these, those that still owe at the end", |all| {
        all.tallies.ever_suspended.saturating_sub(all.tallies.suspended_then_paid) as f64
    }),
    metric("suspended_at_end", Kind::Count("services"), "services suspended at the end", |all| {
        all.status_total().suspended as f64
    }),
    metric("ever_churned", Kind::Count("accounts"), "accounts that left", |all| all.tallies.ever_churned as f64),
    metric("free_only", Kind::Count("accounts"), "accounts served that never had a billable unit", |all| {
        all.tallies.free_only as f64
    }),
    metric("pay_as_you_go", Kind::Count("services"), "services with pay-as-you-go on at the end", |all| {
        all.status_total().pay_as_you_go as f64
    }),
    metric("purchases", Kind::Count("packages"), "packages bought", |all| all.status_total().purchases as f64),
    metric("payment_failures", Kind::Count("payments"), "payments that failed", |all| {
        all.money_total().payment_failures as f64
    }),
    metric("potential", Kind::Count("raw units"), "raw units asked for", |all| all.usage().potential as f64),
    metric("served", Kind::Count("raw units"), "raw units served", |all| all.usage().served as f64),
    metric("refused", Kind::Count("raw units"), "raw units refused", |all| all.usage().refused as f64),
    metric("billable", Kind::Count("units"), "units priced", |all| all.usage().billable as f64),
    metric("suspended_seconds", Kind::Count("seconds"), "seconds suspended, over all services", |all| {
        all.tallies.suspended_seconds as f64
    }),
    metric("price_per_1000", Kind::Price, "recognised revenue per 1,000 units served", |all| {
        Statistics::of(all).price_per_1000.unwrap_or(0.0)
    }),
    metric("median_bill", Kind::Money, "median of the bills above zero, to within 0.8 %", |all| {
        Total::from_units(i128::from(Statistics::of(all).bills.p50)).approx()
    }),
    metric("suspension_rate", Kind::Share, "share of accounts ever suspended", |all| {
        share(all.tallies.ever_suspended, all.tallies.accounts)
    }),
    metric("arrears_rate", Kind::Share, "share of accounts ever in arrears", |all| {
        share(all.tallies.ever_in_arrears, all.tallies.accounts)
    }),
    metric("churn_rate", Kind::Share, "share of accounts that left", |all| {
        share(all.tallies.ever_churned, all.tallies.accounts)
    }),
    metric("free_only_rate", Kind::Share, "share of accounts that never had a billable unit", |all| {
        share(all.tallies.free_only, all.tallies.accounts)
    }),
    metric("bad_debt_rate", Kind::Share, "bad debt as a share of recognised revenue", |all| {
        ratio(all.money_total().bad_debt, all.money_total().recognised)
    }),
    metric("refused_rate", Kind::Share, "refused units as a share of those offered", |all| {
        share(all.usage().refused, all.usage().offered)
    }),
];

impl Metric {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Metric> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// A value of it in few digits: shares in per cent, the rest without decimals where it is large.
    pub fn shown(&self, value: f64) -> String {
        match self.kind {
            Kind::Share => format!("{:.2} %", 100.0 * value),
            Kind::Money | Kind::Count(_) | Kind::Price => short(value),
        }
    }

    /// A change of it, and half of its interval: that of a share in points, since per cent of it would be something else.
    pub fn shown_change(&self, change: f64, half: Option<f64>) -> String {
        let (times, unit) = if self.kind == Kind::Share { (100.0, " points") } else { (1.0, "") };
        let number = |value: f64| match self.kind {
            Kind::Share => format!("{:.2}", times * value),
            Kind::Money | Kind::Count(_) | Kind::Price => short(value),
        };
        let half = half.map(|half| format!(" ± {}", number(half))).unwrap_or_default();
        format!("{}{half}{unit}", number(change))
    }

    /// Its value for a segment's totals, or for those of all.
    pub fn value(&self, totals: &SegmentSummary) -> f64 {
        (self.of)(totals)
    }
}

impl std::fmt::Debug for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
