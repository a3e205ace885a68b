//! What can be said of a plan without playing it: shares of the largest accounts, expected usage and expected bills in closed form.
//! Knows no event and no balance: nobody is suspended here, nobody leaves, no price is answered. Formulas: docs/MODEL.md.

mod counts;
mod curve;
mod price;
mod sizes;

use crate::plan::{Arrivals, Demand, Plan, RandomDemand, Segment, Use};
use crate::random::normal_cdf;
use crate::rules::Terms;
use crate::units::DAY;

use counts::Counts;
use curve::Curve;
use price::Slopes;
use sizes::Sizes;

/// Days of a year, for growth.
const YEAR: f64 = 365.25;

/// What is expected of one use of a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Mean daily count of an account over the horizon, as if it were there in full from the first day.
    pub units_a_day: f64,
    /// What the random bursts add to it.
    pub burst_units_a_day: f64,
    /// Price of such a day, without bursts and without free units that do not come every day; whole units of currency.
    pub price_a_day: f64,
    /// Units that the accounts ask for within the horizon once they have come, without bursts.
    pub potential: f64,
    /// Price of those that are asked for after the integration; whole units of currency.
    pub price: f64,
    /// Share of the largest 1 % of accounts in the mean daily counts.
    pub top_share: f64,
    /// Gini coefficient of the mean daily counts.
    pub gini: f64,
}

impl Expected {
    /// Of the use at index `used` of a segment.
    pub fn of(plan: &Plan, terms: &Terms, segment: &Segment, used: usize) -> Expected {
        let used = &segment.uses[used];
        let days = plan.calendar.days();
        let sizes = Sizes::of(&used.demand);
        let slopes = Slopes::of(&terms.products[used.product].book, &used.parts, used.discount);
        let index = |day: usize| match &used.demand {
            // Recorded accounts go by their mean days.
            Demand::Constant(_) | Demand::Recorded(_) => 1.0,
            Demand::Listed(units) => units.get(day).map_or(0.0, |units| *units as f64),
            Demand::Random(demand) => demand.index[day],
        };
        let ramp = Ramp::of(&used.demand);
        let largest = (0..days).map(index).fold(0.0, f64::max);
        let price = PriceOfDay::new(used, &slopes, &sizes, plan.world_shock, largest);
        let (mut units_a_day, mut price_a_day) = (0.0, 0.0);
        for day in 0..days {
            units_a_day += sizes.mean() * index(day) / days as f64;
            price_a_day += price.at(index(day)) / days as f64;
        }
        let (mut potential, mut revenue) = (0.0, 0.0);
        for (arrival, share) in arrivals(segment.arrivals, days).into_iter().enumerate() {
            if share == 0.0 {
                continue;
            }
            for day in arrival..days {
                let factor = index(day) * ramp.at(day - arrival);
                potential += share * sizes.mean() * factor;
                revenue += share * price.at(factor) * integrated(used, plan, day - arrival);
            }
        }
        let accounts = segment.accounts as f64;
        Expected {
            units_a_day,
            burst_units_a_day: sizes.mean() * bursts(used),
            price_a_day,
            potential: accounts * potential,
            price: accounts * revenue,
            top_share: sizes.top_share(0.01),
            gini: sizes.gini(),
        }
    }
}

/// E[price of a day] against the factor on the account's size.
struct PriceOfDay(Curve);

impl PriceOfDay {
    fn new(used: &Use, slopes: &Slopes, sizes: &Sizes, world_shock: f64, largest: f64) -> PriceOfDay {
        let counts = Counts::of(&used.demand, world_shock);
        // Price of a unit against the mean of the count, first with the count's own spread, then with the noise of the mean.
        let most = sizes.largest() * largest.max(1.0);
        let plain = Curve::new(most * 1e4, |mean| slopes.expected(|bound| counts.minimum(mean, bound)) / mean);
        let noisy = Curve::new(most * 10.0, |mean| counts.over_noise(|factor| factor * plain.at(mean * factor)));
        let a_day = |factor: f64| sizes.average(|size| size * noisy.at(size * factor));
        PriceOfDay(Curve::new(largest.max(1.0) * 2.0, a_day))
    }

    fn at(&self, factor: f64) -> f64 {
        if factor > 0.0 { factor * self.0.at(factor) } else { 0.0 }
    }
}

/// The share of full demand at an age.
struct Ramp(f64);

impl Ramp {
    fn of(demand: &Demand) -> Ramp {
        Ramp(if let Demand::Random(demand) = demand { demand.ramp } else { 0.0 })
    }

    fn at(&self, age: usize) -> f64 {
        if self.0 > 0.0 { -libm::expm1(-(age as f64 + 0.5) / self.0) } else { 1.0 }
    }
}

/// Share of the accounts that come on each day of the horizon.
fn arrivals(arrivals: Arrivals, days: usize) -> Vec<f64> {
    let Arrivals::Poisson { over, growth } = arrivals else {
        return vec![1.0];
    };
    let rate = libm::log1p(growth) / YEAR;
    let until = |day: f64| {
        let day = day.min(over);
        if rate == 0.0 { day / over } else { libm::expm1(rate * day) / libm::expm1(rate * over) }
    };
    (0..days).map(|day| until(day as f64 + 1.0) - until(day as f64)).collect()
}

/// Probability that an account is integrated at an age: by the middle of that day.
fn integrated(used: &Use, plan: &Plan, age: usize) -> f64 {
    if !plan.books[used.product].requires_integration {
        return 1.0;
    }
    let done = 1.0 - used.never_integrated.approx();
    let noon = (age as f64 + 0.5) * DAY as f64;
    let delay = used.integration as f64;
    if used.integration_sigma == 0.0 || delay == 0.0 {
        // An instant within the day serves the rest of it; evenly, as an approximation.
        return done * ((noon - delay) / DAY as f64 + 0.5).clamp(0.0, 1.0);
    }
    done * normal_cdf(libm::log(noon / delay) / used.integration_sigma)
}

/// Units of the random bursts a day, in mean days of an account.
fn bursts(used: &Use) -> f64 {
    let log_uniform_mean =
        |(least, most): (f64, f64)| if most > least { (most - least) / libm::log(most / least) } else { least };
    let each = used.bursts.random.iter().map(|(_, burst)| {
        let days = log_uniform_mean(burst.length) / DAY as f64;
        (log_uniform_mean(burst.multiple) - 1.0) * (1.0 - burst.filtered) * days / burst.gap
    });
    each.fold(0.0, |sum, units| sum + units)
}

impl RandomDemand {
    /// Variance of the log of the factor on a day's mean that is not the size: own noise and the world's shock.
    fn log_variance(&self, world_shock: f64) -> f64 {
        let noise = self.noise;
        noise.day * noise.day + noise.week * noise.week + noise.month * noise.month + world_shock * world_shock
    }
}
