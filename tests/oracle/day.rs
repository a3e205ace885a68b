//! The demand of one day of one product (RULES, "Demand inside a day"; §6, bursts and price response).

use super::profile::{Profile, slots};

/// Units evenly over the seconds [from, to) of the day.
#[derive(Clone)]
pub struct Piece {
    pub from: i64,
    pub to: i64,
    pub units: u64,
}

impl Piece {
    /// Units that came before second t: floor(n × (min(max(t, a), b) − a) / (b − a)).
    fn arrived(&self, t: i64) -> u64 {
        let passed = t.max(self.from).min(self.to) - self.from;
        let whole = self.to - self.from;
        (u128::from(self.units) * passed as u128 / whole as u128) as u64
    }

    fn between(&self, from: i64, to: i64) -> u64 {
        self.arrived(to) - self.arrived(from)
    }
}

/// What comes in one day, disaster-recovery tickets left out.
pub struct DayDemand<'a> {
    pub profile: &'a Profile,
    /// N: the potential demand without pieces.
    pub potential: u64,
    /// W: what of N reaches the service at its price.
    pub wanted: u64,
    pub pieces: Vec<Piece>,
}

impl DayDemand<'_> {
    /// The potential demand of the whole day, pieces included.
    pub fn whole_potential(&self) -> u64 {
        let mut units = self.potential;
        for piece in &self.pieces {
            units += piece.units;
        }
        units
    }

    /// Units of N and the pieces in [from, to).
    pub fn potential_between(&self, from: i64, to: i64) -> u64 {
        self.profile.between(self.potential, from, to) + self.pieces_between(from, to)
    }

    /// Units of W and the pieces in [from, to): those that are offered when nothing else stands before it.
    pub fn wanted_between(&self, from: i64, to: i64) -> u64 {
        self.profile.between(self.wanted, from, to) + self.pieces_between(from, to)
    }

    /// What the price holds back in [from, to): below zero when it attracts more than N.
    pub fn held_back_between(&self, from: i64, to: i64) -> i64 {
        let of_potential = self.profile.between(self.potential, from, to);
        let of_wanted = self.profile.between(self.wanted, from, to);
        of_potential as i64 - of_wanted as i64
    }

    fn pieces_between(&self, from: i64, to: i64) -> u64 {
        let mut units = 0;
        for piece in &self.pieces {
            units += piece.between(from, to);
        }
        units
    }

    /// Of the units of W and the pieces in [from, to), how many a limit of `calls` in each second lets through.
    ///
    /// Between two bounds of slots and pieces every stream of units has a constant rate r and gives
    /// floor(r) or ceil(r) units a second. Where the sum of all ceil(r) is within the limit, nothing
    /// is refused; where the sum of all floor(r) reaches it, every second is at the limit; in
    /// between one second is judged after the other.
    pub fn within_second_limit(&self, calls: u64, from: i64, to: i64) -> u64 {
        let mut passed = 0;
        for (start, end) in self.even_parts(from, to) {
            let (least, most) = self.bounds_of_a_second(start);
            if most <= u128::from(calls) {
                passed += self.wanted_between(start, end);
            } else if least >= u128::from(calls) {
                passed += calls * (end - start) as u64;
            } else {
                for second in start..end {
                    passed += self.wanted_between(second, second + 1).min(calls);
                }
            }
        }
        passed
    }

    /// The seconds [from, to), cut at the bounds of slots and pieces.
    fn even_parts(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let mut bounds = vec![from];
        for (_, _, end) in slots(from, to) {
            bounds.push(end);
        }
        for piece in &self.pieces {
            for bound in [piece.from, piece.to] {
                if from < bound && bound < to {
                    bounds.push(bound);
                }
            }
        }
        bounds.sort_unstable();
        bounds.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// The least and the most units that a second can have in the even part that begins at `start`.
    fn bounds_of_a_second(&self, start: i64) -> (u128, u128) {
        let mut rates = vec![self.profile.rate(self.wanted, start)];
        for piece in &self.pieces {
            if piece.from <= start && start < piece.to {
                rates.push((u128::from(piece.units), (piece.to - piece.from) as u128));
            }
        }
        let (mut least, mut most) = (0, 0);
        for (numerator, denominator) in rates {
            least += numerator / denominator;
            most += numerator.div_ceil(denominator);
        }
        (least, most)
    }
}
