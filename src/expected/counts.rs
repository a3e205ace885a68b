//! Expected parts of a random count: E[min(N, b)] for Poisson and negative binomial counts.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::gamma_ur;

use crate::plan::Demand;
use crate::random::{normal_cdf, normal_quantile};

/// Above this mean a count is taken for normal: its skewness is then below 1/300.
const NORMAL: f64 = 1e5;
/// Nodes of the noise's quantiles.
const NODES: u32 = 64;

/// How the counts of a day spread around their mean.
#[derive(Clone, Debug)]
pub struct Counts {
    /// No spread at all: listed counts.
    certain: bool,
    /// Variance beyond Poisson, per squared mean.
    dispersion: f64,
    /// Log variance of the factor on the mean.
    log_variance: f64,
}

impl Counts {
    /// Of a demand under a world shock with this log standard deviation.
    pub fn of(demand: &Demand, world_shock: f64) -> Counts {
        match demand {
            Demand::Random(demand) => {
                Counts { certain: false, dispersion: demand.dispersion, log_variance: demand.log_variance(world_shock) }
            }
            Demand::Constant(_) | Demand::Listed(_) | Demand::Recorded(_) => {
                Counts { certain: true, dispersion: 0.0, log_variance: 0.0 }
            }
        }
    }

    /// E[min(N, bound)] for a count with this mean.
    pub fn minimum(&self, mean: f64, bound: f64) -> f64 {
        if self.certain { mean.min(bound) } else { expected_minimum(mean, self.dispersion, bound) }
    }

    /// E[f(factor)] over the factor on the mean, which is lognormal with mean 1.
    pub fn over_noise(&self, f: impl Fn(f64) -> f64) -> f64 {
        if self.log_variance == 0.0 {
            return f(1.0);
        }
        let sd = self.log_variance.sqrt();
        let nodes = (0..NODES).map(|node| libm::exp(sd * normal_quantile((f64::from(node) + 0.5) / f64::from(NODES))));
        // The nodes' own mean is made 1, so that the mean count stays what was asked for.
        let mean = nodes.clone().sum::<f64>() / f64::from(NODES);
        nodes.map(|factor| f(factor / mean)).sum::<f64>() / f64::from(NODES)
    }
}

/// E[min(N, bound)] for a Poisson count, or a negative binomial one with variance mean + dispersion × mean².
pub fn expected_minimum(mean: f64, dispersion: f64, bound: f64) -> f64 {
    if bound <= 0.0 || mean <= 0.0 {
        return 0.0;
    }
    if bound.is_infinite() {
        return mean;
    }
    let whole = bound.floor();
    if whole < bound {
        // Linear between whole counts.
        let part = bound - whole;
        return (1.0 - part) * expected_minimum(mean, dispersion, whole)
            + part * expected_minimum(mean, dispersion, whole + 1.0);
    }
    let sd = (mean + dispersion * mean * mean).sqrt();
    if dispersion == 0.0 && mean > NORMAL {
        let z = (bound - mean) / sd;
        let density = libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
        return mean - sd * (density - z * (1.0 - normal_cdf(z)));
    }
    if bound > mean + 40.0 * sd && dispersion == 0.0 {
        return mean;
    }
    // E[N; N ≤ b] = mean × P(N' ≤ b − 1), where N' is the count with one more event (Poisson: the same).
    let (below, above) = if dispersion == 0.0 {
        (if bound >= 1.0 { gamma_ur(bound, mean) } else { 0.0 }, 1.0 - gamma_ur(bound + 1.0, mean))
    } else {
        let shape = 1.0 / dispersion;
        let success = 1.0 / (1.0 + dispersion * mean);
        (beta_reg(shape + 1.0, bound, success), 1.0 - beta_reg(shape, bound + 1.0, success))
    };
    mean * below + bound * above
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the sum over all counts, up to where nothing is left.
    #[test]
    fn the_minimum_is_the_sum_over_all_counts() {
        for (mean, dispersion) in [(0.3, 0.0), (7.0, 0.0), (250.0, 0.0), (7.0, 0.5), (60.0, 2.0)] {
            for bound in [1.0_f64, 5.0, 7.5, 100.0, 260.0] {
                // P(N = k + 1) / P(N = k) of both families in one form.
                let (r, theta): (f64, f64) = (1.0 / dispersion, dispersion * mean);
                let mut log_p = if dispersion == 0.0 { -mean } else { -r * theta.ln_1p() };
                let mut sum = 0.0;
                for k in 0..20_000 {
                    let k = f64::from(k);
                    sum += log_p.exp() * bound.min(k);
                    let ratio =
                        if dispersion == 0.0 { mean / (k + 1.0) } else { (k + r) / (k + 1.0) * theta / (1.0 + theta) };
                    log_p += ratio.ln();
                }
                // A bound between counts is linear between them, as min(k, b) is at whole counts only.
                let expected = expected_minimum(mean, dispersion, bound);
                if bound.fract() == 0.0 {
                    assert!((sum - expected).abs() < 1e-8 * sum, "{mean} {dispersion} {bound}: {sum} {expected}");
                } else {
                    assert!((sum - expected).abs() < 0.02 * sum, "{mean} {dispersion} {bound}: {sum} {expected}");
                }
            }
        }
    }

    /// Where the normal takes over, both ways agree.
    #[test]
    fn the_normal_takes_over_smoothly() {
        for bound in [99_000.0, 99_990.0, 100_000.0, 100_400.0] {
            let (below, above) =
                (expected_minimum(NORMAL * 0.999_999, 0.0, bound), expected_minimum(NORMAL * 1.000_001, 0.0, bound));
            assert!((below - above).abs() < 0.3, "{bound}: {below} {above}");
        }
    }
}
