//! The numbers a run is judged by, over its replications, each with its interval.

use super::summary::{SegmentSummary, Summary};
use crate::plan::Plan;
use crate::stats::Estimate;
use crate::units::Total;
use crate::units::money::ONE;

/// A number of a run, once for each replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// Its name, as in the tables.
    pub name: &'static str,
    /// Money in units of 1e-8, or a count.
    pub is_money: bool,
    /// Its exact value in each replication.
    pub values: Vec<i128>,
    /// Mean and interval; money in units of currency.
    pub estimate: Estimate,
}

enum Of {
    Money(fn(&SegmentSummary) -> Total),
    Count(fn(&SegmentSummary) -> u64),
}

const ALL: [(&str, Of); 18] = [
    ("recognised", Of::Money(|all| all.money_total().recognised)),
    ("net_revenue", Of::Money(SegmentSummary::net_revenue)),
    ("margin", Of::Money(SegmentSummary::margin)),
    ("accrued", Of::Money(|all| all.usage().accrued)),
    ("deducted", Of::Money(|all| all.money_total().deducted)),
    ("collected", Of::Money(|all| all.money_total().collected)),
    ("debt", Of::Money(|all| all.money_total().debt)),
    ("bad_debt", Of::Money(|all| all.money_total().bad_debt)),
    ("lost", Of::Money(|all| all.usage().lost)),
    ("ever_in_arrears", Of::Count(|all| all.tallies.ever_in_arrears)),
    ("ever_suspended", Of::Count(|all| all.tallies.ever_suspended)),
    ("suspended_at_end", Of::Count(|all| all.status_total().suspended)),
    ("ever_churned", Of::Count(|all| all.tallies.ever_churned)),
    ("free_only", Of::Count(|all| all.tallies.free_only)),
    ("payment_failures", Of::Count(|all| all.money_total().payment_failures)),
    ("served", Of::Count(|all| all.usage().served)),
    ("refused", Of::Count(|all| all.usage().refused)),
    ("potential", Of::Count(|all| all.usage().potential)),
];

impl Headline {
    /// The names of all of them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|(name, _)| *name)
    }

    /// All of them, over all segments.
    pub fn of(plan: &Plan, replications: &[Summary]) -> Vec<Headline> {
        let wholes: Vec<SegmentSummary> = replications.iter().map(|summary| summary.whole(plan)).collect();
        let headline = |(name, of): &(&'static str, Of)| {
            let values: Vec<i128> = wholes
                .iter()
                .map(|whole| match of {
                    Of::Money(money) => money(whole).units(),
                    Of::Count(count) => i128::from(count(whole)),
                })
                .collect();
            let is_money = matches!(of, Of::Money(_));
            let scale = if is_money { ONE as f64 } else { 1.0 };
            let scaled: Vec<f64> = values.iter().map(|value| *value as f64 / scale).collect();
            Headline { name, is_money, values, estimate: Estimate::of(&scaled) }
        };
        ALL.iter().map(headline).collect()
    }
}
