//! How long something lasts, when not all of it was watched to the end: Kaplan and Meier's estimator on days of life.
//! Knows no account and no date.

use serde::{Deserialize, Serialize};

use crate::units::{DAY, Seconds};

/// Lives that were watched, by the day of their life on which they were last seen. Counts only, so parts merge exactly.
///
/// ```
/// use billsim::stats::Survival;
/// let mut trials = Survival::default();
/// trials.end(3_600); // used up after an hour
/// trials.censor(86_401); // still there when the watch ended
/// let shares: Vec<f64> = trials.days().map(|day| day.surviving).collect();
/// assert_eq!(shares, [0.5, 0.5]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survival {
    days: Vec<Seen>,
}

/// Those last seen on one day of their life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    ended: u64,
    censored: u64,
}

/// One day of life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayOfLife {
    /// Full days since the beginning, at the day's end: 1 for the first 24 hours.
    pub days: u64,
    /// Watched and not ended when it began.
    pub at_risk: u64,
    /// Of them ended on it.
    pub ended: u64,
    /// Of them not watched any longer than it.
    pub censored: u64,
    /// Share of all lives that is estimated to last longer than it.
    pub surviving: f64,
}

/// The day of a life on which it has a given age: from right after n days up to n + 1 days.
fn day_of_life(age: Seconds) -> usize {
    usize::try_from((age - 1).max(0) / DAY).unwrap_or(0)
}

impl Survival {
    /// A life ended at this age.
    pub fn end(&mut self, age: Seconds) {
        self.seen(age).ended += 1;
    }

    /// A life lasted up to this age, and nobody saw what came after.
    pub fn censor(&mut self, age: Seconds) {
        self.seen(age).censored += 1;
    }

    fn seen(&mut self, age: Seconds) -> &mut Seen {
        let day = day_of_life(age);
        if self.days.len() <= day {
            self.days.resize(day + 1, Seen::default());
        }
        &mut self.days[day]
    }

    /// Adds the lives of another part.
    pub fn add(&mut self, other: &Survival) {
        if self.days.len() < other.days.len() {
            self.days.resize(other.days.len(), Seen::default());
        }
        for (mine, theirs) in self.days.iter_mut().zip(&other.days) {
            mine.ended += theirs.ended;
            mine.censored += theirs.censored;
        }
    }

    /// How many lives there are.
    pub fn count(&self) -> u64 {
        self.days.iter().map(|seen| seen.ended + seen.censored).sum()
    }

    /// Every day of life on which one was still watched. Each leaves the share 1 - ended / at risk of what the day before
    /// left; a life that is watched for a part of a day counts as at risk on it.
    pub fn days(&self) -> impl Iterator<Item = DayOfLife> {
        let start = (self.count(), 1.0);
        let days = (1..).zip(&self.days);
        days.scan(start, |(at_risk, surviving), (days, seen)| {
            let before = *at_risk;
            // Somebody is at risk: the last day that is kept has a life that was seen on it.
            *surviving *= (before - seen.ended) as f64 / before as f64;
            *at_risk -= seen.ended + seen.censored;
            let (ended, censored) = (seen.ended, seen.censored);
            Some(DayOfLife { days, at_risk: before, ended, censored, surviving: *surviving })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten lives. Day 1: one ends, 9/10 stay. Day 2: two of nine end and three are lost from sight, 9/10 × 7/9 = 7/10. Day 3:
    /// nothing. Day 4: one of the four that are left ends, 7/10 × 3/4 = 21/40. Day 5: three are still there at the end.
    fn ten() -> Survival {
        let mut lives = Survival::default();
        lives.end(7);
        for age in [DAY + 1, 2 * DAY] {
            lives.end(age);
        }
        for age in [DAY + 5, DAY + 6, DAY + 7] {
            lives.censor(age);
        }
        lives.end(4 * DAY);
        for age in [5 * DAY - 1, 5 * DAY, 5 * DAY] {
            lives.censor(age);
        }
        lives
    }

    #[test]
    fn ten_lives_by_hand() {
        let days: Vec<DayOfLife> = ten().days().collect();
        let counts: Vec<_> = days.iter().map(|day| (day.days, day.at_risk, day.ended, day.censored)).collect();
        assert_eq!(counts, [(1, 10, 1, 0), (2, 9, 2, 3), (3, 4, 0, 0), (4, 4, 1, 0), (5, 3, 0, 3)]);
        for (day, expected) in days.iter().zip([0.9, 0.7, 0.7, 0.525, 0.525]) {
            assert!((day.surviving - expected).abs() < 1e-15, "{day:?}");
        }
    }

    /// The published example of Freireich and others: weeks of remission of 21 patients with 6-MP, taken as days; 6, 6, 6,
    /// 7, 10, 13, 16, 22, 23 ended. Shares as in every textbook.
    #[test]
    fn remissions_of_the_textbook() {
        let mut lives = Survival::default();
        for day in [6, 6, 6, 7, 10, 13, 16, 22, 23] {
            lives.end(day * DAY);
        }
        for day in [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35] {
            lives.censor(day * DAY);
        }
        let days: Vec<DayOfLife> = lives.days().collect();
        for (day, share) in [
            (5, 1.0),
            (6, 0.857),
            (7, 0.807),
            (10, 0.753),
            (13, 0.690),
            (16, 0.627),
            (22, 0.538),
            (23, 0.448),
            (35, 0.448),
        ] {
            assert!((days[day - 1].surviving - share).abs() < 5e-4, "{:?}", days[day - 1]);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (mut short, mut long) = (Survival::default(), ten());
        short.end(0);
        short.censor(DAY);
        let mut other = short.clone();
        other.add(&long);
        long.add(&short);
        assert_eq!((&long, long.count()), (&other, 12));
        assert_eq!(long.days().next().expect("a day").censored, 1);
    }

    #[test]
    fn all_may_end_and_none_may_be() {
        let mut lives = Survival::default();
        assert_eq!((lives.days().count(), lives.count()), (0, 0));
        lives.end(DAY);
        assert_eq!(lives.days().map(|day| day.surviving).collect::<Vec<_>>(), [0.0]);
    }
}
