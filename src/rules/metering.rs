//! How the meters of a service count, draw from allowances slot by slot, and are priced at the close of a day (RULES §1, §3, §5, §7).

use super::event::{Event, Log, Usage};
use super::meter::Demand;
use super::service::Service;
use super::shelf::rest_price;
use super::terms::{Place, Product, Terms};
use crate::book::{BillEvery, Counted, Period, WhileSuspended, ZeroBills};
use crate::units::profile::SLOT;
use crate::units::{DAY, Day, Money, NEVER, Seconds, TooLarge, midnight};

/// What one meter has counted.
#[derive(Clone, Debug, Default)]
pub(super) struct MeterNow {
    /// What was metered of this day so far; nothing on a day that has not been cut, so that it needs no memory.
    today: Option<Usage>,
    /// Raw units of the earlier days of a month over which they are rounded, and the units of price taken for them.
    raw_before: u64,
    taken_before: u64,
    /// Units of the earlier days of a month's counter.
    counter_before: u64,
    /// Whether the service ran in this counter period.
    ran: bool,
    /// Refused in this suspension, for customers that come again.
    knocking: u64,
    /// Units of today of which a part is billed: what is still asked for, and of how much.
    splits: Vec<(u64, u64)>,
}

/// What the close of a day needs to know beside the demand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Close<'a> {
    pub day: Day,
    /// Instant of the bill that would be issued next.
    pub bill_at: Seconds,
    pub terms: &'a Terms,
}

impl Service {
    pub(super) fn forget_knocking(&mut self) {
        self.meters.iter_mut().for_each(|meter| meter.knocking = 0);
    }

    /// Meters what came since the last settlement, up to second `until` of the day, in the state that held. A slot that ends then
    /// is drawn only if `closing`: its phase has come.
    pub(super) fn settle(
        &mut self,
        day: Day,
        until: Seconds,
        demand: &[Demand<'_>],
        terms: &Terms,
        closing: bool,
        log: &mut impl Log,
    ) {
        let product = &terms.products[self.product];
        let fails_open = terms.policy.while_suspended == WhileSuspended::Unprotected;
        if !product.slotted {
            self.settle_meters(until, demand, product, fails_open);
            return;
        }
        let slot = product.book.slot;
        let last = if closing { until } else { until - 1 };
        let bound = last - last.rem_euclid(slot);
        // Nothing can end before the last of these slots: the timer would have stood there.
        for bound in [bound - slot, bound] {
            if bound > self.drawn {
                self.settle_meters(bound, demand, product, fails_open);
                self.draw_slots(midnight(day) + bound, product, log);
                self.drawn = bound;
            }
        }
        self.settle_meters(until, demand, product, fails_open);
    }

    fn settle_meters(&mut self, until: Seconds, demand: &[Demand<'_>], product: &Product, fails_open: bool) {
        let from = self.settled;
        if until <= from {
            return;
        }
        self.settled = until;
        for (meter, demand) in demand.iter().enumerate() {
            let mut usage = self.meters[meter].today.take().unwrap_or_default();
            // Suspended inside a slot, it runs to the slot's end.
            let cut = self.serves_until.clamp(from, until);
            if self.suspended && cut > from {
                self.settle_stretch(meter, &mut usage, (from, cut), true, demand, product, fails_open);
                self.settle_stretch(meter, &mut usage, (cut, until), false, demand, product, fails_open);
            } else {
                self.settle_stretch(meter, &mut usage, (from, until), !self.suspended, demand, product, fails_open);
            }
            self.meters[meter].today = Some(usage);
        }
    }

    /// Meters a stretch of the day in which the state of the service does not change.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "the state of a stretch is all of this")]
    fn settle_stretch(
        &mut self,
        meter: usize,
        today: &mut Usage,
        (from, until): (Seconds, Seconds),
        in_funds: bool,
        demand: &Demand<'_>,
        product: &Product,
        fails_open: bool,
    ) {
        if until <= from {
            return;
        }
        let suspended = !in_funds || self.ended;
        let potential = demand.potential_between(from, until);
        today.potential += potential;
        if !self.is_open() {
            today.unintegrated += potential;
            return;
        }
        if self.left || suspended && self.is_deserted() {
            today.withheld += potential.cast_signed();
            *(if self.left { &mut today.churned } else { &mut today.stopped }) += potential;
            return;
        }
        let units = demand.wanted_between(from, until);
        today.withheld += potential.cast_signed() - units.cast_signed();
        today.offered += units;
        if suspended {
            today.refused += units;
            today.blocked += units;
            today.unprotected += if fails_open { units } else { 0 };
            self.meters[meter].knocking += units;
            return;
        }
        self.meters[meter].ran = true;
        let admitted = match product.book.rate_limit {
            Some(limit) if demand.wanted > self.unlimited || !demand.pieces.is_empty() => {
                let (admitted, in_slot) = demand.admitted(from, until, limit, self.in_slot_at(from));
                self.in_slot = (in_slot, until - until % SLOT);
                admitted
            }
            _ => units,
        };
        today.refused += units - admitted;
        self.serve(meter, today, admitted, product);
    }

    /// What the slot of `from` let through before.
    fn in_slot_at(&self, from: Seconds) -> u64 {
        let (let_through, began) = self.in_slot;
        if began == from - from % SLOT { let_through } else { 0 }
    }

    /// Serves units; where there are no slots they are taken at once.
    #[inline]
    fn serve(&mut self, meter: usize, today: &mut Usage, served: u64, product: &Product) {
        today.served += served;
        if !product.slotted {
            today.billable += self.take(meter, today, product);
        }
    }

    /// Takes the units of price that are new since they were taken last, and draws free ones of this meter; returns the rest.
    #[inline]
    fn take(&mut self, meter: usize, today: &mut Usage, product: &Product) -> u64 {
        let raw = counted_of(today.served, product);
        let of = &product.book.meters[meter];
        let now = &self.meters[meter];
        let counted = if of.raw_per_unit == 1 {
            raw
        } else {
            (now.raw_before + raw).div_ceil(of.raw_per_unit) - now.taken_before
        };
        let mut new = counted - today.counted;
        today.counted = counted;
        for index in &product.quotas_of[meter] {
            let quota = &mut self.quotas[*index];
            let free = new.min(quota.left);
            quota.left -= free;
            today.free += free;
            new -= free;
        }
        new
    }

    /// Draws what was served up to a slot's end from the allowances; `at` is that end. What nothing covers is billed, or written
    /// off where the service is suspended for it.
    fn draw_slots(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        // What takes effect at a midnight belongs to the day that begins.
        let not_yet = if at % DAY == 0 { at } else { at + 1 };
        let mut beyond: Vec<(usize, u64, bool)> = vec![];
        for meter in 0..self.meters.len() {
            if product.book.meters[meter].add_on_of.is_some() {
                let mut usage = self.meters[meter].today.take().unwrap_or_default();
                usage.billable += self.take(meter, &mut usage, product);
                self.meters[meter].today = Some(usage);
            }
        }
        for meter in &product.basic {
            let mut usage = self.meters[*meter].today.take().unwrap_or_default();
            let wanted = self.take(*meter, &mut usage, product);
            let drawn = self.shelf.draw(*meter, wanted, product, not_yet);
            usage.package += drawn.package;
            usage.free += drawn.free;
            usage.billable += drawn.excess;
            self.meters[*meter].splits.extend(drawn.split);
            self.meters[*meter].today = Some(usage);
            if drawn.excess > 0 && !self.switched_on {
                beyond.push((*meter, drawn.excess, drawn.split.is_some()));
            }
        }
        self.shelf.tell_slot(at, self.product, log);
        self.shelf.end_used(at, self.product, log);
        self.arm_shelf();
        self.judge_switch(at, !beyond.is_empty(), product, log);
        if self.switched_on {
            return;
        }
        for (meter, excess, split) in beyond {
            let now = &mut self.meters[meter];
            if split {
                now.splits.pop();
            }
            if let Some(usage) = &mut now.today {
                usage.billable -= excess;
                usage.written_off += excess;
            }
        }
    }

    /// Phase 3: packages that take effect cover what is billable so far today.
    pub(super) fn take_effect(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        while let Some(package) = self.shelf.take_effect(at) {
            let super::shelf::Kind::Package(number) = package.kind else { continue };
            log.record(at, Event::PackageEffective { product: self.product, number, ends: package.ends });
            self.lifted |= self.ended;
            if at % DAY != 0 {
                for meter in &product.basic {
                    let now = &mut self.meters[*meter];
                    let Some(usage) = &mut now.today else { continue };
                    let split = u64::try_from(now.splits.len()).unwrap_or(u64::MAX);
                    let covered = self.shelf.absorb(number, *meter, usage.billable.saturating_sub(split), product);
                    usage.billable -= covered;
                    usage.package += covered;
                }
                self.shelf.tell_slot(at, self.product, log);
            }
            self.shelf.end_used(at, self.product, log);
        }
        self.arm_shelf();
    }

    /// What was refused comes again in the first second after the resume, within the per-second limit.
    pub(super) fn serve_again(&mut self, second: Seconds, demand: &[Demand<'_>], product: &Product) {
        for (meter, demand) in demand.iter().enumerate() {
            let own = demand.wanted_between(second, second + 1);
            let room = product.book.rate_limit.map_or(u64::MAX, |limit| limit.calls.saturating_sub(own));
            let again = self.meters[meter].knocking.min(room);
            let mut today = self.meters[meter].today.take().unwrap_or_default();
            today.retried += again;
            self.serve(meter, &mut today, again, product);
            self.meters[meter].today = Some(today);
        }
    }

    /// Sets the timer of the first slot's end, from second `from` on, up to which the order of draws can matter. `every`: of the
    /// next one.
    pub(super) fn watch(&mut self, day: Day, from: Seconds, demand: &[Demand<'_>], product: &Product, every: bool) {
        self.slot_at = NEVER;
        if !product.slotted || !self.activated || self.is_suspended() && self.serves_until <= from || self.left {
            return;
        }
        let slot = product.book.slot;
        let next = from - from.rem_euclid(slot) + slot;
        let (mut close, mut quiet) = (if every { next } else { DAY }, next - slot);
        if !every && !self.is_close(DAY, demand, product) {
            return;
        }
        // Between a slot's end at which nothing can have ended and one at which something can.
        while close - quiet > slot {
            let middle = quiet + (close - quiet) / slot / 2 * slot;
            if self.is_close(middle, demand, product) { close = middle } else { quiet = middle }
        }
        self.slot_at = midnight(day) + close;
    }

    /// Whether by second `until` of the day an allowance can have ended, or something was asked for that the first one does not
    /// cover.
    fn is_close(&self, until: Seconds, demand: &[Demand<'_>], product: &Product) -> bool {
        let most = |meter: usize| {
            let now = &self.meters[meter];
            let (served, counted) = now.today.as_ref().map_or((0, 0), |usage| (usage.served, usage.counted));
            let raw = now.raw_before + served + now.knocking + demand[meter].wanted_between(self.settled, until);
            raw.div_ceil(product.book.meters[meter].raw_per_unit) - now.taken_before - counted
        };
        self.shelf.is_close(most, self.switched_on, product)
    }

    /// Ends the day: meters its rest, prices it, and keeps the bill.
    pub(super) fn close(
        &mut self,
        demand: &[Demand<'_>],
        close: Close<'_>,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        let Close { day, bill_at, terms } = close;
        let (product, month) = (&terms.products[self.product], terms.months[day]);
        let at = midnight(day + 1);
        if product.slotted {
            self.shelf.close(at, day, self.product, log);
        }
        let fails_open = terms.policy.while_suspended == WhileSuspended::Unprotected;
        let mut whole = Money::ZERO;
        for (meter, demand) in demand.iter().enumerate() {
            let mut usage = self.meters[meter].today.take().unwrap_or_default();
            if !product.slotted {
                let from = self.settled;
                self.settle_stretch(meter, &mut usage, (from, DAY), !self.suspended, demand, product, fails_open);
            }
            usage.unmetered = demand.unmetered;
            let (amount, place) = self.price(meter, &usage, month, day, product)?;
            debug_assert_eq!(
                usage.potential.cast_signed(),
                usage.unintegrated.cast_signed() + usage.withheld + usage.offered.cast_signed()
            );
            debug_assert_eq!(usage.offered + usage.retried, usage.refused + usage.served);
            debug_assert_eq!(usage.counted, usage.free + usage.package + usage.written_off + usage.billable);
            log.record(at, Event::DayClosed { product: self.product, meter, day, usage, amount, place });
            whole = whole.plus(amount)?;
        }
        (self.settled, self.drawn, self.serves_until, self.in_slot) = (0, 0, 0, (0, 0));
        if product.book.bill_every == BillEvery::Month {
            self.month_amount = self.month_amount.plus(whole)?;
            if !month.ends {
                return Ok(());
            }
            whole = std::mem::take(&mut self.month_amount);
        }
        if self.activated && (whole > Money::ZERO || terms.policy.zero_bills == ZeroBills::Issued) {
            self.keep_bill(day, whole, bill_at);
        }
        Ok(())
    }

    /// What the day adds to the cost of the meter's counter period, and where its units stand in it.
    #[inline]
    fn price(
        &mut self,
        meter: usize,
        usage: &Usage,
        month: super::terms::Month,
        day: Day,
        product: &Product,
    ) -> Result<(Money, Place), TooLarge> {
        let of = &product.book.meters[meter];
        let start = month.start_of(of.counter, day);
        let version = product.version(self.list, meter, start, self.opened);
        let now = &mut self.meters[meter];
        let place = Place { list: self.list, version, before: now.counter_before };
        let tariff = product.tariff(meter, place);
        let free = if product.free_inside { usage.free } else { 0 };
        let closes = month.closes(of.counter);
        let counted = now.counter_before + free + usage.billable;
        let mut amount = if tariff.is_volume() && of.counter == Period::Month {
            if closes { tariff.cost(counted)? } else { Money::ZERO }
        } else {
            tariff.cost_after(now.counter_before + free, usage.billable)?
        };
        for split in now.splits.drain(..) {
            let price = tariff.first_price();
            amount = amount.minus(price)?.plus(rest_price(price, split)?)?;
        }
        if closes && tariff.has_close() {
            amount = amount.plus(tariff.at_close(counted, now.ran)?)?;
        }
        now.counter_before = if closes { 0 } else { counted };
        now.ran &= !closes;
        if of.rounding == Period::Month {
            let ends = month.ends;
            now.raw_before = if ends { 0 } else { now.raw_before + counted_of(usage.served, product) };
            now.taken_before = if ends { 0 } else { now.taken_before + usage.counted };
        }
        Ok((amount, place))
    }
}

/// Of the raw units served on a day, those that are counted.
#[inline]
fn counted_of(served: u64, product: &Product) -> u64 {
    match product.book.counted {
        Counted::Served => served,
        Counted::Passed => product.book.pass_share.of(served),
    }
}
