//! What a price book says about its meters (RULES §5, §7).

use rust_decimal::Decimal;

use super::calendar::Calendar;
use super::profile::DAY;
use super::reader::Node;
use super::tariff::{Prices, Tier};

pub struct MeterTerms {
    pub id: String,
    pub raw_per_unit: u64,
    /// Whether raw units are summed over a calendar month before they are rounded up; else over a day.
    pub rounds_by_month: bool,
    pub is_add_on: bool,
    /// Whether the counter starts again with each month; else with each day.
    pub counts_by_month: bool,
    /// The price of the first tier as the book has it, without discount or changes.
    pub written_price: Decimal,
    /// After the discount, like those of the changes.
    pub prices: Prices,
    pub changes: Vec<Change>,
    pub minimum: Decimal,
    pub maximum: Option<Decimal>,
    pub fee_at_zero: bool,
}

pub struct Change {
    /// The day from which it holds for this meter.
    day: i64,
    /// The day of its date: accounts opened before it keep what they had, where the change says so.
    dated: i64,
    kept: bool,
    prices: Prices,
}

impl MeterTerms {
    /// The prices of a day, for an account that was opened at that instant, if it was.
    pub fn prices_on(&self, day: i64, opened: Option<i64>) -> &Prices {
        let mut prices = &self.prices;
        for change in &self.changes {
            let keeps = change.kept && opened.is_some_and(|opened| opened < change.dated * DAY);
            if change.day <= day && !keeps {
                prices = &change.prices;
            }
        }
        prices
    }

    /// RULES §7, maximum: a period's cost is min(cost, maximum).
    pub fn at_most(&self, cost: Decimal) -> Decimal {
        self.maximum.map_or(cost, |maximum| cost.min(maximum))
    }
}

pub fn read_meters(book: Node, discount: Decimal, calendar: &Calendar) -> Vec<MeterTerms> {
    let mut meters = Vec::new();
    for meter in book.key("meters").list() {
        let pricing = meter.key("pricing").text_or("");
        let prices = read_prices(meter, pricing);
        let counts_by_month = meter.key("counter").second_of("day", "month");
        let mut changes = Vec::new();
        for change in meter.key("changes").list() {
            let from = change.key("from").date().expect("a change has a date");
            changes.push(Change {
                day: calendar.change_day(from, counts_by_month),
                dated: calendar.day_of(from),
                kept: change.key("existing").second_of("follow", "keep"),
                prices: read_prices(change, pricing).discounted(discount),
            });
        }
        meters.push(MeterTerms {
            id: meter.key("id").text_or("").to_string(),
            raw_per_unit: meter.key("raw_per_unit").whole().unwrap_or(1),
            rounds_by_month: meter.key("rounding").second_of("day", "month"),
            is_add_on: meter.key("add_on_of").is_there(),
            counts_by_month,
            written_price: prices.first_price(),
            prices: prices.discounted(discount),
            changes,
            minimum: meter.key("minimum").decimal_or(Decimal::ZERO),
            maximum: meter.key("maximum").decimal_unless_none(),
            fee_at_zero: meter.key("fee_at_zero").flag_or(false),
        });
    }
    meters
}

fn read_prices(from: Node, pricing: &str) -> Prices {
    if pricing == "flat" {
        return Prices::flat(from.key("price").decimal_or(Decimal::ZERO));
    }
    assert!(pricing == "graduated" || pricing == "volume", "{pricing:?} is no pricing");
    let mut tiers = Vec::new();
    for tier in from.key("tiers").list() {
        tiers.push(Tier {
            up_to: tier.key("up_to").whole_unless_unlimited(),
            price: tier.key("price").decimal_or(Decimal::ZERO),
            fee: tier.key("fee").decimal_or(Decimal::ZERO),
            block: tier.key("block").whole().unwrap_or(1),
        });
    }
    Prices { volume: pricing == "volume", tiers }
}
