//! Runs in parts: shards that are joined and runs that are gone on with bring the bytes of the whole run, and whatever does not
//! belong together is refused.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/folders.rs"]
mod folders;
#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::Duration;

use folders::{assert_same, files, json, names};
use program::{Ended, billsim, program};
use tempfile::TempDir;

const CAPTCHA: &str = "scenarios/captcha.toml";
const TRTC: &str = "scenarios/trtc.toml";
/// Three spans of accounts, so three shards have some.
const SMALL: [&str; 6] = ["--accounts", "3000", "--days", "12", "--replications", "2"];
const EVERYTHING: [&str; 4] = ["--record", "accounts,bills,events", "--format", "parquet,csv"];
const NO_CHARTS: [&str; 2] = ["--charts", "none"];

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn utf8(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

fn run(scenario: &str, out: &Path, options: &[&[&str]]) -> Ended {
    billsim(&[&["run", scenario, "--out", utf8(out)], &options.concat()[..]].concat())
}

fn done(scenario: &str, out: &Path, options: &[&[&str]]) -> String {
    let ended = run(scenario, out, options);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    ended.out
}

/// All shards of a run, in `folder`, on one and two threads in turn.
fn shards(scenario: &str, folder: &Path, of: usize, options: &[&[&str]]) -> Vec<PathBuf> {
    let shard = |number: usize| {
        let (out, shard) = (folder.join(format!("shard-{number}")), format!("{number}/{of}"));
        let threads = (1 + number % 2).to_string();
        done(scenario, &out, &[&["--shard", &shard, "--threads", &threads], &options.concat()[..]]);
        out
    };
    (1..=of).map(shard).collect()
}

fn merge(shards: &[PathBuf], out: &Path) -> Ended {
    let folders: Vec<&str> = shards.iter().map(|path| utf8(path)).collect();
    billsim(&[&["merge", "--out", utf8(out)], &folders[..]].concat())
}

fn merged(shards: &[PathBuf], out: &Path) -> String {
    let ended = merge(shards, out);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    ended.out
}

/// A shipped scenario with its books, in a folder of our own.
fn copied(folder: &Path, scenario: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.join("scenarios/books")).expect("the folder is ours");
    for entry in fs::read_dir(root.join("scenarios/books")).expect("there are books") {
        let book = entry.expect("it can be read").path();
        let to = folder.join("scenarios/books").join(book.file_name().expect("a name"));
        fs::copy(&book, to).expect("the folder is ours");
    }
    fs::copy(root.join(scenario), folder.join(scenario)).expect("the folder is ours");
    folder.join(scenario)
}

/// Every table in every format, charts and report included, on any number of threads; and nothing but the shards is needed.
#[test]
fn shards_are_joined_to_the_bytes_of_the_whole_run() {
    for scenario in [CAPTCHA, TRTC] {
        let folder = temporary();
        let charts = ["--charts", "svg"];
        let options = [&SMALL[..], &EVERYTHING, &charts];
        let source = copied(folder.path(), scenario);
        done(utf8(&source), &folder.path().join("whole"), &options);
        let shards = shards(utf8(&source), folder.path(), 3, &options);
        fs::remove_dir_all(folder.path().join("scenarios")).expect("the folder is ours");
        let joined = folder.path().join("joined");
        let said = merged(&[&shards[1..], &shards[..1]].concat(), &joined);
        assert!(said.contains("accounts simulated now: 0; kept from before: 6000\n"), "{said}");
        assert_same(&folder.path().join("whole"), &joined);
        let again = merged(&shards, &joined);
        assert!(again.contains("is done already"), "{again}");
        assert_eq!(names(folder.path()), ["joined", "shard-1", "shard-2", "shard-3", "whole"]);
    }
}

/// Whatever is recorded and however many shards there are; those beyond the spans have nobody.
#[test]
fn any_number_of_shards_and_any_recording() {
    let folder = temporary();
    for (of, options) in [
        (1, ["--record", "daily", "--format", "parquet"]),
        (2, ["--record", "bills", "--format", "csv"]),
        (5, ["--record", "events", "--format", "parquet"]),
    ] {
        let place = folder.path().join(of.to_string());
        fs::create_dir(&place).expect("the folder is ours");
        let options = [&SMALL[..], &options, &NO_CHARTS];
        done(CAPTCHA, &place.join("whole"), &options);
        merged(&shards(CAPTCHA, &place, of, &options), &place.join("joined"));
        assert_same(&place.join("whole"), &place.join("joined"));
    }
}

/// A cut within a row group of the accounts table is mended.
#[test]
fn a_row_group_that_was_cut_is_whole_again() {
    let folder = temporary();
    let options = [&["--accounts", "70000", "--days", "1", "--replications", "1"][..], &NO_CHARTS];
    done(CAPTCHA, &folder.path().join("whole"), &options);
    let shards = shards(CAPTCHA, folder.path(), 2, &options);
    assert_eq!(names(&shards[0].join("parts")), ["0-0-34816"]);
    assert_eq!(names(&shards[1].join("parts")), ["0-34816-65536", "0-65536-70000"]);
    merged(&shards, &folder.path().join("joined"));
    assert_same(&folder.path().join("whole"), &folder.path().join("joined"));
}

/// Two shards of two, for tests that take them apart; nobody changes them.
static PAIR: LazyLock<(TempDir, Vec<PathBuf>)> = LazyLock::new(|| {
    let folder = temporary();
    let shards = shards(CAPTCHA, folder.path(), 2, &[&SMALL, &NO_CHARTS]);
    done(CAPTCHA, &folder.path().join("whole"), &[&SMALL, &NO_CHARTS]);
    (folder, shards)
});

/// The reason is given with its cure, the exit code is 2, and nothing is written.
fn refused(shards: &[PathBuf], reason: &str) {
    let folder = temporary();
    let ended = merge(shards, &folder.path().join("joined"));
    assert_eq!(ended.code, Some(2), "{reason}: {}", ended.err);
    assert!(ended.err.starts_with("error: ") && ended.err.contains("\nhelp: "), "{}", ended.err);
    assert!(ended.err.contains(reason), "{reason}: {}", ended.err);
    assert_eq!((names(folder.path()), ended.out.as_str()), (vec![], ""));
}

#[test]
fn shards_that_are_not_all_there_are_refused() {
    let (_, shards) = &*PAIR;
    refused(&shards[..1], "not all shards are there: 2/2 is missing\n");
    refused(&shards[1..], "1/2 is missing\n");
    refused(&[shards[0].clone(), shards[1].clone(), shards[0].clone()], "are both shard 1/2\n");
}

/// What the refusal says to do is what helps, although the scenario it names is that of another shard.
#[test]
fn the_cure_for_a_missing_shard_writes_it() {
    let (folder, shards) = &*PAIR;
    let ended = merge(&shards[..1], &folder.path().join("never"));
    let command = ended.err.split("help: this writes the first of them: billsim ").nth(1).expect("a command");
    let place = temporary();
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let output = program(&arguments).current_dir(place.path()).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_same(&place.path().join("shard-2"), &shards[1]);
}

#[test]
fn shards_of_different_runs_are_refused() {
    let (_, shards) = &*PAIR;
    let folder = temporary();
    let renamed = copied(folder.path(), CAPTCHA);
    let text = fs::read_to_string(&renamed).expect("it is there");
    assert!(text.contains("name = \"captcha\""));
    fs::write(&renamed, text.replace("name = \"captcha\"", "name = \"another\"")).expect("the folder is ours");
    let other = |name: &str, scenario: &str, shard: &str, options: &[&str]| {
        let out = folder.path().join(name);
        let small: Vec<&str> = match options {
            ["--replications", ..] => SMALL[..4].to_vec(),
            _ => SMALL.to_vec(),
        };
        done(scenario, &out, &[&["--shard", shard], &small, &NO_CHARTS, options]);
        out
    };
    for (name, scenario, shard, options, reason) in [
        ("seed", CAPTCHA, "2/2", &["--seed", "7"][..], "another `seed`"),
        ("plan", CAPTCHA, "2/2", &["--set", "books.captcha.grace=24h"], "another scenario, book or option"),
        ("name", utf8(&renamed), "2/2", &[], "another `scenario`"),
        ("number", CAPTCHA, "2/3", &[], "it is one of 3 shards, not of 2"),
        ("record", CAPTCHA, "2/2", &["--record", "daily"], "another `record`"),
        ("format", CAPTCHA, "2/2", &["--format", "csv"], "another `formats`"),
        ("replications", CAPTCHA, "2/2", &["--replications", "3"], "another `most_replications`"),
    ] {
        refused(&[shards[0].clone(), other(name, scenario, shard, options)], reason);
    }
}

#[test]
fn what_is_no_shard_is_refused() {
    let (folder, shards) = &*PAIR;
    let with = |other: PathBuf, reason: &str| refused(&[shards[0].clone(), other], reason);
    with(folder.path().join("whole"), "is no shard: it is a whole run or a study");
    with(folder.path().join("nowhere"), "is no shard: there is no such folder");
    let strange = temporary();
    with(strange.path().to_owned(), "is no shard: it has no manifest.json");
    fs::write(strange.path().join("manifest.json"), "{\"program\": \"another\"}").expect("the folder is ours");
    with(strange.path().to_owned(), "is no shard: its manifest.json is none of billsim");
    let later = "{\"program\": \"billsim\", \"version\": \"99.1.0\"}";
    fs::write(strange.path().join("manifest.json"), later).expect("the folder is ours");
    with(strange.path().to_owned(), "was written by billsim 99.1.0");
    fs::write(strange.path().join("manifest.json"), "{").expect("the folder is ours");
    with(strange.path().to_owned(), "manifest.json cannot be used: it is damaged");
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is ours");
        fs::write(path, bytes).expect("the folder is ours");
    }
}

/// A byte that is another one, anywhere in any file: the shard is refused, or, where the byte is of no account (a digest that is
/// kept twice), the whole comes out as ever. Never anything else.
#[test]
fn a_damaged_byte_is_found() {
    let (whole, shards) = &*PAIR;
    let folder = temporary();
    let damaged = folder.path().join("damaged");
    copy(&shards[1], &damaged);
    let mut found = 0;
    for (name, bytes) in files(&damaged) {
        if name == "timings.json" {
            continue;
        }
        let path = damaged.join(&name);
        for nth in 0..6 {
            let at = (bytes.len() - 1) * nth / 5;
            let mut other = bytes.clone();
            other[at] ^= 0x15;
            fs::write(&path, &other).expect("the folder is ours");
            let out = folder.path().join("joined");
            let ended = merge(&[shards[0].clone(), damaged.clone()], &out);
            match ended.code {
                Some(2) => {
                    found += 1;
                    assert!(ended.err.contains("\nhelp: "), "{}", ended.err);
                    assert!(!out.exists(), "nothing is written");
                }
                Some(0) if name == "manifest.json" => {
                    assert_same(&whole.path().join("whole"), &out);
                    fs::remove_dir_all(&out).expect("the folder is ours");
                }
                code => panic!("{name} at {at}: {code:?} {}", ended.err),
            }
        }
        fs::write(&path, &bytes).expect("the folder is ours");
    }
    assert!(found >= 30, "{found}");
    for part in names(&damaged.join("parts")) {
        let path = damaged.join("parts").join(&part);
        let aside = folder.path().join("aside");
        fs::rename(&path, &aside).expect("the folder is ours");
        refused(&[shards[0].clone(), damaged.clone()], "cannot be used: it cannot be read: ");
        fs::rename(&aside, &path).expect("the folder is ours");
    }
}

/// A usage file is no part of a scenario: it is needed, as it was, and its absence is no damage of the shard.
#[test]
fn a_usage_file_that_is_gone_is_named() {
    let folder = temporary();
    let source = copied(folder.path(), "scenarios/tutorial.toml");
    let usage = folder.path().join("scenarios/usage.csv");
    let rows = "account,date,meter,quantity\na,2026-01-01,verification,500\nb,2026-01-02,verification,70\n";
    fs::write(&usage, rows).expect("the folder is ours");
    let text = "start = 2026-01-01\ndays = 5\n[books.captcha]\nfile = \"books/captcha.toml\"\n[[segments]]\nid = \"s\"\n\
                accounts = 2\nproducts.captcha = { demand = { kind = \"recorded\", file = \"usage.csv\" } }\n";
    fs::write(&source, text).expect("the folder is ours");
    done(utf8(&source), &folder.path().join("whole"), &[&NO_CHARTS]);
    let shards = shards(utf8(&source), folder.path(), 2, &[&NO_CHARTS]);
    merged(&shards, &folder.path().join("joined"));
    assert_same(&folder.path().join("whole"), &folder.path().join("joined"));
    fs::write(&usage, rows.replace("70", "71")).expect("the folder is ours");
    refused(&shards, "usage.csv");
    fs::remove_file(&usage).expect("the folder is ours");
    refused(&shards, "help: put the usage files");
}

#[test]
fn a_shard_is_no_run() {
    let (_, shards) = &*PAIR;
    let ended = run(CAPTCHA, &shards[0], &[&SMALL, &NO_CHARTS]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("it is a shard of a run"), "{}", ended.err);
    let other = run(CAPTCHA, &shards[0], &[&SMALL, &NO_CHARTS, &["--shard", "2/2"]]);
    assert_eq!(other.code, Some(2), "{}", other.err);
    assert!(other.err.contains("another `shard`"), "{}", other.err);
    let same = done(CAPTCHA, &shards[0], &[&SMALL, &NO_CHARTS, &["--shard", "1/2"]]);
    assert!(same.contains("is done already"), "{same}");
    let until = run(CAPTCHA, &shards[0], &[&["--shard", "1/2", "--until", "recognised ± 1 %"]]);
    assert_eq!(until.code, Some(2), "how many replications there are would depend on all shards");
    for wrong in ["0/2", "3/2", "2", "1/0"] {
        assert_eq!(run(CAPTCHA, &shards[0], &[&["--shard", wrong]]).code, Some(2), "{wrong}");
    }
}

/// Enough replications that there is time to kill it between the first part and the last.
const LONG: [&str; 6] = ["--accounts", "4000", "--days", "60", "--replications", "12"];
const RESUME: [&str; 1] = ["--resume"];

/// Starts a run that keeps what is done, and kills it when it has kept some parts.
fn killed(scenario: &str, out: &Path, options: &[&[&str]]) -> PathBuf {
    let name = out.file_name().expect("a name").to_string_lossy().into_owned();
    let kept = out.with_file_name(format!(".{name}.checkpoints/parts"));
    let arguments = [&["run", scenario, "--out", utf8(out), "--resume"], &options.concat()[..]].concat();
    let whole = |part: &fs::DirEntry| part.path().extension().is_none();
    let closed = || fs::read_dir(&kept).map_or(0, |parts| parts.flatten().filter(whole).count());
    // On a machine with much else to do it may have ended before it is killed.
    for _ in 0..10 {
        let mut child = program(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        while closed() < 3 && child.try_wait().expect("it is our child").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it is our child");
        child.wait().expect("it is our child");
        if !out.exists() {
            return kept;
        }
        fs::remove_dir_all(out).expect("the folder is ours");
    }
    panic!("it always ends before it is killed");
}

fn counted(out: &Path) -> (u64, u64) {
    let timings = json(&out.join("timings.json"));
    let count = |key: &str| timings[key].as_u64().expect("a count");
    (count("accounts_simulated"), count("accounts_kept"))
}

#[test]
fn a_run_that_was_killed_is_gone_on_with() {
    for scenario in [CAPTCHA, TRTC] {
        let folder = temporary();
        let (whole, out) = (folder.path().join("whole"), folder.path().join("run"));
        let size = ["--accounts", "1500", "--days", "10", "--replications", "12"];
        let options = [&size[..], &EVERYTHING, &NO_CHARTS];
        done(scenario, &whole, &options);
        let kept = killed(scenario, &out, &options);
        let parts = names(&kept).iter().filter(|name| !name.contains('.')).count() as u64;
        let said = done(scenario, &out, &[&options.concat()[..], &RESUME]);
        assert_eq!(counted(&out), ((12 - parts) * 1_500, parts * 1_500), "only what was missing");
        assert!(said.contains(&format!("accounts simulated now: {}; kept", (12 - parts) * 1_500)), "{said}");
        assert_same(&whole, &out);
        assert_eq!(names(folder.path()), ["run", "whole"], "no parts stay");
    }
}

#[test]
fn a_damaged_part_is_played_once_more() {
    let folder = temporary();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("run"));
    let options = [&LONG[..], &NO_CHARTS];
    done(CAPTCHA, &whole, &options);
    let kept = killed(CAPTCHA, &out, &options);
    for (part, file) in [("0-0-4000", "totals"), ("1-0-4000", "accounts.parquet")] {
        let path = kept.join(part).join(file);
        let mut bytes = fs::read(&path).expect("it is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("the folder is ours");
    }
    let said = done(CAPTCHA, &out, &[&options.concat()[..], &RESUME]);
    assert!(said.contains("parts that were damaged and done once more: 2\n"), "{said}");
    let (simulated, before) = counted(&out);
    assert_eq!(simulated + before, 12 * 4_000);
    assert_same(&whole, &out);
}

#[test]
fn parts_of_another_run_are_not_touched() {
    let folder = temporary();
    let out = folder.path().join("run");
    let options = [&LONG[..], &NO_CHARTS];
    let kept = killed(CAPTCHA, &out, &options);
    let before = files(&kept);
    for (other, key) in
        [(&["--seed", "7"][..], "`seed`"), (&["--record", "daily"], "`record`"), (&["--days", "59"], "scenario, book")]
    {
        let ended = run(CAPTCHA, &out, &[&LONG[..2], &LONG[4..], &NO_CHARTS, &RESUME, other]);
        let ended =
            if key == "scenario, book" { ended } else { run(CAPTCHA, &out, &[&LONG, &NO_CHARTS, &RESUME, other]) };
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(&format!("another {key}")) && ended.err.contains("\nhelp: "), "{}", ended.err);
    }
    let same = |of: &Path| files(of).into_iter().filter(|(name, _)| !name.contains(".partial")).collect::<Vec<_>>();
    assert_eq!(same(&kept), before.into_iter().filter(|(name, _)| !name.contains(".partial")).collect::<Vec<_>>());
    done(CAPTCHA, &out, &[&options.concat()[..], &RESUME, &["--seed", "7", "--force"]]);
    assert_eq!(counted(&out), (12 * 4_000, 0));
    assert_eq!(names(folder.path()), ["run"]);
}

/// A shard is gone on with like a whole run.
#[test]
fn a_shard_that_was_killed_is_gone_on_with() {
    let folder = temporary();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("shard"));
    let options = [&LONG[..], &NO_CHARTS, &["--shard", "2/2"]];
    done(CAPTCHA, &whole, &options);
    killed(CAPTCHA, &out, &options);
    done(CAPTCHA, &out, &[&options.concat()[..], &RESUME]);
    assert!(counted(&out).1 > 0, "something was kept");
    assert_same(&whole, &out);
    assert_eq!(names(folder.path()), ["shard", "whole"]);
}

/// With a precision to be reached it stops at the same replication.
#[test]
fn a_run_until_a_precision_can_be_gone_on_with() {
    let folder = temporary();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("run"));
    let until = ["--until", "recognised ± 30 %", "--replications", "12"];
    let options = [&LONG[..4], &NO_CHARTS, &until];
    done(CAPTCHA, &whole, &options);
    killed(CAPTCHA, &out, &options);
    done(CAPTCHA, &out, &[&options.concat()[..], &RESUME]);
    assert_same(&whole, &out);
}
