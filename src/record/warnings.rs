//! What a reader of the results must know, one kind a variant.

use std::fmt;

use super::summary::Summary;
use crate::plan::Plan;
use crate::units::Total;

/// A typed warning; it appears in the summary and in the manifest.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// One account paid a large part of all deductions: means of so heavy a tail are unstable.
    TopAccount {
        /// Its segment.
        segment: String,
        /// Its part of all deductions, in per cent.
        percent: f64,
    },
    /// Nothing was billed at all.
    NothingBilled,
}

/// Part of all deductions above which one account is warned of, in per cent.
const TOP_ACCOUNT_PERCENT: f64 = 20.0;

impl Warning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::TopAccount { .. } => "top_account",
            Warning::NothingBilled => "nothing_billed",
        }
    }

    /// All warnings of a run.
    pub fn of(plan: &Plan, summary: &Summary) -> Vec<Warning> {
        let mut warnings = vec![];
        let deducted: Total = summary.segments.iter().map(|segment| segment.money_total().deducted).sum();
        let bills: u64 = summary.segments.iter().map(|segment| segment.money_total().bills).sum();
        if bills == 0 {
            warnings.push(Warning::NothingBilled);
        }
        let top = summary.segments.iter().zip(&plan.segments).max_by_key(|(segment, _)| segment.top_deducted);
        if let Some((segment, of)) = top {
            let percent = 100.0 * segment.top_deducted.approx() / deducted.approx().max(f64::MIN_POSITIVE);
            if percent > TOP_ACCOUNT_PERCENT && plan.accounts() > 1 {
                warnings.push(Warning::TopAccount { segment: of.id.clone(), percent });
            }
        }
        warnings
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::TopAccount { segment, percent } => {
                write!(f, "one account of {segment} paid {percent:.0} % of all deductions: means are unstable")
            }
            Warning::NothingBilled => write!(f, "no bill was issued: nothing was served and priced within the horizon"),
        }
    }
}
