//! Tables as files: one declaration a column drives frames, CSV and docs/DATA.md. Alone in knowing Polars.

mod bands;
mod column;
mod comparison;
mod daily;
mod join;
mod points;
mod rows;
mod trials;
mod write;

pub use bands::BANDS;
pub use column::{Cell, Column, Table};
pub use comparison::{DAILY_DIFFERENCE, DIFFERENCES, DifferenceRow, PAYING_MORE, PayingMoreRow, SEGMENTS};
pub use daily::{DAILY, DailyRow, MONEY, MoneyRow, STATUS, StatusRow, USAGE, UsageRow};
pub use points::{POINTS, PointRow};
pub use rows::{ACCOUNTS, BILLS, EVENTS};
pub use trials::{TRIALS, TrialRow};
pub use write::{Format, SpanWriter, TableError, csv_text, write_whole};

/// Accounts of a row group of the accounts table.
pub const ACCOUNT_SPAN: u64 = 65_536;
/// Accounts of a row group of the bills and events tables.
pub const DETAIL_SPAN: u64 = 1_024;

/// Every table's columns as Markdown, for docs/DATA.md.
pub fn describe() -> String {
    [
        DAILY.describe(),
        USAGE.describe(),
        STATUS.describe(),
        MONEY.describe(),
        BANDS.describe(),
        TRIALS.describe(),
        POINTS.describe(),
        ACCOUNTS.describe(),
        BILLS.describe(),
        EVENTS.describe(),
        DIFFERENCES.describe(),
        SEGMENTS.describe(),
        DAILY_DIFFERENCE.describe(),
        PAYING_MORE.describe(),
    ]
    .concat()
}
