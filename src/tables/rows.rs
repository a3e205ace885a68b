//! Tables of accounts, bill lines and events.

use super::column::{Cell, Column, Table};
use crate::plan::Plan;
use crate::record::{AccountRow, BillRow, EventRow, LineKind};
use crate::rules::Event;
use crate::units::{Day, Money, Seconds};

/// A row an account and replication; an account is its segment's id and its index in it.
pub static ACCOUNTS: Table<AccountRow> = Table {
    name: "accounts",
    doc: "A row an account and replication; an account is its segment's id and its index in it.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "account",
            unit: "",
            doc: "Index of the account within its segment.",
            cell: Cell::Count(|_, row| Some(row.index)),
        },
        Column {
            name: "potential",
            unit: "units",
            doc: "What its users asked for, over all days and products.",
            cell: Cell::Count(|_, row| Some(row.potential)),
        },
        Column {
            name: "unintegrated",
            unit: "units",
            doc: "Before activation or integration.",
            cell: Cell::Count(|_, row| Some(row.unintegrated)),
        },
        Column {
            name: "refused",
            unit: "units",
            doc: "Refused while suspended or above the rate limit.",
            cell: Cell::Count(|_, row| Some(row.refused)),
        },
        Column { name: "served", unit: "units", doc: "Served.", cell: Cell::Count(|_, row| Some(row.served)) },
        Column {
            name: "free",
            unit: "units",
            doc: "Covered by free quotas.",
            cell: Cell::Count(|_, row| Some(row.free)),
        },
        Column { name: "billable", unit: "units", doc: "Priced.", cell: Cell::Count(|_, row| Some(row.billable)) },
        Column {
            name: "accrued",
            unit: "currency",
            doc: "Exact price of what it used.",
            cell: Cell::Money(|_, row| Some(row.accrued.units())),
        },
        Column { name: "bills", unit: "bills", doc: "Bills issued.", cell: Cell::Count(|_, row| Some(row.bills)) },
        Column {
            name: "billed",
            unit: "currency",
            doc: "Their exact amounts.",
            cell: Cell::Money(|_, row| Some(row.billed.units())),
        },
        Column {
            name: "vouchers",
            unit: "currency",
            doc: "Paid by vouchers.",
            cell: Cell::Money(|_, row| Some(row.vouchers.units())),
        },
        Column {
            name: "deducted",
            unit: "currency",
            doc: "Cash deducted.",
            cell: Cell::Money(|_, row| Some(row.deducted.units())),
        },
        Column { name: "top_ups", unit: "payments", doc: "Top-ups.", cell: Cell::Count(|_, row| Some(row.top_ups)) },
        Column {
            name: "topped_up",
            unit: "currency",
            doc: "Their amounts.",
            cell: Cell::Money(|_, row| Some(row.topped_up.units())),
        },
        Column {
            name: "opening_balance",
            unit: "currency",
            doc: "Balance at the start.",
            cell: Cell::Money(|_, row| Some(i128::from(row.opening_balance.units()))),
        },
        Column {
            name: "closing_balance",
            unit: "currency",
            doc: "Balance at the end.",
            cell: Cell::Money(|_, row| Some(i128::from(row.closing_balance.units()))),
        },
        Column {
            name: "debt",
            unit: "currency",
            doc: "Owed at the end.",
            cell: Cell::Money(|_, row| Some(i128::from(row.debt.units()))),
        },
        Column {
            name: "bad_debt",
            unit: "currency",
            doc: "Debt marked as bad and not paid at the end.",
            cell: Cell::Money(|_, row| Some(i128::from(row.bad_debt.units()))),
        },
        Column {
            name: "carried",
            unit: "currency",
            doc: "Kept by rounding at the end.",
            cell: Cell::Money(|_, row| Some(i128::from(row.carried.units()))),
        },
        Column {
            name: "unbilled",
            unit: "currency",
            doc: "Exact price of closed days whose bill is due after the end.",
            cell: Cell::Money(|_, row| Some(i128::from(row.unbilled.units()))),
        },
        Column {
            name: "arrears",
            unit: "times",
            doc: "Times the arrears started.",
            cell: Cell::Count(|_, row| Some(row.arrears)),
        },
        Column {
            name: "suspensions",
            unit: "times",
            doc: "Suspensions over all products.",
            cell: Cell::Count(|_, row| Some(row.suspensions)),
        },
        Column {
            name: "suspended_seconds",
            unit: "s",
            doc: "Time suspended over all products.",
            cell: Cell::Count(|_, row| Some(row.suspended_seconds)),
        },
        Column {
            name: "first_arrears_at",
            unit: "",
            doc: "First instant in arrears.",
            cell: Cell::Instant(|_, row| row.first_arrears_at),
        },
        Column {
            name: "first_suspended_at",
            unit: "",
            doc: "First instant suspended.",
            cell: Cell::Instant(|_, row| row.first_suspended_at),
        },
        Column {
            name: "suspended_at_end",
            unit: "",
            doc: "Whether a service is suspended at the end.",
            cell: Cell::Flag(|_, row| row.suspended_at_end),
        },
    ],
};

/// A row a bill line: what was free, and each tier that was touched.
pub static BILLS: Table<BillRow> = Table {
    name: "bills",
    doc: "A row a bill line: what was free, and each tier that was touched.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "account",
            unit: "",
            doc: "Index of the account within its segment.",
            cell: Cell::Count(|_, row| Some(row.index)),
        },
        Column {
            name: "product",
            unit: "",
            doc: "Product id.",
            cell: Cell::Text(|plan, row| Some(&plan.books[row.product].id)),
        },
        Column {
            name: "usage_date",
            unit: "",
            doc: "The day that is billed.",
            cell: Cell::Date(|_, row| Some(row.day)),
        },
        Column {
            name: "issued_at",
            unit: "",
            doc: "When the bill was issued.",
            cell: Cell::Instant(|_, row| Some(row.issued)),
        },
        Column {
            name: "meter",
            unit: "",
            doc: "Meter id.",
            cell: Cell::Text(|plan, row| Some(&plan.books[row.product].meters[0].id)),
        },
        Column {
            name: "line",
            unit: "",
            doc: "`free`, or `tier`.",
            cell: Cell::Text(|_, row| Some(if row.kind == LineKind::Free { "free" } else { "tier" })),
        },
        Column {
            name: "tier",
            unit: "",
            doc: "Number of the tier, from 1; null for free units.",
            cell: Cell::Count(|_, row| tier(row.kind)),
        },
        Column { name: "units", unit: "units", doc: "Units of the line.", cell: Cell::Count(|_, row| Some(row.units)) },
        Column {
            name: "price",
            unit: "currency per unit",
            doc: "Price of each unit.",
            cell: Cell::Money(|_, row| Some(i128::from(row.price.units()))),
        },
        Column {
            name: "amount",
            unit: "currency",
            doc: "Units × price; the lines of a bill add up to it.",
            cell: Cell::Money(|_, row| Some(i128::from(row.amount.units()))),
        },
        Column {
            name: "bill_amount",
            unit: "currency",
            doc: "The whole bill, exact.",
            cell: Cell::Money(|_, row| Some(i128::from(row.bill_amount.units()))),
        },
        Column {
            name: "bill_due",
            unit: "currency",
            doc: "The whole bill as deducted, after rounding.",
            cell: Cell::Money(|_, row| Some(i128::from(row.bill_due.units()))),
        },
        Column {
            name: "bill_voucher",
            unit: "currency",
            doc: "What a voucher paid of the whole bill.",
            cell: Cell::Money(|_, row| Some(i128::from(row.bill_voucher.units()))),
        },
    ],
};

/// A row an event, at its second.
pub static EVENTS: Table<EventRow> = Table {
    name: "events",
    doc: "A row an event, at its second.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "account",
            unit: "",
            doc: "Index of the account within its segment.",
            cell: Cell::Count(|_, row| Some(row.index)),
        },
        Column { name: "at", unit: "", doc: "When, to the second.", cell: Cell::Instant(|_, row| Some(row.at)) },
        Column { name: "kind", unit: "", doc: "What happened.", cell: Cell::Text(|_, row| Some(row.event.kind())) },
        Column {
            name: "product",
            unit: "",
            doc: "Product id, where it concerns one.",
            cell: Cell::Text(|plan, row| row.event.product().map(|product| plan.books[product].id.as_str())),
        },
        Column {
            name: "usage_date",
            unit: "",
            doc: "The day that is closed, billed or deducted.",
            cell: Cell::Date(|_, row| facts(&row.event).day),
        },
        Column {
            name: "quota",
            unit: "",
            doc: "Id of the free quota.",
            cell: Cell::Text(|plan, row| quota(plan, &row.event)),
        },
        Column {
            name: "voucher",
            unit: "",
            doc: "Number of the voucher.",
            cell: Cell::Count(|_, row| facts(&row.event).voucher),
        },
        Column {
            name: "units",
            unit: "units",
            doc: "Units of a quota, or billable units of a closed day.",
            cell: Cell::Count(|_, row| facts(&row.event).units),
        },
        Column {
            name: "amount",
            unit: "currency",
            doc: "Money that moved, was billed (exact), or is owed.",
            cell: Cell::Money(|_, row| facts(&row.event).amount.map(units)),
        },
        Column {
            name: "due",
            unit: "currency",
            doc: "Of a bill: what is deducted after rounding.",
            cell: Cell::Money(|_, row| facts(&row.event).due.map(units)),
        },
        Column {
            name: "balance",
            unit: "currency",
            doc: "Balance after a deduction.",
            cell: Cell::Money(|_, row| facts(&row.event).balance.map(units)),
        },
        Column {
            name: "clock",
            unit: "",
            doc: "From where the grace period runs.",
            cell: Cell::Instant(|_, row| facts(&row.event).clock),
        },
    ],
};

fn tier(kind: LineKind) -> Option<u64> {
    match kind {
        LineKind::Free => None,
        LineKind::Tier(number) => u64::try_from(number).ok(),
    }
}

fn units(money: Money) -> i128 {
    i128::from(money.units())
}

fn quota<'a>(plan: &'a Plan, event: &Event) -> Option<&'a str> {
    match *event {
        Event::QuotaEnded { product, quota, .. }
        | Event::QuotaGranted { product, quota, .. }
        | Event::QuotaWiped { product, quota, .. } => Some(&plan.books[product].free[quota].id),
        _ => None,
    }
}

/// What the columns of an event hold.
#[derive(Default)]
struct Facts {
    day: Option<Day>,
    voucher: Option<u64>,
    units: Option<u64>,
    amount: Option<Money>,
    due: Option<Money>,
    balance: Option<Money>,
    clock: Option<Seconds>,
}

fn facts(event: &Event) -> Facts {
    let none = Facts::default();
    match *event {
        Event::ToppedUp { amount } | Event::CreditLineSet { amount } => Facts { amount: Some(amount), ..none },
        Event::VoucherReceived { number, amount } | Event::VoucherExpired { number, amount } => {
            Facts { voucher: Some(u64::from(number)), amount: Some(amount), ..none }
        }
        Event::DayClosed { day, usage, amount, .. } => {
            Facts { day: Some(day), units: Some(usage.billable), amount: Some(amount), ..none }
        }
        Event::QuotaEnded { units, .. } | Event::QuotaGranted { units, .. } | Event::QuotaWiped { units, .. } => {
            Facts { units: Some(units), ..none }
        }
        Event::BillIssued { day, billable, amount, due, .. } => {
            Facts { day: Some(day), units: Some(billable), amount: Some(amount), due: Some(due), ..none }
        }
        Event::Deducted { day, amount, balance, .. } => {
            Facts { day: Some(day), amount: Some(amount), balance: Some(balance), ..none }
        }
        Event::ArrearsStarted { clock, debt } => Facts { amount: Some(debt), clock: Some(clock), ..none },
        Event::ClockSet { clock } => Facts { clock: Some(clock), ..none },
        Event::DebtMarked { amount } | Event::DebtRecovered { amount } => Facts { amount: Some(amount), ..none },
        _ => none,
    }
}
