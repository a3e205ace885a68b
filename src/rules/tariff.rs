//! Graduated prices (RULES §1, §5): each tier's price applies only to the units inside it. A flat price is one tier.

use crate::book::Tier;
use crate::units::{Money, TooLarge};

/// The cumulative cost of a counter, ready for many questions.
///
/// ```
/// use billsim::book::Tier;
/// use billsim::rules::Tariff;
/// use billsim::units::Money;
/// let price = |text| Money::parse(text).unwrap();
/// let tariff = Tariff::new(&[
///     Tier { up_to: Some(100), price: price("0.005") },
///     Tier { up_to: None, price: price("0.002") },
/// ]);
/// assert_eq!(tariff.cost(200).unwrap(), price("0.7")); // 100 × 0.005 + 100 × 0.002
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// Upper bounds, inclusive; the last is the largest count there is.
    bounds: Box<[u64]>,
    /// Lower bound, price and cost below the lower bound of each tier.
    tiers: Box<[(u64, Money, i128)]>,
}

/// The part of a quantity that falls into one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Index of the tier.
    pub tier: usize,
    /// Units inside it.
    pub units: u64,
    /// Price of each.
    pub price: Money,
    /// Units × price.
    pub amount: Money,
}

impl Tariff {
    /// From tiers whose bounds rise and whose last is open, as the book was checked for.
    pub fn new(tiers: &[Tier]) -> Tariff {
        let bounds: Box<[u64]> = tiers.iter().map(|tier| tier.up_to.unwrap_or(u64::MAX)).collect();
        let mut below = (0_u64, 0_i128);
        let compiled = tiers.iter().zip(&bounds).map(|(tier, bound)| {
            let compiled = (below.0, tier.price, below.1);
            below.1 += i128::from(bound - below.0) * i128::from(tier.price.units());
            below.0 = *bound;
            compiled
        });
        let tiers = compiled.collect();
        Tariff { bounds, tiers }
    }

    /// What `units` of one counter period cost together.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    #[inline]
    pub fn cost(&self, units: u64) -> Result<Money, TooLarge> {
        if units == 0 {
            return Ok(Money::ZERO);
        }
        let (low, price, below) = self.tiers[self.tier_of(units)];
        let cost = below + i128::from(units - low) * i128::from(price.units());
        i64::try_from(cost).map(Money::from_units).map_err(|_| TooLarge)
    }

    /// What the units after the first `free` of a counter cost, when the first `free` cost nothing but take places.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    pub fn cost_after(&self, free: u64, units: u64) -> Result<Money, TooLarge> {
        self.cost(free.checked_add(units).ok_or(TooLarge)?)?.minus(self.cost(free)?)
    }

    /// The lines of the units in places `(after, after + units]` of the counter: one for each tier that is touched.
    ///
    /// # Errors
    /// [`TooLarge`] when an amount is no [`Money`].
    pub fn lines(&self, after: u64, units: u64) -> Result<Vec<Line>, TooLarge> {
        after.checked_add(units).ok_or(TooLarge)?;
        let mut lines = vec![];
        let mut too_large = None;
        self.each_tier(after, units, |tier, units, price| match price.times(units) {
            Ok(amount) => lines.push(Line { tier, units, price, amount }),
            Err(error) => too_large = Some(error),
        });
        too_large.map_or(Ok(lines), Err)
    }

    /// Tier, units and price for each tier that the places `(after, after + units]` of the counter touch.
    #[inline]
    pub fn each_tier(&self, after: u64, units: u64, mut each: impl FnMut(usize, u64, Money)) {
        let end = after.saturating_add(units);
        for (tier, (low, price, _)) in self.tiers.iter().enumerate() {
            let from = after.max(*low);
            let to = end.min(self.bounds[tier]);
            if to > from {
                each(tier, to - from, *price);
            }
            if end <= self.bounds[tier] {
                break;
            }
        }
    }

    /// Bounds of a tier, `(lower, upper]`; the upper is `None` for the last.
    pub fn bounds(&self, tier: usize) -> (u64, Option<u64>) {
        let upper = self.bounds[tier];
        (self.tiers[tier].0, (upper != u64::MAX).then_some(upper))
    }

    /// Number of tiers.
    pub fn tiers(&self) -> usize {
        self.tiers.len()
    }

    #[inline]
    fn tier_of(&self, units: u64) -> usize {
        // Most counters stay in the first tiers, so the search begins there; the last bound is the largest count.
        self.bounds.iter().position(|bound| units <= *bound).unwrap_or(self.tiers.len() - 1)
    }
}
