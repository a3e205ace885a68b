//! What a quantity costs (RULES §1, §5, §7 "Periods and prices").

use rust_decimal::Decimal;

use super::money::{from_count, to_count};

#[derive(Clone)]
pub struct Tier {
    /// Upper bound, inclusive; none in the last tier.
    pub up_to: Option<u64>,
    /// Of a unit, or of a block of them.
    pub price: Decimal,
    pub fee: Decimal,
    pub block: u64,
}

/// The prices of a meter at a time. A flat price is one open tier.
#[derive(Clone)]
pub struct Prices {
    /// The whole quantity at the price of the tier that is reached; else each tier by itself.
    pub volume: bool,
    pub tiers: Vec<Tier>,
}

impl Prices {
    pub fn flat(price: Decimal) -> Self {
        Prices { volume: false, tiers: vec![Tier { up_to: None, price, fee: Decimal::ZERO, block: 1 }] }
    }

    /// The cost of a quantity, counted from zero. No unit enters no tier: it costs nothing.
    pub fn cost(&self, units: u64) -> Decimal {
        if self.volume { self.volume_cost(units) } else { self.graduated_cost(units) }
    }

    fn graduated_cost(&self, units: u64) -> Decimal {
        let mut cost = Decimal::ZERO;
        let mut below = 0; // the tier is (below, up_to]
        for tier in &self.tiers {
            let up_to = tier.up_to.unwrap_or(u64::MAX);
            if units > below {
                cost += tier.fee + tier.price_of(units.min(up_to) - below);
            }
            below = up_to;
        }
        cost
    }

    fn volume_cost(&self, units: u64) -> Decimal {
        if units == 0 {
            return Decimal::ZERO;
        }
        let reached = self.tiers.iter().find(|tier| tier.up_to.is_none_or(|up_to| units <= up_to));
        let tier = reached.expect("the last tier is open");
        tier.fee + tier.price_of(units)
    }

    /// The fee of the first tier, which with `fee_at_zero` counts as entered without units.
    pub fn first_fee(&self) -> Decimal {
        self.tiers[0].fee
    }

    /// The price of the first tier, which orders meters and is that of a flat meter's unit.
    pub fn first_price(&self) -> Decimal {
        self.tiers[0].price
    }

    /// RULES §7, discount: price × (1 − discount), rounded up to 1e-8; fees stay.
    pub fn discounted(&self, discount: Decimal) -> Prices {
        let mut prices = self.clone();
        for tier in &mut prices.tiers {
            let rest = to_count(Decimal::ONE - discount);
            tier.price = from_count((to_count(tier.price) * rest).div_ceil(100_000_000));
        }
        prices
    }
}

impl Tier {
    fn price_of(&self, units: u64) -> Decimal {
        self.price * Decimal::from(units.div_ceil(self.block))
    }
}
