//! Who leaves: hazards add up day by day until they reach the account's threshold, so that variants stay coupled.

use crate::plan::Churn;
use crate::rules::{Account, Service};
use crate::units::{Day, Money};

/// Earlier bills without which no bill is a shock.
const USUAL: u32 = 7;

/// What an account has been through.
#[derive(Clone, Debug)]
pub struct ChurnState<'p> {
    churn: &'p Churn,
    /// The accumulated hazard at which it leaves.
    threshold: f64,
    hazard: f64,
    arrival: Day,
    /// Earlier bills: their number and sum; bills of zero are not counted.
    bills: (u32, f64),
    /// The bill of the day before, which the customer sees today.
    seen: f64,
}

impl<'p> ChurnState<'p> {
    /// An account that came on the day `arrival`.
    pub fn new(churn: &'p Churn, threshold: f64, arrival: Day) -> ChurnState<'p> {
        ChurnState { churn, threshold, hazard: 0.0, arrival, bills: (0, 0.0), seen: 0.0 }
    }

    /// Adds the hazards of a day that was just closed; whether the customer leaves now.
    pub fn close_day(&mut self, day: Day, account: &Account) -> bool {
        self.after(day, || account.services().iter().any(Service::is_suspended), || billed(account))
    }

    /// The same after a day that may have ended with a service suspended and an amount to be billed, asked for only where they matter.
    #[inline]
    pub fn after(&mut self, day: Day, suspended: impl FnOnce() -> bool, billed: impl FnOnce() -> f64) -> bool {
        let Some(age) = day.checked_sub(self.arrival) else { return false };
        self.hazard += self.churn.by_age.get(age).copied().unwrap_or(0.0);
        if self.churn.suspended_day > 0.0 && suspended() {
            self.hazard += self.churn.suspended_day;
        }
        if let Some(shock) = &self.churn.bill_shock {
            let bill = std::mem::replace(&mut self.seen, billed());
            if bill > 0.0 {
                let (count, sum) = self.bills;
                if count >= USUAL {
                    self.hazard += shock.hazard(bill * f64::from(count) / sum);
                }
                self.bills = (count.saturating_add(1), sum + bill);
            }
        }
        self.hazard >= self.threshold
    }
}

/// The exact amount of the day that was just closed. A float: it is compared, never paid.
fn billed(account: &Account) -> f64 {
    account.services().iter().map(Service::unbilled).map(Money::units).map(|units| units as f64).sum()
}
