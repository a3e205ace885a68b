//! What makes the program at home in a shell: completions and manual pages, made from the arguments themselves.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use super::args::{Args, CompletionsArgs, ManArgs};
use super::failure::{Failure, print};

/// Prints the completions of a shell.
///
/// # Errors
/// When they cannot be printed.
pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Args::command(), "billsim", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of the program, or writes those of all its commands.
///
/// # Errors
/// When they cannot be printed or written.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    let mut command = Args::command();
    command.build();
    let Some(folder) = &args.dir else { return print(&page(command)?) };
    let failed = |error: std::io::Error| Failure::System(format!("cannot write into {}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    let pages = pages(command, folder)?;
    print(&format!("wrote {pages} pages into {}\n", folder.display()))
}

/// Writes the pages of a command and of those below it; tells how many.
fn pages(command: clap::Command, folder: &Path) -> Result<usize, Failure> {
    let mut written = 1;
    let path = folder.join(format!("{}.1", command.get_display_name().unwrap_or(command.get_name())));
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        written += pages(below.clone(), folder)?;
    }
    let failed = |error: std::io::Error| Failure::System(format!("cannot write {}: {error}", path.display()));
    fs::write(&path, page(command)?).map_err(failed)?;
    Ok(written)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut page = vec![];
    let made = clap_mangen::Man::new(command).render(&mut page);
    made.map_err(|error| Failure::System(format!("cannot make the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
