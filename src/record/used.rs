//! A played account as the files in which real ones are recorded: what was served, and what moved beside it. Knows no file format.

use crate::book::{BalanceOf, WhileSuspended};
use crate::demand::Trace;
use crate::plan::{Part, Plan, Use};
use crate::rules::{Cause, Demand, Event, Piece, Reason};
use crate::units::{DAY, Day, Money, Seconds, midnight};
use crate::usage::MovementKind;
use crate::world::World;

use super::event_rows::EventRow;

/// A row of a usage file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedRow {
    /// `SEGMENT/INDEX`
    pub account: String,
    /// The day.
    pub day: Day,
    /// When the units begin to come, in products that are metered in slots: they come until the slot's end.
    pub at: Option<Seconds>,
    /// Index of the product.
    pub product: usize,
    /// Index of the meter.
    pub meter: usize,
    /// Raw units that were served.
    pub units: u64,
}

/// A row of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedRow {
    /// `SEGMENT/INDEX`
    pub account: String,
    /// When.
    pub at: Seconds,
    /// What.
    pub kind: MovementKind,
    /// Money or units; empty for what has no amount.
    pub amount: String,
    /// Index of the product; `None`: of the balance.
    pub product: Option<usize>,
}

/// Makes such rows of a world's accounts.
#[derive(Debug)]
pub struct Recording<'p> {
    world: World<'p>,
    trace: Trace,
}

/// Why a plan's usage cannot be written slot by slot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the usage of `{product}` cannot be recorded: {why}")]
pub struct NotRecorded {
    product: String,
    why: &'static str,
}

/// The service of an account while its story is read.
#[derive(Clone, Debug)]
struct Service {
    used: usize,
    activated: bool,
    integrated: bool,
    reasons: u32,
    /// Seconds of the run in which it served: begun, and ended or not.
    runs: Vec<(Seconds, Option<Seconds>)>,
}

impl<'p> Recording<'p> {
    /// Of the accounts of a plan's first replication.
    ///
    /// # Errors
    /// [`NotRecorded`] where what a slot served does not follow from the demand alone.
    pub fn new(plan: &'p Plan) -> Result<Recording<'p>, NotRecorded> {
        for used in plan.segments.iter().flat_map(|segment| &segment.uses) {
            let book = &plan.books[used.product];
            let why = match () {
                () if !book.is_slotted() => continue,
                () if used.elasticity != 0.0 => "its slots answer to prices",
                () if book.rate_limit.is_some() => "its calls are limited by the second",
                () if plan.policy.while_suspended == WhileSuspended::Retried => "what was refused comes again",
                () => continue,
            };
            return Err(NotRecorded { product: book.id.clone(), why });
        }
        Ok(Recording { world: World::new(plan, 0), trace: Trace::default() })
    }

    /// The rows of accounts whose whole stories these are, one after the other. Every account has a row of usage.
    pub fn rows(&mut self, events: &[EventRow]) -> (Vec<UsedRow>, Vec<MovedRow>) {
        let (mut used, mut moved) = (vec![], vec![]);
        for story in events.chunk_by(|a, b| (a.segment, a.index) == (b.segment, b.index)) {
            self.account(story, &mut used, &mut moved);
        }
        (used, moved)
    }

    fn account(&mut self, story: &[EventRow], used: &mut Vec<UsedRow>, moved: &mut Vec<MovedRow>) {
        let plan = self.world.plan;
        let (segment, index) = (story[0].segment, story[0].index);
        let customers = &plan.segments[segment];
        let account = format!("{}/{index}", customers.id);
        self.trace.fill(&self.world, segment, index);
        self.opening(segment, index, &account, moved);
        let mut services: Vec<Option<Service>> = plan.books.iter().map(|_| None).collect();
        for (nth, of) in customers.uses.iter().enumerate() {
            let integrated = !plan.books[of.product].requires_integration;
            services[of.product] = Some(Service { used: nth, activated: false, integrated, reasons: 0, runs: vec![] });
        }
        let before = used.len();
        for row in story {
            moved.extend(movement(row, &account));
            let service = row.event.product().and_then(|product| services[product].as_mut());
            match (row.event, service) {
                (Event::Churned, _) => {
                    services.iter_mut().flatten().for_each(|service| service.stop(row.at));
                }
                (Event::DayClosed { product, meter, day, usage, .. }, Some(service)) if usage.served > 0 => {
                    let row = |at, units| UsedRow { account: account.clone(), day, at, product, meter, units };
                    if !plan.books[product].is_slotted() {
                        used.push(row(None, usage.served));
                        continue;
                    }
                    let slots = service.slots(day, plan.books[product].slot);
                    let demand = self.demand(&customers.uses[service.used], service.used, meter, day);
                    let served = slots.into_iter().map(|(from, to)| (from, demand.wanted_between(from, to)));
                    let served: Vec<(Seconds, u64)> = served.filter(|(_, units)| *units > 0).collect();
                    debug_assert_eq!(served.iter().map(|(_, units)| units).sum::<u64>(), usage.served);
                    used.extend(served.into_iter().map(|(from, units)| row(Some(from), units)));
                }
                (event, Some(service)) => service.hear(row.at, &event, plan),
                _ => {}
            }
        }
        if used.len() == before {
            let product = customers.uses[0].product;
            used.push(UsedRow { account, day: 0, at: None, product, meter: 0, units: 0 });
        }
    }

    /// What its balances open with.
    fn opening(&self, segment: usize, index: u64, account: &str, moved: &mut Vec<MovedRow>) {
        let plan = self.world.plan;
        let customers = &plan.segments[segment];
        let mut balances = vec![];
        self.world.opening_balances(segment, index, &mut balances);
        for (balance, amount) in balances.into_iter().enumerate() {
            let by_product = plan.policy.balance == BalanceOf::Product;
            let product = by_product.then(|| customers.uses[balance].product);
            let credit = if by_product { customers.uses[balance].credit_line } else { customers.credit_line };
            let mut open = |kind, amount: Money| {
                let amount = amount.to_string();
                moved.push(MovedRow { account: account.to_owned(), at: 0, kind, amount, product });
            };
            open(MovementKind::OpeningBalance, amount);
            if credit != Money::ZERO {
                open(MovementKind::CreditLine, credit);
            }
        }
    }

    /// What a meter is asked for on a day.
    fn demand(&self, of: &Use, used: usize, meter: usize, day: Day) -> Demand<'p> {
        let plan = self.world.plan;
        let unmetered = plan.books[of.product].unmetered_share;
        let metered = |units: u64| units - unmetered.of(units);
        let wanted = metered(self.trace.of_meter(used, meter, day, &of.parts));
        let today = self.trace.pieces(used).iter().filter(|piece| piece.day == day);
        let pieces = today.filter_map(|piece| {
            let units = match piece.meter {
                None => Part::of(&of.parts, meter, piece.units),
                Some(own) if own == meter => piece.units,
                Some(_) => return None,
            };
            Some(Piece { from: piece.from, to: piece.to, units: metered(units) })
        });
        let profile = &plan.profiles[of.profile];
        Demand { potential: wanted, wanted, unmetered: 0, profile, pieces: pieces.collect() }
    }
}

impl Service {
    fn hear(&mut self, at: Seconds, event: &Event, plan: &Plan) {
        match *event {
            Event::Activated { .. } => self.activated = true,
            Event::Integrated { .. } => self.integrated = true,
            Event::Suspended { product, reason, .. } => {
                self.reasons += 1;
                // In arrears it serves to the slot's end; allowances end at one.
                let slot = plan.books[product].slot.max(1);
                let end = if reason == Reason::Arrears { (at + slot - 1).div_euclid(slot) * slot } else { at };
                self.stop(end);
            }
            Event::Resumed { .. } => self.reasons = self.reasons.saturating_sub(1),
            _ => return,
        }
        let runs = self.activated && self.integrated && self.reasons == 0;
        match self.runs.last_mut() {
            Some((_, None)) => {}
            // Resumed in the slot in which it was to stop.
            Some((_, end)) if runs && end.is_some_and(|end| end >= at) => *end = None,
            _ if runs => self.runs.push((at, None)),
            _ => {}
        }
    }

    fn stop(&mut self, at: Seconds) {
        if let Some((_, end)) = self.runs.last_mut() {
            *end = Some(end.map_or(at, |end| end.min(at)));
        }
    }

    /// Seconds `[from, to)` of a day in which it served, slot by slot.
    fn slots(&self, day: Day, slot: Seconds) -> Vec<(Seconds, Seconds)> {
        let mut slots = vec![];
        for (from, to) in &self.runs {
            let from = (from - midnight(day)).max(0);
            let to = to.map_or(DAY, |to| (to - midnight(day)).min(DAY));
            let mut begin = from;
            while begin < to {
                let end = (begin - begin.rem_euclid(slot) + slot).min(to);
                slots.push((begin, end));
                begin = end;
            }
        }
        slots
    }
}

/// What an event moved, as a ledger tells it.
fn movement(row: &EventRow, account: &str) -> Option<MovedRow> {
    let (kind, amount, product) = match row.event {
        Event::ToppedUp { of, amount } => (MovementKind::TopUp, amount.to_string(), of),
        Event::CreditLineSet { of, amount } => (MovementKind::CreditLine, amount.to_string(), of),
        Event::VoucherReceived { of, amount, .. } => (MovementKind::Voucher, amount.to_string(), of),
        Event::Activated { product } => (MovementKind::Activation, String::new(), Some(product)),
        Event::Purchased { product, units, .. } => (MovementKind::Purchase, units.to_string(), Some(product)),
        Event::PayAsYouGo { product, cause: Cause::Opening | Cause::Hand } => {
            (MovementKind::Switch, String::new(), Some(product))
        }
        _ => return None,
    };
    Some(MovedRow { account: account.to_owned(), at: row.at, kind, amount, product })
}
