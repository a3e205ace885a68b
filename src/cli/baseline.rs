//! `billsim baseline`: keeps the numbers of scenarios, and tells when they change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::compiled;
use super::baseline_args::{BaselineCommand, CheckArgs, RecordArgs};
use super::failure::{Failure, print};
use super::run::{STOP, stop_on_ctrl_c};
use super::{explain, present};
use crate::baseline::{
    Baseline, Difference, FALSE_ALARMS, Head, Kept, KeyChange, Moved, Sample, Sheet, differences, key_changes, moved,
    sample,
};
use crate::plan::{Plan, compile};
use crate::record::{RunError, Wanted, run};
use crate::scenario::{Overrides, load_text};
use crate::store::{RunFolder, harmless};
use crate::tables::read_parquet;
use crate::text::Sources;
use crate::units::DAY;

/// Accounts whose stories are held against each other to find the one that differs first.
const LOOKED_AT: usize = 64;
/// Characters of the instant of a line.
const INSTANT: usize = "2026-01-01 00:00:00".len();
/// Lines of a story around its first difference.
const CONTEXT: usize = 3;
/// Lines of what is new in a story.
const NEWS: usize = 8;
/// Keys of a changed scenario that are named.
const KEYS: usize = 12;

/// Records, checks or accepts.
///
/// # Errors
/// A difference, a baseline that is missing or damaged, mistakes of a scenario.
pub fn baseline(command: &BaselineCommand) -> Result<(), Failure> {
    stop_on_ctrl_c();
    match command {
        BaselineCommand::Record(args) => record(args),
        BaselineCommand::Check(args) => check(args, false),
        BaselineCommand::Accept(args) => check(args, true),
    }
}

fn record(args: &RecordArgs) -> Result<(), Failure> {
    let overrides = Overrides {
        set: args.set.clone(),
        seed: args.seed,
        days: args.days,
        accounts: args.accounts,
        replications: Some(if args.statistical { args.replications } else { 1 }),
        parquet: Some(read_parquet),
        ..Overrides::default()
    };
    // All scenarios are read before the first is played.
    let plans = args.scenarios.iter().map(|path| compiled(path, &overrides)).collect::<Result<Vec<_>, _>>()?;
    for plan in &plans {
        let folder = folder_of(&args.dir, plan);
        if folder.exists() && !(args.force && folder.join("baseline.json").exists()) {
            let path = folder.display();
            return Err(Failure::Usage(format!(
                "{path} is there already\nhelp: replace it with --force, or use `accept`"
            )));
        }
    }
    for plan in &plans {
        let kept = play(plan, Head::new(plan, &overrides, args.statistical), args.threads.count())?;
        write(&kept, &folder_of(&args.dir, plan))?;
        print(&format!("{}: recorded in {}\n", plan.name, folder_of(&args.dir, plan).display()))?;
    }
    Ok(())
}

fn check(args: &CheckArgs, accept: bool) -> Result<(), Failure> {
    let mut reports = vec![];
    let (mut differ, mut text) = (0, String::new());
    for path in &args.scenarios {
        let name = compiled(path, &Overrides::default())?;
        let folder = folder_of(&args.dir, &name);
        let stored = Kept::read(&folder).map_err(|why| {
            Failure::Usage(format!("{}: {why}\nhelp: make a baseline with `billsim baseline record`", name.name))
        })?;
        let mut now = compiled(path, &stored.head.overrides())?;
        if stored.head.replications.is_some() {
            // Fresh worlds: the kept ones would bring the kept numbers.
            now.seed = now.seed.wrapping_add(1) & i64::MAX.unsigned_abs();
        }
        let kept = play(
            &now,
            Head { version: env!("CARGO_PKG_VERSION").to_owned(), ..stored.head.clone() },
            args.threads.count(),
        )?;
        let report = Report::of(&now, &stored, &kept)?;
        differ += usize::from(report.differs());
        text.push_str(&report.text(&now));
        reports.push(report.json(&now));
        if accept && report.differs() {
            let again = if stored.head.replications.is_some() {
                let plan = compiled(path, &stored.head.overrides())?;
                play(&plan, Head::new(&plan, &stored.head.overrides(), true), args.threads.count())?
            } else {
                Kept { head: Head::new(&now, &stored.head.overrides(), false), ..kept }
            };
            write(&again, &folder)?;
            text.push_str(&format!("accepted: {} has the new numbers\n", folder.display()));
        }
    }
    if args.json {
        print(&format!("{:#}\n", json!({ "differ": differ, "scenarios": reports })))?;
    } else {
        print(&text)?;
    }
    if differ == 0 || accept {
        return Ok(());
    }
    let all = args.scenarios.len();
    Err(Failure::Difference(format!("{differ} of {all} scenarios differ from their baselines")))
}

fn folder_of(dir: &Path, plan: &Plan) -> PathBuf {
    dir.join(harmless(&plan.name))
}

fn play(plan: &Plan, head: Head, threads: usize) -> Result<Kept, Failure> {
    let stopped = |error: RunError<String>| match error {
        RunError::Stopped => Failure::Interrupted("stopped; nothing was written".to_owned()),
        RunError::Account(failure) => Failure::Usage(failure.to_string()),
        RunError::Sink(text) => Failure::System(text),
    };
    if head.replications.is_none() {
        let exact = Baseline::play(plan, threads, &STOP).map_err(stopped)?;
        return Ok(Kept { head, exact: Some(exact), sample: None });
    }
    let one = |replication| run::<String>(plan, replication, Wanted::default(), threads, &STOP, |_, _| Ok(()));
    let replications = (0..plan.replications).map(one).collect::<Result<Vec<_>, _>>().map_err(stopped)?;
    Ok(Kept { head, exact: None, sample: Some(Sample::write(&sample(plan, &replications))) })
}

fn write(kept: &Kept, target: &Path) -> Result<(), Failure> {
    let failed = |error: crate::store::FolderError| Failure::System(error.to_string());
    let folder = RunFolder::lock(target).map_err(failed)?;
    folder.begin().map_err(failed)?;
    for (name, text) in kept.files() {
        folder.write(&name, &text).map_err(failed)?;
    }
    folder.finish().map(|_| ()).map_err(failed)
}

/// What differs between a baseline and what the scenario brings now.
struct Report {
    keys: Vec<KeyChange>,
    differences: Vec<Difference>,
    moved: Vec<Moved>,
    /// Version of the program that recorded it, where it was another.
    version: Option<String>,
    account: Option<AccountChange>,
}

/// The first account that differs.
struct AccountChange {
    /// `SEGMENT/INDEX`
    id: String,
    accounts: usize,
    /// Column, kept and now.
    numbers: Vec<(String, String, String)>,
    /// What is kept of it, in whole.
    stored: Vec<(String, String)>,
    /// Lines that are common, gone (`-`) and new (`+`) around the first difference; only new ones where the old program is not at hand.
    story: Vec<String>,
}

impl Report {
    fn of(now: &Plan, stored: &Kept, kept: &Kept) -> Result<Report, Failure> {
        let version = (stored.head.version != kept.head.version).then(|| stored.head.version.clone());
        if let (Some(old), Some(new)) = (&stored.sample, &kept.sample) {
            let damaged = || Failure::Usage(format!("the numbers of the baseline of {} are damaged", now.name));
            let (old, new) = (Sample::read(old).ok_or_else(damaged)?, Sample::read(new).unwrap_or_default());
            let moved = moved(&old, &new);
            return Ok(Report { keys: vec![], differences: vec![], moved, version, account: None });
        }
        let (Some(old), Some(new)) = (&stored.exact, &kept.exact) else {
            return Err(Failure::Usage(format!("the baseline of {} is damaged", now.name)));
        };
        let differences = differences(old, new);
        let account = AccountChange::of(now, old, &differences, version.is_none())?;
        Ok(Report { keys: key_changes(&old.scenario, &new.scenario), differences, moved: vec![], version, account })
    }

    fn differs(&self) -> bool {
        !(self.keys.is_empty() && self.differences.is_empty() && self.moved.is_empty())
    }

    /// The first day on which a daily table differs: the earliest date, then the order of the tables.
    fn first_day(&self) -> Option<(&'static str, &crate::baseline::CellChange)> {
        let dated = self.differences.iter().flat_map(|d| d.cells.iter().map(move |cell| (d.sheet, cell)));
        dated.filter(|(_, cell)| cell.date.is_some()).min_by_key(|(_, cell)| cell.date.clone())
    }

    fn text(&self, plan: &Plan) -> String {
        if !self.differs() {
            return format!("{}: as its baseline\n", plan.name);
        }
        let mut text = format!("{}: differs from its baseline\n", plan.name);
        if let Some(version) = &self.version {
            text.push_str(&format!("  recorded by billsim {version}, this is {}\n", env!("CARGO_PKG_VERSION")));
        }
        for KeyChange { key, stored, now } in self.keys.iter().take(KEYS) {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not there".to_owned());
            text.push_str(&format!("  scenario: {key}: {} → {}\n", shown(stored), shown(now)));
        }
        if self.keys.len() > KEYS {
            text.push_str(&format!("  and {} further keys\n", self.keys.len() - KEYS));
        }
        if let Some((sheet, cell)) = self.first_day() {
            let (stored, now) = (cell.stored.as_deref().unwrap_or("–"), cell.now.as_deref().unwrap_or("–"));
            text.push_str(&format!("  first day: {}, {sheet} {}: {stored} → {now}\n", cell.row, cell.column));
        }
        for Difference { sheet, cells } in &self.differences {
            text.push_str(&format!("  {sheet}: {} numbers differ\n", present::count(cells.len() as u64)));
        }
        if let Some(account) = &self.account {
            account.tell(&mut text);
        }
        for Moved { name, means, p } in &self.moved {
            let (before, after) = (present::short(means.0), present::short(means.1));
            text.push_str(&format!("  {name}: {before} → {after} (p = {p:.1e})\n"));
        }
        if !self.moved.is_empty() {
            text.push_str(&format!(
                "  in fresh worlds; a check in which nothing changed says so in {} % of the cases\n",
                100.0 * FALSE_ALARMS
            ));
        }
        text
    }

    fn json(&self, plan: &Plan) -> Value {
        let keys = self.keys.iter().map(|k| json!({ "key": k.key, "stored": k.stored, "now": k.now }));
        let cell = |(sheet, c): (&str, &crate::baseline::CellChange)| json!({ "table": sheet, "row": c.row, "date": c.date, "metric": c.column, "stored": c.stored, "now": c.now });
        let tables: serde_json::Map<String, Value> =
            self.differences.iter().map(|d| (d.sheet.to_owned(), json!(d.cells.len()))).collect();
        let account = self.account.as_ref().map(|account| {
            let pairs = |pairs: &[(String, String)]| -> Value {
                Value::Object(pairs.iter().map(|(column, value)| (column.clone(), json!(value))).collect())
            };
            json!({
                "account": account.id,
                "accounts_that_differ": account.accounts,
                "stored": pairs(&account.stored),
                "changes": account.numbers.iter().map(|(c, a, b)| json!({ "metric": c, "stored": a, "now": b })).collect::<Value>(),
                "story": account.story,
            })
        });
        let moved =
            self.moved.iter().map(|m| json!({ "metric": m.name, "stored": m.means.0, "now": m.means.1, "p": m.p }));
        json!({
            "scenario": plan.name,
            "differs": self.differs(),
            "recorded_by": self.version,
            "keys": keys.collect::<Value>(),
            "first_day": self.first_day().map(cell),
            "numbers_that_differ": tables,
            "first_account": account,
            "moved": moved.collect::<Value>(),
            "false_alarm_rate": FALSE_ALARMS,
        })
    }
}

impl AccountChange {
    fn of(
        now: &Plan,
        old: &Baseline,
        differences: &[Difference],
        same_program: bool,
    ) -> Result<Option<AccountChange>, Failure> {
        let Some(cells) = differences.iter().find(|d| d.sheet == "accounts").map(|d| &d.cells) else { return Ok(None) };
        let names: BTreeSet<&str> = cells.iter().map(|cell| cell.row.as_str()).collect();
        // In the order of the accounts; the one whose story differs first is told.
        let mut order: Vec<&str> = cells.iter().map(|cell| cell.row.as_str()).collect();
        order.dedup();
        let recorded = if same_program { recorded(old) } else { None };
        let mut earliest: Option<(String, &str, Vec<String>)> = None;
        for name in order.iter().take(LOOKED_AT) {
            let (id, index) = account_of(name);
            let new = story(now, id, index)?;
            let before = recorded.as_ref().and_then(|plan| story(plan, id, index).ok());
            let (at, lines) = match before {
                Some(before) => around_first_difference(&before, &new),
                None => (String::new(), new.into_iter().take(NEWS + CONTEXT).map(|line| format!("+ {line}")).collect()),
            };
            if earliest.as_ref().is_none_or(|(first, ..)| at < *first) {
                earliest = Some((at, name, lines));
            }
        }
        let Some((_, first, story)) = earliest else { return Ok(None) };
        let of_first = cells.iter().filter(|cell| cell.row == first && cell.column != "story");
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let numbers = of_first.map(|cell| (cell.column.clone(), shown(&cell.stored), shown(&cell.now))).collect();
        let stored = old.sheets.iter().find(|(name, _)| *name == "accounts").map(|(_, sheet)| stored_of(sheet, first));
        let (segment, index) = account_of(first);
        let id = format!("{segment}/{index}");
        Ok(Some(AccountChange { id, accounts: names.len(), numbers, stored: stored.unwrap_or_default(), story }))
    }

    fn tell(&self, text: &mut String) {
        text.push_str(&format!("  {} accounts differ; the first is {}\n", self.accounts, self.id));
        for (column, stored, now) in self.numbers.iter().take(NEWS) {
            text.push_str(&format!("    {column}: {stored} → {now}\n"));
        }
        if !self.story.is_empty() {
            text.push_str("    its story: - as recorded, + now\n");
        }
        for line in &self.story {
            text.push_str(&format!("    {line}\n"));
        }
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
fn recorded(old: &Baseline) -> Option<Plan> {
    let mut sources = Sources::default();
    let scenario = load_text(&old.scenario, Path::new("recorded.toml"), &Overrides::default(), &mut sources);
    scenario.ok().map(|scenario| compile(&scenario))
}

/// The instant of the first line that differs, and the lines around it.
fn around_first_difference(before: &[String], now: &[String]) -> (String, Vec<String>) {
    let common = before.iter().zip(now).take_while(|(one, other)| one == other).count();
    let instant = |lines: &[String]| lines.get(common).and_then(|line| line.get(..INSTANT)).map(str::to_owned);
    let at = [instant(before), instant(now)].into_iter().flatten().min();
    let mut lines: Vec<String> =
        before[common.saturating_sub(CONTEXT)..common].iter().map(|line| format!("  {line}")).collect();
    lines.extend(before[common..].iter().take(NEWS).map(|line| format!("- {line}")));
    lines.extend(now[common..].iter().take(NEWS).map(|line| format!("+ {line}")));
    // Stories that are the same differ in nothing that is told: those come last.
    (at.unwrap_or_else(|| "never".to_owned()), lines)
}
