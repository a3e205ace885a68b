//! The chart of how large bills are. Must not know what is on a bill.

use super::daily::{amount, currency, plural, source};
use super::page::{Key, Measure, Page, Panel, Row};
use super::parts::{self, Kind, Part};
use super::scale::Log;
use super::style::{AXIS, BLUE, INK, colors, strong};
use crate::book::BillEvery;
use crate::plan::Plan;
use crate::record::{Distribution, Summary};
use crate::stats::Histogram;
use crate::units::Total;
use crate::units::money::ONE;
use crate::units::shown::grouped;

/// Height of the plot area of all bills.
const HEIGHT: f64 = 300.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let all = Histogram::together(summary.segments.iter().map(|segment| &segment.bills));
    let issued: u64 = summary.segments.iter().flat_map(|segment| &segment.money).map(|day| day.bills).sum();
    let log = Log::over(&all, ONE as f64, ONE.unsigned_abs());
    let edges = log.edges();
    let kind = Kind::Mean(&edges);
    let alone = plan.segments.len() == 1;
    let measure = Measure::Count("bills in each bar".to_owned());
    let counts = log.counts(&all);
    let peak = counts.iter().copied().fold(0.0, f64::max);
    let of = Distribution::of(&all);
    let mut layers = kind.alone(counts, if alone { BLUE } else { AXIS });
    if of.count > 0 {
        let marked = [("p50", of.p50), ("p90", of.p90), ("p99", of.p99), ("max", of.max)];
        let said = |bill: u64| if bill == of.max { money(bill) } else { roughly(bill) };
        layers.extend(log.pins(peak, marked.map(|(name, bill)| (bill, format!("{name}: {}", said(bill))))));
    }
    let whole = Panel {
        title: if alone { plan.segments[0].id.clone() } else { "All segments".to_owned() },
        aside: counted(of.count, issued.saturating_sub(of.count)),
        swatch: None,
        measure: measure.clone(),
        last: summed(&all),
        layers,
    };
    let mut rows = vec![Row::of(HEIGHT, whole)];
    let mut legend = vec![Key::line("bills of an amount, all segments", strong(if alone { BLUE } else { AXIS }))];
    if !alone {
        let parts = by_segment(plan, summary, &log);
        rows.extend(parts::apart(&measure, &parts, kind));
        legend.extend(parts::keys(&parts));
    }
    legend.push(Key::pin("p50: half of the bills are at most this; p90, p99 alike", INK));
    Page {
        title: format!("{} by their amount", period(plan)),
        subtitle: format!(
            "Exact amounts above zero on a logarithmic axis; the end of each bar is {:.2} times its beginning",
            log.factor()
        ),
        legend,
        rows,
        source: source(plan),
        across: log.numbers(format!("amount of a bill in {}, logarithmic", currency(plan))),
    }
}

fn counted(above: u64, of_zero: u64) -> String {
    match of_zero {
        0 => plural(above, "bill"),
        _ => format!("{} above zero; {} of zero are not drawn", plural(above, "bill"), grouped(&of_zero.to_string())),
    }
}

/// What bills are called by the period they are for.
fn period(plan: &Plan) -> &'static str {
    let daily = |every: &BillEvery| *every == BillEvery::Day;
    let mut periods = plan.books.iter().map(|book| &book.bill_every);
    match (periods.clone().all(daily), periods.any(daily)) {
        (true, _) => "Daily bills",
        (_, false) => "Monthly bills",
        _ => "Bills",
    }
}

fn money(units: u64) -> String {
    amount(Total::from_units(i128::from(units)))
}

/// With three figures: percentiles are known to within 0.8 %.
fn roughly(units: u64) -> String {
    let value = units as f64 / ONE as f64;
    let decimals = (2.0 - value.log10().floor()).clamp(0.0, 8.0) as usize;
    grouped(&format!("{value:.decimals$}"))
}

fn summed(bills: &Histogram) -> String {
    format!("in all {}", amount(Total::from_units(i128::try_from(bills.sum()).unwrap_or(i128::MAX))))
}

/// Segments in the order of the plan; of many, those with the fewest bills are one.
fn by_segment(plan: &Plan, summary: &Summary, log: &Log) -> Vec<Part> {
    let bills: Vec<&Histogram> = summary.segments.iter().map(|segment| &segment.bills).collect();
    let sizes: Vec<u64> = bills.iter().map(|bills| bills.count()).collect();
    let (order, others) = parts::largest(&sizes, parts::MOST);
    let mut named: Vec<(String, Histogram)> =
        order.iter().map(|index| (plan.segments[*index].id.clone(), bills[*index].clone())).collect();
    if !others.is_empty() {
        named.push((format!("{} others", others.len()), Histogram::together(others.iter().map(|index| bills[*index]))));
    }
    let part = |((name, bills), color): ((String, Histogram), _)| {
        let of = Distribution::of(&bills);
        Part {
            title: name.clone(),
            name,
            aside: plural(of.count, "bill"),
            color,
            values: log.counts(&bills),
            last: if of.count > 0 {
                format!("p50 {}, p99 {}", roughly(of.p50), roughly(of.p99))
            } else {
                String::new()
            },
        }
    };
    named.into_iter().zip(colors()).map(part).collect()
}
