//! The table of bands over replications. Must not know how they are found.

use super::column::{Column, Table, count, date, money};
use crate::record::BandDay;

/// The three columns of a number.
macro_rules! lines {
    ($columns:ident, $kind:ident, $field:ident, $convert:expr, $unit:literal, $doc:literal) => {
        $columns.push($kind(
            concat!(stringify!($field), "_p10"),
            $unit,
            concat!($doc, ": 10 % of the replications are not above it."),
            |_, row: &BandDay| $convert(row.$field[0]),
        ));
        $columns.push($kind(
            concat!(stringify!($field), "_p50"),
            $unit,
            concat!($doc, ": the median replication."),
            |_, row: &BandDay| $convert(row.$field[1]),
        ));
        $columns.push($kind(
            concat!(stringify!($field), "_p90"),
            $unit,
            concat!($doc, ": 90 % of the replications are not above it."),
            |_, row: &BandDay| $convert(row.$field[2]),
        ));
    };
}

fn whole(value: i128) -> Option<u64> {
    u64::try_from(value).ok()
}

/// A row a date: bands over replications, by nearest rank; only where there are at least two.
pub static BANDS: Table<BandDay> = Table {
    name: "bands",
    doc: "A row a date: bands over replications, by nearest rank; written where there are at least two.",
    columns: || {
        let mut columns: Vec<Column<BandDay>> =
            vec![date("date", "", "The day, in the billing offset.", |_, row| Some(row.day))];
        lines!(columns, money, recognised, Some, "currency", "Recognised that day");
        lines!(columns, money, collected, Some, "currency", "Collected that day");
        lines!(columns, money, debt, Some, "currency", "Owed at the end of the day");
        lines!(columns, count, suspended, whole, "accounts", "Suspended at the end of the day");
        lines!(columns, count, served, whole, "units", "Served that day");
        columns
    },
};
