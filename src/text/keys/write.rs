//! The resolved text of a checked table: every key with its value, defaults included. Reading it gives the same table.

use std::fmt::Write;

use super::record::{Record, Value, Valued};
use super::shape::{Fallback, Shape, Table};
use crate::units::duration;

/// The TOML text of a table; the keys in `without` are left out at the top.
pub fn write(record: &Record, without: &[&str]) -> String {
    let mut text = String::new();
    write_table(record, None, "", without, &mut text);
    text
}

fn write_table(record: &Record, kind: Option<&str>, path: &str, without: &[&str], text: &mut String) {
    if let Some(kind) = kind {
        put(text, format_args!("kind = \"{kind}\"\n"));
    }
    let kept = || record.table.keys.iter().zip(&record.values).filter(|(key, _)| !without.contains(&key.name));
    for (key, valued) in kept() {
        if let Some(value) = inline(&valued.value) {
            put(text, format_args!("{} = {value}\n", key.name));
        }
    }
    for (key, valued) in kept() {
        let below = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        write_below(valued, &below, text);
    }
}

fn write_below(valued: &Valued, path: &str, text: &mut String) {
    if inline(&valued.value).is_some() {
        return;
    }
    match &valued.value {
        Value::Record(record) => section(record, None, &format!("[{path}]"), path, text),
        Value::Tagged(kind, record) => section(record, Some(kind), &format!("[{path}]"), path, text),
        Value::Map(records) => {
            for (id, record) in records {
                let below = format!("{path}.{id}");
                section(record, None, &format!("[{below}]"), &below, text);
            }
        }
        Value::List(items) => {
            for item in items {
                if let Value::Record(record) = &item.value {
                    section(record, None, &format!("[[{path}]]"), path, text);
                }
            }
        }
        _ => {}
    }
}

fn section(record: &Record, kind: Option<&str>, header: &str, path: &str, text: &mut String) {
    put(text, format_args!("\n{header}\n"));
    write_table(record, kind, path, &[], text);
}

/// The value on one line; `None` for what needs sections of its own or is not there.
fn inline(value: &Value) -> Option<String> {
    Some(match value {
        Value::Absent | Value::Broken | Value::Map(_) => return None,
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Money(money) => money.decimal().normalize().to_string(),
        Value::Share(share) => share.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Length(seconds) => format!("\"{}\"", duration::write_length(*seconds)),
        Value::Time(seconds) => format!("\"{}\"", duration::write_time(*seconds)),
        Value::Date(date) => date.to_string(),
        Value::Moment(moment) => moment.to_string(),
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::Word(word) => format!("\"{word}\""),
        Value::List(items) if items.iter().any(|item| is_section(&item.value)) => return None,
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| inline(&item.value)).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Record(record) if record.table.inline => braces(record, None)?,
        Value::Tagged(kind, record) if record.table.inline => braces(record, Some(kind))?,
        Value::Record(_) | Value::Tagged(..) => return None,
    })
}

fn is_section(value: &Value) -> bool {
    matches!(value, Value::Record(record) if !record.table.inline)
}

fn braces(record: &Record, kind: Option<&str>) -> Option<String> {
    let mut parts: Vec<String> = kind.map(|kind| format!("kind = \"{kind}\"")).into_iter().collect();
    for (key, valued) in record.table.keys.iter().zip(&record.values) {
        match inline(&valued.value) {
            Some(value) => parts.push(format!("{} = {value}", key.name)),
            None if matches!(valued.value, Value::Absent) => {}
            None => return None,
        }
    }
    Some(format!("{{ {} }}", parts.join(", ")))
}

/// The key table as Markdown: path, type, default, unit, meaning, section of the rules.
pub fn describe(table: &'static Table, path: &str) -> String {
    let mut text = String::new();
    let mut below: Vec<(String, &'static Table)> = vec![];
    put(&mut text, format_args!("\n### `{}`\n\n{}\n\n", if path.is_empty() { "top level" } else { path }, table.doc));
    put(&mut text, format_args!("| key | takes | default | meaning | rule |\n|---|---|---|---|---|\n"));
    for key in table.keys {
        let default = match key.default {
            Fallback::Required => "required".to_owned(),
            Fallback::Absent => "-".to_owned(),
            Fallback::Is(value) => format!("`{value}`"),
        };
        let unit = if key.unit.is_empty() { String::new() } else { format!(", {}", key.unit) };
        let mut doc = key.doc.to_owned();
        if let Shape::Choice(words) = key.shape {
            for word in words {
                put(&mut doc, format_args!(" `{}`: {}", word.word, word.doc));
            }
        }
        let expected = key.shape.expected();
        put(&mut text, format_args!("| `{}` | {expected}{unit} | {default} | {doc} | {} |\n", key.name, key.rule));
        let at = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        tables_of(&key.shape, at, &mut below);
    }
    for (path, table) in below {
        text.push_str(&describe(table, &path));
    }
    text
}

fn tables_of(shape: &'static Shape, path: String, found: &mut Vec<(String, &'static Table)>) {
    match shape {
        Shape::Table(table) => found.push((path, table)),
        Shape::Map(table) => found.push((format!("{path}.ID"), table)),
        Shape::Tagged(variants) => {
            found.extend(variants.iter().map(|v| (format!("{path} (kind = \"{}\")", v.kind), &v.table)));
        }
        Shape::List(of, ..) => tables_of(of, format!("{path}[]"), found),
        Shape::WordOr(_, or) => tables_of(or, path, found),
        _ => {}
    }
}

fn put(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes every write");
}
