//! Nanoseconds per account-day: demand alone, full rules on one thread and on two, and their ratios in one run; what a further price
//! book costs; what the story of one account of ten millions takes.
//!
//! Work is measured in the time of its processors, so that others on the same machine count less, and half of it where two share it;
//! the least of several rounds is told, since others can only add to it.
//!
//! cargo bench --no-default-features --bench account_day

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use billsim::demand::Trace;
use billsim::engine::{Player, chunks};
use billsim::plan::{Plan, compile};
use billsim::record::{Recorder, Summary, Wanted, run};
use billsim::rules::Terms;
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
        ("trtc", scenario("trtc", Some(2_000), vec![])),
    ];
    print!("{:<34}", "ns per account-day, least");
    plans.iter().for_each(|(name, _)| print!(" {name:>12}"));
    println!();
    let mut least = vec![vec![]; 3];
    for (_, plan) in &plans {
        // All kinds of work in turn, so that a drift of the machine meets each alike.
        let mut times = [f64::INFINITY; 3];
        for _ in 0..ROUNDS {
            let round = [
                on_processor(|| demand(plan)),
                on_processor(|| full(plan)),
                on_processors(|| on_two_threads(plan)) / 2,
            ];
            times.iter_mut().zip(round).for_each(|(least, time)| *least = least.min(time.as_nanos() as f64));
        }
        let account_days = plan.accounts() * plan.calendar.days() as u64;
        least.iter_mut().zip(times).for_each(|(row, time)| row.push(time / account_days as f64));
    }
    let line = |name: &str, row: &[f64], decimals: usize| {
        print!("{name:<34}");
        row.iter().for_each(|value| print!(" {value:>12.decimals$}"));
        println!();
    };
    line("demand alone, 1 thread", &least[0], 1);
    line("full rules, 1 thread", &least[1], 1);
    line("full rules, 2 threads together", &least[2], 1);
    let ratio = |a: usize, b: usize| -> Vec<f64> { least[a].iter().zip(&least[b]).map(|(a, b)| a / b).collect() };
    line("full rules / demand alone", &ratio(1, 0), 2);
    line("1 thread / 2 threads", &ratio(1, 2), 2);
    println!("{:<34} {:>12.2}", "trtc / captcha, full rules", least[1][3] / least[1][2]);
    further_variants();
    one_of_many();
}

/// What the events of the last account of ten millions take, a world included.
fn one_of_many() {
    let plan = scenario("captcha", Some(10_000_000), vec![]);
    let last = plan.segments.len() - 1;
    let story = || {
        let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
        let wanted = Wanted { events: true, bills: true, accounts: true };
        let mut recorder = Recorder::new(&terms, 0, last, &plan, wanted);
        let index = plan.segments[last].accounts - 1;
        recorder.begin(&world, index);
        let mut player = Player::new(&world, &terms);
        let account = player.play(last, index, &mut recorder).expect("amounts fit");
        recorder.finish(account).expect("amounts fit");
        black_box(recorder.done());
    };
    let least = (0..ROUNDS).map(|_| timed(story)).min().unwrap_or_default();
    println!("{:<34} {:>12.2}", "the last of 10 M accounts, ms", least.as_secs_f64() * 1e3);
}

/// What each further price book over the same traces costs of the first.
fn further_variants() {
    let priced = |price: &str| {
        let price = format!("books.captcha.meters.verification.tiers.1.price={price}");
        scenario("captcha", None, vec![price])
    };
    let plans = ["0.002", "0.0018", "0.0022", "0.0016"].map(priced);
    let never = AtomicBool::new(false);
    let played = |plans: &[Plan]| {
        let played = play::<std::convert::Infallible>(plans, 0, 1, &never, |_, _| Ok(()));
        black_box(played.expect("amounts fit"));
    };
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let one = on_processors(|| played(&plans[..1])).as_secs_f64();
            let four = on_processors(|| played(&plans)).as_secs_f64();
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

/// The time that processors spent on all threads of this process, to a hundredth of a second; else the time that passed.
fn on_processors(work: impl FnOnce()) -> Duration {
    let spent = || -> Option<u64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let mut times = stat.rsplit(')').next()?.split_whitespace().skip(11).map(str::parse::<u64>);
        Some(times.next()?.ok()? + times.next()?.ok()?)
    };
    let before = spent();
    let passed = timed(work);
    match (before, spent()) {
        (Some(before), Some(after)) => Duration::from_millis(10 * (after - before)),
        _ => passed,
    }
}

/// The time that the processor spent on this thread, where the system tells; else the time that passed.
fn on_processor(work: impl FnOnce()) -> Duration {
    let spent = || -> Option<u64> {
        std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    };
    let before = spent();
    let passed = timed(work);
    match (before, spent()) {
        (Some(before), Some(after)) => Duration::from_nanos(after - before),
        _ => passed,
    }
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

/// The work of a run on this thread: chunk by chunk, each with its totals.
fn full(plan: &Plan) {
    let (world, terms) = (World::new(plan, 0), Terms::new(plan));
    let mut player = Player::new(&world, &terms);
    let mut summary = Summary::new(plan);
    for chunk in chunks(plan) {
        let mut recorder = Recorder::new(&terms, 0, chunk.segment, plan, Wanted::default());
        for index in chunk.accounts {
            recorder.begin(&world, index);
            let account = player.play(chunk.segment, index, &mut recorder).expect("amounts fit");
            recorder.finish(account).expect("amounts fit");
        }
        summary.segments[chunk.segment].add(&recorder.done().0);
    }
    black_box(summary);
}

fn on_two_threads(plan: &Plan) {
    let never = AtomicBool::new(false);
    let summary = run::<std::convert::Infallible>(plan, 0, Wanted::default(), 2, &never, |_, _| Ok(()));
    black_box(summary.expect("amounts fit"));
}
