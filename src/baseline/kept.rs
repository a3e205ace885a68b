//! A baseline as a folder: its files written, read, and held against the digests that were kept of them.

use std::io::ErrorKind;
use std::path::Path;

use super::damage::{Shape, line_of_damage};
use super::exact::{Baseline, SHEETS};
use super::head::{Digests, Head, digest, not_json};
use super::sheet::Sheet;
use super::statistical::Sample;

/// The files of a baseline, which kind has them, and what they are.
pub const FILES: [(&str, &str, &str); 7] = [
    (
        "baseline.json",
        "both",
        "program version, generator, kind, scenario and its file, plan hash, seed, what was changed on the command line, a digest of every other file and of itself",
    ),
    ("scenario.toml", "exact", "the scenario with every default, book and policy written out"),
    ("usage.csv", "exact", "units by date, segment, product and meter"),
    ("status.csv", "exact", "accounts by state, by date, segment and product"),
    ("money.csv", "exact", "money by date and segment; `story` is a digest of the segment's events of that date"),
    ("accounts.csv", "exact", "a row an account; `story` is a digest of all its events"),
    ("numbers.json", "statistical", "mean, standard deviation and number of replications of every metric"),
];

/// What is kept in a folder.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What was recorded.
    pub head: Head,
    /// The tables, for the exact kind.
    pub exact: Option<Baseline>,
    /// The numbers, for the statistical kind.
    pub sample: Option<Vec<Sample>>,
}

/// Why there is no baseline to hold against.
#[derive(Clone, Debug)]
pub enum Unreadable {
    /// There is none.
    Missing,
    /// A file is not as it was recorded.
    Damaged {
        /// The file, and the line where it is known.
        place: String,
        /// What is wrong with it, as a verb.
        what: String,
        /// What was recorded, where at least that can be read.
        head: Option<Box<Head>>,
    },
}

impl Kept {
    /// The files of a baseline: name and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![];
        if let Some(exact) = &self.exact {
            files.push(("scenario.toml".to_owned(), exact.scenario.clone()));
            files.extend(exact.sheets.iter().map(|(name, sheet)| (format!("{name}.csv"), sheet.text())));
        }
        files.extend(
            self.sample.iter().map(|sample| ("numbers.json".to_owned(), format!("{:#}\n", Sample::write(sample)))),
        );
        let digests: Digests = files.iter().map(|(name, text)| (name.clone(), digest(text))).collect();
        files.insert(0, ("baseline.json".to_owned(), self.head.text(&digests)));
        files
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// That there is none, or which file is damaged, where and how.
    pub fn read(folder: &Path) -> Result<Kept, Unreadable> {
        if !folder.exists() {
            return Err(Unreadable::Missing);
        }
        let mut files = Files { folder, digests: vec![], head: None };
        let name = "baseline.json";
        let (head, digests) =
            Head::read(&files.text(name)?).map_err(|(line, what)| files.damaged(name, line, &what))?;
        files.head = Some(head.clone());
        files.digests = digests;
        match head.replications {
            Some(replications) => Ok(Kept { sample: Some(files.sample(replications)?), exact: None, head }),
            None => Ok(Kept { exact: Some(files.tables()?), sample: None, head }),
        }
    }
}

/// The files that are being read.
struct Files<'a> {
    folder: &'a Path,
    digests: Digests,
    head: Option<Head>,
}

impl Files<'_> {
    fn damaged(&self, name: &str, line: Option<usize>, what: &str) -> Unreadable {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line}", self.folder.join(name).display());
        Unreadable::Damaged { place, what: what.to_owned(), head: self.head.clone().map(Box::new) }
    }

    /// A file as it was written, whatever ends its lines here.
    fn text(&self, name: &str) -> Result<String, Unreadable> {
        let text = std::fs::read(self.folder.join(name)).map_err(|error| {
            let what = match error.kind() {
                ErrorKind::NotFound => "is missing".to_owned(),
                _ => format!("cannot be read: {error}"),
            };
            self.damaged(name, None, &what)
        })?;
        let text = String::from_utf8(text).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            self.damaged(name, Some(line), "is not UTF-8 text")
        })?;
        let text = text.replace("\r\n", "\n");
        match text.lines().position(|line| line.starts_with("<<<<<<< ")) {
            Some(line) => Err(self.damaged(name, Some(line + 1), "has a merge conflict that was not resolved")),
            None => Ok(text),
        }
    }

    /// Whether it is as it was recorded.
    fn is_whole(&self, name: &str, text: &str) -> bool {
        self.digests.iter().any(|(known, written)| known == name && *written == digest(text))
    }

    fn other(&self, name: &str) -> Unreadable {
        self.damaged(
            name,
            None,
            "is not as it was recorded: it has another digest, so something in it was changed by hand",
        )
    }

    fn tables(&self) -> Result<Baseline, Unreadable> {
        let name = "scenario.toml";
        let scenario = self.text(name)?;
        if scenario.trim().is_empty() {
            return Err(self.damaged(name, Some(1), "is empty"));
        }
        if !self.is_whole(name, &scenario) {
            return Err(self.other(name));
        }
        let shape = Shape::of(&scenario);
        let mut sheets = vec![];
        for sheet in SHEETS {
            let name = format!("{sheet}.csv");
            let text = self.text(&name)?;
            if !self.is_whole(&name, &text) {
                let found = line_of_damage(sheet, &text, &shape);
                return Err(
                    found.map_or_else(|| self.other(&name), |(line, what)| self.damaged(&name, Some(line), &what))
                );
            }
            sheets.push((sheet, Sheet::parse(&text).ok_or_else(|| self.other(&name))?));
        }
        Ok(Baseline { scenario, sheets })
    }

    fn sample(&self, replications: u64) -> Result<Vec<Sample>, Unreadable> {
        let name = "numbers.json";
        let text = self.text(name)?;
        let json = serde_json::from_str(&text).map_err(|error| {
            let (line, what) = not_json(&error);
            self.damaged(name, line, &what)
        })?;
        let samples = Sample::read(&json, replications).map_err(|(metric, what)| {
            let written = format!("\"{metric}\":");
            let line = text.lines().position(|line| line.trim_start().starts_with(&written));
            self.damaged(name, line.map(|line| line + 1), &what)
        })?;
        if self.is_whole(name, &text) { Ok(samples) } else { Err(self.other(name)) }
    }
}
