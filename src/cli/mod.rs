//! The command line: arguments in, text and exit codes out. Nobody imports it but `main`.

mod args;
mod explain;
mod failure;
mod inspect;
mod present;
mod run;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// Does what the arguments say. The only place that decides an exit code.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.command {
        Command::Run(args) => run::run(&args),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::Explain(args) => explain::explain(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}
