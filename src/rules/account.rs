//! An account through one instant: the phases of RULES §4, in their order.
//!
//! The engine asks for the next instant, hands in the day's demand, and tells when a day ends; money and demand come
//! from outside, everything else is decided here. Usage is settled only before something that changes how it is served.

use super::arrears::{Arrears, Dunning, Verdict};
use super::event::{Event, Log};
use super::meter::Demand;
use super::service::{Opening, Service};
use super::terms::Terms;
use super::wallet::{Voucher, Wallet};
use crate::book::{ActivationInArrears, Settlement, WhileSuspended};
use crate::plan::{Beginning, Movement, Segment};
use crate::scenario::{LedgerKind, SuspendedTraffic};
use crate::units::{Day, Money, NEVER, Profile, Seconds, TooLarge, midnight};

/// The whole state of an account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its balance and what hangs on it.
    pub wallet: Wallet,
    dunning: Dunning,
    /// Services in use; the rest of the buffer belongs to accounts with more products.
    services: Vec<Service>,
    used: usize,
    /// When the customer leaves for good.
    leaves_at: Seconds,
    left: bool,
}

/// A day's demand, by service.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    /// Which day.
    pub day: Day,
    /// Demand of each service.
    pub demand: &'a [Demand<'a>],
}

/// What an instant changed, for those who react to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Money moved.
    pub money: bool,
    /// Arrears started.
    pub arrears_started: bool,
    /// Arrears are over.
    pub arrears_cleared: bool,
    /// A service was suspended.
    pub suspended: bool,
}

impl Changes {
    /// Money moved and nothing else.
    pub const MONEY: Changes =
        Changes { money: true, arrears_started: false, arrears_cleared: false, suspended: false };
}

impl Default for Account {
    fn default() -> Account {
        Account::new()
    }
}

impl Account {
    /// An account without products; [`Account::open`] gives it a life.
    pub fn new() -> Account {
        Account {
            wallet: Wallet::default(),
            dunning: Dunning::new(),
            services: vec![],
            used: 0,
            leaves_at: NEVER,
            left: false,
        }
    }

    /// Starts a life in a segment, keeping the buffers. For each use: when it begins, and its profile.
    pub fn open(&mut self, segment: &Segment, beginnings: &[Beginning], profiles: &[Profile], terms: &Terms) {
        self.wallet.open(segment.opening_balance, segment.credit_line);
        self.wallet.moved = true;
        self.dunning = Dunning::new();
        self.used = segment.uses.len();
        (self.leaves_at, self.left) = (NEVER, false);
        while self.services.len() < self.used {
            self.services.push(Service::new());
        }
        for ((service, used), beginning) in self.services.iter_mut().zip(&segment.uses).zip(beginnings) {
            let product = &terms.products[used.product];
            let opening = Opening {
                product: used.product,
                activation: beginning.activation,
                integration: beginning.integration,
                grace: product.grace(segment.partner),
                traffic_stops: segment.suspended_traffic == SuspendedTraffic::Stops,
                unlimited: match product.book.rate_limit {
                    Some(limit) => profiles[used.profile].largest_within(limit.calls),
                    None => u64::MAX,
                },
            };
            service.open(opening, product);
        }
    }

    /// Its services, in the order of their products.
    pub fn services(&self) -> &[Service] {
        &self.services[..self.used]
    }

    /// Its unbroken arrears.
    pub fn arrears(&self) -> Option<&Arrears> {
        self.dunning.arrears.as_ref()
    }

    /// The next instant at which something but a bill happens by itself.
    #[inline]
    pub fn next(&self) -> Seconds {
        let services = self.services[..self.used].iter().map(Service::next).min().unwrap_or(NEVER);
        services.min(self.dunning.write_off).min(self.wallet.next_expiry()).min(self.leaves_at)
    }

    /// Makes the customer leave at an instant: from then on nothing is asked for.
    pub fn leave(&mut self, at: Seconds) {
        self.leaves_at = at;
    }

    /// Whether the customer has left for good.
    pub fn has_left(&self) -> bool {
        self.left
    }

    /// The instant of the next bill.
    #[inline]
    pub fn next_bill(&self) -> Seconds {
        self.services[..self.used].iter().map(|service| service.bill_at).min().unwrap_or(NEVER)
    }

    /// The bills of an instant at which nothing else happens, if they leave everything as it was but the balance:
    /// no arrears before or after, nothing suspended. Otherwise nothing is done; the instant must [`proceed`](Self::proceed).
    ///
    /// # Errors
    /// [`TooLarge`] when an amount does not fit.
    #[inline]
    pub fn bill_quietly(&mut self, at: Seconds, terms: &Terms, log: &mut impl Log) -> Result<bool, TooLarge> {
        let due = |service: &Service| if service.bill_at <= at { service.unbilled() } else { Money::ZERO };
        let mut most = Money::ZERO;
        for service in &self.services[..self.used] {
            // A deduction is less than one unit above its bill, carried remainder included.
            most = most.plus(due(service))?.plus(terms.policy.deduction_unit)?;
        }
        let calm = self.dunning.is_calm() && terms.policy.settlement == Settlement::Full;
        if !calm || self.wallet.available()? <= most {
            return Ok(false);
        }
        self.issue_bills(at, terms, log)?;
        self.wallet.moved = false;
        Ok(true)
    }

    /// Phase 1: a movement of the ledger.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub fn move_money(&mut self, movement: &Movement, log: &mut impl Log) -> Result<(), TooLarge> {
        let Movement { at, amount, .. } = *movement;
        match movement.kind {
            LedgerKind::TopUp => self.wallet.top_up(at, amount, log),
            LedgerKind::CreditLine => self.wallet.set_credit_line(at, amount, log),
            LedgerKind::Voucher => {
                let (from, expires) = (movement.from, movement.expires);
                self.wallet.receive(at, Voucher { number: movement.number, left: amount, from, expires }, log);
                Ok(())
            }
        }
    }

    /// Phase 1: a payment.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub fn top_up(&mut self, at: Seconds, amount: Money, log: &mut impl Log) -> Result<(), TooLarge> {
        self.wallet.top_up(at, amount, log)
    }

    /// Phase 4: the close of a day. `bill_at` is the instant of each service's bill for it.
    ///
    /// # Errors
    /// [`TooLarge`] when a day's cost does not fit.
    pub fn close_day(
        &mut self,
        today: &Today<'_>,
        bill_at: &[Seconds],
        terms: &Terms,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            let product = &terms.products[service.product];
            service.close(today.day, &today.demand[index], bill_at[index], product, &terms.policy, log)?;
        }
        Ok(())
    }

    /// Phases 5 to 11 of an instant of `today`.
    ///
    /// # Errors
    /// [`TooLarge`] when an amount does not fit.
    pub fn proceed(
        &mut self,
        at: Seconds,
        today: &Today<'_>,
        terms: &Terms,
        log: &mut impl Log,
    ) -> Result<Changes, TooLarge> {
        self.end_and_grant(at, today, terms, log);
        self.issue_bills(at, terms, log)?;
        let mut changes = Changes { money: self.wallet.moved, ..Changes::default() };
        let mut verdict = Verdict::default();
        if self.wallet.moved {
            verdict = self.dunning.judge(at, &mut self.wallet, &terms.policy, log)?;
            self.arm(verdict, terms);
        }
        self.dunning.mark(at, &self.wallet, log)?;
        self.activate(at, today, verdict, terms, log);
        self.resume(at, today, terms, log);
        changes.suspended = self.suspend(at, today, terms, log)?;
        self.wipe(at, log);
        self.churn(at, today, terms, log);
        self.integrate(at, today, terms, log);
        changes.arrears_started = verdict.started;
        changes.arrears_cleared = verdict.cleared;
        Ok(changes)
    }

    /// Phases 5 and 6: quotas and vouchers end, periodic quotas are granted.
    fn end_and_grant(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            if service.quota_end <= at {
                settle(service, at, index, today, terms);
                service.end_quotas(at, log);
            }
        }
        if self.wallet.next_expiry() <= at {
            self.wallet.expire_vouchers(at, log);
        }
        for service in &mut self.services[..self.used] {
            if service.quota_end <= at {
                service.grant(at, false, &terms.products[service.product], &terms.calendar, log);
            }
        }
    }

    /// Phase 7: bills that are due, in the order of the products.
    fn issue_bills(&mut self, at: Seconds, terms: &Terms, log: &mut impl Log) -> Result<(), TooLarge> {
        for service in &mut self.services[..self.used] {
            if service.bill_at <= at
                && let Some(bill) = service.bill.take()
            {
                service.bill_at = NEVER;
                self.wallet.bill(at, bill, &terms.policy, log)?;
            }
        }
        Ok(())
    }

    /// Sets deadlines and resume timers by what was judged.
    fn arm(&mut self, verdict: Verdict, terms: &Terms) {
        for service in &mut self.services[..self.used] {
            if service.suspended {
                let since = self.dunning.resumable_since;
                service.resume_at = since.map_or(NEVER, |since| since.saturating_add(terms.policy.resume_delay));
            } else if verdict.cleared {
                service.deadline = NEVER;
            } else if service.activated && (verdict.started || verdict.clock_moved) {
                service.deadline = self.dunning.deadline(service.grace, &terms.policy);
            }
        }
    }

    /// Phase 9: activations that are due, or were refused until now.
    fn activate(&mut self, at: Seconds, today: &Today<'_>, verdict: Verdict, terms: &Terms, log: &mut impl Log) {
        let refuses = terms.policy.activation_in_arrears == ActivationInArrears::Refused;
        let in_arrears = self.dunning.arrears.is_some();
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            let due = service.activation_at <= at;
            if due {
                service.activation_at = NEVER;
            }
            if due && in_arrears && refuses {
                service.activation_waits = true;
                log.record(at, Event::ActivationRefused { product: service.product });
            } else if due || service.activation_waits && verdict.cleared {
                settle(service, at, index, today, terms);
                service.activate(at, log);
                service.grant(at, true, &terms.products[service.product], &terms.calendar, log);
                service.deadline = self.dunning.deadline(service.grace, &terms.policy);
            }
        }
    }

    /// Phase 10: services whose condition has held long enough.
    fn resume(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        let retried = terms.policy.while_suspended == WhileSuspended::Retried;
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            if service.suspended && service.resume_at <= at {
                settle(service, at, index, today, terms);
                let product = &terms.products[service.product];
                service.resume(at, &today.demand[index], product, retried, log);
            }
        }
    }

    /// Phase 10: services whose grace has run out, or whose account owes more than the cap.
    fn suspend(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) -> Result<bool, TooLarge> {
        if self.dunning.arrears.is_none() {
            return Ok(false);
        }
        let capped = match terms.policy.debt_cap {
            Some(cap) => self.wallet.debt()? > cap,
            None => false,
        };
        let mut any = false;
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            let over = service.deadline <= at || capped && service.grace.is_some();
            if service.activated && !service.suspended && over {
                settle(service, at, index, today, terms);
                service.suspend(at, &terms.products[service.product], log);
                any = true;
            }
        }
        Ok(any)
    }

    /// Phase 10: suspensions that lasted too long.
    fn wipe(&mut self, at: Seconds, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.suspended && service.wipe_at <= at {
                service.wipe(at, log);
            }
        }
    }

    /// Phase 10: the customer leaves.
    fn churn(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        if self.leaves_at > at {
            return;
        }
        (self.leaves_at, self.left) = (NEVER, true);
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            settle(service, at, index, today, terms);
            service.left = true;
        }
        log.record(at, Event::Churned);
    }

    /// Phase 11: integrations that are complete.
    fn integrate(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            if service.integration_at <= at {
                settle(service, at, index, today, terms);
                service.integrate(at, log);
            }
        }
    }
}

/// Meters a service up to an instant of today, before its state changes.
fn settle(service: &mut Service, at: Seconds, index: usize, today: &Today<'_>, terms: &Terms) {
    let fails_open = terms.policy.while_suspended == WhileSuspended::Unprotected;
    let product = &terms.products[service.product];
    service.settle(at - midnight(today.day), &today.demand[index], product, fails_open);
}
