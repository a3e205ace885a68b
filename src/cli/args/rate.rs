//! The arguments of `billsim rate` and `billsim reconcile`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::run::TableFormat;
use super::shared::Threads;
use crate::scenario::{Files, Overrides};
use crate::tables::{Format, read_parquet};
use crate::units::Money;

/// Whose usage, at which prices.
#[derive(Clone, Debug, ClapArgs)]
pub struct FileArgs {
    /// The price book, or one for each product of the usage
    #[arg(required = true, value_name = "BOOK")]
    pub books: Vec<PathBuf>,
    /// CSV or Parquet with the columns account, date (or timestamp), meter, quantity; product and application if need be
    #[arg(long, value_name = "FILE")]
    pub usage: PathBuf,
    /// CSV with the columns account, instant, kind, amount: activations, purchases, switches, top-ups, opening balances and quotas
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// The account policy; every key of it has a default
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Change one value: books.PRODUCT.KEY, account.KEY, or a key of the segment `accounts`, such as
    /// segments.accounts.products.PRODUCT.discount
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
}

impl FileArgs {
    /// The files.
    pub fn files(&self) -> Files {
        Files {
            books: self.books.clone(),
            usage: self.usage.clone(),
            ledger: self.ledger.clone(),
            policy: self.policy.clone(),
        }
    }

    /// What the options change.
    pub fn overrides(&self) -> Overrides {
        Overrides { set: self.set.clone(), parquet: Some(read_parquet), ..Overrides::default() }
    }
}

#[derive(Debug, ClapArgs)]
pub struct RateArgs {
    #[command(flatten)]
    pub files: FileArgs,
    /// Tell one account's whole story instead
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["out", "json", "quiet"])]
    pub explain: Option<String>,
    /// Write the bill lines and their totals into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Formats of the bill lines
    #[arg(long, value_delimiter = ',', default_value = "csv")]
    format: Vec<TableFormat>,
    #[command(flatten)]
    pub threads: Threads,
    /// Replace the folder if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print the totals as JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

impl RateArgs {
    /// Formats of the bill lines, each once.
    pub fn formats(&self) -> Vec<Format> {
        TableFormat::chosen(&self.format)
    }
}

#[derive(Debug, ClapArgs)]
pub struct ReconcileArgs {
    #[command(flatten)]
    pub files: FileArgs,
    /// CSV with the columns account, date (the day that is billed), amount (as deducted); product if need be
    #[arg(long, value_name = "FILE")]
    pub invoices: PathBuf,
    /// Amounts that are no further apart are the same
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = amount)]
    pub tolerance: Money,
    /// Write every difference with its cause into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub threads: Threads,
    /// Replace the folder if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

fn amount(text: &str) -> Result<Money, String> {
    match Money::parse(text) {
        Ok(amount) if amount >= Money::ZERO => Ok(amount),
        _ => Err("expected an amount such as 0.01, not below zero".to_owned()),
    }
}
