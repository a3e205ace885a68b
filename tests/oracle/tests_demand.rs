//! Hand-worked demand of the captcha book: pieces, price response, leaving (RULES §6).

use super::tests::{HOUR, every_day, field, only, paying, verification, wanted_on, world};
use super::*;

/// The values of these fields in the `day_closed` line of a day.
fn closed_day(lines: &[String], day: i64, names: &[&str]) -> Vec<i64> {
    let words = format!("day_closed captcha meter=verification day={day} ");
    names.iter().map(|name| field(lines, &words, name).parse().expect("a count")).collect()
}

fn with_piece(facts: Facts, piece: (i64, i64, i64, u64)) -> Facts {
    Facts { pieces: BTreeMap::from([(verification(), vec![piece])]), ..facts }
}

#[test]
fn a_piece_across_a_rate_limit() {
    // 129 600 a day are 1.5 a second: 1 in even seconds, 2 in odd ones. 1 050 in 300 s are 3.5 a
    // second: 3, 4, 3, 4, …. From an even second on the sums are 4, 6, 4, 6, …: of each 6 one is over
    // a limit of 5, 150 in all. From an odd second on the sums are 5, 5, ….
    // By slots, 3 × 300 = 900 each: 450 and 200 × 3.5 = 700 in the slot of 00:15, 250 too many;
    // 450 and 350 in the slot of 00:20. From 1 001 on the first slot has floor(199 × 3.5) = 696 of
    // the piece, 246 too many.
    for (calls, each, from, refused) in
        [(5, "second", 1_000, 150), (5, "second", 1_001, 0), (3, "slot", 1_000, 250), (3, "slot", 1_001, 246)]
    {
        let text = world(1, "", "opening_balance = 2");
        let limit = format!("calls = {calls}, each = {each:?}");
        let text = text.replace("calls = 1_000, each = \"second\"", &limit);
        let facts = with_piece(every_day(129_600, 1), (0, from, from + 300, 1_050));
        let lines = play(&text, "s", &facts);
        assert_eq!(
            closed_day(&lines, 0, &["potential", "offered", "refused", "blocked", "served"]),
            [130_650, 130_650, refused, 0, 130_650 - refused],
            "{limit}, from {from}"
        );
    }
}

#[test]
fn a_piece_has_its_own_disaster_recovery_tickets() {
    // floor(5 / 2) = 2 of the day and 2 of the piece, not floor(10 / 2); 3 + 3 are left. A piece of
    // another day is none of this one.
    let text = world(2, "", "").replace("requires_", "unmetered_share = 0.5\nrequires_");
    let lines = play(&text, "s", &with_piece(every_day(5, 2), (1, 0, DAY, 5)));
    let names = ["unmetered", "potential", "withheld", "served"];
    assert_eq!(closed_day(&lines, 0, &names), [2, 3, 0, 3]);
    assert_eq!(closed_day(&lines, 1, &names), [4, 6, 0, 6]);
}

#[test]
fn a_piece_cut_by_a_suspension() {
    // Suspended on day 11 at 08:00, second 28 800, as in `an_account_that_never_pays`. 160 from 28 000
    // to 29 600: 80 before and 80 after it. Served 66 + 80 = 146: 0.5 + 46 × 0.002 = 0.592.
    // Where traffic stops, the 134 + 80 after it are withheld and not offered.
    let facts = with_piece(every_day(200, 14), (11, 28_000, 29_600, 160));
    let names = ["potential", "withheld", "stopped", "offered", "refused", "blocked", "served"];
    for (traffic, closed) in [("goes_on", [360, 0, 0, 360, 214, 214, 146]), ("stops", [360, 214, 214, 146, 0, 0, 146])]
    {
        let segment = format!("opening_balance = 2\nsuspended_traffic = {traffic:?}");
        let lines = play(&world(14, "while_suspended = \"unprotected\"", &segment), "s", &facts);
        assert_eq!(closed_day(&lines, 11, &names), closed);
        assert_eq!(closed_day(&lines, 11, &["unprotected"]), [closed[5]]);
        assert_eq!(field(&lines, "day_closed captcha meter=verification day=11 ", "amount"), "0.59200000");
        // Day 12 has only its 200, all of them while suspended.
        assert_eq!(closed_day(&lines, 12, &["stopped"])[0], if traffic == "stops" { 200 } else { 0 });
    }
}

#[test]
fn a_price_response_over_a_cut_day() {
    // As above: N = 200, of which 66 come before the suspension and 134 after it.
    // W = 100: 33 before, so that 33 are withheld, and 67 after. W = 500: 166 before, so that 66 − 166
    // = −100 are withheld, and 334 after. Where traffic stops, the price says nothing after 08:00.
    let names = ["potential", "withheld", "stopped", "offered", "blocked", "served"];
    for (wanted, traffic, closed) in [
        (100, "goes_on", [200, 100, 0, 100, 67, 33]),
        (100, "stops", [200, 33 + 134, 134, 33, 0, 33]),
        (500, "goes_on", [200, -300, 0, 500, 334, 166]),
        (500, "stops", [200, -100 + 134, 134, 166, 0, 166]),
    ] {
        let segment = format!("opening_balance = 2\nsuspended_traffic = {traffic:?}");
        let text = world(14, "", &segment);
        let mut facts = every_day(200, 14);
        facts.wanted.insert(wanted_on(11), wanted);
        let lines = play(&text, "s", &facts);
        assert_eq!(closed_day(&lines, 11, &names), closed, "W = {wanted}, traffic {traffic}");

        // A piece is not held back by a price: 80 more are served, 80 more blocked or stopped.
        let lines = play(&text, "s", &with_piece(facts, (11, 28_000, 29_600, 160)));
        let more = if traffic == "stops" { [160, 80, 80, 80, 0, 80] } else { [160, 0, 0, 160, 80, 80] };
        let both: Vec<i64> = closed.iter().zip(more).map(|(one, other)| one + other).collect();
        assert_eq!(closed_day(&lines, 11, &names), both, "W = {wanted}, traffic {traffic}, with a piece");
    }
}

#[test]
fn before_integration_neither_price_nor_leaving_counts() {
    // Integrated at 12:00 of day 0, gone at 18:00: 100 unintegrated; then W = 60: 45 − 30 = 15 of it, 50
    // of N, so that 35 are withheld; then 50 of N churned.
    let product = "captcha = { integration_after = \"12h\" }";
    let text = world(2, "", "").replace("captcha = {}", product);
    let mut facts = every_day(200, 2);
    facts.wanted.insert(wanted_on(0), 60);
    facts.leaves = Some(18 * HOUR);
    let lines = play(&text, "s", &facts);
    let names = ["potential", "unintegrated", "withheld", "churned", "offered", "served"];
    assert_eq!(closed_day(&lines, 0, &names), [200, 100, 35 + 50, 50, 15, 15]);
    assert_eq!(closed_day(&lines, 1, &names), [200, 0, 200, 200, 0, 0]);
    // Gone at 06:00 already: unintegrated until 12:00 all the same.
    facts.leaves = Some(6 * HOUR);
    let lines = play(&text, "s", &facts);
    assert_eq!(closed_day(&lines, 0, &names), [200, 100, 100, 100, 0, 0]);
}

#[test]
fn leaving_while_suspended_with_retried_demand() {
    // Suspended from 11 d 08:00, paid at 12 d 18:00 as in `retried_demand_comes_in_the_second_of_the_resume`.
    // Day 12 has 50 before 06:00 and 150 before 18:00. Who is gone by the resume retries nothing; a second
    // later the 20 of that second have come again (no unit of its own: floor(200 × 64 801 / 86 400) is 150).
    let resume = 12 * DAY + 18 * HOUR;
    let names = ["withheld", "churned", "offered", "refused", "blocked", "retried", "served"];
    for (leaves, closed) in [
        (12 * DAY + 6 * HOUR, [150, 150, 50, 50, 50, 0, 0]),
        (resume, [50, 50, 150, 150, 150, 0, 0]),
        (resume + 1, [50, 50, 150, 150, 150, 20, 20]),
    ] {
        let text = world(15, "while_suspended = \"retried\"", "opening_balance = 2");
        let text = text.replace("calls = 1_000", "calls = 20");
        let facts = Facts { leaves: Some(leaves), ..paying(200, 15, &[(resume, "50")]) };
        let lines = play(&text, "s", &facts);
        assert_eq!(closed_day(&lines, 12, &names), closed, "gone at {leaves}");
        assert_eq!(closed_day(&lines, 13, &names), [200, 200, 0, 0, 0, 0, 0]);
        // The service resumes without its customer; at one instant it resumes first.
        let mut service = vec![format!("{resume} resumed captcha reason=arrears"), format!("{leaves} churned")];
        service.sort_by_key(|line| line.split(' ').next().map(str::to_string));
        assert_eq!(only(&lines, &["resumed", "churned"]), service);
    }

    // Where traffic stops nothing is blocked, so that nothing comes again.
    let text = world(15, "while_suspended = \"retried\"", "opening_balance = 2\nsuspended_traffic = \"stops\"");
    let lines = play(&text, "s", &paying(200, 15, &[(resume, "50")]));
    assert_eq!(closed_day(&lines, 12, &names), [150, 0, 50, 0, 0, 0, 50]);
}
