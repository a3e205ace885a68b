//! One product of an account: opening, integration, suspension, allowances and the switch (RULES §1, §2, §3, §7).
//! How its meters count is in `metering`.

use super::event::{Cause, Event, Log, Reason};
use super::meter::Demand;
use super::metering::{MeterNow, Ran};
use super::quotas::Granted;
use super::shelf::{Allowance, Kind, Shelf, valid_until};
use super::terms::{Product, Terms};
use super::wallet::Bill;
use crate::book::{Automatic, Opens, PayAsYouGo, ValidFrom};
use crate::units::{Calendar, DAY, Day, Money, NEVER, Seconds, day_of, midnight};

/// State of one product of an account.
#[derive(Clone, Debug)]
pub struct Service {
    /// Index of the product.
    pub product: usize,
    /// Time in arrears until suspension; `None`: never.
    pub grace: Option<Seconds>,
    /// Index of the balance that pays for it.
    pub(super) purse: usize,
    /// Index of its first meter among the day's demands.
    pub(super) first_demand: usize,
    /// Price list of the product.
    pub(super) list: usize,
    pub(super) activated: bool,
    integrated: bool,
    /// Suspended for arrears.
    pub(super) suspended: bool,
    /// Suspended because the allowances ended.
    pub(super) ended: bool,
    /// The reason `ended` begins in phase 10 of this instant.
    pub(super) ends_now: bool,
    /// The reason `ended` is lifted in phase 10 of this instant.
    pub(super) lifted: bool,
    /// A reason was lifted in phase 10 of this instant.
    pub(super) resumed_now: bool,
    /// Whether the customer has left for good.
    pub(super) left: bool,
    /// Whether nobody comes while the service is suspended.
    traffic_stops: bool,
    /// Whether "do not suspend" is chosen at the opening.
    do_not_suspend: bool,
    /// What is left at the opening of quotas that are granted once; `None`: all of them.
    pub(super) opening_quota: Option<u64>,
    /// Whether use beyond allowances is billed.
    pub(super) switched_on: bool,
    /// Whether a refused activation waits for the arrears to clear.
    pub(super) activation_waits: bool,
    /// From a refused opening to the next try.
    pub(super) tries_again_after: Seconds,
    pub(super) activation_at: Seconds,
    /// When it was opened.
    pub(super) opened: Seconds,
    pub(super) integration_at: Seconds,
    pub(super) deadline: Seconds,
    /// The deadline has passed, but packages put the suspension off.
    pub(super) overdue: bool,
    pub(super) resume_at: Seconds,
    pub(super) wipe_at: Seconds,
    pub(super) quota_end: Seconds,
    pub(super) bill_at: Seconds,
    pub(super) bill: Option<Bill>,
    /// Exact amounts of the closed days of a month whose bill is to come.
    pub(super) month_amount: Money,
    pub(super) quotas: Vec<Granted>,
    pub(super) shelf: Shelf,
    /// When the shelf next has a package that takes effect, and an allowance that expires.
    pub(super) effect_at: Seconds,
    pub(super) expiry_at: Seconds,
    /// The next end of a slot, where slots matter.
    pub(super) slot_at: Seconds,
    pub(super) meters: Vec<MeterNow>,
    pub(super) ran: Ran,
    /// A buffer: what the basic meters may be asked for.
    pub(super) asked: Vec<(usize, u64)>,
    /// Second of the day up to which usage is settled, and up to which its slots are drawn.
    pub(super) settled: Seconds,
    pub(super) drawn: Seconds,
    /// Suspended inside a slot, it serves up to this second of the day.
    pub(super) serves_until: Seconds,
    /// Second of the day up to which it was not suspended.
    pub(super) in_force_to: Seconds,
    /// Let through so far in a slot, and when the slot began: for a limit on slots.
    pub(super) in_slot: (u64, Seconds),
    /// Largest daily count that no rate limit can touch.
    pub(super) unlimited: u64,
}

/// What a service is opened with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub product: usize,
    pub purse: usize,
    pub first_demand: usize,
    pub list: usize,
    pub activation: Seconds,
    pub integration: Seconds,
    pub grace: Option<Seconds>,
    pub traffic_stops: bool,
    pub do_not_suspend: bool,
    pub quota: Option<u64>,
    pub tries_again_after: Seconds,
    pub unlimited: u64,
}

impl Service {
    pub(super) fn new() -> Service {
        Service {
            product: 0,
            grace: None,
            purse: 0,
            first_demand: 0,
            list: 0,
            activated: false,
            integrated: false,
            suspended: false,
            ended: false,
            ends_now: false,
            lifted: false,
            resumed_now: false,
            left: false,
            traffic_stops: false,
            do_not_suspend: false,
            opening_quota: None,
            switched_on: true,
            activation_waits: false,
            tries_again_after: DAY,
            activation_at: NEVER,
            opened: NEVER,
            integration_at: NEVER,
            deadline: NEVER,
            overdue: false,
            resume_at: NEVER,
            wipe_at: NEVER,
            quota_end: NEVER,
            bill_at: NEVER,
            bill: None,
            month_amount: Money::ZERO,
            quotas: vec![],
            shelf: Shelf::default(),
            effect_at: NEVER,
            expiry_at: NEVER,
            slot_at: NEVER,
            meters: vec![],
            ran: Ran::default(),
            asked: vec![],
            settled: 0,
            drawn: 0,
            serves_until: 0,
            in_force_to: 0,
            in_slot: (0, 0),
            unlimited: u64::MAX,
        }
    }

    /// Starts anew, keeping the buffers.
    pub(super) fn open(&mut self, opening: Opening, product: &Product) {
        let mut quotas = std::mem::take(&mut self.quotas);
        quotas.clear();
        quotas.resize(product.book.free.len(), Granted { left: 0, ends: NEVER });
        let mut meters = std::mem::take(&mut self.meters);
        meters.clear();
        meters.resize(product.book.meters.len(), MeterNow::default());
        let mut shelf = std::mem::take(&mut self.shelf);
        shelf.clear();
        *self = Service {
            product: opening.product,
            purse: opening.purse,
            first_demand: opening.first_demand,
            list: opening.list,
            grace: opening.grace,
            activation_at: opening.activation,
            integration_at: if product.book.requires_integration { opening.integration } else { NEVER },
            integrated: !product.book.requires_integration,
            traffic_stops: opening.traffic_stops,
            do_not_suspend: opening.do_not_suspend,
            opening_quota: opening.quota,
            switched_on: product.book.pay_as_you_go == PayAsYouGo::Always,
            tries_again_after: opening.tries_again_after.max(1),
            unlimited: opening.unlimited,
            quotas,
            meters,
            shelf,
            asked: std::mem::take(&mut self.asked),
            ..Service::new()
        };
    }

    /// Whether calls are answered.
    pub fn is_live(&self) -> bool {
        self.activated && self.integrated && !self.is_suspended()
    }

    /// When the product was opened; never yet: [`NEVER`].
    pub fn opened_at(&self) -> Seconds {
        self.opened
    }

    /// Whether the product is activated.
    pub fn is_activated(&self) -> bool {
        self.activated
    }

    /// Whether the service is suspended, for any reason.
    pub fn is_suspended(&self) -> bool {
        self.suspended || self.ended
    }

    /// Whether it is suspended for arrears.
    pub fn is_suspended_for_arrears(&self) -> bool {
        self.suspended
    }

    /// Whether it is suspended because its allowances ended.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Exact amount of closed days whose bill has not been issued.
    pub fn unbilled(&self) -> Money {
        let closed = self.bill.map_or(0, |bill| bill.amount.units());
        Money::from_units(closed.saturating_add(self.month_amount.units()))
    }

    /// Exact amount of the bill that is to be issued next.
    pub(super) fn billed_amount(&self) -> Money {
        self.bill.map_or(Money::ZERO, |bill| bill.amount)
    }

    /// Free units left, by quota.
    pub fn quota_left(&self, quota: usize) -> u64 {
        self.quotas.get(quota).map_or(0, |granted| granted.left) + self.shelf.free_left(quota)
    }

    /// Units left of the trial and of packages, those that are only paid included.
    pub fn allowance_left(&self) -> u64 {
        self.shelf.left()
    }

    /// Whether potential demand is served, if nothing else keeps it away.
    pub(super) fn is_open(&self) -> bool {
        self.activated && self.integrated
    }

    /// Whether nobody comes while it is suspended.
    pub(super) fn is_deserted(&self) -> bool {
        self.traffic_stops
    }

    /// The earliest of its timers but for its bill.
    #[inline]
    pub(super) fn next(&self) -> Seconds {
        let rare = self.effect_at.min(self.expiry_at).min(self.slot_at);
        self.activation_at
            .min(self.integration_at)
            .min(self.deadline)
            .min(self.resume_at)
            .min(self.wipe_at)
            .min(self.quota_end)
            .min(rare)
    }

    /// The opening: activated, the switch if it was chosen, grants, the trial.
    pub(super) fn activate(&mut self, at: Seconds, terms: &Terms, log: &mut impl Log) {
        let product = &terms.products[self.product];
        (self.activated, self.activation_waits, self.opened) = (true, false, at);
        log.record(at, Event::Activated { product: self.product });
        if self.do_not_suspend && !self.switched_on {
            self.switch_on(at, Cause::Opening, log);
        }
        self.grant(at, true, product, &terms.calendar, log);
        if let Some(trial) = &product.book.trial {
            let ends = valid_until(trial.valid, at, &terms.calendar);
            self.shelf.add(Allowance { kind: Kind::Trial, left: trial.units, effect: at, ends });
            let (product, units) = (self.product, trial.units);
            log.record(at, Event::AllowanceGranted { product, number: 0, units, ends });
            self.arm_shelf();
        }
    }

    /// Whether the product is opened by creating an application, and that is due.
    pub(super) fn application_due(&self, at: Seconds, product: &Product) -> bool {
        self.activation_at <= at && product.book.opens == Opens::Application
    }

    pub(super) fn integrate(&mut self, at: Seconds, log: &mut impl Log) {
        (self.integrated, self.integration_at) = (true, NEVER);
        log.record(at, Event::Integrated { product: self.product });
    }

    /// Switches pay-as-you-go on; it never goes off.
    pub(super) fn switch_on(&mut self, at: Seconds, cause: Cause, log: &mut impl Log) {
        self.switched_on = true;
        self.lifted |= self.ended;
        log.record(at, Event::PayAsYouGo { product: self.product, cause });
    }

    /// A package was paid.
    pub(super) fn buy(&mut self, at: Seconds, units: u64, product: &Product, calendar: &Calendar) {
        let Some(packages) = &product.book.packages else { return };
        let effect = at.saturating_add(packages.effect_after);
        let from = if packages.valid_from == ValidFrom::Payment { at } else { effect };
        self.shelf.buy(units, effect, valid_until(packages.valid, from, calendar));
        self.arm_shelf();
    }

    /// Sets the timers of the shelf.
    pub(super) fn arm_shelf(&mut self) {
        (self.effect_at, self.expiry_at) = (self.shelf.next_effect(), self.shelf.next_expiry());
    }

    /// Judges the switch after allowances were drawn from or ended; `excess` are units that nothing covered.
    /// It goes on by itself, or the service is suspended in phase 10 of this instant.
    pub(super) fn judge_switch(&mut self, at: Seconds, excess: bool, product: &Product, log: &mut impl Log) {
        if self.switched_on || !self.activated || self.ended {
            return;
        }
        if product.book.automatic == Automatic::AnyEnded && self.shelf.package_ended {
            self.switch_on(at, Cause::Automatic, log);
        } else if excess || !self.shelf.is_in_effect() {
            if self.shelf.ever_packaged {
                self.switch_on(at, Cause::Automatic, log);
            } else {
                self.ends_now = true;
            }
        }
    }

    /// Phase 5: allowances whose time is over.
    pub(super) fn expire(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        self.shelf.expire(at, self.product, log);
        self.arm_shelf();
        self.judge_switch(at, false, product, log);
    }

    /// Phase 10: the reason for arrears begins.
    pub(super) fn suspend(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        (self.suspended, self.deadline, self.overdue) = (true, NEVER, false);
        self.wipe_at = product.book.wipe_after.map_or(NEVER, |after| at.saturating_add(after));
        if product.slotted {
            let second = at - midnight(day_of(at));
            self.serves_until = second + (product.book.slot - second % product.book.slot) % product.book.slot;
        }
        log.record(at, Event::Suspended { product: self.product, reason: Reason::Arrears });
    }

    /// Phase 10: the reason of ended allowances begins.
    pub(super) fn suspend_ended(&mut self, at: Seconds, log: &mut impl Log) {
        (self.ended, self.ends_now) = (true, false);
        log.record(at, Event::Suspended { product: self.product, reason: Reason::Ended });
    }

    /// Phase 10: a reason is lifted.
    pub(super) fn resume(&mut self, at: Seconds, reason: Reason, log: &mut impl Log) {
        match reason {
            Reason::Arrears => (self.suspended, self.resume_at, self.wipe_at) = (false, NEVER, NEVER),
            Reason::Ended => (self.ended, self.lifted) = (false, false),
        }
        self.resumed_now = true;
        log.record(at, Event::Resumed { product: self.product, reason });
    }

    /// After phase 10 of an instant at which a reason was lifted: if none holds the service runs again, and with `retried` what was
    /// refused since it stopped comes again.
    pub(super) fn run_again(&mut self, at: Seconds, demand: &[Demand<'_>], product: &Product, retried: bool) {
        self.resumed_now = false;
        if self.is_suspended() {
            return;
        }
        if retried && !self.left {
            self.serve_again(at - midnight(day_of(at)), demand, product);
        }
        self.forget_knocking();
    }

    /// Wipes what is unused after a long suspension, then judges the switch.
    pub(super) fn wipe(&mut self, at: Seconds, product: &Product, log: &mut impl Log) {
        self.wipe_at = NEVER;
        for quota in 0..self.quotas.len() {
            let units = std::mem::take(&mut self.quotas[quota].left) + self.shelf.end_free(quota);
            if units > 0 {
                log.record(at, Event::QuotaWiped { product: self.product, quota, units });
            }
        }
        self.shelf.wipe(at, self.product, log);
        self.arm_shelf();
        self.judge_switch(at, false, product, log);
        if std::mem::take(&mut self.ends_now) {
            self.suspend_ended(at, log);
        }
    }

    /// Keeps the bill of a closed day or month for its instant.
    pub(super) fn keep_bill(&mut self, day: Day, amount: Money, bill_at: Seconds) {
        self.bill = Some(Bill { product: self.product, day, amount });
        self.bill_at = bill_at;
    }
}
