//! Regression baselines: what a scenario brought, kept as texts that diff well, and what differs from it. Knows no command line.

mod damage;
mod exact;
mod head;
mod kept;
mod keys;
mod sheet;
mod statistical;
mod stories;

pub use exact::{Baseline, Difference, STORY, differences};
pub use head::Head;
pub use kept::{FILES, Kept, Unreadable};
pub use keys::{KeyChange, key_changes};
pub use sheet::{CellChange, Sheet};
pub use statistical::{FALSE_ALARMS, Moved, Sample, moved, sample};
pub use stories::{Told, around, difference};
