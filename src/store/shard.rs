//! A shard: the accounts of one of several machines, in a folder that `merge` reads. Must not know how shards are joined.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::folder::FolderError;
use super::json::part_manifest;
use super::kept::{Done, begin, digests, pretty};
use super::parts::{Parts, Work};
use super::save::{Options, SCENARIO, SaveError, identity};
use crate::plan::Plan;
use crate::tables::DETAIL_SPAN;

/// What says what a folder is.
pub(super) const MANIFEST: &str = "manifest.json";
/// What a shard has of the tables.
pub(super) const PARTS: &str = "parts";

/// One of several shards, such as 2/3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Most shards of a run.
    const MOST: u32 = 10_000;

    /// From `I/N`.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let whole = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let read = text.split_once('/').and_then(|(number, of)| Some(Shard { number: whole(number)?, of: whole(of)? }));
        read.filter(|shard| (1..=shard.of).contains(&shard.number) && shard.of <= Shard::MOST)
            .ok_or_else(|| format!("expected I/N, for example 2/3, with 1 ≤ I ≤ N ≤ {}", Shard::MOST))
    }

    /// Its accounts: the spans of the whole run are shared out as evenly as possible; none is cut.
    pub fn accounts(self, plan: &Plan) -> Range<u64> {
        let spans = u128::from(plan.accounts().div_ceil(DETAIL_SPAN));
        let bound = |number: u32| {
            let span = spans * u128::from(number) / u128::from(self.of);
            // In range: not more than all spans.
            plan.accounts().min(u64::try_from(span).unwrap_or(u64::MAX).saturating_mul(DETAIL_SPAN))
        };
        bound(self.number - 1)..bound(self.number)
    }

    /// What makes it the shard that it is.
    fn identity(self, plan: &Plan, options: &Options) -> Map<String, Value> {
        let mut identity = identity(plan, options);
        identity.insert("shard".to_owned(), json!(self.to_string()));
        identity
    }

    /// All that its manifest says, given the digests of its files.
    pub(super) fn manifest(self, plan: &Plan, options: &Options, files: Value) -> Map<String, Value> {
        part_manifest(plan, &self.accounts(plan), self.identity(plan, options), files)
    }

    /// What its parts are parts of.
    pub(super) fn kin(self, plan: &Plan, options: &Options) -> Map<String, Value> {
        let mut kin = Parts::kin(plan, options);
        kin.insert("shard".to_owned(), json!(self.to_string()));
        kin
    }
}

/// Simulates a shard into the folder `target`, unless it is there already. `progress` hears how many of its accounts are done.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails; parts stay for whoever goes on, if `options` say so.
pub fn save_shard(
    plan: &Plan,
    shard: Shard,
    target: &Path,
    options: &Options,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Done<Work>, SaveError> {
    let folder = match begin(&shard.identity(plan, options), target, options.force, MANIFEST)? {
        Done::Already(manifest) => return Ok(Done::Already(manifest)),
        Done::Now(folder) => folder,
    };
    let started = Instant::now();
    let place = if options.resume { folder.checkpoints() } else { folder.path() }.to_owned();
    let mut parts = Parts::open(&place, &shard.kin(plan, options), options.force)?;
    let accounts = shard.accounts(plan);
    for replication in 0..plan.replications {
        let played = parts.play_missing(plan, replication, &accounts, options, stop, progress);
        played.map_err(|error| error.discarding(Some(&parts)))?;
    }
    let write = |name: &str, text: &str| {
        let path = place.join(name);
        std::fs::write(&path, text).map_err(|cause| FolderError::io(&path, cause))
    };
    write(SCENARIO, &plan.resolved)?;
    if stop.load(Ordering::Relaxed) {
        return Err(SaveError::Stopped);
    }
    // The manifest of parts in the making gives way to that of a shard.
    let files = digests(&place, &[MANIFEST])?;
    write(MANIFEST, &pretty(&Value::Object(shard.manifest(plan, options, files))))?;
    let work = parts.work();
    let timings = json!({
        "threads": options.threads,
        "simulation_seconds": started.elapsed().as_secs_f64(),
        "accounts_simulated": work.simulated,
        "accounts_kept": work.kept,
    });
    write("timings.json", &pretty(&timings))?;
    folder.finish_with(&place)?;
    Ok(Done::Now(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!(Shard::parse("2/3"), Ok(Shard { number: 2, of: 3 }));
        assert_eq!(Shard { number: 2, of: 3 }.to_string(), "2/3");
        for wrong in ["", "2", "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/3/5", "1/10001", "a/b", " 1/3", "1/99999999999"]
        {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }
}
