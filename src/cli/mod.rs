//! The command line: arguments in, text and exit codes out. Nobody imports it but `main`.

mod args;
mod baseline;
mod baseline_account;
mod baseline_report;
mod calibrate;
mod compare;
mod explain;
mod failure;
mod guards;
mod init;
mod inspect;
mod merge;
mod optimize;
mod present;
mod present_comparison;
mod present_run;
mod rate;
mod reconcile;
mod run;
mod schema;
mod shell;
mod sweep;

use std::process::ExitCode;

use clap::Parser;
use failure::Failure;

use args::{Args, Command};

/// Does what the arguments say. The only place that decides an exit code.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let command = || match args.command {
        Command::Init(args) => init::init(&args),
        Command::Run(args) => run::run(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Sweep(args) => sweep::sweep(&args),
        Command::Optimize(args) => optimize::optimize(&args),
        Command::Baseline(command) => baseline::baseline(&command),
        Command::Rate(args) => rate::rate(&args),
        Command::Reconcile(args) => reconcile::reconcile(&args),
        Command::Calibrate(args) => calibrate::calibrate(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    };
    // A panic is a bug of ours; whoever scripts the program still gets the exit code that says so.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(command)).unwrap_or_else(|_| {
        Err(Failure::System("this is a bug in billsim: please report it with the text above".to_owned()))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}
