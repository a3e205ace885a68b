//! Which prices of a study's ranges bring the most: every point is played by the same customers, and the best is played once more by
//! others. Must not know how points are chosen, nor how the result is shown.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rust_decimal::Decimal;

use super::batch::{BATCH, Brought};
use super::comparison::Difference;
use super::guard::Guard;
use super::keys::{Design, decimal, texts};
use super::metric::Metric;
use super::optimum::{Confirmed, Measured, Optimum, Verdict};
use super::points::{Axis, Point, Study, own_number};
use super::search::{Grid, Judged, Space, search};
use super::sweep::{Outcome, Sweep};
use crate::plan::Plan;
use crate::record::RunError;
use crate::scenario::Overrides;
use crate::text::keys::Record;
use crate::text::{Place, Problem, Problems, Sources};

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct Optimisation {
    /// The axes, the scenario and what is told; the first metric is the one of which there shall be the most.
    pub study: Study,
    /// What must hold.
    pub constraints: Vec<Constraint>,
    /// After how many points the search ends.
    pub most_points: usize,
    /// Seed of the customers on which the result is confirmed.
    pub fresh_seed: Option<u64>,
    /// How many times they are drawn.
    pub fresh_replications: u64,
    /// Where the seed is written.
    fresh_seed_at: Option<Place>,
}

/// A condition on the best point.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// What must hold.
    pub guard: Guard,
    /// Whether in every segment, not over all of them.
    pub in_every_segment: bool,
}

/// Why there is nothing to look for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no price.
    #[error("`{key}` is no key of a price book: what is optimized are prices, `books.ID.…`")]
    NoPrice {
        /// The key.
        key: String,
    },
    /// It has no number in the scenario.
    #[error("the scenario has no number at `{key}` from which the search could start")]
    NoNumber {
        /// The key.
        key: String,
    },
    /// It would be confirmed by the customers of the search.
    #[error("`fresh_seed` is {seed}, the seed of the search: its customers would confirm what was found with them")]
    SeenSeed {
        /// The seed.
        seed: u64,
    },
    /// Nobody answers to it.
    #[error(
        "no segment's use of `{book}` answers to its prices: with `elasticity` 0 demand is the same at any price, and the dearest would \
         always win"
    )]
    NoResponse {
        /// The key.
        key: String,
        /// Id of the book.
        book: String,
    },
}

impl Refusal {
    /// What would mend it.
    pub fn cure(&self) -> String {
        match self {
            Refusal::NoPrice { .. } => "play it with billsim sweep".to_owned(),
            Refusal::NoNumber { .. } => "name a key that has a price in the scenario".to_owned(),
            Refusal::SeenSeed { .. } => "take another seed, or none".to_owned(),
            Refusal::NoResponse { book, .. } => format!(
                "set segments.ID.products.{book}.elasticity, for example to -0.8, and [reference_books.{book}]; the study's `set` can"
            ),
        }
    }
}

impl Constraint {
    /// As a person reads it.
    pub fn text(&self) -> String {
        let everywhere = if self.in_every_segment { " in every segment" } else { "" };
        format!("{}{everywhere}", self.guard.text)
    }

    /// The number of a point that decides, and how far it keeps the constraint: that of the worst segment, where each counts.
    fn judge(&self, metrics: &[&'static Metric], all: &[Difference], segments: &[Vec<Difference>]) -> Measured {
        let nth = metrics.iter().position(|metric| metric.name == self.guard.metric.name);
        let nth = nth.expect("metrics of constraints are among those that are played");
        let of = |differences: &[Difference]| {
            let number = self.guard.number(&differences[nth]);
            Measured { number, slack: self.guard.slack(number) }
        };
        if !self.in_every_segment {
            return of(all);
        }
        let each = segments.iter().map(|segment| of(segment));
        each.min_by(|a, b| a.slack.total_cmp(&b.slack)).unwrap_or(Measured::NOT)
    }
}

impl Optimisation {
    /// Reads and checks a study that says what is looked for; `overrides` are the command line's, which come after the study's.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn load(path: &Path, overrides: &Overrides, sources: &mut Sources) -> Result<Optimisation, Problems> {
        let record = Study::record(path, sources)?;
        let mut problems = Problems::default();
        axes_are_ranges(&record, &mut problems);
        let Some(table) = record.get::<Option<&Record>>("optimize") else {
            let text = "the study does not say what to look for";
            let cure = "add [optimize] with maximise = \"margin\", or play it with billsim sweep";
            problems.push(Problem::new(text).at(record.place).label("no `optimize`").cure(cure));
            return Err(problems);
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut study = Study::of(&record, path, overrides, sources)?;
        let constraints =
            [("constraints", false), ("segment_constraints", true)].into_iter().flat_map(|(key, every)| {
                let guards = texts(table, key).into_iter().filter_map(|text| Guard::parse(&text).ok());
                guards.map(move |guard| Constraint { guard, in_every_segment: every })
            });
        let constraints: Vec<Constraint> = constraints.collect();
        let first = Metric::named(table.get("maximise"));
        let wanted = first.into_iter().chain(study.metrics.clone());
        let mut metrics: Vec<&'static Metric> = vec![];
        for metric in wanted.chain(constraints.iter().map(|one| one.guard.metric)) {
            if metrics.iter().all(|known| known.name != metric.name) {
                metrics.push(metric);
            }
        }
        study.metrics = metrics;
        Ok(Optimisation {
            study,
            constraints,
            most_points: table.get("most_points"),
            fresh_seed: table.get("fresh_seed"),
            fresh_replications: table.get("fresh_replications"),
            fresh_seed_at: table.place_of("fresh_seed"),
        })
    }

    /// Where the study's file says what a refusal is about.
    pub fn place_of(&self, refusal: &Refusal) -> Option<Place> {
        match refusal {
            Refusal::NoPrice { key } | Refusal::NoNumber { key } | Refusal::NoResponse { key, .. } => {
                self.study.place_of(key)
            }
            Refusal::SeenSeed { .. } => self.fresh_seed_at,
        }
    }

    /// Why there is nothing to look for in a scenario, if there is not.
    pub fn refusal(&self, base: &Plan) -> Option<Refusal> {
        if self.fresh_seed == Some(base.seed) {
            return Some(Refusal::SeenSeed { seed: base.seed });
        }
        for key in self.study.axes.iter().flat_map(|axis| &axis.keys) {
            let mut steps = key.split('.').map(str::trim);
            let (Some("books"), Some(book)) = (steps.next(), steps.next()) else {
                return Some(Refusal::NoPrice { key: key.clone() });
            };
            if own_number(base, key).is_none() {
                return Some(Refusal::NoNumber { key: key.clone() });
            }
            let mut uses = base.segments.iter().flat_map(|segment| &segment.uses);
            if !uses.any(|used| base.books[used.product].id == book && used.elasticity != 0.0) {
                return Some(Refusal::NoResponse { key: key.clone(), book: book.to_owned() });
            }
        }
        None
    }

    /// Searches, and plays what was found by fresh customers. `progress` hears how many points were played.
    ///
    /// # Errors
    /// When the scenario as it is, or the best point on fresh seeds, cannot be played to its end; or `stop` was set.
    pub fn run(
        &self,
        base: Plan,
        threads: usize,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Optimum, RunError<Infallible>> {
        let study = &self.study;
        let own = study.play_base(&base, threads, stop)?;
        let (mut outcomes, mut kept): (Vec<Outcome>, Vec<Vec<Measured>>) = (vec![], vec![]);
        let mut failure = None;
        let mut judge = |points: &[Grid]| {
            let mut judged = vec![];
            for points in points.chunks(BATCH) {
                let points: Vec<Point> = points.iter().map(point_of).collect();
                let played =
                    study.play_points(&points, &base, threads, stop).map_err(|error| failure = Some(error)).ok()?;
                for (point, brought) in points.into_iter().zip(played) {
                    let numbers = self.numbers(&brought, &own);
                    let differences = brought.map(|brought| brought.against(&own, &study.metrics));
                    let worth = self.judged(&differences, &numbers);
                    let keeps = (!self.constraints.is_empty()).then(|| worth.is_feasible());
                    judged.push(worth);
                    kept.push(numbers);
                    outcomes.push(Outcome { point, differences, kept: keeps });
                }
                progress(outcomes.len());
            }
            Some(judged)
        };
        let space = Space {
            sizes: study.axes.iter().map(|axis| axis.values.len()).collect(),
            constraints: self.constraints.len(),
            most: self.most_points,
            judge: &mut judge,
        };
        let found = search(space, &self.start(&base));
        let Some(found) = found else { return Err(failure.unwrap_or(RunError::Stopped)) };
        let point = point_of(&found.best);
        let best = outcomes.iter().position(|outcome| outcome.point == point).unwrap_or(0);
        let (confirmed, fresh) = self.confirm(&point, &base, threads, stop)?;
        let verdicts = self.constraints.iter().enumerate().map(|(nth, constraint)| Verdict {
            text: constraint.text(),
            searched: kept[best][nth],
            fresh: fresh[nth],
            active: found.active[nth],
        });
        let verdicts = verdicts.collect();
        let sweep = Sweep { as_it_is: own.against(&own, &study.metrics), base, outcomes };
        Ok(Optimum { sweep, best, feasible: found.judged.is_feasible(), extent: found.extent, verdicts, confirmed })
    }

    /// The point of the grid that is nearest to the scenario's own values.
    fn start(&self, base: &Plan) -> Grid {
        let nearest = |axis: &Axis| {
            let own = own_number(base, &axis.keys[0]).unwrap_or_default();
            let away = |value: &String| decimal(value).map_or(Decimal::MAX, |value| (value - own).abs());
            let values = axis.values.iter().enumerate();
            values.min_by_key(|(_, value)| away(value)).map_or(0, |(index, _)| index)
        };
        self.study.axes.iter().map(nearest).collect()
    }

    /// What a point is worth: the change of the metric as a part of its size under the scenario as it is.
    fn judged(&self, differences: &Result<Vec<Difference>, String>, numbers: &[Measured]) -> Judged {
        let Ok(differences) = differences else { return Judged::impossible(self.constraints.len()) };
        let metric = &differences[0];
        let size = if metric.before.mean == 0.0 { 1.0 } else { metric.before.mean.abs() };
        Judged { merit: metric.change.mean / size, slacks: numbers.iter().map(|one| one.slack).collect() }
    }

    /// By constraint: the number that decides, and how far it keeps it.
    fn numbers(&self, brought: &Result<Brought, String>, own: &Brought) -> Vec<Measured> {
        let Ok(brought) = brought else { return vec![Measured::NOT; self.constraints.len()] };
        let metrics = &self.study.metrics;
        let (all, segments) = (brought.against(own, metrics), brought.by_segment(own, metrics));
        self.constraints.iter().map(|constraint| constraint.judge(metrics, &all, &segments)).collect()
    }

    /// The scenario as it is and at a point, both played by customers of a seed that the search never saw.
    fn confirm(
        &self,
        point: &Point,
        base: &Plan,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<(Confirmed, Vec<Measured>), RunError<Infallible>> {
        let seed = self.fresh_seed.unwrap_or_else(|| if base.seed < i64::MAX as u64 { base.seed + 1 } else { 0 });
        let mut fresh = self.study.clone();
        fresh.overrides.seed = Some(seed);
        fresh.overrides.replications = Some(self.fresh_replications);
        let mut sources = Sources::default();
        let (brought, own) = match fresh.plan(&fresh.as_it_is(), &mut sources) {
            Ok(base) => {
                let own = fresh.play_base(&base, threads, stop)?;
                let brought = fresh.play_points(std::slice::from_ref(point), &base, threads, stop)?.pop();
                (brought.unwrap_or_else(|| Err("it was not played".to_owned())), own)
            }
            // It compiled before: somebody has changed the file meanwhile.
            Err(problems) => (Err(problems.render(&sources, false)), Brought::default()),
        };
        let numbers = self.numbers(&brought, &own);
        let differences = brought.map(|brought| brought.against(&own, &fresh.metrics));
        Ok((Confirmed { seed, replications: self.fresh_replications, differences }, numbers))
    }
}

fn point_of(grid: &Grid) -> Point {
    grid.iter().map(|index| Some(*index)).collect()
}

/// A search needs to know which values are near each other.
fn axes_are_ranges(study: &Record, problems: &mut Problems) {
    for axis in study.records("axes") {
        if ["range", "log"].iter().all(|key| axis.get::<Option<&Record>>(key).is_none()) {
            let problem =
                Problem::new("an axis that is optimized is a range").at(axis.place).label("no `range` and no `log`");
            problems.push(problem.cure("for example range = { from = 0.001, to = 0.003, step = 0.0001 }"));
        }
    }
    if study.word::<Design>("design") == Design::OneAtATime {
        let problem = Problem::new("an optimum is looked for on a grid").at(study.place_of("design"));
        problems.push(problem.label("not one at a time"));
    }
}
