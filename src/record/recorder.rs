//! Turns the events of accounts into daily totals and rows, while they happen.

mod money;
mod packages;
mod quiet;
mod trials;
mod usage;

use super::account_row::AccountRow;
use super::bill_rows::{BillRow, Line, lines_of_day};
use super::event_rows::EventRow;
use super::summary::{SegmentSummary, StatusDay, TierTotal};
use crate::book::{PayAsYouGo, Period};
use crate::plan::Plan;
use crate::rules::{Account, Event, IdleDay, Log, Place, QuietRun, Reason, Terms, Usage};
use crate::units::{Day, Money, Seconds, TooLarge, Total, day_of, midnight};
use crate::world::World;
use packages::PackageNow;
use quiet::QuietDays;
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
    wanted: Wanted,
    days: Day,
    end: Seconds,
    /// Totals of the segment so far, but for quiet days.
    summary: SegmentSummary,
    quiet: QuietDays,
    /// Rows so far.
    rows: Rows,
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

impl Current {
    /// Which of the first counters of a [`StatusDay`] counts the account by one of its services, and whether pay-as-you-go is on.
    fn state(&self, used: usize) -> (usize, bool) {
        let state = self.uses[used];
        let in_arrears = self.balances[if self.balances.len() > 1 { used } else { 0 }].in_arrears;
        let counter = match state {
            _ if self.row.churned_at.is_some() => 5,
            UseNow { activated: false, .. } => 0,
            UseNow { suspended_at: Some(_), .. } => 4,
            UseNow { integrated: false, .. } => 1,
            _ if in_arrears => 3,
            _ => 2,
        };
        (counter, state.activated && state.switched_on)
    }
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
            wanted,
            days,
            end: terms.calendar.end(),
            summary: SegmentSummary::new(plan, segment),
            quiet: QuietDays::default(),
            rows: Rows::default(),
            use_of,
            now: Current::default(),
        }
    }

    /// Begins an account of a world.
    pub fn begin(&mut self, world: &World<'_>, index: u64) {
        let mut opening = vec![];
        world.opening_balances(self.segment, index, &mut opening);
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
        balances.extend(opening.iter().map(|balance| BalanceNow { balance: *balance, ..BalanceNow::default() }));
        packages.clear();
        lines.clear();
        let row = AccountRow {
            replication: self.replication,
            segment: self.segment,
            index,
            opening_balance: opening
                .iter()
                .fold(Money::ZERO, |sum, balance| Money::from_units(sum.units().saturating_add(balance.units()))),
            ..AccountRow::default()
        };
        self.now = Current { row, balances, uses, packages, lines, stocks_of: 0 };
    }

    /// Totals and rows of the accounts that were played.
    pub fn done(mut self) -> (SegmentSummary, Rows) {
        self.quiet.add_to(&mut self.summary, self.terms);
        (self.summary, self.rows)
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
        self.quiet.finish(&mut self.summary, self.terms);
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
        let (state, pays_as_it_goes) = self.now.state(used);
        let status = &mut self.summary.uses[used].status[day];
        let StatusDay { inactive, integrating, running, in_grace, suspended, churned, .. } = status;
        *[inactive, integrating, running, in_grace, suspended, churned][state] += 1;
        status.pay_as_you_go += u64::from(pays_as_it_goes);
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
    fn quiet_run(&mut self, run: &QuietRun<'_>, bill_at: impl Fn(Day) -> Seconds) {
        if self.wanted.bills || self.wanted.events || !QuietDays::take(run) {
            return run.tell(bill_at, |at, event| self.record(at, event));
        }
        debug_assert_eq!(self.now.stocks_of, run.first, "every earlier day has told its end");
        let state = self.now.state(0);
        self.quiet.add(run, state, &mut self.now, &mut self.summary, self.terms);
        self.now.stocks_of = run.first + run.days.len();
    }

    #[inline]
    fn idle_day(&mut self, at: Seconds, idle: IdleDay) {
        if self.wanted.events {
            return self.record(at, idle.event());
        }
        if at >= midnight(self.now.stocks_of + 1) {
            self.take_stocks();
        }
        self.summary.tallies.events += 1;
        if idle.meter == 0 {
            self.count_state(self.use_of[idle.product], idle.day);
        }
    }

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
