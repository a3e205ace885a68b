//! The first account that differs from a baseline, and what is told of it. Knows accounts by the rows of their table.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::explain;
use super::failure::Failure;
use super::present::counted;
use crate::baseline::{Baseline, CellChange, Difference, STORY, Sheet, Told, around, difference};
use crate::plan::{Plan, compile};
use crate::scenario::{Overrides, load_text};
use crate::text::Sources;
use crate::units::DAY;

/// Accounts whose stories are held against each other to find the one that differs first.
const LOOKED_AT: usize = 64;
/// Numbers of an account that are told in words.
const NUMBERS: usize = 8;

/// The first account that differs.
pub struct AccountChange {
    /// `SEGMENT/INDEX`
    id: String,
    accounts: usize,
    /// Column, kept and now.
    numbers: Vec<(String, String, String)>,
    /// What is kept of it, in whole.
    stored: Vec<(String, String)>,
    /// What differs in its story.
    story: Told,
    /// Its story now around the first day, where what was recorded can no longer be told.
    now: Vec<String>,
}

impl AccountChange {
    /// Looks for it; `folder` is that of the scenario, `first` is the first cell of the daily tables that differs.
    ///
    /// # Errors
    /// When an account cannot be played.
    pub fn of(
        (plan, folder): (&Plan, &Path),
        old: &Baseline,
        differences: &[Difference],
        first: Option<&CellChange>,
        same_program: bool,
    ) -> Result<Option<AccountChange>, Failure> {
        let Some(cells) = differences.iter().find(|d| d.sheet == "accounts").map(|d| &d.cells) else { return Ok(None) };
        let names: BTreeSet<&str> = cells.iter().map(|cell| cell.row.as_str()).collect();
        let mut order: Vec<&str> = cells.iter().map(|cell| cell.row.as_str()).collect();
        order.dedup();
        // The segment of the first day comes first, and each in the order of its accounts.
        let segment = first.and_then(|cell| cell.row.split(' ').nth(1)).unwrap_or_default();
        order.sort_by_key(|name| account_of(name).0 != segment);
        let recorded = if same_program { recorded(old, folder) } else { None };
        let mut earliest: Option<(&str, Told)> = None;
        for name in order.iter().take(LOOKED_AT) {
            let (id, index) = account_of(name);
            let before = recorded.as_ref().and_then(|plan| story(plan, id, index).ok());
            let told = match before {
                Some(before) => difference(&before, &story(plan, id, index)?),
                None => Told::default(),
            };
            // A story of which nothing that is told differs comes last.
            let at = |told: &Told| (told.at.is_none(), told.at.clone());
            if earliest.as_ref().is_none_or(|(_, first)| at(&told) < at(first)) {
                earliest = Some((name, told));
            }
        }
        let Some((name, told)) = earliest else { return Ok(None) };
        let (segment, index) = account_of(name);
        let now = match (&told.at, first.and_then(|cell| cell.date.as_deref())) {
            (None, Some(date)) => around(&story(plan, segment, index)?, date),
            _ => vec![],
        };
        let of_first = cells.iter().filter(|cell| cell.row == name && cell.column != STORY);
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let numbers = of_first.map(|cell| (cell.column.clone(), shown(&cell.stored), shown(&cell.now))).collect();
        let stored = old.sheets.iter().find(|(name, _)| *name == "accounts").map(|(_, sheet)| stored_of(sheet, name));
        let (id, stored) = (format!("{segment}/{index}"), stored.unwrap_or_default());
        Ok(Some(AccountChange { id, accounts: names.len(), numbers, stored, story: told, now }))
    }

    /// The date of the first line of its story that differs.
    fn first_day(&self) -> Option<&str> {
        self.story.at.as_deref().and_then(|at| at.split(' ').next())
    }

    /// In words, below the other differences.
    pub fn tell(&self, text: &mut String) {
        let from = self.first_day().map(|date| format!(", from {date} on")).unwrap_or_default();
        if self.accounts == 1 {
            text.push_str(&format!("  1 account differs: {}{from}\n", self.id));
        } else {
            text.push_str(&format!(
                "  {} differ; the first is {}{from}\n",
                counted(self.accounts as u64, "account"),
                self.id
            ));
        }
        for (column, stored, now) in self.numbers.iter().take(NUMBERS) {
            text.push_str(&format!("    {column}: {stored} → {now}\n"));
        }
        if self.numbers.len() > NUMBERS {
            text.push_str(&format!("    … and {}\n", counted((self.numbers.len() - NUMBERS) as u64, "more number")));
        }
        if !self.story.lines.is_empty() {
            text.push_str("    its story: - as recorded, + now\n");
        } else if !self.now.is_empty() {
            text.push_str("    its story now; this program no longer tells the recorded one:\n");
        }
        for line in self.story.lines.iter().chain(&self.now) {
            text.push_str(&format!("      {line}\n"));
        }
        if self.story.more > 0 {
            let lines = counted(self.story.more as u64, "more line");
            text.push_str(&format!("      … and {lines} of what differs\n"));
        }
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let stored = self.stored.iter().map(|(column, value)| (column.clone(), json!(value))).collect();
        json!({
            "account": self.id,
            "accounts_that_differ": self.accounts,
            "first_day": self.first_day(),
            "stored": Value::Object(stored),
            "changes": self.numbers.iter().map(|(c, a, b)| json!({ "metric": c, "stored": a, "now": b })).collect::<Value>(),
            "story": self.story.lines,
            "more_lines_that_differ": self.story.more,
            "story_now": self.now,
        })
    }
}

/// Segment and index of a row of the accounts.
fn account_of(name: &str) -> (&str, u64) {
    let (segment, index) = name.rsplit_once(' ').unwrap_or((name, "0"));
    (segment, index.parse().unwrap_or(0))
}

fn stored_of(sheet: &Sheet, name: &str) -> Vec<(String, String)> {
    let row = sheet.rows.iter().find(|row| sheet.name_of(row) == name);
    row.map(|row| sheet.header.iter().cloned().zip(row.iter().cloned()).collect()).unwrap_or_default()
}

fn story(plan: &Plan, segment: &str, index: u64) -> Result<Vec<String>, Failure> {
    let Some(segment) = plan.segment(segment).filter(|segment| index < plan.segments[*segment].accounts) else {
        return Ok(vec![]);
    };
    let whole = (0, plan.calendar.end() + DAY);
    let (text, _) = explain::tell(plan, segment, index, whole).map_err(Failure::Usage)?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The recorded scenario as this program reads it; nothing where it no longer can.
fn recorded(old: &Baseline, folder: &Path) -> Option<Plan> {
    let mut sources = Sources::default();
    let scenario = load_text(&old.scenario, &folder.join("recorded.toml"), &Overrides::default(), &mut sources);
    scenario.ok().map(|scenario| compile(&scenario))
}
