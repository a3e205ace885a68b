//! Prices of a counter period (RULES §1, §5, §7): graduated tiers, each price only for the units inside it, or volume tiers.
//! A flat price is one tier.

use super::quick::Quick;
use crate::book::{Meter, Tier};
use crate::units::{Money, Share, TooLarge, Total};

/// The cumulative cost of a counter, ready for many questions.
///
/// ```
/// use billsim::book::Tier;
/// use billsim::rules::Tariff;
/// use billsim::units::Money;
/// let price = |text| Money::parse(text).unwrap();
/// let tariff = Tariff::new(&[
///     Tier::plain(Some(100), price("0.005")),
///     Tier::plain(None, price("0.002")),
/// ]);
/// assert_eq!(tariff.cost(200).unwrap(), price("0.7")); // 100 × 0.005 + 100 × 0.002
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// Upper bounds, inclusive; the last is the largest count there is.
    bounds: Box<[u64]>,
    tiers: Box<[Step]>,
    /// Whether the price of the tier that is reached applies to all units.
    volume: bool,
    /// Least cost of a period.
    minimum: Money,
    /// Highest cost of a period.
    maximum: Money,
    /// Whether the first fee and the minimum are charged without units.
    fee_at_zero: bool,
    quick: Quick,
}

/// A tier and what lies below it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    /// Lower bound, not included.
    low: u64,
    price: Money,
    /// Cost of all units up to the lower bound.
    below: i128,
    fee: Money,
    block: u64,
}

/// The part of a quantity that falls into one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Index of the tier.
    pub tier: usize,
    /// Units inside it.
    pub units: u64,
    /// Price of each, or of each block.
    pub price: Money,
    /// What they cost, with the tier's fee.
    pub amount: Money,
}

/// How far the units of a counter period reach: the tier, what of them is in it, and what that costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Index of the tier.
    pub tier: usize,
    /// Units inside it.
    pub units: u64,
    /// What they cost, with the tier's fee.
    pub amount: Total,
}

impl Step {
    /// What `n` units reaching into this tier cost together: a + n × price.
    fn line(&self) -> (i128, i64) {
        (self.below + i128::from(self.fee.units()) - self.of(self.low), self.price.units())
    }

    /// What `units` in this tier cost, without the fee.
    #[inline]
    fn of(&self, units: u64) -> i128 {
        let blocks = if self.block == 1 { units } else { units.div_ceil(self.block) };
        i128::from(blocks) * i128::from(self.price.units())
    }
}

impl Tariff {
    /// Graduated, from tiers whose bounds rise and whose last is open, as the book was checked for.
    pub fn new(tiers: &[Tier]) -> Tariff {
        Tariff::priced(tiers, false, Share::NONE)
    }

    /// Of a meter with these tiers, at a discount on its unit prices.
    pub fn of(meter: &Meter, tiers: &[Tier], discount: Share) -> Tariff {
        Tariff {
            minimum: meter.minimum,
            maximum: meter.maximum.unwrap_or(Money::MAX),
            fee_at_zero: meter.fee_at_zero,
            ..Tariff::priced(tiers, meter.volume, discount)
        }
    }

    fn priced(tiers: &[Tier], volume: bool, discount: Share) -> Tariff {
        let bounds: Box<[u64]> = tiers.iter().map(|tier| tier.up_to.unwrap_or(u64::MAX)).collect();
        let (mut low, mut below) = (0_u64, 0_i128);
        let compiled = tiers.iter().zip(&bounds).map(|(tier, bound)| {
            let price = tier.price.discounted(discount);
            let step = Step { low, price, below, fee: tier.fee, block: tier.block };
            below += step.of(bound - low) + i128::from(tier.fee.units());
            low = *bound;
            step
        });
        let steps: Box<[Step]> = compiled.collect();
        let lines = steps.iter().map(|step| (step.block == 1 && !volume).then(|| step.line()));
        let quick = Quick::new(&bounds, lines);
        let (minimum, maximum) = (Money::ZERO, Money::MAX);
        Tariff { bounds, tiers: steps, volume, minimum, maximum, fee_at_zero: false, quick }
    }

    /// What `units` of one counter period cost together, without its minimum.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    #[inline]
    pub fn cost(&self, units: u64) -> Result<Money, TooLarge> {
        self.cost_of(self.reach(units))
    }

    /// The tier that `units` of one counter period reach, and what they cost together without minimum and maximum; `None` where that
    /// does not fit.
    #[inline]
    pub fn quick(&self, units: u64) -> Option<(usize, Money)> {
        self.quick.of(units).or_else(|| {
            let reach = self.reach(units);
            Some((reach.tier, self.cost_of(reach).ok()?))
        })
    }

    /// The tier that `units` of one counter period reach.
    #[inline]
    pub fn reach(&self, units: u64) -> Reach {
        if units == 0 {
            return Reach::default();
        }
        let tier = self.tier_of(units);
        let step = &self.tiers[tier];
        let inside = if self.volume { units } else { units - step.low };
        Reach { tier, units: inside, amount: Total::from_units(step.of(inside) + i128::from(step.fee.units())) }
    }

    /// What the units of one counter period that reach this far cost together, without its minimum.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    #[inline]
    pub fn cost_of(&self, reach: Reach) -> Result<Money, TooLarge> {
        let below = if self.volume || reach.units == 0 { 0 } else { self.tiers[reach.tier].below };
        i64::try_from(below + reach.amount.units())
            .map(|units| Money::from_units(units).min(self.maximum))
            .map_err(|_| TooLarge)
    }

    /// What the units after the first `before` of a counter cost.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    #[inline]
    pub fn cost_after(&self, before: u64, units: u64) -> Result<Money, TooLarge> {
        if before == 0 {
            return self.cost(units);
        }
        self.cost(before.checked_add(units).ok_or(TooLarge)?)?.minus(self.cost(before)?)
    }

    /// What the close of a period with `units` adds to their cost: what is missing to the minimum, and the fee of the first tier
    /// where it is charged without units. `ran` tells whether the service ran in the period.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    pub fn at_close(&self, units: u64, ran: bool) -> Result<Money, TooLarge> {
        let cost = self.cost(units)?;
        if units == 0 && !(self.fee_at_zero && ran) {
            return Ok(Money::ZERO);
        }
        let reached = if units == 0 { self.tiers[0].fee.min(self.maximum) } else { cost };
        reached.max(self.minimum).minus(cost)
    }

    /// Whether the close of a period can add to its cost.
    #[inline]
    pub fn has_close(&self) -> bool {
        self.minimum > Money::ZERO || self.fee_at_zero
    }

    /// Whether the price of the tier that is reached applies to all units.
    pub fn is_volume(&self) -> bool {
        self.volume
    }

    /// The lines of the units in places `(after, after + units]` of the counter: one for each tier that is touched.
    ///
    /// # Errors
    /// [`TooLarge`] when an amount is no [`Money`].
    pub fn lines(&self, after: u64, units: u64) -> Result<Vec<Line>, TooLarge> {
        after.checked_add(units).ok_or(TooLarge)?;
        let mut lines = vec![];
        let mut too_large = None;
        self.each_tier(after, units, |tier, units, amount| match i64::try_from(amount) {
            Ok(amount) => {
                lines.push(Line { tier, units, price: self.tiers[tier].price, amount: Money::from_units(amount) });
            }
            Err(_) => too_large = Some(TooLarge),
        });
        too_large.map_or(Ok(lines), Err)
    }

    /// Tier, units and their cost, in units of 1e-8, for each tier that the places `(after, after + units]` of the counter touch;
    /// a maximum is not looked at. With volume prices all units are in the tier that is reached.
    #[inline]
    pub fn each_tier(&self, after: u64, units: u64, mut each: impl FnMut(usize, u64, i128)) {
        let end = after.saturating_add(units);
        if self.volume {
            if units > 0 {
                let whole = |units: u64| {
                    let step = self.tiers[self.tier_of(units)];
                    if units == 0 { 0 } else { step.of(units) + i128::from(step.fee.units()) }
                };
                each(self.tier_of(end), units, whole(end) - whole(after));
            }
            return;
        }
        for (tier, step) in self.tiers.iter().enumerate() {
            let from = after.max(step.low);
            let to = end.min(self.bounds[tier]);
            if to > from {
                let fee = if from == step.low { i128::from(step.fee.units()) } else { 0 };
                each(tier, to - from, fee + step.of(to - step.low) - step.of(from - step.low));
            }
            if end <= self.bounds[tier] {
                break;
            }
        }
    }

    /// What the units in places `(after, after + units]` would cost at list, without minimum and maximum.
    pub fn list_cost(&self, after: u64, units: u64) -> Total {
        let mut total = 0;
        self.each_tier(after, units, |_, _, amount| total += amount);
        Total::from_units(total)
    }

    /// The price of the first tier.
    pub fn first_price(&self) -> Money {
        self.tiers[0].price
    }

    /// Bounds of a tier, `(lower, upper]`; the upper is `None` for the last.
    pub fn bounds(&self, tier: usize) -> (u64, Option<u64>) {
        let upper = self.bounds[tier];
        (self.tiers[tier].low, (upper != u64::MAX).then_some(upper))
    }

    /// Units of a graduated tier that is full, so not the last, and what they cost with its fee.
    pub fn full(&self, tier: usize) -> (u64, Total) {
        let (step, next) = (&self.tiers[tier], &self.tiers[tier + 1]);
        (next.low - step.low, Total::from_units(next.below - step.below))
    }

    /// Number of tiers.
    pub fn tiers(&self) -> usize {
        self.tiers.len()
    }

    #[inline]
    fn tier_of(&self, units: u64) -> usize {
        // Most counters stay in the first tiers, so the search begins there.
        self.bounds.iter().position(|bound| units <= *bound).expect("the last bound is the largest count")
    }
}
