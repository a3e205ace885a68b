//! The table of bills that differ from what was sent.

use super::column::{Column, Table, money, text};
use crate::units::Money;

/// A bill that differs.
pub struct DifferingRow {
    /// Name of the account.
    pub account: String,
    /// The day that is billed.
    pub date: String,
    /// Index of the product.
    pub product: usize,
    /// Ours.
    pub ours: Option<Money>,
    /// What was sent.
    pub theirs: Option<Money>,
    /// What explains it.
    pub cause: Option<String>,
}

/// A row a difference.
pub static DIFFERING: Table<DifferingRow> = Table {
    name: "differing_bills",
    doc: "Of `billsim reconcile`: a row a bill that is not the same on both sides.",
    columns: || -> Vec<Column<DifferingRow>> {
        vec![
            text("account", "", "Name of the account.", |_, row| Some(&row.account)),
            text("date", "", "The day that is billed; of a month's bill its first.", |_, row| Some(&row.date)),
            text("product", "", "Product id.", |plan, row| Some(&plan.books[row.product].id)),
            money("ours", "currency", "Our bill, as deducted; null: there is none.", |_, row| {
                row.ours.map(|money| i128::from(money.units()))
            }),
            money("theirs", "currency", "What was sent; null: nothing was.", |_, row| {
                row.theirs.map(|money| i128::from(money.units()))
            }),
            text("cause", "", "The likely cause; null: unknown.", |_, row| row.cause.as_deref()),
        ]
    },
};
