//! Bugs that other billing systems and simulators had, each as a test that names the project and what went wrong there.

mod support;
#[path = "support/told.rs"]
mod told;

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use billsim::plan::Plan;
use billsim::record::{Rows, Summary, Wanted, run};
use billsim::rules::Event;
use billsim::scenario::{Overrides, load_text};
use billsim::text::Sources;
use billsim::world::World;
use support::{plan_with, story};
use told::{SHOP, Told, constant, ledger, listed};

/// A `--set` argument for the book's tiers.
fn tiers(written: &str) -> String {
    format!("books.captcha.meters.verification.tiers=[{written}]")
}

/// Why the shop with these arguments is refused.
fn refusal(set: &[&str]) -> String {
    let mut sources = Sources::default();
    let overrides = Overrides { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    let loaded = load_text(SHOP, Path::new("scenarios/test.toml"), &overrides, &mut sources);
    loaded.err().map(|problems| problems.render(&sources, false)).expect("this is no sound scenario")
}

#[test]
fn lago_front_3489_unit_250_belongs_to_the_lower_tier() {
    let tiers = tiers("{ up_to = 250, price = 0.01 }, { up_to = \"unlimited\", price = 0.001 }");
    let told = Told::shop(&[&tiers, &listed(&[249, 250, 251]), "days=3"]);
    // 249 × 0.01; 250 × 0.01; 250 × 0.01 + 1 × 0.001.
    assert_eq!([0, 1, 2].map(|day| told.amount(day)), ["2.49", "2.50", "2.501"]);
}

/// 5.5 lay between the tiers (…, 5] and [6, …), and a volume of 99.5 was billed at 0. Here quantities are integers.
#[test]
fn lago_api_1699_and_meteroid_no_quantity_lies_between_two_tiers() {
    assert!(refusal(&["segments.s.products.captcha.demand.units=5.5"]).contains("expected a whole number"));
    assert!(refusal(&[&tiers("{ up_to = 5.5, price = 1 }, { up_to = \"unlimited\", price = 1 }")]).contains("up_to"));
    let tariff =
        billsim::rules::Terms::new(&support::plan(SHOP)).products.remove(0).lists[0].meters[0][0].tariff.clone();
    for tier in 1..tariff.tiers() {
        assert_eq!(tariff.bounds(tier - 1).1, Some(tariff.bounds(tier).0), "a tier begins where the one below ends");
    }
}

#[test]
fn kill_bill_and_unibee_usage_beyond_the_last_tier_is_refused_at_load_and_never_free() {
    let finite = refusal(&[&tiers("{ up_to = 100, price = 0.005 }, { up_to = 1000, price = 0.002 }")]);
    assert!(finite.contains("the last tier must be open"), "{finite}");
    assert!(refusal(&[&tiers("")]).contains("`tiers`"));
}

#[test]
fn lago_648_a_day_without_usage_costs_nothing_and_has_no_bill() {
    let told = Told::shop(&[&listed(&[200, 0, 200]), "days=4"]);
    assert_eq!(told.bills().iter().map(|bill| bill.0).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(told.balance(), "0.60"); // 2.00 − 2 × 0.70
}

#[test]
fn lago_api_209_free_units_make_no_negative_amount() {
    for counter in ["outside", "inside"] {
        let counter = format!("books.captcha.free.trial.counter={counter}");
        let told = Told::of(SHOP, &[&listed(&[30, 0, 70, 10]), &counter, "days=4"]);
        // 30 and 70 are the quota. Fewer calls than free units cost 0, and give nothing back.
        assert_eq!((0..4).map(|day| told.usage(day).free).collect::<Vec<_>>(), [30, 0, 70, 0]);
        assert_eq!([0, 1, 2, 3].map(|day| told.amount(day)), ["0.00", "0.00", "0.00", "0.05"]); // 10 × 0.005
    }
}

#[test]
fn dbt_snowflake_monitoring_60_the_day_a_quota_runs_out_is_priced_in_two_parts() {
    let told = Told::of(SHOP, &[&constant(60), "days=3"]);
    // Day 0: 60 free. Day 1: 40 free and 20 × 0.005 = 0.10, neither 0 nor 60 × 0.005. Day 2: 0.30.
    assert_eq!((told.usage(1).free, told.usage(1).billable), (40, 20));
    assert_eq!([0, 1, 2].map(|day| told.amount(day)), ["0.00", "0.10", "0.30"]);
    // 150 on day 0 and 120 inside the counter: 100 free, places 101 to 150 cost 50 × 0.002; then 0.50 + 20 × 0.002.
    let inside = Told::of(SHOP, &[&listed(&[150, 120]), "books.captcha.free.trial.counter=inside", "days=2"]);
    assert_eq!([0, 1].map(|day| inside.amount(day)), ["0.10", "0.54"]);
}

#[test]
fn pierreb_devkit_node_3931_what_overflows_a_quota_or_a_limit_is_counted_once() {
    let quota = Told::of(SHOP, &[&constant(150), "days=1"]).usage(0);
    assert_eq!((quota.counted, quota.free, quota.billable), (150, 100, 50));
    // 3 a second against 1: two of three are refused, none is both refused and served.
    let limit = Told::shop(&[&constant(259_200), "books.captcha.rate_limit.calls=1", "days=1"]).usage(0);
    assert_eq!((limit.offered, limit.refused, limit.served), (259_200, 172_800, 86_400));
}

#[test]
fn ukama_1031_a_quota_ends_and_ukama_1660_counters_start_again_at_rollover() {
    let expiring = Told::of(SHOP, &["books.captcha.free.trial.expires_after=24h", &constant(60), "days=3"]);
    // 60 of 100 used on day 0; the other 40 are gone at its end.
    assert_eq!(
        (expiring.when("quota_ended"), expiring.carried_by("quota_ended")),
        (vec!["1 00:00:00".into()], vec!["40".into()])
    );
    assert_eq!([0, 1, 2].map(|day| expiring.usage(day).free), [60, 0, 0]);
    // The tier counter: 200 a day are 0.70 each day, not 0.70 and then 200 × 0.002.
    assert_eq!([0, 1, 2].map(|day| Told::shop(&["days=3"]).amount(day)), ["0.70"; 3]);
    // The monthly quota: used up on 31 January, whole again on 1 February.
    let monthly = ["start=2026-01-30", "books.captcha.free.trial.each=month", &constant(60), "days=4"];
    let monthly = Told::of(SHOP, &monthly);
    assert_eq!([0, 1, 2, 3].map(|day| monthly.usage(day).free), [60, 40, 60, 40]);
}

#[test]
fn flexprice_2818_a_grant_counts_for_the_bill_of_the_period_in_which_it_was_valid() {
    // It expires at 00:00:00 of day 1, eight hours before day 0 is billed.
    let told = Told::of(SHOP, &["books.captcha.free.trial.expires_after=24h", "days=3"]);
    assert_eq!(told.bills()[0], (0, "0.50".into(), "0.50".into(), "0.00".into())); // 100 × 0.005, the other 100 free
    assert_eq!(told.bills()[1].1, "0.70");
}

#[test]
fn openmeter_1408_a_call_at_midnight_is_counted_once() {
    // Half of the calls come in the first five minutes of the day, half in the last.
    let mut weights = vec!["0"; 288];
    (weights[0], weights[287]) = ("1", "1");
    let edges = format!("profiles.edges.weights=[{}]", weights.join(","));
    let set = [edges.as_str(), "segments.s.products.captcha.profile=edges", "days=3"];
    // A change of state at midnight cuts exactly there: day 0 is before the activation, days 1 and 2 after it.
    let told = Told::shop(&[&set[..], &["segments.s.products.captcha.activation_after=1d"]].concat());
    let halves = |day: usize| (told.usage(day).unintegrated, told.usage(day).served);
    assert_eq!([0, 1, 2].map(halves), [(200, 0), (0, 200), (0, 200)]);
    assert_eq!(told.total(|day| day.potential), 3 * 200);
}

#[test]
fn tokenhub_335_the_counter_is_reset_at_midnight_of_the_offset_and_not_at_eight() {
    // 150 calls in the five minutes before 08:00:00, 150 in those after it.
    let mut weights = vec!["0"; 288];
    (weights[95], weights[96]) = ("1", "1");
    let around = format!("profiles.around.weights=[{}]", weights.join(","));
    let told = Told::shop(&[&around, "segments.s.products.captcha.profile=around", &constant(300), "days=3"]);
    // One counter: 0.50 + 200 × 0.002. A reset at 08:00:00 would make it 2 × (0.50 + 50 × 0.002) = 1.20.
    assert_eq!([0, 1].map(|day| told.amount(day)), ["0.90", "0.90"]);
    assert_eq!(told.when("bill_issued"), ["1 08:00:00", "2 08:00:00"]);
}

#[test]
fn monize_1281_usage_quotas_and_bills_have_one_calendar() {
    let told = Told::of(SHOP, &["start=2026-01-31", "books.captcha.free.trial.each=month", "days=3"]);
    // The month ends when the day ends, and the bill of 31 January is of that day although issued in February.
    assert_eq!(told.when("quota_granted"), ["0 00:00:00", "1 00:00:00"]);
    assert_eq!(
        told.bills().iter().map(|bill| (bill.0, bill.1.as_str())).collect::<Vec<_>>(),
        [(0, "0.50"), (1, "0.50")]
    );
}

/// Nobody calls and nobody pays: nothing happens that could make anyone look, and yet every state comes at its time.
#[test]
fn killbill_2297_no_state_is_jumped_over_and_duly_89_a_long_grace_still_fires() {
    let silent = ["segments.s.opening_balance=-1", "account.activation_in_arrears=allowed", &constant(0), "days=500"];
    let told = Told::of(
        SHOP,
        &[&silent[..], &["books.captcha.grace=10d", "books.captcha.wipe_after=5d", "account.write_off_after=12d"]]
            .concat(),
    );
    assert_eq!(told.when("suspended"), ["10 00:00:00"]);
    assert_eq!(told.when("debt_marked"), ["12 00:00:00"]);
    assert_eq!(
        (told.when("quota_wiped"), told.carried_by("quota_wiped")),
        (vec!["15 00:00:00".into()], vec!["100".into()])
    );
    let long = Told::of(SHOP, &[&silent[..], &["books.captcha.grace=400d"]].concat());
    assert_eq!(long.when("suspended"), ["400 00:00:00"]);
}

#[test]
fn cgrates_118_money_is_rounded_once_a_bill_and_not_once_an_increment() {
    let told = Told::shop(&[&listed(&[3, 101, 200]), "days=4"]);
    // 3 × 0.005 = 0.015 → 0.02, not 3 × 0.01; 0.50 + 0.002 → 0.50, not 0.51; 0.70, not 2.00.
    assert_eq!(told.dues(), ["0.02", "0.50", "0.70"]);
    // Top-ups in the middle of the day stop the clock, not the price.
    let stops = ledger(&[("0 07:00:00", "top_up", "1"), ("0 13:00:00", "top_up", "1"), ("0 20:00:01", "top_up", "1")]);
    assert_eq!(Told::shop(&[&listed(&[3, 101, 200]), "days=4", &stops]).dues(), ["0.02", "0.50", "0.70"]);
}

/// Random customers who pay late, are suspended, resume, or never pay: enough for every kind of trouble.
const CROWD: &str = r#"
start = 2026-01-01
days = 40
seed = 11

[books.captcha]
file = "books/captcha.toml"

[[segments]]
id = "many"
accounts = 600
opening_balance = 3
payer = { kind = "after_delay", to = "suspension", median = "4d", cv = 1.0, extra = 5 }
non_payers = 0.2

[segments.products.captcha]
integration_after = "30h"
never_integrated = 0.1
profile = "evening"
demand = { kind = "random", size = { kind = "lognormal", median = 150, cv = 1.0 } }

[[segments]]
id = "few"
accounts = 40
opening_balance = 20
payer = { kind = "auto_recharge", below = 5, amount = 20 }
products.captcha = { demand = { kind = "random", size = { kind = "lognormal", mean = 2000, cv = 0.5 } } }
"#;

fn played(plan: &Plan, replication: u32, threads: usize) -> (Summary, Rows) {
    let mut rows = Rows::default();
    let wanted = Wanted { accounts: true, bills: true, events: true };
    let never = AtomicBool::new(false);
    let summary = run::<Infallible>(plan, replication, wanted, threads, &never, |_, chunk| {
        rows.accounts.extend(chunk.accounts);
        rows.bills.extend(chunk.bills);
        rows.events.extend(chunk.events);
        Ok(())
    });
    (summary.expect("amounts fit"), rows)
}

#[test]
fn unibee_nothing_is_decided_as_of_the_final_date() {
    let (long, short) = (plan_with(CROWD, &[]), plan_with(CROWD, &["days=17"]));
    let end = short.calendar.end();
    let common = |plan: &Plan, index: u64| -> Vec<(i64, Event)> {
        let mut events = story(plan, 0, index).0.0;
        // At its end a run only closes the day.
        events.retain(|(at, event)| *at < end || *at == end && matches!(event, Event::DayClosed { .. }));
        events
    };
    for index in 0..200 {
        assert_eq!(common(&long, index), common(&short, index), "account {index}");
    }
}

#[test]
fn stripemeter_the_seed_is_read_and_mesa_2841_replications_differ() {
    let units = |seed: u32, replication: u32| {
        let plan = plan_with(CROWD, &[&format!("seed={seed}")]);
        played(&plan, replication, 2).0.segments[0].usage().potential
    };
    let mut seen: Vec<u64> = (0..10).map(|replication| units(11, replication)).collect();
    seen.extend((12..15).map(|seed| units(seed, 0)));
    assert_eq!(units(11, 0), seen[0], "the same seed gives the same numbers");
    seen.sort_unstable();
    seen.dedup();
    // About 600 × 200 × 40 units with a standard deviation of tens of thousands: two equal totals would be no chance.
    assert_eq!(seen.len(), 13);
}

#[test]
fn revenium_and_abides_one_more_customer_changes_nobody_else() {
    let before = played(&plan_with(CROWD, &[]), 0, 2).1;
    let mut after = played(&plan_with(CROWD, &["segments.many.accounts=601"]), 0, 2).1;
    let added = |segment: usize, index: u64| segment == 0 && index == 600;
    assert!(after.accounts.iter().any(|row| added(row.segment, row.index)));
    after.accounts.retain(|row| !added(row.segment, row.index));
    after.bills.retain(|row| !added(row.segment, row.index));
    after.events.retain(|row| !added(row.segment, row.index));
    assert!(before == after);
    // Nor does a segment that is gone: the others go by their names, not by their places.
    let head = CROWD.split("[[segments]]").next().expect("a head");
    let few = format!("{head}[[segments]]{}", CROWD.split("[[segments]]").nth(2).expect("the second segment"));
    let mut alone = played(&plan_with(&few, &[]), 0, 2).1.accounts;
    alone.iter_mut().for_each(|row| row.segment = 1);
    assert!(before.accounts.iter().filter(|row| row.segment == 1).eq(alone.iter()));
}

/// NeXosim's results, and OptionStratLib's sums of decimals, depended on the number of threads.
#[test]
fn nexosim_34_and_optionstratlib_481_results_do_not_depend_on_the_thread_count() {
    let plan = plan_with(CROWD, &[]);
    let one = played(&plan, 0, 1);
    assert!(one.1.events.iter().any(|row| row.event.kind() == "resumed"), "the crowd gets into every trouble");
    for threads in [2, 8] {
        let many = played(&plan, 0, threads);
        assert!(one.0 == many.0, "summary with {threads} threads");
        assert!(one.1 == many.1, "rows with {threads} threads");
    }
}

/// Sizes of the first accounts of the second segment, sorted.
fn sizes(size: &str) -> Vec<f64> {
    let size = format!("segments.few.products.captcha.demand.size={{ kind = \"lognormal\", {size} }}");
    let plan = plan_with(CROWD, &[&size]);
    let billsim::plan::Demand::Random(demand) = &plan.segments[1].uses[0].demand else {
        unreachable!("the demand is random")
    };
    let world = World::new(&plan, 0);
    let mut sizes: Vec<f64> = (0..40_000).map(|index| world.size(1, 0, index, &demand.size)).collect();
    sizes.sort_by(f64::total_cmp);
    sizes
}

#[test]
fn simsharp_28_a_lognormal_is_asked_for_by_its_own_mean_or_median() {
    // cv 1: the standard deviation is 100, that of the mean of 40 000 is 100 / 200 = 0.5; four of them are 2.
    let asked_mean = sizes("mean = 100, cv = 1.0");
    let mean = asked_mean.iter().sum::<f64>() / 40_000.0;
    assert!((mean - 100.0).abs() < 2.0, "{mean}");
    // Log-sd √ln 2 = 0.8326. A sample median has standard error 60 × 0.8326 × √(π/2) / 200 = 0.313; four are 1.25.
    let asked_median = sizes("median = 60, cv = 1.0");
    assert!((asked_median[20_000] - 60.0).abs() < 1.25, "{}", asked_median[20_000]);
    // The mean that belongs to this median is 60 × √2 = 84.85, standard error 84.85 / 200 = 0.42.
    let mean = asked_median.iter().sum::<f64>() / 40_000.0;
    assert!((mean - 84.85).abs() < 1.7, "{mean}");
}

/// What happens at 24:00:00 belongs to the next day: a payment at midnight is in the next day's stocks and flows.
#[test]
fn openmeter_1408_a_payment_at_midnight_belongs_to_the_day_that_begins() {
    let plan = plan_with(
        "start = 2026-01-01\ndays = 5\n[books.calls]\n[[books.calls.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 1\n\
         [[segments]]\nid = \"s\"\naccounts = 1\nledger = [{ at = 2026-01-03, kind = \"top_up\", amount = 100 }]\n\
         [segments.products.calls]\ndemand = { kind = \"listed\", units = [1] }\n",
        &[],
    );
    let summary = billsim::record::summarise(&plan).expect("amounts fit");
    let of = |day: usize| {
        let money = summary.segments[0].money[day];
        (money.balance.short(), money.debt.short(), money.topped_up.short(), money.accounts_in_arrears)
    };
    let told = |balance: &str, debt: &str, paid: &str, arrears| {
        (balance.to_owned(), debt.to_owned(), paid.to_owned(), arrears)
    };
    // One call of 1.00 on day 0 is billed on day 1; 100.00 come at 00:00:00 of day 2.
    assert_eq!(of(0), told("0.00", "0.00", "0.00", 0));
    assert_eq!(of(1), told("-1.00", "1.00", "0.00", 1));
    assert_eq!(of(2), told("99.00", "0.00", "100.00", 0));
}

/// Replications are worlds of their own, and each is the same whenever it is asked for.
#[test]
fn mesa_2841_replications_are_not_copies_of_one_another() {
    let plan = plan_with(CROWD, &[]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let replication = |number: u32| {
        let wanted = billsim::record::Wanted::default();
        let summary = billsim::record::run::<()>(&plan, number, wanted, 2, &stop, |_, _| Ok(()));
        summary.expect("amounts fit")
    };
    let all: Vec<_> = (0..10).map(replication).collect();
    for (number, one) in all.iter().enumerate() {
        assert!(all[..number].iter().all(|other| other != one), "replication {number} is a copy");
    }
    assert!(all[3] == replication(3));
}

/// A table that was read through another one took any key, and could not say where a mistake stood.
#[test]
fn toml_593_an_unknown_key_below_a_kind_is_refused_at_its_place() {
    let mut sources = Sources::default();
    let text = SHOP.replace("units = 200", "units = 200, unit = 3");
    let loaded = load_text(&text, Path::new("scenarios/test.toml"), &Overrides::default(), &mut sources);
    let said = loaded.err().map(|problems| problems.render(&sources, false)).expect("`unit` is no key");
    // The line of the demand, and the column of the key.
    let line = text.lines().position(|line| line.contains("unit = 3")).expect("it is there");
    let column = text.lines().nth(line).and_then(|line| line.find("unit = 3")).expect("it is there");
    assert!(said.contains(&format!("test.toml:{}:{}", line + 1, column + 1)), "{said}");
}
