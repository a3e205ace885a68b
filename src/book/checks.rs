//! What must hold between the keys of a price book.

use super::meter::{Period, Pricing};
use super::package::{Cover, PayAsYouGo, ValidFrom};
use super::price_checks::rising;
use super::product::{BillEvery, Counted, Each, QuotaCounter};
use crate::text::keys::{FromValue, Record, Valued};
use crate::text::{Place, Problem, Problems};
use crate::units::Money;

/// From the last second of a month to the end of the same month of the next year.
const SHORTEST_YEAR: i64 = 365 * crate::units::DAY;

pub(super) fn window_is_open(book: &Record, problems: &mut Problems) {
    let window: &Record = book.get("bill_at");
    let (from, to) = (window.get::<i64>("from"), window.get::<Option<i64>>("to"));
    let last = crate::units::DAY - 1;
    if from > last || to.is_some_and(|to| to <= from) {
        problems.push(
            Problem::new("the billing window is empty")
                .at(window.place_of("to"))
                .label("must be later than `from`")
                .cure("the window is [from, to) of the next day, at the latest 23:59:59 to 24:00:00"),
        );
    }
}

pub(super) fn quotas_fit_their_meter(book: &Record, problems: &mut Problems) {
    let meters: Vec<&str> = book.records("meters").iter().map(|m| m.get("id")).collect();
    let add_ons: Vec<&str> = add_ons(book);
    let mut first: Option<&Record> = None;
    let mut ids = vec![];
    for quota in book.records("free") {
        let single: Option<&str> = quota.get("meter");
        let shared: Option<&[Valued]> = quota.get("meters");
        if single.is_some() == shared.is_some() {
            problems.push(
                Problem::new("a free quota covers a `meter`, or shares its units among `meters`")
                    .at(quota.place)
                    .label(if single.is_some() { "both are written" } else { "neither is written" })
                    .cure("meter = \"…\", or meters = [\"…\", \"…\"]"),
            );
        }
        if let Some(meter) = single {
            known_meter(meter, quota.place_of("meter"), &meters, problems);
        }
        let mut named = vec![];
        for meter in shared.unwrap_or_default() {
            let Some(id) = <&str>::from_value(&meter.value) else { continue };
            known_meter(id, meter.place, &meters, problems);
            if add_ons.contains(&id) || named.contains(&id) {
                problems.push(
                    Problem::new("a shared quota names each basic meter once")
                        .at(meter.place)
                        .label(if named.contains(&id) { "named before" } else { "an add-on" }),
                );
            }
            named.push(id);
        }
        if shared.is_some_and(|shared| shared.len() < 2) {
            problems.push(
                Problem::new("a quota over several meters has at least two")
                    .at(quota.place_of("meters"))
                    .label("only one")
                    .cure("write meter = \"…\""),
            );
        }
        let id: &str = quota.get("id");
        if ids.contains(&id) {
            problems.push(
                Problem::new(format!("two free quotas are called `{id}`")).at(quota.place_of("id")).label("the second"),
            );
        }
        ids.push(id);
        let one = *first.get_or_insert(quota);
        if one.get::<&str>("counter") != quota.get::<&str>("counter") {
            problems.push(
                Problem::new("quotas of one meter must all be inside or all outside the tier counter")
                    .at(quota.place_of("counter"))
                    .label("differs from the first quota")
                    .cure("write the same `counter` in every quota"),
            );
        }
    }
}

fn known_meter(id: &str, place: Option<Place>, meters: &[&str], problems: &mut Problems) {
    if !meters.contains(&id) {
        problems.push(
            Problem::new(format!("the book has no meter `{id}`"))
                .at(place)
                .label("no such meter")
                .cure(format!("its meters: {}", meters.join(", "))),
        );
    }
}

/// Ids of the meters that add to another.
fn add_ons(book: &Record) -> Vec<&str> {
    let meters = book.records("meters").into_iter();
    meters.filter(|meter| meter.get::<Option<&str>>("add_on_of").is_some()).map(|meter| meter.get("id")).collect()
}

pub(super) fn add_ons_have_a_base(book: &Record, problems: &mut Problems) {
    let meters: Vec<&str> = book.records("meters").iter().map(|m| m.get("id")).collect();
    let add_ons = add_ons(book);
    let mut ids: Vec<&str> = vec![];
    for meter in book.records("meters") {
        let id: &str = meter.get("id");
        if ids.contains(&id) {
            problems.push(
                Problem::new(format!("two meters are called `{id}`")).at(meter.place_of("id")).label("the second"),
            );
        }
        ids.push(id);
        if let Some(base) = meter.get::<Option<&str>>("add_on_of") {
            known_meter(base, meter.place_of("add_on_of"), &meters, problems);
            if add_ons.contains(&base) {
                problems.push(
                    Problem::new("an add-on adds to a basic meter")
                        .at(meter.place_of("add_on_of"))
                        .label(format!("`{base}` is an add-on itself")),
                );
            }
        }
    }
}

/// Ratios name basic meters; packages end after they begin; fractions need plain prices.
pub(super) fn allowances_fit(book: &Record, problems: &mut Problems) {
    let meters: Vec<&str> = book.records("meters").iter().map(|m| m.get("id")).collect();
    let add_ons = add_ons(book);
    for key in ["trial", "packages"] {
        let Some(allowance) = book.get::<Option<&Record>>(key) else { continue };
        for (id, value) in allowance.get::<Option<&[(String, Valued)]>>("ratio").unwrap_or_default() {
            known_meter(id, value.place, &meters, problems);
            if add_ons.contains(&id.as_str()) {
                problems.push(
                    Problem::new(format!("`{id}` is an add-on, and no allowance covers one"))
                        .at(value.place)
                        .label("would never be read")
                        .cure("remove it"),
                );
            }
        }
        ends_after_it_begins(allowance, key == "packages", problems);
    }
    let packages: Option<&Record> = book.get("packages");
    let switch = book.word::<PayAsYouGo>("pay_as_you_go") == PayAsYouGo::Switch;
    if switch && packages.is_none() && book.get::<Option<&Record>>("trial").is_none() {
        problems.push(
            Problem::new("pay_as_you_go = \"switch\" needs a trial or packages")
                .at(book.place_of("pay_as_you_go"))
                .label("nothing that could end before it goes on")
                .cure("add [trial] or [packages], or write pay_as_you_go = \"always\""),
        );
    }
    let Some(packages) = packages else { return };
    if packages.word::<Cover>("cover") == Cover::Fractional {
        for meter in book.records("meters").into_iter().filter(|m| !add_ons.contains(&m.get("id"))) {
            let plain = meter.word::<Pricing>("pricing") == Pricing::Flat
                && meter.get::<Money>("minimum") == Money::ZERO
                && meter.get::<Option<Money>>("maximum").is_none();
            if !plain {
                problems.push(
                    Problem::new(
                        "cover = \"fractional\" needs basic meters with a flat price, no minimum and no maximum",
                    )
                    .at(packages.place_of("cover"))
                    .label(format!("`{}` has more", meter.get::<&str>("id"))),
                );
            }
        }
    }
}

fn ends_after_it_begins(allowance: &Record, is_package: bool, problems: &mut Problems) {
    // Counted from the payment, a package may be over before its effect; a trial is in effect at once.
    let by_payment = is_package && allowance.word::<ValidFrom>("valid_from") == ValidFrom::Payment;
    let least = if by_payment { allowance.get::<i64>("effect_after") } else { 0 };
    if allowance.get::<Option<i64>>("valid").unwrap_or(SHORTEST_YEAR) <= least {
        let written = if allowance.valued("valid").place.is_some() { "valid" } else { "effect_after" };
        problems.push(
            Problem::new("an allowance must be valid for longer than until its effect")
                .at(allowance.place_of(written))
                .label("it would end before it begins")
                .cure(if is_package {
                    "a longer `valid`, or a shorter `effect_after`"
                } else {
                    "write a longer `valid`"
                }),
        );
    }
}

/// Package sizes differ, and bands rise to an open one.
pub(super) fn sizes_rise(packages: &Record, problems: &mut Problems) {
    let mut sizes: Vec<u64> = vec![];
    for size in packages.records("sizes") {
        if sizes.contains(&size.get("units")) {
            problems.push(Problem::new("two packages of one size").at(size.place_of("units")).label("the second"));
        }
        sizes.push(size.get("units"));
    }
    let bands = packages.records("bands");
    rising(&bands, "below", "band", problems);
    if sizes.is_empty() && bands.is_empty() {
        problems.push(
            Problem::new("packages need `sizes` or `bands`")
                .at(packages.place)
                .label("nothing can be bought")
                .cure("for example sizes = [{ units = 25_000, price = 24 }]"),
        );
    }
}

/// What a book can have only with one meter that is counted as it comes.
pub(super) fn meters_go_together(book: &Record, problems: &mut Problems) {
    let several = book.records("meters").len() > 1;
    let shared = book.records("free").iter().any(|quota| quota.get::<Option<&[Valued]>>("meters").is_some());
    let has = |key: &str| book.get::<Option<&Record>>(key).is_some();
    let slotted = shared || has("trial") || has("packages");
    let mut refuse = |what: &str, place| {
        problems.push(
            Problem::new(format!("{what} goes only with one meter, and neither trial nor packages"))
                .at(place)
                .label(if several { "this book has several meters" } else { "this book has allowances" }),
        );
    };
    if several || slotted {
        if has("rate_limit") {
            refuse("a rate limit", book.place_of("rate_limit"));
        }
        if book.word::<Counted>("counted") == Counted::Passed {
            refuse("counted = \"passed\"", book.place_of("counted"));
        }
        for quota in book.records("free") {
            if quota.word::<QuotaCounter>("counter") == QuotaCounter::Inside {
                refuse("a quota inside the tier counter", quota.place_of("counter"));
            }
        }
    }
    for meter in book.records("meters") {
        let volume = meter.word::<Pricing>("pricing") == Pricing::Volume;
        let by_month = meter.word::<Period>("counter") == Period::Month;
        if volume && by_month && book.word::<BillEvery>("bill_every") == BillEvery::Day {
            problems.push(
                Problem::new("volume prices with a month counter need a month bill")
                    .at(meter.place_of("counter"))
                    .label("the price of a day is known only at the month's end")
                    .cure("write bill_every = \"month\" in the book, or counter = \"day\""),
            );
        }
    }
}

pub(super) fn only_single_grants_expire(quota: &Record, problems: &mut Problems) {
    let expires: Option<i64> = quota.get("expires_after");
    if expires == Some(0) {
        problems.push(
            Problem::new("a quota cannot expire at the instant of its grant")
                .at(quota.place_of("expires_after"))
                .label("must be longer than 0")
                .cure("write units = 0 for no quota"),
        );
    }
    if expires.is_some() && quota.word::<Each>("each") != Each::Once {
        problems.push(
            Problem::new("a quota that is granted again every period ends with its period")
                .at(quota.place_of("expires_after"))
                .label("only a quota granted once can expire earlier")
                .cure("remove `expires_after` or write each = \"once\""),
        );
    }
}
