//! Every decision of RULES §1 and §2 that is a key: a tiny world, and its number under the default and each alternative.
//!
//! A key that nobody reads gives the same number twice and fails here; so does a key or a word that has no row.
//! The rows and their arithmetic are in the folder `switches`.

#[path = "switches/account.rs"]
mod account;
#[path = "switches/book.rs"]
mod book;
#[path = "switches/responses.rs"]
mod responses;
#[path = "switches/row.rs"]
mod row;
#[path = "switches/segment.rs"]
mod segment;
mod support;
#[path = "support/told.rs"]
mod told;
#[path = "switches/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use billsim::book::ACCOUNT;
use billsim::book::keys::BOOK;
use billsim::scenario::keys::SCENARIO;
use billsim::text::keys::{Fallback, Shape, Table};
use row::Switch;
use told::Told;

/// The book's defaults are those of the key table, so nothing is written but a meter. Day by day it is the shop of the
/// other tests: 200 calls at 100 × 0.005 + 100 × 0.002 = 0.70; arrears on day 3, suspended on day 10, both at 08:00:00.
const WORLD: &str = r#"
start = 2026-01-01
days = 30

[[books.shop.meters]]
id = "m"
pricing = "graduated"
tiers = [{ up_to = 100, price = 0.005 }, { up_to = "unlimited", price = 0.002 }]

[[segments]]
id = "s"
accounts = 1
opening_balance = 2
products.shop = { demand = { kind = "constant", units = 200 } }
"#;

/// All rows.
fn switches() -> impl Iterator<Item = &'static Switch> {
    [book::BOOK, account::ACCOUNT, segment::SEGMENT, responses::RESPONSES, world::WORLD].into_iter().flatten()
}

fn measure(switch: &Switch, value: Option<&str>) -> String {
    let mut set: Vec<String> = switch.world.iter().map(|argument| (*argument).to_owned()).collect();
    // A value may need other keys beside it; they follow after semicolons.
    for (index, argument) in value.into_iter().flat_map(|value| value.split("; ")).enumerate() {
        set.push(if index == 0 { format!("{}={argument}", switch.key) } else { argument.to_owned() });
    }
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    (switch.measure)(&Told::of(WORLD, &set))
}

#[test]
fn every_switch_changes_its_number_to_the_one_worked_out_by_hand() {
    for switch in switches() {
        let (default, number) = switch.default;
        match default {
            // What holds when the key is not written; the same when its default is written.
            "absent" => assert_eq!(measure(switch, None), number, "{} is not written", switch.key),
            written => {
                assert_eq!(measure(switch, Some(written)), number, "{} = {written}", switch.key);
                if !switch.required {
                    assert_eq!(measure(switch, None), number, "{} is not written", switch.key);
                }
            }
        }
        for (value, expected) in switch.others {
            assert_eq!(measure(switch, Some(value)), *expected, "{} = {value}", switch.key);
            assert_ne!(*expected, number, "{} = {value} gives the number of the default", switch.key);
        }
    }
}

/// Keys without a row, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("name", "a name"),
    ("seed", "foreign_bugs.rs: another seed, other numbers"),
    ("replications", "of many accounts: run_folder.rs"),
    ("reference_books", "needed by the row of `elasticity`; its keys are those of any book"),
    ("books.shop.bill_cost", "a sum over accounts: responses.rs"),
    ("books.shop.meters.0.cost", "a sum over accounts: responses.rs"),
    ("profiles", "named ones are a row of `profile`; given ones are in arrears.rs"),
    ("books.shop.product", "an id"),
    ("books.shop.title", "a name"),
    ("books.shop.currency", "a name"),
    ("books.shop.meters.0.unit", "a name"),
    ("books.shop.bill_every", "periods.rs"),
    ("books.shop.opens", "packages.rs"),
    ("books.shop.slot", "packages.rs"),
    ("books.shop.draw_order", "packages.rs"),
    ("books.shop.pay_as_you_go", "packages.rs"),
    ("books.shop.automatic", "packages.rs"),
    ("books.shop.trial.ratio", "packages.rs"),
    ("books.shop.trial.valid", "packages.rs"),
    ("books.shop.packages.sizes", "packages.rs"),
    ("books.shop.packages.bands", "packages.rs"),
    ("books.shop.packages.bands.0.below", "packages.rs"),
    ("books.shop.packages.effect_after", "packages.rs"),
    ("books.shop.packages.valid", "packages.rs"),
    ("books.shop.packages.valid_from", "packages.rs"),
    ("books.shop.packages.cover", "packages.rs"),
    ("books.shop.free.q.meter", "one of it and `meters` is required"),
    ("books.shop.free.q.meters", "periods.rs"),
    ("books.shop.meters.0.raw_per_unit", "packages.rs"),
    ("books.shop.meters.0.rounding", "packages.rs"),
    ("books.shop.meters.0.add_on_of", "packages.rs"),
    ("books.shop.meters.0.tiers.0.fee", "periods.rs"),
    ("books.shop.meters.0.tiers.0.block", "periods.rs"),
    ("books.shop.meters.0.minimum", "periods.rs"),
    ("books.shop.meters.0.maximum", "periods.rs"),
    ("books.shop.meters.0.fee_at_zero", "periods.rs"),
    ("books.shop.meters.0.changes", "periods.rs"),
    ("books.shop.meters.0.changes.0.existing", "periods.rs"),
    ("books.shop.meters.0.changes.0.price", "periods.rs"),
    ("books.shop.meters.0.changes.0.tiers", "periods.rs"),
    ("books.shop.meters.0.changes.0.tiers.0.up_to", "periods.rs"),
    ("books.shop.meters.0.changes.0.tiers.0.fee", "periods.rs"),
    ("books.shop.meters.0.changes.0.tiers.0.block", "periods.rs"),
    ("account.purchase_in_arrears", "packages.rs"),
    ("account.packages_protect", "packages.rs"),
    ("account.balance", "packages.rs"),
    ("segments.s.ledger.0.amount", "required by the kinds that move money"),
    ("segments.s.ledger.0.product", "packages.rs"),
    ("segments.s.ledger.0.units", "packages.rs"),
    ("segments.s.products.shop.tries_again_after", "packages.rs"),
    ("segments.s.products.shop.demand.session", "packages.rs"),
    ("segments.s.products.shop.demand.session.cv", "random; packages.rs"),
    ("segments.s.products.shop.mix", "packages.rs"),
    ("segments.s.products.shop.add_ons", "packages.rs"),
    ("segments.s.products.shop.discount", "periods.rs"),
    ("segments.s.products.shop.do_not_suspend", "packages.rs"),
    ("segments.s.products.shop.opening_balance", "with account.balance = \"product\": packages.rs"),
    ("segments.s.products.shop.credit_line", "with account.balance = \"product\": packages.rs"),
    ("segments.s.products.shop.buyer", "random; packages.rs"),
    ("segments.s.products.shop.buyer.share", "random; packages.rs"),
    ("segments.s.products.shop.buyer.covers", "random; packages.rs"),
    ("segments.s.products.shop.buyer.reorder_at", "random; packages.rs"),
    ("segments.s.products.shop.buyer.median", "random; packages.rs"),
    ("segments.s.products.shop.buyer.cv", "random; packages.rs"),
    ("segments.s.products.shop.buyer.pays", "random; packages.rs"),
    ("segments.s.products.shop.switcher", "random; packages.rs"),
    ("segments.s.products.shop.switcher.share", "random; packages.rs"),
    ("segments.s.products.shop.switcher.median", "random; packages.rs"),
    ("segments.s.products.shop.switcher.cv", "random; packages.rs"),
    ("books.shop.meters.0.counter", "periods.rs"),
    ("books.shop.meters.0.pricing", "its rows, and periods.rs for volume"),
    ("segments.s.ledger.0.kind", "its rows, and packages.rs for purchase and switch"),
    ("books.shop.meters.0.price", "a row of `pricing`"),
    ("books.shop.meters.0.tiers", "a row of `pricing`"),
    ("account.partners", "the agreements in it are a row of `grace`"),
    ("books.shop.meters.0.tiers.0.up_to", "only the last tier can be unlimited and must be: foreign_bugs.rs"),
    ("segments.s.products.shop.demand.size.median", "random; foreign_bugs.rs"),
    ("segments.s.products.shop.demand.size.mean", "random; foreign_bugs.rs"),
];

/// How the rows name the element of a list or map.
fn element(path: &str) -> &'static str {
    match path {
        "books" | "segments.s.products" => "shop",
        "segments" => "s",
        "account.partners" => "friend",
        "books.shop.free" => "q",
        _ => "0",
    }
}

/// Every key of a table and of those below it with its shape and default.
fn walk(table: &'static Table, path: &str, keys: &mut Vec<(String, &'static Shape, Fallback)>) {
    for key in table.keys {
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        keys.push((path.clone(), &key.shape, key.default));
        if path == "reference_books" {
            continue;
        }
        below(&key.shape, &path, keys);
    }
}

fn below(shape: &'static Shape, path: &str, keys: &mut Vec<(String, &'static Shape, Fallback)>) {
    match shape {
        Shape::Table(table) => walk(table, path, keys),
        Shape::Map(table) => walk(table, &format!("{path}.{}", element(path)), keys),
        Shape::List(of, ..) => below(of, &format!("{path}.{}", element(path)), keys),
        Shape::WordOr(_, or) => below(or, path, keys),
        Shape::Tagged(variants) => variants.iter().for_each(|variant| walk(&variant.table, path, keys)),
        _ => {}
    }
}

/// The words a key can hold.
fn words_of(shape: &Shape) -> Vec<&'static str> {
    match shape {
        Shape::Flag => vec!["true", "false"],
        Shape::Choice(words) => words.iter().map(|word| word.word).collect(),
        Shape::WordOr(word, or) => [vec![word.word], words_of(or)].concat(),
        _ => vec![],
    }
}

/// Values that the rows give each key.
fn values() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut values: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for switch in switches() {
        let others = switch.others.iter().map(|(value, _)| value.split("; ").next().expect("a first part"));
        values.entry(switch.key).or_default().extend(others.chain([switch.default.0]));
    }
    values
}

#[test]
fn every_key_with_a_default_and_every_word_has_a_row() {
    let (values, mut missing) = (values(), vec![]);
    let mut keys = vec![];
    walk(&SCENARIO, "", &mut keys);
    // The book and the account policy are reached from the scenario.
    for (table, path) in [(&BOOK, "books.shop"), (&ACCOUNT, "account")] {
        assert!(table.keys.iter().all(|key| keys.iter().any(|(known, ..)| *known == format!("{path}.{}", key.name))));
    }
    for (key, shape, default) in &keys {
        let excepted = EXCEPTIONS.iter().any(|(name, _)| name == key);
        let required = matches!(default, Fallback::Required);
        let words = words_of(shape);
        let whole_table = matches!(shape, Shape::Table(_));
        if excepted || whole_table || required && words.is_empty() {
            continue;
        }
        let Some(given) = values.get(key.as_str()) else {
            missing.push(format!("{key} has no row"));
            continue;
        };
        for word in words.iter().filter(|word| !given.contains(*word)) {
            missing.push(format!("{key} has no row for {word}"));
        }
        // A default that is no word: what the row calls the default is what the key table says.
        if let Fallback::Is(text) = default
            && !switches().any(|switch| switch.key == key && switch.default.0 == text.trim_matches('"'))
        {
            missing.push(format!("the row of {key} has another default than {text}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    for name in values.keys().chain(EXCEPTIONS.iter().map(|(name, _)| name)) {
        assert!(keys.iter().any(|(key, ..)| key == name), "there is no key {name}");
    }
}
