//! What several tests need: events as the lines of tests/oracle/FORMAT.md, and scenarios from memory.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::Path;

use billsim::engine::Player;
use billsim::plan::{Plan, compile};
use billsim::rules::{Account, Event, Log, Terms};
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::text::keys::Words;
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
    for balance in 0..account.balances() {
        let wallet = account.wallet(balance);
        let unbilled = account.services_of(balance).map(|s| s.unbilled());
        let unbilled = unbilled.fold(Money::ZERO, |a, b| a.plus(b).expect("fits"));
        lines.push(format!(
            "{} closed balance={} debt={} carried={} unbilled={unbilled} marked={}{}",
            plan.calendar.end(),
            wallet.balance,
            wallet.debt().expect("fits"),
            wallet.carried,
            account.arrears(balance).and_then(|a| a.marked).unwrap_or_default(),
            of_product(plan, wallet.of),
        ));
    }
    lines
}

/// The end of a line about a balance that belongs to one product.
fn of_product(plan: &Plan, of: Option<usize>) -> String {
    of.map_or(String::new(), |product| format!(" product={}", plan.books[product].id))
}

fn line(plan: &Plan, at: Seconds, event: &Event) -> String {
    let p = |product: usize| plan.books[product].id.clone();
    let q = |product: usize, quota: usize| plan.books[product].free[quota].id.clone();
    let m = |product: usize, meter: usize| plan.books[product].meters[meter].id.clone();
    let end = |of: Option<usize>| of_product(plan, of);
    let kind = event.kind();
    let rest = match *event {
        Event::ToppedUp { of, amount }
        | Event::CreditLineSet { of, amount }
        | Event::DebtMarked { of, amount }
        | Event::DebtRecovered { of, amount } => format!(" amount={amount}{}", end(of)),
        Event::PaymentFailed { amount, hard, .. } => format!(" amount={amount} hard={hard}"),
        Event::VoucherReceived { of, number, amount } | Event::VoucherExpired { of, number, amount } => {
            format!(" number={number} amount={amount}{}", end(of))
        }
        Event::DayClosed { product, meter, day, usage: u, amount, .. } => format!(
            " {} meter={} day={day} unmetered={} potential={} unintegrated={} withheld={} stopped={} churned={} offered={} refused={} \
             blocked={} unprotected={} retried={} served={} counted={} free={} package={} written_off={} billable={} amount={amount}",
            p(product),
            m(product, meter),
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
            u.package,
            u.written_off,
            u.billable
        ),
        Event::QuotaEnded { product, quota, units }
        | Event::QuotaGranted { product, quota, units }
        | Event::QuotaWiped { product, quota, units } => {
            format!(" {} free={} units={units}", p(product), q(product, quota))
        }
        Event::BillIssued { product, day, amount, due, voucher } => {
            format!(" {} day={day} amount={amount} due={due} voucher={voucher}", p(product))
        }
        Event::Deducted { product, day, amount, balance } => {
            format!(" {} day={day} amount={amount} balance={balance}", p(product))
        }
        Event::PayAsYouGo { product, cause } => format!(" {} cause={}", p(product), cause.word()),
        Event::AllowanceGranted { product, number, units, ends } => {
            format!(" {} number={number} units={units} ends={ends}", p(product))
        }
        Event::Purchased { product, number, units, amount, due, balance } => {
            format!(" {} number={number} units={units} amount={amount} due={due} balance={balance}", p(product))
        }
        Event::PurchaseRefused { product, units, reason } => {
            format!(" {} units={units} reason={}", p(product), reason.word())
        }
        Event::PackageEffective { product, number, ends } => format!(" {} number={number} ends={ends}", p(product)),
        Event::Drawn { product, meter, number, units, given } => {
            format!(" {} number={number} meter={} units={units} given={given}", p(product), m(product, meter))
        }
        Event::Covered { product, day, number, meter, units, given } => {
            format!(" {} day={day} number={number} meter={} units={units} given={given}", p(product), m(product, meter))
        }
        Event::AllowanceEnded { product, number, cause, left } => {
            format!(" {} number={number} cause={} left={left}", p(product), cause.word())
        }
        Event::ArrearsStarted { of, clock, debt } => format!(" clock={clock} debt={debt}{}", end(of)),
        Event::ClockSet { of, clock } => format!(" clock={clock}{}", end(of)),
        Event::ArrearsCleared { of } => end(of),
        Event::Churned => String::new(),
        Event::Resumed { product, reason } | Event::Suspended { product, reason } => {
            format!(" {} reason={}", p(product), reason.word())
        }
        Event::Activated { product }
        | Event::ActivationRefused { product }
        | Event::SwitchRefused { product }
        | Event::Integrated { product } => format!(" {}", p(product)),
    };
    format!("{at} {kind}{rest}")
}
