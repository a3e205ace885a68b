//! Days on which an account used far more than it does: found, set aside for all other fits, and told as episodes. Must not know
//! what brought them.

use super::daily::{Daily, Own};
use crate::units::{DAY, Day, Seconds};

/// Log standard deviations of the usual days that a burst has to exceed.
const BEYOND: f64 = 4.0;
/// Least multiple that counts as one.
const LEAST: f64 = 2.0;
/// Standard deviations of a Poisson count that it has to exceed as well, and units.
const POISSON: f64 = 5.0;
const UNITS: f64 = 5.0;
/// Units a day from which the spread of an account's days says something.
pub const LARGE: f64 = 10.0;
/// The log spread of days where no account is large enough to tell.
const UNKNOWN_SPREAD: f64 = 0.5;
/// From this multiple on an episode is an attack, below it a spike.
pub const ATTACK: f64 = 10.0;

/// Days of every account that are set aside.
pub type Aside = Vec<Vec<bool>>;

/// A burst of one account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Traffic in it, as a multiple of the account's mean.
    pub multiple: f64,
    /// How long it lasts.
    pub length: Seconds,
}

/// All bursts of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Episodes {
    /// In no order.
    pub found: Vec<Episode>,
    /// Years of accounts in which one would have been seen.
    pub years: f64,
}

/// Finds the days that stand out, given the size of each account and the index of each day.
pub fn aside(daily: &Daily, sizes: &[f64], index: &[f64]) -> Aside {
    let spreads: Vec<Option<(f64, f64)>> =
        daily.accounts.iter().zip(sizes).map(|(own, size)| spread(own, *size, index)).collect();
    let mut known: Vec<f64> = spreads.iter().flatten().map(|(_, sd)| *sd).collect();
    let usual = median(&mut known).unwrap_or(UNKNOWN_SPREAD);
    let one = |((own, size), spread): ((&Own, &f64), &Option<(f64, f64)>)| {
        let (level, sd) = spread.unwrap_or((1.0, usual));
        let factor = level * libm::exp(BEYOND * sd).max(LEAST);
        let stands_out = |day: Day| {
            let bound = size * index[day] * factor;
            own.days().contains(&day) && own.units[day] as f64 > bound + POISSON * libm::sqrt(bound) + UNITS
        };
        (0..daily.days()).map(stands_out).collect()
    };
    daily.accounts.iter().zip(sizes).zip(&spreads).map(one).collect()
}

/// An account's usual day against its mean, and the log standard deviation of its days beyond Poisson, both by medians, which
/// bursts do not move.
fn spread(own: &Own, size: f64, index: &[f64]) -> Option<(f64, f64)> {
    if size < LARGE {
        return None;
    }
    let log = |day: Day| libm::log((own.units[day] as f64 + 0.5) / (size * index[day] + 0.5));
    let mut logs: Vec<f64> = own.days().map(log).collect();
    let usual = median(&mut logs)?;
    let mut apart: Vec<f64> = logs.iter().map(|log| (log - usual).abs()).collect();
    // 1.4826 medians of the distance are a standard deviation of the normal distribution.
    let sd = 1.4826 * median(&mut apart)?;
    Some((libm::exp(usual), libm::sqrt((sd * sd - 1.0 / size).max(0.0))))
}

/// The middle value.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Spikes and attacks among the days that are set aside, of accounts that are large enough to show one.
pub fn episodes(daily: &Daily, sizes: &[f64], index: &[f64], aside: &Aside) -> (Episodes, Episodes) {
    let (mut spikes, mut attacks) = (Episodes::default(), Episodes::default());
    for ((own, size), aside) in daily.accounts.iter().zip(sizes).zip(aside) {
        if *size < LARGE {
            continue;
        }
        let years = own.days().len() as f64 / 365.25;
        spikes.years += years;
        attacks.years += years;
        let days: Vec<Day> = own.days().filter(|day| aside[*day]).collect();
        for run in days.chunk_by(|one, next| one + 1 == *next) {
            let beyond = |day: &Day| own.units[*day] as f64 / size - index[*day];
            let highest = run.iter().map(beyond).fold(0.0, f64::max);
            if highest <= 0.0 {
                continue;
            }
            // Its first and last day are parts of days; the highest of several is whole.
            let days = run.iter().map(beyond).sum::<f64>() / highest;
            let episode = Episode { multiple: 1.0 + highest, length: hours(days) };
            let kind = if episode.multiple < ATTACK { &mut spikes } else { &mut attacks };
            kind.found.push(episode);
        }
    }
    (spikes, attacks)
}

/// Whole hours, at least one.
fn hours(days: f64) -> Seconds {
    // In range: at most the days of a table.
    (libm::round(days * 24.0).max(1.0) as Seconds) * (DAY / 24)
}

impl Episodes {
    /// How many a year an account has.
    pub fn a_year(&self) -> f64 {
        self.found.len() as f64 / self.years.max(1e-9)
    }

    /// Least and greatest multiple.
    pub fn multiples(&self) -> (f64, f64) {
        let all = || self.found.iter().map(|episode| episode.multiple);
        (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max))
    }

    /// Shortest and longest.
    pub fn lengths(&self) -> (Seconds, Seconds) {
        let all = || self.found.iter().map(|episode| episode.length);
        (all().min().unwrap_or(0), all().max().unwrap_or(0))
    }
}
