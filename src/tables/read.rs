//! Reads usage files in Parquet: the columns of a CSV file, with the types of a table. Must not know what is done with the rows.

use std::fs::File;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use polars::prelude::*;

use crate::units::{DAY, Seconds};
use crate::usage::{Collector, MOST_NAME, MOST_UNITS, Row};

/// Rows that are held at once.
const BATCH: usize = 1 << 18;

/// Reads the rows of a Parquet file into a collector; their lines are their numbers, from 1.
///
/// # Errors
/// What is wrong, with its row and column, as a sentence without a full stop.
pub fn read_parquet(path: &Path, rows: &mut Collector) -> Result<(), String> {
    let mut from = 0;
    loop {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let reader = ParquetReader::new(file).set_rechunk(true).with_slice(Some((from, BATCH)));
        let frame = reader.finish().map_err(|error| error.to_string())?;
        if from == 0 {
            columns_are_there(&frame)?;
        }
        add(&frame, from, rows)?;
        if frame.height() < BATCH {
            return Ok(());
        }
        from += BATCH;
    }
}

fn columns_are_there(frame: &DataFrame) -> Result<(), String> {
    let has = |name: &str| frame.column(name).is_ok();
    let missing = ["account", "meter", "quantity"].into_iter().find(|name| !has(name));
    match missing {
        Some(name) => Err(format!("the column `{name}` is missing")),
        None if !has("date") && !has("timestamp") => Err("there is neither a column `date` nor `timestamp`".to_owned()),
        None => Ok(()),
    }
}

/// The columns of some rows, each cast to the type it is read as.
struct Columns {
    account: StringChunked,
    meter: StringChunked,
    product: Option<StringChunked>,
    application: Option<StringChunked>,
    quantity: Int64Chunked,
    /// Days since 1970-01-01.
    date: Option<Int32Chunked>,
    /// Milliseconds since then.
    timestamp: Option<Int64Chunked>,
}

impl Columns {
    fn of(frame: &DataFrame) -> Result<Columns, String> {
        let cast = |name: &str, to: &DataType| {
            let Ok(column) = frame.column(name) else { return Ok(None) };
            let wrong = |_| format!("the column `{name}` has values that are not {}", kind(to));
            column.as_materialized_series().strict_cast(to).map(Some).map_err(wrong)
        };
        let text = |name: &str| Ok::<_, String>(cast(name, &DataType::String)?.and_then(|s| s.str().ok().cloned()));
        // A column that is there has been cast to its type.
        let needed = |name: &str| text(name)?.ok_or_else(|| format!("the column `{name}` is missing"));
        let quantity = cast("quantity", &DataType::Int64)?.and_then(|s| s.i64().ok().cloned());
        let date = cast("date", &DataType::Date)?;
        let date = date.and_then(|s| s.to_physical_repr().i32().ok().cloned());
        let timestamp = cast("timestamp", &DataType::Datetime(TimeUnit::Milliseconds, None))?;
        let timestamp = timestamp.and_then(|s| s.to_physical_repr().i64().ok().cloned());
        Ok(Columns {
            account: needed("account")?,
            meter: needed("meter")?,
            product: text("product")?,
            application: text("application")?,
            quantity: quantity.ok_or("the column `quantity` is missing")?,
            date,
            timestamp,
        })
    }
}

fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::String => "text",
        DataType::Int64 => "whole numbers",
        DataType::Date => "dates",
        _ => "instants",
    }
}

fn add(frame: &DataFrame, from: usize, rows: &mut Collector) -> Result<(), String> {
    let columns = Columns::of(frame)?;
    for index in 0..frame.height() {
        let line = (from + index + 1) as u64;
        let wrong = |name: &str, what: &str| format!("row {line}, column `{name}`: {what}");
        let named = |column: &'_ StringChunked, name: &str| match column.get(index) {
            Some(text) if text.len() > MOST_NAME => Err(wrong(name, "this name is too long")),
            Some("") | None => Err(wrong(name, "is empty")),
            Some(_) => Ok(()),
        };
        named(&columns.account, "account")?;
        named(&columns.meter, "meter")?;
        let quantity = match columns.quantity.get(index) {
            None => return Err(wrong("quantity", "is empty")),
            Some(units) if units < 0 => return Err(wrong("quantity", "a negative quantity")),
            Some(units) if units.unsigned_abs() > MOST_UNITS => {
                return Err(wrong("quantity", "this number is too large"));
            }
            Some(units) => units.unsigned_abs(),
        };
        let (date, second) = when(&columns, index).map_err(|(name, what)| wrong(name, what))?;
        rows.add(&Row {
            account: columns.account.get(index).unwrap_or_default(),
            date,
            second,
            product: columns.product.as_ref().and_then(|column| column.get(index)).filter(|text| !text.is_empty()),
            meter: columns.meter.get(index).unwrap_or_default(),
            application: columns.application.as_ref().and_then(|column| column.get(index)).unwrap_or_default(),
            quantity,
            line,
        });
    }
    Ok(())
}

/// The day of a row, and its second where there is an instant; else the column that is wrong, and why.
fn when(columns: &Columns, index: usize) -> Result<(Date, Option<Seconds>), (&'static str, &'static str)> {
    let day = |days: i64| {
        let epoch = jiff::civil::date(1970, 1, 1);
        i32::try_from(days).ok().and_then(|days| epoch.checked_add(days.days()).ok())
    };
    let date = columns.date.as_ref().and_then(|column| column.get(index));
    match columns.timestamp.as_ref().and_then(|column| column.get(index)) {
        Some(at) if at % 1_000 != 0 => Err(("timestamp", "is not a whole second")),
        Some(at) => {
            let (days, second) = ((at / 1_000).div_euclid(DAY), (at / 1_000).rem_euclid(DAY));
            if date.is_some_and(|date| i64::from(date) != days) {
                return Err(("date", "the date is not that of the timestamp"));
            }
            day(days).map(|date| (date, Some(second))).ok_or(("timestamp", "is outside the calendar"))
        }
        None => {
            let date = date.ok_or((if columns.date.is_some() { "date" } else { "timestamp" }, "is empty"))?;
            day(i64::from(date)).map(|date| (date, None)).ok_or(("date", "is outside the calendar"))
        }
    }
}
