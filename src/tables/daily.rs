//! The daily tables: by segment and product, by segment, and one row a date for a spreadsheet.

use super::column::{Column, Table, count, date, money, signed, text};
use crate::plan::Plan;
use crate::record::{MoneyDay, StatusDay, Summary, UsageDay};
use crate::units::Day;

/// A day of one meter of a segment's product.
pub struct UsageRow {
    key: Key,
    product: usize,
    meter: usize,
    usage: UsageDay,
}

/// Accounts of a segment by the state of one product.
pub struct StatusRow {
    key: Key,
    product: usize,
    status: StatusDay,
}

/// Money of a segment.
pub struct MoneyRow {
    key: Key,
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
            .flat_map(|(day, segment, used)| {
                let of = &summary.segments[segment].uses[used];
                of.meters.iter().enumerate().map(move |(meter, counted)| UsageRow {
                    key: Key { replication, day, segment },
                    product: of.product,
                    meter,
                    usage: counted.usage[day],
                })
            })
            .collect()
    }
}

impl StatusRow {
    /// All rows of a replication.
    pub fn all(summary: &Summary, replication: u32, days: Day) -> Vec<StatusRow> {
        cross(summary, days)
            .map(|(day, segment, used)| StatusRow {
                key: Key { replication, day, segment },
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
            .map(|(day, segment)| MoneyRow {
                key: Key { replication, day, segment },
                money: summary.segments[segment].money[day],
            })
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
                row.usage.add(&used.usage(day));
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

/// Column groups are shared by the rows that hold what they show.
macro_rules! as_ref {
    ($($row:ident: $field:ident $type:ty,)+) => {$(
        impl AsRef<$type> for $row {
            fn as_ref(&self) -> &$type {
                &self.$field
            }
        }
    )+};
}

as_ref! {
    UsageRow: key Key,
    StatusRow: key Key,
    MoneyRow: key Key,
    UsageRow: usage UsageDay,
    DailyRow: usage UsageDay,
    StatusRow: status StatusDay,
    DailyRow: status StatusDay,
    MoneyRow: money MoneyDay,
    DailyRow: money MoneyDay,
}

/// Where a row belongs.
struct Key {
    replication: u32,
    day: Day,
    segment: usize,
}

/// Replication, date and segment.
fn key_columns<R: AsRef<Key>>() -> Vec<Column<R>> {
    vec![
        count("replication", "", "Replication, from 0.", |_, row| Some(u64::from(row.as_ref().replication))),
        date("date", "", "The day, in the billing offset.", |_, row| Some(row.as_ref().day)),
        text("segment", "", "Segment id.", |plan, row| Some(&plan.segments[row.as_ref().segment].id)),
    ]
}

/// Units of a day and their price.
fn usage_columns<R: AsRef<UsageDay>>() -> Vec<Column<R>> {
    vec![
        count("unmetered", "units", "Raw calls that are never metered, outside potential.", |_, row| {
            Some(row.as_ref().unmetered)
        }),
        count("potential", "units", "What users asked for.", |_, row| Some(row.as_ref().potential)),
        count("unintegrated", "units", "Of potential: before activation or integration.", |_, row| {
            Some(row.as_ref().unintegrated)
        }),
        signed(
            "withheld",
            "units",
            "Of potential: did not come; held back by the price (below zero: attracted by it), stopped or churned.",
            |_, row| Some(row.as_ref().withheld),
        ),
        count("stopped", "units", "Of withheld: stays away while the service is suspended.", |_, row| {
            Some(row.as_ref().stopped)
        }),
        count("churned_units", "units", "Of withheld: of customers that have left.", |_, row| {
            Some(row.as_ref().churned)
        }),
        count("offered", "units", "Of potential: reached the service.", |_, row| Some(row.as_ref().offered)),
        count("refused", "units", "Of offered: refused while suspended or above the rate limit.", |_, row| {
            Some(row.as_ref().refused)
        }),
        count("blocked", "units", "Of refused: while suspended.", |_, row| Some(row.as_ref().blocked)),
        count("unprotected", "units", "Of blocked: passed unchecked, where the service fails open.", |_, row| {
            Some(row.as_ref().unprotected)
        }),
        count("retried", "units", "Came again after a suspension; offered on an earlier day.", |_, row| {
            Some(row.as_ref().retried)
        }),
        count("served", "units", "Served: offered + retried - refused.", |_, row| Some(row.as_ref().served)),
        count("counted", "units", "Of served: metered.", |_, row| Some(row.as_ref().counted)),
        count("free", "units", "Of counted: covered by a free quota.", |_, row| Some(row.as_ref().free)),
        count("package", "units", "Of counted: covered by the trial or packages.", |_, row| Some(row.as_ref().package)),
        count("written_off", "units", "Of counted: beyond all allowances, never billed.", |_, row| {
            Some(row.as_ref().written_off)
        }),
        count("billable", "units", "Of counted: priced.", |_, row| Some(row.as_ref().billable)),
        money("accrued", "currency", "Exact price of the billable units.", |_, row| Some(row.as_ref().accrued.units())),
        money(
            "lost",
            "currency",
            "What the blocked and stopped units would have cost after the day's served ones, at list price.",
            |_, row| Some(row.as_ref().lost.units()),
        ),
        money("cost", "currency", "What serving cost the vendor, by the book's `cost`.", |_, row| {
            Some(row.as_ref().cost.units())
        }),
    ]
}

/// Accounts by state, and changes of state.
fn status_columns<R: AsRef<StatusDay>>() -> Vec<Column<R>> {
    vec![
        count("inactive", "accounts", "At the end of the day: not activated.", |_, row| Some(row.as_ref().inactive)),
        count("integrating", "accounts", "At the end of the day: activated, integration not complete.", |_, row| {
            Some(row.as_ref().integrating)
        }),
        count("running", "accounts", "At the end of the day: running, not in arrears.", |_, row| {
            Some(row.as_ref().running)
        }),
        count("in_grace", "accounts", "At the end of the day: running although in arrears.", |_, row| {
            Some(row.as_ref().in_grace)
        }),
        count("suspended", "accounts", "At the end of the day: suspended.", |_, row| Some(row.as_ref().suspended)),
        count("churned", "accounts", "At the end of the day: left for good.", |_, row| Some(row.as_ref().churned)),
        count("activations", "events", "Activations that day.", |_, row| Some(row.as_ref().activations)),
        count("integrations", "events", "Integrations completed that day.", |_, row| Some(row.as_ref().integrations)),
        count("suspensions", "events", "Suspensions that day.", |_, row| Some(row.as_ref().suspensions)),
        count("resumptions", "events", "Resumptions that day.", |_, row| Some(row.as_ref().resumptions)),
        count("refused_activations", "events", "Activations refused that day, because of arrears.", |_, row| {
            Some(row.as_ref().refused_activations)
        }),
        count("departures", "events", "Customers that left that day.", |_, row| Some(row.as_ref().departures)),
        count("pay_as_you_go", "accounts", "At the end of the day: activated, with pay-as-you-go on.", |_, row| {
            Some(row.as_ref().pay_as_you_go)
        }),
        count("switched_at_opening", "events", "Pay-as-you-go chosen at the opening that day.", |_, row| {
            Some(row.as_ref().switched_at_opening)
        }),
        count("switched_by_hand", "events", "Switched on by hand that day.", |_, row| {
            Some(row.as_ref().switched_by_hand)
        }),
        count("switched_by_itself", "events", "Switched on that day because allowances ended.", |_, row| {
            Some(row.as_ref().switched_by_itself)
        }),
        count("allowance_suspensions", "events", "Suspensions that day because allowances ended.", |_, row| {
            Some(row.as_ref().allowance_suspensions)
        }),
        count("purchases", "packages", "Packages bought that day.", |_, row| Some(row.as_ref().purchases)),
        count("refused_purchases", "packages", "Packages that were not sold that day.", |_, row| {
            Some(row.as_ref().refused_purchases)
        }),
        count("allowance_granted", "allowance units", "Granted or paid for that day.", |_, row| {
            Some(row.as_ref().allowance_granted)
        }),
        count("allowance_used", "allowance units", "Given for use that day.", |_, row| {
            Some(row.as_ref().allowance_used)
        }),
        count("allowance_expired", "allowance units", "Expired that day.", |_, row| {
            Some(row.as_ref().allowance_expired)
        }),
        count("allowance_wiped", "allowance units", "Wiped that day.", |_, row| Some(row.as_ref().allowance_wiped)),
    ]
}

/// Bills, cash and debts.
fn money_columns<R: AsRef<MoneyDay>>() -> Vec<Column<R>> {
    vec![
        count("bills", "bills", "Bills issued that day.", |_, row| Some(row.as_ref().bills)),
        money("billed", "currency", "Their exact amounts.", |_, row| Some(row.as_ref().billed.units())),
        money("rounding", "currency", "What rounding to the deduction unit added.", |_, row| {
            Some(row.as_ref().rounding.units())
        }),
        money("vouchers", "currency", "Paid by vouchers.", |_, row| Some(row.as_ref().vouchers.units())),
        money(
            "recognised",
            "currency",
            "Exact price of what was used that day, `consumed`, `breakage` and `wiped`; net of vouchers spent that day.",
            |_, row| Some(row.as_ref().recognised.units()),
        ),
        money("purchased", "currency", "Cash paid for packages.", |_, row| Some(row.as_ref().purchased.units())),
        money("consumed", "currency", "Package units used, at their package's price.", |_, row| {
            Some(row.as_ref().consumed.units())
        }),
        money("breakage", "currency", "Paid for packages, and expired unused.", |_, row| {
            Some(row.as_ref().breakage.units())
        }),
        money("wiped", "currency", "Paid for packages, and wiped after a long suspension.", |_, row| {
            Some(row.as_ref().wiped.units())
        }),
        money(
            "bill_cost",
            "currency",
            "What issuing the bills cost the vendor, by the book's `bill_cost`.",
            |_, row| Some(row.as_ref().bill_cost.units()),
        ),
        money("deducted", "currency", "Cash deducted from balances.", |_, row| Some(row.as_ref().deducted.units())),
        money(
            "collected",
            "currency",
            "Cash that paid bills: deductions met by a balance, and top-ups that met a debt.",
            |_, row| Some(row.as_ref().collected.units()),
        ),
        count("top_ups", "payments", "Top-ups.", |_, row| Some(row.as_ref().top_ups)),
        money("topped_up", "currency", "Their amounts.", |_, row| Some(row.as_ref().topped_up.units())),
        count("payment_failures", "attempts", "Payments that were attempted and failed.", |_, row| {
            Some(row.as_ref().payment_failures)
        }),
        money("balance", "currency", "Balances at the end of the day, debts as negative.", |_, row| {
            Some(row.as_ref().balance.units())
        }),
        money("debt", "currency", "Owed at the end of the day.", |_, row| Some(row.as_ref().debt.units())),
        count("accounts_in_arrears", "accounts", "In arrears at the end of the day.", |_, row| {
            Some(row.as_ref().accounts_in_arrears)
        }),
        money("marked", "currency", "Debt marked as bad that day.", |_, row| Some(row.as_ref().marked.units())),
        money("recovered", "currency", "Marked debt that was paid that day.", |_, row| {
            Some(row.as_ref().recovered.units())
        }),
        money("bad_debt", "currency", "Debt marked as bad and not paid, at the end of the day.", |_, row| {
            Some(row.as_ref().bad_debt.units())
        }),
    ]
}

/// A row a replication, date, segment, product and meter: units and their price.
pub static USAGE: Table<UsageRow> = Table {
    name: "usage_daily",
    doc: "A row a replication, date, segment, product and meter: units and their price.",
    columns: || {
        let product: Vec<Column<UsageRow>> = vec![
            text("product", "", "Product id.", |plan, row| Some(&plan.books[row.product].id)),
            text("meter", "", "Meter id.", |plan, row| Some(&plan.books[row.product].meters[row.meter].id)),
        ];
        [key_columns(), product, usage_columns()].into_iter().flatten().collect()
    },
};

/// A row a replication, date, segment and product: accounts by state, and changes of state.
pub static STATUS: Table<StatusRow> = Table {
    name: "status_daily",
    doc: "A row a replication, date, segment and product: accounts by state, and changes of state.",
    columns: || {
        let product: Vec<Column<StatusRow>> =
            vec![text("product", "", "Product id.", |plan, row| Some(&plan.books[row.product].id))];
        [key_columns(), product, status_columns()].into_iter().flatten().collect()
    },
};

/// A row a replication, date and segment: bills, cash and debts.
pub static MONEY: Table<MoneyRow> = Table {
    name: "money_daily",
    doc: "A row a replication, date and segment: bills, cash and debts.",
    columns: || [key_columns(), money_columns()].into_iter().flatten().collect(),
};

/// A row a date, over all segments and products, of replication 0; always CSV.
pub static DAILY: Table<DailyRow> = Table {
    name: "daily",
    doc: "A row a date, over all segments and products, of replication 0; always CSV.",
    columns: || {
        let date: Vec<Column<DailyRow>> =
            vec![date("date", "", "The day, in the billing offset.", |_, row| Some(row.day))];
        [date, usage_columns(), status_columns(), money_columns()].into_iter().flatten().collect()
    },
};
