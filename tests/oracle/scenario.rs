//! The part of a scenario that one account needs, with every default of FORMAT.md.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use toml::de::DeTable;

use super::money::Rounding;
use super::profile::{DAY, Profile};
use super::reader::{Node, time_of_day};
use super::tariff::{Pricing, Tier};

pub struct Scenario {
    pub days: i64,
    /// Days (0 = the first) that are the first of a calendar month.
    pub month_starts: BTreeSet<i64>,
    pub policy: Policy,
    pub opening_balance: Decimal,
    pub credit_line: Decimal,
    pub ledger: Vec<Entry>,
    /// Whether the customer sends nothing to a product while it is suspended.
    pub traffic_stops: bool,
    pub products: BTreeMap<String, ProductTerms>,
}

/// `[account]`: RULES §2.
pub struct Policy {
    pub deduction_unit: Decimal,
    pub rounding: Rounding,
    pub issues_zero_bills: bool,
    pub fifo: bool,
    pub clock_at_day_start: bool,
    pub top_up_restarts_clock: bool,
    pub calendar_grace: bool,
    pub debt_cap: Option<Decimal>,
    pub while_suspended: WhileSuspended,
    pub resume_above_zero: bool,
    pub resume_delay: i64,
    pub activation_in_arrears_allowed: bool,
    pub voucher_rest_lost: bool,
    pub write_off_after: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WhileSuspended {
    Lost,
    Retried,
    Unprotected,
}

/// One ledger entry of the segment.
pub struct Entry {
    pub at: i64,
    pub amount: Decimal,
    pub kind: EntryKind,
}

pub enum EntryKind {
    TopUp,
    CreditLine,
    Voucher { number: usize, from: i64, expires: Option<i64> },
}

/// What the book, the partner and the segment say about one product of the account.
pub struct ProductTerms {
    pub requires_integration: bool,
    pub unmetered_share: Share,
    pub rate_limit: RateLimit,
    pub counted_share: Share,
    pub bill_from: i64,
    /// Whether the second of each bill is drawn from a window, and so given from outside.
    pub bill_window: bool,
    /// None: never suspended ("non-stop").
    pub grace: Option<i64>,
    pub wipe_after: Option<i64>,
    /// In the order day, month, once; within a kind as written.
    pub quotas: Vec<QuotaTerms>,
    pub pricing: Pricing,
    pub profile: Profile,
    pub activation: i64,
    pub integration: i64,
}

/// A share in [0, 1] as a whole count of 1e-8 (RULES §6, fractions).
#[derive(Clone, Copy)]
pub struct Share(u128);

impl Share {
    fn new(share: Decimal) -> Self {
        let mut scaled = share.normalize();
        assert!(scaled.scale() <= 8, "a share has up to 8 places");
        scaled.rescale(8);
        Share(u128::try_from(scaled.mantissa()).expect("a share is not negative"))
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
    pub units: u64,
    pub each: Each,
    pub expires_after: Option<i64>,
    pub inside: bool,
}

impl Scenario {
    pub fn read(text: &str, segment_id: &str) -> Scenario {
        let document = DeTable::parse(text).expect("the scenario is TOML");
        let root = Node::root(document.get_ref());

        let start = root.key("start").date_or(Date::constant(2026, 1, 1));
        let days = root.key("days").whole().expect("a scenario has days") as i64;
        let mut month_starts = BTreeSet::new();
        let mut date = start;
        for day in 0..days {
            if date.day() == 1 {
                month_starts.insert(day);
            }
            date = date.tomorrow().expect("a run ends before the year 9999");
        }

        let account = root.key("account");
        let segments = root.key("segments").list();
        let segment = segments
            .iter()
            .find(|segment| segment.key("id").text() == Some(segment_id))
            .expect("the segment is in the scenario");
        let partner = segment.key("partner").text();
        let partner = partner.map(|id| account.key("partners").key(id));

        let mut products = BTreeMap::new();
        for (id, product) in segment.key("products").entries() {
            let book = root.key("books").key(&id);
            assert!(book.is_there(), "{id} has a book");
            let terms = read_product(book, product, partner, root.key("profiles"));
            products.insert(id, terms);
        }

        Scenario {
            days,
            month_starts,
            policy: read_policy(account),
            opening_balance: segment.key("opening_balance").decimal_or(Decimal::ZERO),
            credit_line: segment.key("credit_line").decimal_or(Decimal::ZERO),
            ledger: read_ledger(*segment, start),
            traffic_stops: segment.key("suspended_traffic").second_of("goes_on", "stops"),
            products,
        }
    }
}

fn read_policy(account: Node) -> Policy {
    Policy {
        deduction_unit: account.key("deduction_unit").decimal_or(Decimal::new(1, 2)),
        rounding: match account.key("rounding").text_or("half_up") {
            "half_up" => Rounding::HalfUp,
            "truncate" => Rounding::Truncate,
            "ceil" => Rounding::Ceil,
            "half_even" => Rounding::HalfEven,
            "none" => Rounding::None,
            "carry" => Rounding::Carry,
            other => panic!("{other:?} is no rounding"),
        },
        issues_zero_bills: account.key("zero_bills").second_of("skipped", "issued"),
        fifo: account.key("settlement").second_of("full", "fifo"),
        clock_at_day_start: account.key("arrears_clock").second_of("instant", "day_start"),
        top_up_restarts_clock: account.key("partial_top_up").second_of("keeps_clock", "restarts_clock"),
        calendar_grace: account.key("grace_end").second_of("exact", "calendar"),
        debt_cap: match account.key("debt_cap").text() {
            Some("none") => None,
            _ if !account.key("debt_cap").is_there() => None,
            _ => Some(account.key("debt_cap").decimal_or(Decimal::ZERO)),
        },
        while_suspended: match account.key("while_suspended").text_or("lost") {
            "lost" => WhileSuspended::Lost,
            "retried" => WhileSuspended::Retried,
            "unprotected" => WhileSuspended::Unprotected,
            other => panic!("{other:?} says nothing about demand while suspended"),
        },
        resume_above_zero: account.key("resume_at").second_of("zero", "above_zero"),
        resume_delay: account.key("resume_delay").seconds_or("0s"),
        activation_in_arrears_allowed: account.key("activation_in_arrears").second_of("refused", "allowed"),
        voucher_rest_lost: account.key("voucher_rest").second_of("kept", "lost"),
        write_off_after: account.key("write_off_after").seconds_unless_never_or("90d"),
    }
}

fn read_ledger(segment: Node, start: Date) -> Vec<Entry> {
    let mut ledger = Vec::new();
    let mut vouchers = 0;
    for entry in segment.key("ledger").list() {
        let at = entry.key("at").instant(start);
        let at = at.expect("a ledger entry has an instant");
        assert!(at >= 0, "a ledger entry is not before the start");
        let kind = match entry.key("kind").text_or("") {
            "top_up" => EntryKind::TopUp,
            "credit_line" => EntryKind::CreditLine,
            "voucher" => {
                vouchers += 1;
                EntryKind::Voucher {
                    number: vouchers,
                    from: entry.key("from").instant(start).unwrap_or(at),
                    expires: entry.key("expires").instant(start),
                }
            }
            other => panic!("{other:?} is no kind of ledger entry"),
        };
        let amount = entry.key("amount").decimal_or(Decimal::ZERO);
        ledger.push(Entry { at, amount, kind });
    }
    ledger
}

fn read_product(book: Node, product: Node, partner: Option<Node>, profiles: Node) -> ProductTerms {
    let limit = book.key("rate_limit");
    let rate_limit = match limit.key("calls").whole() {
        None => {
            assert_eq!(limit.text_or("none"), "none", "a limit has calls");
            RateLimit::None
        }
        Some(calls) if limit.key("each").second_of("second", "slot") => RateLimit::EachSlot(calls),
        Some(calls) => RateLimit::EachSecond(calls),
    };

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
        duration => Some(super::reader::seconds(duration)),
    };

    let mut quotas = Vec::new();
    for free in book.key("free").list() {
        quotas.push(QuotaTerms {
            id: free.key("id").text_or("").to_string(),
            units: free.key("units").whole().expect("a quota has units"),
            each: match free.key("each").text_or("once") {
                "once" => Each::Once,
                "day" => Each::Day,
                "month" => Each::Month,
                other => panic!("{other:?} is no period of a quota"),
            },
            expires_after: free.key("expires_after").seconds_unless_never_or("never"),
            inside: free.key("counter").second_of("outside", "inside"),
        });
    }
    quotas.sort_by_key(|quota| quota.each); // stable: within a kind as written

    let profile = match product.key("profile").text_or("flat") {
        id if profiles.key(id).is_there() => {
            let weights = profiles.key(id).key("weights").list();
            let weights = weights.iter().map(|weight| weight.whole());
            Profile::new(weights.map(|w| w.expect("weights are whole")).collect())
        }
        "flat" => Profile::flat(),
        other => panic!("there is no profile {other:?}"),
    };

    ProductTerms {
        requires_integration: book.key("requires_integration").flag_or(false),
        unmetered_share: Share::new(book.key("unmetered_share").decimal_or(Decimal::ZERO)),
        rate_limit,
        counted_share: Share::new(if counts_passed { pass_share } else { Decimal::ONE }),
        bill_from,
        bill_window: bill_to > bill_from + 1,
        grace,
        wipe_after: book.key("wipe_after").seconds_unless_never_or("never"),
        quotas,
        pricing: read_pricing(book),
        profile,
        activation: product.key("activation_after").seconds_or("0s"),
        integration: product.key("integration_after").seconds_or("0s"),
    }
}

fn read_pricing(book: Node) -> Pricing {
    let meters = book.key("meters").list();
    assert_eq!(meters.len(), 1, "a book has exactly one meter here");
    let meter = meters[0];
    match meter.key("pricing").text_or("") {
        "flat" => Pricing::Flat(meter.key("price").decimal_or(Decimal::ZERO)),
        "graduated" => {
            let mut tiers = Vec::new();
            for tier in meter.key("tiers").list() {
                tiers.push(Tier {
                    up_to: tier.key("up_to").whole(),
                    price: tier.key("price").decimal_or(Decimal::ZERO),
                });
            }
            Pricing::Graduated(tiers)
        }
        other => panic!("{other:?} is no pricing here"),
    }
}
