//! Gathers rows in any order and puts them in order. Must not know which file format they come from.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Cell, Named, Usage};
use crate::units::Seconds;

/// A row of a usage file.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Name of the account.
    pub account: &'a str,
    /// The day.
    pub date: Date,
    /// Second of the day, where the file tells it.
    pub second: Option<Seconds>,
    /// Id of the product, where the file tells it.
    pub product: Option<&'a str>,
    /// Id of the meter.
    pub meter: &'a str,
    /// Which of the account's applications, where the file tells it; all of them together make the account's usage.
    pub application: &'a str,
    /// Raw units.
    pub quantity: u64,
    /// Line of the file, for messages.
    pub line: u64,
}

/// Most meters that a file may name: books have few, and a wrong column has many.
const MOST_METERS: usize = 1_000;

/// Rows so far.
#[derive(Debug, Default)]
pub struct Collector {
    accounts: Names,
    applications: Names,
    meters: Vec<(Named, u64)>,
    rows: Vec<Cell>,
}

/// Names and their numbers.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<Box<str>, u32>,
    /// The name that was asked for last, which most rows share with the row before them.
    last: Option<(Box<str>, u32)>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some((last, number)) = &self.last
            && **last == *name
        {
            return *number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => *self.numbers.entry(name.into()).or_insert(next),
        };
        self.last = Some((name.into(), number));
        number
    }
}

/// Why rows make no usage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRows {
    /// The same account, meter, day, second and application twice.
    #[error("line {1} is about the same account, meter, day and application as line {0}")]
    Duplicate(u64, u64),
    /// Too many meters.
    #[error("up to line {0} it names more than {MOST_METERS} meters")]
    Meters(u64),
    /// The units of an account's day do not fit.
    #[error("the units of line {0} and of those before it on that day are too many")]
    TooMany(u64),
}

impl Collector {
    /// Takes a row.
    pub fn add(&mut self, row: &Row<'_>) {
        let named = |known: &(Named, u64)| known.0.meter == row.meter && known.0.product.as_deref() == row.product;
        let meter = self.meters.iter().position(named).unwrap_or_else(|| {
            if self.meters.len() > MOST_METERS {
                return MOST_METERS;
            }
            let named = Named { product: row.product.map(str::to_owned), meter: row.meter.to_owned() };
            self.meters.push((named, row.line));
            self.meters.len() - 1
        });
        self.rows.push(Cell {
            account: self.accounts.number(row.account),
            date: row.date,
            second: row.second.and_then(|second| i32::try_from(second).ok()).unwrap_or(-1),
            meter: u32::try_from(meter).unwrap_or(u32::MAX),
            application: self.applications.number(row.application),
            line: u32::try_from(row.line).unwrap_or(u32::MAX),
            units: row.quantity,
        });
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows in order; the applications of an account are added up.
    ///
    /// # Errors
    /// [`BadRows`] with the first lines, in the order of the accounts, that cannot be right.
    pub fn finish(mut self, file: String, digest: String) -> Result<Usage, BadRows> {
        if let Some((_, line)) = self.meters.get(MOST_METERS) {
            return Err(BadRows::Meters(*line));
        }
        let mut names: Vec<(Box<str>, u32)> = std::mem::take(&mut self.accounts.numbers).into_iter().collect();
        names.sort_unstable();
        let mut ranks = vec![0; names.len()];
        for (rank, (_, number)) in (0..).zip(&names) {
            ranks[*number as usize] = rank;
        }
        self.rows.iter_mut().for_each(|row| row.account = ranks[row.account as usize]);
        self.rows.sort_unstable();
        let starts = self.add_up()?;
        let accounts = names.into_iter().map(|(name, _)| name.into_string()).collect();
        Ok(Usage { file, digest, accounts, starts, cells: self.rows, meters: self.meters })
    }

    /// Adds up the applications of sorted rows, in their place: millions of them are not kept twice. Returns where the rows of each
    /// account begin, and where the last ones end.
    fn add_up(&mut self) -> Result<Vec<usize>, BadRows> {
        let (mut kept, mut starts): (usize, Vec<usize>) = (0, vec![]);
        for next in 0..self.rows.len() {
            let row = self.rows[next];
            while starts.len() <= row.account as usize {
                starts.push(kept);
            }
            let key = |cell: &Cell| (cell.account, cell.date, cell.second, cell.meter);
            let before = self.rows[..kept].last_mut().filter(|before| key(before) == key(&row));
            if let Some(before) = before {
                if before.application == row.application {
                    return Err(BadRows::Duplicate(u64::from(before.line), u64::from(row.line)));
                }
                before.units = before.units.checked_add(row.units).ok_or(BadRows::TooMany(u64::from(row.line)))?;
                (before.application, before.line) = (row.application, row.line);
            } else {
                self.rows[kept] = row;
                kept += 1;
            }
        }
        self.rows.truncate(kept);
        starts.push(kept);
        Ok(starts)
    }
}
