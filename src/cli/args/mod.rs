//! The arguments, as clap reads them: a file for what changes together.

mod baseline;
mod read;
mod run;
mod shared;
mod shell;
mod study;

use clap::{Parser, Subcommand};

pub use baseline::{BaselineCommand, CheckArgs, RecordArgs};
pub use read::{ExplainArgs, InspectArgs};
pub use run::RunArgs;
pub use shared::compiled;
pub use shell::{CompletionsArgs, ManArgs};
pub use study::{CompareArgs, StudyArgs};

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
