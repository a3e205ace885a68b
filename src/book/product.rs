//! A product's price book (RULES §1, §5).

use crate::text::Record;
use crate::text::keys::words;
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
    /// How a meter's units are priced (RULES §5).
    pub enum Pricing {
        Graduated = "graduated": "each tier's price applies only to the units inside it.",
        Flat = "flat": "one price for every unit.",
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
    /// Index of the meter it covers.
    pub meter: usize,
    /// Units of a grant.
    pub units: u64,
    /// How often.
    pub each: Each,
    /// Life of a grant made once.
    pub expires_after: Option<Seconds>,
    /// Whether its units take places in the tier counter.
    pub counter: QuotaCounter,
}

/// A meter and its price.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Its id.
    pub id: String,
    /// What one unit is called.
    pub unit: String,
    /// Graduated tiers; a flat price is a single one.
    pub tiers: Vec<Tier>,
    /// What serving a unit costs the vendor.
    pub cost: Money,
}

/// A tier: units above the previous bound up to and including `up_to` cost `price` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Upper bound, inclusive; `None` for the last.
    pub up_to: Option<u64>,
    /// Per unit.
    pub price: Money,
}

impl Book {
    /// From its checked table.
    pub fn read(id: &str, record: &Record) -> Book {
        let meters: Vec<Meter> = record.records("meters").into_iter().map(Meter::read).collect();
        let index = |id: &str| meters.iter().position(|m| m.id == id).expect("quota meters were checked");
        let mut free: Vec<Quota> = record
            .records("free")
            .into_iter()
            .map(|quota| Quota {
                id: quota.get("id"),
                meter: index(quota.get("meter")),
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
            bill_cost: record.get("bill_cost"),
            free,
            meters,
        }
    }
}

impl Meter {
    fn read(record: &Record) -> Meter {
        let tiers = match record.word("pricing") {
            Pricing::Flat => {
                let price = record.get::<Option<Money>>("price").expect("a flat meter was checked for its price");
                vec![Tier { up_to: None, price }]
            }
            Pricing::Graduated => record
                .records("tiers")
                .into_iter()
                .map(|tier| Tier { up_to: tier.get("up_to"), price: tier.get("price") })
                .collect(),
        };
        Meter { id: record.get("id"), unit: record.get("unit"), tiers, cost: record.get("cost") }
    }
}

fn window(record: &Record) -> (Seconds, Seconds) {
    let from: Seconds = record.get("from");
    (from, record.get::<Option<Seconds>>("to").unwrap_or(from + 1))
}
