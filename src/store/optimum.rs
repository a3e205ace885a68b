//! Keeps what an optimisation found in a folder of its own.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::again;
use super::kept::{Done, begin, finish, pretty};
use super::save::{REPORT, SaveError, StudyOptions};
use super::sweep::{identity, metrics, point};
use crate::charts;
use crate::plan::Plan;
use crate::report::{self, Extras};
use crate::study::{Optimisation, Optimum};
use crate::tables::{Format, POINTS, PointRow, write_whole};
use crate::text::Sources;

/// The file with what `--json` prints.
const RESULTS: &str = "optimum.json";

/// Searches into the folder `target`, unless the same is there already.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_optimum(
    wanted: &Optimisation,
    base: Plan,
    target: &Path,
    options: &StudyOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(usize),
) -> Result<Done<Optimum>, SaveError> {
    let study = &wanted.study;
    let identity = identity("optimize", study, &base, options);
    let folder = match begin(&identity, target, options.force, RESULTS)? {
        Done::Already(results) => return Ok(Done::Already(results)),
        Done::Now(folder) => folder,
    };
    folder.write("study.toml", &study.resolved)?;
    folder.write("scenario.toml", &base.resolved)?;
    let optimum = wanted.run(base, options.threads, stop, progress)?;
    // It was played: only a file that was changed meanwhile keeps it from being compiled once more.
    if let Ok(best) = study.plan(&optimum.outcome().point, &mut Sources::default()) {
        folder.write("best.toml", &best.resolved)?;
    }
    let formats = [Format::Parquet, Format::Csv];
    write_whole(&POINTS, &optimum.sweep.base, PointRow::all(study, &optimum.sweep), folder.path(), &formats)?;
    if !options.charts.is_empty() {
        let below = folder.path().join("charts");
        let (seen, landscape) = optimum.landscape(study);
        charts::draw_sweep((&seen, &landscape), "search", &below, &options.charts, options.threads)?;
    }
    let extras = Extras { charts: !options.charts.is_empty(), command: &again::study("optimize", options) };
    folder.write(REPORT, &report::optimum(study, &optimum, extras)?)?;
    folder.write(RESULTS, &pretty(&optimum_json(wanted, &optimum)))?;
    finish(folder, identity)?;
    Ok(Done::Now(optimum))
}

/// What was looked for and what was found. Money and rates are texts, as everywhere in the files.
pub fn optimum_json(wanted: &Optimisation, optimum: &Optimum) -> Value {
    let (study, base) = (&wanted.study, &optimum.sweep.base);
    let number = |number: f64| number.is_finite().then(|| format!("{number:.8}"));
    let constraints = optimum.verdicts.iter().map(|verdict| {
        json!({
            "constraint": verdict.text,
            "value": number(verdict.searched.number),
            "holds": verdict.searched.holds(),
            "fresh_value": number(verdict.fresh.number),
            "holds_afresh": verdict.fresh.holds(),
            "active": verdict.active,
        })
    });
    let fresh = match &optimum.confirmed.differences {
        Ok(differences) => metrics(differences),
        Err(reason) => json!({ "failure": reason }),
    };
    let axes = study.axes.iter().map(|axis| {
        let (from, to) = (axis.values.first(), axis.values.last());
        json!({ "label": axis.label, "keys": axis.keys, "as_it_is": optimum.own_value(axis), "from": from, "to": to })
    });
    let warnings = optimum.warnings(study);
    let warnings = warnings.iter().map(|w| json!({ "kind": w.kind(), "message": w.to_string() }));
    json!({
        "program": "billsim",
        "version": env!("CARGO_PKG_VERSION"),
        "study": study.name,
        "scenario": base.name,
        "plan_hash": base.hash,
        "seed": base.seed,
        "replications": base.replications,
        "accounts": base.accounts(),
        "days": base.calendar.days(),
        "maximise": study.metrics[0].name,
        "axes": axes.collect::<Value>(),
        "best": point(study, optimum.outcome()),
        "feasible": optimum.feasible,
        "constraints": constraints.collect::<Value>(),
        "confirmed": {
            "seed": optimum.confirmed.seed,
            "replications": optimum.confirmed.replications,
            "metrics": fresh,
        },
        "points": optimum.sweep.outcomes.len(),
        "points_failed": optimum.failed(),
        "points_of_the_grid": study.count(),
        "warnings": warnings.collect::<Value>(),
    })
}
