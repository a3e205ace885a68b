//! What kind of file a person gave, by the keys at its top. Must not know what is done with it.

use std::path::Path;

use crate::text::node::Node;
use crate::text::{Place, Problem, Problems};

/// The kinds of files that a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A world of customers.
    Scenario,
    /// A price book.
    Book,
    /// What is varied in a scenario.
    Study,
    /// What holds for accounts. Its keys are those of no other kind, so nothing is taken for one.
    Policy,
}

impl FileKind {
    /// The kind of a file, where its keys say so.
    pub fn of(root: &Node) -> Option<FileKind> {
        let has = |keys: &[&str]| keys.iter().any(|key| root.get(key).is_some());
        if has(&["segments", "books", "start"]) {
            return Some(FileKind::Scenario);
        }
        if has(&["scenario", "axes", "optimize"]) {
            return Some(FileKind::Study);
        }
        has(&["meters"]).then_some(FileKind::Book)
    }

    fn name(self) -> &'static str {
        match self {
            FileKind::Scenario => "a scenario",
            FileKind::Book => "a price book",
            FileKind::Study => "a study",
            FileKind::Policy => "an account policy",
        }
    }

    /// Notes the one mistake of a file of another kind: what it is and what takes it. False then: the rest would only confuse.
    /// `from` is the value that names the file.
    pub fn is_kind_of(self, root: &Node, path: &Path, place: Option<Place>, problems: &mut Problems) -> bool {
        let Some(found) = FileKind::of(root).filter(|found| *found != self) else { return true };
        let file = path.display();
        let cure = match found {
            _ if place.is_some() => format!("name {} here", self.name()),
            FileKind::Study if root.get("optimize").is_some() => format!("use billsim optimize {file}"),
            FileKind::Study => format!("use billsim sweep {file}"),
            FileKind::Scenario if self == FileKind::Study => {
                format!("use billsim run {file}, or write a study that names it: scenario = \"…\"")
            }
            FileKind::Scenario => format!("use billsim run {file}"),
            FileKind::Book | FileKind::Policy => "a scenario names it: [books.PRODUCT] with file = \"…\"; \
                               billsim compare SCENARIO BOOK plays one with it"
                .to_owned(),
        };
        let problem = Problem::new(format!("{file} is {}, not {}", found.name(), self.name()));
        problems.push(problem.at(place).label("named here").cure(cure));
        false
    }
}
