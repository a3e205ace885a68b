//! Exact quantities: money, shares, seconds, dates and demand within a day. Knows nothing of files or bills.

pub mod calendar;
pub mod duration;
pub mod money;
pub mod profile;
pub mod share;
pub mod shown;

pub use calendar::Calendar;
pub use money::{Money, TooLarge, Total};
pub use profile::Profile;
pub use share::Share;

/// A count of seconds since 00:00:00 of the scenario's first day, or a length in seconds.
pub type Seconds = i64;

/// A day of the horizon, counted from 0.
pub type Day = usize;

/// Seconds of a day: the clock has no daylight saving (RULES, head).
pub const DAY: Seconds = 86_400;

/// The instant that never comes.
pub const NEVER: Seconds = Seconds::MAX;

/// The day that `at` belongs to: 24:00:00 is the next day's 00:00:00.
pub fn day_of(at: Seconds) -> Day {
    usize::try_from(at.div_euclid(DAY)).unwrap_or(0)
}

/// 00:00:00 of `day`.
pub fn midnight(day: Day) -> Seconds {
    Seconds::try_from(day).unwrap_or(NEVER / DAY) * DAY
}
