//! What is done of a run: closed parts of it, each the tables and totals of some accounts of a replication. Plays what is missing
//! and adds all up. Must not know whether the parts become a shard or a whole run.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value, json};

use super::checkpoint::{Checkpoint, Unusable};
use super::details::Details;
use super::folder::{FolderError, remove, sync, sync_entries};
use super::kept::{differs, digest, pretty};
use super::save::{Options, SaveError};
use super::shard::{MANIFEST, PARTS};
use crate::engine::{Chunk, chunks};
use crate::plan::Plan;
use crate::random::GENERATOR;
use crate::record::{ChunkRecord, SegmentSummary, Summary, run_chunks};
use crate::tables::{ACCOUNT_SPAN, Format, TableError};

/// How much was done now, and how much was there, in accounts over all replications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Accounts that were simulated now.
    pub simulated: u64,
    /// Accounts of parts that were there.
    pub kept: u64,
    /// Parts that were there but damaged: their accounts were simulated once more.
    pub damaged: u64,
}

/// The closed parts in a folder.
pub(super) struct Parts {
    folder: PathBuf,
    run: [u8; blake3::OUT_LEN],
    /// The folder of each by its replication and its accounts.
    closed: BTreeMap<(u32, u64, u64), PathBuf>,
    work: Work,
}

/// The ranges into which accounts are cut: each within one span of the accounts table.
fn cut(accounts: &Range<u64>) -> Vec<Range<u64>> {
    let mut ranges = vec![];
    let mut from = accounts.start;
    while from < accounts.end {
        let to = accounts.end.min((from / ACCOUNT_SPAN + 1) * ACCOUNT_SPAN);
        ranges.push(from..to);
        from = to;
    }
    ranges
}

impl Parts {
    /// What parts must have in common to be of one run.
    pub fn kin(plan: &Plan, options: &Options) -> Map<String, Value> {
        let kin = json!({
            "program": "billsim",
            "version": env!("CARGO_PKG_VERSION"),
            "plan_hash": plan.hash,
            "seed": plan.seed,
            "generator": GENERATOR,
            "record": options.recorded(),
        });
        match kin {
            Value::Object(kin) => kin,
            _ => Map::new(),
        }
    }

    /// Opens the parts in `folder`, or begins with none. Those that are damaged are thrown away; with `afresh` all are.
    ///
    /// # Errors
    /// When they belong to another run, or the system refuses.
    pub fn open(folder: &Path, kin: &Map<String, Value>, afresh: bool) -> Result<Parts, SaveError> {
        if afresh {
            remove(folder)?;
        }
        let occupied = |why: String| SaveError::Checkpoints { path: folder.display().to_string(), why };
        let manifest = folder.join(MANIFEST);
        let known = fs::read_to_string(&manifest).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if let Some(why) = known.and_then(|known| differs(kin, &known)) {
            return Err(occupied(why));
        }
        let mut parts = Parts::of(folder, kin);
        let place = folder.join(PARTS);
        fs::create_dir_all(&place).map_err(|cause| FolderError::io(&place, cause))?;
        fs::write(&manifest, pretty(&Value::Object(kin.clone()))).map_err(|cause| FolderError::io(&manifest, cause))?;
        for entry in fs::read_dir(&place).map_err(|cause| FolderError::io(&place, cause))? {
            let path = entry.map_err(|cause| FolderError::io(&place, cause))?.path();
            match parts.look(&path) {
                Ok(checkpoint) => parts.keep(&checkpoint, path),
                // Of what was being written when the run ended nothing is believed.
                Err(_) if path.extension().is_some() => remove(&path)?,
                Err(unusable) if unusable.is_damage() => {
                    remove(&path)?;
                    parts.work.damaged += 1;
                }
                Err(unusable) => return Err(occupied(format!("of {}: {unusable}", path.display()))),
            }
        }
        Ok(parts)
    }

    /// None yet, in a folder.
    fn of(folder: &Path, kin: &Map<String, Value>) -> Parts {
        let run = *blake3::hash(Value::Object(kin.clone()).to_string().as_bytes()).as_bytes();
        Parts { folder: folder.to_owned(), run, closed: BTreeMap::new(), work: Work::default() }
    }

    /// The parts of a shard that is whole: all of `accounts`, in `replications`.
    ///
    /// # Errors
    /// Which part is not as it was written, and why.
    pub fn whole(
        folder: &Path,
        kin: &Map<String, Value>,
        accounts: &Range<u64>,
        replications: u32,
    ) -> Result<Parts, (PathBuf, Unusable)> {
        let mut parts = Parts::of(folder, kin);
        for replication in 0..replications {
            for range in cut(accounts) {
                let path = parts.path(replication, &range);
                let checkpoint = parts.look(&path).map_err(|unusable| (path.clone(), unusable))?;
                parts.keep(&checkpoint, path);
            }
        }
        Ok(parts)
    }

    fn path(&self, replication: u32, accounts: &Range<u64>) -> PathBuf {
        self.folder.join(PARTS).join(format!("{replication}-{}-{}", accounts.start, accounts.end))
    }

    /// The checkpoint of the part in a folder, if all of it is as it was written.
    fn look(&self, path: &Path) -> Result<Checkpoint, Unusable> {
        let checkpoint = Checkpoint::read(path)?;
        if checkpoint.run != self.run {
            return Err(Unusable::Foreign);
        }
        if self.path(checkpoint.replication, &checkpoint.accounts) != path {
            return Err(Unusable::Damaged);
        }
        checkpoint.check_tables(path)?;
        Ok(checkpoint)
    }

    fn keep(&mut self, checkpoint: &Checkpoint, path: PathBuf) {
        let Range { start, end } = checkpoint.accounts;
        self.work.kept += end - start;
        self.closed.insert((checkpoint.replication, start, end), path);
    }

    /// Throws all of it away, as well as it goes: whoever does has an error to tell already.
    pub fn discard(&self) {
        let _ = remove(&self.folder);
    }

    /// How much was done now, and how much was there.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Simulates those of `accounts` that no part has, and closes a part as often as one is full.
    ///
    /// # Errors
    /// What was closed before stays.
    pub fn play_missing(
        &mut self,
        plan: &Plan,
        replication: u32,
        accounts: &Range<u64>,
        options: &Options,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), SaveError> {
        let mut missing = cut(accounts);
        missing.retain(|range| !self.closed.contains_key(&(replication, range.start, range.end)));
        let range_of = |ordinal: u64| missing.iter().find(|range| range.contains(&ordinal)).cloned();
        let mut wanted = chunks(plan);
        wanted.retain(|chunk| range_of(chunk.ordinal).is_some());
        let before = u64::from(replication) * (accounts.end - accounts.start);
        let mut open: Option<Part> = None;
        run_chunks(plan, replication, &wanted, options.wanted, options.threads, stop, |chunk, record| {
            let end = chunk.ordinal + (chunk.accounts.end - chunk.accounts.start);
            let range = range_of(chunk.ordinal).expect("only chunks of missing parts are played");
            let mut part = match open.take() {
                Some(part) => part,
                None => Part::begin(self.path(replication, &range), options)?,
            };
            part.take(plan, chunk, record, end)?;
            if end == range.end {
                let (path, checkpoint) = part.close(plan, self.run, replication, range)?;
                self.close(&checkpoint, path)?;
            } else {
                open = Some(part);
            }
            progress(before + end - accounts.start);
            Ok::<(), SaveError>(())
        })?;
        Ok(())
    }

    /// Gives a part its name, under which it is whole.
    fn close(&mut self, checkpoint: &Checkpoint, path: PathBuf) -> Result<(), SaveError> {
        let making = in_the_making(&path);
        checkpoint.write(&making)?;
        sync(&making)?;
        let place = self.folder.join(PARTS);
        let named = fs::rename(&making, &path).and_then(|()| sync_entries(&place));
        named.map_err(|cause| FolderError::io(&path, cause))?;
        let Range { start, end } = checkpoint.accounts;
        self.work.simulated += end - start;
        self.closed.insert((checkpoint.replication, start, end), path);
        Ok(())
    }

    /// Adds the totals of a replication.
    ///
    /// # Errors
    /// When a part is no longer as it was.
    pub fn add_to(&self, summary: &mut Summary, replication: u32) -> Result<(), SaveError> {
        for (_, path) in self.of_replication(replication) {
            let broken = |why: Unusable| SaveError::Part { path: path.display().to_string(), why };
            for (segment, totals) in Checkpoint::read(path).map_err(broken)?.segments {
                let of = summary.segments.get_mut(segment).ok_or_else(|| broken(Unusable::Damaged))?;
                of.add(&totals);
            }
        }
        Ok(())
    }

    /// Appends the tables of a replication, in the order of the accounts.
    pub fn append_to(&self, details: &mut Details<'_>, replication: u32) -> Result<(), TableError> {
        self.of_replication(replication).try_for_each(|(end, path)| details.append(path, end))
    }

    fn of_replication(&self, replication: u32) -> impl Iterator<Item = (u64, &PathBuf)> {
        let range = (replication, 0, 0)..=(replication, u64::MAX, u64::MAX);
        self.closed.range(range).map(|((_, _, end), path)| (*end, path))
    }
}

/// Where a part is until it is whole.
fn in_the_making(path: &Path) -> PathBuf {
    path.with_extension("partial")
}

/// A part that is being filled.
struct Part {
    path: PathBuf,
    details: Details<'static>,
    segments: BTreeMap<usize, SegmentSummary>,
}

impl Part {
    fn begin(path: PathBuf, options: &Options) -> Result<Part, SaveError> {
        let making = in_the_making(&path);
        remove(&making)?;
        fs::create_dir(&making).map_err(|cause| FolderError::io(&making, cause))?;
        let details = Details::create(&making, &[Format::Parquet], options.wanted)?;
        Ok(Part { path, details, segments: BTreeMap::new() })
    }

    fn take(&mut self, plan: &Plan, chunk: &Chunk, record: ChunkRecord, end: u64) -> Result<(), SaveError> {
        let nothing = || SegmentSummary::new(plan, &plan.segments[chunk.segment]);
        self.segments.entry(chunk.segment).or_insert_with(nothing).add(&record.summary);
        Ok(self.details.push(plan, record.rows, end)?)
    }

    /// Closes its tables: where it goes, and what it is.
    fn close(
        self,
        plan: &Plan,
        run: [u8; blake3::OUT_LEN],
        replication: u32,
        accounts: Range<u64>,
    ) -> Result<(PathBuf, Checkpoint), SaveError> {
        self.details.finish(plan)?;
        let making = in_the_making(&self.path);
        let mut tables = vec![];
        for entry in fs::read_dir(&making).map_err(|cause| FolderError::io(&making, cause))? {
            let path = entry.map_err(|cause| FolderError::io(&making, cause))?.path();
            let digest = digest(&path).map_err(|cause| FolderError::io(&path, cause))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            tables.push((name, *digest.as_bytes()));
        }
        tables.sort();
        let segments = self.segments.into_iter().collect();
        Ok((self.path, Checkpoint { run, replication, accounts, tables, segments }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_spans_of_the_accounts_table_end() {
        assert_eq!(cut(&(1_024..140_000)), [1_024..65_536, 65_536..131_072, 131_072..140_000]);
        for whole in [0..3_000, 1_024..65_536, 65_536..131_072] {
            assert_eq!(cut(&whole), vec![whole]);
        }
        assert_eq!(cut(&(0..0)), []);
    }
}
