//! Hand-worked accounts of a product with a trial, packages and the switch (RULES §3, §7).

use super::reader::decimal;
use super::tests::{HOUR, field, only};
use super::*;

/// The TRTC book with four of the eight add-on meters. Raw units are seconds.
const TRTC: &str = r#"
[books.trtc]
opens = "application"
bill_at = { from = "10:00:00" }
grace = "24h"
wipe_after = "60d"
pay_as_you_go = "switch"
trial = { units = 10_000 }
[books.trtc.packages]
ratio = { audio = 1, sd = 2, hd = 4, fhd = 15 }
sizes = [
  { units = 25_000, price = 24 }, { units = 250_000, price = 227 },
  { units = 1_000_000, price = 856 }, { units = 3_000_000, price = 2_416 },
]
bands = [
  { below = 25_000, price = 0.00099 }, { below = 250_000, price = 0.00096 },
  { below = 1_000_000, price = 0.000908 }, { below = 3_000_000, price = 0.000856 },
  { below = "unlimited", price = 0.00080534 },
]
"#;

const METERS: [(&str, &str); 8] = [
    ("audio", "0.00099"),
    ("sd", "0.00199"),
    ("hd", "0.00399"),
    ("fhd", "0.01499"),
    ("rec_audio", "0.000499"),
    ("rec_sd", "0.00099"),
    ("rec_hd", "0.00199"),
    ("rec_fhd", "0.007499"),
];

/// A scenario of one segment "s"; `book` are further keys of the book, in place of its own.
pub fn world(days: i64, book: &[(&str, &str)], account: &str, segment: &str) -> String {
    let mut text = TRTC.to_string();
    for (key, value) in book {
        let old = text.lines().find(|line| line.starts_with(&format!("{key} = "))).map(str::to_string);
        match old {
            Some(old) => text = text.replace(&old, &format!("{key} = {value}")),
            None => text = text.replace("[books.trtc]\n", &format!("[books.trtc]\n{key} = {value}\n")),
        }
    }
    for (id, price) in METERS {
        let base = id.strip_prefix("rec_").map(|base| format!("add_on_of = {base:?}\n"));
        text += &format!(
            "[[books.trtc.meters]]\nid = {id:?}\nraw_per_unit = 60\npricing = \"flat\"\nprice = {price}\n{}",
            base.unwrap_or_default()
        );
    }
    format!("days = {days}\n{text}\n[account]\n{account}\n[[segments]]\nid = \"s\"\nproducts.trtc = {{}}\n{segment}\n")
}

/// No demand but these pieces: (meter, day, first second, end second, seconds of use).
pub fn using(days: i64, pieces: &[(&str, i64, i64, i64, u64)]) -> Facts {
    let mut facts = Facts::default();
    for (id, _) in METERS {
        facts.demand.insert(("trtc".to_string(), id.to_string()), vec![0; days as usize]);
    }
    for (meter, day, from, to, units) in pieces {
        let key = ("trtc".to_string(), meter.to_string());
        facts.pieces.entry(key).or_default().push((*day, *from, *to, *units));
    }
    facts
}

pub fn on(facts: Facts) -> Facts {
    Facts { do_not_suspend: BTreeSet::from(["trtc".to_string()]), ..facts }
}

pub fn buying(facts: Facts, decisions: &[(i64, Option<u64>)]) -> Facts {
    let decisions = decisions.iter().map(|(at, units)| (*at, "trtc".to_string(), *units)).collect();
    Facts { decisions, ..facts }
}

/// These fields of the `day_closed` line of a meter and day.
pub fn closed(lines: &[String], meter: &str, day: i64, names: &[&str]) -> Vec<String> {
    let words = format!("day_closed trtc meter={meter} day={day} ");
    names.iter().map(|name| field(lines, &words, name)).collect()
}

pub const TAKEN: [&str; 6] = ["counted", "free", "package", "written_off", "billable", "amount"];
pub const SERVICE: [&str; 5] = ["allowance_ended", "pay_as_you_go", "suspended", "resumed", "package_effective"];

#[test]
fn exact_values() {
    // Ten minutes of recording each of audio, SD and HD: 0.00499 + 0.0099 + 0.0199 = 0.03479.
    let pieces = [("rec_audio", 0, 0, DAY, 600), ("rec_sd", 0, 0, DAY, 600), ("rec_hd", 0, 0, DAY, 600)];
    let lines = play(&world(2, &[], "", ""), "s", &using(2, &pieces));
    assert_eq!(field(&lines, "bill_issued trtc day=0 ", "amount"), "0.03479000");
    assert_eq!(field(&lines, "bill_issued trtc day=0 ", "due"), "0.03000000");

    // 90 minutes of audio: 90 × 0.00099. No trial, pay-as-you-go chosen at the opening.
    let book = [("trial", "{ units = 0 }")];
    let lines = play(&world(2, &book, "", ""), "s", &on(using(2, &[("audio", 0, 0, DAY, 5_400)])));
    assert_eq!(field(&lines, "bill_issued trtc day=0 ", "amount"), "0.08910000");
    assert_eq!(
        lines[..3],
        [
            "0 activated trtc",
            "0 pay_as_you_go trtc cause=opening",
            // 2026-01-01: to the last day of January 2027, 365 + 31 days.
            &format!("0 allowance_granted trtc number=0 units=0 ends={}", 396 * DAY),
        ]
    );

    // 10 000 minutes of each: 9.9 + 19.9 + 39.9 + 149.9 = 219.6.
    let pieces = ["audio", "sd", "hd", "fhd"].map(|meter| (meter, 0, 0, DAY, 600_000));
    let lines = play(&world(2, &book, "", ""), "s", &on(using(2, &pieces)));
    assert_eq!(field(&lines, "bill_issued trtc day=0 ", "amount"), "219.60000000");
}

#[test]
fn package_prices() {
    for (units, amount, due) in [
        (25_000, "24", "24"),
        (250_000, "227", "227"),
        (1_000_000, "856", "856"),
        (3_000_000, "2416", "2416"),
        (24_999, "24.74901", "24.75"), // 24 999 × 0.00099
        (240_000, "230.4", "230.4"),   // 240 000 × 0.00096, more than 250 000 cost
        (3_001_000, "2416.82534", "2416.83"),
    ] {
        let facts = buying(using(1, &[]), &[(60, Some(units))]);
        let lines = play(&world(1, &[], "", "opening_balance = 5_000"), "s", &facts);
        let line = format!("purchased trtc number=1 units={units} ");
        assert_eq!(decimal(&field(&lines, &line, "amount")), decimal(amount));
        assert_eq!(decimal(&field(&lines, &line, "due")), decimal(due));
        assert_eq!(decimal("5000") - decimal(due), decimal(&field(&lines, &line, "balance")));
    }
    // Carry: 24.74901 → 24.74, then 0.00901 + 24.74901 = 24.75802 → 24.75, rest 0.00802.
    let facts = buying(using(1, &[]), &[(60, Some(24_999)), (61, Some(24_999))]);
    let lines = play(&world(1, &[], "rounding = \"carry\"", "opening_balance = 50"), "s", &facts);
    assert_eq!(field(&lines, "purchased trtc number=2 ", "due"), "24.75000000");
    assert_eq!(field(&lines, " closed ", "carried"), "0.00802000");
}

#[test]
fn minutes_are_rounded_up_once_a_day() {
    // 30 s → 1 minute; 50 s → still 1; 90 s → 2: a trial of 2 is used up by the third slot, one of 1 by the first.
    let pieces = [("audio", 0, 0, 30, 30), ("audio", 0, 300, 320, 20), ("audio", 0, 600, 640, 40)];
    for (trial, end) in [("{ units = 2 }", 900), ("{ units = 1 }", 300)] {
        let lines = play(&world(1, &[("trial", trial)], "", ""), "s", &using(1, &pieces));
        assert_eq!(
            only(&lines, &SERVICE),
            [
                format!("{end} allowance_ended trtc number=0 cause=used_up left=0"),
                format!("{end} suspended trtc reason=ended"),
            ]
        );
    }
}

#[test]
fn a_trial_that_ends_in_a_slot() {
    // 12 minutes of audio from 600 to 900 against a trial of 10; then 2 minutes an hour later.
    let pieces = [("audio", 0, 600, 900, 720), ("audio", 0, HOUR, HOUR + 60, 120)];
    let text = world(1, &[("trial", "{ units = 10 }")], "", "");
    let used_up = "900 allowance_ended trtc number=0 cause=used_up left=0";

    // Off: the excess of 2 is written off, the rest of the day refused.
    let lines = play(&text, "s", &using(1, &pieces));
    assert_eq!(only(&lines, &SERVICE), [used_up, "900 suspended trtc reason=ended"]);
    assert_eq!(closed(&lines, "audio", 0, &["served", "blocked"]), ["720", "120"]);
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["12", "0", "10", "2", "0", "0.00000000"]);
    assert_eq!(
        only(&lines, &["covered"]),
        [format!("{DAY} covered trtc day=0 number=0 meter=audio units=10 given=10")]
    );

    // On from the opening, or by hand in the slot or at its very end: the excess is billed, 4 × 0.00099.
    for (facts, cause) in [
        (on(using(1, &pieces)), "0 pay_as_you_go trtc cause=opening"),
        (buying(using(1, &pieces), &[(700, None)]), "700 pay_as_you_go trtc cause=hand"),
        (buying(using(1, &pieces), &[(900, None)]), "900 pay_as_you_go trtc cause=hand"),
    ] {
        let lines = play(&text, "s", &facts);
        assert_eq!(only(&lines, &SERVICE), [cause, used_up]);
        assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["14", "0", "10", "0", "4", "0.00396000"]);
    }

    // On by hand a second too late, again at once: what was written off stays so; the later two are billed.
    let lines = play(&text, "s", &buying(using(1, &pieces), &[(901, None), (902, None)]));
    assert_eq!(
        only(&lines, &SERVICE)[1..],
        ["900 suspended trtc reason=ended", "901 pay_as_you_go trtc cause=hand", "901 resumed trtc reason=ended"]
    );
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["14", "0", "10", "2", "2", "0.00198000"]);
}

#[test]
fn a_package_of_25_000_against_fhd() {
    // 25 000 = 1 666 × 15 + 10. The minute 1 667 is covered by nothing: that counts as the end of the last
    // package, and it is billed. The rest of 10 stays for audio: used up an hour later.
    let book = [("trial", "{ units = 0 }")];
    let text = world(1, &book, "", "opening_balance = 100");
    for (minutes, line, billed) in
        [(1_667, Some("900 pay_as_you_go trtc cause=automatic"), "0.01499000"), (1_666, None, "0.00000000")]
    {
        let pieces = [("fhd", 0, 600, 900, minutes * 60), ("audio", 0, HOUR, HOUR + 300, 600)];
        let lines = play(&text, "s", &buying(using(1, &pieces), &[(0, Some(25_000))]));
        let effect = format!("300 package_effective trtc number=1 ends={}", 396 * DAY);
        let mut wanted = vec![effect];
        wanted.extend(line.map(str::to_string));
        wanted.push(format!("{} allowance_ended trtc number=1 cause=used_up left=0", HOUR + 300));
        if line.is_none() {
            wanted.push(format!("{} pay_as_you_go trtc cause=automatic", HOUR + 300));
        }
        assert_eq!(only(&lines, &SERVICE), wanted);
        assert_eq!(closed(&lines, "fhd", 0, &["amount"]), [billed]);
        assert_eq!(closed(&lines, "audio", 0, &["package", "billable"]), ["10", "0"]);
        assert_eq!(
            only(&lines, &["covered"]),
            [
                format!("{DAY} covered trtc day=0 number=1 meter=audio units=10 given=10"),
                format!("{DAY} covered trtc day=0 number=1 meter=fhd units=1666 given=24990"),
            ]
        );
    }
}

#[test]
fn a_package_absorbs_the_morning() {
    // 100 minutes of audio and 10 of FHD at 01:00, pay-as-you-go on. Bought at 12:00, in effect at 12:05: 100 + 150
    // of its 25 000. Bought at 23:57 it is in effect at 00:02, and at 23:55 at 00:00: nothing of the first day.
    let book = [("trial", "{ units = 0 }")];
    let text = world(2, &book, "", "opening_balance = 100");
    let pieces = [("audio", 0, HOUR, HOUR + 300, 6_000), ("fhd", 0, HOUR, HOUR + 300, 600)];
    for (bought, absorbed) in [(12 * HOUR, true), (23 * HOUR + 57 * 60, false), (23 * HOUR + 55 * 60, false)] {
        let facts = on(buying(using(2, &pieces), &[(bought, Some(25_000))]));
        let lines = play(&text, "s", &facts);
        assert_eq!(only(&lines, &["package_effective"]).len(), 1);
        if absorbed {
            assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["100", "0", "100", "0", "0", "0.00000000"]);
            assert_eq!(only(&lines, &["bill_issued"]), Vec::<String>::new());
            assert_eq!(field(&lines, "covered trtc day=0 number=1 meter=fhd", "given"), "150");
        } else {
            // 0.099 + 0.1499 = 0.2489.
            assert_eq!(field(&lines, "bill_issued trtc day=0 ", "amount"), "0.24890000");
            assert_eq!(only(&lines, &["covered"]), Vec::<String>::new());
        }
    }

    // One of 50 absorbs in draw order: 50 of the 100 minutes of audio, none of FHD; it is used up at once.
    let facts = on(buying(using(2, &pieces), &[(12 * HOUR, Some(50))]));
    let lines = play(&text, "s", &facts);
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["100", "0", "50", "0", "50", "0.04950000"]);
    let effect = 12 * HOUR + 300;
    assert_eq!(
        only(&lines, &SERVICE)[1..],
        [
            format!("{effect} package_effective trtc number=1 ends={}", 396 * DAY),
            format!("{effect} allowance_ended trtc number=1 cause=used_up left=0"),
        ]
    );
    // Dearest first: 3 minutes of FHD (45), then 5 of audio.
    let text =
        world(2, &[("trial", "{ units = 0 }"), ("draw_order", "\"dearest_first\"")], "", "opening_balance = 100");
    let lines = play(&text, "s", &facts);
    assert_eq!(closed(&lines, "fhd", 0, &["package", "billable"]), ["3", "7"]);
    assert_eq!(closed(&lines, "audio", 0, &["package", "billable"]), ["5", "95"]);
}

#[test]
fn an_effect_at_midnight_is_in_effect_when_the_last_slot_is_judged() {
    // A trial of 1; 2 minutes in the last slot of the day. A package in effect at 24:00:00 puts
    // pay-as-you-go on at that slot's end, so that the excess of the ended day is billed.
    let text = world(2, &[("trial", "{ units = 1 }")], "", "opening_balance = 100");
    let pieces = [("audio", 0, DAY - 300, DAY, 120)];
    let lines = play(&text, "s", &buying(using(2, &pieces), &[(DAY - 300, Some(100))]));
    assert_eq!(
        only(&lines, &SERVICE),
        [
            format!("{DAY} package_effective trtc number=1 ends={}", 396 * DAY),
            format!("{DAY} allowance_ended trtc number=0 cause=used_up left=0"),
            format!("{DAY} pay_as_you_go trtc cause=automatic"),
        ]
    );
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["2", "0", "1", "0", "1", "0.00099000"]);
}

#[test]
fn wipe_after_sixty_days() {
    // Ten minutes of FHD recording a day: 0.07499 → 0.07. Arrears with the first bill, suspended a day
    // later, wiped 60 days after that; then nothing is in effect, and it is suspended for that too.
    let mut facts = using(64, &[]);
    facts.demand.insert(("trtc".to_string(), "rec_fhd".to_string()), vec![600; 64]);
    let lines = play(&world(64, &[], "", ""), "s", &facts);
    let wiped = 62 * DAY + 10 * HOUR;
    assert_eq!(
        only(&lines, &SERVICE),
        [
            format!("{} suspended trtc reason=arrears", 2 * DAY + 10 * HOUR),
            format!("{wiped} allowance_ended trtc number=0 cause=wiped left=10000"),
            format!("{wiped} suspended trtc reason=ended"),
        ]
    );
    // Day 2 is served to 10:00: 250 of 600 seconds, 5 minutes.
    assert_eq!(closed(&lines, "rec_fhd", 2, &["served", "blocked", "billable"]), ["250", "350", "5"]);
}

#[test]
fn a_suspension_for_arrears_inside_a_slot() {
    // As above, billed at 10:02:30, with 864 s a day of recording and of audio: a second each in 100. Suspended
    // on day 2 at 10:02:30; served to 10:05:00, second 36 300: 363.
    let book = [("bill_at", "{ from = \"10:02:30\" }")];
    let mut facts = using(5, &[]);
    for meter in ["rec_fhd", "audio"] {
        facts.demand.insert(("trtc".to_string(), meter.to_string()), vec![864; 5]);
    }
    // Paid on day 3 at 10:02:30, where the bill of day 2 comes: the service runs from that second on.
    let paid = 3 * DAY + 10 * HOUR + 150;
    facts.payments.push((paid, None, decimal("10")));
    let lines = play(&world(5, &book, "", ""), "s", &facts);
    assert_eq!(
        only(&lines, &SERVICE),
        [
            format!("{} suspended trtc reason=arrears", 2 * DAY + 10 * HOUR + 150),
            format!("{paid} resumed trtc reason=arrears"),
        ]
    );
    for meter in ["rec_fhd", "audio"] {
        assert_eq!(closed(&lines, meter, 2, &["served", "blocked"]), ["363", "501"]);
        // Before second 36 150 of day 3 floor(361.5) = 361 are blocked; 503 are served.
        assert_eq!(closed(&lines, meter, 3, &["served", "blocked"]), ["503", "361"]);
    }
}

#[test]
fn fractional_cover_over_two_packages() {
    // Packages of 6 and 7, four minutes of HD (4 each) at once. The first covers one and gives 2 of the
    // second; the other gives the missing 2, covers the third, and gives 1 of the fourth, which still asks
    // 3 of 4: 0.00399 × 3/4 = 0.0029925. Whole: one each, rests of 2 and 3; two are billed: 0.00798.
    let facts = buying(using(1, &[("hd", 0, 600, 900, 240)]), &[(0, Some(6)), (0, Some(7))]);
    for (cover, taken, covered) in [
        ("fractional", ["4", "0", "3", "0", "1", "0.00299250"], ["units=1 given=6", "units=2 given=7"]),
        ("whole", ["4", "0", "2", "0", "2", "0.00798000"], ["units=1 given=4", "units=1 given=4"]),
    ] {
        let text = world(1, &[("trial", "{ units = 0 }")], "", "opening_balance = 100");
        let text = text.replace("[books.trtc.packages]", &format!("[books.trtc.packages]\ncover = {cover:?}"));
        let lines = play(&text, "s", &facts);
        assert_eq!(closed(&lines, "hd", 0, &TAKEN), taken);
        assert_eq!(
            only(&lines, &["covered"]),
            [
                format!("{DAY} covered trtc day=0 number=1 meter=hd {}", covered[0]),
                format!("{DAY} covered trtc day=0 number=2 meter=hd {}", covered[1]),
            ]
        );
        let ends = if cover == "fractional" { 2 } else { 0 };
        assert_eq!(only(&lines, &["allowance_ended"]).len(), ends);
        assert_eq!(only(&lines, &["pay_as_you_go"]), ["900 pay_as_you_go trtc cause=automatic"]);
    }
}

#[test]
fn an_expiry_inside_a_slot() {
    // A trial of 400 s, an audio second a second. It expires at 400 with what it has left of 10 000 after
    // the first slot's 5 minutes; from there on demand is refused. The slot's 100 s more make 400 s, 7 minutes
    // in all, of which 2 are written off at 600.
    let text = world(1, &[("trial", "{ units = 10_000, valid = \"400s\" }")], "", "");
    let lines = play(&text, "s", &using(1, &[("audio", 0, 0, 1_000, 1_000)]));
    assert_eq!(
        only(&lines, &SERVICE),
        ["400 allowance_ended trtc number=0 cause=expired left=9995", "400 suspended trtc reason=ended"]
    );
    assert_eq!(closed(&lines, "audio", 0, &["served", "blocked"]), ["400", "600"]);
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["7", "0", "5", "2", "0", "0.00000000"]);

    // Expiry at a slot's end: the last second still uses it: 600 s are 10 minutes.
    let text = text.replace("400s", "600s");
    let lines = play(&text, "s", &using(1, &[("audio", 0, 0, 1_000, 1_000)]));
    assert_eq!(only(&lines, &SERVICE)[0], "600 allowance_ended trtc number=0 cause=expired left=9990");
    assert_eq!(closed(&lines, "audio", 0, &TAKEN), ["10", "0", "10", "0", "0", "0.00000000"]);
}
