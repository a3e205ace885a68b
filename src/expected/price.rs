//! The price of a day as a function of its calls: straight between bounds, so its expectation needs only E[min(N, bound)].

use crate::book::{Book, Counted, Each, QuotaCounter};
use crate::units::Total;

/// Price of each further call, by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes(Vec<(f64, f64)>);

impl Slopes {
    /// Of a book's day: its tiers, after the free units of the day. Free units of a month or of the activation are left out.
    pub fn of(book: &Book) -> Slopes {
        let meter = &book.meters[0];
        let a_call = (1.0 - book.unmetered_share.approx())
            * if book.counted == Counted::Passed { book.pass_share.approx() } else { 1.0 };
        let daily = book.free.iter().filter(|quota| quota.each == Each::Day);
        let free: f64 = daily.clone().map(|quota| quota.units as f64).sum();
        // Free units inside the counter take its first places; outside they come before it.
        let shift: f64 =
            daily.filter(|quota| quota.counter == QuotaCounter::Outside).map(|quota| quota.units as f64).sum();
        let mut slopes = vec![];
        if free > 0.0 {
            slopes.push((free / a_call, 0.0));
        }
        for tier in &meter.tiers {
            let bound = tier.up_to.map_or(f64::INFINITY, |bound| bound as f64 + shift);
            if bound > free && a_call > 0.0 {
                slopes.push((bound / a_call, Total::from(tier.price).approx() * a_call));
            }
        }
        Slopes(slopes)
    }

    /// The expected price, in whole units of currency, where `minimum(b)` is E[min(N, b)].
    pub fn expected(&self, minimum: impl Fn(f64) -> f64) -> f64 {
        let (mut price, mut before) = (0.0, 0.0);
        for (bound, slope) in &self.0 {
            let up_to = minimum(*bound);
            price += slope * (up_to - before);
            before = up_to;
        }
        price
    }
}
