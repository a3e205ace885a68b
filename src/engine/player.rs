//! One account through the whole horizon, event by event.

use std::sync::atomic::{AtomicBool, Ordering};

use super::inputs::{Ledger, decide, money_in};
use crate::behaviour::{BuyerState, ChurnState, PayerState, PriceResponse};
use crate::book::BalanceOf;
use crate::demand::Trace;
use crate::plan::{Beginning, Part, Payer, Plan, Segment};
use crate::rules::{Account, Ahead, Changes, Demand, Log, Piece, Terms, Today};
use crate::units::{Day, Money, NEVER, Seconds, TooLarge, day_of, midnight};
use crate::world::World;

/// Plays one account after the other in the same buffers.
#[derive(Debug)]
pub struct Player<'p> {
    world: &'p World<'p>,
    terms: &'p Terms,
    stop: Option<&'p AtomicBool>,
    account: Account,
    trace: Trace,
    beginnings: Vec<Beginning>,
    opening: Vec<Money>,
    demand: Vec<Demand<'p>>,
    /// How each use responds to its price; `None` where it does not.
    responses: Vec<Option<PriceResponse>>,
    /// How many bursts of each use are over or begun.
    bursts: Vec<usize>,
    churn: Option<ChurnState<'p>>,
    /// Who pays into each balance.
    payers: Vec<PayerState<'p>>,
    /// Who buys packages and switches of each use.
    buyers: Vec<BuyerState<'p>>,
    bill_at: Vec<Seconds>,
}

/// Why an account was not played to the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// An amount did not fit.
    #[error("account {segment}/{index}: {cause}")]
    Account {
        /// Its segment.
        segment: String,
        /// Its index in it.
        index: u64,
        /// What did not fit.
        cause: TooLarge,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}

impl Failure {
    /// An amount of this account did not fit.
    pub fn of(plan: &Plan, segment: usize, index: u64, cause: TooLarge) -> Failure {
        Failure::Account { segment: plan.segments[segment].id.clone(), index, cause }
    }
}

/// The same, before the account has a name.
enum Halt {
    TooLarge(TooLarge),
    Stopped,
}

impl From<TooLarge> for Halt {
    fn from(cause: TooLarge) -> Halt {
        Halt::TooLarge(cause)
    }
}

impl<'p> Player<'p> {
    /// A player for accounts of a world under some terms.
    pub fn new(world: &'p World<'p>, terms: &'p Terms) -> Player<'p> {
        Player {
            world,
            terms,
            stop: None,
            account: Account::new(),
            trace: Trace::default(),
            beginnings: vec![],
            opening: vec![],
            demand: vec![],
            responses: vec![],
            bursts: vec![],
            churn: None,
            payers: vec![],
            buyers: vec![],
            bill_at: vec![],
        }
    }

    /// Gives up at the next close of a day once `stop` is set.
    #[must_use]
    pub fn stopping_at(mut self, stop: &'p AtomicBool) -> Player<'p> {
        self.stop = Some(stop);
        self
    }

    /// Plays one account; what happened goes to `log`. Returns its state at the end.
    ///
    /// # Errors
    /// [`Failure`] when an amount does not fit.
    pub fn play(&mut self, segment: usize, index: u64, log: &mut impl Log) -> Result<&Account, Failure> {
        self.trace.fill(self.world, segment, index);
        self.play_filled(segment, index, log)
    }

    /// The same over a trace that was filled before, by this world or one that asks for the same.
    ///
    /// # Errors
    /// As [`play`](Self::play).
    pub fn play_over(
        &mut self,
        trace: &mut Trace,
        segment: usize,
        index: u64,
        log: &mut impl Log,
    ) -> Result<&Account, Failure> {
        std::mem::swap(&mut self.trace, trace);
        let played = self.play_filled(segment, index, log).map(|_| ());
        std::mem::swap(&mut self.trace, trace);
        played.map(|()| &self.account)
    }

    fn play_filled(&mut self, segment: usize, index: u64, log: &mut impl Log) -> Result<&Account, Failure> {
        match self.play_trace(segment, index, log) {
            Ok(()) => Ok(&self.account),
            Err(Halt::Stopped) => Err(Failure::Stopped),
            Err(Halt::TooLarge(cause)) => Err(Failure::of(self.world.plan, segment, index, cause)),
        }
    }

    /// The raw calls of the account that was played last.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    fn play_trace(&mut self, segment: usize, index: u64, log: &mut impl Log) -> Result<(), Halt> {
        let (world, terms) = (self.world, self.terms);
        let plan = world.plan;
        let customers = &plan.segments[segment];
        let days = plan.calendar.days();
        world.beginnings(segment, index, &mut self.beginnings);
        world.opening_balances(segment, index, &mut self.opening);
        self.account.open(customers, &self.beginnings, &self.opening, &plan.profiles, terms);
        self.open_behaviour(segment, index);
        let mut ledger = match world.own_ledger(segment, index) {
            Some(own) => Ledger { movements: &own.movements, decisions: &own.decisions },
            None => Ledger { movements: &customers.ledger, decisions: &customers.decisions },
        };
        self.open_demand(customers);
        let (mut at, mut day) = (0, 0);
        self.begin_day(customers, segment, index, day, log)?;
        loop {
            // RULES §4: money (1) and decisions (2) come before effects (3), these before the close (4), that before all the rest.
            let today = Today { day, demand: &self.demand };
            if at < plan.calendar.end() {
                money_in(&mut self.account, &mut self.payers, at, &mut ledger, terms, log)?;
                decide(&mut self.account, &mut self.buyers, at, &today, &mut ledger, terms, log)?;
                self.account.take_effect(at, &today, terms, log);
            }
            if at == midnight(day + 1) {
                self.close_day(customers, segment, index, day, log)?;
                day += 1;
                if day == days {
                    return Ok(());
                }
                self.begin_day(customers, segment, index, day, log)?;
            } else {
                self.account.close_slots(at, &today, terms, log);
            }
            let today = Today { day, demand: &self.demand };
            let suspended = self.account.proceed(at, &today, terms, log)?;
            self.observe(at, suspended);
            // The quiet line: days on which nothing happens but usage, closes and bills that the balance covers.
            let mut until = self.account.next().min(ledger.next()).min(self.decides_at()).min(plan.calendar.end());
            loop {
                let closed = self.go_straight(segment, index, day, until, log);
                if closed > 0 {
                    day += closed;
                    at = midnight(day);
                    self.begin_day(customers, segment, index, day, log)?;
                    if self.account.next() == at {
                        break;
                    }
                }
                let (close, bill) = (midnight(day + 1), self.account.next_bill());
                let now = at;
                at = until.min(self.pays_at()).min(bill).min(close);
                // A bill may be due at the midnight that closed its day; any other timer left behind would stop the clock.
                debug_assert!(at > now || at == bill, "a timer was not set anew");
                if at == until || at == self.pays_at() || at == bill && at == close {
                    break;
                }
                if at == close {
                    self.close_day(customers, segment, index, day, log)?;
                    day += 1;
                    self.begin_day(customers, segment, index, day, log)?;
                    // A customer who leaves at this close, or slots that matter on the day that begins.
                    let next = self.account.next().min(self.decides_at());
                    until = until.min(next);
                    if next == at {
                        break;
                    }
                } else if self.account.bill_quietly(at, terms, log)? {
                    for payer in &mut self.payers {
                        payer.observe(at, &self.account, &Changes::MONEY);
                    }
                } else {
                    break;
                }
            }
        }
    }

    /// Goes along the straight line from a day that has begun, at most to `until`. Returns how many days were closed.
    fn go_straight(&mut self, segment: usize, index: u64, first: Day, until: Seconds, log: &mut impl Log) -> usize {
        let (world, payer) = (self.world, &self.payers[0]);
        let plain = self.account.is_straight(self.terms)
            && self.buyers.is_empty()
            && self.responses[0].is_none()
            && self.demand[0].pieces.is_empty()
            && world.bills_inside_next_day(segment, 0);
        if !plain || self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return 0;
        }
        // The end of the last of them comes before anybody does anything.
        let mut days = day_of(until.min(payer.next()) - 1).saturating_sub(first);
        if let Some(burst) = self.trace.pieces(0).get(self.bursts[0]) {
            days = days.min(burst.day - first);
        }
        let ahead = Ahead { first, units: &self.trace.days(0)[first..first + days], floor: payer.floor(&self.account) };
        let bill_at = |day| world.bill_at(segment, 0, index, day);
        let suspended = self.account.services()[0].is_suspended();
        let (churn, mut gone) = (&mut self.churn, false);
        let leaves = |day, amount: Money| {
            let left = |churn: &mut ChurnState<'_>| churn.after(day, || suspended, || amount.units() as f64);
            gone = churn.as_mut().is_some_and(left);
            gone
        };
        let closed = self.account.go_straight(ahead, self.terms, bill_at, leaves, log);
        if gone {
            self.churn = None;
        }
        closed
    }

    /// When somebody pays next.
    #[inline]
    fn pays_at(&self) -> Seconds {
        self.payers.iter().map(PayerState::next).min().unwrap_or(NEVER)
    }

    /// When somebody decides next.
    #[inline]
    fn decides_at(&self) -> Seconds {
        self.buyers.iter().map(BuyerState::next).min().unwrap_or(NEVER)
    }

    /// What customers do: nothing has happened to them yet.
    fn open_behaviour(&mut self, segment: usize, index: u64) {
        let world = self.world;
        let customers = &world.plan.segments[segment];
        let pays = if world.pays(segment, index) { customers.payer } else { Payer::Never };
        self.payers.clear();
        for balance in 0..self.account.balances() {
            let used = (self.terms.policy.balance == BalanceOf::Product).then_some(balance);
            let card = world.card(segment, index);
            self.payers.push(PayerState::new(pays, balance, card, world.payer(segment, used, index)));
        }
        self.buyers.clear();
        if customers.uses.iter().any(|used| used.buyer.is_some() || used.switcher.is_some()) {
            let buyers = (0..customers.uses.len())
                .map(|used| BuyerState::new(world.buyer(segment, used, index), world.switcher(segment, used, index)));
            self.buyers.extend(buyers);
        }
        self.churn = customers
            .churn
            .as_ref()
            .map(|churn| ChurnState::new(churn, world.churn_threshold(segment, index), self.trace.arrival()));
    }

    /// Phase 12: customers take notice of an instant.
    fn observe(&mut self, at: Seconds, suspended: bool) {
        if self.account.has_left() {
            self.payers.iter_mut().for_each(PayerState::leave);
            self.buyers.iter_mut().for_each(BuyerState::leave);
        }
        for (balance, payer) in self.payers.iter_mut().enumerate() {
            payer.observe(at, &self.account, &self.account.changes(balance, suspended));
        }
        for (buyer, service) in self.buyers.iter_mut().zip(self.account.services()) {
            buyer.observe(at, service);
        }
    }

    /// Phase 4: the close of a day.
    fn close_day(
        &mut self,
        customers: &Segment,
        segment: usize,
        index: u64,
        day: Day,
        log: &mut impl Log,
    ) -> Result<(), Halt> {
        if self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Halt::Stopped);
        }
        self.bill_at.clear();
        let uses = 0..customers.uses.len();
        self.bill_at.extend(uses.map(|used| self.world.bill_at(segment, used, index, day)));
        let today = Today { day, demand: &self.demand };
        self.account.close_day(&today, &self.bill_at, self.terms, log)?;
        if let Some(churn) = &mut self.churn
            && churn.close_day(day, &self.account)
        {
            self.account.leave(midnight(day + 1));
            self.churn = None;
        }
        for (used, buyer) in self.buyers.iter_mut().enumerate().filter(|(_, buyer)| buyer.buys_packages()) {
            let of = &customers.uses[used];
            let product = &self.terms.products[of.product];
            let asked = product.basic.iter().map(|meter| {
                let units = self
                    .trace
                    .of_meter(used, *meter, day, &of.parts)
                    .div_ceil(product.book.meters[*meter].raw_per_unit);
                units.saturating_mul(product.ratio(true, *meter))
            });
            let asked = asked.fold(0, u64::saturating_add);
            buyer.close_day(midnight(day + 1), asked, &self.account.services()[used], product);
        }
        Ok(())
    }

    /// The profiles of a segment's meters; what they are asked for is set day by day.
    fn open_demand(&mut self, customers: &Segment) {
        let plan = self.world.plan;
        self.bursts.clear();
        self.bursts.resize(customers.uses.len(), 0);
        self.responses.clear();
        let mut meters = 0;
        for of in &customers.uses {
            let profile = &plan.profiles[of.profile];
            for _ in &of.parts {
                match self.demand.get_mut(meters) {
                    Some(demand) => demand.profile = profile,
                    None => self.demand.push(Demand { potential: 0, wanted: 0, unmetered: 0, profile, pieces: vec![] }),
                }
                meters += 1;
            }
            self.responses.push(None);
        }
        self.demand.truncate(meters);
    }

    /// How the services respond to their prices from a day on: once an account and price period.
    fn respond(&mut self, customers: &Segment, day: Day) -> Result<(), TooLarge> {
        if self.responses.iter().all(Option::is_none) && day > 0 {
            return Ok(());
        }
        let month = self.terms.months[day];
        for (used, of) in customers.uses.iter().enumerate().filter(|(_, of)| of.elasticity != 0.0) {
            let Some(reference) = &self.terms.references[of.product] else { continue };
            let product = &self.terms.products[of.product];
            if day == 0 || product.changes_on(day, month) || reference.changes_on(day, month) {
                let raw = self.trace.mean_day(used, &of.parts);
                let opened = self.account.services()[used].opened_at();
                let response = PriceResponse::new((&raw, of.elasticity), (product, reference), (day, month), opened)?;
                self.responses[used] = Some(response);
            }
        }
        Ok(())
    }

    /// Sets what a day asks for.
    #[inline]
    fn begin_day(
        &mut self,
        customers: &Segment,
        segment: usize,
        index: u64,
        day: Day,
        log: &impl Log,
    ) -> Result<(), TooLarge> {
        self.respond(customers, day)?;
        let mut demands = self.demand.iter_mut();
        for (used, of) in customers.uses.iter().enumerate() {
            let unmetered = self.terms.products[of.product].book.unmetered_share;
            let response =
                self.responses[used].map(|response| (response, self.world.price_fraction(segment, used, index, day)));
            let bursts = &self.trace.pieces(used)[self.bursts[used]..];
            let today = bursts.iter().take_while(|burst| burst.day == day).count();
            self.bursts[used] += today;
            for (meter, demand) in demands.by_ref().take(of.parts.len()).enumerate() {
                let raw = self.trace.of_meter(used, meter, day, &of.parts);
                demand.unmetered = unmetered.of(raw);
                demand.potential = raw - demand.unmetered;
                demand.wanted = match response {
                    None => demand.potential,
                    Some((response, fraction)) => response.of(demand.potential, fraction),
                };
                demand.pieces.clear();
                for burst in &bursts[..today] {
                    let units = match burst.meter {
                        None => Part::of(&of.parts, meter, burst.units),
                        Some(own) if own == meter => burst.units,
                        Some(_) => continue,
                    };
                    let lost = unmetered.of(units);
                    demand.unmetered += lost;
                    demand.pieces.push(Piece { from: burst.from, to: burst.to, units: units - lost });
                }
            }
        }
        self.account.begin_day(&Today { day, demand: &self.demand }, self.terms, log);
        Ok(())
    }
}
