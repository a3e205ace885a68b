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
