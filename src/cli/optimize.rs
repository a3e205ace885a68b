//! `billsim optimize`

use comfy_table::Table;
use serde_json::Value;

use super::args::StudyArgs;
use super::failure::{Failure, print};
use super::guards;
use super::present::{self, counted, numbers, wrapped};
use super::run::{STOP, failure, stop_on_ctrl_c};
use super::sweep::{already, as_it_is, change, default_folder, values_are_sound};
use crate::store::{Done, optimum_json, save_optimum};
use crate::study::{Difference, Kind, Optimisation, Optimum};
use crate::text::{Problem, Problems, Sources};

/// Looks for the best prices of a study.
///
/// # Errors
/// Mistakes of the study or its scenario, nothing that answers to prices, constraints that nothing keeps, a guard that holds, whatever
/// stood in the way of writing.
pub fn optimize(args: &StudyArgs) -> Result<(), Failure> {
    let options = args.options()?;
    let mut sources = Sources::default();
    let wanted = match Optimisation::load(&args.study, &args.overrides(), &mut sources) {
        Ok(wanted) => wanted,
        Err(problems) => return Err(Failure::Input(problems, Box::new(sources))),
    };
    guards::are_told(&args.fail_if, &wanted.study.metrics, &args.study.display().to_string())?;
    let base = as_it_is(&wanted.study)?;
    if let Some(refusal) = wanted.refusal(&base) {
        let mut problems = Problems::default();
        let place = wanted.place_of(&refusal);
        problems.push(Problem::new(refusal.to_string()).at(place).label("here").cure(refusal.cure()));
        return Err(Failure::Input(problems, Box::new(sources)));
    }
    values_are_sound(&wanted.study, &base)?;
    let target = args.out.clone().unwrap_or_else(|| default_folder("optimize", &wanted.study, &base));
    stop_on_ctrl_c();
    let bar = super::run::bar(wanted.most_points as u64, "points at most", args.quiet || args.json);
    let done = save_optimum(&wanted, base, &target, &options, &STOP, &mut |points| bar.set_position(points as u64));
    bar.finish_and_clear();
    let results = match done.map_err(failure)? {
        Done::Now(optimum) => {
            if !args.quiet && !args.json {
                print(&format!("{}\nwrote {}\n", summary(&wanted, &optimum), target.display()))?;
            }
            optimum_json(&wanted, &optimum)
        }
        Done::Already(results) => already(args, &target, results)?,
    };
    if args.json {
        print(&format!("{results:#}\n"))?;
    }
    verdict(args, &results)
}

/// Exit 1 where constraints cannot be kept or a guard holds.
fn verdict(args: &StudyArgs, results: &Value) -> Result<(), Failure> {
    let fresh = &results["confirmed"]["metrics"];
    if let Some(reason) = fresh["failure"].as_str() {
        return Err(Failure::Usage(format!("the best point cannot be played on fresh seeds:\n{reason}")));
    }
    let held: Vec<String> = guards::held(&args.fail_if, fresh, "mean").collect();
    if !held.is_empty() {
        return Err(Failure::Difference(format!("on fresh seeds: {}", held.join("\n"))));
    }
    if let Some(failed) = results["points_failed"].as_u64().filter(|failed| *failed > 0) {
        let what = counted(failed, "point");
        return Err(Failure::Usage(format!("{what} could not be played; what was found is the best of the others")));
    }
    if results["feasible"] == Value::Bool(false) {
        return Err(Failure::Difference("no point that was played keeps all constraints".to_owned()));
    }
    Ok(())
}

fn summary(wanted: &Optimisation, optimum: &Optimum) -> String {
    let (study, base, fresh) = (&wanted.study, &optimum.sweep.base, &optimum.confirmed);
    let mut text = format!(
        "study {} of {}: the most {}, {} of {} points played\n{} accounts, {} days, {}, seed {}\n\n{}\n\n",
        study.name,
        base.name,
        study.metrics[0].name,
        optimum.sweep.outcomes.len() - optimum.failed(),
        present::count(study.count() as u64),
        present::count(base.accounts()),
        base.calendar.days(),
        counted(base.replications.into(), "replication"),
        base.seed,
        prices(wanted, optimum).trim_fmt(),
    );
    if let (Ok(searched), Ok(fresh)) = (&optimum.outcome().differences, &fresh.differences) {
        text.push_str(&format!("{}\n\n", brought(searched, fresh).trim_fmt()));
    }
    if !optimum.verdicts.is_empty() {
        text.push_str(&format!("{}\n\n", constraints(optimum).trim_fmt()));
    }
    text.push_str(&wrapped(&format!(
        "Fresh: {} of seed {}, which the search never saw; ± half of the paired 95 % interval.",
        counted(fresh.replications, "replication"),
        fresh.seed
    )));
    text.extend(optimum.warnings(study).iter().map(|warning| wrapped(&format!("warning: {warning}"))));
    text
}

/// The best values beside their ranges.
fn prices(wanted: &Optimisation, optimum: &Optimum) -> Table {
    let mut table = numbers(&["", "as it is", "from", "to", "best"]);
    for (axis, value) in wanted.study.axes.iter().zip(&optimum.outcome().point) {
        let own = optimum.own_value(axis);
        let end = |value: Option<&String>| value.cloned().unwrap_or_default();
        let best = value.map_or_else(String::new, |value| axis.values[value].clone());
        table.add_row(vec![axis.label.clone(), own, end(axis.values.first()), end(axis.values.last()), best]);
    }
    table
}

/// What the best point brings more than the scenario as it is.
fn brought(searched: &[Difference], fresh: &[Difference]) -> Table {
    let mut table = numbers(&["", "as it is", "best", "change", "fresh change ±"]);
    for (searched, fresh) in searched.iter().zip(fresh) {
        table.add_row(vec![
            searched.metric.name.replace('_', " "),
            searched.metric.shown(searched.before.mean),
            searched.metric.shown(searched.after.mean),
            percent(searched).0,
            percent(fresh).1,
        ]);
    }
    table
}

/// A change in per cent of what it is a change of, without and with its interval; as it is where it is a change of nothing or of a
/// share.
fn percent(difference: &Difference) -> (String, String) {
    let percent = difference.percent().filter(|_| difference.metric.kind != Kind::Share);
    let Some(percent) = percent else {
        return (difference.metric.shown_change(difference.change.mean, None), change(difference));
    };
    let before = difference.before.mean.abs();
    let half = difference.change.half_width.map(|half| format!(" ± {:.2}", 100.0 * half / before)).unwrap_or_default();
    (format!("{percent:+.2} %"), format!("{percent:+.2}{half} %"))
}

fn constraints(optimum: &Optimum) -> Table {
    let mut table = numbers(&["constraint", "searched", "fresh", ""]);
    for verdict in &optimum.verdicts {
        let kept = if verdict.fresh.holds() && verdict.searched.holds() { "kept" } else { "broken" };
        let number = |number: f64| format!("{number:.4}");
        table.add_row(vec![
            verdict.text.clone(),
            number(verdict.searched.number),
            number(verdict.fresh.number),
            kept.to_owned(),
        ]);
    }
    table
}
