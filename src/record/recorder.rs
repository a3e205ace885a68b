//! Turns the events of accounts into daily totals and rows, while they happen.

use super::account_row::AccountRow;
use super::bill_rows::{BillRow, BilledDay};
use super::event_rows::EventRow;
use super::summary::{SegmentSummary, TierTotal, UsageDay};
use crate::plan::Plan;
use crate::rules::{Account, Event, Log, Product, Terms, Usage};
use crate::units::{Day, Money, Seconds, TooLarge, Total, day_of, midnight};

/// Which rows are kept beside the daily totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A row for each account.
    pub accounts: bool,
    /// A row for each bill line.
    pub bills: bool,
    /// A row for each event.
    pub events: bool,
}

/// The rows of a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// One for each account.
    pub accounts: Vec<AccountRow>,
    /// One for each bill line.
    pub bills: Vec<BillRow>,
    /// One for each event.
    pub events: Vec<EventRow>,
}

/// Listens to one account after the other of one segment.
#[derive(Debug)]
pub struct Recorder<'p> {
    terms: &'p Terms,
    replication: u32,
    segment: usize,
    opening_balance: Money,
    wanted: Wanted,
    days: Day,
    end: Seconds,
    /// Totals of the segment so far.
    pub summary: SegmentSummary,
    /// Rows so far.
    pub rows: Rows,
    /// Which use a product is, by the product's index.
    use_of: Vec<usize>,
    now: Current,
}

/// The account that is being played.
#[derive(Clone, Debug, Default)]
struct Current {
    row: AccountRow,
    balance: Money,
    /// What bills that wait still ask for.
    waiting: Total,
    in_arrears: bool,
    marked: Option<Money>,
    uses: Vec<UseNow>,
    /// The day whose stocks are taken next.
    stocks_of: Day,
}

/// The state of one of its services.
#[derive(Clone, Copy, Debug, Default)]
struct UseNow {
    activated: bool,
    integrated: bool,
    suspended_at: Option<Seconds>,
}

impl<'p> Recorder<'p> {
    /// A recorder for accounts of a segment.
    pub fn new(terms: &'p Terms, replication: u32, index: usize, plan: &Plan, wanted: Wanted) -> Recorder<'p> {
        let (days, segment) = (terms.calendar.days(), &plan.segments[index]);
        let mut use_of = vec![0; terms.products.len()];
        for (used, of) in segment.uses.iter().enumerate() {
            use_of[of.product] = used;
        }
        Recorder {
            terms,
            replication,
            segment: index,
            opening_balance: segment.opening_balance,
            wanted,
            days,
            end: terms.calendar.end(),
            summary: SegmentSummary::new(plan, segment),
            rows: Rows::default(),
            use_of,
            now: Current::default(),
        }
    }

    /// Begins an account.
    pub fn begin(&mut self, index: u64) {
        let mut uses = std::mem::take(&mut self.now.uses);
        uses.clear();
        uses.extend(self.summary.uses.iter().map(|used| UseNow {
            integrated: !self.terms.products[used.product].book.requires_integration,
            ..UseNow::default()
        }));
        let row = AccountRow {
            replication: self.replication,
            segment: self.segment,
            index,
            opening_balance: self.opening_balance,
            ..AccountRow::default()
        };
        self.now = Current { row, balance: self.opening_balance, uses, ..Current::default() };
    }

    /// Ends the account, whose state at the end is given.
    ///
    /// # Errors
    /// [`TooLarge`] when what it owes does not fit.
    pub fn finish(&mut self, account: &Account) -> Result<(), TooLarge> {
        let Current { row, uses, marked, balance, in_arrears, .. } = &mut self.now;
        debug_assert_eq!(*balance, account.wallet.balance, "the events tell the whole balance");
        row.closing_balance = account.wallet.balance;
        row.debt = account.wallet.debt()?;
        row.bad_debt = marked.unwrap_or_default();
        row.carried = account.wallet.carried;
        row.unbilled = account.services().iter().map(|service| Total::from(service.unbilled())).sum();
        for used in uses.iter() {
            if let Some(since) = used.suspended_at {
                row.suspended_seconds += (self.end - since).unsigned_abs();
                row.suspended_at_end = true;
            }
        }
        let tallies = &mut self.summary.tallies;
        tallies.accounts += 1;
        tallies.ever_suspended += u64::from(row.suspensions > 0);
        tallies.suspended_then_paid += u64::from(row.suspensions > 0 && !*in_arrears);
        tallies.ever_in_arrears += u64::from(row.arrears > 0);
        tallies.ever_churned += u64::from(row.churned_at.is_some());
        tallies.free_only += u64::from(row.served > 0 && row.billable == 0);
        tallies.suspended_seconds += row.suspended_seconds;
        tallies.opening_balance += row.opening_balance;
        tallies.closing_balance += row.closing_balance;
        tallies.carried += row.carried;
        tallies.unbilled += row.unbilled;
        let recognised = (row.accrued.units() - row.vouchers.units()).max(0);
        // What an account is charged fits a Money, or it would have been refused.
        self.summary.revenue.add(u64::try_from(recognised).unwrap_or(u64::MAX));
        self.summary.top_deducted = self.summary.top_deducted.max(row.deducted);
        if self.wanted.accounts {
            self.rows.accounts.push(row.clone());
        }
        Ok(())
    }

    fn close_day(&mut self, product: usize, day: Day, usage: &Usage, amount: Money) {
        let used = self.use_of[product];
        let Current { row, in_arrears, uses, .. } = &mut self.now;
        let of = &mut self.summary.uses[used];
        let terms = &self.terms.products[product];
        add_usage(&mut of.usage[day], row, usage, amount, terms);
        self.summary.money[day].recognised += amount;
        terms.each_tier(usage.free, usage.billable, |tier, units, amount| {
            of.tiers[tier].add(&TierTotal { units, amount });
        });
        let state = uses[used];
        let status = &mut self.summary.uses[used].status[day];
        let counter = match state {
            _ if row.churned_at.is_some() => &mut status.churned,
            UseNow { activated: false, .. } => &mut status.inactive,
            UseNow { suspended_at: Some(_), .. } => &mut status.suspended,
            UseNow { integrated: false, .. } => &mut status.integrating,
            _ if *in_arrears => &mut status.in_grace,
            _ => &mut status.running,
        };
        *counter += 1;
    }

    /// The stocks of the account's money at the end of a day: before anything that happens at its 24:00:00.
    fn take_stocks(&mut self) {
        let Current { balance, waiting, in_arrears, marked, stocks_of, .. } = &mut self.now;
        let money = &mut self.summary.money[*stocks_of];
        money.balance += *balance;
        money.debt += Total::from(balance.shortfall());
        money.debt += *waiting;
        money.accounts_in_arrears += u64::from(*in_arrears);
        if let Some(marked) = marked {
            money.bad_debt += *marked;
        }
        *stocks_of += 1;
    }

    fn bill_rows(&mut self, at: Seconds, event: &Event) {
        let Event::BillIssued { product, day, free, billable, amount, due, voucher } = *event else { return };
        let lines = BilledDay { free, billable }.lines(&self.terms.products[product]);
        // A bill whose amount fitted has lines that fit.
        for (kind, units, price, line) in lines.unwrap_or_default() {
            self.rows.bills.push(BillRow {
                replication: self.replication,
                segment: self.segment,
                index: self.now.row.index,
                product,
                day,
                issued: at,
                kind,
                units,
                price,
                amount: line,
                bill_amount: amount,
                bill_due: due,
                bill_voucher: voucher,
            });
        }
    }

    /// Sums of money that moved, and the account's row of them.
    fn money(&mut self, at: Seconds, event: &Event) {
        let day = day_of(at).min(self.days - 1);
        let money = &mut self.summary.money[day];
        let Current { row, balance, waiting, marked, in_arrears, .. } = &mut self.now;
        match *event {
            Event::ToppedUp { amount } => {
                money.top_ups += 1;
                money.topped_up += amount;
                money.collected += amount.min(balance.shortfall());
                row.top_ups += 1;
                row.topped_up += amount;
                *balance = Money::from_units(balance.units().saturating_add(amount.units()));
            }
            Event::PaymentFailed { .. } => {
                money.payment_failures += 1;
                row.payment_failures += 1;
            }
            Event::BillIssued { product, amount, due, voucher, .. } => {
                money.bills += 1;
                if amount > Money::ZERO {
                    self.summary.bills.add(amount.units().unsigned_abs());
                }
                money.billed += amount;
                money.rounding += due;
                money.rounding -= amount;
                money.vouchers += voucher;
                money.recognised -= voucher;
                money.bill_cost += self.terms.products[product].book.bill_cost;
                *waiting += due;
                *waiting -= voucher;
                row.bills += 1;
                row.billed += amount;
                row.vouchers += voucher;
            }
            Event::Deducted { amount, balance: after, .. } => {
                money.deducted += amount;
                money.collected += amount.min(*balance).max(Money::ZERO);
                *waiting -= amount;
                row.deducted += amount;
                *balance = after;
            }
            Event::ArrearsStarted { .. } => {
                *in_arrears = true;
                row.arrears += 1;
                row.first_arrears_at.get_or_insert(at);
            }
            Event::ArrearsCleared => *in_arrears = false,
            Event::DebtMarked { amount } => {
                money.marked += amount;
                *marked = Some(amount);
            }
            Event::DebtRecovered { amount } => {
                money.recovered += amount;
                *marked = None;
            }
            _ => {}
        }
    }

    /// Changes of a service's state.
    fn transition(&mut self, at: Seconds, product: usize, event: &Event) {
        let used = self.use_of[product];
        let status = &mut self.summary.uses[used].status[day_of(at).min(self.days - 1)];
        let (row, state) = (&mut self.now.row, &mut self.now.uses[used]);
        match event {
            Event::Activated { .. } => {
                status.activations += 1;
                state.activated = true;
            }
            Event::ActivationRefused { .. } => status.refused_activations += 1,
            Event::Integrated { .. } => {
                status.integrations += 1;
                state.integrated = true;
            }
            Event::Suspended { .. } => {
                status.suspensions += 1;
                state.suspended_at = Some(at);
                row.suspensions += 1;
                row.first_suspended_at.get_or_insert(at);
            }
            Event::Resumed { .. } => {
                status.resumptions += 1;
                if let Some(since) = state.suspended_at.take() {
                    row.suspended_seconds += (at - since).unsigned_abs();
                    self.summary.recoveries.add((at - since).unsigned_abs());
                }
            }
            _ => {}
        }
    }

    /// The customer leaves: every service loses it.
    fn departure(&mut self, at: Seconds) {
        self.now.row.churned_at = Some(at);
        let day = day_of(at).min(self.days - 1);
        self.summary.uses.iter_mut().for_each(|used| used.status[day].departures += 1);
    }
}

impl Log for Recorder<'_> {
    // Callers know which event they send: inlined, the choice between the kinds is made when compiling.
    #[inline(always)]
    fn record(&mut self, at: Seconds, event: Event) {
        // Every day has an event at its end, the close of it.
        if at >= midnight(self.now.stocks_of + 1) {
            self.take_stocks();
        }
        self.summary.tallies.events += 1;
        match event {
            Event::DayClosed { product, day, usage, amount } => self.close_day(product, day, &usage, amount),
            Event::Activated { product }
            | Event::ActivationRefused { product }
            | Event::Integrated { product }
            | Event::Suspended { product }
            | Event::Resumed { product } => self.transition(at, product, &event),
            Event::Churned => self.departure(at),
            _ => self.money(at, &event),
        }
        if self.wanted.bills {
            self.bill_rows(at, &event);
        }
        if self.wanted.events {
            self.rows.events.push(EventRow {
                replication: self.replication,
                segment: self.segment,
                index: self.now.row.index,
                at,
                event,
            });
        }
    }
}

fn add_usage(day: &mut UsageDay, row: &mut AccountRow, usage: &Usage, amount: Money, product: &Product) {
    day.potential += usage.potential;
    day.offered += usage.offered;
    day.served += usage.served;
    day.counted += usage.counted;
    day.free += usage.free;
    day.billable += usage.billable;
    day.accrued += amount;
    row.potential += usage.potential;
    row.served += usage.served;
    row.free += usage.free;
    row.billable += usage.billable;
    row.accrued += amount;
    // Rare: kept off the quiet day's path.
    let unusual = usage.unmetered | usage.unintegrated | usage.refused | usage.retried | usage.stopped | usage.churned;
    if unusual > 0 || usage.withheld != 0 || product.costs {
        day.unmetered += usage.unmetered;
        day.unintegrated += usage.unintegrated;
        day.refused += usage.refused;
        day.blocked += usage.blocked;
        day.withheld += usage.withheld;
        day.stopped += usage.stopped;
        day.churned += usage.churned;
        day.cost += product.cost(usage.served);
        let lost = product.lost(usage, amount);
        day.lost += lost;
        row.lost += lost;
        row.withheld += usage.withheld;
        day.unprotected += usage.unprotected;
        day.retried += usage.retried;
        row.unintegrated += usage.unintegrated;
        row.refused += usage.refused;
    }
}
