//! What a checked table says that its key table does not say by itself: values that are no defaults, for a reader. Must not know
//! what keys mean.

use super::check::default;
use super::record::{Record, Value};
use super::shape::{Fallback, Key};
use super::write::inline;
use crate::text::Problems;

/// A key whose value is not its default.
#[derive(Clone, Debug)]
pub struct Stated {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// Its value; of a table, what in it is no default.
    pub value: String,
    /// What would hold otherwise; nothing where something must be written.
    pub default: Option<String>,
    /// What it means.
    pub key: &'static Key,
}

/// All keys of a sound table whose values are not the defaults, in the order of the key table.
pub fn stated(record: &Record) -> Vec<Stated> {
    let mut found = vec![];
    below(record, "", &mut found);
    found
}

fn below(record: &Record, path: &str, found: &mut Vec<Stated>) {
    for (key, valued) in record.table.keys.iter().zip(&record.values) {
        let path = step(path, key.name);
        match &valued.value {
            Value::Absent | Value::Broken => {}
            value if is_default(key, value) => {}
            Value::Record(inner) if !inner.table.inline => below(inner, &path, found),
            Value::Tagged(kind, inner) if !inner.table.inline => {
                found.push(of(key, step(&path, "kind"), (*kind).to_owned()));
                below(inner, &path, found);
            }
            Value::Map(records) => records.iter().for_each(|(id, inner)| below(inner, &step(&path, id), found)),
            Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Record(_))) => {
                for (index, item) in items.iter().enumerate() {
                    let Value::Record(inner) = &item.value else { continue };
                    let path = step(&path, &name(inner).unwrap_or_else(|| index.to_string()));
                    if inner.table.inline {
                        found.push(of(key, path, brief(&item.value)));
                    } else {
                        below(inner, &path, found);
                    }
                }
            }
            value => found.push(of(key, path, brief(value))),
        }
    }
}

fn of(key: &'static Key, path: String, value: String) -> Stated {
    let default = match key.default {
        Fallback::Is(text) => Some(brief(&default(text, &key.shape, &mut Problems::default()).value)),
        Fallback::Absent => Some(String::new()),
        Fallback::Required => None,
    };
    let default = default.map(|text| if text.is_empty() { "none".to_owned() } else { text });
    Stated { path, value, default, key }
}

fn step(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The id of an element of a list, if it has one.
fn name(record: &Record) -> Option<String> {
    record.table.keys.iter().any(|key| key.name == "id").then(|| record.get("id"))
}

fn is_default(key: &Key, value: &Value) -> bool {
    let Fallback::Is(text) = key.default else { return false };
    let default = default(text, &key.shape, &mut Problems::default());
    inline(value).is_some_and(|written| inline(&default.value) == Some(written))
}

/// A value in one line: texts without quotes, of tables only what is no default.
fn brief(value: &Value) -> String {
    let within = |kind: Option<&str>, record: &Record| {
        let kept = record.table.keys.iter().zip(&record.values).filter(|(key, valued)| {
            !matches!(valued.value, Value::Absent | Value::Broken) && !is_default(key, &valued.value)
        });
        let parts = kept.map(|(key, valued)| format!("{} {}", key.name, brief(&valued.value)));
        kind.map(str::to_owned).into_iter().chain(parts).collect::<Vec<_>>().join(", ")
    };
    match value {
        Value::Text(text) => text.clone(),
        Value::Word(word) => (*word).to_owned(),
        Value::List(items) => items.iter().map(|item| brief(&item.value)).collect::<Vec<_>>().join(", "),
        Value::Values(values) => {
            values.iter().map(|(id, value)| format!("{id} {}", brief(&value.value))).collect::<Vec<_>>().join(", ")
        }
        Value::Record(record) => within(None, record),
        Value::Tagged(kind, record) => within(Some(kind), record),
        scalar => inline(scalar).unwrap_or_default().replace('"', ""),
    }
}
