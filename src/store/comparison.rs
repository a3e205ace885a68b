//! Plays several plans over the same customers and keeps what differs in a folder of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};

use super::again;
use super::comparison_json;
use super::folder::{FolderError, RunFolder, harmless};
use super::kept::{Done, begin, finish, pretty};
use super::save::{REPORT, SaveError, StudyOptions};
use crate::charts;
use crate::plan::Plan;
use crate::report::{self, Extras};
use crate::study::{Change, Comparison, Played, play, without_responses};
use crate::tables::{
    ACCOUNT_SPAN, DAILY_DIFFERENCE, DIFFERENCES, DifferenceRow, Format, PAYING_MORE, PayingMoreRow, SEGMENTS,
    SpanWriter, write_whole,
};

/// The file with what `--json` prints.
const RESULTS: &str = "comparison.json";
const FORMATS: [Format; 1] = [Format::Csv];

/// Replications of all plans.
#[derive(Clone, Debug, Default)]
pub struct Replicated {
    /// As they are.
    pub as_is: Vec<Played>,
    /// [Without responses](without_responses).
    pub prices_only: Vec<Played>,
}

/// Plays `plans`, which are [paired](crate::study::check_pairing) with the first and named by their variants, into the folder
/// `target`, unless the same comparison is there already. `progress` hears how many accounts are done, each once for every plan
/// as it is and once without responses.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_comparison(
    plans: &[Plan],
    target: &Path,
    options: &StudyOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Done<Replicated>, SaveError> {
    let folder = match begin(&identity(plans, options), target, options.force, RESULTS)? {
        Done::Already(results) => return Ok(Done::Already(results)),
        Done::Now(folder) => folder,
    };
    scenarios(plans, &folder)?;
    let replicated = replicate(plans, &folder, options, stop, progress)?;
    let comparison = Comparison::new(plans, &replicated.as_is, &replicated.prices_only);
    let path = folder.path();
    write_whole(&DIFFERENCES, &plans[0], DifferenceRow::all(&comparison), path, &FORMATS)?;
    write_whole(&SEGMENTS, &plans[0], DifferenceRow::by_segment(&comparison), path, &FORMATS)?;
    write_whole(&DAILY_DIFFERENCE, &plans[0], DifferenceRow::by_day(&comparison), path, &FORMATS)?;
    if !options.charts.is_empty() {
        charts::draw_comparison(&comparison, &path.join("charts"), &options.charts, options.threads)?;
    }
    let extras = Extras { charts: !options.charts.is_empty(), command: &again::compare(plans, options) };
    folder.write(REPORT, &report::comparison(&comparison, extras)?)?;
    folder.write(RESULTS, &pretty(&comparison_json::comparison(&comparison)))?;
    if stop.load(Ordering::Relaxed) {
        return Err(SaveError::Stopped);
    }
    finish(folder, identity(plans, options))?;
    Ok(Done::Now(replicated))
}

/// Every variant as it can be run alone, in the order of the comparison.
fn scenarios(plans: &[Plan], folder: &RunFolder) -> Result<(), FolderError> {
    let below = folder.path().join("scenarios");
    std::fs::create_dir(&below).map_err(|cause| FolderError::io(&below, cause))?;
    for (index, plan) in plans.iter().enumerate() {
        folder.write(&scenario_file(index, plan), &plan.resolved)?;
    }
    Ok(())
}

/// The file of a variant, from within the folder.
pub(super) fn scenario_file(index: usize, plan: &Plan) -> String {
    format!("scenarios/{index}-{}.toml", harmless(&plan.name))
}

fn replicate(
    plans: &[Plan],
    folder: &RunFolder,
    options: &StudyOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Replicated, SaveError> {
    let first = &plans[0];
    let names: Vec<Arc<str>> = plans.iter().map(|plan| Arc::from(plan.name.as_str())).collect();
    let alone: Vec<Plan> = plans.iter().map(without_responses).collect();
    let mut paying_more = SpanWriter::create(&PAYING_MORE, folder.path(), &FORMATS, ACCOUNT_SPAN)?;
    let mut done = 0;
    let mut replicated = Replicated::default();
    for replication in 0..first.replications {
        for (plans, kept, told) in [(plans, &mut replicated.as_is, true), (&alone, &mut replicated.prices_only, false)]
        {
            let played = play(plans, replication, options.threads, stop, |chunk, changes| {
                done += chunk.accounts.end - chunk.accounts.start;
                progress(done);
                let row = |change: Change| PayingMoreRow { variant: names[change.variant].clone(), change };
                let rows = changes.into_iter().filter(|_| told).map(row).collect();
                paying_more.push(first, rows, chunk.ordinal + (chunk.accounts.end - chunk.accounts.start))
            });
            kept.push(played?);
        }
    }
    paying_more.finish(first)?;
    Ok(replicated)
}

/// What makes two comparisons the same.
fn identity(plans: &[Plan], options: &StudyOptions) -> Map<String, Value> {
    let each = |of: fn(&Plan) -> &str| plans.iter().map(of).collect::<Vec<_>>();
    let charts: Vec<&str> = options.charts.iter().map(|format| format.extension()).collect();
    let identity = json!({
        "program": "billsim",
        "version": env!("CARGO_PKG_VERSION"),
        "command": "compare",
        "plan_hashes": each(|plan| &plan.hash),
        "variants": each(|plan| &plan.name),
        "seed": plans[0].seed,
        "replications": plans[0].replications,
        "charts": charts,
    });
    match identity {
        Value::Object(identity) => identity,
        _ => Map::new(),
    }
}
