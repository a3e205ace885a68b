//! What a key may hold.

use super::record::Record;
use super::words::Word;
use crate::text::Problems;

/// A table of a file.
#[derive(Debug)]
pub struct Table {
    /// What a person calls one: "a tier".
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys in the order they are written.
    pub keys: &'static [Key],
    /// Whether the resolved writer keeps it on one line.
    pub inline: bool,
    /// What must hold between its keys; called only on a table whose keys are all sound.
    pub rules: &'static [fn(&Record, &mut Problems)],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What it may hold.
    pub shape: Shape,
    /// What holds when it is not written.
    pub default: Fallback,
    /// Unit of the value, empty if it has none.
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Section of docs/RULES.md (or the model) that it implements, empty if none.
    pub rule: &'static str,
}

/// A key; the order of the arguments is that of docs/BOOK.md, default before unit.
pub const fn key(
    name: &'static str,
    shape: Shape,
    default: Fallback,
    unit: &'static str,
    doc: &'static str,
    rule: &'static str,
) -> Key {
    Key { name, shape, default, unit, doc, rule }
}

/// What holds when a key is not written.
#[derive(Clone, Copy, Debug)]
pub enum Fallback {
    /// It must be written.
    Required,
    /// Nothing: the thing is not there.
    Absent,
    /// This TOML value.
    Is(&'static str),
}

/// The type and range of a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// A whole number in [min, max].
    Whole(i64, i64),
    /// Money in [min, max] units of 1e-8, read exactly.
    Money(i64, i64),
    /// A share in [0, 1], up to 8 decimals.
    Share,
    /// A number in [min, max].
    Real(f64, f64),
    /// A length of time such as `168h`.
    Length,
    /// A time of day such as `08:00:00`.
    Time,
    /// A date.
    Date,
    /// A date with a time of day, in the billing offset.
    Moment,
    /// A text.
    Text,
    /// A value of any kind but lists and tables, as `--set` takes it.
    Scalar,
    /// A short name: lower-case letters, digits, `-` and `_`.
    Id,
    /// One of some words.
    Choice(&'static [Word]),
    /// A word in place of a value: `"never"`.
    WordOr(Word, &'static Shape),
    /// A list of between min and max elements.
    List(&'static Shape, usize, usize),
    /// A table.
    Table(&'static Table),
    /// Tables by id.
    Map(&'static Table),
    /// Values by id, in a table.
    Values(&'static Shape),
    /// A table whose `kind` tells which keys it has.
    Tagged(&'static [Variant]),
}

/// One kind of a tagged table.
#[derive(Debug)]
pub struct Variant {
    /// The word of `kind`.
    pub kind: &'static str,
    /// The keys beside `kind`.
    pub table: Table,
}

impl Shape {
    /// What was expected, for a message.
    pub fn expected(&self) -> String {
        match self {
            Shape::Flag => "true or false".to_owned(),
            Shape::Whole(min, max) => format!("a whole number from {} to {}", grouped(min), grouped(max)),
            Shape::Money(min, max) => {
                let text = |units: i64| grouped(crate::units::Money::from_units(units).decimal().normalize());
                format!("an amount from {} to {} with up to 8 decimals", text(*min), text(*max))
            }
            Shape::Share => "a share from 0 to 1 with up to 8 decimals".to_owned(),
            Shape::Real(min, max) => format!("a number from {} to {}", grouped(min), grouped(max)),
            Shape::Length => "a length of time in quotes such as \"168h\", \"7d\" or \"90s\"".to_owned(),
            Shape::Time => "a time of day in quotes such as \"08:00:00\"".to_owned(),
            Shape::Date => "a date such as 2026-01-31".to_owned(),
            Shape::Moment => "a date and time such as 2026-01-31T08:00:00".to_owned(),
            Shape::Text => "a text in quotes".to_owned(),
            Shape::Scalar => "a single value, as --set takes it".to_owned(),
            Shape::Id => "a name of lower-case letters, digits, - and _, in quotes".to_owned(),
            Shape::Choice(words) => {
                let words: Vec<String> = words.iter().map(|w| format!("\"{}\"", w.word)).collect();
                format!("one of {}", words.join(", "))
            }
            Shape::WordOr(word, shape) => format!("\"{}\" or {}", word.word, shape.expected()),
            Shape::List(of, min, max) => {
                let many = if min == max { grouped(min) } else { format!("{} to {}", grouped(min), grouped(max)) };
                match of {
                    Shape::Table(table) if *max == 1 => format!("a list of one table, {}", table.name),
                    Shape::Table(table) => format!("a list of {many} tables, each {}", table.name),
                    _ => format!("a list of {many} values"),
                }
            }
            Shape::Table(table) => format!("a table: {}", table.name),
            Shape::Map(table) => format!("tables by id, each {}", table.name),
            Shape::Values(of) => format!("a table of values by id, each {}", of.expected()),
            Shape::Tagged(variants) => {
                let kinds: Vec<String> = variants.iter().map(|v| format!("\"{}\"", v.kind)).collect();
                format!("a table with kind = one of {}", kinds.join(", "))
            }
        }
    }
}

/// A number as TOML takes it, with `_` between groups of three digits from 10 000 on.
pub(super) fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let end = text.find('.').unwrap_or(text.len());
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let mut grouped = text.clone();
    if end - start > 4 {
        for at in (start + 1..end).rev().filter(|at| (end - at).is_multiple_of(3)) {
            grouped.insert(at, '_');
        }
    }
    grouped
}
