//! What is kept of allowances, of the switch, and of bills.

use super::Recorder;
use crate::book::BillEvery;
use crate::record::bill_rows::{BillRow, Line};
use crate::rules::{Cause, Ending, Event};
use crate::units::{Money, Seconds, Total, day_of};

/// What is known of a trial or package that was paid for.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackageNow {
    product: usize,
    number: u32,
    units: u64,
    due: Money,
    given: u64,
}

impl Recorder<'_> {
    /// The lines of a bill that is issued.
    pub(super) fn bill_rows(&mut self, at: Seconds, event: &Event) {
        let Event::BillIssued { product, day, amount, due, voucher } = *event else { return };
        let whole_month = self.terms.products[product].book.bill_every == BillEvery::Month;
        let of_bill = |line: &mut Line| line.product == product && line.day <= day;
        for line in self.now.lines.extract_if(.., of_bill) {
            // Lines of an earlier day had no bill: it was zero.
            if whole_month || line.day == day {
                self.rows.bills.push(BillRow {
                    replication: self.replication,
                    segment: self.segment,
                    index: self.now.row.index,
                    issued: at,
                    line,
                    bill_amount: amount,
                    bill_due: due,
                    bill_voucher: voucher,
                });
            }
        }
    }

    /// Grants, uses and ends of allowances: their units, and the value of what was paid for.
    pub(super) fn allowance(&mut self, at: Seconds, product: usize, event: &Event) {
        let used = self.use_of[product];
        self.trial(at, used, event);
        let packages = &mut self.now.packages;
        let mut add = |number, units, due| packages.push(PackageNow { product, number, units, due, given: 0 });
        match *event {
            Event::AllowanceGranted { number, units, .. } => add(number, units, Money::ZERO),
            Event::Purchased { number, units, due, .. } => add(number, units, due),
            _ => {}
        }
        // What is covered belongs to the day that closes.
        let day = if let Event::Covered { day, .. } = event { *day } else { day_of(at).min(self.days - 1) };
        let status = &mut self.summary.uses[used].status[day];
        let money = &mut self.summary.money[day];
        let row = &mut self.now.row;
        let known = |number: u32| move |p: &&mut PackageNow| p.product == product && p.number == number;
        match *event {
            Event::AllowanceGranted { units, .. } => status.allowance_granted += units,
            Event::Purchased { units, .. } => {
                status.purchases += 1;
                status.allowance_granted += units;
            }
            Event::PurchaseRefused { .. } => status.refused_purchases += 1,
            Event::Covered { number, given, .. } => {
                status.allowance_used += given;
                if let Some(package) = packages.iter_mut().find(known(number)) {
                    let before = package.due.used(package.given, package.units);
                    package.given += given;
                    let value = package.due.used(package.given, package.units).units() - before.units();
                    let value = Total::from_units(i128::from(value));
                    money.consumed += value;
                    money.recognised += value;
                    row.consumed += value;
                }
            }
            Event::AllowanceEnded { number, cause, left, .. } => {
                if let Some(package) = packages.iter_mut().find(known(number)) {
                    let used = package.due.used(package.units - left, package.units);
                    let value = Total::from_units(i128::from(package.due.units() - used.units()));
                    match cause {
                        Ending::UsedUp => {}
                        Ending::Expired => {
                            status.allowance_expired += left;
                            money.breakage += value;
                        }
                        Ending::Wiped => {
                            status.allowance_wiped += left;
                            money.wiped += value;
                        }
                    }
                    money.recognised += value;
                    row.breakage += value;
                }
            }
            _ => {}
        }
    }

    /// Pay-as-you-go goes on.
    pub(super) fn switch(&mut self, at: Seconds, product: usize, cause: Cause) {
        let used = self.use_of[product];
        let status = &mut self.summary.uses[used].status[day_of(at).min(self.days - 1)];
        match cause {
            Cause::Opening => status.switched_at_opening += 1,
            Cause::Hand => status.switched_by_hand += 1,
            Cause::Automatic => status.switched_by_itself += 1,
        }
        self.now.uses[used].switched_on = true;
        self.now.row.switched_on_at.get_or_insert(at);
    }
}
