//! The price of a day as a function of its calls: straight between bounds, so its expectation needs only E[min(N, bound)].

use crate::book::{Book, Counted, Each, Meter, Period, QuotaCounter};
use crate::plan::Part;
use crate::units::{Share, Total};

/// Days of a month, on average.
const MONTH: f64 = 365.25 / 12.0;

/// Price of each further raw unit of the use, by place, for each meter.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes(Vec<Vec<(f64, f64)>>);

impl Slopes {
    /// Of a book's day for units that split into `parts`: its tiers, after the free units of the day. Free units of a month or of
    /// the opening, packages, fees, minimums and the rounding up of units are left out; a month counter counts by mean days.
    pub fn of(book: &Book, parts: &[Part], discount: Share) -> Slopes {
        let of_meter = |(index, meter): (usize, &Meter)| {
            let share = share(parts, index);
            let a_call = (1.0 - book.unmetered_share.approx())
                * if book.counted == Counted::Passed { book.pass_share.approx() } else { 1.0 }
                * share
                / meter.raw_per_unit as f64;
            let daily = book.free.iter().filter(|quota| quota.each == Each::Day && quota.meters == [index]);
            let free: f64 = daily.clone().map(|quota| quota.units as f64).sum();
            // Free units inside the counter take its first places; outside they come before it.
            let outside = daily.filter(|quota| quota.counter == QuotaCounter::Outside);
            let shift: f64 = outside.map(|quota| quota.units as f64).sum();
            let period = if meter.counter == Period::Month { MONTH } else { 1.0 };
            let mut slopes = vec![];
            if free > 0.0 && a_call > 0.0 {
                slopes.push((free / a_call, 0.0));
            }
            for tier in &meter.tiers {
                let bound = tier.up_to.map_or(f64::INFINITY, |bound| bound as f64 / period + shift);
                if bound > free && a_call > 0.0 {
                    let price = Total::from(tier.price.discounted(discount)).approx() / tier.block as f64;
                    slopes.push((bound / a_call, price * a_call));
                }
            }
            slopes
        };
        Slopes(book.meters.iter().enumerate().map(of_meter).collect())
    }

    /// The expected price, in whole units of currency, where `minimum(b)` is E[min(N, b)].
    pub fn expected(&self, minimum: impl Fn(f64) -> f64) -> f64 {
        let mut price = 0.0;
        for slopes in &self.0 {
            let mut before = 0.0;
            for (bound, slope) in slopes {
                let up_to = minimum(*bound);
                price += slope * (up_to - before);
                before = up_to;
            }
        }
        price
    }
}

/// The share of the units that a meter counts.
fn share(parts: &[Part], meter: usize) -> f64 {
    match parts[meter] {
        Part::Basic { from, to } => to.approx() - from.approx(),
        Part::AddOn { base, share: of } => of.approx() * share(parts, base),
    }
}
