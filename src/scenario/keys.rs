//! The keys of a scenario, with their defaults.

use super::checks::{
    dates_fit, fifo_starts_without_debt, ids_are_known, mean_or_median, only_vouchers_have_dates, some_weight,
};
use crate::book::keys::{ACCOUNT, BOOK};
use crate::text::keys::{Fallback, Key, Shape, Table, Variant, Words, words};
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
/// Largest mean daily count of an account: with any weekday index the sampler is exact up to 1e10.
const MOST_SIZE: f64 = 1e9;

const fn key(
    name: &'static str,
    shape: Shape,
    default: Fallback,
    unit: &'static str,
    doc: &'static str,
    rule: &'static str,
) -> Key {
    Key { name, shape, default, unit, doc, rule }
}

const fn table(name: &'static str, doc: &'static str, inline: bool, keys: &'static [Key]) -> Table {
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
    rules: &[ids_are_known, dates_fit, fifo_starts_without_debt],
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

/// Largest daily count that demand may ask for.
const MOST_DEMAND: i64 = 1_000_000_000_000;

static DEMANDS: &[Variant] = &[
    Variant {
        kind: "constant",
        table: table(
            "constant demand",
            "The same count every day.",
            true,
            &[key("units", Shape::Whole(0, MOST_DEMAND), Required, "units a day", "The count.", "")],
        ),
    },
    Variant {
        kind: "listed",
        table: table(
            "listed demand",
            "Counts day by day; days after the list have none.",
            true,
            &[key(
                "units",
                Shape::List(&Shape::Whole(0, MOST_DEMAND), 1, 36_500),
                Required,
                "units a day",
                "The counts.",
                "",
            )],
        ),
    },
    Variant {
        kind: "random",
        table: table(
            "random demand",
            "Poisson counts with mean size × weekday index.",
            true,
            &[
                key("size", Shape::Tagged(SIZES), Required, "", "Mean daily count of an account.", ""),
                key(
                    "weekday",
                    Shape::List(&Shape::Real(0.0, 1_000.0), 7, 7),
                    Is("[1.09, 1.09, 1.09, 1.09, 1.06, 0.74, 0.58]"),
                    "",
                    "Index of Monday to Sunday, scaled to mean 1.",
                    "",
                ),
            ],
        ),
    },
];

static SIZES: &[Variant] = &[
    Variant {
        kind: "lognormal",
        table: Table {
            name: "a lognormal size",
            doc: "Given by mean or median (exactly one) and cv, never by log parameters.",
            inline: true,
            keys: &[
                key("median", Shape::Real(1e-9, MOST_SIZE), Absent, "units a day", "Median size.", ""),
                key("mean", Shape::Real(1e-9, MOST_SIZE), Absent, "units a day", "Mean size.", ""),
                key(
                    "cv",
                    Shape::Real(0.0, 1_000.0),
                    Is("2.9129"),
                    "",
                    "Standard deviation over mean; 2.9129 is a log-sd of 1.5: the top 1 % hold 20 %.",
                    "",
                ),
                key(
                    "cap",
                    Shape::Real(1e-9, MOST_SIZE),
                    Is("1e9"),
                    "units a day",
                    "Largest size; larger draws become it.",
                    "",
                ),
            ],
            rules: &[mean_or_median],
        },
    },
    Variant {
        kind: "table",
        table: table(
            "a table of sizes",
            "Listed sizes with weights: each account draws one.",
            true,
            &[key("sizes", Shape::List(&Shape::Table(&SIZE), 1, 10_000), Required, "", "The sizes.", "")],
        ),
    },
    Variant {
        kind: "constant",
        table: table(
            "one size",
            "Every account has the same mean.",
            true,
            &[key("units", Shape::Real(0.0, MOST_SIZE), Required, "units a day", "The size.", "")],
        ),
    },
];

static SIZE: Table = table(
    "a size",
    "One line of a table of sizes.",
    true,
    &[
        key("units", Shape::Real(0.0, MOST_SIZE), Required, "units a day", "Mean daily count.", ""),
        key(
            "weight",
            Shape::Whole(1, 1_000_000_000),
            Is("1"),
            "",
            "How often it is drawn, relative to the others.",
            "",
        ),
    ],
);
