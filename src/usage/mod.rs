//! Real usage as files bring it: who used how much of which meter and when, and what moved in their ledgers. Must not know what a
//! meter costs.

mod collect;
mod csv;
mod fields;
mod invoices;
mod ledger;

pub use collect::{BadRows, Collector, Row};
pub use csv::{COLUMNS, MOST_NAME, MOST_UNITS, read_usage};
pub use invoices::{Invoice, read_invoices};
pub use ledger::{Ledger, Movement, MovementKind, read_ledger};

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::units::{DAY, Seconds};

/// Reads the rows of a Parquet file into a collector; an error is a sentence without a full stop.
pub type ReadParquet = fn(&Path, &mut Collector) -> Result<(), String>;

/// All rows of a usage file, in the order of accounts, dates, seconds and meters.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// The file as it was named.
    pub file: String,
    /// BLAKE3 digest of its bytes, 64 hexadecimal digits.
    pub digest: String,
    /// Names of the accounts, sorted.
    pub accounts: Vec<String>,
    /// Where the cells of each account begin, and after the last one where they end.
    starts: Vec<usize>,
    cells: Vec<Cell>,
    /// What the rows count, each with the line on which it is named first.
    pub meters: Vec<(Named, u64)>,
}

/// A meter as a file names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// Id of its product; `None` where the file has no such column.
    pub product: Option<String>,
    /// Id of the meter.
    pub meter: String,
}

/// What an account used of a meter on a day, or from a second of it on. There may be many millions: nothing in it is wider than it
/// needs to be. The fields in their order are the order of the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    account: u32,
    /// The day, in the billing offset.
    pub date: Date,
    /// −1: none.
    second: i32,
    meter: u32,
    application: u32,
    line: u32,
    /// Raw units.
    pub units: u64,
}

impl Cell {
    /// Second of the day; `None`: at any time of it.
    pub fn second(&self) -> Option<Seconds> {
        (self.second >= 0).then_some(Seconds::from(self.second))
    }

    /// Index in [`Usage::meters`].
    pub fn meter(&self) -> usize {
        self.meter as usize
    }
}

impl PartialEq for Usage {
    /// The same bytes.
    fn eq(&self, other: &Usage) -> bool {
        self.digest == other.digest
    }
}

impl Usage {
    /// The cells of an account, by date, second and meter.
    pub fn of(&self, account: usize) -> &[Cell] {
        &self.cells[self.starts[account]..self.starts[account + 1]]
    }

    /// First and last date; `None` without rows.
    pub fn dates(&self) -> Option<(Date, Date)> {
        let first = self.cells.iter().map(|cell| cell.date).min()?;
        Some((first, self.cells.iter().map(|cell| cell.date).max()?))
    }

    /// The same of some accounts, given in rising order.
    pub fn only(&self, accounts: &[usize]) -> Usage {
        let (mut cells, mut starts) = (vec![], vec![0]);
        for (number, account) in (0..).zip(accounts) {
            cells.extend(self.of(*account).iter().map(|cell| Cell { account: number, ..*cell }));
            starts.push(cells.len());
        }
        let names = accounts.iter().map(|account| self.accounts[*account].clone()).collect();
        Usage { accounts: names, starts, cells, ..self.renamed() }
    }

    /// The same as if the days began so many hours later; rows without an instant stay.
    pub fn shifted(&self, hours: i64) -> Usage {
        let cells = self.cells.iter().map(|cell| {
            let Some(second) = cell.second() else { return *cell };
            let moved = second - hours * 3_600;
            let days = i32::try_from(moved.div_euclid(DAY)).unwrap_or(0).days();
            let date = cell.date.checked_add(days).unwrap_or(cell.date);
            Cell { date, second: i32::try_from(moved.rem_euclid(DAY)).unwrap_or(0), ..*cell }
        });
        Usage { cells: cells.collect(), starts: self.starts.clone(), accounts: self.accounts.clone(), ..self.renamed() }
    }

    /// Its names, without accounts and rows.
    fn renamed(&self) -> Usage {
        Usage { file: self.file.clone(), digest: self.digest.clone(), meters: self.meters.clone(), ..Usage::default() }
    }

    /// Whether every row has an instant.
    pub fn is_timed(&self) -> bool {
        self.cells.iter().all(|cell| cell.second >= 0)
    }

    /// Rows, those of one cell taken together.
    pub fn rows(&self) -> usize {
        self.cells.len()
    }

    /// The account of this name.
    pub fn account(&self, name: &str) -> Option<usize> {
        self.accounts.binary_search_by(|known| known.as_str().cmp(name)).ok()
    }
}
