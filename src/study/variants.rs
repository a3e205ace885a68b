//! Plays several plans over the same accounts: each account under every plan before the next account, so that one trace serves all
//! that ask for the same, and the accounts of two plans are paired.

use std::sync::atomic::AtomicBool;

use super::pairs::{Change, Pairs};
use crate::book::PartnerGrace;
use crate::engine::{Chunk, Failure, Player, chunks, for_each_chunk};
use crate::plan::Plan;
use crate::record::{Cause, Recorder, RunError, SegmentSummary, Summary, Wanted};
use crate::rules::Terms;
use crate::world::World;

/// One replication of all plans.
#[derive(Clone, Debug)]
pub struct Played {
    /// Totals, by plan.
    pub summaries: Vec<Summary>,
    /// What differs from the first plan, by segment, for each of the others.
    pub pairs: Vec<Vec<Pairs>>,
}

/// Why the accounts of two plans are no pairs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Other dates.
    #[error("the horizons differ: {0} and {1}")]
    Horizon(String, String),
    /// Other customers.
    #[error("the segments differ: {0} and {1}")]
    Segments(String, String),
    /// Other products.
    #[error("the products differ: {0} and {1}")]
    Products(String, String),
    /// Other chance.
    #[error("the seeds differ: {0} and {1}")]
    Seed(String, String),
    /// Other currencies.
    #[error("the currencies differ: {0} and {1}")]
    Currency(String, String),
}

/// Whether the accounts of two plans are the same customers over the same days.
///
/// # Errors
/// What differs, in words.
pub fn check_pairing(one: &Plan, other: &Plan) -> Result<(), Mismatch> {
    let both = |of: &dyn Fn(&Plan) -> String| (of(one), of(other));
    let seed = both(&|plan| plan.seed.to_string());
    if seed.0 != seed.1 {
        return Err(Mismatch::Seed(seed.0, seed.1));
    }
    let horizon = both(&|plan| format!("{} days from {}", plan.calendar.days(), plan.calendar.start()));
    if horizon.0 != horizon.1 {
        return Err(Mismatch::Horizon(horizon.0, horizon.1));
    }
    let segments = both(&|plan| {
        let segments = plan.segments.iter().map(|segment| format!("{} with {} accounts", segment.id, segment.accounts));
        segments.collect::<Vec<_>>().join(", ")
    });
    if segments.0 != segments.1 {
        return Err(Mismatch::Segments(segments.0, segments.1));
    }
    let products = both(&|plan| plan.books.iter().map(|book| book.id.clone()).collect::<Vec<_>>().join(", "));
    if products.0 != products.1 {
        return Err(Mismatch::Products(products.0, products.1));
    }
    let currency = both(&|plan| plan.books[0].currency.clone());
    if currency.0 != currency.1 {
        return Err(Mismatch::Currency(currency.0, currency.1));
    }
    Ok(())
}

/// The same customers if they all stayed, were never suspended and answered no price: what is left of a difference between two such
/// plans is the effect of the prices alone.
#[must_use]
pub fn without_responses(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for segment in &mut plan.segments {
        segment.partner = Some(PartnerGrace::NonStop);
        segment.churn = None;
        segment.uses.iter_mut().for_each(|used| used.elasticity = 0.0);
    }
    plan
}

/// What a chunk leaves behind.
struct ChunkPlayed {
    summaries: Vec<SegmentSummary>,
    pairs: Vec<Pairs>,
    changes: Vec<Change>,
}

/// Plays all accounts under all plans, which must be [paired](check_pairing) with the first, on `threads` threads. Accounts that pay
/// more than [`Pairs::NOTABLE`] more than under the first plan go to `sink`, in order. The result does not depend on the threads.
///
/// # Errors
/// The first failure in the order of the accounts, or that `stop` was set.
pub fn play<E: Send>(
    plans: &[Plan],
    replication: u32,
    threads: usize,
    stop: &AtomicBool,
    mut sink: impl FnMut(&Chunk, Vec<Change>) -> Result<(), E>,
) -> Result<Played, RunError<E>> {
    let worlds: Vec<World<'_>> = plans.iter().map(|plan| World::new(plan, replication)).collect();
    let terms: Vec<Terms> = plans.iter().map(Terms::new).collect();
    let shares: Vec<bool> = plans.iter().map(|plan| plan.asks_for_the_same(&plans[0])).collect();
    let none = |plan: &Plan| plan.segments.iter().map(|_| Pairs::default()).collect();
    let mut played =
        Played { summaries: plans.iter().map(Summary::new).collect(), pairs: plans.iter().skip(1).map(none).collect() };
    let outcome = for_each_chunk(
        &chunks(&plans[0]),
        threads,
        stop,
        || -> Vec<Player<'_>> {
            worlds.iter().zip(&terms).map(|(world, terms)| Player::new(world, terms).stopping_at(stop)).collect()
        },
        |players, chunk| play_chunk(plans, &terms, replication, &shares, players, chunk).map_err(Cause::Account),
        |chunk, done| {
            for (all, part) in played.summaries.iter_mut().zip(&done.summaries) {
                all.segments[chunk.segment].add(part);
            }
            for (all, part) in played.pairs.iter_mut().zip(&done.pairs) {
                all[chunk.segment].add(part);
            }
            sink(chunk, done.changes).map_err(Cause::Sink)
        },
    );
    outcome.map_err(RunError::from).map(|()| played)
}

fn play_chunk(
    plans: &[Plan],
    terms: &[Terms],
    replication: u32,
    shares: &[bool],
    players: &mut [Player<'_>],
    chunk: &Chunk,
) -> Result<ChunkPlayed, Failure> {
    let segment = chunk.segment;
    let recorder = |(plan, terms)| Recorder::new(terms, replication, segment, plan, Wanted::default());
    let mut recorders: Vec<Recorder<'_>> = plans.iter().zip(terms).map(recorder).collect();
    let mut pairs = vec![Pairs::default(); plans.len() - 1];
    let mut changes = vec![];
    for index in chunk.accounts.clone() {
        for variant in 0..plans.len() {
            let recorder = &mut recorders[variant];
            recorder.begin(index);
            let (first, others) = players.split_at_mut(variant.max(1));
            let account = match variant {
                0 => first[0].play(segment, index, recorder)?,
                _ if shares[variant] => others[0].play_over(&mut first[0], segment, index, recorder)?,
                _ => others[0].play(segment, index, recorder)?,
            };
            recorder.finish(account).map_err(|cause| Failure::of(&plans[variant], segment, index, cause))?;
        }
        let (base, others) = recorders.split_at(1);
        for (nth, (pairs, other)) in pairs.iter_mut().zip(others).enumerate() {
            let (before, after) = (base[0].row(), other.row());
            if pairs.pair(before, after) {
                changes.push(Change::of(nth + 1, before, after));
            }
        }
    }
    Ok(ChunkPlayed { summaries: recorders.into_iter().map(|recorder| recorder.summary).collect(), pairs, changes })
}
