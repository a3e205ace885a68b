//! Recorded demand: the usage files and ledgers that a scenario names are read, counted and held against its books.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::load::Overrides;
use super::own_ledgers;
use crate::text::keys::{Record, Value, nearest};
use crate::text::node::{Entry, Node, Raw};
use crate::text::{Problem, Problems, Sources};
use crate::usage::{Ledger, Usage, read_ledger, read_usage};

/// Files that were read, by the path that stands in the scenario.
#[derive(Clone, Debug, Default)]
pub struct Recordings {
    usage: BTreeMap<String, Arc<Usage>>,
    ledgers: BTreeMap<String, Arc<Ledger>>,
    /// Paths as they are written beside the scenario, by full path.
    written: BTreeMap<String, String>,
}

/// What was read for one command, so that no file is read again for each point of a study or variant of a comparison.
#[derive(Clone, Debug, Default)]
pub struct KeptRecordings(Arc<Mutex<Recordings>>);

impl KeptRecordings {
    pub(super) fn all(&self) -> Recordings {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep(&self, recordings: &Recordings) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone_from(recordings);
    }
}

impl Recordings {
    /// Files that were read already, each with its full path.
    pub(super) fn of(usage: (String, Arc<Usage>), ledger: Option<(String, Arc<Ledger>)>) -> Recordings {
        Recordings { usage: [usage].into(), ledgers: ledger.into_iter().collect(), written: BTreeMap::new() }
    }

    /// The usage of a recorded demand.
    pub fn usage(&self, demand: &Record) -> &Arc<Usage> {
        &self.usage[demand.get::<&str>("file")]
    }

    /// The ledger of a segment whose accounts have their own.
    pub fn ledger(&self, segment: &Record) -> Option<&Arc<Ledger>> {
        segment.get::<Option<&str>>("account_ledger").map(|path| &self.ledgers[path])
    }

    /// Reads the files that a tree names, and puts beside each what follows from it: its full path, its digest, the number of accounts.
    pub(super) fn read(
        &mut self,
        root: &mut Node,
        folder: &Path,
        overrides: &Overrides,
        sources: &mut Sources,
        problems: &mut Problems,
    ) {
        let Raw::Table(entries) = &mut root.value else { return };
        let segments = entries.iter_mut().find(|entry| entry.key == "segments");
        let Some(Raw::List(segments)) = segments.map(|entry| &mut entry.node.value) else { return };
        for segment in segments {
            if let Some(path) = self.named(segment, "account_ledger", folder, sources) {
                let from = segment.get("account_ledger").and_then(|node| node.place);
                self.ledgers.entry(path).or_insert_with_key(|path| {
                    let ledger = read_ledger(Path::new(path), from, sources, problems);
                    Arc::new(ledger.unwrap_or_default())
                });
            }
            let mut accounts = None;
            for demand in recorded(segment) {
                let Some(path) = self.named(demand, "file", folder, sources) else { continue };
                let from = demand.get("file").and_then(|node| node.place);
                if !self.usage.contains_key(&path) {
                    let Some(usage) = read_usage(Path::new(&path), from, overrides.parquet, sources, problems) else {
                        continue;
                    };
                    self.usage.insert(path.clone(), Arc::new(usage));
                }
                let usage = &self.usage[&path];
                same_file(demand, usage, problems);
                put(demand, "digest", Raw::Text(usage.digest.clone()));
                accounts = Some(usage.accounts.len());
            }
            if let Some(accounts) = accounts.filter(|_| segment.get("accounts").is_none()) {
                put(segment, "accounts", Raw::Integer(accounts.to_string()));
            }
        }
    }

    /// The scenario with what is in the files in place of their paths: where a recording lies does not matter.
    pub(super) fn without_paths(&self, scenario: &Record) -> Record {
        with_paths(
            scenario,
            |path| self.ledgers.get(path).map(|ledger| ledger.digest.clone()).unwrap_or_default(),
            |_| String::new(),
        )
    }

    /// The scenario with the paths as its author wrote them, from its own folder.
    pub(super) fn with_written_paths(&self, scenario: &Record) -> Record {
        let written = |path: &str| self.written.get(path).cloned().unwrap_or_else(|| path.to_owned());
        with_paths(scenario, written, written)
    }

    /// The full path of the file that a key names, which takes its place there.
    fn named(&mut self, node: &mut Node, key: &str, folder: &Path, sources: &Sources) -> Option<String> {
        let file = node.get(key)?;
        let path = file.text()?.to_owned();
        // A path on the command line starts where the user is, any other at the file that names it.
        let typed = file.place.is_some_and(|place| sources.is_command_line(place.source));
        let from = if typed { PathBuf::from(&path) } else { folder.join(&path) };
        let full = std::fs::canonicalize(&from).unwrap_or(from).display().to_string();
        let place = file.place;
        if let Raw::Table(entries) = &mut node.value {
            let entry = entries.iter_mut().find(|entry| entry.key == key)?;
            entry.node = Node { place, value: Raw::Text(full.clone()) };
        }
        if !typed {
            self.written.insert(full.clone(), path);
        }
        Some(full)
    }

    /// Holds what was read against a scenario that is sound without it.
    pub(super) fn check(&self, scenario: &Record, problems: &mut Problems) {
        let books: &[(String, Record)] = scenario.get("books");
        for segment in scenario.records("segments") {
            let uses: &[(String, Record)] = segment.get("products");
            let demands: Vec<(&str, &Record, &Record)> = uses
                .iter()
                .filter_map(|(product, used)| match used.get("demand") {
                    ("recorded", demand) => Some((product.as_str(), used, demand)),
                    _ => None,
                })
                .collect();
            let Some((_, _, first)) = demands.first() else {
                if let Some(ledger) = self.ledger(segment).map(|_| segment.place_of("account_ledger")) {
                    let cure = "for a ledger that all accounts share, write `ledger`";
                    let what = "only recorded accounts have ledgers of their own";
                    problems.push(Problem::new(what).at(ledger).label("no recorded demand here").cure(cure));
                }
                continue;
            };
            for (product, used, demand) in &demands {
                if self.usage(demand).digest != self.usage(first).digest {
                    let what = "the recorded demand of a segment comes from one file";
                    let cure = "put the products into one file, with a column `product`";
                    problems.push(Problem::new(what).at(demand.place_of("file")).label("another file").cure(cure));
                }
                if let Some((_, book)) = books.iter().find(|(id, _)| id == product) {
                    self.meters_are_known(demand, product, book, problems);
                }
                splits_nothing(used, problems);
            }
            self.accounts_are_there(segment, first, problems);
            if let Some(ledger) = self.ledger(segment) {
                let from = first.get::<Option<Date>>("from").unwrap_or(scenario.get("start"));
                own_ledgers::check(segment, (ledger, self.usage(first)), (scenario, from), problems);
            }
        }
    }

    fn meters_are_known(&self, demand: &Record, product: &str, book: &Record, problems: &mut Problems) {
        let known: Vec<&str> = book.records("meters").iter().map(|meter| meter.get("id")).collect();
        let usage = self.usage(demand);
        for (named, line) in
            usage.meters.iter().filter(|(named, _)| named.product.as_deref().is_none_or(|p| p == product))
        {
            if known.contains(&named.meter.as_str()) {
                continue;
            }
            let cure = match nearest(&named.meter, &known) {
                Some(near) => format!("did you mean `{near}`? The meters are {}", known.join(", ")),
                None => format!("the meters are {}", known.join(", ")),
            };
            problems.push(
                Problem::new(format!("{}:{line}: `{product}` has no meter `{}`", usage.file, named.meter))
                    .at(demand.place_of("file"))
                    .label("in this file")
                    .cure(cure),
            );
        }
    }

    fn accounts_are_there(&self, segment: &Record, demand: &Record, problems: &mut Problems) {
        let (wanted, there) = (segment.get::<u64>("accounts"), self.usage(demand).accounts.len() as u64);
        if wanted != there && demand.get::<Option<&Record>>("bootstrap").is_none() {
            problems.push(
                Problem::new(format!("the usage file has {there} accounts and the segment {wanted}"))
                    .at(segment.place_of("accounts"))
                    .label("another number")
                    .cure("leave `accounts` out, or draw accounts from the file with bootstrap = {}"),
            );
        }
    }
}

/// The demands of a segment's products that are recorded.
fn recorded(segment: &mut Node) -> Vec<&mut Node> {
    let Raw::Table(entries) = &mut segment.value else { return vec![] };
    let products = entries.iter_mut().find(|entry| entry.key == "products").map(|entry| &mut entry.node.value);
    let Some(Raw::Table(products)) = products else { return vec![] };
    products
        .iter_mut()
        .filter_map(|used| match &mut used.node.value {
            Raw::Table(keys) => keys.iter_mut().find(|key| key.key == "demand").map(|key| &mut key.node),
            _ => None,
        })
        .filter(|demand| demand.get("kind").and_then(Node::text) == Some("recorded"))
        .collect()
}

/// A scenario with other paths of its ledgers and of its usage files.
fn with_paths(scenario: &Record, ledger: impl Fn(&str) -> String, usage: impl Fn(&str) -> String) -> Record {
    let mut scenario = scenario.clone();
    let Value::List(segments) = scenario.value_mut("segments") else { return scenario };
    for segment in segments {
        let Value::Record(segment) = &mut segment.value else { continue };
        if let Value::Text(path) = segment.value_mut("account_ledger") {
            *path = ledger(path);
        }
        let Value::Map(uses) = segment.value_mut("products") else { continue };
        for (_, used) in uses {
            if let Value::Tagged("recorded", demand) = used.value_mut("demand")
                && let Value::Text(path) = demand.value_mut("file")
            {
                *path = usage(path);
            }
        }
    }
    scenario
}

/// Writes a key that is not written.
fn put(node: &mut Node, key: &str, value: Raw) {
    if node.get(key).is_none()
        && let Raw::Table(entries) = &mut node.value
    {
        entries.push(Entry { key: key.to_owned(), place: None, node: Node { place: None, value } });
    }
}

/// A digest that is written is that of the file.
fn same_file(demand: &Node, usage: &Usage, problems: &mut Problems) {
    let Some(digest) = demand.get("digest") else { return };
    if digest.text().is_some_and(|digest| digest != usage.digest) {
        problems.push(
            Problem::new(format!("{} is not the file that it was", usage.file))
                .at(digest.place)
                .label(format!("now it is {}", usage.digest))
                .cure("bring the old file back, or remove `digest`"),
        );
    }
}

/// Recorded rows name their meters themselves.
fn splits_nothing(used: &Record, problems: &mut Problems) {
    let empty = |key: &str| match &used.valued(key).value {
        Value::Values(values) => values.is_empty(),
        _ => true,
    };
    for key in ["mix", "add_ons"].into_iter().filter(|key| !empty(key)) {
        problems.push(
            Problem::new(format!("a recorded demand has no `{key}`"))
                .at(used.place_of(key))
                .label("would be ignored")
                .cure("the rows of the file name their meters"),
        );
    }
}
