//! Who pays when, and what becomes of a payment that fails.

use crate::plan::Payer;
use crate::random::{Stream, normal_quantile, unit_open};
use crate::rules::{Account, Changes, Service};
use crate::scenario::ReactsTo;
use crate::units::{Money, NEVER, Seconds, TooLarge, day_of};
use crate::world::Card;

/// A payer and what it is about to do.
#[derive(Clone, Debug)]
pub struct PayerState<'p> {
    payer: Payer,
    /// The balance that it pays into.
    balance: usize,
    card: Card<'p>,
    /// Delays, by episode.
    delays: Stream,
    /// When it tries next what is not periodic: a first attempt, a retry, or once the card is replaced.
    attempt_at: Seconds,
    /// When its next periodic payment is.
    periodic_at: Seconds,
    /// How many delays it has drawn: decisions are addressed by their ordinal.
    episode: u32,
    /// When it paid last.
    paid: Seconds,
    /// The payment that is being tried: when it was tried first, and how many attempts have failed softly.
    tried: Option<(Seconds, u32)>,
    /// It gave a payment up: only a suspension makes it look again.
    gave_up: bool,
    /// The next attempt is by other means than the card, and does not fail.
    by_hand: bool,
}

/// What becomes of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// There was nothing to pay any more.
    Nothing,
    /// It arrives.
    Paid(Money),
    /// It fails; `hard` until the card is replaced.
    Failed {
        /// What was to be paid.
        amount: Money,
        /// Whether the card is down.
        hard: bool,
    },
}

impl<'p> PayerState<'p> {
    /// A payer at the first instant.
    pub fn new(payer: Payer, balance: usize, card: Card<'p>, delays: Stream) -> PayerState<'p> {
        let periodic_at = match payer {
            Payer::Periodic { first, .. } => first,
            _ => NEVER,
        };
        PayerState {
            payer,
            balance,
            card,
            delays,
            attempt_at: NEVER,
            periodic_at,
            episode: 0,
            paid: NEVER,
            tried: None,
            gave_up: false,
            by_hand: false,
        }
    }

    /// When it pays or tries next.
    #[inline]
    pub fn next(&self) -> Seconds {
        self.attempt_at.min(self.periodic_at)
    }

    /// The lowest balance after a bill of which it takes no notice, as long as arrears neither start nor end.
    #[inline]
    pub fn floor(&self, account: &Account) -> Money {
        match self.payer {
            Payer::AutoRecharge { below, .. } if self.attempt_at == NEVER => below,
            // The next bill tells it that nothing is owed any more.
            Payer::AfterDelay { .. } if self.attempt_at != NEVER && account.arrears(self.balance).is_none() => {
                Money::MAX
            }
            _ => Money::MIN,
        }
    }

    /// The customer has left: nothing is paid any more.
    pub fn leave(&mut self) {
        (self.payer, self.attempt_at, self.periodic_at) = (Payer::Never, NEVER, NEVER);
    }

    /// The attempt that is due at `at`.
    ///
    /// # Errors
    /// [`TooLarge`] when a debt does not fit.
    pub fn attempt(&mut self, at: Seconds, account: &Account, unit: Money) -> Result<Attempt, TooLarge> {
        self.attempt_at = NEVER;
        let again = self.tried.is_some();
        let amount = match self.payer {
            Payer::Never => Money::ZERO,
            // What was missing may have come by other ways since the first attempt.
            Payer::AutoRecharge { below, .. } if again && account.wallet(self.balance).uncommitted() >= below => {
                Money::ZERO
            }
            Payer::AutoRecharge { amount, .. } => amount,
            Payer::Periodic { every, amount, .. } => {
                if self.periodic_at <= at {
                    // A new payment takes the place of one that is still being tried.
                    self.periodic_at = at.saturating_add(every);
                    (self.tried, self.by_hand) = (None, false);
                }
                amount
            }
            Payer::AfterDelay { extra, .. } => whole_units(account.wallet(self.balance).debt()?, unit)?.plus(extra)?,
        };
        if amount == Money::ZERO {
            (self.paid, self.tried, self.by_hand) = (at, None, false);
            return Ok(Attempt::Nothing);
        }
        let (first, failures) = self.tried.unwrap_or((at, 0));
        if std::mem::take(&mut self.by_hand) {
            (self.paid, self.tried, self.gave_up) = (at, None, false);
            return Ok(Attempt::Paid(amount));
        }
        if let Some(replaced) = self.card.down_until(at) {
            (self.tried, self.attempt_at) = (Some((first, failures)), replaced.max(at + 1));
            return Ok(Attempt::Failed { amount, hard: true });
        }
        if self.card.fails(day_of(at), failures) {
            self.retry(at, first, failures);
            return Ok(Attempt::Failed { amount, hard: false });
        }
        (self.paid, self.tried, self.gave_up) = (at, None, false);
        Ok(Attempt::Paid(amount))
    }

    /// Plans the attempt after a soft failure, or gives up.
    fn retry(&mut self, at: Seconds, first: Seconds, failures: u32) {
        let retry = usize::try_from(failures).ok().and_then(|nth| self.card.payments().retries.get(nth));
        match retry {
            Some(retry) => {
                self.tried = Some((first, failures + 1));
                self.attempt_at = first.saturating_add(retry.after).max(at + 1);
            }
            None => {
                (self.tried, self.gave_up) = (None, true);
                if let Some((median, sigma)) = self.card.payments().by_hand {
                    self.attempt_at = at.saturating_add(self.delay(median, sigma));
                    (self.by_hand, self.tried) = (true, Some((first, failures)));
                }
            }
        }
    }

    /// Takes notice of what an instant changed.
    #[inline]
    pub fn observe(&mut self, at: Seconds, account: &Account, changes: &Changes) {
        match self.payer {
            Payer::AutoRecharge { below, delay, .. } => {
                if changes.money && self.attempt_at == NEVER && account.wallet(self.balance).uncommitted() < below {
                    self.attempt_at = at.saturating_add(delay.max(1));
                }
            }
            Payer::AfterDelay { .. } => self.notice(at, account, changes),
            Payer::Never | Payer::Periodic { .. } => {}
        }
    }

    /// A late payer notices the arrears, or a suspension.
    fn notice(&mut self, at: Seconds, account: &Account, changes: &Changes) {
        let Payer::AfterDelay { to, median, sigma, .. } = self.payer else { return };
        if account.arrears(self.balance).is_none() {
            (self.attempt_at, self.tried, self.gave_up, self.by_hand) = (NEVER, None, false, false);
            return;
        }
        // A payment that a bill of the same instant ate leaves it where it was: it notices again.
        let again = self.paid == at;
        let noticed = match to {
            ReactsTo::Notice => changes.arrears_started || self.gave_up && changes.suspended,
            // Also new arrears of a service that had not yet resumed.
            ReactsTo::Suspension => {
                let waits = account.services_of(self.balance).any(Service::is_suspended_for_arrears);
                changes.suspended || changes.arrears_started && waits
            }
        };
        if self.attempt_at == NEVER && (noticed || again) {
            self.gave_up = false;
            self.attempt_at = at.saturating_add(self.delay(median, sigma));
        }
    }

    /// The delay of the next episode, lognormal.
    fn delay(&mut self, median: f64, sigma: f64) -> Seconds {
        let z = normal_quantile(unit_open(self.delays.u64(self.episode, 0)));
        self.episode += 1;
        // In range: clamped.
        libm::round(median * libm::exp(sigma * z)).clamp(1.0, 1e15) as Seconds
    }
}

/// Up to whole units: nobody pays a fraction of a cent.
fn whole_units(amount: Money, unit: Money) -> Result<Money, TooLarge> {
    let rest = amount.units() % unit.units();
    if rest == 0 { Ok(amount) } else { amount.plus(Money::from_units(unit.units() - rest)) }
}
