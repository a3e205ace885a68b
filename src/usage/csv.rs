//! Reads a usage file: CSV row by row with positions; Parquet by whoever can read it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;

use super::collect::{BadRows, Collector, Row};
use super::fields::Fields;
use super::{ReadParquet, Usage};
use crate::text::{Place, Problem, Problems, Sources};
use crate::units::Seconds;

/// Columns of a usage file.
pub const COLUMNS: &[&str] = &["account", "date", "timestamp", "product", "meter", "application", "quantity"];
/// Most units of a row.
pub const MOST_UNITS: u64 = 1_000_000_000_000;
/// Longest name of an account, a meter or an application, in bytes.
pub const MOST_NAME: usize = 256;

/// Reads a usage file, Parquet if its name ends so. `from` is where it is named. `None` after a mistake.
pub fn read_usage(
    path: &Path,
    from: Option<Place>,
    parquet: Option<ReadParquet>,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Usage> {
    let shown = path.display().to_string();
    let digest = match digest(path) {
        Ok(digest) => digest,
        Err(error) => {
            let what = format!("cannot read {shown}: {error}");
            problems.push(Problem::new(what).at(from).label("named here").cure("check the path"));
            return None;
        }
    };
    let mut rows = Collector::default();
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
        let read = parquet.ok_or("this build has no Parquet reader".to_owned()).and_then(|read| read(path, &mut rows));
        if let Err(why) = read {
            let what = format!("cannot read {shown}: {why}");
            let cure = format!("columns: {}", COLUMNS.join(", "));
            problems.push(Problem::new(what).at(from).label("named here").cure(cure));
            return None;
        }
    } else if !read_csv(path, from, &mut rows, sources, problems) {
        return None;
    }
    if rows.is_empty() {
        problems.push(Problem::new(format!("{shown} has no rows")).at(from).label("named here"));
        return None;
    }
    match rows.finish(shown.clone(), digest) {
        Ok(usage) => Some(usage),
        Err(why) => {
            let cure = match why {
                BadRows::Duplicate(..) => {
                    "add them up, or add a column `timestamp` or `application` that tells them apart"
                }
                BadRows::Meters(_) => "is `meter` the right column?",
                BadRows::TooMany(_) => "check the units",
            };
            problems.push(Problem::new(format!("{shown}: {why}")).at(from).label("named here").cure(cure));
            None
        }
    }
}

/// BLAKE3 of a file's bytes.
pub(super) fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(path)?, blake3::Hasher::new());
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            read => hasher.update(&block[..read]),
        };
    }
}

/// Opens a CSV file behind a byte order mark, if it has one.
pub(super) fn open(path: &Path) -> io::Result<csv::Reader<impl Read>> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut start = [0; 3];
    let read = io::Read::by_ref(&mut file).take(3).read(&mut start)?;
    let kept = if start[..read] == *b"\xef\xbb\xbf" { 0 } else { read };
    Ok(ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(io::Cursor::new(start).take(kept as u64).chain(file)))
}

/// The next row that is not empty: `None` at the end or after a mistake of encoding, which is noted.
pub(super) fn next(
    reader: &mut csv::Reader<impl Read>,
    row: &mut StringRecord,
    path: &Path,
    from: Option<Place>,
    problems: &mut Problems,
) -> Option<bool> {
    match reader.read_record(row) {
        Ok(more) => Some(more),
        Err(error) => {
            let line = error.position().map_or(0, csv::Position::line);
            let (why, cure) = match error.kind() {
                csv::ErrorKind::Utf8 { err, .. } => {
                    (format!("field {} is not UTF-8 text", err.field() + 1), "save the file as UTF-8")
                }
                csv::ErrorKind::Io(error) => (error.to_string(), "check the file"),
                _ => (error.to_string(), "check the row"),
            };
            problems.push(
                Problem::new(format!("{}:{line}: {why}", path.display())).at(from).label("named here").cure(cure),
            );
            None
        }
    }
}

fn read_csv(
    path: &Path,
    from: Option<Place>,
    rows: &mut Collector,
    sources: &mut Sources,
    problems: &mut Problems,
) -> bool {
    let unreadable = |error: &io::Error| Problem::new(format!("cannot read {}: {error}", path.display())).at(from);
    let mut reader = match open(path) {
        Ok(reader) => reader,
        Err(error) => {
            problems.push(unreadable(&error).label("named here"));
            return false;
        }
    };
    let (mut header, mut row) = (StringRecord::new(), StringRecord::new());
    if next(&mut reader, &mut header, path, from, problems).is_none() {
        return false;
    }
    let needed: &[&str] = match header.iter().any(|name| name.trim() == "timestamp") {
        true => &["account", "meter", "quantity"],
        false => &["account", "date", "meter", "quantity"],
    };
    let Some(mut fields) = Fields::new(path, &header, COLUMNS, needed, sources, problems) else { return false };
    let mut known_date: (String, Option<Date>) = Default::default();
    loop {
        match next(&mut reader, &mut row, path, from, fields.problems) {
            None => return false,
            Some(false) => break,
            Some(true) => {}
        }
        if !fields.is_whole(&row, header.len()) {
            continue;
        }
        let Some((date, second)) = when(&mut fields, &row, &mut known_date) else { continue };
        let (account, meter) = (fields.needed(&row, "account"), fields.needed(&row, "meter"));
        let quantity = fields.whole(&row, "quantity", MOST_UNITS);
        let (Some(account), Some(meter), Some(quantity)) = (account, meter, quantity) else { continue };
        let application = fields.text(&row, "application").unwrap_or("");
        if let Some(name) = ["account", "meter", "application"]
            .iter()
            .find(|name| fields.text(&row, name).is_some_and(|text| text.len() > MOST_NAME))
        {
            fields.field(
                &row,
                name,
                "this name is too long",
                "too long",
                &format!("names have at most {MOST_NAME} bytes"),
            );
            continue;
        }
        let (product, line) = (fields.text(&row, "product"), row.position().map_or(0, csv::Position::line));
        rows.add(&Row { account, date, second, product, meter, application, quantity, line });
    }
    fields.tell_more();
    fields.problems.is_empty()
}

/// The day of a row, and its second where there is a timestamp.
fn when(
    fields: &mut Fields<'_>,
    row: &StringRecord,
    known: &mut (String, Option<Date>),
) -> Option<(Date, Option<Seconds>)> {
    // A file may have both kinds of rows: days of one product, instants of another.
    let has_instant = fields.has("timestamp") && (fields.text(row, "timestamp").is_some() || !fields.has("date"));
    if !has_instant {
        // Most rows have the date of the row before them.
        let text = fields.text(row, "date").unwrap_or("");
        if known.1.is_none() || known.0 != text {
            *known = (text.to_owned(), fields.date(row, "date"));
        }
        return known.1.map(|date| (date, None));
    }
    let (date, second) = fields.instant(row, "timestamp")?;
    if fields.text(row, "date").is_some() && fields.date(row, "date")? != date {
        let cure = "both are in the billing offset: they must be the same day";
        fields.field(row, "date", "the date is not that of the timestamp", "another day", cure);
        return None;
    }
    Some((date, Some(second)))
}
