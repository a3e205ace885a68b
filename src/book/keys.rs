//! The keys of price books, with their defaults.

use super::checks::{
    add_ons_have_a_base, allowances_fit, meters_go_together, only_single_grants_expire, quotas_fit_their_meter,
    sizes_rise, window_is_open,
};
use super::meter_keys::METER;
use super::package::{Automatic, Cover, DrawOrder, PayAsYouGo, Slot, ValidFrom};
use super::product::{BillEvery, Counted, Each, LimitBasis, Opens, QuotaCounter};
use crate::text::keys::{Fallback, Shape, Table, Word, Words, key};
use crate::units::money::ONE;

const NEVER: Word = Word { word: "never", doc: "It never happens." };
pub(super) const NONE: Word = Word { word: "none", doc: "There is none." };
const OPEN: Word = Word { word: "unlimited", doc: "The last band has no upper bound." };
const SAME_MONTH: Word =
    Word { word: "same_month_next_year", doc: "To the last day of the same calendar month of the next year." };

/// Most units of a quota or bound of a tier.
pub(crate) const MOST_UNITS: i64 = 1_000_000_000_000_000;
/// Highest price of a unit: a million.
pub(super) const TOP_PRICE: i64 = 1_000_000 * ONE;
/// Highest amount of money that can be written: a billion.
pub(super) const MOST_MONEY: i64 = 1_000_000_000 * ONE;

use Fallback::{Absent, Is, Required};

/// A product's price book.
pub static BOOK: Table = Table {
    name: "a price book",
    doc: "A product's price book: `books.ID`, or the file that `books.ID.file` names.",
    inline: false,
    keys: &[
        key("product", Shape::Id, Absent, "", "The product the book was written for; must equal ID.", ""),
        key("title", Shape::Text, Absent, "", "What the product is called in tables and charts.", ""),
        key("currency", Shape::Text, Is("\"USD\""), "", "Currency of all prices.", ""),
        key(
            "services",
            Shape::List(&Shape::Id, 1, 64),
            Absent,
            "",
            "What its units are used for: labels that `service` of a use may name. No rule reads them.",
            "§3",
        ),
        key(
            "requires_integration",
            Shape::Flag,
            Is("false"),
            "",
            "Whether nothing is served before the integration instant.",
            "§1",
        ),
        key(
            "unmetered_share",
            Shape::Share,
            Is("0"),
            "",
            "Share of a day's raw calls that is never metered and stays outside demand.",
            "§1",
        ),
        key(
            "rate_limit",
            Shape::WordOr(NONE, &Shape::Table(&RATE_LIMIT)),
            Is("\"none\""),
            "",
            "Most calls an account may make; the excess is refused.",
            "§1",
        ),
        key("counted", Shape::Choice(Counted::WORDS), Is("\"served\""), "", "Which served units are metered.", "§1"),
        key(
            "pass_share",
            Shape::Share,
            Is("1"),
            "",
            "Share of verifications that pass; read when `counted` is `passed`.",
            "§1",
        ),
        key(
            "bill_at",
            Shape::Table(&BILL_AT),
            Is("{ from = \"08:00:00\" }"),
            "",
            "When a day's bill is issued on the next day.",
            "§1",
        ),
        key(
            "grace",
            Shape::Length,
            Is("\"168h\""),
            "time",
            "Time in arrears until suspension; 0 suspends at once.",
            "§1, §2",
        ),
        key(
            "wipe_after",
            Shape::WordOr(NEVER, &Shape::Length),
            Is("\"never\""),
            "time",
            "Time suspended for arrears until what is unused is gone.",
            "§2",
        ),
        key("bill_every", Shape::Choice(BillEvery::WORDS), Is("\"day\""), "", "What a bill is for.", "§5, §7"),
        key(
            "opens",
            Shape::Choice(Opens::WORDS),
            Is("\"activation\""),
            "",
            "How an account begins to use the product.",
            "§3, §7",
        ),
        key(
            "slot",
            Shape::Choice(Slot::WORDS),
            Is("\"5m\""),
            "",
            "Length of the slots in which a book with allowances is metered.",
            "§3, §7",
        ),
        key(
            "draw_order",
            Shape::Choice(DrawOrder::WORDS),
            Is("\"listed\""),
            "",
            "Order in which the meters of a slot draw from allowances.",
            "§3, §7",
        ),
        key(
            "pay_as_you_go",
            Shape::Choice(PayAsYouGo::WORDS),
            Is("\"always\""),
            "",
            "Whether use beyond allowances is billed from the start.",
            "§3, §7",
        ),
        key(
            "automatic",
            Shape::Choice(Automatic::WORDS),
            Is("\"last_ended\""),
            "",
            "When pay-as-you-go goes on by itself; read when it is a switch.",
            "§3, §7",
        ),
        key("trial", Shape::Table(&TRIAL), Absent, "", "Units given once, at the opening.", "§3, §7"),
        key("packages", Shape::Table(&PACKAGES), Absent, "", "Units that customers buy beforehand.", "§3, §7"),
        key(
            "bill_cost",
            Shape::Money(0, TOP_PRICE),
            Is("0"),
            "currency per bill",
            "What issuing a bill costs the vendor, for the margin.",
            "§5",
        ),
        key("free", Shape::List(&Shape::Table(&FREE), 0, 64), Is("[]"), "", "Free quotas.", "§1, §5"),
        key(
            "meters",
            Shape::List(&Shape::Table(&METER), 1, 64),
            Required,
            "",
            "What is metered and what it costs.",
            "§1, §3, §5",
        ),
    ],
    rules: &[window_is_open, add_ons_have_a_base, quotas_fit_their_meter, allowances_fit, meters_go_together],
};

static RATE_LIMIT: Table = Table {
    name: "a rate limit",
    doc: "Most calls an account may make.",
    inline: true,
    keys: &[
        key(
            "calls",
            Shape::Whole(1, 1_000_000_000),
            Required,
            "calls a second",
            "Calls that are served in a second.",
            "§1",
        ),
        key("each", Shape::Choice(LimitBasis::WORDS), Is("\"second\""), "", "What the limit is applied to.", "§1"),
    ],
    rules: &[],
};

static BILL_AT: Table = Table {
    name: "a billing time",
    doc: "A window [from, to) of the next day: a whole second is drawn from it for each account and day.",
    inline: true,
    keys: &[
        key("from", Shape::Time, Is("\"08:00:00\""), "time of day", "First second of the window.", "§1"),
        key(
            "to",
            Shape::Time,
            Absent,
            "time of day",
            "End of the window; one second after `from` when it is not written.",
            "§1",
        ),
    ],
    rules: &[],
};

static FREE: Table = Table {
    name: "a free quota",
    doc: "Units that cost nothing.",
    inline: false,
    keys: &[
        key("id", Shape::Id, Required, "", "Its name.", ""),
        key("meter", Shape::Id, Absent, "", "The meter it covers.", ""),
        key(
            "meters",
            Shape::List(&Shape::Id, 1, 64),
            Absent,
            "",
            "In place of `meter`: basic meters that share its units, drawn in slots.",
            "§7",
        ),
        key("units", Shape::Whole(0, MOST_UNITS), Required, "units", "Units of one grant.", "§1"),
        key("each", Shape::Choice(Each::WORDS), Is("\"once\""), "", "How often it is granted.", "§5"),
        key(
            "expires_after",
            Shape::WordOr(NEVER, &Shape::Length),
            Is("\"never\""),
            "time",
            "Life of a grant that is made once.",
            "§1",
        ),
        key(
            "counter",
            Shape::Choice(QuotaCounter::WORDS),
            Is("\"outside\""),
            "",
            "Whether its units take places in the tier counter.",
            "§1",
        ),
    ],
    rules: &[only_single_grants_expire],
};

const RATIO: Shape = Shape::Values(&Shape::Whole(1, 1_000_000));
const VALID: Shape = Shape::WordOr(SAME_MONTH, &Shape::Length);

static TRIAL: Table = Table {
    name: "a trial",
    doc: "Units given once, at the opening, for the basic meters.",
    inline: true,
    keys: &[
        key("units", Shape::Whole(0, MOST_UNITS), Required, "allowance units", "How many.", "§3"),
        key(
            "ratio",
            RATIO,
            Absent,
            "allowance units per unit",
            "What a unit of each meter takes; 1 for every basic meter when it is not written.",
            "§3",
        ),
        key("valid", VALID, Is("\"same_month_next_year\""), "time", "How long, from the opening.", "§3, §7"),
    ],
    rules: &[],
};

static PACKAGES: Table = Table {
    name: "packages",
    doc: "Units that customers buy beforehand, for the basic meters.",
    inline: false,
    keys: &[
        key(
            "sizes",
            Shape::List(&Shape::Table(&SIZE), 0, 1_000),
            Is("[]"),
            "",
            "Sizes with a price of their own.",
            "§3",
        ),
        key(
            "bands",
            Shape::List(&Shape::Table(&BAND), 0, 1_000),
            Is("[]"),
            "",
            "What any other number of units costs: all of them the price of its band.",
            "§3",
        ),
        key(
            "ratio",
            RATIO,
            Required,
            "allowance units per unit",
            "What a unit of each meter takes; meters that are not named are not covered.",
            "§3",
        ),
        key("effect_after", Shape::Length, Is("\"300s\""), "time", "From the payment to the effect.", "§3"),
        key("valid", VALID, Is("\"same_month_next_year\""), "time", "How long.", "§3, §7"),
        key(
            "valid_from",
            Shape::Choice(ValidFrom::WORDS),
            Is("\"payment\""),
            "",
            "From when that is counted.",
            "§3, §7",
        ),
        key(
            "cover",
            Shape::Choice(Cover::WORDS),
            Is("\"whole\""),
            "",
            "What becomes of a rest that is smaller than the ratio.",
            "§3, §7",
        ),
    ],
    rules: &[sizes_rise],
};

static SIZE: Table = Table {
    name: "a package size",
    doc: "A package with a price of its own.",
    inline: true,
    keys: &[
        key("units", Shape::Whole(1, MOST_UNITS), Required, "allowance units", "How many.", "§3"),
        key("price", Shape::Money(0, MOST_MONEY), Required, "currency", "Price of all of them.", "§3"),
    ],
    rules: &[],
};

static BAND: Table = Table {
    name: "a band",
    doc: "Packages of fewer units than `below`, and no fewer than the band before.",
    inline: true,
    keys: &[
        key(
            "below",
            Shape::WordOr(OPEN, &Shape::Whole(1, MOST_UNITS)),
            Required,
            "allowance units",
            "Upper bound, not included.",
            "§3",
        ),
        key("price", Shape::Money(0, TOP_PRICE), Required, "currency per unit", "Price of each unit.", "§3"),
    ],
    rules: &[],
};
