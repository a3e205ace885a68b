//! The oracle: a slow, plain interpreter of docs/RULES.md, used to check the engine.
//!
//! It shares no code with the engine. FORMAT.md beside this file says what it reads and prints.
//! An account is played by gathering the ordered set of all instants at which anything can happen,
//! settling demand between two of them, and going through the phases of RULES §4 at each.
//! An instant too many changes nothing: every phase looks at what holds, not at why it is asked.

mod arrears;
mod book;
mod calendar;
mod cover;
mod day;
mod demand;
mod meter_terms;
mod money;
mod packages;
mod periods;
mod phases;
mod product;
mod profile;
mod reader;
mod scenario;
mod service;
mod slots;
mod state;
mod switch;
mod tariff;
mod wallet;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_demand;
#[cfg(test)]
mod tests_periods;
#[cfg(test)]
mod tests_random;
#[cfg(test)]
mod tests_service;
#[cfg(test)]
mod tests_trtc;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use money::show;
use profile::DAY;
use scenario::Scenario;
use state::Account;

/// Day, first second of the day, end second of the day, raw units.
pub type FactPiece = (i64, i64, i64, u64);

/// One account's exogenous facts.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Raw units a day, by (product id, meter id): as many days as the scenario has. The parts of mixes and add-ons are already split.
    pub demand: BTreeMap<(String, String), Vec<u64>>,
    /// Payments the account's payer made, beside the scenario's ledger: (second, product whose balance it is or None, amount). In order of time.
    pub payments: Vec<(i64, Option<String>, Decimal)>,
    /// Second of the day at which the bill of a usage day is issued, by (product id, usage day), where the book has a window.
    pub bill_seconds: BTreeMap<(String, i64), i64>,
    /// Whether this account never integrates, by product id.
    pub never_integrates: BTreeSet<String>,
    /// Pieces beside the demand (RULES §6, bursts), by (product id, meter id): (day, first second of the day, end second of the day, raw units).
    pub pieces: BTreeMap<(String, String), Vec<FactPiece>>,
    /// What of a day's potential demand N (without pieces) reaches the service at its price, by (product id, meter id, day);
    /// a day that is not there has no response: W = N.
    pub wanted: BTreeMap<(String, String, i64), u64>,
    /// The instant at which the customer leaves.
    pub leaves: Option<i64>,
    /// Products whose "do not suspend" is chosen at the opening.
    pub do_not_suspend: BTreeSet<String>,
    /// What the customer decides by itself, beside the scenario's ledger: (second, product id, units of the package that is bought, or
    /// None: pay-as-you-go is switched on). In order of time; after the ledger's entries of the same instant.
    pub decisions: Vec<(i64, String, Option<u64>)>,
}

/// Plays one account and tells all that happens to it, one line an event.
pub fn play(scenario: &str, segment: &str, facts: &Facts) -> Vec<String> {
    play_with(scenario, segment, facts, &BTreeSet::new())
}

/// As `play`, with further instants at which nothing of itself happens.
fn play_with(text: &str, segment: &str, facts: &Facts, further: &BTreeSet<i64>) -> Vec<String> {
    let scenario = Scenario::read(text, segment);
    let end = scenario.days * DAY;
    let mut account = Account::new(&scenario, facts);

    let mut instants = known_instants(&account);
    instants.extend(further);
    instants.retain(|instant| (0..end).contains(instant));
    instants.insert(end);

    while let Some(&next) = instants.first() {
        // An end of a slot may come before it (RULES §7, slots).
        let instant = account.next_slot_end(next);
        instants.remove(&instant);
        if instant > account.now {
            account.settle_demand(instant);
            account.now = instant;
        }
        if instant == end {
            break;
        }
        // RULES §4. Phases 12 and 13 come later than the instant.
        account.top_ups_vouchers_and_credit_changes(); // 1
        account.applications_purchases_and_switches(); // 2
        account.effects(); // 3
        account.close_slots(); // 4
        account.close_day(); // 4
        account.expiries(); // 5
        account.periodic_grants(); // 6; prices are looked up by their day
        account.bills(); // 7
        account.judge_arrears(); // 8
        account.activations(); // 9
        account.resume_suspend_wipe_leave(); // 10
        account.integrations(); // 11

        for coming in account.coming_instants() {
            if coming > instant && coming < end {
                instants.insert(coming);
            }
        }
    }

    // At the end only the close of slot and day happens, nothing else of that instant.
    account.close_slots();
    account.close_day();
    for key in account.wallet_keys() {
        close_wallet(&mut account, &key);
    }
    account.lines
}

/// Every instant that is known before the account is played.
fn known_instants(account: &Account) -> BTreeSet<i64> {
    let scenario = account.scenario;
    let mut instants = BTreeSet::from([0]);
    for day in 0..scenario.days {
        instants.insert((day + 1) * DAY);
        for id in account.products.keys() {
            instants.insert(account.bill_instant(id, day));
        }
    }
    for entry in &scenario.ledger {
        instants.insert(entry.at);
        if let scenario::EntryKind::Voucher { expires, .. } = entry.kind {
            instants.extend(expires);
        }
    }
    instants.extend(account.facts.payments.iter().map(|(second, _, _)| *second));
    instants.extend(account.facts.decisions.iter().map(|(second, _, _)| *second));
    instants.extend(account.facts.leaves);
    for product in account.products.values() {
        instants.insert(product.terms.activation);
        instants.extend(product.integration);
    }
    instants
}

fn close_wallet(account: &mut Account, key: &str) {
    let mut unbilled = Decimal::ZERO;
    for (id, product) in &account.products {
        if account.key_of(Some(id)) == key {
            unbilled += product.unbilled.values().sum::<Decimal>();
        }
    }
    let wallet = &account.wallets[key];
    let event = format!(
        "closed balance={} debt={} carried={} unbilled={} marked={}",
        show(wallet.balance),
        show(wallet.debt()),
        show(wallet.carried),
        show(unbilled),
        show(wallet.marked.unwrap_or(Decimal::ZERO)),
    );
    account.say_of_wallet(key, event);
}
