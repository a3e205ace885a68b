//! The lines of a bill: what was free, and each tier's units at its price. Their sum is the bill.

use crate::book::Period;
use crate::rules::{Place, Product, Usage};
use crate::units::{Day, Money, Seconds, TooLarge};

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// Units covered by free quotas.
    Free,
    /// Units covered by the trial or packages.
    Package,
    /// Units inside a tier, counted from 1.
    Tier(usize),
    /// What a minimum adds, a maximum or a part of a unit that a package covered takes away.
    Adjustment,
}

impl LineKind {
    /// What tables call it.
    pub fn word(self) -> &'static str {
        match self {
            LineKind::Free => "free",
            LineKind::Package => "package",
            LineKind::Tier(_) => "tier",
            LineKind::Adjustment => "adjustment",
        }
    }
}

/// A line before it has a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Index of the product.
    pub product: usize,
    /// Index of the meter.
    pub meter: usize,
    /// The day that is billed.
    pub day: Day,
    /// What the line is for.
    pub kind: LineKind,
    /// Units of the line.
    pub units: u64,
    /// Price of each, or of each block.
    pub price: Money,
    /// What it costs.
    pub amount: Money,
}

/// A row of the bills table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Replication, from 0.
    pub replication: u32,
    /// Index of the segment.
    pub segment: usize,
    /// Index of the account within the segment.
    pub index: u64,
    /// When the bill was issued.
    pub issued: Seconds,
    /// What it is for.
    pub line: Line,
    /// The whole bill, exact.
    pub bill_amount: Money,
    /// The whole bill as deducted.
    pub bill_due: Money,
    /// What a voucher paid of the whole bill.
    pub bill_voucher: Money,
}

/// The lines of a meter's day; they add up to its amount.
///
/// # Errors
/// [`TooLarge`] when an amount does not fit.
pub fn lines_of_day(
    product: &Product,
    (index, meter, day): (usize, usize, Day),
    usage: &Usage,
    amount: Money,
    place: Place,
) -> Result<Vec<Line>, TooLarge> {
    let line = |kind, units, price, amount| Line { product: index, meter, day, kind, units, price, amount };
    let mut lines = vec![];
    for (kind, units) in [(LineKind::Free, usage.free), (LineKind::Package, usage.package)] {
        if units > 0 {
            lines.push(line(kind, units, Money::ZERO, Money::ZERO));
        }
    }
    let tariff = product.tariff(meter, place);
    let late = tariff.is_volume() && product.book.meters[meter].counter == Period::Month;
    let (after, units) = match late {
        true if amount == Money::ZERO => (0, 0),
        true => (0, place.before + usage.billable),
        false => (place.before + if product.free_inside { usage.free } else { 0 }, usage.billable),
    };
    let mut rest = amount;
    for tier in tariff.lines(after, units)? {
        rest = rest.minus(tier.amount)?;
        lines.push(line(LineKind::Tier(tier.tier + 1), tier.units, tier.price, tier.amount));
    }
    if rest != Money::ZERO {
        lines.push(line(LineKind::Adjustment, 0, Money::ZERO, rest));
    }
    Ok(lines)
}
