//! What is kept of what happened: daily totals that merge exactly, and rows of accounts, bills and events.
//! Knows no file format and no chart.

mod account_row;
mod additive;
mod bands;
mod bill_rows;
mod event_rows;
mod headline;
mod rating;
mod recorder;
mod run;
mod statistics;
mod summary;
mod until;
mod used;
mod warnings;
mod worlds;

pub use account_row::AccountRow;
pub use additive::TotalsTooLarge;
pub use bands::BandDay;
pub use bill_rows::{BillRow, Line, LineKind, lines_of_day};
pub use event_rows::EventRow;
pub use headline::Headline;
pub use rating::{Kind, LineTotal, Rating, rate};
pub use recorder::{Recorder, Rows, Wanted};
pub use run::{Cause, ChunkRecord, RunError, run, run_chunks, summarise};
pub use statistics::{Distribution, Statistics, TierShare};
pub use summary::{
    MeterSummary, MoneyDay, SegmentSummary, StatusDay, Summary, Tallies, TierTotal, UsageDay, UseSummary,
};
pub use until::Until;
pub use used::{MovedRow, NotRecorded, Recording, UsedRow};
pub use warnings::Warning;
pub use worlds::Worlds;
