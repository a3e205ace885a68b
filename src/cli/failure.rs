//! How a command fails: whose fault it is, what is said, and the exit code.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use crate::text::{Problems, Sources};

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// A difference was found, or a guard holds. Exit 1.
    Difference(String),
    /// Mistakes in what the user wrote, with their places. Exit 2.
    Input(Problems, Box<Sources>),
    /// A mistake in the arguments or their combination. Exit 2.
    Usage(String),
    /// Disk, memory or a bug. Exit 3.
    System(String),
    /// Ctrl-C. Exit 130.
    Interrupted(String),
    /// Nobody reads our output any more. Exit 0, as every filter does.
    ClosedPipe,
}

impl Failure {
    /// Says it on the error stream.
    pub fn report(&self) {
        let text = match self {
            Failure::Input(problems, sources) => {
                let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
                let count = match problems.len() {
                    1 => "1 mistake".to_owned(),
                    n => format!("{n} mistakes"),
                };
                format!("{}\n\n{count}; nothing was written", problems.render(sources, colour))
            }
            Failure::Usage(text) | Failure::System(text) => format!("error: {text}"),
            Failure::Difference(text) | Failure::Interrupted(text) => text.clone(),
            Failure::ClosedPipe => return,
        };
        // If even the error stream is closed, the exit code still tells.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// The same, saying of which of several scenarios; mistakes have their place already.
    pub fn of(self, scenario: &str) -> Failure {
        match self {
            Failure::Usage(text) => Failure::Usage(format!("{scenario}: {text}")),
            other => other,
        }
    }

    /// The code the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Difference(_) => ExitCode::from(1),
            Failure::Input(..) | Failure::Usage(_) => ExitCode::from(2),
            Failure::System(_) => ExitCode::from(3),
            Failure::Interrupted(_) => ExitCode::from(130),
            Failure::ClosedPipe => ExitCode::SUCCESS,
        }
    }
}

/// Prints to the standard output.
///
/// # Errors
/// When it is closed or full.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::System(format!("cannot write to the standard output: {error}")),
    })
}
