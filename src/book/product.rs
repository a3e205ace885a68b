//! A product's price book (RULES §1, §5).

use super::meter::Meter;
use super::package::{Automatic, DrawOrder, Packages, PayAsYouGo, Slot, Trial};
use crate::text::Record;
use crate::text::keys::{FromValue, Valued, words};
use crate::units::profile::SLOT;
use crate::units::{Money, Seconds, Share};

words! {
    /// What the rate limit is applied to (D of RULES §1).
    pub enum LimitBasis {
        Second = "second": "every second of its own.",
        Slot = "slot": "every 5-minute slot, 300 × calls, first come first served.",
    }
}

words! {
    /// Which verifications are metered (D of RULES §1).
    pub enum Counted {
        Served = "served": "all that is served.",
        Passed = "passed": "floor(served that day × pass_share), running.",
    }
}

words! {
    /// How often a free quota is granted (RULES §5).
    pub enum Each {
        Day = "day": "every day, lapses at its end.",
        Month = "month": "every calendar month, lapses at its end; a part month gets the whole grant.",
        Once = "once": "once, at activation.",
    }
}

words! {
    /// Whether free units take places in the tier counter (D of RULES §1).
    pub enum QuotaCounter {
        Outside = "outside": "free units are not counted by the tiers.",
        Inside = "inside": "free units take places in the counter in the order of use, and cost nothing.",
    }
}

words! {
    /// What a bill is for.
    pub enum BillEvery {
        Day = "day": "a day; issued on the next one.",
        Month = "month": "a calendar month; issued on the first day of the next one.",
    }
}

words! {
    /// How an account begins to use a product.
    pub enum Opens {
        Activation = "activation": "by an activation; refused in arrears, it happens by itself when they clear.",
        Application = "application": "by creating a first application; refused in arrears, the customer tries again.",
    }
}

/// A product's price book.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Product id; bills of one instant go by it.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Currency of its prices.
    pub currency: String,
    /// Whether nothing is served before an integration instant.
    pub requires_integration: bool,
    /// Share of a day's raw calls that is never metered, outside potential demand.
    pub unmetered_share: Share,
    /// Most calls an account may make.
    pub rate_limit: Option<RateLimit>,
    /// Which served units are metered.
    pub counted: Counted,
    /// Share of verifications that pass, for [`Counted::Passed`].
    pub pass_share: Share,
    /// Seconds of the next day in which the bill is issued, `[from, to)`.
    pub bill_at: (Seconds, Seconds),
    /// Time in arrears until suspension.
    pub grace: Seconds,
    /// Time suspended for arrears until unused quotas are wiped.
    pub wipe_after: Option<Seconds>,
    /// What a bill is for.
    pub bill_every: BillEvery,
    /// How an account begins to use it.
    pub opens: Opens,
    /// Length of the metering slots.
    pub slot: Seconds,
    /// Order in which the meters of a slot draw.
    pub draw_order: DrawOrder,
    /// Whether use beyond allowances is billed from the start.
    pub pay_as_you_go: PayAsYouGo,
    /// When the switch goes on by itself.
    pub automatic: Automatic,
    /// Units given once.
    pub trial: Option<Trial>,
    /// Units to be bought.
    pub packages: Option<Packages>,
    /// What issuing a bill costs the vendor.
    pub bill_cost: Money,
    /// Free quotas in the order they draw: day, month, once.
    pub free: Vec<Quota>,
    /// What is metered and priced.
    pub meters: Vec<Meter>,
}

/// Most calls an account may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls a second.
    pub calls: u64,
    /// What it is applied to.
    pub each: LimitBasis,
}

/// Free units (RULES §1, §5).
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// Its id.
    pub id: String,
    /// Indices of the meters it covers; several share its units.
    pub meters: Vec<usize>,
    /// Units of a grant.
    pub units: u64,
    /// How often.
    pub each: Each,
    /// Life of a grant made once.
    pub expires_after: Option<Seconds>,
    /// Whether its units take places in the tier counter.
    pub counter: QuotaCounter,
}

impl Book {
    /// From its checked table.
    pub fn read(id: &str, record: &Record) -> Book {
        let ids: Vec<&str> = record.records("meters").iter().map(|meter| meter.get("id")).collect();
        let meters: Vec<Meter> = record.records("meters").into_iter().map(|meter| Meter::read(meter, &ids)).collect();
        let basic: Vec<bool> = meters.iter().map(|meter| meter.add_on_of.is_none()).collect();
        let index = |id: &str| meters.iter().position(|m| m.id == id).expect("quota meters were checked");
        let covered = |quota: &Record| match quota.get::<Option<&str>>("meter") {
            Some(meter) => vec![index(meter)],
            None => {
                quota.get::<Option<&[Valued]>>("meters").unwrap_or_default().iter().map(|m| index(text(m))).collect()
            }
        };
        let mut free: Vec<Quota> = record
            .records("free")
            .into_iter()
            .map(|quota| Quota {
                id: quota.get("id"),
                meters: covered(quota),
                units: quota.get("units"),
                each: quota.word("each"),
                expires_after: quota.get("expires_after"),
                counter: quota.word("counter"),
            })
            .collect();
        free.sort_by_key(|quota| quota.each as u8);
        Book {
            id: id.to_owned(),
            title: record.get::<Option<String>>("title").unwrap_or_else(|| id.to_owned()),
            currency: record.get("currency"),
            requires_integration: record.get("requires_integration"),
            unmetered_share: record.get("unmetered_share"),
            rate_limit: record
                .get::<Option<&Record>>("rate_limit")
                .map(|limit| RateLimit { calls: limit.get("calls"), each: limit.word("each") }),
            counted: record.word("counted"),
            pass_share: record.get("pass_share"),
            bill_at: window(record.get("bill_at")),
            grace: record.get("grace"),
            wipe_after: record.get("wipe_after"),
            bill_every: record.word("bill_every"),
            opens: record.word("opens"),
            slot: if record.word::<Slot>("slot") == Slot::Second { 1 } else { SLOT },
            draw_order: record.word("draw_order"),
            pay_as_you_go: record.word("pay_as_you_go"),
            automatic: record.word("automatic"),
            trial: record.get::<Option<&Record>>("trial").map(|trial| Trial::read(trial, &ids, &basic)),
            packages: record.get::<Option<&Record>>("packages").map(|packages| Packages::read(packages, &ids)),
            bill_cost: record.get("bill_cost"),
            free,
            meters,
        }
    }
}

impl Book {
    /// Whether it is metered in slots: it has allowances (RULES §7).
    pub fn is_slotted(&self) -> bool {
        self.trial.is_some() || self.packages.is_some() || self.free.iter().any(|quota| quota.meters.len() > 1)
    }

    /// The meter of an id.
    pub fn meter(&self, id: &str) -> Option<usize> {
        self.meters.iter().position(|meter| meter.id == id)
    }
}

fn text(valued: &Valued) -> &str {
    <&str>::from_value(&valued.value).expect("a list of ids was checked")
}

fn window(record: &Record) -> (Seconds, Seconds) {
    let from: Seconds = record.get("from");
    (from, record.get::<Option<Seconds>>("to").unwrap_or(from + 1))
}
