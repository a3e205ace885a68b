//! Nanoseconds per account-day: demand alone, full rules on one thread and on two, and their ratios in one run; what a further price
//! book costs.
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
use billsim::study::play;
use billsim::text::Sources;
use billsim::world::World;

const ROUNDS: usize = 7;

fn main() {
    let captcha = scenario("captcha", None, vec![]);
    let plans = [
        ("small sites", only(&captcha, "small-sites")),
        ("quiet", quiet(&captcha)),
        ("captcha", captcha),
        ("trtc", scenario("trtc", Some(400), vec![])),
    ];
    print!("{:<34}", "ns per account-day, median");
    plans.iter().for_each(|(name, _)| print!(" {name:>12}"));
    println!();
    let mut medians = vec![vec![]; 3];
    for (_, plan) in &plans {
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
    let line = |name: &str, row: &[f64], decimals: usize| {
        print!("{name:<34}");
        row.iter().for_each(|value| print!(" {value:>12.decimals$}"));
        println!();
    };
    line("demand alone, 1 thread", &medians[0], 1);
    line("full rules, 1 thread", &medians[1], 1);
    line("full rules, 2 threads", &medians[2], 1);
    let ratio = |a: usize, b: usize| -> Vec<f64> { medians[a].iter().zip(&medians[b]).map(|(a, b)| a / b).collect() };
    line("full rules / demand alone", &ratio(1, 0), 2);
    line("1 thread / 2 threads", &ratio(1, 2), 2);
    println!("{:<34} {:>12.2}", "trtc / captcha, full rules", medians[1][3] / medians[1][2]);
    further_variants();
}

/// What each further price book over the same traces costs of the first.
fn further_variants() {
    let priced = |price: &str| {
        let price = format!("books.captcha.meters.verification.tiers.1.price={price}");
        scenario("captcha", Some(4_000), vec![price])
    };
    let plans = ["0.002", "0.0018", "0.0022", "0.0016"].map(priced);
    let never = AtomicBool::new(false);
    let played = |plans: &[Plan]| {
        let played = play::<std::convert::Infallible>(plans, 0, 1, &never, |_, _| Ok(()));
        black_box(played.expect("amounts fit"));
    };
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let one = timed(|| played(&plans[..1])).as_secs_f64();
            let four = timed(|| played(&plans)).as_secs_f64();
            (four - one) / 3.0 / one
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("{:<34} {:>12.2}", "a further price book / the first", ratios[ROUNDS / 2]);
}

/// A shipped scenario, with as many accounts as written or scaled to a number, and with values set.
fn scenario(name: &str, accounts: Option<u64>, set: Vec<String>) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
    let mut sources = Sources::default();
    match load(&path, &Overrides { accounts, set, ..Overrides::default() }, &mut sources) {
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
fn quiet(captcha: &Plan) -> Plan {
    let mut plan = only(captcha, "small-sites");
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
