//! The service: activation, resume, suspension, wipe, leaving, integration (phases 9 to 11 of RULES §4).

use super::product::{Product, Stage, Suspension};
use super::profile::DAY;
use super::scenario::WhileSuspended;
use super::state::Account;

impl Account<'_> {
    /// Phase 9: activation, or its refusal in arrears.
    pub fn activations(&mut self) {
        for id in self.product_ids() {
            let now = self.now;
            let refused = self.is_in_arrears(&id) && !self.scenario.policy.activation_in_arrears_allowed;
            let product = self.product(&id);
            if product.terms.opens_by_application || product.is_open() || product.terms.activation > now {
                continue;
            }
            if !refused {
                self.open(&id);
            } else if !product.activation_was_refused {
                product.activation_was_refused = true;
                self.say(format!("activation_refused {id}"));
            }
        }
    }

    /// Phase 10: resume, then suspend, then wipe; after the wipes the customer leaves.
    pub fn resume_suspend_wipe_leave(&mut self) {
        let now = self.now;
        let refused_before: Vec<bool> = self.products.values().map(|product| product.refuses(now)).collect();
        for id in self.product_ids() {
            self.resume_from_arrears(&id);
            self.resume_from_ended(&id);
        }
        for id in self.product_ids() {
            self.suspend_for_arrears(&id);
            if let Some(event) = self.product(&id).begin_ended(&id) {
                self.say(event);
            }
        }
        for id in self.product_ids() {
            self.wipe(&id);
        }

        // RULES §6, retried: what was blocked comes again when the service runs again.
        let is_retried = self.scenario.policy.while_suspended == WhileSuspended::Retried;
        let comes_again = is_retried && !self.left;
        for (product, refused) in self.products.values_mut().zip(refused_before) {
            if refused && !product.refuses(now) {
                product.run_again(comes_again);
            }
        }

        if self.facts.leaves == Some(self.now) {
            self.leave();
        }
    }

    /// RULES §6, leaving: all goes on without usage, and nothing that was refused comes again.
    fn leave(&mut self) {
        self.left = true;
        for product in self.products.values_mut() {
            for meter in &mut product.meters {
                meter.comes_again = 0;
            }
        }
        self.say("churned".to_string());
    }

    fn resume_from_arrears(&mut self, id: &str) {
        let now = self.now;
        let Some(since) = self.wallet_of(id).resumable_since else {
            return;
        };
        if since + self.scenario.policy.resume_delay <= now && self.product(id).suspension.take().is_some() {
            self.say(format!("resumed {id} reason=arrears"));
        }
    }

    fn resume_from_ended(&mut self, id: &str) {
        let product = self.product(id);
        if std::mem::take(&mut product.lifts_ended) && product.ended {
            product.ended = false;
            self.say(format!("resumed {id} reason=ended"));
        }
    }

    fn suspend_for_arrears(&mut self, id: &str) {
        let Some(deadline) = self.deadline(id) else {
            return;
        };
        let policy = &self.scenario.policy;
        let over_cap = policy.debt_cap.is_some_and(|cap| self.wallet_of(id).debt() > cap);
        let now = self.now;
        let product = self.product(id);
        if !product.is_open() || product.suspension.is_some() {
            return;
        }
        // RULES §7: one whose deadline has passed is made when the last package ends.
        if policy.packages_protect && product.has_package_in_effect() {
            return;
        }
        if deadline <= now || over_cap {
            // In slots it stops nothing before the end of the slot.
            let refuses_from = product.slot_bound(now);
            product.suspension = Some(Suspension { since: now, refuses_from, wiped: false });
            self.say(format!("suspended {id} reason=arrears"));
        }
    }

    /// When the grace of a product ends; none without arrears or for "non-stop".
    fn deadline(&self, id: &str) -> Option<i64> {
        let clock = self.wallet_of(id).arrears.as_ref()?.clock;
        let grace = self.scenario.products[id].grace?;
        if self.scenario.policy.calendar_grace && grace > 0 {
            // RULES §6: 00:00 of the day that follows ceil(n / 24) whole days after the clock's.
            let whole_days = (grace + DAY - 1) / DAY;
            return Some((clock / DAY + whole_days + 1) * DAY);
        }
        Some(clock + grace)
    }

    /// RULES §2, wipe: unused quotas, the trial and packages, when a suspension for arrears has lasted so long.
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
        for event in self.product(id).wipe_allowances(id) {
            self.say(event);
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
        for wallet in self.wallets.values() {
            if let (Some(arrears), Some(after)) = (&wallet.arrears, policy.write_off_after) {
                instants.push(arrears.first + after);
            }
            instants.extend(wallet.resumable_since.map(|since| since + policy.resume_delay));
        }
        for (id, product) in &self.products {
            instants.extend(self.deadline(id));
            product.add_coming_instants(&mut instants);
        }
        instants
    }
}

impl Product<'_> {
    fn run_again(&mut self, comes_again: bool) {
        for meter in &mut self.meters {
            let blocked = std::mem::take(&mut meter.blocked);
            meter.comes_again = if comes_again { blocked } else { 0 };
        }
    }

    fn add_coming_instants(&self, instants: &mut Vec<i64>) {
        if let (Some(suspension), Some(after)) = (&self.suspension, self.terms.wipe_after) {
            instants.push(suspension.since + after);
        }
        if self.terms.opens_by_application && !self.is_open() {
            instants.push(self.next_try);
        }
        for quota in &self.quotas {
            instants.extend(quota.ends);
        }
        for allowance in &self.allowances {
            match allowance.stage {
                Stage::Paid => instants.push(allowance.effect),
                Stage::InEffect => instants.push(allowance.ends),
                Stage::Ended => {}
            }
        }
    }
}
