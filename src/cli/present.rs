//! How results look on a terminal: aligned, with units, on one screen.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::plan::Plan;
use crate::record::{Headline, SegmentSummary, Statistics, Summary, Until, Warning};
use crate::stats::Estimate;
use crate::units::Total;
pub use crate::units::shown::{count, counted, decimals, short, signed, whole_money};

/// Columns of a terminal that is not asked how wide it is.
pub const SCREEN: usize = 80;
/// Widest line of the head of a column.
const HEAD: usize = 14;

/// The end of a long dotted path, or words below each other, for the head of a column.
pub fn narrow(label: &str) -> String {
    let steps: Vec<&str> = label.split('.').collect();
    let end = steps[steps.len().saturating_sub(2)..].join(".\n");
    let mut lines: Vec<String> = vec![];
    for word in end.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < HEAD => line.push_str(&format!(" {word}")),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether a table fits a screen.
pub fn fits(table: &Table) -> bool {
    table.lines().all(|line| line.trim_end().chars().count() <= SCREEN)
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
pub fn summary(plan: &Plan, replications: &[Summary], until: Option<&Until>) -> String {
    let summary = &replications[0];
    let currency = &plan.books[0].currency;
    let header =
        ["segment", "accounts", "recognised", "collected", "owed", "bad debt", "suspended\never", "suspended\nat end"];
    let mut table = numbers(&header);
    let row = |name: &str, totals: &SegmentSummary| {
        let (money, status, tallies) = (totals.money_total(), totals.status_total(), &totals.tallies);
        vec![
            name.to_owned(),
            count(tallies.accounts),
            whole_money(money.recognised),
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
    let packages = plan.books.iter().any(|book| book.packages.is_some());
    let mut text = format!(
        "{}: {} accounts, {} days from {}, seed {}\n\n{}\n\nMoney in {currency}. Recognised: price of the usage{}, net of vouchers.\n\
         Collected: cash that paid bills{}. Suspended: accounts suspended at least once, and at the end.\n\n",
        plan.name,
        count(plan.accounts()),
        plan.calendar.days(),
        plan.calendar.start(),
        plan.seed,
        table.trim_fmt(),
        if packages { " and of package units as they go" } else { "" },
        if packages { " and packages" } else { "" },
    );
    for (name, value, note) in lines(&whole) {
        text.push_str(format!("{name:<16}{value:>17}  {note}").trim_end());
        text.push('\n');
    }
    if replications.len() > 1 {
        text.push_str(&intervals(plan, replications));
    }
    for warning in Warning::of(plan, replications, until) {
        text.push_str(&format!("warning: {warning}\n"));
    }
    text
}

/// Name, value and note of what is told beside the table.
fn lines(whole: &SegmentSummary) -> Vec<(&'static str, String, String)> {
    let (usage, money, statistics) = (whole.usage(), whole.money_total(), Statistics::of(whole));
    let mut lines = vec![
        ("asked for", count(usage.potential), "units of demand".to_owned()),
        ("  unintegrated", count(usage.unintegrated), "before activation or integration".to_owned()),
        ("  refused", count(usage.refused), format!("of them {} while suspended", count(usage.blocked))),
        ("  served", count(usage.served), price(&statistics)),
        ("bills", count(money.bills), bills(&statistics)),
        ("  deducted", whole_money(money.deducted), "from balances, after rounding".to_owned()),
        ("lost", whole_money(usage.lost), "list price of what was refused or stayed away while suspended".to_owned()),
        ("top 1 %", format!("{:.1} %", 100.0 * statistics.top_percent), "of the revenue is theirs".to_owned()),
    ];
    if usage.withheld != 0 {
        let of = format!("stopped {}, churned {}, the price the rest", count(usage.stopped), count(usage.churned));
        let sign = if usage.withheld < 0 { "-" } else { "" };
        lines.insert(2, ("  withheld", format!("{sign}{}", count(usage.withheld.unsigned_abs())), of));
    }
    if money.purchased != Total::default() {
        let of = format!(
            "used {}, expired {}, wiped {}",
            whole_money(money.consumed),
            whole_money(money.breakage),
            whole_money(money.wiped)
        );
        lines.push(("packages", whole_money(money.purchased), of));
    }
    let status = whole.status_total();
    let switched = status.switched_at_opening + status.switched_by_hand + status.switched_by_itself;
    if switched > 0 {
        let of = format!(
            "switches to pay-as-you-go: {} at the opening, {} by hand, {} when allowances ended",
            count(status.switched_at_opening),
            count(status.switched_by_hand),
            count(status.switched_by_itself)
        );
        lines.push(("switched", count(switched), of));
    }
    if whole.tallies.ever_churned > 0 {
        lines.push(("churned", count(whole.tallies.ever_churned), "accounts left for good".to_owned()));
    }
    if money.payment_failures > 0 {
        lines.push(("failed payments", count(money.payment_failures), "attempts".to_owned()));
    }
    if usage.cost != Total::default() || money.bill_cost != Total::default() {
        lines.push(("margin", whole_money(whole.margin()), "recognised less bad debt and costs".to_owned()));
    }
    lines
}

fn price(statistics: &Statistics) -> String {
    statistics.price_per_1000.map_or_else(String::new, |price| format!("{price:.4} per 1,000 on average"))
}

fn bills(statistics: &Statistics) -> String {
    let bill = &statistics.bills;
    let money = |units: u64| format!("{:.2}", Total::from_units(i128::from(units)).approx());
    format!("median {}, 99 % up to {}, largest {}", money(bill.p50), money(bill.p99), money(bill.max))
}

/// The numbers whose intervals are told on the screen; the summary file has all.
const ON_SCREEN: [&str; 7] =
    ["recognised", "net_revenue", "collected", "bad_debt", "lost", "ever_suspended", "ever_churned"];

/// Means over replications with their intervals; the table above them is of the first replication.
fn intervals(plan: &Plan, replications: &[Summary]) -> String {
    let mut table = numbers(&["", "mean", "± 95 %", "of the mean"]);
    for headline in Headline::of(plan, replications).into_iter().filter(|one| ON_SCREEN.contains(&one.name)) {
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
