//! Hand-worked counters, tiers, fees, discounts and price changes (RULES §5, §7).

use super::reader::decimal;
use super::tests::{field, only};
use super::*;

/// A scenario of one segment "s" from 2026-01-01 on, with a book "p" of one meter "m".
fn world(days: i64, book: &str, meter: &str, product: &str) -> String {
    format!(
        "days = {days}\n[books.p]\n{book}\n[[books.p.meters]]\nid = \"m\"\n{meter}\n[account]\nrounding = \"none\"\n\
         [[segments]]\nid = \"s\"\nopening_balance = 1_000\nproducts.p = {{ {product} }}\n"
    )
}

fn by_day(units: &[u64], days: usize) -> Facts {
    let mut demand = units.to_vec();
    demand.resize(days, 0);
    Facts { demand: BTreeMap::from([(("p".to_string(), "m".to_string()), demand)]), ..Facts::default() }
}

/// The amounts of the first days.
fn amounts(lines: &[String], days: i64) -> Vec<Decimal> {
    (0..days).map(|day| decimal(&field(lines, &format!("day_closed p meter=m day={day} "), "amount"))).collect()
}

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| decimal(text)).collect()
}

const RECAPTCHA: &str = r#"pricing = "graduated"
counter = "month"
tiers = [
  { up_to = 10_000, price = 0 }, { up_to = 100_000, price = 0, fee = 8 }, { up_to = "unlimited", price = 0.001 },
]"#;

#[test]
fn a_month_counter_with_tiers_and_a_fee() {
    // 10 000 are free; the fee falls on the day of the first unit above them; 100 001 cost 8.001.
    // February starts again: 10 001 cost 8.
    let mut units = vec![10_000, 1, 89_999, 1, 0, 500];
    units.resize(31, 0);
    units.extend([10_001, 3]);
    let text = world(33, "bill_every = \"month\"", RECAPTCHA, "");
    let lines = play(&text, "s", &by_day(&units, 33));
    assert_eq!(amounts(&lines, 6), decimals(&["0", "8", "0", "0.001", "0", "0.5"]));
    assert_eq!(amounts(&lines, 33)[31..], decimals(&["8", "0"]));
    assert_eq!(
        only(&lines, &["bill_issued"]),
        [format!("{} bill_issued p day=30 amount=8.50100000 due=8.50100000 voucher=0.00000000", 31 * DAY + 28_800)]
    );
    assert_eq!(field(&lines, " closed ", "unbilled"), "8.00000000");

    // Billed day by day the same amounts, by the day.
    let lines = play(&world(33, "", RECAPTCHA, ""), "s", &by_day(&units, 33));
    assert_eq!(only(&lines, &["bill_issued"]).len(), 4);
    assert_eq!(field(&lines, "bill_issued p day=1 ", "amount"), "8.00000000");
}

#[test]
fn volume_and_block() {
    // The whole quantity at the price of the tier reached, and only its fee.
    let tiers = "pricing = \"volume\"\ntiers = [{ up_to = 100, price = 0.01 }, \
                 { up_to = \"unlimited\", price = 0.005, fee = 0.1, block = 1 }]";
    let lines = play(&world(5, "", tiers, ""), "s", &by_day(&[100, 101, 0, 200, 1], 5));
    assert_eq!(amounts(&lines, 5), decimals(&["1", "0.605", "0", "1.1", "0.01"]));

    // With a month counter all of it on the month's last day, which is not that of the run.
    let month = format!("{tiers}\ncounter = \"month\"");
    let lines = play(&world(33, "bill_every = \"month\"", &month, ""), "s", &by_day(&[100, 101], 33));
    assert_eq!(amounts(&lines, 33)[30], decimal("1.105")); // 201 × 0.005 + 0.1
    assert_eq!(amounts(&lines, 33).iter().sum::<Decimal>(), decimal("1.105"));
    let lines = play(&world(30, "bill_every = \"month\"", &month, ""), "s", &by_day(&[100, 101], 30));
    assert_eq!(amounts(&lines, 30).iter().sum::<Decimal>(), Decimal::ZERO);

    // Graduated by blocks of 10 and 25: 95 units are 10 blocks of 0.02; 101 are 10 and one of 0.03; 126: two of them.
    let blocks = "pricing = \"graduated\"\ntiers = [{ up_to = 100, price = 0.02, block = 10 }, \
                  { up_to = \"unlimited\", price = 0.03, block = 25 }]";
    let lines = play(&world(4, "", blocks, ""), "s", &by_day(&[95, 101, 126, 1], 4));
    assert_eq!(amounts(&lines, 4), decimals(&["0.2", "0.23", "0.26", "0.02"]));
    // Volume by blocks: 101 are 5 blocks of 25.
    let lines = play(&world(2, "", &blocks.replace("graduated", "volume"), ""), "s", &by_day(&[91, 101], 2));
    assert_eq!(amounts(&lines, 2), decimals(&["0.2", "0.15"]));
    // By month: 95, then 1 within the same block, then 5: one more block of 10 and one of 25.
    let lines = play(&world(3, "", &format!("{blocks}\ncounter = \"month\""), ""), "s", &by_day(&[95, 1, 5], 3));
    assert_eq!(amounts(&lines, 3), decimals(&["0.2", "0", "0.03"]));
}

#[test]
fn minimum_maximum_and_fees_at_zero() {
    let meter = "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 0.01, fee = 0.05 }]\n\
                 minimum = 0.2\nmaximum = 1";
    // Days of 0, 1 (0.06, at least 0.2), 50 (0.55), 500 (5.05, at most 1).
    let units = [0, 1, 50, 500];
    let lines = play(&world(4, "", meter, ""), "s", &by_day(&units, 4));
    assert_eq!(amounts(&lines, 4), decimals(&["0", "0.2", "0.55", "1"]));
    // At zero too: max(0.05, 0.2). Not on day 0 if the product is opened after it.
    let at_zero = format!("{meter}\nfee_at_zero = true");
    let lines = play(&world(4, "", &at_zero, ""), "s", &by_day(&units, 4));
    assert_eq!(amounts(&lines, 4), decimals(&["0.2", "0.2", "0.55", "1"]));
    let lines = play(&world(4, "", &at_zero, "activation_after = \"24h\""), "s", &by_day(&units, 4));
    assert_eq!(amounts(&lines, 4), decimals(&["0", "0.2", "0.55", "1"]));
    let lines = play(&world(4, "", &at_zero, "activation_after = \"86399s\""), "s", &by_day(&units, 4));
    assert_eq!(amounts(&lines, 1), decimals(&["0.2"]));
    // Without a minimum: the fee alone.
    let lines = play(&world(4, "", &at_zero.replace("minimum = 0.2", ""), ""), "s", &by_day(&units, 4));
    assert_eq!(amounts(&lines, 4), decimals(&["0.05", "0.06", "0.55", "1"]));

    // By month: 0.06 on day 1; 0.5 more on day 2 and what is left to 1 on day 3; the minimum on day 30.
    let month = format!("{meter}\ncounter = \"month\"");
    let lines = play(&world(32, "", &month, ""), "s", &by_day(&units, 32));
    assert_eq!(amounts(&lines, 4), decimals(&["0", "0.06", "0.5", "0.44"]));
    let lines = play(&world(32, "", &month, ""), "s", &by_day(&[0, 1], 32));
    assert_eq!((amounts(&lines, 32)[1], amounts(&lines, 32)[30]), (decimal("0.06"), decimal("0.14")));
    let month = format!("{at_zero}\ncounter = \"month\"");
    let lines = play(&world(32, "", &month, ""), "s", &by_day(&[], 32));
    assert_eq!((amounts(&lines, 32)[0], amounts(&lines, 32)[30]), (Decimal::ZERO, decimal("0.2")));
}

#[test]
fn a_discount_is_rounded_up_to_eight_decimals() {
    // 0.00005 × 0.6667 = 0.000033335 → 0.00003334; the fee stays.
    let meter = "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 0.00005, fee = 1 }]";
    let lines = play(&world(1, "", meter, "discount = 0.3333"), "s", &by_day(&[100], 1));
    assert_eq!(amounts(&lines, 1), decimals(&["1.003334"]));
}

#[test]
fn price_changes() {
    // 10 a day at 0.01; from 01-03 at 0.02 for new accounts, from 01-05 at 0.03 for all.
    let meter = "pricing = \"flat\"\nprice = 0.01\nchanges = [\
        { from = 2026-01-03, existing = \"keep\", price = 0.02 }, { from = 2026-01-05, price = 0.03 }]";
    let units = [10; 6];
    let lines = play(&world(6, "", meter, ""), "s", &by_day(&units, 6));
    assert_eq!(amounts(&lines, 6), decimals(&["0.1", "0.1", "0.1", "0.1", "0.3", "0.3"]));
    // Opened at 00:00 of 01-03: not before that date.
    let lines = play(&world(6, "", meter, "activation_after = \"48h\""), "s", &by_day(&units, 6));
    assert_eq!(amounts(&lines, 6), decimals(&["0", "0", "0.2", "0.2", "0.3", "0.3"]));

    // With a month counter from the next month on; a first at once. Tiers of 10 at 0.01, then 0.02.
    let tiers = |one: &str, two: &str| {
        format!("tiers = [{{ up_to = 10, price = {one} }}, {{ up_to = \"unlimited\", price = {two} }}]")
    };
    let meter = format!(
        "pricing = \"graduated\"\ncounter = \"month\"\n{}\nchanges = [{{ from = 2026-01-02, {} }}, {{ from = 2026-03-01, {} }}]",
        tiers("0.01", "0.02"),
        tiers("0.1", "0.2"),
        tiers("1", "2"),
    );
    let mut units = vec![0; 60];
    (units[1], units[2], units[31], units[58], units[59]) = (8, 4, 12, 1, 11); // 01-02, 01-03, 02-01, 02-28, 03-01
    let lines = play(&world(60, "", &meter, ""), "s", &by_day(&units, 60));
    let found = amounts(&lines, 60);
    assert_eq!([1, 2, 31, 58, 59].map(|day| found[day]).to_vec(), decimals(&["0.08", "0.06", "1.4", "0.2", "12"]));
}

#[test]
fn free_units_inside_the_counter() {
    // RULES §1: 300 calls with 100 free cost 0.70 outside and 0.40 inside; 1 500: 2.62 and 2.20.
    let meter = "pricing = \"graduated\"\ntiers = [{ up_to = 100, price = 0.005 }, { up_to = 1_000, price = 0.002 }, \
                 { up_to = \"unlimited\", price = 0.0008 }]";
    for (counter, units, amount) in
        [("outside", 300, "0.7"), ("inside", 300, "0.4"), ("outside", 1_500, "2.62"), ("inside", 1_500, "2.2")]
    {
        let book = format!("free = [{{ id = \"f\", meter = \"m\", units = 100, counter = {counter:?} }}]");
        let lines = play(&world(1, &book, meter, ""), "s", &by_day(&[units], 1));
        assert_eq!(amounts(&lines, 1), decimals(&[amount]));
        // By month: before counts the free ones of earlier days, and the rest of the day comes on top of them.
        let month = format!("{meter}\ncounter = \"month\"");
        let lines = play(&world(2, &book, &month, ""), "s", &by_day(&[60, units - 60], 2));
        assert_eq!(amounts(&lines, 2), decimals(&["0", amount]), "{counter}");
    }
}

#[test]
fn rounding_by_month() {
    // 30 s a day: 1 minute, then 0, then 1 (90 s), then 0; February starts again.
    let meter = "raw_per_unit = 60\nrounding = \"month\"\npricing = \"flat\"\nprice = 1";
    let lines = play(&world(33, "", meter, ""), "s", &by_day(&[30; 33], 33));
    assert_eq!(amounts(&lines, 4), decimals(&["1", "0", "1", "0"]));
    // 31 × 30 = 930 s in January are 15.5 minutes: day 30 begins a minute, day 31 (02-01) as well.
    assert_eq!(amounts(&lines, 33)[30..], decimals(&["1", "1", "0"]));
}

#[test]
fn a_free_quota_over_several_meters() {
    // 10 minutes a month over two meters, drawn in the order of use and, in a slot, as listed. Day 0: 4 of "b" in the first slot;
    // then 5 of "a" and 3 of "b" in one slot: 5 and 1 are free, 2 of "b" are paid. Billed on 02-01.
    let book = r#"bill_every = "month"
free = [{ id = "shared", meters = ["a", "m"], units = 10, each = "month" }]
[[books.p.meters]]
id = "a"
raw_per_unit = 60
pricing = "flat"
price = 0.5"#;
    let text = world(32, book, "raw_per_unit = 60\npricing = \"flat\"\nprice = 0.25", "");
    let mut facts = by_day(&[], 32);
    let (a, m) = (("p".to_string(), "a".to_string()), ("p".to_string(), "m".to_string()));
    facts.demand.insert(a.clone(), vec![0; 32]);
    facts.pieces.insert(m, vec![(0, 0, 300, 240), (0, 600, 900, 180)]);
    facts.pieces.insert(a, vec![(0, 600, 900, 300)]);
    let lines = play(&text, "s", &facts);
    assert_eq!(field(&lines, "day_closed p meter=a day=0 ", "free"), "5");
    assert_eq!(field(&lines, "day_closed p meter=m day=0 ", "free"), "5");
    assert_eq!(field(&lines, "day_closed p meter=m day=0 ", "billable"), "2");
    assert_eq!(field(&lines, "bill_issued p day=30 ", "amount"), "0.50000000");
    assert_eq!(
        only(&lines, &["quota_granted", "quota_ended"]),
        [
            "0 quota_granted p free=shared units=10".to_string(),
            format!("{} quota_granted p free=shared units=10", 31 * DAY)
        ]
    );
}
