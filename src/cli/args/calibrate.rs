//! The arguments of `billsim calibrate`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::shared::{Charts, Threads, seed};

#[derive(Debug, ClapArgs)]
pub struct CalibrateArgs {
    /// CSV or Parquet with the columns account, date (or timestamp), meter, quantity; product if need be
    #[arg(long, value_name = "FILE")]
    pub usage: PathBuf,
    /// Id of the product, where the file has several or none
    #[arg(long, value_name = "ID")]
    pub product: Option<String>,
    /// Id of the meter [default: all of the product, with their shares]
    #[arg(long, value_name = "ID")]
    pub meter: Option<String>,
    /// Keep the last days out of the fit, and hold its worlds against them
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    pub hold_out: u16,
    /// Write the segment, the numbers and charts into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub charts: Charts,
    /// Seed of the worlds that are drawn, and of the scenario that is written
    #[arg(long, default_value = "1", value_parser = seed)]
    pub seed: u64,
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
