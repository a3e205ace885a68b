//! What a report says, as plain data: answers, figures, tables, assumptions. Must not know where it comes from.

use minijinja::{Value, context};

/// A whole report.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its heading.
    pub title: String,
    /// What was played, in a line.
    pub about: String,
    /// The answer; of a comparison one for each variant.
    pub answers: Vec<Answer>,
    /// What is to be known before it is believed.
    pub warnings: Vec<String>,
    /// Figures, in the order in which one reads them.
    pub pictures: Vec<Picture>,
    /// What all pictures are of, where that is not what the numbers are of.
    pub pictured: Option<String>,
    /// The numbers behind the answer.
    pub tables: Vec<Table>,
    /// What was put in, by theme.
    pub assumptions: Vec<Table>,
    /// How to play it once more.
    pub again: Again,
}

/// An answer in a sentence, and its numbers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// To what, where there are several.
    pub title: Option<String>,
    /// In words; several are a list.
    pub lead: Vec<String>,
    /// Its numbers, the most important first.
    pub tiles: Vec<Tile>,
}

/// A number with what it means.
#[derive(Clone, Debug)]
pub struct Tile {
    /// What it is.
    pub name: String,
    /// The number, with its unit.
    pub value: String,
    /// How sure it is.
    pub interval: Option<String>,
    /// What it means.
    pub sentence: String,
}

/// A drawn figure.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its name within the page.
    pub name: &'static str,
    /// What is seen.
    pub title: String,
    /// The same in words.
    pub words: String,
    /// The picture; it has its own title and description, and no ids, so that those of several cannot clash.
    pub svg: String,
}

/// A table that can be sorted.
#[derive(Clone, Debug)]
pub struct Table {
    /// What is in it.
    pub title: String,
    /// How to read it.
    pub note: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// What is not a number: so many columns at the left.
    pub texts: usize,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// A last row that stays where it is.
    pub sum: Option<Vec<Cell>>,
}

/// The names of columns that are always the same.
pub fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    /// What it is sorted by; its text if nothing.
    rank: Option<f64>,
}

/// How to play it once more.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// The command, from within the folder.
    pub command: String,
    /// What identifies it.
    pub facts: Vec<(&'static str, String)>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), rank: None }
    }

    /// A number as it is shown; nothing where there is none.
    pub fn number(number: Option<f64>, shown: impl Fn(f64) -> String) -> Cell {
        let number = number.filter(|number| number.is_finite());
        Cell { text: number.map_or_else(|| "–".to_owned(), shown), rank: number }
    }

    /// A text that has its place among the others of its column.
    pub fn ranked(text: impl Into<String>, place: usize) -> Cell {
        Cell { text: text.into(), rank: Some(place as f64) }
    }

    fn into_value(self) -> Value {
        context! { text => self.text, rank => self.rank.map(|rank| rank.to_string()) }
    }
}

fn list<T>(items: Vec<T>, value: impl Fn(T) -> Value) -> Value {
    items.into_iter().map(value).collect()
}

/// A text in which signs stay on the line of their number.
fn said(text: String) -> Value {
    Value::from(text.replace(" %", "\u{a0}%").replace("± ", "±\u{a0}"))
}

impl Page {
    /// For the template.
    pub fn into_value(self) -> Value {
        context! {
            title => self.title,
            about => self.about,
            answers => list(self.answers, Answer::into_value),
            warnings => list(self.warnings, Value::from),
            pictures => list(self.pictures, Picture::into_value),
            pictured => self.pictured.map(said),
            tables => list(self.tables, Table::into_value),
            assumptions => list(self.assumptions, Table::into_value),
            command => self.again.command,
            facts => list(self.again.facts, |(name, fact)| context! { name, fact }),
        }
    }
}

impl Answer {
    fn into_value(self) -> Value {
        context! { title => self.title, lead => list(self.lead, said), tiles => list(self.tiles, Tile::into_value) }
    }
}

impl Tile {
    fn into_value(self) -> Value {
        context! {
            name => self.name, value => said(self.value), interval => self.interval.map(said), sentence => said(self.sentence),
        }
    }
}

impl Picture {
    fn into_value(self) -> Value {
        context! {
            name => self.name, title => self.title, words => self.words, svg => Value::from_safe_string(self.svg),
        }
    }
}

impl Table {
    fn into_value(self) -> Value {
        let row = |row: Vec<Cell>| list(row, Cell::into_value);
        context! {
            title => self.title,
            note => self.note,
            head => list(self.head, Value::from),
            texts => self.texts,
            rows => list(self.rows, row),
            sum => self.sum.map(row),
        }
    }
}
