//! `billsim sweep`

use std::ops::Range;
use std::path::PathBuf;

use comfy_table::Table;

use super::args::StudyArgs;
use super::failure::{Failure, print};
use super::present::{self, numbers};
use super::run::{STOP, failure, stop_on_ctrl_c};
use crate::plan::Plan;
use crate::store::{harmless, save_sweep, sweep_json};
use crate::study::{Difference, Guard, MOST_POINTS, Outcome, Study, Sweep};
use crate::text::Sources;

/// Points of which a screen tells; all are in the folder.
const ON_SCREEN: usize = 40;

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
    guards_are_told(&args.fail_if, &study)?;
    let base = as_it_is(&study)?;
    all_points_are_wrong(&study)?;
    let target = args.out.clone().unwrap_or_else(|| default_folder("sweep", &study, &base));
    stop_on_ctrl_c();
    let points = study.points().len() as u64;
    let bar = super::run::bar(points, "points", args.quiet || args.json);
    let done = save_sweep(&study, base, &target, &options, &STOP, &mut |points| bar.set_position(points as u64));
    bar.finish_and_clear();
    let sweep = done.map_err(failure)?;
    if args.json {
        print(&format!("{:#}\n", sweep_json(&study, &sweep)))?;
    } else if !args.quiet {
        print(&format!("{}\nwrote {}\n", summary(&study, &sweep), target.display()))?;
    }
    verdict(args, &study, &sweep)
}

/// The scenario of a study as it is.
pub(super) fn as_it_is(study: &Study) -> Result<Plan, Failure> {
    let mut sources = Sources::default();
    let base = study.plan(&vec![None; study.axes.len()], &mut sources);
    base.map_err(|problems| Failure::Input(problems, Box::new(sources)))
}

/// When no point at all can be compiled, the first says why, with its place: nothing is simulated and nothing written.
fn all_points_are_wrong(study: &Study) -> Result<(), Failure> {
    let mut first = None;
    for point in study.points() {
        let mut sources = Sources::default();
        match study.plan(&point, &mut sources) {
            Ok(_) => return Ok(()),
            Err(problems) if first.is_none() => first = Some(Failure::Input(problems, Box::new(sources))),
            Err(_) => {}
        }
    }
    first.map_or(Ok(()), Err)
}

/// Exit 1 where a guard holds, 2 where points were wrong.
fn verdict(args: &StudyArgs, study: &Study, sweep: &Sweep) -> Result<(), Failure> {
    for guard in &args.fail_if {
        for outcome in &sweep.outcomes {
            let Ok(differences) = &outcome.differences else { continue };
            if let Some(number) = held(guard, differences) {
                let place = study.place(&outcome.point);
                return Err(Failure::Difference(format!("{} holds at {place}: it is {number:.6}", guard.text)));
            }
        }
    }
    let failed: Vec<&Outcome> = sweep.outcomes.iter().filter(|outcome| outcome.differences.is_err()).collect();
    let Some(Outcome { point, differences: Err(reason) }) = failed.first() else { return Ok(()) };
    Err(Failure::Usage(format!(
        "{} of {} points could not be played; the first is {}:\n{reason}",
        failed.len(),
        sweep.outcomes.len(),
        study.place(point)
    )))
}

/// Every guard is on a metric that the study tells.
pub(super) fn guards_are_told(guards: &[Guard], study: &Study) -> Result<(), Failure> {
    let told = |guard: &&Guard| study.metrics.iter().any(|metric| metric.name == guard.metric.name);
    let Some(guard) = guards.iter().find(|guard| !told(guard)) else { return Ok(()) };
    let text = format!("--fail-if '{}': the study does not tell `{}`", guard.text, guard.metric.name);
    Err(Failure::Usage(format!("{text}\nhelp: add it to the study's metrics")))
}

/// The number for which a guard holds, if it does.
pub(super) fn held(guard: &Guard, differences: &[Difference]) -> Option<f64> {
    let difference = differences.iter().find(|one| one.metric.name == guard.metric.name)?;
    guard.number(difference).filter(|number| guard.holds(*number))
}

/// `output/COMMAND-NAME-HASH-SEED`; the hash is of the study and of the scenario as it is.
pub(super) fn default_folder(command: &str, study: &Study, base: &Plan) -> PathBuf {
    let hash = blake3::hash([study.resolved.as_str(), &base.resolved].concat().as_bytes()).to_hex();
    PathBuf::from("output").join(format!("{command}-{}-{}-{}", harmless(&study.name), &hash[..16], base.seed))
}

/// A table of the points, with what is to be known.
fn summary(study: &Study, sweep: &Sweep) -> String {
    let base = &sweep.base;
    let mut text = format!(
        "study {} of {}: {} points, {} accounts, {} days, {} replication{}, seed {}\n\n{}\n",
        study.name,
        base.name,
        sweep.outcomes.len(),
        present::count(base.accounts()),
        base.calendar.days(),
        base.replications,
        if base.replications == 1 { "" } else { "s" },
        base.seed,
        tables(study, sweep)
    );
    if sweep.outcomes.len() > ON_SCREEN {
        text.push_str(&format!("… and {} more in points.csv\n", sweep.outcomes.len() - ON_SCREEN));
    }
    text.push_str(&format!(
        "\nMeans over the replications; changes are from the scenario as it is, ± half of their\npaired 95 % interval; * the most {}\n",
        study.metrics.first().map_or("", |metric| metric.name)
    ));
    for warning in sweep.warnings(study) {
        text.push_str(&format!("warning: {warning}\n"));
    }
    text
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

/// A row a point, with some of the metrics.
fn table(study: &Study, sweep: &Sweep, shown: Range<usize>) -> Table {
    let axes = study.axes.iter().map(|axis| present::narrow(&axis.label));
    let metrics =
        study.metrics[shown.clone()].iter().flat_map(|metric| [metric.name.replace('_', "\n"), "change ±".to_owned()]);
    let header: Vec<String> = axes.chain(metrics).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = numbers(&header);
    let best = sweep.best(study).map(|(point, _)| point);
    for outcome in sweep.outcomes.iter().take(ON_SCREEN) {
        let values = study.axes.iter().zip(&outcome.point);
        let mut row: Vec<String> = values
            .map(|(axis, value)| value.map_or_else(|| "·".to_owned(), |value| axis.values[value].clone()))
            .collect();
        match &outcome.differences {
            Ok(differences) => {
                for nth in shown.clone() {
                    let difference = &differences[nth];
                    let star = if nth == 0 && best == Some(&outcome.point) { "*" } else { "" };
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
    let half = difference.change.half_width.map(|half| format!(" ± {}", difference.metric.shown(half)));
    format!("{}{}", difference.metric.shown(difference.change.mean), half.unwrap_or_default())
}
