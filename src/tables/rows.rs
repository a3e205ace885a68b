//! Tables of accounts, bill lines and events.

use super::column::{Column, Table, count, date, flag, instant, money, signed, text};
use crate::plan::Plan;
use crate::record::{AccountRow, BillRow, EventRow, LineKind};
use crate::rules::{Event, Usage};
use crate::text::keys::Words;
use crate::units::{Day, Money, Seconds};

/// A row that belongs to an account: replication, segment and index.
trait OfAccount {
    fn account(&self) -> (u32, usize, u64);
}

macro_rules! of_account {
    ($($row:ty),+) => {$(
        impl OfAccount for $row {
            fn account(&self) -> (u32, usize, u64) {
                (self.replication, self.segment, self.index)
            }
        }
    )+};
}

of_account!(AccountRow, BillRow, EventRow);

/// Replication, segment and index.
fn account_columns<R: OfAccount>() -> Vec<Column<R>> {
    vec![
        count("replication", "", "Replication, from 0.", |_, row| Some(u64::from(row.account().0))),
        text("segment", "", "Segment id.", |plan, row| Some(&plan.segments[row.account().1].id)),
        count("account", "", "Index of the account within its segment.", |_, row| Some(row.account().2)),
    ]
}

/// A row an account and replication; an account is its segment's id and its index in it.
pub static ACCOUNTS: Table<AccountRow> = Table {
    name: "accounts",
    doc: "A row an account and replication; an account is its segment's id and its index in it.",
    columns: || {
        let own: Vec<Column<AccountRow>> = vec![
            count("potential", "units", "What its users asked for, over all days and products.", |_, row| {
                Some(row.potential)
            }),
            count("unintegrated", "units", "Before activation or integration.", |_, row| Some(row.unintegrated)),
            signed("withheld", "units", "Did not come: held back by the price, stopped or churned.", |_, row| {
                Some(row.withheld)
            }),
            count("refused", "units", "Refused while suspended or above the rate limit.", |_, row| Some(row.refused)),
            count("served", "units", "Served.", |_, row| Some(row.served)),
            count("free", "units", "Covered by free quotas.", |_, row| Some(row.free)),
            count("billable", "units", "Priced.", |_, row| Some(row.billable)),
            money("accrued", "currency", "Exact price of what it used.", |_, row| Some(row.accrued.units())),
            money("lost", "currency", "What its blocked and stopped units would have cost.", |_, row| {
                Some(row.lost.units())
            }),
            count("bills", "bills", "Bills issued.", |_, row| Some(row.bills)),
            money("billed", "currency", "Their exact amounts.", |_, row| Some(row.billed.units())),
            money("vouchers", "currency", "Paid by vouchers.", |_, row| Some(row.vouchers.units())),
            money("deducted", "currency", "Cash deducted.", |_, row| Some(row.deducted.units())),
            count("package", "units", "Covered by the trial or packages.", |_, row| Some(row.package)),
            count("written_off", "units", "Beyond all allowances, never billed.", |_, row| Some(row.written_off)),
            count("packages", "packages", "Packages bought.", |_, row| Some(row.packages)),
            money("purchased", "currency", "Cash paid for them.", |_, row| Some(row.purchased.units())),
            money("consumed", "currency", "Package units used, at their package's price.", |_, row| {
                Some(row.consumed.units())
            }),
            money("breakage", "currency", "Paid for packages, and expired unused or wiped.", |_, row| {
                Some(row.breakage.units())
            }),
            instant("switched_on_at", "", "When pay-as-you-go was switched on.", |_, row| row.switched_on_at),
            count("top_ups", "payments", "Top-ups.", |_, row| Some(row.top_ups)),
            money("topped_up", "currency", "Their amounts.", |_, row| Some(row.topped_up.units())),
            count("payment_failures", "attempts", "Payments that were attempted and failed.", |_, row| {
                Some(row.payment_failures)
            }),
            money("opening_balance", "currency", "Balance at the start.", |_, row| {
                Some(i128::from(row.opening_balance.units()))
            }),
            money("closing_balance", "currency", "Balance at the end.", |_, row| {
                Some(i128::from(row.closing_balance.units()))
            }),
            money("debt", "currency", "Owed at the end.", |_, row| Some(i128::from(row.debt.units()))),
            money("bad_debt", "currency", "Debt marked as bad and not paid at the end.", |_, row| {
                Some(i128::from(row.bad_debt.units()))
            }),
            money("carried", "currency", "Kept by rounding at the end.", |_, row| {
                Some(i128::from(row.carried.units()))
            }),
            money("unbilled", "currency", "Exact price of closed days whose bill is due after the end.", |_, row| {
                Some(row.unbilled.units())
            }),
            count("arrears", "times", "Times the arrears started.", |_, row| Some(row.arrears)),
            count("suspensions", "times", "Suspensions over all products.", |_, row| Some(row.suspensions)),
            count("suspended_seconds", "s", "Time suspended over all products.", |_, row| Some(row.suspended_seconds)),
            instant("first_arrears_at", "", "First instant in arrears.", |_, row| row.first_arrears_at),
            instant("first_suspended_at", "", "First instant suspended.", |_, row| row.first_suspended_at),
            instant("churned_at", "", "When the customer left for good.", |_, row| row.churned_at),
            flag("suspended_at_end", "", "Whether a service is suspended at the end.", |_, row| row.suspended_at_end),
        ];
        account_columns().into_iter().chain(own).collect()
    },
};

/// A row a bill line: what was free, and each tier that was touched.
pub static BILLS: Table<BillRow> = Table {
    name: "bills",
    doc: "A row a bill line: what was free, and each tier that was touched.",
    columns: || account_columns().into_iter().chain(line_columns()).collect(),
};

/// A row a bill line of a real account.
pub static RATED: Table<BillRow> = Table {
    name: "bills",
    doc: "Of `billsim rate`: a row a bill line, as in `bills`, with the name of the account in the usage file.",
    columns: || {
        let account = text("account", "", "Name of the account in the usage file.", |plan, row: &BillRow| {
            plan.account_name(row.segment, row.index)
        });
        std::iter::once(account).chain(line_columns()).collect()
    },
};

/// A line, and the bill that it is of.
fn line_columns() -> Vec<Column<BillRow>> {
    vec![
        text("product", "", "Product id.", |plan, row| Some(&plan.books[row.line.product].id)),
        date("usage_date", "", "The day that is billed.", |_, row| Some(row.line.day)),
        instant("issued_at", "", "When the bill was issued.", |_, row| Some(row.issued)),
        text("meter", "", "Meter id.", |plan, row| Some(&plan.books[row.line.product].meters[row.line.meter].id)),
        text("line", "", "`free`, `package`, `tier` or `adjustment`.", |_, row| Some(row.line.kind.word())),
        count("tier", "", "Number of the tier, from 1; null for other lines.", |_, row| tier(row.line.kind)),
        count("units", "units", "Units of the line.", |_, row| Some(row.line.units)),
        money("price", "currency per unit", "Price of each unit, or of each block.", |_, row| {
            Some(i128::from(row.line.price.units()))
        }),
        money("amount", "currency", "What the line costs; the lines of a bill add up to it.", |_, row| {
            Some(i128::from(row.line.amount.units()))
        }),
        money("bill_amount", "currency", "The whole bill, exact.", |_, row| Some(i128::from(row.bill_amount.units()))),
        money("bill_due", "currency", "The whole bill as deducted, after rounding.", |_, row| {
            Some(i128::from(row.bill_due.units()))
        }),
        money("bill_voucher", "currency", "What a voucher paid of the whole bill.", |_, row| {
            Some(i128::from(row.bill_voucher.units()))
        }),
    ]
}

/// A row an event, at its second.
pub static EVENTS: Table<EventRow> = Table {
    name: "events",
    doc: "A row an event, at its second.",
    columns: || {
        let own: Vec<Column<EventRow>> = vec![
            instant("at", "", "When, to the second.", |_, row| Some(row.at)),
            text("kind", "", "What happened.", |_, row| Some(row.event.kind())),
            text("product", "", "Product id, where it concerns one.", |plan, row| {
                row.event.product().map(|product| plan.books[product].id.as_str())
            }),
            date("usage_date", "", "The day that is closed, billed or deducted.", |_, row| facts(&row.event).day),
            text("meter", "", "Meter id, where it concerns one.", |plan, row| meter(plan, &row.event)),
            text("quota", "", "Id of the free quota.", |plan, row| quota(plan, &row.event)),
            count("allowance", "", "Number of the allowance: 0 the trial, then packages by payment.", |_, row| {
                facts(&row.event).allowance
            }),
            text("reason", "", "Why it happened, where there are several ways.", |_, row| reason(&row.event)),
            count("voucher", "", "Number of the voucher.", |_, row| facts(&row.event).voucher),
            count("units", "units", "Units of a quota or allowance, or billable units of a closed day.", |_, row| {
                facts(&row.event).units
            }),
            count("potential", "units", "Of a closed day: asked for.", |_, row| {
                facts(&row.event).usage.map(|u| u.potential)
            }),
            count("refused", "units", "Of a closed day: refused.", |_, row| facts(&row.event).usage.map(|u| u.refused)),
            count("served", "units", "Of a closed day: served.", |_, row| facts(&row.event).usage.map(|u| u.served)),
            count("free", "units", "Of a closed day: covered by free quotas.", |_, row| {
                facts(&row.event).usage.map(|u| u.free)
            }),
            money("amount", "currency", "Money that moved, was billed (exact), or is owed.", |_, row| {
                facts(&row.event).amount.map(units)
            }),
            money("due", "currency", "Of a bill: what is deducted after rounding.", |_, row| {
                facts(&row.event).due.map(units)
            }),
            money("voucher_paid", "currency", "Of a bill: what a voucher paid.", |_, row| {
                facts(&row.event).paid.map(units)
            }),
            money("balance", "currency", "Balance after a deduction.", |_, row| facts(&row.event).balance.map(units)),
            instant("clock", "", "From where the grace period runs.", |_, row| facts(&row.event).clock),
        ];
        account_columns().into_iter().chain(own).collect()
    },
};

fn tier(kind: LineKind) -> Option<u64> {
    match kind {
        LineKind::Free | LineKind::Package | LineKind::Adjustment => None,
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

fn meter<'a>(plan: &'a Plan, event: &Event) -> Option<&'a str> {
    match *event {
        Event::DayClosed { product, meter, .. }
        | Event::Covered { product, meter, .. }
        | Event::Drawn { product, meter, .. } => Some(&plan.books[product].meters[meter].id),
        _ => None,
    }
}

fn reason(event: &Event) -> Option<&'static str> {
    match *event {
        Event::PayAsYouGo { cause, .. } => Some(cause.word()),
        Event::PurchaseRefused { reason, .. } => Some(reason.word()),
        Event::AllowanceEnded { cause, .. } => Some(cause.word()),
        Event::Suspended { reason, .. } | Event::Resumed { reason, .. } => Some(reason.word()),
        Event::PaymentFailed { hard, .. } => Some(if hard { "hard" } else { "soft" }),
        _ => None,
    }
}

/// What the columns of an event hold.
#[derive(Default)]
struct Facts {
    day: Option<Day>,
    voucher: Option<u64>,
    allowance: Option<u64>,
    usage: Option<Usage>,
    units: Option<u64>,
    paid: Option<Money>,
    amount: Option<Money>,
    due: Option<Money>,
    balance: Option<Money>,
    clock: Option<Seconds>,
}

fn facts(event: &Event) -> Facts {
    let none = Facts::default();
    let amount = |amount| Facts { amount: Some(amount), ..Facts::default() };
    let allowance =
        |number: u32, units| Facts { allowance: Some(u64::from(number)), units: Some(units), ..Facts::default() };
    match *event {
        Event::ToppedUp { amount: a, .. }
        | Event::CreditLineSet { amount: a, .. }
        | Event::PaymentFailed { amount: a, .. }
        | Event::DebtMarked { amount: a, .. }
        | Event::DebtRecovered { amount: a, .. } => amount(a),
        Event::VoucherReceived { number, amount: a, .. } | Event::VoucherExpired { number, amount: a, .. } => {
            Facts { voucher: Some(u64::from(number)), ..amount(a) }
        }
        Event::DayClosed { day, usage, amount: a, .. } => {
            Facts { day: Some(day), usage: Some(usage), units: Some(usage.billable), ..amount(a) }
        }
        Event::QuotaEnded { units, .. }
        | Event::QuotaGranted { units, .. }
        | Event::QuotaWiped { units, .. }
        | Event::PurchaseRefused { units, .. } => Facts { units: Some(units), ..none },
        Event::AllowanceGranted { number, units, .. } => allowance(number, units),
        Event::Purchased { number, units, amount: a, due, balance, .. } => {
            Facts { amount: Some(a), due: Some(due), balance: Some(balance), ..allowance(number, units) }
        }
        Event::PackageEffective { number, .. } => Facts { units: None, ..allowance(number, 0) },
        Event::Drawn { number, given, .. } => allowance(number, given),
        Event::Covered { day, number, given, .. } => Facts { day: Some(day), ..allowance(number, given) },
        Event::AllowanceEnded { number, left, .. } => allowance(number, left),
        Event::BillIssued { day, amount: a, due, voucher, .. } => {
            Facts { day: Some(day), due: Some(due), paid: Some(voucher), ..amount(a) }
        }
        Event::Deducted { day, amount: a, balance, .. } => {
            Facts { day: Some(day), balance: Some(balance), ..amount(a) }
        }
        Event::ArrearsStarted { clock, debt, .. } => Facts { clock: Some(clock), ..amount(debt) },
        Event::ClockSet { clock, .. } => Facts { clock: Some(clock), ..none },
        Event::PayAsYouGo { .. }
        | Event::SwitchRefused { .. }
        | Event::ArrearsCleared { .. }
        | Event::Activated { .. }
        | Event::ActivationRefused { .. }
        | Event::Resumed { .. }
        | Event::Suspended { .. }
        | Event::Churned
        | Event::Integrated { .. } => none,
    }
}
