//! Tables as files: one declaration a column drives frames, CSV and docs/DATA.md. Alone in knowing Polars.

mod bands;
mod column;
mod comparison;
mod daily;
mod differing;
mod join;
mod points;
mod read;
mod recorded;
mod rows;
mod trials;
mod write;

pub use bands::BANDS;
pub use column::{Cell, Column, Table};
pub use comparison::{DAILY_DIFFERENCE, DIFFERENCES, DifferenceRow, PAYING_MORE, PayingMoreRow, SEGMENTS};
pub use daily::{DAILY, DailyRow, MONEY, MoneyRow, STATUS, StatusRow, USAGE, UsageRow};
pub use differing::{DIFFERING, DifferingRow};
pub use points::{POINTS, PointRow};
pub use read::read_parquet;
pub use recorded::{MOVED, USED};
pub use rows::{ACCOUNTS, BILLS, EVENTS, RATED};
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
        USED.describe(),
        MOVED.describe(),
        RATED.describe().replacen("`bills`", "`bills` of `rate`", 1),
        DIFFERENCES.describe(),
        SEGMENTS.describe(),
        DAILY_DIFFERENCE.describe(),
        PAYING_MORE.describe(),
        DIFFERING.describe(),
    ]
    .concat()
}
