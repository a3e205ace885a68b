//! The chart of how revenue is spread over accounts: a Lorenz curve. Must not know segments or prices.

use super::daily::{amount, plural, source};
use super::dates::Tick;
use super::page::{Across, FINE, Key, Layer, Measure, Page, Panel, Row};
use super::style::{AXIS, BLUE, INK, strong, thin};
use crate::plan::Plan;
use crate::record::Summary;
use crate::stats::Histogram;
use crate::units::shown::grouped;
use crate::units::{Day, Total};

/// Height of the plot area.
const HEIGHT: f64 = 420.0;
/// Least distance of two texts, in per cent of the revenue.
const APART: f64 = 5.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let revenue = Histogram::together(summary.segments.iter().map(|segment| &segment.revenue));
    let curve = revenue.lorenz();
    let idle = revenue.filled().next().filter(|(_, sum)| *sum == 0).map_or(0, |(count, _)| count);
    let mut layers = vec![];
    if !curve.is_empty() {
        layers.push(Layer::Path { at: vec![0, FINE], values: vec![0.0, 100.0], stroke: thin(AXIS) });
        layers.push(Layer::Path {
            at: curve.iter().map(|(accounts, _)| place(*accounts)).collect(),
            values: curve.iter().map(|(_, revenue)| 100.0 * revenue).collect(),
            stroke: strong(BLUE),
        });
        layers.extend(pins(&revenue));
    }
    let panel = Panel {
        title: "Accounts from the least revenue to the most".to_owned(),
        aside: if curve.is_empty() { String::new() } else { format!("Gini {:.3}", revenue.gini()) },
        swatch: None,
        measure: Measure::Amount("% of recognised revenue".to_owned()),
        last: format!(
            "{} with {} of revenue, {} of them without any",
            plural(revenue.count(), "account"),
            amount(Total::from_units(i128::try_from(revenue.sum()).unwrap_or(i128::MAX))),
            grouped(&idle.to_string())
        ),
        layers,
    };
    let ticks =
        (0..=10_usize).map(|tenth| Tick { day: tenth * FINE / 10, label: (10 * tenth).to_string(), year: None });
    Page {
        title: "Concentration of revenue: Lorenz curve of the accounts".to_owned(),
        subtitle: "What share of the recognised revenue the smallest accounts bring together; Gini is 0 if all bring the same, towards 1 if one brings all"
            .to_owned(),
        legend: vec![
            Key::line("share of revenue of the smallest accounts", strong(BLUE)),
            Key::line("if all brought the same", thin(AXIS)),
            Key::pin("where the largest accounts begin", INK),
        ],
        rows: vec![Row::of(HEIGHT, panel)],
        source: source(plan),
        across: Across::Scale { what: "% of accounts, the smallest first".to_owned(), ticks: ticks.collect() },
    }
}

fn place(share: f64) -> Day {
    // In range: a share of the axis.
    (share.clamp(0.0, 1.0) * FINE as f64).round() as Day
}

/// The top 1 % of the accounts, where that is more than one, and the top account.
fn pins(revenue: &Histogram) -> Vec<Layer> {
    let (count, sum) = (revenue.count() as f64, revenue.sum() as f64);
    let top = revenue.max().unwrap_or(0) as f64 / sum;
    let percent = revenue.top_share(0.01);
    let (one, hundredth) = (100.0 * (1.0 - top), 100.0 * (1.0 - percent));
    // Texts keep their distance where the two are close.
    let lower = hundredth.min(one - APART).clamp(APART, 100.0 - 2.0 * APART);
    let upper = one.clamp(lower + APART, 100.0 - APART);
    let pin = |share: f64, to: f64, text_at: f64, text: String| Layer::Pin { at: place(share), to, text_at, text };
    let account = pin(1.0 - 1.0 / count, one, upper, format!("top account: {:.1} % of revenue", 100.0 * top));
    if count < 200.0 {
        return vec![account];
    }
    vec![pin(0.99, hundredth, lower, format!("top 1 % of accounts: {:.1} % of revenue", 100.0 * percent)), account]
}
