//! The program: reads its arguments, does one command, and ends with the exit code of docs.

use std::process::ExitCode;

fn main() -> ExitCode {
    billsim::cli::main()
}
