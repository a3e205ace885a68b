//! The table of a study: a row a point and metric.

use super::column::{Column, Table, count, share, text};
use crate::study::{Difference, Outcome, Study, Sweep};

/// Axes that have a column of their own.
const AXES: usize = 4;

/// A metric at a point.
pub struct PointRow {
    point: Option<u64>,
    place: String,
    values: [Option<String>; AXES],
    metric: &'static str,
    /// Mean, half width, change from the scenario as it is, and its half width, in units of 1e-8; nothing where the point failed.
    numbers: Option<[Option<i128>; 4]>,
    kept: Option<bool>,
    failure: Option<String>,
}

impl PointRow {
    /// All rows: of the scenario as it is, then point by point.
    pub fn all(study: &Study, sweep: &Sweep) -> Vec<PointRow> {
        let mut rows = vec![];
        let as_it_is = Outcome { point: study.as_it_is(), differences: Ok(sweep.as_it_is.clone()), kept: None };
        let points = (0..).map(Some).zip(&sweep.outcomes);
        for (number, outcome) in std::iter::once((None, &as_it_is)).chain(points) {
            let values = std::array::from_fn(|axis| {
                let value = outcome.point.get(axis).copied().flatten()?;
                Some(study.axes[axis].values[value].clone())
            });
            for (nth, metric) in study.metrics.iter().enumerate() {
                rows.push(PointRow {
                    point: number,
                    place: number.map_or_else(|| "as it is".to_owned(), |_| study.place(&outcome.point)),
                    values: values.clone(),
                    metric: metric.name,
                    numbers: outcome.differences.as_ref().ok().map(|differences| numbers(&differences[nth])),
                    kept: outcome.kept,
                    failure: outcome.differences.as_ref().err().map(|reason| first_line(reason)),
                });
            }
        }
        rows
    }
}

fn first_line(reason: &str) -> String {
    reason.lines().next().unwrap_or_default().to_owned()
}

fn numbers(difference: &Difference) -> [Option<i128>; 4] {
    let Difference { after, change, .. } = difference;
    // In range: totals of money fit units of 1e-8, and counts are smaller.
    let units = |number: f64| (number * 1e8).round() as i128;
    [Some(units(after.mean)), after.half_width.map(units), Some(units(change.mean)), change.half_width.map(units)]
}

/// A row a point and metric.
pub static POINTS: Table<PointRow> = Table {
    name: "points",
    doc: "A row a point of a study and metric, as `billsim sweep` writes it.",
    columns: || -> Vec<Column<PointRow>> {
        vec![
            count(
                "point",
                "",
                "Number of the point, from 0, in the order of the study; null for the scenario as it is.",
                |_, row| row.point,
            ),
            text(
                "place",
                "",
                "Where it is: `LABEL = VALUE` of each axis that it moves; `as it is` for the scenario.",
                |_, row| Some(&row.place),
            ),
            text("axis_1", "", "Value of the first axis; null where it is as in the scenario.", |_, row| {
                row.values[0].as_deref()
            }),
            text("axis_2", "", "Of the second.", |_, row| row.values[1].as_deref()),
            text("axis_3", "", "Of the third.", |_, row| row.values[2].as_deref()),
            text("axis_4", "", "Of the fourth; of further ones `place` tells.", |_, row| row.values[3].as_deref()),
            text("metric", "", "Which number.", |_, row| Some(row.metric)),
            share("mean", "of the metric", "Mean over the replications.", |_, row| row.numbers?[0]),
            share("half_width", "of the metric", "Half of its 95 % interval; null with one replication.", |_, row| {
                row.numbers?[1]
            }),
            share("change", "of the metric", "Less the mean of the scenario as it is.", |_, row| row.numbers?[2]),
            share("change_half_width", "of the metric", "Half of the paired 95 % interval of the change.", |_, row| {
                row.numbers?[3]
            }),
            text(
                "constraints",
                "",
                "`kept` or `broken`: whether the point keeps all constraints of `optimize`; null where there are none.",
                |_, row| row.kept.map(|kept| if kept { "kept" } else { "broken" }),
            ),
            text("failure", "", "Why the point could not be played; null for all others.", |_, row| {
                row.failure.as_deref()
            }),
        ]
    },
};
