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
    assert!(close(comparison.by_day(metric, 1).iter().map(|day| day.change.mean).sum()));
    assert!(close(comparison.pairs(1).whole.change().approx()));
    assert_eq!(comparison.pairs(1), comparison.pairs_of(1, 0));
    assert!(comparison.price_effect(metric, 1).change.mean < 0.0);
}

mod sweeps {
    use std::fs;
    use std::sync::atomic::AtomicBool;

    use billsim::scenario::Overrides;
    use billsim::study::{Study, Sweep, SweepWarning};
    use billsim::text::Sources;

    const SCENARIO: &str = "start = 2026-01-01\ndays = 12\n[[books.shop.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 0.01\n\
                            [[segments]]\nid = \"s\"\naccounts = 5\nopening_balance = 1\n\
                            [segments.products.shop]\ndemand = { kind = \"constant\", units = 50 }\n";

    fn load(study: &str) -> Result<Study, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("world.toml"), SCENARIO).expect("it can be written");
        let path = folder.path().join("study.toml");
        fs::write(&path, study).expect("it can be written");
        let mut sources = Sources::default();
        let study = Study::load(&path, &Overrides::default(), &mut sources);
        // The scenario is read when points are compiled: the folder must live as long.
        std::mem::forget(folder);
        study.map_err(|problems| problems.render(&sources, false))
    }

    fn played(study: &Study) -> Sweep {
        let base = study.plan(&study.as_it_is(), &mut Sources::default()).expect("a scenario");
        study.play(base, 1, &AtomicBool::new(false), &mut |_| {}).expect("it can be played")
    }

    fn values(axis: &str) -> Vec<String> {
        let study = format!("scenario = \"world.toml\"\nmetrics = [\"accrued\"]\naxes = [{{ key = \"a\", {axis} }}]\n");
        load(&study).expect(axis).axes.remove(0).values
    }

    /// Ranges are exact decimals with both ends; equal ratios end where they are told to.
    #[test]
    fn ranges_are_exact() {
        assert_eq!(values("range = { from = 0.001, to = 0.0015, step = 0.00025 }"), ["0.001", "0.00125", "0.0015"]);
        assert_eq!(values("range = { from = 1, to = 6, step = 2 }"), ["1", "3", "5"]);
        assert_eq!(values("log = { from = 0.001, to = 0.1, points = 3 }"), ["0.001", "0.01", "0.1"]);
        assert_eq!(values("values = [\"24h\", 7, 0.50, true]"), ["24h", "7", "0.50", "true"]);
    }

    /// 50 units at 0.01 are 0.50 a day and account: 12 × 5 × 0.50 = 30.00 of usage, unless suspended. A grid has every pair, and a
    /// point that cannot be is told, the rest goes on.
    #[test]
    fn a_grid_plays_every_pair_and_tells_what_cannot_be() {
        let study = load(
            "scenario = \"world.toml\"\nmetrics = [\"accrued\", \"ever_suspended\"]\n\
             axes = [{ key = \"books.shop.meters.m.price\", values = [0.01, 0.02, -1] }, { key = \"books.shop.grace\", values = [\"1h\", \"30d\"] }]\n",
        )
        .expect("a study");
        let sweep = played(&study);
        let told: Vec<(String, Option<f64>)> = sweep
            .outcomes
            .iter()
            .map(|outcome| (study.place(&outcome.point), outcome.differences.as_ref().ok().map(|of| of[0].after.mean)))
            .collect();
        assert_eq!(told.len(), 6);
        // Never suspended within 12 days when the grace is 30: 30.00 and 60.00.
        assert_eq!(told[1], ("books.shop.meters.m.price = 0.01; books.shop.grace = 30d".to_owned(), Some(30.0)));
        assert_eq!(told[3].1, Some(60.0));
        // Opened with 1.00: the bill of day 2 takes it below zero on day 3 at 08:00:00, an hour later the service stops. Three days and
        // 9 hours of 24: 50 × 9 / 24 = 18.75, 18 units, 0.18; 5 × (1.50 + 0.18).
        assert_eq!(told[0].1, Some(8.4));
        assert!(told[4].1.is_none() && told[5].1.is_none());
        let reason = sweep.outcomes[4].differences.as_ref().expect_err("a price below zero");
        assert!(reason.contains("study.toml:3:68"), "{reason}");
        assert_eq!(sweep.warnings(&study).last(), Some(&SweepWarning::Failed { points: 2 }));
    }

    /// One at a time each axis is moved by itself; a key that nothing depends on is told.
    #[test]
    fn one_at_a_time_and_what_moves_nothing() {
        let study = load(
            "scenario = \"world.toml\"\nmetrics = [\"accrued\"]\ndesign = \"one_at_a_time\"\n\
             axes = [{ key = \"books.shop.meters.m.price\", values = [0.01, 0.02], label = \"price\" }, { keys = [\"account.debt_cap\"], values = [500, 600], label = \"cap\" }]\n",
        )
        .expect("a study");
        let places: Vec<String> = study.points().iter().map(|point| study.place(point)).collect();
        assert_eq!(places, ["price = 0.01", "price = 0.02", "cap = 500", "cap = 600"]);
        let warnings = played(&study).warnings(&study);
        assert_eq!(warnings, [SweepWarning::NothingMoved { axis: "cap".to_owned() }]);
    }

    #[test]
    fn mistakes_of_a_study_are_told_at_once() {
        let errors = load(
            "scenario = \"world.toml\"\nmetrics = [\"acrued\"]\nsett = []\naxes = [{ key = \"a\" }, { key = \"b\", range = { from = 2, to = 1, step = 1 } }]\n",
        )
        .expect_err("mistakes");
        for told in [
            "a study has no key `sett`",
            "an axis has exactly one of `values`, `factors`, `range`, `log`",
            "`to` is below `from`",
        ] {
            assert!(errors.contains(told), "{told} in\n{errors}");
        }
        let metric = load("scenario = \"w\"\nmetrics = [\"acrued\"]\naxes = [{ key = \"a\", values = [1] }]\n")
            .expect_err("one");
        assert!(metric.contains("did you mean \"accrued\"?"), "{metric}");
    }
}
