//! The chart of recognised revenue by where it comes from. Must not know bills or payments.

use plotters::style::RGBColor;

use super::daily::{amount, amounts, column, currency, money, products, share_or_amount, source};
use super::page::{Across, Key, Layer, Measure, Page, Row};
use super::parts::{self, Kind, Part};
use super::periods::Periods;
use super::style::{BLUE, GREEN, INK, ORANGE, PURPLE, RUST, YELLOW, strong};
use crate::plan::Plan;
use crate::record::Summary;
use crate::scenario::LedgerKind;
use crate::units::Total;

/// What the source below zero is called.
const VOUCHERS: &str = "vouchers, downwards";
/// Height of the plot area of the stack.
const STACK: f64 = 290.0;

/// Where revenue comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in the legend.
    pub name: &'static str,
    title: &'static str,
    color: RGBColor,
    /// What it brings on each day; below zero what vouchers take.
    pub days: Vec<Total>,
}

/// Every source that the plan can have, from the bottom of the stack; vouchers are the last. They add up to what is recognised.
pub fn sources(plan: &Plan, summary: &Summary) -> Vec<Source> {
    let days = money(plan, summary);
    let negative = |total: Total| Total::from_units(-total.units());
    let accrued = |add_ons| accrued(plan, summary, add_ons);
    let add_ons = !products(plan, |book| book.meters.iter().any(|meter| meter.add_on_of.is_some())).is_empty();
    let packages = !products(plan, |book| book.packages.is_some()).is_empty();
    let wiped = !products(plan, |book| book.packages.is_some() && book.wipe_after.is_some()).is_empty();
    let all = [
        (true, "usage charges", "Usage charges", BLUE, accrued(false)),
        (add_ons, "add-on charges", "Add-on charges", ORANGE, accrued(true)),
        (packages, "packages consumed", "Packages consumed", GREEN, column(&days, |day| day.consumed)),
        (packages, "breakage", "Breakage", YELLOW, column(&days, |day| day.breakage)),
        (wiped, "wiped", "Wiped", RUST, column(&days, |day| day.wiped)),
        (has_vouchers(plan), VOUCHERS, "Vouchers", PURPLE, column(&days, |day| negative(day.vouchers))),
    ];
    let kept = all.into_iter().filter(|(can_be, ..)| *can_be);
    kept.map(|(_, name, title, color, days)| Source { name, title, color, days }).collect()
}

fn has_vouchers(plan: &Plan) -> bool {
    let mut movements = plan.segments.iter().flat_map(|segment| &segment.ledger);
    movements.any(|movement| movement.kind == LedgerKind::Voucher)
}

/// Usage charges by day, of all add-ons or of all basic meters.
fn accrued(plan: &Plan, summary: &Summary, add_ons: bool) -> Vec<Total> {
    let mut days = vec![Total::default(); plan.calendar.days()];
    let uses = summary.segments.iter().flat_map(|segment| &segment.uses);
    for meter in uses.flat_map(|used| &used.meters).filter(|meter| meter.add_on == add_ons) {
        days.iter_mut().zip(&meter.usage).for_each(|(sum, day)| *sum += day.accrued);
    }
    days
}

/// Draws up the page, if there can be more than one source.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let sources = sources(plan, summary);
    if sources.len() < 2 {
        return None;
    }
    let periods = Periods::of(&plan.calendar);
    let kind = Kind::Mean(&periods.edges);
    let recognised = column(&money(plan, summary), |day| day.recognised);
    let before = sources.iter().filter(|source| source.name != VOUCHERS).flat_map(|source| &source.days);
    let of = if has_vouchers(plan) { "the stack" } else { "revenue" };
    let before: (Total, &str) = (before.copied().sum(), of);
    let mut parts: Vec<Part> = sources.iter().map(|source| part(source, &periods, before)).collect();
    let measure = Measure::Amount(format!("{} per day", currency(plan)));
    let keys = parts::keys(&parts);
    let rows_apart = parts::apart(&measure, &parts, kind);
    let vouchers = if has_vouchers(plan) { parts.pop() } else { None };
    let title = match periods.name {
        "day" => "All sources, stacked".to_owned(),
        name => format!("All sources, mean of each {name}, stacked"),
    };
    let last = last(&recognised, &periods);
    let mut stack = parts::stack(&title, &measure, &last, &parts, kind);
    stack.aside = format!("in all {}", amount(recognised.iter().copied().sum()));
    let edges = || periods.edges.clone();
    stack.layers.extend(vouchers.map(|part| {
        let upper = vec![0.0; part.values.len()];
        Layer::Blocks { edges: edges(), lower: part.values, upper, color: part.color }
    }));
    let values = amounts(&periods.means(&recognised));
    stack.layers.push(Layer::Steps { edges: edges(), values, stroke: strong(INK) });
    let mut rows = vec![Row::of(STACK, stack)];
    rows.extend(rows_apart);
    let mut legend = keys;
    legend.push(Key::line("recognised: their sum", strong(INK)));
    Some(Page {
        title: "Recognised revenue by source".to_owned(),
        subtitle: "Use at its price on the day of the use; breakage and wiped: paid for packages that expired or were wiped unused"
            .to_owned(),
        legend,
        rows,
        source: source(plan),
        across: Across::Periods(plan.calendar),
    })
}

/// A source with its share of all that are above zero.
fn part(source: &Source, periods: &Periods, (before, of): (Total, &str)) -> Part {
    Part {
        name: source.name.to_owned(),
        title: source.title.to_owned(),
        aside: share_or_amount(source.days.iter().copied().sum(), before, of),
        color: source.color,
        values: amounts(&periods.means(&source.days)),
        last: last(&source.days, periods),
    }
}

fn last(days: &[Total], periods: &Periods) -> String {
    let mean = periods.means(days).last().copied().unwrap_or_default();
    format!("last {}: {}", periods.name, amount(mean))
}
