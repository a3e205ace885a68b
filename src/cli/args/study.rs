//! Arguments of the commands that play the same customers more than once.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::shared::{Charts, ScenarioArgs, Threads, seed, whole};
use crate::cli::failure::Failure;
use crate::scenario::Overrides;
use crate::store::StudyOptions;
use crate::study::Guard;

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
