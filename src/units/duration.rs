//! Lengths and times of day as people write them: "168h", "1d 12h", "08:00:00". A day is 24 hours.

use jiff::Span;
use jiff::civil::Time;

use super::{DAY, Seconds};

/// Longest length that is accepted: a thousand years of days.
pub const LONGEST: Seconds = 365_250 * DAY;

/// Reads a length in whole seconds, such as `168h`, `7d`, `5m` or `1d 12h`.
///
/// # Errors
/// A text saying what is wrong: unknown unit, months or years, fractions of a second, negative, too long.
pub fn parse_length(text: &str) -> Result<Seconds, &'static str> {
    let span: Span = text.parse().map_err(|_| "not a length of time")?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err("months and years have no fixed length");
    }
    if span.get_milliseconds() != 0 || span.get_microseconds() != 0 || span.get_nanoseconds() != 0 {
        return Err("the clock counts whole seconds");
    }
    if span.is_negative() {
        return Err("a length cannot be negative");
    }
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let seconds =
        days * DAY + i64::from(span.get_hours()) * 3_600 + span.get_minutes().saturating_mul(60) + span.get_seconds();
    if seconds > LONGEST { Err("longer than a thousand years") } else { Ok(seconds) }
}

/// Writes a length so that [`parse_length`] reads it back: `168h`, `90s`, `1m`.
pub fn write_length(seconds: Seconds) -> String {
    match seconds {
        0 => "0s".to_owned(),
        s if s % (100 * 3_600) != 0 && s % DAY == 0 && s > 7 * DAY => format!("{}d", s / DAY),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// Reads a time of day `HH:MM` or `HH:MM:SS`, up to and including `24:00:00`, as seconds after midnight.
///
/// # Errors
/// A text saying what is wrong.
pub fn parse_time(text: &str) -> Result<Seconds, &'static str> {
    if matches!(text, "24:00" | "24:00:00") {
        return Ok(DAY);
    }
    let time: Time = text.parse().map_err(|_| "not a time of day")?;
    if time.subsec_nanosecond() != 0 {
        return Err("the clock counts whole seconds");
    }
    Ok(i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
}

/// Writes seconds after midnight as `HH:MM:SS`.
pub fn write_time(seconds: Seconds) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_round_trip() {
        for (text, seconds) in [("168h", 604_800), ("7d", 604_800), ("1d 12h", 129_600), ("90s", 90), ("0s", 0)] {
            assert_eq!(parse_length(text), Ok(seconds), "{text}");
            assert_eq!(parse_length(&write_length(seconds)), Ok(seconds), "{text}");
        }
        assert_eq!(parse_length(&write_length(60 * DAY)), Ok(60 * DAY));
    }

    #[test]
    fn lengths_that_are_none() {
        for text in ["", "soon", "1 month", "-3h", "1.5 fortnights", "20ms", "9999999d"] {
            assert!(parse_length(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        assert_eq!(parse_time("08:00:00"), Ok(28_800));
        assert_eq!(parse_time("08:00"), Ok(28_800));
        assert_eq!(parse_time("24:00:00"), Ok(DAY));
        assert_eq!(write_time(28_801), "08:00:01");
        assert!(parse_time("25:00").is_err());
        assert!(parse_time("noon").is_err());
    }
}
