//! What a price book, the partner and the segment say about one product of the account.

use rust_decimal::Decimal;

use super::calendar::Calendar;
use super::meter_terms::{MeterTerms, read_meters};
use super::money::to_count;
use super::profile::{DAY, Profile};
use super::reader::{Node, seconds, time_of_day};

pub struct ProductTerms {
    pub requires_integration: bool,
    pub unmetered_share: Share,
    pub rate_limit: RateLimit,
    pub counted_share: Share,
    pub bill_from: i64,
    /// Whether the second of each bill is drawn from a window, and so given from outside.
    pub bill_window: bool,
    pub bill_by_month: bool,
    /// None: never suspended ("non-stop").
    pub grace: Option<i64>,
    pub wipe_after: Option<i64>,
    /// Whether it is opened in phase 2 by a first application; else in phase 9 by an activation.
    pub opens_by_application: bool,
    pub tries_again_after: i64,
    /// Length of the slots in which it is metered; none: it is metered as demand comes.
    pub slot: Option<i64>,
    /// Whether pay-as-you-go is a switch that is off at first; else it is always on.
    pub has_switch: bool,
    /// `automatic = "any_ended"`.
    pub on_when_any_ended: bool,
    pub trial: Option<TrialTerms>,
    pub packages: Option<PackageTerms>,
    /// In the order day, month, once; within a kind as written.
    pub quotas: Vec<QuotaTerms>,
    pub meters: Vec<MeterTerms>,
    /// The basic meters in the order in which they draw.
    pub draw_order: Vec<usize>,
    pub profile: Profile,
    pub activation: i64,
    pub integration: i64,
    /// Where each product has a balance.
    pub opening_balance: Decimal,
    pub credit_line: Decimal,
}

/// A share in [0, 1] as a whole count of 1e-8 (RULES §6, fractions).
#[derive(Clone, Copy)]
pub struct Share(u128);

impl Share {
    fn new(share: Decimal) -> Self {
        Share(to_count(share))
    }

    /// floor(units × share).
    pub fn of(self, units: u64) -> u64 {
        (u128::from(units) * self.0 / 100_000_000) as u64
    }
}

#[derive(Clone, Copy)]
pub enum RateLimit {
    None,
    EachSecond(u64),
    EachSlot(u64),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Each {
    Day,
    Month,
    Once,
}

pub struct QuotaTerms {
    pub id: String,
    /// Its place in the book.
    pub written: usize,
    pub units: u64,
    pub each: Each,
    pub expires_after: Option<i64>,
    pub inside: bool,
    pub covers: Covers,
}

/// Whose units a free quota covers.
pub enum Covers {
    /// Those of one meter, before any allowance.
    One(usize),
    /// Those of several basic meters: a grant is an allowance (RULES §7).
    Several(Vec<usize>),
}

pub struct TrialTerms {
    pub units: u64,
    /// By meter; none: not covered.
    pub ratio: Vec<Option<u64>>,
    pub valid: Valid,
}

pub struct PackageTerms {
    pub sizes: Vec<(u64, Decimal)>,
    /// Upper bound, not included, and price of a unit.
    pub bands: Vec<(Option<u64>, Decimal)>,
    pub ratio: Vec<Option<u64>>,
    pub effect_after: i64,
    pub valid: Valid,
    pub valid_from_effect: bool,
    pub fractional: bool,
}

impl PackageTerms {
    /// RULES §7, packages: a listed size has its price, any other number that of its band for each unit.
    pub fn price(&self, units: u64) -> Decimal {
        if let Some((_, price)) = self.sizes.iter().find(|(size, _)| *size == units) {
            return *price;
        }
        let band = self.bands.iter().find(|(below, _)| below.is_none_or(|below| units < below));
        Decimal::from(units) * band.expect("a package of this size has a price").1
    }
}

#[derive(Clone, Copy)]
pub enum Valid {
    SameMonthNextYear,
    Seconds(i64),
}

impl Valid {
    pub fn end(self, from: i64, calendar: &Calendar) -> i64 {
        match self {
            Valid::SameMonthNextYear => calendar.same_month_next_year(from),
            Valid::Seconds(length) => from + length,
        }
    }
}

pub fn read_product(
    book: Node,
    product: Node,
    partner: Option<Node>,
    profiles: Node,
    calendar: &Calendar,
) -> ProductTerms {
    let counts_passed = book.key("counted").second_of("served", "passed");
    let pass_share = book.key("pass_share").decimal_or(Decimal::ONE);

    let bill_from = time_of_day(book.key("bill_at").key("from").text_or("08:00:00"));
    let bill_to = book.key("bill_at").key("to").text();
    let bill_to = bill_to.map_or(bill_from + 1, time_of_day);
    assert!(bill_from < bill_to && bill_to <= DAY, "a bill window is inside a day");

    // RULES §2: a partner's own policy replaces the product's grace.
    let book_grace = book.key("grace").text_or("168h");
    let grace = match partner {
        Some(policy) => policy.key("grace").text().expect("a partner has a grace"),
        None => book_grace,
    };
    let grace = match grace {
        "non_stop" => None,
        "immediate" => Some(0),
        duration => Some(seconds(duration)),
    };

    let meters = read_meters(book, product.key("discount").decimal_or(Decimal::ZERO), calendar);
    let quotas = read_quotas(book, &meters);
    let trial = read_trial(book.key("trial"), &meters);
    let packages = read_packages(book.key("packages"), &meters);
    let shares_a_quota = quotas.iter().any(|quota| matches!(quota.covers, Covers::Several(_)));
    let is_slotted = trial.is_some() || packages.is_some() || shares_a_quota;
    let slot = if book.key("slot").second_of("5m", "1s") { 1 } else { 300 };

    ProductTerms {
        requires_integration: book.key("requires_integration").flag_or(false),
        unmetered_share: Share::new(book.key("unmetered_share").decimal_or(Decimal::ZERO)),
        rate_limit: read_rate_limit(book.key("rate_limit")),
        counted_share: Share::new(if counts_passed { pass_share } else { Decimal::ONE }),
        bill_from,
        bill_window: bill_to > bill_from + 1,
        bill_by_month: book.key("bill_every").second_of("day", "month"),
        grace,
        wipe_after: book.key("wipe_after").seconds_unless_never_or("never"),
        opens_by_application: book.key("opens").second_of("activation", "application"),
        tries_again_after: product.key("tries_again_after").seconds_or("1d"),
        slot: is_slotted.then_some(slot),
        has_switch: book.key("pay_as_you_go").second_of("always", "switch"),
        on_when_any_ended: book.key("automatic").second_of("last_ended", "any_ended"),
        trial,
        packages,
        quotas,
        draw_order: draw_order(&meters, book.key("draw_order").second_of("listed", "dearest_first")),
        meters,
        profile: read_profile(product.key("profile").text_or("flat"), profiles),
        activation: product.key("activation_after").seconds_or("0s"),
        integration: product.key("integration_after").seconds_or("0s"),
        opening_balance: product.key("opening_balance").decimal_or(Decimal::ZERO),
        credit_line: product.key("credit_line").decimal_or(Decimal::ZERO),
    }
}

fn read_rate_limit(limit: Node) -> RateLimit {
    match limit.key("calls").whole() {
        None => {
            assert_eq!(limit.text_or("none"), "none", "a limit has calls");
            RateLimit::None
        }
        Some(calls) if limit.key("each").second_of("second", "slot") => RateLimit::EachSlot(calls),
        Some(calls) => RateLimit::EachSecond(calls),
    }
}

/// RULES §7: the basic meters as written, or by falling price of the first tier as written in the book.
fn draw_order(meters: &[MeterTerms], dearest_first: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..meters.len()).filter(|&index| !meters[index].is_add_on).collect();
    if dearest_first {
        order.sort_by(|&one, &other| meters[other].written_price.cmp(&meters[one].written_price)); // stable
    }
    order
}

fn meter_index(meters: &[MeterTerms], id: &str) -> usize {
    meters.iter().position(|meter| meter.id == id).expect("the book has this meter")
}

fn read_quotas(book: Node, meters: &[MeterTerms]) -> Vec<QuotaTerms> {
    let mut quotas = Vec::new();
    for (written, free) in book.key("free").list().into_iter().enumerate() {
        let covers = if free.key("meters").is_there() {
            let ids = free.key("meters").list();
            let ids = ids.iter().map(|id| id.text().expect("a meter has an id"));
            Covers::Several(ids.map(|id| meter_index(meters, id)).collect())
        } else {
            Covers::One(free.key("meter").text().map_or(0, |id| meter_index(meters, id)))
        };
        quotas.push(QuotaTerms {
            id: free.key("id").text_or("").to_string(),
            written,
            units: free.key("units").whole().expect("a quota has units"),
            each: match free.key("each").text_or("once") {
                "once" => Each::Once,
                "day" => Each::Day,
                "month" => Each::Month,
                other => panic!("{other:?} is no period of a quota"),
            },
            expires_after: free.key("expires_after").seconds_unless_never_or("never"),
            inside: free.key("counter").second_of("outside", "inside"),
            covers,
        });
    }
    quotas.sort_by_key(|quota| quota.each); // stable: within a kind as written
    quotas
}

fn read_trial(trial: Node, meters: &[MeterTerms]) -> Option<TrialTerms> {
    if !trial.is_there() {
        return None;
    }
    let ratio = if trial.key("ratio").is_there() {
        read_ratio(trial.key("ratio"), meters)
    } else {
        meters.iter().map(|meter| (!meter.is_add_on).then_some(1)).collect()
    };
    let units = trial.key("units").whole().expect("a trial has units");
    Some(TrialTerms { units, ratio, valid: read_valid(trial.key("valid")) })
}

fn read_packages(packages: Node, meters: &[MeterTerms]) -> Option<PackageTerms> {
    if !packages.is_there() {
        return None;
    }
    let mut sizes = Vec::new();
    for size in packages.key("sizes").list() {
        let units = size.key("units").whole().expect("a size has units");
        sizes.push((units, size.key("price").decimal_or(Decimal::ZERO)));
    }
    let mut bands = Vec::new();
    for band in packages.key("bands").list() {
        let below = band.key("below").whole_unless_unlimited();
        bands.push((below, band.key("price").decimal_or(Decimal::ZERO)));
    }
    Some(PackageTerms {
        sizes,
        bands,
        ratio: read_ratio(packages.key("ratio"), meters),
        effect_after: packages.key("effect_after").seconds_or("300s"),
        valid: read_valid(packages.key("valid")),
        valid_from_effect: packages.key("valid_from").second_of("payment", "effect"),
        fractional: packages.key("cover").second_of("whole", "fractional"),
    })
}

fn read_ratio(ratio: Node, meters: &[MeterTerms]) -> Vec<Option<u64>> {
    meters.iter().map(|meter| ratio.key(&meter.id).whole()).collect()
}

fn read_valid(valid: Node) -> Valid {
    match valid.text_or("same_month_next_year") {
        "same_month_next_year" => Valid::SameMonthNextYear,
        length => Valid::Seconds(seconds(length)),
    }
}

fn read_profile(id: &str, profiles: Node) -> Profile {
    if profiles.key(id).is_there() {
        let weights = profiles.key(id).key("weights").list();
        let weights = weights.iter().map(|weight| weight.whole());
        return Profile::new(weights.map(|w| w.expect("weights are whole")).collect());
    }
    assert_eq!(id, "flat", "the profile is known");
    Profile::flat()
}
