//! Shares in [0, 1] with 8 decimals, applied to counts in exact integer arithmetic.

use std::fmt;

use super::money::{Money, ONE};

/// A fraction of a count; `of` rounds down.
///
/// ```
/// use billsim::units::{Money, Share};
/// let share = Share::from_money(Money::parse("0.29").unwrap()).unwrap();
/// assert_eq!(share.of(100), 29); // 0.29 × 100 is 28.999… in binary floating point
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

impl Share {
    /// Nothing.
    pub const NONE: Share = Share(0);
    /// Everything.
    pub const ALL: Share = Share(ONE as u32);

    /// From a decimal in [0, 1]; `None` outside.
    pub fn from_money(value: Money) -> Option<Share> {
        u32::try_from(value.units()).ok().map(Share).filter(|share| *share <= Share::ALL)
    }

    /// floor(count × share).
    #[inline]
    pub fn of(self, count: u64) -> u64 {
        // The defaults, without the division: this is asked once an account-day.
        if self == Share::NONE {
            return 0;
        }
        if self == Share::ALL {
            return count;
        }
        // Nearly always: one multiplication and a division by a constant.
        if let Some(product) = count.checked_mul(u64::from(self.0)) {
            return product / ONE.unsigned_abs();
        }
        let product = u128::from(count) * u128::from(self.0) / ONE.unsigned_abs() as u128;
        u64::try_from(product).expect("a share of a u64 is no larger than it")
    }

    /// The sum of two; `None` above everything.
    pub fn plus(self, other: Share) -> Option<Share> {
        self.0.checked_add(other.0).map(Share).filter(|share| *share <= Share::ALL)
    }

    /// In units of 1e-8.
    pub const fn units(self) -> i64 {
        self.0 as i64
    }

    /// As a float in [0, 1]: for comparing with a uniform draw.
    pub fn approx(self) -> f64 {
        f64::from(self.0) / ONE as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Money::from_units(i64::from(self.0)).decimal().normalize().to_string();
        f.pad(&text)
    }
}
