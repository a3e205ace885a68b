//! Runs a plan and keeps everything that was asked for in its run folder.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::checkpoint::Unusable;
use super::details::Details;
use super::finish::{finish, joined, prepare};
use super::folder::FolderError;
use super::kept::{Done, begin};
use super::parts::{Parts, Work};
use crate::charts::{self, ChartError};
use crate::engine::Failure;
use crate::plan::Plan;
use crate::record::{NotRecorded, RunError, Summary, TotalsTooLarge, Until, Wanted, run};
use crate::report::ReportError;
use crate::tables::{Format, TableError};

/// The file with what `--json` prints.
pub(super) const SUMMARY: &str = "summary.json";

/// The file with the scenario, everything written out.
pub(super) const SCENARIO: &str = "scenario.toml";

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
    /// Whether parts of it are kept until it is whole, and those that are there are used.
    pub resume: bool,
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
    /// Parts that are kept under its name are no use for it.
    #[error("{path} keeps parts that cannot be gone on with: {why}")]
    Checkpoints {
        /// Where they are.
        path: String,
        /// Why.
        why: String,
    },
    /// A part is no longer as it was.
    #[error("{path} was changed in the meantime: {why}")]
    Part {
        /// The part.
        path: String,
        /// What is wrong with it.
        why: Unusable,
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
    /// A total did not fit.
    #[error(transparent)]
    Totals(#[from] TotalsTooLarge),
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

impl SaveError {
    /// Throws away what is done where going on would meet the same.
    pub(super) fn discarding(self, parts: Option<&Parts>) -> SaveError {
        if let (SaveError::Account(_) | SaveError::Totals(_), Some(parts)) = (&self, parts) {
            parts.discard();
        }
        self
    }
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
            RunError::Totals(totals) => SaveError::Totals(totals),
            RunError::Sink(error) => error.into(),
        }
    }
}

/// What a run brought, and how much of it was done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The totals of each replication.
    pub replications: Vec<Summary>,
    /// How much was done now.
    pub work: Work,
}

/// Simulates `plan` into the folder `target`, unless the same run is there already.
/// `progress` hears how many accounts are done.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails; parts stay for whoever goes on, if `options` say so.
pub fn save(
    plan: &Plan,
    target: &Path,
    options: &Options,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Done<Saved>, SaveError> {
    let folder = match begin(&identity(plan, options), target, options.force, SUMMARY)? {
        Done::Already(summary) => return Ok(Done::Already(summary)),
        Done::Now(folder) => folder,
    };
    let started = Instant::now();
    prepare(plan, &folder, options)?;
    let mut details = Details::create(folder.path(), &options.formats, options.wanted)?;
    if options.usage {
        details = details.with_usage(plan, folder.path(), &options.formats)?;
    }
    let mut parts = match options.resume {
        true => Some(Parts::open(folder.checkpoints(), &Parts::kin(plan, options), options.force)?),
        false => None,
    };
    let played = play(plan, options, &mut parts, &mut details, stop, progress);
    let replications = played.map_err(|error| error.discarding(parts.as_ref()))?;
    details.finish(plan)?;
    let simulated = plan.accounts().saturating_mul(replications.len() as u64);
    let work = parts.map_or(Work { simulated, ..Work::default() }, |parts| parts.work());
    finish(plan, folder, options, &replications, (work, started), stop)?;
    Ok(Done::Now(Saved { replications, work }))
}

/// Plays all replications, or as many as are needed.
fn play(
    plan: &Plan,
    options: &Options,
    parts: &mut Option<Parts>,
    details: &mut Details<'_>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Summary>, SaveError> {
    let mut replications = vec![];
    for replication in 0..plan.replications {
        let summary = match parts {
            Some(parts) => {
                parts.play_missing(plan, replication, &(0..plan.accounts()), options, stop, progress)?;
                joined(plan, std::slice::from_ref(parts), replication, details)?
            }
            None => {
                let done = u64::from(replication) * plan.accounts();
                let summary = run(plan, replication, details.wanted(), options.threads, stop, |chunk, rows| {
                    let end = chunk.ordinal + (chunk.accounts.end - chunk.accounts.start);
                    progress(done + end);
                    details.push(plan, rows, end)
                })?;
                // A span never holds two replications.
                details.flush(plan)?;
                summary
            }
        };
        replications.push(summary);
        if options.until.as_ref().is_some_and(|until| until.is_reached(plan, &replications)) {
            break;
        }
    }
    Ok(replications)
}

/// What makes two runs the same run.
pub(super) fn identity(plan: &Plan, options: &Options) -> Map<String, Value> {
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
