//! Trial, packages, the switch and value-added services of RULES §3 and §7, each number worked out by hand beside its test.
//!
//! Demand is in seconds, flat over the day: n minutes of a category are n × 60 seconds, and a slot of five minutes has 1/288 of them.

mod support;

/// A customer on the real book with money to spare, from 2026-01-01. `rest` are further keys of the use, then of the segment.
fn tell(demand: &str, rest: &str, set: &[&str]) -> Vec<String> {
    tell_from("2026-01-01", 30, demand, rest, set)
}

fn tell_from(start: &str, days: u32, demand: &str, rest: &str, set: &[&str]) -> Vec<String> {
    let text = format!(
        "start = {start}\ndays = {days}\n[books.trtc]\nfile = \"books/trtc.toml\"\n[[segments]]\nid = \"s\"\naccounts = 1\n\
         opening_balance = 100_000\n[segments.products.trtc]\ndemand = {demand}\n{rest}\n"
    );
    let plan = support::plan_with(&text, set);
    let (story, account) = support::story(&plan, 0, 0);
    support::lines(&plan, &story, &account)
}

/// Lines of a kind, without their second.
fn kind<'a>(lines: &'a [String], kind: &str) -> Vec<&'a str> {
    let of_kind = lines.iter().filter(|line| line.split(' ').nth(1) == Some(kind));
    of_kind.map(|line| line.split_once(' ').expect("a second first").1).collect()
}

/// Seconds of the lines of a kind.
fn seconds(lines: &[String], kind: &str) -> Vec<i64> {
    let of_kind = lines.iter().filter(|line| line.split(' ').nth(1) == Some(kind));
    of_kind.map(|line| line.split(' ').next().expect("a second").parse().expect("a number")).collect()
}

/// A field of the close of a meter's day.
fn day<'a>(lines: &'a [String], meter: &str, day: u32, field: &str) -> &'a str {
    let start = format!("day_closed trtc meter={meter} day={day} ");
    let line = lines.iter().find(|line| line.contains(&start)).expect("the day was closed");
    let value = line.split(' ').find_map(|part| part.strip_prefix(field)?.strip_prefix('='));
    value.expect("the field is there")
}

fn constant(seconds: u64) -> String {
    format!("{{ kind = \"constant\", units = {seconds} }}")
}

fn listed(seconds: &[u64]) -> String {
    format!("{{ kind = \"listed\", units = {seconds:?} }}")
}

const NO_TRIAL: &str = "books.trtc.trial.units=0";
const AUDIO: &str = "mix = { audio = 1 }";
const ON: &str = "do_not_suspend = 1";
const FIVE_MINUTES: i64 = 300;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// What is taken follows the running total: 30 s → 1, 50 s → 0 more, 90 s → 1 more.
#[test]
fn minutes_are_the_rise_of_the_rounded_running_total() {
    let rest = format!("{AUDIO}\n{ON}");
    let lines = tell(&listed(&[30, 20, 40]), &rest, &["books.trtc.meters.audio.rounding=month"]);
    assert_eq!([0, 1, 2].map(|d| day(&lines, "audio", d, "counted")), ["1", "0", "1"]);
    // By the day each of them is rounded up.
    let lines = tell(&listed(&[30, 20, 40]), &rest, &[]);
    assert_eq!([0, 1, 2].map(|d| day(&lines, "audio", d, "counted")), ["1", "1", "1"]);
}

/// 59 s of audio and 61 s of SD are 1 and 2 minutes; 120 s split 0.5 / 0.5 would be 60 and 60, so the mix is 59/120.
#[test]
fn each_category_is_rounded_up_by_itself() {
    let lines = tell(&listed(&[120]), "mix = { audio = 0.49166667, sd = 0.50833333 }", &[]);
    assert_eq!((day(&lines, "audio", 0, "served"), day(&lines, "sd", 0, "served")), ("59", "61"));
    assert_eq!((day(&lines, "audio", 0, "counted"), day(&lines, "sd", 0, "counted")), ("1", "2"));
}

/// Ten minutes each of recorded audio, SD and HD: 10 × (0.000499 + 0.00099 + 0.00199) = 0.03479. Billed although the trial covers
/// the calls themselves: value-added services are always pay-as-you-go.
#[test]
fn recording_is_billed_in_the_trial() {
    let rest = "mix = { audio = 0.33333334, sd = 0.33333333, hd = 0.33333333 }\nadd_ons = { rec_audio = 1, rec_sd = 1, rec_hd = 1 }";
    let lines = tell(&listed(&[1_800]), rest, &[]);
    assert_eq!(
        kind(&lines, "bill_issued")[0],
        "bill_issued trtc day=0 amount=0.03479000 due=0.03000000 voucher=0.00000000"
    );
    assert_eq!((day(&lines, "audio", 0, "package"), day(&lines, "rec_audio", 0, "billable")), ("10", "10"));
}

/// 90 minutes of audio at 0.00099 are 0.0891; 10 000 minutes of each basic category 9.90 + 19.90 + 39.90 + 149.90 = 219.60.
#[test]
fn list_prices() {
    let lines = tell(&listed(&[5_400]), &format!("{AUDIO}\n{ON}"), &[NO_TRIAL]);
    assert_eq!(day(&lines, "audio", 0, "amount"), "0.08910000");
    let all = format!("mix = {{ audio = 0.25, sd = 0.25, hd = 0.25, fhd = 0.25 }}\n{ON}");
    let lines = tell(&listed(&[2_400_000]), &all, &[NO_TRIAL]);
    assert_eq!(
        kind(&lines, "bill_issued")[0],
        "bill_issued trtc day=0 amount=219.60000000 due=219.60000000 voucher=0.00000000"
    );
}

fn buy(at: &str, units: u64) -> String {
    format!("[[segments.ledger]]\nat = {at}\nkind = \"purchase\"\nproduct = \"trtc\"\nunits = {units}\n")
}

/// 240 000 at 0.00096 = 230.40; the listed 250 000 cost 227.00; 3 001 000 × 0.00080534 = 2 416.82534, deducted 2 416.83.
#[test]
fn package_prices() {
    let rest = [AUDIO.to_owned(), buy("2026-01-02", 240_000), buy("2026-01-02", 250_000), buy("2026-01-02", 3_001_000)]
        .join("\n");
    let lines = tell(&constant(0), &rest, &[]);
    assert_eq!(
        kind(&lines, "purchased"),
        [
            "purchased trtc number=1 units=240000 amount=230.40000000 due=230.40000000 balance=99769.60000000",
            "purchased trtc number=2 units=250000 amount=227.00000000 due=227.00000000 balance=99542.60000000",
            "purchased trtc number=3 units=3001000 amount=2416.82534000 due=2416.83000000 balance=97125.77000000",
        ]
    );
}

/// 25 000 units cover 1 666 minutes of FHD at 15 each, 24 990; 2 000 minutes come on the day after the purchase. The rest of 10 stays, the 1 667th
/// minute finds it too small: with the switch off it goes on by itself at that slot's end and the minute is billed.
/// 334 minutes × 0.01499 = 5.00666.
#[test]
fn a_rest_smaller_than_the_ratio_stays_and_the_switch_goes_on() {
    let rest = format!("mix = {{ fhd = 1 }}\n{}", buy("2026-01-01T12:00:00", 25_000));
    let lines = tell(&listed(&[0, 120_000, 0]), &rest, &[NO_TRIAL, "books.trtc.pay_as_you_go=switch"]);
    // Without a trial the first slot suspends; the package lifts it.
    assert_eq!(kind(&lines, "covered"), ["covered trtc day=1 number=1 meter=fhd units=1666 given=24990"]);
    assert_eq!(kind(&lines, "pay_as_you_go"), ["pay_as_you_go trtc cause=automatic"]);
    assert_eq!((day(&lines, "fhd", 1, "package"), day(&lines, "fhd", 1, "billable")), ("1666", "334"));
    assert_eq!(day(&lines, "fhd", 1, "amount"), "5.00666000");
    // 2 000 minutes in 288 slots: minute 1 667 is taken in the slot whose end has seen more than 1 666 × 60 s: 99 960 / 120 000 × 288 = 239.9 → 240 slots.
    assert_eq!(seconds(&lines, "pay_as_you_go"), [DAY + 240 * FIVE_MINUTES]);
}

/// Got on 2021-05-01: valid to the end of 2022-05-31, 396 days later. Got on 2024-02-29: to the end of 2025-02-28, 366 days later.
#[test]
fn the_trial_lasts_to_the_end_of_the_month_next_year() {
    for (start, days) in [("2021-05-01", 396), ("2024-02-29", 366)] {
        let lines = tell_from(start, 400, &constant(0), AUDIO, &[]);
        let ends = days * DAY;
        assert_eq!(
            kind(&lines, "allowance_granted"),
            [format!("allowance_granted trtc number=0 units=10000 ends={ends}")]
        );
        assert_eq!(seconds(&lines, "allowance_ended"), [ends]);
        assert_eq!(kind(&lines, "allowance_ended"), ["allowance_ended trtc number=0 cause=expired left=10000"]);
        // Nothing else is in effect, so the service stops at that instant.
        assert_eq!(seconds(&lines, "suspended"), [ends]);
    }
}

/// The earliest expiry draws first: a package of January 2026 (to the end of January 2027) before one of February, whatever the order
/// of sizes; of one expiry the earlier payment. 1 000 minutes a day from day 31 on.
#[test]
fn packages_draw_by_expiry_then_by_number() {
    let mut demand = vec![0; 40];
    demand[35] = 60 * 30_000;
    let rest = [AUDIO.to_owned(), buy("2026-01-05", 25_000), buy("2026-01-06", 26_000), buy("2026-02-02", 25_000)];
    let lines = tell_from("2026-01-01", 40, &listed(&demand), &rest.join("\n"), &[NO_TRIAL]);
    assert_eq!(
        kind(&lines, "covered"),
        [
            "covered trtc day=35 number=1 meter=audio units=25000 given=25000",
            "covered trtc day=35 number=2 meter=audio units=5000 given=5000"
        ]
    );
}

/// Bought at 15:00 with pay-as-you-go on: from 15:05 it takes the morning's billable minutes too, never the day before.
/// 1 440 minutes a day, one each minute: all of day 1 is covered, all of day 0 is billed (1 440 × 0.00099 = 1.4256).
#[test]
fn a_package_covers_the_morning_before_it() {
    let rest = format!("{AUDIO}\n{ON}\n{}", buy("2026-01-02T15:00:00", 25_000));
    let lines = tell(&constant(86_400), &rest, &[NO_TRIAL]);
    assert_eq!((day(&lines, "audio", 0, "amount"), day(&lines, "audio", 0, "package")), ("1.42560000", "0"));
    assert_eq!((day(&lines, "audio", 1, "amount"), day(&lines, "audio", 1, "package")), ("0.00000000", "1440"));
    assert_eq!(seconds(&lines, "package_effective"), [DAY + 15 * HOUR + FIVE_MINUTES]);
}

/// Bought at 23:57 it takes effect at 00:02, bought at 23:55 at midnight, and covers nothing of the day it was paid on.
#[test]
fn a_package_bought_at_night_covers_only_the_next_day() {
    for bought in ["2026-01-02T23:57:00", "2026-01-02T23:55:00"] {
        let rest = format!("{AUDIO}\n{ON}\n{}", buy(bought, 25_000));
        let lines = tell(&constant(86_400), &rest, &[NO_TRIAL]);
        assert_eq!([1, 2].map(|d| day(&lines, "audio", d, "package")), ["0", "1440"], "{bought}");
        assert_eq!([1, 2].map(|d| day(&lines, "audio", d, "billable")), ["1440", "0"], "{bought}");
    }
}

/// In effect at 15:00, the end of a slot, a package of the 900 minutes up to then is used up by that slot, at 15:00.
#[test]
fn a_package_that_takes_effect_at_the_end_of_a_slot_covers_that_slot() {
    let rest = format!("{AUDIO}\n{ON}\n{}", buy("2026-01-02T14:55:00", 900));
    let lines = tell(&constant(86_400), &rest, &[NO_TRIAL]);
    assert_eq!((day(&lines, "audio", 1, "package"), day(&lines, "audio", 1, "billable")), ("900", "540"));
    assert_eq!(kind(&lines, "allowance_ended"), ["allowance_ended trtc number=1 cause=used_up left=0"]);
    assert_eq!(seconds(&lines, "allowance_ended"), [DAY + 15 * HOUR]);
}

/// One minute a minute and a trial of 697: used up at 11:37, inside the slot that ends at 11:40. Minutes 698 to 700 of that slot are written off,
/// the service stops at 11:40, and a package bought at noon (in effect at 12:05) takes none of them, but serves the rest of the day:
/// 1 440 − 12 × 60 − 5 = 715 minutes.
#[test]
fn a_trial_that_ends_with_the_switch_off() {
    let rest = format!("{AUDIO}\n{}", buy("2026-01-01T12:00:00", 25_000));
    let lines = tell(&listed(&[86_400]), &rest, &["books.trtc.trial.units=697"]);
    assert_eq!(kind(&lines, "suspended"), ["suspended trtc reason=ended"]);
    assert_eq!(seconds(&lines, "suspended"), [11 * HOUR + 40 * 60]);
    assert_eq!(seconds(&lines, "resumed"), [12 * HOUR + FIVE_MINUTES]);
    let closed =
        ["served", "refused", "counted", "written_off", "package", "billable"].map(|f| day(&lines, "audio", 0, f));
    // 700 + 715 = 1 415 minutes served, 25 refused.
    assert_eq!(closed, ["84900", "1500", "1415", "3", "1412", "0"]);
}

/// The same with the switch on: no gap, and what the trial does not cover is billed: 1 440 − 697 = 743.
#[test]
fn a_trial_that_ends_with_the_switch_on() {
    let lines = tell(&listed(&[86_400]), &format!("{AUDIO}\n{ON}"), &["books.trtc.trial.units=697"]);
    assert_eq!(kind(&lines, "suspended").len(), 0);
    let closed = ["refused", "written_off", "package", "billable", "amount"].map(|f| day(&lines, "audio", 0, f));
    assert_eq!(closed, ["0", "0", "697", "743", "0.73557000"]);
}

/// A package that is paid but not yet in effect neither prevents the suspension nor is the last to end: paid at 11:36, in effect at 11:41.
#[test]
fn a_package_that_is_only_paid_prevents_nothing() {
    let rest = format!("{AUDIO}\n{}", buy("2026-01-01T11:36:00", 25_000));
    let lines = tell(&listed(&[86_400]), &rest, &["books.trtc.trial.units=697"]);
    assert_eq!(seconds(&lines, "suspended"), [11 * HOUR + 40 * 60]);
    assert_eq!(seconds(&lines, "resumed"), [11 * HOUR + 41 * 60]);
    assert_eq!(kind(&lines, "pay_as_you_go").len(), 0);
}

/// Switched on by hand at noon: the service that stopped at 11:40 runs again at once.
#[test]
fn the_switch_by_hand_ends_the_suspension() {
    let rest =
        format!("{AUDIO}\n[[segments.ledger]]\nat = 2026-01-01T12:00:00\nkind = \"switch\"\nproduct = \"trtc\"\n");
    let lines = tell(&listed(&[86_400]), &rest, &["books.trtc.trial.units=697"]);
    assert_eq!(kind(&lines, "pay_as_you_go"), ["pay_as_you_go trtc cause=hand"]);
    assert_eq!(kind(&lines, "resumed"), ["resumed trtc reason=ended"]);
    assert_eq!((seconds(&lines, "resumed"), day(&lines, "audio", 0, "billable")), (vec![12 * HOUR], "720"));
}

/// Recording alone puts a trial account in arrears: a day costs 1 440 × 0.000499 = 0.71856, deducted 0.72 at 10:00 from a balance of
/// nothing, and the service stops 24 hours later. A cut inside no slot: 10:00 is a slot's bound.
#[test]
fn recording_alone_stops_a_trial_account() {
    let rest = format!("{AUDIO}\nadd_ons = {{ rec_audio = 1 }}");
    let lines = tell(&constant(86_400), &rest, &["segments.s.opening_balance=0"]);
    assert_eq!(seconds(&lines, "arrears_started"), [DAY + 10 * HOUR]);
    assert_eq!(kind(&lines, "suspended"), ["suspended trtc reason=arrears"]);
    assert_eq!(seconds(&lines, "suspended"), [2 * DAY + 10 * HOUR]);
    assert_eq!(day(&lines, "rec_audio", 2, "billable"), "600");
}

/// Suspended inside a slot, usage to that slot's end is served and billed: a bill at 10:02 suspends at 10:02 a day later, served to 10:05.
#[test]
fn a_suspension_inside_a_slot_waits_for_its_end() {
    let rest = format!("{AUDIO}\nadd_ons = {{ rec_audio = 1 }}");
    let set = ["segments.s.opening_balance=0", "books.trtc.bill_at={ from = \"10:02:00\" }"];
    let lines = tell(&constant(86_400), &rest, &set);
    assert_eq!(seconds(&lines, "suspended"), [2 * DAY + 10 * HOUR + 120]);
    assert_eq!((day(&lines, "audio", 2, "served"), day(&lines, "rec_audio", 2, "counted")), ("36300", "605"));
}

/// Wipe: 60 × 24 h after the suspension of day 2, 10:00, the trial is gone. 24 h and 10 h after the start of day 2 it has given
/// 2 × 1 440 + 600 = 3 480 minutes; 6 520 are left.
#[test]
fn a_long_suspension_wipes_what_is_left() {
    let rest = format!("{AUDIO}\nadd_ons = {{ rec_audio = 1 }}");
    let lines = tell_from("2026-01-01", 70, &constant(86_400), &rest, &["segments.s.opening_balance=0"]);
    assert_eq!(kind(&lines, "allowance_ended"), ["allowance_ended trtc number=0 cause=wiped left=6520"]);
    assert_eq!(seconds(&lines, "allowance_ended"), [62 * DAY + 10 * HOUR]);
    assert_eq!(kind(&lines, "suspended")[1], "suspended trtc reason=ended");
}

/// The same with a package of 25 000 for 90 days, which draws before the trial since it ends sooner; 21 520 of it are left. What is wiped
/// together is told by number, whatever ends first.
#[test]
fn a_wipe_is_told_by_number() {
    let rest = format!("{AUDIO}\nadd_ons = {{ rec_audio = 1 }}\n{}", buy("2026-01-01", 25_000));
    let set = ["segments.s.opening_balance=24", "books.trtc.packages.valid=90d"];
    let lines = tell_from("2026-01-01", 70, &constant(86_400), &rest, &set);
    let wiped = ["number=0 cause=wiped left=10000", "number=1 cause=wiped left=21520"];
    assert_eq!(kind(&lines, "allowance_ended"), wiped.map(|rest| format!("allowance_ended trtc {rest}")));
}

/// A captcha debt stops TRTC after its 24 hours and captcha after its 168, by one clock; a top-up at 10:00 that the bill of 10:00 eats
/// saves nobody.
#[test]
fn one_balance_two_grace_periods() {
    let text = "start = 2026-01-01\ndays = 12\n[books.captcha]\nfile = \"books/captcha.toml\"\n[books.trtc]\nfile = \"books/trtc.toml\"\n\
                [[segments]]\nid = \"s\"\naccounts = 1\n[segments.products.captcha]\ndemand = { kind = \"constant\", units = 200 }\n\
                [segments.products.trtc]\ndemand = { kind = \"constant\", units = 0 }\nmix = { audio = 1 }\n";
    let told = |set: &[&str]| {
        let plan = support::plan_with(text, &[&["books.captcha.free.trial.units=0"], set].concat());
        let (story, account) = support::story(&plan, 0, 0);
        support::lines(&plan, &story, &account)
    };
    let lines = told(&[]);
    assert_eq!(seconds(&lines, "arrears_started"), [DAY + 8 * HOUR]);
    assert_eq!(kind(&lines, "suspended"), ["suspended trtc reason=arrears", "suspended captcha reason=arrears"]);
    assert_eq!(seconds(&lines, "suspended"), [2 * DAY + 8 * HOUR, 8 * DAY + 8 * HOUR]);
    // A balance for each: captcha's debt no longer touches TRTC.
    let lines = told(&["account.balance=product"]);
    assert_eq!(kind(&lines, "suspended"), ["suspended captcha reason=arrears"]);
    assert_eq!(kind(&lines, "arrears_started"), ["arrears_started clock=115200 debt=0.70000000 product=captcha"]);
}

/// A top-up of 0.72 at 10:00 of day 2 meets the bill of 10:00 for day 1: −0.72 + 0.72 − 0.72. The old clock goes on and the service
/// stops at that very instant.
#[test]
fn a_top_up_at_ten_is_eaten_by_the_bill_of_ten() {
    let rest = format!(
        "{AUDIO}\nadd_ons = {{ rec_audio = 1 }}\n[[segments.ledger]]\nat = 2026-01-03T10:00:00\nkind = \"top_up\"\namount = 0.72\n"
    );
    let lines = tell(&constant(86_400), &rest, &["segments.s.opening_balance=0"]);
    assert_eq!((kind(&lines, "arrears_cleared").len(), seconds(&lines, "suspended")), (0, vec![2 * DAY + 10 * HOUR]));
}

/// 6 000 seconds a day and a trial of fifty minutes. By 11:45 floor(6 000 × 141/288) = 2 937 s are 49 begun minutes, by 11:50 2 958 s are 50:
/// the trial ends, and who waits six hours before it switches on does so at 17:50. Who still has a trial has no reason to.
#[test]
fn who_is_suspended_without_allowances_switches_on_after_a_delay() {
    let switcher = format!("{AUDIO}\nswitcher = {{ median = \"6h\", cv = 0 }}");
    let of = |trial: &str| {
        let lines = tell(&constant(6_000), &switcher, &[trial]);
        (seconds(&lines, "suspended"), seconds(&lines, "pay_as_you_go"), seconds(&lines, "resumed"))
    };
    let ends = 12 * HOUR - 2 * FIVE_MINUTES;
    assert_eq!(of("books.trtc.trial.units=50"), (vec![ends], vec![ends + 6 * HOUR], vec![ends + 6 * HOUR]));
    assert_eq!(of("books.trtc.trial.units=1000000"), (vec![], vec![], vec![]));
}

/// Refused: before the opening, in arrears, and without the money; allowed in arrears it deepens the debt.
#[test]
fn purchases_that_are_refused() {
    let rest = format!(
        "activation_after = \"1d\"\n{AUDIO}\n{}{}",
        buy("2026-01-01T01:00:00", 25_000),
        buy("2026-01-03", 25_000)
    );
    let lines = tell(&constant(0), &rest, &["segments.s.opening_balance=23"]);
    assert_eq!(
        kind(&lines, "purchase_refused"),
        ["purchase_refused trtc units=25000 reason=not_open", "purchase_refused trtc units=25000 reason=funds"]
    );
    let rest = format!("{AUDIO}\nadd_ons = {{ rec_audio = 1 }}\n{}", buy("2026-01-02T12:00:00", 25_000));
    let lines = tell(&constant(86_400), &rest, &["segments.s.opening_balance=0"]);
    assert_eq!(kind(&lines, "purchase_refused"), ["purchase_refused trtc units=25000 reason=arrears"]);
    let lines =
        tell(&constant(86_400), &rest, &["segments.s.opening_balance=0", "account.purchase_in_arrears=allowed"]);
    // −0.72 − 24
    assert!(kind(&lines, "purchased")[0].ends_with("balance=-24.72000000"), "{:?}", kind(&lines, "purchased"));
    // A package in effect puts the suspension off, if the policy says so.
    let protected = [
        "segments.s.opening_balance=0",
        "account.purchase_in_arrears=allowed",
        "account.packages_protect=until_last_ends",
    ];
    assert_eq!(seconds(&lines, "suspended"), [2 * DAY + 10 * HOUR]);
    // Trial and package last 35 000 minutes: to day 24, 07:20.
    assert_eq!(seconds(&tell(&constant(86_400), &rest, &protected), "suspended"), [24 * DAY + 440 * 60]);
}

/// In arrears the first application is refused, and tried again every day (or after `tries_again_after`); an activation waits.
#[test]
fn a_first_application_in_arrears() {
    let rest = format!(
        "activation_after = \"1h\"\n{AUDIO}\n[[segments.ledger]]\nat = 2026-01-03T12:00:00\nkind = \"top_up\"\namount = 5\n"
    );
    let debt = "segments.s.opening_balance=-1";
    let opened = |set: &[&str]| seconds(&tell(&constant(0), &rest, &[&[debt], set].concat()), "activated");
    assert_eq!(opened(&[]), [3 * DAY + HOUR]);
    assert_eq!(opened(&["segments.s.products.trtc.tries_again_after=12h"]), [2 * DAY + 13 * HOUR]);
    assert_eq!(opened(&["books.trtc.opens=activation"]), [2 * DAY + 12 * HOUR]);
}

/// A 25 000 package with 24 996 units used leaves 4; fractional cover gives 4 of the next FHD minute's 15, and 11/15 of 0.01499 are billed:
/// 0.01099266…, half-up 0.01099267. Whole cover bills it all: 0.01499.
#[test]
fn fractional_cover_bills_the_rest_of_a_minute() {
    let mix = "mix = { audio = 0.5, fhd = 0.5 }";
    let rest = format!("{mix}\n{ON}\n{}", buy("2026-01-01T00:00:00", 29));
    // 60 s each: one audio minute (1 unit) and two FHD minutes (15 + 13 of 15).
    let demand = listed(&[0, 2 * 120]);
    let lines = tell(&demand, &rest, &[NO_TRIAL, "books.trtc.packages.cover=fractional"]);
    // Audio: 2 minutes, 2 units; FHD: 27 left: one whole (15), 12 of the second: 3/15 × 0.01499 = 0.002998.
    assert_eq!(day(&lines, "fhd", 1, "amount"), "0.00299800");
    let lines = tell(&demand, &rest, &[NO_TRIAL]);
    assert_eq!(day(&lines, "fhd", 1, "amount"), "0.01499000");
}

/// Four FHD minutes at 15 units, four hours apart, from packages of 16, 5 and 30: the first gives a minute and 1 of the second, the others
/// 5 and 9 of that one's rest; the third minute takes 15 of the 21 that are left, the fourth the last 6, and 9/15 × 0.01499 = 0.008994 are billed.
#[test]
fn a_minute_that_was_begun_is_ended_by_the_next_packages() {
    let bought = [16, 5, 30].map(|units| buy("2026-01-01", units)).concat();
    let rest = format!("mix = {{ fhd = 1 }}\n{ON}\n{bought}");
    let lines = tell(&listed(&[0, 240]), &rest, &[NO_TRIAL, "books.trtc.packages.cover=fractional"]);
    let given = [
        "number=1 meter=fhd units=1 given=16",
        "number=2 meter=fhd units=0 given=5",
        "number=3 meter=fhd units=2 given=30",
    ];
    assert_eq!(kind(&lines, "covered"), given.map(|rest| format!("covered trtc day=1 {rest}")));
    assert_eq!((day(&lines, "fhd", 1, "package"), day(&lines, "fhd", 1, "billable")), ("3", "1"));
    assert_eq!(day(&lines, "fhd", 1, "amount"), "0.00899400");
}

/// Dearest first: of 15 units one FHD minute is covered and fifteen audio minutes are billed (0.01485); as listed the audio is covered
/// and FHD is billed (0.01499).
#[test]
fn the_order_within_a_slot_is_a_decision() {
    // One slot has it all: a profile of one slot.
    let weights: Vec<&str> = (0..288).map(|slot| if slot == 0 { "1" } else { "0" }).collect();
    let profile = format!("profiles.first.weights=[{}]", weights.join(","));
    let rest =
        format!("profile = \"first\"\nmix = {{ audio = 0.9375, fhd = 0.0625 }}\n{ON}\n{}", buy("2026-01-01", 15));
    let of = |set: &[&str]| {
        let lines = tell(&listed(&[0, 960]), &rest, &[&[NO_TRIAL, &profile], set].concat());
        (day(&lines, "audio", 1, "amount").to_owned(), day(&lines, "fhd", 1, "amount").to_owned())
    };
    assert_eq!(of(&[]), ("0.00000000".to_owned(), "0.01499000".to_owned()));
    assert_eq!(of(&["books.trtc.draw_order=dearest_first"]), ("0.01485000".to_owned(), "0.00000000".to_owned()));
}

/// Slots of a second: the trial of 697 minutes and 697 seconds' worth ends to the second, and only one minute is written off.
#[test]
fn slots_of_a_second() {
    let lines = tell(&listed(&[86_400]), AUDIO, &["books.trtc.trial.units=697", "books.trtc.slot=1s"]);
    // Minute 697 is taken at second 41 761 − 1 + 1: at 11:36:01, and with it the trial is used up.
    assert_eq!(seconds(&lines, "suspended"), [11 * HOUR + 36 * 60 + 1]);
    assert_eq!(day(&lines, "audio", 0, "written_off"), "0");
}

/// Any package that ends switches on, although another is in effect; a package counted from its effect; a length in place of months.
#[test]
fn further_decisions() {
    let rest = format!("{AUDIO}\n{}{}", buy("2026-01-01", 1_000), buy("2026-01-01", 25_000));
    let on = |set: &[&str]| seconds(&tell(&constant(86_400), &rest, &[&[NO_TRIAL], set].concat()), "pay_as_you_go");
    // In effect at 00:05:00 they cover the slot that ends then, a minute a minute: 1 000 minutes are used at 16:40.
    assert_eq!(on(&["books.trtc.automatic=any_ended"]), [16 * HOUR + 40 * 60]);
    // The last of both ends after 26 000 minutes: on day 18 after 80 more, 01:20.
    assert_eq!(on(&[]), [18 * DAY + HOUR + 20 * 60]);
    let ends = |set: &[&str]| kind(&tell(&constant(0), &rest, set), "package_effective")[0].to_owned();
    assert_eq!(ends(&["books.trtc.packages.valid=10d"]), format!("package_effective trtc number=1 ends={}", 10 * DAY));
    let from_effect = ["books.trtc.packages.valid=10d", "books.trtc.packages.valid_from=effect"];
    assert_eq!(ends(&from_effect), format!("package_effective trtc number=1 ends={}", 10 * DAY + FIVE_MINUTES));
    let later = ["books.trtc.packages.effect_after=1h"];
    assert_eq!(seconds(&tell(&constant(0), &rest, &later), "package_effective")[0], HOUR);
}

/// Whatever is told slot by slot and whatever is told in one piece is the same: minutes granted are used, expired, wiped or left.
#[test]
fn granted_is_used_ended_or_left() {
    let text = "start = 2026-01-01\ndays = 120\n[books.trtc]\nfile = \"books/trtc.toml\"\n[[segments]]\nid = \"s\"\naccounts = 40\n\
                payer = { kind = \"auto_recharge\", below = 0, amount = 20 }\n[segments.products.trtc]\n\
                mix = { audio = 0.2, sd = 0.3, hd = 0.4, fhd = 0.1 }\nadd_ons = { rec_hd = 0.5 }\nbuyer = { share = 0.7, covers = \"20d\" }\n\
                switcher = { share = 0.5 }\n[segments.products.trtc.demand]\nkind = \"random\"\n\
                size = { kind = \"lognormal\", median = 30_000, cv = 1 }\nsession = { mean = 900 }\n";
    let plan = support::plan_with(text, &["books.trtc.packages.valid=30d", "books.trtc.trial.valid=20d"]);
    let (mut ended, mut covered) = (0, 0);
    for index in 0..40 {
        let (story, account) = support::story(&plan, 0, index);
        let (mut granted, mut used, mut lost) = (0, 0, 0);
        for (_, event) in &story.0 {
            match *event {
                billsim::rules::Event::AllowanceGranted { units, .. }
                | billsim::rules::Event::Purchased { units, .. } => granted += units,
                billsim::rules::Event::Covered { given, .. } => used += given,
                billsim::rules::Event::AllowanceEnded { left, .. } => lost += left,
                _ => {}
            }
        }
        assert_eq!(granted, used + lost + account.services()[0].allowance_left(), "account {index}");
        (ended, covered) = (ended + lost, covered + used);
        // The same story when every slot is looked at.
        let mut slowly = Slowly::default();
        let (world, terms) = (billsim::world::World::new(&plan, 0), billsim::rules::Terms::new(&plan));
        billsim::engine::Player::new(&world, &terms).play(0, index, &mut slowly).expect("amounts fit");
        assert_eq!(slowly.0, story.0, "account {index}");
    }
    assert!(ended > 0 && covered > 0, "{ended} {covered}");
}

/// Asks for every slot, and keeps all but the draws.
#[derive(Default)]
struct Slowly(Vec<(i64, billsim::rules::Event)>);

impl billsim::rules::Log for Slowly {
    fn wants_draws(&self) -> bool {
        true
    }

    fn record(&mut self, at: i64, event: billsim::rules::Event) {
        if !matches!(event, billsim::rules::Event::Drawn { .. }) {
            self.0.push((at, event));
        }
    }
}

/// A trial of 10 minutes at a minute a slot ends at 00:50; 278 minutes are refused. They come again at 12:05 of the next day, which has no
/// demand of its own, when a package of 100 minutes takes effect: it is used up at the end of that slot and not at the end of the day.
#[test]
fn what_comes_again_on_a_day_without_demand_uses_a_package_up_at_the_end_of_its_slot() {
    let rest = format!("{AUDIO}\n{}", buy("2026-01-02T12:00:00", 100));
    let set = ["books.trtc.trial.units=10", "account.while_suspended=retried"];
    let lines = tell(&listed(&[17_280, 0, 0]), &rest, &set);
    assert_eq!(seconds(&lines, "suspended"), [10 * FIVE_MINUTES]);
    assert_eq!(seconds(&lines, "resumed"), [DAY + 12 * HOUR + FIVE_MINUTES]);
    assert_eq!(day(&lines, "audio", 1, "retried"), "16680");
    assert_eq!(seconds(&lines, "pay_as_you_go"), [DAY + 12 * HOUR + 2 * FIVE_MINUTES]);
    assert_eq!((day(&lines, "audio", 1, "package"), day(&lines, "audio", 1, "billable")), ("100", "178"));
}
