//! The pay-as-you-go switch and the suspension of a service whose allowances have ended (RULES §7).

use super::product::{Product, Stage};

impl Product<'_> {
    /// Judges the switch: at the end of a slot, at an expiry, at a wipe. Tells if it goes on; a
    /// service that is to be suspended becomes `ended` in phase 10.
    pub fn judge(&mut self, id: &str, has_excess: bool) -> Option<String> {
        if self.is_on || !self.is_open() || self.ended {
            return None; // a service that is `ended` is not judged again
        }
        if has_excess || self.changes_without_excess() {
            // (a) any package has ended; (b) something is not covered, or nothing is in effect.
            let any_ended = self.terms.on_when_any_ended && self.had_package_ended();
            if any_ended || self.had_package_in_effect() {
                self.is_on = true;
                self.will_be_ended = false;
                return Some(format!("pay_as_you_go {id} cause=automatic"));
            }
            self.will_be_ended = true;
        }
        None
    }

    /// Whether the judgement has a consequence even when all units of the slot are covered.
    pub fn changes_without_excess(&self) -> bool {
        let any_ended = self.terms.on_when_any_ended && self.had_package_ended();
        any_ended || !self.has_allowance_in_effect()
    }

    /// Phase 5: the trial and packages whose end has come, by number, and what the switch does.
    pub fn expire_allowances(&mut self, id: &str, now: i64) -> Vec<String> {
        let mut events = Vec::new();
        for allowance in &mut self.allowances {
            if allowance.stage == Stage::InEffect && allowance.ends <= now {
                allowance.stage = Stage::Ended;
                let (number, left) = (allowance.number, allowance.left);
                events.push(format!("allowance_ended {id} number={number} cause=expired left={left}"));
            }
        }
        if !events.is_empty() {
            events.extend(self.judge(id, false));
        }
        events
    }

    /// Phase 10: a wipe of the trial and all packages in effect, and what the switch does. A reason
    /// `ended` begins right there.
    pub fn wipe_allowances(&mut self, id: &str) -> Vec<String> {
        let mut events = Vec::new();
        for allowance in &mut self.allowances {
            if allowance.stage == Stage::InEffect {
                allowance.stage = Stage::Ended;
                let (number, left) = (allowance.number, allowance.left);
                events.push(format!("allowance_ended {id} number={number} cause=wiped left={left}"));
            }
        }
        events.extend(self.judge(id, false));
        events.extend(self.begin_ended(id));
        events
    }

    /// Begins the suspension for ended allowances, if it was judged so at this instant.
    pub fn begin_ended(&mut self, id: &str) -> Option<String> {
        if !std::mem::take(&mut self.will_be_ended) {
            return None;
        }
        self.ended = true;
        Some(format!("suspended {id} reason=ended"))
    }
}
