//! What can happen to an account: a closed set, each at its second.

use crate::units::{Day, Money, Seconds};

/// Where events go.
pub trait Log {
    /// Takes one event; events come in the order of RULES §4.
    fn record(&mut self, at: Seconds, event: Event);
}

/// Units of one service on one day (RULES §1, §6).
///
/// potential = unintegrated + offered; offered + retried = refused + served; counted = free + billable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Raw calls that are never metered, outside potential.
    pub unmetered: u64,
    /// What the account's users asked for.
    pub potential: u64,
    /// Before activation or integration.
    pub unintegrated: u64,
    /// Reached the service.
    pub offered: u64,
    /// Refused: while suspended, or above the rate limit.
    pub refused: u64,
    /// Of the refused: passed unchecked because the service fails open.
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
    /// Client and server integration are complete.
    Integrated { product: usize },
}

impl Event {
    /// Every kind, in the order of the phases of RULES §4.
    pub const KINDS: [&'static str; 20] = [
        "top_up",
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
        "integrated",
    ];

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        let index = match self {
            Event::ToppedUp { .. } => 0,
            Event::CreditLineSet { .. } => 1,
            Event::VoucherReceived { .. } => 2,
            Event::DayClosed { .. } => 3,
            Event::QuotaEnded { .. } => 4,
            Event::VoucherExpired { .. } => 5,
            Event::QuotaGranted { .. } => 6,
            Event::BillIssued { .. } => 7,
            Event::Deducted { .. } => 8,
            Event::ArrearsStarted { .. } => 9,
            Event::ClockSet { .. } => 10,
            Event::ArrearsCleared => 11,
            Event::DebtMarked { .. } => 12,
            Event::DebtRecovered { .. } => 13,
            Event::Activated { .. } => 14,
            Event::ActivationRefused { .. } => 15,
            Event::Resumed { .. } => 16,
            Event::Suspended { .. } => 17,
            Event::QuotaWiped { .. } => 18,
            Event::Integrated { .. } => 19,
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
