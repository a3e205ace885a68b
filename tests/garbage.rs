//! Scenarios and price books that something has damaged: whatever the text, there is a result or a list of mistakes,
//! never a panic. Messages are rendered too, since a caret in the middle of a letter would be one more way to fall.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use billsim::plan::compile;
use billsim::record::summarise;
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use proptest::prelude::*;
use proptest::sample::Index;

const TUTORIAL: &str = include_str!("../scenarios/tutorial.toml");
const CAPTCHA: &str = include_str!("../scenarios/captcha.toml");
const BOOK: &str = include_str!("../scenarios/books/captcha.toml");
/// What the shipped scenarios do not use, so that it is damaged too.
const REST: &str = r#"
start = 2024-02-27
days = 4

[books.captcha]
file = "books/captcha.toml"

[account]
deduction_unit = 0.05
rounding = "carry"
zero_bills = "issued"
settlement = "fifo"
arrears_clock = "day_start"
partial_top_up = "restarts_clock"
grace_end = "calendar"
debt_cap = 30
while_suspended = "retried"
resume_at = "above_zero"
resume_delay = "2h"
activation_in_arrears = "allowed"
voucher_rest = "lost"
write_off_after = "2d"

[account.partners.a]
grace = "non_stop"

[account.partners.b]
grace = "immediate"

[[segments]]
id = "s"
accounts = 7
partner = "b"
opening_balance = 1
credit_line = 2.5
payer = { kind = "periodic", every = "9h", first = "1s", amount = 0.3 }
non_payers = 0.5
ledger = [
  { at = 2024-02-28T12:00:00, kind = "voucher", amount = 0.4, from = 2024-02-28T13:00:00, expires = 2024-02-29T00:00:00 },
  { at = 2024-02-29T00:00:00, kind = "credit_line", amount = 0 },
]

[segments.products.captcha]
activation_after = "1h"
integration_after = "1d 12h"
profile = "evening"
demand = { kind = "random", size = { kind = "table", sizes = [{ units = 3.5, weight = 2 }, { units = 9e5 }] } }
"#;

/// Values at the edges of what a key may hold, or beyond.
const EDGES: [&str; 40] = [
    "0",
    "-1",
    "1",
    "3",
    "7.5",
    "-0.0",
    "1e-9",
    "0.00000001",
    "0.999999999",
    "1e308",
    "-1e400",
    "nan",
    "-inf",
    "0x7fffffff",
    "1_000_000_000",
    "999999999999",
    "1_000_000_000_000_000",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "99999999999999999999999999999999999999999",
    "true",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\"never\"",
    "\"unlimited\"",
    "\"0s\"",
    "\"1s\"",
    "\"365250d\"",
    "\"9223372036854775807s\"",
    "\"24:00:00\"",
    "\"23:59:59\"",
    "0001-01-01",
    "9998-12-30",
    "9999-12-31T23:59:59",
    "2024-02-29T00:00:00",
    "24:00:00",
    "\"\\u0000é𝄞\"",
];

/// One piece of damage.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Delete(Index, usize),
    Copy(Index, usize, Index),
    RepeatLine(Index, Index),
    DropLine(Index),
    Insert(Index, String),
    /// What stands after one `=` becomes a value from the edges.
    Value(Index, Index),
    /// A number becomes a value from the edges.
    Number(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        1 => (index(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => (index(), 1_usize..40).prop_map(|(at, length)| Damage::Delete(at, length)),
        1 => (index(), 1_usize..200, index()).prop_map(|(from, length, to)| Damage::Copy(from, length, to)),
        1 => (index(), index()).prop_map(|(from, to)| Damage::RepeatLine(from, to)),
        1 => index().prop_map(Damage::DropLine),
        1 => (index(), any::<String>()).prop_map(|(at, text)| Damage::Insert(at, text)),
        4 => (index(), index()).prop_map(|(at, edge)| Damage::Value(at, edge)),
        4 => (index(), index()).prop_map(|(at, edge)| Damage::Number(at, edge)),
    ]
}

impl Damage {
    fn apply(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        if bytes.is_empty() {
            return String::new();
        }
        let mut lines: Vec<&str> = text.lines().collect();
        match self {
            Damage::Flip(at, bit) => bytes[at.index(text.len())] ^= 1 << bit,
            Damage::Delete(at, length) => {
                let at = at.index(text.len());
                bytes.drain(at..text.len().min(at + length));
            }
            Damage::Copy(from, length, to) => {
                let (from, to) = (from.index(text.len()), to.index(text.len()));
                let piece = bytes[from..text.len().min(from + length)].to_vec();
                bytes.splice(to..to, piece);
            }
            Damage::RepeatLine(from, to) => {
                let line = lines[from.index(lines.len())];
                lines.insert(to.index(lines.len()), line);
                return lines.join("\n");
            }
            Damage::DropLine(at) => {
                lines.remove(at.index(lines.len()));
                return lines.join("\n");
            }
            Damage::Insert(at, piece) => {
                let at = at.index(text.len());
                bytes.splice(at..at, piece.bytes());
            }
            Damage::Value(at, edge) => return replace(text, &values(text), at, edge),
            Damage::Number(at, edge) => return replace(text, &numbers(text), at, edge),
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn replace(text: &str, places: &[(usize, usize)], at: &Index, edge: &Index) -> String {
    if places.is_empty() {
        return text.to_owned();
    }
    let (start, end) = places[at.index(places.len())];
    format!("{}{}{}", &text[..start], edge.get(&EDGES), &text[end..])
}

/// From after a `= ` to the next comma, brace or end of line.
fn values(text: &str) -> Vec<(usize, usize)> {
    let starts = text.match_indices("= ").map(|(at, _)| at + 2);
    starts.map(|start| (start, text[start..].find([',', '}', '\n']).map_or(text.len(), |end| start + end))).collect()
}

/// Runs of digits.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut places = vec![];
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                places.push((begun, at));
                start = None;
            }
            _ => {}
        }
    }
    places
}

fn damaged(text: &str, damages: &[Damage]) -> String {
    damages.iter().fold(text.to_owned(), |text, damage| damage.apply(&text))
}

/// Loads a scenario that stands in `folder`; if it loads, compiles it. `Err` is what the user would read.
fn load(text: &str, folder: &Path, overrides: &Overrides) -> Result<billsim::plan::Plan, String> {
    let mut sources = Sources::default();
    match load_text(text, &folder.join("scenario.toml"), overrides, &mut sources) {
        Ok(scenario) => Ok(compile(&scenario)),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused for a reason");
            Err(problems.render(&sources, false))
        }
    }
}

/// Whatever is wrong, somebody says so; and what nobody finds wrong can be run.
fn survives(text: &str, folder: &Path) {
    if let Ok(plan) = load(text, folder, &Overrides::default()) {
        let again = load(&plan.resolved, folder, &Overrides::default());
        assert_eq!(again.map(|plan| plan.resolved).as_deref(), Ok(plan.resolved.as_str()), "it resolves to itself");
    }
    let small = Overrides { days: Some(4), accounts: Some(12), ..Overrides::default() };
    if let Ok(plan) = load(text, folder, &small) {
        // An amount that does not fit is told, and is no panic either.
        let _ = summarise(&plan);
    }
}

/// A folder that has the price book where the scenarios expect it.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("books")).expect("the folder is ours");
    fs::write(folder.path().join("books/captcha.toml"), BOOK).expect("the folder is ours");
    folder
});

/// `BILLSIM_FUZZ=50 cargo test --test garbage` tries fifty times as many.
fn quick(cases: u32) -> ProptestConfig {
    let times: u32 = std::env::var("BILLSIM_FUZZ").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig { cases: cases * times, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(quick(1_200))]

    #[test]
    fn damaged_scenarios_do_not_panic(
        which in 0_usize..3,
        damages in prop::collection::vec(damage(), 1..5),
    ) {
        survives(&damaged([TUTORIAL, CAPTCHA, REST][which], &damages), FOLDER.path());
    }
}

proptest! {
    #![proptest_config(quick(800))]

    #[test]
    fn damaged_books_do_not_panic(damages in prop::collection::vec(damage(), 1..4)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("books")).expect("the folder is ours");
        fs::write(folder.path().join("books/captcha.toml"), damaged(BOOK, &damages)).expect("the folder is ours");
        survives(TUTORIAL, folder.path());
    }

    #[test]
    fn damaged_arguments_do_not_panic(
        path in "(segments|books|account|days|profiles)(\\.(captcha|silent|0|7|meters|tiers|payer|[a-z.]{0,9})){0,5}",
        equals in "=?",
        edge in any::<Index>(),
        value in any::<String>(),
        ours in any::<bool>(),
    ) {
        let value = if ours { (*edge.get(&EDGES)).to_owned() } else { value };
        let set = vec![format!("{path}{equals}{value}")];
        let overrides = Overrides { set, days: Some(4), accounts: Some(12), ..Overrides::default() };
        if let Ok(plan) = load(TUTORIAL, FOLDER.path(), &overrides) {
            let _ = summarise(&plan);
        }
    }
}

#[test]
fn the_undamaged_texts_load_and_run() {
    for text in [TUTORIAL, CAPTCHA, REST] {
        let small = Overrides { days: Some(4), accounts: Some(12), ..Overrides::default() };
        let text = text.replace("opening_balance = -1", "opening_balance = 0");
        let plan = load(&text, FOLDER.path(), &small).unwrap_or_else(|said| panic!("{said}"));
        assert!(summarise(&plan).is_ok());
    }
}

#[test]
fn deep_nesting_is_refused() {
    for depth in [100, 10_000, 100_000] {
        for text in [
            format!("x = {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("x = {}{}", "{ a = ".repeat(depth), "}".repeat(depth)),
            format!("x = {}", "[".repeat(depth)),
            format!("{} = 1", vec!["a"; depth].join(".")),
            format!("[{}]", vec!["a"; depth].join(".")),
        ] {
            assert!(load(&text, FOLDER.path(), &Overrides::default()).is_err());
        }
    }
}

#[test]
fn a_deep_path_is_refused() {
    let set = vec![format!("{}=1", vec!["a"; 30_000].join("."))];
    let overrides = Overrides { set, ..Overrides::default() };
    assert!(load(TUTORIAL, FOLDER.path(), &overrides).is_err());
    // A value can be as deep as a path is long.
    let set = vec![format!("days={}{}", "[".repeat(60_000), "]".repeat(60_000))];
    let overrides = Overrides { set, ..Overrides::default() };
    assert!(load(TUTORIAL, FOLDER.path(), &overrides).is_err());
}
