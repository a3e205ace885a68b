//! Days of the run and the calendar. Day 0 is the first day of the run; days before it are negative.

use jiff::ToSpan;
use jiff::civil::Date;

use super::profile::DAY;

pub struct Calendar {
    start: Date,
}

impl Calendar {
    pub fn new(start: Date) -> Self {
        Calendar { start }
    }

    /// The day of the run that a date is.
    pub fn day_of(&self, date: Date) -> i64 {
        date.duration_since(self.start).as_secs() / DAY
    }

    fn date_of(&self, day: i64) -> Date {
        self.start.checked_add(day.days()).expect("a run ends before the year 9999")
    }

    pub fn is_month_start(&self, day: i64) -> bool {
        self.date_of(day).day() == 1
    }

    /// The last day of the calendar month of a day.
    pub fn month_end(&self, day: i64) -> i64 {
        let date = self.date_of(day);
        day + i64::from(date.days_in_month() - date.day())
    }

    /// RULES §7: 24:00:00 of the last day of the same calendar month of the next year.
    pub fn same_month_next_year(&self, instant: i64) -> i64 {
        let date = self.date_of(instant.div_euclid(DAY));
        let first = Date::new(date.year() + 1, date.month(), 1).expect("a run ends before the year 9999");
        (self.day_of(first.last_of_month()) + 1) * DAY
    }

    /// RULES §7, changes: the day from which a change holds; with a month counter the first of the
    /// next month, and a date that is a first at once.
    pub fn change_day(&self, from: Date, month_counter: bool) -> i64 {
        let day = self.day_of(from);
        if month_counter && from.day() != 1 { self.month_end(day) + 1 } else { day }
    }
}
