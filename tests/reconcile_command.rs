//! `billsim reconcile` as a user types it.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;

use program::{Ended, billsim};

/// Bills of 0.50 for 200 (100 of them free), 0.70 for 200 and 1.90 for 800 units; 0.125 for 125 rounds to 0.13… by half-up.
const USAGE: &str = "account,date,meter,quantity\nann,2026-01-01,verification,200\nann,2026-01-02,verification,200\n\
                     ann,2026-01-03,verification,800\nbob,2026-01-01,verification,101\n";

fn reconciled(invoices: &str, more: &[&str]) -> (tempfile::TempDir, Ended) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("usage.csv"), USAGE).expect("it can be written");
    fs::write(path("invoices.csv"), invoices).expect("it can be written");
    let (usage, sent, out) = (path("usage.csv"), path("invoices.csv"), path("out"));
    let files = ["reconcile", "scenarios/books/captcha.toml", "--usage", &usage, "--invoices", &sent, "--out", &out];
    let ended = billsim(&[&files[..], more].concat());
    (folder, ended)
}

/// Ann's first 100 units are free: 0.50 for 200. Bob's one unit beyond them costs 0.005, which rounds to 0.01.
#[test]
fn the_same_bills_end_with_0() {
    let sent =
        "account,date,amount\nann,2026-01-01,0.5\nann,2026-01-02,0.70\nann,2026-01-03,1.9\nbob,2026-01-01,0.01\n";
    let (_folder, ended) = reconciled(sent, &[]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    assert!(ended.out.contains("4 agree (tolerance 0.00), 0 differ, 0 missing, 0 extra"), "{}", ended.out);
}

#[test]
fn differences_are_told_written_and_end_with_1() {
    let sent = "account,date,amount\nann,2026-01-01,0.5\nann,2026-01-02,0.72\nbob,2026-01-01,0.01\nbob,2026-01-02,3\n\
                eve,2026-01-01,9\n";
    let (folder, ended) = reconciled(sent, &[]);
    assert_eq!((ended.code, ended.err.trim()), (Some(1), "4 differences"), "{}", ended.out);
    for part in ["2 agree", "1 differ, 1 missing, 1 extra", "the usage does not know: eve", "unknown: 4"] {
        assert!(ended.out.contains(part), "{part:?} is not in\n{}", ended.out);
    }
    let written = fs::read_to_string(folder.path().join("out/differing_bills.csv")).expect("it was written");
    let rows: Vec<&str> = written.lines().collect();
    assert_eq!(rows[0], "account,date,product,ours,theirs,cause");
    assert_eq!(
        rows[1..],
        [
            "ann,2026-01-02,captcha,0.70000000,0.72000000,",
            "ann,2026-01-03,captcha,1.90000000,,",
            "bob,2026-01-02,captcha,,3.00000000,",
        ]
    );
}

#[test]
fn a_tolerance_lets_small_differences_pass() {
    let sent = "account,date,amount\nann,2026-01-01,0.5\nann,2026-01-02,0.71\nann,2026-01-03,1.89\n";
    let (_folder, ended) = reconciled(sent, &["--tolerance", "0.01"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let (_folder, ended) = reconciled(sent, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(
        (ended.code, &json["different"], &json["missing"], &json["unknown"]),
        (Some(1), &2.into(), &1.into(), &3.into())
    );
}

/// With free units not applied 200, 200, 800 and 101 cost 0.70, 0.70, 1.90 and 0.502; two bills differ: too few for a cause.
#[test]
fn few_differences_are_no_proof() {
    let sent =
        "account,date,amount\nann,2026-01-01,0.7\nann,2026-01-02,0.70\nann,2026-01-03,1.9\nbob,2026-01-01,0.50\n";
    let (_folder, ended) = reconciled(sent, &[]);
    assert!(ended.out.contains("unknown: 2"), "{}", ended.out);
}

#[test]
fn wrong_invoices_are_refused_with_row_and_column() {
    for (sent, expected) in [
        ("account,date,amount\nann,2026-01-01,abc\n", "invoices.csv:2:16"),
        ("account,day,amount\nann,2026-01-01,1\n", "the column `date` is missing"),
        (
            "account,date,amount,product\nann,2026-01-01,1,tea\n",
            "line 2 of the invoices: there is no price book of `tea`",
        ),
    ] {
        let (folder, ended) = reconciled(sent, &[]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
        assert!(ended.err.contains(expected), "{}", ended.err);
        assert!(!folder.path().join("out").exists());
    }
}
