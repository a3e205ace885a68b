//! How customers respond, compiled: who pays, how payments fail, who leaves. Formulas: docs/MODEL.md.

use crate::scenario::ReactsTo;
use crate::units::{Money, Seconds, Share};

/// Who pays when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payer {
    /// Nothing beside the ledger.
    Never,
    /// Pays `amount`, `delay` after the balance went `below`, until it no longer is.
    AutoRecharge {
        /// Threshold.
        below: Money,
        /// Each payment.
        amount: Money,
        /// From cause to payment.
        delay: Seconds,
    },
    /// Pays `amount` at `first` and every `every` after it.
    Periodic {
        /// First payment.
        first: Seconds,
        /// Between payments.
        every: Seconds,
        /// Each payment.
        amount: Money,
    },
    /// Pays the debt and `extra` a lognormal time after it noticed.
    AfterDelay {
        /// What it notices.
        to: ReactsTo,
        /// Median of the delay in seconds.
        median: f64,
        /// Log standard deviation of the delay.
        sigma: f64,
        /// Paid beside the debt.
        extra: Money,
    },
}

/// How payments fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Payments {
    /// Probability that a first attempt fails.
    pub soft_failure: Share,
    /// Further attempts in order of time.
    pub retries: Vec<Retry>,
    /// Median in seconds and log standard deviation of the time from the last failure to a payment by other means.
    pub by_hand: Option<(f64, f64)>,
    /// When every attempt fails.
    pub card_down: Option<CardDown>,
}

/// A further attempt of a failed payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// From the first attempt.
    pub after: Seconds,
    /// Probability that it succeeds.
    pub success: Share,
}

/// Intervals without a valid card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardDown {
    /// Mean time from a replacement to the next interval, in seconds.
    pub gap: f64,
    /// Median of the length in seconds.
    pub median: f64,
    /// Log standard deviation of the length.
    pub sigma: f64,
}

/// Hazards of leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    /// Of each day of age.
    pub by_age: Vec<f64>,
    /// Of a day at whose close a service is suspended.
    pub suspended_day: f64,
    /// Of an unusual bill.
    pub bill_shock: Option<BillShock>,
}

/// Hazard of a bill far above the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BillShock {
    /// Of a bill beyond all measure.
    pub most: f64,
    /// Bill over the mean of the earlier ones at which it is half of `most`.
    pub ratio: f64,
    /// Slope in the log of the ratio.
    pub steepness: f64,
}

impl Payments {
    /// Share of payments that are made at the first attempt or a retry, while the card works: 1 − Π(1 − pᵢ).
    pub fn recovered(&self) -> f64 {
        let lost = self.retries.iter().map(|retry| 1.0 - retry.success.approx());
        1.0 - self.soft_failure.approx() * lost.product::<f64>()
    }
}

impl BillShock {
    /// Hazard of a bill of `ratio` times the mean of the earlier ones.
    #[inline]
    pub fn hazard(&self, ratio: f64) -> f64 {
        if ratio <= 0.0 { 0.0 } else { self.most / (1.0 + power(self.ratio / ratio, self.steepness)) }
    }
}

/// Steps of a power with a whole exponent that cost less than the function.
const FEW_STEPS: f64 = 16.0;

/// base ^ exponent; a small whole exponent, as nearly always, by multiplication: this is asked once an account-day.
#[inline]
fn power(base: f64, exponent: f64) -> f64 {
    // What is out of range is cast to a bound, and is no whole exponent then.
    let steps = exponent as u32;
    if f64::from(steps) == exponent && exponent <= FEW_STEPS {
        (0..steps).fold(1.0, |power, _| power * base)
    } else {
        libm::pow(base, exponent)
    }
}

/// Who buys packages, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buyer {
    /// Share of accounts that buy.
    pub share: Share,
    /// Days that a package should last.
    pub covers: f64,
    /// Share of the last grant or package at which it buys again.
    pub reorder_at: Share,
    /// Median in seconds and log standard deviation of the time to the payment.
    pub delay: (f64, f64),
    /// Whether it tops up what is missing.
    pub pays: bool,
}

/// Who switches pay-as-you-go on after a suspension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Switcher {
    /// Share of accounts that do.
    pub share: Share,
    /// Median in seconds and log standard deviation of the time from the suspension.
    pub delay: (f64, f64),
}
