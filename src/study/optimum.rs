//! The best prices that were found, what they bring customers that the search never saw, and what is to be known about them.

use super::comparison::Difference;
use super::points::{Axis, Point, Study, own_number};
use super::search::Extent;
use super::sweep::{Outcome, Sweep};
use crate::units::shown::counted;

/// The best point of an optimisation.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// All points that were played, in the order in which they were.
    pub sweep: Sweep,
    /// Index of the best of them.
    pub best: usize,
    /// Whether it keeps all constraints.
    pub feasible: bool,
    /// How much of the grid was played.
    pub extent: Extent,
    /// The constraints at the best point.
    pub verdicts: Vec<Verdict>,
    /// What the best point brings on fresh seeds.
    pub confirmed: Confirmed,
}

/// The best point and the scenario as it is, played by fresh customers.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Their seed.
    pub seed: u64,
    /// How many times they were drawn.
    pub replications: u64,
    /// Each metric against the scenario as it is; or why there is none.
    pub differences: Result<Vec<Difference>, String>,
}

/// The number that decides whether a constraint is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// That number.
    pub number: f64,
    /// How far it keeps the constraint, in parts of the bound; below zero how far it breaks it.
    pub slack: f64,
}

impl Measured {
    /// Where there is no number.
    pub(super) const NOT: Measured = Measured { number: f64::NAN, slack: -1.0 };

    /// Whether the constraint is kept.
    pub fn holds(self) -> bool {
        self.slack >= 0.0
    }
}

/// A constraint at the best point.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The constraint.
    pub text: String,
    /// With the customers of the search.
    pub searched: Measured,
    /// With fresh ones.
    pub fresh: Measured,
    /// Whether a neighbour would be better if it were not for this constraint.
    pub active: bool,
}

/// What a reader of an optimum must know, one kind a variant.
#[derive(Clone, Debug, PartialEq)]
pub enum OptimumWarning {
    /// Nothing that was played keeps the constraints.
    Infeasible,
    /// The best value is an end of its range.
    AtBound {
        /// The axis.
        axis: String,
        /// The value.
        value: String,
    },
    /// Only a constraint keeps the metric from being larger.
    Active {
        /// The constraint.
        constraint: String,
    },
    /// A constraint that the customers of the search kept is broken by fresh ones.
    BrokenAfresh {
        /// The constraint.
        constraint: String,
    },
    /// What keeps the constraints brings less than the scenario as it is.
    NoGain {
        /// The metric.
        metric: &'static str,
    },
    /// On fresh seeds the interval of the gain holds zero.
    NotConfirmed {
        /// The metric.
        metric: &'static str,
    },
    /// On fresh seeds the gain is a loss.
    LossAfresh {
        /// The metric.
        metric: &'static str,
    },
    /// Points that could not be played.
    Failed {
        /// How many.
        points: usize,
    },
    /// Part of the grid was played: its best is the best of its neighbours.
    Searched {
        /// How many points.
        points: usize,
        /// Of how many.
        of: usize,
    },
    /// The search ended at its most points.
    Incomplete {
        /// How many.
        points: usize,
    },
}

impl OptimumWarning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            OptimumWarning::Infeasible => "infeasible",
            OptimumWarning::AtBound { .. } => "at_bound",
            OptimumWarning::Active { .. } => "constraint_active",
            OptimumWarning::BrokenAfresh { .. } => "constraint_broken_afresh",
            OptimumWarning::NoGain { .. } => "no_gain",
            OptimumWarning::NotConfirmed { .. } => "not_confirmed",
            OptimumWarning::LossAfresh { .. } => "loss_afresh",
            OptimumWarning::Failed { .. } => "failed_points",
            OptimumWarning::Searched { .. } => "searched",
            OptimumWarning::Incomplete { .. } => "incomplete",
        }
    }
}

impl std::fmt::Display for OptimumWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptimumWarning::Infeasible => {
                write!(f, "no point that was played keeps all constraints; this one breaks them least")
            }
            OptimumWarning::AtBound { axis, value } => {
                write!(f, "the best {axis} is {value}, an end of its range: there may be better beyond it")
            }
            OptimumWarning::Active { constraint } => write!(f, "only {constraint} keeps it from bringing more"),
            OptimumWarning::BrokenAfresh { constraint } => {
                write!(f, "{constraint} held in the search and does not on fresh seeds: leave it more room")
            }
            OptimumWarning::NotConfirmed { metric } => {
                write!(
                    f,
                    "on fresh seeds the gain of {metric} cannot be told from none: more replications or accounts may tell"
                )
            }
            OptimumWarning::NoGain { metric } => {
                write!(f, "none of the points that may be brings more {metric} than the scenario as it is")
            }
            OptimumWarning::LossAfresh { metric } => {
                write!(f, "on fresh seeds the gain of {metric} is a loss: the search fitted its own customers")
            }
            OptimumWarning::Failed { points } => {
                write!(f, "{} could not be played: points.csv says why", counted(*points as u64, "point"))
            }
            OptimumWarning::Searched { points, of } => write!(
                f,
                "{points} of {of} points were played; what was found is better than its neighbours, but there may be better elsewhere. \
                 most_points = {of} plays all"
            ),
            OptimumWarning::Incomplete { points } => {
                write!(
                    f,
                    "the search ended after {}, its most: there may be better ones",
                    counted(*points as u64, "point")
                )
            }
        }
    }
}

impl Optimum {
    /// The best point.
    pub fn outcome(&self) -> &Outcome {
        &self.sweep.outcomes[self.best]
    }

    /// How many points could not be played.
    pub fn failed(&self) -> usize {
        self.sweep.outcomes.iter().filter(|outcome| outcome.differences.is_err()).count()
    }

    /// The number that the first key of an axis has in the scenario as it is.
    pub fn own_value(&self, axis: &Axis) -> String {
        own_number(&self.sweep.base, &axis.keys[0]).map_or_else(String::new, |own| own.normalize().to_string())
    }

    /// The points that were played as a study of its own, each axis with the values that were tried; the best values are marked.
    pub fn landscape(&self, study: &Study) -> (Study, Sweep) {
        let best = &self.outcome().point;
        let mut tried: Vec<Vec<usize>> = vec![];
        let mut seen = study.clone();
        let values = study.axes.iter().zip(best).filter_map(|(axis, value)| Some(axis.values[(*value)?].as_str()));
        seen.name.push_str(&format!(": what was tried; the best (*) is {}", values.collect::<Vec<_>>().join(", ")));
        if self.sweep.outcomes.iter().any(|outcome| outcome.kept == Some(false)) {
            seen.name.push_str("; × breaks a constraint");
        }
        for (nth, axis) in seen.axes.iter_mut().enumerate() {
            let mut values: Vec<usize> = self.sweep.outcomes.iter().filter_map(|outcome| outcome.point[nth]).collect();
            values.sort_unstable();
            values.dedup();
            let marked = |value: &usize| {
                let mark = if best[nth] == Some(*value) { "* " } else { "" };
                format!("{mark}{}", axis.values[*value])
            };
            axis.values = values.iter().map(marked).collect();
            tried.push(values);
        }
        let played = |point: Point| {
            let there: Point =
                point.iter().zip(&tried).map(|(index, values)| index.map(|index| values[index])).collect();
            let outcome = self.sweep.outcomes.iter().find(|outcome| outcome.point == there);
            let differences =
                outcome.map_or_else(|| Err("not tried".to_owned()), |outcome| outcome.differences.clone());
            Outcome { point, differences, kept: outcome.and_then(|outcome| outcome.kept) }
        };
        let outcomes = seen.points().into_iter().map(played).collect();
        let as_it_is = self.sweep.as_it_is.clone();
        (seen, Sweep { base: self.sweep.base.clone(), as_it_is, outcomes })
    }

    /// All warnings.
    pub fn warnings(&self, study: &Study) -> Vec<OptimumWarning> {
        let mut warnings = vec![];
        if !self.feasible {
            warnings.push(OptimumWarning::Infeasible);
        }
        for (axis, value) in study.axes.iter().zip(&self.outcome().point) {
            let ends = |value: &usize| axis.values.len() > 1 && (*value == 0 || value + 1 == axis.values.len());
            let Some(value) = value.filter(ends) else { continue };
            warnings.push(OptimumWarning::AtBound { axis: axis.label.clone(), value: axis.values[value].clone() });
        }
        for verdict in &self.verdicts {
            let constraint = verdict.text.clone();
            if self.feasible && verdict.active {
                warnings.push(OptimumWarning::Active { constraint: constraint.clone() });
            }
            if verdict.searched.holds() && !verdict.fresh.holds() {
                warnings.push(OptimumWarning::BrokenAfresh { constraint });
            }
        }
        warnings.extend(self.gain());
        if self.failed() > 0 {
            warnings.push(OptimumWarning::Failed { points: self.failed() });
        }
        match self.extent {
            Extent::Whole => {}
            Extent::Searched => {
                warnings.push(OptimumWarning::Searched { points: self.sweep.outcomes.len(), of: study.count() });
            }
            Extent::Cut => warnings.push(OptimumWarning::Incomplete { points: self.sweep.outcomes.len() }),
        }
        warnings
    }

    /// What is to be known of the gain. Where nothing keeps the constraints, or the scenario's own prices are the best, there is none.
    fn gain(&self) -> Option<OptimumWarning> {
        let searched = self.outcome().differences.as_ref().ok()?.first()?;
        let metric = searched.metric.name;
        if !self.feasible || searched.change.mean == 0.0 {
            return None;
        }
        if searched.change.mean < 0.0 {
            return Some(OptimumWarning::NoGain { metric });
        }
        let fresh = self.confirmed.differences.as_ref().ok()?.first()?.change;
        let half = fresh.half_width.unwrap_or(0.0);
        if fresh.mean + half < 0.0 {
            return Some(OptimumWarning::LossAfresh { metric });
        }
        (fresh.mean - half <= 0.0).then_some(OptimumWarning::NotConfirmed { metric })
    }
}
