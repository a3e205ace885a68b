//! The arguments, as clap reads them.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::baseline_args::BaselineCommand;
use super::failure::Failure;
use super::parts_args::{MergeArgs, PartsArgs};
use crate::charts;
use crate::plan::{Plan, compile};
use crate::record::{Until, Wanted};
use crate::scenario::{Overrides, load};
use crate::store::StudyOptions;
use crate::study::Guard;
use crate::tables::Format;
use crate::text::Sources;

/// Replications after which `--until` gives up, where `--replications` says nothing.
const MOST_REPLICATIONS: u64 = 100;

/// Plays a vendor's whole customer base through the vendor's real price list.
#[derive(Debug, Parser)]
#[command(name = "billsim", version, about, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a scenario and write a run folder
    #[command(after_help = "Example:\n  billsim run scenarios/tutorial.toml --set account.rounding=truncate")]
    Run(RunArgs),
    /// Join the shards of one run into exactly the whole run
    #[command(after_help = "Example:\n  billsim merge shard-1 shard-2 shard-3 --out whole")]
    Merge(MergeArgs),
    /// Check a scenario and print what would be run; runs nothing
    #[command(after_help = "Example:\n  billsim inspect scenarios/tutorial.toml")]
    Inspect(InspectArgs),
    /// Tell one account's whole story, by simulating that account alone
    #[command(after_help = "Example:\n  billsim explain scenarios/tutorial.toml --account silent/0 --to 2026-01-20")]
    Explain(ExplainArgs),
    /// Play the same customers through several scenarios or price books, and tell what differs
    #[command(after_help = "Examples:\n  billsim compare scenarios/tutorial.toml cheaper.toml\n  \
                            billsim compare scenarios/tutorial.toml --with 'account.rounding=truncate'")]
    Compare(CompareArgs),
    /// Play a scenario at many points, the same customers at each
    #[command(after_help = "Example:\n  billsim sweep scenarios/studies/grace.toml --fail-if 'suspension_rate > 0.5'")]
    Sweep(StudyArgs),
    /// Look for the prices that bring the most, and confirm them on fresh customers
    #[command(after_help = "Example:\n  billsim optimize scenarios/studies/best-prices.toml")]
    Optimize(StudyArgs),
    /// Keep the numbers of scenarios, and tell when they change
    #[command(
        subcommand,
        after_help = "Example:\n  billsim baseline record scenarios/tutorial.toml\n  billsim baseline check scenarios/tutorial.toml"
    )]
    Baseline(BaselineCommand),
    /// Print what makes a shell complete commands and options
    #[command(after_help = "Example:\n  billsim completions bash > ~/.local/share/bash-completion/completions/billsim")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    #[command(after_help = "Examples:\n  billsim man | man -l -\n  billsim man --dir ~/.local/share/man/man1")]
    Man(ManArgs),
}

#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Which scenario, and what is changed in it.
#[derive(Clone, Debug, ClapArgs)]
pub struct ScenarioArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// Change one value of the scenario, its books or its policy; list elements go by id or index
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random draws
    #[arg(long, value_parser = seed)]
    pub seed: Option<u64>,
    /// Days of the horizon
    #[arg(long, value_parser = whole)]
    pub days: Option<u64>,
    /// Total number of accounts; every segment is scaled
    #[arg(long, value_parser = whole)]
    pub accounts: Option<u64>,
}

/// On how many threads.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Threads {
    /// Worker threads [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    /// Worker threads.
    pub fn count(self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, usize::from)
    }
}

/// Which charts.
#[derive(Debug, ClapArgs)]
pub struct Charts {
    /// Formats of the charts
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    charts: Vec<ChartFormat>,
}

impl Charts {
    /// Formats of the charts, each once.
    ///
    /// # Errors
    /// When `none` stands beside a format.
    pub fn formats(&self) -> Result<Vec<charts::Format>, Failure> {
        let pairs = [(ChartFormat::Svg, charts::Format::Svg), (ChartFormat::Png, charts::Format::Png)];
        let formats: Vec<charts::Format> =
            pairs.into_iter().filter(|(format, _)| self.charts.contains(format)).map(|(_, format)| format).collect();
        if self.charts.contains(&ChartFormat::None) && !formats.is_empty() {
            return Err(Failure::Usage("--charts none goes with no other format".to_owned()));
        }
        Ok(formats)
    }
}

#[derive(Debug, ClapArgs)]
pub struct RunArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    #[command(flatten)]
    pub threads: Threads,
    /// How many times the world is drawn anew; intervals come from 2 and more [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub replications: Option<u64>,
    /// Draw no further replication once a number is known to this precision, for example 'recognised ± 1 %';
    /// --replications is then the most [default: 100]
    #[arg(long, value_name = "NAME ± X %", value_parser = Until::parse)]
    pub until: Option<Until>,
    /// The run folder [default: output/NAME-HASH-SEED]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Tables to keep
    #[arg(long, value_delimiter = ',', default_value = "daily,accounts")]
    pub record: Vec<Recording>,
    /// Formats of the tables
    #[arg(long, value_delimiter = ',', default_value = "parquet")]
    pub format: Vec<TableFormat>,
    #[command(flatten)]
    pub charts: Charts,
    #[command(flatten)]
    pub parts: PartsArgs,
    /// Replace the run folder if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

#[derive(Debug, ClapArgs)]
pub struct InspectArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Print the fully resolved scenario, every default written out
    #[arg(long)]
    pub resolved: bool,
}

#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Which account: its segment's id and its index in it, from 0
    #[arg(long, value_name = "SEGMENT/INDEX")]
    pub account: String,
    /// First date to tell of [default: the first]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<Date>,
    /// Last date to tell of [default: the last]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Option<Date>,
}

#[derive(Debug, ClapArgs)]
pub struct CompareArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Other scenarios with the same customers, or price books that take the place of the scenario's own
    pub others: Vec<PathBuf>,
    /// Compare with the scenario changed in these values too; may be given several times
    #[arg(long, value_name = "KEY=VALUE; …")]
    pub with: Vec<String>,
    /// How many times the world is drawn anew; intervals come from 2 and more [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub replications: Option<u64>,
    /// End with exit code 1 if this holds for a variant: a metric, its .change or its .percent, and a bound, for example
    /// 'suspension_rate > 0.02' or 'recognised.change < 0'
    #[arg(long, value_name = "METRIC OP NUMBER", value_parser = Guard::parse)]
    pub fail_if: Vec<Guard>,
    #[command(flatten)]
    pub threads: Threads,
    /// The folder [default: output/compare-NAME-HASH-SEED]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub charts: Charts,
    /// Replace the folder if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print the comparison as JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

/// A seed as TOML can hold it.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    let whole = text.replace('_', "").parse().ok().filter(|seed| i64::try_from(*seed).is_ok());
    whole.ok_or_else(|| format!("expected a whole number from 0 to {}", i64::MAX))
}

/// A number of days or accounts; the scenario says which ones it can have.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    text.replace('_', "").parse().map_err(|_| "expected a whole number".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "expected a date such as 2026-01-31".to_owned())
}

#[derive(Debug, ClapArgs)]
pub struct StudyArgs {
    /// The study file
    pub study: PathBuf,
    /// Change one value of the scenario at every point, after the study's own `set`
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random draws
    #[arg(long, value_parser = seed)]
    pub seed: Option<u64>,
    /// Days of the horizon [default: the study's or the scenario's]
    #[arg(long, value_parser = whole)]
    pub days: Option<u64>,
    /// Total number of accounts; every segment is scaled [default: the study's or the scenario's]
    #[arg(long, value_parser = whole)]
    pub accounts: Option<u64>,
    /// How many times the world is drawn anew [default: the study's or the scenario's]
    #[arg(long, value_name = "N")]
    pub replications: Option<u64>,
    #[command(flatten)]
    pub threads: Threads,
    /// Exit with 1 if this holds (sweep: at any point; optimize: at the best, on fresh seeds), for example 'suspension_rate > 0.02' or 'recognised.percent < -1'
    #[arg(long, value_name = "METRIC OP NUMBER", value_parser = Guard::parse)]
    pub fail_if: Vec<Guard>,
    /// The folder [default: output/COMMAND-NAME-HASH-SEED]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub charts: Charts,
    /// Replace the folder if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print the results as JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

impl StudyArgs {
    /// What the command line changes in the study's scenario.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            days: self.days,
            replications: self.replications,
            accounts: self.accounts,
            ..Overrides::default()
        }
    }

    /// How the study is kept.
    ///
    /// # Errors
    /// When `none` stands beside a format of the charts.
    pub fn options(&self) -> Result<StudyOptions, Failure> {
        Ok(StudyOptions { charts: self.charts.formats()?, threads: self.threads.count(), force: self.force })
    }
}

/// Tables to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Recording {
    /// Daily totals; always kept
    Daily,
    /// A row for each account
    Accounts,
    /// A row for each bill line
    Bills,
    /// A row for each event
    Events,
}

/// Formats of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Parquet,
    Csv,
}

/// Formats of the charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChartFormat {
    Svg,
    Png,
    /// No charts
    None,
}

impl ScenarioArgs {
    /// Reads, checks and compiles the scenario.
    ///
    /// # Errors
    /// All mistakes that were found.
    pub fn plan(&self) -> Result<Plan, Failure> {
        self.plan_with(None)
    }

    /// The same with another number of accounts.
    pub fn with_accounts(&self, accounts: u64) -> ScenarioArgs {
        ScenarioArgs { accounts: Some(accounts), ..self.clone() }
    }

    fn plan_with(&self, replications: Option<u64>) -> Result<Plan, Failure> {
        compiled(&self.scenario, &self.overrides(replications))
    }

    /// What the options change.
    pub fn overrides(&self, replications: Option<u64>) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            days: self.days,
            accounts: self.accounts,
            replications,
            ..Overrides::default()
        }
    }
}

/// Reads, checks and compiles a scenario.
///
/// # Errors
/// All mistakes that were found.
pub fn compiled(path: &Path, overrides: &Overrides) -> Result<Plan, Failure> {
    let mut sources = Sources::default();
    match load(path, overrides, &mut sources) {
        Ok(scenario) => Ok(compile(&scenario)),
        Err(problems) => Err(Failure::Input(problems, Box::new(sources))),
    }
}

impl RunArgs {
    /// Reads, checks and compiles the scenario.
    ///
    /// # Errors
    /// All mistakes that were found.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let most = self.until.as_ref().map(|_| MOST_REPLICATIONS);
        if let (Some(_), Some(replications)) = (&self.until, self.replications)
            && replications < Until::FEWEST as u64
        {
            let fewest = Until::FEWEST;
            return Err(Failure::Usage(format!(
                "--until looks at no interval before {fewest} replications; --replications {replications} is too few"
            )));
        }
        self.scenario.plan_with(self.replications.or(most))
    }

    /// Tables beside the daily ones.
    pub fn wanted(&self) -> Wanted {
        let has = |recording| self.record.contains(&recording);
        Wanted { accounts: has(Recording::Accounts), bills: has(Recording::Bills), events: has(Recording::Events) }
    }

    /// Formats of the tables, each once.
    pub fn formats(&self) -> Vec<Format> {
        let pairs = [(TableFormat::Parquet, Format::Parquet), (TableFormat::Csv, Format::Csv)];
        pairs.into_iter().filter(|(asked, _)| self.format.contains(asked)).map(|(_, format)| format).collect()
    }
}
