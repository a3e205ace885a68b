//! The straight line: which price books may take it, which days of a customer do, and that whoever leaves does so where the phases
//! would have told it. That it is a short cut and no more is a property (tests/properties.rs); here is that it is taken.

mod support;
#[path = "support/told.rs"]
mod told;

use billsim::engine::Player;
use billsim::plan::Plan;
use billsim::rules::{Event, Log, QuietRun, Terms};
use billsim::units::{Day, Seconds};
use billsim::world::World;
use support::{Story, lines, plan_with};
use told::{NO_TRIAL, SHOP, ledger, top_up};

/// The days of an account that were told one by one; all others were told as quiet runs.
#[derive(Default)]
struct OneByOne {
    days: Vec<Day>,
    quiet: usize,
}

impl Log for OneByOne {
    fn record(&mut self, _: Seconds, event: Event) {
        if let Event::DayClosed { day, .. } = event {
            self.days.push(day);
        }
    }

    fn quiet_run(&mut self, run: &QuietRun<'_>, _: impl Fn(Day) -> Seconds) {
        assert!(!run.days.is_empty(), "a run without days from day {}", run.first);
        self.quiet += run.days.len();
    }
}

/// Of the shop's 30 days those that were told one by one.
fn one_by_one(set: &[&str]) -> Vec<Day> {
    let plan = plan_with(SHOP, set);
    let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
    let mut log = OneByOne::default();
    Player::new(&world, &terms).play(0, 0, &mut log).expect("amounts fit");
    assert_eq!(log.days.len() + log.quiet, plan.calendar.days());
    log.days
}

const RICH: &str = "segments.s.opening_balance=1_000";
const AT_ONCE: &str = "books.captcha.grace=0s";
const NEVER: [&str; 2] = ["account.partners.friend.grace=non_stop", "segments.s.partner=friend"];

/// A balance that lasts: all but the last day, whose end is that of the run.
#[test]
fn usage_and_bills_alone_are_quiet() {
    assert_eq!(one_by_one(&[NO_TRIAL, RICH]), [29]);
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, "days=365"]), [364]);
    assert_eq!(one_by_one(&[NO_TRIAL, "segments.s.opening_balance=-900", "segments.s.credit_line=1_000"]), [29]);
    // The 100 free units are used up on the first day.
    assert_eq!(one_by_one(&[RICH]), [0, 29]);
    // More than a thousand a second for the whole day: the limit has to look at each second.
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, "days=3", &told::listed(&[200, 90_000_000, 200])]), [1, 2]);
}

/// 2.00 are three bills less 0.10, so arrears begin on day 3 at 08:00:00. Debt that grows is quiet too, unless a cap watches it; so is a
/// service that is suspended. With a cap that is never reached no day from day 3 on is quiet.
#[test]
fn what_is_owed_and_what_is_refused_is_quiet() {
    assert_eq!(one_by_one(&[&[NO_TRIAL], &NEVER[..]].concat()), [29]);
    let capped: Vec<Day> = (3..30).collect();
    assert_eq!(one_by_one(&[&[NO_TRIAL, "account.debt_cap=1_000"], &NEVER[..]].concat()), capped);
    // Suspended within day 3; its hours before that are billed on day 4.
    assert_eq!(one_by_one(&[NO_TRIAL, AT_ONCE]), [3, 29]);
}

/// A voucher of 1.00, given at 06:00:00 of day 5, pays 0.70 at 08:00:00 and its rest a day later: until then bills are not plain.
#[test]
fn a_voucher_is_not_quiet_until_it_is_spent() {
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, &ledger(&[("5 06:00:00", "voucher", "1")])]), [5, 29]);
}

/// A bill at midnight comes together with a close, and one that waits for its turn changes more than a balance.
#[test]
fn bills_that_are_not_plain_are_not_quiet() {
    let all: Vec<Day> = (0..30).collect();
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, "books.captcha.bill_at={ from = \"00:00:00\" }"]), all);
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, "account.settlement=fifo"]), all);
    assert_eq!(one_by_one(&[NO_TRIAL, RICH, "account.zero_bills=issued"]), all);
}

/// Each of these takes the straight line from a book that otherwise has it.
#[test]
fn books_that_are_not_plain_have_no_straight_line() {
    let straight = |keys: &str, meter: &str, set: &[&str]| {
        let text = format!(
            "start = 2026-01-01\ndays = 40\n[books.shop]\n{keys}\n[[books.shop.meters]]\nid = \"m\"\n{meter}\n[[segments]]\nid = \"s\"\n\
             accounts = 1\n[segments.products.shop]\ndemand = {{ kind = \"constant\", units = 200 }}\n"
        );
        Terms::new(&plan_with(&text, set)).products[0].straight
    };
    let flat = "pricing = \"flat\"\nprice = 1";
    assert!(straight("", flat, &[]));
    assert!(straight("counted = \"served\"\nunmetered_share = 0", &format!("{flat}\nraw_per_unit = 1"), &[]));
    for meter in [
        "counter = \"month\"",
        "counter = \"month\"\nrounding = \"month\"",
        "rounding = \"month\"",
        "raw_per_unit = 60",
        "minimum = 5",
        "maximum = 5",
        "fee_at_zero = true",
        "changes = [{ from = 2026-01-03, price = 2 }]",
    ] {
        assert!(!straight("", &format!("{flat}\n{meter}"), &[]), "{meter}");
    }
    assert!(!straight("", "pricing = \"volume\"\ntiers = [{ up_to = \"unlimited\", price = 1 }]", &[]));
    for keys in [
        "counted = \"passed\"",
        "unmetered_share = 0.5",
        "bill_every = \"month\"",
        "trial = { units = 5, ratio = { m = 1 } }",
        "pay_as_you_go = \"switch\"\ntrial = { units = 5, ratio = { m = 1 } }",
    ] {
        assert!(!straight(keys, flat, &[]), "{keys}");
    }
    let mix = "segments.s.products.shop.mix={ m = 0.5, n = 0.5 }";
    assert!(!straight("", &format!("{flat}\n[[books.shop.meters]]\nid = \"n\"\n{flat}"), &[mix]), "two meters");
}

/// What happens to the first accounts of a plan, on the straight line or without it.
fn stories(plan: &Plan, straight: bool) -> Vec<Vec<String>> {
    let (world, mut terms) = (World::new(plan, 0), Terms::new(plan));
    terms.products.iter_mut().for_each(|product| product.straight &= straight);
    let mut player = Player::new(&world, &terms);
    let story = |index| {
        let mut story = Story::default();
        let account = player.play(0, index, &mut story).expect("amounts fit").clone();
        lines(plan, &story, &account)
    };
    (0..plan.segments[0].accounts).map(story).collect()
}

/// By age, by suspended days and by a bill far above the usual: on the same day, and nothing after it.
#[test]
fn who_leaves_the_straight_line_leaves_on_the_same_day() {
    let mut units = [100; 150];
    units[60] = 900;
    let (paid, listed) = (top_up("20 00:00:00", "5"), told::listed(&units));
    let shock = ["segments.s.churn.bill_shock={ most = 1 }", RICH, &listed];
    let hazards: [&[&str]; 3] = [
        &["segments.s.churn.age={ kind = \"weibull\", scale = \"80d\", shape = 2 }", RICH],
        &["segments.s.churn.suspended_day=0.05", AT_ONCE, &paid],
        &shock,
    ];
    for hazard in hazards {
        let plan = plan_with(SHOP, &[&[NO_TRIAL, "days=150", "segments.s.accounts=200"], hazard].concat());
        let quiet = stories(&plan, true);
        assert_eq!(quiet, stories(&plan, false), "{hazard:?}");
        let left = quiet.iter().filter(|lines| lines.iter().any(|line| line.contains(" churned"))).count();
        assert!(left > 50, "only {left} leave: {hazard:?}");
    }
}
