//! Demand between two instants: whose units they are (RULES §6, precedence), what is counted and
//! what free quotas take of it.

use super::profile::{DAY, slots};
use super::scenario::{RateLimit, WhileSuspended};
use super::state::{Account, Product};

impl Account<'_> {
    /// Settles the seconds [now, until), which lie in one day and see the state after `now`.
    pub fn settle_demand(&mut self, until: i64) {
        let day = self.now / DAY;
        let from = self.now % DAY;
        let to = from + (until - self.now);
        assert!(to <= DAY, "a day close is an instant");
        let while_suspended = self.scenario.policy.while_suspended;
        for (id, product) in &mut self.products {
            let raw = self.facts.demand[id][day as usize];
            let potential = raw - product.terms.unmetered_share.of(raw);
            product.settle_demand(potential, from, to, while_suspended);
        }
    }
}

impl Product<'_> {
    fn settle_demand(&mut self, potential: u64, from: i64, to: i64, suspended: WhileSuspended) {
        let profile = &self.terms.profile;
        let came = profile.between(potential, from, to);

        // Before activation or integration: unintegrated, whatever else holds.
        if !self.activated || !self.integrated {
            self.today.unintegrated += came;
            return;
        }
        self.today.offered += came;

        // Else while suspended: refused.
        if let Some(suspension) = &mut self.suspension {
            self.today.refused += came;
            suspension.refused += came;
            if suspended == WhileSuspended::Unprotected {
                self.today.unprotected += came;
            }
            return;
        }

        // Else the excess over the rate limit is refused; the rest is served.
        let served = match self.terms.rate_limit {
            RateLimit::None => came,
            RateLimit::EachSecond(calls) => profile.within_second_limit(potential, calls, from, to),
            RateLimit::EachSlot(calls) => {
                let mut served = 0;
                for (slot, start, end) in slots(from, to) {
                    let used = self.today.slot_served.entry(slot).or_insert(0);
                    let room = 300 * calls - *used;
                    let passed = profile.between(potential, start, end).min(room);
                    *used += passed;
                    served += passed;
                }
                served
            }
        };
        self.today.refused += came - served;
        self.today.served += served;

        // RULES §6, retried: in the second of the resume, beside that second's own live units.
        if self.comes_again > 0 {
            let own = profile.between(potential, from, from + 1);
            let again = match self.terms.rate_limit {
                RateLimit::None => self.comes_again,
                RateLimit::EachSecond(calls) | RateLimit::EachSlot(calls) => {
                    self.comes_again.min(calls.saturating_sub(own))
                }
            };
            self.today.retried += again;
            self.today.served += again;
            self.comes_again = 0; // the rest is lost
        }

        // RULES §6, counted units: floor(served so far that day × share), running.
        let counted = self.terms.counted_share.of(self.today.served);
        let newly_counted = counted - self.today.counted;
        self.today.counted = counted;
        self.draw_free_units(newly_counted);
    }

    /// RULES §5: several quotas draw day, month, once; the sooner end first.
    fn draw_free_units(&mut self, units: u64) {
        let mut order: Vec<usize> = (0..self.quotas.len()).collect();
        order.sort_by_key(|&index| {
            let kind = self.terms.quotas[index].each;
            (kind, self.quotas[index].ends.unwrap_or(i64::MAX), index)
        });
        let mut units = units;
        for index in order {
            let drawn = units.min(self.quotas[index].left);
            self.quotas[index].left -= drawn;
            self.today.free += drawn;
            units -= drawn;
        }
    }
}
