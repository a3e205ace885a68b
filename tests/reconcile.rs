//! Reconciliation: invoices made with one, two or no switch changed, or with random edits, and what is said of them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use billsim::plan::compile;
use billsim::reconcile::{Bills, Question, Reconciliation};
use billsim::scenario::{Files, Overrides};
use billsim::text::Sources;
use billsim::units::Money;
use billsim::usage::Invoice;

const CAPTCHA: &str = "scenarios/books/captcha.toml";
const TRTC: &str = "scenarios/books/trtc.toml";
static STOP: AtomicBool = AtomicBool::new(false);

/// A small generator of its own, so that files are the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Files of a vendor.
struct Vendor {
    folder: tempfile::TempDir,
    files: Files,
}

impl Vendor {
    fn new(book: &str, usage: &str, ledger: Option<&str>) -> Vendor {
        let folder = tempfile::tempdir().expect("there is room");
        let file = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("it can be written");
            folder.path().join(name)
        };
        let files = Files {
            books: vec![PathBuf::from(book)],
            usage: file("usage.csv", usage),
            ledger: ledger.map(|ledger| file("ledger.csv", ledger)),
            policy: None,
        };
        Vendor { folder, files }
    }

    /// Thirty customers of forty days each, of all sizes; some days end exactly at a tier's bound.
    fn captcha() -> Vendor {
        let (mut usage, mut dice) = ("account,date,meter,quantity\n".to_owned(), Dice(7));
        for account in 0..30 {
            for day in 0..40 {
                let date = jiff::civil::date(2026, 1, 10).saturating_add(jiff::Span::new().days(day));
                let units = match dice.below(6) {
                    0 => [100, 1_000, 10_000][dice.below(3) as usize],
                    1 => dice.below(90),
                    _ => 1 + dice.below(30 * (1 + account * account * 3)),
                };
                writeln!(usage, "c{account:02},{date},verification,{units}").expect("a String takes every write");
            }
        }
        Vendor::new(CAPTCHA, &usage, None)
    }

    /// Six customers who call in the evening and early in the morning, on a trial, packages, and pay-as-you-go.
    fn trtc() -> Vendor {
        let (mut usage, mut dice) = ("account,timestamp,meter,quantity\n".to_owned(), Dice(11));
        let mut ledger = "account,instant,kind,amount\n".to_owned();
        for account in 0..6 {
            for day in 1..=20 {
                for (hour, meter) in [(2, "audio"), (2, "hd"), (8, "sd"), (20, "audio"), (20, "hd"), (7, "rec_hd")] {
                    let (minute, seconds) = (15, 200 + dice.below(20_000));
                    let at = format!("2026-03-{day:02}T{hour:02}:{minute:02}:00");
                    writeln!(usage, "t{account},{at},{meter},{seconds}").expect("a String takes every write");
                }
            }
            writeln!(ledger, "t{account},2026-03-01,switch,").expect("a String takes every write");
            if account > 2 {
                writeln!(ledger, "t{account},2026-03-0{account}T07:00:00,purchase,1000").expect("a String takes it");
            }
        }
        Vendor::new(TRTC, &usage, Some(&ledger))
    }

    fn overrides(set: &[&str]) -> Overrides {
        Overrides { set: set.iter().map(|set| (*set).to_owned()).collect(), ..Overrides::default() }
    }

    /// Invoices by rules with these values, `days` later.
    fn invoices(&self, set: &[&str], days: i64) -> Vec<Invoice> {
        let mut sources = Sources::default();
        let scenario = match self.files.scenario(&Vendor::overrides(set), &mut sources) {
            Ok(scenario) => scenario,
            Err(problems) => panic!("{}", problems.render(&sources, false)),
        };
        let plan = compile(&scenario);
        let bills = Bills::of(&plan, 2, &STOP).expect("amounts fit");
        let invoice = |(key, amount): &(billsim::reconcile::Key, Money)| Invoice {
            account: plan.account_name(0, key.account as u64).expect("a name").to_owned(),
            date: key.date.saturating_add(jiff::Span::new().days(days)),
            product: None,
            amount: *amount,
            line: 0,
        };
        bills.iter().map(invoice).collect()
    }

    fn reconciled(&self, invoices: &[Invoice]) -> Reconciliation {
        let overrides = Overrides::default();
        let mut sources = Sources::default();
        let material = self.files.read(&overrides, &mut sources).expect("they are sound");
        let (files, tolerance) = (&self.files, Money::ZERO);
        let question = Question { files, material: &material, overrides: &overrides, tolerance, threads: 2 };
        question.answer(invoices, &STOP).expect("it can be answered")
    }

    /// What is said of invoices by rules with these values: the causes, and how many differences none explains.
    fn causes(&self, set: &[&str], days: i64) -> (Vec<String>, usize) {
        assert!(self.folder.path().exists());
        let found = self.reconciled(&self.invoices(set, days));
        assert!(!found.differences.is_empty(), "{set:?} changes nothing");
        (names(&found), found.unknown())
    }
}

fn names(found: &Reconciliation) -> Vec<String> {
    let name = |found: &billsim::reconcile::Found| {
        found.causes.iter().map(|cause| cause.name.clone()).collect::<Vec<_>>().join(" and ")
    };
    found.found.iter().map(name).collect()
}

#[test]
fn the_same_bills_have_no_differences() {
    for vendor in [Vendor::captcha(), Vendor::trtc()] {
        let found = vendor.reconciled(&vendor.invoices(&[], 0));
        assert!(found.agree > 50 && found.differences.is_empty() && found.found.is_empty());
        assert_eq!((found.unknown(), found.our_total), (0, found.their_total));
    }
}

/// Ten switches, one at a time: it is named, and explains every difference.
#[test]
fn one_switch_is_named() {
    let all_lower: Vec<String> = [99, 999, 9_999, 99_999, 999_999]
        .iter()
        .enumerate()
        .map(|(tier, bound)| format!("books.captcha.meters.verification.tiers.{tier}.up_to={bound}"))
        .collect();
    let all_lower: Vec<&str> = all_lower.iter().map(String::as_str).collect();
    let vendor = Vendor::captcha();
    for (set, days, cause) in [
        (&["account.rounding=truncate"][..], 0, "account.rounding = truncate"),
        (&["account.rounding=ceil"], 0, "account.rounding = ceil"),
        (&["account.rounding=carry"], 0, "account.rounding = carry"),
        (&["books.captcha.free.trial.counter=inside"], 0, "free units of trial inside the tiers"),
        (&["books.captcha.free.trial.units=0"], 0, "free units of trial not applied"),
        (&["books.captcha.free.trial.each=day"], 0, "books.captcha.free.trial.each = day"),
        (
            &["books.captcha.meters.verification.pricing=volume"],
            0,
            "books.captcha.meters.verification.pricing = volume",
        ),
        (&["books.captcha.meters.verification.counter=month"], 0, "books.captcha.meters.verification.counter = month"),
        (&all_lower, 0, "all tier bounds of verification one unit lower"),
        (&[], 1, "bills dated 1 day later"),
    ] {
        let (causes, unknown) = vendor.causes(set, days);
        assert_eq!((causes, unknown), (vec![cause.to_owned()], 0), "{set:?}");
    }
}

/// Switches of packages and slots, and another day boundary.
#[test]
fn one_switch_of_packages_is_named() {
    let vendor = Vendor::trtc();
    for (set, cause) in [
        ("books.trtc.draw_order=dearest_first", "books.trtc.draw_order = dearest_first"),
        ("books.trtc.trial.units=0", "the trial not applied"),
        ("books.trtc.meters.rec_hd.rounding=month", "books.trtc.meters.rec_hd.rounding = month"),
    ] {
        let (causes, unknown) = vendor.causes(&[set], 0);
        assert_eq!((causes, unknown), (vec![cause.to_owned()], 0), "{set}");
    }
}

/// Bills of days in UTC, eight hours after those of the offset.
#[test]
fn another_day_boundary_is_named() {
    let (vendor, mut other) = (Vendor::trtc(), Vendor::trtc());
    let overrides = Overrides::default();
    let material = other.files.read(&overrides, &mut Sources::default()).expect("they are sound");
    let mut usage = "account,timestamp,meter,quantity\n".to_owned();
    let moved = material.usage.shifted(8);
    for (account, name) in moved.accounts.iter().enumerate() {
        for cell in moved.of(account) {
            let second = cell.second().expect("a timestamp");
            let at = format!("{}T{:02}:{:02}:00", cell.date, second / 3_600, second / 60 % 60);
            writeln!(usage, "{name},{at},{},{}", moved.meters[cell.meter()].0.meter, cell.units).expect("it fits");
        }
    }
    fs::write(&other.files.usage, usage).expect("it can be written");
    other.files.ledger = vendor.files.ledger.clone();
    let found = vendor.reconciled(&other.invoices(&[], 0));
    assert!(!found.differences.is_empty());
    assert_eq!((names(&found), found.unknown()), (vec!["days that begin 8 hours later".to_owned()], 0));
}

#[test]
fn two_switches_are_named_together() {
    let vendor = Vendor::captcha();
    for (set, days, causes) in [
        (
            &["account.rounding=truncate", "books.captcha.meters.verification.pricing=volume"][..],
            0,
            ["account.rounding = truncate", "books.captcha.meters.verification.pricing = volume"],
        ),
        (&["account.rounding=ceil"], 1, ["account.rounding = ceil", "bills dated 1 day later"]),
    ] {
        let (found, unknown) = vendor.causes(set, days);
        assert_eq!((found, unknown), (vec![causes.join(" and ")], 0), "{set:?}");
    }
}

/// One bill in twenty is edited by chance, some are lost and some are sent twice: nothing explains them, and with a switch beside
/// them the switch is named for its own.
#[test]
fn random_edits_are_unknown() {
    let vendor = Vendor::captcha();
    let edited = |mut invoices: Vec<Invoice>| {
        let mut dice = Dice(3);
        let mut edits = 0;
        invoices.retain_mut(|invoice| {
            let edit = dice.below(20) == 0;
            edits += usize::from(edit);
            if edit && dice.below(4) == 0 {
                return false;
            }
            if edit {
                let by = 1_000_000 * (1 + dice.below(500)).cast_signed();
                invoice.amount = invoice.amount.plus(Money::from_units(by)).expect("it fits");
            }
            true
        });
        (invoices, edits)
    };
    let (invoices, edits) = edited(vendor.invoices(&[], 0));
    let found = vendor.reconciled(&invoices);
    assert!(edits > 40);
    assert_eq!((names(&found), found.differences.len(), found.unknown()), (vec![], edits, edits));
    let (invoices, edits) = edited(vendor.invoices(&["account.rounding=truncate"], 0));
    let found = vendor.reconciled(&invoices);
    assert_eq!(names(&found), ["account.rounding = truncate"]);
    assert!(found.unknown() <= edits && found.unknown() * 10 > edits * 8, "{} of {edits}", found.unknown());
}

#[test]
fn invoices_of_nobody_are_told() {
    let vendor = Vendor::captcha();
    let mut invoices = vendor.invoices(&[], 0);
    invoices.push(Invoice { account: "ghost".to_owned(), ..invoices[0].clone() });
    let found = vendor.reconciled(&invoices);
    assert_eq!((found.strangers.len(), found.unknown(), found.differences.len()), (1, 1, 0));
}
