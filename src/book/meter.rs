//! What is metered and what it costs (RULES §1, §5, §7).

use jiff::civil::Date;

use crate::text::Record;
use crate::text::keys::words;
use crate::units::Money;

words! {
    /// How a meter's units are priced (RULES §5).
    pub enum Pricing {
        Graduated = "graduated": "each tier's price applies only to the units inside it.",
        Volume = "volume": "the price of the tier that is reached applies to all units.",
        Flat = "flat": "one price for every unit.",
    }
}

words! {
    /// A period of a meter.
    pub enum Period {
        Day = "day": "starts again at 00:00 of every day.",
        Month = "month": "starts again at 00:00 of the first day of every calendar month.",
    }
}

words! {
    /// What a price change does to accounts opened before it.
    pub enum Existing {
        Follow = "follow": "they get the new price too.",
        Keep = "keep": "they keep what they had.",
    }
}

/// A meter and its prices.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Its id.
    pub id: String,
    /// What one unit of price is called.
    pub unit: String,
    /// Raw units that make a unit of price.
    pub raw_per_unit: u64,
    /// Period over which they are summed before they are rounded up.
    pub rounding: Period,
    /// Index of the meter that it adds to; `None`: a basic meter.
    pub add_on_of: Option<usize>,
    /// Period of the tier counter.
    pub counter: Period,
    /// Whether the price of the tier that is reached applies to all units.
    pub volume: bool,
    /// Tiers; a flat price is a single one.
    pub tiers: Vec<Tier>,
    /// Later tiers, in rising order of their dates.
    pub changes: Vec<Change>,
    /// Least cost of a counter period.
    pub minimum: Money,
    /// Highest cost of a counter period.
    pub maximum: Option<Money>,
    /// Whether the first fee and the minimum are charged without units.
    pub fee_at_zero: bool,
    /// What serving a unit of price costs the vendor.
    pub cost: Money,
}

/// A tier: units above the previous bound up to and including `up_to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Upper bound, inclusive; `None` for the last.
    pub up_to: Option<u64>,
    /// Of each block of units.
    pub price: Money,
    /// Charged once a period in which it is entered.
    pub fee: Money,
    /// Units that the price buys.
    pub block: u64,
}

impl Tier {
    /// A tier whose price is of one unit, without a fee.
    pub fn plain(up_to: Option<u64>, price: Money) -> Tier {
        Tier { up_to, price, fee: Money::ZERO, block: 1 }
    }
}

/// Other prices from a date on.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// First date.
    pub from: Date,
    /// Accounts opened before it.
    pub existing: Existing,
    /// The new tiers.
    pub tiers: Vec<Tier>,
}

impl Meter {
    /// Most tiers that any of its prices has.
    pub fn most_tiers(&self) -> usize {
        let later = self.changes.iter().map(|change| change.tiers.len());
        later.fold(self.tiers.len(), usize::max)
    }

    /// From its checked table; `meters` are the ids of all.
    pub(super) fn read(record: &Record, meters: &[&str]) -> Meter {
        let base: Option<&str> = record.get("add_on_of");
        let change = |change: &Record| Change {
            from: change.get("from"),
            existing: change.word("existing"),
            tiers: tiers(change),
        };
        Meter {
            id: record.get("id"),
            unit: record.get("unit"),
            raw_per_unit: record.get("raw_per_unit"),
            rounding: record.word("rounding"),
            add_on_of: base.and_then(|base| meters.iter().position(|id| *id == base)),
            counter: record.word("counter"),
            volume: record.word::<Pricing>("pricing") == Pricing::Volume,
            tiers: tiers(record),
            changes: record.records("changes").into_iter().map(change).collect(),
            minimum: record.get("minimum"),
            maximum: record.get("maximum"),
            fee_at_zero: record.get("fee_at_zero"),
            cost: record.get("cost"),
        }
    }
}

/// The tiers of a meter or of a change: a flat price is a single one.
fn tiers(record: &Record) -> Vec<Tier> {
    if let Some(price) = record.get::<Option<Money>>("price") {
        return vec![Tier::plain(None, price)];
    }
    let read = |tier: &Record| Tier {
        up_to: tier.get("up_to"),
        price: tier.get("price"),
        fee: tier.get("fee"),
        block: tier.get("block"),
    };
    record.records("tiers").into_iter().map(read).collect()
}
