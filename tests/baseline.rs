//! `billsim baseline` as a user meets it: what changed, from which day on, for whom.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// 200 calls a day cost 100 × 0.005 + 100 × 0.002 = 0.70. With 2.00 the third bill, on 2026-01-04 at 08:00:00, leaves −0.10; who does
/// not pay is suspended 168 hours later, on 2026-01-11 at 08:00:00, after floor(200 × 8 / 24) = 66 calls.
const SCENARIO: &str = "start = 2026-01-01\ndays = 20\nname = \"shop\"\n[books.shop]\ngrace = \"168h\"\n[[books.shop.meters]]\nid = \"m\"\n\
                        pricing = \"graduated\"\ntiers = [{ up_to = 100, price = 0.005 }, { up_to = \"unlimited\", price = 0.002 }]\n\
                        [[segments]]\nid = \"payers\"\naccounts = 2\nopening_balance = 2\npayer = { kind = \"auto_recharge\", below = 1, amount = 10 }\n\
                        products.shop = { demand = { kind = \"constant\", units = 200 } }\n\
                        [[segments]]\nid = \"silent\"\naccounts = 2\nopening_balance = 2\npayer = { kind = \"never\" }\n\
                        products.shop = { demand = { kind = \"constant\", units = 200 } }\n";

struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("a temporary folder"));
        place.write(SCENARIO);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, scenario: &str) {
        fs::write(self.path("shop.toml"), scenario).expect("it can be written");
    }

    /// `billsim baseline VERB shop.toml …`: exit code, output and errors.
    fn baseline(&self, verb: &str, options: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_billsim"));
        command.args(["baseline", verb]).arg(self.path("shop.toml")).arg("--dir").arg(self.path("kept"));
        let output = command.args(options).env("NO_COLOR", "1").output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn recorded() -> Place {
        let place = Place::new();
        let (code, _, errors) = place.baseline("record", &[]);
        assert_eq!(code, Some(0), "{errors}");
        place
    }

    /// What a check says of a changed scenario.
    fn changed(&self, from: &str, to: &str) -> Value {
        assert_eq!(SCENARIO.matches(from).count(), 1, "{from}");
        self.write(&SCENARIO.replace(from, to));
        let (code, out, errors) = self.baseline("check", &["--json"]);
        assert_eq!(code, Some(1), "{errors}");
        let json: Value = serde_json::from_str(&out).expect("JSON");
        json["scenarios"][0].clone()
    }
}

#[test]
fn what_did_not_change_is_as_its_baseline_on_any_number_of_threads() {
    let place = Place::recorded();
    for threads in ["1", "2"] {
        assert_eq!(
            place.baseline("check", &["--threads", threads]),
            (Some(0), "shop: as its baseline\n".to_owned(), String::new())
        );
    }
}

fn first_day(report: &Value) -> [&str; 5] {
    let day = &report["first_day"];
    ["date", "row", "metric", "stored", "now"].map(|key| day[key].as_str().expect(key))
}

/// 100 × 0.00500001 + 0.20 = 0.700001, from the first day on, for the first account of all.
#[test]
fn a_price_changed_by_a_hundred_millionth_is_found() {
    let report = Place::recorded().changed("price = 0.005", "price = 0.00500001");
    assert_eq!(report["keys"][0]["key"], "books.shop.meters.m.tiers.0.price");
    // Two accounts of a segment: 1.40 and 1.400002.
    assert_eq!(first_day(&report), ["2026-01-01", "2026-01-01 payers shop m", "accrued", "1.40000000", "1.40000200"]);
    assert_eq!(report["first_account"]["account"], "payers/0");
    assert_eq!(report["first_account"]["accounts_that_differ"], 4);
    assert_eq!(report["first_account"]["stored"]["accrued"], "14.00000000");
}

/// An hour earlier: 58 calls before 07:00:00 instead of 66 before 08:00:00, twice: 268 refused become 284. Only who does not pay.
#[test]
fn an_hour_less_of_grace_is_found() {
    let report = Place::recorded().changed("168h", "167h");
    assert_eq!(first_day(&report), ["2026-01-11", "2026-01-11 silent shop m", "refused", "268", "284"]);
    assert_eq!(report["first_account"]["account"], "silent/0");
    assert_eq!(report["first_account"]["accounts_that_differ"], 2);
    let story = report["first_account"]["story"].to_string();
    assert!(story.contains("+ 2026-01-11 07:00:00  shop suspended for arrears"), "{story}");
    assert!(story.contains("- 2026-01-11 08:00:00  shop suspended for arrears"), "{story}");
}

/// 101 × 0.005 + 99 × 0.002 = 0.703: twice 0.70 become 1.406.
#[test]
fn a_tier_bound_moved_by_one_is_found() {
    let report = Place::recorded().changed("up_to = 100,", "up_to = 101,");
    assert_eq!(first_day(&report), ["2026-01-01", "2026-01-01 payers shop m", "accrued", "1.40000000", "1.40600000"]);
}

/// Who never paid pays 10.00 on 2026-01-06 at 00:00:00: the first that differs are the arrears of that day.
#[test]
fn another_payer_of_a_segment_is_found() {
    let report =
        Place::recorded().changed("{ kind = \"never\" }", "{ kind = \"periodic\", every = \"5d\", amount = 10 }");
    let [date, row, ..] = first_day(&report);
    assert_eq!((date, row), ("2026-01-06", "2026-01-06 silent shop"));
    assert_eq!(report["first_account"]["account"], "silent/0");
    let story = report["first_account"]["story"].to_string();
    assert!(story.contains("+ 2026-01-06 00:00:00  top-up 10.00"), "{story}");
    assert!(report["keys"].to_string().contains("segments.silent.payer.kind"));
}

#[test]
fn what_is_accepted_is_the_new_baseline() {
    let place = Place::recorded();
    place.changed("168h", "167h");
    let (code, out, _) = place.baseline("accept", &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("grace: 168h → 167h") && out.contains("accepted"), "{out}");
    assert_eq!(place.baseline("check", &[]).0, Some(0));
    assert!(place.path("kept/shop/scenario.toml").exists());
}

#[test]
fn a_baseline_that_is_missing_damaged_or_there_already_is_told() {
    let place = Place::new();
    let (code, _, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("billsim baseline record"), "{errors}");
    place.baseline("record", &[]);
    let (code, _, errors) = place.baseline("record", &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("--force"), "{errors}");
    for (file, text) in [("usage.csv", Some("a,b\n1\n")), ("baseline.json", Some("{")), ("accounts.csv", None)] {
        place.baseline("record", &["--force"]);
        let path = place.path("kept/shop").join(file);
        match text {
            Some(text) => fs::write(&path, text).expect("it can be written"),
            None => fs::remove_file(&path).expect("it is there"),
        }
        let (code, _, errors) = place.baseline("check", &[]);
        assert_eq!(code, Some(2), "{file}");
        assert!(errors.contains(file), "{errors}");
    }
}

/// Fresh worlds of the same scenario bring the same means; another price brings others.
#[test]
fn the_statistical_kind_hears_what_moved_and_nothing_else() {
    let place = Place::new();
    let random = SCENARIO.replace(
        "{ kind = \"constant\", units = 200 }",
        "{ kind = \"random\", size = { kind = \"lognormal\", median = 200, cv = 0.5 } }",
    );
    place.write(&random);
    let (code, _, errors) = place.baseline("record", &["--statistical", "--replications", "12", "--accounts", "200"]);
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(place.baseline("check", &[]).0, Some(0));
    place.write(&random.replace("price = 0.005", "price = 0.006"));
    let (code, out, _) = place.baseline("check", &["--json"]);
    assert_eq!(code, Some(1), "{out}");
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let moved = json["scenarios"][0]["moved"].to_string();
    assert!(moved.contains("\"recognised\"") && !moved.contains("\"potential\""), "{moved}");
    assert_eq!(json["scenarios"][0]["false_alarm_rate"], 0.01);
}
