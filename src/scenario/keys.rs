//! The keys of a scenario, with their defaults.

use super::checks::{
    dates_fit, elasticity_has_a_reference, fifo_starts_without_debt, ids_are_known, one_currency,
    only_vouchers_have_dates, references_have_the_same_meters, some_weight, there_is_something,
};
use super::response_keys::{CHURN, PAYERS, PAYMENTS, SuspendedTraffic};
use super::use_checks::{balances_are_where_they_belong, entry_is_complete, uses_fit_their_books};
use super::use_keys::USE;
use crate::book::ACCOUNT;
use crate::book::keys::{BOOK, MOST_UNITS};
use crate::text::keys::{Fallback, Key, Shape, Table, Variant, Words, key, words};
use crate::units::money::ONE;
use crate::units::profile;

use Fallback::{Absent, Is, Required};

words! {
    /// What moves in a segment's ledger.
    pub enum LedgerKind {
        TopUp = "top_up": "money paid into the balance.",
        CreditLine = "credit_line": "the credit line becomes this amount.",
        Voucher = "voucher": "a voucher of this amount is received.",
        Purchase = "purchase": "a package of `units` of `product` is paid for.",
        Switch = "switch": "pay-as-you-go of `product` is switched on.",
    }
}

pub(super) const MOST_MONEY: i64 = 1_000_000_000 * ONE;

pub(super) const fn table(name: &'static str, doc: &'static str, inline: bool, keys: &'static [Key]) -> Table {
    Table { name, doc, inline, keys, rules: &[] }
}

/// A whole scenario.
pub static SCENARIO: Table = Table {
    name: "a scenario",
    doc: "A world of customers, the price books it meets and the policy of its accounts.",
    inline: false,
    keys: &[
        key("name", Shape::Text, Absent, "", "Name of the scenario; the file's name when it is not written.", ""),
        key("seed", Shape::Whole(0, i64::MAX), Is("1"), "", "Seed of all random draws.", ""),
        key(
            "replications",
            Shape::Whole(1, 10_000),
            Is("1"),
            "",
            "How many times the world is drawn anew, for means with intervals.",
            "",
        ),
        key(
            "start",
            Shape::Date,
            Required,
            "",
            "First day of the horizon; its 00:00:00 is in the billing offset.",
            "head",
        ),
        key("days", Shape::Whole(1, 36_500), Required, "days", "Days of the horizon.", "head"),
        key(
            "world_shock",
            Shape::Real(0.0, 2.0),
            Is("0"),
            "log-sd",
            "One log-normal factor a day for the demand of all accounts, mean 1; measured on public series: 0.05 to 0.15.",
            "",
        ),
        key(
            "books",
            Shape::Map(&BOOK),
            Required,
            "",
            "Price books by product id; `file = \"…\"` reads one from a file.",
            "§1",
        ),
        key(
            "reference_books",
            Shape::Map(&BOOK),
            Is("{}"),
            "",
            "Price books by product id at whose prices demand is what the segments say, for `elasticity`.",
            "",
        ),
        key(
            "account",
            Shape::Table(&ACCOUNT),
            Is("{}"),
            "",
            "The account policy; `file = \"…\"` reads it from a file.",
            "§2",
        ),
        key(
            "profiles",
            Shape::Map(&PROFILE),
            Is("{}"),
            "",
            "Intraday profiles by id, beside the named ones: flat, office, evening.",
            "head",
        ),
        key("segments", Shape::List(&Shape::Table(&SEGMENT), 1, 1_000), Required, "", "Kinds of customers.", ""),
    ],
    rules: &[
        |scenario, problems| scenario.says_something("name", problems),
        there_is_something,
        one_currency,
        ids_are_known,
        dates_fit,
        fifo_starts_without_debt,
        elasticity_has_a_reference,
        references_have_the_same_meters,
        uses_fit_their_books,
        balances_are_where_they_belong,
    ],
};

static PROFILE: Table = Table {
    name: "an intraday profile",
    doc: "How a day's demand spreads over its 288 five-minute slots.",
    inline: false,
    keys: &[key(
        "weights",
        Shape::List(&Shape::Whole(0, profile::MAX_WEIGHT as i64), profile::SLOTS, profile::SLOTS),
        Required,
        "weight",
        "Integer weights of the slots from 00:00; demand is linear inside a slot.",
        "head",
    )],
    rules: &[some_weight],
};

static SEGMENT: Table = table(
    "a segment",
    "Customers of one kind.",
    false,
    &[
        key("id", Shape::Id, Required, "", "Its name; an account is its segment's id and its index in it.", ""),
        key(
            "accounts",
            Shape::Whole(1, 1_000_000_000),
            Required,
            "accounts",
            "How many; of recorded accounts, those of the file.",
            "",
        ),
        key("partner", Shape::Id, Absent, "", "The partner whose agreement replaces the grace.", "§2"),
        key(
            "opening_balance",
            Shape::Money(-MOST_MONEY, MOST_MONEY),
            Is("0"),
            "currency",
            "Balance at the first instant; below zero it is a debt.",
            "§2",
        ),
        key(
            "credit_line",
            Shape::Money(0, MOST_MONEY),
            Is("0"),
            "currency",
            "How far the balance may go below zero without arrears.",
            "§2",
        ),
        key("arrivals", Shape::Tagged(ARRIVALS), Is("{ kind = \"at_start\" }"), "", "When its accounts come.", ""),
        key("payer", Shape::Tagged(PAYERS), Is("{ kind = \"never\" }"), "", "Who pays when.", ""),
        key(
            "non_payers",
            Shape::Share,
            Is("0"),
            "",
            "Share of its accounts that never pay, whatever `payer` says.",
            "",
        ),
        key("payments", Shape::Table(&PAYMENTS), Is("{}"), "", "How the payer's payments fail and are retried.", ""),
        key(
            "suspended_traffic",
            Shape::Choice(SuspendedTraffic::WORDS),
            Is("\"goes_on\""),
            "",
            "What its users do while a service is suspended.",
            "§6",
        ),
        key("churn", Shape::Table(&CHURN), Is("{}"), "", "What makes accounts leave for good.", "§6"),
        key(
            "ledger",
            Shape::List(&Shape::Table(&LEDGER), 0, 100_000),
            Is("[]"),
            "",
            "Money movements at given instants, for every account of the segment.",
            "§2",
        ),
        key(
            "account_ledger",
            Shape::Text,
            Absent,
            "",
            "CSV file with what moved in each recorded account: account, instant, kind, amount; product if need be.",
            "§2, §3",
        ),
        key("products", Shape::Map(&USE), Required, "", "The products its accounts use, by product id.", ""),
    ],
);

static LEDGER: Table = Table {
    name: "a ledger entry",
    doc: "One movement; entries of one instant apply in the order written, money before purchases and switches.",
    inline: true,
    keys: &[
        key("at", Shape::Moment, Required, "", "When, in the billing offset; a date alone is its 00:00:00.", "§4"),
        key("kind", Shape::Choice(LedgerKind::WORDS), Required, "", "What.", "§2, §3"),
        key(
            "amount",
            Shape::Money(0, MOST_MONEY),
            Absent,
            "currency",
            "How much: of a top-up, a voucher, or the new credit line.",
            "§2",
        ),
        key(
            "product",
            Shape::Id,
            Absent,
            "",
            "Of a purchase or switch; of money only where each product has a balance of its own.",
            "§3, §7",
        ),
        key(
            "units",
            Shape::Whole(1, MOST_UNITS),
            Absent,
            "allowance units",
            "Size of the package that is bought.",
            "§3",
        ),
        key(
            "from",
            Shape::Moment,
            Absent,
            "",
            "First instant at which a voucher is usable; `at` when it is not written.",
            "§2",
        ),
        key(
            "expires",
            Shape::Moment,
            Absent,
            "",
            "First instant at which a voucher is no longer usable; never when it is not written.",
            "§2",
        ),
    ],
    rules: &[only_vouchers_have_dates, entry_is_complete],
};

static ARRIVALS: &[Variant] = &[
    Variant {
        kind: "at_start",
        table: table("arrivals at the start", "All accounts are there at second 0.", true, &[]),
    },
    Variant {
        kind: "poisson",
        table: table(
            "arrivals over time",
            "A Poisson process of whole days, given that all accounts come within `over`.",
            true,
            &[
                key(
                    "over",
                    Shape::Length,
                    Absent,
                    "time",
                    "Span of the arrivals from the start; the horizon when it is not written.",
                    "",
                ),
                key(
                    "growth",
                    Shape::Real(-0.99, 100.0),
                    Is("0"),
                    "a year",
                    "Growth of the rate of arrivals: 0.5 is half as many again after a year.",
                    "",
                ),
            ],
        ),
    },
];
