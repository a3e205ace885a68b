//! The header of a CSV file, the fields of its rows, and where in the file a wrong one stands.

use std::path::Path;

use csv::StringRecord;
use jiff::civil::{Date, DateTime};

use crate::text::keys::nearest;
use crate::text::{Problem, Problems, Sources};
use crate::units::{DAY, Money, Seconds};

/// Mistakes that are shown; a file that is wrong throughout would fill the screen.
const MOST_SHOWN: usize = 20;

/// A CSV file that is being read: its name, the columns that are known, and its mistakes so far.
pub(super) struct Fields<'a> {
    pub path: &'a Path,
    /// Index of each known column in the file.
    columns: Vec<Option<usize>>,
    known: &'static [&'static str],
    pub sources: &'a mut Sources,
    pub problems: &'a mut Problems,
    /// Mistakes that are not shown.
    pub more: u64,
}

impl<'a> Fields<'a> {
    /// Looks the known columns up in a header; `needed` must be there. `None` when one is missing.
    pub fn new(
        path: &'a Path,
        header: &StringRecord,
        known: &'static [&'static str],
        needed: &[&str],
        sources: &'a mut Sources,
        problems: &'a mut Problems,
    ) -> Option<Fields<'a>> {
        let place = |name: &str| header.iter().position(|column| column.trim() == name);
        let columns = known.iter().map(|name| place(name)).collect();
        let mut fields = Fields { path, columns, known, sources, problems, more: 0 };
        let before = fields.problems.len();
        for (index, name) in header.iter().enumerate() {
            if known.contains(&name.trim()) && header.iter().take(index).any(|other| other.trim() == name.trim()) {
                fields.wrong(header, 1, index, "a column is named twice", "the second", "rename or remove one of them");
            }
        }
        if header.len() == 1 && [';', '\t', '|'].iter().any(|other| header[0].contains(*other)) {
            fields.wrong(
                header,
                1,
                0,
                "the columns are not separated by commas",
                "one column",
                "separate fields by commas",
            );
            return None;
        }
        for name in needed {
            if fields.index(name).is_none() {
                let names: Vec<&str> = header.iter().map(str::trim).filter(|name| !known.contains(name)).collect();
                let near =
                    nearest(name, &names).and_then(|near| header.iter().position(|column| column.trim() == near));
                let also: Vec<&str> = known.iter().copied().filter(|known| !needed.contains(known)).collect();
                let also =
                    if also.is_empty() { String::new() } else { format!("; also known are {}", also.join(", ")) };
                let cure = format!("needed are {}{also}", needed.join(", "));
                let label = near.map_or_else(|| "the header".to_owned(), |_| format!("is this `{name}`?"));
                fields.wrong(header, 1, near.unwrap_or(0), &format!("the column `{name}` is missing"), &label, &cure);
            }
        }
        (fields.problems.len() == before).then_some(fields)
    }

    /// Whether the file has a column.
    pub fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.known.iter().position(|known| *known == name).and_then(|at| self.columns[at])
    }

    /// The text of a column, if it is there and not empty.
    pub fn text<'r>(&self, row: &'r StringRecord, name: &str) -> Option<&'r str> {
        self.index(name).and_then(|at| row.get(at)).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The text of a column that must be there.
    pub fn needed<'r>(&mut self, row: &'r StringRecord, name: &str) -> Option<&'r str> {
        let text = self.text(row, name);
        if text.is_none() {
            self.field(row, name, &format!("`{name}` is empty"), "here", "every row needs one");
        }
        text
    }

    /// A date.
    pub fn date(&mut self, row: &StringRecord, name: &str) -> Option<Date> {
        let text = self.needed(row, name)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.field(row, name, "this is not a date", "not like 2026-01-31", "write dates as YYYY-MM-DD");
        }
        date
    }

    /// A date and a second of it, in the billing offset; a date alone is its 00:00:00.
    pub fn instant(&mut self, row: &StringRecord, name: &str) -> Option<(Date, Seconds)> {
        let text = self.needed(row, name)?;
        let shifted = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|time| time.contains(['+', '-']));
        let parsed = text.parse::<DateTime>().ok().filter(|at| at.subsec_nanosecond() == 0);
        match parsed {
            Some(at) if !shifted => {
                let (hour, minute, second) = (i64::from(at.hour()), i64::from(at.minute()), i64::from(at.second()));
                Some((at.date(), (hour * 3_600 + minute * 60 + second).min(DAY - 1)))
            }
            _ if shifted => {
                let cure = "write instants in the billing offset, without an offset of their own";
                self.field(row, name, "this instant has an offset of its own", "with an offset", cure);
                None
            }
            _ => {
                let cure = "write instants as 2026-01-31T08:00:00, in whole seconds";
                self.field(row, name, "this is not an instant", "not like 2026-01-31T08:00:00", cure);
                None
            }
        }
    }

    /// Whether a row has as many fields as the header, which is noted if not.
    pub fn is_whole(&mut self, row: &StringRecord, fields: usize) -> bool {
        if row.len() != fields {
            let (label, cure) = (format!("{} fields", row.len()), format!("the header has {fields}"));
            self.field(row, "account", "a row with another number of fields", &label, &cure);
        }
        row.len() == fields
    }

    /// Says how many mistakes are not shown.
    pub fn tell_more(&mut self) {
        if self.more > 0 {
            let what = format!("{}: {} more mistakes like these", self.path.display(), self.more);
            self.problems.push(Problem::new(what));
        }
    }

    /// An amount of money.
    pub fn money(&mut self, row: &StringRecord, name: &str) -> Option<Money> {
        let money = Money::parse(self.needed(row, name)?).ok();
        if money.is_none() {
            let cure = "write amounts like 12.50, with up to 8 decimals";
            self.field(row, name, "this is not an amount", "not like 12.50", cure);
        }
        money
    }

    /// A whole number up to `most`.
    pub fn whole(&mut self, row: &StringRecord, name: &str, most: u64) -> Option<u64> {
        let text = self.needed(row, name)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<u64>() {
            Ok(number) if number <= most => return Some(number),
            Ok(_) => self.field(row, name, "this number is too large", &format!("more than {most}"), "check the units"),
            Err(_) if digits => {
                self.field(row, name, "this number is too large", &format!("more than {most}"), "check the units");
            }
            Err(_) if text.starts_with('-') => {
                let cure = "usage cannot be below zero: put corrections into the row that they correct";
                self.field(row, name, "a negative quantity", "below zero", cure);
            }
            Err(_) => {
                let cure = "write raw units without separators or decimals, for example 1200";
                self.field(row, name, "this is not a whole number", "not a whole number", cure);
            }
        }
        None
    }

    /// Notes a mistake in a field of a row.
    pub fn field(&mut self, row: &StringRecord, name: &str, what: &str, label: &str, cure: &str) {
        let line = row.position().map_or(1, csv::Position::line);
        let index = self.index(name).unwrap_or(0);
        self.wrong(row, line, index, what, label, cure);
    }

    /// Notes a mistake in the field of an index.
    fn wrong(&mut self, row: &StringRecord, line: u64, index: usize, what: &str, label: &str, cure: &str) {
        if self.problems.len() >= MOST_SHOWN {
            self.more += 1;
            return;
        }
        let mut text = String::new();
        let mut span = (0, 0);
        for (at, field) in row.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let start = text.len();
            // As it would be written; a row with quotes is shown with them where they are needed.
            match field.contains([',', '"', '\n']) {
                true => text.push_str(&format!("\"{}\"", field.replace('"', "\"\"").replace('\n', " "))),
                false => text.push_str(field),
            }
            if at == index {
                span = (start, text.len());
            }
        }
        let place = self.sources.add_line(self.path.display().to_string(), line, text, span);
        self.problems.push(Problem::new(what).at(Some(place)).label(label).cure(cure));
    }
}
