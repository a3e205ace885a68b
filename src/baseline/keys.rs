//! Which keys differ between two resolved scenarios.

use std::collections::BTreeMap;

use crate::text::node::{self, Node, Raw};
use crate::text::{Problems, Sources};

/// A key that differs; nothing where it is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// Its path, as `--set` takes it.
    pub key: String,
    /// What was kept.
    pub stored: Option<String>,
    /// What it is now.
    pub now: Option<String>,
}

/// Every scalar that differs, by its path.
pub fn key_changes(stored: &str, now: &str) -> Vec<KeyChange> {
    let (stored, now) = (scalars(stored), scalars(now));
    let keys: std::collections::BTreeSet<&String> = stored.keys().chain(now.keys()).collect();
    let change = |key: &&String| KeyChange {
        key: (*key).clone(),
        stored: stored.get(*key).cloned(),
        now: now.get(*key).cloned(),
    };
    keys.iter().map(change).filter(|change| change.stored != change.now).collect()
}

fn scalars(text: &str) -> BTreeMap<String, String> {
    let mut sources = Sources::default();
    let source = sources.add("resolved", text);
    let root = node::parse(&sources, source, &mut Problems::default());
    let mut found = BTreeMap::new();
    collect(&root, String::new(), &mut found);
    found
}

fn collect(node: &Node, path: String, found: &mut BTreeMap<String, String>) {
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    let mut scalar = |text: String| {
        found.insert(path.clone(), text);
    };
    match &node.value {
        Raw::Flag(flag) => scalar(flag.to_string()),
        Raw::Integer(text) | Raw::Float(text) | Raw::Text(text) => scalar(text.clone()),
        Raw::Moment(moment) => scalar(moment.to_string()),
        Raw::Table(entries) => {
            for entry in entries {
                collect(&entry.node, below(&entry.key), found);
            }
        }
        Raw::List(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                let step = node.get("id").and_then(Node::text).map_or_else(|| index.to_string(), str::to_owned);
                collect(node, below(&step), found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_go_by_path_and_id() {
        let old = "a = 1\n[[meters]]\nid = \"m\"\ntiers = [{ price = 0.1 }, { price = 0.2 }]\n";
        let changes = key_changes(old, &old.replace("0.2", "0.20000001").replace("a = 1", "b = 1"));
        let told: Vec<_> = changes.iter().map(|c| (c.key.as_str(), c.stored.as_deref(), c.now.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("a", Some("1"), None),
                ("b", None, Some("1")),
                ("meters.m.tiers.1.price", Some("0.2"), Some("0.20000001"))
            ]
        );
    }
}
