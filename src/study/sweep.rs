//! A study: the same customers at many points, each with other values of some keys. Must not know how it is shown.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rust_decimal::Decimal;

use super::batch::{BATCH, Brought, play_batch};
use super::comparison::Difference;
use super::keys::{Design, STUDY, are_factors, beside_scenario, decimal, texts, values};
use super::metric::Metric;
use super::variants::check_pairing;
use crate::plan::{Plan, compile};
use crate::record::RunError;
use crate::scenario::{Overrides, load, read};
use crate::text::keys::{Record, check};
use crate::text::node::{self, Raw};
use crate::text::{Problem, Problems, Sources, set};

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Study {
    /// Its name.
    pub name: String,
    /// The scenario's file.
    pub scenario: PathBuf,
    /// Which numbers are told.
    pub metrics: Vec<&'static Metric>,
    /// Which points there are.
    pub design: Design,
    /// What is varied.
    pub axes: Vec<Axis>,
    /// What is changed at every point.
    pub overrides: Overrides,
    /// Its text as it is kept beside `scenario.toml`, every default written out.
    pub resolved: String,
}

/// What is varied together.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Paths of the keys.
    pub keys: Vec<String>,
    /// What it is called.
    pub label: String,
    /// Its values, each as `--set` takes it.
    pub values: Vec<String>,
    /// Whether they are what the scenario's own values are multiplied by.
    pub factors: bool,
}

/// A point: for each axis the index of its value; `None` as in the scenario.
pub type Point = Vec<Option<usize>>;

/// What a point brought.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where it is.
    pub point: Point,
    /// Each metric of the study against the scenario as it is; or why there is none.
    pub differences: Result<Vec<Difference>, String>,
}

/// A whole study, played.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The scenario with what the study changes at every point.
    pub base: Plan,
    /// Point by point.
    pub outcomes: Vec<Outcome>,
}

impl Study {
    /// Reads and checks a study; `overrides` are the command line's, which come after the study's.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn load(path: &Path, overrides: &Overrides, sources: &mut Sources) -> Result<Study, Problems> {
        Study::record(path, sources).map(|record| Study::of(&record, path, overrides))
    }

    /// The checked table of a study's file.
    pub(super) fn record(path: &Path, sources: &mut Sources) -> Result<Record, Problems> {
        let mut problems = Problems::default();
        let Some(root) = read(path, None, sources, &mut problems) else { return Err(problems) };
        if !problems.is_empty() {
            return Err(problems);
        }
        let record = check(&root, &STUDY, &mut problems);
        if problems.is_empty() { Ok(record) } else { Err(problems) }
    }

    pub(super) fn of(record: &Record, path: &Path, overrides: &Overrides) -> Study {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let axis = |axis: &Record| {
            let keys = axis.get::<Option<String>>("key").map_or_else(|| texts(axis, "keys"), |key| vec![key]);
            let label = axis.get::<Option<String>>("label").unwrap_or_else(|| keys[0].clone());
            Axis { label, values: values(axis), factors: are_factors(axis), keys }
        };
        let stem = || path.file_stem().map_or_else(|| "study".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let set = texts(record, "set").into_iter().chain(overrides.set.iter().cloned()).collect();
        let name = record.get::<Option<String>>("name").unwrap_or_else(stem);
        let overrides = Overrides {
            set,
            seed: overrides.seed,
            days: overrides.days.or(record.get("days")),
            replications: overrides.replications.or(record.get("replications")),
            accounts: overrides.accounts.or(record.get("accounts")),
            parquet: overrides.parquet,
            ..Overrides::default()
        };
        Study {
            resolved: beside_scenario(record, &name, &overrides),
            name,
            scenario: folder.join(record.get::<&str>("scenario")),
            metrics: texts(record, "metrics").iter().filter_map(|name| Metric::named(name)).collect(),
            design: record.word("design"),
            axes: record.records("axes").into_iter().map(axis).collect(),
            overrides,
        }
    }

    /// How many points it has.
    pub fn count(&self) -> usize {
        self.design.points(self.axes.iter().map(|axis| axis.values.len()))
    }

    /// All points, the last axis fastest.
    pub fn points(&self) -> Vec<Point> {
        let none = vec![None; self.axes.len()];
        match self.design {
            Design::OneAtATime => {
                let each =
                    self.axes.iter().enumerate().flat_map(|(axis, of)| (0..of.values.len()).map(move |v| (axis, v)));
                each.map(|(axis, value)| (0..self.axes.len()).map(|at| (at == axis).then_some(value)).collect())
                    .collect()
            }
            Design::Grid => self.axes.iter().enumerate().fold(vec![none], |points, (axis, of)| {
                let with = |point: &Point, value: usize| {
                    let mut point = point.clone();
                    point[axis] = Some(value);
                    point
                };
                points.iter().flat_map(|point| (0..of.values.len()).map(move |value| with(point, value))).collect()
            }),
        }
    }

    /// `LABEL = VALUE` of each axis that a point moves.
    pub fn place(&self, point: &Point) -> String {
        let moved = self.axes.iter().zip(point).filter_map(|(axis, value)| Some((axis, (*value)?)));
        moved.map(|(axis, value)| format!("{} = {}", axis.label, axis.values[value])).collect::<Vec<_>>().join("; ")
    }

    /// The compiled scenario at a point.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn plan(&self, point: &Point, sources: &mut Sources) -> Result<Plan, Problems> {
        let mut overrides = self.overrides.clone();
        for (axis, value) in self.axes.iter().zip(point) {
            let Some(value) = value else { continue };
            let value = axis.values[*value].as_str();
            for key in &axis.keys {
                let set = if axis.factors { self.multiplied(key, value, sources)? } else { value.to_owned() };
                overrides.set.push(format!("{key}={set}"));
            }
        }
        load(&self.scenario, &overrides, sources).map(|scenario| compile(&scenario))
    }

    /// The scenario's own value of a key times a factor, to 8 decimals.
    fn multiplied(&self, key: &str, factor: &str, sources: &mut Sources) -> Result<String, Problems> {
        let base = load(&self.scenario, &self.overrides, sources).map(|scenario| compile(&scenario))?;
        let product = own_number(&base, key).zip(decimal(factor)).and_then(|(own, factor)| own.checked_mul(factor));
        product.map(|product| product.round_dp(8).normalize().to_string()).ok_or_else(|| {
            let mut problems = Problems::default();
            problems.push(Problem::new(format!(
                "the scenario has no number at `{key}` that could be multiplied by {factor}"
            )));
            problems
        })
    }

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
            });
            outcomes.extend(each);
            progress(outcomes.len());
        }
        Ok(Sweep { base, outcomes })
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
        let plans: Vec<Result<Plan, String>> = points.iter().map(|point| self.paired_plan(point, base)).collect();
        let sound: Vec<Plan> = plans.iter().filter_map(|plan| plan.as_ref().ok().cloned()).collect();
        let mut played = play_batch(&sound, &self.metrics, threads, stop)?.into_iter();
        let brought = plans.into_iter().map(|plan| {
            plan.map(|_| played.next().expect("every sound plan is played"))
                .and_then(|one| one.map_err(|failure| failure.to_string()))
        });
        Ok(brought.collect())
    }

    fn paired_plan(&self, point: &Point, base: &Plan) -> Result<Plan, String> {
        let mut sources = Sources::default();
        let plan = self.plan(point, &mut sources).map_err(|problems| problems.render(&sources, false))?;
        check_pairing(base, &plan).map_err(|mismatch| mismatch.to_string())?;
        Ok(plan)
    }
}

/// The number that a plan's scenario has at a path as `--set` takes it.
pub(super) fn own_number(plan: &Plan, key: &str) -> Option<Decimal> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let source = sources.add("the scenario, every default written out", plan.resolved.as_str());
    let root = node::parse(&sources, source, &mut problems);
    match &set::value_at(&root, key)?.value {
        Raw::Integer(text) | Raw::Float(text) | Raw::Text(text) => decimal(text),
        _ => None,
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
    /// Points that could not be played.
    Failed {
        /// How many.
        points: usize,
    },
}

impl SweepWarning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            SweepWarning::NothingMoved { .. } => "nothing_moved",
            SweepWarning::BestAtEdge { .. } => "best_at_edge",
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
            SweepWarning::Failed { points } => write!(f, "{points} points could not be played"),
        }
    }
}

impl Sweep {
    /// All warnings.
    pub fn warnings(&self, study: &Study) -> Vec<SweepWarning> {
        let mut warnings = vec![];
        for (axis, of) in study.axes.iter().enumerate() {
            if of.values.len() > 1 && !self.moves(axis) {
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
        let points = self.outcomes.iter().filter(|outcome| outcome.differences.is_err()).count();
        if points > 0 {
            warnings.push(SweepWarning::Failed { points });
        }
        warnings
    }

    /// The point with the largest first metric, where it is the same at no other.
    pub fn best(&self, study: &Study) -> Option<(&Point, &'static Metric)> {
        let metric = *study.metrics.first()?;
        let value = |outcome: &Outcome| Some(outcome.differences.as_ref().ok()?.first()?.after.mean);
        let best = self.outcomes.iter().filter(|outcome| value(outcome).is_some());
        let best = best.max_by(|a, b| value(a).unwrap_or(f64::MIN).total_cmp(&value(b).unwrap_or(f64::MIN)))?;
        let same = self.outcomes.iter().filter(|outcome| value(outcome) == value(best)).count();
        (same == 1).then_some((&best.point, metric))
    }

    /// Whether any metric differs between two points that differ in this axis alone.
    fn moves(&self, axis: usize) -> bool {
        // By what the other axes are at: what the first such point brought.
        let mut first: BTreeMap<Point, Vec<f64>> = BTreeMap::new();
        self.outcomes.iter().filter(|outcome| outcome.point[axis].is_some()).any(|outcome| {
            let Ok(differences) = &outcome.differences else { return false };
            let numbers: Vec<f64> = differences.iter().map(|difference| difference.after.mean).collect();
            let mut others = outcome.point.clone();
            others[axis] = None;
            *first.entry(others).or_insert_with(|| numbers.clone()) != numbers
        })
    }
}
