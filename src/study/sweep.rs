//! What a study brings: the same customers at each of its points, against the scenario as it is. Must not know how it is shown.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use super::batch::{BATCH, Brought, play_batch};
use super::comparison::Difference;
use super::metric::Metric;
use super::points::{Axis, Point, Study, own_value};
use crate::plan::Plan;
use crate::record::RunError;
use crate::text::Sources;

/// What a point brought.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where it is.
    pub point: Point,
    /// Each metric of the study against the scenario as it is; or why there is none.
    pub differences: Result<Vec<Difference>, String>,
    /// Whether it keeps all constraints of an optimisation; nothing where there are none to keep.
    pub kept: Option<bool>,
}

/// A whole study, played.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The scenario with what the study changes at every point.
    pub base: Plan,
    /// What it brings: each metric against itself.
    pub as_it_is: Vec<Difference>,
    /// Point by point.
    pub outcomes: Vec<Outcome>,
}

impl Study {
    /// Plays all points over the same customers. What cannot be played is told as a point's outcome; the rest goes on.
    ///
    /// # Errors
    /// When the scenario as it is cannot be played to its end, or `stop` was set.
    pub fn play(
        &self,
        base: Plan,
        threads: usize,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Sweep, RunError<Infallible>> {
        let own = self.play_base(&base, threads, stop)?;
        let mut outcomes = vec![];
        for points in self.points().chunks(BATCH) {
            let brought = self.play_points(points, &base, threads, stop)?;
            let each = points.iter().zip(brought).map(|(point, brought)| Outcome {
                point: point.clone(),
                differences: brought.map(|brought| brought.against(&own, &self.metrics)),
                kept: None,
            });
            outcomes.extend(each);
            progress(outcomes.len());
        }
        Ok(Sweep { as_it_is: own.against(&own, &self.metrics), base, outcomes })
    }

    /// What the scenario as it is brings.
    pub(super) fn play_base(
        &self,
        base: &Plan,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<Brought, RunError<Infallible>> {
        let mut brought = play_batch(std::slice::from_ref(base), &self.metrics, threads, stop)?;
        brought.remove(0).map_err(RunError::Account)
    }

    /// What points bring, or why they cannot be played. They are played over the same traces: not too many at a time.
    pub(super) fn play_points(
        &self,
        points: &[Point],
        base: &Plan,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<Vec<Result<Brought, String>>, RunError<Infallible>> {
        let plan = |point: &Point| {
            let mut sources = Sources::default();
            let plan = self.paired_plan(point, base, &mut sources);
            plan.map_err(|problems| problems.render(&sources, false))
        };
        let plans: Vec<Result<Plan, String>> = points.iter().map(plan).collect();
        let sound: Vec<Plan> = plans.iter().filter_map(|plan| plan.as_ref().ok().cloned()).collect();
        let mut played = play_batch(&sound, &self.metrics, threads, stop)?.into_iter();
        let brought = plans.into_iter().map(|plan| {
            plan.map(|_| played.next().expect("every sound plan is played"))
                .and_then(|one| one.map_err(|failure| failure.to_string()))
        });
        Ok(brought.collect())
    }
}

/// What a reader of a sweep must know, one kind a variant.
#[derive(Clone, Debug, PartialEq)]
pub enum SweepWarning {
    /// A key that changed no metric at all.
    NothingMoved {
        /// The axis.
        axis: String,
    },
    /// The largest value of a metric is at the end of an axis: there may be more beyond.
    BestAtEdge {
        /// The axis.
        axis: String,
        /// The metric.
        metric: &'static str,
        /// The value of the axis.
        value: String,
    },
    /// Numbers of the scenario as it is that are hardly known; changes between the same customers may be known better.
    WideInterval {
        /// The metrics, each with half its interval in per cent of it.
        metrics: Vec<(&'static str, f64)>,
    },
    /// Points that could not be played.
    Failed {
        /// How many.
        points: usize,
    },
}

/// Half an interval of the scenario as it is, in per cent, above which a reader is warned.
const WIDE_PERCENT: f64 = 10.0;

impl SweepWarning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            SweepWarning::NothingMoved { .. } => "nothing_moved",
            SweepWarning::BestAtEdge { .. } => "best_at_edge",
            SweepWarning::WideInterval { .. } => "wide_interval",
            SweepWarning::Failed { .. } => "failed_points",
        }
    }
}

impl std::fmt::Display for SweepWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SweepWarning::NothingMoved { axis } => write!(f, "{axis} changed none of the metrics"),
            SweepWarning::BestAtEdge { axis, metric, value } => {
                write!(
                    f,
                    "the largest {metric} is at {axis} = {value}, an end of the axis: there may be more beyond it"
                )
            }
            SweepWarning::WideInterval { metrics } => {
                let each = metrics.iter().map(|(name, percent)| format!("{name} to ± {percent:.0} %"));
                write!(f, "known only: {}; ask for more --replications", each.collect::<Vec<_>>().join(", "))
            }
            SweepWarning::Failed { points: 1 } => write!(f, "1 point could not be played"),
            SweepWarning::Failed { points } => write!(f, "{points} points could not be played"),
        }
    }
}

impl Sweep {
    /// All warnings.
    pub fn warnings(&self, study: &Study) -> Vec<SweepWarning> {
        let mut warnings = vec![];
        for (axis, of) in study.axes.iter().enumerate() {
            if self.moves(axis) == Some(false) {
                warnings.push(SweepWarning::NothingMoved { axis: of.label.clone() });
            }
        }
        if let Some((point, metric)) = self.best(study) {
            for (of, value) in study.axes.iter().zip(point) {
                let Some(value) =
                    value.filter(|value| of.values.len() > 2 && (*value == 0 || *value == of.values.len() - 1))
                else {
                    continue;
                };
                let (axis, value) = (of.label.clone(), of.values[value].clone());
                warnings.push(SweepWarning::BestAtEdge { axis, metric: metric.name, value });
            }
        }
        let wide = |one: &Difference| {
            let percent = one.before.percent().filter(|percent| *percent > WIDE_PERCENT)?;
            Some((one.metric.name, percent))
        };
        let metrics: Vec<_> = self.as_it_is.iter().filter_map(wide).collect();
        if !metrics.is_empty() {
            warnings.push(SweepWarning::WideInterval { metrics });
        }
        let points = self.outcomes.iter().filter(|outcome| outcome.differences.is_err()).count();
        if points > 0 {
            warnings.push(SweepWarning::Failed { points });
        }
        warnings
    }

    /// The point with the most of what the study wants the most of, where it is the same at no other; one that breaks a constraint is
    /// none.
    pub fn best(&self, study: &Study) -> Option<(&Point, &'static Metric)> {
        let metric = study.goal?;
        let nth = study.metrics.iter().position(|told| told.name == metric.name)?;
        let value = |outcome: &Outcome| match outcome.kept {
            Some(false) => None,
            _ => Some(outcome.differences.as_ref().ok()?.get(nth)?.after.mean),
        };
        let best = self.outcomes.iter().filter(|outcome| value(outcome).is_some());
        let best = best.max_by(|a, b| value(a).unwrap_or(f64::MIN).total_cmp(&value(b).unwrap_or(f64::MIN)))?;
        let same = self.outcomes.iter().filter(|outcome| value(outcome) == value(best)).count();
        (same == 1).then_some((&best.point, metric))
    }

    /// Whether any metric differs between two points that differ in this axis alone, of which the scenario as it is may be one; `None` where
    /// there are no two.
    fn moves(&self, axis: usize) -> Option<bool> {
        // By what the other axes are at: what the first such point brought.
        let mut first: BTreeMap<Point, &Vec<Difference>> = BTreeMap::new();
        let mut moves = None;
        let as_it_is = self.outcomes.first().map(|outcome| vec![None; outcome.point.len()]);
        first.extend(as_it_is.map(|point| (point, &self.as_it_is)));
        for outcome in self.outcomes.iter().filter(|outcome| outcome.point[axis].is_some()) {
            let Ok(differences) = &outcome.differences else { continue };
            let mut others = outcome.point.clone();
            others[axis] = None;
            let Some(before) = first.get(&others) else {
                first.insert(others, differences);
                continue;
            };
            let same = before.iter().zip(differences).all(|(one, other)| one.after.mean == other.after.mean);
            moves = Some(moves == Some(true) || !same);
        }
        moves
    }

    /// The values that the keys of an axis have in the scenario as it is, without the units that its own text has.
    pub fn own_value(&self, axis: &Axis) -> String {
        if axis.factors {
            return "1".to_owned();
        }
        let mut values: Vec<String> = axis.keys.iter().filter_map(|key| own_value(&self.base, key)).collect();
        values.dedup();
        match values.len() {
            0 => "not set".to_owned(),
            1 => values.remove(0),
            _ => "several".to_owned(),
        }
    }
}
