//! The part of a scenario that one account needs, with every default of FORMAT.md.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use toml::de::DeTable;

use super::book::{ProductTerms, read_product};
use super::calendar::Calendar;
use super::money::Rounding;
use super::reader::Node;

pub struct Scenario {
    pub days: i64,
    pub calendar: Calendar,
    pub policy: Policy,
    /// Of the account's one balance.
    pub opening_balance: Decimal,
    pub credit_line: Decimal,
    pub ledger: Vec<Entry>,
    /// Whether the customer sends nothing to a product while it is suspended.
    pub traffic_stops: bool,
    pub products: BTreeMap<String, ProductTerms>,
}

/// `[account]`: RULES §2.
pub struct Policy {
    pub deduction_unit: Decimal,
    pub rounding: Rounding,
    pub issues_zero_bills: bool,
    pub fifo: bool,
    pub clock_at_day_start: bool,
    pub top_up_restarts_clock: bool,
    pub calendar_grace: bool,
    pub debt_cap: Option<Decimal>,
    pub while_suspended: WhileSuspended,
    pub resume_above_zero: bool,
    pub resume_delay: i64,
    pub activation_in_arrears_allowed: bool,
    pub purchase_in_arrears_allowed: bool,
    pub packages_protect: bool,
    pub balance_per_product: bool,
    pub voucher_rest_lost: bool,
    pub write_off_after: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WhileSuspended {
    Lost,
    Retried,
    Unprotected,
}

/// One ledger entry of the segment.
pub struct Entry {
    pub at: i64,
    pub product: Option<String>,
    pub kind: EntryKind,
}

pub enum EntryKind {
    TopUp { amount: Decimal },
    CreditLine { amount: Decimal },
    Voucher { amount: Decimal, number: usize, from: i64, expires: Option<i64> },
    Purchase { units: u64 },
    Switch,
}

impl Scenario {
    pub fn read(text: &str, segment_id: &str) -> Scenario {
        let document = DeTable::parse(text).expect("the scenario is TOML");
        let root = Node::root(document.get_ref());

        let start = root.key("start").date().unwrap_or(Date::constant(2026, 1, 1));
        let calendar = Calendar::new(start);
        let days = root.key("days").whole().expect("a scenario has days") as i64;

        let account = root.key("account");
        let segments = root.key("segments").list();
        let segment = segments
            .iter()
            .find(|segment| segment.key("id").text() == Some(segment_id))
            .expect("the segment is in the scenario");
        let partner = segment.key("partner").text();
        let partner = partner.map(|id| account.key("partners").key(id));

        let mut products = BTreeMap::new();
        for (id, product) in segment.key("products").entries() {
            let book = root.key("books").key(&id);
            assert!(book.is_there(), "{id} has a book");
            let terms = read_product(book, product, partner, root.key("profiles"), &calendar);
            products.insert(id, terms);
        }

        Scenario {
            days,
            calendar,
            policy: read_policy(account),
            opening_balance: segment.key("opening_balance").decimal_or(Decimal::ZERO),
            credit_line: segment.key("credit_line").decimal_or(Decimal::ZERO),
            ledger: read_ledger(*segment, start),
            traffic_stops: segment.key("suspended_traffic").second_of("goes_on", "stops"),
            products,
        }
    }
}

fn read_policy(account: Node) -> Policy {
    Policy {
        deduction_unit: account.key("deduction_unit").decimal_or(Decimal::new(1, 2)),
        rounding: match account.key("rounding").text_or("half_up") {
            "half_up" => Rounding::HalfUp,
            "truncate" => Rounding::Truncate,
            "ceil" => Rounding::Ceil,
            "half_even" => Rounding::HalfEven,
            "none" => Rounding::None,
            "carry" => Rounding::Carry,
            other => panic!("{other:?} is no rounding"),
        },
        issues_zero_bills: account.key("zero_bills").second_of("skipped", "issued"),
        fifo: account.key("settlement").second_of("full", "fifo"),
        clock_at_day_start: account.key("arrears_clock").second_of("instant", "day_start"),
        top_up_restarts_clock: account.key("partial_top_up").second_of("keeps_clock", "restarts_clock"),
        calendar_grace: account.key("grace_end").second_of("exact", "calendar"),
        debt_cap: account.key("debt_cap").decimal_unless_none(),
        while_suspended: match account.key("while_suspended").text_or("lost") {
            "lost" => WhileSuspended::Lost,
            "retried" => WhileSuspended::Retried,
            "unprotected" => WhileSuspended::Unprotected,
            other => panic!("{other:?} says nothing about demand while suspended"),
        },
        resume_above_zero: account.key("resume_at").second_of("zero", "above_zero"),
        resume_delay: account.key("resume_delay").seconds_or("0s"),
        activation_in_arrears_allowed: account.key("activation_in_arrears").second_of("refused", "allowed"),
        purchase_in_arrears_allowed: account.key("purchase_in_arrears").second_of("refused", "allowed"),
        packages_protect: account.key("packages_protect").second_of("never", "until_last_ends"),
        balance_per_product: account.key("balance").second_of("account", "product"),
        voucher_rest_lost: account.key("voucher_rest").second_of("kept", "lost"),
        write_off_after: account.key("write_off_after").seconds_unless_never_or("90d"),
    }
}

fn read_ledger(segment: Node, start: Date) -> Vec<Entry> {
    let mut ledger = Vec::new();
    let mut vouchers = 0;
    for entry in segment.key("ledger").list() {
        let at = entry.key("at").instant(start);
        let at = at.expect("a ledger entry has an instant");
        assert!(at >= 0, "a ledger entry is not before the start");
        let amount = entry.key("amount").decimal_or(Decimal::ZERO);
        let kind = match entry.key("kind").text_or("") {
            "top_up" => EntryKind::TopUp { amount },
            "credit_line" => EntryKind::CreditLine { amount },
            "voucher" => {
                vouchers += 1;
                EntryKind::Voucher {
                    amount,
                    number: vouchers,
                    from: entry.key("from").instant(start).unwrap_or(at),
                    expires: entry.key("expires").instant(start),
                }
            }
            "purchase" => EntryKind::Purchase { units: entry.key("units").whole().expect("a package has units") },
            "switch" => EntryKind::Switch,
            other => panic!("{other:?} is no kind of ledger entry"),
        };
        let product = entry.key("product").text().map(str::to_string);
        ledger.push(Entry { at, product, kind });
    }
    ledger
}
