//! What billsim brings and costs for the scenarios that the peers in Python play too: one line of JSON.
//!
//! cargo bench --no-default-features --bench peers -- SCENARIO REPLICATIONS THREADS [ACCOUNTS]

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use billsim::plan::{Plan, compile};
use billsim::record::{Summary, Wanted, run};
use billsim::scenario::{Overrides, load};
use billsim::text::Sources;
use serde_json::{Value, json};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [scenario, replications, threads, accounts @ ..] = &arguments[..] else {
        println!("nothing asked: benches/peers/run does");
        return;
    };
    let number = |text: &String| text.parse::<u64>().expect("a number");
    let plan = plan(scenario, accounts.first().map(number));
    let threads = usize::try_from(number(threads)).expect("a few");
    let worlds = u32::try_from(number(replications)).expect("a few");
    // Tables that are built once a process are no part of a customer's day.
    played(&plan, 0, threads);
    let (begun, used) = (Instant::now(), cpu_seconds());
    let runs: Vec<Value> = (0..worlds).map(|world| told(&played(&plan, world, threads))).collect();
    let days = u64::try_from(plan.calendar.days()).expect("not below zero");
    let line = json!({
        "seconds": begun.elapsed().as_secs_f64(),
        "cpu_seconds": cpu_seconds().zip(used).map(|(now, then)| now - then),
        "accounts": plan.accounts(),
        "account_days": plan.accounts() * days * u64::from(worlds),
        "runs": runs,
    });
    println!("{line}");
}

/// What all threads have used so far, to a hundredth; only where Linux tells it.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name before it is in parentheses, and may have spaces.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

fn plan(scenario: &str, accounts: Option<u64>) -> Plan {
    let mut sources = Sources::default();
    let overrides = Overrides { accounts, ..Overrides::default() };
    let loaded = load(Path::new(scenario), &overrides, &mut sources);
    compile(&loaded.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))))
}

fn played(plan: &Plan, world: u32, threads: usize) -> Summary {
    let never = AtomicBool::new(false);
    run::<Infallible>(plan, world, Wanted::default(), threads, &never, |_, _| Ok(())).expect("amounts fit")
}

/// Units, and money in units of 1e-8.
fn told(summary: &Summary) -> Value {
    let (mut served, mut refused, mut ever_suspended) = (0, 0, 0);
    let [mut accrued, mut deducted, mut topped_up, mut closing_balance] = [0_i128; 4];
    for segment in &summary.segments {
        let (usage, money) = (segment.usage(), segment.money_total());
        served += usage.served;
        refused += usage.refused;
        ever_suspended += segment.tallies.ever_suspended;
        accrued += usage.accrued.units();
        deducted += money.deducted.units();
        topped_up += money.topped_up.units();
        closing_balance += segment.tallies.closing_balance.units();
    }
    json!({
        "served": served,
        "refused": refused,
        "ever_suspended": ever_suspended,
        "accrued": accrued.to_string(),
        "deducted": deducted.to_string(),
        "topped_up": topped_up.to_string(),
        "closing_balance": closing_balance.to_string(),
    })
}
