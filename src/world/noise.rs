//! An account's own noise: a log-normal factor with memory. The memory comes from coarse grids addressed by index, not from
//! a recursion, so that any day of any account can be computed alone.

use crate::plan::Noise;
use crate::random::{Stream, below, exponentials, standard_normal, standard_normals};
use crate::units::Day;

/// Days of the blocks.
const WEEK: Day = 7;
const MONTH: Day = 28;
/// Draws of a day or block: its own part, its week's, its month's, and where the borders of the account's blocks are.
const OF_DAY: u32 = 0;
const OF_WEEK: u32 = 1;
const OF_MONTH: u32 = 2;
const BORDERS: u32 = 3;

/// The factor of every day, mean 1.
#[derive(Clone, Copy, Debug)]
pub struct OwnNoise {
    stream: Stream,
    parts: Noise,
    /// By how many days the account's weeks and months are shifted, so that no day is special to all.
    shifts: (Day, Day),
    /// What makes the mean 1.
    correction: f64,
}

impl OwnNoise {
    /// Days whose factors are made together, at most.
    pub const BATCH: usize = 128;

    pub(super) fn new(stream: Stream, parts: Noise) -> OwnNoise {
        let [week, month] = stream.block(0, BORDERS);
        let shift = |x: u64, days: Day| usize::try_from(below(x, days as u64)).unwrap_or(0);
        let Noise { day, week: by_week, month: by_month } = parts;
        OwnNoise {
            stream,
            parts,
            shifts: (shift(week, WEEK), shift(month, MONTH)),
            correction: (day * day + by_week * by_week + by_month * by_month) / 2.0,
        }
    }

    /// Fills in the factors of a run of at most [`BATCH`](Self::BATCH) days: of each what [`at`](Self::at) says, much faster.
    pub fn fill(&self, first: Day, factors: &mut [f64]) {
        let (mut blocks, mut normals) = ([[0; 2]; Self::BATCH], [0.0; Self::BATCH]);
        let days = factors.len();
        let (blocks_of_days, normals) = (&mut blocks[..days], &mut normals[..days]);
        self.stream.fill(OF_DAY, address(first), blocks_of_days);
        standard_normals(blocks_of_days, normals);
        self.remember(first, factors);
        for (factor, z) in factors.iter_mut().zip(normals) {
            *factor = self.parts.day * *z + *factor - self.correction;
        }
        exponentials(factors);
    }

    /// Fills in what the weeks and months of a run of days give to its logs.
    fn remember(&self, first: Day, logs: &mut [f64]) {
        /// Weeks and months that touch a run.
        const TOUCHED: usize = OwnNoise::BATCH / WEEK + 2 + OwnNoise::BATCH / MONTH + 2;
        let (mut blocks, mut normals) = ([[0; 2]; TOUCHED], [0.0; TOUCHED]);
        let last = first + logs.len().max(1) - 1;
        let week = (first + self.shifts.0) / WEEK;
        let weeks = (last + self.shifts.0) / WEEK + 1 - week;
        let month = (first + self.shifts.1) / MONTH;
        let touched = weeks + (last + self.shifts.1) / MONTH + 1 - month;
        self.stream.fill(OF_WEEK, address(week), &mut blocks[..weeks]);
        self.stream.fill(OF_MONTH, address(month), &mut blocks[weeks..touched]);
        standard_normals(&blocks[..touched], &mut normals[..touched]);
        let (weeks, months) = normals.split_at(weeks);
        let mut rest = &mut *logs;
        for z in weeks {
            // What is left of the week on the day that comes first.
            let from = last + 1 - rest.len();
            let (run, later) = rest.split_at_mut(rest.len().min(WEEK - (from + self.shifts.0) % WEEK));
            run.fill(self.parts.week * z);
            rest = later;
        }
        let mut rest = logs;
        for z in months {
            if rest.is_empty() {
                break;
            }
            let from = last + 1 - rest.len();
            let (run, later) = rest.split_at_mut(rest.len().min(MONTH - (from + self.shifts.1) % MONTH));
            run.iter_mut().for_each(|log| *log += self.parts.month * z);
            rest = later;
        }
    }

    /// The factor of any day alone.
    pub fn at(&self, day: Day) -> f64 {
        let z = |block: Day, draw| standard_normal(self.stream.u64(address(block), draw));
        let week = self.parts.week * z((day + self.shifts.0) / WEEK, OF_WEEK);
        let memory = week + self.parts.month * z((day + self.shifts.1) / MONTH, OF_MONTH);
        libm::exp(self.parts.day * z(day, OF_DAY) + memory - self.correction)
    }
}

fn address(day: Day) -> u32 {
    u32::try_from(day).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Family, Purpose};

    /// Runs that begin and end anywhere in a week and a month.
    #[test]
    fn days_together_are_those_of_each() {
        for index in 0..60 {
            let stream = Family::new(1, 0, 0, Purpose::new("test/noise")).stream(index);
            let noise = OwnNoise::new(stream, Noise { day: 0.3, week: 0.2, month: 0.1 });
            for (first, days) in [(0, 128), (128, 128), (3, 1), (27, 2), (256, 109), (index as Day * 5, 31), (9, 0)] {
                let mut factors = vec![0.0; days];
                noise.fill(first, &mut factors);
                for (day, factor) in (first..).zip(factors) {
                    assert_eq!(factor.to_bits(), noise.at(day).to_bits(), "account {index}, day {day}");
                }
            }
        }
    }
}
