//! How a day's demand spreads over its seconds: 288 integer weights, exact integer arithmetic (RULES, "Demand inside a day").

use super::{DAY, Seconds};

/// Five-minute slots of a day.
pub const SLOTS: usize = 288;
/// Seconds of a slot.
pub const SLOT: Seconds = 300;
/// Largest weight of a slot.
pub const MAX_WEIGHT: u32 = 1_000_000_000;

/// Cumulative weights of a day; linear inside a slot.
///
/// ```
/// use billsim::units::Profile;
/// // A binary float loses a call here: 216 × (13 / 24) is 117 exactly.
/// assert_eq!(Profile::flat().before(216, 13 * 3_600), 117);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Weight before each slot, and of the whole day at the end.
    cumulative: Box<[u64]>,
    /// Weight of the heaviest slot.
    heaviest: u64,
}

impl Profile {
    /// Every second alike.
    pub fn flat() -> Profile {
        Profile::new(&[1; SLOTS]).expect("flat weights are valid")
    }

    /// From 288 weights, each at most [`MAX_WEIGHT`]; `None` if their number is wrong or all are zero.
    pub fn new(weights: &[u32]) -> Option<Profile> {
        if weights.len() != SLOTS || weights.iter().any(|w| *w > MAX_WEIGHT) {
            return None;
        }
        let mut sum = 0;
        let mut cumulative = vec![0];
        for weight in weights {
            sum += u64::from(*weight);
            cumulative.push(sum);
        }
        let heaviest = u64::from(*weights.iter().max()?);
        (sum > 0).then(|| Profile { cumulative: cumulative.into(), heaviest })
    }

    /// Units of a day's `count` before second `t` of the day, 0 ≤ t ≤ 86 400: floor(count × F(t)).
    #[inline]
    pub fn before(&self, count: u64, t: Seconds) -> u64 {
        if t >= DAY {
            return count;
        }
        if t <= 0 {
            return 0;
        }
        let slot = usize::try_from(t / SLOT).expect("a second of a day is not negative");
        let within = (t % SLOT).unsigned_abs();
        let weight = self.cumulative[slot + 1] - self.cumulative[slot];
        let reached = self.cumulative[slot] * SLOT.unsigned_abs() + weight * within;
        let whole = self.cumulative[SLOTS] * SLOT.unsigned_abs();
        // Nearly always: a division of half the length is several times faster.
        if let Some(product) = count.checked_mul(reached) {
            return product / whole;
        }
        u64::try_from(u128::from(count) * u128::from(reached) / u128::from(whole))
            .expect("a part of a u64 is no larger than it")
    }

    /// Largest count of a day of which no second can have more than `limit`: then no slot has more than 300 × limit.
    pub fn largest_within(&self, limit: u64) -> u64 {
        let seconds = u128::from(limit) * u128::from(self.cumulative[SLOTS]) * u128::from(SLOT.unsigned_abs());
        u64::try_from(seconds / u128::from(self.heaviest)).unwrap_or(u64::MAX)
    }

    /// Fewest and most units that a second of `slot` has of a day's `count`.
    pub fn a_second(&self, count: u64, slot: usize) -> (u64, u64) {
        let weight = u128::from(self.cumulative[slot + 1] - self.cumulative[slot]);
        even(u128::from(count) * weight, u128::from(self.cumulative[SLOTS]) * u128::from(SLOT.unsigned_abs()))
    }
}

/// Fewest and most units of a second where `units` come evenly over `seconds`.
pub(crate) fn even(units: u128, seconds: u128) -> (u64, u64) {
    let least = u64::try_from(units / seconds).unwrap_or(u64::MAX);
    (least, least.saturating_add(u64::from(!units.is_multiple_of(seconds))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weights_must_be_288_and_not_all_zero() {
        assert_eq!(Profile::new(&[1; 287]), None);
        assert_eq!(Profile::new(&[0; SLOTS]), None);
    }

    #[test]
    fn everything_comes_in_the_only_slot_that_has_weight() {
        let mut weights = [0; SLOTS];
        weights[2] = 7;
        let profile = Profile::new(&weights).expect("valid");
        assert_eq!(profile.before(1_000, 600), 0);
        assert_eq!(profile.before(1_000, 750), 500);
        assert_eq!(profile.before(1_000, 900), 1_000);
    }

    proptest! {
        #[test]
        fn units_of_a_second_are_within_their_bounds(
            weights in prop::collection::vec(0_u32..50, SLOTS), count in 0_u64..3_000_000, limit in 1_u64..60
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let profile = Profile::new(&weights).expect("valid");
            let fits = count <= profile.largest_within(limit);
            for t in (0..DAY).step_by(7) {
                let second = profile.before(count, t + 1) - profile.before(count, t);
                let slot = usize::try_from(t / SLOT).expect("positive");
                if fits { prop_assert!(second <= limit); }
                let (least, most) = profile.a_second(count, slot);
                prop_assert!((least..=most).contains(&second), "{second} outside {least}..={most}");
            }
        }
    }
}
