//! Named intraday profiles: hourly weights, level inside the hour. Assumptions, see docs/MODEL.md.

use crate::units::profile::SLOTS;

/// Weights by hour of the day, from 00:00.
const OFFICE: [u32; 24] = [2, 1, 1, 1, 1, 2, 4, 10, 32, 52, 58, 52, 36, 48, 56, 54, 48, 36, 20, 12, 9, 7, 5, 3];
const EVENING: [u32; 24] = [18, 10, 6, 4, 3, 4, 8, 14, 20, 24, 28, 32, 36, 34, 30, 30, 32, 36, 44, 56, 64, 62, 48, 30];

/// The 288 weights of a named profile: `flat`, `office` or `evening`.
pub fn preset(name: &str) -> Option<Vec<u32>> {
    let hours = match name {
        "flat" => [1; 24],
        "office" => OFFICE,
        "evening" => EVENING,
        _ => return None,
    };
    Some((0..SLOTS).map(|slot| hours[slot / 12]).collect())
}

/// All names.
pub const NAMES: [&str; 3] = ["flat", "office", "evening"];
