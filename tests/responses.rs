//! How customers respond: failed payments, traffic while suspended, leaving, prices; and what bursts do. Numbers by hand.

mod support;
#[path = "support/told.rs"]
mod told;

use billsim::demand::Trace;
use billsim::plan::Plan;
use billsim::record::{SegmentSummary, summarise};
use billsim::rules::Event;
use billsim::units::{DAY, Seconds, Total, day_of};
use billsim::world::World;
use support::plan_with;
use told::{NO_TRIAL, SHOP, Told};

fn whole(plan: &Plan) -> SegmentSummary {
    summarise(plan).expect("amounts fit").whole(plan)
}

fn shop(set: &[&str]) -> SegmentSummary {
    whole(&plan_with(SHOP, &[&[NO_TRIAL], set].concat()))
}

const RECHARGE: &str = "segments.s.payer={ kind = \"auto_recharge\", below = 0, amount = 50 }";
const MANY: &str = "segments.s.accounts=20000";

/// The vendor tries again on days 3, 7 and 15. The balance of 2.00 is gone with the third bill, on day 3 at 08:00:00; the first
/// attempt is 60 s later and fails, as does that of day 6. The one on day 10 comes 60 s after the grace of 168 h has run out: the
/// service is suspended for exactly that minute.
#[test]
fn the_retry_of_day_7_comes_a_minute_after_the_deadline() {
    let retries = "segments.s.payments={ soft_failure = 1, retries = [{ after = \"3d\", success = 0 }, \
                   { after = \"7d\", success = 1 }, { after = \"15d\" }] }";
    let told = Told::shop(&[RECHARGE, retries]);
    assert_eq!(told.when("payment_failed"), ["3 08:01:00", "6 08:01:00"]);
    assert_eq!(told.when("suspended"), ["10 08:00:00"]);
    assert_eq!(told.when("top_up"), ["10 08:01:00"]);
    assert_eq!(told.when("resumed"), ["10 08:01:00"]);
    // A vendor who tries a day earlier suspends nobody.
    let earlier = retries.replace("7d", "6d");
    assert_eq!(Told::shop(&[RECHARGE, &earlier]).when("suspended"), Vec::<String>::new());
}

/// Retries recover 1 − Π(1 − pᵢ): the first attempt succeeds with 0.6, the others with 0.5, 0.3 and 0.2. One payment each.
#[test]
fn retries_recover_what_the_formula_says() {
    let retries = "segments.s.payments={ soft_failure = 0.4, retries = [{ after = \"1h\", success = 0.5 }, \
                   { after = \"2h\", success = 0.3 }, { after = \"3h\", success = 0.2 }] }";
    let set = [NO_TRIAL, "days=2", MANY, "segments.s.opening_balance=-1", RECHARGE, retries];
    let plan = plan_with(SHOP, &set);
    let expected = 1.0 - 0.4 * 0.5 * 0.7 * 0.8;
    assert!((plan.segments[0].payments.recovered() - expected).abs() < 1e-12);
    // An opening debt is no movement of money: the first bill, on day 1, makes the payer look.
    let summary = whole(&plan);
    let found = summary.money_total().top_ups as f64 / 20_000.0;
    let error = (expected * (1.0 - expected) / 20_000.0).sqrt();
    assert!((found - expected).abs() < 4.0 * error, "{found}, expected {expected} ± {error}");
    // Mean failures of a payer: 0.4 + 0.4 × 0.5 + 0.4 × 0.5 × 0.7 + 0.4 × 0.5 × 0.7 × 0.8.
    let failures = summary.money_total().payment_failures as f64 / 20_000.0;
    assert!((failures - 0.852).abs() < 0.03, "{failures}");
}

/// Two products that are the same in all but name, each with a balance of its own: both are in arrears from day 1 at 08:00:00, and
/// each is paid after a delay of its own.
#[test]
fn each_balance_has_a_payer_of_its_own() {
    let book =
        |id: &str| format!("[books.{id}]\n[[books.{id}.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 0.01\n");
    let used = |id: &str| format!("[segments.products.{id}]\ndemand = {{ kind = \"constant\", units = 10 }}\n");
    let text = format!(
        "start = 2026-01-01\ndays = 30\naccount.balance = \"product\"\n{}{}[[segments]]\nid = \"s\"\naccounts = 1\n\
         payer = {{ kind = \"after_delay\", median = \"2d\", cv = 1 }}\n{}{}",
        book("a"),
        book("b"),
        used("a"),
        used("b")
    );
    let (story, _) = support::story(&plan_with(&text, &[]), 0, 0);
    let first = |what: &str, of: usize| {
        let of_product =
            |(at, event): &(Seconds, Event)| (event.kind() == what && event.product() == Some(of)).then_some(*at);
        story.0.iter().find_map(of_product)
    };
    assert_eq!((first("arrears_started", 0), first("arrears_started", 1)), (Some(115_200), Some(115_200)));
    let paid = [first("top_up", 0), first("top_up", 1)];
    assert!(paid.iter().all(Option::is_some) && paid[0] != paid[1], "{paid:?}");
}

/// Cards are down a share of the time: mean length / (mean gap + mean length). With a median of 10 days and no spread, after
/// gaps of 30.4 days on average (12 a year), 24.7 % of the attempts late in the run fail, all of them hard.
#[test]
fn cards_are_down_as_often_as_the_formula_says() {
    let card = "segments.s.payments={ card_down = { a_year = 12, median = \"10d\", cv = 0 } }";
    let monthly = "segments.s.payer={ kind = \"periodic\", every = \"400d\", first = \"300d\", amount = 1 }";
    let plan = plan_with(SHOP, &[NO_TRIAL, "days=302", "segments.s.accounts=4000", monthly, card]);
    let summary = whole(&plan);
    let (gap, length) = (365.25 / 12.0, 10.0);
    let expected = length / (gap + length);
    let found = summary.money[300].payment_failures as f64 / 4_000.0;
    let error = (expected * (1.0 - expected) / 4_000.0_f64).sqrt();
    assert!((found - expected).abs() < 4.0 * error, "{found}, expected {expected} ± {error}");
}

/// A hard failure is tried again the second the card is replaced, and the payment then arrives.
#[test]
fn a_hard_failure_ends_when_the_card_is_replaced() {
    let card = "segments.s.payments={ card_down = { a_year = 365, median = \"2d\", cv = 0 } }";
    let (mut failed, mut paid) = (0, 0);
    for index in 0..50 {
        let told = Told::nth(SHOP, &[NO_TRIAL, RECHARGE, card, "days=7"], index);
        let hard = |event: &Event| matches!(event, Event::PaymentFailed { hard: true, .. });
        let Some((first, _)) = told.events.iter().find(|(_, event)| hard(event)) else { continue };
        failed += 1;
        let Some((at, _)) = told.events.iter().find(|(_, event)| event.kind() == "top_up") else { continue };
        paid += 1;
        assert!(at - first <= 2 * DAY && at > first, "{first} to {at}");
    }
    assert!(failed > 20 && paid > 10, "{failed} {paid}");
}

/// 200 calls a day, suspended on day 10 at 08:00:00 and never paid: the 134 calls after it and the 19 days of 200 that follow are
/// refused, or stay away. Day 10 had 66 calls for 0.33; the 134 would have cost 0.70 − 0.33 = 0.37, each later day 0.70:
/// 0.37 + 19 × 0.70 = 13.67 are lost either way.
#[test]
fn traffic_stops_or_goes_on_while_suspended() {
    let lost = Total::from_units(1_367_000_000);
    let goes_on = shop(&[]);
    let usage = goes_on.usage();
    assert_eq!((usage.blocked, usage.stopped, usage.withheld, usage.offered), (3_934, 0, 0, 6_000));
    assert_eq!(usage.lost, lost);
    let stops = shop(&["segments.s.suspended_traffic=stops"]);
    let usage = stops.usage();
    assert_eq!((usage.refused, usage.stopped, usage.withheld, usage.offered), (0, 3_934, 3_934, 2_066));
    assert_eq!((usage.lost, usage.accrued), (lost, goes_on.usage().accrued));
}

/// A hazard of 36.525 a year is 0.1 a day: exp(−0.1 d) are left after d days.
/// Nobody who has left asks for anything.
#[test]
fn a_constant_hazard_leaves_as_many_as_the_exponential() {
    let hazard = "segments.s.churn.age={ kind = \"constant\", a_year = 36.525 }";
    let summary = whole(&plan_with(SHOP, &[NO_TRIAL, MANY, "days=9", hazard]));
    for day in [1, 3, 8] {
        let left = (-0.1 * day as f64).exp();
        let churned = summary.uses[0].status[day].churned as f64 / 20_000.0;
        let error = (left * (1.0 - left) / 20_000.0_f64).sqrt();
        assert!((churned - (1.0 - left)).abs() < 4.0 * error, "day {day}: {churned}");
        let usage = summary.uses[0].usage(day);
        assert_eq!(usage.churned, 200 * summary.uses[0].status[day].churned);
        assert_eq!(usage.withheld, usage.churned.cast_signed());
        assert_eq!(usage.served, 200 * (20_000 - summary.uses[0].status[day].churned));
    }
    assert_eq!(summary.tallies.ever_churned, summary.uses[0].status[8].churned);
}

/// Who pays in every fifth day pays six times in thirty days, from day 4 on; who has left pays no more: exp(−24²) stay for
/// longer than a day.
#[test]
fn who_has_left_pays_no_more() {
    let payer = "segments.s.payer={ kind = \"periodic\", every = \"5d\", first = \"4d\", amount = 1 }";
    let stays = Told::shop(&[payer]);
    assert_eq!(stays.when("top_up").len(), 6);
    let leaves = Told::shop(&[payer, "segments.s.churn.age={ kind = \"weibull\", scale = \"1h\", shape = 2 }"]);
    assert_eq!((leaves.when("churned"), leaves.when("top_up").len()), (vec!["1 00:00:00".to_owned()], 0));
}

/// Weibull: (age / scale)^shape; by age 4 of scale 4 days, 1 − 1/e have left.
#[test]
fn a_weibull_hazard_leaves_63_percent_by_its_scale() {
    let hazard = "segments.s.churn.age={ kind = \"weibull\", scale = \"4d\", shape = 2 }";
    let summary = whole(&plan_with(SHOP, &[NO_TRIAL, MANY, "days=6", hazard]));
    for (day, age) in [(1, 1.0), (2, 2.0), (4, 4.0)] {
        let expected = 1.0 - (-(age / 4.0_f64).powi(2)).exp();
        let found = summary.uses[0].status[day].churned as f64 / 20_000.0;
        let error = (expected * (1.0 - expected) / 20_000.0).sqrt();
        assert!((found - expected).abs() < 4.0 * error, "day {day}: {found}, expected {expected}");
    }
}

/// Suspended on day 10: with a hazard of ln 2 a suspended day, half of them have left by the first second of day 11.
#[test]
fn suspended_days_make_customers_leave() {
    let hazard = format!("segments.s.churn.suspended_day={}", 2.0_f64.ln());
    let summary = whole(&plan_with(SHOP, &[NO_TRIAL, MANY, "days=14", &hazard]));
    assert_eq!(summary.uses[0].status[10].churned, 0);
    for (day, share) in [(11, 0.5), (12, 0.75), (13, 0.875)] {
        let found = summary.uses[0].status[day].churned as f64 / 20_000.0;
        let error = (share * (1.0 - share) / 20_000.0_f64).sqrt();
        assert!((found - share).abs() < 4.0 * error, "day {day}: {found}");
    }
}

/// Ten days of 100 calls for 0.50 and one of 900 calls, 0.50 + 800 × 0.002 = 2.10: 4.2 times the usual. With a ratio of 3 and a steepness
/// of 4 the hazard is most / (1 + (3 / 4.2)^4) = 0.793 most; each usual bill after the seventh adds most / (1 + 3^4) = 0.0122 most.
/// The bill of day 10 is seen on day 11, so its hazard is added at the close of day 11, after those of days 8, 9 and 10.
#[test]
fn a_bill_far_above_the_usual_makes_customers_leave() {
    let mut units = [100; 13];
    units[10] = 900;
    let shock = "segments.s.churn.bill_shock={ most = 1 }";
    let set = [NO_TRIAL, MANY, "days=13", "segments.s.opening_balance=100", &told::listed(&units), shock];
    let summary = whole(&plan_with(SHOP, &set));
    let usual = 1.0 / (1.0 + 3.0_f64.powi(4));
    let high = 1.0 / (1.0 + (3.0 / 4.2_f64).powi(4));
    assert_eq!(summary.uses[0].status[8].churned, 0);
    for (day, hazard) in [(9, usual), (11, 3.0 * usual), (12, 3.0 * usual + high)] {
        let expected = 1.0 - (-hazard).exp();
        let found = summary.uses[0].status[day].churned as f64 / 20_000.0;
        let error = (expected * (1.0 - expected) / 20_000.0).sqrt();
        assert!((found - expected).abs() < 4.0 * error, "day {day}: {found}, expected {expected}");
    }
}

const REFERENCE: &str = "reference_books.captcha.file=scenarios/books/captcha.toml";
const ELASTIC: &str = "segments.s.products.captcha.elasticity=-1";

/// 200 calls cost 0.70; with the second tier at 0.004 they cost 0.90. With an elasticity of −1, 200 × 7/9 = 155.6 calls come
/// on average; at half its price, 0.60, 233.3 come: more than were asked for at the old price, so 33.3 are withheld below zero.
#[test]
fn demand_responds_to_the_average_price_of_the_mean_day() {
    for (price, comes) in [("0.004", 200.0 * 7.0 / 9.0), ("0.001", 200.0 * 7.0 / 6.0), ("0.002", 200.0)] {
        let price = format!("books.captcha.meters.verification.tiers.1.price={price}");
        let summary = shop(&[
            "days=5",
            "segments.s.accounts=4000",
            "segments.s.opening_balance=1000",
            REFERENCE,
            ELASTIC,
            &price,
        ]);
        let usage = summary.usage();
        let found = usage.offered as f64 / 20_000.0;
        assert!((found - comes).abs() < 0.02, "{found} come, expected {comes}");
        assert_eq!(usage.potential, 200 * 20_000);
        assert_eq!(usage.withheld, usage.potential.cast_signed() - usage.offered.cast_signed());
    }
}

/// From 11 January a unit costs 2 where it cost 1: with an elasticity of −1 half of the 1 000 calls a day come from that day on; with a
/// month's counter the new price, and the response to it, wait for the first of February, day 31. Who was there before may keep the price.
#[test]
fn demand_responds_on_the_day_on_which_a_price_changes() {
    let comes = |counter: &str, existing: &str, opens: &str| {
        let book = "pricing = \"flat\"\nprice = 1\n";
        let text = format!(
            "start = 2026-01-01\ndays = 40\n[books.shop]\n[[books.shop.meters]]\nid = \"m\"\n{book}counter = \"{counter}\"\n\
             changes = [{{ from = 2026-01-11, price = 2, existing = \"{existing}\" }}]\n[reference_books.shop]\n[[reference_books.shop.meters]]\nid = \"m\"\n\
             {book}[[segments]]\nid = \"s\"\naccounts = 1\nopening_balance = 100_000\n[segments.products.shop]\n\
             activation_after = \"{opens}\"\nelasticity = -1\ndemand = {{ kind = \"constant\", units = 1000 }}\n"
        );
        let told = Told::of(&text, &[]);
        (0..40).map(|day| told.usage(day).offered).collect::<Vec<_>>()
    };
    assert_eq!(comes("day", "follow", "0s"), [vec![1_000; 10], vec![500; 30]].concat());
    assert_eq!(comes("month", "follow", "0s"), [vec![1_000; 31], vec![500; 9]].concat());
    assert_eq!(comes("day", "keep", "0s"), [1_000; 40]);
    assert_eq!(comes("day", "keep", "20d")[20..], [500; 20]);
}

/// Without an elasticity nothing is withheld, whatever the price.
#[test]
fn no_elasticity_withholds_nothing() {
    let summary = shop(&[REFERENCE, "books.captcha.meters.verification.tiers.1.price=9"]);
    assert_eq!(summary.usage().withheld, 0);
}

/// More expensive never gives more offered, on any day of any account; and the potential demand is the same bytes.
#[test]
fn a_higher_price_never_gives_more_and_leaves_potential_alone() {
    let random =
        "segments.s.products.captcha.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 300 } }";
    let of = |price: &str| {
        let price = format!("books.captcha.meters.verification.tiers.1.price={price}");
        let plan =
            plan_with(SHOP, &[NO_TRIAL, random, REFERENCE, ELASTIC, &price, "segments.s.opening_balance=100000"]);
        let days = (0..30).map(|index| {
            let (story, _) = support::story(&plan, 0, index);
            let closed = story.0.into_iter().filter_map(|(_, event)| match event {
                Event::DayClosed { usage, .. } => Some((usage.potential, usage.offered)),
                _ => None,
            });
            closed.collect::<Vec<_>>()
        });
        days.collect::<Vec<_>>()
    };
    let variants = ["0.001", "0.002", "0.0020001", "0.003", "0.02"].map(of);
    for pair in variants.windows(2) {
        for (cheap, dear) in pair[0].iter().flatten().zip(pair[1].iter().flatten()) {
            assert_eq!(cheap.0, dear.0);
            assert!(cheap.1 >= dear.1, "{cheap:?} {dear:?}");
        }
    }
}

/// What is asked for does not depend on who pays, on failures, prices or bills: the trace is the same bytes.
#[test]
fn a_change_of_one_purpose_leaves_all_demand_alone() {
    let random = "segments.s.products.captcha.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 300 }, noise = { sd = 0.3 } }";
    let attacks = "segments.s.products.captcha.bursts.bot_attack={ a_year = 30 }";
    let traces = |set: &[&str]| {
        let plan = plan_with(SHOP, &[&[random, attacks], set].concat());
        let world = World::new(&plan, 0);
        let mut trace = Trace::default();
        let account = |index| {
            trace.fill(&world, 0, index);
            (trace.days(0).to_vec(), trace.pieces(0).to_vec())
        };
        (0..40).map(account).collect::<Vec<_>>()
    };
    let base = traces(&[]);
    assert!(base.iter().any(|(_, pieces)| !pieces.is_empty()));
    for other in [
        "segments.s.payments={ soft_failure = 0.5, card_down = { a_year = 9 } }",
        "segments.s.non_payers=0.5",
        "segments.s.churn={ suspended_day = 1 }",
        "segments.s.suspended_traffic=stops",
        "books.captcha.grace=1h",
        "books.captcha.bill_at={ from = \"00:00:00\", to = \"24:00:00\" }",
        "segments.s.payer={ kind = \"after_delay\", median = \"3d\", cv = 1 }",
    ] {
        assert_eq!(base, traces(&[other]), "{other}");
    }
    // Another kind of burst changes only itself.
    let more = traces(&["segments.s.products.captcha.bursts.human_spike={ a_year = 30 }"]);
    for ((days, pieces), (more_days, more_pieces)) in base.iter().zip(&more) {
        assert_eq!(days, more_days);
        assert!(pieces.iter().all(|piece| more_pieces.contains(piece)));
    }
}

/// Bursts come as often, last as long and bring as many calls as was asked for: 20 a year of 2 h to 1 d, of 3 to 7 times the mean day of
/// 1 000, a quarter filtered. Log-uniform on [a, b] has the mean (b − a) / ln(b / a).
#[test]
fn bursts_bring_what_was_asked_for() {
    let attack = "segments.s.products.captcha.bursts.bot_attack={ a_year = 20, least = 3, most = 7, shortest = \"2h\", \
                  longest = \"1d\", filtered = 0.25 }";
    let plan = plan_with(SHOP, &["days=400", &told::constant(1_000), attack, "segments.s.accounts=500"]);
    let world = World::new(&plan, 0);
    let mut trace = Trace::default();
    let (mut starts, mut lengths, mut units) = (vec![], vec![], vec![]);
    for index in 0..500 {
        trace.fill(&world, 0, index);
        let pieces = trace.pieces(0);
        // A burst goes on at the next midnight where it reached the last.
        let begun = pieces.iter().filter(|piece| piece.from > 0).count();
        starts.push(begun as f64);
        lengths.push(pieces.iter().map(|piece| (piece.to - piece.from) as f64).sum::<f64>());
        units.push(pieces.iter().map(|piece| piece.units as f64).sum::<f64>());
    }
    let bursts = 20.0 * 400.0 / 365.25;
    let length = (86_400.0 - 7_200.0) / 12.0_f64.ln();
    let multiple = 4.0 / (7.0_f64 / 3.0).ln() - 1.0;
    assert_mean(&starts, bursts, "bursts");
    // The last one may be cut by the end of the run: 1 in 22, by half a day at most.
    assert_mean(&lengths, bursts * length * 0.997, "seconds");
    assert_mean(&units, bursts * length / 86_400.0 * multiple * 0.75 * 1_000.0 * 0.997, "calls");
}

fn assert_mean(values: &[f64], expected: f64, what: &str) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    assert!((mean - expected).abs() < 4.0 * (variance / n).sqrt(), "{what}: {mean}, expected {expected}");
}

/// A dated burst of 3 600 calls from 23:30:00 for one hour: 1 800 on either side of midnight, and a limit of one call a second lets one
/// pass in each of its seconds, in which two calls come with the usual 86 400 a day.
#[test]
fn a_dated_burst_is_spread_evenly_and_limited_each_second() {
    let burst = "segments.s.products.captcha.bursts.dated=[{ at = 2026-01-01T23:30:00, lasts = \"1h\", units = 3600 }]";
    let limit = "books.captcha.rate_limit={ calls = 1 }";
    let told = Told::shop(&["days=2", &told::constant(86_400), burst, limit]);
    for day in 0..2 {
        let usage = told.usage(day);
        assert_eq!((usage.potential, usage.served, usage.refused, usage.blocked), (88_200, 86_400, 1_800, 0));
    }
}

/// Recognised is accrued net of vouchers; net revenue takes the bad debt off; the margin the costs. Five days of 0.70, the bills of
/// four of them issued, the first paid by a voucher: recognised 3.50 − 0.70 = 2.80. A debt of 2.10 is left (0.70 × 3, no balance), marked
/// 48 h after the bill of day 2, at that of day 4. 1 000 calls at 0.0001 and four bills at 0.05 cost 0.30.
#[test]
fn revenue_has_one_definition_for_each_word() {
    let set = [
        "days=5",
        "segments.s.opening_balance=0",
        "segments.s.ledger=[{ at = 2026-01-01, kind = \"voucher\", amount = 0.7 }]",
        "books.captcha.meters.verification.cost=0.0001",
        "books.captcha.bill_cost=0.05",
        "account.write_off_after=48h",
    ];
    let summary = shop(&set);
    let money = summary.money_total();
    let cents = |total: Total| total.units() / 1_000_000;
    assert_eq!(cents(summary.usage().accrued), 350);
    assert_eq!(cents(money.recognised), 280);
    assert_eq!(cents(money.deducted), 210);
    assert_eq!(cents(money.bad_debt), 210);
    assert_eq!(cents(summary.net_revenue()), 70);
    assert_eq!(cents(summary.margin()), 40);
    // By tier: 5 × 100 at 0.005 and 5 × 100 at 0.002.
    let tiers: Vec<_> = summary.uses[0].meters[0].tiers.iter().map(|tier| (tier.units, cents(tier.amount))).collect();
    assert_eq!(tiers[..3], [(500, 250), (500, 100), (0, 0)]);
    assert_eq!((summary.bills.count(), summary.bills.max()), (4, Some(70_000_000)));
    assert_eq!(day_of(DAY), 1);
}
