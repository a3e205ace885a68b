//! What must hold between the keys of a price book.

use super::product::{Each, Pricing};
use crate::text::keys::Record;
use crate::text::{Problem, Problems};
use crate::units::Money;

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
    let mut first: Option<&Record> = None;
    let mut ids = vec![];
    for quota in book.records("free") {
        let meter: &str = quota.get("meter");
        if !meters.contains(&meter) {
            problems.push(
                Problem::new(format!("the book has no meter `{meter}`"))
                    .at(quota.place_of("meter"))
                    .label("no such meter")
                    .cure(format!("its meters: {}", meters.join(", "))),
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

pub(super) fn pricing_is_complete(meter: &Record, problems: &mut Problems) {
    let tiers = meter.records("tiers");
    let price: Option<Money> = meter.get("price");
    match meter.word::<Pricing>("pricing") {
        Pricing::Flat => {
            let mistake = Problem::new("a flat meter has one `price` and no `tiers`");
            if price.is_none() {
                problems.push(
                    mistake
                        .at(meter.place_of("pricing"))
                        .label("`price` is missing")
                        .cure("add `price = …`, or write pricing = \"graduated\""),
                );
            } else if !tiers.is_empty() {
                problems.push(
                    mistake
                        .at(meter.place_of("tiers"))
                        .label("would be ignored")
                        .cure("remove `tiers`, or write pricing = \"graduated\" and remove `price`"),
                );
            }
        }
        Pricing::Graduated => {
            let mistake = Problem::new("a graduated meter has `tiers` and no `price`");
            if tiers.is_empty() {
                let written = meter.valued("tiers").place;
                problems.push(
                    mistake
                        .at(written.or(meter.place_of("pricing")))
                        .label(if written.is_some() { "there is no tier" } else { "`tiers` is missing" })
                        .cure("the shortest is tiers = [{ up_to = \"unlimited\", price = 0.002 }]"),
                );
            } else if price.is_some() {
                problems.push(
                    mistake
                        .at(meter.place_of("price"))
                        .label("would be ignored")
                        .cure("remove `price`, or write pricing = \"flat\" and remove `tiers`"),
                );
            }
            tiers_rise(&tiers, problems);
        }
    }
}

fn tiers_rise(tiers: &[&Record], problems: &mut Problems) {
    let mut below = 0;
    for (index, tier) in tiers.iter().enumerate() {
        let last = index + 1 == tiers.len();
        match tier.get::<Option<i64>>("up_to") {
            Some(up_to) if up_to <= below => problems.push(
                Problem::new("tier bounds must rise")
                    .at(tier.place_of("up_to"))
                    .label(format!("must be above {below}, the bound before it")),
            ),
            Some(up_to) if last => {
                below = up_to;
                problems.push(
                    Problem::new("the last tier must be open, or usage beyond it would have no price")
                        .at(tier.place_of("up_to"))
                        .label("the last bound")
                        .cure("add a tier with up_to = \"unlimited\""),
                );
            }
            Some(up_to) => below = up_to,
            None if !last => problems.push(
                Problem::new("only the last tier can be unlimited")
                    .at(tier.place_of("up_to"))
                    .label("the tiers after this one are never reached")
                    .cure("move it to the end, or give it a bound"),
            ),
            None => {}
        }
    }
}
