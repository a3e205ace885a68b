//! `billsim schema`: the key table as JSON Schema.

use super::args::{Kind, SchemaArgs};
use super::failure::{Failure, print};
use crate::book::{ACCOUNT, keys::BOOK};
use crate::scenario::keys::SCENARIO;
use crate::study::STUDY;
use crate::text::keys::schema as schema_of;

/// Prints the schema of a kind of file.
///
/// # Errors
/// When the standard output is closed or full.
pub fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let table = match args.of {
        Kind::Scenario => &SCENARIO,
        Kind::Book => &BOOK,
        Kind::Account => &ACCOUNT,
        Kind::Study => &STUDY,
    };
    print(&format!("{:#}\n", schema_of(table, &[&BOOK, &ACCOUNT])))
}
