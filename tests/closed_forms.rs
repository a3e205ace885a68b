//! What can be computed with pencil and paper must come out of the simulation, within 4 standard errors (docs/MODEL.md).

mod support;

use billsim::expected::Expected;
use billsim::plan::{Demand, Plan};
use billsim::random::{normal_cdf, normal_quantile};
use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use billsim::record::{AccountRow, TierTotal, Wanted, run, summarise};
use billsim::rules::Terms;
use billsim::stats::Estimate;
use billsim::units::Total;
use billsim::world::World;

/// A scenario of one segment with flat weekdays and endless money on the real captcha book, free units switched off.
fn scenario(accounts: u64, days: u64, seed: u64, size: &str, weekday: &str) -> Plan {
    let text = format!(
        "start = 2026-01-05\ndays = {days}\nseed = {seed}\n[books.captcha]\nfile = \"books/captcha.toml\"\n\
         [[segments]]\nid = \"s\"\naccounts = {accounts}\nopening_balance = 1_000_000\n\
         [segments.products.captcha]\ndemand = {{ kind = \"random\", size = {size}, weekday = {weekday} }}\n"
    );
    support::plan_with(&text, &["books.captcha.free.trial.units=0"])
}

const FLAT: &str = "[1, 1, 1, 1, 1, 1, 1]";

fn sizes(plan: &Plan) -> Vec<f64> {
    let world = World::new(plan, 0);
    let Demand::Random(demand) = &plan.segments[0].uses[0].demand else { panic!("random demand") };
    (0..plan.segments[0].accounts).map(|index| world.size(0, 0, index, &demand.size)).collect()
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn assert_within(values: &[f64], expected: f64, what: &str) {
    let (mean, error) = mean_and_error(values);
    assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} ± {error}, expected {expected}");
}

/// The share of the top 1 % of a lognormal is Φ(σ − z) with z the 99 % quantile: 20.4 % at σ = 1.5, 37.2 % at σ = 2.
#[test]
fn the_top_one_percent_hold_what_the_lognormal_says() {
    // σ = 1.5 is cv √(e^2.25 − 1) = 2.9129, σ = 2 is cv √(e^4 − 1) = 7.3211.
    for (cv, sigma) in [(2.9129, 1.5), (7.3211, 2.0)] {
        let shares: Vec<f64> = (0..40)
            .map(|seed| {
                let mut sizes = sizes(&scenario(
                    20_000,
                    1,
                    seed,
                    &format!("{{ kind = \"lognormal\", median = 60, cv = {cv} }}"),
                    FLAT,
                ));
                sizes.sort_by(|a, b| b.total_cmp(a));
                sizes[..200].iter().sum::<f64>() / sizes.iter().sum::<f64>()
            })
            .collect();
        assert_within(&shares, normal_cdf(sigma - normal_quantile(0.99)), "top share");
    }
}

/// The Gini coefficient of a lognormal is 2Φ(σ/√2) − 1.
#[test]
fn the_gini_coefficient_is_the_lognormals() {
    let ginis: Vec<f64> = (0..40)
        .map(|seed| {
            let mut sizes =
                sizes(&scenario(5_000, 1, seed, "{ kind = \"lognormal\", median = 60, cv = 2.9129 }", FLAT));
            sizes.sort_by(f64::total_cmp);
            let n = sizes.len() as f64;
            let ranked: f64 = sizes.iter().enumerate().map(|(rank, size)| (rank as f64 + 1.0) * size).sum();
            let sum: f64 = sizes.iter().sum();
            // Unbiased for the sample: n / (n − 1) times the plug-in value.
            (2.0 * ranked / (n * sum) - (n + 1.0) / n) * n / (n - 1.0)
        })
        .collect();
    assert_within(&ginis, 2.0 * normal_cdf(1.5 / 2_f64.sqrt()) - 1.0, "gini");
}

/// Mean and median are what was asked for, neither taken for the log parameter.
#[test]
fn a_lognormal_has_the_mean_and_the_median_that_were_asked_for() {
    let by_mean = sizes(&scenario(200_000, 1, 3, "{ kind = \"lognormal\", mean = 500, cv = 1.0 }", FLAT));
    assert_within(&by_mean, 500.0, "mean");
    let by_median = sizes(&scenario(200_000, 1, 4, "{ kind = \"lognormal\", median = 500, cv = 1.0 }", FLAT));
    let above = by_median.iter().map(|size| f64::from(u8::from(*size > 500.0))).collect::<Vec<_>>();
    assert_within(&above, 0.5, "half are above the median");
}

/// E[cost(N)] for N ~ Poisson(λ) by summation over all N, against the accrued revenue of the run.
#[test]
fn the_expected_graduated_bill_under_poisson_usage() {
    for (lambda, seed) in [(2.5, 11), (99.0, 12), (150.0, 13), (1_003.0, 14)] {
        let plan = scenario(400, 98, seed, &format!("{{ kind = \"constant\", units = {lambda} }}"), FLAT);
        let terms = Terms::new(&plan);
        let cost = |units: u64| {
            Total::from(terms.products[0].lists[0].meters[0][0].tariff.cost(units).expect("fits")).approx()
        };
        let (mut mean, mut square, mut probability) = (0.0, 0.0, 1.0_f64);
        let mut log_probability = -lambda;
        for units in 0..(lambda as u64 + 60) * 2 {
            if units > 0 {
                log_probability += (lambda / units as f64).ln();
            }
            probability -= log_probability.exp();
            mean += log_probability.exp() * cost(units);
            square += log_probability.exp() * cost(units).powi(2);
        }
        assert!(probability.abs() < 1e-9, "the sum covers everything");
        let account_days = 400.0 * 98.0;
        let error = ((square - mean * mean) / account_days).sqrt();
        let accrued = summarise(&plan).expect("fits").segments[0].usage().accrued.approx() / account_days;
        assert!((accrued - mean).abs() < 4.0 * error, "λ = {lambda}: {accrued}, expected {mean} ± {error}");
    }
}

/// Each weekday's share of demand is its index; the count of a day has the variance of a Poisson.
#[test]
fn weekdays_and_dispersion_are_as_asked_for() {
    let index = [2.0, 1.0, 1.5, 0.5, 1.0, 0.25, 0.75];
    let weekday = "[2.0, 1.0, 1.5, 0.5, 1.0, 0.25, 0.75]";
    let plan = scenario(1_000, 70, 21, "{ kind = \"constant\", units = 40 }", weekday);
    let summary = summarise(&plan).expect("fits");
    for (weekday, index) in index.iter().enumerate() {
        // 2026-01-05 is a Monday; ten weeks of 1 000 accounts.
        let days = summary.segments[0].uses[0].meters[0].usage.iter().skip(weekday).step_by(7);
        let sum: u64 = days.map(|day| day.potential).sum();
        let expected = 40.0 * index * 10_000.0;
        let z = (sum as f64 - expected) / expected.sqrt();
        assert!(z.abs() < 4.0, "weekday {weekday}: z = {z}");
    }
    let mut trace = billsim::demand::Trace::default();
    let world = World::new(&plan, 0);
    // Σ (N − λ)² / λ over n Poisson counts has mean n and variance n (2 + 1/λ).
    let (mut chi, mut variance) = (0.0, 0.0);
    for account in 0..1_000 {
        trace.fill(&world, 0, account);
        for (day, count) in trace.days(0).iter().enumerate() {
            let lambda = 40.0 * index[day % 7];
            chi += (*count as f64 - lambda).powi(2) / lambda - 1.0;
            variance += 2.0 + 1.0 / lambda;
        }
    }
    assert!((chi / variance.sqrt()).abs() < 4.0, "dispersion: z = {}", chi / variance.sqrt());
}

/// Two books that say the same in other words: a tier split in two at one price changes nothing, exactly.
#[test]
fn a_tier_split_in_two_at_one_price_changes_nothing() {
    let book = |tiers: &str| {
        support::plan(&format!(
            "start = 2026-01-05\ndays = 60\n[books.captcha]\n[[books.captcha.meters]]\nid = \"m\"\npricing = \"graduated\"\n\
             tiers = [{tiers} {{ up_to = \"unlimited\", price = 0.002 }}]\n[[segments]]\nid = \"s\"\naccounts = 300\n\
             opening_balance = 3\npayer = {{ kind = \"after_delay\", median = \"5d\", cv = 1.0 }}\n\
             [segments.products.captcha]\ndemand = {{ kind = \"random\", size = {{ kind = \"lognormal\", median = 90 }} }}\n"
        ))
    };
    let whole = book("{ up_to = 100, price = 0.005 },");
    let split = book("{ up_to = 37, price = 0.005 }, { up_to = 100, price = 0.005 },");
    assert_ne!(whole.hash, split.hash);
    // Units by tier are told in the words of the book: together they must be the same.
    let told = |plan: &Plan| {
        let mut summary = summarise(plan).expect("amounts fit");
        let used = &mut summary.segments[0].uses[0].meters[0];
        let joined = if used.tiers.len() == 3 { used.tiers.remove(1) } else { TierTotal::default() };
        used.tiers[0].add(&joined);
        summary
    };
    assert_eq!(told(&whole), told(&split));
}

/// The 95 % interval of ten replications covers the true mean in 93 to 97 % of 2 000 small thin-tailed experiments, each simulated:
/// 20 accounts of Poisson(50) calls a day at 0.001 for a week bring 7.00 on average, with a standard deviation of √7 000 × 0.001.
/// The mean width is then 2 × 2.262 × c4(10) × 0.0837 / √10, c4(10) = 0.9727.
#[test]
fn intervals_of_simulated_experiments_cover_the_truth() {
    let text = "start = 2026-01-05\ndays = 7\n[books.calls]\n[[books.calls.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 0.001\n\
                [[segments]]\nid = \"s\"\naccounts = 20\n[segments.products.calls]\n\
                demand = { kind = \"random\", size = { kind = \"constant\", units = 50 }, weekday = [1, 1, 1, 1, 1, 1, 1] }\n";
    let never = AtomicBool::new(false);
    let mut plan = support::plan(text);
    let (mut covered, mut width) = (0, 0.0);
    for experiment in 0..2_000 {
        plan.seed = experiment;
        let values = (0..10).map(|replication| {
            let run = run::<Infallible>(&plan, replication, Wanted::default(), 1, &never, |_, _| Ok(()));
            run.expect("amounts fit").segments[0].money_total().recognised.approx()
        });
        let estimate = Estimate::of(&values.collect::<Vec<_>>());
        let half = estimate.half_width.expect("ten replications");
        covered += u32::from((estimate.mean - 7.0).abs() <= half);
        width += 2.0 * half / 2_000.0;
    }
    let share = f64::from(covered) / 2_000.0;
    println!("coverage {share}, mean width {width}");
    assert!((0.93..=0.97).contains(&share), "{share}");
    let expected = 2.0 * 2.262_2 * 0.9727 * 7_000_f64.sqrt() * 0.001 / 10_f64.sqrt();
    assert!((width / expected - 1.0).abs() < 0.02, "{width} against {expected}");
}

/// What `inspect` expects of a plan is what comes out: usage and price under noise, dispersion, season, arrivals, ramp and integration.
/// Errors are those of accounts that are drawn independently, so the world's shock is off here.
#[test]
fn expectations_of_a_plan_are_what_its_run_brings() {
    let text = |index: usize, demand: &str, uses: &str| {
        format!(
            "start = 2026-01-05\ndays = 120\nseed = {index}\n[books.captcha]\nfile = \"books/captcha.toml\"\n\
             [[segments]]\nid = \"s\"\naccounts = 4_000\nopening_balance = 10_000_000\n{uses}\n\
             [segments.products.captcha.demand]\nkind = \"random\"\n{demand}\n"
        )
    };
    let late = "arrivals = { kind = \"poisson\", over = \"100d\", growth = 0.5 }\n[segments.products.captcha]\n\
                integration_after = \"5d\"\nintegration_cv = 0.7\nnever_integrated = 0.2\n";
    let cases = [
        ("size = { kind = \"lognormal\", median = 60, cv = 1.5 }", ""),
        ("size = { kind = \"lognormal\", median = 90, cv = 1.2 }\nnoise = { sd = 0.6 }\ndispersion = 0.8", ""),
        ("size = { kind = \"constant\", units = 99 }\nweekday = \"office\"\ntrend = 0.8", ""),
        ("size = { kind = \"lognormal\", median = 90, cv = 1.2 }\nramp = \"20d\"\nweekday = \"consumer\"", late),
        (
            "size = { kind = \"table\", sizes = [{ units = 50, weight = 3 }, { units = 3_000, weight = 1 }] }\nnoise = { sd = 0.3 }",
            "",
        ),
    ];
    for (index, (demand, uses)) in cases.into_iter().enumerate() {
        for daily in [false, true] {
            let each = if daily { "books.captcha.free.trial.each=\"day\"" } else { "books.captcha.free.trial.units=0" };
            let plan = support::plan_with(&text(index, demand, uses), &[each]);
            let expected = Expected::of(&plan, &Terms::new(&plan), &plan.segments[0], 0);
            let mut accounts: Vec<AccountRow> = vec![];
            let wanted = Wanted { accounts: true, ..Wanted::default() };
            run::<Infallible>(&plan, 0, wanted, 2, &AtomicBool::new(false), |_, rows| {
                accounts.extend(rows.accounts);
                Ok(())
            })
            .expect("amounts fit");
            let of = |f: &dyn Fn(&AccountRow) -> f64| accounts.iter().map(f).collect::<Vec<_>>();
            let what = format!("{demand}, daily {daily}");
            assert_within(&of(&|row| row.potential as f64), expected.potential / 4_000.0, &what);
            assert_within(&of(&|row| row.accrued.approx()), expected.price / 4_000.0, &what);
        }
    }
}

/// The top 1 %, the Gini coefficient and the bursts that `inspect` expects.
#[test]
fn expected_bursts_are_what_comes() {
    let text = "start = 2026-01-05\ndays = 400\n[books.captcha]\nfile = \"books/captcha.toml\"\n[[segments]]\nid = \"s\"\n\
                accounts = 3_000\n[segments.products.captcha.bursts]\nbot_attack = { a_year = 6, least = 3, most = 30, \
                shortest = \"1h\", longest = \"20h\", filtered = 0.25 }\nhuman_spike = { a_year = 2 }\n\
                [segments.products.captcha.demand]\nkind = \"random\"\nsize = { kind = \"constant\", units = 500 }\n";
    let plan = support::plan(text);
    let expected = Expected::of(&plan, &Terms::new(&plan), &plan.segments[0], 0);
    let world = World::new(&plan, 0);
    let mut trace = billsim::demand::Trace::default();
    let of_account = |index| {
        trace.fill(&world, 0, index);
        trace.pieces(0).iter().map(|piece| piece.units as f64).sum::<f64>() / 400.0
    };
    let burst_units: Vec<f64> = (0..3_000).map(of_account).collect();
    assert_within(&burst_units, expected.burst_units_a_day, "bursts");
}
