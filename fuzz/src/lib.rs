//! What the targets share: a folder of their own, how much is played of what loads, and what must hold of it. Must not know which
//! file is being damaged.

mod edit;

pub use edit::edit;

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use billsim::plan::{Plan, compile};
use billsim::record::{RunError, Summary, Wanted, rate, run};
use billsim::scenario::{Files, Overrides, load_text};
use billsim::text::{Problems, Sources};

const CAPTCHA: &str = include_str!("../../scenarios/books/captcha.toml");
const TRTC: &str = include_str!("../../scenarios/books/trtc.toml");
const SCENARIO: &str = include_str!("../../scenarios/captcha.toml");

/// Account-days that are played at most: a fuzzer looks for many short lives, not for one long.
const MOST_PLAYED: u64 = 4_000;

/// Where a target keeps its files: in memory where there is such a place, since they are written at every try.
pub fn folder(target: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let above = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = above.join(format!("billsim-fuzz-{target}-{}", std::process::id()));
    fs::create_dir_all(folder.join("books")).expect("a folder for files");
    fs::create_dir_all(folder.join("studies")).expect("a folder for files");
    for (name, text) in [("books/captcha.toml", CAPTCHA), ("books/trtc.toml", TRTC), ("captcha.toml", SCENARIO)] {
        write(&folder.join(name), text.as_bytes());
    }
    folder
}

/// Writes a file.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("the folder is ours");
}

/// Mistakes are told, at places that can be shown.
pub fn told(problems: &Problems, sources: &Sources) {
    assert!(!problems.is_empty(), "refused for a reason");
    assert!(!problems.render(sources, false).is_empty(), "and told");
}

/// A small piece of any scenario.
pub fn small() -> Overrides {
    Overrides { days: Some(4), accounts: Some(12), replications: Some(1), ..Overrides::default() }
}

/// Loads a scenario of `folder`, holds it against its own resolved text, and plays a piece of it.
pub fn survives(text: &str, folder: &Path) {
    let path = folder.join("scenario.toml");
    if let Some(plan) = loaded(text, &path, &Overrides::default()) {
        let again = loaded(&plan.resolved, &path, &Overrides::default()).expect("it resolves to what loads");
        assert_eq!(again.resolved, plan.resolved, "it resolves to itself");
        assert_eq!(again.hash, plan.hash, "it is the same plan");
    }
    if let Some(plan) = loaded(text, &path, &small()) {
        played(&plan);
    }
}

fn loaded(text: &str, path: &Path, overrides: &Overrides) -> Option<Plan> {
    let mut sources = Sources::default();
    match load_text(text, path, overrides, &mut sources) {
        Ok(scenario) => Some(compile(&scenario)),
        Err(problems) => {
            told(&problems, &sources);
            None
        }
    }
}

/// Plays a plan that is small enough, rows and all. An amount that does not fit is told and is no find.
fn played(plan: &Plan) {
    let days = u64::try_from(plan.calendar.days()).unwrap_or(u64::MAX);
    if plan.accounts().saturating_mul(days) > MOST_PLAYED {
        return;
    }
    let wanted = Wanted { accounts: true, bills: true, events: true, ..Wanted::default() };
    let summary: Result<Summary, RunError<Infallible>> = run(plan, 0, wanted, 1, &STOP, |_, _| Ok(()));
    let _ = summary;
}

/// Rates a usage file, with a ledger or without, at the book of one product.
pub fn rated(folder: &Path, product: &str, usage: &Path, ledger: Option<&Path>) {
    let files = Files {
        books: vec![folder.join(format!("books/{product}.toml"))],
        usage: usage.to_owned(),
        ledger: ledger.map(Path::to_owned),
        policy: None,
    };
    let mut sources = Sources::default();
    match files.scenario(&Overrides::default(), &mut sources) {
        Err(problems) => told(&problems, &sources),
        Ok(scenario) => {
            let plan = compile(&scenario);
            let days = u64::try_from(plan.calendar.days()).unwrap_or(u64::MAX);
            if plan.accounts().saturating_mul(days) <= MOST_PLAYED {
                let rating: Result<_, RunError<Infallible>> = rate(&plan, 1, &STOP, |_, _| Ok(()));
                let _ = rating;
            }
        }
    }
}

/// Nobody stops a target.
pub static STOP: AtomicBool = AtomicBool::new(false);
