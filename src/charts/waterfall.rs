//! The charts of a change of recognised revenue, step by step. Must not know why a part changes.

use super::bars::{Bar, LESS, MORE, heading, layers, signed, source};
use super::daily::currency;
use super::page::{Across, Key, Layer, Measure, Name, Page, Panel, Row, SLOT};
use super::style::{AXIS, GREY, thin};
use crate::study::{Comparison, Step};
use crate::units::shown::grouped;

/// Height of a plot area.
const HEIGHT: f64 = 260.0;
/// Steps that have room beside each other; of more, the smallest are one.
const MOST: usize = 10;
/// What the last bar is called.
const ALL: &str = "whole change";

/// By segment.
pub fn by_segment(comparison: &Comparison<'_>) -> Page {
    page(comparison, "segment", |variant| comparison.by_segment(variant))
}

/// By tier and other source.
pub fn by_tier(comparison: &Comparison<'_>) -> Page {
    page(comparison, "tier and other source", |variant| comparison.by_tier(variant))
}

fn page(comparison: &Comparison<'_>, what: &'static str, steps: impl Fn(usize) -> Vec<Step>) -> Page {
    let all: Vec<Vec<Step>> = (1..comparison.plans.len()).map(steps).collect();
    let (names, others) = names(&all);
    let rows = all.iter().enumerate().map(|(index, steps)| {
        let changes = changes(steps, &names, others);
        Row::of(HEIGHT, panel(comparison, index + 1, steps, &changes))
    });
    let rows = rows.collect();
    let of_others = (others > 0).then(|| Name { label: format!("{others} others"), note: None });
    let names = names.into_iter().chain(of_others).chain([Name { label: ALL.to_owned(), note: None }]);
    Page {
        title: format!("Change of recognised revenue by {what}"),
        subtitle: "Zero is the revenue before; each bar begins where the one before it ends; means of the replications"
            .to_owned(),
        legend: vec![Key::filled("more", MORE), Key::filled("less", LESS), Key::filled(ALL, GREY)],
        rows,
        source: source(comparison),
        across: Across::Names { what: what.to_owned(), names: names.collect() },
    }
}

fn name(step: &Step) -> Name {
    Name { label: step.name.clone(), note: step.note.clone() }
}

/// The names of all steps in their order, the largest of many, and how many others there are.
fn names(all: &[Vec<Step>]) -> (Vec<Name>, usize) {
    let mut names: Vec<(Name, f64)> = vec![];
    for step in all.iter().flatten() {
        let size = step.change().abs();
        match names.iter_mut().find(|(known, _)| *known == name(step)) {
            Some((_, largest)) => *largest = largest.max(size),
            None => names.push((name(step), size)),
        }
    }
    if names.len() <= MOST {
        return (names.into_iter().map(|(name, _)| name).collect(), 0);
    }
    let mut sizes: Vec<f64> = names.iter().map(|(_, size)| *size).collect();
    sizes.sort_by(|one, other| other.total_cmp(one));
    let (least, all) = (sizes[MOST - 2], names.len());
    let kept: Vec<Name> =
        names.into_iter().filter(|(_, size)| *size >= least).map(|(name, _)| name).take(MOST - 1).collect();
    let others = all - kept.len();
    (kept, others)
}

/// The change of each name, then that of all others together.
fn changes(steps: &[Step], names: &[Name], others: usize) -> Vec<f64> {
    let of = |wanted: &Name| steps.iter().find(|step| name(step) == *wanted).map_or(0.0, Step::change);
    let mut changes: Vec<f64> = names.iter().map(of).collect();
    if others > 0 {
        changes.push(steps.iter().filter(|step| !names.contains(&name(step))).map(Step::change).sum());
    }
    changes
}

fn panel(comparison: &Comparison<'_>, variant: usize, steps: &[Step], changes: &[f64]) -> Panel {
    let mut reached = 0.0;
    let mut bars = vec![];
    let mut links = vec![];
    for (slot, change) in changes.iter().enumerate() {
        let from = reached;
        reached += change;
        bars.push(Some(Bar { from, to: reached, ..Bar::of(*change, signed(*change)) }));
        let edges = vec![SLOT * (slot + 1) - 2, SLOT * (slot + 2) - 2];
        links.push(Layer::Steps { edges, values: vec![reached], stroke: thin(AXIS) });
    }
    bars.push(Some(Bar { from: 0.0, to: reached, color: GREY, text: signed(reached) }));
    let mut layers = layers(&bars);
    layers.extend(links);
    let before: f64 = steps.iter().map(|step| step.before).sum();
    let whole = |amount: f64| grouped(&format!("{amount:.0}"));
    Panel {
        title: heading(comparison, variant),
        aside: format!("recognised {} before, {} after", whole(before), whole(before + reached)),
        swatch: None,
        measure: Measure::Amount(currency(&comparison.plans[0]).to_owned()),
        last: String::new(),
        layers,
    }
}
