//! What is known of the account at an instant.

use std::collections::BTreeMap;

use super::Facts;
use super::book::ProductTerms;
use super::day::{DayDemand, Piece};
use super::product::{Meter, Period, Product, Quota, Today};
use super::profile::DAY;
use super::scenario::Scenario;
use super::wallet::Wallet;

pub struct Account<'a> {
    pub scenario: &'a Scenario,
    pub facts: &'a Facts,
    /// The second of the instant being played.
    pub now: i64,
    /// The output.
    pub lines: Vec<String>,
    /// By product id where each product has a balance; else the one of the account, under "".
    pub wallets: BTreeMap<String, Wallet>,
    /// Whether the customer has left.
    pub left: bool,
    pub products: BTreeMap<String, Product<'a>>,
}

impl<'a> Account<'a> {
    pub fn new(scenario: &'a Scenario, facts: &'a Facts) -> Self {
        let mut products = BTreeMap::new();
        let mut wallets = BTreeMap::new();
        for (id, terms) in &scenario.products {
            products.insert(id.clone(), new_product(id, terms, facts));
            if scenario.policy.balance_per_product {
                wallets.insert(id.clone(), Wallet::new(terms.opening_balance, terms.credit_line));
            }
        }
        if !scenario.policy.balance_per_product {
            wallets.insert(String::new(), Wallet::new(scenario.opening_balance, scenario.credit_line));
        }
        Account { scenario, facts, now: 0, lines: Vec::new(), wallets, left: false, products }
    }

    pub fn say(&mut self, event: String) {
        self.lines.push(format!("{} {event}", self.now));
    }

    /// As `say`, of a balance, which is named where each product has one.
    pub fn say_of_wallet(&mut self, key: &str, event: String) {
        if self.scenario.policy.balance_per_product {
            self.say(format!("{event} product={key}"));
        } else {
            self.say(event);
        }
    }

    pub fn product_ids(&self) -> Vec<String> {
        self.products.keys().cloned().collect()
    }

    pub fn product(&mut self, id: &str) -> &mut Product<'a> {
        self.products.get_mut(id).expect("the product is known")
    }

    pub fn wallet_keys(&self) -> Vec<String> {
        self.wallets.keys().cloned().collect()
    }

    /// The key of the balance that a product's money, or money that names a product, moves.
    pub fn key_of(&self, product: Option<&str>) -> String {
        if self.scenario.policy.balance_per_product {
            product.expect("money names its product where each has a balance").to_string()
        } else {
            String::new()
        }
    }

    pub fn wallet(&mut self, key: &str) -> &mut Wallet {
        self.wallets.get_mut(key).expect("the balance is known")
    }

    pub fn wallet_of(&self, product: &str) -> &Wallet {
        &self.wallets[&self.key_of(Some(product))]
    }

    /// The second at which the bill of a usage day is issued (RULES §6, bills; §7, `bill_every`:
    /// the bill of a month is that of its last day).
    pub fn bill_instant(&self, id: &str, day: i64) -> i64 {
        let terms = &self.scenario.products[id];
        let mut second = terms.bill_from;
        if terms.bill_window {
            // A day that is never billed may have no fact.
            let drawn = self.facts.bill_seconds.get(&(id.to_string(), day));
            second = drawn.copied().unwrap_or(second);
        }
        (day + 1) * DAY + second
    }

    /// Puts the demand of a day before each meter.
    pub fn begin_day(&mut self, day: i64) {
        let facts = self.facts;
        for (id, product) in &mut self.products {
            for meter in &mut product.meters {
                (meter.unmetered, meter.demand) = demand_of(facts, id, product.terms, &meter.terms.id, day);
            }
        }
    }
}

fn new_product<'a>(id: &str, terms: &'a ProductTerms, facts: &'a Facts) -> Product<'a> {
    let integrates = terms.requires_integration && !facts.never_integrates.contains(id);
    let mut meters = Vec::new();
    for meter_terms in &terms.meters {
        let (unmetered, demand) = demand_of(facts, id, terms, &meter_terms.id, 0);
        meters.push(Meter {
            terms: meter_terms,
            demand,
            unmetered,
            blocked: 0,
            comes_again: 0,
            today: Today::default(),
            raw_before: 0,
            taken: 0,
            period: Period::default(),
        });
    }
    Product {
        terms,
        integration: integrates.then_some(terms.integration),
        opened: None,
        next_try: terms.activation,
        activation_was_refused: false,
        integrated: !terms.requires_integration,
        is_on: !terms.has_switch,
        suspension: None,
        ended: false,
        will_be_ended: false,
        lifts_ended: false,
        allowances: Vec::new(),
        paid_packages: 0,
        quotas: vec![Quota::default(); terms.quotas.len()],
        runs_in_slot: false,
        ran_today: false,
        meters,
        given_today: BTreeMap::new(),
        unbilled: BTreeMap::new(),
    }
}

/// The disaster-recovery tickets of a day of a meter, and the demand beside them (RULES §6, unmetered
/// share, bursts; §7: each meter by itself).
fn demand_of<'a>(facts: &Facts, id: &str, terms: &'a ProductTerms, meter: &str, day: i64) -> (u64, DayDemand<'a>) {
    let key = (id.to_string(), meter.to_string());
    let raw = facts.demand.get(&key).map_or(0, |days| days[day as usize]);
    let mut unmetered = terms.unmetered_share.of(raw);
    let potential = raw - unmetered;
    let mut pieces = Vec::new();
    for (of_day, from, to, raw) in facts.pieces.get(&key).into_iter().flatten() {
        if *of_day == day {
            let tickets = terms.unmetered_share.of(*raw);
            unmetered += tickets;
            pieces.push(Piece { from: *from, to: *to, units: raw - tickets });
        }
    }
    let wanted = facts.wanted.get(&(key.0, key.1, day));
    let wanted = wanted.copied().unwrap_or(potential);
    (unmetered, DayDemand { profile: &terms.profile, potential, wanted, pieces })
}
