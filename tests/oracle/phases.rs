//! The phases of one instant, in the order of RULES §4: those of money and of quotas (1, 5, 6, 7).

use rust_decimal::Decimal;

use super::book::Each;
use super::money::{deduction, show};
use super::product::Quota;
use super::profile::DAY;
use super::scenario::EntryKind;
use super::state::Account;
use super::wallet::{Voucher, WaitingBill};

impl Account<'_> {
    /// Phase 1: ledger entries in the order written, then the payer's payments.
    pub fn top_ups_vouchers_and_credit_changes(&mut self) {
        for wallet in self.wallets.values_mut() {
            wallet.topped_up = false;
        }
        let (now, scenario, facts) = (self.now, self.scenario, self.facts);
        for entry in scenario.ledger.iter().filter(|entry| entry.at == now) {
            let product = entry.product.as_deref();
            match entry.kind {
                EntryKind::TopUp { amount } => self.top_up(product, amount),
                EntryKind::CreditLine { amount } => {
                    let key = self.key_of(product);
                    self.wallet(&key).credit_line = amount;
                    self.say_of_wallet(&key, format!("credit_line amount={}", show(amount)));
                    self.pay_waiting_bills(&key);
                }
                EntryKind::Voucher { amount, number, from, expires } => {
                    let key = self.key_of(product);
                    let voucher = Voucher { received: self.now, from, expires, rest: amount };
                    self.wallet(&key).vouchers.insert(number, voucher);
                    let amount = show(amount);
                    self.say_of_wallet(&key, format!("voucher_received number={number} amount={amount}"));
                }
                EntryKind::Purchase { .. } | EntryKind::Switch => {} // phase 2
            }
        }
        for (second, product, amount) in &facts.payments {
            if *second == now {
                self.top_up(product.as_deref(), *amount);
            }
        }
    }

    fn top_up(&mut self, product: Option<&str>, amount: Decimal) {
        let key = self.key_of(product);
        let wallet = self.wallet(&key);
        wallet.topped_up = true;
        wallet.balance += amount;
        self.say_of_wallet(&key, format!("top_up amount={}", show(amount)));
        self.pay_waiting_bills(&key);
    }

    /// RULES §6, fifo: oldest first, while balance + credit covers what the oldest asks.
    fn pay_waiting_bills(&mut self, key: &str) {
        while let Some(oldest) = self.wallets[key].waiting.front() {
            if self.wallets[key].at_hand() < oldest.asks {
                break;
            }
            let bill = self.wallet(key).waiting.pop_front().expect("there is an oldest bill");
            self.deduct(key, &bill.product, bill.day, bill.asks);
        }
    }

    fn deduct(&mut self, key: &str, id: &str, day: i64, amount: Decimal) {
        let wallet = self.wallet(key);
        wallet.balance -= amount;
        let (amount, balance) = (show(amount), show(wallet.balance));
        self.say(format!("deducted {id} day={day} amount={amount} balance={balance}"));
    }

    /// Phase 5: product by product expiry of quotas, the lapse of periodic ones, expiry of the trial
    /// and packages; then expiry of vouchers.
    pub fn expiries(&mut self) {
        for id in self.product_ids() {
            self.expire_quotas(&id);
            let now = self.now;
            for event in self.product(&id).expire_allowances(&id, now) {
                self.say(event);
            }
        }
        for key in self.wallet_keys() {
            self.expire_vouchers(&key);
        }
    }

    fn expire_quotas(&mut self, id: &str) {
        let now = self.now;
        let terms = self.product(id).terms;
        for (index, quota_terms) in terms.quotas.iter().enumerate() {
            let quota = &mut self.product(id).quotas[index];
            if quota.ends.is_some_and(|end| end <= now) {
                let units = std::mem::take(quota).left;
                if units > 0 {
                    let free = &quota_terms.id;
                    self.say(format!("quota_ended {id} free={free} units={units}"));
                }
            }
        }
    }

    fn expire_vouchers(&mut self, key: &str) {
        let now = self.now;
        let mut expired = Vec::new();
        for (number, voucher) in &mut self.wallet(key).vouchers {
            if voucher.expires.is_some_and(|end| end <= now) && voucher.rest > Decimal::ZERO {
                let amount = show(voucher.rest);
                expired.push(format!("voucher_expired number={number} amount={amount}"));
                voucher.rest = Decimal::ZERO;
            }
        }
        for event in expired {
            self.say_of_wallet(key, event);
        }
    }

    /// Phase 6: grants of daily and monthly quotas, only while activated.
    pub fn periodic_grants(&mut self) {
        let is_day_start = self.now % DAY == 0;
        let is_month_start = is_day_start && self.scenario.calendar.is_month_start(self.now / DAY);
        for id in self.product_ids() {
            let now = self.now;
            let product = self.product(&id);
            if !product.is_open() || product.opened == Some(now) {
                continue; // an opening of this very instant, in phase 2, has granted them
            }
            for (index, quota_terms) in product.terms.quotas.iter().enumerate() {
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
        let (today, month_end) = (now / DAY, self.scenario.calendar.month_end(now / DAY));
        let product = self.product(id);
        let quota_terms = &product.terms.quotas[index];
        product.quotas[index] = Quota {
            left: quota_terms.units,
            ends: match quota_terms.each {
                Each::Once => quota_terms.expires_after.map(|after| now + after),
                Each::Day => Some((today + 1) * DAY), // it lapses at the period's end
                Each::Month => Some((month_end + 1) * DAY),
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
        let (now, policy) = (self.now, &self.scenario.policy);
        if exact.is_zero() && !policy.issues_zero_bills {
            return;
        }
        let key = self.key_of(Some(id));
        let wallet = self.wallet(&key);
        let (due, carried) = deduction(exact, wallet.carried, policy.deduction_unit, policy.rounding);
        wallet.carried = carried;
        let by_voucher = wallet.pay_by_voucher(due, now, policy.voucher_rest_lost);
        let cash = due - by_voucher;
        let (amount, due, voucher) = (show(exact), show(due), show(by_voucher));
        self.say(format!("bill_issued {id} day={day} amount={amount} due={due} voucher={voucher}"));
        if policy.fifo {
            let bill = WaitingBill { product: id.to_string(), day, issued: now, asks: cash };
            self.wallet(&key).waiting.push_back(bill);
            self.pay_waiting_bills(&key);
        } else {
            self.deduct(&key, id, day, cash);
        }
    }
}
