//! The tree of a TOML text with the place of everything. Numbers keep the text they were written with.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Problems};
use super::source::{Place, Sources};

/// A value and where it stands; a default stands nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it was written.
    pub place: Option<Place>,
    /// What was written.
    pub value: Raw,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// `true`, `false`
    Flag(bool),
    /// A whole number, decimal digits without underscores.
    Integer(String),
    /// A number with a point or an exponent, as written.
    Float(String),
    /// A text.
    Text(String),
    /// A date, a time, or both.
    Moment(toml::value::Datetime),
    /// `[ … ]`
    List(Vec<Node>),
    /// A table, in the order written.
    Table(Vec<Entry>),
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Option<Place>,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// Has it stand at `place` with all that is in it.
    pub fn stand_at(&mut self, place: Option<Place>) {
        self.place = place;
        match &mut self.value {
            Raw::List(nodes) => nodes.iter_mut().for_each(|node| node.stand_at(place)),
            Raw::Table(entries) => entries.iter_mut().for_each(|entry| {
                entry.place = place;
                entry.node.stand_at(place);
            }),
            _ => {}
        }
    }

    /// The kind of value, as a person calls it.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Raw::Flag(_) => "true or false",
            Raw::Integer(_) => "a whole number",
            Raw::Float(_) => "a number with decimals",
            Raw::Text(_) => "a text",
            Raw::Moment(_) => "a date or time",
            Raw::List(_) => "a list",
            Raw::Table(_) => "a table",
        }
    }

    /// The value of `key`, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Raw::Table(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Raw::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Forgets all places: for defaults, which stand nowhere.
    #[must_use]
    pub fn nowhere(mut self) -> Node {
        self.place = None;
        match &mut self.value {
            Raw::List(nodes) => {
                for node in nodes {
                    *node = node.clone().nowhere();
                }
            }
            Raw::Table(entries) => {
                for entry in entries {
                    entry.place = None;
                    entry.node = entry.node.clone().nowhere();
                }
            }
            _ => {}
        }
        self
    }
}

/// Reads a whole TOML document; every mistake of syntax goes to `problems`.
pub fn parse(sources: &Sources, source: usize, problems: &mut Problems) -> Node {
    let text = sources.get(source).map_or("", |s| s.text.as_str());
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let blank = text.get(span.clone()).is_none_or(|marked| marked.trim().is_empty());
        let (what, label) = match error.message() {
            // The parser takes a value that is not there for a text without quotes.
            message if blank && message.starts_with("string values must be quoted") => ("a value is missing", "here"),
            message if message.starts_with("duplicate key") => ("a key is written twice", "the second"),
            message => (message, "here"),
        };
        let place = Place { source, start: span.start, end: span.end };
        problems.push(Problem::new(format!("this is not valid TOML: {what}")).at(Some(place)).label(label));
    }
    let whole = Place { source, start: table.span().start, end: table.span().end };
    Node { place: Some(whole), value: table_of(table.get_ref(), source, 0) }
}

/// Reads one TOML value; `offset` is where it begins in its source. `None` if it is none.
pub fn parse_value(text: &str, source: usize, offset: usize) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    Some(node_of(&value, source, offset))
}

fn node_of(value: &Spanned<DeValue<'_>>, source: usize, offset: usize) -> Node {
    let place = place_of(value.span(), source, offset);
    let raw = match value.get_ref() {
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Integer(integer) => Raw::Integer(decimal(integer.as_str(), integer.radix())),
        DeValue::Float(float) => Raw::Float(float.as_str().to_owned()),
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Datetime(moment) => Raw::Moment(*moment),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| node_of(item, source, offset)).collect()),
        DeValue::Table(table) => table_of(table, source, offset),
    };
    Node { place, value: raw }
}

fn table_of(table: &DeTable<'_>, source: usize, offset: usize) -> Raw {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            place: place_of(key.span(), source, offset),
            node: node_of(value, source, offset),
        })
        .collect();
    entries.sort_by_key(|entry| entry.place.map(|place| place.start));
    Raw::Table(entries)
}

fn place_of(span: std::ops::Range<usize>, source: usize, offset: usize) -> Option<Place> {
    Some(Place { source, start: span.start + offset, end: span.end + offset })
}

fn decimal(digits: &str, radix: u32) -> String {
    if radix == 10 {
        return digits.to_owned();
    }
    let bare = digits.trim_start_matches("0x").trim_start_matches("0o").trim_start_matches("0b");
    // Out of range stays as written and is refused by whoever wants a number.
    i128::from_str_radix(bare, radix).map_or_else(|_| digits.to_owned(), |number| number.to_string())
}
