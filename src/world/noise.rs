//! An account's own noise: a log-normal factor with memory. The memory comes from coarse grids addressed by index, not from
//! a recursion, so that any day of any account can be computed alone.

use crate::plan::Noise;
use crate::random::{Stream, below, standard_normal};
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
    /// The blocks of the last day that was asked for, and their part of the log.
    known: ((Day, Day), f64),
}

impl OwnNoise {
    pub(super) fn new(stream: Stream, parts: Noise) -> OwnNoise {
        let [week, month] = stream.block(0, BORDERS);
        let shift = |x: u64, days: Day| usize::try_from(below(x, days as u64)).unwrap_or(0);
        let Noise { day, week: by_week, month: by_month } = parts;
        OwnNoise {
            stream,
            parts,
            shifts: (shift(week, WEEK), shift(month, MONTH)),
            correction: (day * day + by_week * by_week + by_month * by_month) / 2.0,
            known: ((Day::MAX, Day::MAX), 0.0),
        }
    }

    /// Fills the day parts of a run of days together: hand each to [`factor`](Self::factor).
    pub fn fill(&self, first: Day, blocks: &mut [[u64; 2]]) {
        self.stream.fill(OF_DAY, u32::try_from(first).unwrap_or(u32::MAX), blocks);
    }

    /// The factor of a day, whose block of random numbers [`fill`](Self::fill) gave.
    pub fn factor(&mut self, day: Day, block: [u64; 2]) -> f64 {
        let at = ((day + self.shifts.0) / WEEK, (day + self.shifts.1) / MONTH);
        if at != self.known.0 {
            let z = |block: Day, draw| standard_normal(self.stream.u64(u32::try_from(block).unwrap_or(u32::MAX), draw));
            self.known = (at, self.parts.week * z(at.0, OF_WEEK) + self.parts.month * z(at.1, OF_MONTH));
        }
        libm::exp(self.parts.day * standard_normal(block[0]) + self.known.1 - self.correction)
    }

    /// The factor of any day alone.
    pub fn at(&mut self, day: Day) -> f64 {
        let block = self.stream.block(u32::try_from(day).unwrap_or(u32::MAX), OF_DAY);
        self.factor(day, block)
    }
}
