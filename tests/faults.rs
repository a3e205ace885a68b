//! What goes wrong around a run: it is killed, the disk is full, folders may not be written or disappear, two write at once, numbers
//! are at their bounds. The right error, nothing half, nothing lost that was promised. docs/FAULTS.md has the table of it.
#![cfg(all(feature = "tables", feature = "charts", unix))]

#[path = "support/folders.rs"]
mod folders;
#[path = "support/program.rs"]
mod program;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use folders::{assert_same, json, names};
use program::{Ended, billsim, program};
use tempfile::TempDir;

const CAPTCHA: &str = "scenarios/captcha.toml";
/// Twelve parts, then charts: what a kill can meet.
const SMALL: [&str; 6] = ["--accounts", "1200", "--days", "40", "--replications", "12"];
const KEPT: [&str; 6] = ["--record", "accounts,bills", "--format", "parquet,csv", "--charts", "svg"];
const RESUME: [&str; 1] = ["--resume"];

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn utf8(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

fn arguments<'a>(out: &'a Path, options: &[&[&'a str]]) -> Vec<&'a str> {
    [&["run", CAPTCHA, "--out", utf8(out)], &options.concat()[..]].concat()
}

fn run(out: &Path, options: &[&[&str]]) -> Ended {
    billsim(&arguments(out, options))
}

fn done(out: &Path, options: &[&[&str]]) -> String {
    let ended = run(out, options);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    ended.out
}

fn started(out: &Path, options: &[&[&str]]) -> Child {
    let mut command = program(&arguments(out, options));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn wait_until(mut true_now: impl FnMut() -> bool) {
    let started = Instant::now();
    while !true_now() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn closed_parts(out: &Path) -> usize {
    let name = out.file_name().expect("a name").to_string_lossy().into_owned();
    let parts = fs::read_dir(out.with_file_name(format!(".{name}.checkpoints/parts")));
    parts.map_or(0, |parts| parts.flatten().filter(|part| part.path().extension().is_none()).count())
}

/// Kill −9 at random instants of a run, of one that keeps its parts, and of one that replaces another: under the folder's name is
/// nothing, or what was there before, or the whole; the next run ends as if nothing had been, and parts that were closed are used.
#[test]
fn killed_at_any_instant() {
    let kills: usize = std::env::var("BILLSIM_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(9);
    let folder = temporary();
    let (whole, older) = (folder.path().join("whole"), folder.path().join("older"));
    let began = Instant::now();
    done(&whole, &[&SMALL, &KEPT]);
    let long = began.elapsed();
    done(&older, &[&SMALL, &KEPT, &["--seed", "7"]]);
    let mut met = [0; 3];
    for kill in 0..kills {
        let place = temporary();
        let out = place.path().join("run");
        let options: &[&str] = [&[][..], &RESUME, &["--force"]][kill % 3];
        let replaces = kill % 3 == 2;
        if replaces {
            done(&out, &[&SMALL, &KEPT, &["--seed", "7"]]);
        }
        let mut child = started(&out, &[&SMALL, &KEPT, options]);
        std::thread::sleep(long.mul_f64(rand::random_range(0.0..1.2)));
        child.kill().expect("it is our child");
        let by_then = child.wait_with_output().expect("it is our child");
        let parts = closed_parts(&out);
        if out.exists() {
            let seed = json(&out.join("manifest.json"))["seed"].as_u64();
            let replaced = seed != Some(7);
            assert_same(&out, if replaced { &whole } else { &older });
            met[usize::from(replaced) + 1] += 1;
        } else {
            met[0] += 1;
        }
        if replaces {
            // Whoever asks for the older one has it, even if its name was just being taken away.
            let older = run(&out, &[&SMALL, &KEPT, &["--seed", "7"]]);
            let is_new = older.err.contains("another `seed`");
            assert!(is_new || older.out.contains("is done already"), "{} {}", older.out, older.err);
        }
        let again = done(&out, &[&SMALL, &KEPT, options]);
        if options == RESUME && !again.contains("is done already") {
            let kept = json(&out.join("timings.json"))["accounts_kept"].as_u64();
            assert_eq!(kept, Some(1_200 * parts as u64), "what was closed is used: {again}");
        }
        assert_same(&out, &whole);
        assert_eq!(names(place.path()), ["run"], "after {by_then:?}");
    }
    println!("{kills} kills met nothing {} times, an older folder {}, a whole one {}", met[0], met[1], met[2]);
}

/// In a small file system of its own: the run fails, nothing stays but closed parts, and with more room the same command goes on.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = temporary();
    let whole = folder.path().join("whole");
    let options = [&SMALL[..], &KEPT];
    done(&whole, &options);
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).expect("the folder is ours");
    let script = "mount -t tmpfs -o size=$SIZE none \"$DISK\" || exit 77\n\
                  \"$@\"; echo \"code $?\"; ls -A \"$DISK\"; echo parts $(ls \"$DISK\"/.run.checkpoints/parts 2>/dev/null | wc -l)\n\
                  mount -o remount,size=1g \"$DISK\"; \"$@\"; echo \"code $?\"; ls -A \"$DISK\"; cp -r \"$DISK/run\" \"$COPY\"\n";
    let mut tried = 0;
    for (number, (size, resume)) in
        [("300k", true), ("2m", true), ("6m", true), ("300k", false), ("3m", false), ("12m", false)]
            .into_iter()
            .enumerate()
    {
        let copy = folder.path().join(format!("copy-{number}"));
        let out = disk.join("run");
        let options = [&options.concat()[..], if resume { &RESUME } else { &[] }, &["--quiet"]];
        let ended = Command::new("unshare")
            .args(["-rm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_billsim")])
            .args(arguments(&out, &options))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .envs([("SIZE", size), ("DISK", utf8(&disk)), ("COPY", utf8(&copy))])
            .output();
        let Some(ended) = ended.ok().filter(|ended| ended.status.code() != Some(77) && !ended.stdout.is_empty()) else {
            eprintln!("skipped: no file systems of our own here");
            return;
        };
        let (out, err) = (String::from_utf8_lossy(&ended.stdout), said(&ended));
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "code 3", "{size}: {out}{err}");
        assert!(err.contains("cannot write ") && err.contains("No space left on device"), "{err}");
        assert_eq!(err.contains("help: the same command goes on"), resume, "{err}");
        let parts = lines.iter().position(|line| line.starts_with("parts ")).expect("it is told");
        assert_eq!(&lines[1..parts], if resume { &[".run.checkpoints"][..] } else { &[] }, "{size}: {out}");
        assert_eq!(&lines[parts + 1..], ["code 0", "run"], "{out}{err}");
        assert_same(&whole, &copy);
        tried += 1;
    }
    assert_eq!(tried, 6);
}

/// No file may be larger than so much: whichever file meets the bound, in whatever stage of the run.
#[test]
fn no_room_for_a_file() {
    let folder = temporary();
    let options = [&SMALL[..], &KEPT, &["--quiet"]];
    let limited = |blocks: u64, out: &Path| {
        // Without the trap the system would end the program; so it is told that the file is too large.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_billsim")]).args(arguments(out, &options));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("there is a shell")
    };
    let (mut failed, mut whole) = (0, false);
    for blocks in (0..24).map(|octave| 1 << octave) {
        let out = folder.path().join(blocks.to_string());
        let ended = limited(blocks, &out);
        match ended.status.code() {
            Some(3) => {
                failed += 1;
                assert!(said(&ended).starts_with("error: cannot write "), "{blocks}: {}", said(&ended));
                assert_eq!(names(folder.path()), [""; 0], "{blocks}");
            }
            code => {
                assert_eq!((code, said(&ended).as_str()), (Some(0), ""), "{blocks}");
                whole = true;
                break;
            }
        }
    }
    assert!(failed >= 8 && whole, "{failed} bounds were met");
}

/// As somebody who may not write there.
#[test]
fn a_folder_that_may_not_be_written() {
    let folder = temporary();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).expect("the folder is ours");
    for path in [folder.path(), &locked] {
        fs::set_permissions(path, Permissions::from_mode(0o555)).expect("the folder is ours");
    }
    for options in
        [&["--charts", "none"][..], &["--charts", "none", "--resume"], &["--charts", "none", "--shard", "1/2"]]
    {
        let out = locked.join("run");
        let mut command = program(&arguments(&out, &[&["--accounts", "3000000"], options]));
        if File::create(locked.join("probe")).is_ok() {
            // We may write everywhere; nobody may not.
            fs::remove_file(locked.join("probe")).expect("the folder is ours");
            command.uid(65_534);
        }
        let began = Instant::now();
        let Ok(ended) = command.output() else {
            eprintln!("skipped: nobody may not start the program here");
            return;
        };
        assert_eq!(ended.status.code(), Some(3), "{}", said(&ended));
        assert!(
            said(&ended).starts_with("error: cannot write ") && said(&ended).contains("ermission denied"),
            "{}",
            said(&ended)
        );
        assert!(began.elapsed() < Duration::from_secs(20), "it is found before the long run");
        assert_eq!(names(&locked), [""; 0]);
    }
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("the folder is ours");
}

/// Somebody removes what is being written.
#[test]
fn a_folder_that_disappears() {
    for (options, gone) in
        [(&["--quiet"][..], ".run.partial"), (&RESUME, ".run.checkpoints"), (&["--quiet"], ""), (&RESUME, "")]
    {
        let folder = temporary();
        let place = folder.path().join("place");
        let out = place.join("run");
        let child = started(&out, &[&SMALL, &KEPT, options]);
        let begun = |name: &str| place.join(name).exists();
        wait_until(|| begun(".run.partial/accounts.csv") && (options != RESUME || closed_parts(&out) > 0));
        // Until nothing of it is there: the run may be writing a file just now.
        wait_until(|| fs::remove_dir_all(place.join(gone)).is_ok() || !place.join(gone).exists());
        let ended = child.wait_with_output().expect("it is our child");
        assert_eq!(ended.status.code(), Some(3), "{gone}: {}", said(&ended));
        assert!(said(&ended).starts_with("error: cannot write "), "{gone}: {}", said(&ended));
        assert!(!out.exists(), "nothing has the name of a whole folder");
        let again = done(&out, &[&SMALL, &KEPT, options]);
        assert!(!again.contains("is done already"), "{again}");
        assert_eq!(names(&place), ["run"]);
    }
}

/// Two at the same name: one writes it, the other is told so, or finds it done.
#[test]
fn two_runs_into_one_folder() {
    for options in [&[][..], &RESUME] {
        let folder = temporary();
        let out = folder.path().join("run");
        let both = [started(&out, &[&SMALL, &KEPT, options]), started(&out, &[&SMALL, &KEPT, options])];
        let ended = both.map(|child| child.wait_with_output().expect("it is our child"));
        let wrote = ended.iter().filter(|ended| String::from_utf8_lossy(&ended.stdout).contains("wrote ")).count();
        assert_eq!(wrote, 1);
        for ended in &ended {
            match ended.status.code() {
                Some(0) => assert_eq!(said(ended), ""),
                code => {
                    assert_eq!(code, Some(3));
                    assert!(said(ended).starts_with("error: another run is writing "), "{}", said(ended));
                }
            }
        }
        assert_eq!(names(folder.path()), ["run"]);
    }
}

#[test]
fn ctrl_c_keeps_what_was_to_be_kept() {
    let folder = temporary();
    let out = folder.path().join("run");
    let long = ["--accounts", "1200", "--days", "365", "--replications", "40", "--charts", "none"];
    let child = started(&out, &[&long, &RESUME]);
    wait_until(|| closed_parts(&out) > 1);
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("there is a kill");
    assert!(signalled.success());
    let ended = child.wait_with_output().expect("it is our child");
    assert_eq!(ended.status.code(), Some(130), "{}", said(&ended));
    assert_eq!(said(&ended), "stopped; what is done is kept\nhelp: the same command goes on from where it stopped\n");
    assert_eq!(names(folder.path()), [".run.checkpoints"], "neither a folder, nor a partial one, nor a lock");
    done(&out, &[&long, &RESUME]);
    assert!(json(&out.join("timings.json"))["accounts_kept"].as_u64() > Some(0));
    assert_eq!(names(folder.path()), ["run"]);
}

/// A join is all or nothing too: the standard output is closed, and the folder is there; its target may not be written, and nothing is.
#[test]
fn merging_meets_the_same() {
    let folder = temporary();
    let shards = ["1/2", "2/2"].map(|shard| {
        let out = folder.path().join(shard.replace('/', "-"));
        done(&out, &[&SMALL, &KEPT, &["--shard", shard]]);
        out
    });
    let joined = folder.path().join("joined");
    let arguments = ["merge", utf8(&shards[0]), utf8(&shards[1]), "--out", utf8(&joined)];
    let limited = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_billsim")])
        .args(arguments)
        .output()
        .expect("there is a shell");
    assert_eq!(limited.status.code(), Some(3), "{}", said(&limited));
    assert!(said(&limited).starts_with("error: cannot write "), "{}", said(&limited));
    assert_eq!(names(folder.path()), ["1-2", "2-2"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ended = program(&arguments).stdout(writer).stderr(Stdio::piped()).output().expect("the program starts");
    assert_eq!((ended.status.code(), said(&ended).as_str()), (Some(0), ""));
    done(&folder.path().join("whole"), &[&SMALL, &KEPT]);
    assert_same(&folder.path().join("whole"), &joined);
}

/// A world of constant demand at a price of nothing, so that only its units can be too many.
fn constant(folder: &Path, start: &str) -> String {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/books/captcha.toml");
    let scenario = folder.join("constant.toml");
    let text = format!(
        "start = {start}\n[books.captcha]\nfile = {book:?}\n[[segments]]\nid = \"s\"\naccounts = 1\n\
         products.captcha = {{ demand = {{ kind = \"constant\", units = 1_000_000_000_000 }} }}\n"
    );
    fs::write(&scenario, text).expect("the folder is ours");
    utf8(&scenario).to_owned()
}

const FREE: [&str; 14] = [
    "--set",
    "books.captcha.rate_limit=none",
    "--set",
    "books.captcha.meters.verification.tiers.0.price=0",
    "--set",
    "books.captcha.meters.verification.tiers.1.price=0",
    "--set",
    "books.captcha.meters.verification.tiers.2.price=0",
    "--set",
    "books.captcha.meters.verification.tiers.3.price=0",
    "--set",
    "books.captcha.meters.verification.tiers.4.price=0",
    "--set",
    "books.captcha.meters.verification.tiers.5.price=0",
];

/// More units than a counter holds are refused, never wrapped: by a run, by what plays like one, and by a join of shards each of
/// which is small enough.
#[test]
fn totals_beyond_a_counter() {
    let folder = temporary();
    let scenario = constant(folder.path(), "2026-01-01");
    let out = folder.path().join("out");
    let refused = |command: &[&str]| {
        let ended = billsim(&[command, &FREE].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.starts_with("error: the total of `potential` is larger than "), "{}", ended.err);
        assert_eq!(names(folder.path()), ["constant.toml"], "nothing is written");
    };
    let size = ["--days", "5000", "--accounts", "2048"];
    let options = [&["--out", utf8(&out), "--charts", "none"], &size[..]].concat();
    refused(&[&["run", &scenario], &options[..]].concat());
    refused(&[&["run", &scenario, "--resume", "--force"], &options[..]].concat());
    refused(&[&["compare", &scenario, "--with", "account.rounding=truncate"], &options[..]].concat());
    let shards = ["1/2", "2/2"].map(|shard| {
        let out = folder.path().join(shard.replace('/', "-"));
        let options = ["--shard", shard, "--out", utf8(&out), "--charts", "none"];
        let ended = billsim(&[&["run", &scenario], &options[..], &size, &FREE].concat());
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        out
    });
    let ended = billsim(&["merge", utf8(&shards[0]), utf8(&shards[1]), "--out", utf8(&out)]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.starts_with("error: the total of `potential` is larger than "), "{}", ended.err);
    assert_eq!(names(folder.path()), ["1-2", "2-2", "constant.toml"]);
}

/// An amount that is too large for an account is a mistake of the input too.
#[test]
fn amounts_beyond_an_account() {
    let folder = temporary();
    let scenario = constant(folder.path(), "2026-01-01");
    let out = folder.path().join("out");
    let dear = "books.captcha.meters.verification.tiers.5.price=1";
    let options = ["--set", dear, "--out", utf8(&out), "--charts", "none", "--days", "3", "--resume"];
    let ended = billsim(&[&["run", &scenario], &FREE[..], &options].concat());
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.starts_with("error: account s/0: ") && ended.err.contains("\nhelp: "), "{}", ended.err);
    assert_eq!(names(folder.path()), ["constant.toml"]);
}

/// The first and the last dates there are.
#[test]
fn dates_at_their_bounds() {
    let folder = temporary();
    for (start, days, fits) in [
        ("0001-01-01", "400", true),
        ("1969-12-31", "2", true),
        ("9998-12-01", "30", true),
        ("9998-12-01", "31", false),
        ("9999-01-01", "1", false),
        ("2026-01-01", "36500", true),
        ("2026-01-01", "36501", false),
        ("2026-01-01", "0", false),
        ("2026-01-01", "18446744073709551615", false),
    ] {
        let place = folder.path().join(format!("{start}-{days}"));
        fs::create_dir(&place).expect("the folder is ours");
        let scenario = constant(&place, start);
        let (whole, out) = (place.join("whole"), place.join("out"));
        let run = |out: &Path, options: &[&str]| {
            let options = [&["--out", utf8(out), "--days", days, "--format", "parquet,csv"], options].concat();
            billsim(&[&["run", &scenario], &options[..], &FREE].concat())
        };
        let ended = run(&whole, &["--charts", "svg"]);
        assert_eq!(ended.code, Some(if fits { 0 } else { 2 }), "{start} {days}: {}", ended.err);
        if fits {
            let daily = fs::read_to_string(whole.join("daily.csv")).expect("it is there");
            assert!(daily.lines().nth(1).expect("a day").starts_with(start), "{start}");
            assert_eq!(run(&out, &["--charts", "svg", "--resume"]).code, Some(0));
            assert_same(&whole, &out);
        } else {
            assert_eq!(names(&place), ["constant.toml"], "nothing is written");
        }
    }
}

/// More accounts than can be is a mistake; as many as can be are cut into shards without counting them.
#[test]
fn sizes_at_their_bounds() {
    let folder = temporary();
    let out = folder.path().join("out");
    for (accounts, shard) in [("1000000001", "1/1"), ("18446744073709551615", "1/1"), ("0", "1/1")] {
        let ended = run(&out, &[&["--accounts", accounts, "--shard", shard, "--charts", "none"]]);
        assert_eq!(ended.code, Some(2), "{accounts}: {}", ended.err);
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
