//! What can happen to an account: a closed set, each at its second.

use super::straight::QuietRun;
use super::terms::Place;
use crate::text::keys::words;
use crate::units::{Day, Money, Seconds};

/// Where events go.
pub trait Log {
    /// Takes one event; events come in the order of RULES §4.
    fn record(&mut self, at: Seconds, event: Event);

    /// Takes quiet days, whose events are those that they tell; `bill_at` tells when the bill for a day was due.
    #[inline]
    fn quiet_run(&mut self, run: &QuietRun<'_>, bill_at: impl Fn(Day) -> Seconds) {
        run.tell(bill_at, |at, event| self.record(at, event));
    }

    /// Takes the close of a meter's day of which nothing was asked.
    #[inline]
    fn idle_day(&mut self, at: Seconds, idle: IdleDay) {
        self.record(at, idle.event());
    }

    /// Whether it wants to hear of every slot in which an allowance was drawn from.
    fn wants_draws(&self) -> bool {
        false
    }
}

/// A meter's day of which nothing was asked: the close of it.
#[derive(Clone, Copy, Debug)]
pub struct IdleDay {
    /// Index of the product.
    pub product: usize,
    /// Index of the meter.
    pub meter: usize,
    /// Which day.
    pub day: Day,
    /// Where units would have stood in the price.
    pub place: Place,
}

impl IdleDay {
    /// The same as an event.
    pub fn event(self) -> Event {
        let IdleDay { product, meter, day, place } = self;
        Event::DayClosed { product, meter, day, usage: Usage::default(), amount: Money::ZERO, place }
    }
}

/// Units of one meter on one day (RULES §1, §6, §7): raw units up to `served`, units of price from `counted` on.
///
/// potential = unintegrated + withheld + offered; offered + retried = refused + served;
/// counted = free + package + written off + billable.
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
    /// Of the counted: covered by the trial or a package.
    pub package: u64,
    /// Of the counted: beyond all allowances of an account that was suspended for it.
    pub written_off: u64,
    /// Of the counted: priced.
    pub billable: u64,
}

words! {
    /// What switched pay-as-you-go on.
    pub enum Cause {
        Opening = "opening": "\"do not suspend\" was chosen at the opening.",
        Hand = "hand": "the customer switched it on later.",
        Automatic = "automatic": "the allowances ended.",
    }
}

words! {
    /// How an allowance ended.
    pub enum Ending {
        UsedUp = "used_up": "nothing is left.",
        Expired = "expired": "its time is over.",
        Wiped = "wiped": "after a long suspension for arrears.",
    }
}

words! {
    /// Why a service is suspended.
    pub enum Reason {
        Arrears = "arrears": "the grace period has run out.",
        Ended = "ended": "its allowances have ended and pay-as-you-go is off.",
    }
}

words! {
    /// Why a package was not sold.
    pub enum Refusal {
        NotOpen = "not_open": "the product is not open yet.",
        Arrears = "arrears": "the account is in arrears.",
        Funds = "funds": "balance and credit do not cover the price.",
    }
}

/// What happened. `product`, `meter` and `quota` are indices into the plan's books; `of` is the product whose balance it is, `None`
/// where an account has one balance. An allowance's `number` is 0 for the trial, 1, 2, … for packages in the order of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Money was paid into the balance.
    ToppedUp { of: Option<usize>, amount: Money },
    /// A payment was attempted and failed; `hard` until the card is replaced.
    PaymentFailed { of: Option<usize>, amount: Money, hard: bool },
    /// The credit line has a new value.
    CreditLineSet { of: Option<usize>, amount: Money },
    /// A voucher was received.
    VoucherReceived { of: Option<usize>, number: u32, amount: Money },
    /// Pay-as-you-go is on from here on.
    PayAsYouGo { product: usize, cause: Cause },
    /// Switching it on was refused: the product is not open.
    SwitchRefused { product: usize },
    /// The trial was granted.
    AllowanceGranted { product: usize, number: u32, units: u64, ends: Seconds },
    /// A package was paid: exact price, what left the balance, and the balance after it.
    Purchased { product: usize, number: u32, units: u64, amount: Money, due: Money, balance: Money },
    /// A package was not sold.
    PurchaseRefused { product: usize, units: u64, reason: Refusal },
    /// A package takes effect.
    PackageEffective { product: usize, number: u32, ends: Seconds },
    /// An allowance gave units for a meter in a slot; only for those who ask for it.
    Drawn { product: usize, meter: usize, number: u32, units: u64, given: u64 },
    /// What an allowance gave for a meter on a day: whole units covered, and units of the allowance.
    Covered { product: usize, day: Day, number: u32, meter: usize, units: u64, given: u64 },
    /// A meter's day was priced; at 24:00:00 of it.
    DayClosed { product: usize, meter: usize, day: Day, usage: Usage, amount: Money, place: Place },
    /// A quota expired or lapsed with units left.
    QuotaEnded { product: usize, quota: usize, units: u64 },
    /// The trial or a package ended.
    AllowanceEnded { product: usize, number: u32, cause: Ending, left: u64 },
    /// A voucher expired with an amount left.
    VoucherExpired { of: Option<usize>, number: u32, amount: Money },
    /// A quota was granted.
    QuotaGranted { product: usize, quota: usize, units: u64 },
    /// A bill up to this day: exact, rounded, and what a voucher paid of it.
    BillIssued { product: usize, day: Day, amount: Money, due: Money, voucher: Money },
    /// The cash of a bill left the balance.
    Deducted { product: usize, day: Day, amount: Money, balance: Money },
    /// Balance + credit went below zero, or a bill waits.
    ArrearsStarted { of: Option<usize>, clock: Seconds, debt: Money },
    /// The clock of unbroken arrears got another value.
    ClockSet { of: Option<usize>, clock: Seconds },
    /// The arrears are over.
    ArrearsCleared { of: Option<usize> },
    /// The debt of this instant was marked as bad.
    DebtMarked { of: Option<usize>, amount: Money },
    /// A marked debt was paid.
    DebtRecovered { of: Option<usize>, amount: Money },
    /// The product was activated.
    Activated { product: usize },
    /// The activation was due but the account is in arrears.
    ActivationRefused { product: usize },
    /// A reason for which the service was suspended is lifted.
    Resumed { product: usize, reason: Reason },
    /// The service is suspended for a reason.
    Suspended { product: usize, reason: Reason },
    /// An unused quota was wiped after a long suspension.
    QuotaWiped { product: usize, quota: usize, units: u64 },
    /// The customer has left for good.
    Churned,
    /// Client and server integration are complete.
    Integrated { product: usize },
}

/// The name of each kind.
macro_rules! kinds {
    ($($variant:ident = $word:literal,)+) => {
        impl Event {
            /// Every kind, in the order of the phases of RULES §4.
            pub const KINDS: &'static [&'static str] = &[$($word),+];

            /// The name of its kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Event::$variant { .. } => $word,)+ }
            }
        }
    };
}

kinds! {
    ToppedUp = "top_up",
    PaymentFailed = "payment_failed",
    CreditLineSet = "credit_line",
    VoucherReceived = "voucher_received",
    PayAsYouGo = "pay_as_you_go",
    SwitchRefused = "switch_refused",
    AllowanceGranted = "allowance_granted",
    Purchased = "purchased",
    PurchaseRefused = "purchase_refused",
    PackageEffective = "package_effective",
    Drawn = "drawn",
    Covered = "covered",
    DayClosed = "day_closed",
    QuotaEnded = "quota_ended",
    AllowanceEnded = "allowance_ended",
    VoucherExpired = "voucher_expired",
    QuotaGranted = "quota_granted",
    BillIssued = "bill_issued",
    Deducted = "deducted",
    ArrearsStarted = "arrears_started",
    ClockSet = "clock_set",
    ArrearsCleared = "arrears_cleared",
    DebtMarked = "debt_marked",
    DebtRecovered = "debt_recovered",
    Activated = "activated",
    ActivationRefused = "activation_refused",
    Resumed = "resumed",
    Suspended = "suspended",
    QuotaWiped = "quota_wiped",
    Churned = "churned",
    Integrated = "integrated",
}

impl Event {
    /// The product it concerns, if it concerns one.
    pub fn product(&self) -> Option<usize> {
        match *self {
            Event::ToppedUp { of, .. }
            | Event::PaymentFailed { of, .. }
            | Event::CreditLineSet { of, .. }
            | Event::VoucherReceived { of, .. }
            | Event::VoucherExpired { of, .. }
            | Event::ArrearsStarted { of, .. }
            | Event::ClockSet { of, .. }
            | Event::ArrearsCleared { of, .. }
            | Event::DebtMarked { of, .. }
            | Event::DebtRecovered { of, .. } => of,
            Event::Churned => None,
            Event::PayAsYouGo { product, .. }
            | Event::SwitchRefused { product, .. }
            | Event::AllowanceGranted { product, .. }
            | Event::Purchased { product, .. }
            | Event::PurchaseRefused { product, .. }
            | Event::PackageEffective { product, .. }
            | Event::Drawn { product, .. }
            | Event::Covered { product, .. }
            | Event::DayClosed { product, .. }
            | Event::QuotaEnded { product, .. }
            | Event::AllowanceEnded { product, .. }
            | Event::QuotaGranted { product, .. }
            | Event::BillIssued { product, .. }
            | Event::Deducted { product, .. }
            | Event::Activated { product, .. }
            | Event::ActivationRefused { product, .. }
            | Event::Resumed { product, .. }
            | Event::Suspended { product, .. }
            | Event::QuotaWiped { product, .. }
            | Event::Integrated { product, .. } => Some(product),
        }
    }
}
