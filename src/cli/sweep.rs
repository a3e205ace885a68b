//! `billsim sweep`

use std::ops::Range;
use std::path::{Path, PathBuf};

use comfy_table::Table;
use serde_json::Value;

use super::args::StudyArgs;
use super::failure::{Failure, print};
use super::guards;
use super::present::{self, counted, numbers, wrapped};
use super::run::{STOP, failure, stop_on_ctrl_c};
use crate::plan::Plan;
use crate::store::{Done, harmless, save_sweep, sweep_json};
use crate::study::{Design, Difference, MOST_POINTS, Study, Sweep};
use crate::text::Sources;

/// Plays a study into its folder.
///
/// # Errors
/// Mistakes of the study or its scenario, a guard that holds, points that could not be played, whatever stood in the way of writing.
pub fn sweep(args: &StudyArgs) -> Result<(), Failure> {
    let options = args.options()?;
    let mut sources = Sources::default();
    let study = Study::load(&args.study, &args.overrides(), &mut sources);
    let study = study.map_err(|problems| Failure::Input(problems, Box::new(sources)))?;
    if study.count() > MOST_POINTS {
        let text = format!("the ranges of this study have {} points, too many to play each", study.count());
        return Err(Failure::Usage(format!("{text}\nhelp: billsim optimize looks for the best of them")));
    }
    guards::are_told(&args.fail_if, &study.metrics, &args.study.display().to_string())?;
    let base = as_it_is(&study)?;
    values_are_sound(&study, &base)?;
    let target = args.out.clone().unwrap_or_else(|| default_folder("sweep", &study, &base));
    stop_on_ctrl_c();
    let points = study.points().len() as u64;
    let bar = super::run::bar(points, "points", args.quiet || args.json);
    let done = save_sweep(&study, base, &target, &options, &STOP, &mut |points| bar.set_position(points as u64));
    bar.finish_and_clear();
    let results = match done.map_err(failure)? {
        Done::Now(sweep) => {
            if !args.quiet && !args.json {
                print(&format!("{}\nwrote {}\n", summary(&study, &sweep), target.display()))?;
            }
            sweep_json(&study, &sweep)
        }
        Done::Already(results) => already(args, &target, results)?,
    };
    if args.json {
        print(&format!("{results:#}\n"))?;
    }
    verdict(args, &results)
}

/// Says that a study was played before.
pub(super) fn already(args: &StudyArgs, target: &Path, results: Value) -> Result<Value, Failure> {
    if !args.quiet && !args.json {
        let folder = target.display();
        print(&format!(
            "{folder} is done already: the same program, study, plan and seed. Use --force to play it again.\n"
        ))?;
    }
    Ok(results)
}

/// The scenario of a study as it is.
pub(super) fn as_it_is(study: &Study) -> Result<Plan, Failure> {
    let mut sources = Sources::default();
    let base = study.plan(&study.as_it_is(), &mut sources);
    base.map_err(|problems| Failure::Input(problems, Box::new(sources)))
}

/// No value of an axis is wrong by itself: such a mistake is told before anything is played.
pub(super) fn values_are_sound(study: &Study, base: &Plan) -> Result<(), Failure> {
    let mut sources = Sources::default();
    study.check_values(base, &mut sources).map_err(|problems| Failure::Input(problems, Box::new(sources)))
}

/// Exit 1 where a guard holds, 2 where points were wrong.
fn verdict(args: &StudyArgs, results: &Value) -> Result<(), Failure> {
    let points = results["points"].as_array().map(Vec::as_slice).unwrap_or_default();
    let held = points.iter().flat_map(|point| {
        guards::held(&args.fail_if, &point["metrics"], "mean").map(|held| format!("at {}: {held}", place(point)))
    });
    let held: Vec<String> = held.collect();
    if let Some(first) = held.first() {
        let more = if held.len() > 1 { format!(", and {} more", held.len() - 1) } else { String::new() };
        return Err(Failure::Difference(format!("{first}{more}")));
    }
    let failed: Vec<&Value> = points.iter().filter(|point| point.get("failure").is_some()).collect();
    let Some(first) = failed.first() else { return Ok(()) };
    Err(Failure::Usage(format!(
        "{} of {} points could not be played; the first is {}:\n{}",
        failed.len(),
        points.len(),
        place(first),
        first["failure"].as_str().unwrap_or_default()
    )))
}

/// `LABEL = VALUE` of each axis that a point moves.
fn place(point: &Value) -> String {
    let at = point["at"].as_object().into_iter().flatten();
    at.map(|(label, value)| format!("{label} = {}", value.as_str().unwrap_or_default())).collect::<Vec<_>>().join("; ")
}

/// `output/COMMAND-NAME-HASH-SEED`; the hash is of the study and of the scenario as it is.
pub(super) fn default_folder(command: &str, study: &Study, base: &Plan) -> PathBuf {
    let hash = blake3::hash([study.resolved.as_str(), &base.resolved].concat().as_bytes()).to_hex();
    PathBuf::from("output").join(format!("{command}-{}-{}-{}", harmless(&study.name), &hash[..16], base.seed))
}

/// A table of the points, with what is to be known.
fn summary(study: &Study, sweep: &Sweep) -> String {
    let base = &sweep.base;
    let head = format!(
        "study {} of {}: {}, {} accounts, {} days, {}, seed {}",
        study.name,
        base.name,
        counted(sweep.outcomes.len() as u64, "point"),
        present::count(base.accounts()),
        base.calendar.days(),
        counted(base.replications.into(), "replication"),
        base.seed,
    );
    let mut text = format!("{}\n{}\n", wrapped(&head), tables(study, sweep));
    let shown = points_on_screen(study);
    if sweep.outcomes.len() > shown {
        text.push_str(&format!("… and {} more in points.csv\n", sweep.outcomes.len() - shown));
    }
    let mut told =
        "Means over the replications; changes are from the scenario as it is, in parentheses, ± half of their \
                    paired 95 % interval"
            .to_owned();
    if study.design == Design::OneAtATime {
        told.push_str("; · as it is");
    }
    if let Some((_, metric)) = sweep.best(study) {
        told.push_str(&format!("; * the most {}", metric.name));
    }
    text.push_str(&format!("\n{}", wrapped(&told)));
    text.extend(sweep.warnings(study).iter().map(|warning| wrapped(&format!("warning: {warning}"))));
    text
}

/// Points of which a screen tells, fewer where a point takes several tables; all are in the folder.
fn points_on_screen(study: &Study) -> usize {
    if study.metrics.len() <= 3 { 40 } else { 16 }
}

/// As many tables as it takes for each to fit a screen; a single metric is never cut.
fn tables(study: &Study, sweep: &Sweep) -> String {
    let mut texts: Vec<String> = vec![];
    let mut from = 0;
    while from < study.metrics.len() {
        let tables = (from + 1..=study.metrics.len()).rev().map(|to| (to, table(study, sweep, from..to)));
        let fitting = |(to, table): &(usize, Table)| *to == from + 1 || present::fits(table);
        let Some((to, table)) = { tables }.find(fitting) else { break };
        texts.push(table.trim_fmt());
        from = to;
    }
    texts.join("\n\n")
}

/// A row for the scenario as it is and one a point, with some of the metrics.
fn table(study: &Study, sweep: &Sweep, shown: Range<usize>) -> Table {
    let axes = study.axes.iter().map(|axis| present::narrow(&axis.label));
    let metrics =
        study.metrics[shown.clone()].iter().flat_map(|metric| [metric.name.replace('_', "\n"), "change ±".to_owned()]);
    let header: Vec<String> = axes.chain(metrics).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = numbers(&header);
    let own = study.axes.iter().map(|axis| format!("({})", sweep.own_value(axis)));
    let before = sweep.as_it_is[shown.clone()].iter();
    let before = before.flat_map(|metric| [format!("({})", metric.metric.shown(metric.after.mean)), String::new()]);
    table.add_row(own.chain(before).collect::<Vec<String>>());
    let best = sweep.best(study);
    for outcome in sweep.outcomes.iter().take(points_on_screen(study)) {
        let values = study.axes.iter().zip(&outcome.point);
        let mut row: Vec<String> = values
            .map(|(axis, value)| value.map_or_else(|| "·".to_owned(), |value| axis.values[value].clone()))
            .collect();
        match &outcome.differences {
            Ok(differences) => {
                for difference in &differences[shown.clone()] {
                    let is_best = best.is_some_and(|(point, metric)| {
                        *point == outcome.point && metric.name == difference.metric.name
                    });
                    let star = if is_best { "*" } else { "" };
                    row.push(format!("{star}{}", difference.metric.shown(difference.after.mean)));
                    row.push(change(difference));
                }
            }
            Err(_) => row.push("failed".to_owned()),
        }
        table.add_row(row);
    }
    table
}

pub(super) fn change(difference: &Difference) -> String {
    difference.metric.shown_change(difference.change.mean, difference.change.half_width)
}
