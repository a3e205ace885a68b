//! Days put together to days, weeks or months, as many as one can tell apart. Must not know what is summed over them.

use super::style::SMOOTHED_FROM;
use crate::units::{Calendar, Day, Total};

/// Days from which on weeks are too many.
const MONTHS_FROM: Day = 2 * 366;

/// Periods of a horizon, without a gap; the first and the last may be cut off by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Their first days, and the day after the last.
    pub edges: Vec<Day>,
    /// What one of them is called.
    pub name: &'static str,
}

impl Periods {
    /// Those that fit a horizon: weeks begin on Mondays.
    pub fn of(calendar: &Calendar) -> Periods {
        let days = calendar.days();
        let (name, begins): (_, fn(&Calendar, Day) -> bool) = match days {
            _ if days < SMOOTHED_FROM => ("day", |_, _| true),
            _ if days < MONTHS_FROM => ("week", |calendar, day| calendar.weekday(day) == 0),
            _ => ("month", |calendar, day| calendar.starts_month(day)),
        };
        let inner = (1..days).filter(|day| begins(calendar, *day));
        Periods { edges: std::iter::once(0).chain(inner).chain([days]).collect(), name }
    }

    /// The mean of a day in each of them: periods that are cut off do not look small.
    pub fn means(&self, days: &[Total]) -> Vec<Total> {
        let means = self.edges.windows(2).map(|ends| {
            let sum: Total = days[ends[0]..ends[1]].iter().copied().sum();
            // A horizon has at least a day, and so has each of its periods.
            Total::from_units(sum.units() / (ends[1] - ends[0]) as i128)
        });
        means.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(days: usize) -> (Periods, Calendar) {
        let calendar = Calendar::new("2026-01-01".parse().expect("a date"), days).expect("in range");
        (Periods::of(&calendar), calendar)
    }

    #[test]
    fn periods_fit_the_horizon_and_leave_no_gap() {
        for (days, name, begin) in [(1, "day", vec![0, 1]), (30, "day", vec![0, 1, 2]), (60, "week", vec![0, 4, 11])] {
            let (periods, _) = over(days);
            assert_eq!(
                (periods.name, &periods.edges[..begin.len()], periods.edges.last()),
                (name, &begin[..], Some(&days))
            );
        }
        let (periods, calendar) = over(800);
        assert_eq!((periods.name, &periods.edges[..3]), ("month", &[0, 31, 59][..]));
        assert!(periods.edges[1..periods.edges.len() - 1].iter().all(|day| calendar.starts_month(*day)));
    }

    /// The first week from Thursday on has four days of 3: its mean is 3 as well.
    #[test]
    fn a_period_that_is_cut_off_has_the_mean_of_its_days() {
        let (periods, _) = over(60);
        assert_eq!(periods.means(&vec![Total::from_units(3); 60]), vec![Total::from_units(3); 9]);
    }
}
