//! Money as an integer count of 1e-8. What does not fit is refused, never wrapped or rounded in silence.

use std::fmt;
use std::iter::Sum;
use std::ops::{AddAssign, SubAssign};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Decimals that money and unit prices carry (RULES, head).
pub const DECIMALS: u32 = 8;
/// One unit of currency in [`Money`]'s integers.
pub const ONE: i64 = 100_000_000;

/// An amount of one account, exact to 1e-8, at most about ± 92 billion.
///
/// ```
/// use billsim::units::Money;
/// let price = Money::parse("0.0008").unwrap();
/// assert_eq!(price.times(9_000).unwrap().to_string(), "7.20000000");
/// assert!(Money::parse("0.000000001").is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// An amount outside the range of [`Money`], about ± 92 billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount does not fit (money is kept up to 92 233 720 368.54775807)")]
pub struct TooLarge;

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than 8 decimals.
    #[error("more than 8 decimals")]
    TooFine,
    /// Outside the range.
    #[error("too large: money is kept up to 92 233 720 368.54775807")]
    TooLarge,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// The largest amount.
    pub const MAX: Money = Money(i64::MAX);
    /// The lowest amount.
    pub const MIN: Money = Money(i64::MIN);

    /// From a count of 1e-8.
    pub const fn from_units(units: i64) -> Money {
        Money(units)
    }

    /// The count of 1e-8.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Reads a decimal text exactly; `1_000.50`, `5e-3` and a leading sign are understood.
    ///
    /// # Errors
    /// Not a number, more than 8 decimals, or out of range.
    pub fn parse(text: &str) -> Result<Money, BadMoney> {
        let plain: String = text.chars().filter(|c| *c != '_').collect();
        let plain = plain.strip_prefix('+').unwrap_or(&plain);
        let value = if plain.contains(['e', 'E']) {
            Decimal::from_scientific(plain).map_err(|_| BadMoney::NotANumber)?
        } else {
            Decimal::from_str_exact(plain).map_err(|error| match error {
                rust_decimal::Error::Underflow => BadMoney::TooFine,
                rust_decimal::Error::ExceedsMaximumPossibleValue => BadMoney::TooLarge,
                _ => BadMoney::NotANumber,
            })?
        };
        let value = value.normalize();
        if value.scale() > DECIMALS {
            return Err(BadMoney::TooFine);
        }
        let factor = 10_i128.pow(DECIMALS - value.scale());
        let units = value.mantissa().checked_mul(factor).ok_or(BadMoney::TooLarge)?;
        i64::try_from(units).map(Money).map_err(|_| BadMoney::TooLarge)
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`TooLarge`] when the sum does not fit.
    #[inline]
    pub fn plus(self, other: Money) -> Result<Money, TooLarge> {
        self.0.checked_add(other.0).map(Money).ok_or(TooLarge)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`TooLarge`] when the difference does not fit.
    #[inline]
    pub fn minus(self, other: Money) -> Result<Money, TooLarge> {
        self.0.checked_sub(other.0).map(Money).ok_or(TooLarge)
    }

    /// `self × count`.
    ///
    /// # Errors
    /// [`TooLarge`] when the product does not fit.
    #[inline]
    pub fn times(self, count: u64) -> Result<Money, TooLarge> {
        i64::try_from(count).ok().and_then(|n| self.0.checked_mul(n)).map(Money).ok_or(TooLarge)
    }

    /// A price at a discount, rounded up to 1e-8 (RULES §5).
    #[must_use]
    pub fn discounted(self, discount: super::Share) -> Money {
        let (price, one) = (i128::from(self.0), i128::from(ONE));
        let left = price * i128::from(ONE - discount.units());
        // No larger than the price itself.
        Money(i64::try_from((left + one - 1).div_euclid(one)).unwrap_or(self.0))
    }

    /// `self × part / whole`, rounded half-up to 1e-8.
    ///
    /// # Errors
    /// [`TooLarge`] when that does not fit.
    pub fn part(self, part: u64, whole: u64) -> Result<Money, TooLarge> {
        let (product, whole) = (i128::from(self.0) * i128::from(part), i128::from(whole.max(1)));
        i64::try_from((2 * product + whole).div_euclid(2 * whole)).map(Money).map_err(|_| TooLarge)
    }

    /// floor(self × part / whole): what has been used of something paid for.
    #[must_use]
    pub fn used(self, part: u64, whole: u64) -> Money {
        let product = i128::from(self.0) * i128::from(part.min(whole));
        Money(i64::try_from(product.div_euclid(i128::from(whole.max(1)))).unwrap_or(self.0))
    }

    /// The negative of an amount, zero if it is positive: what is missing.
    pub fn shortfall(self) -> Money {
        Money(self.0.min(0).saturating_neg())
    }

    /// With at least two decimals and no trailing zeros beyond them: `0.70`, `2.3008`.
    pub fn short(self) -> String {
        Total::from(self).short()
    }

    /// As a decimal, for the borders.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, DECIMALS)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.decimal(), f)
    }
}

/// A sum over many accounts: exact in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Total(i128);

impl Total {
    /// From a count of 1e-8.
    pub const fn from_units(units: i128) -> Total {
        Total(units)
    }

    /// The count of 1e-8.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// With at least two decimals and no trailing zeros beyond them.
    pub fn short(self) -> String {
        let full = self.to_string();
        let kept = full.trim_end_matches('0');
        let decimals = kept.rsplit('.').next().map_or(0, str::len);
        format!("{kept}{}", "0".repeat(2_usize.saturating_sub(decimals)))
    }

    /// Currency units as a float: for pictures and ratios only, never to compute money with.
    pub fn approx(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}

impl From<Money> for Total {
    fn from(money: Money) -> Total {
        Total(i128::from(money.0))
    }
}

impl AddAssign<Money> for Total {
    #[inline]
    fn add_assign(&mut self, money: Money) {
        self.0 += i128::from(money.0);
    }
}

impl SubAssign<Money> for Total {
    #[inline]
    fn sub_assign(&mut self, money: Money) {
        self.0 -= i128::from(money.0);
    }
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Total) {
        self.0 += other.0;
    }
}

impl Sum for Total {
    fn sum<I: Iterator<Item = Total>>(totals: I) -> Total {
        totals.fold(Total::default(), |mut sum, total| {
            sum += total;
            sum
        })
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = ONE.unsigned_abs() as u128;
        let magnitude = self.0.unsigned_abs();
        let text = format!("{}.{:08}", magnitude / one, magnitude % one);
        f.pad_integral(self.0 >= 0, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_what_is_written() {
        for (text, units) in [
            ("0.005", 500_000),
            ("-1.5", -150_000_000),
            ("+2", 200_000_000),
            ("1_000", 100_000_000_000),
            ("5e-3", 500_000),
            ("0.00000001", 1),
            ("0.100000000", 10_000_000),
        ] {
            assert_eq!(Money::parse(text), Ok(Money::from_units(units)), "{text}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert_eq!(Money::parse("0.000000001"), Err(BadMoney::TooFine));
        assert_eq!(Money::parse("92233720369"), Err(BadMoney::TooLarge));
        assert_eq!(Money::parse("free"), Err(BadMoney::NotANumber));
        assert_eq!(Money::parse(""), Err(BadMoney::NotANumber));
        assert_eq!(Money::from_units(i64::MAX).plus(Money::from_units(1)), Err(TooLarge));
        assert_eq!(Money::from_units(2).times(u64::MAX), Err(TooLarge));
    }

    #[test]
    fn prints_plain_decimals() {
        assert_eq!(Money::from_units(-1).to_string(), "-0.00000001");
        assert_eq!(Total::from_units(-150_000_000).to_string(), "-1.50000000");
        assert_eq!(Total::from_units(70_000_000).short(), "0.70");
        assert_eq!(Total::from_units(230_080_000).short(), "2.3008");
        assert_eq!(Total::from_units(0).short(), "0.00");
    }
}
