//! `billsim baseline`: keeps the numbers of scenarios, and tells when they change.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::{BaselineCommand, CheckArgs, RecordArgs, compiled};
use super::baseline_report::Report;
use super::failure::{Failure, print};
use super::run::{STOP, stop_on_ctrl_c};
use crate::baseline::{Baseline, FILES, Head, Kept, Unreadable, sample};
use crate::plan::Plan;
use crate::record::{RunError, Wanted, run};
use crate::scenario::Overrides;
use crate::store::{RunFolder, harmless};
use crate::tables::read_parquet;

/// Records, checks or accepts.
///
/// # Errors
/// A difference, a baseline that is missing or damaged, mistakes of a scenario.
pub fn baseline(command: &BaselineCommand) -> Result<(), Failure> {
    stop_on_ctrl_c();
    match command {
        BaselineCommand::Record(args) => record(args),
        BaselineCommand::Check(args) => check(args),
        BaselineCommand::Accept(args) => accept(args),
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
    // All scenarios are read, and all folders looked at, before the first is played.
    is_folder(&args.dir)?;
    let mut plans = vec![];
    for path in &args.scenarios {
        plans.push((path.as_path(), compiled(path, &overrides)?));
    }
    each_has_its_own(&args.dir, plans.iter().map(|(path, plan)| (*path, plan)))?;
    for (path, plan) in &plans {
        is_free(path, plan, &folder_of(&args.dir, plan), args.force)?;
    }
    let missing = args.dir.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
    let missing: Vec<&Path> = missing.collect();
    let recorded = record_all(args, &plans, &overrides);
    if recorded.is_err() {
        // Nothing half-made stays; a folder that has a baseline by now is not empty, and is left.
        missing.into_iter().for_each(|path| drop(std::fs::remove_dir(path)));
    }
    recorded
}

fn record_all(args: &RecordArgs, plans: &[(&Path, Plan)], overrides: &Overrides) -> Result<(), Failure> {
    // Whether they can be written is known before the first is played.
    let folders = plans.iter().map(|(_, plan)| RunFolder::lock(&folder_of(&args.dir, plan)).map_err(system));
    let folders = folders.collect::<Result<Vec<_>, _>>()?;
    for ((path, plan), folder) in plans.iter().zip(&folders) {
        let kept = play(plan, Head::new(plan, file_name(path), overrides, args.statistical), args.threads.count());
        fill(folder, &kept.map_err(|failure| failure.of(&plan.name))?)?;
    }
    // All are played before the first takes its place.
    for ((_, plan), folder) in plans.iter().zip(folders) {
        folder.finish().map_err(system)?;
        print(&format!("{}: recorded in {}\n", plan.name, folder_of(&args.dir, plan).display()))?;
    }
    Ok(())
}

/// The path as it was typed; only its name where it begins at the root, which other machines do not share.
fn file_name(path: &Path) -> String {
    let shown = if path.has_root() { path.file_name().map(Path::new).unwrap_or(path) } else { path };
    shown.display().to_string().replace('\\', "/")
}

/// Whether baselines can be kept there.
fn is_folder(dir: &Path) -> Result<(), Failure> {
    match dir.ancestors().find(|path| path.exists()) {
        Some(path) if !path.is_dir() => Err(Failure::Usage(format!(
            "--dir {}: {} is a file, not a folder\nhelp: name the folder of baselines; each scenario has a folder of its name in it",
            dir.display(),
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Scenarios of one name would share a baseline.
fn each_has_its_own<'a>(dir: &Path, plans: impl Iterator<Item = (&'a Path, &'a Plan)>) -> Result<(), Failure> {
    let mut known: Vec<(&Path, PathBuf)> = vec![];
    for (path, plan) in plans {
        let folder = folder_of(dir, plan);
        if let Some((first, _)) = known.iter().find(|(_, taken)| *taken == folder) {
            if *first == path {
                return Err(Failure::Usage(format!("{} is given twice", path.display())));
            }
            let (first, path, folder) = (first.display(), path.display(), folder.display());
            return Err(Failure::Usage(format!(
                "{first} and {path} would share the baseline {folder}\nhelp: write a `name` of its own into each, or give them one at a time with another --dir"
            )));
        }
        known.push((path, folder));
    }
    Ok(())
}

/// Whether a baseline of a scenario may be written into a folder.
fn is_free(path: &Path, plan: &Plan, folder: &Path, force: bool) -> Result<(), Failure> {
    let (path, there) = (file_name(Path::new(path)), folder.display());
    let refused = |what: String| Err(Failure::Usage(what));
    if !folder.exists() {
        return Ok(());
    }
    if !folder.join("baseline.json").exists() {
        return refused(format!(
            "{there} is there already, and it is no baseline\nhelp: move it away, or give another --dir"
        ));
    }
    let head = match Kept::read(folder) {
        Ok(kept) => Some(kept.head),
        Err(Unreadable::Damaged { head, .. }) => head.map(|head| *head),
        Err(Unreadable::Missing) => None,
    };
    match head {
        Some(head) if head.scenario != plan.name => refused(format!(
            "{there} is the baseline of another scenario, `{}` of {}\nhelp: write another `name` into {path}, or give another --dir",
            head.scenario, head.file
        )),
        Some(head) if !force && head.file != path => refused(format!(
            "{there} is the baseline of {} already\nhelp: write another `name` into {path}, or give another --dir; if it is the same scenario, replace it with --force",
            head.file
        )),
        _ if !force => refused(format!(
            "{there} is there already\nhelp: replace it with --force, or see what changed and keep it with billsim baseline accept"
        )),
        _ => is_ours(folder),
    }
}

/// A scenario, what is kept of it, and what it brings now.
struct Pair<'a> {
    path: &'a Path,
    folder: PathBuf,
    stored: Kept,
    plan: Plan,
    now: Kept,
    report: Report,
}

/// What could be played, and what stands in the way of the other files.
type Played<'a> = (Vec<Pair<'a>>, Vec<(&'a Path, Failure)>);

/// Plays everything that can be, and says what stands in the way of the rest.
fn pairs(args: &CheckArgs) -> Result<Played<'_>, Failure> {
    is_folder(&args.dir)?;
    let (mut named, mut problems) = (vec![], vec![]);
    for path in args.scenarios.iter().map(PathBuf::as_path) {
        match compiled(path, &Overrides::default()) {
            Ok(plan) => named.push((path, plan)),
            Err(failure) => problems.push((path, failure)),
        }
    }
    each_has_its_own(&args.dir, named.iter().map(|(path, plan)| (*path, plan)))?;
    let mut pairs = vec![];
    for (path, plan) in named {
        match pair(args, path, &plan) {
            Ok(pair) => pairs.push(pair),
            Err(failure @ (Failure::Input(..) | Failure::Usage(_))) => problems.push((path, failure)),
            Err(failure) => return Err(failure),
        }
    }
    Ok((pairs, problems))
}

fn pair<'a>(args: &CheckArgs, path: &'a Path, named: &Plan) -> Result<Pair<'a>, Failure> {
    let folder = folder_of(&args.dir, named);
    let stored = Kept::read(&folder).map_err(|why| unreadable(args, path, named, &folder, why))?;
    let overrides = stored.head.overrides();
    let mut plan = compiled(path, &overrides).map_err(|failure| no_longer(args, path, named, &stored.head, failure))?;
    if stored.head.scenario != plan.name {
        return Err(Failure::Usage(format!(
            "{} is the baseline of another scenario, `{}` of {}\nhelp: write another `name` into {}, or give another --dir",
            folder.display(),
            stored.head.scenario,
            stored.head.file,
            path.display()
        )));
    }
    let statistical = stored.head.replications.is_some();
    let head = Head::new(&plan, stored.head.file.clone(), &overrides, statistical);
    if statistical {
        // Fresh worlds: the kept ones would bring the kept numbers.
        plan.seed = plan.seed.wrapping_add(1) & i64::MAX.unsigned_abs();
    }
    let now = play(&plan, head, args.threads.count())?;
    let report = Report::of(&plan, path.parent().unwrap_or(Path::new("")), &stored, &now)?;
    Ok(Pair { path, folder, stored, plan, now, report })
}

fn unreadable(args: &CheckArgs, path: &Path, plan: &Plan, folder: &Path, why: Unreadable) -> Failure {
    let (name, folder) = (&plan.name, folder.display());
    Failure::Usage(match why {
        Unreadable::Missing => {
            let command = record_command(path, &args.dir, None);
            format!("{name} has no baseline in {}\nhelp: record it: {command}", args.dir.display())
        }
        Unreadable::Damaged { place, what, head } => {
            let command = record_command(path, &args.dir, head.as_deref());
            let again = if what == "is missing" && place.ends_with("baseline.json") {
                format!("move it away and record it anew: {command}")
            } else {
                format!("record it anew: {command} --force")
            };
            format!(
                "the baseline of {name} is damaged: {place} {what}\nhelp: restore {folder} from version control, or {again}"
            )
        }
    })
}

/// The scenario is sound, but not with what was changed in it when it was recorded.
fn no_longer(args: &CheckArgs, path: &Path, plan: &Plan, head: &Head, failure: Failure) -> Failure {
    failure.report();
    let command = record_command(path, &args.dir, None);
    let options = options_of(head).join(" ");
    Failure::Usage(format!(
        "the baseline of {} was recorded with {options}, and {} cannot be played so any more\n\
         help: mend the scenario, or record it anew with options that fit it now: {command} --force",
        plan.name,
        path.display()
    ))
}

/// The command that records a baseline, as another was recorded.
fn record_command(path: &Path, dir: &Path, head: Option<&Head>) -> String {
    let mut words = vec!["billsim baseline record".to_owned(), quoted(&path.display().to_string())];
    if dir != Path::new("baselines") {
        words.extend(["--dir".to_owned(), quoted(&dir.display().to_string())]);
    }
    words.extend(head.into_iter().flat_map(options_of));
    words.join(" ")
}

fn options_of(head: &Head) -> Vec<String> {
    let mut words: Vec<String> = head.set.iter().map(|set| format!("--set {}", quoted(set))).collect();
    for (option, value) in ["seed", "days", "accounts"].into_iter().zip(head.options) {
        words.extend(value.map(|value| format!("--{option} {value}")));
    }
    words.extend(head.replications.map(|number| format!("--statistical --replications {number}")));
    words
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn check(args: &CheckArgs) -> Result<(), Failure> {
    let (pairs, problems) = pairs(args)?;
    let differ: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.report.differs()).collect();
    tell(args, &pairs, &problems, &[])?;
    let difference = (!differ.is_empty()).then(|| {
        let (few, all) = (differ.len(), args.scenarios.len());
        let scenarios = if all == 1 { "scenario" } else { "scenarios" };
        let from = if few == 1 { "differs from its baseline" } else { "differ from their baselines" };
        let files: Vec<String> = differ.iter().map(|pair| quoted(&pair.path.display().to_string())).collect();
        let dir = if args.dir == Path::new("baselines") {
            String::new()
        } else {
            format!(" --dir {}", quoted(&args.dir.display().to_string()))
        };
        Failure::Difference(format!(
            "{few} of {all} {scenarios} {from}; if that is meant: billsim baseline accept {}{dir}",
            files.join(" ")
        ))
    });
    last_of(difference.into_iter().chain(problems.into_iter().map(|(_, failure)| failure)))
}

fn accept(args: &CheckArgs) -> Result<(), Failure> {
    let (pairs, problems) = pairs(args)?;
    if !problems.is_empty() {
        tell(args, &pairs, &problems, &[])?;
        let none =
            || Failure::Usage("nothing was accepted: not every scenario can be held against its baseline".to_owned());
        let none = (args.scenarios.len() > 1).then(none);
        return last_of(problems.into_iter().map(|(_, failure)| failure).chain(none));
    }
    pairs.iter().filter(|pair| pair.report.differs()).try_for_each(|pair| is_ours(&pair.folder))?;
    let (mut folders, mut accepted) = (vec![], vec![]);
    for pair in pairs.iter().filter(|pair| pair.report.differs()) {
        let again = if pair.stored.sample.is_some() {
            // What is kept are the worlds of the scenario's own seed.
            let plan = compiled(pair.path, &pair.stored.head.overrides())?;
            play(&plan, pair.now.head.clone(), args.threads.count())?
        } else {
            pair.now.clone()
        };
        let folder = RunFolder::lock(&pair.folder).map_err(system)?;
        fill(&folder, &again)?;
        folders.push(folder);
        accepted.push(pair.folder.display().to_string());
    }
    // All are written before the first takes its place.
    for folder in folders {
        folder.finish().map_err(system)?;
    }
    tell(args, &pairs, &[], &accepted)
}

/// Prints what differs and what was accepted.
fn tell(
    args: &CheckArgs,
    pairs: &[Pair<'_>],
    problems: &[(&Path, Failure)],
    accepted: &[String],
) -> Result<(), Failure> {
    let differ = pairs.iter().filter(|pair| pair.report.differs()).count();
    if args.json {
        let json = json!({
            "differ": differ,
            "scenarios": pairs.iter().map(|pair| pair.report.json(&pair.plan)).collect::<Value>(),
            "not_checked": problems.iter().map(|(path, _)| path.display().to_string()).collect::<Value>(),
            "accepted": accepted,
        });
        return print(&format!("{json:#}\n"));
    }
    let mut text = String::new();
    let mut before = false;
    for pair in pairs {
        let differs = pair.report.differs();
        if !text.is_empty() && (before || differs) {
            text.push('\n');
        }
        text.push_str(&pair.report.text(&pair.plan));
        before = differs;
    }
    if !accepted.is_empty() {
        text.push('\n');
    }
    for folder in accepted {
        text.push_str(&format!("accepted: {folder} is as the scenario is now\n"));
    }
    print(&text)
}

/// Says all failures but the last, which decides the exit code.
fn last_of(failures: impl Iterator<Item = Failure>) -> Result<(), Failure> {
    let mut failures: Vec<Failure> = failures.collect();
    let last = failures.pop();
    failures.iter().for_each(Failure::report);
    last.map_or(Ok(()), Err)
}

fn folder_of(dir: &Path, plan: &Plan) -> PathBuf {
    dir.join(harmless(&plan.name))
}

fn play(plan: &Plan, head: Head, threads: usize) -> Result<Kept, Failure> {
    let stopped = |error: RunError<String>| match error {
        RunError::Stopped => Failure::Interrupted("stopped; nothing was written".to_owned()),
        RunError::Account(failure) => Failure::Usage(failure.to_string()),
        RunError::Totals(totals) => Failure::Usage(totals.to_string()),
        RunError::Sink(text) => Failure::System(text),
    };
    if head.replications.is_none() {
        let exact = Baseline::play(plan, threads, &STOP).map_err(stopped)?;
        return Ok(Kept { head, exact: Some(exact), sample: None });
    }
    let one = |replication| run::<String>(plan, replication, Wanted::default(), threads, &STOP, |_, _| Ok(()));
    let replications = (0..plan.replications).map(one).collect::<Result<Vec<_>, _>>().map_err(stopped)?;
    Ok(Kept { head, exact: None, sample: Some(sample(plan, &replications)) })
}

fn fill(folder: &RunFolder, kept: &Kept) -> Result<(), Failure> {
    folder.begin().map_err(system)?;
    kept.files().into_iter().try_for_each(|(name, text)| folder.write(&name, &text)).map_err(system)
}

/// Whether nothing of another hand is in a folder that is to be replaced.
fn is_ours(folder: &Path) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let ours = |name: &str| FILES.iter().any(|(file, ..)| *file == name);
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    match names.filter(|name| !ours(name)).min() {
        Some(name) => Err(Failure::Usage(format!(
            "{} has a file of another hand, {name}: it would be lost\nhelp: move it away",
            folder.display()
        ))),
        None => Ok(()),
    }
}

fn system(error: crate::store::FolderError) -> Failure {
    Failure::System(error.to_string())
}
