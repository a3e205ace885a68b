//! Sums of quiet days: few numbers that stay close at hand, added to the daily totals when all accounts have been played.

use super::usage::add_usage;
use super::{BalanceNow, Current};
use crate::record::{MoneyDay, SegmentSummary, StatusDay, TierTotal, UsageDay};
use crate::rules::{Place, QuietRun, Standing, Terms};
use crate::units::{Day, Money, Total};

/// Quiet days of the accounts of a segment with one use.
#[derive(Clone, Debug, Default)]
pub(super) struct QuietDays {
    /// Whose prices they had; the same for all accounts.
    of: Option<(usize, Place)>,
    /// How many accounts may have such days in these sums.
    accounts: u64,
    units: Vec<u64>,
    amounts: Vec<i64>,
    bills: Vec<u64>,
    billed: Vec<i64>,
    dues: Vec<i64>,
    balances: Vec<i64>,
    /// By day: how many accounts came into each state on it, less those that left it.
    states: Vec<[i64; STATES]>,
    /// By tier that was reached: how often, and all units and amounts of such days; several of each, taken in turn, since an addition
    /// that waits for the one before it takes as long as all the rest of a day.
    reached: Vec<[(u64, u64, Total); TURNS]>,
}

const TURNS: usize = 4;

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
        let amounts = run.amounts.iter().chain(run.dues).fold(0, |all, amount| all | amount.units().cast_unsigned());
        let units = run.units.iter().fold(0, |all, units| all | units);
        let ends = [run.balances.first(), run.balances.last()];
        let balances = ends.into_iter().flatten().fold(0, |all, balance| all | balance.units().unsigned_abs());
        amounts | units | balances < LARGEST
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
        let days = run.first..run.first + run.days();
        for (state, holds) in [(state, true), (PAY_AS_YOU_GO, pays_as_it_goes)] {
            self.states[days.start][state] += i64::from(holds);
            self.states[days.end][state] -= i64::from(holds);
        }
        let (amounts, billed) = (&run.amounts[1..], &run.amounts[..run.days()]);
        let row = &mut now.row;
        if run.standing == Standing::Live {
            self.units[days.clone()].iter_mut().zip(run.units).for_each(|(sum, units)| *sum += units);
            let accrued = add(&mut self.amounts[days.clone()], amounts);
            self.reach(run.tiers, run.units, amounts);
            let units = run.units.iter().sum::<u64>();
            row.potential += units;
            row.served += units;
            row.billable += units;
            row.accrued += accrued;
        } else {
            let of = &terms.products[run.product];
            for (day, units) in days.clone().zip(run.units).filter(|(_, units)| **units > 0) {
                let total = &mut summary.uses[0].meters[0].usage[day];
                add_usage(total, row, &run.usage(*units), Money::ZERO, (of, 0, run.place), false);
            }
        }
        row.billed += add(&mut self.billed[days.clone()], billed);
        row.deducted += add(&mut self.dues[days.clone()], run.dues);
        add(&mut self.balances[days.clone()], run.balances);
        let bills = self.bills[days.clone()].iter_mut().zip(billed).map(|(bills, billed)| {
            let bill = u64::from(*billed > Money::ZERO);
            *bills += bill;
            bill
        });
        row.bills += bills.sum::<u64>();
        summary.bills.add_all(billed.iter().map(|billed| billed.units().unsigned_abs()).filter(|billed| *billed > 0));
        let balance = &mut now.balances[0];
        if run.balances.last().is_some_and(|last| *last < Money::ZERO) || balance.in_arrears || balance.marked.is_some()
        {
            owe(run, balance, &mut summary.money[days]);
        }
        balance.balance = run.balances.last().copied().unwrap_or(balance.balance);
    }

    fn open(&mut self, days: Day) {
        let nothing = vec![0; days];
        self.units = vec![0; days];
        self.bills = vec![0; days];
        (self.amounts, self.billed) = (nothing.clone(), nothing.clone());
        (self.dues, self.balances) = (nothing.clone(), nothing);
        self.states = vec![[0; STATES]; days + 1];
        (self.reached, self.accounts) = (vec![], 0);
    }

    /// Counts tiers that were reached.
    fn reach(&mut self, tiers: &[usize], units: &[u64], amounts: &[Money]) {
        for (nth, ((tier, units), amount)) in tiers.iter().zip(units).zip(amounts).enumerate() {
            if *tier >= self.reached.len() {
                self.reached.resize(tier + 1, Default::default());
            }
            let reached = &mut self.reached[*tier][nth % TURNS];
            reached.0 += 1;
            reached.1 += units;
            reached.2 += *amount;
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
        for day in 0..self.units.len() {
            let units = self.units[day];
            let amount = Total::from_units(self.amounts[day].into());
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
            let (billed, due) = (i128::from(self.billed[day]), i128::from(self.dues[day]));
            let bills = self.bills[day];
            summary.money[day].add(&MoneyDay {
                bills,
                billed: Total::from_units(billed),
                rounding: Total::from_units(due - billed),
                recognised: amount,
                bill_cost: Total::from_units(i128::from(of.book.bill_cost.units()) * i128::from(bills)),
                deducted: Total::from_units(due),
                collected: Total::from_units(due),
                balance: Total::from_units(self.balances[day].into()),
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

/// Adds to sums, and returns what was added.
fn add(sums: &mut [i64], amounts: &[Money]) -> Total {
    let mut all = 0;
    for (sum, amount) in sums.iter_mut().zip(amounts) {
        *sum += amount.units();
        // A run is shorter than there are accounts in a sum.
        all += amount.units();
    }
    Total::from_units(all.into())
}

/// Days at whose end something may be owed.
fn owe(run: &QuietRun<'_>, now: &BalanceNow, money: &mut [MoneyDay]) {
    let mut before = now.balance;
    for ((money, due), balance) in money.iter_mut().zip(run.dues).zip(run.balances) {
        money.collected -= Money::from_units(due.units() - (*due).min(before).max(Money::ZERO).units());
        money.debt += Total::from(balance.shortfall());
        money.accounts_in_arrears += u64::from(now.in_arrears);
        money.bad_debt += now.marked.unwrap_or_default();
        before = *balance;
    }
}
