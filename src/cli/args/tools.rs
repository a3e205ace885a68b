//! Arguments of the commands that play nothing: a start, schemas, and what a shell wants.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use clap_complete::Shell;

#[derive(Debug, ClapArgs)]
pub struct InitArgs {
    /// The folder; it is made if it is not there
    #[arg(default_value = ".")]
    pub dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub struct SchemaArgs {
    /// Of which files
    #[arg(default_value = "scenario")]
    pub of: Kind,
}

/// What a TOML file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Customers, with the books and the policy they meet
    Scenario,
    /// A price book
    Book,
    /// An account policy
    Account,
    /// A study for sweep and optimize
    Study,
}

#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

#[derive(Debug, ClapArgs)]
pub struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
