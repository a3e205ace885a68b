//! The run folder as somebody finds it who uses the program: what is in it, that it is the same every time, that its
//! parts agree with each other, and what happens to it when things go wrong.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/folders.rs"]
mod folders;
#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use billsim::tables::{ACCOUNTS, BILLS, Column, EVENTS, MONEY, STATUS, Table, USAGE, UsageRow};
use folders::{assert_same, comparable, files, json, names};
use polars::prelude::*;
use program::{Ended, billsim, program};
use serde_json::Value;
use tempfile::TempDir;

/// `billsim run SCENARIO --out OUT …`
fn run(scenario: &str, out: &Path, options: &[&str]) -> Ended {
    let out = out.to_str().expect("temporary paths are UTF-8");
    billsim(&[&["run", scenario, "--out", out], options].concat())
}

/// As [`run`], where nothing may go wrong; one replication where nothing else is said.
fn done(scenario: &str, out: &Path, options: &[&str]) {
    let one: &[&str] = if options.contains(&"--replications") { &[] } else { &["--replications", "1"] };
    let ended = run(scenario, out, &[options, one].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.err, "");
}

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

const CAPTCHA: &str = "scenarios/captcha.toml";
const TUTORIAL: &str = "scenarios/tutorial.toml";
const ATTACK: &str = "scenarios/captcha-attack.toml";
const EVERYTHING: [&str; 4] = ["--record", "daily,accounts,bills,events", "--format", "parquet,csv"];
const NO_CHARTS: [&str; 2] = ["--charts", "none"];

/// Both shipped scenarios, small and with everything recorded: written once, read by many tests.
static WRITTEN: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = temporary();
    done(TUTORIAL, &folder.path().join("tutorial"), &EVERYTHING);
    let small = ["--accounts", "300", "--days", "60"];
    done(CAPTCHA, &folder.path().join("captcha"), &[&small[..], &EVERYTHING, &NO_CHARTS].concat());
    folder
});

fn tutorial() -> PathBuf {
    WRITTEN.path().join("tutorial")
}

fn captcha() -> PathBuf {
    WRITTEN.path().join("captcha")
}

fn frame(folder: &Path, table: &str) -> DataFrame {
    let file = File::open(folder.join(format!("{table}.parquet"))).expect("the table is there");
    ParquetReader::new(file).finish().expect("it is Parquet")
}

/// Units of 1e-8 of a money column.
fn money(frame: &DataFrame, column: &str) -> Vec<i128> {
    let column = frame.column(column).expect("the column is there").decimal().expect("money is decimal");
    column.physical().iter().map(|units| units.expect("no null")).collect()
}

fn counts(frame: &DataFrame, column: &str) -> Vec<u64> {
    let column = frame.column(column).expect("the column is there").u64().expect("counts are whole");
    column.iter().map(|count| count.expect("no null")).collect()
}

fn signed(frame: &DataFrame, column: &str) -> Vec<i64> {
    let column = frame.column(column).expect("the column is there").i64().expect("counts are whole");
    column.iter().map(|count| count.expect("no null")).collect()
}

fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).expect("the column is there").str().expect("a text");
    column.iter().map(|text| text.expect("no null").to_owned()).collect()
}

/// Units of 1e-8 of money in JSON, which is a string with 8 decimals.
fn units(value: &Value) -> i128 {
    let text = value.as_str().expect("money is a string in JSON");
    let (_, decimals) = text.split_once('.').expect("with decimals");
    assert_eq!(decimals.len(), 8, "{text}");
    text.replace('.', "").parse().expect("a plain decimal")
}

#[test]
fn a_run_folder_has_all_its_files() {
    let mut expected =
        vec!["charts", "daily.csv", "manifest.json", "report.html", "scenario.toml", "summary.json", "timings.json"];
    let tables = ["accounts", "bills", "events", "money_daily", "status_daily", "usage_daily"];
    let files = tables.map(|table| [format!("{table}.parquet"), format!("{table}.csv")]).concat();
    expected.extend(files.iter().map(String::as_str));
    expected.sort_unstable();
    assert_eq!(names(&tutorial()), expected);
    let charts = names(&tutorial().join("charts"));
    assert!(charts.iter().any(|name| name.ends_with(".svg")) && charts.iter().any(|name| name.ends_with(".png")));
}

#[test]
fn only_what_was_asked_for_is_written() {
    let folder = temporary();
    done(TUTORIAL, &folder.path().join("run"), &["--record", "daily", "--charts", "none"]);
    let daily = [
        "daily.csv",
        "manifest.json",
        "money_daily.parquet",
        "report.html",
        "scenario.toml",
        "status_daily.parquet",
        "summary.json",
        "timings.json",
        "usage_daily.parquet",
    ];
    assert_eq!(names(&folder.path().join("run")), daily);
    assert_eq!(names(folder.path()), ["run"], "neither a lock nor a partial folder stays");
}

#[test]
fn the_default_folder_is_named_by_scenario_plan_and_seed() {
    let folder = temporary();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join(TUTORIAL);
    let scenario = scenario.to_str().expect("UTF-8");
    let mut command = program(&["run", scenario, "--seed", "7", "--charts", "none", "--json"]);
    let output = command.current_dir(folder.path()).output().expect("the program starts");
    let summary: Value = serde_json::from_slice(&output.stdout).expect("--json prints JSON");
    let hash = summary["plan_hash"].as_str().expect("a text");
    assert_eq!(names(&folder.path().join("output")), [format!("tutorial-{hash}-7")]);
}

#[test]
fn a_second_run_says_that_it_is_done_and_changes_nothing() {
    let folder = temporary();
    let out = folder.path().join("run");
    done(TUTORIAL, &out, &NO_CHARTS);
    let changed = |name: &String| fs::metadata(out.join(name)).and_then(|data| data.modified()).expect("it is there");
    let times = || -> Vec<SystemTime> { names(&out).iter().map(changed).collect() };
    let (before, bytes) = (times(), files(&out));
    let again = run(TUTORIAL, &out, &NO_CHARTS);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
    assert!(again.out.contains("is done already"), "{}", again.out);
    let json = run(TUTORIAL, &out, &["--charts", "none", "--json"]);
    assert_eq!(json.out.into_bytes(), bytes["summary.json"], "--json prints the summary that is there");
    assert_eq!(run(TUTORIAL, &out, &["--charts", "none", "--quiet"]).out, "");
    assert!(before == times() && bytes == files(&out), "nothing may be touched");
}

#[test]
fn force_replaces_the_folder() {
    let folder = temporary();
    let out = folder.path().join("run");
    done(TUTORIAL, &out, &NO_CHARTS);
    let before = comparable(&out);
    fs::write(out.join("daily.csv"), "damaged").expect("the folder is ours");
    // What was damaged is not done already.
    let ended = run(TUTORIAL, &out, &NO_CHARTS);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("its daily.csv was changed or lost") && ended.err.contains("--force"), "{}", ended.err);
    // What somebody else put there is not lost.
    fs::write(out.join("notes.txt"), "mine").expect("the folder is ours");
    let ended = run(TUTORIAL, &out, &["--charts", "none", "--force"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("notes.txt") && ended.err.contains("move it away"), "{}", ended.err);
    fs::remove_file(out.join("notes.txt")).expect("the folder is ours");
    done(TUTORIAL, &out, &["--charts", "none", "--force"]);
    assert!(before == comparable(&out), "the folder is as new");
    assert_eq!(names(folder.path()), ["run"], "nothing of the older one stays");
}

#[test]
fn force_replaces_nothing_but_a_run_folder() {
    let folder = temporary();
    let (stranger, file) = (folder.path().join("stranger"), folder.path().join("file"));
    fs::create_dir(&stranger).expect("the folder is ours");
    fs::write(stranger.join("thesis.txt"), "years of work").expect("the folder is ours");
    fs::write(&file, "no folder").expect("the folder is ours");
    for out in [&stranger, &file] {
        let ended = run(TUTORIAL, out, &["--charts", "none", "--force"]);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
    }
    assert_eq!(names(&stranger), ["thesis.txt"]);
    assert_eq!(names(folder.path()), ["file", "stranger"]);
}

#[test]
fn another_run_is_not_overwritten() {
    let folder = temporary();
    let out = folder.path().join("run");
    done(TUTORIAL, &out, &NO_CHARTS);
    let before = files(&out);
    for (options, key) in [
        (["--record", "daily"], "record"),
        (["--format", "csv"], "formats"),
        (["--charts", "svg"], "charts"),
        (["--days", "29"], "scenario, book or option"),
        (["--seed", "2"], "seed"),
    ] {
        let charts: &[&str] = if key == "charts" { &[] } else { &NO_CHARTS };
        let ended = run(TUTORIAL, &out, &[&options, charts].concat());
        assert_eq!(ended.code, Some(2), "{key}");
        assert!(ended.err.replace('`', "").contains(&format!("another {key}")), "{}", ended.err);
        assert!(ended.err.contains("help: ") && ended.err.contains("--force"), "{}", ended.err);
    }
    assert!(before == files(&out), "it is as it was");
    assert_eq!(names(folder.path()), ["run"]);
}

#[test]
fn replications_are_rows_of_their_own_and_give_intervals() {
    let folder = temporary();
    let out = folder.path().join("run");
    let size = ["--accounts", "60", "--days", "40", "--replications", "3"];
    done(CAPTCHA, &out, &[&NO_CHARTS[..], &["--format", "csv"], &size].concat());
    let text = fs::read_to_string(out.join("summary.json")).expect("the summary");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let accrued = &summary["headlines"]["accrued"];
    let values: Vec<f64> = accrued["values"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|v| v.as_str().expect("money is a text").parse().expect("a number"))
        .collect();
    assert_eq!((values.len(), summary["replications"].as_u64()), (3, Some(3)));
    // t(97.5 %) with 2 degrees of freedom is 4.3027.
    let mean = values.iter().sum::<f64>() / 3.0;
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 2.0).sqrt();
    let number = |key: &str| accrued[key].as_str().expect("a text").parse::<f64>().expect("a number");
    assert!((number("mean") - mean).abs() < 1e-6);
    assert!((number("half_width_95") - 4.3027 * sd / 3_f64.sqrt()).abs() < 1e-3 * sd);
    let rows = |table: &str, replication: &str| {
        let text = fs::read_to_string(out.join(table)).expect("the table is there");
        text.lines().filter(|line| line.starts_with(&format!("{replication},"))).count()
    };
    for replication in ["0", "1", "2"] {
        assert_eq!(rows("accounts.csv", replication), 60);
        assert_eq!(rows("money_daily.csv", replication), 40 * 4);
    }
}

/// Replications are drawn until the number is known, and never fewer than five; one that stays too wide is told.
#[test]
fn until_ends_when_the_number_is_known() {
    const SMALL: [&str; 6] = ["--charts", "none", "--accounts", "200", "--days", "30"];
    let folder = temporary();
    let summary = |name: &str, options: &[&str]| {
        let out = folder.path().join(name);
        done(CAPTCHA, &out, &[&SMALL, options].concat());
        json(&out.join("summary.json"))
    };
    let warned =
        |summary: &Value| summary["warnings"].as_array().expect("warnings").iter().any(|w| w["kind"] == "imprecise");
    let known = summary("known", &["--until", "recognised ± 90 %", "--replications", "9"]);
    assert_eq!(known["replications"], 5);
    assert!(!warned(&known), "{}", known["warnings"]);
    let options = ["--until", "recognised ± 0.01 %", "--replications", "6"];
    let wide = summary("wide", &options);
    assert_eq!(wide["replications"], 6);
    assert!(warned(&wide), "{}", wide["warnings"]);
    let again = run(CAPTCHA, &folder.path().join("wide"), &[&SMALL[..], &options].concat());
    assert!(again.out.contains("already"), "{}", again.out);
}

/// Of five replications the lines are the lowest, the middle and the highest value of each date.
#[test]
fn bands_are_quantiles_over_the_replications() {
    let folder = temporary();
    let out = folder.path().join("run");
    done(CAPTCHA, &out, &["--charts", "none", "--accounts", "200", "--days", "30", "--replications", "5"]);
    let (bands, daily) = (frame(&out, "bands"), frame(&out, "money_daily"));
    let dates = |frame: &DataFrame| {
        frame
            .column("date")
            .expect("a date")
            .cast(&DataType::Int32)
            .expect("days")
            .i32()
            .expect("days")
            .iter()
            .collect::<Vec<_>>()
    };
    let mut of_date: BTreeMap<Option<i32>, BTreeMap<u32, i128>> = BTreeMap::new();
    let replications = daily.column("replication").expect("it is there").cast(&DataType::UInt32).expect("a count");
    let replications = replications.u32().expect("a count").iter().flatten();
    for ((date, replication), value) in dates(&daily).into_iter().zip(replications).zip(money(&daily, "recognised")) {
        *of_date.entry(date).or_default().entry(replication).or_default() += value;
    }
    let lines = ["recognised_p10", "recognised_p50", "recognised_p90"].map(|name| money(&bands, name));
    assert_eq!(bands.height(), 30);
    for (row, date) in dates(&bands).into_iter().enumerate() {
        let mut values: Vec<i128> = of_date[&date].values().copied().collect();
        values.sort_unstable();
        assert_eq!([0, 2, 4].map(|rank| values[rank]), [0, 1, 2].map(|line: usize| lines[line][row]), "{date:?}");
    }
}

#[test]
fn quiet_prints_nothing() {
    let folder = temporary();
    let ended = run(TUTORIAL, &folder.path().join("run"), &["--charts", "none", "--quiet"]);
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

#[test]
fn the_screen_shows_the_table_and_where_the_folder_is() {
    let folder = temporary();
    let out = folder.path().join("run");
    let ended = run(TUTORIAL, &out, &NO_CHARTS);
    assert!(ended.out.contains("tutorial: 5 accounts, 30 days from 2026-01-01, seed 1"), "{}", ended.out);
    assert!(ended.out.ends_with(&format!("wrote {}\n", out.display())), "{}", ended.out);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 200) && ended.out.lines().count() < 40);
}

#[test]
fn json_is_the_summary_with_money_as_strings() {
    let folder = temporary();
    let ended = run(TUTORIAL, &folder.path().join("run"), &["--charts", "none", "--json"]);
    let summary: Value = serde_json::from_str(&ended.out).expect("--json prints JSON");
    assert_eq!(summary, json(&folder.path().join("run/summary.json")));
    // By hand: one day of 100 units above the free ones, 28 days of 200 at 0.50 + 0.20.
    assert_eq!(summary["segments"][0]["segment"], "steady");
    assert_eq!(summary["segments"][0]["money"]["billed"], "20.10000000");
    for (key, value) in summary["totals"]["money"].as_object().expect("an object") {
        if !["bills", "top_ups", "payment_failures"].contains(&key.as_str()) {
            units(value);
        }
    }
    no_floats(&summary);
    no_floats(&json(&folder.path().join("run/manifest.json")));
}

fn no_floats(value: &Value) {
    match value {
        Value::Number(number) => assert!(!number.is_f64(), "{number} is a float"),
        Value::Array(items) => items.iter().for_each(no_floats),
        Value::Object(object) => object.values().for_each(no_floats),
        _ => {}
    }
}

#[test]
fn the_bytes_do_not_depend_on_the_threads() {
    let folder = temporary();
    let out = |threads: &str| folder.path().join(threads);
    for threads in ["1", "2", "8"] {
        let size = ["--accounts", "2600", "--days", "30", "--threads", threads];
        done(CAPTCHA, &out(threads), &[&size[..], &EVERYTHING].concat());
    }
    assert_same(&out("1"), &out("2"));
    assert_same(&out("1"), &out("8"));
}

#[test]
fn another_seed_gives_other_bytes() {
    let folder = temporary();
    let small = ["--accounts", "300", "--days", "60", "--seed", "1"];
    done(CAPTCHA, &folder.path().join("run"), &[&small[..], &NO_CHARTS].concat());
    assert_ne!(comparable(&folder.path().join("run"))["accounts.parquet"], comparable(&captcha())["accounts.parquet"]);
}

#[test]
fn the_resolved_scenario_gives_the_same_run() {
    let folder = temporary();
    for written in [tutorial(), captcha()] {
        let resolved = written.join("scenario.toml");
        let resolved = resolved.to_str().expect("UTF-8");
        let again = billsim(&["inspect", resolved, "--resolved"]);
        assert_eq!(again.out, fs::read_to_string(resolved).expect("it is there"), "resolving it again gives itself");
        let out = folder.path().join(written.file_name().expect("a name"));
        let charts: &[&str] = if written == tutorial() { &[] } else { &NO_CHARTS };
        done(resolved, &out, &[&EVERYTHING[..], charts].concat());
        assert_same(&written, &out);
        assert_eq!(json(&written.join("manifest.json"))["plan_hash"], json(&out.join("manifest.json"))["plan_hash"]);
    }
}

fn assert_schema<R>(folder: &Path, table: &Table<R>) {
    let read = frame(folder, table.name);
    let found: Vec<(String, DataType)> =
        read.schema().iter().map(|(name, dtype)| (name.to_string(), dtype.clone())).collect();
    let declared: Vec<(String, DataType)> =
        table.schema().iter().map(|(name, dtype)| (name.to_string(), dtype.clone())).collect();
    assert_eq!(found, declared, "{}", table.name);
    for column in (table.columns)().iter().filter(|column| column.unit.starts_with("currency")) {
        let dtype = read.column(column.name).expect("it is declared").dtype();
        assert_eq!(dtype, &DataType::Decimal(38, 8), "{}.{}", table.name, column.name);
    }
    let csv = fs::read_to_string(folder.join(format!("{}.csv", table.name))).expect("the table is there");
    let declared: Vec<&str> = (table.columns)().iter().map(|column| column.name).collect();
    assert_eq!(csv.lines().next(), Some(declared.join(",").as_str()), "{}", table.name);
    assert_eq!(csv.lines().count(), read.height() + 1, "{}", table.name);
}

#[test]
fn tables_have_the_declared_columns() {
    for folder in [tutorial(), captcha()] {
        assert_schema(&folder, &USAGE);
        assert_schema(&folder, &STATUS);
        assert_schema(&folder, &MONEY);
        assert_schema(&folder, &ACCOUNTS);
        assert_schema(&folder, &BILLS);
        assert_schema(&folder, &EVENTS);
    }
}

#[test]
fn csv_has_plain_decimals_dates_and_instants() {
    let line = |table: &str, number: usize| {
        let text = fs::read_to_string(tutorial().join(table)).expect("the table is there");
        text.lines().nth(number).expect("it has so many lines").to_owned()
    };
    // The first bill of `steady`, by hand: 100 free units, then 100 in the first tier.
    let first = "0,steady,0,captcha,2026-01-01,2026-01-02 08:00:00,verification";
    assert_eq!(
        line("bills.csv", 1),
        format!("{first},free,,100,0.00000000,0.00000000,0.50000000,0.50000000,0.00000000")
    );
    assert_eq!(
        line("bills.csv", 2),
        format!("{first},tier,1,100,0.00500000,0.50000000,0.50000000,0.50000000,0.00000000")
    );
    assert_eq!(
        line("usage_daily.csv", 1),
        "0,2026-01-01,steady,captcha,verification,0,200,0,0,0,0,200,0,0,0,0,200,200,100,0,0,100,0.50000000,0.00000000,0.00000000"
    );
    assert_eq!(line("events.csv", 1), "0,steady,0,2026-01-01 00:00:00,activated,captcha,,,,,,,,,,,,,,,,");
    assert!(line("daily.csv", 30).starts_with("2026-01-30,"));
    // `silent` is suspended 168 h after the fourth bill, which 2.00 does not cover.
    assert!(
        line("accounts.csv", 2).ends_with(",2026-01-05 08:00:00,2026-01-12 08:00:00,,true"),
        "{}",
        line("accounts.csv", 2)
    );
}

#[test]
fn accounts_add_up_to_the_summary() {
    for folder in [tutorial(), captcha()] {
        let (accounts, summary) = (frame(&folder, "accounts"), json(&folder.join("summary.json")));
        let totals = &summary["totals"];
        for name in ["potential", "unintegrated", "refused", "served", "free", "billable"] {
            assert_eq!(totals["usage"][name], counts(&accounts, name).iter().sum::<u64>(), "{name}");
        }
        for name in ["bills", "top_ups"] {
            assert_eq!(totals["money"][name], counts(&accounts, name).iter().sum::<u64>(), "{name}");
        }
        for name in ["suspensions", "suspended_seconds"] {
            assert_eq!(totals["status"][name], counts(&accounts, name).iter().sum::<u64>(), "{name}");
        }
        assert_eq!(units(&totals["usage"]["accrued"]), money(&accounts, "accrued").iter().sum::<i128>());
        for name in [
            "billed",
            "vouchers",
            "deducted",
            "topped_up",
            "opening_balance",
            "closing_balance",
            "debt",
            "bad_debt",
            "carried",
            "unbilled",
        ] {
            assert_eq!(units(&totals["money"][name]), money(&accounts, name).iter().sum::<i128>(), "{name}");
        }
        assert_eq!(totals["status"]["accounts"], accounts.height());
    }
}

#[test]
fn days_add_up_to_the_summary() {
    for folder in [tutorial(), captcha()] {
        let summary = json(&folder.join("summary.json"));
        let totals = &summary["totals"];
        let usage = frame(&folder, "usage_daily");
        assert_eq!(totals["usage"]["withheld"], signed(&usage, "withheld").iter().sum::<i64>());
        let counted = |column: &&Column<UsageRow>| column.unit == "units" && column.name != "withheld";
        for column in (USAGE.columns)().iter().filter(counted) {
            assert_eq!(
                totals["usage"][column.name],
                counts(&usage, column.name).iter().sum::<u64>(),
                "{}",
                column.name
            );
        }
        for name in ["accrued", "lost", "cost"] {
            assert_eq!(units(&totals["usage"][name]), money(&usage, name).iter().sum::<i128>(), "{name}");
        }
        let daily = frame(&folder, "money_daily");
        let flows = ["billed", "rounding", "vouchers", "recognised", "bill_cost", "deducted", "collected", "topped_up"];
        for name in flows.into_iter().chain(["marked", "recovered"]) {
            assert_eq!(units(&totals["money"][name]), money(&daily, name).iter().sum::<i128>(), "{name}");
        }
        let status = frame(&folder, "status_daily");
        for name in ["activations", "integrations", "suspensions", "resumptions", "refused_activations", "departures"] {
            assert_eq!(totals["status"][name], counts(&status, name).iter().sum::<u64>(), "{name}");
        }
        // Every day every account is in one state.
        let states = ["inactive", "integrating", "running", "in_grace", "suspended", "churned"];
        let states = states.map(|name| counts(&status, name));
        let everybody: u64 = states.iter().flatten().sum();
        let account_days = summary["accounts"].as_u64().zip(summary["days"].as_u64()).map(|(a, d)| a * d);
        assert_eq!(Some(everybody), account_days);
    }
}

#[test]
fn units_are_conserved_every_day() {
    let folder = temporary();
    let attack = folder.path().join("attack");
    done(ATTACK, &attack, &[&NO_CHARTS[..], &["--accounts", "300"]].concat());
    for folder in [captcha(), tutorial(), attack] {
        conserved(&frame(&folder, "usage_daily"));
    }
}

fn conserved(usage: &DataFrame) {
    let of = |name| counts(usage, name);
    let parts = of("unintegrated").into_iter().zip(of("offered")).zip(signed(usage, "withheld"));
    let parts = parts.map(|((unintegrated, offered), withheld)| (unintegrated + offered).cast_signed() + withheld);
    let potential = of("potential").into_iter().map(u64::cast_signed);
    assert!(parts.eq(potential), "potential = unintegrated + withheld + offered");
    let came = of("offered").into_iter().zip(of("retried")).map(|(a, b)| a + b);
    assert!(
        came.eq(of("refused").into_iter().zip(of("served")).map(|(a, b)| a + b)),
        "offered + retried = refused + served"
    );
    let parts = of("free").into_iter().zip(of("billable")).map(|(a, b)| a + b);
    assert!(parts.eq(of("counted")), "counted = free + billable");
}

#[test]
fn bill_lines_add_up_to_their_bill_and_bills_to_the_summary() {
    for folder in [tutorial(), captcha()] {
        let bills = frame(&folder, "bills");
        let dates = bills.column("usage_date").expect("it is there").date().expect("a date").physical().clone();
        let (amounts, wholes) = (money(&bills, "amount"), money(&bills, "bill_amount"));
        let accounts = texts(&bills, "segment").into_iter().zip(counts(&bills, "account"));
        let mut sums: BTreeMap<(String, u64, i32), (i128, i128)> = BTreeMap::new();
        for (line, (segment, account)) in accounts.enumerate() {
            let date = dates.get(line).expect("no null");
            let bill = sums.entry((segment, account, date)).or_insert((0, wholes[line]));
            bill.0 += amounts[line];
            assert_eq!(bill.1, wholes[line], "one bill has one amount");
        }
        for (bill, (lines, whole)) in &sums {
            assert_eq!(lines, whole, "{bill:?}");
        }
        let prices = money(&bills, "price").into_iter().zip(counts(&bills, "units"));
        assert!(prices.map(|(price, units)| price * i128::from(units)).eq(amounts), "amount = units × price");
        let totals = &json(&folder.join("summary.json"))["totals"];
        assert_eq!(totals["money"]["bills"], sums.len());
        assert_eq!(units(&totals["money"]["billed"]), sums.values().map(|(_, whole)| whole).sum::<i128>());
    }
}

/// What `explain` calls each kind of event.
fn kind(told: &str) -> &'static str {
    let has = |part: &str| told.contains(part);
    match () {
        () if told.starts_with("top-up") => "top_up",
        () if told.starts_with("credit line is now") => "credit_line",
        () if told.starts_with("voucher") && has("received") => "voucher_received",
        () if told.starts_with("voucher") => "voucher_expired",
        () if has("free quota") && has("granted") => "quota_granted",
        () if has("free quota") && has("ended") => "quota_ended",
        () if has("free quota") => "quota_wiped",
        () if has("bill of") && has("deducted") => "deducted",
        () if has("bill of") => "bill_issued",
        () if told.starts_with("in arrears") => "arrears_started",
        () if has("clock now runs") => "clock_set",
        () if told == "arrears cleared" => "arrears_cleared",
        () if has("marked as bad") => "debt_marked",
        () if has("recovered") => "debt_recovered",
        () if told.ends_with(" activated") => "activated",
        () if has("activation refused") => "activation_refused",
        () if told.ends_with(" resumes") => "resumed",
        () if told.ends_with("suspended for arrears") => "suspended",
        () if told.ends_with(" integrated") => "integrated",
        () if has("costs") => "day_closed",
        () => panic!("what is this? {told}"),
    }
}

#[test]
fn explain_tells_the_events_of_the_table() {
    let captcha_options = ["--accounts", "300", "--days", "60"];
    for (folder, scenario, options, segment, account) in [
        (tutorial(), TUTORIAL, &[][..], "late", 0),
        (tutorial(), TUTORIAL, &[], "silent", 0),
        (tutorial(), TUTORIAL, &[], "recharging", 1),
        (captcha(), CAPTCHA, &captcha_options, "partners", 7),
        (captcha(), CAPTCHA, &captcha_options, "small-sites", 177),
    ] {
        let id = format!("{segment}/{account}");
        let story = billsim(&[&["explain", scenario, "--account", &id], options].concat());
        assert_eq!(story.code, Some(0), "{}", story.err);
        let told: Vec<(String, String)> = story
            .out
            .lines()
            .filter(|line| line.starts_with("20"))
            .map(|line| line.split_once("  ").expect("an instant and what happened"))
            .map(|(at, what)| (at.to_owned(), kind(what).to_owned()))
            .collect();
        let events = frame(&folder, "events");
        let start: jiff::civil::Date =
            json(&folder.join("summary.json"))["start"].as_str().and_then(|start| start.parse().ok()).expect("a date");
        let instant = |milliseconds: i64| {
            let at = start.at(0, 0, 0, 0).checked_add(jiff::Span::new().milliseconds(milliseconds)).expect("in range");
            at.strftime("%Y-%m-%d %H:%M:%S").to_string()
        };
        let epoch = i64::from((start - jiff::civil::date(1970, 1, 1)).get_days()) * 86_400_000;
        let times = events.column("at").expect("it is there").datetime().expect("an instant").physical().clone();
        let whose = texts(&events, "segment").into_iter().zip(counts(&events, "account"));
        let recorded: Vec<(String, String)> = whose
            .zip(texts(&events, "kind").into_iter().zip(times.iter()))
            .filter(|((of, index), _)| of == segment && *index == account)
            .map(|(_, (kind, at))| (instant(at.expect("no null") - epoch), kind))
            .collect();
        assert!(!recorded.is_empty());
        assert_eq!(told, recorded, "{id}");
    }
}

/// One minute of audio a minute and a trial of 12: two slots of five, then 2 of the third slot's 5; 3 are written off, and the service
/// stops at that slot's end.
#[test]
fn explain_tells_slot_by_slot_what_covered_what_and_why_it_stopped() {
    let folder = temporary();
    let scenario = folder.path().join("talk.toml");
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/books/trtc.toml");
    let text = format!(
        "start = 2026-01-01\ndays = 1\n[books.trtc]\nfile = {book:?}\n[[segments]]\nid = \"s\"\naccounts = 1\n\
         [segments.products.trtc]\nmix = {{ audio = 1 }}\ndemand = {{ kind = \"constant\", units = 86_400 }}\n"
    );
    fs::write(&scenario, text).expect("it can be written");
    let scenario = scenario.to_str().expect("temporary paths are UTF-8");
    let story = billsim(&["explain", scenario, "--account", "s/0", "--set", "books.trtc.trial.units=12"]);
    assert_eq!(story.code, Some(0), "{}", story.err);
    let told: Vec<&str> = story.out.lines().filter(|line| line.starts_with("20")).collect();
    let expected = [
        "2026-01-01 00:00:00  trtc activated",
        "2026-01-01 00:00:00  trtc the trial: 12 units until 2027-02-01 00:00:00",
        "2026-01-01 00:05:00  trtc the trial covers 5 of audio with 5 units, 7 left",
        "2026-01-01 00:10:00  trtc the trial covers 5 of audio with 5 units, 2 left",
        "2026-01-01 00:15:00  trtc the trial covers 2 of audio with 2 units, 0 left",
        "2026-01-01 00:15:00  trtc the trial is used up",
        "2026-01-01 00:15:00  trtc suspended: its allowances have ended and pay-as-you-go is off",
    ];
    assert_eq!(told[..expected.len()], expected);
}

#[test]
fn one_more_account_changes_no_other() {
    let captcha = ["small-sites", "consumer-apps", "enterprises", "partners"];
    let sizes = captcha.map(|segment| format!("segments.{segment}.accounts=90"));
    let sizes: Vec<&str> = sizes.iter().flat_map(|size| ["--set", size]).collect();
    one_more(TUTORIAL, &[], "silent", 1);
    one_more(CAPTCHA, &sizes, "consumer-apps", 90);
}

/// A run as it is, and one with one more account at the end of a segment in the middle.
fn one_more(scenario: &str, sizes: &[&str], segment: &str, accounts: usize) {
    let folder = temporary();
    let options = [&["--days", "60", "--format", "csv", "--charts", "none"], sizes].concat();
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    done(scenario, &before, &options);
    let more = format!("segments.{segment}.accounts={}", accounts + 1);
    done(scenario, &after, &[&options[..], &["--set", &more]].concat());
    let lines = |folder: &Path| -> Vec<String> {
        let text = fs::read_to_string(folder.join("accounts.csv")).expect("it is there");
        text.lines().map(str::to_owned).collect()
    };
    let (before, after) = (lines(&before), lines(&after));
    let added: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert_eq!(added.len(), 1);
    assert!(added[0].starts_with(&format!("0,{segment},{accounts},")));
    assert!(after.iter().filter(|line| *line != added[0]).eq(&before), "and in the same order");
}

/// Rows of each row group.
fn row_groups(folder: &Path, table: &str) -> Vec<usize> {
    let file = File::open(folder.join(format!("{table}.parquet"))).expect("the table is there");
    let mut reader = ParquetReader::new(file);
    reader.get_metadata().expect("it is Parquet").row_groups.iter().map(|group| group.num_rows()).collect()
}

#[test]
fn a_span_of_accounts_is_a_row_group() {
    let folder = temporary();
    let one_segment = folder.path().join("crowd.toml");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TUTORIAL)).expect("it is there");
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/books/captcha.toml");
    fs::write(&one_segment, text.replace("books/captcha.toml", book.to_str().expect("UTF-8"))).expect("ours");
    let crowd = one_segment.to_str().expect("UTF-8");
    let out = folder.path().join("details");
    let options = ["--accounts", "2500", "--days", "2", "--record", "accounts,bills,events", "--charts", "none"];
    done(crowd, &out, &options);
    assert_eq!(row_groups(&out, "accounts"), [2_500]);
    let (bills, events) = (row_groups(&out, "bills"), row_groups(&out, "events"));
    assert_eq!((bills.len(), events.len()), (3, 3), "1 024 accounts each");
    assert_eq!(bills.iter().sum::<usize>(), frame(&out, "bills").height());
    assert_eq!(events.iter().sum::<usize>(), frame(&out, "events").height());
    let out = folder.path().join("accounts");
    done(crowd, &out, &["--accounts", "70000", "--days", "1", "--charts", "none"]);
    assert_eq!(row_groups(&out, "accounts"), [65_536, 70_000 - 65_536]);
    assert_eq!(row_groups(&out, "usage_daily"), [4]);
}

#[test]
fn the_manifest_has_the_digest_of_every_other_file() {
    let manifest = json(&captcha().join("manifest.json"));
    let mut files = comparable(&captcha());
    files.remove("manifest.json");
    let digests: BTreeMap<String, Value> =
        files.iter().map(|(name, bytes)| (name.clone(), blake3::hash(bytes).to_hex().as_str().into())).collect();
    let listed: BTreeMap<String, Value> =
        manifest["files"].as_object().expect("an object").clone().into_iter().collect();
    assert_eq!(listed, digests);
    assert_eq!(manifest["accounts_simulated"], 300);
    let keys = manifest.as_object().expect("an object").keys();
    assert!(keys.clone().all(|key| !key.contains("second")), "timings have a file of their own");
}

#[test]
fn a_lock_of_another_run_is_respected() {
    let folder = temporary();
    let lock = File::create(folder.path().join(".run.lock")).expect("the folder is ours");
    lock.lock().expect("nobody else has it");
    let ended = run(TUTORIAL, &folder.path().join("run"), &NO_CHARTS);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.starts_with("error: another run is writing "), "{}", ended.err);
    assert_eq!(names(folder.path()), [".run.lock"], "nothing is written");
    // Not by dropping it: a process that another test is starting has the file open too, until it begins.
    lock.unlock().expect("it is held");
    done(TUTORIAL, &folder.path().join("run"), &NO_CHARTS);
    assert_eq!(names(folder.path()), ["run"], "a lock that nobody holds is no hindrance");
}

#[test]
fn what_a_killed_run_left_is_cleared_away() {
    let folder = temporary();
    fs::create_dir(folder.path().join(".run.partial")).expect("the folder is ours");
    fs::write(folder.path().join(".run.partial/accounts.parquet"), "half").expect("the folder is ours");
    done(TUTORIAL, &folder.path().join("run"), &EVERYTHING);
    assert_eq!(names(folder.path()), ["run"]);
    assert_same(&folder.path().join("run"), &tutorial());
}

#[test]
fn a_folder_that_cannot_be_written_is_no_mistake_of_the_user() {
    let folder = temporary();
    fs::write(folder.path().join("file"), "no folder").expect("the folder is ours");
    let ended = run(TUTORIAL, &folder.path().join("file/run"), &NO_CHARTS);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
    assert!(ended.err.starts_with("error: cannot write "), "{}", ended.err);
    assert_eq!(names(folder.path()), ["file"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_found_before_the_run() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temporary();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("the folder is ours");
    if File::create(folder.path().join("probe")).is_ok() {
        eprintln!("skipped: this user may write everywhere");
        return;
    }
    let started = Instant::now();
    let ended = run(CAPTCHA, &folder.path().join("run"), &["--accounts", "3000000"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.starts_with("error: cannot write "), "{}", ended.err);
    assert!(started.elapsed() < Duration::from_secs(20), "it is found before the long run");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_told() {
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = program(&["inspect", TUTORIAL]).stdout(full).stderr(Stdio::piped()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(said.starts_with("error: cannot write to the standard output: "), "{said}");
}

#[test]
fn a_closed_pipe_is_the_end_and_no_mistake() {
    // Closed after the first line, as by `head -1`: the story is longer than a pipe holds.
    let mut child = program(&["explain", CAPTCHA, "--account", "enterprises/0", "--days", "3000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    out.read_line(&mut first).expect("it can be read");
    assert!(first.starts_with("enterprises/0 of captcha"), "{first}");
    drop(out);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    // Closed before anything is said: the folder is written all the same.
    let folder = temporary();
    let out = folder.path().join("run");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = program(&["run", TUTORIAL, "--charts", "none", "--out", out.to_str().expect("UTF-8")]);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().expect("the program starts");
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    assert_eq!(names(folder.path()), ["run"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_long_run_at_once_and_leaves_nothing() {
    interrupted(CAPTCHA, &["--accounts", "3000000"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_long_account_at_once() {
    let busy = "segments.silent.payer={ kind = \"periodic\", every = \"1s\", amount = 0.01 }";
    interrupted(TUTORIAL, &["--days", "36500", "--set", busy]);
}

/// Starts a run that would take long, and asks it to stop when it is under way.
#[cfg(unix)]
fn interrupted(scenario: &str, size: &[&str]) {
    let folder = temporary();
    let out = folder.path().join("run");
    let options = ["--record", "daily", "--charts", "none", "--out", out.to_str().expect("UTF-8")];
    let mut child = program(&[&["run", scenario], size, &options].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let partial = folder.path().join(".run.partial/scenario.toml");
    wait_until(Duration::from_secs(60), || partial.exists());
    std::thread::sleep(Duration::from_millis(300));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("there is a kill");
    assert!(kill.success());
    let asked = Instant::now();
    while child.try_wait().expect("it is our child").is_none() {
        if asked.elapsed() > Duration::from_secs(2) {
            child.kill().expect("it is our child");
            panic!("it goes on two seconds after Ctrl-C");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("it ended");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "stopped; nothing was written\n");
    assert_eq!(names(folder.path()), [""; 0], "neither a folder, nor a partial one, nor a lock");
}

#[cfg(unix)]
fn wait_until(most: Duration, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < most, "waited {most:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
