//! Regression baselines: what a scenario brought, kept as texts that diff well, and what differs from it. Knows no command line.

mod exact;
mod keys;
mod sheet;
mod statistical;

pub use exact::{Baseline, Difference, Head, Kept, differences};
pub use keys::{KeyChange, key_changes};
pub use sheet::{CellChange, Sheet};
pub use statistical::{FALSE_ALARMS, Moved, Sample, moved, sample};
