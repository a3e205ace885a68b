//! The keys of meters and their prices, with their defaults.

use super::keys::{MOST_MONEY, MOST_UNITS, NONE, TOP_PRICE};
use super::meter::{Existing, Period, Pricing};
use super::price_checks::{change_fits_its_date, pricing_is_complete};
use crate::text::keys::{Fallback, Shape, Table, Word, Words, key};

const UNLIMITED: Word = Word { word: "unlimited", doc: "The last tier has no upper bound." };

use Fallback::{Absent, Is, Required};

pub(super) static METER: Table = Table {
    name: "a meter",
    doc: "What is counted, and its price.",
    inline: false,
    keys: &[
        key("id", Shape::Id, Required, "", "Its name.", ""),
        key("unit", Shape::Text, Is("\"unit\""), "", "What one unit of price is called.", ""),
        key(
            "raw_per_unit",
            Shape::Whole(1, 1_000_000_000),
            Is("1"),
            "raw units",
            "Raw units of demand that make a unit of price, rounded up once per rounding period: 60 seconds are a minute.",
            "§3, §7",
        ),
        key(
            "rounding",
            Shape::Choice(Period::WORDS),
            Is("\"day\""),
            "",
            "Period over which raw units are summed before they are rounded up.",
            "§3, §7",
        ),
        key(
            "add_on_of",
            Shape::Id,
            Absent,
            "",
            "The meter whose use this one adds to: never covered by allowances, refused while the service is suspended.",
            "§3, §7",
        ),
        key("pricing", Shape::Choice(Pricing::WORDS), Required, "", "How units are priced.", "§5"),
        key("counter", Shape::Choice(Period::WORDS), Is("\"day\""), "", "Period of the tier counter.", "§1, §5"),
        key("price", Shape::Money(0, TOP_PRICE), Absent, "currency per unit", "The flat price.", "§5"),
        key("tiers", TIERS, Is("[]"), "", "The tiers, in rising order; the last is unlimited.", "§1, §5"),
        key("minimum", Shape::Money(0, MOST_MONEY), Is("0"), "currency", "Least cost of a counter period.", "§5, §7"),
        key(
            "maximum",
            Shape::WordOr(NONE, &Shape::Money(0, MOST_MONEY)),
            Is("\"none\""),
            "currency",
            "Highest cost of a counter period.",
            "§5, §7",
        ),
        key(
            "fee_at_zero",
            Shape::Flag,
            Is("false"),
            "",
            "Whether the first tier's fee and the minimum are charged in a period without units.",
            "§5, §7",
        ),
        key(
            "changes",
            Shape::List(&Shape::Table(&CHANGE), 0, 100),
            Is("[]"),
            "",
            "Later prices, in rising order of their dates.",
            "§5, §7",
        ),
        key(
            "cost",
            Shape::Money(0, TOP_PRICE),
            Is("0"),
            "currency per unit",
            "What serving a unit of price costs the vendor, for the margin.",
            "§5",
        ),
    ],
    rules: &[pricing_is_complete],
};

const TIERS: Shape = Shape::List(&Shape::Table(&TIER), 0, 1_000);

static CHANGE: Table = Table {
    name: "a price change",
    doc: "From 00:00 of a date the meter has this price or these tiers; with a month counter from the next month on.",
    inline: true,
    keys: &[
        key("from", Shape::Date, Required, "", "First date; with a month counter of the first whole month.", "§5"),
        key(
            "existing",
            Shape::Choice(Existing::WORDS),
            Is("\"follow\""),
            "",
            "Accounts opened before that date.",
            "§5",
        ),
        key("price", Shape::Money(0, TOP_PRICE), Absent, "currency per unit", "The new flat price.", "§5"),
        key("tiers", TIERS, Is("[]"), "", "The new tiers.", "§5"),
    ],
    rules: &[change_fits_its_date],
};

static TIER: Table = Table {
    name: "a tier",
    doc: "Units above the previous bound, up to and including `up_to`.",
    inline: true,
    keys: &[
        key(
            "up_to",
            Shape::WordOr(UNLIMITED, &Shape::Whole(1, MOST_UNITS)),
            Required,
            "units",
            "Upper bound, inclusive.",
            "§5",
        ),
        key(
            "price",
            Shape::Money(0, TOP_PRICE),
            Required,
            "currency per unit",
            "Price of each unit inside the tier, or of each block of them.",
            "§5",
        ),
        key(
            "fee",
            Shape::Money(0, MOST_MONEY),
            Is("0"),
            "currency",
            "Charged once a period in which the tier is entered.",
            "§5",
        ),
        key(
            "block",
            Shape::Whole(1, MOST_UNITS),
            Is("1"),
            "units",
            "Units that the price buys; a part of them costs the whole.",
            "§5",
        ),
    ],
    rules: &[],
};
