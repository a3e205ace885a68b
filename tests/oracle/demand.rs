//! Demand between two instants: whose units they are (RULES §6, precedence; §7: meter by meter).

use super::book::{ProductTerms, RateLimit};
use super::product::{Meter, Product};
use super::profile::{DAY, slots};
use super::scenario::WhileSuspended;
use super::state::Account;

/// What the whole account says about the demand of each product.
pub struct Circumstances {
    pub has_left: bool,
    pub traffic_stops: bool,
    pub is_unprotected: bool,
}

/// Whose the units of a stretch are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Unintegrated,
    Churned,
    Stopped,
    Refused,
    Live,
}

impl Account<'_> {
    /// Settles the seconds [now, until), which lie in one day and see the state after `now`.
    pub fn settle_demand(&mut self, until: i64) {
        let from = self.now % DAY;
        let to = from + (until - self.now);
        assert!(to <= DAY, "a day close is an instant");
        let circumstances = self.circumstances();
        for product in self.products.values_mut() {
            product.settle_demand(self.now, from, to, &circumstances);
        }
    }

    pub fn circumstances(&self) -> Circumstances {
        Circumstances {
            has_left: self.left,
            traffic_stops: self.scenario.traffic_stops,
            is_unprotected: self.scenario.policy.while_suspended == WhileSuspended::Unprotected,
        }
    }
}

impl Product<'_> {
    fn settle_demand(&mut self, now: i64, from: i64, to: i64, circumstances: &Circumstances) {
        if !self.refuses(now) {
            // A slot that ends before or at the opening is not judged; who has left runs no service.
            self.runs_in_slot |= self.is_open();
            self.ran_today |= self.is_open() && self.integrated && !circumstances.has_left;
        }
        let standing = self.standing(now, circumstances);
        for meter in &mut self.meters {
            meter.settle_demand(self.terms, from, to, standing, circumstances.is_unprotected);
        }
        if self.terms.slot.is_none() {
            self.take_as_it_comes();
        }
    }

    /// RULES §6, precedence.
    pub fn standing(&self, now: i64, circumstances: &Circumstances) -> Standing {
        if !self.is_open() || !self.integrated {
            Standing::Unintegrated // whatever else holds
        } else if circumstances.has_left {
            Standing::Churned
        } else if self.refuses(now) && circumstances.traffic_stops {
            Standing::Stopped
        } else if self.refuses(now) {
            Standing::Refused
        } else {
            Standing::Live
        }
    }
}

impl Meter<'_> {
    fn settle_demand(&mut self, terms: &ProductTerms, from: i64, to: i64, standing: Standing, is_unprotected: bool) {
        let demand = &self.demand;
        let today = &mut self.today;

        // In these three cases the price holds nothing back.
        let potential = demand.potential_between(from, to);
        match standing {
            Standing::Unintegrated => {
                today.unintegrated += potential;
                return;
            }
            Standing::Churned => {
                today.withheld += potential as i64;
                today.churned += potential;
                return;
            }
            Standing::Stopped => {
                today.withheld += potential as i64;
                today.stopped += potential;
                return;
            }
            Standing::Refused | Standing::Live => {}
        }

        // Else the price response withholds, and the units of W and the pieces are offered.
        today.withheld += demand.held_back_between(from, to);
        let came = demand.wanted_between(from, to);
        today.offered += came;

        // While suspended: refused.
        if standing == Standing::Refused {
            today.refused += came;
            today.blocked += came;
            self.blocked += came;
            if is_unprotected {
                today.unprotected += came;
            }
            return;
        }

        // Else the excess over the rate limit is refused; the rest is served.
        let served = match terms.rate_limit {
            RateLimit::None => came,
            RateLimit::EachSecond(calls) => demand.within_second_limit(calls, from, to),
            RateLimit::EachSlot(calls) => {
                let mut served = 0;
                for (slot, start, end) in slots(from, to) {
                    let used = today.slot_served.entry(slot).or_insert(0);
                    let room = 300 * calls - *used;
                    let passed = demand.wanted_between(start, end).min(room);
                    *used += passed;
                    served += passed;
                }
                served
            }
        };
        today.refused += came - served;
        today.served += served;

        // RULES §6, retried: in the second of the resume, beside that second's own live units.
        if self.comes_again > 0 {
            let own = demand.wanted_between(from, from + 1);
            let again = match terms.rate_limit {
                RateLimit::None => self.comes_again,
                RateLimit::EachSecond(calls) | RateLimit::EachSlot(calls) => {
                    self.comes_again.min(calls.saturating_sub(own))
                }
            };
            today.retried += again;
            today.served += again;
            self.comes_again = 0; // the rest is lost
        }

        // RULES §6, counted units: floor(served so far that day × share), running.
        today.raw_counted = terms.counted_share.of(today.served);
    }
}
