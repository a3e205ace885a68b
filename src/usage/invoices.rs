//! Reads invoices: what was really billed to whom for which day. Must not know what should have been.

use std::path::Path;

use csv::StringRecord;
use jiff::civil::Date;

use super::csv::{next, open};
use super::fields::Fields;
use crate::text::{Problem, Problems, Sources};
use crate::units::Money;

/// Columns of an invoice file.
const COLUMNS: &[&str] = &["account", "date", "amount", "product"];

/// A bill that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Name of the account.
    pub account: String,
    /// The day that is billed; of a month's bill any day of it.
    pub date: Date,
    /// Of which product; `None` where the file does not say.
    pub product: Option<String>,
    /// What was deducted; below zero: given back.
    pub amount: Money,
    /// Where it stands.
    pub line: u64,
}

/// Reads a file of invoices. `None` after a mistake.
pub fn read_invoices(path: &Path, sources: &mut Sources, problems: &mut Problems) -> Option<Vec<Invoice>> {
    let mut reader = match open(path) {
        Ok(reader) => reader,
        Err(error) => {
            problems.push(Problem::new(format!("cannot read {}: {error}", path.display())).cure("check the path"));
            return None;
        }
    };
    let (mut header, mut row) = (StringRecord::new(), StringRecord::new());
    next(&mut reader, &mut header, path, None, problems)?;
    let mut fields = Fields::new(path, &header, COLUMNS, &["account", "date", "amount"], sources, problems)?;
    let mut invoices = vec![];
    while next(&mut reader, &mut row, path, None, fields.problems)? {
        if !fields.is_whole(&row, header.len()) {
            continue;
        }
        let (account, date) = (fields.needed(&row, "account"), fields.date(&row, "date"));
        let amount = fields.money(&row, "amount");
        let (Some(account), Some(date), Some(amount)) = (account, date, amount) else { continue };
        let product = fields.text(&row, "product").map(str::to_owned);
        let line = row.position().map_or(0, csv::Position::line);
        invoices.push(Invoice { account: account.to_owned(), date, product, amount, line });
    }
    fields.tell_more();
    fields.problems.is_empty().then_some(invoices)
}
