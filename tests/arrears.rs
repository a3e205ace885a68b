//! Arrears, suspension and resumption to the second, each number worked out by hand (RULES §1, §2, §4).
//!
//! The shop uses 200 a day at 0.70, opens with 2.00 and has no free units: after the bills of days 0 and 1 it has 0.60,
//! the third deduction, on day 3 at 08:00:00, takes it to −0.10. 168 h later is day 10 at 08:00:00.

mod support;
#[path = "support/told.rs"]
mod told;

use told::{NO_TRIAL, SHOP, Told, constant, ledger, listed, top_up};

const NONE: [&str; 0] = [];

#[test]
fn an_account_that_never_pays_is_suspended_exactly_168_hours_after_the_deduction_it_cannot_cover() {
    let told = Told::shop(&[]);
    assert_eq!(told.when("arrears_started"), ["3 08:00:00"]);
    assert_eq!(told.carried_by("arrears_started"), ["0.10"]); // 3 × 0.70 − 2.00
    assert_eq!(told.when("suspended"), ["10 08:00:00"]);
    assert_eq!(told.when("resumed"), NONE);
    assert_eq!(told.usage(9).served, 200);
    // Before 08:00:00 of day 10: floor(200 × 8/24) = 66; 66 × 0.005 = 0.33.
    assert_eq!((told.usage(10).served, told.usage(10).refused, told.amount(10)), (66, 134, "0.33".to_owned()));
    for day in 11..30 {
        assert_eq!((told.usage(day).offered, told.usage(day).refused, told.usage(day).served), (200, 200, 0));
    }
    // The hours before the suspension are billed on the next morning; after that a zero bill is not issued.
    assert_eq!(told.when("bill_issued").len(), 11);
    assert_eq!(told.when("bill_issued").last().map(String::as_str), Some("11 08:00:00"));
    assert_eq!(told.bills()[10], (10, "0.33".into(), "0.33".into(), "0.00".into()));
    assert_eq!(told.balance(), "-5.33"); // 2.00 − 10 × 0.70 − 0.33
}

/// One call a second: each second that is served can be counted.
#[test]
fn at_167_59_59_the_service_runs_and_from_168_00_00_no_second_is_metered() {
    // Balance 0, so the bill of day 0 starts arrears at day 1, 08:00:00, and the grace ends at day 8, 08:00:00.
    let set = [constant(86_400), "segments.s.opening_balance=0".to_owned()];
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let told = Told::shop(&set);
    assert_eq!(told.when("suspended"), ["8 08:00:00"]);
    // Seconds 00:00:00 to 07:59:59 of day 8 are 8 × 3 600.
    assert_eq!((told.usage(8).served, told.usage(8).refused), (28_800, 57_600));
    // A grace one second shorter costs exactly the second 07:59:59.
    let shorter = Told::shop(&[&set[..], &["books.captcha.grace=604799s"]].concat());
    assert_eq!(shorter.when("suspended"), ["8 07:59:59"]);
    assert_eq!(shorter.usage(8).served, 28_799);
    let longer = Told::shop(&[&set[..], &["books.captcha.grace=604801s"]].concat());
    assert_eq!(longer.usage(8).served, 28_801);
}

#[test]
fn the_day_of_the_suspension_serves_what_the_profile_brings_before_it() {
    // Office hours: weights before 08:00 are 2+1+1+1+1+2+4+10 = 22 of 550 together, so 200 × 22/550 = 8.
    let office = Told::shop(&["segments.s.products.captcha.profile=office"]);
    assert_eq!((office.usage(10).served, office.amount(10)), (8, "0.04".into())); // 8 × 0.005
    // Bills at 08:07:13, inside a slot: 200 × 29 233 / 86 400 = 67.67.
    let odd = Told::shop(&["books.captcha.bill_at={ from = \"08:07:13\" }"]);
    assert_eq!(odd.when("suspended"), ["10 08:07:13"]);
    assert_eq!((odd.usage(10).served, odd.usage(10).refused), (67, 133));
    // The binary-float trap of the rules: 216 × 13/24 is 117, not 116.
    let trap = Told::shop(&[&constant(216), "books.captcha.bill_at={ from = \"13:00:00\" }"]);
    // A day costs 0.50 + 116 × 0.002 = 0.732, deducted 0.73: 2.00 is gone at the third bill, day 3.
    assert_eq!(trap.when("suspended"), ["10 13:00:00"]);
    assert_eq!(trap.usage(10).served, 117);
}

#[test]
fn resumes_at_the_second_of_the_top_up_that_covers_everything() {
    // Owed since day 11: 5.33. One cent less does nothing.
    let told = Told::shop(&[&ledger(&[("15 10:00:00", "top_up", "5.32"), ("19 14:30:00", "top_up", "0.01")])]);
    assert_eq!(told.when("arrears_cleared"), ["19 14:30:00"]);
    assert_eq!(told.when("resumed"), ["19 14:30:00"]);
    // Before second 52 200 of day 19: floor(200 × 52 200 / 86 400) = floor(120.83) = 120 refused.
    assert_eq!((told.usage(19).refused, told.usage(19).served), (120, 80));
    assert_eq!(told.amount(19), "0.40"); // 80 × 0.005
    assert_eq!(told.usage(20).served, 200);
    // Balance was 0.00, so the 0.40 of day 19 starts new arrears on day 20, with a clock of their own.
    assert_eq!(told.when("arrears_started"), ["3 08:00:00", "20 08:00:00"]);
    assert_eq!(told.when("suspended"), ["10 08:00:00", "27 08:00:00"]);
}

/// The deadline, day 10 at 08:00:00, is also the instant of the bill of day 9. Owed before it: 0.10 + 6 × 0.70 = 4.30.
#[test]
fn a_top_up_at_the_deadline_saves_the_service_only_if_it_covers_the_bill_of_that_instant() {
    for amount in ["4.30", "4.99"] {
        let eaten = Told::shop(&[&top_up("10 08:00:00", amount)]);
        assert_eq!(eaten.when("suspended")[0], "10 08:00:00", "{amount}");
        assert_eq!(eaten.when("arrears_cleared"), NONE, "judged once, after all money of the instant");
        assert_eq!(eaten.when("arrears_started").len(), 1);
    }
    let saved = Told::shop(&[&top_up("10 08:00:00", "5.00")]); // 4.30 + 0.70
    assert_eq!(saved.at("10 08:00:00"), ["top_up", "bill_issued", "deducted", "arrears_cleared"]);
    assert_eq!(saved.usage(10).served, 200);
    // At exactly 0.00 it is not in arrears; the next bill starts a new clock of 168 h.
    assert_eq!(saved.when("arrears_started"), ["3 08:00:00", "11 08:00:00"]);
    assert_eq!(saved.when("suspended"), ["18 08:00:00"]);
}

#[test]
fn a_second_before_the_deadline_clears_and_a_second_after_it_resumes() {
    let before = Told::shop(&[&top_up("10 07:59:59", "4.30")]);
    assert_eq!(before.when("arrears_cleared"), ["10 07:59:59"]);
    // Cleared and overdue again one second later: a new clock.
    assert_eq!(before.when("arrears_started"), ["3 08:00:00", "10 08:00:00"]);
    assert_eq!(before.when("suspended"), ["17 08:00:00"]);
    let after = Told::shop(&[&top_up("10 08:00:01", "5.00")]);
    assert_eq!(after.when("suspended")[0], "10 08:00:00");
    assert_eq!(after.when("resumed"), ["10 08:00:01"]);
    // floor(200 × 28 801 / 86 400) = 66 as well: no call falls into the one second that was suspended.
    assert_eq!((after.usage(10).refused, after.usage(10).served), (0, 200));
}

#[test]
fn a_partial_top_up_neither_clears_nor_resets_the_clock() {
    // Owed at noon of day 7: 0.10 + 4 × 0.70 = 2.90.
    let told = Told::shop(&[&top_up("7 12:00:00", "2.89")]);
    assert_eq!(told.when("arrears_cleared"), NONE);
    assert_eq!(told.when("clock_set"), NONE);
    assert_eq!(told.when("suspended"), ["10 08:00:00"]);
    let whole = Told::shop(&[&top_up("7 12:00:00", "2.90")]);
    assert_eq!(whole.when("arrears_cleared"), ["7 12:00:00"]);
    assert_eq!(whole.when("suspended"), ["15 08:00:00"]); // new arrears with the bill of day 8, 08:00:00
}

#[test]
fn an_opening_debt_starts_the_clock_at_the_first_instant() {
    // Allowed to activate in arrears, it runs for 7 × 24 h from second 0.
    let debt = "segments.s.opening_balance=-1";
    let told = Told::shop(&[debt, "account.activation_in_arrears=allowed"]);
    assert_eq!(told.when("arrears_started"), ["0 00:00:00"]);
    assert_eq!(told.carried_by("arrears_started"), ["1.00"]);
    assert_eq!(told.when("suspended"), ["7 00:00:00"]);
    assert_eq!((told.usage(6).served, told.usage(7).served, told.usage(7).refused), (200, 0, 200));
    // By default the activation of second 0 is refused and waits, so there is nothing to suspend.
    let waits = Told::shop(&[debt]);
    assert_eq!(waits.at("0 00:00:00"), ["arrears_started", "activation_refused", "integrated"]);
    assert_eq!(waits.when("suspended"), NONE);
    assert_eq!((waits.total(|day| day.unintegrated), waits.total(|day| day.offered)), (30 * 200, 0));
}

#[test]
fn a_credit_line_is_a_limit_that_may_be_reached_but_not_crossed() {
    // 2.00 + 1.00: four bills leave −0.80, the fifth on day 5 makes −1.50 < −1.00.
    let told = Told::shop(&["segments.s.credit_line=1"]);
    assert_eq!(told.when("arrears_started"), ["5 08:00:00"]);
    assert_eq!(told.when("suspended"), ["12 08:00:00"]);
    // 1.40 + 0.70: the third bill takes balance + credit to exactly 0.00, the fourth below.
    let edge = Told::shop(&["segments.s.opening_balance=1.4", "segments.s.credit_line=0.7"]);
    assert_eq!(edge.when("arrears_started"), ["4 08:00:00"]);
    // Raising the line clears without any money: −0.10 − 2 × 0.70 = −1.50 on day 5.
    let raised = Told::shop(&[&ledger(&[("5 12:00:00", "credit_line", "1.5")])]);
    assert_eq!(raised.when("arrears_cleared"), ["5 12:00:00"]);
    assert_eq!(raised.when("arrears_started"), ["3 08:00:00", "6 08:00:00"]);
}

#[test]
fn without_grace_the_service_stops_at_the_deduction_itself() {
    let told = Told::shop(&["books.captcha.grace=0s"]);
    assert_eq!(told.at("3 08:00:00"), ["bill_issued", "deducted", "arrears_started", "suspended"]);
    assert_eq!((told.usage(3).served, told.usage(3).refused), (66, 134)); // floor(200 × 8/24)
}

/// Calls are answered once the product is activated and its integration is complete, unless it is suspended.
#[test]
fn a_service_is_live_when_it_answers() {
    let state = |set: &[&str]| {
        let told = Told::shop(&[&["days=20", "books.captcha.requires_integration=true"], set].concat());
        let service = &told.account.services()[0];
        (service.is_activated(), service.is_suspended(), service.is_live(), told.usage(19).served)
    };
    let rich = "segments.s.opening_balance=100";
    assert_eq!(state(&[rich]), (true, false, true, 200));
    assert_eq!(state(&[]), (true, true, false, 0));
    assert_eq!(state(&[rich, "segments.s.products.captcha.activation_after=30d"]), (false, false, false, 0));
    assert_eq!(state(&[rich, "segments.s.products.captcha.integration_after=30d"]), (true, false, false, 0));
}

/// Arrears from day 3 at 08:00:00; 36 h are two whole calendar days after day 3, so the service stops when day 6 begins.
#[test]
fn a_grace_in_calendar_days_ends_at_a_midnight() {
    let stops = |grace: &str| Told::shop(&["account.grace_end=calendar", grace]).when("suspended");
    assert_eq!(stops("books.captcha.grace=36h"), ["6 00:00:00"]);
    assert_eq!(stops("books.captcha.grace=48h"), ["6 00:00:00"]);
    assert_eq!(stops("books.captcha.grace=172801s"), ["7 00:00:00"]);
    assert_eq!(stops("books.captcha.grace=1s"), ["5 00:00:00"]);
    assert_eq!(stops("books.captcha.grace=0s"), ["3 08:00:00"]);
}

#[test]
fn a_partners_agreement_replaces_the_grace() {
    for (grace, suspended, served_on_day_3) in [
        ("immediate", vec!["3 08:00:00"], 66),
        ("5h", vec!["3 13:00:00"], 108), // floor(200 × 13/24)
        ("non_stop", vec![], 200),
        ("400h", vec!["20 00:00:00"], 200), // day 3, 08:00 + 16 days 16 h
    ] {
        let grace = format!("account.partners.friend.grace={grace}");
        let told = Told::shop(&[&grace, "segments.s.partner=friend"]);
        assert_eq!(told.when("suspended"), suspended, "{grace}");
        assert_eq!(told.usage(3).served, served_on_day_3, "{grace}");
    }
}

#[test]
fn an_activation_is_refused_in_arrears_and_happens_by_itself_when_they_clear() {
    let set = ["segments.s.opening_balance=-1", "segments.s.products.captcha.activation_after=1d"];
    let told = Told::of(SHOP, &[&set[..], &[&top_up("3 06:00:00", "1")]].concat());
    assert_eq!(told.when("activation_refused"), ["1 00:00:00"]);
    assert_eq!(told.when("activated"), ["3 06:00:00"]);
    assert_eq!(told.when("quota_granted"), ["3 06:00:00"]);
    assert_eq!((told.usage(2).unintegrated, told.usage(2).offered), (200, 0));
    // Until 06:00 floor(200 × 6/24) = 50; of the other 150 the quota covers 100 and 50 × 0.005 = 0.25.
    let day = told.usage(3);
    assert_eq!((day.unintegrated, day.served, day.free, day.billable), (50, 150, 100, 50));
    assert_eq!(told.amount(3), "0.25");
    // It was never activated in arrears, so nothing could be suspended; the days before it have no bill.
    assert_eq!(told.bills()[0].0, 3);
}

#[test]
fn new_arrears_while_suspended_have_a_clock_but_no_grace() {
    // Owed at the suspension: 5.00. Paid 12 h later, but a resume needs 24 h; the bill of day 10 (0.33) comes before.
    let money = ledger(&[("10 20:00:00", "top_up", "5.00"), ("13 00:00:00", "top_up", "0.33")]);
    let told = Told::shop(&["account.resume_delay=24h", &money]);
    assert_eq!(told.when("arrears_cleared")[..2], ["10 20:00:00", "13 00:00:00"]);
    assert_eq!(told.when("arrears_started")[..2], ["3 08:00:00", "11 08:00:00"]);
    assert_eq!(told.when("resumed"), ["14 00:00:00"]);
    // Between day 10 and day 14 it was suspended all the time, once.
    assert_eq!(told.when("suspended")[0], "10 08:00:00");
    assert_eq!((11..14).map(|day| told.usage(day).served).sum::<u64>(), 0);
    // Day 14 (0.70) is billed on day 15: −0.70, so the next suspension is on day 22.
    assert_eq!(told.when("suspended")[1..], ["22 08:00:00"]);
}

/// Paid on the day of the suspension, day 10, so that 0.33 are left; the bill of day 10 takes them on day 11. Where a resume needs more than
/// zero for 48 hours, a balance of exactly zero breaks them, and one of a cent does not.
#[test]
fn a_balance_of_exactly_zero_breaks_the_wait_for_more_than_zero() {
    for (paid, resumed) in [("5.33", vec![]), ("5.34", vec!["12 20:00:00"])] {
        let money = top_up("10 20:00:00", paid);
        let told = Told::shop(&["account.resume_delay=48h", "account.resume_at=above_zero", &money]);
        assert_eq!(told.when("arrears_cleared"), ["10 20:00:00"]);
        assert_eq!(told.when("resumed"), resumed, "{paid}");
    }
}

#[test]
fn debt_is_marked_as_bad_after_90_days_without_a_break_and_recovered_when_paid() {
    let quiet = [constant(0), "segments.s.opening_balance=-1".to_owned(), "days=100".to_owned()];
    let quiet: Vec<&str> = quiet.iter().map(String::as_str).collect();
    let told = Told::shop(&[&quiet[..], &[&top_up("95 12:00:00", "1")]].concat());
    assert_eq!(told.when("debt_marked"), ["90 00:00:00"]); // 90 × 24 h after second 0
    assert_eq!(told.carried_by("debt_marked"), ["1.00"]);
    assert_eq!(told.when("debt_recovered"), ["95 12:00:00"]);
    assert_eq!(told.carried_by("debt_recovered"), ["1.00"]);
    // Paid at the very instant, or broken one second before: never marked.
    for when in ["90 00:00:00", "89 23:59:59"] {
        let told = Told::shop(&[&quiet[..], &[&top_up(when, "1")]].concat());
        assert_eq!(told.when("debt_marked"), NONE, "{when}");
    }
    // A partial payment does not take the mark off, nor does it change what was marked.
    let partial = Told::shop(&[&quiet[..], &[&top_up("95 12:00:00", "0.99")]].concat());
    assert_eq!((partial.when("debt_marked").len(), partial.when("debt_recovered").len()), (1, 0));
}

#[test]
fn the_last_day_is_accrued_and_its_bill_is_not_yet_billed() {
    let told = Told::shop(&["days=3", "segments.s.opening_balance=50"]);
    assert_eq!(told.days().len(), 3);
    assert_eq!(told.when("bill_issued"), ["1 08:00:00", "2 08:00:00"]);
    assert_eq!((told.balance(), told.unbilled()), ("48.60".into(), "0.70".into())); // 50 − 2 × 0.70
    // A bill that is due at 24:00:00 of the last day is due after the end.
    let midnight =
        Told::shop(&["days=3", "segments.s.opening_balance=50", "books.captcha.bill_at={ from = \"00:00:00\" }"]);
    assert_eq!(midnight.when("bill_issued"), ["1 00:00:00", "2 00:00:00"]);
    assert_eq!(midnight.unbilled(), "0.70");
}

#[test]
fn a_bill_at_midnight_belongs_to_the_day_that_begins() {
    let set = ["books.captcha.bill_at={ from = \"00:00:00\" }", "segments.s.opening_balance=0"];
    let told = Told::shop(&set);
    assert_eq!(told.when("arrears_started"), ["1 00:00:00"]);
    assert_eq!(told.when("suspended"), ["8 00:00:00"]);
    // The close of day 7 comes first (phase 4), then its bill (7), then the suspension (10): day 7 whole, day 8 nothing.
    assert_eq!(told.at("8 00:00:00"), ["day_closed", "bill_issued", "deducted", "suspended"]);
    assert_eq!((told.usage(7).served, told.usage(8).served, told.usage(8).refused), (200, 0, 200));
    assert_eq!((told.bills().len(), told.balance()), (8, "-5.60".into())); // 8 × 0.70
}

#[test]
fn a_monthly_quota_knows_leap_days_and_month_ends() {
    let monthly =
        "books.captcha.free.trial={ id = \"trial\", meter = \"verification\", units = 500, each = \"month\" }";
    let play =
        |start: &str| Told::of(SHOP, &[monthly, &format!("start={start}"), "days=5", "segments.s.opening_balance=50"]);
    // 27, 28 and 29 February 2024: 200 + 200 + 100 free; 1 March is day 3.
    let leap = play("2024-02-27");
    assert_eq!(leap.when("quota_granted"), ["0 00:00:00", "3 00:00:00"]);
    assert_eq!((0..5).map(|day| leap.usage(day).free).collect::<Vec<_>>(), [200, 200, 100, 200, 200]);
    assert_eq!(leap.amount(2), "0.50"); // the other 100 × 0.005
    // 2026 has no 29th: 1 March is day 2, and what is left of February, 500 − 400, lapses.
    let common = play("2026-02-27");
    assert_eq!(common.when("quota_granted"), ["0 00:00:00", "2 00:00:00"]);
    assert_eq!(
        (common.when("quota_ended"), common.carried_by("quota_ended")),
        (vec!["2 00:00:00".into()], vec!["100".into()])
    );
    assert_eq!((0..5).map(|day| common.usage(day).free).collect::<Vec<_>>(), [200, 200, 200, 200, 100]);
    // 30 and 31 January, then February: the 31st is January's.
    assert_eq!(play("2026-01-30").when("quota_granted"), ["0 00:00:00", "2 00:00:00"]);
}

/// All calls come between 23:55:00 and 24:00:00, one a second.
#[test]
fn the_last_second_of_a_day_belongs_to_it() {
    let mut weights = vec!["0"; 288];
    weights[287] = "1";
    let late = format!("profiles.late.weights=[{}]", weights.join(","));
    let calls = listed(&[300, 300, 300]);
    let set = [late.as_str(), "segments.s.products.captcha.profile=late", &calls, "segments.s.opening_balance=0"];
    let play = |grace: &str| Told::shop(&[&set[..], &[&format!("books.captcha.grace={grace}")]].concat());
    // Arrears at day 1, 08:00:00; 15:59:59 later is 23:59:59: one call of 300 is refused.
    let short = play("57599s");
    assert_eq!((short.when("suspended"), short.usage(1).served), (vec!["1 23:59:59".into()], 299));
    let exact = play("16h");
    assert_eq!((exact.when("suspended"), exact.usage(1).served), (vec!["2 00:00:00".into()], 300));
    assert_eq!((exact.usage(2).served, exact.usage(2).refused), (0, 300));
    // Each day is priced from its own first unit: 0.50 + 200 × 0.002 = 0.90 twice, not 0.90 and 300 × 0.002.
    assert_eq!((exact.amount(0), exact.amount(1)), ("0.90".into(), "0.90".into()));
}

#[test]
fn free_units_postpone_the_arrears_by_what_they_are_worth() {
    // With 100 free on day 0 the bill is 100 × 0.005 = 0.50: 2.00 − 0.50 − 0.70 − 0.70 = 0.10, below zero on day 4.
    let told = Told::of(SHOP, &[]);
    assert_eq!(told.when("arrears_started"), ["4 08:00:00"]);
    assert_eq!(told.when("suspended"), ["11 08:00:00"]);
    let without = Told::of(SHOP, &[NO_TRIAL]);
    assert_eq!(without.when("suspended"), ["10 08:00:00"]);
}

/// One balance and one clock, but each product has its own grace.
#[test]
fn two_products_share_the_balance_and_the_clock_and_not_the_grace() {
    let relay = "books.relay={ grace = \"24h\", meters = [{ id = \"m\", pricing = \"flat\", price = 0.01 }] }";
    let used = "segments.s.products.relay.demand={ kind = \"constant\", units = 10 }";
    let plan = support::plan_with(SHOP, &[NO_TRIAL, relay, used]);
    let (story, account) = support::story(&plan, 0, 0);
    let lines = support::lines(&plan, &story, &account);
    let first = |what: &str| lines.iter().find(|line| line.contains(what)).map(String::as_str);
    // Each morning 0.70 and, after it in the order of the ids, 10 × 0.01 = 0.10: 2.00 − 2 × 0.80 = 0.40, and day 3 takes
    // it to −0.40. 288 000 is day 3, 08:00:00; + 86 400 and + 604 800.
    assert_eq!(first("arrears_started"), Some("288000 arrears_started clock=288000 debt=0.40000000"));
    assert_eq!(first("suspended relay"), Some("374400 suspended relay reason=arrears"));
    assert_eq!(first("suspended captcha"), Some("892800 suspended captcha reason=arrears"));
    let morning: Vec<&str> = lines.iter().filter(|l| l.starts_with("115200 deducted")).map(String::as_str).collect();
    assert_eq!(
        morning,
        [
            "115200 deducted captcha day=0 amount=0.70000000 balance=1.30000000",
            "115200 deducted relay day=0 amount=0.10000000 balance=1.20000000"
        ]
    );
}

#[test]
fn a_bill_takes_one_voucher_the_soonest_to_expire_of_those_that_cover_it() {
    let voucher = |amount: &str, end: &str| {
        let expires = if end.is_empty() { String::new() } else { format!(", expires = 2026-01-{end}T00:00:00") };
        format!("{{ at = 2026-01-01T00:00:00, kind = \"voucher\", amount = {amount}{expires} }}")
    };
    let held = [voucher("1", ""), voucher("0.5", "20"), voucher("0.7", "25")].join(", ");
    let told = Told::shop(&[&format!("segments.s.ledger=[{held}]"), "days=6"]);
    // Bills of 0.70. First: 1.00 (no end) and 0.70 (25 January) cover it, the latter ends sooner; the 0.50 that ends even
    // sooner does not cover it. Second: 1.00 covers it, 0.30 stay. Third: none covers it, 0.50 ends sooner. Then the rest.
    let paid: Vec<String> = told.bills().into_iter().map(|bill| bill.3).collect();
    assert_eq!(paid, ["0.70", "0.70", "0.50", "0.30", "0.00"]);
    assert_eq!(told.balance(), "0.70"); // 2.00 − 0.20 − 0.40 − 0.70
    // The end is the first instant at which it is no longer usable: 00:00:00 of the day of the first bill.
    let ended = Told::shop(&[&format!("segments.s.ledger=[{}]", voucher("0.7", "02"))]);
    assert_eq!((ended.when("voucher_expired"), ended.bills()[0].3.as_str()), (vec!["1 00:00:00".into()], "0.00"));
}

/// A payer that waits for the suspension notices new arrears of a service that has not yet resumed: the grace is an hour, the
/// resume takes two days, and the next bill comes before it.
#[test]
fn a_payer_that_waits_for_the_suspension_pays_again_while_it_still_lasts() {
    let told = Told::of(
        SHOP,
        &[
            NO_TRIAL,
            "segments.s.opening_balance=0",
            "books.captcha.grace=1h",
            "account.resume_delay=48h",
            "segments.s.payer={ kind = \"after_delay\", to = \"suspension\", median = \"30m\" }",
        ],
    );
    // Day 0 costs 0.70, billed on day 1 at 08:00; suspended at 09:00, paid at 09:30. What was served until 09:00 of day 1 is
    // billed on day 2 at 08:00, before the two days are over: new arrears, noticed at once, paid at 08:30.
    assert_eq!(told.when("suspended")[0], "1 09:00:00");
    assert_eq!(told.when("top_up")[..2], ["1 09:30:00", "2 08:30:00"]);
    assert_eq!(told.when("resumed")[0], "4 08:30:00");
}

/// Bills that wait count for an automatic recharge: the balance alone never falls below 0 here.
#[test]
fn an_automatic_recharge_sees_the_bills_that_wait() {
    let told = Told::of(
        SHOP,
        &[
            NO_TRIAL,
            "segments.s.opening_balance=1",
            "account.settlement=fifo",
            "segments.s.payer={ kind = \"auto_recharge\", below = 0, amount = 5, delay = \"1m\" }",
        ],
    );
    // 1.00 pays the first 0.70; the second waits at 08:00 of day 2, and a minute later 5.00 come.
    assert_eq!(told.when("top_up")[0], "2 08:01:00");
    assert!(told.when("suspended").is_empty());
}
