//! The folder of a calibration: the segment, its numbers, how far its worlds are from the data, charts. Whole or not at all.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::kept::{Done, begin, finish, made_by, pretty};
use super::save::SaveError;
use crate::calibrate::Calibration;
use crate::charts;

/// The file with what `--json` prints.
const CALIBRATION: &str = "calibration.json";
/// The segment.
const SEGMENT: &str = "segment.toml";

/// Writes what was fitted.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_calibration(
    found: &Calibration,
    target: &Path,
    force: bool,
    formats: &[charts::Format],
    threads: usize,
) -> Result<(), SaveError> {
    let identity = made_by("calibrate", &found.plan);
    let folder = match begin(&identity, target, force, CALIBRATION)? {
        Done::Now(folder) => folder,
        Done::Already(_) => {
            let why = "it is a calibration already".to_owned();
            return Err(SaveError::Occupied { path: target.display().to_string(), why });
        }
    };
    folder.write(SEGMENT, &found.text)?;
    folder.write(CALIBRATION, &pretty(&calibration_json(found)))?;
    if !formats.is_empty() {
        charts::draw_calibration(found, &folder.path().join("charts"), formats, threads)?;
    }
    Ok(finish(folder, identity)?)
}

/// What was fitted, as JSON.
pub fn calibration_json(found: &Calibration) -> Value {
    let parameters = found.parameters.iter().map(|parameter| {
        let interval = parameter.interval.map(|(from, to)| json!([from, to]));
        (parameter.key.to_owned(), json!({ "value": parameter.value, "interval": interval }))
    });
    let left = found.fitted.left.iter().map(|left| (left.key.to_owned(), json!(left.why)));
    let distances = found.distances.iter().map(|row| {
        json!({
            "name": row.name,
            "data": row.data,
            "default": row.before,
            "fitted": row.after,
            "fitted_worlds": [row.range.0, row.range.1],
            "nearer": row.is_nearer(),
        })
    });
    let (fit, held) = (&found.chosen.daily.calendar, &found.held.calendar);
    json!({
        "product": found.chosen.product,
        "meters": found.chosen.meters.iter().map(|(meter, _)| meter.as_str()).collect::<Vec<_>>(),
        "accounts": found.chosen.accounts,
        "start": fit.start().to_string(),
        "days": fit.days(),
        "held_against": { "start": held.start().to_string(), "days": held.days() },
        "parameters": parameters.collect::<Map<_, _>>(),
        "sizes_one_by_one": found.table,
        "not_fitted": left.collect::<Map<_, _>>(),
        "distances": distances.collect::<Vec<_>>(),
    })
}
