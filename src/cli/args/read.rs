//! Arguments of the commands that only tell: what a scenario is, and what became of one account.

use clap::Args as ClapArgs;
use jiff::civil::Date;

use super::shared::ScenarioArgs;

#[derive(Debug, ClapArgs)]
pub struct InspectArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Print the fully resolved scenario, every default written out
    #[arg(long)]
    pub resolved: bool,
}

#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Which account: its segment's id and its index in it, from 0
    #[arg(long, value_name = "SEGMENT/INDEX")]
    pub account: String,
    /// First date to tell of; what a day brought is told at 00:00:00 of the next [default: the first]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<Date>,
    /// Last date to tell of [default: the last]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Option<Date>,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "expected a date such as 2026-01-31".to_owned())
}
