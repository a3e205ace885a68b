//! The arguments of runs that are done in parts.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::shared::Threads;
use crate::store::Shard;

/// Which part of a run, and whether to go on with one.
#[derive(Debug, ClapArgs)]
pub struct PartsArgs {
    /// Simulate only one of N parts of the accounts, for `billsim merge`
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, conflicts_with = "until")]
    pub shard: Option<Shard>,
    /// Keep what is done while it runs, and go on with what the same command kept when it was interrupted
    #[arg(long)]
    pub resume: bool,
}

#[derive(Debug, ClapArgs)]
pub struct MergeArgs {
    /// The folders of all shards of one run, in any order
    #[arg(required = true, value_name = "DIR")]
    pub shards: Vec<PathBuf>,
    #[command(flatten)]
    pub threads: Threads,
    /// The run folder [default: output/NAME-HASH-SEED]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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
