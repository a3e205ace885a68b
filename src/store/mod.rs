//! The run folder: whole or not at all. Joins recorder, tables and charts; knows no command line.

mod folder;
mod json;
mod save;
mod sweep;

pub use folder::{FolderError, RunFolder};
pub use json::summary;
pub use save::{Done, Options, SaveError, save};
pub use sweep::{save_sweep, sweep_json};
