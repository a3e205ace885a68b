//! `billsim compare` as somebody finds it who uses it: books that say the same, numbers that agree with separate runs, the same
//! bytes on any number of threads, guards.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CAPTCHA: &str = "scenarios/captcha.toml";
const CHEAPER: &str = "books.captcha.meters.verification.tiers.1.price=0.0018";
const SMALL: [&str; 6] = ["--accounts", "400", "--days", "45", "--replications", "3"];

fn billsim(command: &[&str], out: &Path, options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_billsim"));
    program.current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1").args(command).arg("--out").arg(out);
    program.args(SMALL).args(options).output().expect("the program runs")
}

/// As [`billsim`], where nothing may go wrong; what it prints.
fn done(command: &[&str], out: &Path, options: &[&str]) -> String {
    let ended = billsim(command, out, options);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("UTF-8")
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("the file is there")).expect("JSON")
}

/// Every file of a folder by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(below) = waiting.pop() {
        for entry in fs::read_dir(below).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

/// The first tier split in two at its price is the same book in other words: every difference is exactly zero.
#[test]
fn a_book_that_says_the_same_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = fs::read_to_string("scenarios/books/captcha.toml").expect("the book");
    let first = "  { up_to = 100, price = 0.005 },\n";
    assert_eq!(book.matches(first).count(), 1);
    let split = book.replace(first, "  { up_to = 50, price = 0.005 },\n  { up_to = 100, price = 0.005 },\n");
    let path = folder.path().join("split.toml");
    fs::write(&path, split).expect("written");
    let out = folder.path().join("out");
    let text = done(&["compare", CAPTCHA, path.to_str().expect("UTF-8")], &out, &["--charts", "svg"]);
    assert!(text.contains("captcha → split\nRecognised revenue 0 USD (0.00 %), 95 % interval ± 0. "), "{text}");

    let results = json(&out.join("comparison.json"));
    let variant = &results["variants"][0];
    assert_ne!(results["first"]["plan_hash"], variant["plan_hash"]);
    let all = [variant].into_iter().chain(variant["segments"].as_array().expect("segments"));
    for (metric, difference) in all.flat_map(|of| of["differences"].as_object().expect("differences")) {
        for number in ["change", "half_width_95"] {
            let told: f64 = difference[number].as_str().expect(metric).parse().expect("a number");
            assert_eq!(told, 0.0, "{metric} {number}");
        }
    }
    let accounts = &variant["accounts"];
    assert_eq!((&accounts["pairs"], &accounts["paying_the_same"]), (&Value::from(1_200), &Value::from(1_200)));
    let paying_more = fs::read_to_string(out.join("accounts_paying_more.csv")).expect("the table");
    assert_eq!(paying_more.lines().count(), 1, "only a header");
}

/// What a comparison says of each variant is what a run of it says; each variant's scenario can be run alone.
#[test]
fn a_comparison_agrees_with_separate_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = ["--charts", "none"];
    let out = folder.path().join("compared");
    let text = done(&["compare", CAPTCHA, "--with", CHEAPER], &out, &none);
    assert!(text.contains("; pairing narrowed it") && text.contains("\nrecognised "), "{text}");
    assert!(text.lines().count() <= 24 && text.lines().all(|line| line.chars().count() <= 80), "a screen:\n{text}");

    let results = json(&out.join("comparison.json"));
    let differences = &results["variants"][0]["differences"];
    let files: Vec<String> = files(&out.join("scenarios")).into_keys().collect();
    assert_eq!(files.len(), 2, "{files:?}");
    let runs = [(vec![], "before"), (vec!["--set", CHEAPER], "after")];
    for ((set, side), resolved) in runs.into_iter().zip(&files) {
        let alone = folder.path().join(side);
        done(&["run", CAPTCHA], &alone, &[&none[..], &set].concat());
        let summary = json(&alone.join("summary.json"));
        for (metric, headline) in summary["headlines"].as_object().expect("headlines") {
            assert_eq!(differences[metric][side], headline["mean"], "{metric} {side}");
        }
        let again = folder.path().join(format!("{side}-again"));
        let resolved = out.join("scenarios").join(resolved);
        done(&["run", resolved.to_str().expect("UTF-8")], &again, &none);
        assert_eq!(json(&again.join("summary.json"))["headlines"], summary["headlines"], "{side}");
    }
    let number = |of: &Value| of.as_str().expect("a text").parse::<f64>().expect("a number");
    let recognised = &differences["recognised"];
    let change = number(&recognised["change"]);
    assert!(change < 0.0 && (number(&recognised["after"]) - number(&recognised["before"]) - change).abs() < 1e-6);
    assert!(number(&recognised["variance_ratio"]) > 10.0, "the same customers: {recognised}");

    let days = fs::read_to_string(out.join("daily_difference.csv")).expect("the table");
    let on = |line: &str| line.split(',').nth(5).expect("a change").parse::<f64>().expect("a number");
    let sum: f64 = days.lines().filter(|line| line.contains(",recognised,")).map(on).sum();
    assert!((sum - change).abs() < 1e-4, "{sum} is not {change}");
    let already = done(&["compare", CAPTCHA, "--with", CHEAPER], &out, &none);
    assert!(already.contains("is done already"), "{already}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let compare = |name: &str, threads: &str| {
        let out = folder.path().join(name);
        let with = ["--with", CHEAPER, "--with", "books.captcha.grace=24h; account.rounding=truncate"];
        let command = [&["compare", CAPTCHA][..], &with].concat();
        done(&command, &out, &["--threads", threads, "--charts", "svg", "--quiet"]);
        files(&out)
    };
    let (one, two) = (compare("one", "1"), compare("two", "2"));
    let charts = one.keys().filter(|name| name.starts_with("charts/")).count();
    assert_eq!((charts, one.len()), (5, 5 + 3 + 7), "{:?}", one.keys());
    assert_eq!(one, two);
}

#[test]
fn guards_end_with_exit_code_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let guarded = |name: &str, guard: &str| {
        let options = ["--charts", "none", "--quiet", "--fail-if", guard];
        billsim(&["compare", CAPTCHA, "--with", CHEAPER], &folder.path().join(name), &options)
    };
    let holds = guarded("one", "recognised.change < 0");
    assert_eq!(holds.status.code(), Some(1));
    let told = String::from_utf8(holds.stderr).expect("UTF-8");
    assert!(told.starts_with(&format!("{CHEAPER}: recognised.change < 0 holds: it is -")), "{told}");
    assert!(folder.path().join("one/comparison.json").exists(), "what was found is kept");
    // The same comparison is there already: its guards are held all the same.
    assert_eq!(guarded("one", "recognised.percent < -0.5").status.code(), Some(1));
    assert_eq!(guarded("one", "suspension_rate > 1").status.code(), Some(0));
}

/// A book replaces the scenario's own of its product; scenarios of one name get numbers.
#[test]
fn books_and_scenarios_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let command = ["compare", CAPTCHA, "scenarios/books/captcha.toml", CAPTCHA];
    let results: Value =
        serde_json::from_str(&done(&command, &out, &["--charts", "none", "--json", "--seed", "9"])).expect("JSON");
    assert_eq!(results, json(&out.join("comparison.json")));
    let variants = results["variants"].as_array().expect("variants");
    let names: Vec<&str> = variants.iter().filter_map(|variant| variant["name"].as_str()).collect();
    assert_eq!(names, ["captcha 2", "captcha 3"]);
    for variant in variants {
        assert_eq!(variant["plan_hash"], results["first"]["plan_hash"]);
    }
    assert_eq!(results["seed"], 9);
}

/// A variant in other words is told to change nothing; one that is not, is not.
#[test]
fn a_variant_that_changes_nothing_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let same = "books.captcha.meters.verification.tiers.1.price=0.002";
    let screen = done(&["compare", CAPTCHA, "--with", same, "--with", CHEAPER], &out, &["--charts", "none"]);
    let warnings: Vec<&str> = screen.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warnings.len(), 1, "{screen}");
    assert!(warnings[0].contains(same), "{screen}");
    let told = &json(&out.join("comparison.json"))["warnings"];
    assert_eq!((told.as_array().map(Vec::len), &told[0]["kind"]), (Some(1), &"nothing_changed".into()));
}
