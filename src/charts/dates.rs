//! Which dates a date axis names: as many as there is room for, at any horizon. Must not know a drawing backend.

use jiff::civil::Date;

use crate::units::{Calendar, Day};

/// A date on the axis, in two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its day.
    pub day: Day,
    /// The date, as short as the distance of ticks allows.
    pub label: String,
    /// The year, where it is new.
    pub year: Option<String>,
}

/// A distance between ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Days(usize),
    Mondays(usize),
    Months(i8),
    Years(i16),
}

/// From the finest to the coarsest.
const STEPS: [Step; 17] = [
    Step::Days(1),
    Step::Days(2),
    Step::Days(3),
    Step::Mondays(1),
    Step::Mondays(2),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
    Step::Years(50),
    Step::Years(100),
    Step::Years(200),
    Step::Years(500),
];
/// Least space between labels, in pixels.
const APART: f64 = 9.0;
/// Abbreviated months.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The most ticks whose labels do not touch on an axis on which a day is `day_width` pixels wide; `text_width` gives the
/// width of a label.
pub fn ticks(calendar: &Calendar, day_width: f64, text_width: impl Fn(&str) -> f64) -> Vec<Tick> {
    let fits = |ticks: &Vec<Tick>| {
        let labels = ticks.iter().map(|tick| (tick.day, text_width(&tick.label)));
        let years = ticks.iter().filter_map(|tick| tick.year.as_ref().map(|year| (tick.day, text_width(year))));
        !ticks.is_empty() && apart(labels, day_width) && apart(years, day_width)
    };
    let candidates = STEPS.iter().map(|step| on(calendar, *step));
    candidates.into_iter().find(fits).unwrap_or_else(|| on(calendar, Step::Days(calendar.days().max(1))))
}

/// Whether labels, centred at their days, leave space between them.
fn apart(labels: impl Iterator<Item = (Day, f64)>, day_width: f64) -> bool {
    let mut end = f64::NEG_INFINITY;
    for (day, width) in labels {
        let middle = day as f64 * day_width;
        if middle - width / 2.0 < end + APART {
            return false;
        }
        end = middle + width / 2.0;
    }
    true
}

fn on(calendar: &Calendar, step: Step) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = vec![];
    let mut year = None;
    for day in (0..calendar.days()).filter(|day| named(calendar, *day, step)) {
        let date = calendar.date(day);
        let new = year.replace(date.year()) != Some(date.year()) && !matches!(step, Step::Years(_));
        ticks.push(Tick { day, label: label(date, step), year: new.then(|| date.year().to_string()) });
    }
    ticks
}

fn named(calendar: &Calendar, day: Day, step: Step) -> bool {
    let date = calendar.date(day);
    match step {
        Step::Days(days) => day.is_multiple_of(days),
        // Every other Monday counts from the first one.
        Step::Mondays(weeks) => calendar.weekday(day) == 0 && (day / 7).is_multiple_of(weeks),
        Step::Months(months) => date.day() == 1 && (date.month() - 1) % months == 0,
        Step::Years(years) => date.day() == 1 && date.month() == 1 && date.year() % years == 0,
    }
}

fn label(date: Date, step: Step) -> String {
    let month = MONTHS[usize::from((date.month() - 1).unsigned_abs())];
    match step {
        Step::Days(_) | Step::Mondays(_) => format!("{} {month}", date.day()),
        Step::Months(_) => month.to_owned(),
        Step::Years(_) => date.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks of an axis of 900 pixels with letters of 7.
    fn over(start: &str, days: usize) -> Vec<Tick> {
        let calendar = Calendar::new(start.parse().expect("a date"), days).expect("in range");
        ticks(&calendar, 900.0 / days as f64, |text| 7.0 * text.chars().count() as f64)
    }

    fn labels(start: &str, days: usize) -> Vec<String> {
        over(start, days).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_follow_the_horizon() {
        assert_eq!(labels("2026-01-01", 1), ["1 Jan"]);
        assert_eq!(labels("2026-01-30", 4), ["30 Jan", "31 Jan", "1 Feb", "2 Feb"]);
        assert_eq!(labels("2026-01-01", 40)[..2], ["1 Jan", "4 Jan"]);
        assert_eq!(labels("2026-01-01", 100)[..2], ["5 Jan", "12 Jan"]);
        assert_eq!(labels("2026-01-01", 365)[..3], ["Jan", "Feb", "Mar"]);
        assert_eq!(labels("2026-01-15", 1_095)[..3], ["Apr", "Jul", "Oct"]);
        assert_eq!(labels("2026-01-01", 3_652).len(), 20);
        assert_eq!(labels("2026-01-01", 9_000)[..2], ["2026", "2028"]);
        assert_eq!(labels("2026-01-01", 365_250)[..2], ["2050", "2100"]);
    }

    #[test]
    fn a_year_is_named_where_it_is_new() {
        let years: Vec<_> =
            over("2026-11-15", 400).into_iter().filter_map(|tick| tick.year.map(|year| (tick.label, year))).collect();
        assert_eq!(years, [("Dec".to_owned(), "2026".to_owned()), ("Jan".to_owned(), "2027".to_owned())]);
    }

    #[test]
    fn labels_never_touch_and_never_run_out() {
        for days in (1..1_500).chain([3_650, 36_500]) {
            let ticks = over("2025-12-30", days);
            assert!(!ticks.is_empty(), "{days}");
            for pair in ticks.windows(2) {
                let distance = (pair[1].day - pair[0].day) as f64 * 900.0 / days as f64;
                assert!(
                    distance > 7.0 * pair[0].label.len() as f64 / 2.0 + 7.0 * pair[1].label.len() as f64 / 2.0,
                    "{days}"
                );
            }
        }
    }
}
