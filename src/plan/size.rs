//! The distribution of account sizes over a segment, and what can be said of it in closed form.

use crate::random::{normal_cdf, normal_quantile};

/// Distribution of the mean daily count over the accounts of a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum Size {
    /// exp(mu + sigma z), at most `cap`.
    Lognormal {
        /// Mean of the log.
        mu: f64,
        /// Standard deviation of the log.
        sigma: f64,
        /// Largest size.
        cap: f64,
        /// Quantile above which the tail is Pareto, and its exponent.
        tail: Option<(f64, f64)>,
    },
    /// Sizes with cumulative weights.
    Table(Vec<(f64, u64)>),
    /// One size.
    Constant(f64),
}

impl Size {
    /// Mean over accounts.
    pub fn mean(&self) -> f64 {
        match self {
            Size::Constant(units) => *units,
            Size::Table(sizes) => weighted(sizes).map(|(units, share)| units * share).sum(),
            Size::Lognormal { mu, sigma, cap, tail } => {
                let start = tail.map(|(above, alpha)| (quantile(*mu, *sigma, above), above, alpha));
                match start {
                    // E[S; S < start] of the lognormal, and the Pareto tail from there up to the cap.
                    Some((start, above, alpha)) if start < *cap => {
                        let body = below(*mu, *sigma, start) - start * (1.0 - above);
                        body + (1.0 - above) * pareto(start, alpha, *cap)
                    }
                    _ => below(*mu, *sigma, *cap),
                }
            }
        }
    }

    /// The lognormal size at a normal score, where `above` is the share of accounts beyond that score.
    #[inline]
    pub fn lognormal_at(mu: f64, sigma: f64, cap: f64, tail: Option<(f64, f64)>, score: f64, above: f64) -> f64 {
        let size = match tail {
            Some((from, alpha)) if above < 1.0 - from => {
                quantile(mu, sigma, from) * libm::pow((1.0 - from) / above, 1.0 / alpha)
            }
            _ => libm::exp(mu + sigma * score),
        };
        size.min(cap)
    }

    /// Listed sizes with their shares; none for other kinds.
    pub fn shares(&self) -> Vec<(f64, f64)> {
        match self {
            Size::Table(sizes) => weighted(sizes).collect(),
            Size::Constant(_) | Size::Lognormal { .. } => vec![],
        }
    }

    /// Median over accounts.
    pub fn median(&self) -> f64 {
        match self {
            Size::Constant(units) => *units,
            Size::Lognormal { mu, cap, .. } => libm::exp(*mu).min(*cap),
            Size::Table(sizes) => {
                let mut sorted: Vec<(f64, f64)> = weighted(sizes).collect();
                sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut reached = 0.0;
                for (units, share) in &sorted {
                    reached += share;
                    if reached >= 0.5 {
                        return *units;
                    }
                }
                sorted.last().map_or(0.0, |(units, _)| *units)
            }
        }
    }
}

fn quantile(mu: f64, sigma: f64, p: f64) -> f64 {
    libm::exp(mu + sigma * normal_quantile(p))
}

/// E[min(S, cap)] of a lognormal.
fn below(mu: f64, sigma: f64, cap: f64) -> f64 {
    let plain = libm::exp(mu + sigma * sigma / 2.0);
    if sigma == 0.0 {
        return plain.min(cap);
    }
    let z = (libm::log(cap) - mu) / sigma;
    plain * normal_cdf(z - sigma) + cap * (1.0 - normal_cdf(z))
}

/// E[min(P, cap)] of a Pareto distribution from `start`.
fn pareto(start: f64, alpha: f64, cap: f64) -> f64 {
    if (alpha - 1.0).abs() < 1e-9 {
        return start * (1.0 + libm::log(cap / start));
    }
    start * alpha / (alpha - 1.0) - start * libm::pow(cap / start, 1.0 - alpha) / (alpha - 1.0)
}

/// Sizes with their shares.
fn weighted(sizes: &[(f64, u64)]) -> impl Iterator<Item = (f64, f64)> {
    let total = sizes.last().map_or(1, |(_, cumulative)| *cumulative) as f64;
    let mut before = 0;
    sizes.iter().map(move |(units, cumulative)| {
        let weight = cumulative - before;
        before = *cumulative;
        (*units, weight as f64 / total)
    })
}
