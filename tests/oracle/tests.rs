//! The oracle's own checks: published values, hand-worked accounts, and the invariance of splitting.

use super::day::{DayDemand, Piece};
use super::profile::Profile;
use super::reader::decimal;
use super::tariff::{Prices, Tier};
use super::*;

const CAPTCHA: &str = r#"
[books.captcha]
requires_integration = true
rate_limit = { calls = 1_000, each = "second" }
[[books.captcha.free]]
id = "trial"
meter = "verification"
units = 100
[[books.captcha.meters]]
id = "verification"
unit = "verification"
pricing = "graduated"
tiers = [
  { up_to = 100, price = 0.005 }, { up_to = 1_000, price = 0.002 },
  { up_to = 10_000, price = 0.0008 }, { up_to = 100_000, price = 0.0002 },
  { up_to = 1_000_000, price = 0.0001 }, { up_to = "unlimited", price = 0.00005 },
]
"#;

/// A scenario of one segment "s" with the captcha book, `account` inside `[account]`.
pub fn world(days: i64, account: &str, segment: &str) -> String {
    format!(
        "days = {days}\n{CAPTCHA}\n[account]\n{account}\n[[segments]]\nid = \"s\"\n\
         products.captcha = {{}}\n{segment}\n"
    )
}

pub fn verification() -> (String, String) {
    ("captcha".to_string(), "verification".to_string())
}

pub fn wanted_on(day: i64) -> (String, String, i64) {
    ("captcha".to_string(), "verification".to_string(), day)
}

pub fn every_day(units: u64, days: i64) -> Facts {
    let demand = vec![units; days as usize];
    Facts { demand: BTreeMap::from([(verification(), demand)]), ..Facts::default() }
}

pub fn paying(units: u64, days: i64, payments: &[(i64, &str)]) -> Facts {
    let mut facts = every_day(units, days);
    for (second, amount) in payments {
        facts.payments.push((*second, None, decimal(amount)));
    }
    facts
}

/// The lines whose kind is one of these words, in order.
pub fn only(lines: &[String], kinds: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines {
        let kind = line.split(' ').nth(1).expect("a line has a kind");
        if kinds.contains(&kind) {
            found.push(line.clone());
        }
    }
    found
}

/// The value of a field in the first line that has it and the words given.
pub fn field(lines: &[String], words: &str, name: &str) -> String {
    let line = lines.iter().find(|line| line.contains(words));
    let line = line.expect("there is such a line");
    let start = line.find(&format!(" {name}=")).expect("it has the field") + name.len() + 2;
    line[start..].split(' ').next().expect("a split has a first part").to_string()
}

pub const HOUR: i64 = 3_600;
const EIGHT: i64 = 8 * HOUR;

#[test]
fn published_values() {
    // RULES §1.
    let bounds = [100, 1_000, 10_000, 100_000, 1_000_000];
    let prices = ["0.005", "0.002", "0.0008", "0.0002", "0.0001", "0.00005"];
    let mut tiers = Vec::new();
    for (index, price) in prices.iter().enumerate() {
        let (up_to, price) = (bounds.get(index).copied(), decimal(price));
        tiers.push(Tier { up_to, price, fee: Decimal::ZERO, block: 1 });
    }
    let captcha = Prices { volume: false, tiers };
    for (units, cost) in [
        (0, "0"),
        (1, "0.005"),
        (99, "0.495"),
        (100, "0.5"),
        (101, "0.502"),
        (200, "0.7"),
        (1_000, "2.3"),
        (1_001, "2.3008"),
        (10_000, "9.5"),
        (10_001, "9.5002"),
        (100_001, "27.5001"),
        (1_000_001, "117.50005"),
        (2_000_000, "167.5"),
        (86_400_000, "4387.5"),
    ] {
        assert_eq!(captcha.cost(units), decimal(cost), "{units} units");
    }
}

#[test]
fn demand_inside_a_day_is_exact() {
    // RULES, "Demand inside a day": a case where binary floats lose a call.
    assert_eq!(Profile::flat().arrived(216, 13 * HOUR), 117);
    assert_eq!(Profile::flat().arrived(216, DAY), 216);

    // The per-second limit by slots, against one second after the other.
    let mut weights = vec![0; 288];
    for (slot, weight) in weights.iter_mut().enumerate() {
        *weight = (slot as u64 * 7) % 5;
    }
    let profile = Profile::new(weights);
    for (units, calls) in [(70_000, 1), (200_000, 3), (1_000_003, 11), (999, 0)] {
        let (from, to) = (4_321, 70_001);
        let mut passed = 0;
        for second in from..to {
            passed += profile.between(units, second, second + 1).min(calls);
        }
        let day = DayDemand { profile: &profile, potential: 0, wanted: units, pieces: vec![] };
        assert_eq!(day.within_second_limit(calls, from, to), passed);
    }

    // The same with pieces, one of them of a single second and two that overlap.
    let mut pieces = Vec::new();
    for (from, to, units) in [(4_000, 9_001, 17_777), (7_003, 30_000, 50_001), (50_000, 50_001, 9)] {
        pieces.push(Piece { from, to, units });
    }
    let day = DayDemand { profile: &profile, potential: 0, wanted: 200_000, pieces };
    for calls in 0..14 {
        let (from, to) = (4_321, 70_001);
        let mut passed = 0;
        for second in from..to {
            passed += day.wanted_between(second, second + 1).min(calls);
        }
        assert_eq!(day.within_second_limit(calls, from, to), passed);
    }
}

#[test]
fn an_account_that_never_pays() {
    // 200 a day, 2.00 at first: 0.50, then 0.70 a day; below zero with the bill of day 3.
    let lines = play(&world(14, "", "opening_balance = 2"), "s", &every_day(200, 14));
    let clock = 4 * DAY + EIGHT;
    let deadline = clock + 168 * HOUR;
    assert_eq!(
        only(&lines, &["arrears_started", "suspended", "resumed", "arrears_cleared"]),
        [
            format!("{clock} arrears_started clock={clock} debt=0.60000000"),
            format!("{deadline} suspended captcha reason=arrears"),
        ]
    );
    // Day 11 is served until 08:00: floor(200 / 3) = 66 calls, billed on day 12 as the last bill.
    assert_eq!(deadline, 11 * DAY + EIGHT);
    let deductions = only(&lines, &["deducted"]);
    assert_eq!(
        deductions.last().expect("there are bills"),
        &format!("{} deducted captcha day=11 amount=0.33000000 balance=-5.83000000", 12 * DAY + EIGHT)
    );
    assert_eq!(
        only(&lines, &["day_closed"])[11],
        format!(
            "{} day_closed captcha meter=verification day=11 unmetered=0 potential=200 unintegrated=0 withheld=0 stopped=0 \
             churned=0 offered=200 refused=134 blocked=134 unprotected=0 retried=0 served=66 counted=66 free=0 package=0 written_off=0 billable=66 \
             amount=0.33000000",
            12 * DAY
        )
    );
    assert_eq!(
        lines.last().expect("there is an end"),
        &format!(
            "{} closed balance=-5.83000000 debt=5.83000000 carried=0.00000000 \
             unbilled=0.00000000 marked=0.00000000",
            14 * DAY
        )
    );
}

#[test]
fn a_top_up_at_the_deadline_must_cover_the_bill_of_that_instant() {
    let deadline = 11 * DAY + EIGHT; // as above; 4.80 are owed before the bill of 0.70
    let world = world(14, "", "opening_balance = 2");
    let kinds = ["arrears_cleared", "clock_set", "suspended", "resumed"];

    let lines = play(&world, "s", &paying(200, 14, &[(deadline, "4.80")]));
    assert_eq!(only(&lines, &kinds), [format!("{deadline} suspended captcha reason=arrears")]);

    let lines = play(&world, "s", &paying(200, 14, &[(deadline, "5.50")]));
    let clear = 12 * DAY + EIGHT; // then the next bill starts new arrears
    assert_eq!(only(&lines, &kinds), [format!("{deadline} arrears_cleared")]);
    assert_eq!(only(&lines, &["arrears_started"])[1], format!("{clear} arrears_started clock={clear} debt=0.70000000"));

    // Cleared a second late: suspended for that second.
    let lines = play(&world, "s", &paying(200, 14, &[(deadline + 1, "5.50")]));
    assert_eq!(
        only(&lines, &kinds),
        [
            format!("{deadline} suspended captcha reason=arrears"),
            format!("{} arrears_cleared", deadline + 1),
            format!("{} resumed captcha reason=arrears", deadline + 1),
        ]
    );
}

#[test]
fn fifo_pays_whole_bills_oldest_first() {
    let account = "settlement = \"fifo\"\ngrace_end = \"calendar\"\nresume_delay = \"1h\"";
    // Bills of 0.50, 0.70, 0.70, …; 1.00 pays the first, then they wait; at 20:00 of day 3
    // 0.50 + 0.50 pays the bill of day 1, so that the clock moves to the bill of day 2.
    let facts = paying(200, 14, &[(3 * DAY + 20 * HOUR, "0.50"), (12 * DAY, "20")]);
    let lines = play(&world(14, account, "opening_balance = 1"), "s", &facts);
    let kinds = ["arrears_started", "clock_set", "arrears_cleared", "suspended", "resumed", "top_up"];
    let (second_bill, third_bill) = (2 * DAY + EIGHT, 3 * DAY + EIGHT);
    assert_eq!(
        only(&lines, &kinds),
        [
            format!("{second_bill} arrears_started clock={second_bill} debt=0.70000000"),
            format!("{} top_up amount=0.50000000", 3 * DAY + 20 * HOUR),
            format!("{} clock_set clock={third_bill}", 3 * DAY + 20 * HOUR),
            format!("{} suspended captcha reason=arrears", 11 * DAY),
            format!("{} top_up amount=20.00000000", 12 * DAY),
            format!("{} arrears_cleared", 12 * DAY),
            format!("{} resumed captcha reason=arrears", 12 * DAY + HOUR),
        ]
    );
    assert_eq!(
        only(&lines, &["deducted"])[1],
        format!("{} deducted captcha day=1 amount=0.70000000 balance=0.30000000", 3 * DAY + 20 * HOUR)
    );
    assert_eq!(only(&lines, &["deducted"]).len(), 12); // days 0 to 10, and 12
}

#[test]
fn vouchers_pay_before_cash() {
    let ledger = r#"opening_balance = 10
ledger = [
  { at = 2026-01-01T00:00:00, kind = "voucher", amount = 5 },
  { at = 2026-01-01T00:00:00, kind = "voucher", amount = 0.3, expires = 2026-01-04T08:00:00 },
  { at = 2026-01-01T00:00:00, kind = "voucher", amount = "1", expires = 2026-01-06T00:00:00,
    from = 2026-01-02T08:00:01 },
]"#;
    // Day 0: number 1, which alone covers 0.50; number 3 is usable a second later.
    // Day 1: number 3, the sooner of two that cover 0.70.
    // Day 2: at this very instant number 2 is over; number 3 has 0.30, so number 1 pays it all.
    // With rests lost number 1 is gone with day 0 and number 3 with day 1.
    for (rest, by_voucher, expired) in [
        ("kept", ["0.5", "0.7", "0.7", "0.7"], vec!["2 amount=0.3", "3 amount=0.3"]),
        ("lost", ["0.5", "0.7", "0", "0"], vec!["2 amount=0.3"]),
    ] {
        let text = world(6, &format!("voucher_rest = {rest:?}"), ledger);
        let lines = play(&text, "s", &every_day(200, 6));
        for (day, amount) in by_voucher.iter().enumerate() {
            let paid = field(&lines, &format!("bill_issued captcha day={day} "), "voucher");
            assert_eq!(decimal(&paid), decimal(amount), "day {day}, rest {rest}");
        }
        let instants = [3 * DAY + EIGHT, 5 * DAY];
        let mut wanted = Vec::new();
        for (instant, what) in instants.iter().zip(expired) {
            wanted.push(format!("{instant} voucher_expired number={what}0000000"));
        }
        assert_eq!(only(&lines, &["voucher_expired"]), wanted);
    }
}

#[test]
fn one_call_a_day_under_every_rounding() {
    // RULES §2: 0.005 a day, ten bills, no free units.
    for (rounding, deducted, carried) in [
        ("half_up", "0.10", "0"),
        ("truncate", "0", "0"),
        ("ceil", "0.10", "0"),
        ("half_even", "0", "0"),
        ("none", "0.05", "0"),
        ("carry", "0.05", "0"),
    ] {
        let text = world(11, &format!("rounding = \"{rounding}\""), "opening_balance = 1");
        let text = text.replace("units = 100\n", "units = 0\n");
        let lines = play(&text, "s", &every_day(1, 11));
        let balance = decimal(&field(&lines, " closed ", "balance"));
        assert_eq!(decimal("1") - balance, decimal(deducted), "{rounding}");
        assert_eq!(decimal(&field(&lines, " closed ", "carried")), decimal(carried));
        assert_eq!(field(&lines, " closed ", "unbilled"), "0.00500000");
    }
}

#[test]
fn retried_demand_comes_in_the_second_of_the_resume() {
    let account = "while_suspended = \"retried\"";
    let text = world(14, account, "opening_balance = 2");
    // Suspended at 11 d 08:00 with 200 a day; 1 000 a second would let all come.
    let text = text.replace("calls = 1_000", "calls = 20");
    let resume = 12 * DAY + 18 * HOUR;
    let lines = play(&text, "s", &paying(200, 14, &[(resume, "50")]));
    assert_eq!(field(&lines, "day_closed captcha meter=verification day=11 ", "refused"), "134");
    assert_eq!(field(&lines, "day_closed captcha meter=verification day=12 ", "refused"), "150");
    assert_eq!(field(&lines, "day_closed captcha meter=verification day=12 ", "retried"), "20");
    assert_eq!(field(&lines, "day_closed captcha meter=verification day=12 ", "served"), "70");
}

#[test]
fn unknown_keys_are_ignored() {
    let segment = "opening_balance = 2\npayments = { anything = 1 }\nchurn = { anything = 1 }\npayer = 3";
    let product = "captcha = { bursts = { anything = 1 }, elasticity = -1.5, demand = 7 }";
    let text = world(14, "", segment).replace("captcha = {}", product);
    let text = format!("reference_books = {{ anything = 1 }}\nreplications = 9\n{text}");
    let plain = play(&world(14, "", "opening_balance = 2"), "s", &every_day(200, 14));
    assert_eq!(play(&text, "s", &every_day(200, 14)), plain);
}

#[test]
fn splitting_the_time_changes_nothing() {
    // Every second an instant: each unit is judged in its own second, as the rules say it.
    let account = "while_suspended = \"retried\"\ndebt_cap = 3";
    let segment = "opening_balance = 1\n\
        ledger = [{ at = 2026-01-02T21:04:17, kind = \"top_up\", amount = 30 }]";
    let product = r#"{ profile = "waves", activation_after = "7777s", integration_after = "2h" }"#;
    let weights: Vec<u64> = (0..288).map(|slot| slot % 9).collect();
    let every_second: BTreeSet<i64> = (0..3 * DAY).collect();
    for each in ["second", "slot"] {
        let text = world(3, account, segment)
            .replace("captcha = {}", &format!("captcha = {product}"))
            .replace("calls = 1_000", "calls = 2")
            .replace("each = \"second\"", &format!("each = {each:?}"))
            .replace("rate_limit", "counted = \"passed\"\npass_share = 0.937\nrate_limit");
        let text = format!("{text}\n[profiles.waves]\nweights = {weights:?}");
        let facts = every_day(170_003, 3);
        let lines = play(&text, "s", &facts);
        assert_eq!(lines, play_with(&text, "s", &facts, &every_second));
        let service = ["activated", "integrated", "suspended", "resumed"];
        assert_eq!(only(&lines, &service).len(), 5, "suspended twice: {lines:#?}");

        // The same with pieces, a price response and a customer who leaves.
        let pieces = vec![(0, 5_000, 41_234, 77_777), (1, 70_000, 71_003, 2_500), (2, 10, 11, 30)];
        let mut facts = Facts { leaves: Some(2 * DAY + 54_321), ..facts };
        facts.pieces.insert(verification(), pieces);
        for (day, wanted) in [(0, 150_001), (1, 222_221)] {
            facts.wanted.insert(wanted_on(day), wanted);
        }
        for traffic in ["goes_on", "stops"] {
            let traffic = format!("suspended_traffic = {traffic:?}\nopening_balance");
            let text = text.replace("opening_balance", &traffic);
            assert_eq!(play(&text, "s", &facts), play_with(&text, "s", &facts, &every_second));
        }
    }
}
