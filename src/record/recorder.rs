//! Turns the events of accounts into daily totals and rows, while they happen.

mod packages;
mod trials;
mod usage;

use super::account_row::AccountRow;
use super::bill_rows::{BillRow, Line, lines_of_day};
use super::event_rows::EventRow;
use super::summary::{SegmentSummary, TierTotal};
use crate::book::{BalanceOf, PayAsYouGo, Period};
use crate::plan::Plan;
use crate::rules::{Account, Event, Log, Place, Reason, Terms, Usage};
use crate::units::{Day, Money, Seconds, TooLarge, Total, day_of, midnight};
use packages::PackageNow;
use usage::add_usage;

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
    /// Of each balance.
    opening_balances: Vec<Money>,
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
    balances: Vec<BalanceNow>,
    uses: Vec<UseNow>,
    packages: Vec<PackageNow>,
    /// Lines of days whose bill is to come.
    lines: Vec<Line>,
    /// The day whose stocks are taken next.
    stocks_of: Day,
}

/// The state of one of its balances.
#[derive(Clone, Copy, Debug, Default)]
struct BalanceNow {
    balance: Money,
    /// What bills that wait still ask for.
    waiting: Total,
    in_arrears: bool,
    marked: Option<Money>,
}

/// The state of one of its services.
#[derive(Clone, Copy, Debug, Default)]
struct UseNow {
    activated: bool,
    integrated: bool,
    switched_on: bool,
    /// When the trial that is in effect was granted.
    trial_since: Option<Seconds>,
    /// Since when, and how many reasons hold.
    suspended_at: Option<Seconds>,
    reasons: u32,
}

impl<'p> Recorder<'p> {
    /// A recorder for accounts of a segment.
    pub fn new(terms: &'p Terms, replication: u32, index: usize, plan: &Plan, wanted: Wanted) -> Recorder<'p> {
        let (days, segment) = (terms.calendar.days(), &plan.segments[index]);
        let by_product = terms.policy.balance == BalanceOf::Product;
        let opening_balances = if by_product {
            segment.uses.iter().map(|used| used.opening_balance).collect()
        } else {
            vec![segment.opening_balance]
        };
        let mut use_of = vec![0; terms.products.len()];
        for (used, of) in segment.uses.iter().enumerate() {
            use_of[of.product] = used;
        }
        Recorder {
            terms,
            replication,
            segment: index,
            opening_balances,
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
        let Current { mut uses, mut balances, mut packages, mut lines, .. } = std::mem::take(&mut self.now);
        uses.clear();
        uses.extend(self.summary.uses.iter().map(|used| {
            let book = &self.terms.products[used.product].book;
            UseNow {
                integrated: !book.requires_integration,
                switched_on: book.pay_as_you_go == PayAsYouGo::Always,
                ..UseNow::default()
            }
        }));
        balances.clear();
        balances.extend(
            self.opening_balances.iter().map(|balance| BalanceNow { balance: *balance, ..BalanceNow::default() }),
        );
        packages.clear();
        lines.clear();
        let row = AccountRow {
            replication: self.replication,
            segment: self.segment,
            index,
            opening_balance: self
                .opening_balances
                .iter()
                .fold(Money::ZERO, |sum, balance| Money::from_units(sum.units().saturating_add(balance.units()))),
            ..AccountRow::default()
        };
        self.now = Current { row, balances, uses, packages, lines, stocks_of: 0 };
    }

    /// What is known of the account that was played last.
    pub fn row(&self) -> &AccountRow {
        &self.now.row
    }

    /// Ends the account, whose state at the end is given.
    ///
    /// # Errors
    /// [`TooLarge`] when what it owes does not fit.
    pub fn finish(&mut self, account: &Account) -> Result<(), TooLarge> {
        self.censor_trials(self.end);
        let Current { row, uses, balances, .. } = &mut self.now;
        let mut in_arrears = false;
        for (index, now) in balances.iter().enumerate() {
            let wallet = account.wallet(index);
            debug_assert_eq!(now.balance, wallet.balance, "the events tell the whole balance");
            row.closing_balance = row.closing_balance.plus(wallet.balance)?;
            row.bad_debt = row.bad_debt.plus(now.marked.unwrap_or_default())?;
            row.carried = row.carried.plus(wallet.carried)?;
            in_arrears |= now.in_arrears;
        }
        row.debt = account.debt()?;
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
        tallies.suspended_then_paid += u64::from(row.suspensions > 0 && !in_arrears);
        tallies.ever_in_arrears += u64::from(row.arrears > 0);
        tallies.ever_churned += u64::from(row.churned_at.is_some());
        tallies.free_only += u64::from(row.served > 0 && row.billable == 0 && row.packages == 0);
        tallies.suspended_seconds += row.suspended_seconds;
        tallies.opening_balance += row.opening_balance;
        tallies.closing_balance += row.closing_balance;
        tallies.carried += row.carried;
        tallies.unbilled += row.unbilled;
        // What an account is charged fits a Money, or it would have been refused.
        self.summary.revenue.add(u64::try_from(row.recognised().units().max(0)).unwrap_or(u64::MAX));
        let paid = Total::from_units(row.deducted.units() + row.purchased.units());
        self.summary.top_deducted = self.summary.top_deducted.max(paid);
        if self.wanted.accounts {
            self.rows.accounts.push(row.clone());
        }
        Ok(())
    }

    fn close_day(&mut self, product: usize, meter: usize, day: Day, usage: &Usage, amount: Money, place: Place) {
        let used = self.use_of[product];
        if meter == 0 {
            self.count_state(used, day);
        }
        // Of many meters most are idle. Retried units may be served on a day without demand, and not counted.
        if usage.potential | usage.unmetered | usage.retried | usage.served == 0 && amount == Money::ZERO {
            return;
        }
        let of = &mut self.summary.uses[used].meters[meter];
        let terms = &self.terms.products[product];
        add_usage(&mut of.usage[day], &mut self.now.row, usage, amount, (terms, meter, place), of.add_on);
        self.summary.money[day].recognised += amount;
        let tariff = terms.tariff(meter, place);
        let late = tariff.is_volume() && terms.book.meters[meter].counter == Period::Month;
        if !late {
            let after = place.before + if terms.free_inside { usage.free } else { 0 };
            tariff.each_tier(after, usage.billable, |tier, units, amount| {
                of.tiers[tier].add(&TierTotal { units, amount: Total::from_units(amount) });
            });
        } else if amount > Money::ZERO {
            tariff.each_tier(0, place.before + usage.billable, |tier, units, amount| {
                of.tiers[tier].add(&TierTotal { units, amount: Total::from_units(amount) });
            });
        }
        if self.wanted.bills {
            // A day whose amount fitted has lines that fit.
            let lines = lines_of_day(terms, (product, meter, day), usage, amount, place);
            self.now.lines.extend(lines.unwrap_or_default());
        }
    }

    /// Counts the account at the end of a day by the state of one of its services.
    fn count_state(&mut self, used: usize, day: Day) {
        let Current { row, balances, uses, .. } = &self.now;
        let state = uses[used];
        let in_arrears = balances[if balances.len() > 1 { used } else { 0 }].in_arrears;
        let status = &mut self.summary.uses[used].status[day];
        let counter = match state {
            _ if row.churned_at.is_some() => &mut status.churned,
            UseNow { activated: false, .. } => &mut status.inactive,
            UseNow { suspended_at: Some(_), .. } => &mut status.suspended,
            UseNow { integrated: false, .. } => &mut status.integrating,
            _ if in_arrears => &mut status.in_grace,
            _ => &mut status.running,
        };
        *counter += 1;
        status.pay_as_you_go += u64::from(state.activated && state.switched_on);
    }

    /// The stocks of the account's money at the end of a day: before anything that happens at its 24:00:00.
    fn take_stocks(&mut self) {
        let Current { balances, stocks_of, .. } = &mut self.now;
        let money = &mut self.summary.money[*stocks_of];
        let mut in_arrears = false;
        for now in balances.iter() {
            money.balance += now.balance;
            money.debt += Total::from(now.balance.shortfall());
            money.debt += now.waiting;
            in_arrears |= now.in_arrears;
            if let Some(marked) = now.marked {
                money.bad_debt += marked;
            }
        }
        money.accounts_in_arrears += u64::from(in_arrears);
        *stocks_of += 1;
    }

    /// Which balance an event is about.
    fn balance_of(&self, product: Option<usize>) -> usize {
        match product {
            Some(product) if self.now.balances.len() > 1 => self.use_of[product],
            _ => 0,
        }
    }

    /// Sums of money that moved, and the account's row of them.
    fn money(&mut self, at: Seconds, event: &Event) {
        let which = self.balance_of(event.product());
        let money = &mut self.summary.money[day_of(at).min(self.days - 1)];
        let Current { row, balances, .. } = &mut self.now;
        let now = &mut balances[which];
        match *event {
            Event::ToppedUp { amount, .. } => {
                money.top_ups += 1;
                money.topped_up += amount;
                money.collected += amount.min(now.balance.shortfall());
                row.top_ups += 1;
                row.topped_up += amount;
                now.balance = Money::from_units(now.balance.units().saturating_add(amount.units()));
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
                now.waiting += due;
                now.waiting -= voucher;
                row.bills += 1;
                row.billed += amount;
                row.vouchers += voucher;
            }
            Event::Deducted { amount, balance: after, .. } => {
                money.deducted += amount;
                money.collected += amount.min(now.balance).max(Money::ZERO);
                now.waiting -= amount;
                row.deducted += amount;
                now.balance = after;
            }
            Event::Purchased { due, balance: after, .. } => {
                money.purchased += due;
                money.collected += due.min(now.balance).max(Money::ZERO);
                row.purchased += due;
                row.packages += 1;
                now.balance = after;
            }
            Event::ArrearsStarted { .. } => {
                now.in_arrears = true;
                row.arrears += 1;
                row.first_arrears_at.get_or_insert(at);
            }
            Event::ArrearsCleared { .. } => now.in_arrears = false,
            Event::DebtMarked { amount, .. } => {
                money.marked += amount;
                now.marked = Some(amount);
            }
            Event::DebtRecovered { amount, .. } => {
                money.recovered += amount;
                now.marked = None;
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
            Event::Suspended { reason, .. } => {
                status.allowance_suspensions += u64::from(*reason == Reason::Ended);
                state.reasons += 1;
                // The service stops at the first reason and runs again when none holds.
                if state.reasons > 1 {
                    return;
                }
                status.suspensions += 1;
                state.suspended_at = Some(at);
                row.suspensions += 1;
                row.first_suspended_at.get_or_insert(at);
            }
            Event::Resumed { .. } => {
                state.reasons = state.reasons.saturating_sub(1);
                if state.reasons > 0 {
                    return;
                }
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
        self.censor_trials(at);
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
            Event::DayClosed { product, meter, day, usage, amount, place } => {
                self.close_day(product, meter, day, &usage, amount, place);
            }
            Event::Activated { product }
            | Event::ActivationRefused { product }
            | Event::Integrated { product }
            | Event::Suspended { product, .. }
            | Event::Resumed { product, .. } => self.transition(at, product, &event),
            Event::AllowanceGranted { product, .. }
            | Event::PurchaseRefused { product, .. }
            | Event::Covered { product, .. }
            | Event::AllowanceEnded { product, .. } => self.allowance(at, product, &event),
            Event::Purchased { product, .. } => {
                self.money(at, &event);
                self.allowance(at, product, &event);
            }
            Event::PayAsYouGo { product, cause } => self.switch(at, product, cause),
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
