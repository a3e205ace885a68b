//! What can happen to an account: a closed set, each at its second.

use crate::units::{Day, Money, Seconds};

/// Where events go.
pub trait Log {
    /// Takes one event; events come in the order of RULES §4.
    fn record(&mut self, at: Seconds, event: Event);
}

/// Units of one service on one day (RULES §1, §6).
///
/// potential = unintegrated + withheld + offered; offered + retried = refused + served; counted = free + billable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Raw calls that are never metered, outside potential.
    pub unmetered: u64,
    /// What the account's users asked for.
    pub potential: u64,
    /// Before activation or integration.
    pub unintegrated: u64,
    /// Did not come: held back by the price (below zero: attracted by it), stopped, or churned.
    pub withheld: i64,
    /// Of the withheld: the traffic stops while the service is suspended.
    pub stopped: u64,
    /// Of the withheld: the customer has left.
    pub churned: u64,
    /// Reached the service.
    pub offered: u64,
    /// Refused: while suspended, or above the rate limit.
    pub refused: u64,
    /// Of the refused: while suspended.
    pub blocked: u64,
    /// Of the blocked: passed unchecked because the service fails open.
    pub unprotected: u64,
    /// Came again after a suspension; offered on an earlier day.
    pub retried: u64,
    /// Served.
    pub served: u64,
    /// Of the served: metered.
    pub counted: u64,
    /// Of the counted: covered by a free quota.
    pub free: u64,
    /// Of the counted: priced.
    pub billable: u64,
}

/// What happened. `product` and `quota` are indices into the plan's books and their free quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Money was paid into the balance.
    ToppedUp { amount: Money },
    /// A payment was attempted and failed; `hard` until the card is replaced.
    PaymentFailed { amount: Money, hard: bool },
    /// The credit line has a new value.
    CreditLineSet { amount: Money },
    /// A voucher was received.
    VoucherReceived { number: u32, amount: Money },
    /// A day was metered and priced; at 24:00:00 of it.
    DayClosed { product: usize, day: Day, usage: Usage, amount: Money },
    /// A quota expired or lapsed with units left.
    QuotaEnded { product: usize, quota: usize, units: u64 },
    /// A voucher expired with an amount left.
    VoucherExpired { number: u32, amount: Money },
    /// A quota was granted.
    QuotaGranted { product: usize, quota: usize, units: u64 },
    /// A day's bill: exact, rounded, and what a voucher paid of it.
    BillIssued { product: usize, day: Day, free: u64, billable: u64, amount: Money, due: Money, voucher: Money },
    /// The cash of a bill left the balance.
    Deducted { product: usize, day: Day, amount: Money, balance: Money },
    /// Balance + credit went below zero, or a bill waits.
    ArrearsStarted { clock: Seconds, debt: Money },
    /// The clock of unbroken arrears got another value.
    ClockSet { clock: Seconds },
    /// The arrears are over.
    ArrearsCleared,
    /// The debt of this instant was marked as bad.
    DebtMarked { amount: Money },
    /// A marked debt was paid.
    DebtRecovered { amount: Money },
    /// The product was activated.
    Activated { product: usize },
    /// The activation was due but the account is in arrears.
    ActivationRefused { product: usize },
    /// The service runs again.
    Resumed { product: usize },
    /// The service stopped for arrears.
    Suspended { product: usize },
    /// An unused quota was wiped after a long suspension.
    QuotaWiped { product: usize, quota: usize, units: u64 },
    /// The customer has left for good.
    Churned,
    /// Client and server integration are complete.
    Integrated { product: usize },
}

impl Event {
    /// Every kind, in the order of the phases of RULES §4.
    pub const KINDS: [&'static str; 22] = [
        "top_up",
        "payment_failed",
        "credit_line",
        "voucher_received",
        "day_closed",
        "quota_ended",
        "voucher_expired",
        "quota_granted",
        "bill_issued",
        "deducted",
        "arrears_started",
        "clock_set",
        "arrears_cleared",
        "debt_marked",
        "debt_recovered",
        "activated",
        "activation_refused",
        "resumed",
        "suspended",
        "quota_wiped",
        "churned",
        "integrated",
    ];

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        let index = match self {
            Event::ToppedUp { .. } => 0,
            Event::PaymentFailed { .. } => 1,
            Event::CreditLineSet { .. } => 2,
            Event::VoucherReceived { .. } => 3,
            Event::DayClosed { .. } => 4,
            Event::QuotaEnded { .. } => 5,
            Event::VoucherExpired { .. } => 6,
            Event::QuotaGranted { .. } => 7,
            Event::BillIssued { .. } => 8,
            Event::Deducted { .. } => 9,
            Event::ArrearsStarted { .. } => 10,
            Event::ClockSet { .. } => 11,
            Event::ArrearsCleared => 12,
            Event::DebtMarked { .. } => 13,
            Event::DebtRecovered { .. } => 14,
            Event::Activated { .. } => 15,
            Event::ActivationRefused { .. } => 16,
            Event::Resumed { .. } => 17,
            Event::Suspended { .. } => 18,
            Event::QuotaWiped { .. } => 19,
            Event::Churned => 20,
            Event::Integrated { .. } => 21,
        };
        Event::KINDS[index]
    }

    /// The product it concerns, if it concerns one.
    pub fn product(&self) -> Option<usize> {
        match self {
            Event::DayClosed { product, .. }
            | Event::QuotaEnded { product, .. }
            | Event::QuotaGranted { product, .. }
            | Event::BillIssued { product, .. }
            | Event::Deducted { product, .. }
            | Event::Activated { product }
            | Event::ActivationRefused { product }
            | Event::Resumed { product }
            | Event::Suspended { product }
            | Event::QuotaWiped { product, .. }
            | Event::Integrated { product } => Some(*product),
            _ => None,
        }
    }
}
