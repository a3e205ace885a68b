//! What was put in, by theme: every value that is not a default, with what it means and whose it is. Must not know results.

use std::collections::BTreeSet;
use std::path::Path;

use super::page::{Cell, Table, head};
use crate::plan::Plan;
use crate::scenario::{Overrides, load_text};
use crate::text::Sources;
use crate::text::keys::{Stated, stated};

const WORLD: &str = "Chosen for this run.";
const CUSTOMERS: &str = "Assumptions about who the customers are, what they ask for and how they pay; nobody measured them, unless the meaning \
                         says so. The formulas are in docs/MODEL.md.";
const REFERENCE: &str =
    "Where demand answers to prices, it is as written at these; only what differs from the price list is shown.";
const POLICY: &str = "How balances, deductions and suspensions work: facts and decisions of docs/RULES.md.";

/// Tables of a plan's values. They come from the resolved scenario alone, so that playing that again brings the same report.
pub fn of(plan: &Plan) -> Vec<Table> {
    let all = values(plan);
    let currency = &plan.books[0].currency;
    let table = |title: String, note: &str, path: &[&str]| {
        let below = format!("{}.", path.join("."));
        let rows = all.iter().filter(|stated| stated.path.starts_with(&below) && stated.key.name != "id");
        listed(title, note, rows, &below, currency)
    };
    let top = all.iter().filter(|stated| !stated.path.contains('.') || stated.path.starts_with("profiles."));
    let mut tables = vec![listed("The world".to_owned(), WORLD, top, "", currency)];
    for segment in &plan.segments {
        tables.push(table(format!("Customers: {}", segment.id), CUSTOMERS, &["segments", &segment.id]));
    }
    for book in &plan.books {
        let note =
            format!("Facts of a price list, “{}”, and decisions where it is silent (docs/RULES.md).", book.title);
        tables.push(table(format!("Price list: {}", book.id), &note, &["books", &book.id]));
        let below = format!("reference_books.{}.", book.id);
        let rows =
            all.iter().filter(|stated| stated.path.starts_with(&below) && !is_price_of(stated, &below, &book.id, &all));
        tables.push(listed(format!("Prices that demand knows: {}", book.id), REFERENCE, rows, &below, currency));
    }
    tables.push(table("Account policy".to_owned(), POLICY, &["account"]));
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// Whether a reference price is that of the price list.
fn is_price_of(stated: &Stated, below: &str, product: &str, all: &[Stated]) -> bool {
    let path = format!("books.{product}.{}", stated.path.strip_prefix(below).unwrap_or(&stated.path));
    all.iter().any(|other| other.path == path && other.value == stated.value)
}

/// In which values a variant of a comparison differs from the first plan.
pub fn changed(first: &Plan, other: &Plan) -> Table {
    let (before, after) = (values(first), values(other));
    let at = |all: &[Stated], path: &str| all.iter().find(|stated| stated.path == path).cloned();
    let row = |path: &str| {
        let (before, after) = (at(&before, path), at(&after, path));
        let key = after.as_ref().or(before.as_ref())?.key;
        // What is not stated on one side has its default there.
        let default = before.as_ref().or(after.as_ref())?.default.clone();
        let value = |stated: Option<Stated>| stated.map(|stated| stated.value).or_else(|| default.clone());
        let (before, after) = (value(before), value(after));
        let told = |value: Option<String>| Cell::text(value.unwrap_or_else(|| "–".to_owned()));
        (before != after && path != "name")
            .then(|| vec![Cell::text(path), told(before), told(after), Cell::text(key.doc)])
    };
    let mut seen = BTreeSet::new();
    let paths = before.iter().chain(&after).map(|stated| stated.path.as_str()).filter(|path| seen.insert(*path));
    Table {
        title: format!("In which {} differs from {}", other.name, first.name),
        note: "All else is the same, as listed below.".to_owned(),
        head: head(&["key", "before", "after", "meaning"]),
        texts: 4,
        rows: paths.filter_map(row).collect(),
        sum: None,
    }
}

/// All values of a plan that are no defaults.
fn values(plan: &Plan) -> Vec<Stated> {
    let scenario =
        load_text(&plan.resolved, Path::new("scenario.toml"), &Overrides::default(), &mut Sources::default());
    // It was written by the program: it is always sound.
    scenario.map(|scenario| stated(&scenario.record)).unwrap_or_default()
}

fn listed<'a>(title: String, note: &str, rows: impl Iterator<Item = &'a Stated>, below: &str, currency: &str) -> Table {
    let row = |stated: &Stated| {
        let unit = match stated.key.unit {
            // A length has its unit in its value.
            "" | "time" | "time of day" => String::new(),
            unit => format!(" {}", unit.replace("currency", currency)),
        };
        vec![
            Cell::text(stated.path.strip_prefix(below).unwrap_or(&stated.path)),
            Cell::text(format!("{}{unit}", stated.value)),
            Cell::text(stated.default.clone().unwrap_or_else(|| "–".to_owned())),
            Cell::text(stated.key.doc),
        ]
    };
    Table {
        title,
        note: note.to_owned(),
        head: head(&["key", "value", "default", "meaning"]),
        texts: 4,
        rows: rows.map(row).collect(),
        sum: None,
    }
}
