//! Plays several plans over the same accounts: a few accounts under every plan before the next accounts, so that one trace serves all
//! plans that ask for the same, and the accounts of two plans are paired.

use std::sync::atomic::AtomicBool;

use super::pairs::{Change, Pairs};
use crate::book::PartnerGrace;
use crate::demand::Trace;
use crate::engine::{Chunk, Failure, Player, chunks, for_each_chunk};
use crate::plan::Plan;
use crate::record::{AccountRow, Cause, Recorder, RunError, SegmentSummary, Summary, Wanted};
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

impl Mismatch {
    /// What would mend it.
    pub fn cure(&self) -> &'static str {
        match self {
            Mismatch::Currency(..) => "compare within one currency: amounts of two have no difference",
            Mismatch::Products(..) => "compare scenarios of the same products, in the same order",
            Mismatch::Horizon(..) | Mismatch::Segments(..) | Mismatch::Seed(..) => {
                "compare scenarios of the same customers; --days, --accounts, --seed and --set change all of them"
            }
        }
    }
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
        || Players {
            players: worlds
                .iter()
                .zip(&terms)
                .map(|(world, terms)| Player::new(world, terms).stopping_at(stop))
                .collect(),
            traces: vec![Trace::default(); BLOCK],
        },
        |with, chunk| play_chunk(plans, (&worlds, &terms), replication, &shares, with, chunk).map_err(Cause::Account),
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
    outcome.map_err(RunError::from)?;
    played.summaries.iter().try_for_each(Summary::check)?;
    Ok(played)
}

/// What the accounts of a chunk are played with.
struct Players<'p> {
    players: Vec<Player<'p>>,
    /// Demand of the accounts of a block.
    traces: Vec<Trace>,
}

/// Accounts that are played under one plan before the next plan: their traces and a plan's daily totals stay close at hand.
const BLOCK: usize = 16;

fn play_chunk(
    plans: &[Plan],
    (worlds, terms): (&[World<'_>], &[Terms]),
    replication: u32,
    shares: &[bool],
    with: &mut Players<'_>,
    chunk: &Chunk,
) -> Result<ChunkPlayed, Failure> {
    let segment = chunk.segment;
    let recorder = |(plan, terms)| Recorder::new(terms, replication, segment, plan, Wanted::default());
    let mut recorders: Vec<Recorder<'_>> = plans.iter().zip(terms).map(recorder).collect();
    let mut pairs = vec![Pairs::default(); plans.len() - 1];
    let mut changes = vec![];
    let indices: Vec<u64> = chunk.accounts.clone().collect();
    for block in indices.chunks(BLOCK) {
        for (trace, index) in with.traces.iter_mut().zip(block) {
            trace.fill(&worlds[0], segment, *index);
        }
        let mut rows: Vec<Vec<AccountRow>> = vec![];
        for (variant, (player, recorder)) in with.players.iter_mut().zip(&mut recorders).enumerate() {
            let mut of_variant = vec![];
            for (trace, index) in with.traces.iter_mut().zip(block) {
                recorder.begin(&worlds[variant], *index);
                let account = match shares[variant] {
                    true => player.play_over(trace, segment, *index, recorder)?,
                    false => player.play(segment, *index, recorder)?,
                };
                recorder.finish(account).map_err(|cause| Failure::of(&plans[variant], segment, *index, cause))?;
                of_variant.push(recorder.row().clone());
            }
            rows.push(of_variant);
        }
        // In the order of the accounts, then of the plans.
        for (at, before) in rows[0].iter().enumerate() {
            for (nth, pairs) in pairs.iter_mut().enumerate() {
                let after = &rows[nth + 1][at];
                if pairs.pair(before, after) {
                    changes.push(Change::of(nth + 1, before, after));
                }
            }
        }
    }
    Ok(ChunkPlayed { summaries: recorders.into_iter().map(|recorder| recorder.done().0).collect(), pairs, changes })
}
