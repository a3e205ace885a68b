//! The phases of one instant, in the order of RULES §4: those of arrears and service (8 to 11).

use rust_decimal::Decimal;

use super::money::show;
use super::profile::DAY;
use super::scenario::WhileSuspended;
use super::state::{Account, Arrears, Suspension};

impl Account<'_> {
    /// Phase 8: arrears start or clear, bad debt; judged once, after all money of the instant.
    pub fn judge_arrears(&mut self) {
        let policy = &self.scenario.policy;
        let in_arrears =
            if policy.fifo { !self.waiting.is_empty() } else { self.balance + self.credit_line < Decimal::ZERO };
        match (self.arrears.take(), in_arrears) {
            (None, false) => {}
            (None, true) => self.start_arrears(),
            (Some(before), true) => self.go_on_in_arrears(before),
            (Some(_), false) => {
                self.say("arrears_cleared".to_string());
                if let Some(amount) = self.marked.take() {
                    self.say(format!("debt_recovered amount={}", show(amount)));
                }
            }
        }
        self.mark_bad_debt();

        // RULES §6, resume condition: no arrears, and with `above_zero` balance + credit > 0.
        let is_above_zero = self.balance + self.credit_line > Decimal::ZERO;
        if self.arrears.is_none() && (is_above_zero || !policy.resume_above_zero) {
            self.resumable_since.get_or_insert(self.now);
        } else {
            self.resumable_since = None;
        }
    }

    fn start_arrears(&mut self) {
        // In fifo the oldest waiting bill of new arrears is one of this very instant.
        let clock = self.as_clock(self.now);
        self.arrears = Some(Arrears { first: self.now, clock, oldest: self.oldest_waiting().map(|(bill, _)| bill) });
        let debt = show(self.debt());
        self.say(format!("arrears_started clock={clock} debt={debt}"));
    }

    fn go_on_in_arrears(&mut self, before: Arrears) {
        let mut arrears = before;
        let clock_before = arrears.clock;
        if let Some((oldest, issued)) = self.oldest_waiting()
            && arrears.oldest.as_ref() != Some(&oldest)
        {
            arrears.oldest = Some(oldest);
            arrears.clock = self.as_clock(issued);
        }
        if self.topped_up && self.scenario.policy.top_up_restarts_clock {
            arrears.clock = self.as_clock(self.now);
        }
        let clock = arrears.clock;
        self.arrears = Some(arrears);
        if clock != clock_before {
            self.say(format!("clock_set clock={clock}"));
        }
    }

    /// The oldest waiting bill, which only fifo has, and the instant it was issued.
    fn oldest_waiting(&self) -> Option<((String, i64), i64)> {
        let bill = self.waiting.front()?;
        Some(((bill.product.clone(), bill.day), bill.issued))
    }

    /// RULES §6, clock variants: an instant that becomes the clock, or 00:00 of its day.
    fn as_clock(&self, instant: i64) -> i64 {
        if self.scenario.policy.clock_at_day_start { instant - instant % DAY } else { instant }
    }

    fn mark_bad_debt(&mut self) {
        let (Some(arrears), Some(after)) = (&self.arrears, self.scenario.policy.write_off_after) else {
            return;
        };
        if self.marked.is_none() && arrears.first + after <= self.now {
            let debt = self.debt();
            self.marked = Some(debt);
            self.say(format!("debt_marked amount={}", show(debt)));
        }
    }

    /// Phase 9: activation, or its refusal in arrears.
    pub fn activations(&mut self) {
        let refused = self.arrears.is_some() && !self.scenario.policy.activation_in_arrears_allowed;
        for id in self.product_ids() {
            let now = self.now;
            let product = self.product(&id);
            if product.activated || product.terms.activation > now {
                continue;
            }
            if refused {
                if !product.activation_was_refused {
                    product.activation_was_refused = true;
                    self.say(format!("activation_refused {id}"));
                }
                continue;
            }
            product.activated = true;
            let quotas = product.quotas.len();
            self.say(format!("activated {id}"));
            for index in 0..quotas {
                self.grant(&id, index);
            }
        }
    }

    /// Phase 10: resume, then suspend, then wipe; after the wipes the customer leaves.
    pub fn resume_suspend_wipe_leave(&mut self) {
        for id in self.product_ids() {
            self.resume(&id);
        }
        for id in self.product_ids() {
            self.suspend(&id);
        }
        for id in self.product_ids() {
            self.wipe(&id);
        }
        if self.facts.leaves == Some(self.now) {
            self.leave();
        }
    }

    /// RULES §6, leaving: all goes on without usage, and nothing that was refused comes again.
    fn leave(&mut self) {
        self.left = true;
        for product in self.products.values_mut() {
            product.comes_again = 0;
        }
        self.say("churned".to_string());
    }

    fn resume(&mut self, id: &str) {
        let now = self.now;
        let policy = &self.scenario.policy;
        let has_left = self.left;
        let Some(since) = self.resumable_since else {
            return;
        };
        if since + policy.resume_delay > now {
            return;
        }
        let product = self.product(id);
        let Some(suspension) = product.suspension.take() else {
            return;
        };
        if policy.while_suspended == WhileSuspended::Retried && !has_left {
            product.comes_again = suspension.blocked;
        }
        self.say(format!("resumed {id}"));
    }

    fn suspend(&mut self, id: &str) {
        let Some(deadline) = self.deadline(id) else {
            return;
        };
        let debt_cap = self.scenario.policy.debt_cap;
        let over_cap = debt_cap.is_some_and(|cap| self.debt() > cap);
        let now = self.now;
        let product = self.product(id);
        if !product.activated || product.suspension.is_some() {
            return;
        }
        if deadline <= now || over_cap {
            product.suspension = Some(Suspension { since: now, blocked: 0, wiped: false });
            self.say(format!("suspended {id}"));
        }
    }

    /// When the grace of a product ends; none without arrears or for "non-stop".
    fn deadline(&self, id: &str) -> Option<i64> {
        let clock = self.arrears.as_ref()?.clock;
        let grace = self.scenario.products[id].grace?;
        if self.scenario.policy.calendar_grace && grace > 0 {
            // RULES §6: 00:00 of the day that follows ceil(n / 24) whole days after the clock's.
            let whole_days = (grace + DAY - 1) / DAY;
            return Some((clock / DAY + whole_days + 1) * DAY);
        }
        Some(clock + grace)
    }

    /// RULES §2, wipe: the unused quota, when a suspension has lasted so long.
    fn wipe(&mut self, id: &str) {
        let now = self.now;
        let product = self.product(id);
        let terms = product.terms;
        let (Some(suspension), Some(after)) = (&mut product.suspension, terms.wipe_after) else {
            return;
        };
        if suspension.wiped || suspension.since + after > now {
            return;
        }
        suspension.wiped = true;
        for (index, quota_terms) in terms.quotas.iter().enumerate() {
            let units = std::mem::take(&mut self.product(id).quotas[index]).left;
            if units > 0 {
                let free = &quota_terms.id;
                self.say(format!("quota_wiped {id} free={free} units={units}"));
            }
        }
    }

    /// Phase 11: integration, a fact of the world.
    pub fn integrations(&mut self) {
        for id in self.product_ids() {
            let now = self.now;
            let product = self.product(&id);
            if product.integration == Some(now) {
                product.integrated = true;
                self.say(format!("integrated {id}"));
            }
        }
    }

    /// Instants that the present state gives rise to.
    pub fn coming_instants(&self) -> Vec<i64> {
        let policy = &self.scenario.policy;
        let mut instants = Vec::new();
        if let (Some(arrears), Some(after)) = (&self.arrears, policy.write_off_after) {
            instants.push(arrears.first + after);
        }
        if let Some(since) = self.resumable_since {
            instants.push(since + policy.resume_delay);
        }
        for (id, product) in &self.products {
            instants.extend(self.deadline(id));
            if let (Some(suspension), Some(after)) = (&product.suspension, product.terms.wipe_after) {
                instants.push(suspension.since + after);
            }
            for quota in &product.quotas {
                instants.extend(quota.ends);
            }
        }
        instants
    }
}
