//! The lognormal distribution of account sizes, by the likelihood of the units that each account used in all. Must not know days.

use cobyla::{Func, RhoBeg, StopTols};
use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};

use crate::random::normal_cdf;

/// Units in all from which the likelihood of an account is that of a normal logarithm.
const MANY: f64 = 400.0;
/// Points of an integral, in standard deviations of its integrand.
const REACH: f64 = 6.0;
const STEP: f64 = 0.5;
/// Probability with which an interval covers the truth.
const CONFIDENCE: f64 = 0.95;
/// Log standard deviations that are looked at.
const SIGMAS: (f64, f64) = (0.02, 6.0);

/// What an account used in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    /// Units.
    pub units: f64,
    /// Sum of the indices of its days: units over it is its size.
    pub exposure: f64,
}

/// exp(mu + sigma z).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal {
    /// Mean of the logarithm.
    pub mu: f64,
    /// Its standard deviation.
    pub sigma: f64,
    /// Interval of `mu`.
    pub of_mu: (f64, f64),
    /// Interval of `sigma`.
    pub of_sigma: (f64, f64),
}

/// Fits at least two accounts. Means over finitely many days differ from sizes by a log variance of `of_mean`, which is taken out
/// again; `shared` is the log variance of what all means have in common.
pub fn fit(totals: &[Total], of_mean: f64, shared: f64) -> Lognormal {
    let n = totals.len() as f64;
    let crude: Vec<f64> = totals.iter().map(|one| libm::log((one.units + 0.5) / one.exposure)).collect();
    let mean = crude.iter().sum::<f64>() / n;
    let sd = libm::sqrt(crude.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).clamp(SIGMAS.0, SIGMAS.1);
    let reach = 3.0 + 3.0 * sd;
    // In units of the crude deviation, so that the search takes steps of one scale.
    let place = |x: &[f64]| (mean + sd * x[0], libm::exp(x[1]).clamp(SIGMAS.0, SIGMAS.1));
    let objective = |x: &[f64], (): &mut ()| {
        let (mu, sigma) = place(x);
        -likelihood(totals, mu, sigma) / n
    };
    let bounds = [(-reach / sd, reach / sd), (libm::log(SIGMAS.0), libm::log(SIGMAS.1))];
    let start = [0.0, libm::log(sd)];
    let ends = StopTols { ftol_rel: 1e-10, xtol_rel: 1e-7, ..StopTols::default() };
    let none: [&dyn Func<()>; 0] = [];
    let objective: &dyn Func<()> = &objective;
    let found = cobyla::minimize(objective, &start, &bounds, &none, (), 400, RhoBeg::All(0.3), Some(ends));
    // Where it stops early it still has the best point that it saw.
    let (mu, sigma) = place(&match found {
        Ok((_, x, _)) | Err((_, x, _)) => x,
    });
    intervals(totals, (mu, sigma), of_mean, shared)
}

/// Intervals as if the logarithms of so many sizes were known exactly as have the same information: exact where counts are large.
fn intervals(totals: &[Total], (mu, sigma): (f64, f64), of_mean: f64, shared: f64) -> Lognormal {
    let n = totals.len() as f64;
    let of_mu = curvature(|mu| likelihood(totals, mu, sigma), mu, 0.05 * sigma);
    let of_log = curvature(|log| likelihood(totals, mu, libm::exp(log)), libm::log(sigma), 0.05);
    let know_mu = (of_mu * sigma * sigma).clamp(1.5, n);
    let know_sigma = (of_log / 2.0).clamp(1.5, n);
    // The maximum of the likelihood is too small by the degree of freedom that the mean took.
    let unbiased = sigma * libm::sqrt(know_sigma / (know_sigma - 1.0));
    let chi = ChiSquared::new(know_sigma - 1.0).expect("some degrees of freedom");
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let bound = |p: f64| unbiased * libm::sqrt((know_sigma - 1.0) / chi.inverse_cdf(p).max(1e-9));
    let t = StudentsT::new(0.0, 1.0, know_mu - 0.5).expect("some degrees of freedom").inverse_cdf(1.0 - tail);
    let half = t * libm::sqrt(unbiased * unbiased / know_mu + shared);
    let without = |sigma: f64| libm::sqrt((sigma * sigma - of_mean).max(0.0));
    let (least, most) = (without(bound(1.0 - tail)), without(bound(tail)));
    let mu = mu + of_mean / 2.0;
    Lognormal { mu, sigma: without(unbiased), of_mu: (mu - half, mu + half), of_sigma: (least, most) }
}

/// Minus the second derivative at a maximum, by differences.
fn curvature(f: impl Fn(f64) -> f64, at: f64, step: f64) -> f64 {
    ((2.0 * f(at) - f(at - step) - f(at + step)) / (step * step)).max(0.0)
}

/// Units in all from which an account's own size is known well enough to be held against a distribution.
const KNOWN: f64 = 25.0;

/// Largest distance of the distribution of sizes from a lognormal one, where sizes are known; chance alone makes it about 1 / √n.
pub fn misfit(totals: &[Total], fitted: &Lognormal) -> f64 {
    let mut sizes: Vec<Total> = totals.to_vec();
    sizes.sort_by(|one, other| (one.units / one.exposure).total_cmp(&(other.units / other.exposure)));
    let n = sizes.len() as f64;
    let sigma = fitted.sigma.max(SIGMAS.0);
    let apart = |(rank, one): (usize, &Total)| {
        let below = normal_cdf((libm::log(one.units / one.exposure) - fitted.mu) / sigma);
        (below - rank as f64 / n).abs().max((below - (rank + 1) as f64 / n).abs())
    };
    sizes.iter().enumerate().filter(|(_, one)| one.units >= KNOWN).map(apart).fold(0.0, f64::max)
}

/// Sizes with their weights: groups of neighbours by their mean, so that they keep what all use; the largest by themselves.
pub fn groups(sizes: &[f64], most: usize) -> Vec<(f64, usize)> {
    let mut sorted = sizes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let alone = if sorted.len() > most { most / 4 } else { sorted.len() };
    let (many, largest) = sorted.split_at(sorted.len() - alone);
    let mean = |group: &[f64]| (group.iter().sum::<f64>() / group.len() as f64, group.len());
    let together = many.chunks(many.len().div_ceil(most - most / 4).max(1)).map(mean);
    together.chain(largest.iter().map(|size| (*size, 1))).collect()
}

fn likelihood(totals: &[Total], mu: f64, sigma: f64) -> f64 {
    totals.iter().map(|one| one.likelihood(mu, sigma)).sum()
}

impl Total {
    /// Log likelihood of its units under a Poisson number with a lognormal mean, but for what does not depend on `mu` and `sigma`.
    fn likelihood(&self, mu: f64, sigma: f64) -> f64 {
        let Total { units, exposure } = *self;
        if units >= MANY {
            let variance = sigma * sigma + 1.0 / units;
            let apart = libm::log(units / exposure) - mu;
            return -0.5 * (libm::log(variance) + apart * apart / variance);
        }
        let inside = |x: f64| {
            let z = (x - mu) / sigma;
            units * x - exposure * libm::exp(x) - 0.5 * z * z
        };
        let precision = 1.0 / (sigma * sigma);
        // The highest place of the integrand: it is concave, and the start is between the maxima of its two factors.
        let mut top = mu.min(libm::log((units + 0.5) / exposure) + 1.0);
        for _ in 0..20 {
            let rate = exposure * libm::exp(top);
            let step = (units - rate - (top - mu) * precision) / (rate + precision);
            top += step.clamp(-1.0, 1.0);
            if step.abs() < 1e-6 {
                break;
            }
        }
        let wide = 1.0 / libm::sqrt(exposure * libm::exp(top) + precision);
        let highest = inside(top);
        let points = (2.0 * REACH / STEP) as usize;
        let at = |point: usize| top + wide * (point as f64 * STEP - REACH);
        let area: f64 = (0..=points).map(|point| libm::exp(inside(at(point)) - highest)).sum::<f64>() * wide * STEP;
        highest + libm::log(area / sigma)
    }
}
