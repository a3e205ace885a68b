//! What is known of the account at an instant.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;

use super::Facts;
use super::day::{DayDemand, Piece};
use super::scenario::{ProductTerms, Scenario};

pub struct Account<'a> {
    pub scenario: &'a Scenario,
    pub facts: &'a Facts,
    /// The second of the instant being played.
    pub now: i64,
    /// The output.
    pub lines: Vec<String>,

    pub balance: Decimal,
    pub credit_line: Decimal,
    /// The remainder of `carry`, kept per balance.
    pub carried: Decimal,
    /// Vouchers received, by number.
    pub vouchers: BTreeMap<usize, Voucher>,
    /// Bills that wait (fifo), oldest first.
    pub waiting: VecDeque<WaitingBill>,

    /// Whether a top-up came at this very instant.
    pub topped_up: bool,
    pub arrears: Option<Arrears>,
    /// Bad debt that is marked.
    pub marked: Option<Decimal>,
    /// The first instant since which the resume condition has held without a break.
    pub resumable_since: Option<i64>,
    /// Whether the customer has left.
    pub left: bool,

    pub products: BTreeMap<String, Product<'a>>,
}

pub struct Voucher {
    pub received: i64,
    pub from: i64,
    pub expires: Option<i64>,
    pub rest: Decimal,
}

pub struct WaitingBill {
    pub product: String,
    pub day: i64,
    pub issued: i64,
    pub asks: Decimal,
}

/// Unbroken arrears.
pub struct Arrears {
    /// Their true first instant, under every clock variant.
    pub first: i64,
    pub clock: i64,
    /// The oldest waiting bill (fifo), by product and usage day.
    pub oldest: Option<(String, i64)>,
}

pub struct Product<'a> {
    pub terms: &'a ProductTerms,
    /// When it integrates, if it needs to and ever does.
    pub integration: Option<i64>,
    pub activated: bool,
    pub activation_was_refused: bool,
    pub integrated: bool,
    pub suspension: Option<Suspension>,
    /// Units that come again in the second that starts now, the second of a resume.
    pub comes_again: u64,
    /// One for each quota of the terms, in the same order.
    pub quotas: Vec<Quota>,
    pub today: Today,
    /// Exact amounts of days that are closed and to be billed, by usage day.
    pub unbilled: BTreeMap<i64, Decimal>,
}

pub struct Suspension {
    pub since: i64,
    /// Units blocked during this suspension.
    pub blocked: u64,
    pub wiped: bool,
}

/// What is left of a quota, zero while there is none.
#[derive(Clone, Default)]
pub struct Quota {
    pub left: u64,
    pub ends: Option<i64>,
}

/// Counts of the day that is not closed yet.
#[derive(Default)]
pub struct Today {
    pub unintegrated: u64,
    /// What did not come: `stopped`, `churned`, and what the price held back or (below zero) attracted.
    pub withheld: i64,
    pub stopped: u64,
    pub churned: u64,
    pub offered: u64,
    pub refused: u64,
    /// The part of `refused` that came while suspended.
    pub blocked: u64,
    pub unprotected: u64,
    pub retried: u64,
    pub served: u64,
    pub counted: u64,
    pub free: u64,
    /// Live units that the slot limit let through, by slot.
    pub slot_served: BTreeMap<usize, u64>,
}

impl<'a> Account<'a> {
    pub fn new(scenario: &'a Scenario, facts: &'a Facts) -> Self {
        let mut products = BTreeMap::new();
        for (id, terms) in &scenario.products {
            let integrates = terms.requires_integration && !facts.never_integrates.contains(id);
            let product = Product {
                terms,
                integration: integrates.then_some(terms.integration),
                activated: false,
                activation_was_refused: false,
                integrated: !terms.requires_integration,
                suspension: None,
                comes_again: 0,
                quotas: vec![Quota::default(); terms.quotas.len()],
                today: Today::default(),
                unbilled: BTreeMap::new(),
            };
            products.insert(id.clone(), product);
        }
        Account {
            scenario,
            facts,
            now: 0,
            lines: Vec::new(),
            balance: scenario.opening_balance,
            credit_line: scenario.credit_line,
            carried: Decimal::ZERO,
            vouchers: BTreeMap::new(),
            waiting: VecDeque::new(),
            topped_up: false,
            arrears: None,
            marked: None,
            resumable_since: None,
            left: false,
            products,
        }
    }

    pub fn say(&mut self, event: String) {
        self.lines.push(format!("{} {event}", self.now));
    }

    pub fn product_ids(&self) -> Vec<String> {
        self.products.keys().cloned().collect()
    }

    pub fn product(&mut self, id: &str) -> &mut Product<'a> {
        self.products.get_mut(id).expect("the product is known")
    }

    /// The disaster-recovery tickets of a day, and the demand beside them (RULES §6, unmetered share, bursts).
    pub fn demand_of(&self, id: &str, day: i64) -> (u64, DayDemand<'a>) {
        let (facts, terms) = (self.facts, &self.scenario.products[id]);
        let raw = facts.demand[id][day as usize];
        let mut unmetered = terms.unmetered_share.of(raw);
        let potential = raw - unmetered;
        let wanted = facts.wanted.get(&(id.to_string(), day));
        let mut pieces = Vec::new();
        for (of_day, from, to, raw) in facts.pieces.get(id).into_iter().flatten() {
            if *of_day == day {
                let tickets = terms.unmetered_share.of(*raw);
                unmetered += tickets;
                pieces.push(Piece { from: *from, to: *to, units: raw - tickets });
            }
        }
        let wanted = wanted.copied().unwrap_or(potential);
        (unmetered, DayDemand { profile: &terms.profile, potential, wanted, pieces })
    }

    /// RULES §6: max(0, −balance), plus in fifo all that waiting bills still ask.
    pub fn debt(&self) -> Decimal {
        let mut debt = (-self.balance).max(Decimal::ZERO);
        for bill in &self.waiting {
            debt += bill.asks;
        }
        debt
    }

    /// The second at which the bill of a usage day is issued (RULES §6, bills).
    pub fn bill_instant(&self, id: &str, day: i64) -> i64 {
        let terms = &self.scenario.products[id];
        let mut second = terms.bill_from;
        if terms.bill_window {
            // A day that is never billed may have no fact.
            let drawn = self.facts.bill_seconds.get(&(id.to_string(), day));
            second = drawn.copied().unwrap_or(second);
        }
        (day + 1) * super::profile::DAY + second
    }
}
