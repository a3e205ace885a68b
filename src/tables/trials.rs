//! The table of how long trials last, as the chart of it is drawn.

use super::column::{Column, Table, count, share, text};
use crate::plan::Plan;
use crate::record::{SegmentSummary, Summary};
use crate::stats::DayOfLife;

/// A day in the life of a product's trials.
pub struct TrialRow {
    replication: u32,
    /// `None`: all segments together.
    segment: Option<usize>,
    product: usize,
    day: DayOfLife,
}

impl TrialRow {
    /// Whether trials are granted at all.
    pub fn wanted(plan: &Plan) -> bool {
        plan.books.iter().any(|book| book.trial.is_some())
    }

    /// All rows of a replication: segment by segment, then all together.
    pub fn all(summary: &Summary, replication: u32, plan: &Plan) -> Vec<TrialRow> {
        let rows = |segment: Option<usize>, totals: &SegmentSummary| -> Vec<TrialRow> {
            let products = totals.uses.iter().flat_map(|used| used.trials.days().map(|day| (used.product, day)));
            products.map(|(product, day)| TrialRow { replication, segment, product, day }).collect()
        };
        let segments = summary.segments.iter().enumerate();
        let mut all: Vec<TrialRow> = segments.flat_map(|(segment, totals)| rows(Some(segment), totals)).collect();
        all.extend(rows(None, &summary.whole(plan)));
        all
    }
}

/// A row a replication, segment, product and day of life.
pub static TRIALS: Table<TrialRow> = Table {
    name: "trial_survival",
    doc: "A row a replication, segment, product and day in the life of trials: how many are still in effect; written where a \
          product has a trial.",
    columns: || -> Vec<Column<TrialRow>> {
        vec![
            count("replication", "", "Replication, from 0.", |_, row| Some(u64::from(row.replication))),
            text("segment", "", "Segment id; null for all segments together.", |plan, row| {
                row.segment.map(|segment| plan.segments[segment].id.as_str())
            }),
            text("product", "", "Product id.", |plan, row| Some(&plan.books[row.product].id)),
            count(
                "days",
                "days",
                "Full days since the opening; the row is about the 24 hours that end then.",
                |_, row| Some(row.day.days),
            ),
            count("at_risk", "trials", "In effect and observed at the beginning of these 24 hours.", |_, row| {
                Some(row.day.at_risk)
            }),
            count("ended", "trials", "Of them: used up, expired or wiped within these 24 hours.", |_, row| {
                Some(row.day.ended)
            }),
            count(
                "censored",
                "trials",
                "Of them: in effect when the run ended or the customer left, within these 24 hours.",
                |_, row| Some(row.day.censored),
            ),
            share(
                "surviving",
                "share",
                "Of all trials: in effect for longer than `days`, by Kaplan and Meier's estimator.",
                |_, row| Some((row.day.surviving * 1e8).round() as i128),
            ),
        ]
    },
};
