//! Keeps what a study brought in a folder of its own.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::again;
use super::folder::RunFolder;
use super::save::{REPORT, SaveError, StudyOptions};
use crate::charts;
use crate::plan::Plan;
use crate::report::{self, Extras};
use crate::study::{Difference, Kind, Outcome, Study, Sweep};
use crate::tables::{Format, POINTS, PointRow, write_whole};

/// Plays a study into the folder `target`, which must not be there unless `force` says so.
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
) -> Result<Sweep, SaveError> {
    let folder = begin(target, "sweep.json", options.force)?;
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
            Kind::Count(_) => format!("{number:.4}"),
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
