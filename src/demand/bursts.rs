//! Bursts of one account: sparse pieces beside the counts of its days (RULES §6; formulas in docs/MODEL.md).

use crate::plan::{DatedBurst, RandomBurst};
use crate::random::{Poisson, Stream, unit};
use crate::units::{DAY, Day, Seconds, day_of, midnight};
use crate::world::World;

/// Raw calls that come evenly over the seconds `[from, to)` of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The day.
    pub day: Day,
    /// First second of the day.
    pub from: Seconds,
    /// End, later than `from`, at most 24:00:00.
    pub to: Seconds,
    /// Raw calls in all.
    pub units: u64,
    /// The meter that they are of; `None`: they split like those of the day.
    pub meter: Option<usize>,
}

/// Draws of a burst: its gap and multiple, its length, and from here on the counts of its days.
const OF_START: u32 = 0;
const OF_LENGTH: u32 = 1;
const OF_COUNTS: u32 = 2;

/// Fills the bursts of an account in order of time; `level` is its mean daily count.
pub(super) fn fill(
    world: &World<'_>,
    segment: usize,
    used: usize,
    index: u64,
    level: f64,
    arrival: Day,
    pieces: &mut Vec<Piece>,
) {
    let bursts = &world.plan.segments[segment].uses[used].bursts;
    let end = world.plan.calendar.end();
    for burst in &bursts.dated {
        dated(burst, midnight(arrival), end, pieces);
    }
    for (nth, (_, burst)) in bursts.random.iter().enumerate() {
        random(burst, &world.bursts(segment, used, index, nth), level, midnight(arrival), end, pieces);
    }
    pieces.sort_by_key(|piece| (piece.day, piece.from));
}

/// Days touched by `[from, to)` within the horizon, with the part of the day.
fn days(from: Seconds, to: Seconds, end: Seconds) -> impl Iterator<Item = (Day, Seconds, Seconds)> {
    let to = to.min(end);
    let last = day_of(to - 1);
    let touched = if from < to { day_of(from)..last + 1 } else { 0..0 };
    touched.map(move |day| {
        let start = midnight(day);
        (day, (from - start).max(0), (to - start).min(DAY))
    })
}

fn dated(burst: &DatedBurst, arrival: Seconds, end: Seconds, pieces: &mut Vec<Piece>) {
    let length = u128::from((burst.to - burst.from).unsigned_abs());
    let before = |at: Seconds| {
        let passed = u128::from((at - burst.from).unsigned_abs());
        u64::try_from(u128::from(burst.units) * passed / length).expect("a part of a u64 is no larger than it")
    };
    for (day, from, to) in days(burst.from, burst.to, end).filter(|(day, ..)| midnight(*day) >= arrival) {
        let units = before(midnight(day) + to) - before(midnight(day) + from);
        if units > 0 {
            pieces.push(Piece { day, from, to, units, meter: None });
        }
    }
}

/// A Poisson process of bursts from the arrival on; each day of a burst has a Poisson count beyond the usual.
fn random(burst: &RandomBurst, stream: &Stream, level: f64, arrival: Seconds, end: Seconds, pieces: &mut Vec<Piece>) {
    let mut at = arrival as f64;
    for ordinal in 0.. {
        let [gap, multiple] = stream.block(ordinal, OF_START);
        at += -libm::log(crate::random::unit_open(gap)) * burst.gap * DAY as f64;
        if at >= end as f64 {
            return;
        }
        let multiple = log_uniform(burst.multiple, unit(multiple));
        let length = log_uniform(burst.length, unit(stream.u64(ordinal, OF_LENGTH)));
        // In range: before the end, and a length that was accepted.
        let from = at as Seconds;
        let to = from.saturating_add(libm::round(length).max(1.0) as Seconds);
        let a_day = level * (multiple - 1.0) * (1.0 - burst.filtered);
        for (draw, (day, from, to)) in (OF_COUNTS..).zip(days(from, to, end)) {
            let mean = a_day * (to - from) as f64 / DAY as f64;
            let units = Poisson::shared().sample_with(mean, stream.block(ordinal, draw));
            if units > 0 {
                pieces.push(Piece { day, from, to, units, meter: None });
            }
        }
    }
}

fn log_uniform((least, most): (f64, f64), u: f64) -> f64 {
    least * libm::exp(u * libm::log(most / least))
}
