//! What one account would use, whatever it costs: raw calls of every day, by product. Sees no price and no balance.

use crate::plan::Demand;
use crate::random::Poisson;
use crate::world::World;

/// Blocks of random numbers that are generated together.
const BATCH: usize = 64;

/// One account's raw calls: a buffer that is filled again for every account.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    uses: Vec<Vec<u64>>,
}

impl Trace {
    /// Raw calls of each day of a use, in the order of the segment's uses.
    pub fn days(&self, used: usize) -> &[u64] {
        &self.uses[used]
    }

    /// Fills the trace of one account.
    pub fn fill(&mut self, world: &World<'_>, segment: usize, index: u64) {
        let uses = &world.plan.segments[segment].uses;
        self.uses.resize(uses.len(), vec![]);
        for (used, days) in self.uses.iter_mut().enumerate() {
            days.clear();
            match &uses[used].demand {
                Demand::Constant(units) => days.resize(world.plan.calendar.days(), *units),
                Demand::Listed(units) => {
                    days.extend(units.iter().take(world.plan.calendar.days()));
                    days.resize(world.plan.calendar.days(), 0);
                }
                Demand::Random { size, .. } => {
                    let size = world.size(segment, used, index, size);
                    counts(world, segment, used, index, size, days);
                }
            }
        }
    }
}

/// Poisson counts with mean size × index of the day.
fn counts(world: &World<'_>, segment: usize, used: usize, index: u64, size: f64, days: &mut Vec<u64>) {
    let stream = world.counts(segment, used, index);
    let poisson = Poisson::shared();
    let mut blocks = [[0_u64; 2]; BATCH];
    let mut first = 0_u32;
    for indices in world.index(segment, used).chunks(BATCH) {
        let blocks = &mut blocks[..indices.len()];
        stream.fill(0, first, blocks);
        first += BATCH as u32;
        days.extend(indices.iter().zip(blocks).map(|(index, block)| poisson.sample_with(size * index, *block)));
    }
}
