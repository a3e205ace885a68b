//! The exact baseline of a scenario: daily tables, a row of every account, and digests of the stories. Knows no files.

use std::sync::atomic::AtomicBool;

use super::sheet::{CellChange, Sheet};
use crate::plan::Plan;
use crate::record::{EventRow, RunError, Wanted, run};
use crate::tables::{ACCOUNTS, MONEY, MoneyRow, STATUS, StatusRow, USAGE, UsageRow, csv_text};
use crate::units::DAY;

/// A whole exact baseline.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The resolved scenario.
    pub scenario: String,
    /// Its tables by name: `usage`, `status`, `money`, `accounts`.
    pub sheets: Vec<(&'static str, Sheet)>,
}

/// What differs in one table.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Which table.
    pub sheet: &'static str,
    /// Its cells.
    pub cells: Vec<CellChange>,
}

/// The column of digests of events.
pub const STORY: &str = "story";

/// Names of the tables.
pub(super) const SHEETS: [&str; 4] = ["usage", "status", "money", "accounts"];

impl Baseline {
    /// Plays the first world of a plan.
    ///
    /// # Errors
    /// As of [`run`]; a text where a table could not be made.
    pub fn play(plan: &Plan, threads: usize, stop: &AtomicBool) -> Result<Baseline, RunError<String>> {
        let wanted = Wanted { accounts: true, events: true, ..Wanted::default() };
        let mut accounts = vec![];
        let mut stories = Stories::new(plan);
        let summary = run::<String>(plan, 0, wanted, threads, stop, |_, rows| {
            // Every account has events: its days close.
            rows.events.chunk_by(|one, next| one.index == next.index).for_each(|story| stories.add(story));
            accounts.extend(rows.accounts);
            Ok(())
        })?;
        let days = plan.calendar.days();
        let sheet = |text: Result<String, crate::tables::TableError>| -> Result<Sheet, RunError<String>> {
            let text = text.map_err(|error| RunError::Sink(error.to_string()))?;
            Sheet::parse(&text).ok_or_else(|| RunError::Sink("a table is no table".to_owned()))
        };
        let usage = sheet(csv_text(&USAGE, plan, &UsageRow::all(&summary, 0, days)))?;
        let status = sheet(csv_text(&STATUS, plan, &StatusRow::all(&summary, 0, days)))?;
        let money = sheet(csv_text(&MONEY, plan, &MoneyRow::all(&summary, 0, days)))?;
        let accounts = sheet(csv_text(&ACCOUNTS, plan, &accounts))?;
        let days =
            stories.days.iter().map(|chain| chain.map(|chain| chain.to_hex()[..16].to_owned()).unwrap_or_default());
        let (money, accounts) = (money.with_column(STORY, days), accounts.with_column(STORY, stories.accounts));
        let sheets = [usage, status, money, accounts].map(|sheet| sheet.compact());
        Ok(Baseline { scenario: plan.portable.clone(), sheets: SHEETS.into_iter().zip(sheets).collect() })
    }
}

/// Digests of events: of each account, and of each day and segment, so that a change that moves no number still has its day.
struct Stories {
    segments: usize,
    last: usize,
    /// The first 16 hexadecimal digits, in the order of the accounts.
    accounts: Vec<String>,
    /// By day, then segment: each event's hash includes the one before it.
    days: Vec<Option<blake3::Hash>>,
}

impl Stories {
    fn new(plan: &Plan) -> Stories {
        let (segments, days) = (plan.segments.len(), plan.calendar.days());
        Stories { segments, last: days.saturating_sub(1), accounts: vec![], days: vec![None; days * segments] }
    }

    /// The events of the next account.
    fn add(&mut self, story: &[EventRow]) {
        let mut whole = blake3::Hasher::new();
        for row in story {
            let line = format!("{} {:?}\n", row.at, row.event);
            whole.update(line.as_bytes());
            // What comes at the 24:00:00 of the last day has no later day.
            let day = usize::try_from(row.at / DAY).unwrap_or(0).min(self.last);
            let chain = &mut self.days[day * self.segments + row.segment];
            let mut hasher = blake3::Hasher::new();
            if let Some(before) = chain {
                hasher.update(before.as_bytes());
            }
            *chain = Some(hasher.update(line.as_bytes()).finalize());
        }
        self.accounts.push(whole.finalize().to_hex()[..16].to_owned());
    }
}

/// What differs, table by table; tables without a difference are left out.
pub fn differences(stored: &Baseline, now: &Baseline) -> Vec<Difference> {
    let pairs = stored.sheets.iter().zip(&now.sheets);
    let each = pairs.map(|((sheet, stored), (_, now))| Difference { sheet, cells: stored.changes(now) });
    each.filter(|difference| !difference.cells.is_empty()).collect()
}
