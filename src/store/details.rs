//! The tables of a run folder that grow with the number of accounts.

use super::folder::RunFolder;
use super::save::{Options, SaveError};
use crate::plan::Plan;
use crate::record::{AccountRow, BillRow, EventRow, MovedRow, Recording, Rows, UsedRow, Wanted};
use crate::tables::{ACCOUNT_SPAN, ACCOUNTS, BILLS, DETAIL_SPAN, EVENTS, Format, MOVED, SpanWriter, TableError, USED};

/// Their writers.
pub(super) struct Details<'p> {
    wanted: Wanted,
    accounts: Option<SpanWriter<AccountRow>>,
    bills: Option<SpanWriter<BillRow>>,
    events: Option<SpanWriter<EventRow>>,
    recording: Option<(Recording<'p>, SpanWriter<UsedRow>, SpanWriter<MovedRow>)>,
}

impl<'p> Details<'p> {
    pub(super) fn create(plan: &'p Plan, folder: &RunFolder, options: &Options) -> Result<Details<'p>, SaveError> {
        let (path, formats, wanted) = (folder.path(), options.formats.as_slice(), options.wanted);
        let recording = options.usage.then(|| {
            let usage = SpanWriter::create(&USED, path, formats, DETAIL_SPAN)?;
            let ledger = SpanWriter::create(&MOVED, path, &[Format::Csv], DETAIL_SPAN)?;
            Ok::<_, SaveError>((Recording::new(plan)?, usage, ledger))
        });
        Ok(Details {
            wanted,
            accounts: wanted
                .accounts
                .then(|| SpanWriter::create(&ACCOUNTS, path, formats, ACCOUNT_SPAN))
                .transpose()?,
            bills: wanted.bills.then(|| SpanWriter::create(&BILLS, path, formats, DETAIL_SPAN)).transpose()?,
            events: wanted.events.then(|| SpanWriter::create(&EVENTS, path, formats, DETAIL_SPAN)).transpose()?,
            recording: recording.transpose()?,
        })
    }

    /// The rows that the next replication must bring.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted { events: self.wanted.events || self.recording.is_some(), ..self.wanted }
    }

    pub(super) fn push(&mut self, plan: &Plan, rows: Rows, end: u64) -> Result<(), TableError> {
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

    /// Ends a replication: a span never holds two of them.
    pub(super) fn flush(&mut self, plan: &Plan) -> Result<(), TableError> {
        self.accounts.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        self.bills.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        self.events.as_mut().map_or(Ok(()), |writer| writer.flush(plan))?;
        // Usage and ledger are of the first one.
        let Some((_, usage, ledger)) = self.recording.take() else { return Ok(()) };
        usage.finish(plan)?;
        ledger.finish(plan)
    }

    pub(super) fn finish(self, plan: &Plan) -> Result<(), TableError> {
        self.accounts.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.bills.map_or(Ok(()), |writer| writer.finish(plan))?;
        self.events.map_or(Ok(()), |writer| writer.finish(plan))
    }
}
