//! What must hold between the keys of a scenario.

use jiff::civil::DateTime;

use super::keys::LedgerKind;
use super::profiles;
use crate::book::Settlement;
use crate::text::keys::{Record, Value, Valued};
use crate::text::{Place, Problem, Problems};
use crate::units::duration::write_length;
use crate::units::{Calendar, Money, Seconds};

pub(super) fn mean_or_median(size: &Record, problems: &mut Problems) {
    let given = [size.get::<Option<f64>>("median"), size.get::<Option<f64>>("mean")];
    let count = given.iter().flatten().count();
    if count != 1 {
        problems.push(
            Problem::new("a lognormal size needs exactly one of `median` and `mean`")
                .at(size.place)
                .label(if count == 0 { "neither is given" } else { "both are given" })
                .cure("for example size = { kind = \"lognormal\", median = 40, cv = 2.9129 }"),
        );
    }
}

pub(super) fn tail_is_whole(size: &Record, problems: &mut Problems) {
    let given = [size.get::<Option<f64>>("tail_above"), size.get::<Option<f64>>("tail_alpha")];
    if given.iter().flatten().count() == 1 {
        problems.push(
            Problem::new("a Pareto tail needs both `tail_above` and `tail_alpha`")
                .at(size.place)
                .label("only one of the two")
                .cure("for example tail_above = 0.99, tail_alpha = 1.5"),
        );
    }
}

pub(super) fn holiday_ends_after_it_begins(holiday: &Record, problems: &mut Problems) {
    use jiff::civil::Date;
    if holiday.get::<Option<Date>>("to").is_some_and(|to| to < holiday.get("from")) {
        problems.push(
            Problem::new("a holiday ends before it begins").at(holiday.place_of("to")).label("earlier than `from`"),
        );
    }
}

pub(super) fn shares_of_noise_fit(noise: &Record, problems: &mut Problems) {
    let (week, month): (f64, f64) = (noise.get("week"), noise.get("month"));
    if week + month > 1.0 {
        problems.push(
            Problem::new("the shares of the noise add up to more than 1")
                .at(noise.place_of("week"))
                .label(format!("week {week} + month {month}"))
                .cure("what they leave of 1 is the share of the day"),
        );
    }
}

pub(super) fn burst_is_a_range(burst: &Record, problems: &mut Problems) {
    let (least, most): (f64, f64) = (burst.get("least"), burst.get("most"));
    let (shortest, longest): (Seconds, Seconds) = (burst.get("shortest"), burst.get("longest"));
    let mut wrong = |key: &str, label: String| {
        problems.push(Problem::new("a range that ends before it begins").at(burst.place_of(key)).label(label));
    };
    if most < least {
        wrong("most", format!("below `least`, which is {least}"));
    }
    if longest < shortest {
        wrong("longest", format!("below `shortest`, which is {}", write_length(shortest)));
    }
}

pub(super) fn retries_rise(payments: &Record, problems: &mut Problems) {
    let mut before = 0;
    for retry in payments.records("retries") {
        let after: Seconds = retry.get("after");
        if after <= before {
            problems.push(
                Problem::new("retries must be in rising order")
                    .at(retry.place_of("after"))
                    .label("not later than the attempt before it")
                    .cure("count each from the first attempt, for example 3d, 7d, 15d"),
            );
        }
        before = after;
    }
}

pub(super) fn elasticity_has_a_reference(scenario: &Record, problems: &mut Problems) {
    let references = scenario.get::<&[(String, Record)]>("reference_books");
    for segment in scenario.records("segments") {
        for (product, used) in segment.get::<&[(String, Record)]>("products") {
            if used.get::<f64>("elasticity") != 0.0 && !references.iter().any(|(id, _)| id == product) {
                problems.push(
                    Problem::new(format!("an elasticity needs `reference_books.{product}`"))
                        .at(used.place_of("elasticity"))
                        .label("a response to which change of price?")
                        .cure(format!(
                            "[reference_books.{product}] file = \"…\": the book at whose prices demand is as written"
                        )),
                );
            }
        }
    }
}

/// The mean day is priced under both books, meter by meter.
pub(super) fn references_have_the_same_meters(scenario: &Record, problems: &mut Problems) {
    let books = scenario.get::<&[(String, Record)]>("books");
    let ids = |book: &Record| -> Vec<String> { book.records("meters").iter().map(|meter| meter.get("id")).collect() };
    for (product, reference) in scenario.get::<&[(String, Record)]>("reference_books") {
        let Some((_, book)) = books.iter().find(|(id, _)| id == product) else { continue };
        let (expected, found) = (ids(book), ids(reference));
        if expected == found {
            continue;
        }
        // The first meter that differs, or all of them where one is missing at the end.
        let meters = reference.records("meters");
        let differs = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        let at = differs.or((found.len() > expected.len()).then_some(expected.len()));
        let (place, label) = match at.map(|index| (meters[index], expected.get(index))) {
            Some((meter, Some(id))) => (meter.place_of("id"), format!("`{id}` comes here in the book")),
            Some((meter, None)) => (meter.place_of("id"), "the book has no meter here".to_owned()),
            None => (reference.place_of("meters"), format!("`{}` is missing", expected[found.len()])),
        };
        problems.push(
            Problem::new(format!("`reference_books.{product}` must have the meters of `books.{product}`"))
                .at(place)
                .label(label)
                .cure(format!("in this order: {}; only their prices may differ", expected.join(", "))),
        );
    }
}

pub(super) fn some_weight(profile: &Record, problems: &mut Problems) {
    let all_zero = profile.get::<&[_]>("weights").iter().all(|w: &Valued| matches!(w.value, Value::Whole(0)));
    if all_zero {
        problems
            .push(Problem::new("a profile needs a weight above 0").at(profile.place_of("weights")).label("all are 0"));
    }
}

pub(super) fn only_vouchers_have_dates(entry: &Record, problems: &mut Problems) {
    let (from, expires): (Option<DateTime>, Option<DateTime>) = (entry.get("from"), entry.get("expires"));
    if entry.word::<LedgerKind>("kind") != LedgerKind::Voucher && (from.is_some() || expires.is_some()) {
        let place = entry.valued("from").place.or(entry.valued("expires").place);
        problems.push(
            Problem::new("only a voucher has `from` and `expires`")
                .at(place)
                .label("would be ignored")
                .cure("remove it, or write kind = \"voucher\""),
        );
        return;
    }
    let usable = from.unwrap_or_else(|| entry.get("at"));
    if expires.is_some_and(|expires| expires <= usable) {
        problems.push(
            Problem::new("a voucher must expire after it becomes usable")
                .at(entry.place_of("expires"))
                .label(format!("not later than `{}`", if from.is_some() { "from" } else { "at" })),
        );
    }
}

pub(super) fn unknown(what: &str, id: &str, place: Option<Place>, known: &[&str]) -> Problem {
    let cure = if known.is_empty() { "there are none".to_owned() } else { format!("known: {}", known.join(", ")) };
    Problem::new(format!("there is no {what} `{id}`")).at(place).label(format!("no such {what}")).cure(cure)
}

/// Most accounts of a scenario, over all segments.
pub(super) const MOST_ACCOUNTS: u64 = 1_000_000_000;

pub(super) fn there_is_something(scenario: &Record, problems: &mut Problems) {
    let empty = |record: &Record, key: &str| record.get::<&[(String, Record)]>(key).is_empty();
    if empty(scenario, "books") {
        problems.push(
            Problem::new("a scenario needs at least one price book")
                .at(scenario.place_of("books"))
                .label("no book")
                .cure("add [books.ID] with file = \"…\", or its keys"),
        );
    }
    let mut accounts = 0_u64;
    for segment in scenario.records("segments") {
        if empty(segment, "products") {
            problems.push(
                Problem::new("a segment needs at least one product")
                    .at(segment.place_of("products"))
                    .label("no product")
                    .cure("add [segments.products.ID] with the demand for it"),
            );
        }
        accounts += segment.get::<u64>("accounts");
    }
    if accounts > MOST_ACCOUNTS {
        problems.push(
            Problem::new(format!("all segments together have {accounts} accounts"))
                .at(scenario.place_of("segments"))
                .label(format!("at most {MOST_ACCOUNTS} in all")),
        );
    }
    for (id, profile) in scenario.get::<&[(String, Record)]>("profiles") {
        if profiles::NAMES.contains(&id.as_str()) {
            problems.push(
                Problem::new(format!("`{id}` is the name of a built-in profile"))
                    .at(profile.place)
                    .label("would hide it")
                    .cure("give it another id"),
            );
        }
    }
}

/// An account has one balance, so all its bills are in one currency.
pub(super) fn one_currency(scenario: &Record, problems: &mut Problems) {
    let mut first: Option<(&str, &str)> = None;
    let all = ["books", "reference_books"].map(|key| scenario.get::<&[(String, Record)]>(key));
    for (id, book) in all.into_iter().flatten() {
        let currency: &str = book.get("currency");
        let (one, expected) = *first.get_or_insert((id, currency));
        if currency != expected {
            problems.push(
                Problem::new("all price books of a scenario must have one currency")
                    .at(book.place_of("currency"))
                    .label(format!("{currency} here, {expected} in `{one}`"))
                    .cure("an account pays all its bills from one balance"),
            );
        }
    }
}

pub(super) fn ids_are_known(scenario: &Record, problems: &mut Problems) {
    let ids = |record: &Record, key: &str| -> Vec<String> {
        record.get::<&[(String, Record)]>(key).iter().map(|(id, _)| id.clone()).collect()
    };
    let books = ids(scenario, "books");
    let partners = ids(scenario.get("account"), "partners");
    let mut profiles = ids(scenario, "profiles");
    profiles.extend(profiles::NAMES.map(str::to_owned));
    let mut segments: Vec<&str> = vec![];
    for segment in scenario.records("segments") {
        let id: &str = segment.get("id");
        if segments.contains(&id) {
            problems.push(
                Problem::new(format!("two segments are called `{id}`")).at(segment.place_of("id")).label("the second"),
            );
        }
        segments.push(id);
        let mut expect = |what: &str, list: &[String], id: &str, place: Option<Place>| {
            if !list.iter().any(|one| one == id) {
                let names: Vec<&str> = list.iter().map(String::as_str).collect();
                problems.push(unknown(what, id, place, &names));
            }
        };
        if let Some(partner) = segment.get::<Option<&str>>("partner") {
            expect("partner", &partners, partner, segment.place_of("partner"));
        }
        for (product, used) in segment.get::<&[(String, Record)]>("products") {
            expect("price book", &books, product, used.place);
            expect("profile", &profiles, used.get("profile"), used.place_of("profile"));
        }
    }
    let all = ["books", "reference_books"].map(|key| scenario.get::<&[(String, Record)]>(key));
    for (id, book) in all.into_iter().flatten() {
        let product: Option<&str> = book.get("product");
        if product.is_some_and(|product| product != id) {
            problems.push(
                Problem::new(format!("this price book is not of product `{id}`"))
                    .at(book.place_of("product"))
                    .label(format!("must be \"{id}\""))
                    .cure("name the book by its product, or change `product`"),
            );
        }
    }
}

pub(super) fn dates_fit(scenario: &Record, problems: &mut Problems) {
    let start = scenario.get("start");
    let Some(calendar) = Calendar::new(start, scenario.get("days")) else {
        problems.push(
            Problem::new("the horizon leaves the calendar")
                .at(scenario.place_of("start"))
                .label("too late for so many days"),
        );
        return;
    };
    for segment in scenario.records("segments") {
        for (_, used) in segment.get::<&[(String, Record)]>("products") {
            for dated in used.get::<&Record>("bursts").records("dated") {
                if calendar.second(dated.get("at")) < 0 {
                    problems.push(
                        Problem::new("a burst before the first day")
                            .at(dated.place_of("at"))
                            .label(format!("the run starts on {start}")),
                    );
                }
            }
        }
        for entry in segment.records("ledger") {
            if calendar.second(entry.get("at")) < 0 {
                problems.push(
                    Problem::new("a ledger entry before the first day")
                        .at(entry.place_of("at"))
                        .label(format!("the run starts on {start}"))
                        .cure("use `opening_balance` for what was there before"),
                );
            }
        }
    }
}

pub(super) fn fifo_starts_without_debt(scenario: &Record, problems: &mut Problems) {
    let account: &Record = scenario.get("account");
    if account.word::<Settlement>("settlement") != Settlement::Fifo {
        return;
    }
    for segment in scenario.records("segments") {
        let uses = segment.get::<&[(String, Record)]>("products").iter().map(|(_, used)| used);
        for record in std::iter::once(segment).chain(uses) {
            if record.get::<Money>("opening_balance") < Money::ZERO {
                problems.push(
                    Problem::new("with settlement = \"fifo\" an account cannot open with a debt")
                        .at(record.place_of("opening_balance"))
                        .label("below zero, but no bill that waits says what for")
                        .cure("open at 0 or above, or use settlement = \"full\""),
                );
            }
        }
    }
}
