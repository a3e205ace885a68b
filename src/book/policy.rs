//! The account policy: how bills meet balances, and what arrears do (RULES §2).

use crate::text::Record;
use crate::text::keys::{Value, words};
use crate::units::{Money, Seconds};

words! {
    /// How a bill becomes a deduction.
    pub enum Rounding {
        HalfUp = "half_up": "to the nearest deduction unit, halves up.",
        Truncate = "truncate": "down to the deduction unit.",
        Ceil = "ceil": "up to the deduction unit.",
        HalfEven = "half_even": "to the nearest deduction unit, halves to the even one.",
        None = "none": "the exact amount is deducted.",
        Carry = "carry": "truncate(bill + remainder) is deducted and the rest kept for the next bill.",
    }
}

words! {
    /// Whether a bill of exactly zero is issued.
    pub enum ZeroBills {
        Skipped = "skipped": "a bill whose exact amount is zero is not issued.",
        Issued = "issued": "every day on which the product is activated has a bill.",
    }
}

words! {
    /// How bills are paid from the balance.
    pub enum Settlement {
        Full = "full": "each deduction is made in full and the balance goes negative.",
        Fifo = "fifo": "a bill is paid whole, oldest first, when balance + credit covers it; in arrears while one waits.",
    }
}

words! {
    /// Where the arrears clock starts.
    pub enum ArrearsClock {
        Instant = "instant": "at the instant balance + credit goes below zero.",
        DayStart = "day_start": "at 00:00 of the day of that instant.",
    }
}

words! {
    /// What a top-up that does not cover the arrears does to the clock.
    pub enum PartialTopUp {
        KeepsClock = "keeps_clock": "nothing.",
        RestartsClock = "restarts_clock": "the clock starts again at the top-up.",
    }
}

words! {
    /// When the grace period ends.
    pub enum GraceEnd {
        Exact = "exact": "clock + grace, to the second.",
        Calendar = "calendar": "00:00 of the day that follows as many whole calendar days after the clock's day.",
    }
}

words! {
    /// What becomes of demand while suspended.
    pub enum WhileSuspended {
        Lost = "lost": "refused at once, lost, unbilled.",
        Retried = "retried": "refused, and comes again in the first second after the resume within the per-second limit.",
        Unprotected = "unprotected": "fails open: the customer's users pass unchecked; refused and counted as unprotected.",
    }
}

words! {
    /// The balance at which a suspended service resumes.
    pub enum ResumeAt {
        Zero = "zero": "balance + credit ≥ 0.",
        AboveZero = "above_zero": "balance + credit > 0; the arrears still clear at 0.",
    }
}

words! {
    /// What becomes of an activation that is due in arrears.
    pub enum ActivationInArrears {
        Refused = "refused": "it happens by itself when the arrears clear.",
        Allowed = "allowed": "it happens at its time.",
    }
}

words! {
    /// What becomes of a package payment in arrears.
    pub enum PurchaseInArrears {
        Refused = "refused": "it is refused.",
        Allowed = "allowed": "it is made, and deepens the debt.",
    }
}

words! {
    /// Whether packages in effect put off a suspension for arrears.
    pub enum PackagesProtect {
        Never = "never": "they do not.",
        UntilLastEnds = "until_last_ends": "they do, until the last one has ended.",
    }
}

words! {
    /// What has a balance of its own.
    pub enum BalanceOf {
        Account = "account": "the account: one balance for all its products.",
        Product = "product": "each product: top-ups name theirs.",
    }
}

words! {
    /// What becomes of a voucher's rest after a bill.
    pub enum VoucherRest {
        Kept = "kept": "stays usable until it expires.",
        Lost = "lost": "is lost.",
    }
}

/// A partner's own agreement, in place of every product's grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerGrace {
    /// Suspended after this time in arrears; 0 at once.
    After(Seconds),
    /// Never suspended for arrears.
    NonStop,
}

/// How bills meet the balance, and what arrears do.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// What deductions are whole multiples of.
    pub deduction_unit: Money,
    /// How a bill becomes a deduction.
    pub rounding: Rounding,
    /// Whether zero bills are issued.
    pub zero_bills: ZeroBills,
    /// How bills are paid.
    pub settlement: Settlement,
    /// Where the arrears clock starts.
    pub arrears_clock: ArrearsClock,
    /// What a partial top-up does to it.
    pub partial_top_up: PartialTopUp,
    /// When the grace period ends.
    pub grace_end: GraceEnd,
    /// Debt above which an account in arrears is suspended at once.
    pub debt_cap: Option<Money>,
    /// What becomes of demand while suspended.
    pub while_suspended: WhileSuspended,
    /// The balance at which a suspended service resumes.
    pub resume_at: ResumeAt,
    /// How long that must hold.
    pub resume_delay: Seconds,
    /// What becomes of an activation that is due in arrears.
    pub activation_in_arrears: ActivationInArrears,
    /// What becomes of a package payment in arrears.
    pub purchase_in_arrears: PurchaseInArrears,
    /// Whether packages put off a suspension for arrears.
    pub packages_protect: PackagesProtect,
    /// What has a balance of its own.
    pub balance: BalanceOf,
    /// What becomes of a voucher's rest.
    pub voucher_rest: VoucherRest,
    /// Unbroken arrears after which the debt is marked as bad.
    pub write_off_after: Seconds,
    /// Partner agreements by id, in the order of the ids.
    pub partners: Vec<(String, PartnerGrace)>,
}

impl Policy {
    /// From its checked table.
    pub fn read(record: &Record) -> Policy {
        let partners = record.get::<&[(String, Record)]>("partners").iter().map(|(id, partner)| {
            let grace = match &partner.valued("grace").value {
                Value::Word("non_stop") => PartnerGrace::NonStop,
                Value::Length(seconds) => PartnerGrace::After(*seconds),
                _ => PartnerGrace::After(0),
            };
            (id.clone(), grace)
        });
        Policy {
            deduction_unit: record.get("deduction_unit"),
            rounding: record.word("rounding"),
            zero_bills: record.word("zero_bills"),
            settlement: record.word("settlement"),
            arrears_clock: record.word("arrears_clock"),
            partial_top_up: record.word("partial_top_up"),
            grace_end: record.word("grace_end"),
            debt_cap: record.get("debt_cap"),
            while_suspended: record.word("while_suspended"),
            resume_at: record.word("resume_at"),
            resume_delay: record.get("resume_delay"),
            activation_in_arrears: record.word("activation_in_arrears"),
            purchase_in_arrears: record.word("purchase_in_arrears"),
            packages_protect: record.word("packages_protect"),
            balance: record.word("balance"),
            voucher_rest: record.word("voucher_rest"),
            write_off_after: record.get("write_off_after"),
            partners: partners.collect(),
        }
    }
}
