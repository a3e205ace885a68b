//! One account over the whole run.

use crate::units::{Money, Seconds, Total};

/// A row of the accounts table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRow {
    /// Replication, from 0.
    pub replication: u32,
    /// Index of the segment.
    pub segment: usize,
    /// Index within the segment.
    pub index: u64,
    /// Units over all days and products.
    pub potential: u64,
    /// Before activation or integration.
    pub unintegrated: u64,
    /// Did not come: held back by the price, stopped, or churned.
    pub withheld: i64,
    /// Refused.
    pub refused: u64,
    /// Served.
    pub served: u64,
    /// Free.
    pub free: u64,
    /// Covered by the trial or packages.
    pub package: u64,
    /// Beyond all allowances, never billed.
    pub written_off: u64,
    /// Priced.
    pub billable: u64,
    /// Exact price of what was used.
    pub accrued: Total,
    /// What its blocked and stopped units would have cost.
    pub lost: Total,
    /// Bills issued.
    pub bills: u64,
    /// Their exact amounts.
    pub billed: Total,
    /// Paid by vouchers.
    pub vouchers: Total,
    /// Cash deducted.
    pub deducted: Total,
    /// Packages bought.
    pub packages: u64,
    /// Cash paid for them.
    pub purchased: Total,
    /// Package units used, at their package's price.
    pub consumed: Total,
    /// Paid for, and expired unused or wiped.
    pub breakage: Total,
    /// When pay-as-you-go was switched on.
    pub switched_on_at: Option<Seconds>,
    /// Top-ups.
    pub top_ups: u64,
    /// Their amounts.
    pub topped_up: Total,
    /// Payments that failed.
    pub payment_failures: u64,
    /// Balance at the start.
    pub opening_balance: Money,
    /// Balance at the end.
    pub closing_balance: Money,
    /// Owed at the end.
    pub debt: Money,
    /// Debt marked as bad and not paid at the end.
    pub bad_debt: Money,
    /// Kept by rounding at the end.
    pub carried: Money,
    /// Exact amounts of closed days whose bill is due after the end.
    pub unbilled: Total,
    /// Times the arrears started.
    pub arrears: u64,
    /// Suspensions over all products.
    pub suspensions: u64,
    /// Seconds suspended over all products.
    pub suspended_seconds: u64,
    /// First instant of a suspension.
    pub first_suspended_at: Option<Seconds>,
    /// First instant of arrears.
    pub first_arrears_at: Option<Seconds>,
    /// When the customer left for good.
    pub churned_at: Option<Seconds>,
    /// Whether a service is suspended at the end.
    pub suspended_at_end: bool,
}

impl AccountRow {
    /// Recognised revenue: usage at its price, package units used, what expired or was wiped of packages; net of vouchers.
    pub fn recognised(&self) -> Total {
        let of_packages = self.consumed.units() + self.breakage.units();
        Total::from_units(self.accrued.units() + of_packages - self.vouchers.units())
    }
}
