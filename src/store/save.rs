//! Runs a plan and keeps everything that was asked for in its run folder.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::again;
use super::details::Details;
use super::folder::{FolderError, RunFolder};
use super::json;
use super::kept::{Done, begin, digests, pretty};
use crate::charts::{self, ChartError};
use crate::engine::Failure;
use crate::plan::Plan;
use crate::record::{BandDay, NotRecorded, RunError, Summary, Until, Wanted, run};
use crate::report::{self, Extras, ReportError};
use crate::tables::{
    BANDS, DAILY, DailyRow, Format, MONEY, MoneyRow, STATUS, StatusRow, TRIALS, TableError, TrialRow, USAGE, UsageRow,
    write_whole,
};

/// The file with what `--json` prints.
const SUMMARY: &str = "summary.json";

/// The file that says how long it took.
pub(super) const TIMINGS: &str = "timings.json";

/// The file with the report.
pub(super) const REPORT: &str = "report.html";

/// What is kept of a run, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Tables beside the daily ones.
    pub wanted: Wanted,
    /// Whether the first replication is written as usage file and ledger.
    pub usage: bool,
    /// Formats of the tables.
    pub formats: Vec<Format>,
    /// Formats of the charts; none if empty.
    pub charts: Vec<charts::Format>,
    /// The precision at which no further replication is drawn.
    pub until: Option<Until>,
    /// Worker threads.
    pub threads: usize,
    /// Whether an existing folder is replaced.
    pub force: bool,
}

impl Options {
    /// The tables that are kept, as `--record` takes them.
    pub(super) fn recorded(&self) -> Vec<&'static str> {
        let Wanted { accounts, bills, events } = self.wanted;
        let named =
            [("daily", true), ("accounts", accounts), ("bills", bills), ("events", events), ("usage", self.usage)];
        named.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect()
    }

    /// Their formats, as `--format` takes them.
    pub(super) fn formats(&self) -> Vec<&'static str> {
        self.formats.iter().map(|format| format.extension()).collect()
    }
}

/// How a comparison or a study is kept.
#[derive(Clone, Debug, Default)]
pub struct StudyOptions {
    /// Formats of the charts; none if empty.
    pub charts: Vec<charts::Format>,
    /// Worker threads.
    pub threads: usize,
    /// Whether an existing folder is replaced.
    pub force: bool,
}

/// Why a run folder was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// There is a folder of that name that is another run.
    #[error("{path} is there already, and {why}")]
    Occupied {
        /// The folder.
        path: String,
        /// How it differs.
        why: String,
    },
    /// There is something of that name that is no run folder.
    #[error("{path} is there already, and it is no run folder")]
    NoRunFolder {
        /// What is there.
        path: String,
    },
    /// Somebody asked it to stop.
    #[error("stopped; nothing was written")]
    Stopped,
    /// An amount did not fit.
    #[error(transparent)]
    Account(#[from] Failure),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is something in it that was not made with it.
    #[error("{path} has a file of another hand, {file}: it would be lost")]
    Foreign {
        /// The folder.
        path: String,
        /// The file in it.
        file: String,
    },
    /// The usage.
    #[error(transparent)]
    Usage(#[from] NotRecorded),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A chart.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The report.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl From<Infallible> for SaveError {
    fn from(never: Infallible) -> SaveError {
        match never {}
    }
}

impl<E: Into<SaveError>> From<RunError<E>> for SaveError {
    fn from(error: RunError<E>) -> SaveError {
        match error {
            RunError::Stopped => SaveError::Stopped,
            RunError::Account(failure) => SaveError::Account(failure),
            RunError::Sink(error) => error.into(),
        }
    }
}

/// Simulates `plan` into the folder `target`, unless the same run is there already.
/// `progress` hears how many accounts are done.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save(
    plan: &Plan,
    target: &Path,
    options: &Options,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Done<Vec<Summary>>, SaveError> {
    let folder = match begin(&identity(plan, options), target, options.force, SUMMARY)? {
        Done::Already(summary) => return Ok(Done::Already(summary)),
        Done::Now(folder) => folder,
    };
    let started = Instant::now();
    folder.write("scenario.toml", &plan.resolved)?;
    let charts_folder = folder.path().join("charts");
    if !options.charts.is_empty() {
        std::fs::create_dir(&charts_folder).map_err(|cause| FolderError::io(&charts_folder, cause))?;
    }
    let mut details = Details::create(plan, &folder, options)?;
    let mut replications = vec![];
    for replication in 0..plan.replications {
        let done = u64::from(replication) * plan.accounts();
        let summary = run(plan, replication, details.wanted(), options.threads, stop, |chunk, rows| {
            let end = chunk.ordinal + (chunk.accounts.end - chunk.accounts.start);
            progress(done + end);
            details.push(plan, rows, end)
        });
        replications.push(summary?);
        details.flush(plan)?;
        if options.until.as_ref().is_some_and(|until| until.is_reached(plan, &replications)) {
            break;
        }
    }
    details.finish(plan)?;
    let simulated = started.elapsed();
    daily_tables(plan, &replications, &folder, options)?;
    let tabled = started.elapsed();
    if !options.charts.is_empty() {
        charts::draw(plan, &replications, &charts_folder, &options.charts, options.threads)?;
    }
    let charted = started.elapsed();
    let extras = Extras { charts: !options.charts.is_empty(), command: &again::run(plan, options) };
    folder.write(REPORT, &report::run(plan, &replications, options.until.as_ref(), extras)?)?;
    folder.write(SUMMARY, &pretty(&json::summary(plan, &replications, options.until.as_ref())))?;
    if stop.load(Ordering::Relaxed) {
        return Err(SaveError::Stopped);
    }
    let files = digests(folder.path())?;
    folder.write(
        "manifest.json",
        &pretty(&json::manifest(plan, &replications, options.until.as_ref(), identity(plan, options), files)),
    )?;
    let timings = json!({
        "threads": options.threads,
        "simulation_seconds": simulated.as_secs_f64(),
        "daily_tables_seconds": (tabled - simulated).as_secs_f64(),
        "charts_seconds": (charted - tabled).as_secs_f64(),
        "report_seconds": (started.elapsed() - charted).as_secs_f64(),
        "account_days": plan.accounts().saturating_mul(plan.calendar.days() as u64).saturating_mul(replications.len() as u64),
    });
    folder.write(TIMINGS, &pretty(&timings))?;
    folder.finish()?;
    Ok(Done::Now(replications))
}

/// What makes two runs the same run.
fn identity(plan: &Plan, options: &Options) -> Map<String, Value> {
    let charts: Vec<&str> = options.charts.iter().map(|format| format.extension()).collect();
    let mut map = Map::new();
    map.insert("program".to_owned(), json!("billsim"));
    map.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
    map.insert("plan_hash".to_owned(), json!(plan.hash));
    map.insert("seed".to_owned(), json!(plan.seed));
    map.insert("most_replications".to_owned(), json!(plan.replications));
    map.insert(
        "until".to_owned(),
        json!(options.until.as_ref().map(|until| [until.name.to_owned(), until.percent.to_string()])),
    );
    map.insert("record".to_owned(), json!(options.recorded()));
    map.insert("formats".to_owned(), json!(options.formats()));
    map.insert("charts".to_owned(), json!(charts));
    map
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
