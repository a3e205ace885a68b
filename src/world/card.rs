//! When payments fail: facts of the world by time, whatever is paid and whatever it costs.

use crate::plan::{CardDown, Payments};
use crate::random::{Stream, standard_normal, unit, unit_open};
use crate::units::{Day, NEVER, Seconds};

/// One account's card.
#[derive(Clone, Debug)]
pub struct Card<'p> {
    payments: &'p Payments,
    soft: Stream,
    down: Stream,
    /// The interval without a valid card that is looked at, and its ordinal.
    interval: (Seconds, Seconds),
    ordinal: u32,
}

impl<'p> Card<'p> {
    pub(super) fn new(payments: &'p Payments, soft: Stream, down: Stream) -> Card<'p> {
        let interval = if payments.card_down.is_some() { (0, 0) } else { (NEVER, NEVER) };
        Card { payments, soft, down, interval, ordinal: 0 }
    }

    /// How payments fail.
    pub fn payments(&self) -> &'p Payments {
        self.payments
    }

    /// When the card is replaced, if it is down at `at`. To be asked in order of time.
    pub fn down_until(&mut self, at: Seconds) -> Option<Seconds> {
        while let Some(facts) = self.payments.card_down.filter(|_| self.interval.1 <= at) {
            self.interval = self.after(self.interval.1, facts);
        }
        (self.interval.0 <= at).then_some(self.interval.1)
    }

    fn after(&mut self, replaced: Seconds, facts: CardDown) -> (Seconds, Seconds) {
        let [gap, length] = self.down.block(self.ordinal, 0);
        self.ordinal = self.ordinal.saturating_add(1);
        // In range: clamped.
        let seconds = |length: f64| libm::round(length).clamp(1.0, 1e15) as Seconds;
        let from = replaced.saturating_add(seconds(-libm::log(unit_open(gap)) * facts.gap));
        let length = facts.median * libm::exp(facts.sigma * standard_normal(length));
        (from, from.saturating_add(seconds(length)))
    }

    /// Whether an attempt fails for another reason: attempt 0 is the first, then the retries.
    pub fn fails(&self, day: Day, attempt: u32) -> bool {
        let failure = match attempt.checked_sub(1) {
            None => self.payments.soft_failure.approx(),
            Some(retry) => {
                let retry = usize::try_from(retry).ok().and_then(|retry| self.payments.retries.get(retry));
                1.0 - retry.map_or(0.0, |retry| retry.success.approx())
            }
        };
        failure > 0.0 && unit(self.soft.u64(u32::try_from(day).unwrap_or(u32::MAX), attempt)) < failure
    }
}
