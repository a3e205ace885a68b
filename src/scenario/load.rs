//! From files and options to a checked scenario.

use std::path::{Path, PathBuf};

use super::Scenario;
use super::keys::SCENARIO;
use super::kind::FileKind;
use super::recorded::{KeptRecordings, Recordings};
use super::replace::replace_book;
use crate::text::keys::{Record, Value, check};
use crate::text::node::{self, Entry, Node, Raw};
use crate::text::set::Written;
use crate::text::{Place, Problem, Problems, Sources, set};
use crate::usage::ReadParquet;

/// What the command line changes in a scenario.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Where a study's file names the scenario.
    pub named_at: Option<Place>,
    /// What a study's file changes at every point, before `--set`.
    pub study: Vec<Written>,
    /// `--set` arguments, in order.
    pub set: Vec<String>,
    /// Values that one variant of several changes after them, as they were typed after `--with`.
    pub with: Vec<String>,
    /// What a study's file changes at one of its points, last of all.
    pub point: Vec<Written>,
    /// `--seed`
    pub seed: Option<u64>,
    /// `--days`
    pub days: Option<u64>,
    /// `--replications`
    pub replications: Option<u64>,
    /// `--accounts`: the total to which every segment is scaled.
    pub accounts: Option<u64>,
    /// A price book that takes the place of the scenario's own for its product.
    pub book: Option<PathBuf>,
    /// Who reads usage files in Parquet.
    pub parquet: Option<ReadParquet>,
    /// Usage files and ledgers that were read: points and variants, which change a clone of this, share them.
    pub kept: KeptRecordings,
}

impl Overrides {
    /// Changes values one after the other: those that name files, or all others.
    fn change(&self, files: bool, root: &mut Node, sources: &mut Sources, problems: &mut Problems) {
        let chosen = |key: &str| key.trim().ends_with(".file") == files;
        let written = |of: &[Written], root: &mut Node, problems: &mut Problems| {
            of.iter().filter(|change| chosen(&change.key)).for_each(|change| change.apply(root, problems));
        };
        written(&self.study, root, problems);
        for (option, arguments) in [(set::SET, &self.set), ("--with", &self.with)] {
            for argument in arguments.iter().filter(|argument| chosen(argument.split('=').next().unwrap_or_default())) {
                set::apply(option, argument, root, sources, problems);
            }
        }
        written(&self.point, root, problems);
    }
}

/// Reads and checks a scenario with its books and policy.
///
/// # Errors
/// All mistakes found, with places in `sources`.
pub fn load(path: &Path, overrides: &Overrides, sources: &mut Sources) -> Result<Scenario, Problems> {
    let mut problems = Problems::default();
    let Some(root) = read(path, overrides.named_at, sources, &mut problems) else { return Err(problems) };
    resolve(root, path, overrides, overrides.kept.all(), sources, problems)
}

/// Checks a scenario that is already in memory; `path` gives it its name and the folder of its files.
///
/// # Errors
/// All mistakes found, with places in `sources`.
pub fn load_text(text: &str, path: &Path, overrides: &Overrides, sources: &mut Sources) -> Result<Scenario, Problems> {
    let mut problems = Problems::default();
    let source = sources.add(path.display().to_string(), text);
    let root = node::parse(sources, source, &mut problems);
    resolve(root, path, overrides, overrides.kept.all(), sources, problems)
}

/// From a tree to a checked scenario; what is among the `recordings` is not read again.
pub(super) fn resolve(
    mut root: Node,
    path: &Path,
    overrides: &Overrides,
    mut recordings: Recordings,
    sources: &mut Sources,
    mut problems: Problems,
) -> Result<Scenario, Problems> {
    if problems.is_empty() && !FileKind::Scenario.is_kind_of(&root, path, overrides.named_at, &mut problems) {
        return Err(problems);
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    // Which file is read is settled first, then what is changed in it.
    overrides.change(true, &mut root, sources, &mut problems);
    if let Some(book) = &overrides.book {
        replace_book(&mut root, book, sources, &mut problems);
    }
    inline_files(&mut root, &folder, sources, &mut problems);
    name_it(&mut root, path);
    overrides.change(false, &mut root, sources, &mut problems);
    for (key, value) in [("seed", overrides.seed), ("days", overrides.days), ("replications", overrides.replications)] {
        if let Some(value) = value {
            set::apply_option(key, value, &mut root, sources, &mut problems);
        }
    }
    recordings.read(&mut root, &folder, overrides, sources, &mut problems);
    // A text that is not TOML has lost what follows the mistake: checking it would only confuse.
    if !problems.is_empty() {
        return Err(problems);
    }
    overrides.kept.keep(&recordings);
    let mut record = check(&root, &SCENARIO, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(Err(problem)) = overrides.accounts.map(|total| scale(&mut record, total, sources)) {
        problems.push(problem);
        return Err(problems);
    }
    recordings.check(&record, &mut problems);
    if problems.is_empty() { Ok(Scenario { record, recordings }) } else { Err(problems) }
}

/// Reads a TOML file into its tree; `place` is where it is named. `None` after a mistake that leaves nothing to check.
pub fn read(path: &Path, place: Option<Place>, sources: &mut Sources, problems: &mut Problems) -> Option<Node> {
    let shown = path.display().to_string();
    match std::fs::read(path) {
        Err(error) => {
            let what = format!("cannot read {shown}: {}", reason(&error));
            let cure = match (error.kind(), place) {
                (std::io::ErrorKind::IsADirectory, _) => "name the TOML file inside it",
                (_, Some(place)) if sources.is_command_line(place.source) => {
                    "check the path; it starts at the current folder"
                }
                (_, Some(_)) => "check the path; it starts at the folder of the file that names it",
                (_, None) => "check the path",
            };
            problems.push(Problem::new(what).at(place).label("named here").cure(cure));
            None
        }
        Ok(bytes) => match String::from_utf8(bytes) {
            Err(error) => {
                let read = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
                let line = read.matches('\n').count() + 1;
                let column = read.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
                problems.push(
                    Problem::new(format!("{shown}:{line}:{column} is not UTF-8 text"))
                        .at(place)
                        .label("named here")
                        .cure("save the file as UTF-8"),
                );
                None
            }
            Ok(text) => {
                let source = sources.add(shown, text.trim_start_matches('\u{feff}'));
                Some(node::parse(sources, source, problems))
            }
        },
    }
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Replaces `books.ID.file`, `reference_books.ID.file` and `account.file` by what is in the files.
fn inline_files(root: &mut Node, folder: &Path, sources: &mut Sources, problems: &mut Problems) {
    let Raw::Table(entries) = &mut root.value else { return };
    for entry in entries {
        match (entry.key.as_str(), &mut entry.node.value) {
            ("account", _) => inline_file(FileKind::Policy, &mut entry.node, folder, sources, problems),
            ("books" | "reference_books", Raw::Table(books)) => {
                for book in books {
                    inline_file(FileKind::Book, &mut book.node, folder, sources, problems);
                }
            }
            _ => {}
        }
    }
}

fn inline_file(kind: FileKind, node: &mut Node, folder: &Path, sources: &mut Sources, problems: &mut Problems) {
    let Some(file) = node.get("file").cloned() else { return };
    let Raw::Table(entries) = &node.value else { return };
    let Some(path) = file.text() else {
        problems.push(
            Problem::new("`file` must be a path in quotes").at(file.place).label(format!("this is {}", file.kind())),
        );
        return;
    };
    if let Some(other) = entries.iter().find(|entry| entry.key != "file") {
        problems.push(
            Problem::new("a table that names a `file` has no other keys")
                .at(other.place)
                .label("would be ignored")
                .cure("change single values with --set, or write the table inline"),
        );
        return;
    }
    // A path on the command line starts where the user is, any other at the file that names it.
    let typed = file.place.is_some_and(|place| sources.is_command_line(place.source));
    let path = if typed { PathBuf::from(path) } else { folder_of(&file, folder, sources).join(path) };
    if let Some(read) = read(&path, file.place, sources, problems)
        && kind.is_kind_of(&read, &path, file.place, problems)
    {
        *node = read;
    }
}

/// The folder of the file that holds a value: the scenario's, unless a study changed it.
fn folder_of(node: &Node, scenario: &Path, sources: &Sources) -> PathBuf {
    let source = node.place.and_then(|place| sources.get(place.source));
    let folder = source.and_then(|source| Path::new(&source.name).parent());
    folder.unwrap_or(scenario).to_path_buf()
}

/// A scenario without a name is called after its file.
fn name_it(root: &mut Node, path: &Path) {
    if root.get("name").is_some() {
        return;
    }
    let stem = path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
    if let Raw::Table(entries) = &mut root.value {
        let node = Node { place: None, value: Raw::Text(stem) };
        entries.insert(0, Entry { key: "name".to_owned(), place: None, node });
    }
}

/// Scales every segment so that together they have `total` accounts, each at least one.
fn scale(record: &mut Record, total: u64, sources: &mut Sources) -> Result<(), Problem> {
    let sizes: Vec<u64> = record.records("segments").iter().map(|segment| segment.get("accounts")).collect();
    let before: u64 = sizes.iter().sum();
    let least = u64::try_from(sizes.len()).unwrap_or(u64::MAX);
    if total < least || total > 1_000_000_000 {
        let (place, text) = set::option("accounts", total, sources);
        return Err(Problem::new(format!("expected a whole number from {least} to 1_000_000_000"))
            .at(Some(place))
            .label(format!(
                "this is {text}{}",
                if total < least { ": every segment keeps at least one account" } else { "" }
            )));
    }
    // Cumulative rounding: the parts add up to the whole, and scaling to the same total changes nothing. Where a segment
    // would be left with nobody, one account is set aside for each first.
    let spread = |aside: u64| {
        let part = |cumulative: u64| {
            let part = u128::from(total - aside * least) * u128::from(cumulative) / u128::from(before);
            u64::try_from(part).expect("a part of a u64")
        };
        let mut reached = 0;
        let mut count = |size: &u64| {
            let from = part(reached);
            reached += size;
            aside + part(reached) - from
        };
        sizes.iter().map(&mut count).collect::<Vec<u64>>()
    };
    let plain = spread(0);
    let counts = if plain.contains(&0) { spread(1) } else { plain };
    let segments = record.table.keys.iter().position(|key| key.name == "segments").expect("a scenario has segments");
    let Value::List(items) = &mut record.values[segments].value else { return Ok(()) };
    for (item, count) in items.iter_mut().zip(counts) {
        let Value::Record(segment) = &mut item.value else { continue };
        let accounts =
            segment.table.keys.iter().position(|key| key.name == "accounts").expect("a segment has accounts");
        segment.values[accounts].value = Value::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    }
    Ok(())
}
