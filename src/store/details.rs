//! The tables that grow with the number of accounts, together. Must not know what is run, nor whether it is a part or the whole.

use std::path::Path;

use crate::plan::Plan;
use crate::record::{AccountRow, BillRow, EventRow, Rows, Wanted};
use crate::tables::{ACCOUNT_SPAN, ACCOUNTS, BILLS, DETAIL_SPAN, EVENTS, Format, SpanWriter, TableError};

/// Writers of those that are wanted.
pub(super) struct Details {
    accounts: Option<SpanWriter<AccountRow>>,
    bills: Option<SpanWriter<BillRow>>,
    events: Option<SpanWriter<EventRow>>,
}

impl Details {
    pub fn create(path: &Path, formats: &[Format], wanted: Wanted) -> Result<Details, TableError> {
        Ok(Details {
            accounts: wanted
                .accounts
                .then(|| SpanWriter::create(&ACCOUNTS, path, formats, ACCOUNT_SPAN))
                .transpose()?,
            bills: wanted.bills.then(|| SpanWriter::create(&BILLS, path, formats, DETAIL_SPAN)).transpose()?,
            events: wanted.events.then(|| SpanWriter::create(&EVENTS, path, formats, DETAIL_SPAN)).transpose()?,
        })
    }

    /// Takes the rows of accounts that end before the account number `end`.
    pub fn push(&mut self, plan: &Plan, rows: Rows, end: u64) -> Result<(), TableError> {
        if let Some(accounts) = &mut self.accounts {
            accounts.push(plan, rows.accounts, end)?;
        }
        if let Some(bills) = &mut self.bills {
            bills.push(plan, rows.bills, end)?;
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
        self.events.as_mut().map_or(Ok(()), |writer| writer.flush(plan))
    }

    /// Closes the files.
    pub fn finish(self, plan: &Plan) -> Result<(), TableError> {
        self.accounts.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.bills.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.events.map_or(Ok(()), |writer| writer.finish(plan))
    }
}
