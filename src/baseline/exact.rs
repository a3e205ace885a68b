//! The exact baseline of a scenario: daily tables, a row and a digest of the story of every account.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::sheet::{CellChange, Sheet};
use crate::plan::Plan;
use crate::random::GENERATOR;
use crate::record::{RunError, Wanted, run};
use crate::scenario::Overrides;
use crate::tables::{ACCOUNTS, MONEY, MoneyRow, STATUS, StatusRow, USAGE, UsageRow, csv_text, read_parquet};

/// What was recorded, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Version of the program.
    pub version: String,
    /// Hash of the plan.
    pub plan_hash: String,
    /// Its seed.
    pub seed: u64,
    /// What was changed in the scenario: `--set`.
    pub set: Vec<String>,
    /// `--seed`, `--days`, `--accounts`.
    pub options: [Option<u64>; 3],
    /// How many replications; `None` for the exact kind, which has one.
    pub replications: Option<u64>,
}

/// A whole exact baseline.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The resolved scenario.
    pub scenario: String,
    /// Its tables by name: `usage`, `status`, `money`, `accounts`.
    pub sheets: Vec<(&'static str, Sheet)>,
}

/// What is kept in a folder.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What was recorded.
    pub head: Head,
    /// The tables, for the exact kind.
    pub exact: Option<Baseline>,
    /// The numbers, for the statistical kind.
    pub sample: Option<Value>,
}

/// What differs in one table.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Which table.
    pub sheet: &'static str,
    /// Its cells.
    pub cells: Vec<CellChange>,
}

/// Names of the tables.
const SHEETS: [&str; 4] = ["usage", "status", "money", "accounts"];

impl Head {
    /// Of a plan that was made with overrides.
    pub fn new(plan: &Plan, overrides: &Overrides, statistical: bool) -> Head {
        Head {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            plan_hash: plan.hash.clone(),
            seed: plan.seed,
            set: overrides.set.clone(),
            options: [overrides.seed, overrides.days, overrides.accounts],
            replications: statistical.then_some(u64::from(plan.replications)),
        }
    }

    /// What the command line changed when it was recorded.
    pub fn overrides(&self) -> Overrides {
        let [seed, days, accounts] = self.options;
        let replications = Some(self.replications.unwrap_or(1));
        Overrides {
            set: self.set.clone(),
            seed,
            days,
            accounts,
            replications,
            parquet: Some(read_parquet),
            ..Overrides::default()
        }
    }

    fn json(&self) -> Value {
        json!({
            "program": "billsim",
            "version": self.version,
            "generator": GENERATOR,
            "kind": if self.replications.is_some() { "statistical" } else { "exact" },
            "plan_hash": self.plan_hash,
            "seed": self.seed,
            "set": self.set,
            "options": { "seed": self.options[0], "days": self.options[1], "accounts": self.options[2] },
            "replications": self.replications,
        })
    }

    fn read(json: &Value) -> Option<Head> {
        let option = |key: &str| json["options"][key].as_u64();
        (json["program"] == "billsim").then_some(())?;
        Some(Head {
            version: json["version"].as_str()?.to_owned(),
            plan_hash: json["plan_hash"].as_str()?.to_owned(),
            seed: json["seed"].as_u64()?,
            set: json["set"].as_array()?.iter().map(|set| set.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            options: [option("seed"), option("days"), option("accounts")],
            replications: json["replications"].as_u64(),
        })
    }
}

impl Baseline {
    /// Plays the first world of a plan.
    ///
    /// # Errors
    /// As of [`run`]; a text where a table could not be made.
    pub fn play(plan: &Plan, threads: usize, stop: &AtomicBool) -> Result<Baseline, RunError<String>> {
        let wanted = Wanted { accounts: true, events: true, ..Wanted::default() };
        let mut accounts = vec![];
        let mut digests = vec![];
        let summary = run::<String>(plan, 0, wanted, threads, stop, |_, rows| {
            // Every account has events: its days close.
            for story in rows.events.chunk_by(|one, next| one.index == next.index) {
                digests.push(digest(story.iter().map(|row| format!("{} {:?}\n", row.at, row.event))));
            }
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
        let mut accounts = sheet(csv_text(&ACCOUNTS, plan, &accounts))?;
        accounts.header.push("story".to_owned());
        for (row, digest) in accounts.rows.iter_mut().zip(digests) {
            row.push(digest);
        }
        let sheets = [usage, status, money, accounts].map(|sheet| sheet.compact());
        Ok(Baseline { scenario: plan.resolved.clone(), sheets: SHEETS.into_iter().zip(sheets).collect() })
    }
}

/// The first 16 hexadecimal digits of the hash of a story.
fn digest(lines: impl Iterator<Item = String>) -> String {
    let mut hasher = blake3::Hasher::new();
    lines.for_each(|line| {
        hasher.update(line.as_bytes());
    });
    hasher.finalize().to_hex()[..16].to_owned()
}

impl Kept {
    /// The files of a baseline: name and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![("baseline.json".to_owned(), format!("{:#}\n", self.head.json()))];
        if let Some(exact) = &self.exact {
            files.push(("scenario.toml".to_owned(), exact.scenario.clone()));
            files.extend(exact.sheets.iter().map(|(name, sheet)| (format!("{name}.csv"), sheet.text())));
        }
        files.extend(self.sample.iter().map(|sample| ("numbers.json".to_owned(), format!("{sample:#}\n"))));
        files
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// Which file is missing or damaged.
    pub fn read(folder: &Path) -> Result<Kept, String> {
        let text = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
        };
        let damaged = |name: &str| format!("{} is damaged", folder.join(name).display());
        let json = |name: &str| serde_json::from_str::<Value>(&text(name)?).map_err(|_| damaged(name));
        let head = Head::read(&json("baseline.json")?).ok_or_else(|| damaged("baseline.json"))?;
        if head.replications.is_some() {
            return Ok(Kept { head, exact: None, sample: Some(json("numbers.json")?) });
        }
        let mut sheets = vec![];
        for name in SHEETS {
            let file = format!("{name}.csv");
            sheets.push((name, Sheet::parse(&text(&file)?).ok_or_else(|| damaged(&file))?));
        }
        Ok(Kept { head, exact: Some(Baseline { scenario: text("scenario.toml")?, sheets }), sample: None })
    }
}

/// What differs, table by table; tables without a difference are left out.
pub fn differences(stored: &Baseline, now: &Baseline) -> Vec<Difference> {
    let pairs = stored.sheets.iter().zip(&now.sheets);
    let each = pairs.map(|((sheet, stored), (_, now))| Difference { sheet, cells: stored.changes(now) });
    each.filter(|difference| !difference.cells.is_empty()).collect()
}
