//! How numbers and tables look on a terminal. Must not know what they say.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

pub use crate::units::shown::{count, counted, decimals, short, signed, whole};

/// Columns of a terminal that is not asked how wide it is.
pub const SCREEN: usize = 80;
/// Widest line of the head of a column.
const HEAD: usize = 14;

/// The end of a long dotted path, or words below each other, for the head of a column.
pub fn narrow(label: &str) -> String {
    let steps: Vec<&str> = label.split('.').collect();
    let end = steps[steps.len().saturating_sub(2)..].join(".\n");
    let mut lines: Vec<String> = vec![];
    for word in end.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < HEAD => line.push_str(&format!(" {word}")),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether a table fits a screen.
pub fn fits(table: &Table) -> bool {
    table.lines().all(|line| line.trim_end().chars().count() <= SCREEN)
}

/// A table whose columns after the first are numbers.
pub fn numbers(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Lines no wider than a screen; nothing is no line.
pub fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > SCREEN {
            lines.push('\n');
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    if width > 0 {
        lines.push('\n');
    }
    lines
}
