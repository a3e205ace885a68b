//! Arguments of `billsim baseline`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::shared::Threads;

/// Numbers that must not change unasked.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Play scenarios and keep what they brought
    #[command(after_help = "Examples:\n  billsim baseline record scenario.toml\n  \
                            billsim baseline record scenario.toml --dir means --statistical")]
    Record(RecordArgs),
    /// Play the scenarios as they are now and tell what differs; exit 1 if anything does
    #[command(after_help = "Examples:\n  billsim baseline check scenario.toml")]
    Check(CheckArgs),
    /// Tell what differs, and keep the new numbers
    #[command(after_help = "Examples:\n  billsim baseline accept scenario.toml")]
    Accept(CheckArgs),
}

#[derive(Debug, ClapArgs)]
pub struct RecordArgs {
    /// The scenario files
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// The folder of baselines; each scenario has a folder of its name in it
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub dir: PathBuf,
    /// Change one value of each scenario; kept, so that checks change it too
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random draws; kept
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Days of the horizon; kept
    #[arg(long)]
    pub days: Option<u64>,
    /// Total number of accounts; kept
    #[arg(long)]
    pub accounts: Option<u64>,
    /// Keep means over replications; a check draws fresh worlds and tests whether the means are the same
    #[arg(long)]
    pub statistical: bool,
    /// Replications of the statistical kind
    #[arg(long, value_name = "N", default_value = "20", requires = "statistical", value_parser = clap::value_parser!(u64).range(2..=10_000))]
    pub replications: u64,
    #[command(flatten)]
    pub threads: Threads,
    /// Replace baselines that are there already
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// The scenario files
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// The folder of baselines
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub dir: PathBuf,
    #[command(flatten)]
    pub threads: Threads,
    /// Print what differs as JSON
    #[arg(long)]
    pub json: bool,
}
