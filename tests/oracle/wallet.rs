//! A balance and what belongs to it: credit line, vouchers, waiting bills, arrears and their clock.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;

#[derive(Default)]
pub struct Wallet {
    pub balance: Decimal,
    pub credit_line: Decimal,
    /// The remainder of `carry`, kept per balance.
    pub carried: Decimal,
    /// Vouchers received, by number.
    pub vouchers: BTreeMap<usize, Voucher>,
    /// Bills that wait (fifo), oldest first.
    pub waiting: VecDeque<WaitingBill>,

    /// Whether a top-up came at this very instant.
    pub topped_up: bool,
    pub arrears: Option<Arrears>,
    /// Bad debt that is marked.
    pub marked: Option<Decimal>,
    /// The first instant since which the resume condition has held without a break.
    pub resumable_since: Option<i64>,
}

pub struct Voucher {
    pub received: i64,
    pub from: i64,
    pub expires: Option<i64>,
    pub rest: Decimal,
}

pub struct WaitingBill {
    pub product: String,
    pub day: i64,
    pub issued: i64,
    pub asks: Decimal,
}

/// Unbroken arrears.
pub struct Arrears {
    /// Their true first instant, under every clock variant.
    pub first: i64,
    pub clock: i64,
    /// The oldest waiting bill (fifo), by product and usage day.
    pub oldest: Option<(String, i64)>,
}

impl Wallet {
    pub fn new(balance: Decimal, credit_line: Decimal) -> Self {
        Wallet { balance, credit_line, ..Wallet::default() }
    }

    /// RULES §6: max(0, −balance), plus in fifo all that waiting bills still ask.
    pub fn debt(&self) -> Decimal {
        let mut debt = (-self.balance).max(Decimal::ZERO);
        for bill in &self.waiting {
            debt += bill.asks;
        }
        debt
    }

    /// Balance and credit line together.
    pub fn at_hand(&self) -> Decimal {
        self.balance + self.credit_line
    }

    /// The oldest waiting bill, which only fifo has, and the instant it was issued.
    pub fn oldest_waiting(&self) -> Option<((String, i64), i64)> {
        let bill = self.waiting.front()?;
        Some(((bill.product.clone(), bill.day), bill.issued))
    }

    /// RULES §2: one voucher a bill, the soonest-expiring among those that cover it all, else the
    /// soonest-expiring; no end date last; ties: earlier received, then number.
    pub fn pay_by_voucher(&mut self, due: Decimal, now: i64, rest_is_lost: bool) -> Decimal {
        if due.is_zero() {
            return Decimal::ZERO; // nothing to pay, no voucher is used
        }
        let mut best = None;
        for (number, voucher) in &self.vouchers {
            let is_over = voucher.expires.is_some_and(|end| end <= now);
            if voucher.rest <= Decimal::ZERO || voucher.from > now || is_over {
                continue;
            }
            let covers_not = voucher.rest < due;
            let end = voucher.expires.unwrap_or(i64::MAX);
            let rank = (covers_not, end, voucher.received, *number);
            if best.is_none_or(|other| rank < other) {
                best = Some(rank);
            }
        }
        let Some((_, _, _, number)) = best else {
            return Decimal::ZERO;
        };
        let voucher = self.vouchers.get_mut(&number).expect("it was just seen");
        let paid = voucher.rest.min(due);
        voucher.rest -= paid;
        if rest_is_lost {
            voucher.rest = Decimal::ZERO;
        }
        paid
    }
}
