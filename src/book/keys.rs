//! The keys of price books and of the account policy, with their defaults.

use super::checks::{only_single_grants_expire, pricing_is_complete, quotas_fit_their_meter, window_is_open};
use super::policy::{
    ActivationInArrears, ArrearsClock, GraceEnd, PartialTopUp, ResumeAt, Rounding, Settlement, VoucherRest,
    WhileSuspended, ZeroBills,
};
use super::product::{Counted, Each, LimitBasis, Pricing, QuotaCounter};
use crate::text::keys::{Fallback, Shape, Table, Word, Words, key};
use crate::units::money::ONE;

const NEVER: Word = Word { word: "never", doc: "It never happens." };
const NONE: Word = Word { word: "none", doc: "There is none." };
const UNLIMITED: Word = Word { word: "unlimited", doc: "The last tier has no upper bound." };
const NON_STOP: Word = Word { word: "non_stop", doc: "Never suspended for arrears." };
const IMMEDIATE: Word = Word { word: "immediate", doc: "Suspended at the instant of arrears." };

/// Most units of a quota or bound of a tier.
const MOST_UNITS: i64 = 1_000_000_000_000_000;
/// Highest price of a unit: a million.
const TOP_PRICE: i64 = 1_000_000 * ONE;
/// Highest amount of money that can be written: a billion.
const MOST_MONEY: i64 = 1_000_000_000 * ONE;

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
            Shape::List(&Shape::Table(&METER), 1, 1),
            Required,
            "",
            "What is metered and what it costs; one meter in this version.",
            "§1, §5",
        ),
    ],
    rules: &[window_is_open, quotas_fit_their_meter],
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
        key("meter", Shape::Id, Required, "", "The meter it covers.", ""),
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

static METER: Table = Table {
    name: "a meter",
    doc: "What is counted, and its price. The counter starts again every day.",
    inline: false,
    keys: &[
        key("id", Shape::Id, Required, "", "Its name.", ""),
        key("unit", Shape::Text, Is("\"unit\""), "", "What one unit is called.", ""),
        key("pricing", Shape::Choice(Pricing::WORDS), Required, "", "How units are priced.", "§5"),
        key(
            "counter",
            Shape::Choice(&[Word { word: "day", doc: "starts again at 00:00 of every day." }]),
            Is("\"day\""),
            "",
            "Period of the tier counter.",
            "§1, §5",
        ),
        key("price", Shape::Money(0, TOP_PRICE), Absent, "currency per unit", "The flat price.", "§5"),
        key(
            "cost",
            Shape::Money(0, TOP_PRICE),
            Is("0"),
            "currency per unit",
            "What serving a unit costs the vendor, for the margin.",
            "§5",
        ),
        key(
            "tiers",
            Shape::List(&Shape::Table(&TIER), 0, 1_000),
            Is("[]"),
            "",
            "The graduated tiers, in rising order; the last is unlimited.",
            "§1, §5",
        ),
    ],
    rules: &[pricing_is_complete],
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
            "Price of each unit inside the tier.",
            "§5",
        ),
    ],
    rules: &[],
};

/// The account policy.
pub static ACCOUNT: Table = Table {
    name: "the account policy",
    doc: "How bills meet the balance and what arrears do: `account`, or the file that `account.file` names.",
    inline: false,
    keys: &[
        key(
            "deduction_unit",
            Shape::Money(1, ONE),
            Is("0.01"),
            "currency",
            "What deductions are whole multiples of.",
            "§2",
        ),
        key("rounding", Shape::Choice(Rounding::WORDS), Is("\"half_up\""), "", "How a bill becomes a deduction.", "§2"),
        key(
            "zero_bills",
            Shape::Choice(ZeroBills::WORDS),
            Is("\"skipped\""),
            "",
            "Whether a bill of exactly zero is issued.",
            "§2",
        ),
        key(
            "settlement",
            Shape::Choice(Settlement::WORDS),
            Is("\"full\""),
            "",
            "How bills are paid from the balance.",
            "§2",
        ),
        key(
            "arrears_clock",
            Shape::Choice(ArrearsClock::WORDS),
            Is("\"instant\""),
            "",
            "Where the arrears clock starts.",
            "§2",
        ),
        key(
            "partial_top_up",
            Shape::Choice(PartialTopUp::WORDS),
            Is("\"keeps_clock\""),
            "",
            "What a top-up that does not cover the arrears does to the clock.",
            "§2",
        ),
        key("grace_end", Shape::Choice(GraceEnd::WORDS), Is("\"exact\""), "", "When the grace period ends.", "§2"),
        key(
            "debt_cap",
            Shape::WordOr(NONE, &Shape::Money(0, MOST_MONEY)),
            Is("\"none\""),
            "currency",
            "Debt above which an account in arrears is suspended at once.",
            "§2",
        ),
        key(
            "while_suspended",
            Shape::Choice(WhileSuspended::WORDS),
            Is("\"lost\""),
            "",
            "What becomes of demand while suspended.",
            "§2",
        ),
        key(
            "resume_at",
            Shape::Choice(ResumeAt::WORDS),
            Is("\"zero\""),
            "",
            "The balance at which a suspended service resumes.",
            "§2",
        ),
        key("resume_delay", Shape::Length, Is("\"0s\""), "time", "How long that must hold without a break.", "§2"),
        key(
            "activation_in_arrears",
            Shape::Choice(ActivationInArrears::WORDS),
            Is("\"refused\""),
            "",
            "What becomes of an activation that is due in arrears.",
            "§2",
        ),
        key(
            "voucher_rest",
            Shape::Choice(VoucherRest::WORDS),
            Is("\"kept\""),
            "",
            "What becomes of a voucher's rest after a bill.",
            "§2",
        ),
        key(
            "write_off_after",
            Shape::Length,
            Is("\"90d\""),
            "time",
            "Unbroken arrears after which the debt is marked as bad.",
            "§2",
        ),
        key("partners", Shape::Map(&PARTNER), Is("{}"), "", "Agreements of partners.", "§2"),
    ],
    rules: &[],
};

static PARTNER: Table = Table {
    name: "a partner agreement",
    doc: "What replaces every product's grace for the customers of a partner.",
    inline: false,
    keys: &[key(
        "grace",
        Shape::WordOr(NON_STOP, &Shape::WordOr(IMMEDIATE, &Shape::Length)),
        Required,
        "time",
        "Time in arrears until suspension, `immediate`, or `non_stop`.",
        "§2",
    )],
    rules: &[],
};
