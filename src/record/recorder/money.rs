//! What the events of money add to a day and to the account's row, and its stocks at the end of a day.

use super::{Current, Recorder};
use crate::rules::Event;
use crate::units::{Money, Seconds, Total, day_of};

impl Recorder<'_> {
    /// The stocks of the account's money at the end of a day: before anything that happens at its 24:00:00.
    pub(super) fn take_stocks(&mut self) {
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
    pub(super) fn money(&mut self, at: Seconds, event: &Event) {
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
}
