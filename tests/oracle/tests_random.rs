//! The invariance of splitting, on random scenarios with slots, and the sums that always hold.

use proptest::prelude::*;

use super::*;

/// A choice among texts.
fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(texts)
}

/// Further keys of a book with the basic meters a, b, c and the add-on x of a.
fn book() -> impl Strategy<Value = String> {
    let keys = (
        one_of(&["", "opens = \"application\"\n"]),
        one_of(&["", "draw_order = \"dearest_first\"\n"]),
        one_of(&["", "pay_as_you_go = \"switch\"\n", "pay_as_you_go = \"switch\"\nautomatic = \"any_ended\"\n"]),
        one_of(&["", "requires_integration = true\n"]),
        one_of(&["grace = \"24h\"\n", "grace = \"0s\"\n"]),
        one_of(&["", "wipe_after = \"30h\"\n"]),
        one_of(&["", "bill_at = { from = \"10:03:20\" }\n", "bill_every = \"month\"\n"]),
        one_of(&[
            "",
            "trial = { units = 0 }\n",
            "trial = { units = 90, valid = \"30h\" }\n",
            "trial = { units = 200, ratio = { a = 1, b = 3, c = 4 } }\n",
        ]),
        one_of(&[
            "",
            "free = [{ id = \"f\", meter = \"b\", units = 9, each = \"day\" }, { id = \"g\", meters = [\"a\", \"b\"], units = 30, each = \"month\" }]\n",
            "free = [{ id = \"g\", meters = [\"c\", \"a\"], units = 5, each = \"day\" }, { id = \"h\", meters = [\"c\"], units = 40, expires_after = \"1d 100s\" }]\n",
        ]),
        one_of(&[
            "cover = \"whole\"",
            "cover = \"fractional\"",
            "cover = \"fractional\"\nvalid = \"20h\"\nvalid_from = \"effect\"",
            "valid = \"90000s\"\neffect_after = \"7h\"",
        ]),
    );
    keys.prop_map(|(a, b, c, d, e, f, g, h, i, packages)| {
        format!(
            "{a}{b}{c}{d}{e}{f}{g}{h}{i}[books.p.packages]\n{packages}\nratio = {{ a = 1, b = 2, c = 4 }}\n\
             bands = [{{ below = \"unlimited\", price = 0.01 }}]\n"
        )
    })
}

fn account() -> impl Strategy<Value = String> {
    let keys = (
        one_of(&["", "settlement = \"fifo\"\n"]),
        one_of(&["", "while_suspended = \"retried\"\n", "while_suspended = \"unprotected\"\n"]),
        one_of(&["", "packages_protect = \"until_last_ends\"\n"]),
        one_of(&["", "purchase_in_arrears = \"allowed\"\nactivation_in_arrears = \"allowed\"\n"]),
        one_of(&["", "resume_delay = \"3333s\"\n"]),
        one_of(&["", "debt_cap = 0.5\n"]),
        one_of(&["", "rounding = \"carry\"\n"]),
        one_of(&["", "balance = \"product\"\n"]),
    );
    keys.prop_map(|(a, b, c, d, e, f, g, h)| format!("{a}{b}{c}{d}{e}{f}{g}{h}"))
}

const DAYS: i64 = 3;

/// Beside "p": "q" is metered as it comes, "r" in slots because of the list of its one quota.
const OTHERS: &str = r#"
[books.q]
counted = "passed"
pass_share = 0.93
rate_limit = { calls = 1, each = "slot" }
free = [
  { id = "d", meter = "m", units = 40, each = "day", counter = "inside" },
  { id = "o", meter = "m", units = 60, expires_after = "31h", counter = "inside" },
]
[[books.q.meters]]
id = "m"
raw_per_unit = 7
rounding = "month"
counter = "month"
pricing = "graduated"
tiers = [{ up_to = 100, price = 0.01, fee = 0.1, block = 9 }, { up_to = "unlimited", price = 0.002 }]
minimum = 0.5
maximum = 3
fee_at_zero = true
changes = [{ from = 2026-01-31, existing = "keep", tiers = [{ up_to = "unlimited", price = 0.03 }] }]
[books.r]
rate_limit = { calls = 1 }
free = [{ id = "s", meters = ["m"], units = 50, each = "day" }]
[[books.r.meters]]
id = "m"
raw_per_unit = 11
pricing = "volume"
tiers = [{ up_to = 300, price = 0.003 }, { up_to = "unlimited", price = 0.001 }]
"#;

fn facts() -> impl Strategy<Value = Facts> {
    // Often at the end of a slot, where the order of the phases counts.
    let instant = prop_oneof![0..DAYS * DAY, (0..DAYS * 288).prop_map(|slot| slot * 300)];
    let units = prop_oneof![0..60u64, 0..6_000u64, 0..40_000u64];
    let demand = proptest::collection::vec(proptest::collection::vec(units, DAYS as usize), 6);
    let piece = (0..6usize, 0..DAYS, 0..80_000i64, 1..6_400i64, 0..2_000u64);
    let pieces = proptest::collection::vec(piece, 0..4);
    let payments = proptest::collection::vec((instant.clone(), one_of(&["p", "q", "r"]), 1..300i64), 0..7);
    let decision = (instant.clone(), proptest::option::weighted(0.8, 1..150u64));
    let decisions = proptest::collection::vec(decision, 0..6);
    let rest = (proptest::option::weighted(0.2, instant.clone()), any::<bool>());
    (demand, pieces, payments, decisions, rest).prop_map(|(demand, pieces, payments, decisions, (leaves, chosen))| {
        let mut facts = Facts { leaves, ..Facts::default() };
        let keys = [("p", "a"), ("p", "b"), ("p", "c"), ("p", "x"), ("q", "m"), ("r", "m")];
        let key = |meter: usize| (keys[meter].0.to_string(), keys[meter].1.to_string());
        for (meter, days) in demand.into_iter().enumerate() {
            facts.demand.insert(key(meter), days);
        }
        for (meter, day, from, lasts, units) in pieces {
            facts.pieces.entry(key(meter)).or_default().push((day, from, from + lasts, units));
        }
        for (at, product, cents) in payments {
            facts.payments.push((at, Some(product.to_string()), Decimal::new(cents, 2)));
        }
        facts.payments.sort();
        for (at, units) in decisions {
            facts.decisions.push((at, "p".to_string(), units));
        }
        facts.decisions.sort_by_key(|decision| decision.0);
        if chosen {
            facts.do_not_suspend.insert("p".to_string());
        }
        facts
    })
}

fn world(book: &str, account: &str, slot: &str, traffic: &str, opening: i64) -> String {
    let mut meters = String::new();
    for (id, price, base) in
        [("a", "0.001", ""), ("b", "0.004", ""), ("c", "0.003", ""), ("x", "0.002", "add_on_of = \"a\"\n")]
    {
        meters +=
            &format!("[[books.p.meters]]\nid = {id:?}\nraw_per_unit = 60\npricing = \"flat\"\nprice = {price}\n{base}");
    }
    let weights: Vec<u64> = (0..288).map(|slot| slot % 9).collect();
    format!(
        "start = 2026-01-30\ndays = {DAYS}\n{OTHERS}[books.p]\nslot = {slot:?}\n{book}{meters}[profiles.waves]\nweights = {weights:?}\n\
         [account]\n{account}[[segments]]\nid = \"s\"\nopening_balance = {}\nsuspended_traffic = {traffic:?}\n\
         products.p = {{ profile = \"waves\", activation_after = \"777s\", integration_after = \"5h\", tries_again_after = \"2h\" }}\n\
         products.q = {{ profile = \"waves\", opening_balance = 0.2 }}\nproducts.r = {{ opening_balance = 0.1, activation_after = \"9h\" }}\n",
        Decimal::new(opening, 2)
    )
}

fn number(line: &str, name: &str) -> i64 {
    let start = line.find(&format!(" {name}=")).expect("it has the field") + name.len() + 2;
    line[start..].split(' ').next().expect("a split has a first part").parse().expect("a number")
}

/// RULES §6, §7: what always adds up.
fn check_sums(lines: &[String]) {
    let (mut covered, mut packages) = (0, 0);
    for line in lines {
        if line.contains(" covered ") {
            covered += number(line, "units");
        }
        if line.contains(" day_closed ") {
            let of = |name| number(line, name);
            assert_eq!(of("potential"), of("unintegrated") + of("withheld") + of("offered"), "{line}");
            assert_eq!(of("offered") + of("retried"), of("refused") + of("served"), "{line}");
            assert_eq!(of("counted"), of("free") + of("package") + of("written_off") + of("billable"), "{line}");
            packages += of("package");
        }
    }
    assert_eq!(covered, packages);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every end of a slot an instant, and others besides.
    #[test]
    fn splitting_slots_changes_nothing(
        book in book(), account in account(), facts in facts(), opening in -50..400i64,
        traffic in one_of(&["goes_on", "stops"]),
        further in proptest::collection::btree_set(0..DAYS * DAY, 0..300),
    ) {
        let text = world(&book, &account, "5m", traffic, opening);
        let lines = play(&text, "s", &facts);
        let mut instants: BTreeSet<i64> = (0..DAYS * DAY / 300).map(|slot| slot * 300).collect();
        instants.extend(further);
        prop_assert_eq!(&lines, &play_with(&text, "s", &facts, &instants), "{}", text);
        check_sums(&lines);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn splitting_slots_of_a_second_changes_nothing(
        book in book(), account in account(), facts in facts(), opening in -50..400i64,
        traffic in one_of(&["goes_on", "stops"]),
    ) {
        let text = world(&book, &account, "1s", traffic, opening);
        let lines = play(&text, "s", &facts);
        let instants: BTreeSet<i64> = (0..DAYS * DAY).collect();
        prop_assert_eq!(&lines, &play_with(&text, "s", &facts, &instants), "{}", text);
        check_sums(&lines);
    }
}
