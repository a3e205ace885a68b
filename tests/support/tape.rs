//! Random scenarios from a tape of numbers: every switch of RULES is varied. A tape of zeros is the plainest one.
//! Books of several meters, with allowances and periods, are in `rich_books`.

#![allow(dead_code, reason = "each test binary uses its own part")]

#[path = "rich_books.rs"]
mod rich_books;

use std::fmt::Write;

use rich_books::RichBook;

/// Numbers that are read one after the other; past the end they are zero.
pub struct Tape<'a> {
    numbers: &'a [u32],
    at: usize,
    /// Whether this is the rare story of one who is refused for days, pays, and whose calls come again: all else is plain.
    comes_back: bool,
}

impl<'a> Tape<'a> {
    pub fn new(numbers: &'a [u32]) -> Tape<'a> {
        Tape { numbers, at: 0, comes_back: false }
    }

    /// A number below n.
    pub fn below(&mut self, n: u32) -> u32 {
        let number = self.numbers.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        number % n
    }

    /// One of the choices.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(u32::try_from(choices.len()).expect("few choices")) as usize]
    }

    /// Mostly the first choice, so that switches meet in many combinations with defaults.
    pub fn mostly<T: Copy>(&mut self, choices: &[T]) -> T {
        if self.below(5) < 2 && !self.comes_back { self.pick(choices) } else { choices[0] }
    }
}

/// A product of a scenario.
struct Product {
    id: &'static str,
    /// What the use needs to know of a book that is not plain.
    rich: Option<RichBook>,
}

/// A scenario of one segment `s` with one account and one or two plain products: one meter, day counters, no allowances.
pub fn plain_scenario(tape: &mut Tape<'_>) -> String {
    let (mut text, horizon) = head(tape);
    tape.comes_back = tape.below(5) == 4;
    let ids = if tape.below(3) == 2 { vec!["captcha", "relay"] } else { vec!["captcha"] };
    let large = tape.below(2) == 1;
    account(&mut text, tape, "account");
    profile(&mut text, tape);
    let mut products = vec![];
    for id in ids {
        plain_book(&mut text, tape, id);
        reference(&mut text, tape, id, "m");
        products.push(Product { id, rich: None });
    }
    segment(&mut text, tape, &products, horizon, large, false);
    text
}

/// A scenario of one segment `s` with one account and a product with allowances or periods, or two, or one and a plain one.
pub fn rich_scenario(tape: &mut Tape<'_>) -> String {
    let (mut text, horizon) = head(tape);
    let ids = match tape.below(4) {
        2 => vec!["captcha", "trtc"],
        3 => vec!["agora", "trtc"],
        _ => vec!["trtc"],
    };
    let by_product = tape.below(4) == 3;
    account(&mut text, tape, if by_product { "product" } else { "account" });
    profile(&mut text, tape);
    let mut products = vec![];
    for id in ids {
        if id == "captcha" {
            plain_book(&mut text, tape, id);
            reference(&mut text, tape, id, "m");
            products.push(Product { id, rich: None });
        } else {
            let book = rich_books::write(&mut text, tape, id, horizon.0);
            reference(&mut text, tape, id, &(book.basic.concat() + &book.add_ons.concat()));
            products.push(Product { id, rich: Some(book) });
        }
    }
    segment(&mut text, tape, &products, horizon, false, by_product);
    text
}

/// First day and number of days.
type Horizon = (&'static str, u32);

fn head(tape: &mut Tape<'_>) -> (String, Horizon) {
    let start = tape.pick(&["2026-01-01", "2024-02-26", "2026-03-25", "2025-12-20"]);
    let days = 3 + tape.below(38);
    let seed = tape.below(1000);
    (format!("start = {start}\ndays = {days}\nseed = {seed}\n"), (start, days))
}

fn profile(text: &mut String, tape: &mut Tape<'_>) {
    let mut weights: Vec<String> = vec![];
    for _ in 0..288 {
        weights.push(tape.below(7).to_string());
    }
    weights[100] = "1".to_owned();
    put(text, format_args!("[profiles.given]\nweights = [{}]\n", weights.join(", ")));
}

/// A reference book with the meters of these ids, one letter each.
fn reference(text: &mut String, tape: &mut Tape<'_>, id: &str, meters: &str) {
    for meter in meters.chars() {
        let price = tape.pick(&["0.002", "0.0001", "0"]);
        put(
            text,
            format_args!("[[reference_books.{id}.meters]]\nid = \"{meter}\"\npricing = \"flat\"\nprice = {price}\n"),
        );
    }
}

const GRACES: [&str; 9] = ["168h", "24h", "0s", "1h", "48h", "30h", "86399s", "7d", "72h"];

fn account(text: &mut String, tape: &mut Tape<'_>, balance: &str) {
    put(text, format_args!("[account]\nbalance = \"{balance}\"\n"));
    for (key, values) in [
        ("deduction_unit", &["0.01", "0.1", "0.03", "1"][..]),
        ("rounding", &["\"half_up\"", "\"truncate\"", "\"ceil\"", "\"half_even\"", "\"none\"", "\"carry\""]),
        ("zero_bills", &["\"skipped\"", "\"issued\""]),
        ("settlement", &["\"full\"", "\"fifo\""]),
        ("arrears_clock", &["\"instant\"", "\"day_start\""]),
        ("partial_top_up", &["\"keeps_clock\"", "\"restarts_clock\""]),
        ("grace_end", &["\"exact\"", "\"calendar\""]),
        ("debt_cap", &["\"none\"", "3", "0.5", "0"]),
        ("resume_at", &["\"zero\"", "\"above_zero\""]),
        ("resume_delay", &["\"0s\"", "\"1s\"", "\"24h\"", "\"90m\""]),
        ("activation_in_arrears", &["\"refused\"", "\"allowed\""]),
        ("purchase_in_arrears", &["\"refused\"", "\"allowed\""]),
        ("packages_protect", &["\"never\"", "\"until_last_ends\""]),
        ("voucher_rest", &["\"kept\"", "\"lost\""]),
        ("write_off_after", &["\"90d\"", "\"4d\"", "\"0s\"", "\"10d\""]),
    ] {
        put(text, format_args!("{key} = {}\n", tape.mostly(values)));
    }
    let refused = if tape.comes_back { "retried" } else { tape.mostly(&["lost", "retried", "unprotected"]) };
    put(text, format_args!("while_suspended = \"{refused}\"\n"));
    let partner = tape.pick(&["non_stop", "immediate", "24h", "5h"]);
    put(text, format_args!("[account.partners.friend]\ngrace = \"{partner}\"\n"));
}

fn plain_book(text: &mut String, tape: &mut Tape<'_>, id: &str) {
    put(text, format_args!("[books.{id}]\n"));
    put(text, format_args!("requires_integration = {}\n", tape.mostly(&["false", "true"])));
    put(text, format_args!("unmetered_share = {}\n", tape.mostly(&["0", "0.1", "0.33333333"])));
    let calls = tape.pick(&[1, 2, 5, 9]);
    let limit = match tape.below(4) {
        1 => format!("{{ calls = {calls}, each = \"second\" }}"),
        2 => format!("{{ calls = {calls}, each = \"slot\" }}"),
        _ => "\"none\"".to_owned(),
    };
    put(text, format_args!("rate_limit = {limit}\n"));
    put(text, format_args!("counted = {}\n", tape.mostly(&["\"served\"", "\"passed\""])));
    put(text, format_args!("pass_share = {}\n", tape.pick(&["1", "0.9", "0.12345678", "0"])));
    let window = tape.mostly(&[
        "{ from = \"08:00:00\" }",
        "{ from = \"00:00:00\" }",
        "{ from = \"10:00:00\", to = \"24:00:00\" }",
        "{ from = \"23:59:59\" }",
    ]);
    put(text, format_args!("bill_at = {window}\n"));
    put(text, format_args!("grace = \"{}\"\n", tape.pick(&GRACES)));
    put(text, format_args!("wipe_after = {}\n", tape.pick(&["\"never\"", "\"2d\"", "\"0s\"", "\"36h\""])));
    let counter = tape.mostly(&["outside", "inside"]);
    for quota in 0..tape.below(4) {
        let each = tape.pick(&["once", "day", "month"]);
        let expires = if each == "once" { tape.pick(&["never", "3d", "100h", "1s", "2s", "100s"]) } else { "never" };
        let units = tape.pick(&[100, 0, 7, 3000]);
        put(
            text,
            format_args!(
                "[[books.{id}.free]]\nid = \"q{quota}\"\nmeter = \"m\"\nunits = {units}\neach = \"{each}\"\n\
                 expires_after = \"{expires}\"\ncounter = \"{counter}\"\n"
            ),
        );
    }
    put(text, format_args!("[[books.{id}.meters]]\nid = \"m\"\n"));
    if tape.below(4) == 1 {
        put(text, format_args!("pricing = \"flat\"\nprice = {}\n", tape.pick(&["0.001", "0.00000001", "0.03", "0"])));
        return;
    }
    let mut bound = 0;
    let mut tiers = vec![];
    for _ in 0..tape.below(4) {
        bound += [100, 1, 900, 9000][tape.below(4) as usize];
        tiers.push(format!("{{ up_to = {bound}, price = {} }}", tape.pick(&["0.005", "0.002", "0.0008", "0", "0.01"])));
    }
    tiers.push(format!("{{ up_to = \"unlimited\", price = {} }}", tape.pick(&["0.002", "0.00005", "0.00000003"])));
    put(text, format_args!("pricing = \"graduated\"\ntiers = [{}]\n", tiers.join(", ")));
}

fn segment(
    text: &mut String,
    tape: &mut Tape<'_>,
    products: &[Product],
    (start, days): Horizon,
    large: bool,
    by_product: bool,
) {
    put(text, format_args!("[[segments]]\nid = \"s\"\naccounts = 1\n"));
    let fifo = text.contains("\"fifo\"");
    if !by_product {
        money(text, tape, fifo);
    }
    if tape.below(6) == 5 {
        text.push_str("partner = \"friend\"\n");
    }
    responses(text, tape);
    for Product { id, rich } in products {
        let activation = tape.mostly(&["0s", "1s", "30h", "86400s", "4d"]);
        let integration = tape.mostly(&["0s", "13h", "2d", "86400s"]);
        let profile = tape.pick(&["flat", "given"]);
        let demand = demand(tape, days, large || rich.is_some());
        let elasticity = tape.mostly(&["0", "-0.5", "-1"]);
        let bursts = bursts(tape, start, days);
        put(
            text,
            format_args!(
                "[segments.products.{id}]\nactivation_after = \"{activation}\"\nintegration_after = \"{integration}\"\n\
                 never_integrated = {}\nprofile = \"{profile}\"\ndemand = {demand}\nelasticity = {elasticity}\nbursts = {bursts}\n",
                tape.mostly(&["0", "0.5"])
            ),
        );
        if by_product {
            money(text, tape, fifo);
        }
        if let Some(book) = rich {
            decisions(text, tape, book);
        }
    }
    for _ in 0..tape.below(9) {
        ledger_entry(text, tape, products, (start, days), by_product);
    }
    if tape.comes_back {
        let at = day_of(start, days / 2 + tape.below(days / 2));
        put(text, format_args!("[[segments.ledger]]\nat = {at}T13:37:11\nkind = \"top_up\"\namount = 5000\n"));
    }
}

fn money(text: &mut String, tape: &mut Tape<'_>, fifo: bool) {
    let opening = tape.pick(&["2", "0", "0.7", "-1", "10", "1.4", "-0.01", "100"]);
    let opening = if fifo { opening.trim_start_matches('-') } else { opening };
    put(text, format_args!("opening_balance = {opening}\ncredit_line = {}\n", tape.mostly(&["0", "1", "0.7", "5"])));
}

fn responses(text: &mut String, tape: &mut Tape<'_>) {
    let payer = tape.pick(&[
        "{ kind = \"never\" }",
        "{ kind = \"auto_recharge\", below = 1, amount = 3 }",
        "{ kind = \"auto_recharge\", below = 0, amount = 0.5, delay = \"1h\" }",
        "{ kind = \"periodic\", every = \"50h\", amount = 2 }",
        "{ kind = \"after_delay\", to = \"notice\", median = \"24h\" }",
        "{ kind = \"after_delay\", to = \"suspension\", median = \"3h\", cv = 1.0, extra = 1 }",
        "{ kind = \"after_delay\", to = \"notice\", median = \"7d\" }",
    ]);
    let payments = tape.mostly(&[
        "{}",
        "{ soft_failure = 0.5 }",
        "{ soft_failure = 1, retries = [{ after = \"30h\", success = 0.3 }, { after = \"3d\", success = 1 }] }",
        "{ card_down = { a_year = 30, median = \"2d\" } }",
    ]);
    let traffic = tape.mostly(&["goes_on", "stops"]);
    let churn = tape.mostly(&[
        "{}",
        "{ suspended_day = 0.2 }",
        "{ age = { kind = \"constant\", a_year = 20 }, bill_shock = { most = 0.5 } }",
    ]);
    put(
        text,
        format_args!("payer = {payer}\npayments = {payments}\nsuspended_traffic = \"{traffic}\"\nchurn = {churn}\n"),
    );
}

/// How the units split, what is bought and when the switch goes on.
fn decisions(text: &mut String, tape: &mut Tape<'_>, book: &RichBook) {
    let shares: &[&str] = match book.basic.len() {
        1 => &["1"],
        2 => &["0.3", "0.7"],
        _ => &["0.12345678", "0.5", "0.37654322"],
    };
    let mix: Vec<String> = book.basic.iter().zip(shares).map(|(meter, share)| format!("{meter} = {share}")).collect();
    let add_ons: Vec<String> =
        book.add_ons.iter().map(|meter| format!("{meter} = {}", tape.pick(&["1", "0.5", "0"]))).collect();
    put(text, format_args!("mix = {{ {} }}\nadd_ons = {{ {} }}\n", mix.join(", "), add_ons.join(", ")));
    // A split unit costs a part of the price as written.
    let discount =
        if text.contains("cover = \"fractional\"") { "0" } else { tape.mostly(&["0", "0.1", "0.33333333", "1"]) };
    put(text, format_args!("discount = {discount}\ntries_again_after = \"{}\"\n", tape.mostly(&["1d", "3h"])));
    if book.switch {
        let switcher = tape.mostly(&["\"none\"", "{ median = \"5h\" }", "{ share = 0.5, median = \"2d\" }"]);
        put(text, format_args!("do_not_suspend = {}\nswitcher = {switcher}\n", tape.mostly(&["0", "1", "0.5"])));
    }
    if book.packages {
        let buyer = tape.pick(&[
            "\"none\"",
            "{ covers = \"3d\", reorder_at = 0.5 }",
            "{ covers = \"10d\", pays = false }",
            "{ covers = \"1d\", median = \"20m\" }",
        ]);
        put(text, format_args!("buyer = {buyer}\n"));
    }
}

fn ledger_entry(
    text: &mut String,
    tape: &mut Tape<'_>,
    products: &[Product],
    (start, days): Horizon,
    by_product: bool,
) {
    let day = day_of(start, tape.below(days));
    let time =
        tape.pick(&["08:00:00", "00:00:00", "08:00:01", "07:59:59", "10:00:00", "13:37:11", "23:59:59", "09:00:00"]);
    let Product { id, rich } = &products[tape.below(u32::try_from(products.len()).expect("few")) as usize];
    if let Some(book) = rich {
        let decision = match tape.below(8) {
            0..4 if book.packages => {
                let units = tape.pick(&[100, 2_500, 25_000]);
                Some(format!("kind = \"purchase\"\nunits = {units}\n"))
            }
            4..6 if book.switch => Some("kind = \"switch\"\n".to_owned()),
            _ => None,
        };
        if let Some(decision) = decision {
            put(text, format_args!("[[segments.ledger]]\nat = {day}T{time}\nproduct = \"{id}\"\n{decision}"));
            return;
        }
    }
    let kind = tape.pick(&["top_up", "top_up", "top_up", "voucher", "credit_line"]);
    let amount = tape.pick(&["0.7", "1.4", "5", "0.01", "2", "0", "20", "0.69"]);
    put(text, format_args!("[[segments.ledger]]\nat = {day}T{time}\nkind = \"{kind}\"\namount = {amount}\n"));
    if by_product {
        put(text, format_args!("product = \"{id}\"\n"));
    }
    if kind == "voucher" {
        let later = day.saturating_add(jiff::Span::new().days(i64::from(tape.below(3))));
        put(text, format_args!("from = {later}T{time}\n"));
        if tape.below(2) == 1 {
            let end = later.saturating_add(jiff::Span::new().days(i64::from(1 + tape.below(9))));
            put(text, format_args!("expires = {end}T{time}\n"));
        }
    }
}

/// The day that comes so many days after the first.
fn day_of(start: &str, days: u32) -> jiff::civil::Date {
    let start: jiff::civil::Date = start.parse().expect("a date");
    start.saturating_add(jiff::Span::new().days(i64::from(days)))
}

fn bursts(tape: &mut Tape<'_>, start: &str, days: u32) -> String {
    let mut bursts = vec![];
    if tape.below(3) == 2 {
        let mut dated = vec![];
        for _ in 0..1 + tape.below(3) {
            let day = day_of(start, tape.below(days));
            let time = tape.pick(&["00:00:00", "08:00:00", "07:59:50", "13:02:09", "23:59:58"]);
            let lasts = tape.pick(&["1s", "10s", "5m", "61m", "26h", "3d"]);
            let units = tape.pick(&[1000, 1, 37, 600, 5000, 200_000]);
            dated.push(format!("{{ at = {day}T{time}, lasts = \"{lasts}\", units = {units} }}"));
        }
        bursts.push(format!("dated = [{}]", dated.join(", ")));
    }
    if tape.below(4) == 3 {
        let kind = tape.pick(&["human_spike", "bot_attack", "integration_loop"]);
        bursts.push(format!("{kind} = {{ a_year = 60, filtered = {} }}", tape.pick(&["0", "0.5"])));
    }
    format!("{{ {} }}", bursts.join(", "))
}

fn demand(tape: &mut Tape<'_>, days: u32, rich: bool) -> String {
    let units = [200, 0, 1, 99, 100, 101, 1000, 1001, 20_000, 216, 250, 7, 300_000, 1_000_000];
    match tape.below(3) {
        0 => format!("{{ kind = \"constant\", units = {} }}", tape.pick(&units)),
        1 => {
            let counts: Vec<String> = (0..days).map(|_| tape.pick(&units).to_string()).collect();
            format!("{{ kind = \"listed\", units = [{}] }}", counts.join(", "))
        }
        _ => {
            let median = if rich { 3000 } else { 150 };
            format!("{{ kind = \"random\", size = {{ kind = \"lognormal\", median = {median}, cv = 1.0 }} }}")
        }
    }
}

fn put(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes every write");
}
