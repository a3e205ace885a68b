//! What a quantity costs (RULES §1 and the part of §5 that a day counter needs).

use rust_decimal::Decimal;

pub struct Tier {
    /// Upper bound, inclusive; none in the last tier.
    pub up_to: Option<u64>,
    pub price: Decimal,
}

pub enum Pricing {
    /// Each tier's price applies only to the units inside it.
    Graduated(Vec<Tier>),
    /// Every unit at one price.
    Flat(Decimal),
}

impl Pricing {
    /// The cost of a quantity, counted from zero.
    pub fn cost(&self, quantity: u64) -> Decimal {
        match self {
            Pricing::Flat(price) => *price * Decimal::from(quantity),
            Pricing::Graduated(tiers) => {
                let mut cost = Decimal::ZERO;
                let mut below = 0; // the tier is (below, up_to]
                for tier in tiers {
                    let up_to = tier.up_to.unwrap_or(u64::MAX);
                    if quantity > below {
                        let inside = quantity.min(up_to) - below;
                        cost += tier.price * Decimal::from(inside);
                    }
                    below = up_to;
                }
                cost
            }
        }
    }

    /// The amount of a day (RULES §6, "free units inside the counter"): free units stand outside
    /// the tier counter, or take the first places in it and cost nothing.
    pub fn day_amount(&self, free: u64, billable: u64, inside: bool) -> Decimal {
        if inside { self.cost(free + billable) - self.cost(free) } else { self.cost(billable) }
    }
}
