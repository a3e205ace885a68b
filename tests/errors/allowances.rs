//! Mistakes in allowances, packages, the switch, periods, purchases and mixes.

use super::{Case, typed};

const SCENARIO: &str = r#"start = 2026-01-01
days = 30

[books.talk]
file = "talk.toml"

[account]
balance = "account"

[[segments]]
id = "shops"
accounts = 10
opening_balance = 100

[segments.products.talk]
mix = { audio = 0.5, video = 0.5 }
demand = { kind = "constant", units = 600 }
"#;

const BOOK: &str = r#"product = "talk"
services = ["call", "stream"]
pay_as_you_go = "switch"

[trial]
units = 1_000

[packages]
ratio = { audio = 1, video = 2 }
sizes = [
  { units = 100, price = 5 },
  { units = 1_000, price = 45 },
]
bands = [
  { below = 1_000, price = 0.05 },
  { below = "unlimited", price = 0.045 },
]

[[meters]]
id = "audio"
pricing = "flat"
price = 0.01

[[meters]]
id = "video"
pricing = "flat"
price = 0.02

[[meters]]
id = "recording"
add_on_of = "video"
pricing = "flat"
price = 0.005
"#;

const MIX: &str = "mix = { audio = 0.5, video = 0.5 }";
const AUDIO: &str = "pricing = \"flat\"\nprice = 0.01\n";
const BANDS: &str = "bands = [\n  { below = 1_000, price = 0.05 },\n  { below = \"unlimited\", price = 0.045 },\n]\n";
const SIZES: &str = "sizes = [\n  { units = 100, price = 5 },\n  { units = 1_000, price = 45 },\n]\n";
const PACKAGES: &str = "[packages]\nratio = { audio = 1, video = 2 }\n";
const TRIAL: &str = "[trial]\nunits = 1_000\n";
const SWITCH: &str = "pay_as_you_go = \"switch\"\n";
const ONE_BALANCE: &str = "balance = \"account\"";

/// A sound scenario of a product with several meters, a trial, packages and a switch.
fn sound() -> Case {
    typed("run scenario.toml").without("book.toml").file("scenario.toml", SCENARIO).file("talk.toml", BOOK)
}

/// One place of the scenario is changed.
fn scenario(right: &str, wrong: &str) -> Case {
    sound().change("scenario.toml", right, wrong)
}

/// One place of the price book is changed.
fn book(right: &str, wrong: &str) -> Case {
    sound().change("talk.toml", right, wrong)
}

/// The book has neither trial nor packages, and still a switch.
fn switch_alone() -> Case {
    book(&[PACKAGES, SIZES, BANDS].concat(), "").and("talk.toml", TRIAL, "")
}

/// The book has neither trial nor packages.
fn without_allowances() -> Case {
    switch_alone().and("talk.toml", "pay_as_you_go = \"switch\"", "pay_as_you_go = \"always\"")
}

/// The segment has a ledger with one entry.
fn ledger(entry: &str) -> Case {
    scenario("accounts = 10", &format!("accounts = 10\nledger = [{entry}]"))
}

/// A second product, which the segment does not use.
fn with_another_product(case: Case) -> Case {
    case.and(
        "scenario.toml",
        "[account]",
        "[books.mail]\nmeters = [{ id = \"mail\", pricing = \"flat\", price = 0.001 }]\n\n[account]",
    )
}

/// A free quota stands in the book.
fn free(quota: &str) -> Case {
    book(TRIAL, &format!("{TRIAL}\n[[free]]\nid = \"monthly\"\nunits = 50\n{quota}\n"))
}

/// Demand is as written at the prices of these meters.
fn reference(meters: &str) -> Case {
    scenario("[account]", &format!("[reference_books.talk]\nmeters = [\n{meters}]\n\n[account]"))
}

// How demand splits, and what it is called.
refused! {
    mix_below_one: scenario(MIX, "mix = { audio = 0.5, video = 0.4 }");
    mix_above_one: scenario(MIX, "mix = { audio = 0.5, video = 0.50000001 }");
    mix_of_an_unknown_meter: scenario(MIX, "mix = { audio = 0.5, vidio = 0.5 }");
    mix_of_an_add_on: scenario(MIX, "mix = { audio = 0.5, video = 0.4, recording = 0.1 }");
    add_on_share_of_a_basic_meter: scenario(MIX, &format!("{MIX}\nadd_ons = {{ video = 0.5 }}"));
    service_unknown: scenario(MIX, &format!("{MIX}\nservice = \"steam\""));
    service_of_a_book_without_services: scenario(MIX, &format!("{MIX}\nservice = \"call\""))
        .and("talk.toml", "services = [\"call\", \"stream\"]\n", "");
}

// Trials, packages and what they cover.
refused! {
    ratio_of_an_unknown_meter: book("ratio = { audio = 1, video = 2 }", "ratio = { audio = 1, vidio = 2 }");
    ratio_of_an_add_on: book("ratio = { audio = 1, video = 2 }", "ratio = { audio = 1, recording = 2 }");
    ratio_of_zero: book("ratio = { audio = 1, video = 2 }", "ratio = { audio = 0, video = 2 }");
    ratio_missing: book("ratio = { audio = 1, video = 2 }\n", "");
    trial_of_an_add_on: book(TRIAL, "[trial]\nunits = 1_000\nratio = { recording = 1 }\n");
    trial_that_ends_at_once: book(TRIAL, "[trial]\nunits = 1_000\nvalid = \"0s\"\n");
    package_that_ends_before_it_begins: book(PACKAGES, &format!("{PACKAGES}effect_after = \"1h\"\nvalid = \"1h\"\n"));
    package_that_begins_after_a_year: book(PACKAGES, &format!("{PACKAGES}effect_after = \"366d\"\n"));
    two_packages_of_one_size: book("units = 1_000, price = 45", "units = 100, price = 45");
    bands_that_do_not_rise: book("bands = [\n", "bands = [\n  { below = 2_000, price = 0.06 },\n");
    last_band_with_a_bound: book("below = \"unlimited\"", "below = 5_000");
    open_band_in_the_middle: book("below = 1_000", "below = \"unlimited\"");
    packages_that_cannot_be_bought: book(&[SIZES, BANDS].concat(), "");
    fractional_cover_with_tiers: book(PACKAGES, &format!("{PACKAGES}cover = \"fractional\"\n"))
        .and("talk.toml", AUDIO, "pricing = \"graduated\"\ntiers = [{ up_to = \"unlimited\", price = 0.01 }]\n");
    fractional_cover_with_a_minimum: book(PACKAGES, &format!("{PACKAGES}cover = \"fractional\"\n"))
        .and("talk.toml", AUDIO, &format!("{AUDIO}minimum = 1\n"));
    fractional_cover_with_a_discount: book(PACKAGES, &format!("{PACKAGES}cover = \"fractional\"\n"))
        .and("scenario.toml", MIX, &format!("{MIX}\ndiscount = 0.1"));
    rate_limit_with_several_meters: book(SWITCH, &format!("{SWITCH}rate_limit = {{ calls = 10 }}\n"));
    passed_units_with_several_meters: book(SWITCH, &format!("{SWITCH}counted = \"passed\"\n"));
    quota_inside_with_several_meters: free("meter = \"audio\"\ncounter = \"inside\"");
    rate_limit_with_allowances: typed("run scenario.toml").change(
        "book.toml",
        "[[free]]",
        "rate_limit = { calls = 10 }\n\n[trial]\nunits = 10\n\n[[free]]",
    );
}

// Free units over several meters.
refused! {
    shared_quota_of_one_meter: free("meters = [\"audio\"]");
    shared_quota_of_an_unknown_meter: free("meters = [\"audio\", \"vidio\"]");
    shared_quota_of_an_add_on: free("meters = [\"audio\", \"recording\"]");
    shared_quota_that_names_a_meter_twice: free("meters = [\"audio\", \"audio\"]");
    quota_of_a_meter_and_of_meters: free("meter = \"audio\"\nmeters = [\"audio\", \"video\"]");
    quota_of_no_meter: free("");
}

// Meters, their periods and prices.
refused! {
    add_on_of_an_unknown_meter: book("add_on_of = \"video\"", "add_on_of = \"vidio\"");
    add_on_of_an_add_on: book(
        "[[meters]]\nid = \"recording\"",
        "[[meters]]\nid = \"copies\"\nadd_on_of = \"recording\"\npricing = \"flat\"\nprice = 1\n\n[[meters]]\nid = \"recording\"",
    );
    two_meters_of_one_id: book(
        "[[meters]]\nid = \"recording\"",
        "[[meters]]\nid = \"video\"\npricing = \"flat\"\nprice = 1\n\n[[meters]]\nid = \"recording\"",
    );
    volume_by_month_with_a_day_bill: book(
        AUDIO,
        "pricing = \"volume\"\ncounter = \"month\"\ntiers = [{ up_to = \"unlimited\", price = 0.01 }]\n",
    );
    maximum_below_the_minimum: book(AUDIO, &format!("{AUDIO}minimum = 5\nmaximum = 3\n"));
    change_without_a_price: book(AUDIO, &format!("{AUDIO}changes = [{{ from = 2026-01-10 }}]\n"));
    change_with_tiers_of_a_flat_meter: book(
        AUDIO,
        &format!("{AUDIO}changes = [{{ from = 2026-01-10, tiers = [{{ up_to = \"unlimited\", price = 1 }}] }}]\n"),
    );
    changes_out_of_order: book(
        AUDIO,
        &format!(
            "{AUDIO}changes = [\n  {{ from = 2026-01-10, price = 0.02 }},\n  {{ from = 2026-01-05, price = 0.03 }},\n]\n"
        ),
    );
    reference_with_fewer_meters: reference(
        "  { id = \"audio\", pricing = \"flat\", price = 0.02 },\n",
    );
    reference_with_other_meters: reference(
        "  { id = \"audio\", pricing = \"flat\", price = 0.02 },\n  { id = \"screen\", pricing = \"flat\", price = 0.02 },\n  \
         { id = \"recording\", add_on_of = \"audio\", pricing = \"flat\", price = 0.02 },\n",
    );
    reference_with_more_meters: reference(
        "  { id = \"audio\", pricing = \"flat\", price = 0.02 },\n  { id = \"video\", pricing = \"flat\", price = 0.02 },\n  \
         { id = \"recording\", add_on_of = \"video\", pricing = \"flat\", price = 0.02 },\n  \
         { id = \"screen\", pricing = \"flat\", price = 0.02 },\n",
    );
}

// What customers buy and decide.
refused! {
    purchase_without_packages: without_allowances()
        .and("scenario.toml", "accounts = 10", "accounts = 10\nledger = [{ at = 2026-01-02, kind = \"purchase\", product = \"talk\", units = 100 }]");
    purchase_of_an_unlisted_size: ledger("{ at = 2026-01-02, kind = \"purchase\", product = \"talk\", units = 200 }")
        .and("talk.toml", BANDS, "");
    purchase_without_units: ledger("{ at = 2026-01-02, kind = \"purchase\", product = \"talk\" }");
    purchase_without_a_product: ledger("{ at = 2026-01-02, kind = \"purchase\", units = 100 }");
    purchase_with_an_amount: ledger("{ at = 2026-01-02, kind = \"purchase\", product = \"talk\", units = 100, amount = 5 }");
    purchase_of_an_unused_product: with_another_product(
        ledger("{ at = 2026-01-02, kind = \"purchase\", product = \"mail\", units = 100 }"),
    );
    switch_that_is_always_on: ledger("{ at = 2026-01-02, kind = \"switch\", product = \"talk\" }").and("talk.toml", SWITCH, "");
    do_not_suspend_without_a_switch: scenario(MIX, &format!("{MIX}\ndo_not_suspend = 0.5")).and("talk.toml", SWITCH, "");
    switcher_without_a_switch: scenario(MIX, &format!("{MIX}\nswitcher = {{}}")).and("talk.toml", SWITCH, "");
    switch_without_allowances: switch_alone();
    buyer_without_packages: without_allowances().and("scenario.toml", MIX, &format!("{MIX}\nbuyer = {{}}"));
    top_up_with_units: ledger("{ at = 2026-01-02, kind = \"top_up\", amount = 5, units = 100 }");
    top_up_without_an_amount: ledger("{ at = 2026-01-02, kind = \"top_up\" }");
}

// Whose money it is.
refused! {
    money_of_a_product_in_one_balance: ledger("{ at = 2026-01-02, kind = \"top_up\", product = \"talk\", amount = 5 }");
    money_of_no_product_where_each_has_a_balance: ledger("{ at = 2026-01-02, kind = \"top_up\", amount = 5 }")
        .and("scenario.toml", ONE_BALANCE, "balance = \"product\"")
        .and("scenario.toml", "opening_balance = 100\n", "");
    opening_balance_of_a_segment_where_each_product_has_one: scenario(ONE_BALANCE, "balance = \"product\"");
    credit_line_of_a_product_in_one_balance: scenario(MIX, &format!("{MIX}\ncredit_line = 50"));
    fifo_with_an_opening_debt_of_a_product: scenario(ONE_BALANCE, "balance = \"product\"\nsettlement = \"fifo\"")
        .and("scenario.toml", "opening_balance = 100\n", "")
        .and("scenario.toml", MIX, &format!("{MIX}\nopening_balance = -5"));
}
