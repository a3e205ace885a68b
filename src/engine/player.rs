//! One account through the whole horizon, event by event.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::behaviour::PayerState;
use crate::demand::Trace;
use crate::plan::{Beginning, Movement, Payer, Plan, Segment};
use crate::rules::{Account, Changes, Demand, Log, Terms, Today};
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
        let mut payer = PayerState::new(if world.pays(segment, index) { customers.payer } else { Payer::Never });
        let draws = world.payer(segment, index);
        let mut ledger = Ledger { movements: &customers.ledger };
        self.open_demand(customers);
        let (mut at, mut day) = (0, 0);
        self.begin_day(customers, day);
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
                self.begin_day(customers, day);
            }
            let today = Today { day, demand: &self.demand };
            let changes = self.account.proceed(at, &today, terms, log)?;
            payer.observe(at, &self.account, &changes, &draws);
            // The quiet line: days on which nothing happens but usage, closes and bills that the balance covers.
            let until = self.account.next().min(ledger.next()).min(plan.calendar.end());
            loop {
                let (close, bill) = (midnight(day + 1), self.account.next_bill());
                let now = at;
                at = until.min(payer.next).min(bill).min(close);
                // A bill may be due at the midnight that closed its day; any other timer left behind would stop the clock.
                debug_assert!(at > now || at == bill, "a timer was not set anew");
                if at == until || at == payer.next || at == bill && at == close {
                    break;
                }
                if at == close {
                    self.close_day(segment, index, day, log)?;
                    day += 1;
                    self.begin_day(customers, day);
                } else if self.account.bill_quietly(at, terms, log)? {
                    payer.observe(at, &self.account, &Changes::MONEY, &draws);
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
        Ok(self.account.close_day(&today, &self.bill_at, self.terms, log)?)
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
        if payer.next == at {
            let amount = payer.pay(at, &self.account, self.terms.policy.deduction_unit)?;
            if amount > crate::units::Money::ZERO {
                self.account.top_up(at, amount, log)?;
            }
        }
        Ok(())
    }

    /// The profiles of a segment's services; what they are asked for is set day by day.
    fn open_demand(&mut self, customers: &Segment) {
        let plan = self.world.plan;
        self.demand.clear();
        let profiles = customers.uses.iter().map(|used| &plan.profiles[used.profile]);
        self.demand.extend(profiles.map(|profile| Demand { potential: 0, unmetered: 0, profile }));
    }

    /// What each service is asked for on a day.
    fn begin_day(&mut self, customers: &Segment, day: Day) {
        for (used, demand) in self.demand.iter_mut().enumerate() {
            let raw = self.trace.days(used)[day];
            let product = &self.terms.products[customers.uses[used].product];
            demand.unmetered = product.book.unmetered_share.of(raw);
            demand.potential = raw - demand.unmetered;
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
