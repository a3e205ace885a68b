//! The keys of a scenario, with their defaults.

use super::checks::{
    dates_fit, fifo_starts_without_debt, ids_are_known, one_currency, only_vouchers_have_dates, some_weight,
    there_is_something,
};
use super::demand_keys::DEMANDS;
use crate::book::keys::{ACCOUNT, BOOK};
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
    }
}

words! {
    /// What a late payer reacts to.
    pub enum ReactsTo {
        Notice = "notice": "the start of the arrears.",
        Suspension = "suspension": "the first suspension of those arrears.",
    }
}

const MOST_MONEY: i64 = 1_000_000_000 * ONE;

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
    rules: &[there_is_something, one_currency, ids_are_known, dates_fit, fifo_starts_without_debt],
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
        key("accounts", Shape::Whole(1, 1_000_000_000), Required, "accounts", "How many.", ""),
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
        key(
            "ledger",
            Shape::List(&Shape::Table(&LEDGER), 0, 100_000),
            Is("[]"),
            "",
            "Money movements at given instants, for every account of the segment.",
            "§2",
        ),
        key("products", Shape::Map(&USE), Required, "", "The products its accounts use, by product id.", ""),
    ],
);

static LEDGER: Table = Table {
    name: "a ledger entry",
    doc: "One movement; entries of one instant apply in the order written.",
    inline: true,
    keys: &[
        key("at", Shape::Moment, Required, "", "When, in the billing offset; a date alone is its 00:00:00.", "§4"),
        key("kind", Shape::Choice(LedgerKind::WORDS), Required, "", "What.", "§2"),
        key("amount", Shape::Money(0, MOST_MONEY), Required, "currency", "How much.", "§2"),
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
    rules: &[only_vouchers_have_dates],
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

static PAYERS: &[Variant] = &[
    Variant { kind: "never", table: table("a payer that never pays", "Pays nothing beside the ledger.", true, &[]) },
    Variant {
        kind: "auto_recharge",
        table: table(
            "an automatic recharge",
            "Tops up whenever the balance is below a threshold.",
            true,
            &[
                key(
                    "below",
                    Shape::Money(-MOST_MONEY, MOST_MONEY),
                    Required,
                    "currency",
                    "Balance below which it pays.",
                    "",
                ),
                key("amount", Shape::Money(1, MOST_MONEY), Required, "currency", "What it pays each time.", ""),
                key(
                    "delay",
                    Shape::Length,
                    Is("\"60s\""),
                    "time",
                    "From the cause to the payment, at least one second.",
                    "§4",
                ),
            ],
        ),
    },
    Variant {
        kind: "periodic",
        table: table(
            "a periodic payer",
            "Pays the same amount again and again.",
            true,
            &[
                key("every", Shape::Length, Required, "time", "From payment to payment, at least one second.", ""),
                key(
                    "first",
                    Shape::Length,
                    Absent,
                    "time",
                    "From the start to the first payment; `every` when it is not written.",
                    "",
                ),
                key("amount", Shape::Money(1, MOST_MONEY), Required, "currency", "What it pays each time.", ""),
            ],
        ),
    },
    Variant {
        kind: "after_delay",
        table: table(
            "a late payer",
            "Pays the whole debt some time after it noticed, in whole deduction units.",
            true,
            &[
                key("to", Shape::Choice(ReactsTo::WORDS), Is("\"notice\""), "", "What it reacts to.", ""),
                key(
                    "median",
                    Shape::Length,
                    Required,
                    "time",
                    "Median of the delay, lognormal; at least one second.",
                    "",
                ),
                key(
                    "cv",
                    Shape::Real(0.0, 100.0),
                    Is("0"),
                    "",
                    "Coefficient of variation of the delay; 0 is always the median.",
                    "",
                ),
                key("extra", Shape::Money(0, MOST_MONEY), Is("0"), "currency", "What it pays beside the debt.", ""),
            ],
        ),
    },
];

static USE: Table = table(
    "the use of a product",
    "When an account is activated and integrated, and what it asks for.",
    false,
    &[
        key("activation_after", Shape::Length, Is("\"0s\""), "time", "From the start to the activation.", "§2"),
        key("integration_after", Shape::Length, Is("\"0s\""), "time", "From the start to the integration.", "§1"),
        key(
            "integration_cv",
            Shape::Real(0.0, 100.0),
            Is("0"),
            "",
            "Coefficient of variation of that time: lognormal with `integration_after` as its median; 0 is always the median.",
            "",
        ),
        key(
            "never_integrated",
            Shape::Share,
            Is("0"),
            "",
            "Share of accounts that never finish the integration.",
            "§1",
        ),
        key(
            "profile",
            Shape::Id,
            Is("\"flat\""),
            "",
            "Intraday profile: flat, office, evening, or one of `profiles`.",
            "head",
        ),
        key("demand", Shape::Tagged(DEMANDS), Required, "", "Raw calls of each day.", ""),
    ],
);
