//! The dates of the horizon. One calendar, in the billing offset, for days, months and weekdays.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::{DAY, Day, Seconds, midnight};

/// Dates of a horizon that starts at 00:00:00 of `start` and has `days` days.
///
/// ```
/// use billsim::units::Calendar;
/// let calendar = Calendar::new("2024-02-28".parse().unwrap(), 3).unwrap();
/// assert_eq!(calendar.date(1).to_string(), "2024-02-29");
/// assert_eq!(calendar.weekday(0), 2); // a Wednesday; Monday is 0
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    start: Date,
    days: Day,
}

impl Calendar {
    /// `None` if a date of the horizon would leave the calendar (after the year 9998).
    pub fn new(start: Date, days: Day) -> Option<Calendar> {
        let span = i32::try_from(days).ok()?.days();
        let last = start.checked_add(span).ok()?;
        (last.year() < 9_999).then_some(Calendar { start, days })
    }

    /// First day.
    pub fn start(&self) -> Date {
        self.start
    }

    /// Number of days of the horizon.
    pub fn days(&self) -> Day {
        self.days
    }

    /// The instant at which the run ends: 24:00:00 of the last day.
    pub fn end(&self) -> Seconds {
        midnight(self.days)
    }

    /// The date of a day; days after the horizon are dates too.
    pub fn date(&self, day: Day) -> Date {
        i32::try_from(day).ok().and_then(|days| self.start.checked_add(days.days()).ok()).unwrap_or(Date::MAX)
    }

    /// Monday 0 … Sunday 6.
    pub fn weekday(&self, day: Day) -> usize {
        let first = usize::from(self.start.weekday().to_monday_zero_offset().unsigned_abs());
        (first + day) % 7
    }

    /// Whether a calendar month begins on this day.
    pub fn starts_month(&self, day: Day) -> bool {
        self.date(day).day() == 1
    }

    /// Seconds since the start, negative before it.
    pub fn second(&self, at: DateTime) -> Seconds {
        let days = (at.date() - self.start).get_days();
        i64::from(days) * DAY + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second())
    }

    /// `2026-01-02 08:00:00`
    pub fn instant(&self, at: Seconds) -> String {
        let day = super::day_of(at);
        format!("{} {}", self.date(day), super::duration::write_time(at - midnight(day)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(start: &str) -> Calendar {
        Calendar::new(start.parse().expect("a date"), 800).expect("in range")
    }

    #[test]
    fn leap_day_and_month_end_are_calendar_dates() {
        let calendar = calendar("2024-01-31");
        assert_eq!(calendar.date(29).to_string(), "2024-02-29");
        assert!(calendar.starts_month(1));
        assert!(!calendar.starts_month(29));
        assert!(calendar.starts_month(30));
    }

    #[test]
    fn an_instant_at_midnight_belongs_to_the_day_that_begins() {
        let calendar = calendar("2026-01-01");
        assert_eq!(calendar.instant(DAY), "2026-01-02 00:00:00");
        assert_eq!(calendar.second("2026-01-02T00:00:00".parse().expect("a time")), DAY);
    }
}
