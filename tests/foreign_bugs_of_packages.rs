//! Bugs that other billing systems had with packages, credits, calendars and overdue accounts; those of day counters and plain
//! quotas are in foreign_bugs.rs. The test names the project and what went wrong there.
//!
//! Where nothing else is said a shop sells at 0.01 a call, opened at 00:00:00 of 2026-01-01, and has 288 calls a day: one in each slot
//! of five minutes, at its end.

mod support;
#[path = "support/told.rs"]
mod told;

use billsim::rules::Event;
use told::Told;

const SHOP: &str = r#"
start = 2026-01-01
days = 30

[books.shop]
opens = "application"

[[books.shop.meters]]
id = "m"
pricing = "flat"
price = 0.01

[[segments]]
id = "s"
accounts = 1
opening_balance = 1000
products.shop = { demand = { kind = "constant", units = 288 } }
"#;

/// Packages of any size at 0.01 a unit, and further keys.
fn packages(keys: &str) -> String {
    format!("books.shop.packages={{ ratio = {{ m = 1 }}, bands = [{{ below = \"unlimited\", price = 0.01 }}]{keys} }}")
}

/// A ledger of purchases, from (date and time, units).
fn buys(purchases: &[(&str, u64)]) -> String {
    let entry = |(at, units): &(&str, u64)| {
        format!("{{ at = {at}, kind = \"purchase\", product = \"shop\", units = {units} }}")
    };
    format!("segments.s.ledger=[{}]", purchases.iter().map(entry).collect::<Vec<_>>().join(", "))
}

fn listed(units: &[u64]) -> String {
    format!("segments.s.products.shop.demand={{ kind = \"listed\", units = {units:?} }}")
}

/// A meter in place of the flat one.
fn meter(keys: &str) -> String {
    format!("books.shop.meters=[{{ id = \"m\", {keys} }}]")
}

fn tell(set: &[&str]) -> Told {
    Told::of(SHOP, set)
}

/// Units covered and billed on a day.
fn split(told: &Told, day: usize) -> (u64, u64) {
    (told.usage(day).package, told.usage(day).billable)
}

/// Instants and rests of allowances that ended.
fn ended(told: &Told) -> Vec<(String, u64)> {
    let left = told.events.iter().filter_map(|(_, event)| match event {
        Event::AllowanceEnded { left, .. } => Some(*left),
        _ => None,
    });
    told.when("allowance_ended").into_iter().zip(left).collect()
}

/// A package there was never begun, or never ended.
#[test]
fn ukama_1031_a_package_starts_and_ends_though_nobody_calls() {
    let buy = buys(&[("2026-01-10T12:00:00", 100)]);
    let told = tell(&[&packages(", valid = \"10d\""), &buy, &listed(&[0])]);
    assert_eq!(told.when("package_effective"), ["9 12:05:00"]);
    assert_eq!(ended(&told), [("19 12:00:00".to_owned(), 100)]);
    // Counted from its effect it may be shorter than the time until then.
    let brief = tell(&[&packages(", valid = \"60s\", valid_from = \"effect\""), &buy, &listed(&[0])]);
    assert_eq!(ended(&brief), [("9 12:06:00".to_owned(), 100)]);
    // Its last second still uses it, the next does not: one day from 00:00:00 covers the 288 calls of that day.
    let day = tell(&[&packages(", valid = \"1d\""), &buys(&[("2026-01-01", 1_000)]), "days=2"]);
    assert_eq!((split(&day, 0), split(&day, 1)), ((288, 0), (0, 288)));
    assert_eq!(ended(&day), [("1 00:00:00".to_owned(), 712)]);
}

/// What was used of the old period, or of the old package, was still counted in the new one.
#[test]
fn ukama_1660_no_counter_is_kept_at_rollover() {
    // 60 a day from 30 January on, 100 at 1 and the rest at 0.5, by the month: 60; 40 + 20 × 0.5; in February 60 again.
    let tiers = "pricing = \"graduated\", tiers = [{ up_to = 100, price = 1 }, { up_to = \"unlimited\", price = 0.5 }]";
    let by_month = meter(&format!("{tiers}, counter = \"month\""));
    let told = tell(&["start=2026-01-30", &by_month, &listed(&[60, 60, 60]), "days=3"]);
    assert_eq!([0, 1, 2].map(|day| told.amount(day)), ["60.00", "50.00", "60.00"]);
    // 90 s on 31 January are 2 minutes; 20 s on 1 February are a new one, although 110 s would be 2.
    let minutes = meter("pricing = \"flat\", price = 1, raw_per_unit = 60, rounding = \"month\"");
    let told = tell(&["start=2026-01-31", &minutes, &listed(&[90, 20]), "days=2"]);
    assert_eq!([0, 1].map(|day| told.usage(day).counted), [2, 1]);
    // The second package is whole, whatever the first has given: 288 of 288 each day.
    let buys = buys(&[("2026-01-01", 288), ("2026-01-02", 288)]);
    let told = tell(&[&packages(""), &buys, "days=3"]);
    assert_eq!([0, 1, 2].map(|day| split(&told, day)), [(288, 0), (288, 0), (0, 288)]);
}

/// The grant had expired when the bill was made, and so it covered nothing of it.
#[test]
fn flexprice_2818_a_package_counts_for_the_bill_of_the_month_in_which_it_was_valid() {
    let mut units = [0; 15];
    (units[2], units[9], units[14]) = (700, 300, 100);
    let month = "books.shop.bill_every=month";
    let told =
        tell(&[month, &packages(", valid = \"10d\""), &buys(&[("2026-01-01", 5_000)]), &listed(&units), "days=40"]);
    // 1 000 calls up to 10 January are covered; the 100 of the 15th cost 1.00. Billed three weeks after the package ended.
    assert_eq!(ended(&told), [("10 00:00:00".to_owned(), 4_000)]);
    assert_eq!(told.when("bill_issued"), ["31 08:00:00"]);
    assert_eq!(told.dues(), ["1.00"]);
}

/// The whole day was billed at the list price, or none of it.
#[test]
fn dbt_snowflake_monitoring_60_the_day_a_package_runs_out_is_priced_in_two_parts() {
    let set = [&packages("") as &str, &buys(&[("2026-01-01", 250)]), &listed(&[200, 200, 200]), "days=3"];
    let told = tell(&set);
    // 200 covered; 50 covered and 150 × 0.01; 200 × 0.01.
    assert_eq!([0, 1, 2].map(|day| split(&told, day)), [(200, 0), (50, 150), (0, 200)]);
    assert_eq!([0, 1, 2].map(|day| told.amount(day)), ["0.00", "1.50", "2.00"]);
    // Covered units take no place in the tiers: 100 × 0.005 + 50 × 0.002; 100 × 0.005 + 100 × 0.002.
    let tiers =
        "pricing = \"graduated\", tiers = [{ up_to = 100, price = 0.005 }, { up_to = \"unlimited\", price = 0.002 }]";
    let tiered = tell(&[&[meter(tiers).as_str()], &set[..]].concat());
    assert_eq!([0, 1, 2].map(|day| tiered.amount(day)), ["0.00", "0.60", "0.70"]);
    // And with the switch off there is no gap: it goes on by itself, the rest of the slot is billed, and all after it.
    let switched = tell(&[&set[..], &["books.shop.pay_as_you_go=switch"]].concat());
    assert_eq!([0, 1, 2].map(|day| switched.amount(day)), ["0.00", "1.50", "2.00"]);
    assert_eq!((switched.when("pay_as_you_go"), switched.when("suspended").len()), (vec!["1 06:00:00".to_owned()], 0));
}

/// What went over one grant was taken from the next, and billed as well.
#[test]
fn pierreb_devkit_node_3931_what_overflows_a_package_is_counted_once() {
    // A day of 1 000 calls: 300 of the trial, 400 units of a package at three each, 133 calls, leave 567.
    let of_three = packages("").replace("{ m = 1 }", "{ m = 3 }");
    let trial = "books.shop.trial={ units = 300 }";
    let told = tell(&[&of_three, trial, &buys(&[("2026-01-01", 400)]), &listed(&[1_000]), "days=2"]);
    let usage = told.usage(0);
    assert_eq!((usage.counted, usage.package, usage.billable), (1_000, 433, 567));
    assert_eq!(told.amount(0), "5.67");
    let given = told.events.iter().filter_map(|(_, event)| match *event {
        Event::Covered { number, units, given, .. } => Some((number, units, given)),
        _ => None,
    });
    assert_eq!(given.collect::<Vec<_>>(), [(0, 300, 300), (1, 133, 399)]);
    // A package for 4.00 and a bill of 5.67.
    assert_eq!(told.balance(), "990.33");
}

/// A bound was in the period before it and in the one after it.
#[test]
fn openmeter_1408_a_slot_belongs_to_the_package_that_was_in_effect_at_its_end() {
    // In effect at 00:05:00, when the first slot ends, and over at 00:10:00, when the second does: two calls, and the third is billed.
    let told = tell(&[&packages(", valid = \"10m\""), &buys(&[("2026-01-01", 100)]), "days=1"]);
    assert_eq!(split(&told, 0), (2, 286));
    assert_eq!(ended(&told), [("0 00:10:00".to_owned(), 98)]);
    // In effect at the midnight of the offset it takes nothing of the day that ends: paid at 23:55:00 of day 0, for all of day 1.
    let night = tell(&[&packages(""), &buys(&[("2026-01-01T23:55:00", 1_000)]), "days=2"]);
    assert_eq!((split(&night, 0).1, split(&night, 1).0), (288, 288));
}

/// Usage, credits and bills each had a calendar of their own.
#[test]
fn monize_1281_counter_rounding_quota_package_and_bill_have_one_calendar() {
    let two = "books.shop.meters=[{ id = \"m\", raw_per_unit = 60, rounding = \"month\", counter = \"month\", pricing = \"graduated\", \
               tiers = [{ up_to = 10, price = 1 }, { up_to = \"unlimited\", price = 0.5 }] }, { id = \"n\", pricing = \"flat\", price = 1 }]";
    let free = "books.shop.free=[{ id = \"q\", meters = [\"m\", \"n\"], units = 5, each = \"month\" }]";
    let set = ["start=2026-01-31", "books.shop.bill_every=month", two, free, "segments.s.products.shop.mix={ m = 1 }"];
    // Two and a half and seventeen minutes and a half before midnight make 20 minutes; half a minute after it is the first of February.
    let told = tell(&[&set[..], &[&listed(&[1_200, 30]), "days=40"]].concat());
    assert_eq!(told.when("quota_granted")[..2], ["0 00:00:00", "1 00:00:00"]);
    assert_eq!([0, 1].map(|day| (told.usage(day).free, told.usage(day).billable)), [(5, 15), (1, 0)]);
    // 10 × 1 + 5 × 0.5, billed on the first of February although its window is in February; nothing is left for March.
    assert_eq!(told.bills(), [(0, "12.50".into(), "12.50".into(), "0.00".into())]);
    assert_eq!(told.when("bill_issued"), ["1 08:00:00"]);
}

/// A quantity of 99.5 lay between the tiers (…, 99] and [100, …), and was billed at 0.
#[test]
fn lago_api_1699_and_meteroid_a_part_of_a_unit_is_a_unit_of_its_tier() {
    let tiers = "raw_per_unit = 2, tiers = [{ up_to = 99, price = 1 }, { up_to = \"unlimited\", price = 0.5 }]";
    // 198 halves are 99 units; 199 are 99.5, rounded up to 100.
    let of = |pricing: &str| {
        let told =
            tell(&[&meter(&format!("pricing = \"{pricing}\", {tiers}")), &listed(&[198, 199, 200, 201]), "days=4"]);
        [0, 1, 2, 3].map(|day| told.amount(day))
    };
    assert_eq!(of("volume"), ["99.00", "50.00", "50.00", "50.50"]);
    assert_eq!(of("graduated"), ["99.00", "99.50", "99.50", "100.00"]);
}

/// Each increment was rounded up: a second of use in each slot became a minute each.
#[test]
fn cgrates_118_seconds_are_rounded_up_once_a_day_and_not_once_a_slot() {
    let minutes = meter("pricing = \"flat\", price = 1, raw_per_unit = 60");
    // 288 s, one in each slot, are 4.8 minutes; and a package is drawn from by the rise of that number.
    assert_eq!(tell(&[&minutes, "days=1"]).usage(0).billable, 5);
    let covered = tell(&[&minutes, &packages(""), &buys(&[("2026-01-01", 100)]), "days=1"]);
    assert_eq!(split(&covered, 0), (5, 0));
}

/// More was given away than was used, and the difference came back as money.
#[test]
fn lago_api_209_a_package_larger_than_the_use_makes_no_negative_amount() {
    let told = tell(&[&packages(""), &buys(&[("2026-01-01", 10_000)]), &listed(&[30, 0, 70]), "days=4"]);
    assert_eq!([0, 1, 2, 3].map(|day| told.amount(day)), ["0.00"; 4]);
    assert_eq!((told.bills().len(), told.balance()), (0, "900.00".to_owned())); // 1 000 − 100
}

/// The check that came late found the account already in its last state, and what should have come between never happened.
#[test]
fn killbill_2297_and_duly_89_a_package_ends_and_is_judged_while_the_account_is_overdue() {
    let set = [
        &packages(", valid = \"5d\"").replace("price = 0.01", "price = 0") as &str,
        &buys(&[("2026-01-01T01:00:00", 100), ("2026-01-10", 100)]),
        &listed(&[0]),
        "segments.s.opening_balance=-1",
        "account.purchase_in_arrears=allowed",
        "books.shop.pay_as_you_go=switch",
        "books.shop.grace=2d",
        "books.shop.wipe_after=10d",
        "account.write_off_after=20d",
    ];
    let told = tell(&set);
    // Without an allowance the first slot suspends at 00:05:00, the package lifts it at 01:05:00, two days of grace end on day 2.
    let suspensions = told.events.iter().filter_map(|(_, event)| match event {
        Event::Suspended { reason, .. } => Some(format!("{reason:?}")),
        _ => None,
    });
    assert_eq!(suspensions.collect::<Vec<_>>(), ["Ended", "Arrears"]);
    assert_eq!(told.when("suspended"), ["0 00:05:00", "2 00:00:00"]);
    assert_eq!(told.when("resumed"), ["0 01:05:00"]);
    // It ends at its time although suspended, and the switch goes on by itself; the second is wiped ten days after the suspension.
    assert_eq!(told.when("pay_as_you_go"), ["5 01:00:00"]);
    assert_eq!(ended(&told), [("5 01:00:00".to_owned(), 100), ("12 00:00:00".to_owned(), 100)]);
    assert_eq!(told.when("debt_marked"), ["20 00:00:00"]);
}

/// Customers who buy, run out, are suspended and switch on.
const CROWD: &str = r#"
start = 2026-01-01
days = 60
seed = 5

[books.trtc]
file = "books/trtc.toml"

[[segments]]
id = "s"
accounts = 100
opening_balance = 30
payer = { kind = "after_delay", median = "1d", cv = 1.0, extra = 20 }

[segments.products.trtc]
profile = "evening"
mix = { audio = 0.2, sd = 0.3, hd = 0.4, fhd = 0.1 }
add_ons = { rec_hd = 0.5 }
buyer = { share = 0.6, covers = "7d" }
switcher = { share = 0.5 }
demand = { kind = "random", size = { kind = "lognormal", median = 30_000, cv = 1 }, session = { mean = 900 } }
"#;

/// The final date decided intermediate steps: a longer run had other first weeks.
#[test]
fn unibee_no_package_ends_as_of_the_final_date() {
    let short = ["days=23", "books.trtc.trial.valid=9d", "books.trtc.packages.valid=11d"];
    let (long, short) = (support::plan_with(CROWD, &short[1..]), support::plan_with(CROWD, &short));
    let end = short.calendar.end();
    let common = |plan: &billsim::plan::Plan, index: u64| -> Vec<(i64, Event)> {
        let mut events = support::story(plan, 0, index).0.0;
        // At its end a run only closes the day.
        let closes = |event: &Event| matches!(event, Event::DayClosed { .. } | Event::Covered { .. });
        events.retain(|(at, event)| *at < end || *at == end && closes(event));
        events
    };
    let mut seen = std::collections::BTreeSet::new();
    for index in 0..100 {
        let events = common(&short, index);
        seen.extend(events.iter().map(|(_, event)| event.kind()));
        assert_eq!(common(&long, index), events, "account {index}");
    }
    for kind in ["purchased", "allowance_ended", "pay_as_you_go", "suspended", "resumed"] {
        assert!(seen.contains(kind), "the crowd gets into every trouble, but not into {kind}");
    }
}
