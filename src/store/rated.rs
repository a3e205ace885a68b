//! The folder of a rating: its bill lines, and what they come to. Whole or not at all.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::kept::{Done, begin, finish, made_by, pretty};
use super::save::SaveError;
use crate::plan::Plan;
use crate::record::{LineKind, Rating, rate};
use crate::tables::{DETAIL_SPAN, Format, RATED, SpanWriter};

/// The file with what `--json` prints.
const RATING: &str = "rating.json";

/// Rates a usage file, into a folder if one is named. `progress` hears how many accounts are done.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_rating(
    plan: &Plan,
    target: Option<(&Path, &[Format], bool)>,
    threads: usize,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Rating, SaveError> {
    let Some((target, formats, force)) = target else {
        return Ok(rate::<Infallible>(plan, threads, stop, |chunk, _| {
            progress(chunk.accounts.end);
            Ok(())
        })?);
    };
    let identity = made_by("rate", plan);
    let folder = match begin(&identity, target, force, RATING)? {
        Done::Now(folder) => folder,
        Done::Already(_) => {
            let path = target.display().to_string();
            return Err(SaveError::Occupied { path, why: "it is this rating already".to_owned() });
        }
    };
    let mut lines = SpanWriter::create(&RATED, folder.path(), formats, DETAIL_SPAN)?;
    let rating = rate(plan, threads, stop, |chunk, rows| {
        progress(chunk.accounts.end);
        lines.push(plan, rows, chunk.accounts.end)
    })?;
    lines.finish(plan)?;
    folder.write("scenario.toml", &plan.resolved)?;
    folder.write(RATING, &pretty(&rating_json(plan, &rating)))?;
    finish(folder, identity)?;
    Ok(rating)
}

/// What a rating comes to, as JSON.
pub fn rating_json(plan: &Plan, rating: &Rating) -> Value {
    let lines = rating.lines.iter().map(|((product, meter, kind), total)| {
        let book = &plan.books[*product];
        json!({
            "product": book.id,
            "meter": book.meters[*meter].id,
            "line": kind.word(),
            "tier": if let LineKind::Tier(tier) = kind { json!(tier) } else { Value::Null },
            "units": total.units,
            "amount": total.amount.to_string(),
        })
    });
    json!({
        "plan_hash": plan.hash,
        "currency": plan.books[0].currency,
        "start": plan.calendar.start().to_string(),
        "last": plan.calendar.date(rating.last).to_string(),
        "accounts": rating.accounts,
        "rows": rating.rows,
        "bills": rating.bills,
        "billed": rating.billed.to_string(),
        "due": rating.due.to_string(),
        "purchased": rating.purchased.to_string(),
        "unintegrated": rating.unintegrated,
        "refused": rating.refused,
        "lines": lines.collect::<Vec<_>>(),
    })
}
