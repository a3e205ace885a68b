//! An account through one instant: the phases of RULES §4, in their order.
//!
//! The engine asks for the next instant, hands in the day's demand, and tells when a day ends; money, decisions and demand come
//! from outside, everything else is decided here. Usage is settled only before something that changes how it is served.

mod phases;

use super::arrears::{Arrears, Dunning, Verdict};
use super::event::{Cause, Event, Log, Refusal};
use super::meter::Demand;
use super::metering::Close;
use super::service::{Opening, Service};
use super::straight::Run;
use super::terms::Terms;
use super::wallet::{Voucher, Wallet};
use crate::book::{ActivationInArrears, BalanceOf, PurchaseInArrears, Settlement};
use crate::plan::{Beginning, Movement, Segment};
use crate::scenario::{LedgerKind, SuspendedTraffic};
use crate::units::{Day, Money, NEVER, Profile, Seconds, TooLarge, midnight};

/// The whole state of an account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its balances: one, or one for each service; the rest of the buffer belongs to accounts with more.
    pub(super) purses: Vec<Purse>,
    pub(super) balances: usize,
    /// Services in use; the rest of the buffer belongs to accounts with more products.
    pub(super) services: Vec<Service>,
    pub(super) used: usize,
    /// When the customer leaves for good.
    pub(super) leaves_at: Seconds,
    left: bool,
    /// A buffer.
    pub(super) run: Box<Run>,
}

/// A balance and its arrears.
#[derive(Clone, Debug)]
pub(super) struct Purse {
    pub(super) wallet: Wallet,
    pub(super) dunning: Dunning,
    verdict: Verdict,
}

/// A day's demand.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    /// Which day.
    pub day: Day,
    /// Demand of each meter of each service, in their order.
    pub demand: &'a [Demand<'a>],
}

/// What an instant changed for a balance, for those who react to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Money moved.
    pub money: bool,
    /// Arrears started.
    pub arrears_started: bool,
    /// Arrears are over.
    pub arrears_cleared: bool,
    /// A service was suspended for arrears.
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
            purses: vec![],
            balances: 0,
            services: vec![],
            used: 0,
            leaves_at: NEVER,
            left: false,
            run: Box::new(Run::new()),
        }
    }

    /// Starts a life in a segment, keeping the buffers. For each use: how it begins; for each balance what it opens with.
    pub fn open(
        &mut self,
        segment: &Segment,
        beginnings: &[Beginning],
        opening: &[Money],
        profiles: &[Profile],
        terms: &Terms,
    ) {
        let by_product = terms.policy.balance == BalanceOf::Product;
        self.used = segment.uses.len();
        self.balances = if by_product { self.used } else { 1 };
        // Never fewer than an account before had, so that their buffers are kept.
        let purse = || Purse { wallet: Wallet::default(), dunning: Dunning::new(), verdict: Verdict::default() };
        self.purses.resize_with(self.purses.len().max(self.balances), purse);
        for (index, purse) in self.purses[..self.balances].iter_mut().enumerate() {
            if by_product {
                let used = &segment.uses[index];
                purse.wallet.open(Some(used.product), opening[index], used.credit_line);
            } else {
                purse.wallet.open(None, opening[index], segment.credit_line);
            }
            purse.wallet.moved = true;
            purse.dunning = Dunning::new();
        }
        (self.leaves_at, self.left) = (NEVER, false);
        self.services.resize_with(self.services.len().max(self.used), Service::new);
        let mut first_demand = 0;
        for (index, (used, beginning)) in segment.uses.iter().zip(beginnings).enumerate() {
            let product = &terms.products[used.product];
            let opening = Opening {
                product: used.product,
                purse: if by_product { index } else { 0 },
                first_demand,
                list: product.list_of(used.discount),
                activation: beginning.activation,
                integration: beginning.integration,
                grace: product.grace(segment.partner),
                traffic_stops: segment.suspended_traffic == SuspendedTraffic::Stops,
                do_not_suspend: beginning.do_not_suspend,
                quota: beginning.quota,
                tries_again_after: used.tries_again_after,
                unlimited: match product.book.rate_limit {
                    Some(limit) => profiles[used.profile].largest_within(limit.calls),
                    None => u64::MAX,
                },
            };
            first_demand += product.book.meters.len();
            self.services[index].open(opening, product);
        }
    }

    /// Its services, in the order of their products.
    pub fn services(&self) -> &[Service] {
        &self.services[..self.used]
    }

    /// How many balances it has.
    pub fn balances(&self) -> usize {
        self.balances
    }

    /// One of its balances.
    pub fn wallet(&self, balance: usize) -> &Wallet {
        &self.purses[balance].wallet
    }

    /// The unbroken arrears of one of its balances.
    pub fn arrears(&self, balance: usize) -> Option<&Arrears> {
        self.purses[balance].dunning.arrears.as_ref()
    }

    /// The services that a balance pays for.
    pub fn services_of(&self, balance: usize) -> impl Iterator<Item = &Service> {
        self.services().iter().filter(move |service| service.purse == balance)
    }

    /// All that it owes.
    ///
    /// # Errors
    /// [`TooLarge`] when the sum does not fit.
    pub fn debt(&self) -> Result<Money, TooLarge> {
        self.purses[..self.balances].iter().try_fold(Money::ZERO, |sum, purse| sum.plus(purse.wallet.debt()?))
    }

    /// The next instant at which something but a bill happens by itself.
    #[inline]
    pub fn next(&self) -> Seconds {
        let services = self.services[..self.used].iter().map(Service::next).min().unwrap_or(NEVER);
        let purses = self.purses[..self.balances].iter();
        let money = purses.map(|purse| purse.dunning.write_off.min(purse.wallet.next_expiry())).min().unwrap_or(NEVER);
        services.min(money).min(self.leaves_at)
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

    /// The bills of an instant at which nothing else happens, if they leave everything as it was but the balances:
    /// no arrears before or after, nothing suspended. Otherwise nothing is done; the instant must [`proceed`](Self::proceed).
    ///
    /// # Errors
    /// [`TooLarge`] when an amount does not fit.
    #[inline]
    pub fn bill_quietly(&mut self, at: Seconds, terms: &Terms, log: &mut impl Log) -> Result<bool, TooLarge> {
        for (index, purse) in self.purses[..self.balances].iter().enumerate() {
            let due = |service: &Service| if service.bill_at <= at { service.billed_amount() } else { Money::ZERO };
            let mut most = Money::ZERO;
            for service in self.services[..self.used].iter().filter(|service| service.purse == index) {
                // A deduction is less than one unit above its bill, carried remainder included.
                most = most.plus(due(service))?.plus(terms.policy.deduction_unit)?;
            }
            let calm = purse.dunning.is_calm() && terms.policy.settlement == Settlement::Full;
            if !calm || purse.wallet.available()? <= most {
                return Ok(false);
            }
        }
        self.issue_bills(at, terms, log)?;
        self.purses[..self.balances].iter_mut().for_each(|purse| purse.wallet.moved = false);
        Ok(true)
    }

    /// Phase 1: a movement of the ledger.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub fn move_money(&mut self, movement: &Movement, log: &mut impl Log) -> Result<(), TooLarge> {
        let Movement { at, amount, .. } = *movement;
        let wallet = &mut self.purses[movement.balance].wallet;
        match movement.kind {
            LedgerKind::TopUp => wallet.top_up(at, amount, log),
            LedgerKind::CreditLine => wallet.set_credit_line(at, amount, log),
            LedgerKind::Voucher => {
                let (from, expires) = (movement.from, movement.expires);
                wallet.receive(at, Voucher { number: movement.number, left: amount, from, expires }, log);
                Ok(())
            }
            // Decisions come in phase 2.
            LedgerKind::Purchase | LedgerKind::Switch => Ok(()),
        }
    }

    /// Phase 1: a payment into a balance.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub fn top_up(&mut self, at: Seconds, balance: usize, amount: Money, log: &mut impl Log) -> Result<(), TooLarge> {
        self.purses[balance].wallet.top_up(at, amount, log)
    }

    /// What a customer lacks to pay for a package of this many units, in whole deduction units.
    ///
    /// # Errors
    /// [`TooLarge`] when that does not fit.
    pub fn missing_for(&self, used: usize, units: u64, terms: &Terms) -> Result<Money, TooLarge> {
        let service = &self.services[used];
        let wallet = &self.purses[service.purse].wallet;
        let packages = terms.products[service.product].book.packages.as_ref();
        let price = packages.map(|packages| packages.price(units)).transpose()?.flatten().unwrap_or_default();
        let (due, _) = wallet.due(price, &terms.policy)?;
        let (missing, unit) = (due.minus(wallet.available()?)?.max(Money::ZERO), terms.policy.deduction_unit.units());
        let rest = missing.units() % unit;
        if rest == 0 { Ok(missing) } else { missing.plus(Money::from_units(unit - rest)) }
    }

    /// Phase 1: a payment into the balance of a service.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub fn top_up_for(&mut self, at: Seconds, used: usize, amount: Money, log: &mut impl Log) -> Result<(), TooLarge> {
        let balance = self.services[used].purse;
        self.top_up(at, balance, amount, log)
    }

    /// Phase 2: first applications that are due.
    pub fn create_applications(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        let refuses = terms.policy.activation_in_arrears == ActivationInArrears::Refused;
        for service in &mut self.services[..self.used] {
            if !service.application_due(at, &terms.products[service.product]) {
                continue;
            }
            if refuses && self.purses[service.purse].dunning.arrears.is_some() {
                service.activation_at = at.saturating_add(service.tries_again_after);
                log.record(at, Event::ActivationRefused { product: service.product });
            } else {
                service.activation_at = NEVER;
                settle(service, at, today, terms, false, log);
                service.activate(at, terms, log);
                service.deadline = self.purses[service.purse].dunning.deadline(service.grace, &terms.policy);
            }
        }
    }

    /// Phase 2: the customer pays for a package of this many units.
    ///
    /// # Errors
    /// [`TooLarge`] when its price does not fit.
    pub fn buy(
        &mut self,
        at: Seconds,
        used: usize,
        units: u64,
        terms: &Terms,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        let service = &mut self.services[used];
        let product = &terms.products[service.product];
        let purse = &mut self.purses[service.purse];
        let price = product.book.packages.as_ref().map(|packages| packages.price(units)).transpose()?.flatten();
        let Some(amount) = price else { return Ok(()) };
        let paid = purse.wallet.due(amount, &terms.policy)?;
        let in_arrears = purse.dunning.arrears.is_some();
        let allowed = terms.policy.purchase_in_arrears == PurchaseInArrears::Allowed;
        let deeper = in_arrears && allowed && terms.policy.settlement == Settlement::Full;
        let reason = if !service.activated {
            Some(Refusal::NotOpen)
        } else if in_arrears && !allowed {
            Some(Refusal::Arrears)
        } else if purse.wallet.available()? < paid.0 && !deeper {
            Some(Refusal::Funds)
        } else {
            None
        };
        if let Some(reason) = reason {
            log.record(at, Event::PurchaseRefused { product: service.product, units, reason });
            return Ok(());
        }
        purse.wallet.pay(paid)?;
        let (number, balance) = (service.shelf.next_number(), purse.wallet.balance);
        log.record(at, Event::Purchased { product: service.product, number, units, amount, due: paid.0, balance });
        service.buy(at, units, product, &terms.calendar);
        Ok(())
    }

    /// Phase 2: the customer switches pay-as-you-go on.
    pub fn switch_on(&mut self, at: Seconds, used: usize, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        let service = &mut self.services[used];
        if !service.activated {
            log.record(at, Event::SwitchRefused { product: service.product });
        } else if !service.switched_on {
            settle(service, at, today, terms, false, log);
            service.switch_on(at, Cause::Hand, log);
        }
    }

    /// Phase 3: packages that take effect.
    pub fn take_effect(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.effect_at <= at {
                settle(service, at, today, terms, false, log);
                service.take_effect(at, &terms.products[service.product], log);
            }
        }
    }

    /// Phase 4: slots that end inside the day.
    pub fn close_slots(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.slot_at <= at {
                settle(service, at, today, terms, true, log);
            }
        }
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
        for service in &mut self.services[..self.used] {
            if terms.products[service.product].slotted {
                settle(service, midnight(today.day + 1), today, terms, true, log);
            }
        }
        for (index, service) in self.services[..self.used].iter_mut().enumerate() {
            let demand = demand_of(service, today, terms);
            service.close(demand, Close { day: today.day, bill_at: bill_at[index], terms }, log)?;
        }
        Ok(())
    }

    /// Sets the timers of slots that matter on a day that has begun.
    pub fn begin_day(&mut self, today: &Today<'_>, terms: &Terms, log: &impl Log) {
        self.watch(midnight(today.day), today, terms, log);
    }
}

/// The demand of a service's meters.
fn demand_of<'a>(service: &Service, today: &Today<'a>, terms: &Terms) -> &'a [Demand<'a>] {
    let meters = terms.products[service.product].book.meters.len();
    &today.demand[service.first_demand..service.first_demand + meters]
}

/// Meters a service up to an instant of today, before its state changes.
fn settle(service: &mut Service, at: Seconds, today: &Today<'_>, terms: &Terms, closing: bool, log: &mut impl Log) {
    let demand = demand_of(service, today, terms);
    service.settle(today.day, at - midnight(today.day), demand, terms, closing, log);
}
