//! Random books with several meters, slots, trial, packages, the switch, shared free units and month counters (RULES §3, §5, §7).

use super::{Tape, put};

/// What the use of a book needs to know of it. Ids of meters are one letter each.
pub struct RichBook {
    /// Basic meters, then add-ons, as the book lists them.
    pub basic: Vec<String>,
    pub add_ons: Vec<String>,
    pub packages: bool,
    pub switch: bool,
}

const PRICES: [&str; 5] = ["0.00099", "0.01499", "0.5", "0.00000001", "0"];

/// Writes a book of a random kind.
pub fn write(text: &mut String, tape: &mut Tape<'_>, id: &str, start: &str) -> RichBook {
    let basic: Vec<String> =
        ["a", "b", "c"].iter().take(1 + tape.below(3) as usize).map(|id| (*id).to_owned()).collect();
    let add_ons: Vec<String> = ["x", "y"].iter().take(tape.below(3) as usize).map(|id| (*id).to_owned()).collect();
    let monthly_bill = tape.below(4) == 3;
    let trial = tape.below(3) < 2;
    let packages = tape.below(4) < 3;
    let shared = basic.len() > 1 && tape.below(4) == 3;
    let switch = tape.below(3) < 2;
    put(text, format_args!("[books.{id}]\n"));
    for (key, values) in [
        ("requires_integration", &["false", "true"][..]),
        ("unmetered_share", &["0", "0.1"]),
        ("opens", &["\"application\"", "\"activation\""]),
        ("slot", &["\"5m\"", "\"5m\"", "\"5m\"", "\"1s\""]),
        ("draw_order", &["\"listed\"", "\"dearest_first\""]),
        ("automatic", &["\"last_ended\"", "\"any_ended\""]),
        ("wipe_after", &["\"never\"", "\"2d\"", "\"0s\"", "\"36h\""]),
        ("grace", &["\"24h\"", "\"0s\"", "\"1h\"", "\"86399s\"", "\"72h\"", "\"100000s\""]),
        (
            "bill_at",
            &["{ from = \"10:00:00\" }", "{ from = \"00:00:00\" }", "{ from = \"08:00:00\", to = \"24:00:00\" }"],
        ),
    ] {
        put(text, format_args!("{key} = {}\n", tape.mostly(values)));
    }
    put(text, format_args!("bill_every = \"{}\"\n", if monthly_bill { "month" } else { "day" }));
    put(text, format_args!("pay_as_you_go = \"{}\"\n", if switch { "switch" } else { "always" }));
    let fractional = packages && tape.below(4) == 3;
    if trial {
        let units = tape.pick(&[3000, 0, 10, 500, 100_000]);
        let valid = validity(tape);
        let ratio = if tape.below(4) == 3 { format!("ratio = {{ {} = 2 }}\n", basic[0]) } else { String::new() };
        put(text, format_args!("[books.{id}.trial]\nunits = {units}\nvalid = {valid}\n{ratio}"));
    }
    if packages {
        write_packages(text, tape, id, &basic, fractional);
    }
    write_free(text, tape, id, &basic, shared);
    for (index, meter) in basic.iter().chain(&add_ons).enumerate() {
        let base =
            (index >= basic.len()).then(|| &basic[tape.below(u32::try_from(basic.len()).expect("few")) as usize]);
        let plain = fractional && base.is_none();
        write_meter(text, tape, id, (meter, base), monthly_bill, plain, start);
    }
    RichBook { basic, add_ons, packages, switch }
}

fn validity(tape: &mut Tape<'_>) -> &'static str {
    tape.pick(&["\"same_month_next_year\"", "\"3d\"", "\"100000s\"", "\"8d\"", "\"86400s\""])
}

fn write_packages(text: &mut String, tape: &mut Tape<'_>, id: &str, basic: &[String], fractional: bool) {
    let given = tape.below(3);
    let ratio: Vec<String> = basic
        .iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || given < 2)
        .map(|(_, meter)| format!("{meter} = {}", tape.pick(&[1, 2, 4, 15])))
        .collect();
    put(text, format_args!("[books.{id}.packages]\nratio = {{ {} }}\n", ratio.join(", ")));
    text.push_str(
        "sizes = [{ units = 100, price = 1 }, { units = 2_500, price = 2.4 }, { units = 25_000, price = 24 }]\n",
    );
    let bands = "bands = [{ below = 1_000, price = 0.00099 }, { below = \"unlimited\", price = 0.00080534 }]\n";
    text.push_str(if tape.below(3) == 2 { "" } else { bands });
    let cover = if fractional { "fractional" } else { "whole" };
    let effect = tape.mostly(&["300s", "0s", "1s", "2h", "17h", "86400s"]);
    let from = tape.mostly(&["payment", "effect"]);
    let valid = tape.pick(&["same_month_next_year", "3d", "100000s", "8d", "86401s"]);
    put(
        text,
        format_args!(
            "effect_after = \"{effect}\"\nvalid = \"{valid}\"\nvalid_from = \"{from}\"\ncover = \"{cover}\"\n"
        ),
    );
}

fn write_free(text: &mut String, tape: &mut Tape<'_>, id: &str, basic: &[String], shared: bool) {
    for quota in 0..tape.below(3) + u32::from(shared) {
        let each = tape.pick(&["once", "day", "month"]);
        let expires = if each == "once" { tape.pick(&["never", "3d", "100h"]) } else { "never" };
        let covers = if shared && quota == 0 {
            let list: Vec<String> = basic.iter().map(|meter| format!("\"{meter}\"")).collect();
            format!("meters = [{}]", list.join(", "))
        } else {
            let meter = &basic[tape.below(u32::try_from(basic.len()).expect("few")) as usize];
            format!("meter = \"{meter}\"")
        };
        let units = tape.pick(&[100, 0, 7, 3000]);
        put(
            text,
            format_args!(
                "[[books.{id}.free]]\nid = \"q{quota}\"\n{covers}\nunits = {units}\neach = \"{each}\"\nexpires_after = \"{expires}\"\n"
            ),
        );
    }
}

fn write_meter(
    text: &mut String,
    tape: &mut Tape<'_>,
    id: &str,
    (meter, base): (&str, Option<&String>),
    monthly_bill: bool,
    plain: bool,
    start: &str,
) {
    put(text, format_args!("[[books.{id}.meters]]\nid = \"{meter}\"\n"));
    put(text, format_args!("raw_per_unit = {}\n", tape.pick(&[60, 1, 7])));
    put(text, format_args!("rounding = \"{}\"\n", tape.mostly(&["day", "month"])));
    if let Some(base) = base {
        put(text, format_args!("add_on_of = \"{base}\"\n"));
    }
    let counter = tape.mostly(&["day", "month"]);
    put(text, format_args!("counter = \"{counter}\"\n"));
    let volume = monthly_bill || counter == "day";
    let pricing = if plain { 0 } else { tape.below(if volume { 3 } else { 2 }) };
    put(text, format_args!("pricing = \"{}\"\n", ["flat", "graduated", "volume"][pricing as usize]));
    put(text, format_args!("{}\n", prices(tape, pricing)));
    if !plain {
        let minimum = tape.mostly(&["0", "0.5", "2"]);
        put(text, format_args!("minimum = {minimum}\nmaximum = {}\n", tape.mostly(&["\"none\"", "2", "30"])));
        put(text, format_args!("fee_at_zero = {}\n", tape.mostly(&["false", "true"])));
    }
    if tape.below(4) == 3 {
        let start: jiff::civil::Date = start.parse().expect("a date");
        let mut day = start.saturating_sub(jiff::Span::new().days(2));
        let mut changes = vec![];
        for _ in 0..1 + tape.below(2) {
            day = day.saturating_add(jiff::Span::new().days(i64::from(1 + tape.below(20))));
            let existing = tape.pick(&["follow", "keep"]);
            changes.push(format!("{{ from = {day}, existing = \"{existing}\", {} }}", prices(tape, pricing)));
        }
        put(text, format_args!("changes = [{}]\n", changes.join(", ")));
    }
}

fn prices(tape: &mut Tape<'_>, pricing: u32) -> String {
    if pricing == 0 {
        return format!("price = {}", tape.pick(&PRICES));
    }
    let mut bound = 0;
    let mut tiers = vec![];
    for _ in 0..tape.below(4) {
        bound += tape.pick(&[100, 1, 900, 9000]);
        tiers.push(format!("{{ up_to = {bound}, {} }}", tier(tape)));
    }
    tiers.push(format!("{{ up_to = \"unlimited\", {} }}", tier(tape)));
    format!("tiers = [{}]", tiers.join(", "))
}

fn tier(tape: &mut Tape<'_>) -> String {
    let (price, fee, block) = (tape.pick(&PRICES), tape.mostly(&["0", "1", "0.25"]), tape.mostly(&[1, 10, 1000]));
    format!("price = {price}, fee = {fee}, block = {block}")
}
