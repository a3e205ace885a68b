//! What customers do: sees the account read-only and addressed draws, and answers with payments.
//! Consequences of an instant come at the earliest one second later (RULES §4, phase 12).

use crate::plan::Payer;
use crate::random::{Stream, normal_quantile, unit_open};
use crate::rules::{Account, Changes, Service};
use crate::scenario::ReactsTo;
use crate::units::{Money, NEVER, Seconds, TooLarge};

/// A payer and what it is about to do.
#[derive(Clone, Copy, Debug)]
pub struct PayerState {
    payer: Payer,
    /// When it pays next.
    pub next: Seconds,
    /// How many delays it has drawn: decisions are addressed by their ordinal.
    episode: u32,
    /// When it paid last.
    paid: Seconds,
}

impl PayerState {
    /// A payer at the first instant.
    pub fn new(payer: Payer) -> PayerState {
        let next = match payer {
            Payer::Periodic { first, .. } => first,
            _ => NEVER,
        };
        PayerState { payer, next, episode: 0, paid: NEVER }
    }

    /// The payment that is due at `at`, and when the next one is.
    ///
    /// # Errors
    /// [`TooLarge`] when a debt does not fit.
    pub fn pay(&mut self, at: Seconds, account: &Account, unit: Money) -> Result<Money, TooLarge> {
        (self.next, self.paid) = (NEVER, at);
        match self.payer {
            Payer::Never => Ok(Money::ZERO),
            Payer::AutoRecharge { amount, .. } => Ok(amount),
            Payer::Periodic { every, amount, .. } => {
                self.next = at.saturating_add(every);
                Ok(amount)
            }
            Payer::AfterDelay { extra, .. } => whole_units(account.wallet.debt()?, unit)?.plus(extra),
        }
    }

    /// Takes notice of what an instant changed.
    pub fn observe(&mut self, at: Seconds, account: &Account, changes: &Changes, draws: &Stream) {
        match self.payer {
            Payer::AutoRecharge { below, delay, .. } => {
                if changes.money && self.next == NEVER && account.wallet.uncommitted() < below {
                    self.next = at.saturating_add(delay.max(1));
                }
            }
            Payer::AfterDelay { to, median, sigma, .. } => {
                if account.arrears().is_none() {
                    self.next = NEVER;
                    return;
                }
                // A payment that a bill of the same instant ate leaves it where it was: it notices again.
                let again = self.paid == at;
                let noticed = match to {
                    ReactsTo::Notice => changes.arrears_started,
                    // Also new arrears of a service that had not yet resumed.
                    ReactsTo::Suspension => {
                        let waits = account.services().iter().any(Service::is_suspended);
                        changes.suspended || changes.arrears_started && waits
                    }
                };
                if self.next == NEVER && (noticed || again) {
                    let z = normal_quantile(unit_open(draws.u64(self.episode, 0)));
                    let seconds = libm::round(median * libm::exp(sigma * z)).clamp(1.0, 1e15);
                    self.episode += 1;
                    // In range: clamped above.
                    self.next = at.saturating_add(seconds as Seconds);
                }
            }
            Payer::Never | Payer::Periodic { .. } => {}
        }
    }
}

/// Up to whole units: nobody pays a fraction of a cent.
fn whole_units(amount: Money, unit: Money) -> Result<Money, TooLarge> {
    let rest = amount.units() % unit.units();
    if rest == 0 { Ok(amount) } else { amount.plus(Money::from_units(unit.units() - rest)) }
}
