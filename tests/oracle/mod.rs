//! The oracle: a slow, plain interpreter of docs/RULES.md, used to check the engine.
//!
//! It shares no code with the engine. FORMAT.md beside this file says what it reads and prints.
//! An account is played by gathering the ordered set of all instants at which anything can happen,
//! settling demand between two of them, and going through the phases of RULES §4 at each.
//! An instant too many changes nothing: every phase looks at what holds, not at why it is asked.

mod arrears;
mod day;
mod demand;
mod money;
mod phases;
mod profile;
mod reader;
mod scenario;
mod state;
mod tariff;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use money::show;
use profile::DAY;
use scenario::Scenario;
use state::Account;

/// One account's exogenous facts.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Raw calls a day, by product id: as many days as the scenario has.
    pub demand: BTreeMap<String, Vec<u64>>,
    /// Payments the account's payer made, beside the scenario's ledger: (second, amount). In order of time.
    pub payments: Vec<(i64, Decimal)>,
    /// Second of the day at which the bill of a usage day is issued, by (product id, usage day), where the book has a window.
    pub bill_seconds: BTreeMap<(String, i64), i64>,
    /// Whether this account never integrates, by product id.
    pub never_integrates: BTreeSet<String>,
    /// Pieces beside the demand (RULES §6, bursts), by product id: (day, first second of the day, end second of the day, raw calls).
    pub pieces: BTreeMap<String, Vec<(i64, i64, i64, u64)>>,
    /// What of a day's potential demand N (without pieces) reaches the service at its price, by (product id, day);
    /// a day that is not there has no response: W = N.
    pub wanted: BTreeMap<(String, i64), u64>,
    /// The instant at which the customer leaves.
    pub leaves: Option<i64>,
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

    while let Some(instant) = instants.pop_first() {
        if instant > account.now {
            account.settle_demand(instant);
            account.now = instant;
        }
        if instant == end {
            break;
        }
        // RULES §4. Phases 2 and 3 are of packages; 12 and 13 come later than the instant.
        account.top_ups_vouchers_and_credit_changes(); // 1
        account.close_day(); // 4
        account.expiries(); // 5
        account.periodic_grants(); // 6
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

    // At the end only the close of the day happens, nothing else of that instant.
    account.close_day();
    close_account(&mut account);
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
    for (second, _) in &account.facts.payments {
        instants.insert(*second);
    }
    instants.extend(account.facts.leaves);
    for product in account.products.values() {
        instants.insert(product.terms.activation);
        instants.extend(product.integration);
    }
    instants
}

fn close_account(account: &mut Account) {
    let mut unbilled = Decimal::ZERO;
    for product in account.products.values() {
        for amount in product.unbilled.values() {
            unbilled += *amount;
        }
    }
    let marked = account.marked.unwrap_or(Decimal::ZERO);
    account.say(format!(
        "closed balance={} debt={} carried={} unbilled={} marked={}",
        show(account.balance),
        show(account.debt()),
        show(account.carried),
        show(unbilled),
        show(marked),
    ));
}
