//! Demand of a day up to a second, and what a rate limit lets through of it (RULES, "Demand inside a day"; §1).

use crate::book::{LimitBasis, RateLimit};
use crate::units::profile::{SLOT, even};
use crate::units::{DAY, Profile, Seconds};

/// What one service is asked for on one day.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
    /// Potential units of the day that follow the profile.
    pub potential: u64,
    /// What of them reaches the service at its price; more than `potential` where a lower price attracts.
    pub wanted: u64,
    /// Raw calls beside them and the pieces that are never metered.
    pub unmetered: u64,
    /// How the potential and the wanted units spread over the day.
    pub profile: &'a Profile,
    /// Bursts of the day; prices do not hold them back.
    pub pieces: Vec<Piece>,
}

/// Units that come evenly over the seconds `[from, to)` of a day (RULES §6, bursts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// First second of the day.
    pub from: Seconds,
    /// End, later than `from`.
    pub to: Seconds,
    /// Units in all.
    pub units: u64,
}

impl Piece {
    /// Its units before second `t` of the day.
    fn before(&self, t: Seconds) -> u64 {
        let passed = u128::from((t.clamp(self.from, self.to) - self.from).unsigned_abs());
        u64::try_from(u128::from(self.units) * passed / self.length()).expect("a part of a u64 is no larger than it")
    }

    fn length(&self) -> u128 {
        u128::from((self.to - self.from).unsigned_abs())
    }
}

impl Demand<'_> {
    /// Whether nothing at all is asked for on this day.
    #[inline]
    pub fn is_idle(&self) -> bool {
        // Of nothing potential nothing is wanted at any price.
        self.potential == 0 && self.unmetered == 0 && self.pieces.is_empty()
    }

    /// Potential units in seconds `[from, to)` of the day, and those that reach the service.
    #[inline]
    pub fn between(&self, from: Seconds, to: Seconds) -> (u64, u64) {
        let wanted = self.wanted_between(from, to);
        (if self.potential == self.wanted { wanted } else { self.of(self.potential, from, to) }, wanted)
    }

    /// Units that reach the service in seconds `[from, to)` of the day.
    #[inline]
    pub fn wanted_between(&self, from: Seconds, to: Seconds) -> u64 {
        self.of(self.wanted, from, to)
    }

    /// Of a day's `count` and of the pieces.
    #[inline]
    fn of(&self, count: u64, from: Seconds, to: Seconds) -> u64 {
        // The whole day, without a division: asked once an account-day.
        let mut units = if from == 0 && to == DAY {
            count
        } else {
            self.profile.before(count, to) - self.profile.before(count, from)
        };
        for piece in &self.pieces {
            units += piece.before(to) - piece.before(from);
        }
        units
    }

    /// Whether with its bursts any second of the day can have more than `calls` units.
    pub fn can_reach(&self, calls: u64) -> bool {
        if self.pieces.is_empty() {
            return false;
        }
        let bursts = self.pieces.iter().map(|piece| even(u128::from(piece.units), piece.length()).1);
        match calls.checked_sub(bursts.fold(0, u64::saturating_add)) {
            Some(rest) => self.wanted > self.profile.largest_within(rest),
            None => true,
        }
    }

    /// Units of `[from, to)` that a limit lets through, when `slot_served` were let through in the slot of `from` before.
    /// Also returns what was let through so far in the slot of `to`.
    pub fn admitted(&self, from: Seconds, to: Seconds, limit: RateLimit, slot_served: u64) -> (u64, u64) {
        let (mut admitted, mut in_slot) = (0, slot_served);
        let mut at = from;
        while at < to {
            let end = self.bends(at).min(to);
            let passed = match limit.each {
                LimitBasis::Second => self.admitted_each_second(at, end, limit.calls),
                LimitBasis::Slot => {
                    let room = (limit.calls * SLOT.unsigned_abs()).saturating_sub(in_slot);
                    self.wanted_between(at, end).min(room)
                }
            };
            admitted += passed;
            in_slot = if end % SLOT == 0 { 0 } else { in_slot + passed };
            at = end;
        }
        (admitted, in_slot)
    }

    /// The next second after `at` at which demand may come at another rate.
    fn bends(&self, at: Seconds) -> Seconds {
        let slot_end = at - at % SLOT + SLOT;
        let ends = self.pieces.iter().flat_map(|piece| [piece.from, piece.to]);
        ends.filter(|end| *end > at).fold(slot_end, Seconds::min)
    }

    /// What a limit on each second lets through of `[from, to)`, within which demand comes at one rate.
    fn admitted_each_second(&self, from: Seconds, to: Seconds, calls: u64) -> u64 {
        let slot = usize::try_from(from / SLOT).expect("a second of a day is not negative");
        let (mut least, mut most) = self.profile.a_second(self.wanted, slot);
        for piece in self.pieces.iter().filter(|piece| piece.from <= from && to <= piece.to) {
            let (fewest, largest) = even(u128::from(piece.units), piece.length());
            least += fewest;
            most += largest;
        }
        if most <= calls {
            self.wanted_between(from, to)
        } else if least >= calls {
            calls * (to - from).unsigned_abs()
        } else {
            (from..to).map(|second| self.wanted_between(second, second + 1).min(calls)).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::profile::SLOTS;
    use proptest::prelude::*;

    fn profile() -> impl Strategy<Value = Profile> {
        prop::collection::vec(0_u32..40, SLOTS).prop_filter_map("some weight", |weights| Profile::new(&weights))
    }

    fn pieces(units: u64) -> impl Strategy<Value = Vec<Piece>> {
        let piece = (0_i64..86_400, 1_i64..4_000, 0..=units);
        let piece = piece.prop_map(|(from, length, units)| Piece { from, to: (from + length).min(DAY), units });
        prop::collection::vec(piece, 0..3)
    }

    proptest! {
        #[test]
        fn parts_of_a_day_add_up(
            profile in profile(), potential in 0_u64..5_000_000, wanted in 0_u64..5_000_000, pieces in pieces(1_000_000),
            mut cuts in prop::collection::vec(0_i64..86_400, 0..6)
        ) {
            let bursts: u64 = pieces.iter().map(|piece| piece.units).sum();
            let demand = Demand { potential, wanted, unmetered: 0, profile: &profile, pieces };
            cuts.extend([0, 86_400]);
            cuts.sort_unstable();
            let sum: u64 = cuts.windows(2).map(|pair| demand.between(pair[0], pair[1]).0).sum();
            prop_assert_eq!(sum, potential + bursts);
            let sum: u64 = cuts.windows(2).map(|pair| demand.between(pair[0], pair[1]).1).sum();
            prop_assert_eq!(sum, wanted + bursts);
        }

        #[test]
        fn the_limit_equals_a_count_second_by_second(
            profile in profile(), wanted in 0_u64..400_000, pieces in pieces(9_000), calls in 1_u64..9, slot: bool,
            from in 0_i64..86_400, length in 0_i64..4_000, cut in 0_i64..4_000
        ) {
            let each = if slot { LimitBasis::Slot } else { LimitBasis::Second };
            let limit = RateLimit { calls, each };
            let demand = Demand { potential: 0, wanted, unmetered: 0, profile: &profile, pieces };
            let to = (from + length).min(86_400);
            let (mut slow, mut in_slot) = (0, 0);
            for at in from..to {
                if at % SLOT == 0 { in_slot = 0; }
                let units = demand.wanted_between(at, at + 1);
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
