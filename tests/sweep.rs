//! `billsim sweep` as a user meets it: the shipped studies, the folder, exit codes, mistakes.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::billsim;
use serde_json::Value;

/// A small sweep of a shipped study into a folder of its own, as JSON.
fn swept(study: &str, out: &Path, options: &[&str]) -> Value {
    let study = format!("scenarios/studies/{study}.toml");
    let out = out.to_str().expect("temporary paths are UTF-8");
    let small = ["sweep", &study, "--out", out, "--accounts", "120", "--replications", "2", "--json"];
    let ended = billsim(&[&small[..], options].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    serde_json::from_str(&ended.out).expect("JSON")
}

/// Every axis of every shipped study moves a metric, or the typed warning says that it does not.
#[test]
fn every_axis_of_the_shipped_studies_moves_something() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let studies =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/studies")).expect("there are studies");
    let mut seen = 0;
    for study in studies {
        let path = study.expect("it can be read").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let json = swept(&name, &folder.path().join(&name), &["--charts", "none"]);
        let warned = json["warnings"].as_array().expect("warnings").iter().any(|one| one["kind"] == "nothing_moved");
        assert!(!warned, "{name}: {}", json["warnings"]);
        assert!(
            json["points"].as_array().expect("points").iter().all(|point| point.get("failure").is_none()),
            "{name}"
        );
        seen += 1;
    }
    assert!(seen >= 4);
}

/// The folder has what docs/DATA.md says, and its table the numbers of the JSON; the same bytes on one thread and on two.
#[test]
fn the_folder_is_whole_and_does_not_depend_on_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let json = swept("second-tier", &one, &["--threads", "1", "--charts", "svg"]);
    assert_eq!(json, swept("second-tier", &two, &["--threads", "2", "--charts", "svg"]));
    for file in
        ["study.toml", "scenario.toml", "sweep.json", "points.csv", "points.parquet", "charts/sweep.svg", "report.html"]
    {
        let read = |folder: &Path| fs::read(folder.join(file)).expect(file);
        assert!(read(&one) == read(&two), "{file}");
    }
    let table = fs::read_to_string(one.join("points.csv")).expect("the table");
    // The scenario as it is and nine prices from 0.001 to 0.003, three metrics.
    assert_eq!(table.lines().count(), 1 + 3 + 9 * 3);
    let last = &json["points"][8];
    assert_eq!(last["at"]["price of the second tier"], "0.003");
    let mean = last["metrics"]["recognised"]["mean"].as_str().expect("a text");
    assert!(table.lines().any(|line| line.starts_with("8,") && line.contains(mean)), "{mean}");
    // The point at the scenario's own price is the scenario: it changes nothing.
    assert_eq!(json["points"][4]["metrics"]["recognised"]["change"], "0.00000000");
    let chart = fs::read_to_string(one.join("charts/sweep.svg")).expect("the chart");
    for told in
        ["Study second-tier", "price of the second tier", "0.003", "USD", "95 % interval, paired", "seed 20260101"]
    {
        assert!(chart.contains(told), "{told}");
    }
}

/// A figure of each kind is drawn with its names.
#[test]
fn two_axes_are_a_shaded_table_and_single_moves_are_bars() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (study, told) in [
        ("grace", ["down: grace", "share that never pays", "336h", "(pale) to"]),
        ("package-discount", ["validity", "price of packages, times", "the least it leads to", "30d"]),
    ] {
        let out = folder.path().join(study);
        swept(study, &out, &["--charts", "svg,png"]);
        let chart = fs::read_to_string(out.join("charts/sweep.svg")).expect("the chart");
        told.iter().for_each(|told| assert!(chart.contains(told), "{study}: {told}"));
        let picture = fs::read(out.join("charts/sweep.png")).expect("the picture");
        assert!(picture.len() > 10_000);
    }
}

/// The tables fit a screen of 80 columns.
#[test]
fn the_tables_fit_a_screen() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for study in ["grace", "second-tier", "free-quota", "package-discount"] {
        let (file, out) = (format!("scenarios/studies/{study}.toml"), folder.path().join(study));
        let out = out.to_str().expect("UTF-8");
        let small = ["sweep", &file, "--out", out, "--accounts", "120", "--replications", "2", "--charts", "none"];
        let told = billsim(&small).out;
        let table = told.lines().skip(1).take_while(|line| !line.starts_with("Means over"));
        table.for_each(|line| assert!(line.chars().count() <= 80, "{study}: {line}"));
    }
}

#[test]
fn a_guard_that_holds_is_exit_1_and_the_folder_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("guarded");
    let path = out.to_str().expect("UTF-8");
    let arguments =
        ["sweep", "scenarios/studies/grace.toml", "--out", path, "--accounts", "80", "--charts", "none", "--quiet"];
    let ended = billsim(&[&arguments[..], &["--fail-if", "suspension_rate >= 0"]].concat());
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with("at grace = 24h; share that never pays = 0: suspension_rate >= 0 holds: it is "));
    assert!(out.join("sweep.json").exists());
    // The same study is done already: nothing is played, and a guard is held against what is there.
    let again = billsim(&arguments);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
    let told = billsim(&[&arguments[..], &["--fail-if", "suspension_rate >= 0"]].concat());
    assert_eq!(told.code, Some(1));
    assert!(told.out.is_empty() && told.err.contains("at grace = 24h"));
    // Another is not put in its place unasked.
    let other = billsim(&[&arguments[..], &["--seed", "3"]].concat());
    assert_eq!(other.code, Some(2));
    assert!(other.err.contains("--force"), "{}", other.err);
}

#[test]
fn mistakes_are_told_with_their_cure_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("it can be written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tutorial.toml");
    let head = format!("scenario = {scenario:?}\nmetrics = [\"recognised\"]\n");
    let axis = |key: &str| format!("{head}[[axes]]\nkey = \"{key}\"\nvalues = [\"24h\"]\n");
    for (name, study, told) in [
        ("key.toml", axis("books.captcha.grase"), "did you mean `grace`?"),
        (
            "metric.toml",
            axis("books.captcha.grace").replace("recognised", "recognized"),
            "did you mean \"recognised\"?",
        ),
        ("missing.toml", "metrics = [\"debt\"]\naxes = []\n".to_owned(), "a study has no `scenario`"),
    ] {
        let path = write(name, &study);
        let out = folder.path().join("out");
        let ended = billsim(&["sweep", &path, "--out", out.to_str().expect("UTF-8")]);
        let errors = ended.err;
        assert_eq!(ended.code, Some(2), "{errors}");
        assert!(errors.contains(told) && errors.contains("nothing was written"), "{errors}");
        assert!(!out.exists());
    }
    // A metric that there is but that the study does not tell: refused before anything is played.
    let out = folder.path().join("untold");
    let out = out.to_str().expect("temporary paths are UTF-8");
    let untold = ["--fail-if", "median_bill > 1", "--out", out, "--accounts", "40"];
    for command in [["sweep", "scenarios/studies/grace.toml"], ["optimize", "scenarios/studies/best-prices.toml"]] {
        let untold =
            if command[0] == "sweep" { untold } else { ["--fail-if", "lost > 1", "--out", out, "--accounts", "40"] };
        let ended = billsim(&[&command[..], &untold].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains("does not tell `") && ended.err.contains("add it to"), "{}", ended.err);
        assert!(!Path::new(out).exists());
    }
    let ended = billsim(&["sweep", "scenarios/studies/grace.toml", "--fail-if", "suspension_rat > 1"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("did you mean `suspension_rate`?"));
}
