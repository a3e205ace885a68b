//! A run's worlds, each and together: what one world brings on average. Knows no file format and no screen.

use super::statistics::Statistics;
use super::summary::{SegmentSummary, Summary};
use crate::plan::Plan;
use crate::stats::Estimate;
use crate::units::Total;

/// One segment, or all of them, world by world and added up.
///
/// A number is the mean of what it is in each world. For a sum that is the sum of all worlds by their count; a ratio (a price, a share of
/// the largest) is taken in each world first.
#[derive(Clone, Debug)]
pub struct Worlds {
    /// World by world.
    pub each: Vec<SegmentSummary>,
    /// The sums of all worlds; distributions are over the customers of all of them.
    pub together: SegmentSummary,
}

impl Worlds {
    /// All segments of a run.
    pub fn of(plan: &Plan, replications: &[Summary]) -> Worlds {
        let empty = Summary::new(plan).whole(plan);
        Worlds::added(empty, replications.iter().map(|summary| summary.whole(plan)).collect())
    }

    /// One segment of it, by its index.
    pub fn of_segment(plan: &Plan, replications: &[Summary], segment: usize) -> Worlds {
        let empty = SegmentSummary::new(plan, &plan.segments[segment]);
        Worlds::added(empty, replications.iter().map(|summary| summary.segments[segment].clone()).collect())
    }

    fn added(empty: SegmentSummary, each: Vec<SegmentSummary>) -> Worlds {
        let mut together = empty;
        each.iter().for_each(|world| together.add(world));
        Worlds { each, together }
    }

    /// How many there are; at least one, as it is divided by.
    pub fn count(&self) -> f64 {
        self.each.len().max(1) as f64
    }

    /// A sum of all worlds as one of one world, in units of currency.
    pub fn money(&self, total: Total) -> f64 {
        total.approx() / self.count()
    }

    /// A count of all worlds as one of one world.
    pub fn mean(&self, number: u64) -> f64 {
        number as f64 / self.count()
    }

    /// Mean and interval of a number that each world has.
    pub fn estimate(&self, of: impl Fn(&SegmentSummary) -> f64) -> Estimate {
        Estimate::of(&self.each.iter().map(of).collect::<Vec<_>>())
    }

    /// Recognised revenue per 1,000 served units; nothing where no world served any.
    pub fn price_per_1000(&self) -> Option<f64> {
        let price = |world: &SegmentSummary| Statistics::of(world).price_per_1000.unwrap_or(0.0);
        (self.together.usage().served > 0).then(|| self.estimate(price).mean)
    }

    /// Share of recognised revenue that the top 1 % of the accounts hold.
    pub fn top_percent(&self) -> f64 {
        self.estimate(|world| world.revenue.top_share(0.01)).mean
    }
}
