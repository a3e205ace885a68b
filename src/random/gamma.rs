//! Gamma variates by address. Must not know any scenario, plan, account state or money.

use super::address::{Stream, unit_open};
use super::normal::standard_normal;

/// Attempts after which the mean is returned: each fails with a probability below 5 %, so this never happens in practice,
/// and an addressed sampler must end.
const ATTEMPTS: u32 = 64;

/// A gamma variate of this `shape` > 0 and mean 1, from draws 0, 1, 2 … of a day (Marsaglia and Tsang 2000).
///
/// Its variance is 1 / shape; a Poisson count with this factor on its mean is negative binomial.
///
/// ```
/// use billsim::random::{Purpose, Stream, gamma};
/// let stream = Stream::new(1, 0, 7, Purpose::new("example"), 3);
/// let mean = (0..10_000).map(|day| gamma(4.0, &stream, day)).sum::<f64>() / 10_000.0;
/// assert!((mean - 1.0).abs() < 0.02); // 4 standard errors of 0.5 / 100
/// ```
pub fn gamma(shape: f64, stream: &Stream, day: u32) -> f64 {
    let [x, u] = stream.block(day, 0);
    gamma_from(shape, (standard_normal(x), u), stream, day)
}

/// [`gamma`] with the first draw of the day at hand: its normal number and its other word, for days that were drawn together.
pub fn gamma_from(shape: f64, first: (f64, u64), stream: &Stream, day: u32) -> f64 {
    // Below 1 the sampler works on shape + 1 and takes it back by a power of a uniform number.
    let small = shape < 1.0;
    let d = if small { shape + 1.0 } else { shape } - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    let mut draw = 0;
    let (mut z, mut u) = first;
    let variate = loop {
        let v = (1.0 + c * z) * (1.0 + c * z) * (1.0 + c * z);
        let uniform = unit_open(u);
        // The authors' squeeze spares the logarithms nearly always. Their inequality is exact; the margin is for rounding.
        let squeezed = d < PLAIN && uniform < 1.0 - 0.0331 * z * z * z * z - MARGIN;
        if v > 0.0 && (squeezed || libm::log(uniform) < 0.5 * z * z + d - d * v + d * libm::log(v)) {
            break d * v;
        }
        draw += 1;
        if draw == ATTEMPTS {
            break d;
        }
        let [x, word] = stream.block(day, draw);
        (z, u) = (standard_normal(x), word);
    };
    let power = if small { libm::pow(unit_open(stream.u64(day, ATTEMPTS)), 1.0 / shape) } else { 1.0 };
    variate * power / shape
}

/// Far more than the rounding of d − d v + d ln v, for d below the other.
const MARGIN: f64 = 1e-4;
const PLAIN: f64 = 1e9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use statrs::distribution::{ContinuousCDF, Gamma};

    /// The squeeze accepts nothing that the logarithms would not: over all normal numbers that are drawn, at the largest uniform number
    /// that it accepts.
    #[test]
    fn the_squeeze_is_safe() {
        for shape in [1.0, 1.3, 2.0, 10.0, 1e3, 1e6, 9e8] {
            let d: f64 = shape - 1.0 / 3.0;
            let c = 1.0 / libm::sqrt(9.0 * d);
            for step in -8_300..=8_300 {
                let z = f64::from(step) / 1_000.0;
                let (v, u) = ((1.0 + c * z).powi(3), 1.0 - 0.0331 * z.powi(4) - MARGIN);
                if v > 0.0 && u > 0.0 {
                    assert!(libm::log(u) < 0.5 * z * z + d - d * v + d * libm::log(v), "shape {shape}, z {z}");
                }
            }
        }
    }

    /// Moments and a chi-square of 20 equally likely cells, for shapes below and above 1.
    #[test]
    fn moments_and_cells_are_those_of_the_distribution() {
        for (shape, purpose) in [(0.3, "a"), (1.0, "b"), (2.5, "c"), (40.0, "d")] {
            let stream = Stream::new(5, 0, 1, Purpose::new(purpose), 0);
            let reference = Gamma::new(shape, shape).expect("a gamma distribution");
            let n = 40_000_u32;
            let (mut sum, mut square, mut cells) = (0.0, 0.0, [0_u32; 20]);
            for day in 0..n {
                let x = gamma(shape, &stream, day);
                sum += x;
                square += (x - 1.0) * (x - 1.0);
                cells[((reference.cdf(x) * 20.0) as usize).min(19)] += 1;
            }
            let n = f64::from(n);
            let error = (1.0 / shape / n).sqrt();
            assert!((sum / n - 1.0).abs() < 4.5 * error, "mean of shape {shape}");
            // Var of (x − 1)² is (2 + 6/shape) / shape².
            let error = ((2.0 + 6.0 / shape) / (shape * shape) / n).sqrt();
            assert!((square / n - 1.0 / shape).abs() < 4.5 * error, "variance of shape {shape}");
            let chi: f64 = cells.iter().map(|c| (f64::from(*c) - n / 20.0).powi(2) / (n / 20.0)).sum();
            // 19 degrees of freedom: 60 has p < 1e-5.
            assert!(chi < 60.0, "shape {shape}: chi² {chi}");
        }
    }
}
