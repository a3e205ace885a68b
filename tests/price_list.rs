//! What the price list answers beside bills: each tier of a counter, what was kept out, costs and average prices. By hand.

mod support;

use billsim::book::Tier;
use billsim::rules::{Place, Tariff, Terms, Usage};
use billsim::units::{Money, Total};

fn money(text: &str) -> Money {
    Money::parse(text).expect("an amount written in this file")
}

fn total(text: &str) -> Total {
    Total::from_units(money(text).units().into())
}

/// 100 at 0.005; 900 at 0.002 with a fee of 3; the rest in blocks of 100 at 0.1.
fn tariff() -> Tariff {
    Tariff::new(&[
        Tier::plain(Some(100), money("0.005")),
        Tier { fee: money("3"), ..Tier::plain(Some(1_000), money("0.002")) },
        Tier { block: 100, ..Tier::plain(None, money("0.1")) },
    ])
}

#[test]
fn bounds_and_full_tiers() {
    let tariff = tariff();
    assert_eq!(tariff.tiers(), 3);
    assert_eq!(
        (0..3).map(|tier| tariff.bounds(tier)).collect::<Vec<_>>(),
        [(0, Some(100)), (100, Some(1_000)), (1_000, None)]
    );
    // 100 × 0.005; 900 × 0.002 + 3.
    assert_eq!(tariff.full(0), (100, total("0.5")));
    assert_eq!(tariff.full(1), (900, total("4.8")));
}

#[test]
fn units_in_their_tiers() {
    let tariff = tariff();
    let tiers = |after: u64, units: u64| {
        let mut told = vec![];
        tariff.each_tier(after, units, |tier, units, amount| told.push((tier, units, amount)));
        told
    };
    let of = |text: &str| i128::from(money(text).units());
    // 50 × 0.005; 900 × 0.002 + 3; one block.
    assert_eq!(tiers(50, 1_000), [(0, 50, of("0.25")), (1, 900, of("4.8")), (2, 50, of("0.1"))]);
    // The fee comes with the first unit: 10 × 0.002 + 3, and without it.
    assert_eq!(tiers(100, 10), [(1, 10, of("3.02"))]);
    assert_eq!(tiers(200, 10), [(1, 10, of("0.02"))]);
    // Of places 51 to 150 of the last tier only the second block is new.
    assert_eq!(tiers(1_050, 100), [(2, 100, of("0.1"))]);
    assert_eq!(tiers(100, 0), []);
    assert_eq!(tariff.list_cost(50, 1_000), total("5.15"));
}

/// Meter `m`: 100 units for 0.005 and the rest for 0.002, each of which costs the vendor 0.0007.
const METER: &str = "[[books.p.meters]]\nid = \"m\"\ncost = 0.0007\npricing = \"graduated\"\n\
                     tiers = [{ up_to = 100, price = 0.005 }, { up_to = \"unlimited\", price = 0.002 }]\n";

/// And a meter at 0.01 beside it.
const ANOTHER: &str = "[[books.p.meters]]\nid = \"n\"\npricing = \"flat\"\nprice = 0.01\n";

/// The terms of a book with meter `m`, these keys before it, and `after` it what is left to say.
fn terms(keys: &str, after: &str) -> Terms {
    let mix = if after.is_empty() { "" } else { "mix = { m = 0.5, n = 0.5 }" };
    Terms::new(&support::plan(&format!(
        "start = 2026-01-01\ndays = 31\n[books.p]\n{keys}\n{METER}{after}[[segments]]\nid = \"s\"\naccounts = 1\n\
         [segments.products.p]\n{mix}\ndemand = {{ kind = \"constant\", units = 10 }}\n"
    )))
}

fn free(units: u64, each: &str, counter: &str) -> String {
    format!(
        "[[books.p.free]]\nid = \"q\"\nmeter = \"m\"\nunits = {units}\neach = \"{each}\"\nexpires_after = \"never\"\ncounter = \"{counter}\""
    )
}

#[test]
fn what_was_kept_out_is_priced_after_what_was_served() {
    let place = Place { before: 30, ..Place::default() };
    let usage = Usage { served: 60, counted: 60, free: 10, billable: 50, blocked: 60, stopped: 40, ..Usage::default() };
    let lost = |book: &str, usage: &Usage| terms(book, "").products[0].lost(0, usage, place);
    // Places 81 to 180: 20 × 0.005 + 80 × 0.002.
    assert_eq!(lost(&free(10, "day", "outside"), &usage), total("0.26"));
    // Free units count: places 91 to 190, 10 × 0.005 + 90 × 0.002.
    assert_eq!(lost(&free(10, "day", "inside"), &usage), total("0.23"));
    // Half of 160 would have passed, 30 did: 50 more from place 61, 40 × 0.005 + 10 × 0.002.
    let passed = Usage { counted: 30, free: 0, billable: 30, ..usage };
    assert_eq!(lost("counted = \"passed\"\npass_share = 0.5", &passed), total("0.22"));
    let all_served = Usage { blocked: 0, stopped: 0, ..usage };
    assert_eq!(lost("", &all_served), Total::default());
}

#[test]
fn a_unit_costs_the_vendor_what_the_book_says() {
    let terms = terms("", ANOTHER);
    assert_eq!(terms.products[0].cost(0, 1_000), total("0.7"));
    assert_eq!(terms.products[0].cost(1, 1_000), Total::default());
}

#[test]
fn average_prices() {
    let average = |keys: &str, after: &str, raw: &[u64]| {
        let terms = terms(keys, after);
        terms.products[0].average_price(raw, 0, terms.months[0], 0).expect("fits")
    };
    let price = |text: &str| money(text).units() as f64;
    // 100 × 0.005 + 900 × 0.002 = 2.3, and with 1 000 × 0.01 beside them 12.3 for 2 000.
    assert_eq!(average("", "", &[1_000]), price("0.0023"));
    assert_eq!(average("", ANOTHER, &[1_000, 1_000]), price("0.00615"));
    // 900 are paid: 100 × 0.005 + 800 × 0.002 = 2.1; where the free ones count, 900 × 0.002 = 1.8.
    assert_eq!(average(&free(100, "day", "outside"), "", &[1_000]), price("0.0021"));
    assert_eq!(average(&free(100, "day", "inside"), "", &[1_000]), price("0.0018"));
    // 3 044 a month are 3 044 × 12 / 365.25 = 100.008 a day.
    assert_eq!(average(&free(3_044, "month", "outside"), "", &[1_000]), price("0.0021"));
    assert_eq!(average(&free(100, "once", "outside"), "", &[1_000]), price("0.0023"));
    assert_eq!(average("", "", &[0]), 0.0);
}
