//! What must hold in every world with several meters, allowances, the switch and periods: nothing is lost or counted twice, package by
//! package, and looking at every slot changes nothing. Worlds of one plain meter are in properties.rs.

mod support;
#[path = "support/tape.rs"]
mod tape;

use std::collections::BTreeMap;

use billsim::engine::Player;
use billsim::plan::{Part, Plan};
use billsim::rules::{Account, Event, Log, Terms};
use billsim::units::{Money, Seconds, Total};
use billsim::world::World;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use support::{Story, plan, story};

fn worlds() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u32>(), 0..800).prop_map(|numbers| tape::rich_scenario(&mut tape::Tape::new(&numbers)))
}

/// Every meter of every day: raw units go their ways, and units of price theirs.
fn units_are_kept(plan: &Plan, story: &Story, raw: &[Vec<u64>]) -> TestCaseResult {
    for (_, event) in &story.0 {
        let Event::DayClosed { product, meter, day, usage, amount, .. } = event else { continue };
        let used = plan.segments[0].uses.iter().position(|of| of.product == *product).expect("it is used");
        let of = &plan.segments[0].uses[used];
        // A burst splits by itself, so the parts of a day may differ by a unit a piece from those of the sum: only plain days.
        if of.bursts == billsim::plan::Bursts::default() {
            prop_assert_eq!(usage.unmetered + usage.potential, Part::of(&of.parts, *meter, raw[used][*day]));
        }
        let ways = usage.unintegrated.cast_signed() + usage.withheld + usage.offered.cast_signed();
        prop_assert_eq!(usage.potential.cast_signed(), ways);
        prop_assert_eq!(usage.offered + usage.retried, usage.refused + usage.served);
        prop_assert_eq!(usage.counted, usage.free + usage.package + usage.written_off + usage.billable);
        let add_on = plan.books[*product].meters[*meter].add_on_of.is_some();
        prop_assert!(!add_on || usage.package + usage.written_off == 0, "an add-on is billed, whatever is left");
        prop_assert!(*amount >= Money::ZERO);
    }
    Ok(())
}

/// Of each trial and package: granted = used + what was left when it ended, or at the end of the run.
fn allowances_are_kept(story: &Story, account: &Account) -> TestCaseResult {
    let mut granted: BTreeMap<(usize, u32), u64> = BTreeMap::new();
    let (mut given, mut ended) = (granted.clone(), granted.clone());
    for (_, event) in &story.0 {
        match *event {
            Event::AllowanceGranted { product, number, units, .. }
            | Event::Purchased { product, number, units, .. } => {
                prop_assert_eq!(granted.insert((product, number), units), None, "granted twice");
            }
            Event::Covered { product, number, given: units, .. } => {
                *given.entry((product, number)).or_default() += units
            }
            Event::AllowanceEnded { product, number, left, .. } => {
                prop_assert_eq!(ended.insert((product, number), left), None, "ended twice");
            }
            _ => {}
        }
    }
    for service in account.services() {
        let mut left = 0;
        for ((product, number), units) in granted.iter().filter(|((product, _), _)| *product == service.product) {
            let given = given.get(&(*product, *number)).copied().unwrap_or(0);
            match ended.get(&(*product, *number)) {
                Some(rest) => prop_assert_eq!(*units, given + rest, "package {}", number),
                None => left += units - given,
            }
        }
        prop_assert_eq!(left, service.allowance_left());
    }
    Ok(())
}

/// opening balances + top-ups − deductions − purchases = closing balances.
fn money_is_kept(plan: &Plan, story: &Story, account: &Account) -> TestCaseResult {
    let segment = &plan.segments[0];
    let by_product = account.wallet(0).of.is_some();
    let mut expected = if by_product {
        segment.uses.iter().map(|used| Total::from(used.opening_balance)).sum()
    } else {
        Total::from(segment.opening_balance)
    };
    for (_, event) in &story.0 {
        match *event {
            Event::ToppedUp { amount, .. } => expected += amount,
            Event::Deducted { amount, .. } | Event::Purchased { due: amount, .. } => expected -= amount,
            _ => {}
        }
    }
    let closing: Total = (0..account.balances()).map(|index| Total::from(account.wallet(index).balance)).sum();
    prop_assert_eq!(expected, closing);
    Ok(())
}

/// The story with what each slot draws.
#[derive(Default)]
struct EverySlot(Vec<(Seconds, Event)>);

impl Log for EverySlot {
    fn record(&mut self, at: Seconds, event: Event) {
        self.0.push((at, event));
    }

    fn wants_draws(&self) -> bool {
        true
    }
}

/// What an allowance gave for a meter in the slots of a day is what it gave on that day.
fn draws_add_up(story: &[(Seconds, Event)]) -> TestCaseResult {
    let mut slots: BTreeMap<(usize, u32, usize), (u64, u64)> = BTreeMap::new();
    for (_, event) in story {
        match *event {
            Event::Drawn { product, meter, number, units, given } => {
                let day = slots.entry((product, number, meter)).or_default();
                (day.0, day.1) = (day.0 + units, day.1 + given);
            }
            Event::Covered { product, number, meter, units, given, .. } => {
                prop_assert_eq!(slots.remove(&(product, number, meter)), Some((units, given)));
            }
            _ => {}
        }
    }
    prop_assert!(slots.is_empty(), "{:?} on no day", slots);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_counted_twice(text in worlds()) {
        let plan = plan(&text);
        let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
        let mut player = Player::new(&world, &terms);
        let mut story = Story::default();
        let account = player.play(0, 0, &mut story).expect("amounts fit").clone();
        let raw: Vec<Vec<u64>> = (0..plan.segments[0].uses.len()).map(|used| player.trace().days(used).to_vec()).collect();
        units_are_kept(&plan, &story, &raw)?;
        allowances_are_kept(&story, &account)?;
        money_is_kept(&plan, &story, &account)?;
        prop_assert!(story.0.is_sorted_by_key(|(at, _)| *at));
    }

    #[test]
    fn the_resolved_scenario_is_the_scenario(text in worlds()) {
        let world = plan(&text);
        let again = plan(&world.resolved);
        prop_assert_eq!(&again.hash, &world.hash);
        prop_assert_eq!(story(&again, 0, 0).0.0, story(&world, 0, 0).0.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Slots at which nothing can end are passed over; a look at each of them changes nothing.
    #[test]
    fn a_look_at_every_slot_changes_nothing(text in worlds()) {
        let plan = plan(&text.replace("slot = \"1s\"", "slot = \"5m\""));
        let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
        let mut slowly = EverySlot::default();
        Player::new(&world, &terms).play(0, 0, &mut slowly).expect("amounts fit");
        draws_add_up(&slowly.0)?;
        slowly.0.retain(|(_, event)| !matches!(event, Event::Drawn { .. }));
        prop_assert_eq!(slowly.0, story(&plan, 0, 0).0.0);
    }
}
