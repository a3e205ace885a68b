//! What a person wrote about a world: segments, their demand and their payers, on price books and a policy.
//! Checked and complete, positions kept. Nothing is computed from it here: see `plan`.

mod checks;
mod demand_keys;
pub mod keys;
mod kind;
mod load;
mod own_ledgers;
mod profiles;
mod rated;
mod recorded;
mod replace;
mod response_keys;
mod use_checks;
mod use_keys;

pub use keys::LedgerKind;
pub use kind::FileKind;
pub use load::{Overrides, load, load_text, read};
pub use profiles::preset;
pub use rated::{ACCOUNTS, Files, Material};
pub use recorded::{KeptRecordings, Recordings};
pub use replace::is_book;
pub use response_keys::{ReactsTo, SuspendedTraffic};

use crate::text::Record;
use crate::text::keys::write;

/// A checked scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// All keys with their values, books and policy inlined.
    pub record: Record,
    /// The usage files and ledgers that it names.
    pub recordings: Recordings,
}

impl Scenario {
    /// Its name; output folders are called after it.
    pub fn name(&self) -> &str {
        self.record.get("name")
    }

    /// The fully resolved text: reading it gives the same scenario, running it the same bytes.
    pub fn resolved(&self) -> String {
        headed(&self.record)
    }

    /// The same with the paths of files as its author wrote them, from the scenario's own folder: it moves with that folder.
    pub fn portable(&self) -> String {
        headed(&self.recordings.with_written_paths(&self.record))
    }

    /// The text that the plan hash is taken of: what the results depend on, without name, seed and replications.
    pub fn canonical(&self) -> String {
        write(&self.recordings.without_paths(&self.record), &["name", "seed", "replications"])
    }
}

fn headed(record: &Record) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "# Resolved by billsim {version}: every key with its value, books and policy inlined.\n\n{}",
        write(record, &[])
    )
}
