//! The resolved text of a checked table: every key with its value, defaults included. Reading it gives the same table.

use std::fmt::Write;

use super::record::{Record, Value, Valued};
use super::shape::{Fallback, Shape, Table, grouped};
use super::words::Word;
use crate::units::{Money, duration};

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

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The value on one line; `None` for what needs sections of its own or is not there.
pub(super) fn inline(value: &Value) -> Option<String> {
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
        Value::Text(text) => quoted(text),
        Value::Word(word) => format!("\"{word}\""),
        Value::List(items) if items.iter().any(|item| is_section(&item.value)) => return None,
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| inline(&item.value)).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Values(values) => {
            let values: Option<Vec<String>> =
                values.iter().map(|(id, value)| Some(format!("{id} = {}", inline(&value.value)?))).collect();
            format!("{{ {} }}", values?.join(", "))
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

/// The key table as Markdown: a section for each table, a line for each key, and what each word of a choice does.
pub fn describe(table: &'static Table, path: &str) -> String {
    let mut text = String::new();
    let mut below: Vec<(String, &'static Table)> = vec![];
    let title = if path.is_empty() { "Top level".to_owned() } else { format!("`{path}`") };
    put(&mut text, format_args!("\n### {title}\n\n{}\n", table.doc));
    if !table.keys.is_empty() {
        text.push_str("\n| key | takes | unit | default | meaning | rule |\n|---|---|---|---|---|---|\n");
    }
    for key in table.keys {
        let default = match key.default {
            Fallback::Required => "required".to_owned(),
            Fallback::Absent => String::new(),
            Fallback::Is(value) => format!("`{value}`"),
        };
        let mut doc = key.doc.to_owned();
        words_of(&key.shape, &mut doc);
        let cells =
            [format!("`{}`", key.name), takes(&key.shape), key.unit.to_owned(), default, doc, key.rule.to_owned()];
        put(&mut text, format_args!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
        let at = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        tables_of(&key.shape, at, &mut below);
    }
    for (path, table) in below {
        text.push_str(&describe(table, &path));
    }
    text
}

/// What a key takes, in the short words that the head of docs/BOOK.md explains.
fn takes(shape: &Shape) -> String {
    match shape {
        Shape::Flag => "true or false".to_owned(),
        Shape::Whole(0, i64::MAX) => "whole number".to_owned(),
        Shape::Whole(min, max) => format!("whole number, {} to {}", grouped(min), grouped(max)),
        Shape::Money(min, max) => {
            let text = |units: i64| grouped(Money::from_units(units).decimal().normalize());
            format!("amount, {} to {}", text(*min), text(*max))
        }
        Shape::Share => "share".to_owned(),
        Shape::Real(min, max) => format!("number, {} to {}", grouped(min), grouped(max)),
        Shape::Length => "length".to_owned(),
        Shape::Time => "time of day".to_owned(),
        Shape::Date => "date".to_owned(),
        Shape::Moment => "date and time".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Scalar => "single value".to_owned(),
        Shape::Id => "id".to_owned(),
        Shape::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`\"{}\"`", word.word)).collect();
            words.join(", ")
        }
        Shape::WordOr(word, or) => format!("`\"{}\"` or {}", word.word, takes(or)),
        Shape::List(of, min, max) => {
            let many = if min == max { grouped(min) } else { format!("{} to {}", grouped(min), grouped(max)) };
            match of {
                Shape::Table(_) => format!("list of tables, {many}"),
                _ => format!("list of {many}: {}", takes(of)),
            }
        }
        Shape::Table(_) => "table".to_owned(),
        Shape::Map(_) => "tables by id".to_owned(),
        Shape::Values(of) => format!("by id: {}", takes(of)),
        Shape::Tagged(variants) => {
            let kinds: Vec<String> = variants.iter().map(|variant| format!("`\"{}\"`", variant.kind)).collect();
            format!("table with `kind` = {}", kinds.join(", "))
        }
    }
}

/// The words that a key takes and what each does, a line each.
fn words_of(shape: &Shape, doc: &mut String) {
    let mut say = |word: &Word| put(doc, format_args!("<br>`\"{}\"`: {}", word.word, word.doc));
    match shape {
        Shape::Choice(words) => words.iter().for_each(say),
        Shape::WordOr(word, or) => {
            say(word);
            words_of(or, doc);
        }
        _ => {}
    }
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
