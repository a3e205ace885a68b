//! Every decision of RULES that is a key: a tiny world, and its number under the default and each alternative.
//!
//! A key that nobody reads gives the same number twice and fails here; so does a key or a word that has no row.
//! The rows and their arithmetic are in the folder `switches`.

#[path = "switches/account.rs"]
mod account;
#[path = "switches/allowances.rs"]
mod allowances;
#[path = "switches/book.rs"]
mod book;
#[path = "switches/periods.rs"]
mod periods;
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
    let of_the_book = [book::BOOK, periods::PERIODS, allowances::ALLOWANCES];
    let of_the_world = [account::ACCOUNT, segment::SEGMENT, responses::RESPONSES, world::WORLD];
    of_the_book.into_iter().chain(of_the_world).flatten()
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
    ("profiles", "named ones are a row of `profile`; given ones are in arrears.rs"),
    ("books.shop.product", "an id"),
    ("books.shop.title", "a name"),
    ("books.shop.currency", "a name"),
    ("books.shop.meters.0.unit", "a name"),
    ("books.shop.services", "names of labels"),
    ("segments.s.products.shop.demand.digest", "changes nothing: another file is refused, in replay.rs"),
    ("segments.s.products.shop.service", "a label that no rule reads: scenarios.rs"),
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

/// A value without the other keys that it needs beside it.
fn value_of_the_key(value: &'static str) -> &'static str {
    value.split("; ").next().expect("a first part")
}

/// Values that the rows give each key.
fn values() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut values: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for switch in switches() {
        let all = switch.others.iter().map(|(value, _)| *value).chain([switch.default.0]);
        values.entry(switch.key).or_default().extend(all.map(value_of_the_key));
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
            && !switches().any(|row| row.key == key && value_of_the_key(row.default.0) == text.trim_matches('"'))
        {
            missing.push(format!("the row of {key} has another default than {text}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    for name in values.keys().chain(EXCEPTIONS.iter().map(|(name, _)| name)) {
        assert!(keys.iter().any(|(key, ..)| key == name), "there is no key {name}");
    }
}
