//! What moves the days of accounts beside the index: the world's shock, noise with memory, dispersion; by moments of second order.
//! Must not know weekdays or sizes' distribution.

use super::bursts::Aside;
use super::daily::Daily;
use super::linear::Normal;
use crate::units::Day;

/// Days of the blocks of the noise with memory.
const WEEK: usize = 7;
const MONTH: usize = 28;
/// A variance as accounts usually have it: it bounds the weight of the large ones.
const USUAL: f64 = 0.1;
/// Rounds in which the noise of the means is taken out of the covariances.
const ROUNDS: usize = 30;
/// Units a day from which the skewness of a day's logarithm is not that of a Poisson count.
const PLENTY: f64 = 50.0;
/// Weeks of accounts that telling dispersion from noise needs.
const LEAST_WEEKS: usize = 30;

/// Variances of the logarithm of a day's factor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// The world's shock; `None`: one account cannot tell it.
    pub shock: Option<f64>,
    /// New every day: the account's own.
    pub day: f64,
    /// Stays for a week.
    pub week: f64,
    /// Stays for a month.
    pub month: f64,
    /// Dispersion: variance over squared mean.
    pub dispersion: f64,
    /// Whether dispersion and the day's noise could be told apart.
    pub is_split: bool,
    /// Variance of an account's mean over its days.
    pub of_mean: f64,
}

/// Accounts against what is expected of them.
pub struct Against<'a> {
    /// The table.
    pub daily: &'a Daily,
    /// Size of each account.
    pub sizes: &'a [f64],
    /// Index of each day.
    pub index: &'a [f64],
    /// Days that do not count.
    pub aside: &'a Aside,
    /// Whether there are days enough for noise that stays for a month.
    pub by_month: bool,
}

/// The weight of an account in a mean over accounts.
pub fn weight(size: f64) -> f64 {
    if size > 0.0 { 1.0 / (1.0 / size + USUAL) } else { 0.0 }
}

/// Sums over accounts and days.
#[derive(Default)]
struct Sums {
    /// Products at each lag: weighted sum and weight.
    products: Vec<(f64, f64)>,
    /// Weighted mean of 1 / expected units, and of the days of an account.
    poisson: f64,
    days: f64,
    weight: f64,
    squares: f64,
}

impl Against<'_> {
    /// Units over what is expected of an account's day; `None`: the day does not count.
    fn ratio(&self, account: usize, day: Day) -> Option<f64> {
        let own = &self.daily.accounts[account];
        let expected = self.sizes[account] * self.index[day];
        let counts = own.days().contains(&day) && !self.aside[account][day] && expected > 0.0;
        counts.then(|| own.units[day] as f64 / expected)
    }

    /// Relative demand of every day, the mean over the accounts that are there.
    pub fn days(&self) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0.0); self.daily.days()];
        for (account, size) in self.sizes.iter().enumerate() {
            let weight = weight(*size);
            for (day, sum) in sums.iter_mut().enumerate() {
                if let Some(ratio) = self.ratio(account, day) {
                    sum.0 += weight * ratio * self.index[day];
                    sum.1 += weight;
                }
            }
        }
        sums.into_iter().map(|(sum, weight)| (weight > 0.0).then(|| sum / weight)).collect()
    }

    /// Fits all of it.
    pub fn fit(&self) -> Noise {
        let shock = self.shock();
        let sums = self.sums();
        let lags = sums.products.len();
        let measured: Vec<f64> = sums.products.iter().map(|(sum, weight)| sum / weight.max(1e-300) - 1.0).collect();
        let days = (sums.days / sums.weight).max(1.0);
        let poisson = sums.poisson / sums.weight;
        let accounts = sums.weight * sums.weight / sums.squares.max(1e-300);
        // Weekdays took some of the variance of a day away.
        let kept = (1.0 - 6.0 / (days * accounts)).max(0.5);
        let (mut of_mean, mut noise) = (0.0, (0.0, 0.0));
        let covariance = |lag: usize, (week, month): (f64, f64)| {
            libm::expm1(week * overlap(lag, WEEK) + month * overlap(lag, MONTH))
        };
        // Means are taken of the same days: they share the noise, and the covariances lack the variance of the means.
        for _ in 0..ROUNDS {
            let log = |lag: usize| libm::log((1.0 + measured[lag] + of_mean).max(1e-3));
            noise = self.memory(lags, log);
            let beside: f64 = (1..MONTH).map(|lag| (1.0 - lag as f64 / days).max(0.0) * covariance(lag, noise)).sum();
            let at_once = (measured[0] + of_mean).max(0.0) / kept + poisson;
            of_mean = (at_once + 2.0 * beside) / days;
        }
        let at_once = libm::log1p(((measured[0] + of_mean) / kept).max(0.0));
        let day = (at_once - shock.unwrap_or(0.0) - noise.0 - noise.1).max(0.0);
        let (dispersion, is_split) = self.dispersion(day);
        let day = (day - libm::log1p(dispersion)).max(0.0);
        Noise { shock, day, week: noise.0, month: noise.1, dispersion, is_split, of_mean: of_mean - poisson / days }
    }

    /// Variances of the noise that stays, from the logarithms of the covariances: least squares, none below zero.
    fn memory(&self, lags: usize, log: impl Fn(usize) -> f64) -> (f64, f64) {
        let alone = |block: usize| {
            let mut normal = Normal::new(1);
            (1..lags).for_each(|lag| normal.add(&[overlap(lag, block)], log(lag), 1.0));
            normal.solve().map_or(0.0, |found| found[0].max(0.0))
        };
        if !self.by_month {
            return (alone(WEEK), 0.0);
        }
        let mut both = Normal::new(2);
        (1..lags).for_each(|lag| both.add(&[overlap(lag, WEEK), overlap(lag, MONTH)], log(lag), 1.0));
        match both.solve().as_deref() {
            Some([week, month]) if *week >= 0.0 && *month >= 0.0 => (*week, *month),
            Some([week, _]) if *week < 0.0 => (0.0, alone(MONTH)),
            _ => (alone(WEEK), 0.0),
        }
    }

    fn sums(&self) -> Sums {
        let days = self.daily.days();
        let lags = if self.by_month { MONTH } else { WEEK }.min(days);
        let mut sums = Sums { products: vec![(0.0, 0.0); lags], ..Sums::default() };
        let mut ratios = vec![];
        for (account, size) in self.sizes.iter().enumerate() {
            let weight = weight(*size) * weight(*size);
            ratios.clear();
            ratios.extend((0..days).map(|day| self.ratio(account, day)));
            let mut seen = 0.0;
            for (day, ratio) in ratios.iter().enumerate() {
                let Some(ratio) = ratio else { continue };
                let poisson = 1.0 / (size * self.index[day]);
                seen += 1.0;
                sums.poisson += weight * poisson;
                sums.weight += weight;
                sums.products[0].0 += weight * ratio * (ratio - poisson);
                sums.products[0].1 += weight;
                for (lag, sum) in sums.products.iter_mut().enumerate().skip(1) {
                    if let Some(Some(later)) = ratios.get(day + lag) {
                        sum.0 += weight * ratio * later;
                        sum.1 += weight;
                    }
                }
            }
            sums.days += weight * seen * seen;
            sums.squares += weight * weight * seen * seen;
        }
        sums
    }

    /// Log variance of the world's shock, from the covariance of different accounts on the same day.
    fn shock(&self) -> Option<f64> {
        if self.sizes.iter().filter(|size| **size > 0.0).count() < 2 {
            return None;
        }
        let (mut products, mut pairs, mut days) = (0.0, 0.0, 0.0);
        for day in 0..self.daily.days() {
            let (mut sum, mut squares, mut weights, mut weights_squared) = (0.0, 0.0, 0.0, 0.0);
            for (account, size) in self.sizes.iter().enumerate() {
                let Some(ratio) = self.ratio(account, day) else { continue };
                let weight = weight(*size);
                // Around 1, where it loses no digits.
                let apart = weight * (ratio - 1.0);
                sum += apart;
                squares += apart * apart;
                weights += weight;
                weights_squared += weight * weight;
            }
            let weight = weights * weights - weights_squared;
            if weight > 0.0 {
                products += sum * sum - squares;
                pairs += weight;
                days += 1.0;
            }
        }
        // The means took a degree of freedom from the days, the weekdays six.
        let kept: f64 = (days - 7.0) / days;
        (kept > 0.0).then(|| libm::log1p((products / pairs / kept).max(0.0)))
    }

    /// How much of the log variance that has no memory is dispersion: the logarithm of a gamma variable is skewed to the left, that
    /// of log-normal noise is not. Where there are not enough large days to tell, all of it is dispersion, since small counts hide
    /// its shape. Returns the dispersion, and whether it could be told.
    fn dispersion(&self, day: f64) -> (f64, bool) {
        let mut weeks: Vec<f64> = vec![];
        for (account, size) in self.sizes.iter().enumerate().filter(|(_, size)| **size >= PLENTY) {
            for first in (0..self.daily.days().saturating_sub(WEEK - 1)).step_by(WEEK) {
                let log = |day| self.ratio(account, day).filter(|ratio| *ratio > 0.0).map(libm::log);
                let Some(logs) = (first..first + WEEK).map(log).collect::<Option<Vec<f64>>>() else { continue };
                let mean = logs.iter().sum::<f64>() / WEEK as f64;
                let cubes = logs.iter().map(|log| (log - mean) * (log - mean) * (log - mean)).sum::<f64>();
                // Unbiased for the third cumulant; that of the logarithm of a Poisson count is about −1 / mean².
                let n = WEEK as f64;
                weeks.push(cubes * n / ((n - 1.0) * (n - 2.0)) + 1.0 / (size * size));
            }
        }
        let all = libm::expm1(day);
        if weeks.len() < LEAST_WEEKS {
            return (all, false);
        }
        let n = weeks.len() as f64;
        let mean = weeks.iter().sum::<f64>() / n;
        let variance = weeks.iter().map(|week| (week - mean) * (week - mean)).sum::<f64>() / (n - 1.0);
        if mean > -2.0 * libm::sqrt(variance / n) {
            return (0.0, true);
        }
        // The third cumulant of the logarithm of a gamma variable of mean 1 and variance d is ψ''(1 / d), falling in d.
        let (mut low, mut high) = (1e-6, 100.0);
        for _ in 0..60 {
            let middle = libm::sqrt(low * high);
            if tetragamma(1.0 / middle) > mean { low = middle } else { high = middle }
        }
        (low.min(all), true)
    }
}

/// How much of a block two days have in common that are so far apart.
fn overlap(lag: usize, block: usize) -> f64 {
    (1.0 - lag as f64 / block as f64).max(0.0)
}

/// ψ'', by its recurrence and its asymptotic series.
fn tetragamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 8.0 {
        sum -= 2.0 / (x * x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum - y * (1.0 + 1.0 / x + y * (0.5 - y * (1.0 / 6.0 - y * (1.0 / 6.0 - y * 0.3))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ψ''(1) = −2 ζ(3), ψ''(1/2) = −14 ζ(3).
    #[test]
    fn tetragamma_has_its_known_values() {
        let zeta = 1.202_056_903_159_594;
        assert!((tetragamma(1.0) + 2.0 * zeta).abs() < 1e-7, "{}", tetragamma(1.0));
        assert!((tetragamma(0.5) + 14.0 * zeta).abs() < 1e-7, "{}", tetragamma(0.5));
    }
}
