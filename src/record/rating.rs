//! What bills a usage file brings: its lines added up while they are made. Knows no file format.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use super::bill_rows::{BillRow, LineKind};
use super::recorder::Wanted;
use super::run::{RunError, run};
use crate::book::{BillEvery, Book, Period};
use crate::engine::Chunk;
use crate::plan::{Demand, Plan};
use crate::units::{Day, Total};

/// Lines of one kind together: product, meter, and what they are for.
pub type Kind = (usize, usize, LineKind);

/// Units and amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineTotal {
    /// Units of the lines.
    pub units: u64,
    /// Their exact amounts.
    pub amount: Total,
}

/// All bills of a usage file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rating {
    /// Accounts of the file.
    pub accounts: u64,
    /// Rows of the file.
    pub rows: u64,
    /// Last day that is billed.
    pub last: Day,
    /// Bills.
    pub bills: u64,
    /// Their exact amounts.
    pub billed: Total,
    /// Their amounts after rounding.
    pub due: Total,
    /// Cash paid for packages.
    pub purchased: Total,
    /// Lines by kind.
    pub lines: BTreeMap<Kind, LineTotal>,
    /// Raw units of rows before the activation.
    pub unintegrated: u64,
    /// Raw units of rows in a time in which the service was suspended by the rules.
    pub refused: u64,
}

/// Rates the usage of a plan whose one segment is recorded; the lines of each chunk go to `sink` in order.
///
/// # Errors
/// An amount that does not fit, what `sink` says, or that `stop` was set.
pub fn rate<E: Send>(
    plan: &Plan,
    threads: usize,
    stop: &AtomicBool,
    mut sink: impl FnMut(&Chunk, Vec<BillRow>) -> Result<(), E>,
) -> Result<Rating, RunError<E>> {
    let last: Vec<Day> = plan.books.iter().map(|book| last_day(plan, book)).collect();
    let recorded = plan.segments[0].uses.iter().find_map(|used| match &used.demand {
        Demand::Recorded(recorded) => Some(recorded),
        _ => None,
    });
    let mut rating = Rating {
        accounts: plan.accounts(),
        rows: recorded.map_or(0, |recorded| recorded.usage().rows() as u64),
        last: last.iter().copied().max().unwrap_or(0),
        ..Rating::default()
    };
    let wanted = Wanted { bills: true, ..Wanted::default() };
    let summary = run(plan, 0, wanted, threads, stop, |chunk, mut rows| {
        // The horizon is longer than the usage, so that its last bill comes: what days after it bring is not of the file.
        rows.bills.retain(|row| row.line.day <= last[row.line.product]);
        rating.add(&rows.bills);
        sink(chunk, rows.bills)
    })?;
    for segment in &summary.segments {
        rating.purchased += segment.money_total().purchased;
        for day in segment.uses.iter().flat_map(|used| &used.meters).flat_map(|meter| &meter.usage) {
            rating.unintegrated += day.unintegrated;
            rating.refused += day.refused;
        }
    }
    Ok(rating)
}

/// The last day of the usage, or of its month where the month has a bill, a minimum or a rounding of its own.
fn last_day(plan: &Plan, book: &Book) -> Day {
    let by_month = book.bill_every == BillEvery::Month
        || book.meters.iter().any(|meter| meter.counter == Period::Month || meter.rounding == Period::Month);
    let date = plan.segments[0].uses.iter().find_map(|used| match &used.demand {
        Demand::Recorded(recorded) => recorded.usage().dates().map(|(_, last)| last),
        _ => None,
    });
    let date = date.map(|date| if by_month { date.last_of_month() } else { date });
    date.and_then(|date| Day::try_from(plan.calendar.days_to(date)).ok()).unwrap_or(0)
}

impl Rating {
    fn add(&mut self, rows: &[BillRow]) {
        for bill in rows.chunk_by(|a, b| (a.index, a.issued, a.line.product) == (b.index, b.issued, b.line.product)) {
            self.bills += 1;
            self.billed += bill[0].bill_amount;
            self.due += bill[0].bill_due;
            for row in bill {
                let total = self.lines.entry((row.line.product, row.line.meter, row.line.kind)).or_default();
                total.units = total.units.saturating_add(row.line.units);
                total.amount += row.line.amount;
            }
        }
    }
}
