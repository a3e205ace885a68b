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

    /// Days since the start, negative before it.
    pub fn days_to(&self, date: Date) -> i64 {
        i64::from((date - self.start).get_days())
    }

    /// 24:00:00 of the last day of the month of an instant.
    pub fn end_of_month(&self, at: Seconds) -> Seconds {
        let mut day = super::day_of(at) + 1;
        while !self.starts_month(day) {
            day += 1;
        }
        midnight(day)
    }

    /// 24:00:00 of the last day of the same calendar month of the next year (RULES §3).
    pub fn end_of_month_next_year(&self, at: Seconds) -> Seconds {
        let date = self.date(super::day_of(at));
        let next = date.checked_add(1.year().months(1)).unwrap_or(Date::MAX);
        // The first of the month after: a date of 29 February is one of the month still.
        let first = Date::new(next.year(), next.month(), 1).unwrap_or(Date::MAX);
        self.days_to(first) * DAY
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

    /// Got 2021-05-01: valid to the end of 2022-05-31. Got 2024-02-29: to the end of 2025-02-28. Got 2024-01-31: of 2025-01-31.
    #[test]
    fn an_allowance_is_valid_to_the_end_of_the_month_next_year() {
        for (got, last) in [("2021-05-01", "2022-05-31"), ("2024-02-29", "2025-02-28"), ("2024-01-31", "2025-01-31")] {
            let calendar = calendar(got);
            let end = calendar.end_of_month_next_year(0);
            assert_eq!(calendar.instant(end - 1), format!("{last} 23:59:59"));
        }
    }

    #[test]
    fn an_instant_at_midnight_belongs_to_the_day_that_begins() {
        let calendar = calendar("2026-01-01");
        assert_eq!(calendar.instant(DAY), "2026-01-02 00:00:00");
        assert_eq!(calendar.second("2026-01-02T00:00:00".parse().expect("a time")), DAY);
    }
}
