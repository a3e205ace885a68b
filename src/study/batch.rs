//! Plays several plans over the same customers and keeps of each only the numbers that are asked for. Must not know what is varied.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use super::comparison::Difference;
use super::metric::Metric;
use super::variants::play;
use crate::engine::Failure;
use crate::plan::Plan;
use crate::record::{RunError, SegmentSummary};

/// Points that are played over the same traces at a time: more would only take memory.
pub(super) const BATCH: usize = 8;

/// The metrics of one plan, each a value for every replication.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    all: Vec<Vec<f64>>,
    segments: Vec<Vec<Vec<f64>>>,
}

impl Brought {
    fn new(plan: &Plan, metrics: &[&'static Metric]) -> Brought {
        let none = vec![vec![]; metrics.len()];
        Brought { segments: vec![none.clone(); plan.segments.len()], all: none }
    }

    fn add(&mut self, metrics: &[&'static Metric], whole: &SegmentSummary, segments: &[SegmentSummary]) {
        let each = std::iter::once((&mut self.all, whole)).chain(self.segments.iter_mut().zip(segments));
        for (values, totals) in each {
            values.iter_mut().zip(metrics).for_each(|(values, metric)| values.push(metric.value(totals)));
        }
    }

    /// Each metric against another plan's, over all segments.
    pub fn against(&self, base: &Brought, metrics: &[&'static Metric]) -> Vec<Difference> {
        differences(&base.all, &self.all, metrics)
    }

    /// The same segment by segment.
    pub fn by_segment(&self, base: &Brought, metrics: &[&'static Metric]) -> Vec<Vec<Difference>> {
        let pairs = base.segments.iter().zip(&self.segments);
        pairs.map(|(before, after)| differences(before, after, metrics)).collect()
    }
}

fn differences(before: &[Vec<f64>], after: &[Vec<f64>], metrics: &[&'static Metric]) -> Vec<Difference> {
    let pairs = before.iter().zip(after).zip(metrics);
    pairs.map(|((before, after), metric)| Difference::of(metric, before, after)).collect()
}

/// What each plan brings over all its replications. One whose amounts do not fit is told, and the others are played without it.
///
/// # Errors
/// That `stop` was set.
pub(super) fn play_batch(
    plans: &[Plan],
    metrics: &[&'static Metric],
    threads: usize,
    stop: &AtomicBool,
) -> Result<Vec<Result<Brought, Failure>>, RunError<Infallible>> {
    match play_all(plans, metrics, threads, stop) {
        Ok(brought) => Ok(brought.into_iter().map(Ok).collect()),
        Err(RunError::Account(failure)) if plans.len() == 1 => Ok(vec![Err(failure)]),
        // Rare: whose amounts do not fit is found by playing each by itself.
        Err(RunError::Account(_)) => {
            let alone = |plan: &Plan| play_batch(std::slice::from_ref(plan), metrics, threads, stop);
            plans.iter().map(alone).collect::<Result<Vec<_>, _>>().map(|each| each.into_iter().flatten().collect())
        }
        Err(error) => Err(error),
    }
}

fn play_all(
    plans: &[Plan],
    metrics: &[&'static Metric],
    threads: usize,
    stop: &AtomicBool,
) -> Result<Vec<Brought>, RunError<Infallible>> {
    let mut brought: Vec<Brought> = plans.iter().map(|plan| Brought::new(plan, metrics)).collect();
    for replication in 0..plans.first().map_or(0, |plan| plan.replications) {
        let played = play(plans, replication, threads, stop, |_, _| Ok(()))?;
        for ((brought, plan), summary) in brought.iter_mut().zip(plans).zip(&played.summaries) {
            brought.add(metrics, &summary.whole(plan), &summary.segments);
        }
    }
    Ok(brought)
}
