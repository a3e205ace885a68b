//! Distributions of integers in logarithmic buckets: 128 to the octave, each with its count and its sum. They merge exactly,
//! in any order; a percentile is known to within 0.8 %, minimum, maximum and mean exactly.

use serde::{Deserialize, Serialize};

/// Buckets of an octave, as a power of two.
const BITS: u32 = 7;
/// Largest value that has a bucket of its own, and buckets of an octave.
const FINE: u64 = 1 << BITS;

/// A distribution of non-negative integers.
///
/// ```
/// use billsim::stats::Histogram;
/// let mut bills = Histogram::default();
/// for value in [1, 2, 3, 1_000_000] {
///     bills.add(value);
/// }
/// assert_eq!(bills.quantile(0.5), Some(2));
/// assert_eq!((bills.count(), bills.sum(), bills.max()), (4, 1_000_006, Some(1_000_000)));
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// The first bucket that is kept.
    first: usize,
    buckets: Vec<Bucket>,
    least: Option<u64>,
    most: Option<u64>,
}

/// What fell into a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    count: u64,
    sum: u128,
}

impl PartialEq for Histogram {
    /// How much room is kept does not matter.
    fn eq(&self, other: &Histogram) -> bool {
        fn filled(of: &Histogram) -> impl Iterator<Item = (usize, &Bucket)> {
            (of.first..).zip(&of.buckets).filter(|(_, bucket)| bucket.count > 0)
        }
        filled(self).eq(filled(other)) && (self.least, self.most) == (other.least, other.most)
    }
}

impl Eq for Histogram {}

/// The bucket of a value.
#[inline]
fn bucket_of(value: u64) -> usize {
    if value < FINE {
        return value as usize;
    }
    // The leading bit and the seven after it.
    let octave = value.ilog2() - BITS;
    ((u64::from(octave) + 1) * FINE + (value >> octave) - FINE) as usize
}

impl Histogram {
    /// The bucket of a value; values of one bucket differ by less than 0.8 %.
    pub fn bucket(value: u64) -> usize {
        bucket_of(value)
    }

    /// Adds a value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        self.add_all(std::iter::once(value));
    }

    /// Adds some values.
    #[inline]
    pub fn add_all(&mut self, values: impl Iterator<Item = u64>) {
        let (mut least, mut most) = (u64::MAX, 0);
        for value in values {
            let bucket = bucket_of(value);
            let at = bucket.wrapping_sub(self.first);
            let at = if at < self.buckets.len() { at } else { self.room_for(bucket) };
            let slot = &mut self.buckets[at];
            slot.count += 1;
            slot.sum += u128::from(value);
            (least, most) = (least.min(value), most.max(value));
        }
        if least <= most {
            self.least = Some(self.least.map_or(least, |known| known.min(least)));
            self.most = self.most.max(Some(most));
        }
    }

    /// Makes room for a bucket and tells where it is.
    #[cold]
    fn room_for(&mut self, bucket: usize) -> usize {
        self.make_room(bucket, bucket + 1);
        bucket - self.first
    }

    /// Keeps buckets `[from, to)`, and somewhat more, so that a spreading distribution seldom moves.
    fn make_room(&mut self, from: usize, to: usize) {
        let (from, to) = match self.buckets.len() {
            0 => (from, to),
            kept => (from.min(self.first), to.max(self.first + kept)),
        };
        let ends = (from.saturating_sub(32), to + 32);
        let mut buckets = vec![Bucket::default(); ends.1 - ends.0];
        if let Some(offset) = self.first.checked_sub(ends.0) {
            let kept = self.buckets.len().min(buckets.len());
            if kept > 0 {
                buckets[offset..offset + kept].copy_from_slice(&self.buckets);
            }
        }
        (self.first, self.buckets) = (ends.0, buckets);
    }

    /// Adds another distribution.
    pub fn merge(&mut self, other: &Histogram) {
        if other.buckets.is_empty() {
            return;
        }
        let end = other.first + other.buckets.len();
        if self.buckets.is_empty() || other.first < self.first || end > self.first + self.buckets.len() {
            self.make_room(other.first, end);
        }
        let offset = other.first - self.first;
        for (mine, theirs) in self.buckets[offset..].iter_mut().zip(&other.buckets) {
            mine.count += theirs.count;
            mine.sum += theirs.sum;
        }
        self.least = match (self.least, other.least) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.most = self.most.max(other.most);
    }

    /// Several distributions as one.
    pub fn together<'a>(parts: impl Iterator<Item = &'a Histogram>) -> Histogram {
        parts.fold(Histogram::default(), |mut sum, part| {
            sum.merge(part);
            sum
        })
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.count).sum()
    }

    /// Their sum.
    pub fn sum(&self) -> u128 {
        self.buckets.iter().map(|bucket| bucket.sum).sum()
    }

    /// The smallest.
    pub fn min(&self) -> Option<u64> {
        self.least
    }

    /// The largest.
    pub fn max(&self) -> Option<u64> {
        self.most
    }

    /// The smallest value that at least a share `p` of all do not exceed, to within a bucket: the mean of its bucket.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        let count = self.count();
        // In range: a share of a count.
        self.nth(((p * count as f64).ceil() as u64).clamp(1, count.max(1)))
    }

    /// The value of a rank from 1, the smallest first, to within a bucket: the mean of its bucket.
    pub fn nth(&self, rank: u64) -> Option<u64> {
        let mut reached = 0;
        for bucket in &self.buckets {
            reached += bucket.count;
            if reached >= rank {
                let mean = bucket.sum / u128::from(bucket.count);
                return u64::try_from(mean).ok();
            }
        }
        None
    }

    /// How many values fell into each bucket that holds some, the smallest first, and the sum of them.
    pub fn filled(&self) -> impl Iterator<Item = (u64, u128)> {
        self.buckets.iter().filter(|bucket| bucket.count > 0).map(|bucket| (bucket.count, bucket.sum))
    }

    /// The Lorenz curve: the part of the sum that the smallest share of the values hold, from (0, 0) to (1, 1), with a
    /// point at the end of each bucket. Nothing where the sum is nothing.
    pub fn lorenz(&self) -> Vec<(f64, f64)> {
        let (count, sum) = (self.count() as f64, self.sum());
        if sum == 0 {
            return vec![];
        }
        let mut reached = (0_u64, 0_u128);
        let ends = self.filled().map(|(values, held)| {
            reached = (reached.0 + values, reached.1 + held);
            (reached.0 as f64 / count, reached.1 as f64 / sum as f64)
        });
        std::iter::once((0.0, 0.0)).chain(ends).collect()
    }

    /// Gini's coefficient: 0 where all values are equal, towards 1 where one value is the whole sum; twice the area between
    /// the Lorenz curve and the line of equality. Values of a bucket count as equal, which takes less than 0.002 from it.
    pub fn gini(&self) -> f64 {
        let curve = self.lorenz();
        let below: f64 = curve.windows(2).map(|ends| (ends[1].0 - ends[0].0) * (ends[0].1 + ends[1].1)).sum();
        if curve.is_empty() { 0.0 } else { 1.0 - below }
    }

    /// The part of the sum that the largest `share` of the values hold; the bucket in which they begin counts in part.
    pub fn top_share(&self, share: f64) -> f64 {
        let mut wanted = share * self.count() as f64;
        let mut held = 0.0;
        for bucket in self.buckets.iter().rev().filter(|bucket| bucket.count > 0) {
            let part = (wanted / bucket.count as f64).min(1.0);
            held += bucket.sum as f64 * part;
            wanted -= bucket.count as f64 * part;
            if wanted <= 0.0 {
                break;
            }
        }
        held / (self.sum() as f64).max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_rise_without_gaps() {
        let mut last = 0;
        for value in (0..5_000).chain((13..63).map(|octave| (1_u64 << octave) - 1)).chain([u64::MAX]) {
            let bucket = bucket_of(value);
            assert!(bucket >= last, "{value}");
            last = bucket;
        }
        assert_eq!((bucket_of(127), bucket_of(128), bucket_of(255), bucket_of(256)), (127, 128, 255, 256));
    }

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|value| histogram.add(*value));
        histogram
    }

    proptest! {
        /// A percentile is within 0.8 % of the exact one; minimum, maximum and sum are exact.
        #[test]
        fn percentiles_are_within_a_bucket(octaves in prop::collection::vec((0_u32..50, any::<u64>()), 1..200), p in 0.0_f64..1.0) {
            let mut values: Vec<u64> = octaves.iter().map(|(octave, bits)| bits >> (63 - octave)).collect();
            let histogram = of(&values);
            values.sort_unstable();
            let rank = ((p * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let (exact, found) = (values[rank - 1] as f64, histogram.quantile(p).expect("values") as f64);
            prop_assert!((found - exact).abs() <= 0.008 * exact + 1.0, "{found} for {exact}");
            prop_assert_eq!(histogram.min(), values.first().copied());
            prop_assert_eq!(histogram.max(), values.last().copied());
            prop_assert_eq!(histogram.sum(), values.iter().map(|value| u128::from(*value)).sum::<u128>());
        }

        /// Parts merge to the whole, in any order.
        #[test]
        fn parts_merge_to_the_whole(
            a in prop::collection::vec(any::<u32>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50), c in prop::collection::vec(0_u64..9, 0..9)
        ) {
            let a: Vec<u64> = a.into_iter().map(u64::from).collect();
            let whole = of(&[a.clone(), b.clone(), c.clone()].concat());
            for order in [[&a, &b, &c], [&c, &a, &b], [&b, &c, &a]] {
                let mut merged = Histogram::default();
                for part in order {
                    merged.merge(&of(part));
                }
                prop_assert_eq!(merged.count(), whole.count());
                prop_assert_eq!(merged.sum(), whole.sum());
                for p in [0.0, 0.1, 0.5, 0.99, 1.0] {
                    prop_assert_eq!(merged.quantile(p), whole.quantile(p));
                }
            }
        }
    }

    /// By hand: of 0, 1, 3 the smallest third holds nothing and the next a quarter. Gini: the mean difference of a pair, over all
    /// nine pairs 2 (1 + 3 + 2) / 9, over twice the mean 4 / 3, is 1 / 2.
    #[test]
    fn the_lorenz_curve_of_three() {
        let third = 1.0 / 3.0;
        assert_eq!(of(&[0, 1, 3]).lorenz(), [(0.0, 0.0), (third, 0.0), (2.0 * third, 0.25), (1.0, 1.0)]);
        assert!((of(&[0, 1, 3]).gini() - 0.5).abs() < 1e-12);
        assert!((of(&[5; 9]).gini()).abs() < 1e-12);
        assert_eq!((of(&[]).gini(), of(&[0, 0]).gini(), of(&[0, 0]).lorenz().len()), (0.0, 0.0, 0));
    }

    /// Of 1 … 100 the largest one per cent is 100 of 5 050.
    #[test]
    fn the_top_share_is_that_of_the_largest_values() {
        let histogram = of(&(1..=100).collect::<Vec<_>>());
        assert!((histogram.top_share(0.01) - 100.0 / 5_050.0).abs() < 1e-12);
        assert!((histogram.top_share(1.0) - 1.0).abs() < 1e-12);
    }
}
