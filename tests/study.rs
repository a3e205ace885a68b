//! Experiments: plans over the same demand, paired account by account.

mod support;

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use billsim::plan::Plan;
use billsim::record::{Summary, Wanted, run};
use billsim::study::{Comparison, Metric, Pairs, Played, check_pairing, play, without_responses};
use support::plan_with;

const WORLD: &str = r#"
start = 2026-01-01
days = 40
[books.captcha]
file = "books/captcha.toml"
[reference_books.captcha]
file = "books/captcha.toml"
[[segments]]
id = "shops"
accounts = 300
opening_balance = 5
payer = { kind = "after_delay", to = "notice", median = "3d", cv = 1.0 }
non_payers = 0.2
churn = { suspended_day = 0.05 }
[segments.products.captcha]
elasticity = -0.5
demand = { kind = "random", size = { kind = "lognormal", median = 300, cv = 3 } }
"#;

/// The first tier split in two at its price: the same prices in other words.
const SPLIT: &str = "books.captcha.meters.verification.tiers=[{ up_to = 50, price = 0.005 }, { up_to = 100, price = 0.005 }, \
                     { up_to = 1_000, price = 0.002 }, { up_to = 10_000, price = 0.0008 }, { up_to = 100_000, price = 0.0002 }, \
                     { up_to = 1_000_000, price = 0.0001 }, { up_to = \"unlimited\", price = 0.00005 }]";
const CHEAPER: &str = "books.captcha.meters.verification.tiers.1.price=0.0018";

fn played(plans: &[Plan], threads: usize) -> Played {
    play::<Infallible>(plans, 0, threads, &AtomicBool::new(false), |_, _| Ok(())).expect("amounts fit")
}

fn alone(plan: &Plan) -> Summary {
    run::<Infallible>(plan, 0, Wanted::default(), 1, &AtomicBool::new(false), |_, _| Ok(())).expect("amounts fit")
}

fn whole(pairs: &[Pairs]) -> Pairs {
    let mut whole = Pairs::default();
    pairs.iter().for_each(|part| whole.add(part));
    whole
}

/// A variant of a comparison is the run of that variant, to the byte, whichever trace it was played over and on however many threads.
#[test]
fn a_variant_is_its_own_run() {
    let longer = "segments.shops.products.captcha.demand.size.median=310";
    let plans = [plan_with(WORLD, &[]), plan_with(WORLD, &[CHEAPER]), plan_with(WORLD, &[longer])];
    assert!(plans[0].asks_for_the_same(&plans[1]) && !plans[0].asks_for_the_same(&plans[2]));
    let (one, two) = (played(&plans, 1), played(&plans, 2));
    assert_eq!((&one.summaries, &one.pairs), (&two.summaries, &two.pairs));
    for (plan, summary) in plans.iter().zip(&one.summaries) {
        assert_eq!(summary, &alone(plan));
    }
}

/// Two books that say the same: every difference is exactly zero.
#[test]
fn a_tier_split_in_two_at_one_price_changes_nothing() {
    let plans = [plan_with(WORLD, &[]), plan_with(WORLD, &[SPLIT])];
    assert_ne!(plans[0].hash, plans[1].hash);
    let played = played(&plans, 2);
    let pairs = whole(&played.pairs[0]);
    assert_eq!((pairs.whole.accounts, pairs.same), (300, 300));
    assert_eq!(pairs.whole.before, pairs.whole.after);
    for (one, other) in played.summaries[0].segments.iter().zip(&played.summaries[1].segments) {
        assert_eq!(one.money, other.money);
        assert_eq!(one.tallies, other.tallies);
        assert_eq!((&one.bills, &one.revenue, &one.recoveries), (&other.bills, &other.revenue, &other.recoveries));
        assert_eq!(one.uses[0].status, other.uses[0].status);
        assert_eq!(one.uses[0].meters[0].usage, other.uses[0].meters[0].usage);
    }
}

/// Pairs add up to what the runs bring: the sum of all changes is the change of the sum.
#[test]
fn pairs_add_up_to_the_runs() {
    let plans = [plan_with(WORLD, &[]), plan_with(WORLD, &[CHEAPER])];
    let played = played(&plans, 1);
    let pairs = whole(&played.pairs[0]);
    let recognised = |summary: &Summary| summary.segments[0].money_total().recognised;
    assert_eq!(pairs.whole.before, recognised(&played.summaries[0]));
    assert_eq!(pairs.whole.after, recognised(&played.summaries[1]));
    let moved = pairs.rises.sum().cast_signed() - pairs.falls.sum().cast_signed();
    assert_eq!(moved, pairs.whole.change().units());
    let tenths: i128 = pairs.deciles().iter().map(|tenth| tenth.change().units()).sum();
    assert_eq!(tenths, moved);
}

/// Without responses nobody is suspended or leaves, and demand is what it was.
#[test]
fn without_responses_only_prices_differ() {
    let plans = [plan_with(WORLD, &[]), plan_with(WORLD, &[CHEAPER])].map(|plan| without_responses(&plan));
    let played = played(&plans, 1);
    for summary in &played.summaries {
        assert_eq!((summary.segments[0].tallies.ever_suspended, summary.segments[0].tallies.ever_churned), (0, 0));
    }
    assert_eq!(played.summaries[0].segments[0].usage().served, played.summaries[1].segments[0].usage().served);
    let pairs = whole(&played.pairs[0]);
    assert!(pairs.more == 0 && pairs.less > 0, "a lower price, the same use: nobody pays more");
}

#[test]
fn other_customers_are_no_pairs() {
    let one = plan_with(WORLD, &[]);
    let check = |set: &str| check_pairing(&one, &plan_with(WORLD, &[set])).expect_err("no pairs").to_string();
    assert_eq!(check("days=41"), "the horizons differ: 40 days from 2026-01-01 and 41 days from 2026-01-01");
    assert_eq!(
        check("segments.shops.accounts=301"),
        "the segments differ: shops with 300 accounts and shops with 301 accounts"
    );
    assert_eq!(check_pairing(&one, &plan_with(WORLD, &[CHEAPER])), Ok(()));
}

/// Segments, tiers and days each add up to the whole change, and a step without responses to the effect of prices.
#[test]
fn a_change_taken_apart_adds_up() {
    let plans = [plan_with(WORLD, &[]), plan_with(WORLD, &[CHEAPER])];
    let (as_is, alone) = (played(&plans, 2), played(&plans.clone().map(|plan| without_responses(&plan)), 2));
    let (as_is, alone) = ([as_is], [alone]);
    let comparison = Comparison::new(&plans, &as_is, &alone);
    let metric = Metric::named("recognised").expect("a metric");
    let whole = comparison.difference(metric, 1).change.mean;
    assert!(whole < 0.0);
    let close = |sum: f64| (sum - whole).abs() < 1e-6;
    assert!(close(comparison.by_segment(1).iter().map(|step| step.change()).sum()));
    assert!(close(comparison.by_tier(1).iter().map(|step| step.change()).sum()));
    assert!(close(comparison.by_day(1).iter().map(|day| day.change.mean).sum()));
    assert!(close(comparison.pairs(1).whole.change().approx()));
    assert_eq!(comparison.pairs(1), comparison.pairs_of(1, 0));
    assert!(comparison.price_effect(metric, 1).change.mean < 0.0);
}
