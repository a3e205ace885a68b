//! What differs between a baseline and what a scenario brings now, in words and as JSON. Plays nothing but single accounts.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::baseline_account::AccountChange;
use super::failure::Failure;
use super::present;
use crate::baseline::{
    CellChange, Difference, FALSE_ALARMS, Kept, KeyChange, Moved, STORY, differences, key_changes, moved,
};
use crate::plan::Plan;

/// Keys of a changed scenario that are named.
const KEYS: usize = 12;

/// What differs between a baseline and what the scenario brings now.
pub struct Report {
    /// Version of the program that recorded it, where it was another.
    version: Option<String>,
    found: Found,
}

enum Found {
    Exact { keys: Vec<KeyChange>, differences: Vec<Difference>, account: Option<AccountChange> },
    Statistical { moved: Vec<Moved>, other_keys: bool },
}

impl Report {
    /// Holds what is kept against what is; `folder` is that of the scenario.
    ///
    /// # Errors
    /// When an account cannot be played.
    pub fn of(plan: &Plan, folder: &Path, stored: &Kept, now: &Kept) -> Result<Report, Failure> {
        let version = (stored.head.version != now.head.version).then(|| stored.head.version.clone());
        let found = match (&stored.exact, &now.exact) {
            (Some(old), Some(new)) => {
                let differences = differences(old, new);
                let first = first_day(&differences).map(|(_, cell)| cell);
                let account = AccountChange::of((plan, folder), old, &differences, first, version.is_none())?;
                Found::Exact { keys: key_changes(&old.scenario, &new.scenario), differences, account }
            }
            _ => {
                let none = || [].as_slice();
                let (old, new) = (stored.sample.as_deref(), now.sample.as_deref());
                let other_keys = stored.head.plan_hash != now.head.plan_hash;
                Found::Statistical { moved: moved(old.unwrap_or_else(none), new.unwrap_or_else(none)), other_keys }
            }
        };
        Ok(Report { version, found })
    }

    /// Whether anything does.
    pub fn differs(&self) -> bool {
        match &self.found {
            Found::Exact { keys, differences, .. } => !(keys.is_empty() && differences.is_empty()),
            Found::Statistical { moved, other_keys } => *other_keys || !moved.is_empty(),
        }
    }

    /// In words.
    pub fn text(&self, plan: &Plan) -> String {
        if !self.differs() {
            return format!("{}: as its baseline\n", plan.name);
        }
        let mut text = format!("{}: differs from its baseline\n", plan.name);
        if let Some(version) = &self.version {
            text.push_str(&format!("  recorded by billsim {version}, this is {}\n", env!("CARGO_PKG_VERSION")));
        }
        match &self.found {
            Found::Exact { keys, differences, account } => exact(&mut text, keys, differences, account.as_ref()),
            Found::Statistical { moved, other_keys } => statistical(&mut text, moved, *other_keys),
        }
        text
    }

    /// As JSON.
    pub fn json(&self, plan: &Plan) -> Value {
        let mut json = json!({
            "scenario": plan.name,
            "kind": match self.found { Found::Exact { .. } => "exact", Found::Statistical { .. } => "statistical" },
            "differs": self.differs(),
            "recorded_by": self.version,
        });
        match &self.found {
            Found::Exact { keys, differences, account } => {
                let key = |k: &KeyChange| json!({ "key": k.key, "stored": k.stored, "now": k.now });
                let tables: Map<String, Value> =
                    differences.iter().map(|d| (d.sheet.to_owned(), json!(numbers(d)))).collect();
                let cell = |(sheet, c): (&str, &CellChange)| json!({ "table": sheet, "row": c.row, "date": c.date, "metric": c.column, "stored": c.stored, "now": c.now });
                json["keys"] = keys.iter().map(key).collect();
                json["numbers_moved"] = json!(differences.iter().any(|difference| numbers(difference) > 0));
                json["numbers_that_differ"] = Value::Object(tables);
                json["first_day"] = json!(first_day(differences).map(cell));
                json["first_account"] = json!(account.as_ref().map(AccountChange::json));
            }
            Found::Statistical { moved, other_keys } => {
                json["keys_differ"] = json!(other_keys);
                let one = |m: &Moved| json!({ "metric": m.name, "stored": m.means.0, "now": m.means.1, "p": m.p });
                json["moved"] = moved.iter().map(one).collect();
                json["false_alarm_rate"] = json!(FALSE_ALARMS);
            }
        }
        json
    }
}

/// The first day on which a daily table differs: the earliest date, then the order of the tables.
fn first_day(differences: &[Difference]) -> Option<(&'static str, &CellChange)> {
    let dated = differences.iter().flat_map(|d| d.cells.iter().map(move |cell| (d.sheet, cell)));
    dated.filter(|(_, cell)| cell.date.is_some()).min_by_key(|(_, cell)| cell.date.clone())
}

/// Cells that differ and are no digest of events.
fn numbers(difference: &Difference) -> usize {
    difference.cells.iter().filter(|cell| cell.column != STORY).count()
}

fn exact(text: &mut String, keys: &[KeyChange], differences: &[Difference], account: Option<&AccountChange>) {
    let mut line = |told: String| text.push_str(&format!("  {told}\n"));
    for KeyChange { key, stored, now } in keys.iter().take(KEYS) {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not there".to_owned());
        line(format!("scenario: {key}: {} → {}", shown(stored), shown(now)));
    }
    if keys.len() > KEYS {
        line(format!("… and {}", present::counted((keys.len() - KEYS) as u64, "more key")));
    }
    if differences.is_empty() {
        line("no number moved, and no event: only the scenario is another than the recorded one".to_owned());
        return;
    }
    match first_day(differences) {
        Some((_, cell)) if cell.column == STORY => line(format!("first day: {}: other events", cell.row)),
        Some((sheet, cell)) => {
            let (stored, now) = (cell.stored.as_deref().unwrap_or("–"), cell.now.as_deref().unwrap_or("–"));
            line(format!("first day: {}: {sheet} {}: {stored} → {now}", cell.row, cell.column));
        }
        None => {}
    }
    let moved = differences.iter().map(|difference| (difference.sheet, numbers(difference)));
    let moved: Vec<_> = moved.filter(|(_, numbers)| *numbers > 0).collect();
    for (sheet, numbers) in &moved {
        line(format!(
            "{sheet}: {} {}",
            present::counted(*numbers as u64, "number"),
            if *numbers == 1 { "differs" } else { "differ" }
        ));
    }
    if moved.is_empty() {
        line("no number moved, but events did".to_owned());
    }
    if let Some(account) = account {
        account.tell(text);
    }
}

fn statistical(text: &mut String, moved: &[Moved], other_keys: bool) {
    if other_keys {
        text.push_str("  scenario: some of its keys are others; this kind of baseline does not keep which\n");
    }
    if moved.is_empty() {
        text.push_str("  no mean moved\n");
    }
    for Moved { name, means, p } in moved {
        let (before, after) = (present::short(means.0), present::short(means.1));
        text.push_str(&format!("  {name}: {before} → {after} (p = {p:.1e})\n"));
    }
    text.push_str(&format!(
        "  in fresh worlds; a check in which nothing changed says so in {} % of the cases\n",
        100.0 * FALSE_ALARMS
    ));
}
