//! Known worlds are drawn, fitted and come back: every value within its interval about as often as the interval says.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use billsim::calibrate::{Calibration, Daily, Question, Refusal, SizeFit, Wanted};
use billsim::plan::{Plan, compile};
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::usage::{Collector, Row, Usage};
use program::billsim;

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
    answer(usage, 0).expect("there is something to fit")
}

fn answer(usage: &Usage, hold_out: usize) -> Result<Calibration, Refusal> {
    let question = Question { usage, wanted: &Wanted::default(), hold_out, seed: 7, threads: 2 };
    question.answer(&AtomicBool::new(false), &|_| ())
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

/// Each truth is covered in nearly all of the worlds, all of them together in 88 of 100 or more, and the means are near.
fn hold(worlds: u64, found: &[(String, u64, f64)], truth: &[(&str, f64)]) {
    let told: Vec<String> = found
        .iter()
        .zip(truth)
        .map(|((key, covered, mean), (_, truth))| format!("{key}: {truth} in {covered} of {worlds}, mean {mean:.4}"))
        .collect();
    let told = told.join("\n");
    println!("{told}\n");
    let all: u64 = found.iter().map(|(_, covered, _)| covered).sum();
    assert!(all * 100 >= worlds * found.len() as u64 * 88, "{told}");
    assert!(found.iter().all(|(_, covered, _)| covered * 3 >= worlds * 2), "{told}");
}

/// Of so many worlds each; `BILLSIM_WORLDS` for more.
fn worlds() -> u64 {
    std::env::var("BILLSIM_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(6)
}

fn returns(draw: impl Fn(u64) -> Plan, truth: &[(&str, f64)]) {
    hold(worlds(), &coverage(worlds(), draw, truth), truth);
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
    returns(|seed| plan(seed, 180, 100, 0.1, &keys), &truth);
}

#[test]
fn dispersion_of_large_accounts_is_told_from_noise() {
    let keys = format!(
        "size = {{ kind = \"lognormal\", median = 2000, cv = 1 }}\nweekday = {WEEK:?}\nnoise = {{ sd = 0.3, week = 0.5, month = 0.2 }}\n\
         dispersion = 0.2\n"
    );
    let truth = [("noise.sd", 0.3), ("noise.week", 0.5), ("noise.month", 0.2), ("dispersion", 0.2), ("size.cv", 1.0)];
    returns(|seed| plan(seed, 180, 100, 0.05, &keys), &truth);
}

#[test]
fn small_accounts_come_back_with_all_their_dispersion() {
    let keys =
        format!("size = {{ kind = \"lognormal\", median = 2, cv = 1.5 }}\nweekday = {WEEK:?}\ndispersion = 0.5\n");
    let mut truth =
        vec![("size.median", 2.0), ("size.cv", 1.5), ("dispersion", 0.5), ("world_shock", 0.1), ("noise.sd", 0.0)];
    truth.extend(weekdays());
    returns(|seed| plan(seed, 120, 300, 0.1, &keys), &truth);
}

#[test]
fn a_season_and_a_trend_come_back() {
    let keys = format!(
        "size = {{ kind = \"lognormal\", median = 100, cv = 1 }}\nweekday = {WEEK:?}\nnoise = {{ sd = 0.3 }}\ntrend = 0.2\n\
         year = [{{ amplitude = 0.3, peak = 2026-03-20 }}]\n"
    );
    let mut truth = vec![("year.amplitude", 0.3), ("trend", 0.2), ("noise.sd", 0.3)];
    truth.extend(weekdays());
    returns(|seed| plan(seed, 800, 40, 0.05, &keys), &truth);
}

#[test]
fn bursts_come_back() {
    let keys = "size = { kind = \"lognormal\", median = 300, cv = 1 }\nweekday = \"office\"\nnoise = { sd = 0.15 }\n\
                [segments.products.api.bursts]\nhuman_spike = { a_year = 3, least = 4, most = 7, shortest = \"24h\", longest = \"72h\" }\n\
                bot_attack = { a_year = 1, least = 30, most = 100, shortest = \"24h\", longest = \"48h\", filtered = 0 }\n";
    let truth = [("bursts.human_spike.a_year", 3.0), ("bursts.bot_attack.a_year", 1.0), ("noise.sd", 0.15)];
    returns(|seed| plan(seed, 180, 100, 0.0, keys), &truth);
}

/// Short or poor data leaves keys at their defaults, each with its reason; it never makes a number up.
#[test]
fn what_the_data_is_not_enough_for_is_left_and_named() {
    let keys = "size = { kind = \"lognormal\", median = 30, cv = 1 }\n";
    let left = |days: u32, accounts: u32| {
        let found = calibrate(&usage(&Daily::of_world(&plan(1, days, accounts, 0.1, keys), 0)));
        let named: Vec<&str> = found.fitted.left.iter().map(|left| left.key).collect();
        let fitted: Vec<&str> = found.parameters.iter().map(|parameter| parameter.key).collect();
        for key in &named {
            assert!(!fitted.iter().any(|fitted| fitted.starts_with(key)), "{key} is fitted and left: {fitted:?}");
            assert!(found.text.contains(&format!("#   {key}: ")), "{key}:\n{}", found.text);
        }
        named.join(" ")
    };
    let short = "weekday year trend world_shock noise dispersion bursts";
    assert_eq!(left(1, 5), short);
    assert_eq!(left(20, 5), short);
    assert_eq!(left(20, 1), format!("size.cv {short}"));
    assert_eq!(left(35, 1), "size.cv year trend world_shock dispersion noise.month");
    assert_eq!(left(400, 30), "year trend");
}

/// Two kinds of accounts in one file are no lognormal distribution: their sizes are written one by one, and what all use is kept.
#[test]
fn sizes_that_are_not_lognormal_are_written_one_by_one() {
    let keys = "size = { kind = \"table\", sizes = [{ units = 2, weight = 9 }, { units = 3_000 }] }\n";
    let daily = Daily::of_world(&plan(1, 60, 400, 0.0, keys), 0);
    let found = calibrate(&usage(&daily));
    assert!(found.table.is_some() && found.text.contains("kind = \"table\""), "{}", found.text);
    let drawn = found.plan.segments[0].uses[0].demand.level(|size| size.mean()) * 400.0 * 60.0;
    let ratio = drawn / daily.totals().iter().sum::<f64>();
    assert!((0.99..1.01).contains(&ratio), "{ratio}");
    let share =
        found.distances.iter().find(|row| row.name == "share of the top 10 %").expect("there are many accounts");
    assert!((share.after - share.data.expect("they use something")).abs() < 0.05, "{share:?}");
}

/// Accounts that come late or leave early are sized by the days on which they are there, and named.
#[test]
fn late_and_early_accounts_are_named() {
    let mut daily = Daily::of_world(&plan(1, 60, 30, 0.0, "size = { kind = \"constant\", units = 50 }\n"), 0);
    daily.accounts[3].units[..30].fill(0);
    daily.accounts[4].units[40..].fill(0);
    let found = calibrate(&usage(&daily));
    let left: Vec<&str> = found.fitted.left.iter().map(|left| left.key).collect();
    assert!(left.contains(&"arrivals") && left.contains(&"churn"), "{left:?}");
    assert!(found.fitted.sizes.iter().all(|size| (45.0..55.0).contains(size)), "{:?}", found.fitted.sizes);
    let SizeFit::Lognormal(size) = found.fitted.size() else { panic!("there are several") };
    assert!(size.of_sigma.0 < 0.01, "accounts of one size: {size:?}");
}

/// A weekday without any use has an index of 0, and is no noise.
#[test]
fn offices_that_are_closed_on_sundays_stay_closed() {
    let keys = "size = { kind = \"lognormal\", median = 300, cv = 1 }\nweekday = [1, 1, 1, 1, 1, 1, 0]\nnoise = { sd = 0.2 }\n";
    let found = calibrate(&usage(&Daily::of_world(&plan(1, 120, 40, 0.0, keys), 0)));
    let weekday = found.fitted.season.weekday.expect("there are days enough");
    assert!(weekday[6] < 0.001 && (weekday[0] - 7.0 / 6.0).abs() < 0.05, "{weekday:?}");
    let noise = found.fitted.noise.expect("there are days enough");
    assert!(((noise.day + noise.week + noise.month).sqrt() - 0.2).abs() < 0.02, "{noise:?}");
}

/// What is fitted to the first days is held against the last ones; it is not fitted to them.
#[test]
fn days_that_are_held_out_are_not_fitted() {
    let keys = "size = { kind = \"lognormal\", median = 30, cv = 1 }\n";
    let whole = Daily::of_world(&plan(1, 100, 30, 0.1, keys), 0);
    let mut other = whole.clone();
    other.accounts.iter_mut().for_each(|own| own.units[80..].iter_mut().for_each(|units| *units = 3 * *units + 1));
    let [one, other] = [whole, other].map(|daily| answer(&usage(&daily), 20).expect("80 days are left"));
    assert_eq!(one.text, other.text);
    assert_ne!(one.distances, other.distances);
    assert_eq!((one.held.days(), one.chosen.daily.days()), (20, 80));
    let refused = answer(&usage(&Daily::of_world(&plan(1, 10, 3, 0.0, keys), 0)), 10);
    assert_eq!(refused.err(), Some(Refusal::NothingLeft { hold_out: 10, days: 10 }));
}

/// On any number of threads the same bytes.
#[test]
fn threads_change_nothing() {
    let keys = "size = { kind = \"lognormal\", median = 30, cv = 1 }\nnoise = { sd = 0.3 }\n";
    let usage = usage(&Daily::of_world(&plan(1, 60, 20, 0.1, keys), 0));
    let of = |threads| {
        let question = Question { usage: &usage, wanted: &Wanted::default(), hold_out: 0, seed: 1, threads };
        let found = question.answer(&AtomicBool::new(false), &|_| ()).expect("there is something to fit");
        (found.text, found.distances)
    };
    assert_eq!(of(1), of(3));
}

/// A fitted segment is a scenario as soon as it has a price book, and the page about data shows what is printed.
#[test]
fn a_fitted_segment_runs_with_a_book() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (fitted, run) = (path("fitted"), path("run"));
    let usage = "tests/data/mentions.csv";
    let told = billsim(&["calibrate", "--usage", usage, "--product", "captcha", "--hold-out", "14", "--out", &fitted]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let segment = format!("{fitted}/segment.toml");
    let book = "books.captcha.file=scenarios/books/captcha.toml";
    let ran = billsim(&["run", &segment, "--set", book, "--charts", "none", "--out", &run]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("5 accounts, 40 days from 2015-02-27"), "{}", ran.out);
    for chart in ["sizes", "weekdays", "daily"] {
        let drawn = fs::read_to_string(format!("{fitted}/charts/{chart}.svg")).expect("it is drawn");
        assert!(drawn.contains("the data") && drawn.contains("a fitted world"), "{chart}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(format!("{fitted}/calibration.json")).expect("it is written"))
            .expect("it is JSON");
    assert_eq!(json["held_against"]["days"], 14);
    assert!(json["parameters"]["size.cv"]["interval"][1].as_f64() > json["parameters"]["size.cv"]["value"].as_f64());
    let page = fs::read_to_string("docs/DATA-IN.md").expect("it is there");
    let taxi = billsim(&["calibrate", "--usage", "tests/data/taxi.csv", "--hold-out", "28"]).out;
    for line in told
        .out
        .lines()
        .take_while(|line| !line.starts_with("wrote"))
        .chain(taxi.lines().skip_while(|line| !line.starts_with("Worlds against")))
    {
        assert!(page.contains(line.trim_end()), "the page does not have: {line}");
    }
}
