//! What must hold between a segment's use of a product and the product's book, and between balances and their keys.

use super::checks::unknown;
use super::keys::LedgerKind;
use crate::book::{BalanceOf, Cover, PayAsYouGo};
use crate::text::keys::{FromValue, Record, Valued, Words};
use crate::text::{Place, Problem, Problems};
use crate::units::{Money, Share};

fn maps<'a>(record: &'a Record, key: &str) -> &'a [(String, Record)] {
    record.get(key)
}

/// A ledger entry has what its kind needs, and nothing else.
pub(super) fn entry_is_complete(entry: &Record, problems: &mut Problems) {
    let kind: LedgerKind = entry.word("kind");
    let money = matches!(kind, LedgerKind::TopUp | LedgerKind::CreditLine | LedgerKind::Voucher);
    let written = |key: &str| !matches!(entry.valued(key).value, crate::text::keys::Value::Absent);
    let needs = [
        ("amount", money, written("amount")),
        ("units", kind == LedgerKind::Purchase, written("units")),
        ("product", !money, written("product") || money),
    ];
    for (key, needed, given) in needs {
        if needed && !given {
            problems.push(
                Problem::new(format!("a {} needs `{key}`", kind.word().replace('_', "-")))
                    .at(entry.place)
                    .label(format!("`{key}` is missing here")),
            );
        } else if given && !needed && key != "product" {
            problems.push(
                Problem::new(format!("a {} has no `{key}`", kind.word().replace('_', "-")))
                    .at(entry.place_of(key))
                    .label("would be ignored"),
            );
        }
    }
}

/// Mixes, add-ons and decisions of each use against the product's book.
pub(super) fn uses_fit_their_books(scenario: &Record, problems: &mut Problems) {
    let books = maps(scenario, "books");
    let book_of = |id: &str| books.iter().find(|(known, _)| known == id).map(|(_, book)| book);
    for segment in scenario.records("segments") {
        for (product, used) in maps(segment, "products") {
            if let Some(book) = book_of(product) {
                service_is_known(used, book, problems);
                mix_fits(used, book, problems);
                fractions_have_no_discount(used, book, problems);
                decisions_fit(used, book, problems);
            }
        }
        for entry in segment.records("ledger") {
            let Some(product) = entry.get::<Option<&str>>("product") else { continue };
            if !maps(segment, "products").iter().any(|(id, _)| id == product) {
                problems.push(
                    Problem::new(format!("the segment does not use `{product}`"))
                        .at(entry.place_of("product"))
                        .label("no such product here"),
                );
            } else if let Some(book) = book_of(product) {
                entry_fits(entry, book, problems);
            }
        }
    }
}

fn service_is_known(used: &Record, book: &Record, problems: &mut Problems) {
    let Some(service) = used.get::<Option<&str>>("service") else { return };
    let services = book.get::<Option<&[Valued]>>("services").unwrap_or_default();
    let known: Vec<&str> = services.iter().filter_map(|id| <&str>::from_value(&id.value)).collect();
    if !known.contains(&service) {
        problems.push(unknown("service", service, used.place_of("service"), &known));
    }
}

fn mix_fits(used: &Record, book: &Record, problems: &mut Problems) {
    let meters = book.records("meters");
    let add_on = |meter: &&Record| meter.get::<Option<&str>>("add_on_of").is_some();
    let ids = |add_ons: bool| -> Vec<&str> {
        meters.iter().copied().filter(|meter| add_on(meter) == add_ons).map(|meter| meter.get("id")).collect()
    };
    let (basic, extra) = (ids(false), ids(true));
    let mut named = |key: &str, values: &[(String, Valued)], known: &[&str]| {
        for (id, value) in values {
            if !known.contains(&id.as_str()) {
                problems.push(
                    Problem::new(format!("`{id}` is none of the meters that `{key}` is for"))
                        .at(value.place)
                        .label("no such meter")
                        .cure(format!("known: {}", known.join(", "))),
                );
            }
        }
    };
    named("add_ons", used.get::<&[(String, Valued)]>("add_ons"), &extra);
    let mix = used.get::<Option<&[(String, Valued)]>>("mix");
    named("mix", mix.unwrap_or_default(), &basic);
    let shares = mix.unwrap_or_default().iter().filter_map(|(_, value)| Share::from_value(&value.value));
    let sum: i64 = shares.map(Share::units).sum();
    if mix.is_some() && sum != Share::ALL.units() {
        problems.push(
            Problem::new("the shares of a mix must be 1 together")
                .at(used.place_of("mix"))
                .label(format!("together {}", Money::from_units(sum).short())),
        );
    } else if mix.is_none() && basic.len() > 1 && used.get::<(&'static str, &Record)>("demand").0 != "recorded" {
        problems.push(
            Problem::new("a book with several basic meters needs a `mix`")
                .at(used.place)
                .label("how do the units split?")
                .cure(format!("for example mix = {{ {} = 1 }}", basic[0])),
        );
    }
}

/// The rest of a unit is billed at a part of its price in the book (RULES §7).
fn fractions_have_no_discount(used: &Record, book: &Record, problems: &mut Problems) {
    let Some(packages) = book.get::<Option<&Record>>("packages") else { return };
    if packages.word::<Cover>("cover") == Cover::Fractional && used.get::<Share>("discount") != Share::NONE {
        problems.push(
            Problem::new("cover = \"fractional\" goes with no discount")
                .at(used.place_of("discount"))
                .label("no discount here")
                .cure("write cover = \"whole\" in its book, or remove the discount"),
        );
    }
}

/// Whether the book has what a customer decides on.
fn decisions_fit(used: &Record, book: &Record, problems: &mut Problems) {
    let switch = book.word::<PayAsYouGo>("pay_as_you_go") == PayAsYouGo::Switch;
    let mut refuse = |key: &str, what: &str, cure: &str| {
        let problem = Problem::new(format!("this product has no {what}"));
        problems.push(problem.at(used.place_of(key)).label("nothing to decide on").cure(cure.to_owned()));
    };
    if !switch && used.get::<Share>("do_not_suspend") != Share::NONE {
        refuse("do_not_suspend", "switch", "write pay_as_you_go = \"switch\" in its book");
    }
    if !switch && used.get::<Option<&Record>>("switcher").is_some() {
        refuse("switcher", "switch", "write pay_as_you_go = \"switch\" in its book");
    }
    if used.get::<Option<&Record>>("buyer").is_some() && book.get::<Option<&Record>>("packages").is_none() {
        refuse("buyer", "packages", "add [packages] to its book");
    }
}

/// Whether the book has what a ledger entry is about.
fn entry_fits(entry: &Record, book: &Record, problems: &mut Problems) {
    let mut refuse = |key: &str, (what, cure): (&str, String)| {
        problems.push(Problem::new(what).at(entry.place_of(key)).label("not in its price book").cure(cure));
    };
    match entry.word("kind") {
        LedgerKind::Switch => {
            if let Some(mistake) = no_switch(book) {
                refuse("kind", mistake);
            }
        }
        LedgerKind::Purchase => {
            if let Some(mistake) = no_such_package(book, entry.get("units")) {
                refuse(if book.get::<Option<&Record>>("packages").is_some() { "units" } else { "kind" }, mistake);
            }
        }
        _ => {}
    }
}

/// What is wrong with a switch by hand, and the cure.
pub(super) fn no_switch(book: &Record) -> Option<(&'static str, String)> {
    let always = book.word::<PayAsYouGo>("pay_as_you_go") == PayAsYouGo::Always;
    always.then(|| {
        let cure = "write pay_as_you_go = \"switch\" in its book".to_owned();
        ("this product has no switch: pay-as-you-go is always on", cure)
    })
}

/// What is wrong with a purchase of these units, and the cure.
pub(super) fn no_such_package(book: &Record, units: Option<u64>) -> Option<(&'static str, String)> {
    let Some(packages) = book.get::<Option<&Record>>("packages") else {
        return Some(("this product has no packages", "add [packages] to its book".to_owned()));
    };
    let sizes: Vec<u64> = packages.records("sizes").iter().map(|size| size.get("units")).collect();
    let unknown = !units.is_some_and(|units| sizes.contains(&units)) && packages.records("bands").is_empty();
    unknown.then(|| {
        let sizes: Vec<String> = sizes.iter().map(u64::to_string).collect();
        ("there is no package of this size", format!("its sizes: {}", sizes.join(", ")))
    })
}

/// Where each product has its own balance, money is written there; else it is written in the segment.
pub(super) fn balances_are_where_they_belong(scenario: &Record, problems: &mut Problems) {
    let by_product = scenario.get::<&Record>("account").word::<BalanceOf>("balance") == BalanceOf::Product;
    let mut wrong = |place: Option<Place>, label: &str| {
        let what = if by_product {
            "with account.balance = \"product\" each product has its own money"
        } else {
            "an account has one balance for all its products"
        };
        problems.push(Problem::new(what).at(place).label(label.to_owned()));
    };
    for segment in scenario.records("segments") {
        let mut check = |record: &Record, label: &str| {
            for key in ["opening_balance", "credit_line"] {
                if record.get::<Money>(key) != Money::ZERO {
                    wrong(record.place_of(key), label);
                }
            }
        };
        if by_product {
            check(segment, "write it in segments.products.ID");
        } else {
            maps(segment, "products").iter().for_each(|(_, used)| check(used, "write it in the segment"));
        }
        for entry in segment.records("ledger") {
            let kind: LedgerKind = entry.word("kind");
            let money = !matches!(kind, LedgerKind::Purchase | LedgerKind::Switch);
            let named = entry.get::<Option<&str>>("product").is_some();
            if money && named != by_product {
                wrong(entry.place_of("product"), if named { "of all products" } else { "of which `product`?" });
            }
        }
    }
}
