//! Money: exact decimals, and how a bill becomes a deduction (RULES §2).

use rust_decimal::Decimal;

/// How the exact amount of a bill becomes the amount to deduct (RULES §2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    HalfUp,
    Truncate,
    Ceil,
    HalfEven,
    None,
    Carry,
}

/// The amount with 8 decimals, as every output line shows it. Zero has no sign.
pub fn show(amount: Decimal) -> String {
    if amount.is_zero() {
        return "0.00000000".to_string();
    }
    format!("{amount:.8}")
}

/// A number that is not negative, with up to 8 decimals, as a whole count of 1e-8.
pub fn to_count(number: Decimal) -> u128 {
    let mut scaled = number.normalize();
    assert!(scaled.scale() <= 8, "{number} has up to 8 decimals");
    scaled.rescale(8);
    u128::try_from(scaled.mantissa()).expect("the number is not negative")
}

pub fn from_count(count: u128) -> Decimal {
    Decimal::from_i128_with_scale(i128::try_from(count).expect("money fits"), 8)
}

/// RULES §7, fractional cover: half-up(price × part / whole) to 1e-8.
pub fn price_of_part(price: Decimal, part: u64, whole: u64) -> Decimal {
    let (part, whole) = (u128::from(part), u128::from(whole));
    from_count((2 * to_count(price) * part + whole) / (2 * whole))
}

/// The amount to deduct for a bill, and what is carried to the next one (RULES §2).
///
/// `carried` is the remainder before this bill; only `carry` reads or changes it.
pub fn deduction(bill: Decimal, carried: Decimal, unit: Decimal, rounding: Rounding) -> (Decimal, Decimal) {
    let whole = |amount: Decimal| amount - amount % unit;
    let rest = bill % unit;
    match rounding {
        Rounding::None => (bill, carried),
        Rounding::Truncate => (whole(bill), carried),
        Rounding::Ceil if rest.is_zero() => (bill, carried),
        Rounding::Ceil => (whole(bill) + unit, carried),
        Rounding::HalfUp if rest + rest >= unit => (whole(bill) + unit, carried),
        Rounding::HalfUp => (whole(bill), carried),
        Rounding::HalfEven => {
            let is_even = (whole(bill) % (unit + unit)).is_zero();
            let up = rest + rest > unit || (rest + rest == unit && !is_even);
            (whole(bill) + if up { unit } else { Decimal::ZERO }, carried)
        }
        Rounding::Carry => {
            let due = whole(bill + carried);
            (due, bill + carried - due)
        }
    }
}
