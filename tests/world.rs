//! The world is as it was asked for: sizes, arrivals, seasons, noise, shocks and dispersion, by moments (docs/MODEL.md).

mod support;

use billsim::demand::Trace;
use billsim::plan::{Demand, Plan};
use billsim::world::World;

/// A scenario of one segment on a flat price, with keys of the demand, the segment and the top level added.
fn scenario(accounts: u64, days: u64, demand: &str, segment: &str, top: &str) -> Plan {
    support::plan(&format!(
        "start = 2026-01-05\ndays = {days}\nseed = 77\n{top}\n[books.calls]\n[[books.calls.meters]]\nid = \"m\"\n\
         pricing = \"flat\"\nprice = 0.001\n[[segments]]\nid = \"s\"\naccounts = {accounts}\n{segment}\n\
         [segments.products.calls]\ndemand = {{ kind = \"random\", {demand} }}\n"
    ))
}

const FLAT: &str = "weekday = [1, 1, 1, 1, 1, 1, 1]";

/// Daily counts of every account.
fn traces(plan: &Plan) -> Vec<Vec<u64>> {
    let world = World::new(plan, 0);
    let mut trace = Trace::default();
    let account = |index| {
        trace.fill(&world, 0, index);
        trace.days(0).to_vec()
    };
    (0..plan.segments[0].accounts).map(account).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn assert_near(found: f64, expected: f64, error: f64, what: &str) {
    assert!((found - expected).abs() < 4.0 * error, "{what}: {found}, expected {expected} ± {error}");
}

/// Mean over many independent values with its own standard error.
fn assert_mean(values: &[f64], expected: f64, what: &str) {
    let centre = mean(values);
    let variance = values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0);
    assert_near(centre, expected, (variance / values.len() as f64).sqrt(), what);
}

/// Total of each day over all accounts, per account.
fn by_day(plan: &Plan) -> Vec<f64> {
    let traces = traces(plan);
    let days = 0..plan.calendar.days();
    days.map(|day| mean(&traces.iter().map(|trace| trace[day] as f64).collect::<Vec<_>>())).collect()
}

#[test]
fn holidays_years_and_trends_scale_the_mean_of_their_days() {
    let demand = "size = { kind = \"constant\", units = 1000 }, weekday = [1, 1, 1, 1, 1, 1, 1], trend = 0.5, \
                  holidays = [{ from = 2026-01-10, to = 2026-01-12, factor = 0.5 }, { from = 2026-01-12, factor = 0.2 }], \
                  year = [{ amplitude = 0.4, peak = 2026-01-05 }, { harmonic = 2, amplitude = 0.1, peak = 2026-01-05 }]";
    let found = by_day(&scenario(400, 366, demand, "", ""));
    for (day, found) in found.iter().enumerate() {
        let turn = std::f64::consts::TAU * day as f64 / 365.25;
        let holiday = match day {
            5 | 6 => 0.5,
            7 => 0.5 * 0.2,
            _ => 1.0,
        };
        let wave = 1.0 + 0.4 * turn.cos() + 0.1 * (2.0 * turn).cos();
        let expected = 1000.0 * holiday * wave * 1.5_f64.powf(day as f64 / 365.25);
        assert_near(*found, expected, (expected / 400.0).sqrt(), &format!("day {day}"));
    }
}

#[test]
fn weekdays_have_names() {
    for (name, monday, sunday) in [("office", 1.09, 0.58), ("taxi", 0.88, 0.96), ("mentions", 1.07, 0.69)] {
        let demand = format!("size = {{ kind = \"constant\", units = 1000 }}, weekday = \"{name}\"");
        let found = by_day(&scenario(400, 7, &demand, "", ""));
        // Named rows are rounded to two decimals; scaling to mean 1 moves them by less than a per cent.
        assert!((found[0] / found[6] - monday / sunday).abs() < 0.03, "{name}: {found:?}");
    }
}

#[test]
fn a_new_account_ramps_up() {
    let demand = format!("size = {{ kind = \"constant\", units = 1000 }}, {FLAT}, ramp = \"10d\"");
    for (day, found) in by_day(&scenario(400, 60, &demand, "", "")).iter().enumerate() {
        // Age at noon of the first day is half a day.
        let expected = 1000.0 * (1.0 - (-(day as f64 + 0.5) / 10.0).exp());
        assert_near(*found, expected, (expected / 400.0).sqrt(), &format!("day {day}"));
    }
}

/// Arrivals with growth g: the share that has come by day t is ((1 + g)^(t / year) − 1) / ((1 + g)^(T / year) − 1).
#[test]
fn arrivals_are_a_poisson_process_with_growth() {
    for growth in [0.0_f64, 2.0, -0.5] {
        let demand = format!("size = {{ kind = \"constant\", units = 50 }}, {FLAT}");
        let arrivals = format!("arrivals = {{ kind = \"poisson\", over = \"400d\", growth = {growth} }}");
        let plan = scenario(20_000, 365, &demand, &arrivals, "");
        let world = World::new(&plan, 0);
        let come = |by: usize| (0..20_000).filter(|index| world.arrival(0, *index) < by).count() as f64 / 20_000.0;
        for by in [40, 100, 200, 350] {
            let grown = |t: f64| if growth == 0.0 { t } else { (1.0 + growth).powf(t / 365.25) - 1.0 };
            let expected = grown(by as f64) / grown(400.0);
            assert_near(come(by), expected, (expected * (1.0 - expected) / 20_000.0).sqrt(), "share that has come");
        }
        // Nothing is asked for before an account comes; it is activated then.
        let (traces, at) = (traces(&plan), |index| world.arrival(0, index));
        assert!((0..20_000).all(|index| traces[index as usize].iter().take(at(index)).all(|units| *units == 0)));
    }
}

/// Extra dispersion d: variance = mean + d × mean².
#[test]
fn extra_dispersion_makes_counts_negative_binomial() {
    for dispersion in [0.1, 0.5, 2.0] {
        let demand = format!("size = {{ kind = \"constant\", units = 40 }}, {FLAT}, dispersion = {dispersion}");
        let counts: Vec<f64> =
            traces(&scenario(400, 100, &demand, "", "")).into_iter().flatten().map(|count| count as f64).collect();
        assert_mean(&counts, 40.0, "mean");
        let squares: Vec<f64> = counts.iter().map(|count| (count - 40.0).powi(2)).collect();
        assert_mean(&squares, 40.0 + dispersion * 1600.0, "variance");
    }
}

/// Log noise of variance s²: autocovariance at lag k is s² (week × (1 − k/7)⁺ + month × (1 − k/28)⁺), as borders are random.
#[test]
fn own_noise_has_the_memory_that_was_asked_for() {
    let demand =
        format!("size = {{ kind = \"constant\", units = 1 }}, {FLAT}, noise = {{ sd = 0.5, week = 0.4, month = 0.3 }}");
    let plan = scenario(3_000, 120, &demand, "", "");
    let world = World::new(&plan, 0);
    let Demand::Random(random) = &plan.segments[0].uses[0].demand else { panic!("random demand") };
    let logs: Vec<Vec<f64>> = (0..3_000)
        .map(|index| {
            let noise = world.noise(0, 0, index, random.noise);
            (0..120).map(|day| noise.at(day).ln() + 0.125).collect()
        })
        .collect();
    for lag in [0, 1, 3, 7, 14, 28, 40] {
        let per_account: Vec<f64> = logs
            .iter()
            .map(|log| mean(&(0..120 - lag).map(|day| log[day] * log[day + lag]).collect::<Vec<_>>()))
            .collect();
        let stays = |length: f64| (1.0 - lag as f64 / length).max(0.0);
        let day = if lag == 0 { 0.3 } else { 0.0 };
        assert_mean(&per_account, 0.25 * (day + 0.4 * stays(7.0) + 0.3 * stays(28.0)), &format!("lag {lag}"));
    }
    let factors: Vec<f64> = (0..3_000).map(|index| world.noise(0, 0, index, random.noise).at(17)).collect();
    assert_mean(&factors, 1.0, "the factor has mean 1");
}

/// A world shock of log-sd w gives log volumes a common part: pairwise covariance w², and mean 1.
#[test]
fn the_world_shock_is_shared_by_all_accounts() {
    let demand = format!("size = {{ kind = \"constant\", units = 100_000 }}, {FLAT}");
    let traces = traces(&scenario(2, 3_000, &demand, "", "world_shock = 0.1"));
    let logs: Vec<Vec<f64>> =
        traces.iter().map(|t| t.iter().map(|n| (*n as f64 / 100_000.0).ln() + 0.005).collect()).collect();
    let products: Vec<f64> = logs[0].iter().zip(&logs[1]).map(|(a, b)| a * b).collect();
    assert_mean(&products, 0.01, "covariance of log volumes");
    assert_mean(&traces[0].iter().map(|n| *n as f64 / 100_000.0).collect::<Vec<_>>(), 1.0, "mean");
}

/// Above its quantile the tail is Pareto: P(S > s) = (1 − q) (S_q / s)^α, below it is the lognormal.
#[test]
fn a_pareto_tail_begins_at_its_quantile() {
    let size = "size = { kind = \"lognormal\", median = 100, cv = 1.0, tail_above = 0.9, tail_alpha = 1.5 }";
    let plan = scenario(100_000, 1, &format!("{size}, {FLAT}"), "", "");
    let world = World::new(&plan, 0);
    let Demand::Random(random) = &plan.segments[0].uses[0].demand else { panic!("random demand") };
    let sizes: Vec<f64> = (0..100_000).map(|index| world.size(0, 0, index, &random.size)).collect();
    // σ = √ln 2; the 90 % quantile of a standard normal is 1.2815515655.
    let start = 100.0 * (2_f64.ln().sqrt() * 1.281_551_565_5).exp();
    let share = |above: f64| sizes.iter().filter(|size| **size > above).count() as f64 / 100_000.0;
    for (above, expected) in
        [(100.0, 0.5), (start, 0.1), (2.0 * start, 0.1 * 2_f64.powf(-1.5)), (10.0 * start, 0.1 * 10_f64.powf(-1.5))]
    {
        assert_near(share(above), expected, (expected * (1.0 - expected) / 1e5).sqrt(), "share above");
    }
}

/// The mean in closed form, with cap and tail, against the sizes drawn.
#[test]
fn the_mean_size_is_the_closed_form() {
    for size in [
        "kind = \"lognormal\", median = 100, cv = 1.0, cap = 300",
        "kind = \"lognormal\", median = 100, cv = 1.0, tail_above = 0.9, tail_alpha = 1.5, cap = 2000",
        "kind = \"lognormal\", median = 100, cv = 1.0, tail_above = 0.8, tail_alpha = 1.0, cap = 5000",
        "kind = \"lognormal\", mean = 100, cv = 0.5, tail_above = 0.99, tail_alpha = 3.0, cap = 100",
        "kind = \"table\", sizes = [{ units = 10, weight = 3 }, { units = 1000, weight = 1 }]",
    ] {
        let plan = scenario(100_000, 1, &format!("size = {{ {size} }}, {FLAT}"), "", "");
        let world = World::new(&plan, 0);
        let Demand::Random(random) = &plan.segments[0].uses[0].demand else { panic!("random demand") };
        let sizes: Vec<f64> = (0..100_000).map(|index| world.size(0, 0, index, &random.size)).collect();
        assert_mean(&sizes, random.size.mean(), size);
    }
}

/// A lognormal integration delay has its median and leaves demand and sizes alone.
#[test]
fn a_change_to_the_integration_moves_no_demand() {
    let text = |integration: &str| {
        support::plan(&format!(
            "start = 2026-01-05\ndays = 50\n[books.calls]\nrequires_integration = true\n[[books.calls.meters]]\nid = \"m\"\n\
             pricing = \"flat\"\nprice = 0.001\n[[segments]]\nid = \"s\"\naccounts = 4000\n[segments.products.calls]\n{integration}\n\
             demand = {{ kind = \"random\", size = {{ kind = \"lognormal\", median = 9 }}, noise = {{ sd = 0.3 }} }}\n"
        ))
    };
    let plan = text("integration_after = \"10d\"\nintegration_cv = 1.0");
    let world = World::new(&plan, 0);
    let mut beginnings = vec![];
    let late = (0..4_000).filter(|index| {
        world.beginnings(0, *index, &mut beginnings);
        beginnings[0].integration > 10 * 86_400
    });
    assert_near(late.count() as f64 / 4_000.0, 0.5, (0.25_f64 / 4_000.0).sqrt(), "half are later than the median");
    assert_eq!(traces(&plan), traces(&text("integration_after = \"1d\"")));
}
