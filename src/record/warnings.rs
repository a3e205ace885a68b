//! What a reader of the results must know, one kind a variant.

use std::fmt;

use super::headline::Headline;
use super::summary::Summary;
use super::until::Until;
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
    /// Revenue a day at the end is another than at the beginning: means over the run mix both.
    WarmUpDrift {
        /// Change from the first quarter of the run to the last, in per cent.
        percent: f64,
    },
    /// The precision that was asked for was not reached.
    Imprecise {
        /// Of which number.
        name: &'static str,
        /// Half the width of its interval in per cent of the mean; `None` if it has none.
        percent: Option<f64>,
        /// What was asked for.
        wanted: f64,
    },
    /// An interval is wider than 5 % of its mean on either side: more replications are needed.
    WideInterval {
        /// Which number.
        name: &'static str,
        /// Half the width in per cent of the mean.
        percent: f64,
    },
}

/// Half an interval above which it is warned of, in per cent of the mean.
const WIDE_PERCENT: f64 = 5.0;
/// Change of revenue a day from the first to the last quarter above which it is warned of, in per cent.
const DRIFT_PERCENT: f64 = 10.0;
/// Part of all deductions above which one account is warned of, in per cent.
const TOP_ACCOUNT_PERCENT: f64 = 20.0;

impl Warning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::TopAccount { .. } => "top_account",
            Warning::NothingBilled => "nothing_billed",
            Warning::WarmUpDrift { .. } => "warm_up_drift",
            Warning::Imprecise { .. } => "imprecise",
            Warning::WideInterval { .. } => "wide_interval",
        }
    }

    /// All warnings of a run; `until` is the precision it was to reach.
    pub fn of(plan: &Plan, replications: &[Summary], until: Option<&Until>) -> Vec<Warning> {
        let mut warnings = vec![];
        if let Some(until) = until.filter(|until| !until.is_reached(plan, replications)) {
            let percent = until.reached(plan, replications);
            warnings.push(Warning::Imprecise { name: until.name, percent, wanted: until.percent });
        }
        // Revenue is what a run is judged by first; counts of rare things are wide by nature.
        if let Some(Headline { name, estimate, .. }) =
            Headline::of(plan, replications).into_iter().find(|headline| headline.name == "recognised")
        {
            let percent = estimate.percent().unwrap_or(0.0);
            // Who named a precision for it knows; if it was not reached, that was told.
            if percent > WIDE_PERCENT && until.is_none_or(|until| until.name != name) {
                warnings.push(Warning::WideInterval { name, percent });
            }
        }
        let Some(summary) = replications.first() else { return warnings };
        let deducted: Total = summary.segments.iter().map(|segment| segment.money_total().deducted).sum();
        let bills: u64 = summary.segments.iter().map(|segment| segment.money_total().bills).sum();
        if bills == 0 {
            warnings.push(Warning::NothingBilled);
        }
        warnings.extend(drift(summary).map(|percent| Warning::WarmUpDrift { percent }));
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

/// Change of recognised revenue a day from the first quarter of the run to the last, in per cent, where it is worth a warning.
/// Both are whole weeks, so that weekdays do not matter.
fn drift(summary: &Summary) -> Option<f64> {
    let days = summary.segments.first()?.money.len();
    let window = days / 4 / 7 * 7;
    let revenue =
        |day: usize| -> f64 { summary.segments.iter().map(|segment| segment.money[day].recognised.approx()).sum() };
    let first: f64 = (0..window).map(revenue).sum();
    let last: f64 = (days - window..days).map(revenue).sum();
    let percent = 100.0 * (last / first - 1.0);
    (window > 0 && first > 0.0 && percent.abs() > DRIFT_PERCENT).then_some(percent)
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::TopAccount { segment, percent } => {
                write!(f, "one account of {segment} pays {percent:.0} % of all: means are unstable")
            }
            Warning::WideInterval { name, percent } => {
                write!(f, "{name} is known to ± {percent:.0} % only: ask for more --replications")
            }
            Warning::WarmUpDrift { percent } => {
                let way = if *percent > 0.0 { "higher" } else { "lower" };
                write!(f, "revenue a day is {:.0} % {way} in the last quarter than in the first", percent.abs())
            }
            Warning::Imprecise { name, percent, wanted } => {
                let reached =
                    percent.map_or_else(|| "has no interval".to_owned(), |p| format!("is known to ± {p:.2} %"));
                write!(f, "{name} {reached}, not to ± {wanted} %: raise --replications")
            }
            Warning::NothingBilled => write!(f, "no bill was issued: nothing was served and priced within the horizon"),
        }
    }
}
