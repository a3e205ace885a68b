//! What the program says to somebody who made a mistake. Every case: exit code 2, nothing on the standard output,
//! nothing written, and a message that is kept in `tests/snapshots/errors` and was read by a person.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const SCENARIO: &str = r#"start = 2026-01-01
days = 30

[books.captcha]
file = "book.toml"

[account]
rounding = "half_up"

[account.partners.reseller]
grace = "72h"

[[segments]]
id = "shops"
accounts = 10
payer = { kind = "auto_recharge", below = 10, amount = 50 }
products.captcha = { demand = { kind = "constant", units = 200 } }
"#;

const BOOK: &str = r#"product = "captcha"
grace = "168h"
bill_at = { from = "08:00:00", to = "09:00:00" }

[[free]]
id = "trial"
meter = "verification"
units = 100

[[meters]]
id = "verification"
pricing = "graduated"
tiers = [
  { up_to = 100, price = 0.005 },
  { up_to = 1_000, price = 0.002 },
  { up_to = "unlimited", price = 0.001 },
]
"#;

const PAYER: &str = r#"payer = { kind = "auto_recharge", below = 10, amount = 50 }"#;
const DEMAND: &str = r#"demand = { kind = "constant", units = 200 }"#;
const LAST_TIER: &str = r#"up_to = "unlimited", price = 0.001"#;
const SECOND_SEGMENT: &str = r#"
[[segments]]
id = "schools"
accounts = 5
products.captcha = { demand = { kind = "constant", units = 1 } }
"#;

const STUDY: &str = r#"scenario = "scenario.toml"
metrics = ["recognised"]

[[axes]]
key = "books.captcha.grace"
values = ["24h", "168h"]
"#;

const OPTIMUM: &str = r#"scenario = "scenario.toml"
metrics = ["recognised"]
axes = [{ key = "books.captcha.meters.verification.tiers.1.price", range = { from = 0.001, to = 0.003, step = 0.001 } }]

[optimize]
maximise = "recognised"
most_points = 5
"#;

/// Files in an empty folder, and the command that is typed there.
struct Case {
    files: BTreeMap<String, Vec<u8>>,
    command: String,
}

/// A sound scenario with its book; `command` is what is wrong.
fn typed(command: &str) -> Case {
    let files = [("scenario.toml", SCENARIO), ("book.toml", BOOK)];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    Case { files: files.into(), command: command.to_owned() }
}

/// One place of the scenario is changed.
fn scenario(sound: &str, wrong: &str) -> Case {
    typed("run scenario.toml").change("scenario.toml", sound, wrong)
}

/// One place of the price book is changed.
fn book(sound: &str, wrong: &str) -> Case {
    typed("run scenario.toml").change("book.toml", sound, wrong)
}

/// The segment gets a ledger with one entry.
fn ledger(entry: &str) -> Case {
    scenario(PAYER, &format!("ledger = [{entry}]"))
}

/// The segment asks for random demand of such sizes.
fn size(size: &str) -> Case {
    scenario(DEMAND, &format!("demand = {{ kind = \"random\", size = {size} }}"))
}

/// A sweep of the sound study with a change.
fn study(sound: &str, wrong: &str) -> Case {
    assert_eq!(STUDY.matches(sound).count(), 1, "`{sound}` must stand once in the study");
    typed("sweep study.toml").file("study.toml", STUDY.replace(sound, wrong))
}

/// `--set` with this argument.
fn set(argument: &str) -> Case {
    typed(&format!("run scenario.toml --set {argument}"))
}

impl Case {
    fn change(mut self, file: &str, sound: &str, wrong: &str) -> Case {
        let text = String::from_utf8(self.files[file].clone()).expect("the sound files are UTF-8");
        assert_eq!(text.matches(sound).count(), 1, "`{sound}` must stand once in {file}");
        self.files.insert(file.to_owned(), text.replace(sound, wrong).into_bytes());
        self
    }

    fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Case {
        self.files.insert(name.to_owned(), bytes.into());
        self
    }

    fn without(mut self, name: &str) -> Case {
        self.files.remove(name);
        self
    }

    /// Also the scenario of a case that changes the book, or the other way round.
    fn and(self, file: &str, sound: &str, wrong: &str) -> Case {
        self.change(file, sound, wrong)
    }

    fn and_typed(mut self, command: &str) -> Case {
        command.clone_into(&mut self.command);
        self
    }

    /// Runs it and holds everything against what it must be.
    fn refused(self, name: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (file, bytes) in &self.files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("it is below the folder")).expect("the folder is ours");
            fs::write(path, bytes).expect("the folder is ours");
        }
        let output = Command::new(env!("CARGO_BIN_EXE_billsim"))
            .args(self.command.split(' ').filter(|word| !word.is_empty()))
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .output()
            .expect("the program starts");
        let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
        assert_eq!(output.status.code(), Some(2), "exit code; it said:\n{stderr}");
        assert!(output.stdout.is_empty(), "mistakes go to the error stream");
        let mut left = BTreeMap::new();
        read_all(folder.path(), folder.path(), &mut left);
        assert_eq!(left.keys().collect::<Vec<_>>(), self.files.keys().collect::<Vec<_>>(), "nothing may be written");
        assert!(left == self.files, "the input files may not be changed");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots/errors");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(format!("billsim {}", self.command).trim_end());
        settings.bind(|| insta::assert_snapshot!(name, stderr));
    }
}

fn read_all(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder is ours") {
        let path = entry.expect("the folder is ours").path();
        if path.is_dir() {
            read_all(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it is below the root").to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).expect("the file is ours"));
        }
    }
}

macro_rules! refused {
    ($($name:ident: $case:expr;)+) => { $(#[test] fn $name() { $case.refused(stringify!($name)); })+ };
}

#[path = "errors/allowances.rs"]
mod allowances;
#[path = "errors/calibrate.rs"]
mod calibrate;

// Keys that are not there, and keys that must be.
refused! {
    unknown_key_of_a_scenario: scenario("days = 30", "days = 30\nsede = 7");
    unknown_key_like_no_other: scenario("days = 30", "days = 30\nfavourite_colour = \"red\"");
    unknown_key_of_a_book: book("grace", "unmetred_share = 0.1\ngrace");
    unknown_key_of_the_policy: scenario("rounding = \"half_up\"", "roundin = \"truncate\"");
    unknown_key_of_a_partner: scenario("grace = \"72h\"", "grace = \"72h\"\ndiscount = 0.2");
    unknown_key_of_a_segment: scenario("accounts = 10", "acounts = 10");
    unknown_key_of_a_payer: scenario("below = 10", "bellow = 10");
    unknown_key_of_a_demand: scenario("units = 200", "unit = 200");
    unknown_key_of_a_size: size("{ kind = \"lognormal\", mu = 4.1, sigma = 1.5 }");
    unknown_key_of_a_ledger_entry: ledger("{ at = 2026-01-02T00:00:00, kind = \"top_up\", amount = 5, currency = \"USD\" }");
    unknown_key_of_a_tier: book(LAST_TIER, "up_to = \"unlimited\", price = 0.001, flat_fee = 1");
    unknown_key_of_a_free_quota: book("units = 100", "units = 100\nexpires = \"30d\"");
    missing_start: scenario("start = 2026-01-01\n", "");
    missing_segments: scenario(
        "[[segments]]\nid = \"shops\"\naccounts = 10\n",
        "[unused]\nid = \"shops\"\naccounts = 10\n",
    );
    missing_demand: scenario(DEMAND, "profile = \"office\"");
    missing_price_of_a_tier: book(LAST_TIER, "up_to = \"unlimited\"");
    missing_kind_of_a_payer: scenario("kind = \"auto_recharge\", ", "");
    missing_kind_of_a_demand: scenario("kind = \"constant\", ", "");
    empty_file: typed("run scenario.toml").file("scenario.toml", "");
}

// Values of the wrong type, out of range, or unknown words.
refused! {
    text_for_a_number: scenario("days = 30", "days = \"thirty\"");
    number_for_a_text: book("product = \"captcha\"", "product = 7");
    number_for_a_table: scenario(PAYER, "payer = 5");
    word_for_a_table: scenario(PAYER, "payer = \"never\"");
    list_for_a_flag: book("grace = \"168h\"", "requires_integration = [true]");
    table_for_a_list: book("[[free]]", "[free]");
    single_table_of_segments: scenario("[[segments]]", "[segments]");
    days_zero: scenario("days = 30", "days = 0");
    days_too_many: scenario("days = 30", "days = 40_000");
    days_with_decimals: scenario("days = 30", "days = 30.5");
    horizon_past_the_calendar: scenario("start = 2026-01-01", "start = 9998-12-20");
    number_too_large_for_any_key: scenario("accounts = 10", "accounts = 99999999999999999999");
    seed_too_large: scenario("days = 30", "days = 30\nseed = 9223372036854775808");
    share_above_one: scenario("accounts = 10", "accounts = 10\nnon_payers = 8");
    infinite_number: size("{ kind = \"constant\", units = inf }");
    id_with_capitals: scenario("id = \"shops\"", "id = \"Web Shops\"");
    id_of_a_product: scenario("[books.captcha]", "[books.\"Captcha 2\"]");
    rounding_mistyped: scenario("half_up", "half-up");
    rounding_unknown: scenario("half_up", "bankers");
    kind_of_payer_mistyped: scenario("auto_recharge", "autorecharge");
    kind_of_demand_unknown: scenario("kind = \"constant\"", "kind = \"seasonal\"");
    kind_of_size_unknown: size("{ kind = \"pareto\", mean = 40 }");
    kind_that_is_no_text: scenario("kind = \"constant\"", "kind = 3");
    length_in_months: book("grace = \"168h\"", "grace = \"7 months\"");
    length_that_is_none: book("grace = \"168h\"", "grace = \"soon\"");
    length_as_a_number: book("grace = \"168h\"", "grace = 168");
    length_below_zero: book("grace = \"168h\"", "grace = \"-7d\"");
    word_or_length_in_months: book("grace = \"168h\"", "wipe_after = \"2 months\"");
    word_or_length_of_a_partner: scenario("grace = \"72h\"", "grace = \"nonstop\"");
    word_or_length_mistyped: book("grace = \"168h\"", "wipe_after = \"nevr\"");
    time_of_day_that_is_none: book("from = \"08:00:00\"", "from = \"8 am\"");
    time_of_day_past_midnight: book("to = \"09:00:00\"", "to = \"25:00:00\"");
    date_as_a_text: scenario("start = 2026-01-01", "start = \"2026-01-01\"");
    date_with_an_offset: scenario("start = 2026-01-01", "start = 2026-01-01T00:00:00+08:00");
    date_that_is_none: scenario("start = 2026-01-01", "start = 2026-02-30");
    instant_with_an_offset: ledger("{ at = 2026-01-02T00:00:00Z, kind = \"top_up\", amount = 5 }");
    instant_without_a_date: ledger("{ at = 08:00:00, kind = \"top_up\", amount = 5 }");
    instant_as_a_text: ledger("{ at = \"2026-01-02T08:00:00\", kind = \"top_up\", amount = 5 }");
    instant_with_a_fraction: ledger("{ at = 2026-01-02T00:00:00.5, kind = \"top_up\", amount = 5 }");
    weekday_with_six_days: scenario(
        DEMAND,
        "demand = { kind = \"random\", size = { kind = \"constant\", units = 9 }, weekday = [1, 1, 1, 1, 1, 1] }",
    );
}

// Prices and tiers.
refused! {
    price_with_nine_decimals: book("price = 0.005", "price = 0.000000001");
    price_as_a_word: book("price = 0.005", "price = \"free\"");
    price_with_a_currency: book("price = 0.005", "price = \"$0.005\"");
    price_below_zero: book("price = 0.005", "price = -0.005");
    price_too_high: book("price = 0.005", "price = 2_000_000");
    price_that_is_no_number: book("price = 0.005", "price = nan");
    tiers_that_do_not_rise: book("up_to = 1_000", "up_to = 100");
    tier_bound_zero: book("up_to = 100", "up_to = 0");
    last_tier_with_a_bound: book(LAST_TIER, "up_to = 10_000, price = 0.001");
    unlimited_tier_in_the_middle: book("up_to = 1_000", "up_to = \"unlimited\"");
    unlimited_mistyped: book(LAST_TIER, "up_to = \"infinite\", price = 0.001");
    tiers_missing: book(
        "tiers = [\n  { up_to = 100, price = 0.005 },\n  { up_to = 1_000, price = 0.002 },\n  { up_to = \"unlimited\", price = 0.001 },\n]",
        "",
    );
    tiers_empty: book(
        "tiers = [\n  { up_to = 100, price = 0.005 },\n  { up_to = 1_000, price = 0.002 },\n  { up_to = \"unlimited\", price = 0.001 },\n]",
        "tiers = []",
    );
    flat_with_tiers: book("pricing = \"graduated\"", "pricing = \"flat\"\nprice = 0.002");
    flat_without_a_price: book("pricing = \"graduated\"", "pricing = \"flat\"");
    graduated_with_a_price: book("pricing = \"graduated\"", "pricing = \"graduated\"\nprice = 0.002");
    pricing_unknown: book("pricing = \"graduated\"", "pricing = \"volumes\"");
    quota_of_an_unknown_meter: book("meter = \"verification\"", "meter = \"message\"");
    two_quotas_of_one_id: book(
        "units = 100\n",
        "units = 100\n\n[[free]]\nid = \"trial\"\nmeter = \"verification\"\nunits = 5\neach = \"day\"\n",
    );
    quotas_inside_and_outside: book(
        "units = 100\n",
        "units = 100\n\n[[free]]\nid = \"daily\"\nmeter = \"verification\"\nunits = 5\neach = \"day\"\ncounter = \"inside\"\n",
    );
    daily_quota_that_expires: book("units = 100", "units = 100\neach = \"day\"\nexpires_after = \"30d\"");
    quota_that_expires_at_once: book("units = 100", "units = 100\nexpires_after = \"0s\"");
    billing_window_empty: book("to = \"09:00:00\"", "to = \"08:00:00\"");
    two_meters_without_a_mix: book(
        "[[meters]]\n",
        "[[meters]]\nid = \"other\"\npricing = \"flat\"\nprice = 1\n\n[[meters]]\n",
    );
}

// What must hold between keys.
refused! {
    two_segments_of_one_id: scenario("[[segments]]", "[[segments]]\nid = \"shops\"\naccounts = 1\nproducts = {}\n\n[[segments]]");
    partner_unknown: scenario("accounts = 10", "accounts = 10\npartner = \"resellr\"");
    product_unknown: scenario("products.captcha", "products.sms");
    profile_unknown: scenario(DEMAND, &format!("profile = \"night\", {DEMAND}"));
    profile_with_287_weights: scenario("days = 30", &format!("days = 30\nprofiles.night.weights = [{}]", vec!["1"; 287].join(",")));
    profile_all_zero: scenario("days = 30", &format!("days = 30\nprofiles.night.weights = [{}]", vec!["0"; 288].join(",")));
    mean_and_median: size("{ kind = \"lognormal\", mean = 90, median = 40 }");
    neither_mean_nor_median: size("{ kind = \"lognormal\", cv = 2 }");
    sizes_empty: size("{ kind = \"table\", sizes = [] }");
    ledger_before_the_start: ledger("{ at = 2025-12-31T23:59:59, kind = \"top_up\", amount = 5 }");
    voucher_that_expires_before_it_is_usable: ledger(
        "{ at = 2026-01-02T00:00:00, kind = \"voucher\", amount = 5, from = 2026-01-10T00:00:00, expires = 2026-01-10T00:00:00 }",
    );
    voucher_that_expires_before_it_is_received: ledger(
        "{ at = 2026-01-02T00:00:00, kind = \"voucher\", amount = 5, expires = 2026-01-01T00:00:00 }",
    );
    top_up_with_from: ledger("{ at = 2026-01-02T00:00:00, kind = \"top_up\", amount = 5, from = 2026-01-05T00:00:00 }");
    fifo_with_an_opening_debt: scenario("half_up\"", "half_up\"\nsettlement = \"fifo\"")
        .and("scenario.toml", "accounts = 10", "accounts = 10\nopening_balance = -3");
    book_of_another_product: book("product = \"captcha\"", "product = \"sms\"");
    file_beside_other_keys: scenario("file = \"book.toml\"", "file = \"book.toml\"\ngrace = \"1h\"");
    file_that_is_no_text: scenario("file = \"book.toml\"", "file = 7");
    many_mistakes_at_once: scenario("days = 30", "days = \"many\"\nsede = 1")
        .and("scenario.toml", "amount = 50", "amount = 0")
        .and("book.toml", "price = 0.002", "price = -0.002")
        .and("book.toml", "168h", "a week");
}

// Files that cannot be read, and texts that are no TOML.
refused! {
    toml_without_a_value: scenario("days = 30", "days =");
    toml_without_a_closing_quote: scenario("id = \"shops\"", "id = \"shops");
    two_mistakes_of_syntax: scenario("days = 30", "days = ").and("scenario.toml", "accounts = 10", "accounts 10");
    syntax_of_a_book: book("pricing = \"graduated\"", "pricing = graduated");
    key_written_twice: scenario("days = 30", "days = 30\ndays = 31");
    table_written_twice: scenario("[account.partners.reseller]", "[account]\n\n[account.partners.reseller]");
    not_utf8: typed("run scenario.toml").file("scenario.toml", b"name = \"caf\xe9\"\n".as_slice());
    book_not_utf8: typed("run scenario.toml").file("book.toml", b"title = \"caf\xe9\"\n".as_slice());
    missing_scenario: typed("run scenarios.toml");
    folder_for_a_scenario: typed("run folder").file("folder/notes.txt", "");
    missing_book: typed("run scenario.toml").without("book.toml");
    folder_for_a_book: scenario("file = \"book.toml\"", "file = \"folder\"").file("folder/notes.txt", "");
    binary_file: typed("run scenario.toml").file("scenario.toml", b"\0\0\0\x01PAR1".as_slice());
}

// `--set` and the other options that change a scenario.
refused! {
    set_without_equals: set("books.captcha.grace");
    set_without_a_key: set("=5");
    set_with_an_empty_step: set("books..grace=1h");
    set_no_books: set("books={}");
    set_no_products: set("segments.0.products={}");
    set_two_currencies: set("books.sms={currency=\"EUR\",meters=[{id=\"m\",pricing=\"flat\",price=1}]}");
    set_profile_of_a_built_in_name: set(&format!("profiles.flat.weights=[{}]", ["1"; 288].join(",")));
    set_half_a_tail: set("segments.0.products.captcha.demand={kind=\"random\",size={kind=\"lognormal\",median=9,tail_above=0.9}}");
    set_holiday_backwards: set("segments.0.products.captcha.demand={kind=\"random\",size={kind=\"constant\",units=9},holidays=[{from=2026-02-02,to=2026-02-01,factor=2}]}");
    set_noise_shares_above_one: set("segments.0.products.captcha.demand={kind=\"random\",size={kind=\"constant\",units=9},noise={sd=1,week=0.7,month=0.7}}");
    set_unknown_key: set("books.captcha.grase=72h");
    set_unknown_book: set("books.sms.grace=72h");
    set_index_out_of_a_list: set("segments.7.accounts=5");
    set_unknown_segment: set("segments.shop.accounts=5");
    set_below_a_scalar: set("days.count=5");
    set_below_a_text: set("account.rounding.mode=ceil");
    set_out_of_range: set("segments.shops.accounts=0");
    set_bad_length: set("books.captcha.grace=forever");
    set_bad_word: set("account.rounding=truncat");
    set_bad_price: set("books.captcha.meters.verification.tiers.0.price=0.0000000001");
    set_file_of_a_book: set("books.captcha.file=other.toml");
    set_burst_backwards: set("segments.0.products.captcha.bursts={bot_attack={a_year=2,least=9,most=3}}");
    set_burst_by_year_of_none: set("segments.0.products.captcha.bursts={bot_attack={a_year=-1}}");
    set_retries_out_of_order: set("segments.0.payments={soft_failure=0.1,retries=[{after=\"3d\",success=0.5},{after=\"2d\",success=0.5}]}");
    set_elasticity_without_reference: set("segments.0.products.captcha.elasticity=-0.3");
    set_elasticity_above_zero: set("segments.0.products.captcha.elasticity=0.3");
    set_age_without_kind: set("segments.0.churn.age={a_year=0.1}");
    set_replications_zero: set("replications=0");
    set_two_mistakes: typed("run scenario.toml --set days=no --set account.rounding=no");
    days_option_zero: typed("run scenario.toml --days 0");
    days_option_too_many: typed("run scenario.toml --days 50000");
    days_option_no_number: typed("run scenario.toml --days many");
    seed_option_below_zero: typed("run scenario.toml --seed=-1");
    accounts_fewer_than_segments: typed("run scenario.toml --accounts 1")
        .file("scenario.toml", [SCENARIO, SECOND_SEGMENT].concat());
    accounts_zero: typed("run scenario.toml --accounts 0");
    accounts_too_many: typed("run scenario.toml --accounts 9000000000");
}

// The other arguments.
refused! {
    no_arguments: typed("");
    no_scenario: typed("run");
    unknown_command: typed("rum scenario.toml");
    unknown_option: typed("run scenario.toml --thread 4");
    unknown_table: typed("run scenario.toml --record daily,account");
    unknown_format: typed("run scenario.toml --format xlsx");
    threads_zero: typed("run scenario.toml --threads 0");
    charts_none_and_svg: typed("run scenario.toml --charts none,svg");
    quiet_and_json: typed("run scenario.toml --quiet --json");
    until_of_no_headline: typed("run scenario.toml --until recognized±1%");
    until_without_a_width: typed("run scenario.toml --until recognised");
    until_of_no_width: typed("run scenario.toml --until recognised±0%");
    until_with_one_replication: typed("run scenario.toml --until recognised±1% --replications 1");
    inspect_of_a_mistake: scenario("days = 30", "days = 0").and_typed("inspect scenario.toml");
    explain_without_an_account: typed("explain scenario.toml");
    explain_account_without_an_index: typed("explain scenario.toml --account shops");
    explain_unknown_segment: typed("explain scenario.toml --account shop/0");
    explain_index_too_large: typed("explain scenario.toml --account shops/10");
    explain_index_no_number: typed("explain scenario.toml --account shops/first");
    explain_dates_outside: typed("explain scenario.toml --account shops/0 --from 2027-01-01");
    explain_dates_backwards: typed("explain scenario.toml --account shops/0 --from 2026-01-09 --to 2026-01-03");
    explain_date_that_is_none: typed("explain scenario.toml --account shops/0 --to tomorrow");
    out_is_no_run_folder: typed("run scenario.toml --out out").file("out/notes.txt", "mine");
    out_is_a_file: typed("run scenario.toml --out out").file("out", "mine");
    out_is_another_run: typed("run scenario.toml --out out").file("out/manifest.json", another_run());
    out_is_a_damaged_run: typed("run scenario.toml --out out").file("out/manifest.json", "{");
    amounts_out_of_range: typed("run scenario.toml")
        .change("scenario.toml", "units = 200", "units = 1_000_000_000_000")
        .and("book.toml", "price = 0.001", "price = 1_000_000");
}

// `compare`.
refused! {
    compare_nothing: typed("compare scenario.toml");
    compare_a_book_first: typed("compare book.toml scenario.toml");
    compare_a_missing_scenario: typed("compare scenario.toml other.toml");
    compare_a_mistake_in_the_second: typed("compare scenario.toml other.toml")
        .file("other.toml", SCENARIO.replace("days = 30", "days = 0"));
    compare_a_mistake_in_a_book: typed("compare scenario.toml other.toml")
        .file("other.toml", BOOK.replace("price = 0.002", "price = -0.002"));
    compare_a_book_of_an_unknown_product: typed("compare scenario.toml other.toml")
        .file("other.toml", BOOK.replace("product = \"captcha\"", "product = \"sms\""));
    compare_other_segments: typed("compare scenario.toml other.toml")
        .file("other.toml", [SCENARIO, SECOND_SEGMENT].concat());
    compare_other_days: typed("compare scenario.toml other.toml")
        .file("other.toml", SCENARIO.replace("days = 30", "days = 31"));
    compare_other_currency: typed("compare scenario.toml --with books.captcha.currency=EUR");
    compare_with_a_seed: typed("compare scenario.toml --with seed=7");
    compare_with_replications: typed("compare scenario.toml --with replications=3");
    compare_with_days: typed("compare scenario.toml --with days=9");
    study_value_wrong: study("\"24h\"", "\"336x\"");
    study_key_unknown: study("books.captcha.grace", "books.captcha.grase");
    study_key_of_an_unknown_book: study("books.captcha.grace", "books.sms.grace");
    study_key_of_an_unknown_element: study("books.captcha.grace", "books.captcha.meters.sms.free");
    study_key_twice: study("[\"24h\", \"168h\"]\n", "[\"24h\", \"168h\"]\n[[axes]]\nkey = \"books.captcha. grace\"\nvalues = [\"1h\"]\n");
    study_key_twice_by_id_and_index: study("[\"24h\", \"168h\"]\n", "[\"24h\", \"168h\"]\n[[axes]]\nkeys = [\"books.captcha.meters.verification.tiers.0.price\", \"books.captcha.meters.0.tiers.0.price\"]\nvalues = [0.1]\n");
    study_label_twice: study("[\"24h\", \"168h\"]\n", "[\"24h\", \"168h\"]\n[[axes]]\nlabel = \"books.captcha.grace\"\nkey = \"account.debt_cap\"\nvalues = [5]\n");
    study_label_empty: study("key = ", "label = \"\"\nkey = ");
    study_name_empty: study("metrics", "name = \" \"\nmetrics");
    study_value_twice: study("\"168h\"]", "\"168h\", \"24h\"]");
    study_value_twice_as_numbers: study("books.captcha.grace\"\nvalues = [\"24h\", \"168h\"]", "account.debt_cap\"\nvalues = [5, 6, 5.0]");
    study_log_of_one_value: study("values = [\"24h\", \"168h\"]", "log = { from = 0.1, to = 0.1, points = 3 }");
    study_metric_twice: study("[\"recognised\"]", "[\"recognised\", \"lost\", \"recognised\"]");
    study_value_that_does_not_go_with_another_key: study("books.captcha.grace\"\nvalues = [\"24h\", \"168h\"]", "books.captcha.bill_at.to\"\nvalues = [\"07:00:00\"]");
    scenario_name_empty: scenario("days = 30", "name = \"\"\ndays = 30");
    study_of_seeds: study("books.captcha.grace\"\nvalues = [\"24h\", \"168h\"]", "seed\"\nvalues = [1, 2]");
    study_of_accounts: study("books.captcha.grace\"\nvalues = [\"24h\", \"168h\"]", "segments.shops.accounts\"\nvalues = [1, 2]");
    study_of_currencies: study("books.captcha.grace\"\nvalues = [\"24h\", \"168h\"]", "books.captcha.currency\"\nvalues = [\"EUR\"]");
    study_factor_of_a_length: study("values = [\"24h\", \"168h\"]", "factors = [0.5, 2]");
    study_range_of_a_length: study("values = [\"24h\", \"168h\"]", "range = { from = \"24h\", to = \"72h\", step = \"24h\" }");
    study_set_wrong: study("\n[[axes]]", "set = [\"account.rounding=up\"]\n[[axes]]");
    study_set_key_unknown: study("\n[[axes]]", "set = [\"account.roundin=truncate\"]\n[[axes]]");
    study_set_without_value: study("\n[[axes]]", "set = [\"account.rounding\"]\n[[axes]]");
    study_scenario_missing: study("\"scenario.toml\"", "\"secnario.toml\"");
    study_metric_unknown: study("\"recognised\"", "\"revenu\"");
    optimize_seen_seed: typed("optimize study.toml --seed 7").file("study.toml", OPTIMUM.replace("most_points = 5", "fresh_seed = 7"));
    optimize_no_response: typed("optimize study.toml").file("study.toml", OPTIMUM);
    optimize_no_price: typed("optimize study.toml").file("study.toml", OPTIMUM.replace("books.captcha.meters.verification.tiers.1.price", "account.debt_cap"));
    optimize_no_number: typed("optimize study.toml").file("study.toml", OPTIMUM.replace("tiers.1.price", "tiers"));
    optimize_range_below_zero: typed("optimize study.toml").file("study.toml", OPTIMUM.replace("from = 0.001", "from = -0.001"));
    a_study_to_run: typed("run study.toml").file("study.toml", STUDY);
    a_study_to_inspect: typed("inspect study.toml").file("study.toml", STUDY);
    a_study_to_explain: typed("explain study.toml --account shops/0").file("study.toml", STUDY);
    a_study_to_compare: typed("compare scenario.toml study.toml").file("study.toml", STUDY);
    a_study_to_record: typed("baseline record study.toml").file("study.toml", STUDY);
    a_study_of_optima_to_run: typed("run study.toml").file("study.toml", format!("{STUDY}[optimize]\nmaximise = \"margin\"\n"));
    a_book_to_run: typed("run book.toml");
    a_book_to_sweep: typed("sweep book.toml");
    a_scenario_to_sweep: typed("sweep scenario.toml");
    a_scenario_to_optimize: typed("optimize scenario.toml");
    a_study_of_a_study: typed("sweep study.toml").file("study.toml", STUDY.replace("scenario.toml", "study.toml"));
    a_scenario_for_a_book: scenario("file = \"book.toml\"", "file = \"other.toml\"").file("other.toml", SCENARIO);
    a_study_for_a_policy: typed("run scenario.toml --set account.file=study.toml").file("study.toml", STUDY)
        .change("scenario.toml", "[account]\nrounding = \"half_up\"\n\n[account.partners.reseller]\ngrace = \"72h\"\n", "[account]\nfile = \"none.toml\"\n");
    baseline_into_a_file: typed("baseline record scenario.toml --dir kept").file("kept", "");
    baseline_below_a_file: typed("baseline record scenario.toml --dir kept/them").file("kept", "");
    baseline_check_in_a_file: typed("baseline check scenario.toml --dir kept").file("kept", "");
    baseline_check_of_none: typed("baseline check scenario.toml --dir tests/baselines");
    baseline_accept_of_none: typed("baseline accept scenario.toml");
    baseline_into_a_foreign_folder: typed("baseline record scenario.toml --dir kept").file("kept/scenario/notes.txt", "");
    baseline_into_a_foreign_folder_by_force: typed("baseline record scenario.toml --dir kept --force")
        .file("kept/scenario/notes.txt", "");
    baseline_check_of_a_foreign_folder: typed("baseline check scenario.toml --dir kept").file("kept/scenario/notes.txt", "");
    baseline_record_given_twice: typed("baseline record scenario.toml scenario.toml");
    baseline_seed_no_number: typed("baseline record scenario.toml --seed x");
    baseline_days_no_number: typed("baseline record scenario.toml --days x");
    baseline_check_with_set: typed("baseline check scenario.toml --set books.captcha.grace=1h");
    compare_with_nothing: typed("compare scenario.toml --with ;");
    compare_with_no_value: typed("compare scenario.toml --with books.captcha.grace");
    compare_with_an_unknown_key: typed("compare scenario.toml --with books.captcha.grase=24h");
    compare_guard_of_no_metric: typed("compare scenario.toml --with days=9 --fail-if suspension_rat>0.02");
    compare_guard_of_no_bound: typed("compare scenario.toml --with days=9 --fail-if suspension_rate>many");
    compare_into_a_run: typed("compare scenario.toml --with books.captcha.grace=24h --out out")
        .file("out/manifest.json", another_run());
}

fn another_run() -> String {
    format!("{{ \"program\": \"billsim\", \"version\": \"{}\", \"plan_hash\": \"0000\" }}", env!("CARGO_PKG_VERSION"))
}
