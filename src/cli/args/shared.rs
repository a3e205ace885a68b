//! Arguments that several commands take.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};

use crate::charts;
use crate::cli::failure::Failure;
use crate::plan::{Plan, compile};
use crate::scenario::{Overrides, load};
use crate::text::Sources;

/// Which scenario, and what is changed in it.
#[derive(Clone, Debug, ClapArgs)]
pub struct ScenarioArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// Change one value of the scenario, its books or its policy; list elements go by id or index
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random draws
    #[arg(long, value_parser = seed)]
    pub seed: Option<u64>,
    /// Days of the horizon
    #[arg(long, value_parser = whole)]
    pub days: Option<u64>,
    /// Total number of accounts; every segment is scaled
    #[arg(long, value_parser = whole)]
    pub accounts: Option<u64>,
}

impl ScenarioArgs {
    /// Reads, checks and compiles the scenario.
    ///
    /// # Errors
    /// All mistakes that were found.
    pub fn plan(&self) -> Result<Plan, Failure> {
        self.plan_with(None)
    }

    /// The same with another number of accounts.
    pub fn with_accounts(&self, accounts: u64) -> ScenarioArgs {
        ScenarioArgs { accounts: Some(accounts), ..self.clone() }
    }

    /// The same with a number of replications, where one is given.
    ///
    /// # Errors
    /// All mistakes that were found.
    pub fn plan_with(&self, replications: Option<u64>) -> Result<Plan, Failure> {
        compiled(&self.scenario, &self.overrides(replications))
    }

    /// What the options change.
    pub fn overrides(&self, replications: Option<u64>) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            days: self.days,
            accounts: self.accounts,
            replications,
            ..Overrides::default()
        }
    }
}

/// Reads, checks and compiles a scenario.
///
/// # Errors
/// All mistakes that were found.
pub fn compiled(path: &Path, overrides: &Overrides) -> Result<Plan, Failure> {
    let mut sources = Sources::default();
    match load(path, overrides, &mut sources) {
        Ok(scenario) => Ok(compile(&scenario)),
        Err(problems) => Err(Failure::Input(problems, Box::new(sources))),
    }
}

/// On how many threads.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Threads {
    /// Worker threads [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    /// Worker threads.
    pub fn count(self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, usize::from)
    }
}

/// Which charts.
#[derive(Debug, ClapArgs)]
pub struct Charts {
    /// Formats of the charts
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    charts: Vec<ChartFormat>,
}

impl Charts {
    /// Formats of the charts, each once.
    ///
    /// # Errors
    /// When `none` stands beside a format.
    pub fn formats(&self) -> Result<Vec<charts::Format>, Failure> {
        let pairs = [(ChartFormat::Svg, charts::Format::Svg), (ChartFormat::Png, charts::Format::Png)];
        let formats: Vec<charts::Format> =
            pairs.into_iter().filter(|(format, _)| self.charts.contains(format)).map(|(_, format)| format).collect();
        if self.charts.contains(&ChartFormat::None) && !formats.is_empty() {
            return Err(Failure::Usage("--charts none goes with no other format".to_owned()));
        }
        Ok(formats)
    }
}

/// Formats of the charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChartFormat {
    Svg,
    Png,
    /// No charts
    None,
}

/// A seed as TOML can hold it.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    let whole = text.replace('_', "").parse().ok().filter(|seed| i64::try_from(*seed).is_ok());
    whole.ok_or_else(|| format!("expected a whole number from 0 to {}", i64::MAX))
}

/// A number of days or accounts; the scenario says which ones it can have.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    text.replace('_', "").parse().map_err(|_| "expected a whole number".to_owned())
}
