//! The straight line: days on which a service has nothing but usage, its price, and bills that change nothing but the balance.
//! Prices and deductions are those of the phases of RULES §4; only what cannot happen is left out.

use super::account::Account;
use super::counting::Standing;
use super::event::{Event, Log, Usage};
use super::rounding::deduction;
use super::terms::{Place, Product, Terms};
use super::wallet::Bill;
use crate::book::{BillEvery, Counted, PayAsYouGo, Period, Policy, Settlement, WhileSuspended, ZeroBills};
use crate::units::{Day, Money, NEVER, Seconds, Share, midnight};

/// What lies before an account until somebody does something.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    /// The day that has begun.
    pub first: Day,
    /// Units of this day and of those after it before whose ends nobody does anything.
    pub units: &'a [u64],
    /// The lowest balance of which nobody takes notice.
    pub floor: Money,
}

/// Days of the straight line, one after the other: all that is asked for is served and billed, or nothing is; a bill changes nothing but
/// the balance.
#[derive(Clone, Copy, Debug)]
pub struct QuietRun<'a> {
    /// Index of the product; it has one meter.
    pub product: usize,
    /// The first of the days.
    pub first: Day,
    /// What the units met.
    pub standing: Standing,
    /// Whose prices they have.
    pub place: Place,
    /// The days, in their order.
    pub days: &'a [QuietDay],
}

/// What one of these days brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct QuietDay {
    /// Units that were asked for.
    pub units: u64,
    /// What they cost, exactly.
    pub amount: Money,
    /// Exact amount of the bill that was due: of what was used on the day before; zero where there was none.
    pub billed: Money,
    /// What was deducted for it.
    pub due: Money,
    /// The balance at the end of the day.
    pub balance: Money,
    /// The tier that the units reach, where they are served.
    pub tier: usize,
}

impl QuietRun<'_> {
    /// Tells the days event by event; `bill_at` tells when the bill for a day was due.
    pub fn tell(&self, bill_at: impl Fn(Day) -> Seconds, mut event: impl FnMut(Seconds, Event)) {
        let QuietRun { product, place, .. } = *self;
        for (day, quiet) in (self.first..).zip(self.days) {
            let QuietDay { amount, billed, due, balance, .. } = *quiet;
            if billed > Money::ZERO {
                let (at, of) = (bill_at(day - 1), day - 1);
                event(at, Event::BillIssued { product, day: of, amount: billed, due, voucher: Money::ZERO });
                event(at, Event::Deducted { product, day: of, amount: due, balance });
            }
            let usage = self.usage(quiet.units);
            event(midnight(day + 1), Event::DayClosed { product, meter: 0, day, usage, amount, place });
        }
    }

    /// What became of a day's units.
    pub fn usage(&self, units: u64) -> Usage {
        let mut usage = Usage::default();
        let served = self.standing.meet(&mut usage, &mut 0, units, units);
        (usage.served, usage.counted, usage.billable) = (served, served, served);
        usage
    }
}

/// Days that are told at once, at most.
const MOST: usize = 128;

/// Room for a run of days.
#[derive(Clone, Debug)]
pub(super) struct Run([QuietDay; MOST]);

impl Run {
    pub(super) fn new() -> Run {
        Run([QuietDay::default(); MOST])
    }
}

impl Product {
    /// Whether its days can be so plain: one meter whose units are billed as they come, and counted and billed by the day.
    pub(super) fn may_be_straight(&self) -> bool {
        let book = &self.book;
        let plain = |meter: &crate::book::Meter| {
            meter.counter == Period::Day
                && meter.rounding == Period::Day
                && meter.raw_per_unit == 1
                && !meter.volume
                && meter.maximum.is_none()
        };
        let closes =
            self.lists.iter().flat_map(|list| &list.meters).flatten().any(|version| version.tariff.has_close());
        let counts = book.counted == Counted::Served && book.unmetered_share == Share::NONE;
        let [meter] = &book.meters[..] else { return false };
        plain(meter)
            && !closes
            && counts
            && !self.slotted
            && !self.changes
            && book.bill_every == BillEvery::Day
            && book.pay_as_you_go == PayAsYouGo::Always
    }
}

impl Account {
    /// Whether the account may be on the straight line: one service of such a product, in a state that bills do not change.
    #[inline]
    pub fn is_straight(&self, terms: &Terms) -> bool {
        let ([service], [purse]) = (&self.services[..self.used], &self.purses[..self.balances]) else { return false };
        let policy = &terms.policy;
        terms.products[service.product].straight
            && service.settled == 0
            && service.is_untouched()
            && policy.settlement == Settlement::Full
            && policy.zero_bills != ZeroBills::Issued
            && (purse.dunning.is_calm() || purse.dunning.arrears.is_some() && policy.debt_cap.is_none())
            && !purse.wallet.has_vouchers()
    }

    /// Goes along the straight line as far as it leads; what the days bring goes to `log`. `bill_at` tells when the bill for a day is
    /// due, inside the next day; `leaves` whether the customer leaves at the end of a day with this amount. Returns how many days
    /// were closed. Whatever would be out of the ordinary is left as it is, for the phases.
    pub fn go_straight(
        &mut self,
        ahead: Ahead<'_>,
        terms: &Terms,
        bill_at: impl Fn(Day) -> Seconds,
        mut leaves: impl FnMut(Day, Money) -> bool,
        log: &mut impl Log,
    ) -> usize {
        let (service, purse, run) = (&mut self.services[0], &mut self.purses[0], &mut self.run);
        let (product, policy) = (&terms.products[service.product], &terms.policy);
        let place = Place { list: service.list, ..Place::default() };
        let tariff = product.tariff(0, place);
        let standing = service.standing(!service.suspended, policy.while_suspended == WhileSuspended::Unprotected);
        let live = standing == Standing::Live;
        if live && !service.has_no_free_units() {
            return 0;
        }
        // While nothing is owed a bill must leave something: at zero a service that resumes above it would not. What is owed can grow.
        let least = if purse.dunning.arrears.is_some() { Money::MIN } else { purse.wallet.floor_of_calm() };
        let floor = ahead.floor.max(least);
        debug_assert!(service.bill.is_none() || service.bill_at < midnight(ahead.first + 1), "due inside the next day");
        let mut money = (purse.wallet.balance, purse.wallet.carried);
        let mut pending = service.billed_amount();
        let (mut closed, mut ends) = (0, false);
        while !ends && closed < ahead.units.len() {
            let first = ahead.first + closed;
            let units = &ahead.units[closed..ahead.units.len().min(closed + MOST)];
            let mut days = 0;
            for (quiet, units) in run.0.iter_mut().zip(units.iter().copied()) {
                let billed = pending;
                let (Some((due, after)), Some((tier, amount))) =
                    (settle(billed, money, floor, policy), if live { tariff.quick(units) } else { FREE })
                else {
                    break;
                };
                if live && units > service.unlimited {
                    break;
                }
                (money, pending) = (after, amount);
                *quiet = QuietDay { units, amount, billed, due, balance: money.0, tier };
                days += 1;
                if leaves(first + days - 1, amount) {
                    self.leaves_at = midnight(first + days);
                    ends = true;
                    break;
                }
            }
            ends |= days < units.len();
            if days > 0 {
                let (product, days) = (service.product, &run.0[..days]);
                log.quiet_run(&QuietRun { product, first, standing, place, days }, &bill_at);
            }
            closed += days;
        }
        if closed > 0 {
            (purse.wallet.balance, purse.wallet.carried) = money;
            let last = ahead.first + closed - 1;
            let bill = (pending > Money::ZERO).then_some(Bill { product: service.product, day: last, amount: pending });
            service.bill_at = bill.map_or(NEVER, |_| bill_at(last));
            service.bill = bill;
            service.was(standing, ahead.units[..closed].iter().sum(), terms.months[last].ends);
        }
        closed
    }
}

/// The tier and the price of units that are not served.
const FREE: Option<(usize, Money)> = Some((0, Money::ZERO));

/// What is deducted for a bill that is due, if there is one, and the balance and the carried remainder after it; nothing if that goes
/// below a floor or does not fit.
#[inline(always)]
fn settle(
    due: Money,
    (balance, carried): (Money, Money),
    floor: Money,
    policy: &Policy,
) -> Option<(Money, (Money, Money))> {
    if due == Money::ZERO {
        return Some((Money::ZERO, (balance, carried)));
    }
    let (due, carried) = deduction(due, carried, policy.rounding, policy.deduction_unit).ok()?;
    let balance = balance.minus(due).ok()?;
    (balance >= floor).then_some((due, (balance, carried)))
}
