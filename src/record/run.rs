//! A whole run: chunks of accounts in parallel, each a closed record, handed on in order.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use super::additive::TotalsTooLarge;
use super::recorder::{Recorder, Rows, Wanted};
use super::summary::{SegmentSummary, Summary};
use crate::engine::{Chunk, Failure, Player, Stopped, chunks, for_each_chunk};
use crate::plan::Plan;
use crate::rules::Terms;
use crate::world::World;

/// What a chunk leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRecord {
    /// Totals of its accounts.
    pub summary: SegmentSummary,
    /// Their rows.
    pub rows: Rows,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// Somebody asked it to.
    #[error("stopped")]
    Stopped,
    /// An amount did not fit.
    #[error(transparent)]
    Account(#[from] Failure),
    /// A total did not fit.
    #[error(transparent)]
    Totals(#[from] TotalsTooLarge),
    /// The rows could not be kept.
    #[error("{0}")]
    Sink(E),
}

/// What can fail while chunks are played and handed on.
pub enum Cause<E> {
    /// An account was not played to the end.
    Account(Failure),
    /// The rows could not be kept.
    Sink(E),
}

impl<E> From<Stopped<Cause<E>>> for RunError<E> {
    fn from(stopped: Stopped<Cause<E>>) -> RunError<E> {
        match stopped {
            Stopped::Asked | Stopped::Failed(Cause::Account(Failure::Stopped)) => RunError::Stopped,
            Stopped::Failed(Cause::Account(failure)) => RunError::Account(failure),
            Stopped::Failed(Cause::Sink(error)) => RunError::Sink(error),
        }
    }
}

/// Plays all accounts of a plan on `threads` threads; chunks go to `sink` in order, with what they leave behind.
/// The result does not depend on the number of threads.
///
/// # Errors
/// The first failure in the order of the accounts, or that `stop` was set.
pub fn run<E: Send>(
    plan: &Plan,
    replication: u32,
    wanted: Wanted,
    threads: usize,
    stop: &AtomicBool,
    mut sink: impl FnMut(&Chunk, Rows) -> Result<(), E>,
) -> Result<Summary, RunError<E>> {
    let mut summary = Summary::new(plan);
    run_chunks(plan, replication, &chunks(plan), wanted, threads, stop, |chunk, record| {
        summary.segments[chunk.segment].add(&record.summary);
        sink(chunk, record.rows)
    })?;
    summary.check()?;
    Ok(summary)
}

/// Plays some chunks of a plan as [`run`] does; the sink gets the totals of each too.
///
/// # Errors
/// As [`run`].
pub fn run_chunks<E: Send>(
    plan: &Plan,
    replication: u32,
    chunks: &[Chunk],
    wanted: Wanted,
    threads: usize,
    stop: &AtomicBool,
    mut sink: impl FnMut(&Chunk, ChunkRecord) -> Result<(), E>,
) -> Result<(), RunError<E>> {
    let world = World::new(plan, replication);
    let terms = Terms::new(plan);
    let outcome = for_each_chunk(
        chunks,
        threads,
        stop,
        || Player::new(&world, &terms).stopping_at(stop),
        |player, chunk| play_chunk(plan, (&world, &terms), replication, player, chunk, wanted).map_err(Cause::Account),
        |chunk, record| sink(chunk, record).map_err(Cause::Sink),
    );
    outcome.map_err(RunError::from)
}

/// The daily totals of a plan, on all threads there are.
///
/// # Errors
/// When an amount or a total does not fit.
pub fn summarise(plan: &Plan) -> Result<Summary, RunError<Infallible>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    run(plan, 0, Wanted::default(), threads, &AtomicBool::new(false), |_, _| Ok(()))
}

fn play_chunk(
    plan: &Plan,
    (world, terms): (&World<'_>, &Terms),
    replication: u32,
    player: &mut Player<'_>,
    chunk: &Chunk,
    wanted: Wanted,
) -> Result<ChunkRecord, Failure> {
    let mut recorder = Recorder::new(terms, replication, chunk.segment, plan, wanted);
    for index in chunk.accounts.clone() {
        recorder.begin(world, index);
        let account = player.play(chunk.segment, index, &mut recorder)?;
        recorder.finish(account).map_err(|cause| Failure::of(plan, chunk.segment, index, cause))?;
    }
    let (summary, rows) = recorder.done();
    Ok(ChunkRecord { summary, rows })
}
