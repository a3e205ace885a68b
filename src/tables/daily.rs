//! The daily tables: by segment and product, by segment, and one row a date for a spreadsheet.

use super::column::{Cell, Column, Table};
use crate::plan::Plan;
use crate::record::{MoneyDay, StatusDay, Summary, UsageDay};
use crate::units::Day;

/// A day of one segment's use of one product.
pub struct UsageRow {
    replication: u32,
    day: Day,
    segment: usize,
    product: usize,
    usage: UsageDay,
}

/// Accounts of a segment by the state of one product.
pub struct StatusRow {
    replication: u32,
    day: Day,
    segment: usize,
    product: usize,
    status: StatusDay,
}

/// Money of a segment.
pub struct MoneyRow {
    replication: u32,
    day: Day,
    segment: usize,
    money: MoneyDay,
}

/// A date over all segments and products.
pub struct DailyRow {
    day: Day,
    usage: UsageDay,
    status: StatusDay,
    money: MoneyDay,
}

impl UsageRow {
    /// All rows of a replication.
    pub fn all(summary: &Summary, replication: u32, days: Day) -> Vec<UsageRow> {
        cross(summary, days)
            .map(|(day, segment, used)| UsageRow {
                replication,
                day,
                segment,
                product: summary.segments[segment].uses[used].product,
                usage: summary.segments[segment].uses[used].usage[day],
            })
            .collect()
    }
}

impl StatusRow {
    /// All rows of a replication.
    pub fn all(summary: &Summary, replication: u32, days: Day) -> Vec<StatusRow> {
        cross(summary, days)
            .map(|(day, segment, used)| StatusRow {
                replication,
                day,
                segment,
                product: summary.segments[segment].uses[used].product,
                status: summary.segments[segment].uses[used].status[day],
            })
            .collect()
    }
}

impl MoneyRow {
    /// All rows of a replication.
    pub fn all(summary: &Summary, replication: u32, days: Day) -> Vec<MoneyRow> {
        let segments = 0..summary.segments.len();
        (0..days)
            .flat_map(|day| segments.clone().map(move |segment| (day, segment)))
            .map(|(day, segment)| MoneyRow { replication, day, segment, money: summary.segments[segment].money[day] })
            .collect()
    }
}

impl DailyRow {
    /// One row a date.
    pub fn all(summary: &Summary, plan: &Plan) -> Vec<DailyRow> {
        let whole = summary.whole(plan);
        let row = |day: Day| {
            let mut row =
                DailyRow { day, usage: UsageDay::default(), status: StatusDay::default(), money: whole.money[day] };
            for used in &whole.uses {
                row.usage.add(&used.usage[day]);
                row.status.add(&used.status[day]);
            }
            row
        };
        (0..plan.calendar.days()).map(row).collect()
    }
}

/// Dates, segments and their uses, in the order of the rows.
fn cross(summary: &Summary, days: Day) -> impl Iterator<Item = (Day, usize, usize)> {
    (0..days).flat_map(move |day| {
        summary
            .segments
            .iter()
            .enumerate()
            .flat_map(move |(segment, of)| (0..of.uses.len()).map(move |used| (day, segment, used)))
    })
}

/// A row a replication, date, segment, product and meter: units and their price.
pub static USAGE: Table<UsageRow> = Table {
    name: "usage_daily",
    doc: "A row a replication, date, segment, product and meter: units and their price.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "date",
            unit: "",
            doc: "The day, in the billing offset.",
            cell: Cell::Date(|_, row| Some(row.day)),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "product",
            unit: "",
            doc: "Product id.",
            cell: Cell::Text(|plan, row| Some(&plan.books[row.product].id)),
        },
        Column {
            name: "meter",
            unit: "",
            doc: "Meter id.",
            cell: Cell::Text(|plan, row| Some(&plan.books[row.product].meters[0].id)),
        },
        Column {
            name: "unmetered",
            unit: "units",
            doc: "Raw calls that are never metered, outside potential.",
            cell: Cell::Count(|_, row| Some(row.usage.unmetered)),
        },
        Column {
            name: "potential",
            unit: "units",
            doc: "What users asked for.",
            cell: Cell::Count(|_, row| Some(row.usage.potential)),
        },
        Column {
            name: "unintegrated",
            unit: "units",
            doc: "Of potential: before activation or integration.",
            cell: Cell::Count(|_, row| Some(row.usage.unintegrated)),
        },
        Column {
            name: "offered",
            unit: "units",
            doc: "Of potential: reached the service.",
            cell: Cell::Count(|_, row| Some(row.usage.offered)),
        },
        Column {
            name: "refused",
            unit: "units",
            doc: "Of offered: refused while suspended or above the rate limit.",
            cell: Cell::Count(|_, row| Some(row.usage.refused)),
        },
        Column {
            name: "unprotected",
            unit: "units",
            doc: "Of refused: passed unchecked, where the service fails open.",
            cell: Cell::Count(|_, row| Some(row.usage.unprotected)),
        },
        Column {
            name: "retried",
            unit: "units",
            doc: "Came again after a suspension; offered on an earlier day.",
            cell: Cell::Count(|_, row| Some(row.usage.retried)),
        },
        Column {
            name: "served",
            unit: "units",
            doc: "Served: offered + retried - refused.",
            cell: Cell::Count(|_, row| Some(row.usage.served)),
        },
        Column {
            name: "counted",
            unit: "units",
            doc: "Of served: metered.",
            cell: Cell::Count(|_, row| Some(row.usage.counted)),
        },
        Column {
            name: "free",
            unit: "units",
            doc: "Of counted: covered by a free quota.",
            cell: Cell::Count(|_, row| Some(row.usage.free)),
        },
        Column {
            name: "billable",
            unit: "units",
            doc: "Of counted: priced.",
            cell: Cell::Count(|_, row| Some(row.usage.billable)),
        },
        Column {
            name: "accrued",
            unit: "currency",
            doc: "Exact price of the billable units.",
            cell: Cell::Money(|_, row| Some(row.usage.accrued.units())),
        },
    ],
};

/// A row a replication, date, segment and product: accounts by state, and changes of state.
pub static STATUS: Table<StatusRow> = Table {
    name: "status_daily",
    doc: "A row a replication, date, segment and product: accounts by state, and changes of state.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "date",
            unit: "",
            doc: "The day, in the billing offset.",
            cell: Cell::Date(|_, row| Some(row.day)),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "product",
            unit: "",
            doc: "Product id.",
            cell: Cell::Text(|plan, row| Some(&plan.books[row.product].id)),
        },
        Column {
            name: "inactive",
            unit: "accounts",
            doc: "At the end of the day: not activated.",
            cell: Cell::Count(|_, row| Some(row.status.inactive)),
        },
        Column {
            name: "integrating",
            unit: "accounts",
            doc: "At the end of the day: activated, integration not complete.",
            cell: Cell::Count(|_, row| Some(row.status.integrating)),
        },
        Column {
            name: "running",
            unit: "accounts",
            doc: "At the end of the day: running, not in arrears.",
            cell: Cell::Count(|_, row| Some(row.status.running)),
        },
        Column {
            name: "in_grace",
            unit: "accounts",
            doc: "At the end of the day: running although in arrears.",
            cell: Cell::Count(|_, row| Some(row.status.in_grace)),
        },
        Column {
            name: "suspended",
            unit: "accounts",
            doc: "At the end of the day: suspended.",
            cell: Cell::Count(|_, row| Some(row.status.suspended)),
        },
        Column {
            name: "activations",
            unit: "events",
            doc: "Activations that day.",
            cell: Cell::Count(|_, row| Some(row.status.activations)),
        },
        Column {
            name: "integrations",
            unit: "events",
            doc: "Integrations completed that day.",
            cell: Cell::Count(|_, row| Some(row.status.integrations)),
        },
        Column {
            name: "suspensions",
            unit: "events",
            doc: "Suspensions that day.",
            cell: Cell::Count(|_, row| Some(row.status.suspensions)),
        },
        Column {
            name: "resumptions",
            unit: "events",
            doc: "Resumptions that day.",
            cell: Cell::Count(|_, row| Some(row.status.resumptions)),
        },
        Column {
            name: "refused_activations",
            unit: "events",
            doc: "Activations refused that day, because of arrears.",
            cell: Cell::Count(|_, row| Some(row.status.refused_activations)),
        },
    ],
};

/// A row a replication, date and segment: bills, cash and debts.
pub static MONEY: Table<MoneyRow> = Table {
    name: "money_daily",
    doc: "A row a replication, date and segment: bills, cash and debts.",
    columns: &[
        Column {
            name: "replication",
            unit: "",
            doc: "Replication, from 0.",
            cell: Cell::Count(|_, row| Some(u64::from(row.replication))),
        },
        Column {
            name: "date",
            unit: "",
            doc: "The day, in the billing offset.",
            cell: Cell::Date(|_, row| Some(row.day)),
        },
        Column {
            name: "segment",
            unit: "",
            doc: "Segment id.",
            cell: Cell::Text(|plan, row| Some(&plan.segments[row.segment].id)),
        },
        Column {
            name: "bills",
            unit: "bills",
            doc: "Bills issued that day.",
            cell: Cell::Count(|_, row| Some(row.money.bills)),
        },
        Column {
            name: "billed",
            unit: "currency",
            doc: "Their exact amounts.",
            cell: Cell::Money(|_, row| Some(row.money.billed.units())),
        },
        Column {
            name: "rounding",
            unit: "currency",
            doc: "What rounding to the deduction unit added.",
            cell: Cell::Money(|_, row| Some(row.money.rounding.units())),
        },
        Column {
            name: "vouchers",
            unit: "currency",
            doc: "Paid by vouchers.",
            cell: Cell::Money(|_, row| Some(row.money.vouchers.units())),
        },
        Column {
            name: "deducted",
            unit: "currency",
            doc: "Cash deducted from balances.",
            cell: Cell::Money(|_, row| Some(row.money.deducted.units())),
        },
        Column {
            name: "collected",
            unit: "currency",
            doc: "Cash that paid bills: deductions met by a balance, and top-ups that met a debt.",
            cell: Cell::Money(|_, row| Some(row.money.collected.units())),
        },
        Column {
            name: "top_ups",
            unit: "payments",
            doc: "Top-ups.",
            cell: Cell::Count(|_, row| Some(row.money.top_ups)),
        },
        Column {
            name: "topped_up",
            unit: "currency",
            doc: "Their amounts.",
            cell: Cell::Money(|_, row| Some(row.money.topped_up.units())),
        },
        Column {
            name: "balance",
            unit: "currency",
            doc: "Balances at the end of the day, debts as negative.",
            cell: Cell::Money(|_, row| Some(row.money.balance.units())),
        },
        Column {
            name: "debt",
            unit: "currency",
            doc: "Owed at the end of the day.",
            cell: Cell::Money(|_, row| Some(row.money.debt.units())),
        },
        Column {
            name: "accounts_in_arrears",
            unit: "accounts",
            doc: "In arrears at the end of the day.",
            cell: Cell::Count(|_, row| Some(row.money.accounts_in_arrears)),
        },
        Column {
            name: "marked",
            unit: "currency",
            doc: "Debt marked as bad that day.",
            cell: Cell::Money(|_, row| Some(row.money.marked.units())),
        },
        Column {
            name: "recovered",
            unit: "currency",
            doc: "Marked debt that was paid that day.",
            cell: Cell::Money(|_, row| Some(row.money.recovered.units())),
        },
        Column {
            name: "bad_debt",
            unit: "currency",
            doc: "Debt marked as bad and not paid, at the end of the day.",
            cell: Cell::Money(|_, row| Some(row.money.bad_debt.units())),
        },
    ],
};

/// A row a date, over all segments and products; always CSV.
pub static DAILY: Table<DailyRow> = Table {
    name: "daily",
    doc: "A row a date, over all segments and products; always CSV.",
    columns: &[
        Column {
            name: "date",
            unit: "",
            doc: "The day, in the billing offset.",
            cell: Cell::Date(|_, row| Some(row.day)),
        },
        Column {
            name: "unmetered",
            unit: "units",
            doc: "Raw calls that are never metered, outside potential.",
            cell: Cell::Count(|_, row| Some(row.usage.unmetered)),
        },
        Column {
            name: "potential",
            unit: "units",
            doc: "What users asked for.",
            cell: Cell::Count(|_, row| Some(row.usage.potential)),
        },
        Column {
            name: "unintegrated",
            unit: "units",
            doc: "Of potential: before activation or integration.",
            cell: Cell::Count(|_, row| Some(row.usage.unintegrated)),
        },
        Column {
            name: "offered",
            unit: "units",
            doc: "Of potential: reached the service.",
            cell: Cell::Count(|_, row| Some(row.usage.offered)),
        },
        Column {
            name: "refused",
            unit: "units",
            doc: "Of offered: refused while suspended or above the rate limit.",
            cell: Cell::Count(|_, row| Some(row.usage.refused)),
        },
        Column {
            name: "unprotected",
            unit: "units",
            doc: "Of refused: passed unchecked, where the service fails open.",
            cell: Cell::Count(|_, row| Some(row.usage.unprotected)),
        },
        Column {
            name: "retried",
            unit: "units",
            doc: "Came again after a suspension; offered on an earlier day.",
            cell: Cell::Count(|_, row| Some(row.usage.retried)),
        },
        Column {
            name: "served",
            unit: "units",
            doc: "Served: offered + retried - refused.",
            cell: Cell::Count(|_, row| Some(row.usage.served)),
        },
        Column {
            name: "counted",
            unit: "units",
            doc: "Of served: metered.",
            cell: Cell::Count(|_, row| Some(row.usage.counted)),
        },
        Column {
            name: "free",
            unit: "units",
            doc: "Of counted: covered by a free quota.",
            cell: Cell::Count(|_, row| Some(row.usage.free)),
        },
        Column {
            name: "billable",
            unit: "units",
            doc: "Of counted: priced.",
            cell: Cell::Count(|_, row| Some(row.usage.billable)),
        },
        Column {
            name: "accrued",
            unit: "currency",
            doc: "Exact price of the billable units.",
            cell: Cell::Money(|_, row| Some(row.usage.accrued.units())),
        },
        Column {
            name: "inactive",
            unit: "accounts",
            doc: "At the end of the day: not activated.",
            cell: Cell::Count(|_, row| Some(row.status.inactive)),
        },
        Column {
            name: "integrating",
            unit: "accounts",
            doc: "At the end of the day: activated, integration not complete.",
            cell: Cell::Count(|_, row| Some(row.status.integrating)),
        },
        Column {
            name: "running",
            unit: "accounts",
            doc: "At the end of the day: running, not in arrears.",
            cell: Cell::Count(|_, row| Some(row.status.running)),
        },
        Column {
            name: "in_grace",
            unit: "accounts",
            doc: "At the end of the day: running although in arrears.",
            cell: Cell::Count(|_, row| Some(row.status.in_grace)),
        },
        Column {
            name: "suspended",
            unit: "accounts",
            doc: "At the end of the day: suspended.",
            cell: Cell::Count(|_, row| Some(row.status.suspended)),
        },
        Column {
            name: "activations",
            unit: "events",
            doc: "Activations that day.",
            cell: Cell::Count(|_, row| Some(row.status.activations)),
        },
        Column {
            name: "integrations",
            unit: "events",
            doc: "Integrations completed that day.",
            cell: Cell::Count(|_, row| Some(row.status.integrations)),
        },
        Column {
            name: "suspensions",
            unit: "events",
            doc: "Suspensions that day.",
            cell: Cell::Count(|_, row| Some(row.status.suspensions)),
        },
        Column {
            name: "resumptions",
            unit: "events",
            doc: "Resumptions that day.",
            cell: Cell::Count(|_, row| Some(row.status.resumptions)),
        },
        Column {
            name: "refused_activations",
            unit: "events",
            doc: "Activations refused that day, because of arrears.",
            cell: Cell::Count(|_, row| Some(row.status.refused_activations)),
        },
        Column {
            name: "bills",
            unit: "bills",
            doc: "Bills issued that day.",
            cell: Cell::Count(|_, row| Some(row.money.bills)),
        },
        Column {
            name: "billed",
            unit: "currency",
            doc: "Their exact amounts.",
            cell: Cell::Money(|_, row| Some(row.money.billed.units())),
        },
        Column {
            name: "rounding",
            unit: "currency",
            doc: "What rounding to the deduction unit added.",
            cell: Cell::Money(|_, row| Some(row.money.rounding.units())),
        },
        Column {
            name: "vouchers",
            unit: "currency",
            doc: "Paid by vouchers.",
            cell: Cell::Money(|_, row| Some(row.money.vouchers.units())),
        },
        Column {
            name: "deducted",
            unit: "currency",
            doc: "Cash deducted from balances.",
            cell: Cell::Money(|_, row| Some(row.money.deducted.units())),
        },
        Column {
            name: "collected",
            unit: "currency",
            doc: "Cash that paid bills: deductions met by a balance, and top-ups that met a debt.",
            cell: Cell::Money(|_, row| Some(row.money.collected.units())),
        },
        Column {
            name: "top_ups",
            unit: "payments",
            doc: "Top-ups.",
            cell: Cell::Count(|_, row| Some(row.money.top_ups)),
        },
        Column {
            name: "topped_up",
            unit: "currency",
            doc: "Their amounts.",
            cell: Cell::Money(|_, row| Some(row.money.topped_up.units())),
        },
        Column {
            name: "balance",
            unit: "currency",
            doc: "Balances at the end of the day, debts as negative.",
            cell: Cell::Money(|_, row| Some(row.money.balance.units())),
        },
        Column {
            name: "debt",
            unit: "currency",
            doc: "Owed at the end of the day.",
            cell: Cell::Money(|_, row| Some(row.money.debt.units())),
        },
        Column {
            name: "accounts_in_arrears",
            unit: "accounts",
            doc: "In arrears at the end of the day.",
            cell: Cell::Count(|_, row| Some(row.money.accounts_in_arrears)),
        },
        Column {
            name: "marked",
            unit: "currency",
            doc: "Debt marked as bad that day.",
            cell: Cell::Money(|_, row| Some(row.money.marked.units())),
        },
        Column {
            name: "recovered",
            unit: "currency",
            doc: "Marked debt that was paid that day.",
            cell: Cell::Money(|_, row| Some(row.money.recovered.units())),
        },
        Column {
            name: "bad_debt",
            unit: "currency",
            doc: "Debt marked as bad and not paid, at the end of the day.",
            cell: Cell::Money(|_, row| Some(row.money.bad_debt.units())),
        },
    ],
};
