//! Bands over replications: what the lowest, the middle and the highest worlds bring on each date.

use super::column::{Column, Table, count, date, money};
use crate::plan::Plan;
use crate::record::{SegmentSummary, Summary};
use crate::units::Day;

/// Shares of the replications that are not above a band's lines.
const LINES: [f64; 3] = [0.1, 0.5, 0.9];

/// A date over all segments, with the lines of each number.
pub struct BandRow {
    day: Day,
    recognised: [i128; 3],
    collected: [i128; 3],
    debt: [i128; 3],
    suspended: [i128; 3],
    served: [i128; 3],
}

impl BandRow {
    /// One row a date.
    pub fn all(replications: &[Summary], plan: &Plan) -> Vec<BandRow> {
        let wholes: Vec<SegmentSummary> = replications.iter().map(|summary| summary.whole(plan)).collect();
        let lines = |value: &dyn Fn(&SegmentSummary) -> i128| {
            let mut values: Vec<i128> = wholes.iter().map(value).collect();
            values.sort_unstable();
            LINES.map(|share| nearest_rank(&values, share))
        };
        let row = |day: Day| BandRow {
            day,
            recognised: lines(&|whole| whole.money[day].recognised.units()),
            collected: lines(&|whole| whole.money[day].collected.units()),
            debt: lines(&|whole| whole.money[day].debt.units()),
            suspended: lines(&|whole| sum(whole, |used| used.status[day].suspended)),
            served: lines(&|whole| sum(whole, |used| used.usage(day).served)),
        };
        (0..plan.calendar.days()).map(row).collect()
    }
}

fn sum(whole: &SegmentSummary, of: impl Fn(&crate::record::UseSummary) -> u64) -> i128 {
    whole.uses.iter().map(|used| i128::from(of(used))).sum()
}

/// The smallest of the sorted values that at least this share of them do not exceed: one that occurred.
fn nearest_rank(sorted: &[i128], share: f64) -> i128 {
    // In range: a share of a count.
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// The three columns of a number.
macro_rules! lines {
    ($columns:ident, $kind:ident, $field:ident, $convert:expr, $unit:literal, $doc:literal) => {
        $columns.push($kind(
            concat!(stringify!($field), "_p10"),
            $unit,
            concat!($doc, ": 10 % of the replications are not above it."),
            |_, row: &BandRow| $convert(row.$field[0]),
        ));
        $columns.push($kind(
            concat!(stringify!($field), "_p50"),
            $unit,
            concat!($doc, ": the median replication."),
            |_, row: &BandRow| $convert(row.$field[1]),
        ));
        $columns.push($kind(
            concat!(stringify!($field), "_p90"),
            $unit,
            concat!($doc, ": 90 % of the replications are not above it."),
            |_, row: &BandRow| $convert(row.$field[2]),
        ));
    };
}

fn whole(value: i128) -> Option<u64> {
    u64::try_from(value).ok()
}

/// A row a date: bands over replications, by nearest rank; only where there are at least two.
pub static BANDS: Table<BandRow> = Table {
    name: "bands",
    doc: "A row a date: bands over replications, by nearest rank; written where there are at least two.",
    columns: || {
        let mut columns: Vec<Column<BandRow>> =
            vec![date("date", "", "The day, in the billing offset.", |_, row| Some(row.day))];
        lines!(columns, money, recognised, Some, "currency", "Recognised that day");
        lines!(columns, money, collected, Some, "currency", "Collected that day");
        lines!(columns, money, debt, Some, "currency", "Owed at the end of the day");
        lines!(columns, count, suspended, whole, "accounts", "Suspended at the end of the day");
        lines!(columns, count, served, whole, "units", "Served that day");
        columns
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Of ten values the first, the fifth and the ninth; of two the first, the first and the second.
    #[test]
    fn lines_are_values_that_occurred() {
        let ten: Vec<i128> = (1..=10).collect();
        assert_eq!(LINES.map(|share| nearest_rank(&ten, share)), [1, 5, 9]);
        assert_eq!(LINES.map(|share| nearest_rank(&[3, 8], share)), [3, 3, 8]);
    }
}
