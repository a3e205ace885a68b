//! How results look on a terminal: aligned, with units, on one screen.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::plan::Plan;
use crate::record::{Headline, SegmentSummary, Summary, Warning};
use crate::stats::Estimate;
use crate::units::Total;

/// A whole number with thousands separators.
pub fn count(number: u64) -> String {
    group(&number.to_string())
}

/// Money in whole units of currency, with thousands separators.
pub fn whole_money(total: Total) -> String {
    let sign = if total.units() < 0 { "-" } else { "" };
    let one = u128::from(crate::units::money::ONE.unsigned_abs());
    let rounded = (total.units().unsigned_abs() + one / 2) / one;
    format!("{sign}{}", group(&rounded.to_string()))
}

fn group(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A table whose columns after the first are numbers.
pub fn numbers(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The summary of a run.
pub fn summary(plan: &Plan, replications: &[Summary]) -> String {
    let summary = &replications[0];
    let currency = &plan.books[0].currency;
    let header =
        ["segment", "accounts", "accrued", "collected", "owed", "bad debt", "suspended\never", "suspended\nat end"];
    let mut table = numbers(&header);
    let row = |name: &str, totals: &SegmentSummary| {
        let (money, status, tallies) = (totals.money_total(), totals.status_total(), &totals.tallies);
        vec![
            name.to_owned(),
            count(tallies.accounts),
            whole_money(totals.usage().accrued),
            whole_money(money.collected),
            whole_money(money.debt),
            whole_money(money.bad_debt),
            count(tallies.ever_suspended),
            count(status.suspended),
        ]
    };
    for (segment, totals) in plan.segments.iter().zip(&summary.segments) {
        table.add_row(row(&segment.id, totals));
    }
    let whole = summary.whole(plan);
    if plan.segments.len() > 1 {
        table.add_row(row("all", &whole));
    }
    let usage = whole.usage();
    let money = whole.money_total();
    let mut text = format!(
        "{}: {} accounts, {} days from {}, seed {}\n\n{}\n\nMoney in {currency}. Accrued: price of the usage. \
         Collected: cash that paid bills.\nSuspended: accounts suspended at least once, and those at the end.\n\n",
        plan.name,
        count(plan.accounts()),
        plan.calendar.days(),
        plan.calendar.start(),
        plan.seed,
        table.trim_fmt()
    );
    for (name, value, note) in [
        ("asked for", count(usage.potential), "units of demand"),
        ("  unintegrated", count(usage.unintegrated), "before activation or integration"),
        ("  refused", count(usage.refused), "while suspended, or above the rate limit"),
        ("  served", count(usage.served), ""),
        ("bills", count(money.bills), ""),
        ("  deducted", whole_money(money.deducted), "from balances, after rounding"),
    ] {
        text.push_str(format!("{name:<16}{value:>17}  {note}").trim_end());
        text.push('\n');
    }
    if replications.len() > 1 {
        text.push_str(&intervals(plan, replications));
    }
    for warning in Warning::of(plan, replications) {
        text.push_str(&format!("warning: {warning}\n"));
    }
    text
}

/// Means over replications with their intervals; the table above them is of the first replication.
fn intervals(plan: &Plan, replications: &[Summary]) -> String {
    let mut table = numbers(&["", "mean", "± 95 %", "of the mean"]);
    for headline in Headline::of(plan, replications) {
        let Estimate { mean, half_width, .. } = headline.estimate;
        let half = half_width.unwrap_or(0.0);
        let share = if mean == 0.0 { "-".to_owned() } else { format!("{:.2} %", 100.0 * half / mean.abs()) };
        // Statistics of at most a few billion: whole numbers are enough here, the files have the rest.
        let whole = |number: f64| count(number.round().max(0.0) as u64);
        table.add_row(vec![headline.name.replace('_', " "), whole(mean), whole(half), share]);
    }
    let n = replications.len();
    format!("\n{n} replications, the tables above are of the first:\n{}\n", table.trim_fmt())
}
