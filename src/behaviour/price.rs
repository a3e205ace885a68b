//! The response of demand to prices: offered = floor(potential × m + u), m = (p / p of the reference book)^elasticity.

use crate::rules::{Month, Product};
use crate::units::{Day, Seconds, TooLarge};

/// The part of potential demand that reaches the service, with 32 binary places; computed once for an account and price period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceResponse {
    factor: u64,
}

/// Ratios of prices outside of this range count as its ends: a price from or to nothing has no ratio.
const RATIOS: (f64, f64) = (1e-3, 1e3);
/// Largest factor: demand grows at most a thousandfold.
const MOST: f64 = 1e3;
const ONE: f64 = 4_294_967_296.0;

impl PriceResponse {
    /// Of an account that was opened at `opened` and whose mean day has these `raw` units of each meter; at the prices of a day in a
    /// month.
    ///
    /// # Errors
    /// [`TooLarge`] when that day's price does not fit.
    pub fn new(
        (raw, elasticity): (&[u64], f64),
        (new, reference): (&Product, &Product),
        (day, month): (Day, Month),
        opened: Seconds,
    ) -> Result<PriceResponse, TooLarge> {
        let (price, before) =
            (new.average_price(raw, day, month, opened)?, reference.average_price(raw, day, month, opened)?);
        let ratio = if price == before { 1.0 } else { (price / before).clamp(RATIOS.0, RATIOS.1) };
        let factor = libm::pow(ratio, elasticity).min(MOST);
        Ok(PriceResponse { factor: (factor * ONE) as u64 })
    }

    /// What of a day's potential units comes; `fraction` are 32 random bits.
    pub fn of(self, potential: u64, fraction: u32) -> u64 {
        let wanted = (u128::from(potential) * u128::from(self.factor) + u128::from(fraction)) >> 32;
        u64::try_from(wanted).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::plan::compile;
    use crate::rules::Terms;
    use crate::scenario::{Overrides, load_text};
    use crate::text::Sources;

    /// 0.005 up to 100 units, then another price, in units of 1e-8.
    fn product(price: i64) -> Product {
        let text = format!(
            "start = 2026-01-01\ndays = 1\n[books.calls]\n[[books.calls.meters]]\nid = \"m\"\npricing = \"graduated\"\n\
             tiers = [{{ up_to = 100, price = 0.005 }}, {{ up_to = \"unlimited\", price = {:.8} }}]\n[[segments]]\nid = \"s\"\n\
             accounts = 1\nproducts.calls.demand = {{ kind = \"constant\", units = 1 }}\n",
            price as f64 / 1e8
        );
        let mut sources = Sources::default();
        let scenario = load_text(&text, Path::new("s.toml"), &Overrides::default(), &mut sources).expect("a scenario");
        Terms::new(&compile(&scenario)).products.remove(0)
    }

    /// The response to the prices of a day, where 0.002 is the reference.
    fn at_prices(level: f64, elasticity: f64, new: &Product) -> Result<PriceResponse, TooLarge> {
        let reference = product(200_000);
        PriceResponse::new(
            (&[level.round() as u64], elasticity),
            (new, &reference),
            (0, Month { first: 0, ends: false }),
            0,
        )
    }

    /// 200 calls cost 0.70 before and 0.60 when the second tier is halved: m = (0.60 / 0.70)^−1 = 1.1667; 0.90 when it is doubled:
    /// m = 0.7778. Nothing changes without an elasticity, or at the same price.
    #[test]
    fn demand_follows_the_average_price_of_the_mean_day() {
        let of = |price, elasticity| {
            let response = at_prices(200.0, elasticity, &product(price)).expect("fits");
            response.of(10_000, 0)
        };
        assert_eq!(of(100_000, -1.0), 11_666);
        assert_eq!(of(400_000, -1.0), 7_777);
        assert_eq!(of(400_000, 0.0), 10_000);
        assert_eq!(of(200_000, -1.0), 10_000);
    }

    proptest::proptest! {
        /// More expensive never gives more.
        #[test]
        fn a_higher_price_never_attracts(
            level in 1.0_f64..1e6, elasticity in -5.0_f64..0.0, a in 1_i64..1_000_000, b in 1_i64..1_000_000,
            potential in 0_u64..1_000_000_000, fraction in proptest::prelude::any::<u32>()
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let wanted = |units| {
                let response = at_prices(level, elasticity, &product(units)).expect("fits");
                response.of(potential, fraction)
            };
            proptest::prop_assert!(wanted(high) <= wanted(low));
        }
    }
}
