//! The keys of a study, with their defaults.

use rust_decimal::Decimal;

use super::metric::Metric;
use super::optimize_keys::OPTIMIZE;
use crate::scenario::Overrides;
use crate::text::keys::{Fallback, Shape, Table, Words, key};
use crate::text::keys::{FromValue, Record, Value, Valued, nearest, words, write};
use crate::text::{Place, Problem, Problems};

use Fallback::{Absent, Is, Required};

words! {
    /// Which points a study has.
    pub enum Design {
        Grid = "grid": "every value of every axis with every value of the others.",
        OneAtATime = "one_at_a_time": "each axis by itself, the others as in the scenario.",
    }
}

/// Most points of a study.
pub const MOST_POINTS: usize = 10_000;
/// Most values of an axis.
const MOST_VALUES: usize = 1_000;

/// A whole study.
pub static STUDY: Table = Table {
    name: "a study",
    doc: "A scenario played at many points: values of some of its keys, those of its books and policy included.",
    inline: false,
    keys: &[
        key("name", Shape::Text, Absent, "", "Name of the study; the file's name when it is not written.", ""),
        key("scenario", Shape::Text, Required, "", "The scenario, from the folder of the study.", ""),
        key(
            "set",
            Shape::List(&Shape::Text, 0, 1_000),
            Is("[]"),
            "",
            "What is changed at every point, each as --set takes it: `\"KEY=VALUE\"`.",
            "",
        ),
        key("accounts", Shape::Whole(1, 1_000_000_000), Absent, "accounts", "As --accounts.", ""),
        key("days", Shape::Whole(1, 36_500), Absent, "days", "As --days.", ""),
        key("replications", Shape::Whole(1, 10_000), Absent, "", "As --replications.", ""),
        key("metrics", Shape::List(&Shape::Text, 1, 64), Required, "", "Which numbers are told of each point.", ""),
        key("design", Shape::Choice(Design::WORDS), Is("\"grid\""), "", "Which points there are.", ""),
        key("axes", Shape::List(&Shape::Table(&AXIS), 1, 16), Required, "", "What is varied.", ""),
        key("optimize", Shape::Table(&OPTIMIZE), Absent, "", "What `billsim optimize` looks for on these axes.", ""),
    ],
    rules: &[
        |study, problems| study.says_something("name", problems),
        metrics_are_known,
        few_points,
        keys_are_varied_once,
        labels_tell_axes_apart,
    ],
};

static AXIS: Table = Table {
    name: "an axis",
    doc: "One or more keys that take the same values together: written out, as a range, or as a range of equal ratios.",
    inline: false,
    keys: &[
        key("key", Shape::Text, Absent, "", "What is varied, by its path: `books.ID.grace`.", ""),
        key("keys", Shape::List(&Shape::Text, 1, 64), Absent, "", "In place of `key`: several that move together.", ""),
        key(
            "label",
            Shape::Text,
            Absent,
            "",
            "What tables and charts call it; its first key when it is not written.",
            "",
        ),
        key("values", Shape::List(&Shape::Scalar, 1, MOST_VALUES), Absent, "", "The values, in their order.", ""),
        key(
            "factors",
            Shape::List(&Shape::Scalar, 1, MOST_VALUES),
            Absent,
            "",
            "In place of `values`: what the scenario's own value of each key is multiplied by, to 8 decimals.",
            "",
        ),
        key("range", Shape::Table(&RANGE), Absent, "", "In place of `values`: equal steps.", ""),
        key("log", Shape::Table(&LOG), Absent, "", "In place of `values`: equal ratios.", ""),
    ],
    rules: &[
        |axis, problems| axis.says_something("label", problems),
        axis_is_whole,
        factors_are_numbers,
        customers_stay_the_same,
        values_differ,
    ],
};

static RANGE: Table = Table {
    name: "a range",
    doc: "Exact decimals from `from` to `to`, both included, `step` apart.",
    inline: true,
    keys: &[
        key("from", Shape::Scalar, Required, "", "First value.", ""),
        key("to", Shape::Scalar, Required, "", "Last value, if the steps meet it.", ""),
        key("step", Shape::Scalar, Required, "", "Above 0.", ""),
    ],
    rules: &[range_has_values],
};

static LOG: Table = Table {
    name: "a range of equal ratios",
    doc: "Numbers from `from` to `to`, both included, each the same multiple of the one before, to 8 decimals.",
    inline: true,
    keys: &[
        key("from", Shape::Scalar, Required, "", "First value, above 0.", ""),
        key("to", Shape::Scalar, Required, "", "Last value, above 0.", ""),
        key("points", Shape::Whole(2, MOST_VALUES as i64), Required, "", "How many values.", ""),
    ],
    rules: &[range_has_values],
};

impl Design {
    /// How many points there are on axes of so many values.
    pub(super) fn points(self, sizes: impl Iterator<Item = usize>) -> usize {
        match self {
            Design::Grid => sizes.fold(1, usize::saturating_mul),
            Design::OneAtATime => sizes.sum(),
        }
    }
}

/// An exact number of a text, if it is one.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(&text.replace('_', "")).ok()
}

const NO_NUMBER: &str = "is no number";

/// The values of a range; `Err` tells which key is wrong, and why.
fn range(record: &Record) -> Result<Vec<String>, (&'static str, &'static str)> {
    let number = |key: &'static str| decimal(record.get(key)).ok_or((key, NO_NUMBER));
    let (from, to) = (number("from")?, number("to")?);
    if record.table.name == LOG.name {
        return ratios(record, from, to);
    }
    let step = number("step")?;
    if step <= Decimal::ZERO {
        return Err(("step", "must be above 0"));
    }
    let mut values = vec![];
    let mut value = from;
    while value <= to {
        if values.len() == MOST_VALUES {
            return Err(("step", "leads to more than 1 000 values"));
        }
        values.push(value.normalize().to_string());
        value = value.checked_add(step).ok_or(("to", "is too large"))?;
    }
    if values.is_empty() { Err(("to", "is below `from`")) } else { Ok(values) }
}

fn ratios(record: &Record, from: Decimal, to: Decimal) -> Result<Vec<String>, (&'static str, &'static str)> {
    let positive = |key, value: Decimal| {
        let float = value.to_string().parse::<f64>().ok().filter(|value| *value > 0.0);
        float.ok_or((key, "must be above 0"))
    };
    let (low, high): (f64, f64) = (positive("from", from)?, positive("to", to)?);
    let points: usize = record.get("points");
    let value = |nth: usize| {
        let share = nth as f64 / (points - 1) as f64;
        // The ends are as written; between them eight decimals, as prices have.
        match nth {
            0 => from.normalize().to_string(),
            _ if nth == points - 1 => to.normalize().to_string(),
            _ => {
                let text = format!("{:.8}", low * libm::pow(high / low, share));
                decimal(&text).map_or(text, |value| value.normalize().to_string())
            }
        }
    };
    Ok((0..points).map(value).collect())
}

fn range_has_values(record: &Record, problems: &mut Problems) {
    if let Err((key, why)) = range(record) {
        let problem = Problem::new(format!("`{key}` {why}")).at(record.place_of(key)).label("here");
        problems.push(match why {
            NO_NUMBER => problem.cure("lengths and other texts are written out: values = [\"24h\", \"168h\"]"),
            _ => problem,
        });
    }
}

fn axis_is_whole(axis: &Record, problems: &mut Problems) {
    let written = |key: &str| !matches!(axis.valued(key).value, Value::Absent);
    let mut one_of = |keys: &[&str], cure: &str| {
        let given = keys.iter().filter(|key| written(key)).count();
        if given != 1 {
            let names: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            problems.push(
                Problem::new(format!("an axis has exactly one of {}", names.join(", ")))
                    .at(axis.place)
                    .label(if given == 0 { "none is written".to_owned() } else { format!("{given} are written") })
                    .cure(cure.to_owned()),
            );
        }
    };
    one_of(&["key", "keys"], "for example key = \"books.ID.grace\"");
    one_of(&["values", "factors", "range", "log"], "for example values = [\"24h\", \"168h\"]");
}

fn factors_are_numbers(axis: &Record, problems: &mut Problems) {
    for factor in axis.get::<Option<&[Valued]>>("factors").unwrap_or_default() {
        let text = <&str>::from_value(&factor.value).unwrap_or_default();
        if decimal(text).is_none() {
            problems.push(Problem::new("a factor is a number").at(factor.place).label("expected a number such as 0.9"));
        }
    }
}

/// The keys of an axis, each with its place.
fn keys_of(axis: &Record) -> Vec<(&str, Option<Place>)> {
    let one = axis.get::<Option<&str>>("key").map(|key| (key, axis.place_of("key")));
    let several = axis.get::<Option<&[Valued]>>("keys").unwrap_or_default().iter();
    let several = several.filter_map(|valued| Some((<&str>::from_value(&valued.value)?, valued.place)));
    one.into_iter().chain(several).collect()
}

/// A key path without the spaces around its steps.
fn path(key: &str) -> Vec<&str> {
    key.split('.').map(str::trim).collect()
}

/// Whether a key says who the customers are and on which days they are seen: those of two plans that differ in it are no pairs.
pub fn draws_customers(key: &str) -> bool {
    match path(key)[..] {
        [key] => ["seed", "replications", "start", "days"].contains(&key),
        ["segments", _, key] => ["id", "accounts"].contains(&key),
        _ => false,
    }
}

fn customers_stay_the_same(axis: &Record, problems: &mut Problems) {
    for (key, place) in keys_of(axis).into_iter().filter(|(key, _)| draws_customers(key)) {
        problems.push(
            Problem::new(format!("`{}` cannot be varied: all points are played by the same customers", key.trim()))
                .at(place)
                .label("this would draw others")
                .cure("set it for all points, with `set` or an option such as --seed, --days or --accounts"),
        );
    }
}

/// Tables and results name axes by their labels.
fn labels_tell_axes_apart(study: &Record, problems: &mut Problems) {
    let label = |axis: &Record| {
        let label = axis.get::<Option<String>>("label");
        label.or_else(|| keys_of(axis).first().map(|(key, _)| (*key).to_owned())).unwrap_or_default()
    };
    let labels: Vec<String> = study.records("axes").into_iter().map(label).collect();
    for (nth, axis) in study.records("axes").into_iter().enumerate() {
        if labels[..nth].contains(&labels[nth]) {
            let problem = Problem::new(format!("two axes are called `{}`", labels[nth]));
            problems
                .push(problem.at(axis.place_of("label")).label("taken by an earlier axis").cure("give each a `label`"));
        }
    }
}

/// A value that is there twice would be played twice.
fn values_differ(axis: &Record, problems: &mut Problems) {
    let values = values(axis);
    let same = |one: &String, other: &String| {
        one == other || decimal(one).zip(decimal(other)).is_some_and(|(one, other)| one == other)
    };
    let twice = values.iter().enumerate().find(|(nth, value)| values[..*nth].iter().any(|other| same(value, other)));
    let Some((nth, value)) = twice else { return };
    let written = ["values", "factors"].into_iter().find_map(|key| axis.get::<Option<&[Valued]>>(key));
    let place = written.map_or(axis.place, |values| values.get(nth).and_then(|value| value.place));
    let problem = Problem::new(format!("the axis has the value {value} twice")).at(place);
    problems.push(problem.label("played before").cure("leave it out, or take fewer points"));
}

/// Of two axes that vary one key the later would win everywhere.
fn keys_are_varied_once(study: &Record, problems: &mut Problems) {
    let axes = study.records("axes");
    let keys: Vec<(&str, Option<Place>)> = axes.into_iter().flat_map(keys_of).collect();
    for (nth, (key, place)) in keys.iter().enumerate() {
        if keys[..nth].iter().any(|(other, _)| path(other) == path(key)) {
            problems.push(
                Problem::new(format!("`{}` is varied twice", key.trim()))
                    .at(*place)
                    .label("varied before")
                    .cure("name each key on one axis"),
            );
        }
    }
}

fn metrics_are_known(study: &Record, problems: &mut Problems) {
    let named = study.get::<&[Valued]>("metrics");
    for (nth, metric) in named.iter().enumerate() {
        let name = <&str>::from_value(&metric.value);
        if name.is_some() && named[..nth].iter().any(|other| <&str>::from_value(&other.value) == name) {
            problems
                .push(Problem::new("a metric is told once").at(metric.place).label("told before").cure("leave it out"));
        }
    }
    study.get::<&[Valued]>("metrics").iter().for_each(|valued| metric_is_known(valued, problems));
}

/// Whether a sound text is a metric's name.
pub(super) fn metric_is_known(valued: &Valued, problems: &mut Problems) {
    let names: Vec<&str> = super::METRICS.iter().map(|metric| metric.name).collect();
    if let Some(name) = <&str>::from_value(&valued.value)
        && Metric::named(name).is_none()
    {
        let cure = match nearest(name, &names) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("known: {}", names.join(", ")),
        };
        let place: Option<Place> = valued.place;
        problems
            .push(Problem::new(format!("there is no metric `{name}`")).at(place).label("no such metric").cure(cure));
    }
}

/// A grid that is only searched may have any number of points.
fn few_points(study: &Record, problems: &mut Problems) {
    if study.get::<Option<&Record>>("optimize").is_some() {
        return;
    }
    let sizes = study.records("axes").into_iter().map(|axis| values(axis).len());
    let points = study.word::<Design>("design").points(sizes);
    if points > MOST_POINTS {
        problems.push(
            Problem::new(format!("a study of {points} points"))
                .at(study.place_of("axes"))
                .label(format!("at most {MOST_POINTS}"))
                .cure("take fewer values, or design = \"one_at_a_time\""),
        );
    }
}

/// The values of a sound axis, each as `--set` takes it.
pub(super) fn values(axis: &Record) -> Vec<String> {
    for key in ["range", "log"] {
        if let Some(record) = axis.get::<Option<&Record>>(key) {
            return range(record).unwrap_or_default();
        }
    }
    [texts(axis, "values"), texts(axis, "factors")].concat()
}

/// A sound study as it is kept beside its scenario, in which its `set` is done, with the sizes that held: playing it there brings
/// the same.
pub(super) fn beside_scenario(study: &Record, name: &str, held: &Overrides) -> String {
    let mut kept = study.clone();
    let size = |size: Option<u64>| size.and_then(|size| i64::try_from(size).ok()).map_or(Value::Absent, Value::Whole);
    for (key, valued) in study.table.keys.iter().zip(&mut kept.values) {
        match key.name {
            "name" => valued.value = Value::Text(name.to_owned()),
            "scenario" => valued.value = Value::Text("scenario.toml".to_owned()),
            "set" => valued.value = Value::List(vec![]),
            "accounts" => valued.value = size(held.accounts),
            "days" => valued.value = size(held.days),
            "replications" => valued.value = size(held.replications),
            _ => {}
        }
    }
    write(&kept, &[])
}

/// Whether the values of a sound axis are factors.
pub(super) fn are_factors(axis: &Record) -> bool {
    axis.get::<Option<&[Valued]>>("factors").is_some()
}

/// The texts of a list of a sound table.
pub(super) fn texts(record: &Record, key: &str) -> Vec<String> {
    let listed = record.get::<Option<&[Valued]>>(key).unwrap_or_default().iter();
    listed.filter_map(|value| String::from_value(&value.value)).collect()
}
