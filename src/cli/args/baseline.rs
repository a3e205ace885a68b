//! Arguments of `billsim baseline`.

use std::path::PathBuf;

use clap::builder::UnknownArgumentValueParser;
use clap::{Args as ClapArgs, Subcommand};

use super::shared::{Threads, seed, whole};

const AFTER_CHECK: &str = "\
Each scenario is played with the --set, --seed, --days and --accounts that its baseline was recorded with.

Exit codes:
  0  nothing differs
  1  a number or an event moved, or a key of the scenario is another although nothing moved
  2  a scenario is wrong, or a baseline is missing or damaged; the others are reported all the same

Examples:
  billsim baseline check scenario.toml";

const AFTER_ACCEPT: &str = "\
Nothing is accepted unless every scenario and every baseline can be read and played (exit code 2). A damaged baseline is never covered up: restore it, or record it anew with --force.

Examples:
  billsim baseline accept scenario.toml";

/// Tells somebody who would check with other options than were recorded what to do.
fn recorded() -> UnknownArgumentValueParser {
    UnknownArgumentValueParser::suggest(
        "a baseline is checked with what it was recorded with: billsim baseline record takes it",
    )
}

/// Numbers that must not change unasked.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Play scenarios and keep what they brought
    #[command(after_help = "Examples:\n  billsim baseline record scenario.toml\n  \
                            billsim baseline record scenario.toml --dir means --statistical")]
    Record(RecordArgs),
    /// Play the scenarios as they are now and tell what differs; exit 1 if anything does
    #[command(after_help = AFTER_CHECK)]
    Check(CheckArgs),
    /// Tell what differs, and keep the new numbers; all or nothing
    #[command(after_help = AFTER_ACCEPT)]
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
    #[arg(long, value_parser = seed)]
    pub seed: Option<u64>,
    /// Days of the horizon; kept
    #[arg(long, value_parser = whole)]
    pub days: Option<u64>,
    /// Total number of accounts; kept
    #[arg(long, value_parser = whole)]
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
    #[command(flatten)]
    pub recorded: RecordedOnly,
    /// Print what differs as JSON
    #[arg(long)]
    pub json: bool,
}

/// What only `record` takes.
#[derive(Clone, Debug, ClapArgs)]
pub struct RecordedOnly {
    #[arg(long, hide = true, value_parser = recorded())]
    set: Option<std::convert::Infallible>,
    #[arg(long, hide = true, value_parser = recorded())]
    seed: Option<std::convert::Infallible>,
    #[arg(long, hide = true, value_parser = recorded())]
    days: Option<std::convert::Infallible>,
    #[arg(long, hide = true, value_parser = recorded())]
    accounts: Option<std::convert::Infallible>,
}
