//! `billsim rate`: real usage through the calculator of `run`. What a run served, written out and rated, brings the run's bills.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use program::billsim;

const CAPTCHA: &str = "scenarios/books/captcha.toml";
const TRTC: &str = "scenarios/books/trtc.toml";

/// Runs the program, which must end well, and returns what it printed.
fn done(arguments: &[&str]) -> String {
    let ended = billsim(arguments);
    assert_eq!(ended.code, Some(0), "billsim {}\n{}{}", arguments.join(" "), ended.out, ended.err);
    ended.out
}

/// The lines of a table of bills by account, without the columns before `product`.
fn lines(path: &Path, account: impl Fn(&[&str]) -> String, skip: usize) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(path).expect("it was written");
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        lines.entry(account(&fields)).or_default().push(fields[skip..].join(","));
    }
    lines
}

/// Runs a scenario, rates what it served with its ledger, and holds the lines against each other. Returns how many there are.
fn round_trip(run: &[&str], books: &[&str]) -> usize {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (ran, rated) = (path("ran"), path("rated"));
    let options = ["--replications", "1", "--record", "bills,usage", "--format", "csv", "--charts", "none", "--quiet"];
    done(&[&["run"], run, &options[..], &["--out", &ran]].concat());
    let (usage, ledger) = (format!("{ran}/usage.csv"), format!("{ran}/ledger.csv"));
    done(&[&["rate"], books, &["--usage", &usage, "--ledger", &ledger, "--out", &rated, "--quiet"]].concat());
    let theirs = lines(&folder.path().join("ran/bills.csv"), |fields| format!("{}/{}", fields[1], fields[2]), 3);
    let mut ours = lines(&folder.path().join("rated/bills.csv"), |fields| fields[0].to_owned(), 1);
    // The bill of the last day comes after the end of the run.
    let last = theirs.values().flatten().map(|line| &line[..line.find(' ').expect("an instant")]).max();
    let last = last.and_then(|line| line.rsplit(',').next()).expect("a date").to_owned();
    for lines in ours.values_mut() {
        lines.retain(|line| line.split(',').nth(2).expect("an instant")[..10] <= last[..]);
    }
    ours.retain(|_, lines| !lines.is_empty());
    assert_eq!(ours, theirs);
    theirs.values().map(Vec::len).sum()
}

/// Integrations, suspensions inside a day, quotas, bursts, churn, price changes: exact to 1e-8, every line and every bill.
#[test]
fn captcha_of_a_run_is_rated_to_the_same_bills() {
    let run = ["scenarios/captcha.toml", "--accounts", "150", "--days", "90"];
    assert!(round_trip(&run, &[CAPTCHA]) > 10_000);
}

/// Slot by slot, with the ledger: trials that end, packages, switches by hand and by themselves, suspensions, recording.
#[test]
fn trtc_of_a_run_is_rated_to_the_same_bills() {
    let run = ["scenarios/trtc.toml", "--accounts", "24", "--days", "100", "--set", "books.trtc.wipe_after=5d"];
    let folder = tempfile::tempdir().expect("there is room");
    let book = folder.path().join("trtc.toml");
    let text = fs::read_to_string(TRTC).expect("it is there").replace("wipe_after = \"60d\"", "wipe_after = \"5d\"");
    fs::write(&book, text).expect("it can be written");
    assert!(round_trip(&run, &[&book.display().to_string()]) > 1_000);
}

#[test]
fn both_products_on_one_balance_are_rated_to_the_same_bills() {
    let run = ["scenarios/mixed.toml", "--accounts", "20", "--days", "40"];
    assert!(round_trip(&run, &[CAPTCHA, TRTC]) > 500);
}

/// 300 calls of which 100 are free: 100 × 0.005 + 100 × 0.002 = 0.70; the vendor's own example the day after: 0.70.
#[test]
fn totals_lines_and_stories_are_told() {
    let folder = tempfile::tempdir().expect("there is room");
    let usage = folder.path().join("usage.csv").display().to_string();
    fs::write(
        &usage,
        "account,date,meter,quantity\nann,2026-01-31,verification,300\nann,2026-02-01,verification,200\n",
    )
    .expect("it can be written");
    let rate = ["rate", CAPTCHA, "--usage", &usage];
    let told = done(&rate);
    assert!(told.contains("2 bills: 1.40000000 USD exact, 1.40000000 as deducted"), "{told}");
    let story = done(&[&rate[..], &["--explain", "ann"]].concat());
    assert!(story.contains("captcha bill of 2026-02-01: 0.005 × 100 + 0.002 × 100 = 0.70, due 0.70"), "{story}");
    let json: serde_json::Value = serde_json::from_str(&done(&[&rate[..], &["--json"]].concat())).expect("JSON");
    assert_eq!(
        (&json["billed"], &json["bills"], &json["last"]),
        (&"1.40000000".into(), &2.into(), &"2026-02-01".into())
    );
    // Another price, and a discount: 200 × 0.004 + 200 × 0.002 less a tenth.
    let cheaper = ["--set", "books.captcha.meters.verification.tiers.0.price=0.004"];
    let discount = ["--set", "segments.accounts.products.captcha.discount=0.1"];
    let told = done(&[&rate[..], &cheaper, &discount].concat());
    assert!(told.contains("2 bills: 1.08000000 USD exact"), "{told}");
    let wrong = billsim(&[&rate[..], &["--explain", "anne"]].concat());
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("did you mean `ann`?"), "{}", wrong.err);
}

/// A month's bill, its flat fee and its minimum belong to the file although they come at the month's end; other months do not.
#[test]
fn a_month_ends_with_its_bill() {
    let folder = tempfile::tempdir().expect("there is room");
    let usage = folder.path().join("usage.csv").display().to_string();
    fs::write(&usage, "account,date,meter,quantity\nann,2026-01-10,assessment,100001\n").expect("it can be written");
    let told = done(&["rate", "scenarios/books/recaptcha.toml", "--usage", &usage]);
    // (0, 10 000] at 0; (10 000, 100 000] flat 8; above 0.001 each.
    assert!(told.contains("1 bill: 8.00100000 USD exact"), "{told}");
}

#[test]
fn parquet_brings_what_csv_brings() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let ran = path("ran");
    let run = ["run", "scenarios/mixed.toml", "--accounts", "12", "--days", "20", "--replications", "1", "--quiet"];
    let options = ["--record", "usage", "--format", "parquet,csv", "--charts", "none", "--out", &ran];
    done(&[&run[..], &options].concat());
    let rated = |usage: &str| {
        let (usage, ledger) = (format!("{ran}/{usage}"), format!("{ran}/ledger.csv"));
        let out = done(&["rate", CAPTCHA, TRTC, "--usage", &usage, "--ledger", &ledger]);
        // The plan is that of the bytes.
        out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rated("usage.parquet"), rated("usage.csv"));
}

#[test]
fn what_cannot_be_rated_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("there is room");
    let usage = folder.path().join("usage.csv").display().to_string();
    let said = |rows: &str, arguments: &[&str]| {
        fs::write(&usage, format!("account,date,product,meter,quantity\n{rows}\n")).expect("it can be written");
        let out = folder.path().join("out").display().to_string();
        let ended = billsim(&[&["rate"], arguments, &["--usage", &usage, "--out", &out]].concat());
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
        assert!(!Path::new(&out).exists(), "something was written");
        ended.err
    };
    let needs = said("ann,2026-01-01,trtc,audio,60", &[TRTC]);
    assert!(needs.contains("bills of `trtc` depend on more than usage: it has packages, a trial, a switch"), "{needs}");
    assert!(needs.contains("add --ledger FILE"), "{needs}");
    let other = said("ann,2026-01-01,trtc,audio,60", &[CAPTCHA]);
    assert!(other.contains("usage.csv:2: there is no price book of `trtc`"), "{other}");
    let meter = said("ann,2026-01-01,captcha,verifications,60", &[CAPTCHA]);
    assert!(meter.contains("did you mean `verification`?"), "{meter}");
    let which = said("ann,2026-01-01,,verification,60", &[CAPTCHA, "scenarios/books/recaptcha.toml"]);
    assert!(which.contains("of which product is `verification`?"), "{which}");
    let scenario = said("ann,2026-01-01,captcha,verification,60", &["scenarios/captcha.toml"]);
    assert!(scenario.contains("is no price book that says its `product`"), "{scenario}");
}

/// Rows before the activation and rows in a suspension by the rules are not lost in silence.
#[test]
fn what_is_not_billed_is_told() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let usage = "account,date,timestamp,meter,quantity\na,2026-01-01,2026-01-01 12:00:00,audio,600\n\
                 a,2026-01-04,2026-01-04 12:00:00,audio,600\na,2026-01-09,2026-01-09 12:00:00,audio,1200\n";
    let ledger = "account,instant,kind,amount\na,2026-01-03,opening_balance,0\na,2026-01-03,activation,\n\
                  a,2026-01-03,switch,\na,2026-01-03,opening_quota,0\n";
    fs::write(path("usage.csv"), usage).expect("it can be written");
    fs::write(path("ledger.csv"), ledger).expect("it can be written");
    let told = done(&[
        "rate",
        TRTC,
        "--usage",
        &path("usage.csv"),
        "--ledger",
        &path("ledger.csv"),
        "--set",
        "books.trtc.trial.units=0",
    ]);
    assert!(told.contains("600 raw units are before the activation"), "{told}");
    // The bill of day 4 comes on day 5 at 10:00:00; a day later it is suspended.
    assert!(told.contains("1,200 raw units came while their account was suspended"), "{told}");
    assert!(told.contains("1 bill: 0.00990000 USD exact"), "{told}");
}

/// The page that shows how to begin shows what comes out.
#[test]
fn the_page_about_data_says_what_is_printed() {
    let page = fs::read_to_string("docs/DATA-IN.md").expect("it is there");
    let told = done(&["rate", CAPTCHA, "--usage", "tests/data/mentions.csv"]);
    for line in [
        "5 accounts, 270 rows, 2015-02-27 to 2015-04-21",
        "269 bills: 1664.63500000 USD exact, 1664.78000000 as deducted",
    ] {
        assert!(page.contains(line) && told.contains(line), "{line}\n{told}");
    }
    let change = "books.captcha.meters.verification.tiers.1.price=0.0018";
    let folder = tempfile::tempdir().expect("there is room");
    let out = folder.path().join("compared").display().to_string();
    let told = done(&["compare", "scenarios/replay.toml", "--with", change, "--charts", "none", "--out", &out]);
    let line = "recognised        1,665   1,628      -37             -2.22";
    assert!(page.contains(line) && told.contains(line), "{told}");
}
