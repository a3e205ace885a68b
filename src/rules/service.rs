//! One product of an account: activation, integration, suspension, and the day's metering (RULES §1, §2).

use super::event::{Event, Log, Usage};
use super::meter::Demand;
use super::terms::Product;
use super::wallet::Bill;
use crate::book::{Counted, Each, WhileSuspended, ZeroBills};
use crate::units::profile::SLOT;
use crate::units::{Calendar, DAY, Day, Money, NEVER, Seconds, TooLarge, day_of, midnight};

/// State of one product of an account.
#[derive(Clone, Debug)]
pub struct Service {
    /// Index of the product.
    pub product: usize,
    /// Time in arrears until suspension; `None`: never.
    pub grace: Option<Seconds>,
    pub(super) activated: bool,
    integrated: bool,
    pub(super) suspended: bool,
    /// Whether the customer has left for good.
    pub(super) left: bool,
    /// Whether nobody comes while the service is suspended.
    traffic_stops: bool,
    /// Whether a refused activation waits for the arrears to clear.
    pub(super) activation_waits: bool,
    pub(super) activation_at: Seconds,
    pub(super) integration_at: Seconds,
    pub(super) deadline: Seconds,
    pub(super) resume_at: Seconds,
    pub(super) wipe_at: Seconds,
    pub(super) quota_end: Seconds,
    pub(super) bill_at: Seconds,
    pub(super) bill: Option<Bill>,
    quotas: Vec<Granted>,
    /// What was metered of this day so far; nothing on a day that has not been cut, so that it needs no memory.
    today: Option<Usage>,
    /// Second of the day up to which usage is settled.
    settled: Seconds,
    /// Let through so far in a slot, and when the slot began: for a limit on slots.
    in_slot: (u64, Seconds),
    /// Refused in this suspension, for customers that come again.
    knocking: u64,
    /// Largest daily count that no rate limit can touch.
    unlimited: u64,
}

/// A quota's units and when they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Granted {
    left: u64,
    ends: Seconds,
}

/// What a service is opened with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub product: usize,
    pub activation: Seconds,
    pub integration: Seconds,
    pub grace: Option<Seconds>,
    pub traffic_stops: bool,
    pub unlimited: u64,
}

impl Service {
    pub(super) fn new() -> Service {
        Service {
            product: 0,
            grace: None,
            activated: false,
            integrated: false,
            suspended: false,
            left: false,
            traffic_stops: false,
            activation_waits: false,
            activation_at: NEVER,
            integration_at: NEVER,
            deadline: NEVER,
            resume_at: NEVER,
            wipe_at: NEVER,
            quota_end: NEVER,
            bill_at: NEVER,
            bill: None,
            quotas: vec![],
            today: None,
            settled: 0,
            in_slot: (0, 0),
            knocking: 0,
            unlimited: u64::MAX,
        }
    }

    /// Starts anew, keeping the buffers.
    pub(super) fn open(&mut self, opening: Opening, product: &Product) {
        let mut quotas = std::mem::take(&mut self.quotas);
        quotas.clear();
        quotas.resize(product.book.free.len(), Granted { left: 0, ends: NEVER });
        *self = Service {
            product: opening.product,
            grace: opening.grace,
            activation_at: opening.activation,
            integration_at: if product.book.requires_integration { opening.integration } else { NEVER },
            integrated: !product.book.requires_integration,
            traffic_stops: opening.traffic_stops,
            unlimited: opening.unlimited,
            quotas,
            ..Service::new()
        };
    }

    /// Whether calls are answered.
    pub fn is_live(&self) -> bool {
        self.activated && self.integrated && !self.suspended
    }

    /// Whether the product is activated.
    pub fn is_activated(&self) -> bool {
        self.activated
    }

    /// Whether the service is suspended for arrears.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// Whether the integration is complete.
    pub fn is_integrated(&self) -> bool {
        self.integrated
    }

    /// Exact amount of a closed day whose bill has not been issued.
    pub fn unbilled(&self) -> Money {
        self.bill.map_or(Money::ZERO, |bill| bill.amount)
    }

    /// Free units left, by quota.
    pub fn quota_left(&self, quota: usize) -> u64 {
        self.quotas.get(quota).map_or(0, |granted| granted.left)
    }

    /// The earliest of its timers but for its bill.
    #[inline]
    pub(super) fn next(&self) -> Seconds {
        self.activation_at
            .min(self.integration_at)
            .min(self.deadline)
            .min(self.resume_at)
            .min(self.wipe_at)
            .min(self.quota_end)
    }

    /// Meters what came since the last settlement, up to second `until` of the day, in the state that held.
    pub(super) fn settle(&mut self, until: Seconds, demand: &Demand<'_>, product: &Product, fails_open: bool) {
        let mut today = self.today.take().unwrap_or_default();
        self.settle_into(&mut today, until, demand, product, fails_open);
        self.today = Some(today);
    }

    #[inline]
    fn settle_into(
        &mut self,
        today: &mut Usage,
        until: Seconds,
        demand: &Demand<'_>,
        product: &Product,
        fails_open: bool,
    ) {
        let from = std::mem::replace(&mut self.settled, until);
        if until <= from {
            return;
        }
        let potential = demand.potential_between(from, until);
        today.potential += potential;
        if !(self.activated && self.integrated) {
            today.unintegrated += potential;
            return;
        }
        if self.left || self.suspended && self.traffic_stops {
            today.withheld += potential.cast_signed();
            *(if self.left { &mut today.churned } else { &mut today.stopped }) += potential;
            return;
        }
        let units = demand.wanted_between(from, until);
        today.withheld += potential.cast_signed() - units.cast_signed();
        today.offered += units;
        if self.suspended {
            today.refused += units;
            today.blocked += units;
            today.unprotected += if fails_open { units } else { 0 };
            self.knocking += units;
            return;
        }
        let admitted = match product.book.rate_limit {
            Some(limit) if demand.wanted > self.unlimited || !demand.pieces.is_empty() => {
                let (admitted, in_slot) = demand.admitted(from, until, limit, self.in_slot_at(from));
                self.in_slot = (in_slot, until - until % SLOT);
                admitted
            }
            _ => units,
        };
        today.refused += units - admitted;
        self.meter(today, admitted, product);
    }

    /// What the slot of `from` let through before.
    fn in_slot_at(&self, from: Seconds) -> u64 {
        let (let_through, began) = self.in_slot;
        if began == from - from % SLOT { let_through } else { 0 }
    }

    /// Counts served units and draws free ones (RULES §1, §5: day, month, once).
    #[inline]
    fn meter(&mut self, today: &mut Usage, served: u64, product: &Product) {
        today.served += served;
        let counted = match product.book.counted {
            Counted::Served => today.served,
            Counted::Passed => product.book.pass_share.of(today.served),
        };
        let mut new = counted - today.counted;
        today.counted = counted;
        for index in &product.draw_order {
            let quota = &mut self.quotas[*index];
            let free = new.min(quota.left);
            quota.left -= free;
            today.free += free;
            new -= free;
        }
        today.billable += new;
    }

    /// Ends the day: meters its rest, prices it and keeps its bill for `bill_at` of the next day.
    pub(super) fn close(
        &mut self,
        day: Day,
        demand: &Demand<'_>,
        bill_at: Seconds,
        product: &Product,
        policy: &crate::book::Policy,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        let mut usage = self.today.take().unwrap_or_default();
        let fails_open = policy.while_suspended == WhileSuspended::Unprotected;
        self.settle_into(&mut usage, DAY, demand, product, fails_open);
        usage.unmetered = demand.unmetered;
        (self.settled, self.in_slot) = (0, (0, 0));
        let Usage { free, billable, .. } = usage;
        let amount = product.amount(free, billable)?;
        debug_assert_eq!(
            usage.potential.cast_signed(),
            usage.unintegrated.cast_signed() + usage.withheld + usage.offered.cast_signed()
        );
        debug_assert_eq!(usage.offered + usage.retried, usage.refused + usage.served);
        debug_assert_eq!(usage.counted, usage.free + usage.billable);
        log.record(midnight(day + 1), Event::DayClosed { product: self.product, day, usage, amount });
        if self.activated && (amount > Money::ZERO || policy.zero_bills == ZeroBills::Issued) {
            self.bill = Some(Bill { product: self.product, day, free, billable, amount });
            self.bill_at = bill_at;
        }
        Ok(())
    }

    /// Phase 5: quotas whose time is over.
    pub(super) fn end_quotas(&mut self, at: Seconds, log: &mut impl Log) {
        for (index, quota) in self.quotas.iter_mut().enumerate() {
            if quota.ends <= at && quota.left > 0 {
                log.record(at, Event::QuotaEnded { product: self.product, quota: index, units: quota.left });
                quota.left = 0;
            }
        }
    }

    /// Phases 6 and 9: grants that are due. At activation all of them, later those that come again.
    pub(super) fn grant(
        &mut self,
        at: Seconds,
        first: bool,
        product: &Product,
        calendar: &Calendar,
        log: &mut impl Log,
    ) {
        for (index, (quota, granted)) in product.book.free.iter().zip(&mut self.quotas).enumerate() {
            let due = first || granted.ends == at && quota.each != Each::Once;
            if due {
                granted.left = quota.units;
                granted.ends = match quota.each {
                    Each::Once => quota.expires_after.map_or(NEVER, |life| at.saturating_add(life)),
                    Each::Day => midnight(day_of(at) + 1),
                    Each::Month => month_end(at, calendar),
                };
                log.record(at, Event::QuotaGranted { product: self.product, quota: index, units: quota.units });
            } else if granted.ends <= at {
                granted.ends = NEVER;
            }
        }
        self.quota_end = self.quotas.iter().map(|granted| granted.ends).min().unwrap_or(NEVER);
    }

    /// Wipes what is unused after a long suspension.
    pub(super) fn wipe(&mut self, at: Seconds, log: &mut impl Log) {
        self.wipe_at = NEVER;
        for (index, quota) in self.quotas.iter_mut().enumerate() {
            if quota.left > 0 {
                log.record(at, Event::QuotaWiped { product: self.product, quota: index, units: quota.left });
                quota.left = 0;
            }
        }
    }

    pub(super) fn activate(&mut self, at: Seconds, log: &mut impl Log) {
        (self.activated, self.activation_waits) = (true, false);
        log.record(at, Event::Activated { product: self.product });
    }

    pub(super) fn integrate(&mut self, at: Seconds, log: &mut impl Log) {
        (self.integrated, self.integration_at) = (true, NEVER);
        log.record(at, Event::Integrated { product: self.product });
    }

    pub(super) fn suspend(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        (self.suspended, self.knocking, self.deadline) = (true, 0, NEVER);
        self.wipe_at = product.book.wipe_after.map_or(NEVER, |after| at.saturating_add(after));
        log.record(at, Event::Suspended { product: self.product });
    }

    /// Resumes; with `retried`, what was refused comes again within the per-second limit.
    pub(super) fn resume(
        &mut self,
        at: Seconds,
        demand: &Demand<'_>,
        product: &Product,
        retried: bool,
        log: &mut impl Log,
    ) {
        (self.suspended, self.resume_at, self.wipe_at) = (false, NEVER, NEVER);
        log.record(at, Event::Resumed { product: self.product });
        if retried && self.is_live() && !self.left {
            let second = at - midnight(day_of(at));
            let own = demand.wanted_between(second, second + 1);
            let room = product.book.rate_limit.map_or(u64::MAX, |limit| limit.calls.saturating_sub(own));
            let again = self.knocking.min(room);
            let mut today = self.today.take().unwrap_or_default();
            today.retried += again;
            self.meter(&mut today, again, product);
            self.today = Some(today);
        }
    }
}

fn month_end(at: Seconds, calendar: &Calendar) -> Seconds {
    let mut day = day_of(at) + 1;
    while !calendar.starts_month(day) {
        day += 1;
    }
    midnight(day)
}
