//! The summary of a run on a terminal: what it is judged by first, with intervals, on one screen. Everything is in the files.

use comfy_table::CellAlignment;

use super::present::{count, decimals, numbers, wrapped};
use crate::plan::Plan;
use crate::record::{SegmentSummary, Statistics, Summary, Until, Warning, Worlds};
use crate::stats::Estimate;
use crate::study::{Kind, Metric};
use crate::units::Total;

/// Lines of a terminal that is not asked how high it is, but for the one that it prompts in.
const LINES: usize = 23;
/// Counts above it are told in millions.
const MILLIONS: f64 = 1e9;
/// Letters of a segment's id on the screen.
const ID: usize = 15;

/// The summary of a run; the caller says in one line more where the rest is.
pub fn summary(plan: &Plan, replications: &[Summary], until: Option<&Until>) -> String {
    let worlds = Worlds::of(plan, replications);
    let mut text = wrapped(&format!(
        "{}: {} accounts, {} days from {}, seed {}",
        plan.name,
        count(plan.accounts()),
        plan.calendar.days(),
        plan.calendar.start(),
        plan.seed,
    ));
    text.push_str(&format!("{}\n{}", headlines(plan, &worlds), wrapped(&use_and_bills(&worlds))));
    let warnings: String =
        Warning::of(plan, replications, until).iter().map(|warning| wrapped(&format!("warning: {warning}"))).collect();
    let left = LINES.saturating_sub(text.lines().count() + warnings.lines().count() + 1);
    text.push_str(&by_segment(plan, &worlds, replications, left));
    text + &warnings
}

/// What a run is judged by, the important first: metric, name and what it is, with its unit. Rows without anything are left out if
/// they may be.
fn headlines(plan: &Plan, worlds: &Worlds) -> String {
    let all = &worlds.together;
    let (usage, money, status, tallies) = (all.usage(), all.money_total(), all.status_total(), &all.tallies);
    let currency = &plan.books[0].currency;
    let packages = plan.books.iter().any(|book| book.packages.is_some());
    let costs = usage.cost != Total::default() || money.bill_cost != Total::default();
    let of_accounts = |part: u64| percent(part as f64, tallies.accounts as f64);
    let price = worlds.price_per_1000().map_or_else(String::new, |price| format!(", {price:.4} per 1,000 served"));
    let rows = [
        ("recognised", "recognised", true, format!("{currency}{price}")),
        if costs {
            ("margin", "margin", true, format!("{currency}, less bad debt, costs"))
        } else {
            ("net_revenue", "net revenue", true, format!("{currency}, less bad debt"))
        },
        ("collected", "collected", true, format!("{currency} in cash{}", if packages { ", packages too" } else { "" })),
        (
            "purchased",
            "packages sold",
            packages,
            format!(
                "{currency}, {} of it expired",
                percent(money.breakage.approx() + money.wiped.approx(), money.purchased.approx())
            ),
        ),
        ("bad_debt", "bad debt", true, format!("{currency} of {} owed at end", amount(worlds.money(money.debt)))),
        ("lost", "lost", true, format!("{currency} at list, while suspended")),
        (
            "ever_suspended",
            "ever suspended",
            true,
            format!(
                "accounts, {}; {} at end",
                of_accounts(tallies.ever_suspended),
                whole(worlds.mean(status.suspended))
            ),
        ),
        ("ever_churned", "left for good", false, format!("accounts, {}", of_accounts(tallies.ever_churned))),
        ("payment_failures", "failed payments", false, "attempts".to_owned()),
        (
            "potential",
            "asked for",
            true,
            format!("units, {} served", percent(usage.served as f64, usage.potential as f64)),
        ),
    ];
    let intervals = worlds.each.len() > 1;
    let mean = format!("mean of {}", worlds.each.len());
    let header: &[&str] = if intervals { &["", &mean, "± 95 %", "± in %", ""] } else { &["", "one world", ""] };
    let mut table = numbers(header);
    if let Some(column) = table.column_mut(header.len() - 1) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    for (name, label, always, note) in rows {
        let metric = Metric::named(name).expect("the list of metrics has it");
        let estimate = worlds.estimate(|world| metric.value(world));
        if always || estimate.mean != 0.0 {
            table.add_row(row(metric, &estimate, label, note));
        }
    }
    table.trim_fmt()
}

fn row(metric: &Metric, estimate: &Estimate, label: &str, note: String) -> Vec<String> {
    let (scale, note) =
        if estimate.mean >= MILLIONS { (1e6, note.replacen("units", "million units", 1)) } else { (1.0, note) };
    let digits = match metric.kind {
        Kind::Money if estimate.mean.abs() < 1_000.0 => 2,
        Kind::Count(_) if estimate.n > 1 && estimate.mean < 100.0 => 1,
        _ => 0,
    };
    let mut row = vec![label.to_owned(), decimals(estimate.mean / scale, digits)];
    if let Some(half) = estimate.half_width {
        let share = estimate.percent().map_or_else(|| "-".to_owned(), |percent| format!("{percent:.2}"));
        row.extend([decimals(half / scale, digits), share]);
    }
    row.push(note);
    row
}

/// What became of the units, what bills look like, whose the revenue is.
fn use_and_bills(worlds: &Worlds) -> String {
    let (usage, status, statistics) =
        (worlds.together.usage(), worlds.together.status_total(), Statistics::of(&worlds.together));
    let mut parts = vec![];
    // In range: sums of units are far below 2⁵³ where a share of them is told.
    for (units, what) in [
        (usage.served as f64, "served"),
        (usage.refused as f64, "refused"),
        (usage.unintegrated as f64, "before integration"),
        (usage.withheld as f64, "withheld (stopped, left, price)"),
    ] {
        if units != 0.0 {
            parts.push(format!("{} {what}", percent(units, usage.potential as f64)));
        }
    }
    let bill = &statistics.bills;
    let money = |units: u64| decimals(Total::from_units(i128::from(units)).approx(), 2);
    let mut text = format!("Of what was asked for: {}.", parts.join(", "));
    text.push_str(&format!(
        " Bills: {}, median {}, p99 {}, largest {}. The top 1 % of accounts bring {:.1} % of revenue.",
        whole(worlds.mean(bill.count)),
        money(bill.p50),
        money(bill.p99),
        money(bill.max),
        100.0 * worlds.top_percent()
    ));
    let switched = [
        (status.switched_at_opening, "at the opening"),
        (status.switched_by_hand, "by hand"),
        (status.switched_by_itself, "when allowances ended"),
    ];
    let parts: Vec<String> = switched
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, when)| format!("{} {when}", whole(worlds.mean(*number))))
        .collect();
    if !parts.is_empty() {
        text.push_str(&format!(" Switched to pay-as-you-go: {}.", parts.join(", ")));
    }
    text
}

/// Means of the segments that bring the most, as many as there is room for.
fn by_segment(plan: &Plan, worlds: &Worlds, replications: &[Summary], lines: usize) -> String {
    if plan.segments.len() < 2 || lines < 5 {
        return String::new();
    }
    let together = |nth| Worlds::of_segment(plan, replications, nth).together;
    let mut segments: Vec<(usize, SegmentSummary)> = (0..plan.segments.len()).map(|nth| (nth, together(nth))).collect();
    // An empty line, one for the head, and one for those that are left out.
    let room = if segments.len() + 2 <= lines { segments.len() } else { lines - 3 };
    let left_out = segments.len() - room;
    segments.sort_by_key(|(nth, totals)| (std::cmp::Reverse(totals.money_total().recognised), *nth));
    segments.truncate(room);
    segments.sort_by_key(|(nth, _)| *nth);
    let all = worlds.together.money_total().recognised;
    let mut table = numbers(&["segment", "accounts", "recognised", "share", "collected", "bad debt", "suspended"]);
    for (nth, totals) in &segments {
        let (money, tallies) = (totals.money_total(), &totals.tallies);
        table.add_row(vec![
            short_id(&plan.segments[*nth].id),
            count(plan.segments[*nth].accounts),
            amount(worlds.money(money.recognised)),
            percent(money.recognised.approx(), all.approx()),
            amount(worlds.money(money.collected)),
            amount(worlds.money(money.bad_debt)),
            whole(worlds.mean(tallies.ever_suspended)),
        ]);
    }
    let more = if left_out > 0 { format!("… and {left_out} more, in the report\n") } else { String::new() };
    format!("\n{}\n{more}", table.trim_fmt())
}

fn short_id(id: &str) -> String {
    if id.chars().count() <= ID { id.to_owned() } else { format!("{}…", id.chars().take(ID - 1).collect::<String>()) }
}

/// Whole units of currency, with cents where there are few.
fn amount(value: f64) -> String {
    decimals(value, if value.abs() < 1_000.0 { 2 } else { 0 })
}

fn whole(value: f64) -> String {
    decimals(value, 0)
}

/// A part in per cent; small ones are not called nothing.
fn percent(part: f64, of: f64) -> String {
    let percent = 100.0 * part / of;
    match percent.abs() {
        _ if of == 0.0 => "-".to_owned(),
        small if small > 0.0 && small < 0.05 => "< 0.1 %".to_owned(),
        _ => format!("{} %", decimals(percent, 1)),
    }
}
