//! A change of recognised revenue taken apart: by segment, and by tier of price and other sources. The steps add up to the whole.

use super::comparison::{Comparison, recognised};
use crate::plan::Plan;
use crate::record::SegmentSummary;

/// A part of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Of what.
    pub name: String,
    /// More about it: the number of a tier.
    pub note: Option<String>,
    /// Mean over the replications under the first plan.
    pub before: f64,
    /// Under the other.
    pub after: f64,
}

impl Step {
    /// What the other plan brings more.
    pub fn change(&self) -> f64 {
        self.after - self.before
    }
}

/// What a plan's revenue comes from: name, note and amount.
type Source = (String, Option<String>, f64);

impl Comparison<'_> {
    /// Segment by segment.
    pub fn by_segment(&self, variant: usize) -> Vec<Step> {
        let segments = self.plans[0].segments.iter().enumerate();
        let step = |(index, segment): (usize, &crate::plan::Segment)| {
            let difference = self.of_segment(recognised(), variant, index);
            let (before, after) = (difference.before.mean, difference.after.mean);
            Step { name: segment.id.clone(), note: None, before, after }
        };
        segments.map(step).collect()
    }

    /// Tier by tier of each meter, then packages, vouchers, and whatever is in no tier; only what brings something. Tiers go by their number: where a book has
    /// other limits, its tier of a number is another one.
    pub fn by_tier(&self, variant: usize) -> Vec<Step> {
        let (before, after) = (self.sources(0), self.sources(variant));
        let mut steps: Vec<Step> = vec![];
        for (name, note, amount) in before {
            steps.push(Step { name, note, before: amount, after: 0.0 });
        }
        for (name, note, amount) in after {
            match steps.iter_mut().find(|step| step.name == name && step.note == note) {
                Some(step) => step.after = amount,
                None => steps.push(Step { name, note, before: 0.0, after: amount }),
            }
        }
        steps.retain(|step| step.before != 0.0 || step.after != 0.0);
        steps
    }

    /// Means over the replications; they add up to what is recognised.
    fn sources(&self, plan: usize) -> Vec<Source> {
        let mut sources: Vec<Source> = vec![];
        let totals = &self.totals[plan];
        for one in totals {
            for (index, (name, note, amount)) in sources_of(&self.plans[plan], one).into_iter().enumerate() {
                match sources.get_mut(index) {
                    Some(sum) => sum.2 += amount,
                    None => sources.push((name, note, amount)),
                }
            }
        }
        sources.iter_mut().for_each(|source| source.2 /= totals.len() as f64);
        sources
    }
}

/// Always the same ones for a plan.
fn sources_of(plan: &Plan, totals: &SegmentSummary) -> Vec<Source> {
    let several = plan.books.iter().map(|book| book.meters.len()).sum::<usize>() > 1;
    let named = |product: usize, meter: &str| match plan.books.len() {
        1 => meter.to_owned(),
        _ => format!("{} {meter}", plan.books[product].id),
    };
    let mut sources = vec![];
    let mut in_tiers = 0;
    for used in &totals.uses {
        let book = &plan.books[used.product];
        for (meter, of) in book.meters.iter().zip(&used.meters) {
            for (index, tier) in of.tiers.iter().enumerate() {
                let number = format!("tier {}", index + 1);
                let (name, note) = match (several, of.tiers.len()) {
                    (false, _) => (number, None),
                    (true, 1) => (named(used.product, &meter.id), None),
                    (true, _) => (named(used.product, &meter.id), Some(number)),
                };
                in_tiers += tier.amount.units();
                sources.push((name, note, tier.amount.approx()));
            }
        }
    }
    let money = totals.money_total();
    let rest = totals.usage().accrued.units() - in_tiers;
    for (name, units) in [
        ("consumed", money.consumed.units()),
        ("breakage", money.breakage.units()),
        ("wiped", money.wiped.units()),
        ("vouchers", -money.vouchers.units()),
        // Minima, maxima and fees of a month are in no tier.
        ("other", rest),
    ] {
        sources.push((name.to_owned(), None, crate::units::Total::from_units(units).approx()));
    }
    sources
}
