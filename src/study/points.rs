//! A study as a person wrote it: a scenario, and the points at which it is played. Must not know what the points bring.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::keys::{Design, STUDY, are_factors, beside_scenario, decimal, texts, values};
use super::metric::Metric;
use super::variants::check_pairing;
use crate::plan::{Plan, compile};
use crate::scenario::{FileKind, Overrides, load, read};
use crate::text::keys::{Record, Valued, check};
use crate::text::node::{self, Node, Raw};
use crate::text::set::{self, Written};
use crate::text::{Place, Problem, Problems, Sources};

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Study {
    /// Its name.
    pub name: String,
    /// The scenario's file.
    pub scenario: PathBuf,
    /// Which numbers are told.
    pub metrics: Vec<&'static Metric>,
    /// The one of which there shall be the most, where the study says so.
    pub goal: Option<&'static Metric>,
    /// Which points there are.
    pub design: Design,
    /// What is varied.
    pub axes: Vec<Axis>,
    /// What is changed at every point.
    pub overrides: Overrides,
    /// Its text as it is kept beside `scenario.toml`, every default written out.
    pub resolved: String,
    /// The text that it was read from: mistakes of its values are shown there.
    sources: Sources,
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
    /// Where each key is written.
    key_places: Vec<Option<Place>>,
    /// Where each value is written, or the range that it comes from.
    value_places: Vec<Option<Place>>,
}

/// A point: for each axis the index of its value; `None` as in the scenario.
pub type Point = Vec<Option<usize>>;

impl Axis {
    fn of(axis: &Record) -> Axis {
        let valued = |key: &str| -> Vec<(String, Option<Place>)> {
            let listed = axis.get::<Option<&[Valued]>>(key).unwrap_or_default();
            texts(axis, key).into_iter().zip(listed.iter().map(|valued| valued.place)).collect()
        };
        let one = |key: &str| axis.get::<Option<String>>(key).map(|text| (text, axis.place_of(key)));
        let keys = one("key").map_or_else(|| valued("keys"), |key| vec![key]);
        let (keys, key_places): (Vec<String>, Vec<_>) = keys.into_iter().unzip();
        let range = ["range", "log"].into_iter().find_map(|key| axis.get::<Option<&Record>>(key));
        let values = values(axis);
        let value_places = match range {
            Some(range) => vec![range.place; values.len()],
            None => [valued("values"), valued("factors")].concat().into_iter().map(|(_, place)| place).collect(),
        };
        let label = axis.get::<Option<String>>("label").unwrap_or_else(|| keys[0].clone());
        Axis { label, values, factors: are_factors(axis), keys, key_places, value_places }
    }
}

impl Study {
    /// Reads and checks a study; `overrides` are the command line's, which come after the study's.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn load(path: &Path, overrides: &Overrides, sources: &mut Sources) -> Result<Study, Problems> {
        let record = Study::record(path, sources)?;
        Study::of(&record, path, overrides, sources)
    }

    /// The checked table of a study's file.
    pub(super) fn record(path: &Path, sources: &mut Sources) -> Result<Record, Problems> {
        let mut problems = Problems::default();
        let Some(root) = read(path, None, sources, &mut problems) else { return Err(problems) };
        if !problems.is_empty() || !FileKind::Study.is_kind_of(&root, path, None, &mut problems) {
            return Err(problems);
        }
        let record = check(&root, &STUDY, &mut problems);
        if problems.is_empty() { Ok(record) } else { Err(problems) }
    }

    /// Of a checked table of a file.
    pub(super) fn of(
        record: &Record,
        path: &Path,
        overrides: &Overrides,
        sources: &Sources,
    ) -> Result<Study, Problems> {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let stem = || path.file_stem().map_or_else(|| "study".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let name = record.get::<Option<String>>("name").unwrap_or_else(stem);
        let mut problems = Problems::default();
        let mut study = vec![];
        for (text, valued) in texts(record, "set").iter().zip(record.get::<&[Valued]>("set")) {
            match Written::parse(text, valued.place) {
                Ok(written) => study.push(written),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let overrides = Overrides {
            named_at: record.place_of("scenario"),
            study,
            days: overrides.days.or(record.get("days")),
            replications: overrides.replications.or(record.get("replications")),
            accounts: overrides.accounts.or(record.get("accounts")),
            ..overrides.clone()
        };
        let goal = record.get::<Option<&Record>>("optimize").and_then(|table| Metric::named(table.get("maximise")));
        Ok(Study {
            resolved: beside_scenario(record, &name, &overrides),
            name,
            scenario: folder.join(record.get::<&str>("scenario")),
            metrics: texts(record, "metrics").iter().filter_map(|name| Metric::named(name)).collect(),
            goal,
            design: record.word("design"),
            axes: record.records("axes").into_iter().map(Axis::of).collect(),
            overrides,
            sources: sources.clone(),
        })
    }

    /// How many points it has.
    pub fn count(&self) -> usize {
        self.design.points(self.axes.iter().map(|axis| axis.values.len()))
    }

    /// All points, the last axis fastest.
    pub fn points(&self) -> Vec<Point> {
        match self.design {
            Design::OneAtATime => {
                let each = self.axes.iter().enumerate();
                each.flat_map(|(axis, of)| (0..of.values.len()).map(move |value| self.alone(axis, value))).collect()
            }
            Design::Grid => self.axes.iter().enumerate().fold(vec![self.as_it_is()], |points, (axis, of)| {
                let with = |point: &Point, value: usize| {
                    let mut point = point.clone();
                    point[axis] = Some(value);
                    point
                };
                points.iter().flat_map(|point| (0..of.values.len()).map(move |value| with(point, value))).collect()
            }),
        }
    }

    /// The scenario as it is.
    pub fn as_it_is(&self) -> Point {
        vec![None; self.axes.len()]
    }

    /// One value of one axis, the others as in the scenario.
    fn alone(&self, axis: usize, value: usize) -> Point {
        (0..self.axes.len()).map(|at| (at == axis).then_some(value)).collect()
    }

    /// `LABEL = VALUE` of each axis that a point moves.
    pub fn place(&self, point: &Point) -> String {
        let moved = self.axes.iter().zip(point).filter_map(|(axis, value)| Some((axis, (*value)?)));
        moved.map(|(axis, value)| format!("{} = {}", axis.label, axis.values[value])).collect::<Vec<_>>().join("; ")
    }

    /// A digest of all that it says, the files among its values included.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.resolved.as_bytes());
        let folder = self.sources.get(0).and_then(|source| Path::new(&source.name).parent()).unwrap_or(Path::new(""));
        for axis in self.axes.iter().filter(|axis| axis.keys.iter().any(|key| key.trim().ends_with(".file"))) {
            for file in &axis.values {
                // What cannot be read is told as the point's mistake.
                hasher.update(blake3::hash(&std::fs::read(folder.join(file)).unwrap_or_default()).as_bytes());
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// Where the study's file names a key that it varies.
    pub(super) fn place_of(&self, key: &str) -> Option<Place> {
        let mut keys = self.axes.iter().flat_map(|axis| axis.keys.iter().zip(&axis.key_places));
        keys.find(|(known, _)| *known == key).and_then(|(_, place)| *place)
    }

    /// The compiled scenario at a point; `sources` becomes what was read for it.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn plan(&self, point: &Point, sources: &mut Sources) -> Result<Plan, Problems> {
        let mut overrides = self.overrides.clone();
        for (axis, value) in self.axes.iter().zip(point) {
            let Some(nth) = *value else { continue };
            for (key, key_place) in axis.keys.iter().zip(&axis.key_places) {
                let value_place = axis.value_places[nth];
                let value = axis.values[nth].clone();
                overrides.point.push(Written { key: key.clone(), key_place: *key_place, value, value_place });
            }
        }
        let factors = self.axes.iter().zip(point).filter(|(axis, value)| axis.factors && value.is_some());
        if factors.count() > 0 {
            self.multiply(&mut overrides.point, sources)?;
        }
        sources.clone_from(&self.sources);
        load(&self.scenario, &overrides, sources).map(|scenario| compile(&scenario))
    }

    /// Turns factors into the scenario's own values times them, to 8 decimals.
    fn multiply(&self, changes: &mut [Written], sources: &mut Sources) -> Result<(), Problems> {
        sources.clone_from(&self.sources);
        let own = parsed(&load(&self.scenario, &self.overrides, sources)?.resolved());
        let mut problems = Problems::default();
        for change in changes {
            let axis = self.axes.iter().find(|axis| axis.keys.contains(&change.key));
            if axis.is_none_or(|axis| !axis.factors) {
                continue;
            }
            let number = number_at(&own, &change.key).zip(decimal(&change.value));
            match number.and_then(|(own, factor)| own.checked_mul(factor)) {
                Some(product) => change.value = product.round_dp(8).normalize().to_string(),
                None => problems.push(
                    Problem::new(format!("the scenario has no number at `{}` that could be multiplied", change.key))
                        .at(change.key_place)
                        .label("its values are factors")
                        .cure("write the values themselves: values = [\"24h\", \"168h\"] in place of factors"),
                ),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The compiled scenario at a point, whose accounts are those of `base`.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`; also that the accounts are no pairs.
    pub fn paired_plan(&self, point: &Point, base: &Plan, sources: &mut Sources) -> Result<Plan, Problems> {
        let plan = self.plan(point, sources)?;
        let Err(mismatch) = check_pairing(base, &plan) else { return Ok(plan) };
        let moved = self.axes.iter().zip(point).find_map(|(axis, value)| axis.value_places[(*value)?]);
        let mut problems = Problems::default();
        let problem = Problem::new(format!("the accounts are no pairs of those of the scenario as it is: {mismatch}"));
        problems.push(problem.at(moved).label("with this value").cure(mismatch.cure()));
        Err(problems)
    }

    /// Two paths to one value, such as by id and by index, are one key: the later would win everywhere.
    fn check_keys(&self, base: &Plan, sources: &mut Sources) -> Result<(), Problems> {
        let (own, mut problems) = (parsed(&base.resolved), Problems::default());
        let keys = self.axes.iter().flat_map(|axis| axis.keys.iter().zip(&axis.key_places));
        let mut known: Vec<(Vec<String>, &str)> = vec![];
        for (key, place) in keys {
            let settled = set::settled(&own, key);
            match known.iter().find(|(other, _)| *other == settled) {
                Some((_, other)) => problems.push(
                    Problem::new(format!("`{key}` and `{other}` are the same value"))
                        .at(*place)
                        .label("varied before")
                        .cure("name each key on one axis"),
                ),
                None => known.push((settled, key)),
            }
        }
        sources.clone_from(&self.sources);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The first value of an axis that is wrong wherever it is tried; `sources` becomes what was read for it. A value that only some
    /// others do not go with is a matter of its points.
    ///
    /// # Errors
    /// All mistakes of the value.
    pub fn check_values(&self, base: &Plan, sources: &mut Sources) -> Result<(), Problems> {
        self.check_keys(base, sources)?;
        for (axis, of) in self.axes.iter().enumerate() {
            // Of ranges the ends: what is between them is as sound as they are.
            let ends = |value: &usize| self.goal.is_none() || *value == 0 || value + 1 == of.values.len();
            for value in (0..of.values.len()).filter(ends) {
                let Err(mut problems) = self.paired_plan(&self.alone(axis, value), base, sources) else { continue };
                let sound = |point: &Point| {
                    point[axis] == Some(value) && self.paired_plan(point, base, &mut Sources::default()).is_ok()
                };
                if self.goal.is_some() || self.design == Design::OneAtATime || !self.points().iter().any(sound) {
                    // What is wrong may stand elsewhere: in another key that does not go with the value.
                    if problems.iter().all(|problem| problem.place().is_none_or(|place| place.source > 0)) {
                        let problem = Problem::new(format!("this is so with {} = {}", of.label, of.values[value]));
                        problems.push(problem.at(of.value_places[value]).label("with this value"));
                    }
                    return Err(problems);
                }
            }
        }
        Ok(())
    }
}

/// A scenario as a tree, every default written out.
fn parsed(resolved: &str) -> Node {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let source = sources.add("the scenario, every default written out", resolved);
    node::parse(&sources, source, &mut problems)
}

fn number_at(root: &Node, key: &str) -> Option<Decimal> {
    match &set::value_at(root, key)?.value {
        Raw::Integer(text) | Raw::Float(text) | Raw::Text(text) => decimal(text),
        _ => None,
    }
}

/// The number that a plan's scenario has at a path as `--set` takes it.
pub(super) fn own_number(plan: &Plan, key: &str) -> Option<Decimal> {
    number_at(&parsed(&plan.resolved), key)
}

/// The value that a plan's scenario has at a path as `--set` takes it, as it is written; nothing for lists and tables.
pub(super) fn own_value(plan: &Plan, key: &str) -> Option<String> {
    match &set::value_at(&parsed(&plan.resolved), key)?.value {
        Raw::Flag(flag) => Some(flag.to_string()),
        Raw::Integer(text) | Raw::Float(text) | Raw::Text(text) => Some(text.clone()),
        Raw::Moment(moment) => Some(moment.to_string()),
        Raw::List(_) | Raw::Table(_) => None,
    }
}
