//! Sums of quiet days: few numbers that stay close at hand, added to the daily totals when all accounts have been played.

use super::usage::add_usage;
use super::{BalanceNow, Current};
use crate::record::{MoneyDay, SegmentSummary, StatusDay, TierTotal, UsageDay};
use crate::rules::{Place, QuietDay, QuietRun, Standing, Terms};
use crate::units::{Day, Money, Total};

/// Quiet days of the accounts of a segment with one use.
#[derive(Clone, Debug, Default)]
pub(super) struct QuietDays {
    /// Whose prices they had; the same for all accounts.
    of: Option<(usize, Place)>,
    /// How many accounts may have such days in these sums.
    accounts: u64,
    /// By day.
    days: Vec<Sums>,
    /// By day: how many accounts came into each state on it, less those that left it.
    states: Vec<[i64; STATES]>,
    /// By tier that was reached: how often, and all units and amounts of such days; several of each, taken in turn, since an addition
    /// that waits for the one before it takes as long as all the rest of a day.
    reached: Vec<[(u64, u64, Total); TURNS]>,
}

const TURNS: usize = 4;

/// Sums of the numbers of a day, or of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Units that were served.
    units: u64,
    amount: i64,
    billed: i64,
    due: i64,
    balance: i64,
    bills: u64,
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, other: &Sums) {
        self.units += other.units;
        self.amount += other.amount;
        self.billed += other.billed;
        self.due += other.due;
        self.balance += other.balance;
        self.bills += other.bills;
    }
}

/// At the end of a day: states of which one holds, in the order of [`StatusDay`], and then whether pay-as-you-go is on.
const STATES: usize = 7;
const PAY_AS_YOU_GO: usize = 6;

/// Numbers of quiet days are smaller, and sums are of at most so many accounts: they fit an integer.
const LARGEST: u64 = 1 << 54;
const ACCOUNTS: u64 = 1 << 8;

impl QuietDays {
    /// Whether these days may be added: all of their numbers are ordinary ones.
    pub fn take(run: &QuietRun<'_>) -> bool {
        // What is below zero sticks out too; balances fall from day to day.
        let bits = |money: Money| money.units().cast_unsigned();
        let all_of = |day: &QuietDay| day.units | bits(day.amount) | bits(day.billed) | bits(day.due);
        let numbers = run.days.iter().fold(0, |all, day| all | all_of(day));
        let ends = [run.days.first(), run.days.last()];
        let balances = ends.into_iter().flatten().fold(0, |all, day| all | day.balance.units().unsigned_abs());
        numbers | balances < LARGEST
    }

    /// Adds days of an account in this state, to its row and to the histogram of bills too.
    pub fn add(
        &mut self,
        run: &QuietRun<'_>,
        (state, pays_as_it_goes): (usize, bool),
        now: &mut Current,
        summary: &mut SegmentSummary,
        terms: &Terms,
    ) {
        if self.of.is_none() {
            self.open(terms.calendar.days());
            self.of = Some((run.product, run.place));
        }
        let days = run.first..run.first + run.days.len();
        for (state, holds) in [(state, true), (PAY_AS_YOU_GO, pays_as_it_goes)] {
            self.states[days.start][state] += i64::from(holds);
            self.states[days.end][state] -= i64::from(holds);
        }
        let row = &mut now.row;
        let served = if run.standing == Standing::Live { u64::MAX } else { 0 };
        // A run is shorter than there are accounts in a sum.
        let mut all = Sums::default();
        for (sums, day) in self.days[days.clone()].iter_mut().zip(run.days) {
            let day = Sums {
                units: day.units & served,
                amount: day.amount.units(),
                billed: day.billed.units(),
                due: day.due.units(),
                balance: day.balance.units(),
                bills: u64::from(day.billed > Money::ZERO),
            };
            sums.add(&day);
            all.add(&day);
        }
        if run.standing == Standing::Live {
            self.reach(run.days);
            row.potential += all.units;
            row.served += all.units;
            row.billable += all.units;
            row.accrued += Total::from_units(all.amount.into());
        } else {
            let of = &terms.products[run.product];
            for (day, quiet) in days.clone().zip(run.days).filter(|(_, quiet)| quiet.units > 0) {
                let total = &mut summary.uses[0].meters[0].usage[day];
                add_usage(total, row, &run.usage(quiet.units), Money::ZERO, (of, 0, run.place), false);
            }
        }
        row.billed += Total::from_units(all.billed.into());
        row.deducted += Total::from_units(all.due.into());
        row.bills += all.bills;
        let billed = run.days.iter().map(|day| day.billed.units().unsigned_abs());
        summary.bills.add_all(billed.filter(|billed| *billed > 0));
        let Some(last) = run.days.last() else { return };
        let balance = &mut now.balances[0];
        if last.balance < Money::ZERO || balance.in_arrears || balance.marked.is_some() {
            owe(run, balance, &mut summary.money[days]);
        }
        balance.balance = last.balance;
    }

    fn open(&mut self, days: Day) {
        self.days = vec![Sums::default(); days];
        self.states = vec![[0; STATES]; days + 1];
        (self.reached, self.accounts) = (vec![], 0);
    }

    /// Counts tiers that were reached.
    fn reach(&mut self, days: &[QuietDay]) {
        for (nth, day) in days.iter().enumerate() {
            if day.tier >= self.reached.len() {
                self.reached.resize(day.tier + 1, Default::default());
            }
            let reached = &mut self.reached[day.tier][nth % TURNS];
            reached.0 += 1;
            reached.1 += day.units;
            reached.2 += day.amount;
        }
    }

    /// An account is played; the sums are added to the totals of the segment before they could be too large.
    pub fn finish(&mut self, summary: &mut SegmentSummary, terms: &Terms) {
        self.accounts += 1;
        if self.accounts == ACCOUNTS {
            self.add_to(summary, terms);
        }
    }

    /// Adds all of it to the totals of the segment, and begins anew.
    pub fn add_to(&mut self, summary: &mut SegmentSummary, terms: &Terms) {
        self.accounts = 0;
        let Some((product, place)) = self.of.take() else { return };
        let of = &terms.products[product];
        let used = &mut summary.uses[0];
        let mut states = [0; STATES];
        for (day, sums) in self.days.iter().enumerate() {
            let Sums { units, bills, .. } = *sums;
            let [amount, billed, due, balance] =
                [sums.amount, sums.billed, sums.due, sums.balance].map(|sum| Total::from_units(sum.into()));
            used.meters[0].usage[day].add(&UsageDay {
                potential: units,
                offered: units,
                served: units,
                counted: units,
                billable: units,
                accrued: amount,
                cost: of.cost(0, units),
                ..UsageDay::default()
            });
            states.iter_mut().zip(self.states[day]).for_each(|(state, change)| *state += change);
            let [inactive, integrating, running, in_grace, suspended, churned, pay_as_you_go] =
                states.map(i64::cast_unsigned);
            let status = StatusDay {
                inactive,
                integrating,
                running,
                in_grace,
                suspended,
                churned,
                pay_as_you_go,
                ..StatusDay::default()
            };
            used.status[day].add(&status);
            summary.money[day].add(&MoneyDay {
                bills,
                billed,
                rounding: Total::from_units((sums.due - sums.billed).into()),
                recognised: amount,
                bill_cost: Total::from_units(i128::from(of.book.bill_cost.units()) * i128::from(bills)),
                deducted: due,
                collected: due,
                balance,
                ..MoneyDay::default()
            });
            summary.tallies.events += states[..PAY_AS_YOU_GO].iter().sum::<i64>().cast_unsigned() + 2 * bills;
        }
        let (tariff, tiers) = (of.tariff(0, place), &mut used.meters[0].tiers);
        let reached = self.reached.iter().enumerate().flat_map(|(tier, turns)| turns.map(|turn| (tier, turn)));
        for (tier, (times, units, amount)) in reached {
            tiers[tier].add(&TierTotal { units, amount });
            for below in 0..tier {
                // What was in the tiers below is theirs.
                let (full, price) = tariff.full(below);
                let (full, price) = (full * times, Total::from_units(price.units() * i128::from(times)));
                tiers[below].add(&TierTotal { units: full, amount: price });
                tiers[tier].units -= full;
                tiers[tier].amount += Total::from_units(-price.units());
            }
        }
    }
}

/// Days at whose end something may be owed.
fn owe(run: &QuietRun<'_>, now: &BalanceNow, money: &mut [MoneyDay]) {
    let mut before = now.balance;
    for (money, QuietDay { due, balance, .. }) in money.iter_mut().zip(run.days) {
        money.collected -= Money::from_units(due.units() - (*due).min(before).max(Money::ZERO).units());
        money.debt += Total::from(balance.shortfall());
        money.accounts_in_arrears += u64::from(now.in_arrears);
        money.bad_debt += now.marked.unwrap_or_default();
        before = *balance;
    }
}
