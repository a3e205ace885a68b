//! What moves the days of accounts beside the index: the world's shock, noise with memory, dispersion; by moments of second order.
//! Must not know weekdays or sizes' distribution.

use super::bursts::Aside;
use super::daily::{Daily, Own};
use super::linear::Normal;
use crate::units::Day;

/// Days of the blocks of the noise with memory.
const WEEK: usize = 7;
const MONTH: usize = 28;
/// A variance as accounts usually have it: it bounds the weight of the large ones.
const USUAL: f64 = 0.1;
/// Index of a day on which nobody is expected to use anything.
const IDLE: f64 = 0.01;
/// Rounds in which the noise of the means is taken out of the covariances.
const ROUNDS: usize = 30;
/// Units a day from which days have logarithms that say something.
const PLENTY: f64 = 50.0;
/// Units a day from which their skewness does.
pub const FOR_SKEWNESS: f64 = 100.0;
/// Weeks of accounts that telling dispersion from noise needs.
pub const LEAST_WEEKS: usize = 30;

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
    /// Whether there were days enough for that.
    pub by_month: bool,
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
}

/// The weight of an account in a mean over accounts.
pub fn weight(size: f64) -> f64 {
    if size > 0.0 { 1.0 / (1.0 / size + USUAL) } else { 0.0 }
}

/// On which scale days are compared: the model is one of logarithms, but small counts have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    /// Logarithms, of large accounts alone.
    Log,
    /// Units over what is expected, of all accounts.
    Ratio,
}

impl Scale {
    /// Whether an account is large enough for it.
    fn takes(self, size: f64) -> bool {
        size >= if self == Scale::Log { PLENTY } else { f64::MIN_POSITIVE }
    }

    /// A covariance of logarithms from one on this scale.
    fn log(self, covariance: f64) -> f64 {
        if self == Scale::Log { covariance } else { libm::log((1.0 + covariance).max(1e-3)) }
    }

    /// And back.
    fn covariance(self, log: f64) -> f64 {
        if self == Scale::Log { log } else { libm::expm1(log) }
    }
}

/// Sums over accounts and days.
#[derive(Default)]
struct Sums {
    /// Products at each lag: weighted sum and weight.
    products: Vec<(f64, f64)>,
    /// What Poisson counts bring to the variance of a day, weighted.
    poisson: f64,
    /// Weighted days of an account; weights; squared weights of accounts.
    days: f64,
    weight: f64,
    squares: f64,
}

impl Against<'_> {
    /// Units over what is expected of an account's day; `None`: the day does not count.
    fn ratio(&self, account: usize, day: Day) -> Option<f64> {
        let own = &self.daily.accounts[account];
        let expected = self.sizes[account] * self.index[day];
        let counts = own.days().contains(&day) && !self.aside[account][day] && self.sizes[account] > 0.0;
        let counts = counts && self.index[day] > IDLE;
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

    /// Fits all of it; `by_month`: there are days enough for noise that stays for a month.
    pub fn fit(&self, by_month: bool) -> Noise {
        let scale = self.scale();
        let apart = self.apart(scale);
        let shock = self.shock(scale, &apart);
        let lags = if by_month { MONTH } else { WEEK }.min(self.daily.days());
        let sums = self.sums(scale, &apart, lags);
        let measured: Vec<f64> = sums.products.iter().map(|(sum, weight)| sum / weight.max(1e-300)).collect();
        let days = (sums.days / sums.weight).max(1.0);
        let poisson = sums.poisson / sums.weight;
        let accounts = sums.weight * sums.weight / sums.squares.max(1e-300);
        // Weekdays took some of the variance of a day away.
        let kept = (1.0 - 6.0 / (days * accounts)).max(0.5);
        let (mut of_mean, mut noise) = (0.0, (0.0, 0.0));
        let covariance = |lag: usize, (week, month): (f64, f64)| {
            scale.covariance(week * overlap(lag, WEEK) + month * overlap(lag, MONTH))
        };
        // Means are taken of the same days: they share the noise, and the covariances lack the variance of the means.
        for _ in 0..ROUNDS {
            noise = memory(lags, by_month, |lag| scale.log(measured[lag] + of_mean));
            let beside: f64 = (1..MONTH).map(|lag| (1.0 - lag as f64 / days).max(0.0) * covariance(lag, noise)).sum();
            let at_once = (measured[0] + of_mean).max(0.0) / kept + poisson;
            of_mean = (at_once + 2.0 * beside) / days;
        }
        let at_once = scale.log(((measured[0] + of_mean) / kept).max(0.0)) - shock.unwrap_or(0.0);
        // What stays cannot be more than all there is.
        let part = (at_once.max(0.0) / (noise.0 + noise.1).max(1e-300)).min(1.0);
        let (week, month) = (part * noise.0, part * noise.1);
        let day = (at_once - week - month).max(0.0);
        let (dispersion, is_split) = self.dispersion(day);
        let of_dispersion =
            if scale == Scale::Log { trigamma(1.0 / dispersion.max(1e-9)) } else { libm::log1p(dispersion) };
        let day = (day - of_dispersion).max(0.0);
        Noise { shock, day, week, month, by_month, dispersion, is_split, of_mean: (of_mean - poisson / days).max(0.0) }
    }

    /// Logarithms where large accounts tell as much as all the others.
    fn scale(&self) -> Scale {
        let information = |scale: Scale| -> f64 {
            let of = |(own, size): (&Own, &f64)| weight(*size) * weight(*size) * own.days().len() as f64;
            self.daily.accounts.iter().zip(self.sizes).filter(|(_, size)| scale.takes(**size)).map(of).sum()
        };
        if information(Scale::Log) >= 0.5 * information(Scale::Ratio) { Scale::Log } else { Scale::Ratio }
    }

    /// How far each day of an account is from its mean; a day without use has no logarithm.
    fn apart(&self, scale: Scale) -> Vec<Vec<Option<f64>>> {
        let of_account = |(account, size): (usize, &f64)| {
            if !scale.takes(*size) {
                return vec![];
            }
            let ratios = (0..self.daily.days()).map(|day| self.ratio(account, day));
            if scale == Scale::Ratio {
                return ratios.map(|ratio| ratio.map(|ratio| ratio - 1.0)).collect();
            }
            let logs: Vec<Option<f64>> =
                ratios.map(|ratio| ratio.filter(|ratio| *ratio > 0.0).map(libm::log)).collect();
            let mean = logs.iter().flatten().sum::<f64>() / logs.iter().flatten().count().max(1) as f64;
            logs.into_iter().map(|log| log.map(|log| log - mean)).collect()
        };
        self.sizes.iter().enumerate().map(of_account).collect()
    }

    fn sums(&self, scale: Scale, apart: &[Vec<Option<f64>>], lags: usize) -> Sums {
        let mut sums = Sums { products: vec![(0.0, 0.0); lags], ..Sums::default() };
        for (days, size) in apart.iter().zip(self.sizes) {
            let weight = weight(*size) * weight(*size);
            let mut seen = 0.0;
            for (day, one) in days.iter().enumerate() {
                let Some(one) = one else { continue };
                let poisson = 1.0 / (size * self.index[day]);
                let of_count = if scale == Scale::Log { poisson } else { poisson * (1.0 + one) };
                seen += 1.0;
                sums.poisson += weight * poisson;
                sums.weight += weight;
                sums.products[0].0 += weight * (one * one - of_count);
                sums.products[0].1 += weight;
                for (lag, sum) in sums.products.iter_mut().enumerate().skip(1) {
                    if let Some(Some(later)) = days.get(day + lag) {
                        sum.0 += weight * one * later;
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
    fn shock(&self, scale: Scale, apart: &[Vec<Option<f64>>]) -> Option<f64> {
        if apart.iter().filter(|days| !days.is_empty()).count() < 2 {
            return None;
        }
        let (mut products, mut pairs, mut days) = (0.0, 0.0, 0.0);
        for day in 0..self.daily.days() {
            let (mut sum, mut squares, mut weights, mut weights_squared) = (0.0, 0.0, 0.0, 0.0);
            for (of_account, size) in apart.iter().zip(self.sizes) {
                let Some(Some(one)) = of_account.get(day) else { continue };
                let weight = weight(*size);
                sum += weight * one;
                squares += weight * one * weight * one;
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
        (kept > 0.0).then(|| scale.log((products / pairs / kept).max(0.0)))
    }

    /// How much of the log variance that has no memory is dispersion: the logarithm of a gamma variable is skewed to the left, that
    /// of log-normal noise is not. Returns the dispersion, and whether it could be told. Where it could not, it is none of it for
    /// large accounts, and all of it for small ones, whose counts hide its shape.
    fn dispersion(&self, day: f64) -> (f64, bool) {
        let mut weeks: Vec<f64> = vec![];
        for (account, size) in self.sizes.iter().enumerate().filter(|(_, size)| **size >= FOR_SKEWNESS) {
            for first in (0..self.daily.days().saturating_sub(WEEK - 1)).step_by(WEEK) {
                let log = |day| self.ratio(account, day).filter(|ratio| *ratio > 0.0).map(libm::log);
                let Some(logs) = (first..first + WEEK).map(log).collect::<Option<Vec<f64>>>() else { continue };
                let mean = logs.iter().sum::<f64>() / WEEK as f64;
                let cubes = logs.iter().map(|log| (log - mean) * (log - mean) * (log - mean)).sum::<f64>();
                // Unbiased for the third cumulant. A Poisson count of mean m brings −2 / m² to that of the logarithm, and −3 v / m since
                // it is the wider the smaller the day is.
                let n = WEEK as f64;
                let index = &self.index[first..first + WEEK];
                let inverse = index.iter().map(|index| 1.0 / (size * index)).sum::<f64>() / n;
                let of_counts = 2.0 * inverse * inverse + 3.0 * day * libm::exp(day) * inverse;
                weeks.push(cubes * n / ((n - 1.0) * (n - 2.0)) + of_counts);
            }
        }
        if weeks.len() < LEAST_WEEKS {
            let is_small = self.scale() == Scale::Ratio;
            return (if is_small { libm::expm1(day) } else { 0.0 }, false);
        }
        let n = weeks.len() as f64;
        let mean = weeks.iter().sum::<f64>() / n;
        let variance = weeks.iter().map(|week| (week - mean) * (week - mean)).sum::<f64>() / (n - 1.0);
        if mean > -2.0 * libm::sqrt(variance / n) {
            return (0.0, true);
        }
        // The third cumulant of the logarithm of a gamma variable of mean 1 and variance d is ψ''(1 / d), falling in d.
        let by_skewness = falling(|dispersion| tetragamma(1.0 / dispersion), mean);
        let by_variance = falling(|dispersion| -trigamma(1.0 / dispersion), -day);
        (by_skewness.min(by_variance), true)
    }
}

/// Variances of the noise that stays, from the logarithms of the covariances: least squares, none below zero. Near days tell more
/// than far ones.
fn memory(lags: usize, by_month: bool, log: impl Fn(usize) -> f64) -> (f64, f64) {
    let alone = |block: usize| {
        let mut normal = Normal::new(1);
        (1..lags).for_each(|lag| normal.add(&[overlap(lag, block)], log(lag), 1.0 / lag as f64));
        normal.solve().map_or(0.0, |found| found[0].max(0.0))
    };
    if !by_month {
        return (alone(WEEK), 0.0);
    }
    let mut both = Normal::new(2);
    (1..lags).for_each(|lag| both.add(&[overlap(lag, WEEK), overlap(lag, MONTH)], log(lag), 1.0 / lag as f64));
    match both.solve().as_deref() {
        Some([week, month]) if *week >= 0.0 && *month >= 0.0 => (*week, *month),
        Some([week, _]) if *week < 0.0 => (0.0, alone(MONTH)),
        _ => (alone(WEEK), 0.0),
    }
}

/// Where a falling function of a dispersion has a value.
fn falling(of: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (1e-6, 100.0);
    for _ in 0..60 {
        let middle = libm::sqrt(low * high);
        if of(middle) > value { low = middle } else { high = middle }
    }
    low
}

/// How much of a block two days have in common that are so far apart.
fn overlap(lag: usize, block: usize) -> f64 {
    (1.0 - lag as f64 / block as f64).max(0.0)
}

/// ψ', by its recurrence and its asymptotic series.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 8.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum + 1.0 / x + y * (0.5 + (1.0 / 6.0 - y * (1.0 / 30.0 - y / 42.0)) / x)
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

    /// ψ'(1) = π²/6, ψ'(1/2) = π²/2; ψ''(1) = −2 ζ(3), ψ''(1/2) = −14 ζ(3).
    #[test]
    fn polygammas_have_their_known_values() {
        let zeta = 1.202_056_903_159_594;
        assert!((tetragamma(1.0) + 2.0 * zeta).abs() < 1e-7, "{}", tetragamma(1.0));
        let square = std::f64::consts::PI * std::f64::consts::PI;
        assert!((trigamma(1.0) - square / 6.0).abs() < 1e-8, "{}", trigamma(1.0));
        assert!((trigamma(0.5) - square / 2.0).abs() < 1e-8, "{}", trigamma(0.5));
        assert!((tetragamma(0.5) + 14.0 * zeta).abs() < 1e-7, "{}", tetragamma(0.5));
    }
}
