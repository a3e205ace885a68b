//! What comes from outside at an instant, phases 1 and 2 of RULES §4: the ledger's entries, payments, and what customers decide.

use crate::behaviour::{Attempt, BuyerState, PayerState};
use crate::plan::{Decision, Movement};
use crate::rules::{Account, Event, Log, Terms, Today};
use crate::units::{Money, NEVER, Seconds, TooLarge};

/// Phase 1: the ledger's movements in the order written, then the payers' payments, then what buyers pay for their packages.
pub(super) fn money_in(
    account: &mut Account,
    payers: &mut [PayerState<'_>],
    at: Seconds,
    ledger: &mut Ledger<'_>,
    terms: &Terms,
    log: &mut impl Log,
) -> Result<(), TooLarge> {
    while let Some(movement) = ledger.movement(at) {
        account.move_money(movement, log)?;
    }
    for (balance, payer) in payers.iter_mut().enumerate() {
        if payer.next() == at {
            let of = account.wallet(balance).of;
            match payer.attempt(at, account, terms.policy.deduction_unit)? {
                Attempt::Nothing => {}
                Attempt::Paid(amount) => account.top_up(at, balance, amount, log)?,
                Attempt::Failed { amount, hard } => log.record(at, Event::PaymentFailed { of, amount, hard }),
            }
        }
    }
    Ok(())
}

/// Phase 2: first applications, the ledger's decisions in the order written, then the customers' own. A buyer who pays does so in
/// phase 1 of the same second.
pub(super) fn decide(
    account: &mut Account,
    buyers: &mut [BuyerState<'_>],
    at: Seconds,
    today: &Today<'_>,
    ledger: &mut Ledger<'_>,
    terms: &Terms,
    log: &mut impl Log,
) -> Result<(), TooLarge> {
    let due = buyers.iter().any(|buyer| buyer.next() <= at);
    let mut bought: Vec<(usize, u64)> = vec![];
    if due {
        for (used, buyer) in buyers.iter_mut().enumerate() {
            let Some((units, pays)) = buyer.buys(at) else { continue };
            let missing = if pays { account.missing_for(used, units, terms)? } else { Money::ZERO };
            if missing > Money::ZERO {
                account.top_up_for(at, used, missing, log)?;
            }
            bought.push((used, units));
        }
    }
    account.create_applications(at, today, terms, log);
    while let Some(decision) = ledger.decision(at) {
        match decision.buys {
            Some(units) => account.buy(at, decision.used, units, terms, log)?,
            None => account.switch_on(at, decision.used, today, terms, log),
        }
    }
    for (used, units) in bought {
        account.buy(at, used, units, terms, log)?;
    }
    if due {
        for (used, buyer) in buyers.iter_mut().enumerate() {
            if buyer.switches(at) {
                account.switch_on(at, used, today, terms, log);
            }
        }
    }
    Ok(())
}

/// The entries of a segment's ledger that are still to come.
pub(super) struct Ledger<'a> {
    pub movements: &'a [Movement],
    pub decisions: &'a [Decision],
}

impl<'a> Ledger<'a> {
    pub fn next(&self) -> Seconds {
        let movement = self.movements.first().map_or(NEVER, |movement| movement.at);
        movement.min(self.decisions.first().map_or(NEVER, |decision| decision.at))
    }

    /// The next movement, if it is due.
    fn movement(&mut self, at: Seconds) -> Option<&'a Movement> {
        let (first, rest) = self.movements.split_first().filter(|(first, _)| first.at <= at)?;
        self.movements = rest;
        Some(first)
    }

    /// The next decision, if it is due.
    fn decision(&mut self, at: Seconds) -> Option<&'a Decision> {
        let (first, rest) = self.decisions.split_first().filter(|(first, _)| first.at <= at)?;
        self.decisions = rest;
        Some(first)
    }
}
