//! What several tests need: events as the lines of tests/oracle/FORMAT.md, and scenarios from memory.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::Path;

use billsim::engine::Player;
use billsim::plan::{Plan, compile};
use billsim::rules::{Account, Event, Log, Terms};
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::units::{Money, Seconds};
use billsim::world::World;

/// Compiles a scenario from memory; paths in it start at the repository's `scenarios`.
pub fn plan(text: &str) -> Plan {
    plan_with(text, &[])
}

/// As [`plan`], with `--set` arguments.
pub fn plan_with(text: &str, set: &[&str]) -> Plan {
    let mut sources = Sources::default();
    let overrides = Overrides { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    match load_text(text, Path::new("scenarios/test.toml"), &overrides, &mut sources) {
        Ok(scenario) => compile(&scenario),
        Err(problems) => panic!("{}\n{text}", problems.render(&sources, false)),
    }
}

/// Everything that happened to an account, with its instants.
#[derive(Default)]
pub struct Story(pub Vec<(Seconds, Event)>);

impl Log for Story {
    fn record(&mut self, at: Seconds, event: Event) {
        self.0.push((at, event));
    }
}

/// Plays one account of a plan.
pub fn story(plan: &Plan, segment: usize, index: u64) -> (Story, Account) {
    let (world, terms) = (World::new(plan, 0), Terms::new(plan));
    let mut story = Story::default();
    let mut player = Player::new(&world, &terms);
    let account = player.play(segment, index, &mut story).expect("amounts fit").clone();
    (story, account)
}

/// The lines of an account's story, as the oracle prints them.
pub fn lines(plan: &Plan, story: &Story, account: &Account) -> Vec<String> {
    let mut lines: Vec<String> = story.0.iter().map(|(at, event)| line(plan, *at, event)).collect();
    let unbilled = account.services().iter().map(|s| s.unbilled()).fold(Money::ZERO, |a, b| a.plus(b).expect("fits"));
    lines.push(format!(
        "{} closed balance={} debt={} carried={} unbilled={unbilled} marked={}",
        plan.calendar.end(),
        account.wallet.balance,
        account.wallet.debt().expect("fits"),
        account.wallet.carried,
        account.arrears().and_then(|a| a.marked).unwrap_or_default(),
    ));
    lines
}

fn line(plan: &Plan, at: Seconds, event: &Event) -> String {
    let p = |product: usize| plan.books[product].id.clone();
    let q = |product: usize, quota: usize| plan.books[product].free[quota].id.clone();
    let kind = event.kind();
    let rest = match *event {
        Event::ToppedUp { amount } | Event::CreditLineSet { amount } => format!(" amount={amount}"),
        Event::PaymentFailed { amount, hard } => format!(" amount={amount} hard={hard}"),
        Event::VoucherReceived { number, amount } | Event::VoucherExpired { number, amount } => {
            format!(" number={number} amount={amount}")
        }
        Event::DayClosed { product, day, usage: u, amount } => format!(
            " {} day={day} unmetered={} potential={} unintegrated={} withheld={} stopped={} churned={} offered={} refused={} blocked={} \
             unprotected={} retried={} served={} counted={} free={} billable={} amount={amount}",
            p(product),
            u.unmetered,
            u.potential,
            u.unintegrated,
            u.withheld,
            u.stopped,
            u.churned,
            u.offered,
            u.refused,
            u.blocked,
            u.unprotected,
            u.retried,
            u.served,
            u.counted,
            u.free,
            u.billable
        ),
        Event::QuotaEnded { product, quota, units }
        | Event::QuotaGranted { product, quota, units }
        | Event::QuotaWiped { product, quota, units } => {
            format!(" {} free={} units={units}", p(product), q(product, quota))
        }
        Event::BillIssued { product, day, amount, due, voucher, .. } => {
            format!(" {} day={day} amount={amount} due={due} voucher={voucher}", p(product))
        }
        Event::Deducted { product, day, amount, balance } => {
            format!(" {} day={day} amount={amount} balance={balance}", p(product))
        }
        Event::ArrearsStarted { clock, debt } => format!(" clock={clock} debt={debt}"),
        Event::ClockSet { clock } => format!(" clock={clock}"),
        Event::DebtMarked { amount } | Event::DebtRecovered { amount } => format!(" amount={amount}"),
        Event::ArrearsCleared | Event::Churned => String::new(),
        Event::Activated { product }
        | Event::ActivationRefused { product }
        | Event::Resumed { product }
        | Event::Suspended { product }
        | Event::Integrated { product } => format!(" {}", p(product)),
    };
    format!("{at} {kind}{rest}")
}
