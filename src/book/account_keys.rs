//! The keys of the account policy, with their defaults.

use super::keys::{MOST_MONEY, NONE};
use super::policy::{
    ActivationInArrears, ArrearsClock, BalanceOf, GraceEnd, PackagesProtect, PartialTopUp, PurchaseInArrears, ResumeAt,
    Rounding, Settlement, VoucherRest, WhileSuspended, ZeroBills,
};
use crate::text::keys::{Fallback, Shape, Table, Word, Words, key};
use crate::units::money::ONE;

const NON_STOP: Word = Word { word: "non_stop", doc: "Never suspended for arrears." };
const IMMEDIATE: Word = Word { word: "immediate", doc: "Suspended at the instant of arrears." };

use Fallback::{Is, Required};

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
            "purchase_in_arrears",
            Shape::Choice(PurchaseInArrears::WORDS),
            Is("\"refused\""),
            "",
            "What becomes of a package payment in arrears.",
            "§2, §7",
        ),
        key(
            "packages_protect",
            Shape::Choice(PackagesProtect::WORDS),
            Is("\"never\""),
            "",
            "Whether packages in effect put off a suspension for arrears.",
            "§2, §7",
        ),
        key(
            "balance",
            Shape::Choice(BalanceOf::WORDS),
            Is("\"account\""),
            "",
            "What has a balance, an arrears clock and a debt of its own.",
            "§2, §7",
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
