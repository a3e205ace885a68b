//! Poisson numbers of any mean, fast when the mean changes every day. Must not know what is counted.
//!
//! Below 256 a sum of independent Poisson numbers is Poisson with the summed mean: one number at the grid
//! point below λ comes from an alias table shared by all, one for the small remainder from inversion. No
//! logarithm, and an exponential once in a hundred draws. From 256 on, inversion by an expansion.
//! One block of two words is always enough.

use std::sync::OnceLock;

use super::address::{Stream, unit, unit_open};
use super::alias::{AliasTables, POINTS_PER_UNIT, TABLES_END};
use super::inversion::{invert_large, invert_many};
use super::wide::{BATCH, Positions, whole_lanes};

/// The sampler of Poisson counts.
///
/// Every probability is exact to within 10⁻¹⁵ (the resolution of `f64`), for means from 0 to
/// [`Poisson::MAX_MEAN`]. The result depends on the address and the mean alone.
///
/// ```
/// use billsim::random::{Family, Poisson, Purpose, id_hash};
/// let poisson = Poisson::shared();
/// let account = Family::new(42, 0, id_hash("shops"), Purpose::new("captcha/demand")).stream(17);
///
/// // Day by day, or with the blocks of a whole run of days generated together: the same counts.
/// let mut blocks = [[0; 2]; 7];
/// account.fill(0, 0, &mut blocks);
/// for (day, block) in (0..).zip(blocks) {
///     assert_eq!(poisson.sample(12.5, &account, day), poisson.sample_with(12.5, block));
/// }
/// assert_eq!(poisson.sample(0.0, &account, 0), 0);
/// ```
#[derive(Debug)]
pub struct Poisson {
    tables: AliasTables,
}

impl Poisson {
    /// The largest mean. Beyond it a sample is drawn at this mean: refuse larger ones where they come from.
    pub const MAX_MEAN: f64 = 1e10;

    /// The one sampler of the process. The first call builds its tables (1.5 MB, some milliseconds).
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Poisson> = OnceLock::new();
        SHARED.get_or_init(|| Self { tables: AliasTables::build() })
    }

    /// The Poisson number of mean `lambda` at this day of the stream: it uses draw 0 of the day and no
    /// other. 0 when `lambda` is 0, negative or not a number.
    #[inline]
    pub fn sample(&self, lambda: f64, stream: &Stream, day: u32) -> u64 {
        self.sample_with(lambda, stream.block(day, 0))
    }

    /// The Poisson number of mean `lambda` from a block, for blocks generated beforehand by
    /// [`Stream::fill`]: `sample` is `sample_with` of `stream.block(day, 0)`.
    #[inline]
    pub fn sample_with(&self, lambda: f64, [x, y]: [u64; 2]) -> u64 {
        if lambda < TABLES_END {
            // A mean below 0 is cast to point 0, and its remainder counts nothing.
            let (point, remainder) = split(lambda);
            self.tables.sample(point, x) + sample_small(remainder, unit(y))
        } else if lambda >= TABLES_END {
            invert_large(lambda.min(Self::MAX_MEAN), unit_open(x))
        } else {
            0
        }
    }

    /// Appends the Poisson number of each mean from its block: what [`sample_with`](Self::sample_with) makes of it, faster.
    ///
    /// ```
    /// use billsim::random::Poisson;
    /// let (means, blocks) = ([3.0, 1000.0], [[7 << 60, 5], [3 << 50, 8]]);
    /// let mut counts = vec![];
    /// Poisson::shared().sample_many(&means, &blocks, &mut counts);
    /// assert_eq!(counts, [0, 1].map(|n| Poisson::shared().sample_with(means[n], blocks[n])));
    /// ```
    pub fn sample_many(&self, means: &[f64], blocks: &[[u64; 2]], counts: &mut Vec<u64>) {
        for (means, blocks) in means.chunks(BATCH).zip(blocks.chunks(BATCH)) {
            let first = counts.len();
            let (mut large, mut rests) = (Positions::new(), Positions::new());
            counts.extend(means.iter().zip(blocks).enumerate().map(|(position, (mean, [x, y]))| {
                let is_large = *mean >= TABLES_END;
                large.put(position, is_large);
                // What is no mean counts nothing; what is large is counted below.
                let mean = if is_large { 0.0 } else { mean.max(0.0) };
                let (point, remainder) = split(mean);
                rests.put(position, unit(*y) >= 1.0 - remainder);
                self.tables.sample(point, *x)
            }));
            let counts = &mut counts[first..];
            for position in rests.iter() {
                let (_, remainder) = split(means[position]);
                counts[position] += sample_small_beyond(remainder, unit(blocks[position][1]));
            }
            let many = large.iter().len();
            if many > 0 {
                let (mut numbers, mut units) = ([TABLES_END; BATCH], [0.5; BATCH]);
                for (at, position) in large.iter().enumerate() {
                    numbers[at] = means[position].min(Self::MAX_MEAN);
                    units[at] = unit_open(blocks[position][0]);
                }
                let whole = whole_lanes(many);
                invert_many(&mut numbers[..whole], &units[..whole]);
                for (number, position) in numbers.iter().zip(large.iter()) {
                    counts[position] = *number as u64;
                }
            }
        }
    }
}

/// The point of the grid below a mean ≥ 0, and what is left of the mean.
#[inline(always)]
fn split(mean: f64) -> (usize, f64) {
    let point = (mean * POINTS_PER_UNIT) as u32;
    (point as usize, mean - f64::from(point) / POINTS_PER_UNIT)
}

/// A Poisson number of mean μ in \[0, 0.25) by inversion of `u` in \[0, 1).
///
/// Bounds on e^−μ from its series decide nearly always, so the exponential is rarely computed.
#[inline]
fn sample_small(mu: f64, u: f64) -> u64 {
    // e^−μ ≥ 1 − μ. Written so that a mean below 0 also ends here.
    if u < 1.0 - mu { 0 } else { sample_small_beyond(mu, u) }
}

/// The rest of [`sample_small`], for one number in eight at the average remainder.
fn sample_small_beyond(mu: f64, u: f64) -> u64 {
    let half_square = 0.5 * mu * mu;
    // 1 − μ + μ²/2 − μ³/6 ≤ e^−μ ≤ 1 − μ + μ²/2
    if u < 1.0 - mu + half_square * (1.0 - mu / 3.0) {
        return 0;
    }
    // e^−μ (1 + μ) ≥ 1 − μ²/2
    if u >= 1.0 - mu + half_square && u < 1.0 - half_square {
        return 1;
    }
    let mut count = 0;
    let mut probability = libm::exp(-mu);
    let mut cumulative = probability;
    // Beyond 16 the probability is below 2⁻⁷⁰: only the rounding of the sum is left.
    while u >= cumulative && count < 16 {
        count += 1;
        probability *= mu / count as f64;
        cumulative += probability;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::quality::{LARGEST_Z, LEAST_P, goodness_of_fit, same_distribution};
    use super::super::{Family, Purpose, id_hash};
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use rand_distr::Distribution;
    use statrs::distribution::Discrete;

    const MEANS: [f64; 11] = [0.01, 0.25, 0.3, 1.7, 12.34, 99.9, 255.9, 256.1, 1e3, 1e5, 1e6];
    const SAMPLES: u32 = 200_000;

    /// One count for each of many accounts and a few days, as a run draws them.
    fn counts(lambda: f64) -> Vec<u64> {
        let family = Family::new(7, 0, id_hash("test"), Purpose::new("test/poisson"));
        (0..SAMPLES / 8)
            .flat_map(|index| {
                let mut blocks = [[0; 2]; 8];
                family.stream(u64::from(index)).fill(0, 100, &mut blocks);
                blocks.map(|block| Poisson::shared().sample_with(lambda, block))
            })
            .collect()
    }

    #[test]
    fn mean_and_variance() {
        for lambda in MEANS.into_iter().chain([1e8, 1e10]) {
            let n = f64::from(SAMPLES);
            let deviations: Vec<f64> = counts(lambda).into_iter().map(|count| count as f64 - lambda).collect();
            let mean = deviations.iter().sum::<f64>() / n;
            let variance = deviations.iter().map(|d| d * d).sum::<f64>() / n;
            // The variance of (X − λ)² is 2λ² + λ.
            let z_mean = mean / (lambda / n).sqrt();
            let z_variance = (variance - lambda) / ((2.0 * lambda * lambda + lambda) / n).sqrt();
            assert!(z_mean.abs() < LARGEST_Z, "mean {lambda}: z {z_mean}");
            assert!(z_variance.abs() < LARGEST_Z, "variance at {lambda}: z {z_variance}");
        }
    }

    #[test]
    fn chi_square_against_exact_probabilities() {
        for lambda in MEANS {
            let exact = statrs::distribution::Poisson::new(lambda).expect("a positive mean");
            let lowest = (lambda - 9.0 * lambda.sqrt()).max(0.0) as u64;
            let highest = (lambda + 9.0 * lambda.sqrt()) as u64 + 20;
            let mut observed = vec![0; (highest - lowest) as usize];
            for count in counts(lambda) {
                observed[(count - lowest) as usize] += 1;
            }
            let expected = (lowest..highest).map(|count| exact.pmf(count) * f64::from(SAMPLES));
            let p = goodness_of_fit(&observed, &expected.collect::<Vec<_>>());
            assert!(p > LEAST_P, "λ = {lambda}: p {p:e}");
        }
    }

    #[test]
    fn same_distribution_as_rand_distr() {
        for lambda in [0.3_f64, 12.34, 99.9, 255.9, 256.1, 1e3] {
            let reference = rand_distr::Poisson::new(lambda).expect("a positive mean");
            let mut rng = StdRng::seed_from_u64(3);
            let top = (lambda + 9.0 * lambda.sqrt()) as usize + 20;
            let mut tables = [vec![0; top], vec![0; top]];
            for count in counts(lambda) {
                tables[0][count as usize] += 1;
                let other: f64 = reference.sample(&mut rng);
                tables[1][other as usize] += 1;
            }
            let p = same_distribution(&tables[0], &tables[1]);
            assert!(p > LEAST_P, "λ = {lambda}: p {p:e}");
        }
    }

    /// A mean that moves across the grid and the border of the methods from draw to draw.
    #[test]
    fn standardised_counts_of_moving_means() {
        let family = Family::new(8, 0, id_hash("test"), Purpose::new("test/moving"));
        let (mut sum, mut squares) = (0.0, 0.0);
        for day in 0..SAMPLES {
            let lambda = f64::from(day % 3331) * 0.173;
            let count = Poisson::shared().sample(lambda, &family.stream(0), day) as f64;
            let z = if lambda > 0.0 { (count - lambda) / lambda.sqrt() } else { count };
            sum += z;
            squares += z * z;
        }
        let n = f64::from(SAMPLES - SAMPLES / 3331 - 1);
        assert!((sum / n.sqrt()).abs() < LARGEST_Z);
        // Each z² has variance 2 + 1/λ, 2.015 on average over these means.
        assert!(((squares - n) / (2.015 * n).sqrt()).abs() < LARGEST_Z, "{squares} of {n}");
    }

    /// Means of every size side by side, nonsense too.
    #[test]
    fn many_together_are_those_of_each() {
        let stream = Family::new(10, 0, 0, Purpose::new("test/many")).stream(0);
        let nonsense = [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, f64::NEG_INFINITY, 256.0, 255.999_999];
        let sizes = [0.1, 3.0, 100.0, 256.0, 1e4, 1e10];
        let means: Vec<f64> = (0..300_000_u32)
            .map(|day| match day % 97 {
                0 => nonsense[(day / 97) as usize % nonsense.len()],
                _ => 2.0 * unit(stream.u64(day, 1)) * sizes[(day / 1000) as usize % sizes.len()],
            })
            .collect();
        let mut blocks = vec![[0; 2]; means.len()];
        stream.fill(0, 0, &mut blocks);
        let mut counts = vec![];
        Poisson::shared().sample_many(&means, &blocks, &mut counts);
        assert_eq!(counts.len(), means.len());
        for ((mean, block), count) in means.into_iter().zip(blocks).zip(counts) {
            assert_eq!(count, Poisson::shared().sample_with(mean, block), "mean {mean:e}");
        }
    }

    #[test]
    fn small_remainders_are_plain_inversion() {
        let stream = Family::new(9, 0, 0, Purpose::new("test/small")).stream(0);
        for day in 0..400_000 {
            let [x, y] = stream.block(day, 0);
            // Half of the numbers crowd the upper end, where the rare counts are.
            let (mu, u) = (0.25 * unit(x), if day % 2 == 0 { unit(y) } else { 1.0 - unit_open(y) * 0.04 });
            let mut expected = 0;
            let mut p = libm::exp(-mu);
            let mut cumulative = p;
            while u >= cumulative && expected < 16 {
                expected += 1;
                p *= mu / expected as f64;
                cumulative += p;
            }
            assert_eq!(sample_small(mu, u), expected, "μ {mu}, u {u}");
        }
    }

    /// Values frozen at the first release of this sampler: if they move, every result moves.
    #[test]
    fn counts_are_frozen() {
        let stream = Family::new(1, 0, id_hash("shops"), Purpose::new("captcha/demand")).stream(17);
        let counts = [0.3, 5.0, 77.7, 255.9, 256.0, 1234.5, 1e6, 1e10]
            .map(|lambda| [0, 1, 2].map(|day| Poisson::shared().sample(lambda, &stream, day)));
        assert_eq!(counts, FROZEN);
    }

    #[test]
    fn no_mean_no_count() {
        for lambda in [0.0, -0.0, -1.0, -1e300, f64::NEG_INFINITY, f64::NAN, f64::MIN_POSITIVE] {
            assert_eq!(Poisson::shared().sample_with(lambda, [u64::MAX, u64::MAX - 5000]), 0, "{lambda}");
        }
    }

    #[test]
    fn means_beyond_the_largest_are_drawn_at_the_largest() {
        let at = |lambda| Poisson::shared().sample_with(lambda, [1 << 63, 0]);
        assert_eq!(at(1e300), at(Poisson::MAX_MEAN));
        assert_eq!(at(f64::INFINITY), at(Poisson::MAX_MEAN));
    }

    proptest! {
        #[test]
        fn any_mean_and_any_words_give_a_count_near_the_mean(lambda in 0.0..1e7, x: u64, y: u64) {
            let count = Poisson::shared().sample_with(lambda, [x, y]) as f64;
            prop_assert!((count - lambda).abs() < 30.0 + 10.0 * lambda.sqrt());
        }
    }

    const FROZEN: [[u64; 3]; 8] = [
        [0, 0, 0],
        [3, 3, 4],
        [73, 81, 96],
        [240, 254, 279],
        [252, 254, 258],
        [1225, 1230, 1238],
        [999_741, 999_877, 1_000_108],
        [9_999_974_123, 9_999_987_717, 10_000_010_815],
    ];
}
