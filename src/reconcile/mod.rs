//! Bills of our rules against bills that were really sent: what differs, and which other reading of the rules explains it. Knows no
//! file format.

mod bills;
mod causes;
mod search;

pub use bills::{Bill, Bills, Difference, Key};
pub use causes::Cause;
pub use search::Found;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use crate::engine::Failure;
use crate::plan::{Plan, compile};
use crate::record::{RunError, TotalsTooLarge};
use crate::scenario::{Files, Material, Overrides};
use crate::text::{Problems, Sources};
use crate::units::{Money, Total};
use crate::usage::Invoice;

/// What is held against what.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The files of our bills.
    pub files: &'a Files,
    /// What they say.
    pub material: &'a Material,
    /// What is changed in them.
    pub overrides: &'a Overrides,
    /// Amounts that are no further apart are the same.
    pub tolerance: Money,
    /// Worker threads.
    pub threads: usize,
}

/// How the two sides compare.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    /// The plan of our bills.
    pub plan: Plan,
    /// Bills of ours.
    pub ours: u64,
    /// What they come to, as deducted.
    pub our_total: Total,
    /// Days with invoices; those of one account, product and day together.
    pub theirs: u64,
    /// What they come to.
    pub their_total: Total,
    /// Bills that agree.
    pub agree: u64,
    /// Bills that do not, by account and day.
    pub differences: Vec<Difference>,
    /// Invoices of accounts that the usage does not know: name and amount, by name.
    pub strangers: BTreeMap<String, Total>,
    /// Causes, each with the differences that it explains.
    pub found: Vec<Found>,
}

/// Why nothing was compared.
#[derive(Debug)]
pub enum Refusal {
    /// Mistakes in the files or in what is changed in them.
    Input(Problems, Box<Sources>),
    /// An invoice that cannot be held against a bill.
    Invoice(String),
    /// An amount did not fit.
    Account(Failure),
    /// A total did not fit.
    Totals(TotalsTooLarge),
    /// Somebody asked it to stop.
    Stopped,
}

impl From<RunError<std::convert::Infallible>> for Refusal {
    fn from(error: RunError<std::convert::Infallible>) -> Refusal {
        match error {
            RunError::Stopped => Refusal::Stopped,
            RunError::Account(failure) => Refusal::Account(failure),
            RunError::Totals(totals) => Refusal::Totals(totals),
            RunError::Sink(never) => match never {},
        }
    }
}

impl Question<'_> {
    /// The plan of some of the material, with further values set.
    fn plan(&self, material: &Material, set: &[String]) -> Result<Plan, Refusal> {
        let mut overrides = self.overrides.clone();
        overrides.set.extend(set.iter().cloned());
        let mut sources = Sources::default();
        match self.files.around(material, &overrides, &mut sources) {
            Ok(scenario) => Ok(compile(&scenario)),
            Err(problems) => Err(Refusal::Input(problems, Box::new(sources))),
        }
    }

    /// Holds our bills against the invoices and looks for causes.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn answer(&self, invoices: &[Invoice], stop: &AtomicBool) -> Result<Reconciliation, Refusal> {
        let plan = self.plan(self.material, &[])?;
        let ours = Bills::of(&plan, self.threads, stop)?;
        let (theirs, strangers) = Bills::sent(&plan, &self.material.usage, invoices).map_err(Refusal::Invoice)?;
        let differences = ours.against(&theirs, self.tolerance);
        let agree =
            ours.pairs(&theirs).filter(|(_, ours, theirs)| bills::close(*ours, *theirs, self.tolerance)).count();
        let found = search::causes(self, &plan, (&ours, &theirs), &differences, stop)?;
        Ok(Reconciliation {
            ours: ours.len() as u64,
            our_total: ours.total(),
            theirs: theirs.len() as u64,
            their_total: strangers.values().copied().chain([theirs.total()]).sum(),
            agree: agree as u64,
            differences,
            strangers,
            found,
            plan,
        })
    }
}

impl Reconciliation {
    /// Differences that no cause explains, invoices of strangers included.
    pub fn unknown(&self) -> usize {
        let explained: usize = self.found.iter().map(|found| found.explains.len()).sum();
        self.differences.len() - explained + self.strangers.len()
    }

    /// The cause of each difference, as an index into those found.
    pub fn cause_of(&self, difference: &Difference) -> Option<usize> {
        self.found.iter().position(|found| found.explains.binary_search(&difference.key).is_ok())
    }
}
