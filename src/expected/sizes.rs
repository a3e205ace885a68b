//! Sizes of accounts as nodes with weights, from the smallest: averages, shares of the largest, the Gini coefficient.

use crate::plan::{Demand, Size};
use crate::random::normal_cdf;

/// Range and step of the normal scores at which a lognormal size is looked at.
const REACH: f64 = 8.0;
const STEPS: u32 = 1_600;

/// Sizes with their shares of the accounts, rising.
#[derive(Clone, Debug)]
pub struct Sizes(Vec<(f64, f64)>);

impl Sizes {
    /// Of a demand: sizes that are not random are one node, and listed counts are factors on a size of 1.
    pub fn of(demand: &Demand) -> Sizes {
        let mut nodes = match demand {
            Demand::Constant(units) => vec![(*units as f64, 1.0)],
            Demand::Listed(_) => vec![(1.0, 1.0)],
            Demand::Recorded(recorded) => {
                let accounts = recorded.accounts();
                (0..accounts).map(|account| (recorded.level(account), 1.0 / accounts as f64)).collect()
            }
            Demand::Random(demand) => match &demand.size {
                Size::Constant(units) => vec![(*units, 1.0)],
                Size::Table(_) => demand.size.shares(),
                Size::Lognormal { mu, sigma, cap, tail } => scores()
                    .map(|(score, share)| {
                        (Size::lognormal_at(*mu, *sigma, *cap, *tail, score, normal_cdf(-score)), share)
                    })
                    .collect(),
            },
        };
        nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
        Sizes(nodes)
    }

    /// The average of a function of the size.
    pub fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.0.iter().map(|(size, share)| share * f(*size)).sum()
    }

    /// The mean size.
    pub fn mean(&self) -> f64 {
        self.average(|size| size)
    }

    /// The largest.
    pub fn largest(&self) -> f64 {
        self.0.last().map_or(1.0, |(size, _)| size.max(1.0))
    }

    /// What the largest `share` of the accounts have of the whole.
    pub fn top_share(&self, share: f64) -> f64 {
        let (mut left, mut sum) = (share, 0.0);
        for (size, weight) in self.0.iter().rev() {
            let taken = weight.min(left);
            sum += taken * size;
            left -= taken;
        }
        if sum > 0.0 { sum / self.mean() } else { 0.0 }
    }

    /// The Gini coefficient: twice the area between the Lorenz curve and equality.
    pub fn gini(&self) -> f64 {
        let (mut area, mut before) = (0.0, 0.0);
        for (size, share) in &self.0 {
            let after = before + share * size;
            area += share * (before + after) / 2.0;
            before = after;
        }
        if before > 0.0 { 1.0 - 2.0 * area / before } else { 0.0 }
    }
}

/// Normal scores in even steps, with the probability of each step.
fn scores() -> impl Iterator<Item = (f64, f64)> {
    let edge = |step: u32| (f64::from(step) / f64::from(STEPS) * 2.0 - 1.0) * REACH;
    (0..STEPS).map(move |step| {
        let (from, to) = (edge(step), edge(step + 1));
        // The upper half by its mirror: 1 − Φ has no digits left out there.
        let share = if from < 0.0 { normal_cdf(to) - normal_cdf(from) } else { normal_cdf(-from) - normal_cdf(-to) };
        ((from + to) / 2.0, share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Noise, RandomDemand};
    use crate::random::normal_quantile;

    fn lognormal(sigma: f64, tail: Option<(f64, f64)>, cap: f64) -> Demand {
        Demand::Random(Box::new(RandomDemand {
            size: Size::Lognormal { mu: 3.0, sigma, cap, tail },
            index: vec![1.0],
            ramp: 0.0,
            noise: Noise { day: 0.0, week: 0.0, month: 0.0 },
            dispersion: 0.0,
            session: None,
        }))
    }

    /// Top share Φ(σ − z), Gini 2Φ(σ/√2) − 1 of a lognormal; the mean of each kind is its closed form.
    #[test]
    fn shares_are_the_lognormals() {
        for sigma in [0.5, 1.5, 2.0] {
            let sizes = Sizes::of(&lognormal(sigma, None, f64::INFINITY));
            let top = normal_cdf(sigma - normal_quantile(0.99));
            // The border of the top 1 % falls inside a node.
            assert!((sizes.top_share(0.01) / top - 1.0).abs() < 2e-3, "{} {top}", sizes.top_share(0.01));
            let gini = 2.0 * normal_cdf(sigma / 2_f64.sqrt()) - 1.0;
            assert!((sizes.gini() - gini).abs() < 1e-4, "{} {gini}", sizes.gini());
        }
        for demand in [lognormal(1.5, None, 1e9), lognormal(1.5, None, 200.0), lognormal(1.0, Some((0.95, 1.6)), 1e6)] {
            let Demand::Random(random) = &demand else { unreachable!() };
            let (mean, exact) = (Sizes::of(&demand).mean(), random.size.mean());
            assert!((mean / exact - 1.0).abs() < 1e-3, "{mean} {exact}");
        }
    }
}
