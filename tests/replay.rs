//! Recorded usage in a scenario: files as people have them are replayed to the unit, shifted, drawn anew in blocks, and refused with
//! the row and the column where they are wrong.

mod support;

use std::fs;
use std::path::Path;

use billsim::demand::Trace;
use billsim::plan::{Plan, compile};
use billsim::rules::Event;
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::world::World;
use proptest::prelude::*;

/// A shop whose first 100 units of a day cost 0.005 and those after them 0.002; its customers are those of `usage.csv`.
const SHOP: &str = r#"
start = 2026-01-01
days = 7

[[books.shop.meters]]
id = "m"
pricing = "graduated"
tiers = [{ up_to = 100, price = 0.005 }, { up_to = "unlimited", price = 0.002 }]

[[segments]]
id = "s"
opening_balance = 1_000
products.shop = { demand = { kind = "recorded", file = "usage.csv" } }
"#;

const MINUTES: &str = r#"
start = 2026-01-01
days = 3
[books.trtc]
file = "trtc.toml"
[[segments]]
id = "s"
account_ledger = "ledger.csv"
products.trtc = { demand = { kind = "recorded", file = "usage.csv" } }
"#;

/// A folder with files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::copy("scenarios/books/trtc.toml", folder.path().join("trtc.toml")).expect("it is there");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("it can be written");
    }
    folder
}

fn load(folder: &Path, text: &str, set: &[&str]) -> Result<Plan, String> {
    let overrides = Overrides { set: set.iter().map(|set| (*set).to_owned()).collect(), ..Overrides::default() };
    let mut sources = Sources::default();
    let loaded = load_text(text, &folder.join("scenario.toml"), &overrides, &mut sources);
    loaded.map(|scenario| compile(&scenario)).map_err(|problems| problems.render(&sources, false))
}

fn plan(files: &[(&str, &[u8])], text: &str, set: &[&str]) -> Plan {
    let folder = folder(files);
    load(folder.path(), text, set).unwrap_or_else(|why| panic!("{why}"))
}

/// A shop with this usage file.
fn shop(usage: &str, set: &[&str]) -> Plan {
    plan(&[("usage.csv", usage.as_bytes())], SHOP, set)
}

/// What is said of this usage file.
fn refused(usage: &[u8], set: &[&str]) -> String {
    let folder = folder(&[("usage.csv", usage)]);
    let why = load(folder.path(), SHOP, set).expect_err("it is wrong");
    why.replace(&format!("{}/", fs::canonicalize(folder.path()).expect("it is there").display()), "")
}

/// What is said of this ledger beside a sound usage file.
fn refused_ledger(ledger: &str) -> String {
    let usage = b"account,date,meter,quantity\na,2026-01-01,audio,600\n";
    let folder = folder(&[("usage.csv", usage), ("ledger.csv", ledger.as_bytes())]);
    load(folder.path(), MINUTES, &[]).expect_err("it is wrong")
}

fn trace(plan: &Plan, replication: u32, index: u64) -> Trace {
    let world = World::new(plan, replication);
    let mut trace = Trace::default();
    trace.fill(&world, 0, index);
    trace
}

fn days(plan: &Plan, index: u64) -> Vec<u64> {
    trace(plan, 0, index).days(0).to_vec()
}

fn bills(plan: &Plan, index: u64) -> Vec<(usize, String)> {
    let (story, _) = support::story(plan, 0, index);
    let bills = story.0.iter().filter_map(|(_, event)| match event {
        Event::BillIssued { day, amount, .. } => Some((*day, amount.short())),
        _ => None,
    });
    bills.collect()
}

/// Units that allowances covered and that were billed, of a meter on a day.
fn covered_and_billed(plan: &Plan, id: &str, of_day: usize) -> (u64, u64) {
    let (story, _) = support::story(plan, 0, 0);
    let closed = story.0.iter().find_map(|(_, event)| match event {
        Event::DayClosed { product, meter, day, usage, .. }
            if plan.books[*product].meters[*meter].id == id && *day == of_day =>
        {
            Some((usage.package, usage.billable))
        }
        _ => None,
    });
    closed.expect("the day was closed")
}

/// 200 units cost 0.50 + 0.20, 1 100 cost 0.50 + 2.00. The accounts are those of the file, by name.
#[test]
fn a_segment_replays_a_usage_file() {
    let plan =
        shop("account,date,meter,quantity\nbea,2026-01-01,m,200\nbea,2026-01-03,m,1100\nann,2026-01-02,m,100\n", &[]);
    assert_eq!(plan.segments[0].accounts, 2);
    assert_eq!(days(&plan, 0), [0, 100, 0, 0, 0, 0, 0]);
    assert_eq!(bills(&plan, 0), [(1, "0.50".to_owned())]);
    assert_eq!(bills(&plan, 1), [(0, "0.70".to_owned()), (2, "2.50".to_owned())]);
}

/// As spreadsheets and databases write them: byte order mark, CRLF, quotes, spaces, columns in any order, columns of no concern,
/// rows in any order, empty lines, and usage of several applications, which is one account's.
#[test]
fn files_may_look_as_people_have_them() {
    let usage = "\u{feff}quantity,\"meter\",note,application, account ,date\r\n\
                 50,m,\"says \"\"hello\"\", twice\",web,\"Smith, Ann\",2026-01-02\r\n\r\n\
                 150,m,,phone,\"Smith, Ann\",2026-01-01\r\n25,m,\"two\nlines\",web,\"Smith, Ann\",2026-01-01\r\n";
    let plan = shop(usage, &[]);
    assert_eq!(days(&plan, 0), [175, 50, 0, 0, 0, 0, 0]);
}

/// Rows of other products are not of this one; gaps are days without use; what is outside the horizon is not played.
#[test]
fn other_products_gaps_and_other_dates_are_no_usage() {
    let usage = "account,date,product,meter,quantity\na,2025-12-31,shop,m,9\na,2026-01-02,other,x,7\na,2026-01-05,shop,m,5\n\
                 a,2026-01-08,shop,m,9\n";
    assert_eq!(days(&shop(usage, &[]), 0), [0, 0, 0, 0, 5, 0, 0]);
}

#[test]
fn dates_are_shifted_to_the_first_day() {
    let usage = "account,date,meter,quantity\na,2025-03-09,m,1\na,2025-03-10,m,200\na,2025-03-12,m,300\n";
    let plan = shop(usage, &["segments.s.products.shop.demand.from=2025-03-10"]);
    assert_eq!(days(&plan, 0), [200, 0, 300, 0, 0, 0, 0]);
}

/// Four weeks in which every day says its date: a horizon of eight is put together from runs of two, each on its own weekdays, the
/// same for all accounts, other ones in another replication.
#[test]
fn a_longer_horizon_is_put_together_from_blocks() {
    let mut usage = "account,date,meter,quantity\n".to_owned();
    for account in ["a", "b"] {
        for day in 1..=28 {
            usage.push_str(&format!("{account},2026-01-{day:02},m,{day}\n"));
        }
    }
    let set = ["days=56", "segments.s.products.shop.demand.bootstrap={}", "segments.s.accounts=5"];
    let plan = shop(&usage, &set);
    let played = trace(&plan, 0, 0).days(0).to_vec();
    for (day, units) in played.iter().enumerate() {
        assert_eq!(day as u64 % 7, (units - 1) % 7, "day {day} is one of another weekday");
        let goes_on = day % 14 == 0 || played[day - 1] + 1 == *units;
        assert!(goes_on, "day {day} does not follow the one before it");
    }
    // Accounts beyond those of the file are drawn from it, and meet the same blocks.
    (0..5).for_each(|index| assert_eq!(trace(&plan, 0, index).days(0), played));
    let worlds = (0..8).map(|replication| trace(&plan, replication, 0).days(0).to_vec());
    assert!(worlds.collect::<std::collections::BTreeSet<_>>().len() > 1, "every replication plays the same blocks");
}

/// Fifteen minutes of audio and five of its recording, one row by the day and the others by the second; a trial of 12 minutes covers
/// audio only, and what comes after it at 12:00:00 is billed.
#[test]
fn meters_and_instants_are_those_of_the_rows() {
    let usage = "account,date,timestamp,meter,quantity\na,2026-01-01,,rec_audio,300\na,,2026-01-01T00:00:00,audio,600\n\
                 a,,2026-01-01T12:00:00,audio,300\n";
    let ledger = "account,instant,kind,amount\na,2026-01-01T00:00:00,switch,\n";
    let files: [(&str, &[u8]); 2] = [("usage.csv", usage.as_bytes()), ("ledger.csv", ledger.as_bytes())];
    let plan = plan(&files, MINUTES, &["books.trtc.trial.units=12"]);
    assert_eq!(covered_and_billed(&plan, "audio", 0), (12, 3));
    assert_eq!(covered_and_billed(&plan, "rec_audio", 0), (0, 5));
}

/// The ledger of a real account: it opens late with what is left of its trial, tops up, and buys a package at 06:00:00, which from
/// 06:05:00 on covers what that day had billed. All of it moves with the usage when dates are shifted.
#[test]
fn a_ledger_says_what_else_moved() {
    let usage = "account,date,meter,quantity\na,2025-06-01,audio,6000\na,2025-06-02,audio,600\n";
    let ledger = "account,instant,kind,amount,product\na,2025-05-01,opening_balance,3,\na,2025-05-01,opening_quota,40,trtc\n\
                  a,2025-05-01,activation,,trtc\na,2025-05-01,switch,,trtc\na,2025-06-01 05:00:00,top_up,30.5,\n\
                  a,2025-06-01T06:00:00,purchase,25000,trtc\n";
    let files: [(&str, &[u8]); 2] = [("usage.csv", usage.as_bytes()), ("ledger.csv", ledger.as_bytes())];
    // What is left of a trial is not a quota that is granted once.
    let set = ["segments.s.products.trtc.demand.from=2025-06-01", "books.trtc.trial.units=40"];
    let plan = plan(&files, MINUTES, &set);
    assert_eq!(covered_and_billed(&plan, "audio", 0), (100, 0));
    let (story, account) = support::story(&plan, 0, 0);
    let at = |kind: &str| story.0.iter().find(|(_, event)| event.kind() == kind).map(|(at, _)| *at);
    assert_eq!((at("activated"), at("top_up"), at("purchased")), (Some(0), Some(5 * 3_600), Some(6 * 3_600)));
    assert_eq!(account.wallet(0).balance.short(), "9.50");
}

/// 40 are left of the 100 free units that are granted once; the five of each day are whole, and used first. Of 60 on the first
/// day 5 + 40 are free, of 60 on the second five.
#[test]
fn what_is_left_of_a_quota_is_of_one_that_is_granted_once() {
    let free = "[[books.shop.free]]\nid = \"start\"\nmeter = \"m\"\nunits = 100\neach = \"once\"\n\
                [[books.shop.free]]\nid = \"daily\"\nmeter = \"m\"\nunits = 5\neach = \"day\"\n";
    let shop = SHOP.replace("[[segments]]\n", &format!("{free}[[segments]]\naccount_ledger = \"ledger.csv\"\n"));
    let usage = "account,date,meter,quantity\na,2026-01-01,m,60\na,2026-01-02,m,60\n";
    let ledger =
        "account,instant,kind,amount,product\na,2026-01-01,activation,,shop\na,2026-01-01,opening_quota,40,shop\n";
    let files: [(&str, &[u8]); 2] = [("usage.csv", usage.as_bytes()), ("ledger.csv", ledger.as_bytes())];
    let (story, _) = support::story(&plan(&files, &shop, &[]), 0, 0);
    let closed = story.0.into_iter().filter_map(|(_, event)| match event {
        Event::DayClosed { usage, .. } => Some((usage.free, usage.billable)),
        _ => None,
    });
    assert_eq!(closed.take(2).collect::<Vec<_>>(), [(45, 15), (5, 55)]);
}

/// Whoever replays what was drawn gets the same bills.
#[test]
fn drawn_usage_that_is_replayed_brings_the_same_bills() {
    let random = SHOP.replace(
        "kind = \"recorded\", file = \"usage.csv\"",
        "kind = \"random\", size = { kind = \"lognormal\", median = 300 }",
    );
    let drawn = plan(&[], &random, &["segments.s.accounts=20"]);
    let mut usage = "account,date,meter,quantity\n".to_owned();
    for index in 0..20 {
        for (day, units) in days(&drawn, index).into_iter().enumerate() {
            usage.push_str(&format!("c{index:02},2026-01-{:02},m,{units}\n", day + 1));
        }
    }
    let replayed = shop(&usage, &[]);
    (0..20).for_each(|index| assert_eq!(bills(&replayed, index), bills(&drawn, index)));
}

/// Where the file lies does not matter to the plan; what is in it does.
#[test]
fn the_hash_is_of_the_rows_and_not_of_the_path() {
    let usage = "account,date,meter,quantity\na,2026-01-01,m,200\n";
    let (here, there) = (shop(usage, &[]), shop(usage, &[]));
    assert_eq!(here.hash, there.hash);
    assert_ne!(here.hash, shop(&usage.replace("200", "201"), &[]).hash);
    let written = format!("segments.s.products.shop.demand.digest={}", "0".repeat(64));
    assert!(refused(usage.as_bytes(), &[&written]).contains("is not the file that it was"));
}

#[test]
fn a_wrong_file_is_refused_with_its_row_and_column() {
    let head = "account,date,meter,quantity\n";
    let with_row = |row: &str| format!("{head}a,2026-01-01,m,1\n{row}\n");
    for (usage, expected) in [
        (with_row("a,2026-01-02,m,-5"), &["usage.csv:3:16", "a negative quantity"][..]),
        (with_row("a,2026-01-02,m,1.5"), &["usage.csv:3:16", "not a whole number"]),
        (with_row("a,2026-01-02,m,99999999999999999999999"), &["usage.csv:3:16", "too large"]),
        (with_row("a,2026-01-02,m,2000000000000"), &["usage.csv:3:16", "too large"]),
        (with_row("a,2026-02-30,m,1"), &["usage.csv:3:3", "not a date"]),
        (with_row("a,2026-01-02,n,1"), &["usage.csv:3", "`shop` has no meter `n`"]),
        (with_row(",2026-01-02,m,1"), &["usage.csv:3", "`account` is empty"]),
        (with_row("a,2026-01-02,m"), &["usage.csv:3", "3 fields"]),
        (with_row("a,2026-01-01,m,2"), &["line 3 is about the same account, meter, day and application as line 2"]),
        (with_row(&format!("{},2026-01-02,m,1", "x".repeat(5_000))), &["usage.csv:3:1", "too long"]),
        ("account;date;meter;quantity\n".to_owned(), &["usage.csv:1", "not separated by commas"]),
        ("account,date,quantity\n".to_owned(), &["usage.csv:1", "`meter` is missing"]),
        ("account,date,date,meter,quantity\n".to_owned(), &["usage.csv:1:14", "named twice"]),
        (head.to_owned(), &["usage.csv has no rows"]),
        (String::new(), &["`account` is missing"]),
        (
            "account,timestamp,meter,quantity\na,2026-01-01T25:00:00,m,1\n".to_owned(),
            &["usage.csv:2:3", "not an instant"],
        ),
        ("account,timestamp,meter,quantity\na,2026-01-01T05:00:00Z,m,1\n".to_owned(), &["usage.csv:2:3", "offset"]),
    ] {
        let said = refused(usage.as_bytes(), &[]);
        expected.iter().for_each(|part| assert!(said.contains(part), "{part:?} is not in\n{said}"));
        assert!(said.lines().all(|line| line.chars().count() < 400), "a line of {} is too long", said.len());
    }
    let latin = [head.as_bytes(), b"caf\xe9,2026-01-01,m,1\n"].concat();
    assert!(refused(&latin, &[]).contains("usage.csv:2: field 1 is not UTF-8 text"));
    let missing = refused(head.as_bytes(), &["segments.s.products.shop.demand.file=nowhere.csv"]);
    assert!(missing.contains("cannot read nowhere.csv"), "{missing}");
}

/// A file that is wrong throughout does not fill the screen.
#[test]
fn many_mistakes_are_counted() {
    let rows: String = (0..5_000).map(|row| format!("a{row},2026-01-01,m,-1\n")).collect();
    let said = refused(format!("account,date,meter,quantity\n{rows}").as_bytes(), &[]);
    assert!(said.contains("4980 more mistakes like these") && said.lines().count() < 200, "{said}");
}

#[test]
fn a_recorded_use_is_only_what_the_file_says() {
    let usage = b"account,date,meter,quantity\na,2026-01-01,m,1\n";
    assert!(refused(usage, &["segments.s.accounts=3"]).contains("has 1 accounts and the segment 3"));
    assert!(refused(usage, &["segments.s.products.shop.mix={ m = 1 }"]).contains("has no `mix`"));
    let constant = "segments.s.products.shop.demand={ kind = \"constant\", units = 1 }";
    let said =
        refused(usage, &[constant, "segments.s.accounts=1", "segments.s.account_ledger=tests/data/one_ledger.csv"]);
    assert!(said.contains("only recorded accounts have ledgers of their own"), "{said}");
}

#[test]
fn a_wrong_ledger_is_refused() {
    for (row, expected) in [
        ("a,2026-01-01,gift,5", &["ledger.csv:2:14", "unknown kind"][..]),
        ("a,2026-01-01,topup,5", &["did you mean `top_up`?"]),
        ("a,2026-01-01,top_up,-5", &["ledger.csv:2:21", "below zero"]),
        ("a,2026-01-01,top_up,many", &["ledger.csv:2:21", "not an amount"]),
        ("a,2026-01-01,switch,5", &["ledger.csv:2:21", "means nothing"]),
        ("a,2025-12-31,top_up,5", &["line 2: this top_up is before 2026-01-01"]),
        ("b,2026-01-01,top_up,5", &["line 2: there is no account `b` in the usage file"]),
    ] {
        let said = refused_ledger(&format!("account,instant,kind,amount\n{row}\n"));
        expected.iter().for_each(|part| assert!(said.contains(part), "{part:?} is not in\n{said}"));
    }
    let said = refused_ledger("account,instant,kind,amount,product\na,2026-01-01,switch,,captcha\n");
    assert!(said.contains("line 2: the segment does not use `captcha`"), "{said}");
}

/// Pieces of which files that nobody meant are made.
fn rubbish() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "account",
        "date",
        "timestamp",
        "meter",
        "quantity",
        "product",
        "application",
        "instant",
        "kind",
        "amount",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\"",
        ";",
        "a",
        "m",
        "shop",
        "2026-01-01",
        "2026-01-02T03:04:05",
        "2026-13-01",
        "top_up",
        "purchase",
        "switch",
        "activation",
        "opening_balance",
        "-1",
        "0",
        "7",
        "1e9",
        "99999999999999999999",
        " ",
        "\u{feff}",
        "ü",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever a file holds, it is played or refused with a reason.
    #[test]
    fn no_file_makes_it_panic(usage in rubbish(), sound in any::<bool>(), ledger in rubbish(), head in any::<bool>()) {
        let rows = "account,date,meter,quantity\na,2026-01-01,m,100\n".to_owned();
        let usage = if sound { rows } else if head { format!("account,date,meter,quantity\n{usage}") } else { usage };
        let ledger = if head { format!("account,instant,kind,amount\n{ledger}") } else { ledger };
        let folder = folder(&[("usage.csv", usage.as_bytes()), ("ledger.csv", ledger.as_bytes())]);
        let text = SHOP.replace("opening_balance = 1_000", "account_ledger = \"ledger.csv\"");
        match load(folder.path(), &text, &[]) {
            Ok(plan) => { support::story(&plan, 0, 0); }
            Err(why) => prop_assert!(!why.is_empty()),
        }
    }
}

#[test]
fn points_of_a_study_do_not_read_a_file_again() {
    let folder = folder(&[("usage.csv", b"account,date,meter,quantity\na,2026-01-01,m,150\n")]);
    let first = Overrides::default();
    let read = |overrides: &Overrides| {
        load_text(SHOP, &folder.path().join("scenario.toml"), overrides, &mut Sources::default()).is_ok()
    };
    assert!(read(&first));
    fs::write(folder.path().join("usage.csv"), "nothing that is usage").expect("it can be written");
    let point = Overrides { set: vec!["seed=2".to_owned()], ..first.clone() };
    assert!(read(&point), "it was read already");
    assert!(!read(&Overrides::default()), "another command reads it anew");
}
