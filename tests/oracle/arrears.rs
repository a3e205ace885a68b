//! Phase 8 of an instant: arrears and bad debt, balance by balance (RULES §2, §6).

use rust_decimal::Decimal;

use super::money::show;
use super::profile::DAY;
use super::scenario::Policy;
use super::state::Account;
use super::wallet::{Arrears, Wallet};

impl Account<'_> {
    /// Phase 8: arrears start or clear, bad debt; judged once, after all money of the instant.
    pub fn judge_arrears(&mut self) {
        for key in self.wallet_keys() {
            let (now, policy) = (self.now, &self.scenario.policy);
            for event in self.wallet(&key).judge_arrears(policy, now) {
                self.say_of_wallet(&key, event);
            }
        }
    }
}

impl Wallet {
    fn judge_arrears(&mut self, policy: &Policy, now: i64) -> Vec<String> {
        let mut events = Vec::new();
        let in_arrears = if policy.fifo { !self.waiting.is_empty() } else { self.at_hand() < Decimal::ZERO };
        match (self.arrears.take(), in_arrears) {
            (None, false) => {}
            (None, true) => events.push(self.start_arrears(policy, now)),
            (Some(before), true) => events.extend(self.go_on_in_arrears(before, policy, now)),
            (Some(_), false) => {
                events.push("arrears_cleared".to_string());
                if let Some(amount) = self.marked.take() {
                    events.push(format!("debt_recovered amount={}", show(amount)));
                }
            }
        }
        events.extend(self.mark_bad_debt(policy, now));

        // RULES §6, resume condition: no arrears, and with `above_zero` balance + credit > 0.
        let is_above_zero = self.at_hand() > Decimal::ZERO;
        if self.arrears.is_none() && (is_above_zero || !policy.resume_above_zero) {
            self.resumable_since.get_or_insert(now);
        } else {
            self.resumable_since = None;
        }
        events
    }

    fn start_arrears(&mut self, policy: &Policy, now: i64) -> String {
        // In fifo the oldest waiting bill of new arrears is one of this very instant.
        let clock = as_clock(policy, now);
        self.arrears = Some(Arrears { first: now, clock, oldest: self.oldest_waiting().map(|(bill, _)| bill) });
        format!("arrears_started clock={clock} debt={}", show(self.debt()))
    }

    fn go_on_in_arrears(&mut self, before: Arrears, policy: &Policy, now: i64) -> Option<String> {
        let mut arrears = before;
        let clock_before = arrears.clock;
        if let Some((oldest, issued)) = self.oldest_waiting()
            && arrears.oldest.as_ref() != Some(&oldest)
        {
            arrears.oldest = Some(oldest);
            arrears.clock = as_clock(policy, issued);
        }
        if self.topped_up && policy.top_up_restarts_clock {
            arrears.clock = as_clock(policy, now);
        }
        let clock = arrears.clock;
        self.arrears = Some(arrears);
        (clock != clock_before).then(|| format!("clock_set clock={clock}"))
    }

    fn mark_bad_debt(&mut self, policy: &Policy, now: i64) -> Option<String> {
        let (arrears, after) = (self.arrears.as_ref()?, policy.write_off_after?);
        if self.marked.is_some() || arrears.first + after > now {
            return None;
        }
        let debt = self.debt();
        self.marked = Some(debt);
        Some(format!("debt_marked amount={}", show(debt)))
    }
}

/// RULES §6, clock variants: an instant that becomes the clock, or 00:00 of its day.
fn as_clock(policy: &Policy, instant: i64) -> i64 {
    if policy.clock_at_day_start { instant - instant % DAY } else { instant }
}
