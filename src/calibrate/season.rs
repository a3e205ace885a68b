//! The index of every day: weekday, waves of the year, trend. Fitted to the mean of all accounts, each relative to its own size. Must
//! not know single accounts.

use std::f64::consts::TAU;

use jiff::ToSpan;
use jiff::civil::Date;

use super::linear::Normal;
use crate::units::{Calendar, Day};

/// Days of a year, for waves and trend.
const YEAR: f64 = 365.25;
/// How often every weekday has to be seen.
pub const LEAST_OF_WEEKDAY: usize = 4;
/// Days that a wave of the year needs: less of it could be anything else.
pub const LEAST_FOR_WAVES: Day = 365;
/// Days that a trend needs: over less it cannot be told from a wave of the year.
pub const LEAST_FOR_TREND: Day = 548;
/// χ² of two degrees of freedom that chance exceeds in 5 % of the cases.
const SIGNIFICANT: f64 = 5.991;
/// Days over which what is left of a day may depend on earlier ones.
const MEMORY: usize = 28;
const STEPS: usize = 12;

/// What the mean of a day depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Season {
    /// Monday to Sunday, of mean 1; `None`: not fitted.
    pub weekday: Option<[f64; 7]>,
    /// A wave of the year, once a year; `None`: none was found, or not fitted.
    pub wave: Option<Wave>,
    /// Growth a year; `None`: not fitted.
    pub trend: Option<f64>,
}

/// cos × cos(2π day / year) + sin × sin(2π day / year), days from the first of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// At the first day.
    pub cos: f64,
    /// A quarter of a year later.
    pub sin: f64,
}

impl Wave {
    /// Half the way from its lowest to its highest.
    pub fn amplitude(&self) -> f64 {
        libm::hypot(self.cos, self.sin).min(1.0)
    }

    /// A date on which it is highest, within half a year of the first day of the table.
    pub fn peak(&self, start: Date) -> Date {
        let days = libm::round(libm::atan2(self.sin, self.cos) / TAU * YEAR);
        // In range: at most half a year.
        start.checked_add((days as i64).days()).unwrap_or(start)
    }

    fn at(&self, day: Day) -> f64 {
        let angle = TAU * day as f64 / YEAR;
        self.cos * libm::cos(angle) + self.sin * libm::sin(angle)
    }
}

impl Season {
    /// The index of every day.
    pub fn index(&self, calendar: &Calendar) -> Vec<f64> {
        let of_day = |day: Day| {
            let weekday = self.weekday.map_or(1.0, |weekday| weekday[calendar.weekday(day)]);
            let wave = self.wave.map_or(1.0, |wave| 1.0 + wave.at(day)).max(0.0);
            weekday * wave * libm::pow(1.0 + self.trend.unwrap_or(0.0), day as f64 / YEAR)
        };
        (0..calendar.days()).map(of_day).collect()
    }

    /// Fits what the days are enough for to the relative demand of each; `None`: nothing is known of a day.
    pub fn fit(calendar: &Calendar, days: &[Option<f64>]) -> Season {
        let seen: Vec<(Day, f64)> = days.iter().enumerate().filter_map(|(day, one)| Some((day, (*one)?))).collect();
        let of = |weekday| seen.iter().filter(|(day, _)| calendar.weekday(*day) == weekday).count();
        if (0..7).any(|weekday| of(weekday) < LEAST_OF_WEEKDAY) {
            return Season::default();
        }
        let fit =
            Fit { calendar, seen: &seen, wave: days.len() >= LEAST_FOR_WAVES, trend: days.len() >= LEAST_FOR_TREND };
        match fit.season() {
            Some(season) if season.wave.is_some_and(|wave| !fit.is_significant(&season, &wave)) => {
                Fit { wave: false, ..fit }.season().unwrap_or_default()
            }
            season => season.unwrap_or_default(),
        }
    }
}

/// A fit of log-linear weekdays, a wave and a trend by quasi-likelihood: the sd of a day is in proportion to its mean.
struct Fit<'a> {
    calendar: &'a Calendar,
    seen: &'a [(Day, f64)],
    wave: bool,
    trend: bool,
}

impl Fit<'_> {
    fn season(&self) -> Option<Season> {
        let mut weekday = [0.0; 7];
        for (of, level) in weekday.iter_mut().enumerate() {
            let same: Vec<f64> =
                self.seen.iter().filter(|(day, _)| self.calendar.weekday(*day) == of).map(|(_, one)| *one).collect();
            // A weekday without any use goes towards 0.
            *level = (same.iter().sum::<f64>() / same.len() as f64).max(1e-6);
        }
        let mut season = Season {
            weekday: Some(weekday),
            wave: self.wave.then_some(Wave { cos: 0.0, sin: 0.0 }),
            trend: self.trend.then_some(0.0),
        };
        for _ in 0..STEPS {
            season = self.step(&season)?;
        }
        let weekday = season.weekday.as_mut()?;
        let mean = weekday.iter().sum::<f64>() / 7.0;
        weekday.iter_mut().for_each(|level| *level /= mean);
        Some(season)
    }

    /// One step of Gauss and Newton.
    fn step(&self, season: &Season) -> Option<Season> {
        let means = season.index(self.calendar);
        let mut normal = Normal::new(7 + 2 * usize::from(self.wave) + usize::from(self.trend));
        let mut row = vec![];
        for (day, one) in self.seen {
            row.clear();
            row.extend((0..7).map(|weekday| f64::from(u8::from(self.calendar.weekday(*day) == weekday))));
            if let Some(wave) = season.wave {
                let height = (1.0 + wave.at(*day)).max(0.05);
                let angle = TAU * *day as f64 / YEAR;
                row.extend([libm::cos(angle) / height, libm::sin(angle) / height]);
            }
            if self.trend {
                row.push(*day as f64 / YEAR);
            }
            let mean = means[*day].max(1e-9);
            normal.add(&row, (one - mean) / mean, 1.0);
        }
        let moved = normal.solve()?;
        let mut weekday = season.weekday?;
        weekday.iter_mut().zip(&moved).for_each(|(level, by)| *level *= libm::exp(by.clamp(-1.0, 1.0)));
        let wave = season.wave.map(|wave| Wave { cos: wave.cos + moved[7], sin: wave.sin + moved[8] });
        let trend =
            season.trend.zip(moved.last()).map(|(trend, by)| (1.0 + trend) * libm::exp(by.clamp(-1.0, 1.0)) - 1.0);
        Some(Season { weekday: Some(weekday), wave, trend })
    }

    /// Whether chance would bring such a wave in fewer than 5 % of the cases, given how long days remember.
    fn is_significant(&self, season: &Season, wave: &Wave) -> bool {
        let means = season.index(self.calendar);
        let left: Vec<f64> = self.seen.iter().map(|(day, one)| one / means[*day].max(1e-9) - 1.0).collect();
        let n = left.len() as f64;
        let at = |lag: usize| left.iter().zip(&left[lag..]).map(|(a, b)| a * b).sum::<f64>() / n;
        let memory = MEMORY.min(left.len() - 1);
        let tapered = |lag: usize| 2.0 * (1.0 - lag as f64 / (memory + 1) as f64) * at(lag);
        let long_run = at(0) + (1..=memory).map(tapered).sum::<f64>();
        let power = wave.cos * wave.cos + wave.sin * wave.sin;
        power > SIGNIFICANT * 2.0 * long_run.max(at(0)) / n
    }
}
