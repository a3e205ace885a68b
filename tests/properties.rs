//! What must hold in every world: nothing is lost or counted twice, in units and in money, over random scenarios.

mod support;
#[path = "support/tape.rs"]
mod tape;
#[path = "support/told.rs"]
mod told;

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use billsim::engine::Player;
use billsim::plan::{Bursts, Plan};
use billsim::record::{AccountRow, BillRow, Rows, SegmentSummary, UsageDay, Wanted, run};
use billsim::rules::{Account, Event, Terms, Usage};
use billsim::units::{DAY, Money, Seconds, Total, midnight};
use billsim::world::World;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use support::{Story, lines, plan, plan_with};

/// Accounts of each random segment.
const ACCOUNTS: u64 = 3;

/// Texts of random scenarios of RULES §1 and §2, with every switch: a text shows what failed, a plan is too long for that.
fn worlds() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u32>(), 0..700).prop_map(|numbers| tape::plain_scenario(&mut tape::Tape::new(&numbers)))
}

fn read(text: &str) -> Plan {
    plan_with(text, &[&format!("segments.s.accounts={ACCOUNTS}")])
}

/// One account, alone: its story, its end, and its raw calls by use.
fn alone(plan: &Plan, index: u64) -> (Vec<(Seconds, Event)>, Account, Vec<Vec<u64>>) {
    let (world, terms) = (World::new(plan, 0), Terms::new(plan));
    let mut player = Player::new(&world, &terms);
    let mut story = Story::default();
    let account = player.play(0, index, &mut story).expect("amounts fit").clone();
    let raw = (0..plan.segments[0].uses.len()).map(|used| {
        let mut days = player.trace().days(used).to_vec();
        player.trace().pieces(used).iter().for_each(|piece| days[piece.day] += piece.units);
        days
    });
    (story.0, account, raw.collect())
}

/// All accounts, as a run does it.
fn together(plan: &Plan) -> (SegmentSummary, Rows) {
    let wanted = Wanted { accounts: true, bills: true, events: true };
    let never = AtomicBool::new(false);
    let mut rows = Rows::default();
    let summary = run::<Infallible>(plan, 0, wanted, 1, &never, |_, chunk| {
        rows = chunk;
        Ok(())
    });
    (summary.expect("amounts fit").segments.remove(0), rows)
}

/// Closed days of a product, in their order.
fn closed(events: &[(Seconds, Event)], of: usize) -> impl Iterator<Item = (usize, Usage, Money)> + '_ {
    events.iter().filter_map(move |(_, event)| match event {
        Event::DayClosed { product, day, usage, amount, .. } if *product == of => Some((*day, *usage, *amount)),
        _ => None,
    })
}

/// Money of all events, where `of` finds some.
fn sum(events: &[(Seconds, Event)], of: impl Fn(&Event) -> Option<Money>) -> Total {
    events.iter().filter_map(|(_, event)| of(event)).map(Total::from).sum()
}

fn units(events: &[(Seconds, Event)], of: impl Fn(&Event) -> Option<u64>) -> u64 {
    events.iter().filter_map(|(_, event)| of(event)).sum()
}

fn billed(event: &Event) -> Option<Money> {
    if let Event::BillIssued { amount, .. } = event { Some(*amount) } else { None }
}

fn due(event: &Event) -> Option<Money> {
    if let Event::BillIssued { due, .. } = event { Some(*due) } else { None }
}

fn by_voucher(event: &Event) -> Option<Money> {
    if let Event::BillIssued { voucher, .. } = event { Some(*voucher) } else { None }
}

fn deducted(event: &Event) -> Option<Money> {
    if let Event::Deducted { amount, .. } = event { Some(*amount) } else { None }
}

fn topped_up(event: &Event) -> Option<Money> {
    if let Event::ToppedUp { amount, .. } = event { Some(*amount) } else { None }
}

fn accrued(event: &Event) -> Option<Money> {
    if let Event::DayClosed { amount, .. } = event { Some(*amount) } else { None }
}

/// Every day of every product: no unit disappears on its way from a raw call to a line of a bill.
fn units_are_kept(plan: &Plan, events: &[(Seconds, Event)], raw: &[Vec<u64>]) -> TestCaseResult {
    for (used, of) in plan.segments[0].uses.iter().enumerate() {
        let mut days = 0;
        for (day, usage, amount) in closed(events, of.product) {
            prop_assert_eq!(day, days);
            days += 1;
            prop_assert_eq!(usage.unmetered + usage.potential, raw[used][day]);
            let parts = usage.unintegrated.cast_signed() + usage.withheld + usage.offered.cast_signed();
            prop_assert_eq!(usage.potential.cast_signed(), parts);
            prop_assert!(usage.blocked <= usage.refused && usage.unprotected <= usage.blocked);
            if plan.segments[0].uses[used].elasticity == 0.0 {
                prop_assert_eq!(usage.withheld, (usage.stopped + usage.churned).cast_signed());
            }
            prop_assert_eq!(usage.offered + usage.retried, usage.refused + usage.served);
            prop_assert!(usage.served >= usage.counted);
            prop_assert_eq!(usage.counted, usage.free + usage.billable);
            prop_assert!(usage.billable > 0 || amount == Money::ZERO);
        }
        prop_assert_eq!(days, plan.calendar.days());
    }
    Ok(())
}

fn money_is_kept(plan: &Plan, events: &[(Seconds, Event)], account: &Account) -> TestCaseResult {
    let wallet = account.wallet(0);
    let mut expected = Total::from(plan.segments[0].opening_balance);
    expected += sum(events, topped_up);
    expected += Total::from_units(-sum(events, deducted).units());
    prop_assert_eq!(expected, Total::from(wallet.balance));
    let mut priced = sum(events, billed);
    account.services().iter().for_each(|service| priced += service.unbilled());
    prop_assert_eq!(priced, sum(events, accrued));
    // What was asked for was paid by a voucher, deducted, or still waits: it is then part of the debt.
    let waits = sum(events, due).units() - sum(events, by_voucher).units() - sum(events, deducted).units();
    let debt = wallet.debt().expect("fits");
    prop_assert_eq!(i128::from(debt.units()), waits + i128::from(wallet.balance.shortfall().units()));
    Ok(())
}

fn quotas_are_kept(plan: &Plan, events: &[(Seconds, Event)], account: &Account) -> TestCaseResult {
    for service in account.services() {
        let of = service.product;
        let free: u64 = closed(events, of).map(|(_, usage, _)| usage.free).sum();
        let granted = units(events, |event| match event {
            Event::QuotaGranted { product, units, .. } if *product == of => Some(*units),
            _ => None,
        });
        let gone = units(events, |event| match event {
            Event::QuotaEnded { product, units, .. } | Event::QuotaWiped { product, units, .. } if *product == of => {
                Some(*units)
            }
            _ => None,
        });
        let left: u64 = (0..plan.books[of].free.len()).map(|quota| service.quota_left(quota)).sum();
        prop_assert_eq!(granted, free + gone + left);
    }
    Ok(())
}

/// The calls of the suspended seconds, found by the profile alone, are refused and nothing else is (without a rate limit, bursts, churn or a response to prices).
fn suspended_seconds_bill_nothing(plan: &Plan, events: &[(Seconds, Event)]) -> TestCaseResult {
    for of in &plan.segments[0].uses {
        let burst = of.bursts != Bursts::default();
        let limited = plan.books[of.product].rate_limit.is_some();
        if limited || burst || of.elasticity != 0.0 || plan.segments[0].churn.is_some() {
            continue;
        }
        let mut since: Option<Seconds> = None;
        let mut spans: Vec<(Seconds, Seconds)> = vec![];
        for (at, event) in events.iter().filter(|(_, event)| event.product() == Some(of.product)) {
            match event {
                Event::Suspended { .. } => since = Some(*at),
                Event::Resumed { .. } => spans.extend(since.take().map(|since| (since, *at))),
                Event::DayClosed { day, usage, amount, .. } => {
                    let begin = midnight(*day);
                    // A suspension that goes on is cut at midnight.
                    if let Some(begun) = &mut since {
                        spans.push((*begun, *at));
                        *begun = *at;
                    }
                    let before = |at: Seconds| plan.profiles[of.profile].before(usage.potential, at - begin);
                    let suspended: u64 = spans.iter().map(|(from, to)| before(*to) - before(*from)).sum();
                    if usage.unintegrated == 0 {
                        prop_assert_eq!(usage.blocked + usage.stopped, suspended, "day {}", day);
                    }
                    if spans.iter().any(|span| *span == (begin, begin + DAY)) {
                        prop_assert_eq!((usage.served, usage.billable, *amount), (0, 0, Money::ZERO));
                    }
                    spans.clear();
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// A row of the accounts table, added up from the story.
fn row_of(plan: &Plan, index: u64, events: &[(Seconds, Event)], account: &Account) -> AccountRow {
    let count = |kind: &str| events.iter().filter(|(_, event)| event.kind() == kind).count() as u64;
    let first = |kind: &str| events.iter().find(|(_, event)| event.kind() == kind).map(|(at, _)| *at);
    let use_of = |of: fn(&Usage) -> u64| {
        units(events, |event| if let Event::DayClosed { usage, .. } = event { Some(of(usage)) } else { None })
    };
    let mut suspended = 0;
    for service in account.services() {
        let mut since = None;
        for (at, event) in events.iter().filter(|(_, event)| event.product() == Some(service.product)) {
            match event {
                Event::Suspended { .. } => since = Some(*at),
                Event::Resumed { .. } => suspended += at - since.take().expect("only what is suspended resumes"),
                _ => {}
            }
        }
        suspended += since.map_or(0, |since| plan.calendar.end() - since);
    }
    AccountRow {
        index,
        potential: use_of(|usage| usage.potential),
        unintegrated: use_of(|usage| usage.unintegrated),
        withheld: events
            .iter()
            .filter_map(
                |(_, event)| if let Event::DayClosed { usage, .. } = event { Some(usage.withheld) } else { None },
            )
            .sum(),
        payment_failures: count("payment_failed"),
        churned_at: first("churned"),
        refused: use_of(|usage| usage.refused),
        served: use_of(|usage| usage.served),
        free: use_of(|usage| usage.free),
        billable: use_of(|usage| usage.billable),
        accrued: sum(events, accrued),
        bills: count("bill_issued"),
        billed: sum(events, billed),
        vouchers: sum(events, by_voucher),
        deducted: sum(events, deducted),
        top_ups: count("top_up"),
        topped_up: sum(events, topped_up),
        opening_balance: plan.segments[0].opening_balance,
        closing_balance: account.wallet(0).balance,
        debt: account.wallet(0).debt().expect("fits"),
        bad_debt: account.arrears(0).and_then(|arrears| arrears.marked).unwrap_or_default(),
        carried: account.wallet(0).carried,
        unbilled: account.services().iter().map(|one| Total::from(one.unbilled())).sum(),
        arrears: count("arrears_started"),
        suspensions: count("suspended"),
        suspended_seconds: suspended.unsigned_abs(),
        first_suspended_at: first("suspended"),
        first_arrears_at: first("arrears_started"),
        suspended_at_end: account.services().iter().any(billsim::rules::Service::is_suspended),
        ..AccountRow::default()
    }
}

/// A day of the summary, added up from the stories.
fn usage_of(stories: &[Vec<(Seconds, Event)>], product: usize, day: usize) -> UsageDay {
    let mut total = UsageDay::default();
    for (_, usage, amount) in stories.iter().flat_map(|events| closed(events, product)).filter(|(of, ..)| *of == day) {
        total.add(&UsageDay {
            unmetered: usage.unmetered,
            potential: usage.potential,
            unintegrated: usage.unintegrated,
            withheld: usage.withheld,
            stopped: usage.stopped,
            churned: usage.churned,
            offered: usage.offered,
            refused: usage.refused,
            blocked: usage.blocked,
            unprotected: usage.unprotected,
            retried: usage.retried,
            served: usage.served,
            counted: usage.counted,
            free: usage.free,
            billable: usage.billable,
            accrued: amount.into(),
            ..UsageDay::default()
        });
    }
    total
}

/// A day on which all that was refused came again: as much is served as was asked for, and yet something was refused.
#[test]
fn what_is_refused_and_retried_on_one_day_is_in_the_totals() {
    let paid = told::top_up("3 20:00:00", "10");
    let switches = ["account.while_suspended=retried", "books.captcha.grace=0s", "days=5", told::NO_TRIAL, &paid];
    let plan = plan_with(told::SHOP, &switches);
    let (summary, rows) = together(&plan);
    // Suspended on day 3 from 08:00:00 to 20:00:00: floor(200 × 20/24) − floor(200 × 8/24) = 166 − 66 = 100.
    let day = summary.uses[0].usage(3);
    assert_eq!((day.potential, day.refused, day.retried, day.served), (200, 100, 100, 200));
    assert_eq!(rows.accounts[0].refused, 100);
}

/// What was refused on the day of the suspension, on whole days after it and on the morning of the resume comes again, all of it.
#[test]
fn what_was_refused_for_days_comes_again_in_whole() {
    let paid = told::top_up("7 12:00:00", "100");
    let switches = ["account.while_suspended=retried", "books.captcha.grace=0s", "days=9", told::NO_TRIAL, &paid];
    let (summary, _) = together(&plan_with(told::SHOP, &switches));
    // Day 3 from 08:00:00 on 200 − 66 = 134, days 4 to 6 each 200, day 7 until 12:00:00 100.
    let refused: Vec<u64> = (3..8).map(|day| summary.uses[0].usage(day).refused).collect();
    assert_eq!(refused, [134, 200, 200, 200, 100]);
    let day = summary.uses[0].usage(7);
    assert_eq!((day.retried, day.served), (134 + 3 * 200 + 100, 100 + 834));
}

/// Three calls a second, of ten that the limit lets through: in the second of the resume there is room for seven that come again.
#[test]
fn what_comes_again_keeps_within_the_limit_of_its_second() {
    let switches = [
        "account.while_suspended=retried",
        "books.captcha.grace=0s",
        "books.captcha.rate_limit.calls=10",
        "days=3",
        told::NO_TRIAL,
        &told::constant(259_200),
        &told::top_up("1 20:00:00", "100"),
    ];
    let (summary, _) = together(&plan_with(told::SHOP, &switches));
    // Suspended on day 1 from 08:00:00 to 20:00:00: 12 × 3 600 × 3 = 129 600.
    let day = summary.uses[0].usage(1);
    assert_eq!((day.refused, day.retried, day.served), (129_600, 7, 129_607));
}

/// Paid in the first second of day 5, what was refused comes again in that second: on the day that begins, of whose own demand nothing
/// was met before.
#[test]
fn what_comes_again_at_midnight_belongs_to_the_day_that_begins() {
    let paid = told::top_up("5 00:00:00", "100");
    let switches = ["account.while_suspended=retried", "books.captcha.grace=0s", "days=9", told::NO_TRIAL, &paid];
    let (summary, _) = together(&plan_with(told::SHOP, &switches));
    let days: Vec<_> = (3..8).map(|day| summary.uses[0].usage(day)).map(|day| (day.retried, day.served)).collect();
    assert_eq!(days, [(0, 66), (0, 0), (134 + 200, 200 + 334), (0, 200), (0, 200)]);
}

/// Nothing is asked for on day 4. The two units that were refused on day 3 come again at 10:00:00 and are served, and
/// floor(2 × 0.4) = 0 of them are counted.
#[test]
fn what_is_retried_on_a_day_without_demand_is_in_the_totals() {
    let switches = [
        "account.while_suspended=retried",
        "books.captcha.grace=0s",
        "books.captcha.counted=passed",
        "books.captcha.pass_share=0.4",
        "days=6",
        told::NO_TRIAL,
        &told::listed(&[500, 500, 500, 2, 0, 0]),
        &told::top_up("4 10:00:00", "10"),
    ];
    let (summary, _) = together(&plan_with(told::SHOP, &switches));
    let refused = summary.uses[0].usage(3);
    assert_eq!((refused.potential, refused.refused, refused.served), (2, 2, 0));
    let day = summary.uses[0].usage(4);
    assert_eq!((day.potential, day.retried, day.served, day.counted), (0, 2, 2, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_counted_twice(text in worlds()) {
        let plan = read(&text);
        for index in 0..ACCOUNTS {
            let (events, account, raw) = alone(&plan, index);
            units_are_kept(&plan, &events, &raw)?;
            money_is_kept(&plan, &events, &account)?;
            quotas_are_kept(&plan, &events, &account)?;
            suspended_seconds_bill_nothing(&plan, &events)?;
            prop_assert!(events.is_sorted_by_key(|(at, _)| *at));
        }
    }

    #[test]
    fn an_account_alone_is_the_account_of_the_full_run(text in worlds()) {
        let plan = read(&text);
        let (_, rows) = together(&plan);
        for index in 0..ACCOUNTS {
            let (events, account, _) = alone(&plan, index);
            let run: Vec<_> = rows.events.iter().filter(|row| row.index == index).map(|row| (row.at, row.event)).collect();
            prop_assert_eq!(&run, &events);
            let row = rows.accounts.iter().find(|row| row.index == index);
            let of_story = row_of(&plan, index, &events, &account);
            // What was lost is no sum of events: tests/responses.rs.
            let lost = row.map(|row| row.lost).unwrap_or_default();
            prop_assert_eq!(row, Some(&AccountRow { lost, ..of_story }));
        }
    }

    #[test]
    fn the_straight_line_is_a_short_cut_and_no_more(text in worlds()) {
        let plan = read(&text);
        let (world, mut terms) = (World::new(&plan, 0), Terms::new(&plan));
        let told = |terms: &Terms| {
            let mut story = Story::default();
            let account = Player::new(&world, terms).play(0, 0, &mut story).expect("amounts fit").clone();
            lines(&plan, &story, &account)
        };
        let short = told(&terms);
        terms.products.iter_mut().for_each(|product| product.straight = false);
        prop_assert_eq!(short, told(&terms), "in\n{}", text);
    }

    #[test]
    fn rows_that_are_asked_for_change_no_total(text in worlds()) {
        let plan = read(&text);
        let never = AtomicBool::new(false);
        let plain = run::<Infallible>(&plan, 0, Wanted::default(), 1, &never, |_, _| Ok(())).expect("amounts fit");
        prop_assert_eq!(&plain.segments[0], &together(&plan).0, "in\n{}", text);
    }

    #[test]
    fn the_lines_of_a_bill_add_up_to_it(text in worlds()) {
        let plan = read(&text);
        let (_, rows) = together(&plan);
        for row in &rows.events {
            let Event::BillIssued { product, day, amount, due, voucher } = row.event else { continue };
            let of_bill = |line: &&BillRow| {
                (line.index, line.line.product, line.line.day) == (row.index, product, day)
            };
            let mut sum = Money::ZERO;
            for line in rows.bills.iter().filter(of_bill) {
                prop_assert_eq!((line.bill_amount, line.bill_due, line.bill_voucher, line.issued), (amount, due, voucher, row.at));
                prop_assert_eq!(line.line.price.times(line.line.units), Ok(line.line.amount));
                sum = sum.plus(line.line.amount).expect("fits");
            }
            prop_assert_eq!(sum, amount);
            prop_assert!(voucher <= due);
        }
    }

    #[test]
    fn daily_totals_are_sums_of_the_stories(text in worlds()) {
        let plan = read(&text);
        let (summary, _) = together(&plan);
        let played: Vec<_> = (0..ACCOUNTS).map(|index| alone(&plan, index)).collect();
        let stories: Vec<_> = played.iter().map(|(events, ..)| events.clone()).collect();
        for used in &summary.uses {
            for (day, total) in used.meters[0].usage.iter().enumerate() {
                // What was lost is no sum of events: tests/responses.rs.
                let of_events = UsageDay { lost: Total::default(), ..*total };
                prop_assert_eq!(of_events, usage_of(&stories, used.product, day), "day {}", day);
            }
            for status in &used.status {
                let states = status.inactive + status.integrating + status.running + status.in_grace
                    + status.suspended
                    + status.churned;
                prop_assert_eq!(states, ACCOUNTS);
            }
        }
        let all: Vec<_> = stories.concat();
        let (money, tallies) = (summary.money_total(), summary.tallies);
        prop_assert_eq!(tallies.events, all.len() as u64);
        prop_assert_eq!((money.billed, money.vouchers), (sum(&all, billed), sum(&all, by_voucher)));
        prop_assert_eq!((money.deducted, money.topped_up), (sum(&all, deducted), sum(&all, topped_up)));
        prop_assert_eq!(money.rounding.units(), sum(&all, due).units() - sum(&all, billed).units());
        // Stocks of the last day are those of the end.
        let accounts = played.iter().map(|(_, account, _)| account);
        let balance: Total = accounts.clone().map(|account| Total::from(account.wallet(0).balance)).sum();
        prop_assert_eq!((money.balance, tallies.closing_balance), (balance, balance));
        let debt: Total = accounts.clone().map(|account| Total::from(account.wallet(0).debt().expect("fits"))).sum();
        prop_assert_eq!(money.debt, debt);
        prop_assert_eq!(money.accounts_in_arrears, accounts.clone().filter(|account| account.arrears(0).is_some()).count() as u64);
        let count = |kind: &str| all.iter().filter(|(_, event)| event.kind() == kind).count() as u64;
        let changes = summary.status_total();
        prop_assert_eq!((changes.suspensions, changes.resumptions), (count("suspended"), count("resumed")));
        prop_assert_eq!((changes.activations, changes.integrations), (count("activated"), count("integrated")));
        prop_assert_eq!((money.bills, money.top_ups), (count("bill_issued"), count("top_up")));
        let with = |kind: &str| {
            stories.iter().filter(|events| events.iter().any(|(_, event)| event.kind() == kind)).count() as u64
        };
        prop_assert_eq!((tallies.ever_suspended, tallies.ever_in_arrears), (with("suspended"), with("arrears_started")));
        // Every deduction was collected, or is still owed; what an opening debt got was collected too.
        let owed: i128 = accounts.map(|account| i128::from(account.wallet(0).balance.shortfall().units())).sum();
        let opened = i128::from(plan.segments[0].opening_balance.shortfall().units()) * i128::from(ACCOUNTS);
        prop_assert_eq!(money.collected.units(), money.deducted.units() + opened - owed);
    }

    #[test]
    fn the_resolved_scenario_is_the_scenario(text in worlds()) {
        let world = read(&text);
        let again = plan(&world.resolved);
        prop_assert_eq!(&again.hash, &world.hash);
        prop_assert_eq!(&again.resolved, &world.resolved);
        for index in 0..ACCOUNTS {
            prop_assert_eq!(alone(&again, index).0, alone(&world, index).0);
        }
    }
}
