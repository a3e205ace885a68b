//! Where a table of a baseline is damaged, once its digest says that it is. Knows how a whole one looks: its columns, what stands in
//! them, and that there is a row for each day and each name, in order.

use std::collections::{BTreeMap, HashMap};

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::sheet::Sheet;
use crate::tables::{ACCOUNTS, Cell, MONEY, STATUS, Table, USAGE};
use crate::text::node::{self, Node, Raw};
use crate::text::{Problems, Sources};

/// How many rows there must be, by the resolved scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    start: Option<Date>,
    days: Option<usize>,
    segments: Vec<(String, u64)>,
}

/// A line, from 1, and what is wrong with it.
type Found = Option<(usize, String)>;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Word,
    Count,
    Signed,
    Amount,
    Date,
    Instant,
    Flag,
    Digest,
}

impl Shape {
    /// Of a resolved scenario.
    pub(super) fn of(scenario: &str) -> Shape {
        let mut sources = Sources::default();
        let source = sources.add("scenario.toml", scenario);
        let root = node::parse(&sources, source, &mut Problems::default());
        let number = |node: &Node, key: &str| match &node.get(key)?.value {
            Raw::Integer(text) => text.parse::<u64>().ok(),
            _ => None,
        };
        let start = root.get("start").and_then(|node| match &node.value {
            Raw::Moment(moment) => moment.to_string().parse().ok(),
            _ => None,
        });
        let segments = match root.get("segments").map(|node| &node.value) {
            Some(Raw::List(nodes)) => nodes
                .iter()
                .filter_map(|node| Some((node.get("id")?.text()?.to_owned(), number(node, "accounts")?)))
                .collect(),
            _ => vec![],
        };
        Shape { start, days: number(&root, "days").and_then(|days| usize::try_from(days).ok()), segments }
    }
}

/// The first line of a table's text that cannot have been recorded; `None` where every line could have been.
pub(super) fn line_of_damage(table: &str, text: &str, shape: &Shape) -> Found {
    let contents = match table {
        "usage" => contents(&USAGE),
        "status" => contents(&STATUS),
        "money" => contents(&MONEY),
        _ => contents(&ACCOUNTS),
    };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut columns = vec![];
    for (nth, name) in header.iter().enumerate() {
        let Some(content) = contents.get(name) else { return Some((1, format!("has no column called `{name}`"))) };
        if header[..nth].contains(name) {
            return Some((1, format!("has the column `{name}` twice")));
        }
        columns.push(*content);
    }
    for (nth, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        if cells.len() != header.len() {
            return Some((nth + 2, format!("has {} cells here, and {} columns", cells.len(), header.len())));
        }
        if let Some(column) = (0..cells.len()).find(|column| !columns[*column].fits(cells[*column])) {
            return Some((nth + 2, format!("cannot have `{}` as `{}`", cells[column], header[column])));
        }
    }
    if !text.ends_with('\n') {
        return Some((text.lines().count(), "ends within a line".to_owned()));
    }
    let sheet = Sheet::parse(text)?;
    twice(&sheet).or_else(|| if table == "accounts" { accounts(&sheet, shape) } else { days(&sheet, shape) })
}

fn contents<R>(table: &'static Table<R>) -> HashMap<&'static str, Content> {
    let of = |cell: &Cell<R>| match cell {
        Cell::Text(_) => Content::Word,
        Cell::Count(_) => Content::Count,
        Cell::Signed(_) => Content::Signed,
        Cell::Money(_) | Cell::Share(_) => Content::Amount,
        Cell::Date(_) => Content::Date,
        Cell::Instant(_) => Content::Instant,
        Cell::Flag(_) => Content::Flag,
    };
    let columns = (table.columns)();
    columns.iter().map(|column| (column.name, of(&column.cell))).chain([("story", Content::Digest)]).collect()
}

impl Content {
    /// Whether a cell can stand in the column; an instant and a digest may be none.
    fn fits(self, cell: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Content::Word => !cell.is_empty(),
            Content::Count => digits(cell) && cell.parse::<u64>().is_ok(),
            Content::Signed => cell.parse::<i64>().is_ok(),
            Content::Amount => cell
                .strip_prefix('-')
                .unwrap_or(cell)
                .split_once('.')
                .is_some_and(|(whole, part)| digits(whole) && whole.len() <= 30 && digits(part) && part.len() == 8),
            Content::Date => cell.parse::<Date>().is_ok(),
            Content::Instant => cell.is_empty() || cell.parse::<DateTime>().is_ok(),
            Content::Flag => matches!(cell, "true" | "false"),
            Content::Digest => {
                cell.is_empty() || (cell.len() == 16 && cell.bytes().all(|byte| byte.is_ascii_hexdigit()))
            }
        }
    }
}

fn twice(sheet: &Sheet) -> Found {
    let mut known = HashMap::new();
    for (nth, row) in sheet.rows.iter().enumerate() {
        let name = sheet.name_of(row);
        if let Some(first) = known.insert(name.clone(), nth + 2) {
            return Some((nth + 2, format!("has the row `{name}` twice, first in line {first}")));
        }
    }
    None
}

/// The same names on every day, day after day.
fn days(sheet: &Sheet, shape: &Shape) -> Found {
    let date = sheet.header.iter().position(|column| column == "date")?;
    let names = |row: &[String]| -> Vec<String> { sheet.name_of(row).split(' ').skip(1).map(str::to_owned).collect() };
    let mut by_day: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for row in &sheet.rows {
        by_day.entry(&row[date]).or_default().push(names(row));
    }
    // Some day is whole, unless all are damaged.
    let Some(whole) = by_day.values().rev().max_by_key(|rows| rows.len()) else {
        return Some((1, "has no rows".to_owned()));
    };
    let start = shape.start.or_else(|| sheet.rows[0][date].parse().ok())?;
    let expected = |nth: usize| -> Option<(String, Vec<String>)> {
        let days = Span::new().try_days(i64::try_from(nth / whole.len()).ok()?).ok()?;
        let day = start.checked_add(days).ok()?;
        Some((day.to_string(), whole[nth % whole.len()].clone()))
    };
    let told =
        |nth: usize| expected(nth).map(|(date, names)| format!("{date} {}", names.join(" "))).unwrap_or_default();
    let wrong = |(nth, row): &(usize, &Vec<String>)| expected(*nth) != Some((row[date].clone(), names(row)));
    if let Some((nth, row)) = sheet.rows.iter().enumerate().find(wrong) {
        return Some((nth + 2, format!("has `{}` where `{}` must be", sheet.name_of(row), told(nth))));
    }
    let all = sheet.rows.len();
    let missing = shape.days.map_or(!all.is_multiple_of(whole.len()), |days| all < days * whole.len());
    if missing {
        return Some((all + 1, format!("ends here, before `{}`", told(all))));
    }
    let more = shape.days.map(|days| days * whole.len()).filter(|most| all > *most);
    more.map(|most| (most + 2, "goes on after the last day".to_owned()))
}

/// Every account of every segment, from 0.
fn accounts(sheet: &Sheet, shape: &Shape) -> Found {
    let mut expected =
        shape.segments.iter().flat_map(|(id, accounts)| (0..*accounts).map(move |nth| format!("{id} {nth}")));
    for (nth, row) in sheet.rows.iter().enumerate() {
        let (name, wanted) = (sheet.name_of(row), expected.next());
        match wanted {
            None => return Some((nth + 2, format!("has `{name}` after the last account"))),
            Some(wanted) if wanted != name => {
                return Some((nth + 2, format!("has `{name}` where `{wanted}` must be")));
            }
            Some(_) => {}
        }
    }
    expected.next().map(|wanted| (sheet.rows.len() + 1, format!("ends here, before `{wanted}`")))
}
