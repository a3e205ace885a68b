//! Keeps what a study brought in a folder of its own.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value, json};

use super::again;
use super::kept::{Done, begin, finish, pretty};
use super::save::{REPORT, SaveError, StudyOptions};
use crate::charts;
use crate::plan::Plan;
use crate::report::{self, Extras};
use crate::study::{Axis, Difference, Kind, Outcome, Point, Study, Sweep};
use crate::tables::{Format, POINTS, PointRow, write_whole};

/// The file with what `--json` prints.
const RESULTS: &str = "sweep.json";

/// Plays a study into the folder `target`, unless the same is there already.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_sweep(
    study: &Study,
    base: Plan,
    target: &Path,
    options: &StudyOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(usize),
) -> Result<Done<Sweep>, SaveError> {
    let identity = identity("sweep", study, &base, options);
    let folder = match begin(&identity, target, options.force, RESULTS)? {
        Done::Already(results) => return Ok(Done::Already(results)),
        Done::Now(folder) => folder,
    };
    folder.write("study.toml", &study.resolved)?;
    folder.write("scenario.toml", &base.resolved)?;
    let sweep = study.play(base, options.threads, stop, progress)?;
    let formats = [Format::Parquet, Format::Csv];
    write_whole(&POINTS, &sweep.base, PointRow::all(study, &sweep), folder.path(), &formats)?;
    if !options.charts.is_empty() {
        let below = folder.path().join("charts");
        charts::draw_sweep((study, &sweep), "sweep", &below, &options.charts, options.threads)?;
    }
    let extras = Extras { charts: !options.charts.is_empty(), command: &again::study("sweep", options) };
    folder.write(REPORT, &report::study(study, &sweep, extras)?)?;
    folder.write(RESULTS, &pretty(&sweep_json(study, &sweep)))?;
    finish(folder, identity)?;
    Ok(Done::Now(sweep))
}

/// What makes two studies the same.
pub(super) fn identity(command: &str, study: &Study, base: &Plan, options: &StudyOptions) -> Map<String, Value> {
    let charts: Vec<&str> = options.charts.iter().map(|format| format.extension()).collect();
    let pairs = [
        ("program", json!("billsim")),
        ("version", json!(env!("CARGO_PKG_VERSION"))),
        ("command", json!(command)),
        ("study", json!(study.name)),
        ("study_hash", json!(study.hash())),
        ("plan_hash", json!(base.hash)),
        ("seed", json!(base.seed)),
        ("replications", json!(base.replications)),
        ("charts", json!(charts)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A study and what it brought. Money and rates are texts, as everywhere in the files.
pub fn sweep_json(study: &Study, sweep: &Sweep) -> Value {
    let points = sweep.outcomes.iter().map(|outcome| point(study, outcome));
    let warnings = sweep.warnings(study);
    let warnings = warnings.iter().map(|w| json!({ "kind": w.kind(), "message": w.to_string() }));
    json!({
        "program": "billsim",
        "version": env!("CARGO_PKG_VERSION"),
        "study": study.name,
        "scenario": sweep.base.name,
        "plan_hash": sweep.base.hash,
        "seed": sweep.base.seed,
        "replications": sweep.base.replications,
        "accounts": sweep.base.accounts(),
        "days": sweep.base.calendar.days(),
        "axes": axes(study, sweep),
        "as_it_is": metrics(&sweep.as_it_is),
        "points": points.collect::<Value>(),
        "best": sweep.best(study).map(|(point, metric)| json!({ "metric": metric.name, "at": at(study, point) })),
        "warnings": warnings.collect::<Value>(),
    })
}

/// What is varied.
fn axes(study: &Study, sweep: &Sweep) -> Value {
    let one = |axis: &Axis| {
        let own = sweep.own_value(axis);
        json!({ "label": axis.label, "keys": axis.keys, "as_it_is": own, "values": axis.values })
    };
    study.axes.iter().map(one).collect()
}

/// Label and value of each axis that a point moves.
fn at(study: &Study, point: &Point) -> Value {
    let moved = study.axes.iter().zip(point).filter_map(|(axis, value)| Some((axis, (*value)?)));
    Value::Object(moved.map(|(axis, value)| (axis.label.clone(), json!(axis.values[value]))).collect())
}

/// A point and what it brought.
pub(super) fn point(study: &Study, outcome: &Outcome) -> Value {
    let at = at(study, &outcome.point);
    match &outcome.differences {
        Ok(differences) => json!({ "at": at, "metrics": metrics(differences) }),
        Err(reason) => json!({ "at": at, "failure": reason }),
    }
}

pub(super) fn metrics(differences: &[Difference]) -> Value {
    let one = |difference: &Difference| {
        let text = |number: f64| match difference.metric.kind {
            Kind::Money | Kind::Share | Kind::Price => format!("{number:.8}"),
            Kind::Count(_) => format!("{number:.4}"),
        };
        let object = json!({
            "before": text(difference.before.mean),
            "mean": text(difference.after.mean),
            "half_width_95": difference.after.half_width.map(text),
            "change": text(difference.change.mean),
            "percent": difference.percent().map(|percent| format!("{percent:.8}")),
            "change_half_width_95": difference.change.half_width.map(text),
        });
        (difference.metric.name.to_owned(), object)
    };
    Value::Object(differences.iter().map(one).collect())
}
