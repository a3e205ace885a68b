//! The keys of responses: who pays, how payments fail, what users do while suspended, and who leaves.

use super::checks::retries_rise;
use super::keys::{MOST_MONEY, table};
use crate::text::keys::{Fallback, Shape, Table, Variant, Word, Words, key, words};

use Fallback::{Absent, Is, Required};

const NONE: Word = Word { word: "none", doc: "There is none." };

words! {
    /// What a late payer reacts to.
    pub enum ReactsTo {
        Notice = "notice": "the start of the arrears.",
        Suspension = "suspension": "the first suspension of those arrears.",
    }
}

words! {
    /// What a segment's users do while a service is suspended (RULES §6).
    pub enum SuspendedTraffic {
        GoesOn = "goes_on": "they go on knocking and are refused.",
        Stops = "stops": "they stay away until it resumes.",
    }
}

pub(super) static PAYERS: &[Variant] = &[
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

pub(super) static PAYMENTS: Table = Table {
    name: "payments",
    doc: "How the payments of `payer` fail. Failures are facts of the world: the same under every price book.",
    inline: false,
    keys: &[
        key(
            "soft_failure",
            Shape::Share,
            Is("0"),
            "",
            "Probability that a first attempt fails and is tried again; 0.05 to 0.10 is usual for cards.",
            "",
        ),
        key(
            "retries",
            Shape::List(&Shape::Table(&RETRY), 0, 32),
            Is("[{ after = \"3d\" }, { after = \"7d\" }, { after = \"15d\" }]"),
            "",
            "When a failed payment is tried again; after the last failure it is given up.",
            "",
        ),
        key(
            "by_hand",
            Shape::WordOr(NONE, &Shape::Table(&BY_HAND)),
            Is("\"none\""),
            "",
            "Some time after a payment was given up the customer pays by other means, which do not fail.",
            "",
        ),
        key(
            "card_down",
            Shape::WordOr(NONE, &Shape::Table(&CARD_DOWN)),
            Is("\"none\""),
            "",
            "Intervals in which every attempt fails, until the card is replaced; then it is tried at once.",
            "",
        ),
    ],
    rules: &[retries_rise],
};

static RETRY: Table = Table {
    name: "a retry",
    doc: "A further attempt of a failed payment.",
    inline: true,
    keys: &[
        key("after", Shape::Length, Required, "time", "From the first attempt, at least one second.", ""),
        key("success", Shape::Share, Is("0.5"), "", "Probability that it succeeds.", ""),
    ],
    rules: &[],
};

static BY_HAND: Table = table(
    "a payment by hand",
    "A lognormal time after the last failed attempt.",
    true,
    &[
        key("median", Shape::Length, Required, "time", "Median of the time; at least one second.", ""),
        key("cv", Shape::Real(0.0, 100.0), Is("0"), "", "Coefficient of variation; 0 is always the median.", ""),
    ],
);

static CARD_DOWN: Table = table(
    "a card that is down",
    "Intervals without a valid card, after exponential gaps.",
    true,
    &[
        key("a_year", Shape::Real(0.0, 365.0), Required, "a year", "How often, while the card works.", ""),
        key("median", Shape::Length, Is("\"5d\""), "time", "Median time until it is replaced, lognormal.", ""),
        key("cv", Shape::Real(0.0, 100.0), Is("1"), "", "Coefficient of variation of that time.", ""),
    ],
);

pub(super) static CHURN: Table = table(
    "churn",
    "Hazards of leaving; their sum over the days is held against one exponential threshold of mean 1 for each account.",
    true,
    &[
        key("age", Shape::Tagged(AGES), Is("{ kind = \"constant\", a_year = 0 }"), "", "By age since the arrival.", ""),
        key(
            "suspended_day",
            Shape::Real(0.0, 100.0),
            Is("0"),
            "a day",
            "Hazard of each day at whose close a service is suspended.",
            "",
        ),
        key(
            "bill_shock",
            Shape::WordOr(NONE, &Shape::Table(&BILL_SHOCK)),
            Is("\"none\""),
            "",
            "Hazard of a day's bill that is far above the earlier ones.",
            "",
        ),
    ],
);

static AGES: &[Variant] = &[
    Variant {
        kind: "constant",
        table: table(
            "a constant hazard",
            "The same at every age.",
            true,
            &[key(
                "a_year",
                Shape::Real(0.0, 100.0),
                Required,
                "a year",
                "Hazard; 0.2 loses 18 % of the accounts in a year.",
                "",
            )],
        ),
    },
    Variant {
        kind: "weibull",
        table: table(
            "a Weibull hazard",
            "Cumulative hazard (age / scale)^shape: falls with age for a shape below 1, rises above.",
            true,
            &[
                key("scale", Shape::Length, Required, "time", "Age by which 63 % have left.", ""),
                key("shape", Shape::Real(0.05, 20.0), Is("1"), "", "Shape.", ""),
            ],
        ),
    },
];

static BILL_SHOCK: Table = table(
    "bill shock",
    "Hazard most / (1 + (ratio / r)^steepness) for a bill of r times the mean of the earlier ones, of which there are at least seven.",
    true,
    &[
        key("most", Shape::Real(0.0, 100.0), Required, "a bill", "Hazard of a bill beyond all measure.", ""),
        key(
            "ratio",
            Shape::Real(1.0, 1e6),
            Is("3"),
            "",
            "Bill over the mean of the earlier ones at which it is half of `most`.",
            "",
        ),
        key(
            "steepness",
            Shape::Real(0.1, 100.0),
            Is("4"),
            "",
            "Slope of the logistic curve in the log of the ratio.",
            "",
        ),
    ],
);
