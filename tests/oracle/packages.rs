//! First applications, purchases, the switch by hand (phase 2) and the effect of packages (phase 3).

use super::cover::Source;
use super::money::{deduction, show};
use super::product::{Allowance, Product, Stage};
use super::profile::DAY;
use super::scenario::EntryKind;
use super::state::Account;

impl Account<'_> {
    /// Phase 2: first the openings, then the ledger's purchases and switches, then the customer's.
    pub fn applications_purchases_and_switches(&mut self) {
        for id in self.product_ids() {
            let terms = self.product(&id).terms;
            if terms.opens_by_application && !self.product(&id).is_open() {
                self.try_application(&id);
            }
        }
        let (now, scenario, facts) = (self.now, self.scenario, self.facts);
        for entry in scenario.ledger.iter().filter(|entry| entry.at == now) {
            let product = || entry.product.as_deref().expect("it names its product");
            match entry.kind {
                EntryKind::Purchase { units } => self.purchase(product(), units),
                EntryKind::Switch => self.switch_by_hand(product()),
                EntryKind::TopUp { .. } | EntryKind::CreditLine { .. } | EntryKind::Voucher { .. } => {}
            }
        }
        for (second, id, units) in &facts.decisions {
            if *second == now {
                match units {
                    Some(units) => self.purchase(id, *units),
                    None => self.switch_by_hand(id),
                }
            }
        }
    }

    /// RULES §7, opening: refused in arrears as judged before this instant; then the customer tries again.
    fn try_application(&mut self, id: &str) {
        let now = self.now;
        if self.product(id).next_try > now {
            return;
        }
        if self.is_in_arrears(id) && !self.scenario.policy.activation_in_arrears_allowed {
            let product = self.product(id);
            product.next_try = now + product.terms.tries_again_after.max(1);
            self.say(format!("activation_refused {id}"));
            return;
        }
        self.open(id);
    }

    pub fn is_in_arrears(&self, id: &str) -> bool {
        self.wallet_of(id).arrears.is_some()
    }

    /// RULES §7, opening: activated, the switch by choice, grants of quotas, the trial.
    pub fn open(&mut self, id: &str) {
        let (now, calendar) = (self.now, &self.scenario.calendar);
        let chosen = self.facts.do_not_suspend.contains(id);
        let product = self.product(id);
        product.opened = Some(now);
        let turns_on = chosen && !product.is_on;
        product.is_on |= chosen;
        let terms = product.terms;
        self.say(format!("activated {id}"));
        if turns_on {
            self.say(format!("pay_as_you_go {id} cause=opening"));
        }
        for index in 0..terms.quotas.len() {
            self.grant(id, index);
        }
        if let Some(trial) = &terms.trial {
            let (units, ends) = (trial.units, trial.valid.end(now, calendar));
            if units > 0 {
                let stage = Stage::InEffect;
                self.product(id).allowances.push(Allowance { number: 0, left: units, ends, effect: now, stage });
            }
            self.say(format!("allowance_granted {id} number=0 units={units} ends={ends}"));
        }
    }

    fn purchase(&mut self, id: &str, units: u64) {
        let (now, policy, calendar) = (self.now, &self.scenario.policy, &self.scenario.calendar);
        let terms = self.product(id).terms;
        let packages = terms.packages.as_ref().expect("the book has packages");
        let in_arrears = self.is_in_arrears(id);
        let key = self.key_of(Some(id));

        // RULES §7: due is the price, rounded like a deduction, carry included.
        let price = packages.price(units);
        let wallet = self.wallet(&key);
        let (due, carried) = deduction(price, wallet.carried, policy.deduction_unit, policy.rounding);
        // In arrears and allowed the debt grows; in fifo it does not.
        let may_deepen_debt = in_arrears && policy.purchase_in_arrears_allowed && !policy.fifo;
        let lacks_funds = wallet.at_hand() < due && !may_deepen_debt;

        let reason = if !self.product(id).is_open() {
            Some("not_open")
        } else if in_arrears && !policy.purchase_in_arrears_allowed {
            Some("arrears")
        } else if lacks_funds {
            Some("funds")
        } else {
            None
        };
        if let Some(reason) = reason {
            self.say(format!("purchase_refused {id} units={units} reason={reason}"));
            return;
        }

        let wallet = self.wallet(&key);
        wallet.carried = carried;
        wallet.balance -= due;
        let (price, due, balance) = (show(price), show(due), show(wallet.balance));
        let product = self.product(id);
        product.paid_packages += 1;
        let number = product.paid_packages;
        let effect = now + packages.effect_after;
        let valid_from = if packages.valid_from_effect { effect } else { now };
        let ends = packages.valid.end(valid_from, calendar);
        product.allowances.push(Allowance { number, left: units, ends, effect, stage: Stage::Paid });
        self.say(format!("purchased {id} number={number} units={units} amount={price} due={due} balance={balance}"));
    }

    fn switch_by_hand(&mut self, id: &str) {
        let product = self.product(id);
        if !product.is_open() {
            self.say(format!("switch_refused {id}"));
            return;
        }
        if product.is_on {
            return; // nothing
        }
        product.is_on = true;
        product.lifts_ended = product.ended;
        self.say(format!("pay_as_you_go {id} cause=hand"));
    }

    /// Phase 3: packages take effect.
    pub fn effects(&mut self) {
        let now = self.now;
        for id in self.product_ids() {
            for index in 0..self.product(&id).allowances.len() {
                let allowance = &self.product(&id).allowances[index];
                if allowance.stage == Stage::Paid && allowance.effect <= now {
                    for event in self.product(&id).take_effect(&id, index, now) {
                        self.say(event);
                    }
                }
            }
        }
    }
}

impl Product<'_> {
    fn take_effect(&mut self, id: &str, index: usize, now: i64) -> Vec<String> {
        self.lifts_ended = self.ended;
        let allowance = &mut self.allowances[index];
        allowance.stage = Stage::InEffect;
        let mut events = vec![format!("package_effective {id} number={} ends={}", allowance.number, allowance.ends)];
        if now % DAY != 0 {
            // An effect at 00:00 belongs to the day that begins.
            self.cover_today(Source::Allowance(index));
        }
        events.extend(self.used_up(id, &[Source::Allowance(index)]));
        events
    }

    /// RULES §7, effect: min(billable today, floor(left / ratio)) of the units of this day's closed
    /// slots that are billable and not split, in draw order over the basic meters.
    fn cover_today(&mut self, source: Source) {
        let terms = self.terms;
        for &meter in &terms.draw_order {
            let Some(ratio) = self.ratio(source, meter) else {
                continue;
            };
            let today = &mut self.meters[meter].today;
            let whole = today.billable - today.split;
            let covered = whole.min(self.left_of(source) / ratio);
            self.meters[meter].today.billable -= covered;
            self.give(source, meter, covered, covered * ratio);
        }
    }
}
