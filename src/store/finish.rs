//! All of a run folder that follows from the totals, and its closing: the same for a run at one go, one that was gone on with, and
//! shards that are joined. Must not know which of them it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::json;

use super::again;
use super::details::Details;
use super::folder::{FolderError, RunFolder};
use super::json;
use super::kept::{digests, pretty};
use super::parts::{Parts, Work};
use super::save::{Options, REPORT, SCENARIO, SUMMARY, SaveError, TIMINGS, identity};
use super::shard::MANIFEST;
use crate::charts;
use crate::plan::Plan;
use crate::record::{BandDay, Summary};
use crate::report::{self, Extras};
use crate::tables::{
    BANDS, DAILY, DailyRow, Format, MONEY, MoneyRow, STATUS, StatusRow, TRIALS, TableError, TrialRow, USAGE, UsageRow,
    write_whole,
};

/// Where the charts are.
const CHARTS: &str = "charts";

/// Writes what is known before anything is played.
pub(super) fn prepare(plan: &Plan, folder: &RunFolder, options: &Options) -> Result<(), SaveError> {
    folder.write(SCENARIO, &plan.resolved)?;
    let charts = folder.path().join(CHARTS);
    if !options.charts.is_empty() {
        std::fs::create_dir(&charts).map_err(|cause| FolderError::io(&charts, cause))?;
    }
    Ok(())
}

/// Joins a replication from its parts, which come in the order of their accounts: its tables go to `details`.
pub(super) fn joined(
    plan: &Plan,
    parts: &[Parts],
    replication: u32,
    details: &mut Details<'_>,
) -> Result<Summary, SaveError> {
    let mut summary = Summary::new(plan);
    for parts in parts {
        parts.add_to(&mut summary, replication)?;
        parts.append_to(details, replication)?;
    }
    summary.check()?;
    // A span never holds two replications.
    details.flush(plan)?;
    Ok(summary)
}

/// Writes all that follows from the totals, and gives the folder its name. `started` is when the work began.
pub(super) fn finish(
    plan: &Plan,
    folder: RunFolder,
    options: &Options,
    replications: &[Summary],
    (work, started): (Work, Instant),
    stop: &AtomicBool,
) -> Result<(), SaveError> {
    let until = options.until.as_ref();
    let simulated = started.elapsed();
    daily_tables(plan, replications, &folder, options)?;
    let tabled = started.elapsed();
    if !options.charts.is_empty() {
        charts::draw(plan, replications, &folder.path().join(CHARTS), &options.charts, options.threads)?;
    }
    let charted = started.elapsed();
    let extras = Extras { charts: !options.charts.is_empty(), command: &again::run(plan, options) };
    folder.write(REPORT, &report::run(plan, replications, until, extras)?)?;
    folder.write(SUMMARY, &pretty(&json::summary(plan, replications, until)))?;
    if stop.load(Ordering::Relaxed) {
        return Err(SaveError::Stopped);
    }
    let files = digests(folder.path(), &[])?;
    folder.write(MANIFEST, &pretty(&json::manifest(plan, replications, until, identity(plan, options), files)))?;
    let timings = json!({
        "threads": options.threads,
        "accounts_simulated": work.simulated,
        "accounts_kept": work.kept,
        "simulation_seconds": simulated.as_secs_f64(),
        "daily_tables_seconds": (tabled - simulated).as_secs_f64(),
        "charts_seconds": (charted - tabled).as_secs_f64(),
        "report_seconds": (started.elapsed() - charted).as_secs_f64(),
        "account_days": plan.accounts().saturating_mul(plan.calendar.days() as u64).saturating_mul(replications.len() as u64),
    });
    folder.write(TIMINGS, &pretty(&timings))?;
    folder.finish()?;
    Ok(())
}

fn daily_tables(
    plan: &Plan,
    replications: &[Summary],
    folder: &RunFolder,
    options: &Options,
) -> Result<(), TableError> {
    let (path, formats, days) = (folder.path(), options.formats.as_slice(), plan.calendar.days());
    let numbered = || (0..).zip(replications);
    let usage = numbered().flat_map(|(number, summary)| UsageRow::all(summary, number, days)).collect();
    let status = numbered().flat_map(|(number, summary)| StatusRow::all(summary, number, days)).collect();
    let money = numbered().flat_map(|(number, summary)| MoneyRow::all(summary, number, days)).collect();
    write_whole(&USAGE, plan, usage, path, formats)?;
    write_whole(&STATUS, plan, status, path, formats)?;
    write_whole(&MONEY, plan, money, path, formats)?;
    if replications.len() > 1 {
        write_whole(&BANDS, plan, BandDay::all(plan, replications), path, formats)?;
    }
    if TrialRow::wanted(plan) {
        let trials = numbered().flat_map(|(number, summary)| TrialRow::all(summary, number, plan)).collect();
        write_whole(&TRIALS, plan, trials, path, formats)?;
    }
    write_whole(&DAILY, plan, DailyRow::all(&replications[0], plan), path, &[Format::Csv])
}
