//! The tables that grow with the number of accounts, together. Must not know what is run, nor whether it is a part or the whole.

use std::path::Path;

use super::save::SaveError;
use crate::plan::Plan;
use crate::record::{AccountRow, BillRow, EventRow, MovedRow, Recording, Rows, UsedRow, Wanted};
use crate::tables::{ACCOUNT_SPAN, ACCOUNTS, BILLS, DETAIL_SPAN, EVENTS, Format, MOVED, SpanWriter, TableError, USED};

/// Writers of those that are wanted.
pub(super) struct Details<'p> {
    wanted: Wanted,
    accounts: Option<SpanWriter<AccountRow>>,
    bills: Option<SpanWriter<BillRow>>,
    events: Option<SpanWriter<EventRow>>,
    recording: Option<(Recording<'p>, SpanWriter<UsedRow>, SpanWriter<MovedRow>)>,
}

impl<'p> Details<'p> {
    pub fn create(path: &Path, formats: &[Format], wanted: Wanted) -> Result<Details<'p>, TableError> {
        Ok(Details {
            wanted,
            accounts: wanted
                .accounts
                .then(|| SpanWriter::create(&ACCOUNTS, path, formats, ACCOUNT_SPAN))
                .transpose()?,
            bills: wanted.bills.then(|| SpanWriter::create(&BILLS, path, formats, DETAIL_SPAN)).transpose()?,
            events: wanted.events.then(|| SpanWriter::create(&EVENTS, path, formats, DETAIL_SPAN)).transpose()?,
            recording: None,
        })
    }

    /// The same with usage file and ledger of the first replication, of a whole run only.
    pub fn with_usage(self, plan: &'p Plan, path: &Path, formats: &[Format]) -> Result<Details<'p>, SaveError> {
        let usage = SpanWriter::create(&USED, path, formats, DETAIL_SPAN)?;
        let ledger = SpanWriter::create(&MOVED, path, &[Format::Csv], DETAIL_SPAN)?;
        Ok(Details { recording: Some((Recording::new(plan)?, usage, ledger)), ..self })
    }

    /// The rows that the next replication must bring.
    pub fn wanted(&self) -> Wanted {
        Wanted { events: self.wanted.events || self.recording.is_some(), ..self.wanted }
    }

    /// Takes the rows of accounts that end before the account number `end`.
    pub fn push(&mut self, plan: &Plan, rows: Rows, end: u64) -> Result<(), TableError> {
        if let Some(accounts) = &mut self.accounts {
            accounts.push(plan, rows.accounts, end)?;
        }
        if let Some(bills) = &mut self.bills {
            bills.push(plan, rows.bills, end)?;
        }
        if let Some((recording, usage, ledger)) = &mut self.recording {
            let (used, moved) = recording.rows(&rows.events);
            usage.push(plan, used, end)?;
            ledger.push(plan, moved, end)?;
        }
        if let Some(events) = &mut self.events {
            events.push(plan, rows.events, end)?;
        }
        Ok(())
    }

    /// Takes the tables of a part, which ends before the account number `end`.
    pub fn append(&mut self, part: &Path, end: u64) -> Result<(), TableError> {
        self.accounts.as_mut().map_or(Ok(()), |writer| writer.append(part, end))?;
        self.bills.as_mut().map_or(Ok(()), |writer| writer.append(part, end))?;
        self.events.as_mut().map_or(Ok(()), |writer| writer.append(part, end))
    }

    /// Ends a replication: a span never holds two.
    pub fn flush(&mut self, plan: &Plan) -> Result<(), TableError> {
        self.accounts.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        self.bills.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        self.events.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        // Usage and ledger are of the first one.
        let Some((_, usage, ledger)) = self.recording.take() else { return Ok(()) };
        usage.finish(plan)?;
        ledger.finish(plan)
    }

    /// Closes the files.
    pub fn finish(self, plan: &Plan) -> Result<(), TableError> {
        self.accounts.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.bills.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.events.map_or(Ok(()), |writer| writer.finish(plan))
    }
}
