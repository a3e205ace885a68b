//! The chart of the share of trials that are still in effect. Must not know how a trial ends.

use plotters::style::RGBColor;

use super::daily::{heading, plural, products, source};
use super::page::{Across, Key, Layer, Measure, Page, Panel, Row, Stroke};
use super::parts;
use super::style::{AXIS, INK, MOST_LINES, crossing, strong, thin};
use crate::plan::Plan;
use crate::record::Summary;
use crate::stats::{DayOfLife, Survival};

/// Height of the plot area of all curves together.
const WHOLE: f64 = 300.0;
/// Height of the plot area of a segment.
const PART: f64 = 120.0;

/// A curve of the share that lasts.
struct Curve {
    name: String,
    stroke: Stroke,
    trials: Survival,
}

/// Draws up the page, if a product has a trial.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let products = products(plan, |book| book.trial.is_some());
    let (mut rows, mut legend, mut longest) = (vec![], vec![Key::line(ALL, strong(INK))], 0);
    for product in &products {
        let (all, segments) = curves(plan, summary, *product);
        longest = longest.max(all.trials.days().count());
        legend.extend(segments.iter().map(|curve| Key::line(&curve.name, curve.stroke)));
        rows.extend(rows_of(&heading(plan, *product, "All segments"), &all, &segments));
    }
    if rows.len() > products.len() {
        legend.push(Key::line("all segments, beside a single one", thin(AXIS)));
    }
    (!products.is_empty()).then(|| Page {
        title: "Trials still in effect, by days since the opening".to_owned(),
        subtitle: "Kaplan-Meier: a trial that was in effect at the end, or when the customer left, counts for as long as it was seen"
            .to_owned(),
        legend,
        rows,
        source: source(plan),
        across: Across::Ages(longest),
    })
}

const ALL: &str = "all segments";

/// All trials of a product, and those of each segment if there are several; the smallest of many as one.
fn curves(plan: &Plan, summary: &Summary, product: usize) -> (Curve, Vec<Curve>) {
    let of_product = |segment: usize| -> Survival {
        let uses = summary.segments.get(segment).map_or(&[][..], |segment| &segment.uses);
        together(uses.iter().filter(|used| used.product == product).map(|used| &used.trials))
    };
    let segments: Vec<Survival> = (0..plan.segments.len()).map(of_product).collect();
    let all = Curve {
        name: ALL.to_owned(),
        stroke: Stroke::plain(INK, strong(INK).width),
        trials: together(segments.iter()),
    };
    let granted: Vec<usize> = (0..segments.len()).filter(|index| segments[*index].count() > 0).collect();
    if granted.len() < 2 {
        return (all, vec![]);
    }
    let sizes: Vec<u64> = granted.iter().map(|index| segments[*index].count()).collect();
    let (order, others) = parts::largest(&sizes, MOST_LINES);
    let name = |index: &usize| plan.segments[granted[*index]].id.clone();
    let mut named: Vec<_> = order.iter().map(|index| (name(index), segments[granted[*index]].clone())).collect();
    if !others.is_empty() {
        let rest = together(others.iter().map(|index| &segments[granted[*index]]));
        named.push((format!("{} others", others.len()), rest));
    }
    let curve = |(nth, (name, trials))| Curve { name, stroke: crossing(nth), trials };
    (all, named.into_iter().enumerate().map(curve).collect())
}

fn together<'a>(parts: impl Iterator<Item = &'a Survival>) -> Survival {
    parts.fold(Survival::default(), |mut sum, part| {
        sum.add(part);
        sum
    })
}

/// All curves together, then each segment's over that of all.
fn rows_of(title: &str, all: &Curve, segments: &[Curve]) -> Vec<Row> {
    let lines = segments.iter().chain([all]).map(|curve| line(curve, curve.stroke));
    let mut rows = vec![Row::of(WHOLE, panel(title.to_owned(), None, all, lines.collect()))];
    let columns = if segments.len() <= 4 { 2 } else { 3 };
    let apart = |curve: &Curve| {
        let layers = vec![line(all, thin(AXIS)), line(curve, curve.stroke)];
        panel(curve.name.clone(), Some(curve.stroke.color), curve, layers)
    };
    let chunks = segments.chunks(columns);
    rows.extend(chunks.map(|row| Row {
        height: PART,
        columns,
        same_scale: true,
        panels: row.iter().map(apart).collect(),
    }));
    rows
}

fn panel(title: String, swatch: Option<RGBColor>, curve: &Curve, layers: Vec<Layer>) -> Panel {
    Panel {
        title,
        aside: half(&curve.trials),
        swatch,
        measure: Measure::Amount("% of trials".to_owned()),
        last: curve.trials.days().last().map_or_else(String::new, last),
        layers,
    }
}

/// A step at each full day: until then a trial was in effect.
fn line(curve: &Curve, stroke: Stroke) -> Layer {
    let shares = curve.trials.days().map(|day| 100.0 * day.surviving);
    let values: Vec<f64> = std::iter::once(100.0).take(usize::from(curve.trials.count() > 0)).chain(shares).collect();
    let last = values.len().saturating_sub(1);
    let edges = (0..values.len()).chain([last]).collect();
    Layer::Steps { edges, values, stroke }
}

/// By when half of them have ended, in words.
fn half(trials: &Survival) -> String {
    let granted = plural(trials.count(), "trial");
    match trials.days().find(|day| day.surviving <= 0.5) {
        Some(day) => format!("{granted}, half of them ended within {}", plural(day.days, "day")),
        None => format!("{granted}, more than half last longer"),
    }
}

fn last(day: DayOfLife) -> String {
    format!("after {}: {:.1} %, {} seen that long", plural(day.days, "day"), 100.0 * day.surviving, day.at_risk)
}
