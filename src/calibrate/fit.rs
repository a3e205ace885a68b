//! Fits a segment to a table of days: what it is enough for, and why the rest is left at its default. Must not know files or worlds.

use super::bursts::{self, Aside, Episodes, LARGE};
use super::daily::{Daily, Own};
use super::noise::{Against, FOR_SKEWNESS, LEAST_WEEKS, Noise};
use super::season::{LEAST_FOR_TREND, LEAST_FOR_WAVES, LEAST_OF_WEEKDAY, Season};
use super::sizes::{self, Lognormal, Total};
use crate::units::Day;

/// Days from which bursts and noise can be told from usual days.
const LEAST_DAYS: Day = 28;
/// Days from which noise that stays for a month can be told from the sizes of accounts.
const LEAST_FOR_MONTH: Day = 42;
/// Accounts from which a distribution of sizes is written.
const FEW: usize = 20;
/// Distance from a lognormal distribution that does not matter, and the one times √n that chance exceeds in 1 % of the cases where
/// its parameters were fitted (Lilliefors).
const MISFIT: f64 = 0.04;
const BY_CHANCE: f64 = 1.035;
/// Rounds of setting bursts aside, sizes and season, each given the others.
const ROUNDS: usize = 3;

/// What was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Weekday, wave, trend.
    pub season: Season,
    /// Noise, shock and dispersion; `None`: not fitted.
    pub noise: Option<Noise>,
    /// Spikes and attacks; `None`: not fitted.
    pub bursts: Option<(Episodes, Episodes)>,
    /// Mean day of each account, apart from season and bursts.
    pub sizes: Vec<f64>,
    /// What each account used in all on days without bursts.
    totals: Vec<Total>,
    /// What was not fitted.
    pub left: Vec<Left>,
}

/// A key that is left at its default, or at nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The key.
    pub key: &'static str,
    /// Why.
    pub why: String,
}

/// How large accounts are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SizeFit {
    /// The size of the only account.
    One(f64),
    /// Of several.
    Lognormal(Lognormal),
}

impl Fitted {
    /// Fits a table.
    pub fn of(daily: &Daily) -> Fitted {
        let days = daily.days();
        let mut aside: Aside = vec![vec![false; days]; daily.accounts.len()];
        let mut season = Season::default();
        let mut index = vec![1.0; days];
        for _ in 0..ROUNDS {
            let sizes = sizes_of(&totals(daily, &index, &aside));
            if days >= LEAST_DAYS {
                aside = bursts::aside(daily, &sizes, &index);
            }
            let sizes = sizes_of(&totals(daily, &index, &aside));
            let against = Against { daily, sizes: &sizes, index: &index, aside: &aside };
            season = Season::fit(&daily.calendar, &against.days());
            index = season.index(&daily.calendar);
        }
        let totals = totals(daily, &index, &aside);
        let sizes = sizes_of(&totals);
        let is_long = days >= LEAST_DAYS && season.weekday.is_some();
        let by_month = days >= LEAST_FOR_MONTH;
        let noise = is_long.then(|| Against { daily, sizes: &sizes, index: &index, aside: &aside }.fit(by_month));
        let large = sizes.iter().any(|size| *size >= LARGE);
        let bursts = (is_long && large).then(|| bursts::episodes(daily, &sizes, &index, &aside));
        let mut fitted = Fitted { season, noise, bursts, sizes, totals, left: vec![] };
        fitted.left = fitted.what_is_left(daily);
        fitted
    }

    /// How large its accounts are.
    pub fn size(&self) -> SizeFit {
        let there: Vec<Total> = self.totals.iter().filter(|total| total.exposure > 0.0).copied().collect();
        let days = there.iter().map(|total| total.exposure).fold(1.0, f64::max);
        match there.as_slice() {
            [] => SizeFit::One(0.0),
            [one] => SizeFit::One(one.units / one.exposure),
            several => {
                let noise = self.noise.unwrap_or_default();
                let shared = noise.shock.unwrap_or(0.0) / days;
                SizeFit::Lognormal(sizes::fit(several, (noise.of_mean - shared).max(0.0), shared))
            }
        }
    }

    /// Why sizes are better written one by one than as a lognormal distribution, if they are.
    pub fn why_a_table(&self, size: &Lognormal) -> Option<String> {
        let there: Vec<Total> = self.totals.iter().filter(|total| total.exposure > 0.0).copied().collect();
        if there.len() < FEW {
            return Some("so few accounts do not tell how large the largest may be".to_owned());
        }
        let misfit = sizes::misfit(&there, size);
        let by_chance = BY_CHANCE / libm::sqrt(there.len() as f64);
        (misfit > MISFIT.max(by_chance)).then(|| {
            format!("they are not lognormal: distribution functions {misfit:.2} apart, by chance {by_chance:.3}")
        })
    }

    /// Mean units a day and account, bursts apart.
    pub fn mean(&self) -> f64 {
        self.sizes.iter().sum::<f64>() / self.sizes.len().max(1) as f64
    }

    fn what_is_left(&self, daily: &Daily) -> Vec<Left> {
        let (mut left, days) = (vec![], daily.days());
        let mut leave = |key, why: String| left.push(Left { key, why });
        let has = format!("there are {days}");
        let one = self.sizes.iter().filter(|size| **size > 0.0).count() < 2;
        if one {
            leave("size.cv", "one account does not tell how sizes differ".to_owned());
        }
        if self.season.weekday.is_none() {
            leave("weekday", format!("needs every weekday {LEAST_OF_WEEKDAY} times; days: {has}"));
        }
        match (self.season.weekday, self.season.wave) {
            (Some(_), None) if days >= LEAST_FOR_WAVES => {
                leave("year", "no wave of a year stands out of the noise".to_owned());
            }
            (_, None) => leave("year", format!("needs {LEAST_FOR_WAVES} days; {has}")),
            _ => {}
        }
        if self.season.trend.is_none() {
            leave("trend", format!("needs {LEAST_FOR_TREND} days, or it cannot be told from a season; {has}"));
        }
        match &self.noise {
            None => {
                for key in ["world_shock", "noise", "dispersion"] {
                    leave(key, format!("needs {LEAST_DAYS} days and fitted weekdays; {has}"));
                }
            }
            Some(noise) => {
                if noise.shock.is_none() {
                    leave("world_shock", "one account does not tell what moves all".to_owned());
                }
                if !noise.is_split && noise.dispersion == 0.0 {
                    let why = format!(
                        "needs {LEAST_WEEKS} weeks of accounts with {FOR_SKEWNESS} units a day, or it is one with noise"
                    );
                    leave("dispersion", why);
                }
                if days < LEAST_FOR_MONTH {
                    let why = format!("needs {LEAST_FOR_MONTH} days, or it cannot be told from sizes; {has}");
                    leave("noise.month", why);
                }
            }
        }
        if self.bursts.is_none() {
            leave("bursts", format!("needs {LEAST_DAYS} days and accounts with {LARGE} units a day"));
        }
        let many = |of: &dyn Fn(&Own) -> bool| daily.accounts.iter().filter(|own| of(own)).count();
        match many(&|own| own.there.0 > 0) {
            0 => {}
            late => leave("arrivals", format!("{late} accounts come after the first day; all are there from it on")),
        }
        match many(&|own| own.there.1 < days) {
            0 => {}
            gone => leave("churn", format!("{gone} accounts have left before the last day; all stay")),
        }
        left
    }
}

fn totals(daily: &Daily, index: &[f64], aside: &Aside) -> Vec<Total> {
    let one = |(own, aside): (&Own, &Vec<bool>)| {
        let counted = own.days().filter(|day| !aside[*day]);
        let add = |sum: Total, day: Day| Total {
            units: sum.units + own.units[day] as f64,
            exposure: sum.exposure + index[day],
        };
        counted.fold(Total { units: 0.0, exposure: 0.0 }, add)
    };
    daily.accounts.iter().zip(aside).map(one).collect()
}

fn sizes_of(totals: &[Total]) -> Vec<f64> {
    totals.iter().map(|total| if total.exposure > 0.0 { total.units / total.exposure } else { 0.0 }).collect()
}
