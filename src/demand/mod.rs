//! What one account would use, whatever it costs: raw calls of every day, by product. Sees no price and no balance.

mod bursts;

pub use bursts::Piece;

use crate::plan::{Brought, Demand, Noise, Part, RandomDemand, Recorded, Session};
use crate::random::{Poisson, gamma, gamma_from, standard_normals};
use crate::units::Day;
use crate::world::{OwnNoise, World};

/// Days that are drawn together.
const BATCH: usize = OwnNoise::BATCH;

/// One account's raw calls: a buffer that is filled again for every account.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    uses: Vec<Vec<u64>>,
    /// Where they were recorded: by use the raw calls of each meter on each day; no meters where they split by shares.
    meters: Vec<Vec<Vec<u64>>>,
    pieces: Vec<Vec<Piece>>,
    levels: Vec<f64>,
    arrival: Day,
}

impl Trace {
    /// Raw calls of each day of a use, in the order of the segment's uses.
    pub fn days(&self, used: usize) -> &[u64] {
        &self.uses[used]
    }

    /// Raw calls of a meter on a day; `parts` tell how those of the use split where they do.
    #[inline]
    pub fn of_meter(&self, used: usize, meter: usize, day: Day, parts: &[Part]) -> u64 {
        match self.meters[used].get(meter) {
            Some(days) => days[day],
            None => Part::of(parts, meter, self.uses[used][day]),
        }
    }

    /// Mean raw calls a day of every meter, in whole ones, apart from season, noise and ramp.
    pub fn mean_day(&self, used: usize, parts: &[Part]) -> Vec<u64> {
        if self.meters[used].is_empty() {
            // In range: levels are at most 1e12.
            let units = libm::round(self.levels[used]).clamp(1.0, 1e15) as u64;
            return (0..parts.len()).map(|meter| Part::of(parts, meter, units)).collect();
        }
        let mean = |days: &Vec<u64>| days.iter().copied().fold(0, u64::saturating_add) / days.len().max(1) as u64;
        let pieces = self.pieces[used].iter().filter_map(|piece| piece.meter.map(|meter| (meter, piece.units)));
        let mut raw: Vec<u64> = self.meters[used].iter().map(mean).collect();
        for (meter, units) in pieces {
            raw[meter] += units / self.uses[used].len().max(1) as u64;
        }
        raw
    }

    /// Bursts beside the days of a use, in order of time.
    pub fn pieces(&self, used: usize) -> &[Piece] {
        &self.pieces[used]
    }

    /// Mean daily count of a use, apart from season, noise and ramp.
    pub fn level(&self, used: usize) -> f64 {
        self.levels[used]
    }

    /// The day on which the account comes.
    pub fn arrival(&self) -> Day {
        self.arrival
    }

    /// Fills the trace of one account: nothing before the day it comes.
    pub fn fill(&mut self, world: &World<'_>, segment: usize, index: u64) {
        let uses = &world.plan.segments[segment].uses;
        let arrival = world.arrival(segment, index);
        self.arrival = arrival;
        self.uses.resize(uses.len(), vec![]);
        self.pieces.resize(uses.len(), vec![]);
        self.meters.resize(uses.len(), vec![]);
        self.levels.clear();
        for (used, days) in self.uses.iter_mut().enumerate() {
            days.clear();
            let demand = &uses[used].demand;
            if let Demand::Recorded(recorded) = demand {
                let parts = &uses[used].parts;
                let pieces = &mut self.pieces[used];
                let filled = (days, &mut self.meters[used], &mut *pieces);
                let level = recorded_days(recorded, world, (segment, index), parts, filled);
                self.levels.push(level);
                bursts::fill(world, segment, used, index, level, arrival, pieces);
                continue;
            }
            self.meters[used].clear();
            let level = demand.level(|size| world.size(segment, used, index, size));
            self.levels.push(level);
            match demand {
                Demand::Constant(units) => days.resize(world.plan.calendar.days(), *units),
                Demand::Listed(units) => {
                    days.extend(units.iter().take(world.plan.calendar.days()));
                    days.resize(world.plan.calendar.days(), 0);
                }
                Demand::Random(demand) => {
                    let account = Account { world, segment, used, index, size: level };
                    account.counts(demand, arrival, days);
                }
                Demand::Recorded(_) => unreachable!("recorded demand has been filled"),
            }
            let before = arrival.min(days.len());
            days[..before].fill(0);
            self.pieces[used].clear();
            bursts::fill(world, segment, used, index, level, arrival, &mut self.pieces[used]);
        }
    }
}

/// Fills what an account of a usage file used: units with an instant become pieces. Returns the mean day.
fn recorded_days(
    recorded: &Recorded,
    world: &World<'_>,
    (segment, index): (usize, u64),
    parts: &[Part],
    (days, meters, pieces): (&mut Vec<u64>, &mut Vec<Vec<u64>>, &mut Vec<Piece>),
) -> f64 {
    let horizon = world.plan.calendar.days();
    days.resize(horizon, 0);
    meters.resize(parts.len(), vec![]);
    for meter in meters.iter_mut() {
        meter.clear();
        meter.resize(horizon, 0);
    }
    pieces.clear();
    let mut units = 0.0;
    let account = world.recorded(segment, index).unwrap_or(0);
    recorded.bring(
        account,
        |nth| world.block(nth),
        |Brought { day, meter, span, units: brought }| {
            units += brought as f64;
            match span {
                Some((from, to)) => pieces.push(Piece { day, from, to, units: brought, meter: Some(meter) }),
                None => {
                    meters[meter][day] += brought;
                    if matches!(parts[meter], Part::Basic { .. }) {
                        days[day] += brought;
                    }
                }
            }
        },
    );
    units / horizon as f64
}

impl RandomDemand {
    /// Whether the account has noise of its own.
    fn is_noisy(&self) -> bool {
        let Noise { day, week, month } = self.noise;
        day > 0.0 || week > 0.0 || month > 0.0
    }
}

/// Whose counts are drawn.
struct Account<'a> {
    world: &'a World<'a>,
    segment: usize,
    used: usize,
    index: u64,
    size: f64,
}

impl Account<'_> {
    /// Counts with mean size × index × ramp × own noise, Poisson or negative binomial, or lengths of as many sessions.
    fn counts(&self, demand: &RandomDemand, arrival: Day, days: &mut Vec<u64>) {
        let (segment, used, account) = (self.segment, self.used, self.index);
        let stream = self.world.counts(segment, used, account);
        let noise = demand.is_noisy().then(|| self.world.noise(segment, used, account, demand.noise));
        let (mut means, mut blocks) = ([0.0; BATCH], [[0_u64; 2]; BATCH]);
        for (batch, indices) in self.world.index(segment, used).chunks(BATCH).enumerate() {
            let first = batch * BATCH;
            let (means, blocks) = (&mut means[..indices.len()], &mut blocks[..indices.len()]);
            match &noise {
                Some(noise) => {
                    noise.fill(first, means);
                    means.iter_mut().zip(indices).for_each(|(mean, index)| *mean *= self.size * index);
                }
                None => means.iter_mut().zip(indices).for_each(|(mean, index)| *mean = self.size * index),
            }
            self.shape(demand, arrival, first, means);
            stream.fill(0, address(first), blocks);
            Poisson::shared().sample_many(means, blocks, days);
            if let Some(session) = &demand.session {
                self.lengths(session, first, &mut days[first..]);
            }
        }
    }

    /// What makes means of days from `first` on smaller at the beginning, mixes them, and counts sessions instead of their lengths.
    fn shape(&self, demand: &RandomDemand, arrival: Day, first: Day, means: &mut [f64]) {
        let before = arrival.saturating_sub(first).min(means.len());
        means[..before].fill(0.0);
        let come = || (first..).skip(before);
        if demand.ramp > 0.0 {
            for (day, mean) in come().zip(&mut means[before..]) {
                // Age at noon.
                *mean *= -libm::expm1(-((day - arrival) as f64 + 0.5) / demand.ramp);
            }
        }
        if demand.dispersion > 0.0 {
            let mix = self.world.mix(self.segment, self.used, self.index);
            for (day, mean) in come().zip(&mut means[before..]) {
                *mean *= gamma(1.0 / demand.dispersion, &mix, address(day));
            }
        }
        if let Some(session) = &demand.session {
            means.iter_mut().for_each(|mean| *mean /= session.mean);
        }
    }

    /// Turns numbers of sessions of at most [`BATCH`] days from `first` on into their lengths together.
    fn lengths(&self, session: &Session, first: Day, days: &mut [u64]) {
        let sessions = self.world.sessions(self.segment, self.used, self.index);
        let (mut blocks, mut normals) = ([[0; 2]; BATCH], [0.0; BATCH]);
        let (blocks, normals) = (&mut blocks[..days.len()], &mut normals[..days.len()]);
        sessions.fill(0, address(first), blocks);
        standard_normals(blocks, normals);
        for ((day, units), (z, [_, word])) in (first..).zip(days).zip(normals.iter().zip(blocks)) {
            if *units > 0 {
                let number = *units as f64;
                // The sum of n gamma lengths is gamma with n times their shape.
                let length = gamma_from(number * session.shape, (*z, *word), &sessions, address(day));
                // In range: means are at most 1e10.
                *units = libm::round(number * session.mean * length) as u64;
            }
        }
    }
}

fn address(day: Day) -> u32 {
    u32::try_from(day).unwrap_or(u32::MAX)
}
