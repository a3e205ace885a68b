//! The straight line: days on which a service has nothing but usage, its price, and bills that change nothing but the balance.
//! Prices and deductions are those of the phases of RULES §4; only what cannot happen is left out.

use super::account::Account;
use super::counting::Standing;
use super::event::{Event, Log, Usage};
use super::rounding::deduction;
use super::tariff::Reach;
use super::terms::{Place, Product, Terms};
use super::wallet::Bill;
use crate::book::{BillEvery, Counted, PayAsYouGo, Period, Policy, Settlement, WhileSuspended};
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

/// A day of the straight line: all that is asked for is served and billed, or nothing is.
#[derive(Clone, Copy, Debug)]
pub struct QuietDay {
    /// Index of the product; it has one meter.
    pub product: usize,
    /// Which day.
    pub day: Day,
    /// Units that were asked for.
    pub units: u64,
    /// What they met.
    pub standing: Standing,
    /// Whose prices they have.
    pub place: Place,
    /// The tier that they reach, where they are served.
    pub reach: Reach,
    /// Their price.
    pub amount: Money,
    /// The bill that was due on this day.
    pub bill: Option<QuietBill>,
    /// Balance at the end of the day.
    pub balance: Money,
}

/// A bill that changes nothing but the balance.
#[derive(Clone, Copy, Debug)]
pub struct QuietBill {
    /// When it was due.
    pub at: Seconds,
    /// Exact amount, for the day before.
    pub amount: Money,
    /// What was deducted.
    pub due: Money,
}

impl QuietDay {
    /// Tells the day event by event.
    pub fn tell(&self, mut event: impl FnMut(Seconds, Event)) {
        let QuietDay { product, day, units, amount, place, .. } = *self;
        if let Some(QuietBill { at, amount, due }) = self.bill {
            event(at, Event::BillIssued { product, day: day - 1, amount, due, voucher: Money::ZERO });
            event(at, Event::Deducted { product, day: day - 1, amount: due, balance: self.balance });
        }
        let mut usage = Usage::default();
        let served = self.standing.meet(&mut usage, &mut 0, units, units);
        (usage.served, usage.counted, usage.billable) = (served, served, served);
        event(midnight(day + 1), Event::DayClosed { product, meter: 0, day, usage, amount, place });
    }
}

impl Product {
    /// Whether its days can be so plain: one meter whose units are billed as they come, and counted and billed by the day.
    pub(super) fn may_be_straight(&self) -> bool {
        let book = &self.book;
        let plain = |meter: &crate::book::Meter| {
            meter.counter == Period::Day && meter.rounding == Period::Day && meter.raw_per_unit == 1 && !meter.volume
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
            && (purse.dunning.is_calm() || purse.dunning.arrears.is_some() && policy.debt_cap.is_none())
            && !purse.wallet.has_vouchers()
    }

    /// Goes along the straight line as far as it leads; what a day brings goes to `log`. `bill_at` tells when the bill of a day is
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
        let (service, purse) = (&mut self.services[0], &mut self.purses[0]);
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
        let mut money = (purse.wallet.balance, purse.wallet.carried);
        let mut pending = service.bill.map(|bill| (service.bill_at, bill.amount));
        if pending.is_some_and(|(at, _)| at >= midnight(ahead.first + 1)) {
            return 0;
        }
        let mut closed = 0;
        for (day, units) in (ahead.first..).zip(ahead.units.iter().copied()) {
            let reach = if live { tariff.reach(units) } else { Reach::default() };
            let (Some((bill, after)), Ok(amount)) = (settle(pending, money, floor, policy), tariff.cost_of(reach))
            else {
                break;
            };
            if live && units > service.unlimited {
                break;
            }
            money = after;
            let (product, balance) = (service.product, money.0);
            log.quiet_day(&QuietDay { product, day, units, standing, place, reach, amount, bill, balance });
            pending = service.issues(amount, policy).then(|| (bill_at(day), amount));
            closed += 1;
            if leaves(day, amount) {
                self.leaves_at = midnight(day + 1);
                break;
            }
        }
        if closed > 0 {
            (purse.wallet.balance, purse.wallet.carried) = money;
            let last = ahead.first + closed - 1;
            service.bill = pending.map(|(_, amount)| Bill { product: service.product, day: last, amount });
            service.bill_at = pending.map_or(NEVER, |(at, _)| at);
            service.was(standing, ahead.units[..closed].iter().sum(), terms.months[last].ends);
        }
        closed
    }
}

/// A bill that is due, if there is one, and the balance and the carried remainder after it; nothing if that goes below a floor or does
/// not fit.
#[inline]
fn settle(
    due: Option<(Seconds, Money)>,
    (balance, carried): (Money, Money),
    floor: Money,
    policy: &Policy,
) -> Option<(Option<QuietBill>, (Money, Money))> {
    let Some((at, amount)) = due else { return Some((None, (balance, carried))) };
    let (due, carried) = deduction(amount, carried, policy.rounding, policy.deduction_unit).ok()?;
    let balance = balance.minus(due).ok()?;
    (balance >= floor).then_some((Some(QuietBill { at, amount, due }), (balance, carried)))
}
