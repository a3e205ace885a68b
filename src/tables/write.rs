//! Writes tables: whole ones at once, long ones span by span. A span is exactly one row group.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::column::Table;
use crate::plan::Plan;

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Parquet, with money as Decimal(38, 8).
    Parquet,
    /// CSV, with money as plain decimals.
    Csv,
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {cause}")]
pub struct TableError {
    path: String,
    cause: PolarsError,
}

impl Format {
    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Csv => "csv",
        }
    }
}

/// A file that takes a table span by span.
pub struct SpanWriter<R: 'static> {
    table: &'static Table<R>,
    sinks: Vec<(PathBuf, Sink)>,
    rows: Vec<R>,
    /// Rows of the span that come from parts.
    frame: Option<DataFrame>,
    span: u64,
}

enum Sink {
    Parquet(Box<polars::io::parquet::write::BatchedWriter<BufWriter<File>>>),
    Csv { file: BufWriter<File>, begun: bool },
}

impl<R> SpanWriter<R> {
    /// Creates the files `NAME.parquet`, `NAME.csv` in a folder; a span is a number of accounts.
    ///
    /// # Errors
    /// When a file cannot be created.
    pub fn create(
        table: &'static Table<R>,
        folder: &Path,
        formats: &[Format],
        span: u64,
    ) -> Result<SpanWriter<R>, TableError> {
        let mut sinks = vec![];
        for format in formats {
            let path = folder.join(format!("{}.{}", table.name, format.extension()));
            let sink = Sink::create(table, &path, *format).map_err(|cause| failed(&path, cause))?;
            sinks.push((path, sink));
        }
        Ok(SpanWriter { table, sinks, rows: vec![], frame: None, span })
    }

    /// Takes the rows of accounts that end before the account number `end`; writes when a span is full.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn push(&mut self, plan: &Plan, rows: Vec<R>, end: u64) -> Result<(), TableError> {
        if self.rows.is_empty() {
            self.rows = rows;
        } else {
            self.rows.extend(rows);
        }
        if self.is_full_at(end) { self.flush(plan) } else { Ok(()) }
    }

    /// Writes what is there as a span of its own.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush(&mut self, plan: &Plan) -> Result<(), TableError> {
        let Some((first, _)) = self.sinks.first().filter(|_| !self.rows.is_empty()) else {
            self.rows.clear();
            return self.flush_frame();
        };
        let frame = self.table.frame(plan, &self.rows).map_err(|cause| failed(first, cause))?;
        self.rows.clear();
        self.take(frame)?;
        self.flush_frame()
    }

    /// Takes rows of the span that is being filled.
    pub(super) fn take(&mut self, frame: DataFrame) -> Result<(), TableError> {
        match &mut self.frame {
            Some(rows) => {
                rows.vstack_mut_owned(frame).map(|_| ()).map_err(|cause| failed(Path::new(self.table.name), cause))
            }
            none => {
                *none = Some(frame);
                Ok(())
            }
        }
    }

    /// Writes the rows that were taken as a span of their own.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush_frame(&mut self) -> Result<(), TableError> {
        let Some(mut frame) = self.frame.take() else { return Ok(()) };
        // One chunk, as of rows that were never apart.
        frame.rechunk_mut();
        for (path, sink) in &mut self.sinks {
            sink.write(&mut frame).map_err(|cause| failed(path, cause))?;
        }
        Ok(())
    }

    /// The table it writes.
    pub(super) fn table_name(&self) -> &'static str {
        self.table.name
    }

    /// Whether a span ends before the account number `end`.
    pub(super) fn is_full_at(&self, end: u64) -> bool {
        end.is_multiple_of(self.span)
    }

    /// Writes the last span and closes the files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self, plan: &Plan) -> Result<(), TableError> {
        self.flush(plan)?;
        // An empty table still has its header.
        let mut empty = self.table.frame(plan, &[]).map_err(|cause| failed(Path::new(self.table.name), cause))?;
        for (path, sink) in &mut self.sinks {
            sink.finish(&mut empty).map_err(|cause| failed(path, cause))?;
        }
        Ok(())
    }
}

impl Sink {
    fn create<R>(table: &Table<R>, path: &Path, format: Format) -> PolarsResult<Sink> {
        let file = BufWriter::new(File::create(path)?);
        Ok(match format {
            // Polars' own pool does not know how many threads the user gave us.
            Format::Parquet => {
                Sink::Parquet(Box::new(ParquetWriter::new(file).set_parallel(false).batched(&table.schema())?))
            }
            Format::Csv => Sink::Csv { file, begun: false },
        })
    }

    fn write(&mut self, frame: &mut DataFrame) -> PolarsResult<()> {
        match self {
            Sink::Parquet(writer) => writer.write_batch(frame),
            Sink::Csv { file, begun } => {
                let header = !std::mem::replace(begun, true);
                CsvWriter::new(file)
                    .include_header(header)
                    .n_threads(1)
                    .with_datetime_format(Some("%Y-%m-%d %H:%M:%S".into()))
                    .finish(frame)
            }
        }
    }

    fn finish(&mut self, empty: &mut DataFrame) -> PolarsResult<()> {
        if let Sink::Csv { begun: false, .. } = self {
            self.write(empty)?;
        }
        match self {
            Sink::Parquet(writer) => {
                writer.finish()?;
                Ok(())
            }
            Sink::Csv { file, .. } => Ok(std::io::Write::flush(file)?),
        }
    }
}

/// Writes a whole table as one span.
///
/// # Errors
/// When a file cannot be written.
pub fn write_whole<R>(
    table: &'static Table<R>,
    plan: &Plan,
    rows: Vec<R>,
    folder: &Path,
    formats: &[Format],
) -> Result<(), TableError> {
    let mut writer = SpanWriter::create(table, folder, formats, u64::MAX)?;
    writer.push(plan, rows, 1)?;
    writer.finish(plan)
}

/// A table as the text of a CSV file.
///
/// # Errors
/// When Polars refuses a value.
pub fn csv_text<R>(table: &'static Table<R>, plan: &Plan, rows: &[R]) -> Result<String, TableError> {
    let mut bytes = vec![];
    let written = table.frame(plan, rows).and_then(|mut frame| {
        CsvWriter::new(&mut bytes)
            .n_threads(1)
            .with_datetime_format(Some("%Y-%m-%d %H:%M:%S".into()))
            .finish(&mut frame)
    });
    written.map_err(|cause| failed(Path::new(table.name), cause))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn failed(path: &Path, cause: PolarsError) -> TableError {
    TableError { path: path.display().to_string(), cause }
}
