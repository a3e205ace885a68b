//! The run folder: whole or not at all. Joins recorder, tables, charts and report; knows no command line.

mod again;
mod calibrated;
mod checkpoint;
mod comparison;
mod comparison_json;
mod details;
mod finish;
mod folder;
mod json;
mod kept;
mod merge;
mod optimum;
mod parts;
mod rated;
mod reconciled;
mod save;
mod shard;
mod sweep;

pub use calibrated::{calibration_json, save_calibration};
pub use checkpoint::Unusable;
pub use comparison::{Replicated, save_comparison};
pub use comparison_json::comparison;
pub use folder::{FolderError, RunFolder, harmless};
pub use json::summary;
pub use kept::Done;
pub use merge::{MergeError, Shards};
pub use optimum::{optimum_json, save_optimum};
pub use parts::Work;
pub use rated::{rating_json, save_rating};
pub use reconciled::{reconciliation_json, save_reconciliation};
pub use save::{Options, SaveError, Saved, StudyOptions, save};
pub use shard::{Shard, save_shard};
pub use sweep::{save_sweep, sweep_json};
