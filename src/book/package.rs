//! Allowances: the trial and packages, how they draw, and the pay-as-you-go switch (RULES §3, §7).

use crate::text::Record;
use crate::text::keys::{Valued, words};
use crate::units::{Money, Seconds, TooLarge};

words! {
    /// Length of a metering slot.
    pub enum Slot {
        FiveMinutes = "5m": "five minutes.",
        Second = "1s": "one second.",
    }
}

words! {
    /// Order in which the meters of a slot draw from allowances.
    pub enum DrawOrder {
        Listed = "listed": "as the book lists its meters.",
        DearestFirst = "dearest_first": "by falling price of the first tier.",
    }
}

words! {
    /// Whether use beyond allowances is billed.
    pub enum PayAsYouGo {
        Always = "always": "from the start.",
        Switch = "switch": "once it was switched on, by choice or by itself; it never goes off again.",
    }
}

words! {
    /// When pay-as-you-go goes on by itself.
    pub enum Automatic {
        LastEnded = "last_ended": "when the last allowance in effect has ended and a package was ever in effect.",
        AnyEnded = "any_ended": "also as soon as any package has ended.",
    }
}

words! {
    /// From when a package's validity is counted.
    pub enum ValidFrom {
        Payment = "payment": "from its payment.",
        Effect = "effect": "from its effect.",
    }
}

words! {
    /// What becomes of a rest of a package that is smaller than the ratio.
    pub enum Cover {
        Whole = "whole": "it covers no further unit of that meter and stays for cheaper ones.",
        Fractional = "fractional": "it covers a part of a unit; the rest of that unit is billed.",
    }
}

/// How long an allowance is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// To the end of the last day of the same month of the next year.
    SameMonthNextYear,
    /// This long.
    For(Seconds),
}

/// Units given once, at the opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How many.
    pub units: u64,
    /// What a unit of each meter takes, in the order of the meters; 0 covers none.
    pub ratio: Vec<u64>,
    /// How long.
    pub valid: Validity,
}

/// Units that customers buy beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packages {
    /// Sizes with a price of their own.
    pub sizes: Vec<(u64, Money)>,
    /// Bound, not included, and price of a unit; the last is open.
    pub bands: Vec<(Option<u64>, Money)>,
    /// What a unit of each meter takes, in the order of the meters; 0 covers none.
    pub ratio: Vec<u64>,
    /// From the payment to the effect.
    pub effect_after: Seconds,
    /// How long.
    pub valid: Validity,
    /// From when.
    pub valid_from: ValidFrom,
    /// What becomes of a rest smaller than the ratio.
    pub cover: Cover,
}

impl Packages {
    /// What a package of `units` costs; `None` if there is no such package.
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    pub fn price(&self, units: u64) -> Result<Option<Money>, TooLarge> {
        if let Some((_, price)) = self.sizes.iter().find(|(size, _)| *size == units) {
            return Ok(Some(*price));
        }
        let band = self.bands.iter().find(|(below, _)| below.is_none_or(|below| units < below));
        band.map(|(_, price)| price.times(units)).transpose()
    }
}

fn validity(record: &Record) -> Validity {
    record.get::<Option<Seconds>>("valid").map_or(Validity::SameMonthNextYear, Validity::For)
}

/// By meter; `None` when it is not written.
fn ratio(record: &Record, meters: &[&str]) -> Option<Vec<u64>> {
    use crate::text::keys::FromValue;
    let values = record.get::<Option<&[(String, Valued)]>>("ratio")?;
    let of = |meter: &&str| {
        let found = values.iter().find(|(id, _)| id == meter);
        found.and_then(|(_, value)| u64::from_value(&value.value)).unwrap_or(0)
    };
    Some(meters.iter().map(of).collect())
}

impl Trial {
    /// From its checked table; `basic` tells which meters are no add-ons.
    pub(super) fn read(record: &Record, meters: &[&str], basic: &[bool]) -> Trial {
        Trial {
            units: record.get("units"),
            ratio: ratio(record, meters).unwrap_or_else(|| basic.iter().map(|basic| u64::from(*basic)).collect()),
            valid: validity(record),
        }
    }
}

impl Packages {
    /// From its checked table.
    pub(super) fn read(record: &Record, meters: &[&str]) -> Packages {
        let pairs = |list: &str, key: &'static str| record.records(list).into_iter().map(move |r| (r, key));
        Packages {
            sizes: pairs("sizes", "units").map(|(size, key)| (size.get(key), size.get("price"))).collect(),
            bands: pairs("bands", "below").map(|(band, key)| (band.get(key), band.get("price"))).collect(),
            ratio: ratio(record, meters).unwrap_or_default(),
            effect_after: record.get("effect_after"),
            valid: validity(record),
            valid_from: record.word("valid_from"),
            cover: record.word("cover"),
        }
    }
}
