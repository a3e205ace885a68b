//! Keeps what a study brought in a folder of its own.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::folder::RunFolder;
use super::save::SaveError;
use crate::charts;
use crate::plan::Plan;
use crate::record::RunError;
use crate::study::{Difference, Kind, Outcome, Study, Sweep};
use crate::tables::{Format, POINTS, PointRow, write_whole};

/// Plays a study into the folder `target`, which must not be there unless `force` says so.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
#[allow(clippy::too_many_arguments, reason = "each is an option of its own")]
pub fn save_sweep(
    study: &Study,
    base: Plan,
    target: &Path,
    charts: &[charts::Format],
    threads: usize,
    force: bool,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(usize),
) -> Result<Sweep, SaveError> {
    let folder = begin(target, "sweep.json", force)?;
    folder.write("study.toml", &study.resolved)?;
    folder.write("scenario.toml", &base.resolved)?;
    let sweep = study.play(base, threads, stop, progress).map_err(failed)?;
    let formats = [Format::Parquet, Format::Csv];
    write_whole(&POINTS, &sweep.base, PointRow::all(study, &sweep), folder.path(), &formats)?;
    if !charts.is_empty() {
        charts::draw_sweep((study, &sweep), "sweep", &folder.path().join("charts"), charts, threads)?;
    }
    folder.write("sweep.json", &format!("{:#}\n", sweep_json(study, &sweep)))?;
    folder.finish()?;
    Ok(sweep)
}

/// Begins a folder that is not there, or that holds `results` and is to be replaced.
pub(super) fn begin(target: &Path, results: &str, force: bool) -> Result<RunFolder, SaveError> {
    if target.symlink_metadata().is_ok() && !(force && target.join(results).exists()) {
        let (path, why) = (target.display().to_string(), "it is not replaced without --force".to_owned());
        return Err(SaveError::Occupied { path, why });
    }
    let folder = RunFolder::lock(target)?;
    folder.begin()?;
    Ok(folder)
}

pub(super) fn failed(error: RunError<Infallible>) -> SaveError {
    match error {
        RunError::Stopped => SaveError::Stopped,
        RunError::Account(failure) => SaveError::Account(failure),
        RunError::Sink(never) => match never {},
    }
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
        "points": points.collect::<Value>(),
        "warnings": warnings.collect::<Value>(),
    })
}

/// A point and what it brought.
pub(super) fn point(study: &Study, outcome: &Outcome) -> Value {
    let moved = study.axes.iter().zip(&outcome.point).filter_map(|(axis, value)| Some((axis, (*value)?)));
    let at: serde_json::Map<String, Value> =
        moved.map(|(axis, value)| (axis.label.clone(), json!(axis.values[value]))).collect();
    match &outcome.differences {
        Ok(differences) => json!({ "at": at, "metrics": metrics(differences) }),
        Err(reason) => json!({ "at": at, "failure": reason }),
    }
}

pub(super) fn metrics(differences: &[Difference]) -> Value {
    let one = |difference: &Difference| {
        let text = |number: f64| match difference.metric.kind {
            Kind::Money | Kind::Share | Kind::Price => format!("{number:.8}"),
            Kind::Count => format!("{number:.4}"),
        };
        let object = json!({
            "mean": text(difference.after.mean),
            "half_width_95": difference.after.half_width.map(text),
            "change": text(difference.change.mean),
            "change_half_width_95": difference.change.half_width.map(text),
        });
        (difference.metric.name.to_owned(), object)
    };
    Value::Object(differences.iter().map(one).collect())
}
