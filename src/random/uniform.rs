//! Whole numbers and choices from 64 random bits. Must not know what is being chosen.

/// A whole number in \[0, n) by multiplying and keeping the high word (Lemire 2019, without the rejection).
///
/// Each value has a probability within 2⁻⁶⁴ of 1/n; relative to 1/n that is a bias of at most n / 2⁶⁴,
/// 5 × 10⁻¹⁴ for a million values: no run can see it, and one word always suffices. 0 when `n` is 0.
/// It rises with `x`, so that common random numbers stay coupled when `n` changes.
///
/// ```
/// use billsim::random::below;
/// assert_eq!(below(0, 6), 0);
/// assert_eq!(below(u64::MAX, 6), 5);
/// assert_eq!(below(1 << 63, 6), 3);
/// ```
#[inline]
pub fn below(x: u64, n: u64) -> u64 {
    ((u128::from(x) * u128::from(n)) >> 64) as u64
}

/// A choice among weighted alternatives, kept as a table of cumulative integer weights.
///
/// ```
/// use billsim::random::Weighted;
/// let sizes = Weighted::new([3, 0, 1]).expect("weights with a positive sum");
/// assert_eq!(sizes.pick(0), 0);
/// assert_eq!(sizes.pick(u64::MAX), 2);
/// assert!(Weighted::new([0, 0]).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    cumulative: Vec<u64>,
    total: u64,
}

impl Weighted {
    /// A table over these weights. `None` when they sum to nothing or to more than 2⁶⁴ − 1.
    pub fn new(weights: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut total = 0_u64;
        let cumulative = weights
            .into_iter()
            .map(|weight| {
                total = total.checked_add(weight)?;
                Some(total)
            })
            .collect::<Option<Vec<u64>>>()?;
        (total > 0).then_some(Self { cumulative, total })
    }

    /// The position of the alternative chosen by `x`, each with probability weight / total up to 2⁻⁶⁴;
    /// one of weight 0 is never chosen.
    #[inline]
    pub fn pick(&self, x: u64) -> usize {
        let at = below(x, self.total);
        self.cumulative.partition_point(|&end| end <= at)
    }

    /// The sum of the weights, at least 1.
    pub fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn below_cuts_the_words_into_nearly_equal_parts() {
        for n in [1, 2, 3, 7, 288, 1_000_003, u64::MAX] {
            for k in [0, 1, n / 2, n - 1].into_iter().filter(|&k| k < n) {
                // The first word of part k is ceil(k 2⁶⁴ / n).
                let first = (u128::from(k) << 64).div_ceil(u128::from(n)) as u64;
                assert_eq!(below(first, n), k);
                assert!(k == 0 || below(first - 1, n) == k - 1);
            }
        }
        assert_eq!(below(u64::MAX, 0), 0);
    }

    #[test]
    fn refuses_weights_that_cannot_be_drawn_from() {
        assert_eq!(Weighted::new([]), None);
        assert_eq!(Weighted::new([0]), None);
        assert_eq!(Weighted::new([u64::MAX, 1]), None);
        assert!(Weighted::new([u64::MAX]).is_some());
    }

    proptest! {
        #[test]
        fn pick_lands_on_the_weight_that_holds_the_number(weights in prop::collection::vec(0..50_u64, 1..20), x: u64) {
            prop_assume!(weights.iter().sum::<u64>() > 0);
            let table = Weighted::new(weights.iter().copied()).expect("a positive, small sum");
            let chosen = table.pick(x);
            let before: u64 = weights[..chosen].iter().sum();
            let at = below(x, table.total());
            prop_assert!(before <= at && at < before + weights[chosen]);
        }
    }
}
