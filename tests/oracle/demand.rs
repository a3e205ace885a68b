//! Demand between two instants: whose units they are (RULES §6, precedence), what is counted and
//! what free quotas take of it.

use super::day::DayDemand;
use super::profile::{DAY, slots};
use super::scenario::{RateLimit, WhileSuspended};
use super::state::{Account, Product};

/// What the whole account says about the demand of each product.
struct Circumstances {
    has_left: bool,
    traffic_stops: bool,
    is_unprotected: bool,
}

impl Account<'_> {
    /// Settles the seconds [now, until), which lie in one day and see the state after `now`.
    pub fn settle_demand(&mut self, until: i64) {
        let day = self.now / DAY;
        let from = self.now % DAY;
        let to = from + (until - self.now);
        assert!(to <= DAY, "a day close is an instant");
        let circumstances = Circumstances {
            has_left: self.left,
            traffic_stops: self.scenario.traffic_stops,
            is_unprotected: self.scenario.policy.while_suspended == WhileSuspended::Unprotected,
        };
        for id in self.product_ids() {
            let (_, demand) = self.demand_of(&id, day);
            self.product(&id).settle_demand(&demand, from, to, &circumstances);
        }
    }
}

impl Product<'_> {
    fn settle_demand(&mut self, demand: &DayDemand, from: i64, to: i64, circumstances: &Circumstances) {
        // RULES §6, precedence. In the first three cases the price holds nothing back.
        let potential = demand.potential_between(from, to);

        // Before activation or integration: unintegrated, whatever else holds.
        if !self.activated || !self.integrated {
            self.today.unintegrated += potential;
            return;
        }

        // Else, once the customer has left: withheld.
        if circumstances.has_left {
            self.today.withheld += potential as i64;
            self.today.churned += potential;
            return;
        }

        // Else, while suspended and where traffic stops then: withheld.
        if self.suspension.is_some() && circumstances.traffic_stops {
            self.today.withheld += potential as i64;
            self.today.stopped += potential;
            return;
        }

        // Else the price response withholds, and the units of W and the pieces are offered.
        self.today.withheld += demand.held_back_between(from, to);
        let came = demand.wanted_between(from, to);
        self.today.offered += came;

        // While suspended: refused.
        if let Some(suspension) = &mut self.suspension {
            self.today.refused += came;
            self.today.blocked += came;
            suspension.blocked += came;
            if circumstances.is_unprotected {
                self.today.unprotected += came;
            }
            return;
        }

        // Else the excess over the rate limit is refused; the rest is served.
        let served = match self.terms.rate_limit {
            RateLimit::None => came,
            RateLimit::EachSecond(calls) => demand.within_second_limit(calls, from, to),
            RateLimit::EachSlot(calls) => {
                let mut served = 0;
                for (slot, start, end) in slots(from, to) {
                    let used = self.today.slot_served.entry(slot).or_insert(0);
                    let room = 300 * calls - *used;
                    let passed = demand.wanted_between(start, end).min(room);
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
            let own = demand.wanted_between(from, from + 1);
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
