//! Slots (RULES §7): at their end units are taken, covered and judged.
//!
//! Every end of a slot is an instant. Those at which surely nothing happens are left out: there
//! taking, covering and judging all units at the next one that is played gives the same.

use super::cover::{Excess, Source, Split};
use super::demand::{Circumstances, Standing};
use super::money::price_of_part;
use super::product::{Product, Stage};
use super::profile::DAY;
use super::state::Account;

impl Account<'_> {
    /// Phase 4: the ends of slots of all products.
    pub fn close_slots(&mut self) {
        for id in self.product_ids() {
            let now = self.now;
            let product = self.product(&id);
            if product.has_slot_end(now) {
                for event in product.close_slot(&id, now) {
                    self.say(event);
                }
            }
        }
    }

    /// The first end of a slot in (now, next] that has to be played, or `next` if there is none.
    pub fn next_slot_end(&self, next: i64) -> i64 {
        let circumstances = self.circumstances();
        let ends = self.products.values().map(|product| product.next_slot_end(self.now, next, &circumstances));
        ends.min().unwrap_or(next)
    }
}

impl Product<'_> {
    fn close_slot(&mut self, id: &str, now: i64) -> Vec<String> {
        let terms = self.terms;
        let sources = self.sources_of_slot(now);

        // The basic meters draw in their order: first free quotas of that meter, then allowances.
        let mut excesses = Vec::new();
        for &meter in &terms.draw_order {
            let units = self.meters[meter].take();
            let rest = self.draw_quotas(meter, units);
            excesses.push((meter, self.draw_allowances(meter, rest, &sources)));
        }
        // Add-ons are never covered by allowances.
        for (meter, meter_terms) in terms.meters.iter().enumerate() {
            if meter_terms.is_add_on {
                let units = self.meters[meter].take();
                let rest = self.draw_quotas(meter, units);
                self.meters[meter].today.billable += rest;
            }
        }

        let mut events = self.used_up(id, &sources);
        // A slot in which the service was suspended throughout is not judged.
        if self.runs_in_slot {
            let has_excess = excesses.iter().any(|(_, excess)| excess.units() > 0);
            events.extend(self.judge(id, has_excess));
        }
        self.runs_in_slot = false;

        // Excess units are billable if the switch is on after that; else they are written off.
        for (meter, excess) in excesses {
            if self.is_on {
                self.bill(meter, &excess, now);
            } else {
                self.meters[meter].today.written_off += excess.units();
            }
        }
        events
    }

    fn bill(&mut self, meter: usize, excess: &Excess, now: i64) {
        let opened = self.opened;
        let meter = &mut self.meters[meter];
        let price = meter.prices_until(now, opened).first_price(); // split units are of flat meters
        meter.today.billable += excess.units();
        for Split { ratio, asks } in &excess.splits {
            meter.today.split += 1;
            meter.today.split_amount += price_of_part(price, *asks, *ratio);
        }
    }

    /// Ends the allowances of which nothing is left, in the order in which they draw.
    pub fn used_up(&mut self, id: &str, sources: &[Source]) -> Vec<String> {
        let mut events = Vec::new();
        for source in sources {
            let Source::Allowance(index) = source else {
                continue; // a free grant has no such end
            };
            let allowance = &mut self.allowances[*index];
            if allowance.stage == Stage::InEffect && allowance.left == 0 {
                allowance.stage = Stage::Ended;
                events.push(format!("allowance_ended {id} number={} cause=used_up left=0", allowance.number));
            }
        }
        events
    }

    /// Units taken at once that do not come in slots (RULES §7: other books are metered as they come).
    pub fn take_as_it_comes(&mut self) {
        for meter in 0..self.meters.len() {
            let units = self.meters[meter].take();
            let rest = self.draw_quotas(meter, units);
            let today = &mut self.meters[meter].today;
            if self.is_on || self.terms.meters[meter].is_add_on {
                today.billable += rest;
            } else {
                today.written_off += rest;
            }
        }
    }

    /// The first end of a slot in (now, next] that has to be played, or `next`.
    ///
    /// If `now` is inside a slot it is the end of that slot. Else the slots from now on all see the
    /// same state, and all ends before one up to which surely nothing happens can be left out.
    fn next_slot_end(&self, now: i64, next: i64, circumstances: &Circumstances) -> i64 {
        let Some(slot) = self.terms.slot else {
            return next;
        };
        let first = (now / slot + 1) * slot;
        if first >= next {
            return next;
        }
        if now % slot != 0 {
            return first;
        }
        // Phases 1 to 3 of the next instant come after the ends of slots before it, also where it is itself
        // such an end: those before it have to be closed by then.
        let mut end = (next - 1) / slot * slot;
        while end > first && !self.is_surely_quiet(now, end, circumstances) {
            let slots = (end - now) / slot;
            end = now + slots / 2 * slot;
        }
        end
    }

    /// Whether surely at no end of a slot in (now, until] anything happens but that units are taken
    /// and wholly covered each meter by one allowance, or wholly billed.
    ///
    /// Until then the state of the service is what it is now, as no other instant lies between. The
    /// units that come are counted as if nothing were refused and all were counted, so at least as
    /// many as there will be; fewer units are covered by the same allowance all the more.
    fn is_surely_quiet(&self, now: i64, until: i64, circumstances: &Circumstances) -> bool {
        // What would be judged at the end of each slot without excess: see `judge`. A service that
        // refuses demand now is suspended throughout all of them.
        if !self.is_on && self.is_open() && !self.refuses(now) && self.changes_without_excess() {
            return false;
        }
        if self.standing(now, circumstances) != Standing::Live {
            return true; // no units come
        }

        let sources = self.sources();
        let mut asked = vec![0; sources.len()];
        for &meter in &self.terms.draw_order {
            let units = self.most_units(meter, now, until);
            if units == 0 {
                continue;
            }
            // The allowance that covers the first of them. One with less left than a unit takes
            // covers none now or later, unless it covers a part.
            let covers = |source: &Source| {
                let ratio = self.ratio(*source, meter)?;
                (self.is_fractional() || self.left_of(*source) >= ratio).then_some(ratio)
            };
            let first = sources.iter().enumerate().find_map(|(index, source)| Some((index, covers(source)?)));
            match first {
                Some((index, ratio)) => asked[index] += u128::from(units) * u128::from(ratio),
                None if self.is_on => {} // all are billed
                None => return false,
            }
        }
        // Less than what is left: so each draw finds enough, and none is used up.
        sources.iter().zip(asked).all(|(source, asked)| asked < u128::from(self.left_of(*source)))
    }

    /// At most so many units of a meter have to be covered by allowances in the slots of [now, until).
    fn most_units(&self, meter: usize, now: i64, until: i64) -> u64 {
        let from = now % DAY;
        let free: u64 = self.quota_order(meter).iter().map(|&index| self.quotas[index].left).sum();
        let meter = &self.meters[meter];
        let raw = meter.demand.wanted_between(from, from + (until - now)) + meter.comes_again;
        let taken = (meter.raw_before + meter.today.raw_counted + raw).div_ceil(meter.terms.raw_per_unit);
        (taken - meter.taken).saturating_sub(free)
    }
}
