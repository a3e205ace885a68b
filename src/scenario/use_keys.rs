//! The keys of a product's use by a segment.

use super::demand_keys::{BURSTS, DEMANDS};
use super::keys::{MOST_MONEY, table};
use crate::text::keys::{Fallback, Shape, Table, Word, key};

use Fallback::{Absent, Is, Required};

const NONE: Word = Word { word: "none", doc: "There is none." };

pub(super) static USE: Table = table(
    "the use of a product",
    "When an account is activated and integrated, what it asks for, and what it buys.",
    false,
    &[
        key("activation_after", Shape::Length, Is("\"0s\""), "time", "From the arrival to the activation.", "§2"),
        key(
            "tries_again_after",
            Shape::Length,
            Is("\"1d\""),
            "time",
            "From a first application that was refused in arrears to the next try.",
            "§7",
        ),
        key("integration_after", Shape::Length, Is("\"0s\""), "time", "From the arrival to the integration.", "§1"),
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
        key("demand", Shape::Tagged(DEMANDS), Required, "", "Raw units of each day.", ""),
        key(
            "service",
            Shape::Id,
            Absent,
            "",
            "Which of the book's `services` that demand is: a label, shown beside it.",
            "§3",
        ),
        key(
            "mix",
            Shape::Values(&Shape::Share),
            Absent,
            "",
            "How the raw units split over the basic meters, together 1; not needed for one.",
            "§7",
        ),
        key(
            "add_ons",
            Shape::Values(&Shape::Share),
            Is("{}"),
            "",
            "For each add-on meter the share of its base's raw units that it counts too.",
            "§3, §7",
        ),
        key("bursts", Shape::Table(&BURSTS), Is("{}"), "", "What comes beside it, for hours or days.", "§6"),
        key(
            "elasticity",
            Shape::Real(-10.0, 0.0),
            Is("0"),
            "",
            "Price response: demand × (average price under this book / under `reference_books.ID`)^elasticity.",
            "§6",
        ),
        key("discount", Shape::Share, Is("0"), "", "Off the book's unit prices.", "§5, §7"),
        key(
            "do_not_suspend",
            Shape::Share,
            Is("0"),
            "",
            "Share of accounts that choose pay-as-you-go when they open the product.",
            "§3",
        ),
        key(
            "buyer",
            Shape::WordOr(NONE, &Shape::Table(&BUYER)),
            Is("\"none\""),
            "",
            "Who buys packages, and when.",
            "§3",
        ),
        key(
            "switcher",
            Shape::WordOr(NONE, &Shape::Table(&SWITCHER)),
            Is("\"none\""),
            "",
            "Who switches pay-as-you-go on after a suspension for ended allowances.",
            "§3",
        ),
        key(
            "opening_balance",
            Shape::Money(-MOST_MONEY, MOST_MONEY),
            Is("0"),
            "currency",
            "Balance of the product at the first instant, where each has its own.",
            "§7",
        ),
        key(
            "credit_line",
            Shape::Money(0, MOST_MONEY),
            Is("0"),
            "currency",
            "How far that may go below zero without arrears.",
            "§7",
        ),
    ],
);

static BUYER: Table = table(
    "a buyer of packages",
    "Buys a package when little is left, of the cheapest size that covers what it used lately.",
    true,
    &[
        key("share", Shape::Share, Is("1"), "", "Share of accounts that buy.", ""),
        key(
            "covers",
            Shape::Length,
            Is("\"30d\""),
            "time",
            "How long a package should last at the use of the last 30 days.",
            "",
        ),
        key(
            "reorder_at",
            Shape::Share,
            Is("0.1"),
            "",
            "Share of the last grant or package at which it buys again; looked at when a day closes.",
            "",
        ),
        key(
            "median",
            Shape::Length,
            Is("\"4h\""),
            "time",
            "Median of the time from there to the payment, lognormal.",
            "",
        ),
        key("cv", Shape::Real(0.0, 100.0), Is("1"), "", "Coefficient of variation of that time.", ""),
        key(
            "pays",
            Shape::Flag,
            Is("true"),
            "",
            "Whether it tops up what is missing for the package in the same second.",
            "",
        ),
    ],
);

static SWITCHER: Table = table(
    "a customer who switches on",
    "Switches pay-as-you-go on some time after the service stopped.",
    true,
    &[
        key("share", Shape::Share, Is("1"), "", "Share of accounts that do.", ""),
        key("median", Shape::Length, Is("\"1d\""), "time", "Median of the time from the suspension, lognormal.", ""),
        key("cv", Shape::Real(0.0, 100.0), Is("1"), "", "Coefficient of variation of that time.", ""),
    ],
);
