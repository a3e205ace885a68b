//! The key table: every key with its type, unit, range, default, text and RULES section. One list drives checking,
//! defaults, `--set`, hints, the resolved writer and the docs. Here is the machinery; the tables stand beside their types.

mod check;
mod record;
mod schema;
mod shape;
mod stated;
mod words;
mod write;

pub use check::{check, is_id, nearest};
pub use record::{FromValue, Record, Value, Valued};
pub use schema::schema;
pub use shape::{Fallback, Key, Shape, Table, Variant, key};
pub use stated::{Stated, stated};
pub use words::{Word, Words};
pub use write::{describe, quoted, write};

pub(crate) use words::words;
