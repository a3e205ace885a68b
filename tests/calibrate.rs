//! Known worlds are drawn, fitted and come back: every value within its interval about as often as the interval says.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use billsim::calibrate::{Calibration, Daily, Question, Wanted};
use billsim::plan::{Plan, compile};
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::usage::{Collector, Row, Usage};

fn plan(seed: u64, days: u32, accounts: u32, shock: f64, keys: &str) -> Plan {
    let text = format!(
        "start = 2026-01-01\nseed = {seed}\ndays = {days}\nworld_shock = {shock}\n[books.api]\n[[books.api.meters]]\nid = \"call\"\n\
         pricing = \"flat\"\nprice = 0\n[[segments]]\nid = \"truth\"\naccounts = {accounts}\n[segments.products.api.demand]\n\
         kind = \"random\"\n{keys}"
    );
    let mut sources = Sources::default();
    match load_text(&text, Path::new("truth"), &Overrides::default(), &mut sources) {
        Ok(scenario) => compile(&scenario),
        Err(problems) => panic!("{}", problems.render(&sources, false)),
    }
}

/// A usage file of a world, as an export would have it: no rows of days without use.
fn usage(daily: &Daily) -> Usage {
    let mut rows = Collector::default();
    for (account, own) in daily.accounts.iter().enumerate() {
        for (day, units) in own.units.iter().enumerate().filter(|(_, units)| **units > 0) {
            rows.add(&Row {
                account: &format!("{account:05}"),
                date: daily.calendar.date(day),
                second: None,
                product: Some("api"),
                meter: "call",
                application: "",
                quantity: *units,
                line: 1,
            });
        }
    }
    rows.finish("drawn".to_owned(), "0".repeat(64)).expect("it is sound")
}

fn calibrate(usage: &Usage) -> Calibration {
    let question = Question { usage, wanted: &Wanted::default(), hold_out: 0, seed: 7, threads: 2 };
    question.answer(&AtomicBool::new(false), &|_| ()).expect("there is something to fit")
}

/// Fits so many worlds; tells for each parameter how often its interval has the truth, and the mean of its values.
fn coverage(worlds: u64, draw: impl Fn(u64) -> Plan, truth: &[(&str, f64)]) -> Vec<(String, u64, f64)> {
    let mut found: Vec<(String, u64, f64)> = truth.iter().map(|(key, _)| ((*key).to_owned(), 0, 0.0)).collect();
    for seed in 1..=worlds {
        let calibration = calibrate(&usage(&Daily::of_world(&draw(seed), 0)));
        for ((key, truth), (_, covered, sum)) in truth.iter().zip(&mut found) {
            let parameter = calibration.parameters.iter().find(|parameter| parameter.key == *key);
            let parameter = parameter.unwrap_or_else(|| panic!("{key} was not fitted:\n{}", calibration.text));
            let (from, to) = parameter.interval.unwrap_or_else(|| panic!("{key} has no interval"));
            *covered += u64::from((from..=to).contains(truth));
            *sum += parameter.value / worlds as f64;
        }
    }
    found
}

const WEEK: [f64; 7] = [1.1, 1.2, 1.15, 1.1, 1.05, 0.8, 0.6];

fn weekdays() -> [(&'static str, f64); 7] {
    let keys =
        ["weekday.mon", "weekday.tue", "weekday.wed", "weekday.thu", "weekday.fri", "weekday.sat", "weekday.sun"];
    std::array::from_fn(|day| (keys[day], WEEK[day]))
}

/// Each truth is covered in nearly all of the worlds, all of them together in nine of ten or more, and the means are near.
fn hold(worlds: u64, found: &[(String, u64, f64)], truth: &[(&str, f64)]) {
    let told: Vec<String> = found
        .iter()
        .zip(truth)
        .map(|((key, covered, mean), (_, truth))| format!("{key}: {truth} in {covered} of {worlds}, mean {mean:.4}"))
        .collect();
    let told = told.join("\n");
    println!("{told}");
    let all: u64 = found.iter().map(|(_, covered, _)| covered).sum();
    assert!(all * 10 >= worlds * found.len() as u64 * 9, "{told}");
    assert!(found.iter().all(|(_, covered, _)| covered * 3 >= worlds * 2), "{told}");
}

fn returns(worlds: u64, draw: impl Fn(u64) -> Plan, truth: &[(&str, f64)]) {
    hold(worlds, &coverage(worlds, draw, truth), truth);
}

#[test]
fn large_accounts_with_noise_and_a_shock_come_back() {
    let keys = format!(
        "size = {{ kind = \"lognormal\", median = 300, cv = 1.5 }}\nweekday = {WEEK:?}\nnoise = {{ sd = 0.4, week = 0.3, month = 0.2 }}\n"
    );
    let mut truth = vec![
        ("size.median", 300.0),
        ("size.cv", 1.5),
        ("world_shock", 0.1),
        ("noise.sd", 0.4),
        ("noise.week", 0.3),
        ("noise.month", 0.2),
        ("dispersion", 0.0),
    ];
    truth.extend(weekdays());
    returns(20, |seed| plan(seed, 180, 100, 0.1, &keys), &truth);
}

#[test]
fn dispersion_of_large_accounts_is_told_from_noise() {
    let keys = format!(
        "size = {{ kind = \"lognormal\", median = 2000, cv = 1 }}\nweekday = {WEEK:?}\nnoise = {{ sd = 0.3, week = 0.5, month = 0.2 }}\n\
         dispersion = 0.2\n"
    );
    let truth = [("noise.sd", 0.3), ("noise.week", 0.5), ("noise.month", 0.2), ("dispersion", 0.2), ("size.cv", 1.0)];
    returns(20, |seed| plan(seed, 180, 100, 0.05, &keys), &truth);
}

#[test]
fn small_accounts_come_back_with_all_their_dispersion() {
    let keys =
        format!("size = {{ kind = \"lognormal\", median = 2, cv = 1.5 }}\nweekday = {WEEK:?}\ndispersion = 0.5\n");
    let mut truth =
        vec![("size.median", 2.0), ("size.cv", 1.5), ("dispersion", 0.5), ("world_shock", 0.1), ("noise.sd", 0.0)];
    truth.extend(weekdays());
    returns(20, |seed| plan(seed, 120, 300, 0.1, &keys), &truth);
}

#[test]
fn a_season_and_a_trend_come_back() {
    let keys = format!(
        "size = {{ kind = \"lognormal\", median = 100, cv = 1 }}\nweekday = {WEEK:?}\nnoise = {{ sd = 0.3 }}\ntrend = 0.2\n\
         year = [{{ amplitude = 0.3, peak = 2026-03-20 }}]\n"
    );
    let mut truth = vec![("year.amplitude", 0.3), ("trend", 0.2), ("noise.sd", 0.3)];
    truth.extend(weekdays());
    returns(10, |seed| plan(seed, 800, 40, 0.05, &keys), &truth);
}

#[test]
fn bursts_come_back() {
    let keys = "size = { kind = \"lognormal\", median = 300, cv = 1 }\nweekday = \"office\"\nnoise = { sd = 0.15 }\n\
                [segments.products.api.bursts]\nhuman_spike = { a_year = 3, least = 4, most = 7, shortest = \"24h\", longest = \"72h\" }\n\
                bot_attack = { a_year = 1, least = 30, most = 100, shortest = \"24h\", longest = \"48h\", filtered = 0 }\n";
    let truth = [("bursts.human_spike.a_year", 3.0), ("bursts.bot_attack.a_year", 1.0), ("noise.sd", 0.15)];
    returns(20, |seed| plan(seed, 180, 100, 0.0, keys), &truth);
}
