//! From an exact bill to what is deducted (RULES §2).

use crate::book::Rounding;
use crate::units::{Money, TooLarge};

/// The deduction for a bill of `amount` ≥ 0, in whole `unit`s, and what is carried to the next bill.
///
/// # Errors
/// [`TooLarge`] when the rounded amount does not fit.
#[inline(always)]
pub fn deduction(amount: Money, carried: Money, rounding: Rounding, unit: Money) -> Result<(Money, Money), TooLarge> {
    let unit = unit.units();
    let down = |units: i64| units - units % unit;
    let exact = amount.units();
    let up = |units: i64| if units % unit == 0 { Ok(units) } else { down(units).checked_add(unit).ok_or(TooLarge) };
    let rounded = match rounding {
        Rounding::None => exact,
        Rounding::Truncate => down(exact),
        Rounding::Ceil => up(exact)?,
        Rounding::HalfUp | Rounding::HalfEven => {
            let rest = exact % unit;
            let to_even = rounding == Rounding::HalfEven && (exact / unit) % 2 == 0;
            // Twice the rest against the unit: halves are exact for odd units too. One bill in two goes up, so nothing branches here.
            let is_up = (2 * rest > unit) | (2 * rest == unit) & !to_even;
            (exact - rest).checked_add(unit & i64::from(is_up).wrapping_neg()).ok_or(TooLarge)?
        }
        Rounding::Carry => {
            let together = amount.plus(carried)?.units();
            let deducted = down(together);
            return Ok((Money::from_units(deducted), Money::from_units(together - deducted)));
        }
    };
    Ok((Money::from_units(rounded), carried))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(amount: &str, rounding: Rounding) -> String {
        let amount = Money::parse(amount).expect("an amount");
        let unit = Money::parse("0.01").expect("an amount");
        deduction(amount, Money::ZERO, rounding, unit).expect("fits").0.short()
    }

    #[test]
    fn each_rounding_by_hand() {
        // Half a cent, just below, just above, and an exact cent.
        for (amount, half_up, truncate, ceil, half_even) in [
            ("0.005", "0.01", "0.00", "0.01", "0.00"),
            ("0.015", "0.02", "0.01", "0.02", "0.02"),
            ("0.00499999", "0.00", "0.00", "0.01", "0.00"),
            ("0.00500001", "0.01", "0.00", "0.01", "0.01"),
            ("0.70", "0.70", "0.70", "0.70", "0.70"),
        ] {
            assert_eq!(cents(amount, Rounding::HalfUp), half_up, "{amount} half_up");
            assert_eq!(cents(amount, Rounding::Truncate), truncate, "{amount} truncate");
            assert_eq!(cents(amount, Rounding::Ceil), ceil, "{amount} ceil");
            assert_eq!(cents(amount, Rounding::HalfEven), half_even, "{amount} half_even");
        }
        assert_eq!(cents("0.00499999", Rounding::None), "0.00499999");
    }

    #[test]
    fn carry_deducts_five_cents_in_ten_days_of_one_call() {
        let (unit, bill) = (Money::parse("0.01").expect("an amount"), Money::parse("0.005").expect("an amount"));
        let (mut sum, mut carried) = (Money::ZERO, Money::ZERO);
        for _ in 0..10 {
            let (deducted, rest) = deduction(bill, carried, Rounding::Carry, unit).expect("fits");
            sum = sum.plus(deducted).expect("fits");
            carried = rest;
        }
        assert_eq!((sum.short().as_str(), carried.short().as_str()), ("0.05", "0.00"));
    }

    #[test]
    fn the_largest_amount_cannot_be_rounded_up() {
        let unit = Money::parse("0.01").expect("an amount");
        assert_eq!(deduction(Money::from_units(i64::MAX), Money::ZERO, Rounding::Ceil, unit), Err(TooLarge));
    }
}
