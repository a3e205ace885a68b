//! One account through the whole horizon, event by event.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::behaviour::{Attempt, ChurnState, PayerState, PriceResponse};
use crate::demand::Trace;
use crate::plan::{Beginning, Movement, Payer, Plan, Segment};
use crate::rules::{Account, Changes, Demand, Event, Log, Piece, Terms, Today};
use crate::units::{Day, NEVER, Seconds, TooLarge, midnight};
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
    demand: Vec<Demand<'p>>,
    /// How each use responds to its price; `None` where it does not.
    responses: Vec<Option<PriceResponse>>,
    /// How many bursts of each use are over or begun.
    bursts: Vec<usize>,
    churn: Option<ChurnState<'p>>,
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
            demand: vec![],
            responses: vec![],
            bursts: vec![],
            churn: None,
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
        self.account.open(customers, &self.beginnings, &plan.profiles, terms);
        let card = world.card(segment, index);
        let pays = if world.pays(segment, index) { customers.payer } else { Payer::Never };
        let mut payer = PayerState::new(pays, card, world.payer(segment, index));
        self.churn = customers
            .churn
            .as_ref()
            .map(|churn| ChurnState::new(churn, world.churn_threshold(segment, index), self.trace.arrival()));
        let mut ledger = Ledger { movements: &customers.ledger };
        self.open_demand(customers)?;
        let (mut at, mut day) = (0, 0);
        self.begin_day(customers, segment, index, day);
        loop {
            // RULES §4: money (1) comes before the close (4), and the close before all the rest.
            if at < plan.calendar.end() {
                self.money_in(at, &mut ledger, &mut payer, log)?;
            }
            if at == midnight(day + 1) {
                self.close_day(segment, index, day, log)?;
                day += 1;
                if day == days {
                    return Ok(());
                }
                self.begin_day(customers, segment, index, day);
            }
            let today = Today { day, demand: &self.demand };
            let changes = self.account.proceed(at, &today, terms, log)?;
            if self.account.has_left() {
                payer.leave();
            }
            payer.observe(at, &self.account, &changes);
            // The quiet line: days on which nothing happens but usage, closes and bills that the balance covers.
            let until = self.account.next().min(ledger.next()).min(plan.calendar.end());
            loop {
                let (close, bill) = (midnight(day + 1), self.account.next_bill());
                let now = at;
                at = until.min(payer.next()).min(bill).min(close);
                // A bill may be due at the midnight that closed its day; any other timer left behind would stop the clock.
                debug_assert!(at > now || at == bill, "a timer was not set anew");
                if at == until || at == payer.next() || at == bill && at == close {
                    break;
                }
                if at == close {
                    self.close_day(segment, index, day, log)?;
                    day += 1;
                    self.begin_day(customers, segment, index, day);
                    // A customer who leaves at this close.
                    if self.account.next() == at {
                        break;
                    }
                } else if self.account.bill_quietly(at, terms, log)? {
                    payer.observe(at, &self.account, &Changes::MONEY);
                } else {
                    break;
                }
            }
        }
    }

    /// Phase 4: the close of a day.
    fn close_day(&mut self, segment: usize, index: u64, day: Day, log: &mut impl Log) -> Result<(), Halt> {
        if self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Halt::Stopped);
        }
        self.bill_at.clear();
        let uses = 0..self.demand.len();
        self.bill_at.extend(uses.map(|used| self.world.bill_at(segment, used, index, day)));
        let today = Today { day, demand: &self.demand };
        self.account.close_day(&today, &self.bill_at, self.terms, log)?;
        if let Some(churn) = &mut self.churn
            && churn.close_day(day, &self.account)
        {
            self.account.leave(midnight(day + 1));
            self.churn = None;
        }
        Ok(())
    }

    /// Phase 1: the ledger's movements in the order written, then the payer's payment.
    fn money_in(
        &mut self,
        at: Seconds,
        ledger: &mut Ledger<'_>,
        payer: &mut PayerState,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        while ledger.next() == at {
            if let Some(movement) = ledger.take() {
                self.account.move_money(movement, log)?;
            }
        }
        if payer.next() == at {
            match payer.attempt(at, &self.account, self.terms.policy.deduction_unit)? {
                Attempt::Nothing => {}
                Attempt::Paid(amount) => self.account.top_up(at, amount, log)?,
                Attempt::Failed { amount, hard } => log.record(at, Event::PaymentFailed { amount, hard }),
            }
        }
        Ok(())
    }

    /// The profiles of a segment's services and how they respond to prices; what they are asked for is set day by day.
    fn open_demand(&mut self, customers: &Segment) -> Result<(), TooLarge> {
        let plan = self.world.plan;
        self.bursts.clear();
        self.bursts.resize(customers.uses.len(), 0);
        self.demand.truncate(customers.uses.len());
        self.responses.clear();
        for (used, of) in customers.uses.iter().enumerate() {
            let profile = &plan.profiles[of.profile];
            match self.demand.get_mut(used) {
                Some(demand) => demand.profile = profile,
                None => self.demand.push(Demand { potential: 0, wanted: 0, unmetered: 0, profile, pieces: vec![] }),
            }
            let response = match &self.terms.references[of.product] {
                Some(reference) if of.elasticity != 0.0 => {
                    let product = &self.terms.products[of.product];
                    Some(PriceResponse::new(self.trace.level(used), of.elasticity, product, reference)?)
                }
                _ => None,
            };
            self.responses.push(response);
        }
        Ok(())
    }

    /// Sets what a day asks for.
    #[inline]
    fn begin_day(&mut self, customers: &Segment, segment: usize, index: u64, day: Day) {
        for (used, demand) in self.demand.iter_mut().enumerate() {
            let raw = self.trace.days(used)[day];
            let unmetered = self.terms.products[customers.uses[used].product].book.unmetered_share;
            demand.unmetered = unmetered.of(raw);
            demand.potential = raw - demand.unmetered;
            demand.wanted = match self.responses[used] {
                None => demand.potential,
                Some(response) => response.of(demand.potential, self.world.price_fraction(segment, used, index, day)),
            };
            demand.pieces.clear();
            let bursts = &self.trace.pieces(used)[self.bursts[used]..];
            for burst in bursts.iter().take_while(|burst| burst.day == day) {
                self.bursts[used] += 1;
                let lost = unmetered.of(burst.units);
                demand.unmetered += lost;
                demand.pieces.push(Piece { from: burst.from, to: burst.to, units: burst.units - lost });
            }
        }
    }
}

/// The movements of a segment's ledger that are still to come.
struct Ledger<'a> {
    movements: &'a [Movement],
}

impl<'a> Ledger<'a> {
    fn next(&self) -> Seconds {
        self.movements.first().map_or(NEVER, |movement| movement.at)
    }

    fn take(&mut self) -> Option<&'a Movement> {
        let (first, rest) = self.movements.split_first()?;
        self.movements = rest;
        Some(first)
    }
}
