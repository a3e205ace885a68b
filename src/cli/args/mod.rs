//! The arguments, as clap reads them: a file for what changes together.

mod baseline;
mod calibrate;
mod parts;
mod rate;
mod read;
mod run;
mod shared;
mod study;
mod tools;

use clap::{Parser, Subcommand};

pub use baseline::{BaselineCommand, CheckArgs, RecordArgs};
pub use calibrate::CalibrateArgs;
pub use parts::MergeArgs;
pub use rate::{FileArgs, RateArgs, ReconcileArgs};
pub use read::{ExplainArgs, InspectArgs};
pub use run::{Recording, RunArgs};
pub use shared::compiled;
pub use study::{CompareArgs, StudyArgs};
pub use tools::{CompletionsArgs, InitArgs, Kind, ManArgs, SchemaArgs};

/// `--version`; `-V` says the number alone.
const LONG_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BILLSIM_BUILD"), ")");

/// Plays a vendor's whole customer base through the vendor's real price list.
///
/// Exit codes: 0 done; 1 a difference from a baseline or an invoice was found, or --fail-if holds; 2 the input is wrong; 3 disk, memory or
/// a bug, or another run is in the folder; 130 stopped by Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "billsim",
    version,
    long_version = LONG_VERSION,
    max_term_width = 100,
    after_help = "Examples:\n  billsim init my-prices\n  billsim run my-prices/scenario.toml"
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// Every command has examples, typed in the folder that `init` makes; tests/commands.rs types them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented scenario, price book and studies to start from
    #[command(after_help = "Examples:\n  billsim init\n  billsim init my-prices")]
    Init(InitArgs),
    /// Simulate a scenario and write a run folder
    #[command(after_help = "Examples:\n  billsim run scenario.toml\n  \
                            billsim run scenario.toml --set books.api.grace=24h --days 365\n  \
                            billsim run scenario.toml --until 'recognised ± 5 %'\n  \
                            billsim run scenario.toml --record accounts,bills --format csv")]
    Run(RunArgs),
    /// Join the shards of one run into exactly the whole run
    #[command(after_help = "Examples:\n  billsim run scenario.toml --shard 1/2 --out shard-1\n  \
                            billsim run scenario.toml --shard 2/2 --out shard-2\n  \
                            billsim merge shard-1 shard-2 --out whole")]
    Merge(MergeArgs),
    /// Check a scenario and print what would be run; runs nothing
    #[command(after_help = "Examples:\n  billsim inspect scenario.toml\n  billsim inspect scenario.toml --resolved")]
    Inspect(InspectArgs),
    /// Tell one account's whole story, by simulating that account alone
    #[command(after_help = "Examples:\n  billsim explain scenario.toml --account hobby/0\n  \
                            billsim explain scenario.toml --account hobby/0 --to 2026-01-20")]
    Explain(ExplainArgs),
    /// Play the same customers through several scenarios or price books, and tell what differs
    #[command(after_help = "Examples:\n  billsim compare scenario.toml --with books.api.grace=24h\n  \
                            billsim compare scenario.toml \\\n    \
                            --with 'books.api.grace=24h; account.rounding=truncate'\n  \
                            billsim compare scenario.toml prices.toml --fail-if 'lost.percent > 5'")]
    Compare(CompareArgs),
    /// Play a scenario at many points, the same customers at each
    #[command(after_help = "Examples:\n  billsim sweep study.toml\n  \
                            billsim sweep study.toml --days 30 --fail-if 'suspension_rate > 0.9'")]
    Sweep(StudyArgs),
    /// Look for the prices that bring the most, and confirm them on fresh customers
    #[command(
        after_help = "Exit code 1: no point that was played keeps all constraints, or --fail-if holds on fresh customers.\n\n\
                            Examples:\n  billsim optimize best.toml\n  billsim optimize best.toml --replications 10"
    )]
    Optimize(StudyArgs),
    /// Price real usage, by the calculator of `run`
    #[command(after_help = "Examples:\n  billsim rate prices.toml --usage usage.csv\n  \
                            billsim rate prices.toml --usage usage.csv --out rated")]
    Rate(RateArgs),
    /// Hold bills of these rules against bills that were really sent, and look for the cause of every difference
    #[command(
        after_help = "Examples:\n  billsim reconcile prices.toml \\\n    --usage usage.csv --invoices invoices.csv"
    )]
    Reconcile(ReconcileArgs),
    /// Fit a segment to real usage, and tell how far worlds drawn from it are from the data
    #[command(after_help = "Examples:\n  billsim calibrate --usage usage.csv\n  \
                            billsim calibrate --usage usage.csv --product api --out fitted")]
    Calibrate(CalibrateArgs),
    /// Keep the numbers of scenarios, and tell when they change
    #[command(
        subcommand,
        after_help = "Examples:\n  billsim baseline record scenario.toml\n  billsim baseline check scenario.toml"
    )]
    Baseline(BaselineCommand),
    /// Print the JSON Schema of a kind of file, for editors
    #[command(after_help = "Examples:\n  billsim schema scenario\n  billsim schema study")]
    Schema(SchemaArgs),
    /// Print the completions of a shell
    #[command(after_help = "Examples:\n  billsim completions bash\n  billsim completions zsh")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    #[command(after_help = "Examples:\n  billsim man\n  billsim man --dir man1")]
    Man(ManArgs),
}
