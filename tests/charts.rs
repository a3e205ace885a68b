//! Which charts a run folder has, and that they, the tables and the accounts tell the same.
#![cfg(all(feature = "tables", feature = "charts"))]

mod support;

use std::fs;
use std::path::Path;

use billsim::record::summarise;

/// Runs a scenario of the repository into a new folder below `root`.
fn run(root: &Path, scenario: &str, options: &[&str]) -> std::path::PathBuf {
    let out = root.join(scenario);
    let file = format!("scenarios/{scenario}.toml");
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_billsim"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", &file, "--format", "csv", "--charts", "svg", "--record", "daily", "--quiet", "--out"])
        .arg(&out)
        .args(options)
        .output()
        .expect("the program runs");
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    out
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// A table's rows as texts.
fn rows(folder: &Path, table: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join(table)).expect("the table is there");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn a_run_has_the_charts_of_what_it_has_to_show() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let small = ["--accounts", "50", "--days", "3", "--replications", "1"];
    let plain = run(folder.path(), "captcha", &small);
    let of_every_run = ["arrears", "bills", "concentration", "demand", "recovery", "revenue", "states"];
    let expected = of_every_run.into_iter().chain(["tiers", "transitions"]).map(|name| format!("{name}.svg"));
    assert_eq!(names(&plain.join("charts")), expected.collect::<Vec<_>>());
    assert!(!names(&plain).contains(&"trial_survival.csv".to_owned()), "it has no trial");
    let mixed = names(&run(folder.path(), "mixed", &small).join("charts"));
    let all = [
        "adoption.svg",
        "allowances.svg",
        "arrears.svg",
        "bills.svg",
        "concentration.svg",
        "demand.svg",
        "recovery.svg",
        "revenue-by-source.svg",
        "revenue.svg",
        "states.svg",
        "tiers.svg",
        "transitions.svg",
        "trial-survival.svg",
        "usage-by-meter.svg",
    ];
    assert_eq!(mixed, all);
}

/// Columns: replication, segment, product, days, at_risk, ended, censored, surviving.
#[test]
fn trials_in_the_table_add_up_and_the_chart_ends_where_the_table_does() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let out = run(folder.path(), "trtc", &["--accounts", "120", "--days", "90", "--replications", "2"]);
    let rows = rows(&out, "trial_survival.csv");
    let number = |row: &[String], column: usize| row[column].parse::<u64>().expect("a whole number");
    let of = |replication: &str, all: bool| -> Vec<&Vec<String>> {
        rows.iter().filter(|row| row[0] == replication && row[1].is_empty() == all).collect()
    };
    for replication in ["0", "1"] {
        let all = of(replication, true);
        let mut at_risk = number(all[0], 4);
        for (day, row) in all.iter().enumerate() {
            let here = of(replication, false).into_iter().filter(|part| part[3] == row[3]);
            let sum = |column| here.clone().map(|part| number(part, column)).sum::<u64>();
            assert_eq!([3, 4, 5, 6].map(|column| number(row, column)), [day as u64 + 1, at_risk, sum(5), sum(6)]);
            at_risk -= sum(5) + sum(6);
        }
        assert_eq!(at_risk, 0, "every trial ended or was censored");
    }
    let last = of("0", true).pop().expect("a row");
    let share: f64 = last[7].parse().expect("a decimal");
    let said = format!("after {} days: {:.1} %, {} seen that long", last[3], 100.0 * share, last[4]);
    let chart = fs::read_to_string(out.join("charts/trial-survival.svg")).expect("the chart is there");
    assert!(chart.contains(&said), "{said}");
}

/// Columns: date, then recognised_p10, recognised_p50, recognised_p90 and the others.
#[test]
fn bands_of_the_chart_end_where_the_table_does() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let out = run(folder.path(), "captcha", &["--accounts", "60", "--days", "9", "--replications", "3"]);
    let last = rows(&out, "bands.csv").pop().expect("a row");
    let money = |text: &str| format!("{:.2}", text.parse::<f64>().expect("a decimal"));
    let band = format!("band of the last day: {} to {}", money(&last[1]), money(&last[3]));
    let chart = fs::read_to_string(out.join("charts/replications.svg")).expect("the chart is there");
    for said in [band, format!("last day: {}", money(&last[2]))] {
        assert!(chart.contains(&said), "{said}");
    }
}

/// What the days add up to is what every account has on its shelf at the end.
#[test]
fn allowances_left_are_those_of_the_accounts() {
    let scenario = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/trtc.toml"));
    let small = [
        "days=100",
        "segments.trials.accounts=25",
        "segments.buyers.accounts=15",
        "segments.pay-as-you-go.accounts=10",
    ];
    let plan = support::plan_with(
        &scenario.expect("the scenario is there"),
        &[&small[..], &["segments.recorders.accounts=10"]].concat(),
    );
    let days = summarise(&plan).expect("amounts fit").whole(&plan).uses.remove(0).status;
    let sum = |count: fn(&billsim::record::StatusDay) -> u64| days.iter().map(count).sum::<u64>();
    let lost = sum(|day| day.allowance_used) + sum(|day| day.allowance_expired) + sum(|day| day.allowance_wiped);
    let mut left = 0;
    for (segment, of) in plan.segments.iter().enumerate() {
        for index in 0..of.accounts {
            let (_, account) = support::story(&plan, segment, index);
            left += account.services().iter().map(|service| service.allowance_left()).sum::<u64>();
        }
    }
    assert!(left > 0 && lost > 0);
    assert_eq!(sum(|day| day.allowance_granted), lost + left);
}
