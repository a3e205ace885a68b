//! Demand of a day up to a second, and what a rate limit lets through of it (RULES, "Demand inside a day"; §1).

use crate::book::{LimitBasis, RateLimit};
use crate::units::profile::{SLOT, SLOTS};
use crate::units::{Profile, Seconds};

/// What one service is asked for on one day.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// Potential units of the day.
    pub potential: u64,
    /// Raw calls beside them that are never metered.
    pub unmetered: u64,
    /// How they spread over the day.
    pub profile: &'a Profile,
}

impl Demand<'_> {
    /// Units in seconds `[from, to)` of the day.
    #[inline]
    pub fn between(&self, from: Seconds, to: Seconds) -> u64 {
        self.profile.before(self.potential, to) - self.profile.before(self.potential, from)
    }

    /// Units of `[from, to)` that a limit lets through, when `slot_served` were let through in the slot of `from` before.
    /// Also returns what was let through so far in the slot of `to`.
    pub fn admitted(&self, from: Seconds, to: Seconds, limit: RateLimit, slot_served: u64) -> (u64, u64) {
        let (mut admitted, mut in_slot) = (0, slot_served);
        let mut at = from;
        while at < to {
            let end = (at - at % SLOT + SLOT).min(to);
            let units = self.between(at, end);
            let slot = usize::try_from(at / SLOT).expect("a second of a day is not negative").min(SLOTS - 1);
            let passed = match limit.each {
                LimitBasis::Second if self.profile.saturates(self.potential, slot, limit.calls) => {
                    limit.calls * (end - at).unsigned_abs()
                }
                LimitBasis::Second => units,
                LimitBasis::Slot => units.min((limit.calls * SLOT.unsigned_abs()).saturating_sub(in_slot)),
            };
            admitted += passed;
            in_slot = if end % SLOT == 0 { 0 } else { in_slot + passed };
            at = end;
        }
        (admitted, in_slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn profile() -> impl Strategy<Value = Profile> {
        prop::collection::vec(0_u32..40, SLOTS).prop_filter_map("some weight", |weights| Profile::new(&weights))
    }

    proptest! {
        #[test]
        fn parts_of_a_day_add_up(profile in profile(), potential in 0_u64..5_000_000, mut cuts in prop::collection::vec(0_i64..86_400, 0..6)) {
            let demand = Demand { potential, unmetered: 0, profile: &profile };
            cuts.extend([0, 86_400]);
            cuts.sort_unstable();
            let sum: u64 = cuts.windows(2).map(|pair| demand.between(pair[0], pair[1])).sum();
            prop_assert_eq!(sum, potential);
        }

        #[test]
        fn the_limit_equals_a_count_second_by_second(
            profile in profile(), potential in 0_u64..400_000, calls in 1_u64..9, slot: bool,
            from in 0_i64..86_400, length in 0_i64..4_000, cut in 0_i64..4_000
        ) {
            let each = if slot { LimitBasis::Slot } else { LimitBasis::Second };
            let limit = RateLimit { calls, each };
            let demand = Demand { potential, unmetered: 0, profile: &profile };
            let to = (from + length).min(86_400);
            let (mut slow, mut in_slot) = (0, 0);
            for at in from..to {
                if at % SLOT == 0 { in_slot = 0; }
                let units = demand.between(at, at + 1);
                let passed = if slot { units.min(300 * calls - in_slot) } else { units.min(calls) };
                slow += passed;
                in_slot += passed;
            }
            let cut = (from + cut).min(to);
            let (first, carried) = demand.admitted(from, cut, limit, 0);
            let (second, _) = demand.admitted(cut, to, limit, carried);
            prop_assert_eq!(first + second, slow);
        }
    }
}
