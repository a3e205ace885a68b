//! The run folder: whole or not at all. Joins recorder, tables, charts and report; knows no command line.

mod again;
mod comparison;
mod comparison_json;
mod details;
mod folder;
mod json;
mod kept;
mod optimum;
mod rated;
mod reconciled;
mod save;
mod sweep;

pub use comparison::{Replicated, save_comparison};
pub use comparison_json::comparison;
pub use folder::{FolderError, RunFolder, harmless};
pub use json::summary;
pub use kept::Done;
pub use optimum::{optimum_json, save_optimum};
pub use rated::{rating_json, save_rating};
pub use reconciled::{reconciliation_json, save_reconciliation};
pub use save::{Options, SaveError, StudyOptions, save};
pub use sweep::{save_sweep, sweep_json};
