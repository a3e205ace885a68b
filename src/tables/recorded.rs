//! Tables of a played account as usage files and ledgers have it: what `run --record usage` writes, `rate` reads.

use super::column::{Column, Table, count, date, instant, text};
use crate::record::{MovedRow, UsedRow};
use crate::text::keys::Words;

/// A row an account, day, slot and meter.
pub static USED: Table<UsedRow> = Table {
    name: "usage",
    doc: "A row an account, day and meter, in products that are metered in slots a row a slot; of the first replication. `rate` and \
          recorded demand read it.",
    columns: || -> Vec<Column<UsedRow>> {
        vec![
            text("account", "", "Segment id and index of the account in it.", |_, row| Some(&row.account)),
            date("date", "", "The day.", |_, row| Some(row.day)),
            instant(
                "timestamp",
                "",
                "In slots: when the units begin to come; they come to its end. Else null.",
                |_, row| row.at.map(|second| crate::units::midnight(row.day) + second),
            ),
            text("product", "", "Product id.", |plan, row| Some(&plan.books[row.product].id)),
            text("meter", "", "Meter id.", |plan, row| Some(&plan.books[row.product].meters[row.meter].id)),
            count("quantity", "raw units", "Served.", |_, row| Some(row.units)),
        ]
    },
};

/// A row a movement.
pub static MOVED: Table<MovedRow> = Table {
    name: "ledger",
    doc: "A row a movement beside the usage, in the order in which they happened; written with `usage`, always as CSV.",
    columns: || -> Vec<Column<MovedRow>> {
        vec![
            text("account", "", "Segment id and index of the account in it.", |_, row| Some(&row.account)),
            instant("instant", "", "When.", |_, row| Some(row.at)),
            text("kind", "", "What moved; the kinds are those of `account_ledger` in docs/BOOK.md.", |_, row| {
                Some(row.kind.word())
            }),
            text(
                "amount",
                "currency or units",
                "Of money, or units of a package; null for what has none.",
                |_, row| Some(row.amount.as_str()).filter(|amount| !amount.is_empty()),
            ),
            text("product", "", "Product id; null for what moves the balance of the account.", |plan, row| {
                row.product.map(|product| plan.books[product].id.as_str())
            }),
        ]
    },
};
