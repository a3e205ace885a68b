//! The keys of price books and of the account policy, with their defaults and what must hold between them.

use super::policy::{
    ActivationInArrears, ArrearsClock, GraceEnd, PartialTopUp, ResumeAt, Rounding, Settlement, VoucherRest,
    WhileSuspended, ZeroBills,
};
use super::product::{Counted, Each, LimitBasis, QuotaCounter};
use crate::text::keys::{Fallback, Key, Record, Shape, Table, Word, Words, words};
use crate::text::{Problem, Problems};
use crate::units::Money;
use crate::units::money::ONE;

words! {
    /// How a meter's units are priced (RULES §5).
    pub(super) enum Pricing {
        Graduated = "graduated": "each tier's price applies only to the units inside it.",
        Flat = "flat": "one price for every unit.",
    }
}

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

fn window_is_open(book: &Record, problems: &mut Problems) {
    let window: &Record = book.get("bill_at");
    let (from, to) = (window.get::<i64>("from"), window.get::<Option<i64>>("to"));
    let last = crate::units::DAY - 1;
    if from > last || to.is_some_and(|to| to <= from) {
        problems.push(
            Problem::new("the billing window is empty")
                .at(window.place_of("to"))
                .label("must be later than `from`")
                .cure("the window is [from, to) of the next day, at the latest 23:59:59 to 24:00:00"),
        );
    }
}

fn quotas_fit_their_meter(book: &Record, problems: &mut Problems) {
    let meters: Vec<&str> = book.records("meters").iter().map(|m| m.get("id")).collect();
    let mut first: Option<&Record> = None;
    let mut ids = vec![];
    for quota in book.records("free") {
        let meter: &str = quota.get("meter");
        if !meters.contains(&meter) {
            problems.push(
                Problem::new(format!("the book has no meter `{meter}`"))
                    .at(quota.place_of("meter"))
                    .label("no such meter")
                    .cure(format!("its meters: {}", meters.join(", "))),
            );
        }
        let id: &str = quota.get("id");
        if ids.contains(&id) {
            problems.push(
                Problem::new(format!("two free quotas are called `{id}`")).at(quota.place_of("id")).label("the second"),
            );
        }
        ids.push(id);
        let one = *first.get_or_insert(quota);
        if one.get::<&str>("counter") != quota.get::<&str>("counter") {
            problems.push(
                Problem::new("quotas of one meter must all be inside or all outside the tier counter")
                    .at(quota.place_of("counter"))
                    .label("differs from the first quota")
                    .cure("write the same `counter` in every quota"),
            );
        }
    }
}

fn only_single_grants_expire(quota: &Record, problems: &mut Problems) {
    let expires: Option<i64> = quota.get("expires_after");
    if expires == Some(0) {
        problems.push(
            Problem::new("a quota cannot expire at the instant of its grant")
                .at(quota.place_of("expires_after"))
                .label("must be longer than 0")
                .cure("write units = 0 for no quota"),
        );
    }
    if expires.is_some() && quota.word::<Each>("each") != Each::Once {
        problems.push(
            Problem::new("a quota that is granted again every period ends with its period")
                .at(quota.place_of("expires_after"))
                .label("only a quota granted once can expire earlier")
                .cure("remove `expires_after` or write each = \"once\""),
        );
    }
}

fn pricing_is_complete(meter: &Record, problems: &mut Problems) {
    let tiers = meter.records("tiers");
    let price: Option<Money> = meter.get("price");
    match meter.word::<Pricing>("pricing") {
        Pricing::Flat => {
            let mistake = Problem::new("a flat meter has one `price` and no `tiers`");
            if price.is_none() {
                problems.push(
                    mistake
                        .at(meter.place_of("pricing"))
                        .label("`price` is missing")
                        .cure("add `price = …`, or write pricing = \"graduated\""),
                );
            } else if !tiers.is_empty() {
                problems.push(
                    mistake
                        .at(meter.place_of("tiers"))
                        .label("would be ignored")
                        .cure("remove `tiers`, or write pricing = \"graduated\" and remove `price`"),
                );
            }
        }
        Pricing::Graduated => {
            let mistake = Problem::new("a graduated meter has `tiers` and no `price`");
            if tiers.is_empty() {
                let written = meter.valued("tiers").place;
                problems.push(
                    mistake
                        .at(written.or(meter.place_of("pricing")))
                        .label(if written.is_some() { "there is no tier" } else { "`tiers` is missing" })
                        .cure("the shortest is tiers = [{ up_to = \"unlimited\", price = 0.002 }]"),
                );
            } else if price.is_some() {
                problems.push(
                    mistake
                        .at(meter.place_of("price"))
                        .label("would be ignored")
                        .cure("remove `price`, or write pricing = \"flat\" and remove `tiers`"),
                );
            }
            tiers_rise(&tiers, problems);
        }
    }
}

fn tiers_rise(tiers: &[&Record], problems: &mut Problems) {
    let mut below = 0;
    for (index, tier) in tiers.iter().enumerate() {
        let last = index + 1 == tiers.len();
        match tier.get::<Option<i64>>("up_to") {
            Some(up_to) if up_to <= below => problems.push(
                Problem::new("tier bounds must rise")
                    .at(tier.place_of("up_to"))
                    .label(format!("must be above {below}, the bound before it")),
            ),
            Some(up_to) if last => {
                below = up_to;
                problems.push(
                    Problem::new("the last tier must be open, or usage beyond it would have no price")
                        .at(tier.place_of("up_to"))
                        .label("the last bound")
                        .cure("add a tier with up_to = \"unlimited\""),
                );
            }
            Some(up_to) => below = up_to,
            None if !last => problems.push(
                Problem::new("only the last tier can be unlimited")
                    .at(tier.place_of("up_to"))
                    .label("the tiers after this one are never reached")
                    .cure("move it to the end, or give it a bound"),
            ),
            None => {}
        }
    }
}
