//! Sums of quiet days: few numbers that stay close at hand, added to the daily totals when all accounts have been played.

use crate::record::{AccountRow, MoneyDay, SegmentSummary, StatusDay, TierTotal, UsageDay};
use crate::rules::{Place, QuietDay, Terms};
use crate::stats::Histogram;
use crate::units::{Day, Total};

/// Quiet days of the accounts of a segment with one use.
#[derive(Clone, Debug, Default)]
pub(super) struct QuietDays {
    days: Vec<QuietTotal>,
    /// Whose prices they had; the same for all accounts.
    of: Option<(usize, Place)>,
    /// By tier that was reached: how often, and what was in it.
    reached: Vec<(u64, TierTotal)>,
}

/// What accounts brought that were quiet on a day.
#[derive(Clone, Copy, Debug, Default)]
struct QuietTotal {
    accounts: u64,
    units: u64,
    amount: Total,
    bills: u64,
    billed: Total,
    due: Total,
    balance: Total,
}

impl QuietDays {
    /// Adds a day of an account, to its row and to the histogram of bills too.
    #[inline(always)]
    pub fn add(&mut self, day: &QuietDay, days: Day, row: &mut AccountRow, bills: &mut Histogram) {
        if self.days.is_empty() {
            self.days.resize(days, QuietTotal::default());
            self.of = Some((day.product, day.place));
        }
        let total = &mut self.days[day.day];
        total.accounts += 1;
        total.units += day.units;
        total.amount += day.amount;
        total.balance += day.balance;
        row.potential += day.units;
        row.served += day.units;
        row.billable += day.units;
        row.accrued += day.amount;
        if let Some(bill) = day.bill {
            total.bills += 1;
            total.billed += bill.amount;
            total.due += bill.due;
            row.bills += 1;
            row.billed += bill.amount;
            row.deducted += bill.due;
            if bill.amount.units() > 0 {
                bills.add(bill.amount.units().unsigned_abs());
            }
        }
        let tier = day.reach.tier;
        if tier >= self.reached.len() {
            self.reached.resize(tier + 1, Default::default());
        }
        let (times, inside) = &mut self.reached[tier];
        *times += 1;
        inside.units += day.reach.units;
        inside.amount += day.reach.amount;
    }

    /// Adds all of it to the totals of the segment.
    pub fn add_to(&self, summary: &mut SegmentSummary, terms: &Terms) {
        let Some((product, place)) = self.of else { return };
        let of = &terms.products[product];
        let used = &mut summary.uses[0];
        for (day, quiet) in self.days.iter().enumerate() {
            let QuietTotal { accounts, units, amount, bills, billed, due, balance } = *quiet;
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
            used.status[day].add(&StatusDay { running: accounts, pay_as_you_go: accounts, ..StatusDay::default() });
            summary.money[day].add(&MoneyDay {
                bills,
                billed,
                rounding: Total::from_units(due.units() - billed.units()),
                recognised: amount,
                bill_cost: Total::from_units(i128::from(of.book.bill_cost.units()) * i128::from(bills)),
                deducted: due,
                collected: due,
                balance,
                ..MoneyDay::default()
            });
            summary.tallies.events += accounts + 2 * bills;
        }
        let tariff = of.tariff(0, place);
        for (tier, (times, inside)) in self.reached.iter().enumerate() {
            used.meters[0].tiers[tier].add(inside);
            for below in 0..tier {
                let (units, amount) = tariff.full(below);
                let amount = Total::from_units(amount.units() * i128::from(*times));
                used.meters[0].tiers[below].add(&TierTotal { units: units * times, amount });
            }
        }
    }
}
