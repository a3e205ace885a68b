//! `billsim baseline` as a user meets it: what changed, from which day on, for whom.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use billsim::baseline::{FILES, Kept};
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
        self.typed(verb, &[&["shop.toml", "--dir", "kept"], options].concat())
    }

    /// `billsim baseline VERB …` within the folder.
    fn typed(&self, verb: &str, rest: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_billsim"));
        command.args(["baseline", verb]).args(rest).current_dir(self.0.path()).env("NO_COLOR", "1");
        let output = command.output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn recorded() -> Place {
        let place = Place::new();
        let (code, _, errors) = place.baseline("record", &[]);
        assert_eq!(code, Some(0), "{errors}");
        place
    }

    /// The text of a file of the baseline.
    fn kept(&self, file: &str) -> String {
        fs::read_to_string(self.path("kept/shop").join(file)).expect("it is there")
    }

    fn keep(&self, file: &str, text: &str) {
        fs::write(self.path("kept/shop").join(file), text).expect("it can be written");
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
    assert_eq!(json["scenarios"][0]["kind"], "statistical");
    // What was kept is damaged by hand: never a difference, never none.
    place.write(&random);
    let whole = place.kept("numbers.json");
    let served = whole.lines().position(|line| line.contains("\"served\"")).expect("a metric") + 1;
    let cut = |text: &str, key: &str, value: &str| -> String {
        let (before, after) = text.split_once("\"served\"").expect("a metric");
        let (between, after) = after.split_once(key).expect("its key");
        let (_, after) = after.split_once(['\n']).expect("its line");
        format!("{before}\"served\"{between}{key}{value}\n{after}")
    };
    for (text, place_of_it) in [
        ("{}".to_owned(), "numbers.json has no numbers".to_owned()),
        (String::new(), "numbers.json:1 is not JSON".to_owned()),
        (cut(&whole, "\"sd\":", " -1"), format!("numbers.json:{served} has a `served` without a standard deviation")),
        (cut(&whole, "\"sd\":", " NaN"), format!("numbers.json:{} is not JSON", served + 3)),
        (cut(&whole, "\"mean\":", " null,"), format!("numbers.json:{served} has a `served` without a mean")),
        (
            cut(&whole, "\"replications\":", " 0,"),
            format!("numbers.json:{served} has a `served` of other replications"),
        ),
        (cut(&whole, "\"mean\":", " 1.5,"), "numbers.json is not as it was recorded".to_owned()),
    ] {
        place.keep("numbers.json", &text);
        is_damaged(&place, &place_of_it);
    }
}

/// Check and accept both refuse, say where, and leave everything as it is.
fn is_damaged(place: &Place, told: &str) {
    for verb in ["check", "accept"] {
        let before = place.kept("baseline.json");
        let (code, out, errors) = place.baseline(verb, &[]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{told}: {errors}");
        assert!(
            errors.contains("the baseline of shop is damaged: kept/shop/") && errors.contains(told),
            "{told}: {errors}"
        );
        assert!(errors.contains("restore kept/shop from version control") && errors.contains("--force"), "{errors}");
        assert_eq!(place.kept("baseline.json"), before);
    }
}

/// `usage` has 2 rows a day, and line 1 is its header: the third day begins in line 6.
#[test]
fn a_damaged_table_is_neither_a_difference_nor_none() {
    let place = Place::recorded();
    let usage = place.kept("usage.csv");
    let lines: Vec<&str> = usage.lines().collect();
    let with = |lines: &[&str]| lines.join("\n") + "\n";
    let swapped = |a: usize, b: usize| {
        let mut lines = lines.clone();
        lines.swap(a, b);
        with(&lines)
    };
    let without = |nth: usize| with(&[&lines[..nth], &lines[nth + 1..]].concat());
    let changed = |nth: usize, from: &str, to: &str| {
        assert!(lines[nth].contains(from), "{}", lines[nth]);
        let line = lines[nth].replacen(from, to, 1);
        with(&[&lines[..nth], &[line.as_str()], &lines[nth + 1..]].concat())
    };
    let cases = [
        (String::new(), "usage.csv:1 has no column called ``"),
        ("garbage\n".to_owned(), "usage.csv:1 has no column called `garbage`"),
        (with(&lines[..1]), "usage.csv:1 has no rows"),
        (without(5), "usage.csv:6 has `2026-01-03 silent shop m` where `2026-01-03 payers shop m` must be"),
        (without(1), "usage.csv:2 has `2026-01-01 silent shop m` where `2026-01-01 payers shop m` must be"),
        (with(&lines[..39]), "usage.csv:39 ends here, before `2026-01-20 payers shop m`"),
        (
            with(&[&lines[..6], &lines[5..]].concat()),
            "usage.csv:7 has the row `2026-01-03 payers shop m` twice, first in line 6",
        ),
        (swapped(5, 6), "usage.csv:6 has `2026-01-03 silent shop m`"),
        (changed(5, "2026-01-03", "2026-02-31"), "usage.csv:6 cannot have `2026-02-31` as `date`"),
        (changed(5, ",400,", ",-400,"), "usage.csv:6 cannot have `-400` as `potential`"),
        (changed(5, ",400,", ",99999999999999999999,"), "usage.csv:6 cannot have `99999999999999999999`"),
        (changed(5, "1.40000000", "1.4"), "usage.csv:6 cannot have `1.4` as `accrued`"),
        (changed(5, ",400,", ",401,"), "usage.csv is not as it was recorded"),
        (changed(5, ",400,", ","), "usage.csv:6 has "),
        (usage[..usage.len() - 3].to_owned(), "usage.csv:41 "),
        (changed(5, "0,2026", "<<<<<<< 0,2026"), "usage.csv:6 has a merge conflict"),
    ];
    for (text, told) in cases {
        place.keep("usage.csv", &text);
        is_damaged(&place, told);
    }
    place.keep("usage.csv", &usage);
    let accounts = place.kept("accounts.csv");
    place.keep("accounts.csv", &accounts.lines().take(4).map(|line| format!("{line}\n")).collect::<String>());
    is_damaged(&place, "accounts.csv:4 ends here, before `silent 1`");
    place.keep("accounts.csv", &accounts);
    for (file, text, told) in [
        ("scenario.toml", "", "scenario.toml:1 is empty"),
        ("scenario.toml", "days = 20\n", "scenario.toml is not as it was recorded"),
        ("baseline.json", "{}", "baseline.json has no `digest`"),
        ("baseline.json", "{\n", "baseline.json:2 is not JSON"),
    ] {
        let whole = place.kept(file);
        place.keep(file, text);
        is_damaged(&place, told);
        place.keep(file, &whole);
    }
    let head = place.kept("baseline.json");
    place.keep("baseline.json", &head.replace("\"days\": null", "\"days\": 3"));
    is_damaged(&place, "baseline.json is not as it was recorded");
    // Line endings of another system are no damage.
    for file in ["baseline.json", "scenario.toml", "usage.csv", "status.csv", "money.csv", "accounts.csv"] {
        place.keep("baseline.json", &head);
        place.keep(file, &place.kept(file).replace('\n', "\r\n"));
        assert_eq!(place.baseline("check", &[]).0, Some(0), "{file}");
    }
    // What is recorded anew is sound again.
    place.keep("baseline.json", "{");
    assert_eq!(place.baseline("record", &["--force"]).0, Some(0));
    assert_eq!(place.baseline("check", &[]).0, Some(0));
}

#[test]
fn scenarios_of_one_name_do_not_overwrite_each_other() {
    let place = Place::new();
    fs::write(place.path("other.toml"), SCENARIO.replace("168h", "24h")).expect("it can be written");
    for force in [&[][..], &["--force"]] {
        let (code, out, errors) =
            place.typed("record", &[&["shop.toml", "other.toml", "--dir", "kept"], force].concat());
        assert_eq!((code, out.as_str()), (Some(2), ""), "{errors}");
        assert!(errors.contains("shop.toml and other.toml would share the baseline kept/shop"), "{errors}");
        assert!(errors.contains("`name`") && !place.path("kept").exists(), "{errors}");
    }
    place.baseline("record", &[]);
    let (code, _, errors) = place.typed("record", &["other.toml", "--dir", "kept"]);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("kept/shop is the baseline of shop.toml already") && errors.contains("into other.toml"),
        "{errors}"
    );
    assert_eq!(place.baseline("check", &[]).0, Some(0));
    // Two names of one folder: not even --force puts one in the place of the other.
    place.write(&SCENARIO.replace("name = \"shop\"", "name = \"shop a\""));
    place.baseline("record", &[]);
    place.write(&SCENARIO.replace("name = \"shop\"", "name = \"shop-a\""));
    for (verb, force) in [("record", &["--force"][..]), ("check", &[]), ("accept", &[])] {
        let (code, _, errors) = place.baseline(verb, force);
        assert_eq!(code, Some(2), "{verb}");
        assert!(errors.contains("kept/shop-a is the baseline of another scenario, `shop a` of shop.toml"), "{errors}");
    }
}

/// Prices × demand of one do not fit: nothing is recorded, what was recorded before stays, and it is said of which scenario.
#[test]
fn a_scenario_that_cannot_be_played_leaves_nothing_behind() {
    let place = Place::new();
    let large = SCENARIO.replace("name = \"shop\"", "name = \"large\"");
    let large = large
        .replacen("units = 200", "units = 1_000_000_000_000", 2)
        .replace("0.005", "1_000_000")
        .replace("0.002", "1_000_000");
    fs::write(place.path("large.toml"), large).expect("it can be written");
    let (code, out, errors) = place.typed("record", &["large.toml", "shop.toml", "--dir", "a/b/c"]);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{errors}");
    assert!(!place.path("a").exists());
    let (code, out, errors) = place.typed("record", &["shop.toml", "large.toml", "--dir", "a/b/c"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(errors.contains("large: "), "{errors}");
    assert!(!place.path("a").exists());
}

/// docs/DATA.md lists what the program names; here it is what it writes.
#[test]
fn a_baseline_has_the_files_that_are_listed() {
    let place = Place::new();
    for (kind, options) in [("exact", &[][..]), ("statistical", &["--statistical", "--replications", "2", "--force"])] {
        assert_eq!(place.baseline("record", options).0, Some(0));
        let written = fs::read_dir(place.path("kept/shop")).expect("a folder");
        let written: BTreeSet<String> =
            written.map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8")).collect();
        let listed = FILES.iter().filter(|(_, of, _)| [kind, "both"].contains(of)).map(|(file, ..)| (*file).to_owned());
        assert_eq!(written, listed.collect());
    }
}

#[test]
fn check_reports_what_it_can_and_accept_is_all_or_nothing() {
    let place = Place::recorded();
    place.write(&SCENARIO.replace("168h", "167h"));
    fs::write(place.path("new.toml"), SCENARIO.replace("name = \"shop\"\n", "")).expect("it can be written");
    fs::write(place.path("bad.toml"), "days = [").expect("it can be written");
    let before = place.kept("money.csv");
    for (verb, others) in
        [("check", ["missing.toml", "bad.toml", "new.toml"]), ("accept", ["new.toml", "bad.toml", "missing.toml"])]
    {
        let (code, out, errors) = place.typed(verb, &[&["shop.toml", "--dir", "kept"][..], &others].concat());
        assert_eq!(code, Some(2), "{errors}");
        assert!(out.contains("shop: differs from its baseline") && !out.contains("accepted"), "{out}");
        for told in [
            "cannot read missing.toml",
            "bad.toml:1:",
            "new has no baseline in kept",
            "billsim baseline record new.toml --dir kept",
        ] {
            assert!(errors.contains(told), "{told}: {errors}");
        }
        assert_eq!(errors.contains("1 of 4 scenarios differs from its baseline"), verb == "check", "{errors}");
        assert_eq!(errors.contains("nothing was accepted"), verb == "accept", "{errors}");
        assert_eq!(place.kept("money.csv"), before);
    }
    let (_, out, _) = place.typed("check", &["shop.toml", "new.toml", "--dir", "kept", "--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json["not_checked"], serde_json::json!(["new.toml"]));
    assert_eq!(json["scenarios"][0]["differs"], true);
}

/// What was recorded with `--set` is checked with it; where the scenario does not take it any more, the cure is told.
#[test]
fn what_was_set_when_it_was_recorded_is_set_again() {
    let place = Place::new();
    place.baseline("record", &["--set", "segments.silent.accounts=5", "--days", "15"]);
    let (code, out, _) = place.baseline("check", &[]);
    assert_eq!((code, out.as_str()), (Some(0), "shop: as its baseline\n"));
    place.keep("usage.csv", "");
    let (_, _, errors) = place.baseline("check", &[]);
    let command = "billsim baseline record shop.toml --dir kept --set segments.silent.accounts=5 --days 15 --force";
    assert!(errors.contains(command), "{errors}");
    place.baseline("record", &["--force", "--set", "segments.silent.accounts=5"]);
    place.write(&SCENARIO.replace("\"silent\"", "\"quiet\""));
    let (code, _, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(2));
    for told in [
        "recorded with --set segments.silent.accounts=5",
        "cannot be played so any more",
        "shop.toml --dir kept --force",
    ] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
}

/// The bill an hour later moves no number of those who have enough; the first is that of 2026-01-02.
#[test]
fn events_that_move_no_number_are_found_with_account_and_day() {
    let place = Place::new();
    let rich = SCENARIO.replace("opening_balance = 2\n", "opening_balance = 900\n");
    place.write(&rich);
    place.baseline("record", &[]);
    place.write(&rich.replace("grace = ", "bill_at = { from = \"09:00:00\" }\ngrace = "));
    let (code, out, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(1), "{errors}");
    for told in [
        "scenario: books.shop.bill_at.from: 08:00:00 → 09:00:00",
        "first day: 2026-01-02 payers: other events",
        "no number moved, but events did",
        "4 accounts differ; the first is payers/0, from 2026-01-02 on",
        "- 2026-01-02 08:00:00  shop bill of 2026-01-01",
        "+ 2026-01-02 09:00:00  shop bill of 2026-01-01",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    let (_, out, _) = place.baseline("check", &["--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let report = &json["scenarios"][0];
    assert_eq!(
        (&report["numbers_moved"], &report["first_account"]["first_day"]),
        (&false.into(), &"2026-01-02".into())
    );
    assert_eq!(
        (report["first_day"]["date"].as_str(), report["first_day"]["metric"].as_str()),
        (Some("2026-01-02"), Some("story"))
    );
}

/// Another program would bring other events with the same scenario: the digests of the days still say when, and of which account.
#[test]
fn other_events_of_another_program_have_their_day_and_account() {
    let place = Place::recorded();
    let mut kept = Kept::read(&place.path("kept/shop")).expect("a baseline");
    for (name, sheet) in &mut kept.exact.as_mut().expect("tables").sheets {
        let rows: &[usize] = match *name {
            // 2 segments a day, `silent` the second: its fifth and sixth days.
            "money" => &[9, 11],
            // payers/0, payers/1, silent/0, silent/1.
            "accounts" => &[3],
            _ => &[],
        };
        for row in rows {
            *sheet.rows[*row].last_mut().expect("a digest") = "0123456789abcdef".to_owned();
        }
    }
    kept.files().iter().for_each(|(file, text)| place.keep(file, text));
    let (code, out, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(1), "{errors}");
    for told in [
        "first day: 2026-01-05 silent: other events",
        "1 account differs: silent/1",
        "its story now",
        "        2026-01-05 ",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
}

#[test]
fn a_key_that_moves_nothing_is_told_in_words_and_is_a_difference() {
    let place = Place::recorded();
    place.write(&SCENARIO.replace("below = 1,", "below = 1.0,"));
    assert_eq!(place.baseline("check", &[]).0, Some(0), "what is written otherwise and means the same is none");
    place.write(&SCENARIO.replace("grace = \"168h\"", "grace = \"168h\"\ntitle = \"A shop\""));
    let (code, out, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(1), "{errors}");
    assert!(out.contains("books.shop.title") && out.contains("no number moved, and no event"), "{out}");
    let (code, out, _) = place.baseline("accept", &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("accepted: kept/shop"), "{out}");
    assert_eq!(place.baseline("check", &[]).0, Some(0));
}

/// Common lines stand once; what changed stands in pairs, by day and event; the rest is counted.
#[test]
fn the_story_is_told_as_a_difference() {
    let place = Place::recorded();
    place.write(&SCENARIO.replace("up_to = 100,", "up_to = 101,"));
    let (_, out, _) = place.baseline("check", &[]);
    let story: Vec<&str> = out.lines().skip_while(|line| !line.contains("its story")).skip(1).map(str::trim).collect();
    let signs: String = story.iter().filter_map(|line| line.chars().next()).collect();
    assert!(signs.contains("-+-+2-+-+2"), "{out}");
    let day = "2026-01-02 00:00:00  shop 2026-01-01: 200 asked, 200 served, 200 billable, costs";
    let pair = [format!("- {day} 0.70"), format!("+ {day} 0.703")];
    assert!(story.windows(2).any(|lines| lines == pair), "{out}");
    assert!(story.len() <= 33 && story.iter().any(|line| line.starts_with("… and")), "{out}");
}

#[test]
fn the_json_of_an_exact_check_is_of_the_exact_kind_only() {
    let report = Place::recorded().changed("168h", "167h");
    let keys: Vec<&str> = report.as_object().expect("a report").keys().map(String::as_str).collect();
    let exact = [
        "scenario",
        "kind",
        "differs",
        "recorded_by",
        "keys",
        "numbers_moved",
        "numbers_that_differ",
        "first_day",
        "first_account",
    ];
    assert_eq!(keys, exact);
    let data = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/DATA.md")).expect("docs");
    for key in exact.into_iter().chain(report["first_account"].as_object().expect("one").keys().map(String::as_str)) {
        assert!(data.contains(&format!("`{key}`")), "docs/DATA.md does not explain {key}");
    }
}

/// What somebody else put into the folder of a baseline is not lost: it is named, and nothing is replaced.
#[test]
fn a_file_of_another_hand_is_not_lost() {
    let place = Place::recorded();
    place.keep("notes.md", "mine");
    place.write(&SCENARIO.replace("0.002", "0.003"));
    for (verb, options) in [("accept", &[][..]), ("record", &["--force"])] {
        let (code, _, errors) = place.baseline(verb, options);
        assert_eq!(code, Some(2), "{verb}: {errors}");
        assert!(errors.contains("notes.md") && errors.contains("move it away"), "{errors}");
    }
    assert_eq!(place.kept("notes.md"), "mine");
}

/// A key that moves no mean is told by the statistical kind too, as the exact one does.
#[test]
fn the_statistical_kind_tells_that_keys_differ() {
    let place = Place::new();
    let (code, _, errors) = place.baseline("record", &["--statistical", "--replications", "3"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(SCENARIO.contains("168h"));
    // Nobody owes for so long.
    place.write(&SCENARIO.replace("168h", "8000h"));
    let (code, out, errors) = place.baseline("check", &[]);
    assert_eq!(code, Some(1), "{out}{errors}");
    assert!(out.contains("some of its keys are others"), "{out}");
}

/// A clone lies elsewhere, and its usage files with it: only what is in them counts.
#[test]
fn a_usage_file_that_moved_with_its_scenario_is_no_difference() {
    let place = Place::new();
    let segment = "[[segments]]\nid = \"read\"\nopening_balance = 5\npayer = { kind = \"never\" }\n\
                   products.shop = { demand = { kind = \"recorded\", file = \"data/use.csv\", from = 2026-01-01 } }\n";
    let scenario = format!("{}{segment}", &SCENARIO[..SCENARIO.find("[[segments]]").expect("it has segments")]);
    let usage = "account,date,meter,quantity\na,2026-01-01,m,150\na,2026-01-03,m,250\n";
    let put = |folder: &str| {
        fs::create_dir_all(place.path(folder).join("data")).expect("a folder");
        fs::write(place.path(folder).join("shop.toml"), &scenario).expect("it can be written");
        fs::write(place.path(folder).join("data/use.csv"), usage).expect("it can be written");
    };
    put("here");
    put("there");
    let (code, _, errors) = place.typed("record", &["here/shop.toml", "--dir", "kept"]);
    assert_eq!(code, Some(0), "{errors}");
    fs::remove_dir_all(place.path("here")).expect("it can be removed");
    let (code, out, errors) = place.typed("check", &["there/shop.toml", "--dir", "kept"]);
    assert_eq!((code, out.as_str()), (Some(0), "shop: as its baseline\n"), "{errors}");
    let kept = fs::read_to_string(place.path("kept/shop/scenario.toml")).expect("it is there");
    assert!(kept.contains("file = \"data/use.csv\""), "{kept}");

    // One unit more in the file is another file, and moves its day.
    fs::write(place.path("there/data/use.csv"), usage.replace("250", "251")).expect("it can be written");
    let (code, out, _) = place.typed("check", &["there/shop.toml", "--dir", "kept"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("digest") && out.contains("2026-01-03"), "{out}");
}
