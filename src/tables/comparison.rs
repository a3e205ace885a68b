//! Tables of a comparison: differences, segments, days, and the accounts that pay notably more.

use std::sync::Arc;

use super::column::{Column, Table, count, date, instant, money, share, text};
use crate::plan::Plan;
use crate::study::{BY_DAY, Change, Comparison, Difference, METRICS, Metric};
use crate::units::Day;

/// A number under the first plan and under a variant.
pub struct DifferenceRow {
    variant: Arc<str>,
    segment: Option<usize>,
    day: Option<Day>,
    difference: Difference,
}

/// An account that pays notably more under a variant.
pub struct PayingMoreRow {
    /// The variant's name.
    pub variant: Arc<str>,
    /// What it paid.
    pub change: Change,
}

impl DifferenceRow {
    fn variants<'a>(comparison: &Comparison<'a>) -> impl Iterator<Item = (usize, Arc<str>)> + use<'a> {
        let named = |(index, plan): (usize, &'a Plan)| (index, Arc::from(plan.name.as_str()));
        comparison.plans.iter().enumerate().skip(1).map(named)
    }

    /// All metrics over all segments.
    pub fn all(comparison: &Comparison<'_>) -> Vec<DifferenceRow> {
        let of = |(index, variant): (usize, Arc<str>)| -> Vec<DifferenceRow> {
            let row = |difference| DifferenceRow { variant: variant.clone(), segment: None, day: None, difference };
            comparison.differences(index).into_iter().map(row).collect()
        };
        DifferenceRow::variants(comparison).flat_map(of).collect()
    }

    /// All metrics of each segment.
    pub fn by_segment(comparison: &Comparison<'_>) -> Vec<DifferenceRow> {
        let segments = 0..comparison.plans[0].segments.len();
        let of = |(index, variant): (usize, Arc<str>)| -> Vec<DifferenceRow> {
            let cells = segments.clone().flat_map(|segment| METRICS.iter().map(move |metric| (segment, metric)));
            let row = |(segment, metric)| DifferenceRow {
                variant: variant.clone(),
                segment: Some(segment),
                day: None,
                difference: comparison.of_segment(metric, index, segment),
            };
            cells.map(row).collect()
        };
        DifferenceRow::variants(comparison).flat_map(of).collect()
    }

    /// The metrics of each day that are told by day.
    pub fn by_day(comparison: &Comparison<'_>) -> Vec<DifferenceRow> {
        let of = |(index, variant): (usize, Arc<str>)| -> Vec<DifferenceRow> {
            let row = |(day, difference)| DifferenceRow {
                variant: variant.clone(),
                segment: None,
                day: Some(day),
                difference,
            };
            let metrics = BY_DAY.iter().filter_map(|(name, _)| Metric::named(name));
            metrics.flat_map(|metric| comparison.by_day(metric, index).into_iter().enumerate().map(row)).collect()
        };
        DifferenceRow::variants(comparison).flat_map(of).collect()
    }
}

/// Eight decimals of a mean. In range: numbers of a run have far fewer digits.
fn decimal(number: f64) -> i128 {
    (number * 1e8).round() as i128
}

fn variant_column() -> Column<DifferenceRow> {
    text("variant", "", "Name of the variant.", |_, row| Some(&row.variant))
}

/// Before, after, and what is between.
fn number_columns() -> Vec<Column<DifferenceRow>> {
    vec![
        share("before", "the metric's", "Under the first scenario: mean over the replications.", |_, row| {
            Some(decimal(row.difference.before.mean))
        }),
        share("after", "the metric's", "Under the variant.", |_, row| Some(decimal(row.difference.after.mean))),
        share("change", "the metric's", "After less before.", |_, row| Some(decimal(row.difference.change.mean))),
        share(
            "half_width_95",
            "the metric's",
            "Half the width of the 95 % interval of the change, replication by replication; null for one.",
            |_, row| row.difference.change.half_width.map(decimal),
        ),
        share("percent", "%", "Change in per cent of before; null where that is zero.", |_, row| {
            row.difference.percent().map(decimal)
        }),
        share(
            "variance_ratio",
            "",
            "How many times smaller the variance of the change is than that of two independent runs; null without variance.",
            |_, row| row.difference.pairing().map(decimal),
        ),
    ]
}

fn with_numbers(mut own: Vec<Column<DifferenceRow>>) -> Vec<Column<DifferenceRow>> {
    own.extend(number_columns());
    own
}

fn metric_column() -> Column<DifferenceRow> {
    text("metric", "", "Name of the number.", |_, row| Some(row.difference.metric.name))
}

/// A row a variant and metric.
pub static DIFFERENCES: Table<DifferenceRow> = Table {
    name: "differences",
    doc: "`compare`: a row a variant and metric, over all segments.",
    columns: || with_numbers(vec![variant_column(), metric_column()]),
};

/// A row a variant, segment and metric.
pub static SEGMENTS: Table<DifferenceRow> = Table {
    name: "segments",
    doc: "`compare`: a row a variant, segment and metric; `price_per_1000` is the effective price.",
    columns: || {
        let segment = text("segment", "", "Segment id.", |plan, row: &DifferenceRow| {
            row.segment.map(|segment| plan.segments[segment].id.as_str())
        });
        with_numbers(vec![variant_column(), segment, metric_column()])
    },
};

/// A row a variant and date.
pub static DAILY_DIFFERENCE: Table<DifferenceRow> = Table {
    name: "daily_difference",
    doc: "`compare`: a row a variant, metric and date: `recognised`, `served`, and `suspended_at_end` of that day.",
    columns: || {
        let date = date("date", "", "The day, in the billing offset.", |_, row: &DifferenceRow| row.day);
        with_numbers(vec![variant_column(), date, metric_column()])
    },
};

/// A row an account that pays notably more.
pub static PAYING_MORE: Table<PayingMoreRow> = Table {
    name: "accounts_paying_more",
    doc: "`compare`: a row a variant, replication and account whose recognised revenue is more than 10 % higher than under the first \
          scenario.",
    columns: || {
        vec![
            text("variant", "", "Name of the variant.", |_, row| Some(&row.variant)),
            count("replication", "", "Replication, from 0.", |_, row| Some(u64::from(row.change.replication))),
            text("segment", "", "Segment id.", |plan, row| Some(&plan.segments[row.change.segment].id)),
            count("account", "", "Index of the account within its segment.", |_, row| Some(row.change.index)),
            count("potential", "units", "What its users asked for, over all days and products.", |_, row| {
                Some(row.change.potential)
            }),
            money("before", "currency", "Recognised of it under the first scenario.", |_, row| {
                Some(row.change.before.units())
            }),
            money("after", "currency", "Recognised of it under the variant.", |_, row| Some(row.change.after.units())),
            instant("suspended_before", "", "First suspension under the first scenario.", |_, row| {
                row.change.suspended.0
            }),
            instant("suspended_after", "", "First suspension under the variant.", |_, row| row.change.suspended.1),
        ]
    },
};
