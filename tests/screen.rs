//! What a terminal shows of a run and of a plan: it fits, and says what a run is judged by, with units and intervals.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};

use program::billsim;

const WIDTH: usize = 80;
const HEIGHT: usize = 24;

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = fs::read_dir(folder).expect("the scenarios are there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

fn told(arguments: &[&str]) -> String {
    let ended = billsim(arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
    ended.out
}

/// What a run prints before the line that says where it is.
fn played(scenario: &Path, out: &Path, more: &[&str]) -> String {
    let (scenario, out) = (scenario.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let arguments = ["run", scenario, "--charts", "none", "--record", "daily", "--out", out, "--force"];
    let text = told(&[&arguments, more].concat());
    let (summary, last) = text.trim_end().rsplit_once('\n').expect("several lines");
    assert_eq!(last, format!("wrote {out}"));
    summary.to_owned()
}

fn fits(text: &str) {
    let wide = text.lines().find(|line| line.chars().count() > WIDTH);
    assert!(wide.is_none(), "too wide: {wide:?}\n{text}");
}

/// The words of a row after its label.
fn row<'a>(text: &'a str, label: &str) -> Vec<&'a str> {
    let found = text.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("no {label}\n{text}"));
    found.split_whitespace().collect()
}

fn number(text: &str) -> f64 {
    text.replace(',', "").parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// Several worlds: each number with its interval, in the same unit and in per cent, and its unit.
#[test]
fn the_summary_of_every_shipped_scenario_fits_and_has_units_and_intervals() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    for path in shipped() {
        let more = ["--accounts", "120", "--days", "60", "--replications", "3"];
        // Recorded accounts are drawn from those of the file; else there are as many as it has, the same in every world.
        let drawn = ["--set", "segments.mentions.products.captcha.demand.bootstrap={}"];
        let drawn: &[&str] = if path.ends_with("replay.toml") { &drawn } else { &[] };
        let summary = played(&path, &folder.path().join("run"), &[&more, drawn].concat());
        fits(&summary);
        assert!(summary.lines().count() < HEIGHT, "too high:\n{summary}");
        assert!(summary.contains("120 accounts, 60 days from 20") && summary.contains("mean of 3"), "{summary}");
        for (label, unit) in [
            ("recognised", "USD"),
            ("net revenue", "USD"),
            ("collected", "USD"),
            ("bad debt", "USD"),
            ("lost", "USD"),
            ("ever suspended", "accounts"),
            ("asked for", "units"),
        ] {
            let words = row(&summary, label);
            let (mean, half) = (number(words[0]), number(words[1]));
            assert!(mean >= 0.0 && half >= 0.0, "{summary}");
            match words[2] {
                "-" => assert!(mean == 0.0, "{summary}"),
                percent if mean > 100.0 => {
                    let exact = 100.0 * half / mean;
                    assert!((number(percent) - exact).abs() <= 0.5 + 0.1 * exact, "{label}\n{summary}");
                }
                percent => assert!(number(percent) >= 0.0, "{summary}"),
            }
            assert!(words[3..].iter().any(|word| word.trim_end_matches(',') == unit), "{label} has no unit\n{summary}");
        }
        for told in ["served", "Bills: ", "median", "of revenue"] {
            assert!(summary.contains(told), "{told}\n{summary}");
        }
    }
}

/// One world has no interval, and its numbers are those of the file.
#[test]
fn the_summary_of_one_world_says_so_and_is_what_the_file_says() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let tutorial = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tutorial.toml");
    let out = folder.path().join("run");
    let summary = played(&tutorial, &out, &[]);
    assert!(summary.contains("one world") && !summary.contains('±'), "{summary}");
    let text = fs::read_to_string(out.join("summary.json")).expect("the summary");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let recognised = file["headlines"]["recognised"]["mean"].as_str().expect("money is a text");
    let exact: f64 = recognised.parse().expect("a decimal");
    assert!((number(row(&summary, "recognised")[0]) - exact).abs() <= 0.005, "{recognised}\n{summary}");
    // The segments add up to the whole.
    let segments = summary.lines().skip_while(|line| !line.starts_with("segment ")).skip(1).take(4);
    let sum: f64 = segments.map(|line| number(line.split_whitespace().nth(2).expect("recognised"))).sum();
    assert!((sum - exact).abs() <= 0.02, "{summary}");
}

/// More segments than a screen has room for, and long names: the largest are told, and how many are not.
#[test]
fn many_segments_and_long_names_fit() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let books = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/books/captcha.toml");
    let mut scenario = format!(
        "name = \"{}\"\nstart = 2026-01-01\ndays = 20\nreplications = 2\nbooks.captcha.file = {:?}\n",
        "a scenario of many small segments with a name that is longer than a line of a terminal is wide",
        books.to_str().expect("UTF-8")
    );
    for nth in 0..40 {
        scenario.push_str(&format!(
            "[[segments]]\nid = \"segment-{nth}-{}\"\naccounts = 3\nproducts.captcha.demand = {{ kind = \"constant\", units = {} }}\n",
            "x".repeat(45),
            if nth == 17 { 50_000 } else { 150 + nth },
        ));
    }
    let path = folder.path().join("many.toml");
    fs::write(&path, scenario).expect("the folder is ours");
    let summary = played(&path, &folder.path().join("run"), &[]);
    fits(&summary);
    assert!(summary.lines().count() < HEIGHT, "{summary}");
    assert!(summary.contains("\nsegment-17-") && summary.contains(" more, in the report"), "{summary}");
}

#[test]
fn inspect_fits_for_every_shipped_scenario() {
    for path in shipped() {
        let text = told(&["inspect", path.to_str().expect("UTF-8")]);
        fits(&text);
        assert!(text.contains("prices in USD") && text.contains("asked for"), "{text}");
    }
}

/// Other replications are another run: they have a folder of their own.
#[test]
fn default_folders_of_different_replications_do_not_meet() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let tutorial = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tutorial.toml");
    for more in [&[] as &[&str], &["--replications", "3"], &["--set", "replications=4"]] {
        let scenario = tutorial.to_str().expect("UTF-8");
        let arguments = [&["run", scenario, "--charts", "none", "--quiet"], more].concat();
        let output = program::program(&arguments).current_dir(folder.path()).output().expect("it starts");
        assert!(output.status.success(), "{more:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let names = fs::read_dir(folder.path().join("output")).expect("it was made");
    let mut ends: Vec<String> = names
        .map(|name| name.expect("it can be read").file_name().to_string_lossy().into_owned())
        .map(|name| name.rsplit('-').next().unwrap_or_default().to_owned())
        .collect();
    ends.sort();
    assert_eq!(ends, ["1", "r3", "r4"]);
}
