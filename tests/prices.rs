//! The published captcha prices, each exact value of RULES §1, through the real book: tariff, played days and bills.

mod support;
#[path = "support/told.rs"]
mod told;

use billsim::book::Tier;
use billsim::rules::{Tariff, Terms};
use billsim::units::Money;
use proptest::prelude::*;
use told::{SHOP, Told, constant, listed};

/// The vendor's list: units of one day and what they cost together.
/// A tier's own cost: 100 × 0.005 = 0.5; 900 × 0.002 = 1.8; 9 000 × 0.0008 = 7.2; 90 000 × 0.0002 = 18;
/// 900 000 × 0.0001 = 90; so the bounds stand at 0.5, 2.3, 9.5, 27.5, 117.5.
const PRICES: [(u64, &str); 28] = [
    (0, "0"),
    (1, "0.005"),
    (99, "0.495"),  // 99 × 0.005
    (100, "0.5"),   // the bound belongs to the lower tier
    (101, "0.502"), // 0.5 + 1 × 0.002
    (200, "0.7"),   // the vendor's own example: 0.5 + 100 × 0.002
    (999, "2.298"), // 0.5 + 899 × 0.002
    (1_000, "2.3"),
    (1_001, "2.3008"), // 2.3 + 1 × 0.0008
    (9_999, "9.4992"), // 2.3 + 8 999 × 0.0008
    (10_000, "9.5"),
    (10_001, "9.5002"),  // 9.5 + 1 × 0.0002
    (99_999, "27.4998"), // 9.5 + 89 999 × 0.0002
    (100_000, "27.5"),
    (100_001, "27.5001"),  // 27.5 + 1 × 0.0001
    (999_999, "117.4999"), // 27.5 + 899 999 × 0.0001
    (1_000_000, "117.5"),
    (1_000_001, "117.50005"), // 117.5 + 1 × 0.00005
    (2_000_000, "167.5"),     // 117.5 + 1 000 000 × 0.00005 = 117.5 + 50
    (86_400_000, "4387.5"),   // 117.5 + 85 400 000 × 0.00005 = 117.5 + 4 270
    (300, "0.9"),             // 0.5 + 200 × 0.002
    (1_400, "2.62"),          // 2.3 + 400 × 0.0008
    (1_500, "2.7"),           // 2.3 + 500 × 0.0008
    (5_000, "5.5"),           // 2.3 + 4 000 × 0.0008
    (50_000, "17.5"),         // 9.5 + 40 000 × 0.0002
    (500_000, "67.5"),        // 27.5 + 400 000 × 0.0001
    (5_000_000, "317.5"),     // 117.5 + 4 000 000 × 0.00005
    (50_000_000, "2567.5"),   // 117.5 + 49 000 000 × 0.00005
];

fn money(text: &str) -> Money {
    Money::parse(text).expect("an amount written in this file")
}

/// The tariff of the one meter of a scenario.
fn tariff_of(scenario: &str) -> Tariff {
    Terms::new(&support::plan(scenario)).products.remove(0).lists.remove(0).meters.remove(0).remove(0).tariff
}

/// The tariff of the real book.
fn captcha() -> Tariff {
    tariff_of(SHOP)
}

#[test]
fn every_published_value_by_the_tariff() {
    let tariff = captcha();
    for (units, cost) in PRICES {
        assert_eq!(tariff.cost(units), Ok(money(cost)), "{units}");
    }
}

/// 86 400 000 a day is exactly 1 000 a second, so even that fits the limit when it comes evenly.
#[test]
fn every_published_value_by_a_played_day_and_its_bill() {
    let units: Vec<u64> = PRICES.iter().map(|(units, _)| *units).collect();
    let days = format!("days={}", units.len() + 1);
    let told = Told::shop(&[&listed(&units), &days, "account.rounding=none", "segments.s.opening_balance=100000"]);
    let bills = told.bills();
    for (day, (units, cost)) in PRICES.into_iter().enumerate() {
        let usage = told.usage(day);
        assert_eq!((usage.served, usage.billable, usage.refused), (units, units, 0), "day {day}");
        assert_eq!(told.amount(day), money(cost).short(), "{units}");
        let bill = bills.iter().find(|bill| bill.0 == day).map(|bill| bill.1.clone());
        // A bill of exactly zero is not issued.
        assert_eq!(bill, (units > 0).then(|| money(cost).short()), "{units}");
    }
}

#[test]
fn one_call_a_second_more_than_the_limit_is_refused_and_costs_nothing() {
    // 86 486 400 = 86 400 × 1 001 come as 1 001 a second; 86 400 of them are refused.
    let told = Told::shop(&[&constant(86_486_400), "days=1"]);
    let usage = told.usage(0);
    assert_eq!((usage.served, usage.refused, told.amount(0)), (86_400_000, 86_400, "4387.50".into()));
}

/// Volume prices, 99 at 1 or any more at 0.5 and a fee of 3: all units are told in the tier that is reached, with what they add.
#[test]
fn volume_prices_in_tiers_and_lines() {
    let tariff = tariff_of(
        "start = 2026-01-01\ndays = 1\n[books.shop]\n[[books.shop.meters]]\nid = \"m\"\npricing = \"volume\"\n\
         tiers = [{ up_to = 99, price = 1 }, { up_to = \"unlimited\", price = 0.5, fee = 3 }]\n\
         [[segments]]\nid = \"s\"\naccounts = 1\n[segments.products.shop]\ndemand = { kind = \"constant\", units = 1 }\n",
    );
    let line = |after, units| {
        let lines = tariff.lines(after, units).expect("amounts fit");
        lines.into_iter().map(|line| (line.tier, line.units, line.amount.short())).collect::<Vec<_>>()
    };
    assert_eq!(tariff.quick(99), Some((0, money("99"))));
    assert_eq!(tariff.quick(100), Some((1, money("53"))));
    assert_eq!(line(0, 0), []);
    assert_eq!(line(40, 0), []);
    assert_eq!(line(0, 99), [(0, 99, "99.00".to_owned())]);
    assert_eq!(line(0, 100), [(1, 100, "53.00".to_owned())]); // 100 × 0.5 + 3
    assert_eq!(line(90, 10), [(1, 10, "-37.00".to_owned())]); // 53 − 90
    assert_eq!(line(100, 10), [(1, 10, "5.00".to_owned())]); // 58 − 53
}

#[test]
fn bounds_of_every_tier() {
    let tariff = captcha();
    assert_eq!(tariff.tiers(), 6);
    let prices = ["0.005", "0.002", "0.0008", "0.0002", "0.0001", "0.00005"];
    for tier in 0..6 {
        let (low, high) = tariff.bounds(tier);
        let step = |units: u64| {
            let after = tariff.cost(units + 1).expect("fits");
            after.minus(tariff.cost(units).expect("fits")).expect("fits")
        };
        // The first unit above the lower bound and the unit at the upper bound both cost this tier's price.
        assert_eq!(step(low), money(prices[tier]), "the unit after {low}");
        if let Some(high) = high {
            assert_eq!(step(high - 1), money(prices[tier]), "unit number {high}");
            assert_eq!(step(high), money(prices[tier + 1]), "the unit after {high}");
            // The bound itself is in the lower tier: a bill of it has no line of the next one.
            let lines = |units: u64| tariff.lines(0, units).expect("fits").len();
            assert_eq!((lines(high), lines(high + 1)), (tier + 1, tier + 2), "lines of {high}");
        }
        // A quantity of none has no line in any tier.
        assert_eq!(tariff.lines(low, 0).expect("fits"), []);
    }
}

#[test]
fn free_units_outside_and_inside_the_counter() {
    for (units, outside, inside) in [
        // 200 paid: places 1 to 200, 0.50 + 0.20; inside they are places 101 to 300: 200 × 0.002.
        (300, "0.70", "0.40"),
        // 1 400 paid: 2.30 + 400 × 0.0008; inside places 101 to 1 500: 1.80 + 500 × 0.0008.
        (1_500, "2.62", "2.20"),
        (100, "0.00", "0.00"),
        (101, "0.005", "0.002"), // one paid unit: place 1, or place 101
    ] {
        let day = |counter: &str| {
            let counter = format!("books.captcha.free.trial.counter={counter}");
            Told::of(SHOP, &[&constant(units), &counter, "days=1"]).amount(0)
        };
        assert_eq!((day("outside").as_str(), day("inside").as_str()), (outside, inside), "{units}");
    }
}

#[test]
fn two_hundred_a_day_cost_seventy_cents_issued_at_eight_the_next_morning_and_deducted() {
    let told = Told::shop(&["days=11", "segments.s.opening_balance=50"]);
    let mornings: Vec<String> = (1..11).map(|day| format!("{day} 08:00:00")).collect();
    assert_eq!((told.when("bill_issued"), told.when("deducted")), (mornings.clone(), mornings));
    assert_eq!(told.dues(), ["0.70"; 10]);
    assert_eq!(told.balance(), "43.00"); // 50 − 10 × 0.70
}

#[test]
fn one_call_a_day_for_ten_days() {
    // Each bill is 0.005; the bill of the tenth day is due on the eleventh.
    for (rounding, due, balance) in [
        ("half_up", vec!["0.01"; 10], "9.90"),
        ("truncate", vec!["0.00"; 10], "10.00"),
        // 0.005 kept, then 0.01 deducted, five times over.
        ("carry", ["0.00", "0.01"].repeat(5), "9.95"),
        ("none", vec!["0.005"; 10], "9.95"),
    ] {
        let rounding = format!("account.rounding={rounding}");
        let told = Told::shop(&[&constant(1), &rounding, "days=11", "segments.s.opening_balance=10"]);
        assert_eq!((told.dues(), told.balance()), (due.iter().map(|d| (*d).to_owned()).collect(), balance.to_owned()));
    }
}

/// Up to eight tiers of odd widths and prices.
fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    let tier = (1_u64..5_000, 0_i64..1_000_000);
    prop::collection::vec(tier, 1..8).prop_map(|drawn| {
        let last = drawn.len() - 1;
        let mut bound = 0;
        let tier = drawn.into_iter().enumerate().map(|(index, (width, price))| {
            bound += width;
            Tier::plain((index < last).then_some(bound), Money::from_units(price))
        });
        tier.collect()
    })
}

/// What the units cost one after the other: the definition, without any arithmetic of tiers.
fn one_by_one(tiers: &[Tier], units: u64) -> i64 {
    let price = |place: u64| {
        let tier = tiers.iter().find(|tier| tier.up_to.is_none_or(|up_to| place <= up_to));
        tier.expect("the last tier is open").price.units()
    };
    (1..=units).map(price).sum()
}

fn cost(tiers: &[Tier], units: u64) -> i64 {
    Tariff::new(tiers).cost(units).expect("small prices fit").units()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cost_is_the_sum_of_the_prices_of_its_places(tiers in tiers(), units in 0_u64..20_000) {
        prop_assert_eq!(cost(&tiers, units), one_by_one(&tiers, units));
    }

    #[test]
    fn cost_is_monotone_and_never_negative(tiers in tiers(), units in 0_u64..40_000, more in 0_u64..40_000) {
        prop_assert!(cost(&tiers, units) >= 0);
        prop_assert!(cost(&tiers, units + more) >= cost(&tiers, units));
    }

    #[test]
    fn cost_is_the_sum_of_its_lines(tiers in tiers(), after in 0_u64..20_000, units in 0_u64..20_000) {
        let tariff = Tariff::new(&tiers);
        let lines = tariff.lines(after, units).expect("fits");
        let amount: i64 = lines.iter().map(|line| line.amount.units()).sum();
        prop_assert_eq!(amount, tariff.cost_after(after, units).expect("fits").units());
        prop_assert_eq!(lines.iter().map(|line| line.units).sum::<u64>(), units);
    }

    #[test]
    fn a_day_in_parts_costs_the_same(tiers in tiers(), mut cuts in prop::collection::vec(0_u64..30_000, 2..8)) {
        cuts.sort_unstable();
        let tariff = Tariff::new(&tiers);
        let parts = cuts.windows(2).map(|cut| tariff.cost_after(cut[0], cut[1] - cut[0]).expect("fits").units());
        let whole = tariff.cost_after(cuts[0], cuts[cuts.len() - 1] - cuts[0]).expect("fits").units();
        prop_assert_eq!(parts.sum::<i64>(), whole);
    }

    #[test]
    fn cost_makes_no_jump_at_a_bound(tiers in tiers()) {
        let dearest = tiers.iter().map(|tier| tier.price.units()).max().expect("at least one tier");
        for bound in tiers.iter().filter_map(|tier| tier.up_to) {
            let around = [bound - 1, bound, bound + 1].map(|units| cost(&tiers, units));
            prop_assert!(around[1] - around[0] <= dearest && around[2] - around[1] <= dearest);
        }
    }

    #[test]
    fn a_higher_price_makes_no_bill_cheaper(tiers in tiers(), units in 0_u64..40_000, which: prop::sample::Index, more in 0_i64..10_000) {
        let mut dearer = tiers.clone();
        let tier = which.index(dearer.len());
        dearer[tier].price = Money::from_units(dearer[tier].price.units() + more);
        prop_assert!(cost(&dearer, units) >= cost(&tiers, units));
    }

    #[test]
    fn a_tier_cut_in_two_at_one_price_costs_exactly_the_same(tiers in tiers(), units in 0_u64..40_000, which: prop::sample::Index, at in 1_u64..5_000) {
        let index = which.index(tiers.len());
        let low = if index == 0 { 0 } else { tiers[index - 1].up_to.expect("only the last is open") };
        let cut = low + at;
        prop_assume!(tiers[index].up_to.is_none_or(|up_to| cut < up_to));
        let mut split = tiers.clone();
        split.insert(index, Tier::plain(Some(cut), tiers[index].price));
        prop_assert_eq!(cost(&split, units), cost(&tiers, units));
    }

    /// The engine may settle a day in as many pieces as it likes: integration at any second changes what is served, but
    /// the price is that of the served total, as if it had come at once.
    #[test]
    fn a_played_day_is_priced_by_its_total(units in 0_u64..200_000, second in 0_i64..86_400) {
        let integrated = format!("segments.s.products.captcha.integration_after={second}s");
        let told = Told::shop(&[&constant(units), &integrated, "days=1"]);
        let (usage, amount) = told.days()[0];
        prop_assert_eq!(usage.unintegrated + usage.served, units);
        prop_assert_eq!(Ok(amount), captcha().cost(usage.billable));
    }
}
