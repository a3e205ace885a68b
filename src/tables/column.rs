//! What a table consists of: columns with a name, a unit, a meaning and how a row fills them.

use std::fmt::Write;

use polars::prelude::*;

use crate::plan::Plan;
use crate::units::{Day, Seconds};

/// A table of rows `R`.
pub struct Table<R: 'static> {
    /// File name without its ending.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns in order.
    pub columns: fn() -> Vec<Column<R>>,
}

/// One column.
pub struct Column<R: 'static> {
    /// Its name, the same everywhere.
    pub name: &'static str,
    /// Unit of its values.
    pub unit: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// How a row fills it.
    pub cell: Cell<R>,
}

/// How a row fills a column; `None` is a null.
pub enum Cell<R: 'static> {
    /// A text.
    Text(for<'a> fn(&'a Plan, &'a R) -> Option<&'a str>),
    /// A count.
    Count(fn(&Plan, &R) -> Option<u64>),
    /// A count that may be below zero.
    Signed(fn(&Plan, &R) -> Option<i64>),
    /// Money in units of 1e-8: Decimal(38, 8).
    Money(fn(&Plan, &R) -> Option<i128>),
    /// A share in units of 1e-8: Decimal(38, 8).
    Share(fn(&Plan, &R) -> Option<i128>),
    /// A day of the horizon: a date.
    Date(fn(&Plan, &R) -> Option<Day>),
    /// An instant: a date with a time, in the billing offset.
    Instant(fn(&Plan, &R) -> Option<Seconds>),
    /// True or false.
    Flag(fn(&Plan, &R) -> bool),
}

/// A column of texts.
pub(super) const fn text<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: for<'a> fn(&'a Plan, &'a R) -> Option<&'a str>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Text(cell) }
}

/// A column of counts.
pub(super) const fn count<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<u64>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Count(cell) }
}

/// A column of counts that may be below zero.
pub(super) const fn signed<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<i64>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Signed(cell) }
}

/// A column of money.
pub(super) const fn money<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<i128>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Money(cell) }
}

/// A column of shares.
pub(super) const fn share<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<i128>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Share(cell) }
}

/// A column of dates.
pub(super) const fn date<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<Day>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Date(cell) }
}

/// A column of instants.
pub(super) const fn instant<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> Option<Seconds>,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Instant(cell) }
}

/// A column of flags.
pub(super) const fn flag<R>(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    cell: fn(&Plan, &R) -> bool,
) -> Column<R> {
    Column { name, unit, doc, cell: Cell::Flag(cell) }
}

impl<R> Cell<R> {
    fn dtype(&self) -> DataType {
        match self {
            Cell::Text(_) => DataType::String,
            Cell::Count(_) => DataType::UInt64,
            Cell::Signed(_) => DataType::Int64,
            Cell::Money(_) | Cell::Share(_) => DataType::Decimal(38, 8),
            Cell::Date(_) => DataType::Date,
            Cell::Instant(_) => DataType::Datetime(TimeUnit::Milliseconds, None),
            Cell::Flag(_) => DataType::Boolean,
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Cell::Text(_) => "text",
            Cell::Count(_) => "whole number",
            Cell::Signed(_) => "whole number, also below zero",
            Cell::Money(_) | Cell::Share(_) => "Decimal(38, 8)",
            Cell::Date(_) => "date",
            Cell::Instant(_) => "date and time",
            Cell::Flag(_) => "true / false",
        }
    }

    fn series(&self, name: &str, plan: &Plan, rows: &[R]) -> PolarsResult<Series> {
        let name = PlSmallStr::from_str(name);
        Ok(match self {
            Cell::Text(of) => {
                StringChunked::from_iter_options(name, rows.iter().map(|row| of(plan, row))).into_series()
            }
            Cell::Count(of) => {
                UInt64Chunked::from_iter_options(name, rows.iter().map(|row| of(plan, row))).into_series()
            }
            Cell::Signed(of) => {
                Int64Chunked::from_iter_options(name, rows.iter().map(|row| of(plan, row))).into_series()
            }
            Cell::Money(of) | Cell::Share(of) => {
                let units = Int128Chunked::from_iter_options(name, rows.iter().map(|row| of(plan, row)));
                units.into_decimal(38, 8)?.into_series()
            }
            Cell::Date(of) => {
                let dates = DatesOf::new(plan);
                let days = rows.iter().map(|row| of(plan, row).map(|day| dates.epoch_day(day)));
                Int32Chunked::from_iter_options(name, days).into_date().into_series()
            }
            Cell::Instant(of) => {
                let start = i64::from(DatesOf::new(plan).epoch_day(0)) * crate::units::DAY;
                let instants = rows.iter().map(|row| of(plan, row).map(|at| (start + at) * 1_000));
                Int64Chunked::from_iter_options(name, instants)
                    .into_datetime(TimeUnit::Milliseconds, None)
                    .into_series()
            }
            Cell::Flag(of) => {
                BooleanChunked::from_iter_options(name, rows.iter().map(|row| Some(of(plan, row)))).into_series()
            }
        })
    }
}

/// Days since 1970-01-01, as tables count dates.
struct DatesOf {
    start: i32,
}

impl DatesOf {
    fn new(plan: &Plan) -> DatesOf {
        let epoch = jiff::civil::date(1970, 1, 1);
        DatesOf { start: (plan.calendar.start() - epoch).get_days() }
    }

    fn epoch_day(&self, day: Day) -> i32 {
        self.start.saturating_add(i32::try_from(day).unwrap_or(i32::MAX))
    }
}

impl<R> Table<R> {
    /// A frame of rows, in one chunk.
    ///
    /// # Errors
    /// When Polars refuses a value.
    pub fn frame(&self, plan: &Plan, rows: &[R]) -> PolarsResult<DataFrame> {
        let columns: PolarsResult<Vec<_>> = (self.columns)()
            .iter()
            .map(|column| Ok(column.cell.series(column.name, plan, rows)?.into_column()))
            .collect();
        DataFrame::new(rows.len(), columns?)
    }

    /// Names and types of its columns.
    pub fn schema(&self) -> Schema {
        (self.columns)().iter().map(|column| Field::new(column.name.into(), column.cell.dtype())).collect()
    }

    /// Its columns as Markdown.
    pub fn describe(&self) -> String {
        let mut text = format!("\n## `{}`\n\n{}\n\n", self.name, self.doc);
        text.push_str("| column | type | unit | meaning |\n|---|---|---|---|\n");
        for column in (self.columns)() {
            let Column { name, unit, doc, cell } = column;
            let cells = [format!("`{name}`"), cell.type_name().to_owned(), (*unit).to_owned(), (*doc).to_owned()];
            let line = cells.map(|cell| cell.replace('|', "\\|")).join(" | ");
            writeln!(text, "| {line} |").expect("a String takes every write");
        }
        text
    }
}
