//! The phases 5 to 11 of an instant, in their order (RULES §4).

use super::super::arrears::Verdict;
use super::super::event::{Event, Log, Reason};
use super::super::terms::Terms;
use super::{Account, Changes, Purse, Today, demand_of, settle};
use crate::book::{ActivationInArrears, Opens, PackagesProtect, WhileSuspended};
use crate::units::{NEVER, Seconds, TooLarge, midnight};

impl Account {
    /// Phases 5 to 11 of an instant of `today`. What changed for each balance is told by [`changes`](Self::changes).
    ///
    /// # Errors
    /// [`TooLarge`] when an amount does not fit.
    pub fn proceed(
        &mut self,
        at: Seconds,
        today: &Today<'_>,
        terms: &Terms,
        log: &mut impl Log,
    ) -> Result<bool, TooLarge> {
        self.end_and_grant(at, today, terms, log);
        self.issue_bills(at, terms, log)?;
        for purse in &mut self.purses[..self.balances] {
            purse.verdict = Verdict::default();
            if purse.wallet.moved {
                purse.verdict = purse.dunning.judge(at, &mut purse.wallet, &terms.policy, log)?;
                purse.verdict.moved = true;
            }
            purse.dunning.mark(at, &purse.wallet, log)?;
        }
        self.arm(terms);
        self.activate(at, today, terms, log);
        self.resume(at, today, terms, log);
        let suspended = self.suspend(at, today, terms, log)?;
        self.wipe(at, today, terms, log);
        self.churn(at, today, terms, log);
        self.run_again(at, today, terms);
        self.integrate(at, today, terms, log);
        self.watch(at, today, terms, log);
        Ok(suspended)
    }

    /// What the last instant changed for a balance; `suspended` as [`proceed`](Self::proceed) told.
    pub fn changes(&self, balance: usize, suspended: bool) -> Changes {
        let Verdict { moved, started, cleared, .. } = self.purses[balance].verdict;
        Changes { money: moved, arrears_started: started, arrears_cleared: cleared, suspended }
    }

    /// Phases 5 and 6: quotas, allowances and vouchers end, periodic quotas are granted.
    fn end_and_grant(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.quota_end <= at || service.expiry_at <= at {
                settle(service, at, today, terms, true, log);
                service.end_quotas(at, log);
                if service.expiry_at <= at {
                    service.expire(at, &terms.products[service.product], log);
                }
            }
        }
        for purse in &mut self.purses[..self.balances] {
            if purse.wallet.next_expiry() <= at {
                purse.wallet.expire_vouchers(at, log);
            }
        }
        for service in &mut self.services[..self.used] {
            if service.quota_end <= at {
                service.grant(at, false, &terms.products[service.product], &terms.calendar, log);
            }
        }
    }

    /// Phase 7: bills that are due, in the order of the products.
    pub(super) fn issue_bills(&mut self, at: Seconds, terms: &Terms, log: &mut impl Log) -> Result<(), TooLarge> {
        for service in &mut self.services[..self.used] {
            if service.bill_at <= at
                && let Some(bill) = service.bill.take()
            {
                service.bill_at = NEVER;
                self.purses[service.purse].wallet.bill(at, bill, &terms.policy, log)?;
            }
        }
        Ok(())
    }

    /// Sets deadlines and resume timers by what was judged.
    fn arm(&mut self, terms: &Terms) {
        for service in &mut self.services[..self.used] {
            let Purse { dunning, verdict, .. } = &self.purses[service.purse];
            if !verdict.moved {
                continue;
            }
            if service.suspended {
                let since = dunning.resumable_since;
                service.resume_at = since.map_or(NEVER, |since| since.saturating_add(terms.policy.resume_delay));
            } else if verdict.cleared {
                (service.deadline, service.overdue) = (NEVER, false);
            } else if service.activated && (verdict.started || verdict.clock_moved) {
                (service.deadline, service.overdue) = (dunning.deadline(service.grace, &terms.policy), false);
            }
        }
    }

    /// Phase 9: activations that are due, or were refused until now.
    fn activate(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        let refuses = terms.policy.activation_in_arrears == ActivationInArrears::Refused;
        for service in &mut self.services[..self.used] {
            let Purse { dunning, verdict, .. } = &self.purses[service.purse];
            let by_itself = terms.products[service.product].book.opens == Opens::Activation;
            let due = by_itself && service.activation_at <= at;
            if due {
                service.activation_at = NEVER;
            }
            if due && dunning.arrears.is_some() && refuses {
                service.activation_waits = true;
                log.record(at, Event::ActivationRefused { product: service.product });
            } else if due || service.activation_waits && verdict.cleared {
                settle(service, at, today, terms, true, log);
                service.activate(at, terms, log);
                service.deadline = dunning.deadline(service.grace, &terms.policy);
            }
        }
    }

    /// Phase 10: services whose condition has held long enough, and those whose ended allowances no longer matter.
    fn resume(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            let paid = service.suspended && service.resume_at <= at;
            let lifted = service.ended && service.lifted;
            service.lifted = lifted;
            for (reason, holds) in [(Reason::Arrears, paid), (Reason::Ended, lifted)] {
                if holds {
                    settle(service, at, today, terms, true, log);
                    service.resume(at, reason, log);
                }
            }
        }
    }

    /// Services that were resumed and not suspended again in the same instant run again.
    fn run_again(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms) {
        let retried = terms.policy.while_suspended == WhileSuspended::Retried;
        for service in self.services[..self.used].iter_mut().filter(|service| service.resumed_now) {
            service.run_again(at, demand_of(service, today, terms), &terms.products[service.product], retried);
        }
    }

    /// Phase 10: services whose grace has run out, or whose account owes more than the cap; then those whose allowances ended.
    /// Tells whether one was suspended for arrears.
    fn suspend(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) -> Result<bool, TooLarge> {
        let protects = terms.policy.packages_protect == PackagesProtect::UntilLastEnds;
        let mut any = false;
        for service in &mut self.services[..self.used] {
            let Purse { dunning, wallet, .. } = &self.purses[service.purse];
            if dunning.arrears.is_some() && service.activated && !service.suspended {
                let capped = match terms.policy.debt_cap {
                    Some(cap) => wallet.debt()? > cap,
                    None => false,
                };
                let over = service.overdue || service.deadline <= at || capped && service.grace.is_some();
                if over && protects && service.shelf.has_package() {
                    service.overdue |= service.deadline <= at;
                    service.deadline = if service.overdue { NEVER } else { service.deadline };
                } else if over {
                    settle(service, at, today, terms, true, log);
                    service.suspend(at, &terms.products[service.product], log);
                    any = true;
                }
            }
            if service.ends_now {
                settle(service, at, today, terms, true, log);
                service.suspend_ended(at, log);
            }
        }
        Ok(any)
    }

    /// Phase 10: suspensions that lasted too long.
    fn wipe(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.suspended && service.wipe_at <= at {
                settle(service, at, today, terms, true, log);
                service.wipe(at, &terms.products[service.product], log);
            }
        }
    }

    /// Phase 10: the customer leaves.
    fn churn(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        if self.leaves_at > at {
            return;
        }
        (self.leaves_at, self.left) = (NEVER, true);
        for service in &mut self.services[..self.used] {
            settle(service, at, today, terms, true, log);
            service.left = true;
        }
        log.record(at, Event::Churned);
    }

    /// Phase 11: integrations that are complete.
    fn integrate(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &mut impl Log) {
        for service in &mut self.services[..self.used] {
            if service.integration_at <= at {
                settle(service, at, today, terms, true, log);
                service.integrate(at, log);
            }
        }
    }

    /// Sets the timers of slots anew, after whatever this instant changed.
    pub(super) fn watch(&mut self, at: Seconds, today: &Today<'_>, terms: &Terms, log: &impl Log) {
        for service in &mut self.services[..self.used] {
            let product = &terms.products[service.product];
            if product.slotted {
                let from = at - midnight(today.day);
                service.watch(today.day, from, demand_of(service, today, terms), product, log.wants_draws());
            }
        }
    }
}
