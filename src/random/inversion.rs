//! Poisson numbers of a large mean by inversion. Must not know where its uniform numbers come from.
//!
//! The count is the floor of a Cornish-Fisher expansion at the normal quantile of `u` (the way of Giles,
//! "Algorithm 955: approximation of the inverse Poisson cumulative distribution function", ACM TOMS 42,
//! 2016), unless the expansion lies so near a whole number that its error could matter: then the
//! distribution function itself is summed. From a mean of 256 that happens less than once in ten thousand
//! draws. So the result is the exact inverse: no rejection, one uniform number, and a count that rises
//! with both `u` and the mean, which keeps common random numbers coupled.

use super::normal::{normal_quantile, normal_quantiles};
use super::wide::{BATCH, each_with, wide};

/// The error bound of the expansion is checked for quantiles up to here; beyond, sums decide.
const CHECKED: f64 = 5.0;

/// The smallest k with u < P(X ≤ k), for X Poisson of mean in \[256, 10¹⁰] and u a multiple of 2⁻⁵³ in (0, 1).
#[inline]
pub(super) fn invert_large(mean: f64, u: f64) -> u64 {
    decided(mean, u, expansion(mean, normal_quantile(u)))
}

/// The same for many means and numbers together; at most [`BATCH`], and as many of each. The counts take the place of the means.
pub(super) fn invert_many(means: &mut [f64], units: &[f64]) {
    let mut quantiles = [0.0; BATCH];
    let quantiles = &mut quantiles[..units.len()];
    quantiles.copy_from_slice(units);
    normal_quantiles(quantiles);
    expansions::widest(quantiles, means);
    for ((mean, u), count) in means.iter_mut().zip(units).zip(quantiles) {
        *mean = decided(*mean, *u, *count) as f64;
    }
}

wide!(mod expansions = each_expansion(quantiles: &mut [f64], means: &[f64]));

#[inline(always)]
fn each_expansion(quantiles: &mut [f64], means: &[f64]) {
    each_with(quantiles, means, |w, mean| expansion(mean, w));
}

/// What sums decide where the expansion does not.
#[inline(always)]
fn decided(mean: f64, u: f64, count: f64) -> u64 {
    if count > 0.0 { count as u64 } else { search(mean, u, (-count) as u64) }
}

/// The count at a normal quantile by the expansion, below zero if that is too near to the next one to be sure.
#[inline(always)]
fn expansion(mean: f64, w: f64) -> f64 {
    let square = w * w;
    let root = mean.sqrt();
    // One division, for divisions cost more than all the rest.
    let per_mean = 1.0 / mean;
    let per_root = root * per_mean;
    // Counted from the whole number nearest to the mean, to keep digits when it is large.
    let whole = nearest(mean);
    let offset = (mean - whole)
        + root * w
        + (1.0 / 3.0 + square * (1.0 / 6.0)) * (1.0 - w * per_root * (1.0 / 12.0))
        + (-8.0 / 405.0 + square * (7.0 / 810.0 + square * (1.0 / 270.0))) * per_mean;
    let cut = nearest(offset);
    let past_cut = offset - cut;
    let count = (whole + cut) - if past_cut < 0.0 { 1.0 } else { 0.0 };
    // First what the expansion leaves out, then what the arithmetic rounds away.
    let margin = (1.0 + square * square) * 0.02 * per_mean * per_root + 4e-15 * root * (1.0 + w.abs());
    if (past_cut.abs() > margin) & (w.abs() < CHECKED) { count } else { -count }
}

/// The whole number nearest to `x`, for |x| < 2⁵¹: the addition rounds away the binary places.
#[inline(always)]
fn nearest(x: f64) -> f64 {
    const SHIFT: f64 = 1.5 * (1_u64 << 52) as f64;
    (x + SHIFT) - SHIFT
}

/// The same inverse from sums of probabilities, starting at a guess: from a microsecond at a mean of 256
/// to some milliseconds at 10¹⁰.
#[cold]
fn search(mean: f64, u: f64, guess: u64) -> u64 {
    let mut count = guess.max(LOWEST);
    let mut p = probability(count, mean);
    if u < 0.5 {
        let mut up_to = p + sum_below(count, mean, p);
        while u >= up_to && p > 0.0 {
            count += 1;
            p *= mean / count as f64;
            up_to += p;
        }
        while u < up_to - p && count > 0 {
            up_to -= p;
            p *= count as f64 / mean;
            count -= 1;
        }
    } else {
        // The complements keep their digits in the upper tail: P(X > k) < 1 − u ≤ P(X ≥ k).
        let rest = 1.0 - u;
        let mut beyond = sum_above(count, mean, p);
        while rest <= beyond && p > 0.0 {
            count += 1;
            p *= mean / count as f64;
            beyond -= p;
        }
        while rest > beyond + p && count > 0 {
            beyond += p;
            p *= count as f64 / mean;
            count -= 1;
        }
    }
    count
}

/// Counts below this have a probability under 10⁻⁸⁵ at the smallest mean served here.
const LOWEST: u64 = 16;

/// P(X < k), given p = P(X = k), for k at or below the mean's neighbourhood.
fn sum_below(k: u64, mean: f64, p: f64) -> f64 {
    let (mut term, mut sum, mut k) = (p, 0.0, k);
    while term > sum * NEGLIGIBLE {
        term *= k as f64 / mean;
        sum += term;
        k = k.saturating_sub(1);
    }
    sum
}

/// P(X > k), given p = P(X = k).
fn sum_above(k: u64, mean: f64, p: f64) -> f64 {
    let (mut term, mut sum, mut k) = (p, 0.0, k);
    while term > sum * NEGLIGIBLE {
        k += 1;
        term *= mean / k as f64;
        sum += term;
    }
    sum
}

const NEGLIGIBLE: f64 = 1e-20;

/// P(X = k) for k ≥ 16 in Loader's saddle-point form ("Fast and accurate computation of binomial
/// probabilities", 2000). The usual `exp(k ln λ − λ − ln k!)` takes differences of terms that reach 10¹¹
/// at λ = 10¹⁰, and would keep five digits.
fn probability(k: u64, mean: f64) -> f64 {
    let k = k as f64;
    libm::exp(-stirling_error(k) - deviance(k, mean)) / (std::f64::consts::TAU * k).sqrt()
}

/// ln k! − ln(√(2πk) (k/e)ᵏ) for k ≥ 16, to 2 × 10⁻¹⁵.
fn stirling_error(k: f64) -> f64 {
    let s = 1.0 / (k * k);
    (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / k
}

/// k ln(k/λ) + λ − k, without cancellation when k is near λ.
fn deviance(k: f64, mean: f64) -> f64 {
    let (difference, sum) = (k - mean, k + mean);
    if difference.abs() >= 0.1 * sum {
        return k * libm::log(k / mean) - difference;
    }
    // Series of the inverse hyperbolic tangent: each term is less than a hundredth of the last, so nine
    // reach the last bit.
    let v = difference / sum;
    let mut total = difference * v;
    let mut term = 2.0 * k * v;
    for odd in [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0] {
        term *= v * v;
        total += term / odd;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::{Family, Purpose, unit_open};
    use super::*;

    const MEANS: [f64; 9] = [256.0, 256.7, 300.25, 999.9, 4_096.0, 33_333.3, 1e6, 2.5e7, 1e8];

    /// Worked out with 60-digit arithmetic.
    #[test]
    fn probabilities_known_to_many_digits() {
        for (k, mean, exact) in PROBABILITIES {
            let relative = probability(k, mean) / exact - 1.0;
            assert!(relative.abs() < 1e-13, "P({k}; {mean}): off by {relative:e}");
        }
    }

    /// Worked out with 60-digit arithmetic: P(X < k) and P(X > k).
    #[test]
    fn sums_known_to_many_digits() {
        for (k, mean, below, above) in SUMS {
            let p = probability(k, mean);
            let (b, a) = (sum_below(k, mean, p) / below - 1.0, sum_above(k, mean, p) / above - 1.0);
            assert!(b.abs() < 1e-12 && a.abs() < 1e-12, "at ({k}; {mean}): off by {b:e} and {a:e}");
        }
    }

    /// The expansion may only answer where the sums give the same answer. Every cut between two counts
    /// within reach is tried from both sides, which is where an error bound too small would show.
    #[test]
    fn expansion_equals_sums_at_every_cut() {
        for mean in MEANS.into_iter().filter(|&mean| mean < 1e4) {
            let reach = 6.5 * mean.sqrt();
            for k in (mean - reach) as u64..(mean + reach) as u64 {
                let p = probability(k, mean);
                let cut = p + sum_below(k, mean, p);
                for nudge in [-1e-3, -1e-6, -1e-9, 1e-9, 1e-6, 1e-3] {
                    let u = cut + nudge * p;
                    if u > 0.0 && u < 1.0 {
                        assert_eq!(invert_large(mean, u), search(mean, u, k), "mean {mean}, u {u:e}");
                    }
                }
            }
        }
    }

    #[test]
    fn expansion_equals_sums_at_random_numbers() {
        let stream = Family::new(5, 0, 0, Purpose::new("test/inversion")).stream(0);
        for (which, mean) in MEANS.into_iter().enumerate() {
            let draws = (3e6 / mean.sqrt()) as u32;
            for draw in 0..draws.min(20_000) {
                let u = unit_open(stream.u64(draw, which as u32));
                let count = invert_large(mean, u);
                assert_eq!(count, search(mean, u, count + 1), "mean {mean}, u {u:e}");
            }
        }
    }

    #[test]
    fn many_together_are_those_of_each() {
        let stream = Family::new(6, 0, 0, Purpose::new("test/inversion")).stream(0);
        let draw = |n: u32| (256.0 + 1e3 / unit_open(stream.u64(n, 1)), unit_open(stream.u64(n, 0)));
        for from in (0..200_000).step_by(BATCH) {
            let (means, units): (Vec<f64>, Vec<f64>) =
                (from..).take(BATCH - from as usize / BATCH % 16).map(draw).unzip();
            for width in expansions::all() {
                let mut counts = units.clone();
                normal_quantiles(&mut counts);
                width(&mut counts, &means);
                let each = means.iter().zip(&units).map(|(mean, u)| expansion(*mean, normal_quantile(*u)));
                assert!(counts.into_iter().eq(each));
            }
            let mut counts = means.clone();
            invert_many(&mut counts, &units);
            for ((mean, u), count) in means.into_iter().zip(units).zip(counts) {
                assert_eq!(count as u64, invert_large(mean, u), "mean {mean}, u {u:e}");
            }
        }
    }

    #[test]
    fn ends_of_the_unit_interval_give_far_counts() {
        for mean in MEANS.into_iter().chain([1e10]) {
            let (low, high) = (invert_large(mean, unit_open(0)), invert_large(mean, unit_open(u64::MAX)));
            let spread = mean.sqrt();
            assert!((mean - 8.3 * spread..mean - 7.0 * spread).contains(&(low as f64)), "{low} at {mean}");
            assert!((mean + 8.0 * spread..mean + 9.0 * spread).contains(&(high as f64)), "{high} at {mean}");
        }
    }

    #[allow(clippy::excessive_precision, reason = "17 digits, as worked out")]
    const PROBABILITIES: [(u64, f64, f64); 11] = [
        (16, 256.0, 1.0760500796479313e-86),
        (100, 256.0, 4.7272166783982125e-29),
        (256, 256.0, 2.4925777348645267e-2),
        (257, 256.5, 2.4865155258087467e-2),
        (400, 300.25, 6.1641622403676552e-9),
        (31622, 33333.3, 8.6693601552545443e-23),
        (1000000, 1000000.0, 3.9894224715624403e-4),
        (1005000, 1000000.0, 1.5141581028614221e-9),
        (10000000000, 10000000000.0, 3.9894228039810816e-6),
        (10000500000, 10000000000.0, 1.4869920981377699e-11),
        (9999300000, 10000000000.0, 9.129819252055626e-17),
    ];
    #[allow(clippy::excessive_precision, reason = "17 digits, as worked out")]
    const SUMS: [(u64, f64, f64, f64); 7] = [
        (200, 256.0, 1.2418216132088959e-4, 9.9983851713240358e-1),
        (256, 256.0, 4.9168852369857039e-1, 4.8338569895278434e-1),
        (330, 256.0, 9.9999475129535355e-1, 4.0214816644490766e-6),
        (10500, 10000.5, 9.9999963058955473e-1, 3.5118138214290486e-7),
        (33333, 33333.3, 4.9861610316406386e-1, 4.9919879746190094e-1),
        (1000200, 1000000.0, 5.7912676148085324e-1, 4.2048223443486685e-1),
        (995000, 1000000.0, 2.8002239429023848e-7, 9.9999971851796161e-1),
    ];
}
