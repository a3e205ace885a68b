//! Hand-worked openings, purchases, reasons of suspension and balances (RULES §2, §3, §7).

use super::reader::decimal;
use super::tests::{HOUR, field, only};
use super::tests_trtc::{SERVICE, TAKEN, buying, closed, on, using, world};
use super::*;

const PURCHASES: [&str; 2] = ["purchased", "purchase_refused"];
const TEN: i64 = 10 * HOUR;

/// Ten minutes of FHD recording in the first hour of day 0: a bill of 0.07499 → 0.07 on day 1 at 10:00.
fn recording(days: i64) -> Facts {
    using(days, &[("rec_fhd", 0, 0, HOUR, 600)])
}

#[test]
fn purchases_are_refused_for_three_reasons() {
    // Opened at 00:30 with 0.05; recorded from 01:00 on: −0.02 on day 1 at 10:00 without purchases, and in arrears.
    let facts = using(2, &[("rec_fhd", 0, HOUR, 2 * HOUR, 600)]);
    let (at_ten, second) = (DAY + TEN, DAY + TEN + 1);
    let mut facts = buying(facts, &[(60, Some(20)), (HOUR, Some(60)), (at_ten, Some(20)), (second, Some(20))]);
    let segment = "opening_balance = 0.05";
    let opened = |text: String| text.replace("products.trtc = {}", "products.trtc = { activation_after = \"1800s\" }");
    // 60 cost 0.0594 → 0.06: not covered by 0.05; 20 cost 0.0198 → 0.02. On day 1 at 10:00 the purchase comes
    // before the bill, so that 0.03 − 0.07 = −0.04; a second later the account is in arrears.
    let refused = [
        "60 purchase_refused trtc units=20 reason=not_open".to_string(),
        format!("{HOUR} purchase_refused trtc units=60 reason=funds"),
        format!("{at_ten} purchased trtc number=1 units=20 amount=0.01980000 due=0.02000000 balance=0.03000000"),
    ];
    for (account, last) in [
        ("", format!("{second} purchase_refused trtc units=20 reason=arrears")),
        (
            "purchase_in_arrears = \"allowed\"",
            format!("{second} purchased trtc number=2 units=20 amount=0.01980000 due=0.02000000 balance=-0.06000000"),
        ),
        // In fifo the bill of 0.07 waits and 0.03 are there: that is enough, and no new debt.
        (
            "purchase_in_arrears = \"allowed\"\nsettlement = \"fifo\"",
            format!("{second} purchased trtc number=2 units=20 amount=0.01980000 due=0.02000000 balance=0.01000000"),
        ),
    ] {
        let lines = play(&opened(world(2, &[], account, segment)), "s", &facts);
        let mut wanted = refused.to_vec();
        wanted.push(last);
        assert_eq!(only(&lines, &PURCHASES), wanted);
    }
    // In fifo, in arrears and allowed, what is there must cover it.
    facts.decisions.push((second + 1, "trtc".to_string(), Some(20)));
    let account = "purchase_in_arrears = \"allowed\"\nsettlement = \"fifo\"";
    let lines = play(&opened(world(2, &[], account, segment)), "s", &facts);
    assert_eq!(only(&lines, &PURCHASES)[4], format!("{} purchase_refused trtc units=20 reason=funds", second + 1));
}

#[test]
fn a_first_application_is_tried_again() {
    // A debt of 1 from the first instant on, which is judged only after phase 2: an application at second 0 is
    // made. At 01:00 it is refused, and tried again every two hours. Paid at 04:00: opened at 05:00.
    // Paid at 05:00: in arrears as judged before, so opened at 07:00.
    let text = world(1, &[], "", "opening_balance = -1");
    let later = |after: &str| {
        let product = format!("products.trtc = {{ activation_after = {after:?}, tries_again_after = \"2h\" }}");
        text.replace("products.trtc = {}", &product)
    };
    let kinds = ["activated", "activation_refused"];
    let paid = |at: i64| Facts { payments: vec![(at, None, decimal("1"))], ..using(1, &[]) };
    let lines = play(&later("0s"), "s", &paid(4 * HOUR));
    assert_eq!(only(&lines, &kinds), ["0 activated trtc"]);
    for (at, opened) in [(4 * HOUR, 5 * HOUR), (5 * HOUR, 7 * HOUR)] {
        let lines = play(&later("1h"), "s", &paid(at));
        let mut wanted: Vec<String> = Vec::new();
        for hour in [1, 3, 5] {
            if hour * HOUR < opened {
                wanted.push(format!("{} activation_refused trtc", hour * HOUR));
            }
        }
        wanted.push(format!("{opened} activated trtc"));
        assert_eq!(only(&lines, &kinds), wanted);
    }
    let allowed = later("1h").replace("[account]", "[account]\nactivation_in_arrears = \"allowed\"");
    assert_eq!(only(&play(&allowed, "s", &paid(4 * HOUR)), &kinds), [format!("{HOUR} activated trtc")]);
}

#[test]
fn any_ended_and_last_ended() {
    // Packages of 5 and 50 and a trial of 0. 5 minutes at 600 use up the first. Then 50 at 3 600 use up the other.
    let pieces = [("audio", 0, 600, 900, 300), ("audio", 0, HOUR, HOUR + 300, 3_000)];
    let facts = buying(using(1, &pieces), &[(0, Some(5)), (0, Some(50))]);
    for (automatic, at) in [("last_ended", HOUR + 300), ("any_ended", 900)] {
        let automatic = format!("{automatic:?}");
        let book = [("trial", "{ units = 0 }"), ("automatic", automatic.as_str())];
        let lines = play(&world(1, &book, "", "opening_balance = 10"), "s", &facts);
        assert_eq!(only(&lines, &["pay_as_you_go"]), [format!("{at} pay_as_you_go trtc cause=automatic")]);
        assert_eq!(only(&lines, &["allowance_ended"]).len(), 2);
    }
    // A package that is paid but not in effect neither switches on nor prevents the suspension.
    let facts = buying(using(1, &[]), &[(100, Some(50))]);
    let lines = play(&world(1, &[("trial", "{ units = 0 }")], "", "opening_balance = 10"), "s", &facts);
    assert_eq!(
        only(&lines, &SERVICE),
        [
            "300 suspended trtc reason=ended".to_string(),
            format!("400 package_effective trtc number=1 ends={}", 396 * DAY),
            "400 resumed trtc reason=ended".to_string(),
        ]
    );
}

#[test]
fn ended_and_arrears_are_separate_reasons() {
    // The trial of 10 ends at 900; the recording's bill makes arrears on day 1 at 10:00, a suspension on day 2. By
    // hand on at 12:00 of day 2; paid at 12:00 of day 3. Audio of 8 640 s a day, a second in ten, is served before
    // 900 (90 s: 2 minutes; 9 minutes more in a piece, so one of 11 is written off), then from 12:00 of day 3 on.
    let mut facts = recording(4);
    facts.pieces.extend(using(4, &[("audio", 0, 600, 900, 540)]).pieces);
    facts.demand.insert(("trtc".to_string(), "audio".to_string()), vec![8_640; 4]);
    let facts = buying(facts, &[(2 * DAY + 12 * HOUR, None)]);
    let paid = 3 * DAY + 12 * HOUR;
    let facts = Facts { payments: vec![(paid, None, decimal("1"))], ..facts };
    let lines = play(&world(4, &[("trial", "{ units = 10 }")], "", ""), "s", &facts);
    assert_eq!(
        only(&lines, &SERVICE),
        [
            "900 allowance_ended trtc number=0 cause=used_up left=0".to_string(),
            "900 suspended trtc reason=ended".to_string(),
            format!("{} suspended trtc reason=arrears", 2 * DAY + TEN),
            format!("{} pay_as_you_go trtc cause=hand", 2 * DAY + 12 * HOUR),
            format!("{} resumed trtc reason=ended", 2 * DAY + 12 * HOUR),
            format!("{paid} resumed trtc reason=arrears"),
        ]
    );
    // 90 + 540 = 630 s are 11 minutes.
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["11", "0", "10", "1", "0", "0.00000000"]);
    assert_eq!(closed(&lines, "audio", 2, &["served"]), ["0"]);
    // 4 320 s are 72 minutes.
    assert_eq!(closed(&lines, "audio", 3, &["served", "billable", "amount"]), ["4320", "72", "0.07128000"]);
}

#[test]
fn packages_protect_until_the_last_ends() {
    // A package of 10 is in effect; in arrears on day 1 at 10:00, due to be suspended on day 2 at 10:00. 10
    // minutes in the slot from 12:00 of day 2 use it up: suspended at 12:05. A trial does not protect.
    let mut facts = buying(recording(4), &[(0, Some(10))]);
    facts.pieces.extend(using(4, &[("audio", 2, 12 * HOUR, 12 * HOUR + 300, 600)]).pieces);
    let book = [("trial", "{ units = 0 }")];
    for (protect, at) in [("never", 2 * DAY + TEN), ("until_last_ends", 2 * DAY + 12 * HOUR + 300)] {
        let account = format!("packages_protect = {protect:?}");
        let lines = play(&world(4, &book, &account, "opening_balance = 0.01"), "s", &facts);
        assert_eq!(only(&lines, &["suspended"]), [format!("{at} suspended trtc reason=arrears")]);
    }
    let lines = play(&world(4, &[], "packages_protect = \"until_last_ends\"", ""), "s", &recording(4));
    assert_eq!(only(&lines, &["suspended"]), [format!("{} suspended trtc reason=arrears", 2 * DAY + TEN)]);
}

#[test]
fn a_package_expires_with_what_is_left() {
    // Valid two hours from payment at 00:00: 100 − 10 are lost at 02:00; or from effect at 00:05: at 02:05.
    let facts = buying(using(1, &[("audio", 0, 600, 900, 600)]), &[(0, Some(100))]);
    for (from, end) in [("payment", 2 * HOUR), ("effect", 2 * HOUR + 300)] {
        let text = world(1, &[("trial", "{ units = 0 }")], "", "opening_balance = 1");
        let keys = format!("[books.trtc.packages]\nvalid = \"2h\"\nvalid_from = {from:?}");
        let lines = play(&text.replace("[books.trtc.packages]", &keys), "s", &facts);
        assert_eq!(
            only(&lines, &SERVICE),
            [
                format!("300 package_effective trtc number=1 ends={end}"),
                format!("{end} allowance_ended trtc number=1 cause=expired left=90"),
                format!("{end} pay_as_you_go trtc cause=automatic"),
            ]
        );
    }
}

#[test]
fn the_earliest_end_draws_first() {
    // The trial of 10 ends on 2027-01-31 like a package of January: the trial first, then the package of 5. 12 minutes.
    let facts = on(buying(using(1, &[("audio", 0, 600, 900, 720)]), &[(0, Some(5))]));
    let text = world(1, &[("trial", "{ units = 10 }")], "", "opening_balance = 1");
    let lines = play(&text, "s", &facts);
    assert_eq!(
        only(&lines, &["covered"]),
        [
            format!("{DAY} covered trtc day=0 number=0 meter=audio units=10 given=10"),
            format!("{DAY} covered trtc day=0 number=1 meter=audio units=2 given=2"),
        ]
    );
    // A package of a day ends sooner: 5 of it, 7 of the trial.
    let text = text.replace("[books.trtc.packages]", "[books.trtc.packages]\nvalid = \"24h\"");
    let lines = play(&text, "s", &facts);
    assert_eq!(only(&lines, &["covered"])[0], format!("{DAY} covered trtc day=0 number=0 meter=audio units=7 given=7"));
}

#[test]
fn a_balance_for_each_product() {
    // "a" and "b" sell units at 1. 2 a day of "a", 1 of "b"; bills at 08:00. "a" has 1 and is in arrears on day 1;
    // a top-up of 1 for "b" on day 1 at noon does not help it; grace is 24 h, so "a" alone is suspended on day 2.
    let mut text = "days = 3\n[account]\nbalance = \"product\"\nrounding = \"carry\"\n".to_string();
    for id in ["a", "b"] {
        text += &format!(
            "[books.{id}]\ngrace = \"24h\"\n[[books.{id}.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 1\n"
        );
    }
    text += "[[segments]]\nid = \"s\"\nopening_balance = 50\nproducts.a = { opening_balance = 1 }\n\
             products.b = { credit_line = 1 }\n\
             ledger = [{ at = 2026-01-02T12:00:00, kind = \"top_up\", product = \"b\", amount = 1 }]\n";
    let mut facts = Facts::default();
    for (id, units) in [("a", 2), ("b", 1)] {
        facts.demand.insert((id.to_string(), "m".to_string()), vec![units; 3]);
    }
    facts.payments.push((2 * DAY + 12 * HOUR, Some("a".to_string()), decimal("5")));
    let lines = play(&text, "s", &facts);
    let (first, second) = (DAY + 8 * HOUR, 2 * DAY + 8 * HOUR);
    let kinds = ["arrears_started", "arrears_cleared", "suspended", "resumed", "top_up", "deducted", "closed"];
    assert_eq!(
        only(&lines, &kinds),
        [
            format!("{first} deducted a day=0 amount=2.00000000 balance=-1.00000000"),
            format!("{first} deducted b day=0 amount=1.00000000 balance=-1.00000000"),
            format!("{first} arrears_started clock={first} debt=1.00000000 product=a"),
            format!("{} top_up amount=1.00000000 product=b", DAY + 12 * HOUR),
            format!("{second} deducted a day=1 amount=2.00000000 balance=-3.00000000"),
            format!("{second} deducted b day=1 amount=1.00000000 balance=-1.00000000"),
            format!("{second} suspended a reason=arrears"),
            format!("{} top_up amount=5.00000000 product=a", 2 * DAY + 12 * HOUR),
            format!("{} arrears_cleared product=a", 2 * DAY + 12 * HOUR),
            format!("{} resumed a reason=arrears", 2 * DAY + 12 * HOUR),
            // Day 2 of "a": 0 before 08:00, 1 while suspended, 1 after noon.
            format!(
                "{} closed balance=2.00000000 debt=0.00000000 carried=0.00000000 unbilled=1.00000000 \
                 marked=0.00000000 product=a",
                3 * DAY
            ),
            format!(
                "{} closed balance=-1.00000000 debt=1.00000000 carried=0.00000000 unbilled=1.00000000 \
                 marked=0.00000000 product=b",
                3 * DAY
            ),
        ]
    );
    assert_eq!(field(&lines, "day_closed a meter=m day=2 ", "blocked"), "1");
}

#[test]
fn what_was_blocked_comes_again_meter_by_meter() {
    // Ended at 900, on by hand at 7 200: what came of audio and of its recording in between comes again then. A
    // second in ten: 8 640 a day, 90 before 900, 720 before 7 200.
    let mut facts = using(1, &[("audio", 0, 600, 900, 600)]);
    for meter in ["audio", "rec_audio"] {
        facts.demand.insert(("trtc".to_string(), meter.to_string()), vec![8_640]);
    }
    let text = world(1, &[("trial", "{ units = 10 }")], "while_suspended = \"retried\"", "");
    let lines = play(&text, "s", &buying(facts, &[(2 * HOUR, None)]));
    for meter in ["audio", "rec_audio"] {
        assert_eq!(closed(&lines, meter, 0, &["blocked", "retried"]), ["630", "630"]);
    }
    assert_eq!(closed(&lines, "rec_audio", 0, &["served", "billable"]), ["8640", "144"]);
}
