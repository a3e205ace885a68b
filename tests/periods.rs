//! Periods and prices of RULES §5 and §7, each number worked out by hand beside its test.

mod support;

/// A shop that sells `units` on each listed day, at the prices of `meter`, from 2026-01-01 for 40 days.
fn amounts(units: &[u64], meter: &str, set: &[&str]) -> Vec<String> {
    let text = format!(
        "start = 2026-01-01\ndays = 40\n[books.shop]\n[[books.shop.meters]]\nid = \"m\"\n{meter}\n[[segments]]\nid = \"s\"\n\
         accounts = 1\nopening_balance = 1_000\n[segments.products.shop]\ndemand = {{ kind = \"listed\", units = {units:?} }}\n"
    );
    fields(&tell(&text, set), "day_closed", "amount")
}

fn tell(text: &str, set: &[&str]) -> Vec<String> {
    let plan = support::plan_with(text, set);
    let (story, account) = support::story(&plan, 0, 0);
    support::lines(&plan, &story, &account)
}

/// A field of the lines of a kind; money without its last zeros.
fn fields(lines: &[String], kind: &str, field: &str) -> Vec<String> {
    let of_kind = lines.iter().filter(|line| line.split(' ').nth(1) == Some(kind));
    let of_kind =
        of_kind.filter_map(|line| line.split(' ').find_map(|part| part.strip_prefix(field)?.strip_prefix('=')));
    of_kind
        .map(|value| {
            if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { value }.to_owned()
        })
        .collect()
}

/// Volume: all 99 units cost 1 each, all 100 units cost 0.5 each; no unit between the tiers is free (Meteroid's 99.5).
#[test]
fn volume_prices_at_a_bound() {
    let volume = "pricing = \"volume\"\ntiers = [{ up_to = 99, price = 1 }, { up_to = \"unlimited\", price = 0.5 }]";
    assert_eq!(amounts(&[99, 100, 0], volume, &[])[..3], ["99", "50", "0"]);
    assert_eq!(amounts(&[99, 100, 0], &volume.replace("volume", "graduated"), &[])[..3], ["99", "99.5", "0"]);
    // A month's units have their price when it ends, also on a day without any: 60 + 60 at 0.5.
    let month = amounts(&[60, 60], &format!("{volume}\ncounter = \"month\""), &["books.shop.bill_every=month"]);
    assert_eq!((month[1].as_str(), month[30].as_str(), month[31].as_str()), ("0", "60", "0"));
}

/// Blocks of ten at 2: 25 units are three blocks. A fee of 3 is charged once on each day on which the tier is entered.
#[test]
fn blocks_and_fees() {
    let block = "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 2, block = 10 }]";
    assert_eq!(amounts(&[25, 10, 1], block, &[])[..3], ["6", "2", "2"]);
    let fee =
        "pricing = \"graduated\"\ntiers = [{ up_to = 10, price = 1 }, { up_to = \"unlimited\", price = 0, fee = 3 }]";
    assert_eq!(amounts(&[10, 11, 500], fee, &[])[..3], ["10", "13", "13"]);
}

/// A fee or a minimum without usage only where the book says so (lago 648).
#[test]
fn flat_fee_at_zero_usage() {
    let fee = "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 1, fee = 3 }]";
    assert_eq!(amounts(&[1, 0], fee, &[])[..2], ["4", "0"]);
    assert_eq!(amounts(&[1, 0], &format!("{fee}\nfee_at_zero = true"), &[])[..2], ["4", "3"]);
    let flat = "pricing = \"flat\"\nprice = 1\nminimum = 5\nmaximum = 20";
    assert_eq!(amounts(&[2, 7, 50, 0], flat, &[])[..4], ["5", "7", "20", "0"]);
    assert_eq!(amounts(&[2, 7, 50, 0], &format!("{flat}\nfee_at_zero = true"), &[])[..4], ["5", "7", "20", "5"]);
}

/// A month's counter: 60 + 60 units reach the second tier on the second day, 40 × 1 + 20 × 0.5; in February it starts again. A day's
/// counter never reaches it.
#[test]
fn a_month_counter_is_charged_by_its_rise() {
    let tiers = "pricing = \"graduated\"\ntiers = [{ up_to = 100, price = 1 }, { up_to = \"unlimited\", price = 0.5 }]";
    let mut units = vec![60, 60, 10];
    units.resize(31, 0);
    units.push(60);
    let month = amounts(&units, &format!("{tiers}\ncounter = \"month\""), &[]);
    assert_eq!((&month[..3], month[31].as_str()), (&["60", "50", "5"].map(String::from)[..], "60"));
    assert_eq!(amounts(&units, tiers, &[])[..3], ["60", "60", "10"]);
    // The minimum of a month falls on its last day: 115 of 120.
    let least = amounts(&units, &format!("{tiers}\ncounter = \"month\"\nminimum = 120"), &[]);
    assert_eq!(least[30], "5");
}

/// A month's units are rounded up together, ten calls each: on days 0 and 1 four and three calls are one unit, taken on the first. January
/// ends without any; February begins anew, so that its two are a unit too.
#[test]
fn a_month_that_ends_idle_is_rounded_by_itself() {
    let meter = "pricing = \"flat\"\nprice = 1\nraw_per_unit = 10\nrounding = \"month\"";
    let mut calls = vec![4, 3];
    calls.resize(31, 0);
    calls.push(2);
    let amounts = amounts(&calls, meter, &[]);
    assert_eq!((&amounts[..3], amounts[31].as_str()), (&["1", "0", "0"].map(String::from)[..], "1"));
}

/// Calls that are never metered are told, also on a day on which there are no others.
#[test]
fn a_day_of_calls_that_are_never_metered() {
    let told = |share: &str, field: &str| {
        let text = "start = 2026-01-01\ndays = 2\n[books.shop]\n[[books.shop.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 1\n\
                    [[segments]]\nid = \"s\"\naccounts = 1\nopening_balance = 100\n[segments.products.shop]\n\
                    demand = { kind = \"constant\", units = 10 }\n";
        fields(&tell(text, &[&format!("books.shop.unmetered_share={share}")]), "day_closed", field)
    };
    assert_eq!(told("0.4", "unmetered"), ["4", "4"]);
    assert_eq!(told("0.4", "amount"), ["6", "6"]);
    assert_eq!(told("1", "unmetered"), ["10", "10"]);
    assert_eq!(told("1", "amount"), ["0", "0"]);
}

/// Ten a day at 1 until 2 January, at 2 from the 3rd; accounts that keep their prices stay at 1. With a month's counter the change waits for
/// the first of February.
#[test]
fn price_changes() {
    let units = [10; 40];
    let change =
        |more: &str| format!("pricing = \"flat\"\nprice = 1\nchanges = [{{ from = 2026-01-03, price = 2{more} }}]");
    assert_eq!(amounts(&units, &change(""), &[])[..4], ["10", "10", "20", "20"]);
    assert_eq!(amounts(&units, &change(", existing = \"keep\""), &[])[..4], ["10", "10", "10", "10"]);
    let late = "segments.s.products.shop.activation_after=2d";
    assert_eq!(amounts(&units, &change(", existing = \"keep\""), &[late])[..4], ["0", "0", "20", "20"]);
    let month = amounts(&units, &format!("{}\ncounter = \"month\"", change("")), &[]);
    assert_eq!((month[30].as_str(), month[31].as_str()), ("10", "20"));
    let tiers = "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 1 }]\n\
                 changes = [{ from = 2026-01-03, tiers = [{ up_to = \"unlimited\", price = 3 }] }]";
    assert_eq!(amounts(&units, tiers, &[])[..4], ["10", "10", "30", "30"]);
}

/// A quarter off 1 is 0.75; a third off 0.00000001 is rounded up to 0.00000001.
#[test]
fn a_discount_applies_to_unit_prices() {
    let discount = ["segments.s.products.shop.discount=0.25"];
    assert_eq!(amounts(&[10], "pricing = \"flat\"\nprice = 1", &discount)[0], "7.5");
    let third = ["segments.s.products.shop.discount=0.33333333"];
    assert_eq!(amounts(&[10], "pricing = \"flat\"\nprice = 0.00000001", &third)[0], "0.0000001");
}

/// reCAPTCHA-like: nothing up to 10 000 a month, 8 for the second tier, 0.001 each above: 100 001 → 8.001, one bill on the first.
#[test]
fn recaptcha_like() {
    let of = |units: u64| {
        let text = format!(
            "start = 2026-01-01\ndays = 40\n[books.recaptcha]\nfile = \"books/recaptcha.toml\"\n[[segments]]\nid = \"s\"\naccounts = 1\n\
             [segments.products.recaptcha]\ndemand = {{ kind = \"listed\", units = [{units}] }}\n"
        );
        let lines = tell(&text, &[]);
        let issued = lines.iter().find(|line| line.contains(" bill_issued ")).cloned();
        issued.map(|line| {
            (line.split(' ').next().expect("a second").to_owned(), fields(&[line], "bill_issued", "amount"))
        })
    };
    let on_the_first = (31 * 86_400 + 8 * 3_600).to_string();
    assert_eq!(of(10_000), None);
    assert_eq!(of(10_001), Some((on_the_first.clone(), vec!["8".to_owned()])));
    assert_eq!(of(100_001), Some((on_the_first, vec!["8.001".to_owned()])));
}

/// Agora-like: 10 000 minutes a month free over all categories. 12 000 of audio: 2 000 × 0.00099 = 1.98; in February 10 000 are free again.
#[test]
fn agora_like() {
    let mut units = vec![720_000_u64];
    units.resize(31, 0);
    units.push(600_000);
    let text = format!(
        "start = 2026-01-01\ndays = 40\n[books.agora]\nfile = \"books/agora.toml\"\n[[segments]]\nid = \"s\"\naccounts = 1\n\
         [segments.products.agora]\nmix = {{ audio = 1 }}\ndemand = {{ kind = \"listed\", units = {units:?} }}\n"
    );
    let lines = tell(&text, &[]);
    assert_eq!(fields(&lines, "bill_issued", "amount"), ["1.98"]);
    let audio: Vec<String> = lines.iter().filter(|line| line.contains("meter=audio")).cloned().collect();
    let of = |field| fields(&audio, "day_closed", field);
    // 3 000 minutes of the 10 000 leave 7 000.
    let plan = support::plan_with(&text, &["days=5", "segments.s.products.agora.demand.units=[180_000]"]);
    assert_eq!(support::story(&plan, 0, 0).1.services()[0].quota_left(0), 7_000);
    assert_eq!(
        (of("free")[0].as_str(), of("billable")[0].as_str(), of("free")[31].as_str()),
        ("10000", "2000", "10000")
    );
}
