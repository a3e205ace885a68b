//! Memory does not grow with accounts: ten times as many take no more. Linux only, where a process can read how much it ever held.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use billsim::plan::compile;
use billsim::record::{RunError, Wanted, run};
use billsim::scenario::{Overrides, load};
use billsim::text::Sources;

/// Says to a child which scenario, how many accounts, and whether rows are made.
const ASKED: &str = "BILLSIM_MEMORY_OF";

/// What more accounts may cost beside a fifth, by the allocator's whim: half of what 8 bytes for each of them would be.
const SLACK_KIB: u64 = 4 << 10;

/// Not a test by itself: what a child does.
#[test]
fn child() {
    let Ok(asked) = env::var(ASKED) else { return };
    let words: Vec<&str> = asked.split(' ').collect();
    let [scenario, accounts, rows] = words[..] else { panic!("three words: {asked}") };
    let accounts = Some(accounts.parse().expect("a number"));
    let overrides = Overrides { accounts, days: Some(3), replications: Some(1), ..Overrides::default() };
    let mut sources = Sources::default();
    let loaded = load(Path::new(scenario), &overrides, &mut sources);
    let plan = compile(&loaded.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))));
    let all = rows == "rows";
    let wanted = Wanted { accounts: all, bills: all, events: all };
    let mut made = 0;
    let summary: Result<_, RunError<std::convert::Infallible>> =
        run(&plan, 0, wanted, 2, &AtomicBool::new(false), |_, rows| {
            made += rows.accounts.len() + rows.bills.len() + rows.events.len();
            Ok(())
        });
    let played: u64 = summary.expect("amounts fit").segments.iter().map(|segment| segment.tallies.accounts).sum();
    assert_eq!(played, plan.accounts());
    assert_eq!(made > 0, all);
    println!("held at most {}", peak("self").expect("Linux tells it"));
}

/// What a process ever held, in KiB; `None` of one that has ended.
fn peak(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// What a child held that plays so many accounts.
fn held(scenario: &str, accounts: u64, rows: bool) -> u64 {
    let mut command = Command::new(env::current_exe().expect("a test has a program"));
    let rows = if rows { "rows" } else { "totals" };
    command.args(["child", "--exact", "--nocapture"]).env(ASKED, format!("{scenario} {accounts} {rows}"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let held = said.split("held at most ").nth(1).and_then(|rest| rest.split_whitespace().next());
    held.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("it says what it held: {said}"))
}

fn is_flat(scenario: &str, few: u64, rows: bool) {
    if !cfg!(target_os = "linux") {
        println!("skipped: nobody says here what a process ever held");
        return;
    }
    let (first, second) = (held(scenario, few, rows), held(scenario, few * 10, rows));
    println!("{scenario}: {few} accounts held {first} KiB, ten times as many {second} KiB");
    assert!(second <= first + first / 5 + SLACK_KIB, "{scenario}: {few} accounts {first} KiB, ten times {second} KiB");
}

#[test]
fn a_million_accounts_hold_what_a_hundred_thousand_hold() {
    is_flat("scenarios/captcha.toml", 100_000, false);
}

#[test]
fn so_do_their_rows_when_they_are_handed_on() {
    is_flat("scenarios/captcha.toml", 20_000, true);
}

#[test]
fn and_accounts_with_packages_and_many_meters() {
    is_flat("scenarios/trtc.toml", 10_000, false);
}

/// The program itself, its tables written: read while it runs, since nobody can ask it afterwards.
#[cfg(all(feature = "tables", feature = "charts", target_os = "linux"))]
#[test]
fn the_program_writes_a_row_for_each_account_and_holds_no_more() {
    use std::time::Duration;

    let held = |accounts: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_billsim"));
        command.args(["run", "scenarios/captcha.toml", "--days", "3", "--replications", "1", "--charts", "none"]);
        command.args(["--accounts", accounts, "--threads", "2", "--quiet", "--out"]).arg(folder.path().join("out"));
        let mut child = command.current_dir(env!("CARGO_MANIFEST_DIR")).spawn().expect("it starts");
        let mut most = 0;
        let status = loop {
            // Between its end and this line it is a zombie, which has no memory: what was read before holds.
            if let Some(status) = child.try_wait().expect("it can be waited for") {
                break status;
            }
            most = most.max(peak(&child.id().to_string()).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(1));
        };
        assert!(status.success());
        most
    };
    // How many spans wait for the writer is a matter of threads: 130 to 160 MB were seen of either. A row kept would be 500 MB.
    let (first, second) = (held("600000"), held("2400000"));
    println!("the program: 600000 accounts held {first} KiB, four times as many {second} KiB");
    assert!(second <= first + first / 2, "600000 accounts {first} KiB, four times {second} KiB");
}
