//! What kind of file a person gave, by the keys at its top. Must not know what is done with it.

use std::path::Path;

use crate::text::node::Node;
use crate::text::{Problem, Problems};

/// The kinds of files that a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A world of customers.
    Scenario,
    /// A price book.
    Book,
    /// What is varied in a scenario.
    Study,
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
        }
    }

    /// Notes the one mistake of a file of another kind: what it is and what takes it. False then: the rest would only confuse.
    pub fn is_kind_of(self, root: &Node, path: &Path, problems: &mut Problems) -> bool {
        let Some(found) = FileKind::of(root).filter(|found| *found != self) else { return true };
        let file = path.display();
        let cure = match found {
            FileKind::Study if root.get("optimize").is_some() => format!("use billsim optimize {file}"),
            FileKind::Study => format!("use billsim sweep {file}"),
            FileKind::Scenario if self == FileKind::Study => {
                format!("use billsim run {file}, or write a study that names it: scenario = \"…\"")
            }
            FileKind::Scenario => "name a price book here".to_owned(),
            FileKind::Book => "a scenario names it: [books.PRODUCT] with file = \"…\"; \
                               billsim compare SCENARIO BOOK plays one with it"
                .to_owned(),
        };
        problems.push(Problem::new(format!("{file} is {}, not {}", found.name(), self.name())).cure(cure));
        false
    }
}
