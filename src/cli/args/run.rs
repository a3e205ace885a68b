//! Arguments of `billsim run`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::parts::PartsArgs;
use super::shared::{Charts, ScenarioArgs, Threads};
use crate::cli::failure::Failure;
use crate::plan::Plan;
use crate::record::{Until, Wanted};
use crate::tables::Format;

/// Replications after which `--until` gives up, where `--replications` says nothing.
const MOST_REPLICATIONS: u64 = 100;

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
    /// The run folder [default: output/NAME-HASH-SEED, with -rN for N replications]
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
    /// What was served and what moved beside it, as `rate` reads it
    Usage,
}

/// Formats of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Parquet,
    Csv,
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
        TableFormat::chosen(&self.format)
    }
}

impl TableFormat {
    /// Those that were asked for, each once.
    pub fn chosen(asked: &[TableFormat]) -> Vec<Format> {
        let pairs = [(TableFormat::Parquet, Format::Parquet), (TableFormat::Csv, Format::Csv)];
        pairs.into_iter().filter(|(one, _)| asked.contains(one)).map(|(_, format)| format).collect()
    }
}
