//! Prices of a counter at a glance: of graduated tiers without blocks, whose cumulative cost is a chain of straight lines.
//! Must not know what a tier is besides.

use crate::units::Money;

/// Where a line is found by the length of a number, and what it says there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quick {
    /// By the number of binary digits of the units: the first tier that they can reach.
    first: [u16; 65],
    /// How many bounds can lie between numbers of one length, at most.
    steps: usize,
    /// Upper bounds, inclusive; the last is the largest count there is.
    bounds: Box<[u64]>,
    /// Cost at zero units, in arithmetic modulo 2⁶⁴, and price.
    lines: Box<[(i64, i64)]>,
    /// The most units that have a quick answer: the cost of so many fits.
    most: u64,
}

impl Quick {
    /// Of tiers with these upper bounds and lines; a tier without a line leaves no quick answer.
    pub(super) fn new(bounds: &[u64], lines: impl Iterator<Item = Option<(i128, i64)>>) -> Quick {
        let lines: Option<Vec<(i128, i64)>> = lines.collect();
        let lines = lines.filter(|lines| lines.len() < usize::from(u16::MAX)).unwrap_or_default();
        // Costs rise with the units: where the last tier is reached by a cost that fits, all below it fit too.
        let low = bounds.len().checked_sub(2).map_or(0, |below| bounds[below]);
        let most = lines.last().map_or(0, |(at_zero, price)| {
            let room = i128::from(i64::MAX) - at_zero;
            let fits = if *price == 0 { i128::from(u64::MAX) } else { room / i128::from(*price) };
            if room >= i128::from(*price) * i128::from(low) { u64::try_from(fits).unwrap_or(u64::MAX) } else { 0 }
        });
        let reaches = |units: u64| bounds.iter().take_while(|bound| units > **bound).count();
        let shortest = |digits: usize| if digits == 0 { 0 } else { 1 << (digits - 1) };
        let longest = |digits: usize| if digits == 64 { u64::MAX } else { (1 << digits) - 1 };
        let steps = (0..=64).map(|digits| reaches(longest(digits)) - reaches(shortest(digits))).max().unwrap_or(0);
        Quick {
            first: std::array::from_fn(|digits| u16::try_from(reaches(shortest(digits))).unwrap_or(0)),
            steps,
            bounds: bounds.into(),
            // What wraps here wraps back when the units are added, as long as their cost fits.
            lines: lines.iter().map(|(at_zero, price)| (*at_zero as i64, *price)).collect(),
            most,
        }
    }

    /// The tier that units reach and what they cost together; `None`: to be found out the long way.
    #[inline(always)]
    pub(super) fn of(&self, units: u64) -> Option<(usize, Money)> {
        if units > self.most {
            return None;
        }
        let mut tier = usize::from(self.first[(u64::BITS - units.leading_zeros()) as usize]);
        for _ in 0..self.steps {
            tier += usize::from(units > self.bounds[tier]);
        }
        let (at_zero, price) = *self.lines.get(tier)?;
        let cost = at_zero.wrapping_add(price.wrapping_mul(units as i64));
        // A fee is for units.
        Some((tier, Money::from_units(if units == 0 { 0 } else { cost })))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tariff;
    use crate::book::Tier;
    use crate::units::Money;

    fn tier(up_to: Option<u64>, price: &str, fee: &str, block: u64) -> Tier {
        let money = |text| Money::parse(text).expect("an amount");
        Tier { fee: money(fee), block, ..Tier::plain(up_to, money(price)) }
    }

    /// At every bound and beside it, near the largest amount, and where there is no quick answer.
    #[test]
    fn quick_prices_are_those_of_the_tariff() {
        let books = [
            vec![tier(Some(100), "0.005", "0", 1), tier(Some(1_000), "0.002", "0", 1), tier(None, "0.0008", "0", 1)],
            vec![
                tier(Some(3), "0", "0", 1),
                tier(Some(5), "2", "8", 1),
                tier(Some(6), "1", "0", 1),
                tier(None, "0", "1", 1),
            ],
            vec![tier(None, "90000000000", "0", 1)],
            vec![tier(Some(1 << 40), "80000", "0", 1), tier(None, "0.00000001", "5", 1)],
            vec![tier(Some(1_000), "1", "0", 100), tier(None, "0.5", "0", 1)],
        ];
        for tiers in books {
            let tariff = Tariff::new(&tiers);
            let bounds = tiers.iter().filter_map(|tier| tier.up_to).chain([1, 1 << 62, 1_152_921, 9_223_372_036_854]);
            let units = bounds.flat_map(|bound| (0..300).flat_map(move |d| [bound + d, bound.saturating_sub(d)]));
            for units in units.chain((0..64).map(|bits| u64::MAX >> bits)) {
                let slow = tariff.cost(units).ok().map(|cost| (tariff.reach(units).tier, cost));
                assert_eq!(tariff.quick(units), slow, "{units} units of {tiers:?}");
            }
        }
    }
}
