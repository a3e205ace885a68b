//! A table of whole numbers and names as text, of which only columns that say something are kept.

/// A table with named columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}

/// Columns that say which row it is.
const NAMES: [&str; 6] = ["replication", "date", "segment", "product", "meter", "account"];

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// Which row: the values of its names.
    pub row: String,
    /// Its date, if it has one.
    pub date: Option<String>,
    /// Which column.
    pub column: String,
    /// What was kept; nothing where the row is new.
    pub stored: Option<String>,
    /// What it is now; nothing where the row is gone.
    pub now: Option<String>,
}

/// Whether a cell says nothing: zero, or no value.
fn is_nothing(cell: &str) -> bool {
    cell.chars().all(|c| matches!(c, '0' | '.'))
}

/// A cell of a row; what is not kept is nothing.
fn cell(row: &[String], column: Option<usize>) -> &str {
    column.map_or("0", |column| row[column].as_str())
}

impl Sheet {
    /// From the text of a CSV file whose cells have no commas.
    pub fn parse(text: &str) -> Option<Sheet> {
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
        let header = lines.next()?;
        let rows: Vec<Vec<String>> = lines.collect();
        rows.iter().all(|row| row.len() == header.len()).then_some(Sheet { header, rows })
    }

    /// As the text of a CSV file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        text
    }

    /// Without the columns that say nothing in any row, but for names.
    #[must_use]
    pub fn compact(&self) -> Sheet {
        let says = |column: &usize| {
            NAMES.contains(&self.header[*column].as_str()) || self.rows.iter().any(|row| !is_nothing(&row[*column]))
        };
        let kept: Vec<usize> = (0..self.header.len()).filter(says).collect();
        let of = |row: &Vec<String>| kept.iter().map(|column| row[*column].clone()).collect();
        Sheet { header: of(&self.header), rows: self.rows.iter().map(of).collect() }
    }

    /// With one more column.
    #[must_use]
    pub fn with_column(mut self, name: &str, cells: impl IntoIterator<Item = String>) -> Sheet {
        self.header.push(name.to_owned());
        for (row, cell) in self.rows.iter_mut().zip(cells) {
            row.push(cell);
        }
        self
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The values of a row's names.
    pub fn name_of(&self, row: &[String]) -> String {
        let named = NAMES.iter().filter(|name| **name != "replication").filter_map(|name| self.column(name));
        named.map(|column| row[column].as_str()).collect::<Vec<_>>().join(" ")
    }

    /// All cells that differ, in the order of the rows; rows that are only on one side count as one.
    pub fn changes(&self, now: &Sheet) -> Vec<CellChange> {
        let mut columns: Vec<&String> = self.header.iter().collect();
        columns.extend(now.header.iter().filter(|column| !self.header.contains(column)));
        columns.retain(|column| !NAMES.contains(&column.as_str()));
        let columns: Vec<(&String, Option<usize>, Option<usize>)> =
            columns.into_iter().map(|column| (column, self.column(column), now.column(column))).collect();
        let found: std::collections::HashMap<String, &Vec<String>> =
            now.rows.iter().map(|row| (now.name_of(row), row)).collect();
        let known: std::collections::HashSet<String> = self.rows.iter().map(|row| self.name_of(row)).collect();
        let date = |sheet: &Sheet, row: &[String]| sheet.column("date").map(|column| row[column].clone());
        let mut changes = vec![];
        for row in &self.rows {
            let (name, date) = (self.name_of(row), date(self, row));
            let Some(other) = found.get(&name) else {
                let column = "row".to_owned();
                changes.push(CellChange { row: name, date, column, stored: Some("there".to_owned()), now: None });
                continue;
            };
            for (column, here, there) in &columns {
                let (stored, now) = (cell(row, *here), cell(other, *there));
                if stored != now && !(is_nothing(stored) && is_nothing(now)) {
                    changes.push(CellChange {
                        row: name.clone(),
                        date: date.clone(),
                        column: (*column).clone(),
                        stored: Some(stored.to_owned()),
                        now: Some(now.to_owned()),
                    });
                }
            }
        }
        for row in now.rows.iter().filter(|row| !known.contains(&now.name_of(row))) {
            let (row, date) = (now.name_of(row), date(now, row));
            changes.push(CellChange {
                row,
                date,
                column: "row".to_owned(),
                stored: None,
                now: Some("there".to_owned()),
            });
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_not_kept_and_is_no_change() {
        let all = Sheet::parse("date,segment,served,lost\n2026-01-01,a,5,0\n2026-01-02,a,6,0\n").expect("a sheet");
        let kept = all.compact();
        assert_eq!(kept.header, ["date", "segment", "served"]);
        assert_eq!(Sheet::parse(&kept.text()), Some(kept.clone()));
        assert_eq!(kept.changes(&all), []);
        let other = Sheet::parse("date,segment,served,lost\n2026-01-01,a,5,0\n2026-01-02,a,7,1\n2026-01-03,a,1,0\n");
        let changes = kept.changes(&other.expect("a sheet"));
        let told: Vec<_> = changes.iter().map(|c| (c.row.as_str(), c.column.as_str(), c.now.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("2026-01-02 a", "served", Some("7")),
                ("2026-01-02 a", "lost", Some("1")),
                ("2026-01-03 a", "row", Some("there"))
            ]
        );
        assert_eq!(Sheet::parse("a,b\n1\n"), None);
    }
}
