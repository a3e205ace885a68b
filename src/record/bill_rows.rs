//! The lines of a bill: what was free, and each tier's units at its price. Their sum is the bill.

use crate::rules::Product;
use crate::units::{Day, Money, Seconds, TooLarge};

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Units covered by free quotas.
    Free,
    /// Units inside a tier, counted from 1.
    Tier(usize),
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
    /// Index of the product.
    pub product: usize,
    /// The day that is billed.
    pub day: Day,
    /// When the bill was issued.
    pub issued: Seconds,
    /// What the line is for.
    pub kind: LineKind,
    /// Units of the line.
    pub units: u64,
    /// Price of each.
    pub price: Money,
    /// Units × price.
    pub amount: Money,
    /// The whole bill, exact.
    pub bill_amount: Money,
    /// The whole bill as deducted.
    pub bill_due: Money,
    /// What a voucher paid of the whole bill.
    pub bill_voucher: Money,
}

/// What a bill says of a day, before it is spread over lines.
#[derive(Clone, Copy, Debug)]
pub struct BilledDay {
    pub free: u64,
    pub billable: u64,
}

impl BilledDay {
    /// Kind, units, price and amount of each line.
    ///
    /// # Errors
    /// [`TooLarge`] when an amount does not fit.
    pub fn lines(self, product: &Product) -> Result<Vec<(LineKind, u64, Money, Money)>, TooLarge> {
        let mut lines = vec![];
        if self.free > 0 {
            lines.push((LineKind::Free, self.free, Money::ZERO, Money::ZERO));
        }
        let after = if product.free_inside { self.free } else { 0 };
        for line in product.tariff.lines(after, self.billable)? {
            lines.push((LineKind::Tier(line.tier + 1), line.units, line.price, line.amount));
        }
        Ok(lines)
    }
}
