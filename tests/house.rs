//! The rules of the house, held against every file of `src`: which module may know which, and how files look.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the lowest up; those of one line are siblings. A module imports only what is on lines before its own.
const ORDER: [&[&str]; 18] = [
    &["units"],
    &["text"],
    &["random"],
    &["stats"],
    &["book"],
    &["usage"],
    &["scenario"],
    &["plan"],
    &["world"],
    &["demand", "rules"],
    &["behaviour", "expected"],
    &["engine"],
    &["record"],
    &["study", "reconcile", "calibrate"],
    &["tables", "charts"],
    &["report"],
    &["store", "baseline"],
    &["cli"],
];

/// Who may name a library whose ways should stay in one place.
const LIBRARIES: [(&str, &str); 4] =
    [("polars", "tables"), ("plotters", "charts"), ("minijinja", "report"), ("clap", "cli")];

/// Products and vendors are data: no rule may know one.
const PRODUCTS: [&str; 3] = ["captcha", "trtc", "tencent"];

const MOST_LINES: usize = 450;
const MOST_LINES_OF_MAIN: usize = 60;

/// A file of `src`.
struct Source {
    /// Its path below `src`, with `/`.
    path: String,
    text: String,
    /// Whether it is compiled for tests only.
    test: bool,
}

impl Source {
    /// The steps of its module path: `rules/tariff.rs` is `rules`, `tariff`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').collect()
    }

    /// Its lines, numbered from 1, without comments and without what is compiled for tests only.
    fn code(&self) -> Vec<(usize, &str)> {
        let mut kept = vec![];
        let mut lines = self.text.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            if line.trim() == "#[cfg(test)]" {
                match lines.next() {
                    // A module of tests stands at the end of its file.
                    Some((_, next)) if next.trim_end().ends_with('{') && next.contains("mod ") => break,
                    _ => continue,
                }
            }
            let code = line.split_once("//").map_or(line, |(code, _)| code);
            kept.push((number + 1, code));
        }
        if self.test { vec![] } else { kept }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut waiting: Vec<PathBuf> = vec![root.clone()];
    let mut sources = vec![];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).expect("src is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                let path = path.strip_prefix(&root).expect("it is below").to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text, test: false });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let tests: BTreeSet<String> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        source.test = tests.contains(&source.path);
    }
    sources
}

/// The files that `#[cfg(test)] mod NAME;` of this file declares.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = match source.path.rsplit_once('/') {
        Some((folder, "mod.rs")) => format!("{folder}/"),
        Some(_) => format!("{}/", source.path.trim_end_matches(".rs")),
        None => String::new(),
    };
    let lines: Vec<&str> = source.text.lines().collect();
    let declared = lines.windows(2).filter(|pair| pair[0].trim() == "#[cfg(test)]").filter_map(|pair| {
        let name = pair[1].trim().strip_suffix(';')?.rsplit_once("mod ")?.1;
        Some(format!("{folder}{name}.rs"))
    });
    declared.collect()
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|siblings| siblings.contains(&module))
}

/// Identifiers after every `PREFIX` of a line, those of `PREFIX{a, b}` included.
fn names_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = vec![];
    for (at, _) in line.match_indices(prefix) {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &line[at + prefix.len()..];
        let group = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        for part in group.unwrap_or(rest).split(',').take(if group.is_some() { usize::MAX } else { 1 }) {
            let part = part.trim();
            let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
            names.push(&part[..end]);
        }
    }
    names
}

/// Modules directly below the crate that a line of a file names, by `crate::` or by as many `super::`.
fn named<'a>(source: &Source, line: &'a str) -> Vec<&'a str> {
    let mut names = names_after(line, "crate::");
    names.extend(names_after(line, &"super::".repeat(source.module().len())));
    names
}

fn hold(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn no_arrow_runs_back() {
    let mut broken = vec![];
    for source in sources() {
        let module = source.module()[0].to_owned();
        let Some(own) = rank(&module) else {
            if !["lib", "main"].contains(&module.as_str()) {
                broken.push(format!("src/{}: the order does not say where `{module}` is", source.path));
            }
            continue;
        };
        for (number, line) in source.code() {
            if line.trim_end().ends_with("crate::{") {
                broken.push(format!("src/{}:{number}: write a `use` for each module", source.path));
            }
            for name in named(&source, line) {
                if name != module && rank(name).is_some_and(|other| other >= own) {
                    broken.push(format!("src/{}:{number}: `{module}` must not know `{name}`", source.path));
                }
            }
        }
    }
    hold(&broken);
}

#[test]
fn arrows_are_seen() {
    let source = |path: &str| Source { path: path.to_owned(), text: String::new(), test: false };
    assert_eq!(named(&source("book/keys.rs"), "use crate::{plan, units::Money};"), ["plan", "units"]);
    assert_eq!(named(&source("book/keys.rs"), "    let x = crate::cli::main();"), ["cli"]);
    assert_eq!(named(&source("book/keys.rs"), "use super::policy::Rounding;"), [""; 0]);
    assert_eq!(named(&source("book/keys.rs"), "use super::super::engine::Player;"), ["engine"]);
    assert_eq!(named(&source("book/mod.rs"), "use super::engine::Player;"), ["engine"]);
    assert_eq!(named(&source("text/keys/words.rs"), "$crate::text::keys::Words"), ["text"]);
    let tested = Source {
        path: "a/mod.rs".to_owned(),
        text: "//! A.\n#[cfg(test)]\nmod b;\nfn f() {} // unwrap\n#[cfg(test)]\nmod tests {\n    x.unwrap()\n}\n"
            .to_owned(),
        test: false,
    };
    assert_eq!(tested.code(), [(1, ""), (4, "fn f() {} ")]);
    assert_eq!(test_modules(&tested), ["a/b.rs"]);
}

#[test]
fn every_module_of_the_crate_has_its_place() {
    let found: BTreeSet<String> = sources().iter().map(|source| source.module()[0].to_owned()).collect();
    let ordered: BTreeSet<String> = ORDER.concat().into_iter().chain(["lib", "main"]).map(str::to_owned).collect();
    assert_eq!(found, ordered);
}

#[test]
fn a_library_is_named_by_one_module_only() {
    let mut broken = vec![];
    for source in sources() {
        for (number, line) in source.code() {
            for (library, owner) in LIBRARIES {
                let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                if source.module()[0] != owner && words.clone().any(|word| word == library) {
                    broken.push(format!("src/{}:{number}: only `{owner}` names `{library}`", source.path));
                }
            }
        }
    }
    hold(&broken);
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = sources().into_iter().filter(|source| !source.text.starts_with("//! "));
    hold(&silent.map(|source| format!("src/{}: the first line is no `//!` comment", source.path)).collect::<Vec<_>>());
}

#[test]
fn nothing_is_unwrapped() {
    let mut broken = vec![];
    for source in sources() {
        for (number, line) in source.code() {
            if line.contains(".unwrap()") {
                broken.push(format!("src/{}:{number}: say why it cannot fail, with `expect`", source.path));
            }
        }
    }
    hold(&broken);
}

#[test]
fn files_can_be_read_in_a_sitting() {
    let mut broken = vec![];
    for source in sources() {
        let most = match source.path.as_str() {
            "main.rs" => MOST_LINES_OF_MAIN - 1,
            _ => MOST_LINES,
        };
        let lines = source.text.lines().count();
        if lines > most {
            broken.push(format!("src/{}: {lines} lines, more than {most}", source.path));
        }
    }
    hold(&broken);
}

#[test]
fn no_rule_knows_a_product() {
    let mut broken = vec![];
    for source in sources() {
        for (number, line) in source.code() {
            for product in PRODUCTS {
                if line.to_lowercase().contains(product) {
                    broken.push(format!("src/{}:{number}: `{product}` belongs into a price book", source.path));
                }
            }
        }
    }
    hold(&broken);
}
