//! Nanoseconds per account-day: demand alone, full rules on one thread and on two, and their ratios in one run.
//!
//! cargo bench --no-default-features --bench account_day

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use billsim::demand::Trace;
use billsim::engine::chunks;
use billsim::plan::{Plan, compile};
use billsim::record::{Wanted, run};
use billsim::scenario::{Overrides, load};
use billsim::text::Sources;
use billsim::world::World;

const ROUNDS: usize = 7;

fn main() {
    println!("{:<34} {:>12} {:>12} {:>12}", "ns per account-day, median", "captcha", "small sites", "quiet");
    let captcha = scenario();
    let small_sites = only(&captcha, "small-sites");
    let plans = [captcha, small_sites, quiet()];
    let mut medians = vec![vec![]; 3];
    for plan in &plans {
        // All kinds of work in turn, so that a drift of the machine meets each alike.
        let mut times = [vec![], vec![], vec![]];
        for _ in 0..ROUNDS {
            times[0].push(timed(|| demand(plan)));
            times[1].push(timed(|| full(plan, 1)));
            times[2].push(timed(|| full(plan, 2)));
        }
        for (kind, times) in times.iter_mut().enumerate() {
            times.sort();
            let account_days = plan.accounts() * plan.calendar.days() as u64;
            medians[kind].push(times[ROUNDS / 2].as_nanos() as f64 / account_days as f64);
        }
    }
    for (name, row) in ["demand alone, 1 thread", "full rules, 1 thread", "full rules, 2 threads"].iter().zip(&medians)
    {
        println!("{name:<34} {:>12.1} {:>12.1} {:>12.1}", row[0], row[1], row[2]);
    }
    let ratio = |a: usize, b: usize| -> Vec<f64> { medians[a].iter().zip(&medians[b]).map(|(a, b)| a / b).collect() };
    for (name, row) in [("full rules / demand alone", ratio(1, 0)), ("1 thread / 2 threads", ratio(1, 2))] {
        println!("{name:<34} {:>12.2} {:>12.2} {:>12.2}", row[0], row[1], row[2]);
    }
}

fn scenario() -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/captcha.toml");
    let mut sources = Sources::default();
    match load(&path, &Overrides::default(), &mut sources) {
        Ok(scenario) => compile(&scenario),
        Err(problems) => panic!("{}", problems.render(&sources, false)),
    }
}

/// One segment of a plan.
fn only(plan: &Plan, segment: &str) -> Plan {
    let mut plan = plan.clone();
    plan.segments.retain(|one| one.id == segment);
    plan.segments[0].before = 0;
    plan
}

/// The long tail with money that never ends: nothing but usage, closes and bills.
fn quiet() -> Plan {
    let mut plan = only(&scenario(), "small-sites");
    plan.segments[0].payer = billsim::plan::Payer::Never;
    plan.segments[0].opening_balance = billsim::units::Money::parse("1000000").expect("an amount");
    plan
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn demand(plan: &Plan) {
    let world = World::new(plan, 0);
    let mut trace = Trace::default();
    let mut sum = 0;
    for chunk in chunks(plan) {
        for index in chunk.accounts {
            trace.fill(&world, chunk.segment, index);
            sum += trace.days(0).iter().sum::<u64>();
        }
    }
    black_box(sum);
}

fn full(plan: &Plan, threads: usize) {
    let never = AtomicBool::new(false);
    let summary = run::<std::convert::Infallible>(plan, 0, Wanted::default(), threads, &never, |_, _| Ok(()));
    black_box(summary.expect("amounts fit"));
}
