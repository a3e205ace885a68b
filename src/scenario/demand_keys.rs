//! The keys of demand: what an account asks for, day by day.

use super::checks::{
    burst_is_a_range, holiday_ends_after_it_begins, mean_or_median, shares_of_noise_fit, tail_is_whole,
};
use super::keys::table;
use crate::text::keys::{Fallback, Key, Shape, Table, Variant, Word, key};

use Fallback::{Absent, Is, Required};

/// Largest mean daily count of an account: with any index of a day the sampler is exact up to 1e10.
const MOST_SIZE: f64 = 1e9;
/// Largest daily count that demand may ask for.
const MOST_DEMAND: i64 = 1_000_000_000_000;

pub(super) static DEMANDS: &[Variant] = &[
    Variant {
        kind: "recorded",
        table: table(
            "recorded demand",
            "What real accounts used, from a usage file; the rows name the meters, so there is no `mix`.",
            true,
            &[
                key(
                    "file",
                    Shape::Text,
                    Required,
                    "",
                    "CSV or Parquet with the columns account, date (or timestamp), meter, quantity; product and application if need be.",
                    "",
                ),
                key(
                    "digest",
                    Shape::Text,
                    Absent,
                    "",
                    "BLAKE3 of the file; if it is written the file must have it.",
                    "",
                ),
                key(
                    "from",
                    Shape::Date,
                    Absent,
                    "",
                    "The date of the file that is played on the first day; `start` when it is not written.",
                    "",
                ),
                key(
                    "bootstrap",
                    Shape::WordOr(NONE, &Shape::Table(&BOOTSTRAP)),
                    Is("\"none\""),
                    "",
                    "Draws weeks of the file anew in every replication, for horizons longer than the file; accounts beyond those of the file are drawn from it.",
                    "",
                ),
            ],
        ),
    },
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
                    WEEKDAY,
                    Is("\"office\""),
                    "",
                    "Index of Monday to Sunday, scaled to mean 1: seven numbers or a name.",
                    "",
                ),
                key(
                    "year",
                    Shape::List(&Shape::Table(&FOURIER), 0, 12),
                    Is("[]"),
                    "",
                    "Season: 1 + the sum of these waves, not below 0.",
                    "",
                ),
                key("holidays", Shape::List(&Shape::Table(&HOLIDAY), 0, 1_000), Is("[]"), "", "Dated multipliers.", ""),
                key(
                    "trend",
                    Shape::Real(-0.99, 100.0),
                    Is("0"),
                    "a year",
                    "Growth of the demand of every account: 0.1 is a tenth more after a year.",
                    "",
                ),
                key(
                    "ramp",
                    Shape::Length,
                    Is("\"0s\""),
                    "time",
                    "Time constant τ of a new account: 1 − exp(−age / τ), age from its arrival; 0 starts in full.",
                    "",
                ),
                key("noise", Shape::Table(&NOISE), Is("{}"), "", "The account's own log-normal noise, mean 1.", ""),
                key(
                    "dispersion",
                    Shape::Real(0.0, 100.0),
                    Is("0"),
                    "",
                    "Extra dispersion: variance = mean + dispersion × mean² (negative binomial).",
                    "",
                ),
                key(
                    "session",
                    Shape::WordOr(NONE, &Shape::Table(&SESSION)),
                    Is("\"none\""),
                    "",
                    "Units come in sessions: a Poisson number of them, each of a gamma length.",
                    "",
                ),
            ],
        ),
    },
];

static BOOTSTRAP: Table = table(
    "a block bootstrap",
    "The horizon is put together from blocks of whole weeks of the file, the same for all accounts, each on its own weekdays.",
    true,
    &[key("weeks", Shape::Whole(1, 52), Is("2"), "weeks", "Length of a block.", "")],
);

static SESSION: Table = table(
    "a session",
    "How long one lasts; the mean number a day is the mean day over the mean session.",
    true,
    &[
        key("mean", Shape::Real(1.0, 1e9), Required, "units", "Mean length.", ""),
        key("cv", Shape::Real(0.01, 100.0), Is("1"), "", "Coefficient of variation of the length.", ""),
    ],
);

const WEEKDAY: Shape = Shape::WordOr(
    Word { word: "office", doc: "offices: 1.09 1.09 1.09 1.09 1.06 0.74 0.58." },
    &Shape::WordOr(
        Word { word: "consumer", doc: "nearly flat: 0.98 0.97 0.97 0.98 1.02 1.06 1.02." },
        &Shape::WordOr(
            Word { word: "taxi", doc: "measured, taxi passengers in New York: 0.88 0.95 0.98 1.02 1.06 1.14 0.96." },
            &Shape::WordOr(
                Word {
                    word: "mentions",
                    doc: "measured, mentions of a large company: 1.07 1.13 1.14 1.17 1.11 0.69 0.69.",
                },
                &Shape::List(&Shape::Real(0.0, 1_000.0), 7, 7),
            ),
        ),
    ),
);

static FOURIER: Table = table(
    "a wave of the year",
    "amplitude × cos(2π × harmonic × (day − peak) / 365.25).",
    true,
    &[
        key("harmonic", Shape::Whole(1, 12), Is("1"), "waves a year", "How many waves a year has.", ""),
        key("amplitude", Shape::Real(0.0, 1.0), Required, "", "Half the way from its lowest to its highest.", ""),
        key("peak", Shape::Date, Required, "", "A date on which it is highest.", ""),
    ],
);

static HOLIDAY: Table = Table {
    name: "a holiday",
    doc: "A multiplier on some dates; of several on one date all apply.",
    inline: true,
    keys: &[
        key("from", Shape::Date, Required, "", "First date.", ""),
        key("to", Shape::Date, Absent, "", "Last date, included; `from` when it is not written.", ""),
        key("factor", Shape::Real(0.0, 1_000.0), Required, "", "0.5 to 0.9 for offices; consumers may exceed 1.", ""),
    ],
    rules: &[holiday_ends_after_it_begins],
};

static NOISE: Table = Table {
    name: "own noise",
    doc: "Three independent parts of one log-normal factor: by day, by week of 7 days and by month of 28 days, whose borders are each account's own.",
    inline: true,
    keys: &[
        key(
            "sd",
            Shape::Real(0.0, 3.0),
            Is("0"),
            "log-sd",
            "Log standard deviation of the factor; measured on public series: 0.1 to 0.7, median 0.28.",
            "",
        ),
        key(
            "week",
            Shape::Real(0.0, 1.0),
            Is("0.3"),
            "of the variance",
            "Share of the log variance that stays for a week.",
            "",
        ),
        key(
            "month",
            Shape::Real(0.0, 1.0),
            Is("0.3"),
            "of the variance",
            "Share of the log variance that stays for a month.",
            "",
        ),
    ],
    rules: &[shares_of_noise_fit],
};

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
                    "tail_above",
                    Shape::Real(0.5, 1.0),
                    Absent,
                    "quantile",
                    "Quantile above which the tail is Pareto.",
                    "",
                ),
                key(
                    "tail_alpha",
                    Shape::Real(0.1, 100.0),
                    Absent,
                    "",
                    "Exponent of that tail: the smaller, the heavier.",
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
            rules: &[mean_or_median, tail_is_whole],
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

pub(super) static BURSTS: Table = table(
    "bursts",
    "What comes beside the demand of a day, evenly over some time; prices do not hold it back.",
    false,
    &[
        key(
            "dated",
            Shape::List(&Shape::Table(&DATED), 0, 10_000),
            Is("[]"),
            "",
            "Bursts that every account of the segment has.",
            "§6",
        ),
        key(
            "human_spike",
            Shape::WordOr(NONE, &Shape::Table(&HUMAN_SPIKE)),
            Is("\"none\""),
            "",
            "A campaign, a sale, the news.",
            "",
        ),
        key(
            "bot_attack",
            Shape::WordOr(NONE, &Shape::Table(&BOT_ATTACK)),
            Is("\"none\""),
            "",
            "An attack by bots.",
            "",
        ),
        key(
            "integration_loop",
            Shape::WordOr(NONE, &Shape::Table(&INTEGRATION_LOOP)),
            Is("\"none\""),
            "",
            "A mistake that calls again and again until it is fixed.",
            "",
        ),
    ],
);

const NONE: Word = Word { word: "none", doc: "There is none." };

static DATED: Table = table(
    "a dated burst",
    "The same units for every account of the segment.",
    true,
    &[
        key("at", Shape::Moment, Required, "", "Its first second, in the billing offset.", "§6"),
        key("lasts", Shape::Length, Required, "time", "How long, at least one second.", "§6"),
        key("units", Shape::Whole(0, MOST_DEMAND), Required, "units", "Raw calls in all.", "§6"),
    ],
);

const A_YEAR: Key = key("a_year", Shape::Real(0.0, 366.0), Required, "a year", "How often, for each account.", "");

/// The keys of a random burst: its multiple of the usual day, its length in hours, what is filtered.
macro_rules! burst {
    ($name:ident, $title:literal, $doc:literal, $least:literal, $most:literal, $shortest:literal, $longest:literal, $filtered:literal) => {
        static $name: Table = Table {
            name: $title,
            doc: $doc,
            inline: true,
            keys: &[
                A_YEAR,
                key(
                    "least",
                    Shape::Real(1.0, 10_000.0),
                    Is($least),
                    "× the mean day",
                    "Least traffic in it, as a multiple of the account's mean; log-uniform up to `most`.",
                    "",
                ),
                key("most", Shape::Real(1.0, 10_000.0), Is($most), "× the mean day", "Most traffic in it.", ""),
                key("shortest", Shape::Length, Is($shortest), "time", "Shortest; log-uniform up to `longest`.", ""),
                key("longest", Shape::Length, Is($longest), "time", "Longest.", ""),
                key(
                    "filtered",
                    Shape::Share,
                    Is($filtered),
                    "",
                    "Share of its calls that the customer filters before they reach the service.",
                    "",
                ),
            ],
            rules: &[burst_is_a_range],
        };
    };
}

burst!(HUMAN_SPIKE, "a human spike", "×2 to ×7 for days.", "2", "7", "\"1d\"", "\"4d\"", "0");
burst!(BOT_ATTACK, "a bot attack", "×10 to ×300 for minutes to two days.", "10", "300", "\"5m\"", "\"2d\"", "0.3");
burst!(INTEGRATION_LOOP, "an integration loop", "×3 to ×20 until it is fixed.", "3", "20", "\"2h\"", "\"3d\"", "0");
