//! What must hold between the prices of a meter.

use jiff::civil::Date;

use super::meter::Pricing;
use crate::text::keys::{Record, Words};
use crate::text::{Place, Problem, Problems};
use crate::units::Money;

pub(super) fn pricing_is_complete(meter: &Record, problems: &mut Problems) {
    let pricing: Pricing = meter.word("pricing");
    prices_are_complete(meter, pricing, meter.place_of("pricing"), problems);
    let mut before = None;
    for change in meter.records("changes") {
        prices_are_complete(change, pricing, change.place, problems);
        let from: Date = change.get("from");
        if before.is_some_and(|before| from <= before) {
            problems.push(
                Problem::new("price changes must be in rising order of their dates")
                    .at(change.place_of("from"))
                    .label("not later than the one before it"),
            );
        }
        before = Some(from);
    }
    let maximum: Option<Money> = meter.get("maximum");
    if maximum.is_some_and(|maximum| maximum < meter.get::<Money>("minimum")) {
        problems.push(
            Problem::new("the maximum of a period is below its minimum")
                .at(meter.place_of("maximum"))
                .label("below `minimum`"),
        );
    }
}

pub(super) fn change_fits_its_date(change: &Record, problems: &mut Problems) {
    if change.get::<Option<Money>>("price").is_some() && !change.records("tiers").is_empty() {
        problems.push(
            Problem::new("a price change has a `price` or `tiers`")
                .at(change.place_of("tiers"))
                .label("both are written"),
        );
    }
}

/// A flat meter has a price, any other has tiers.
fn prices_are_complete(prices: &Record, pricing: Pricing, place: Option<Place>, problems: &mut Problems) {
    let tiers = prices.records("tiers");
    let price: Option<Money> = prices.get("price");
    if pricing == Pricing::Flat {
        let mistake = Problem::new("a flat meter has one `price` and no `tiers`");
        if price.is_none() {
            problems.push(
                mistake.at(place).label("`price` is missing").cure("add `price = …`, or write pricing = \"graduated\""),
            );
        } else if !tiers.is_empty() {
            problems.push(
                mistake
                    .at(prices.place_of("tiers"))
                    .label("would be ignored")
                    .cure("remove `tiers`, or write pricing = \"graduated\" and remove `price`"),
            );
        }
        return;
    }
    let mistake = Problem::new(format!("a {} meter has `tiers` and no `price`", pricing.word()));
    if tiers.is_empty() {
        let written = prices.valued("tiers").place;
        problems.push(
            mistake
                .at(written.or(place))
                .label(if written.is_some() { "there is no tier" } else { "`tiers` is missing" })
                .cure("the shortest is tiers = [{ up_to = \"unlimited\", price = 0.002 }]"),
        );
    } else if price.is_some() {
        problems.push(
            mistake
                .at(prices.place_of("price"))
                .label("would be ignored")
                .cure("remove `price`, or write pricing = \"flat\" and remove `tiers`"),
        );
    }
    rising(&tiers, "up_to", "tier", problems);
}

/// Bounds rise, and the last is open.
pub(super) fn rising(tiers: &[&Record], key: &str, what: &str, problems: &mut Problems) {
    let mut below = 0;
    for (index, tier) in tiers.iter().enumerate() {
        let last = index + 1 == tiers.len();
        match tier.get::<Option<i64>>(key) {
            Some(up_to) if up_to <= below => problems.push(
                Problem::new(format!("{what} bounds must rise"))
                    .at(tier.place_of(key))
                    .label(format!("must be above {below}, the bound before it")),
            ),
            Some(up_to) if last => {
                below = up_to;
                problems.push(
                    Problem::new(format!("the last {what} must be open, or usage beyond it would have no price"))
                        .at(tier.place_of(key))
                        .label("the last bound")
                        .cure(format!("add a {what} with {key} = \"unlimited\"")),
                );
            }
            Some(up_to) => below = up_to,
            None if !last => problems.push(
                Problem::new(format!("only the last {what} can be unlimited"))
                    .at(tier.place_of(key))
                    .label(format!("the {what}s after this one are never reached"))
                    .cure("move it to the end, or give it a bound"),
            ),
            None => {}
        }
    }
}
