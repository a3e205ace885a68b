//! The phases of one instant, in the order of RULES §4: those of money and of metering (1 to 7).

use rust_decimal::Decimal;

use super::money::{deduction, show};
use super::profile::DAY;
use super::scenario::{Each, EntryKind};
use super::state::{Account, Quota, Voucher, WaitingBill};

impl Account<'_> {
    /// Phase 1: ledger entries in the order written, then the payer's payments.
    pub fn top_ups_vouchers_and_credit_changes(&mut self) {
        self.topped_up = false;
        let scenario = self.scenario;
        for entry in &scenario.ledger {
            if entry.at != self.now {
                continue;
            }
            match entry.kind {
                EntryKind::TopUp => self.top_up(entry.amount),
                EntryKind::CreditLine => {
                    self.credit_line = entry.amount;
                    self.say(format!("credit_line amount={}", show(entry.amount)));
                    self.pay_waiting_bills();
                }
                EntryKind::Voucher { number, from, expires } => {
                    let voucher = Voucher { received: self.now, from, expires, rest: entry.amount };
                    self.vouchers.insert(number, voucher);
                    let amount = show(entry.amount);
                    self.say(format!("voucher_received number={number} amount={amount}"));
                }
            }
        }
        let facts = self.facts;
        for (second, amount) in &facts.payments {
            if *second == self.now {
                self.top_up(*amount);
            }
        }
    }

    fn top_up(&mut self, amount: Decimal) {
        self.topped_up = true;
        self.balance += amount;
        self.say(format!("top_up amount={}", show(amount)));
        self.pay_waiting_bills();
    }

    /// RULES §6, fifo: oldest first, while balance + credit covers what the oldest asks.
    fn pay_waiting_bills(&mut self) {
        while let Some(oldest) = self.waiting.front() {
            if self.balance + self.credit_line < oldest.asks {
                break;
            }
            let bill = self.waiting.pop_front().expect("there is an oldest bill");
            self.deduct(&bill.product, bill.day, bill.asks);
        }
    }

    fn deduct(&mut self, id: &str, day: i64, amount: Decimal) {
        self.balance -= amount;
        let (amount, balance) = (show(amount), show(self.balance));
        self.say(format!("deducted {id} day={day} amount={amount} balance={balance}"));
    }

    /// Phase 4: the close of the day that ends at this instant.
    pub fn close_day(&mut self) {
        if self.now % DAY != 0 || self.now == 0 {
            return;
        }
        let day = self.now / DAY - 1;
        for id in self.product_ids() {
            let (unmetered, demand) = self.demand_of(&id, day);
            let potential = demand.whole_potential();
            let product = self.product(&id);
            let terms = product.terms;
            let today = std::mem::take(&mut product.today);
            let billable = today.counted - today.free;
            let inside = terms.quotas.iter().any(|quota| quota.inside);
            let amount = terms.pricing.day_amount(today.free, billable, inside);
            if product.activated {
                // A day is billed if the product was activated at its close.
                product.unbilled.insert(day, amount);
            }
            self.say(format!(
                "day_closed {id} day={day} unmetered={unmetered} potential={potential} unintegrated={} \
                 withheld={} stopped={} churned={} offered={} refused={} blocked={} unprotected={} retried={} served={} counted={} free={} \
                 billable={billable} amount={}",
                today.unintegrated,
                today.withheld,
                today.stopped,
                today.churned,
                today.offered,
                today.refused,
                today.blocked,
                today.unprotected,
                today.retried,
                today.served,
                today.counted,
                today.free,
                show(amount),
            ));
        }
    }

    /// Phase 5: expiry of quotas, the lapse of periodic ones, then expiry of vouchers.
    pub fn expiries(&mut self) {
        let now = self.now;
        let (is_day_start, is_month_start) = self.period_starts();
        for id in self.product_ids() {
            let terms = self.product(&id).terms;
            for (index, quota_terms) in terms.quotas.iter().enumerate() {
                let quota = &mut self.product(&id).quotas[index];
                let ended = match quota_terms.each {
                    Each::Day => is_day_start,
                    Each::Month => is_month_start,
                    Each::Once => quota.ends.is_some_and(|end| end <= now),
                };
                if !ended {
                    continue;
                }
                let units = std::mem::take(quota).left;
                if units > 0 {
                    let free = &quota_terms.id;
                    self.say(format!("quota_ended {id} free={free} units={units}"));
                }
            }
        }
        let mut expired = Vec::new();
        for (number, voucher) in &mut self.vouchers {
            if voucher.expires.is_some_and(|end| end <= now) && voucher.rest > Decimal::ZERO {
                let amount = show(voucher.rest);
                expired.push(format!("voucher_expired number={number} amount={amount}"));
                voucher.rest = Decimal::ZERO;
            }
        }
        for event in expired {
            self.say(event);
        }
    }

    /// Whether a day and whether a calendar month begins at this instant.
    fn period_starts(&self) -> (bool, bool) {
        let is_day_start = self.now % DAY == 0;
        let month_starts = &self.scenario.month_starts;
        let is_month_start = is_day_start && month_starts.contains(&(self.now / DAY));
        (is_day_start, is_month_start)
    }

    /// Phase 6: grants of daily and monthly quotas, only while activated.
    pub fn periodic_grants(&mut self) {
        let (is_day_start, is_month_start) = self.period_starts();
        for id in self.product_ids() {
            if !self.product(&id).activated {
                continue;
            }
            let terms = self.product(&id).terms;
            for (index, quota_terms) in terms.quotas.iter().enumerate() {
                let begins = match quota_terms.each {
                    Each::Day => is_day_start,
                    Each::Month => is_month_start,
                    Each::Once => false,
                };
                if begins {
                    self.grant(&id, index);
                }
            }
        }
    }

    pub fn grant(&mut self, id: &str, index: usize) {
        let now = self.now;
        let product = self.product(id);
        let quota_terms = &product.terms.quotas[index];
        product.quotas[index] = Quota {
            left: quota_terms.units,
            ends: match quota_terms.each {
                Each::Once => quota_terms.expires_after.map(|after| now + after),
                Each::Day | Each::Month => None, // they lapse at the period's end
            },
        };
        let (free, units) = (&quota_terms.id, quota_terms.units);
        self.say(format!("quota_granted {id} free={free} units={units}"));
    }

    /// Phase 7: bills and deductions, by product id, then usage day.
    pub fn bills(&mut self) {
        for id in self.product_ids() {
            let days: Vec<i64> = self.product(&id).unbilled.keys().copied().collect();
            for day in days {
                if self.bill_instant(&id, day) == self.now {
                    let amount = self.product(&id).unbilled.remove(&day);
                    self.bill(&id, day, amount.expect("this day is unbilled"));
                }
            }
        }
    }

    fn bill(&mut self, id: &str, day: i64, exact: Decimal) {
        let policy = &self.scenario.policy;
        if exact.is_zero() && !policy.issues_zero_bills {
            return;
        }
        let (unit, rounding) = (policy.deduction_unit, policy.rounding);
        let (due, carried) = deduction(exact, self.carried, unit, rounding);
        self.carried = carried;
        let by_voucher = self.pay_by_voucher(due);
        let cash = due - by_voucher;
        let (amount, due, voucher) = (show(exact), show(due), show(by_voucher));
        self.say(format!("bill_issued {id} day={day} amount={amount} due={due} voucher={voucher}"));
        if policy.fifo {
            self.waiting.push_back(WaitingBill { product: id.to_string(), day, issued: self.now, asks: cash });
            self.pay_waiting_bills();
        } else {
            self.deduct(id, day, cash);
        }
    }

    /// RULES §2: one voucher a bill, the soonest-expiring among those that cover it all, else the
    /// soonest-expiring; no end date last; ties: earlier received, then number.
    fn pay_by_voucher(&mut self, due: Decimal) -> Decimal {
        if due.is_zero() {
            return Decimal::ZERO; // nothing to pay, no voucher is used
        }
        let now = self.now;
        let mut best = None;
        for (number, voucher) in &self.vouchers {
            let is_over = voucher.expires.is_some_and(|end| end <= now);
            if voucher.rest <= Decimal::ZERO || voucher.from > now || is_over {
                continue;
            }
            let covers_not = voucher.rest < due;
            let end = voucher.expires.unwrap_or(i64::MAX);
            let rank = (covers_not, end, voucher.received, *number);
            if best.is_none_or(|other| rank < other) {
                best = Some(rank);
            }
        }
        let Some((_, _, _, number)) = best else {
            return Decimal::ZERO;
        };
        let rest_is_lost = self.scenario.policy.voucher_rest_lost;
        let voucher = self.vouchers.get_mut(&number).expect("it was just seen");
        let paid = voucher.rest.min(due);
        voucher.rest -= paid;
        if rest_is_lost {
            voucher.rest = Decimal::ZERO;
        }
        paid
    }
}
