//! How the meters of a service count, draw from allowances slot by slot, and are priced at the close of a day (RULES §1, §3, §5, §7).

use super::counting::{Standing, admit, counted_of, offer, serve, take};
use super::event::{Event, IdleDay, Log, Usage};
use super::meter::Demand;
use super::service::Service;
use super::shelf::rest_price;
use super::terms::{Month, Place, Product, Terms};
use crate::book::{BillEvery, Period, Policy, WhileSuspended, ZeroBills};
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
    /// Refused in this suspension, for customers that come again.
    knocking: u64,
    /// Units of today of which a part is billed: what is still asked for, and of how much.
    splits: Vec<(u64, u64)>,
}

/// Whether the service ran for at least a second: today, and in this calendar month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ran {
    today: bool,
    month: bool,
}

impl Ran {
    #[inline]
    fn note(&mut self, standing: Standing) {
        self.today |= standing == Standing::Live;
    }

    fn within(self, period: Period) -> bool {
        self.today || period == Period::Month && self.month
    }

    fn close(&mut self, month_ends: bool) {
        *self = Ran { today: false, month: (self.month || self.today) && !month_ends };
    }
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
    /// Whether nothing is metered yet of a day.
    #[inline]
    pub(super) fn is_untouched(&self) -> bool {
        self.meters.iter().all(|meter| meter.today.is_none())
    }

    /// What whole days leave behind of which all `units` of its one meter met the same: for how long it ran, who knocks.
    pub(super) fn was(&mut self, standing: Standing, units: u64, month_ends: bool) {
        self.ran.note(standing);
        self.ran.close(month_ends);
        if let Standing::Refused { .. } = standing {
            self.meters[0].knocking += units;
        }
    }

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
        // Where something can end at this bound, its slot is drawn by itself; before it nothing could: the timer would have stood there.
        let first = if self.slot_at == midnight(day) + bound { bound - slot } else { bound };
        for bound in [first, bound] {
            if bound > self.drawn {
                self.settle_meters(bound, demand, product, fails_open);
                self.draw_slots(day, bound, product, log);
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
        // Suspended inside a slot, it runs to the slot's end.
        let cut = if self.suspended { self.serves_until.clamp(from, until) } else { from };
        for (from, until, in_funds) in [(from, cut, true), (cut, until, !self.suspended)] {
            if from < until {
                let standing = self.standing(in_funds, fails_open);
                self.ran.note(standing);
                self.in_force_to = if in_funds && !self.ended { until } else { self.in_force_to };
                for (meter, demand) in demand.iter().enumerate().filter(|(_, demand)| !demand.is_idle()) {
                    self.settle_stretch(meter, standing, (from, until), demand, product);
                }
            }
        }
    }

    /// What a stretch of demand meets (RULES §6, precedence); `in_funds`: not suspended for arrears.
    #[inline]
    pub(super) fn standing(&self, in_funds: bool, fails_open: bool) -> Standing {
        let suspended = !in_funds || self.ended;
        if !self.is_open() {
            Standing::Unintegrated
        } else if self.left {
            Standing::Churned
        } else if suspended && self.is_deserted() {
            Standing::Stopped
        } else if suspended {
            Standing::Refused { unprotected: fails_open }
        } else {
            Standing::Live
        }
    }

    /// Meters a stretch of the day in which the state of the service does not change.
    fn settle_stretch(
        &mut self,
        meter: usize,
        standing: Standing,
        span: (Seconds, Seconds),
        demand: &Demand<'_>,
        product: &Product,
    ) {
        let now = &mut self.meters[meter];
        let today = now.today.get_or_insert_default();
        let units = offer(today, &mut now.knocking, standing, span, demand);
        let admitted = admit(units, span, demand, product, self.unlimited, &mut self.in_slot);
        today.refused += units - admitted;
        serve(meter, today, admitted, (now.raw_before, now.taken_before), &mut self.quotas, product);
    }

    /// Draws what was served up to a slot's end, a `bound` of the day, from the allowances. What nothing covers is billed, or written
    /// off where the service is suspended for it.
    fn draw_slots(&mut self, day: Day, bound: Seconds, product: &Product, log: &mut impl Log) {
        let at = midnight(day) + bound;
        // What takes effect at a midnight belongs to the day that begins.
        let not_yet = if at % DAY == 0 { at } else { at + 1 };
        let mut beyond: Vec<(usize, u64, bool)> = vec![];
        for meter in &product.add_ons {
            let now = &mut self.meters[*meter];
            let Some(usage) = &mut now.today else { continue };
            usage.billable += take(*meter, usage, (now.raw_before, now.taken_before), &mut self.quotas, product);
        }
        for meter in &product.basic {
            let now = &mut self.meters[*meter];
            let Some(usage) = &mut now.today else { continue };
            let wanted = take(*meter, usage, (now.raw_before, now.taken_before), &mut self.quotas, product);
            let drawn = self.shelf.draw(*meter, wanted, product, not_yet);
            usage.package += drawn.package;
            usage.free += drawn.free;
            usage.billable += drawn.excess;
            now.splits.extend(drawn.split);
            if drawn.excess > 0 && !self.switched_on {
                beyond.push((*meter, drawn.excess, drawn.split.is_some()));
            }
        }
        self.shelf.tell_slot(at, self.product, log);
        self.shelf.end_used(at, self.product, log);
        self.arm_shelf();
        // A slot in which it was suspended throughout, or not open before its end, is not judged.
        if self.in_force_to > bound - product.book.slot && self.opened < at {
            self.judge_switch(at, !beyond.is_empty(), product, log);
        }
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
            let now = &mut self.meters[meter];
            let again = now.knocking.min(room);
            if again > 0 {
                let today = now.today.get_or_insert_default();
                today.retried += again;
                serve(meter, today, again, (now.raw_before, now.taken_before), &mut self.quotas, product);
            }
        }
    }

    /// Sets the timer of the first slot's end, from second `from` on, up to which the order of draws can matter. `every`: of the
    /// next one.
    pub(super) fn watch(&mut self, day: Day, from: Seconds, demand: &[Demand<'_>], product: &Product, every: bool) {
        self.slot_at = NEVER;
        if !self.activated || self.is_suspended() && self.serves_until <= from {
            return;
        }
        let slot = product.book.slot;
        let next = from - from.rem_euclid(slot) + slot;
        let (mut close, mut quiet) = (if every { next } else { DAY }, next - slot);
        let mut asked = std::mem::take(&mut self.asked);
        let mut is_close = |until: Seconds| {
            self.most_asked(until, demand, product, &mut asked);
            self.shelf.is_close(&asked, self.switched_on, product)
        };
        let any = every || is_close(DAY);
        // Between a slot's end at which nothing can have ended and one at which something can.
        while any && close - quiet > slot {
            let middle = quiet + (close - quiet) / slot / 2 * slot;
            if is_close(middle) { close = middle } else { quiet = middle }
        }
        self.asked = asked;
        if any {
            self.slot_at = midnight(day) + close;
        }
    }

    /// The most units of each basic meter that can be asked for of allowances by second `until` of the day, where there are any.
    fn most_asked(&self, until: Seconds, demand: &[Demand<'_>], product: &Product, asked: &mut Vec<(usize, u64)>) {
        asked.clear();
        for meter in &product.basic {
            let (now, demand) = (&self.meters[*meter], &demand[*meter]);
            if demand.is_idle() && now.today.is_none() {
                continue;
            }
            let (served, counted) = now.today.as_ref().map_or((0, 0), |usage| (usage.served, usage.counted));
            let raw = now.raw_before + served + demand.wanted_between(self.settled, until);
            let units = raw.div_ceil(product.book.meters[*meter].raw_per_unit) - now.taken_before - counted;
            if units > 0 {
                asked.push((*meter, units));
            }
        }
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
        let standing = self.standing(!self.suspended, fails_open);
        if self.settled < DAY {
            self.ran.note(standing);
        }
        for (meter, demand) in demand.iter().enumerate() {
            let now = &mut self.meters[meter];
            if now.today.is_none() && demand.is_idle() && product.idle_is_free[meter] {
                let place = self.close_idle(meter, month, day, product);
                log.idle_day(at, IdleDay { product: self.product, meter, day, place });
                continue;
            }
            let mut usage = now.today.take().unwrap_or_default();
            if !product.slotted {
                let span = (self.settled, DAY);
                let units = offer(&mut usage, &mut now.knocking, standing, span, demand);
                let admitted = admit(units, span, demand, product, self.unlimited, &mut self.in_slot);
                usage.refused += units - admitted;
                let before = (now.raw_before, now.taken_before);
                serve(meter, &mut usage, admitted, before, &mut self.quotas, product);
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
        (self.settled, self.drawn, self.serves_until, self.in_force_to, self.in_slot) = (0, 0, 0, 0, (0, 0));
        self.ran.close(month.ends);
        if product.book.bill_every == BillEvery::Month {
            self.month_amount = self.month_amount.plus(whole)?;
            if !month.ends {
                return Ok(());
            }
            whole = std::mem::take(&mut self.month_amount);
        }
        if self.issues(whole, &terms.policy) {
            self.keep_bill(day, whole, bill_at);
        }
        Ok(())
    }

    /// Ends the day of a meter of which nothing was asked.
    #[inline]
    fn close_idle(&mut self, meter: usize, month: Month, day: Day, product: &Product) -> Place {
        let of = &product.book.meters[meter];
        let start = month.start_of(of.counter, day);
        let version = product.version(self.list, meter, start, self.opened);
        let now = &mut self.meters[meter];
        let before = now.counter_before;
        if month.closes(of.counter) {
            now.counter_before = 0;
        }
        if of.rounding == Period::Month && month.ends {
            (now.raw_before, now.taken_before) = (0, 0);
        }
        Place { list: self.list, version, before }
    }

    /// Whether a bill of this exact amount is issued.
    #[inline]
    pub(super) fn issues(&self, amount: Money, policy: &Policy) -> bool {
        self.activated && (amount > Money::ZERO || policy.zero_bills == ZeroBills::Issued)
    }

    /// What the day adds to the cost of the meter's counter period, and where its units stand in it.
    #[inline]
    fn price(
        &mut self,
        meter: usize,
        usage: &Usage,
        month: Month,
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
            amount = amount.plus(tariff.at_close(counted, self.ran.within(of.counter))?)?;
        }
        now.counter_before = if closes { 0 } else { counted };
        if of.rounding == Period::Month {
            let ends = month.ends;
            now.raw_before = if ends { 0 } else { now.raw_before + counted_of(usage.served, product) };
            now.taken_before = if ends { 0 } else { now.taken_before + usage.counted };
        }
        Ok((amount, place))
    }
}
