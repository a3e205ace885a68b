//! What one account would use, whatever it costs: raw calls of every day, by product. Sees no price and no balance.

mod bursts;

pub use bursts::Piece;

use crate::plan::{Demand, Noise, RandomDemand};
use crate::random::{Poisson, gamma};
use crate::units::Day;
use crate::world::World;

/// Blocks of random numbers that are generated together.
const BATCH: usize = 64;

/// One account's raw calls: a buffer that is filled again for every account.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    uses: Vec<Vec<u64>>,
    pieces: Vec<Vec<Piece>>,
    levels: Vec<f64>,
    arrival: Day,
}

impl Trace {
    /// Raw calls of each day of a use, in the order of the segment's uses.
    pub fn days(&self, used: usize) -> &[u64] {
        &self.uses[used]
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
        self.levels.clear();
        for (used, days) in self.uses.iter_mut().enumerate() {
            days.clear();
            let demand = &uses[used].demand;
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
                    if demand.is_plain() && arrival == 0 {
                        account.plain_counts(days);
                    } else {
                        account.counts(demand, arrival, days);
                    }
                }
            }
            let before = arrival.min(days.len());
            days[..before].fill(0);
            self.pieces[used].clear();
            bursts::fill(world, segment, used, index, level, arrival, &mut self.pieces[used]);
        }
    }
}

impl RandomDemand {
    /// Whether the mean of a day is size × index and nothing else.
    fn is_plain(&self) -> bool {
        self.ramp == 0.0 && self.dispersion == 0.0 && self.session.is_none() && !self.is_noisy()
    }

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
    /// Poisson counts with mean size × index of the day.
    fn plain_counts(&self, days: &mut Vec<u64>) {
        let size = self.size;
        let poisson = Poisson::shared();
        self.in_batches(|_, index, block| days.push(poisson.sample_with(size * index, block)));
    }

    /// Counts with mean size × index × ramp × own noise, Poisson or negative binomial.
    fn counts(&self, demand: &RandomDemand, arrival: Day, days: &mut Vec<u64>) {
        let (segment, used, account) = (self.segment, self.used, self.index);
        let size = self.size;
        let mut noise = self.world.noise(segment, used, account, demand.noise);
        let mut parts = [[0_u64; 2]; BATCH];
        let mix = self.world.mix(segment, used, account);
        let sessions = self.world.sessions(segment, used, account);
        let poisson = Poisson::shared();
        self.in_batches(|day, index, block| {
            if day % BATCH == 0 && demand.is_noisy() {
                noise.fill(day, &mut parts);
            }
            if day < arrival {
                days.push(0);
                return;
            }
            let mut mean = size * index;
            if demand.is_noisy() {
                mean *= noise.factor(day, parts[day % BATCH]);
            }
            if demand.ramp > 0.0 {
                // Age at noon.
                mean *= -libm::expm1(-((day - arrival) as f64 + 0.5) / demand.ramp);
            }
            if demand.dispersion > 0.0 {
                mean *= gamma(1.0 / demand.dispersion, &mix, u32::try_from(day).unwrap_or(u32::MAX));
            }
            let Some(session) = &demand.session else {
                days.push(poisson.sample_with(mean, block));
                return;
            };
            // The sum of n gamma lengths is gamma with n times their shape.
            let number = poisson.sample_with(mean / session.mean, block) as f64;
            let length = if number > 0.0 {
                gamma(number * session.shape, &sessions, u32::try_from(day).unwrap_or(u32::MAX))
            } else {
                0.0
            };
            // In range: means are at most 1e10.
            days.push(libm::round(number * session.mean * length) as u64);
        });
    }

    /// Every day with its index and its block of random numbers, generated together.
    fn in_batches(&self, mut each: impl FnMut(Day, f64, [u64; 2])) {
        let stream = self.world.counts(self.segment, self.used, self.index);
        let mut blocks = [[0_u64; 2]; BATCH];
        let mut first = 0;
        for indices in self.world.index(self.segment, self.used).chunks(BATCH) {
            let blocks = &mut blocks[..indices.len()];
            stream.fill(0, u32::try_from(first).unwrap_or(u32::MAX), blocks);
            for (offset, (index, block)) in indices.iter().zip(blocks).enumerate() {
                each(first + offset, *index, *block);
            }
            first += BATCH;
        }
    }
}
