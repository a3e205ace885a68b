//! What the report of an optimisation says: the best values, and what they bring fresh customers. Must not know how it looks.

use super::page::{Again, Answer, Cell, Page, Table, Tile, head};
use super::study::{facts, place, points};
use super::words::{about, capital, words};
use super::{Extras, ReportError, assumptions, drawn, html};
use crate::charts::study_figure;
use crate::study::{Axis, Difference, Kind, Optimum, Study};
use crate::units::shown::{count, signed};

/// The report of an optimisation.
///
/// # Errors
/// A figure that cannot be drawn, or a bug of the template.
pub fn optimum(study: &Study, optimum: &Optimum, extras: Extras<'_>) -> Result<String, ReportError> {
    let base = &optimum.sweep.base;
    let figures = || {
        let (seen, landscape) = optimum.landscape(study);
        study_figure(&seen, &landscape, "search").into_iter().collect()
    };
    let mut tables = vec![brought(optimum)];
    if !optimum.verdicts.is_empty() {
        tables.push(constraints(optimum));
    }
    tables.push(points(study, &optimum.sweep));
    html(Page {
        title: format!("The best of {}", study.name),
        about: format!(
            "{} of {} points, {}",
            count(optimum.sweep.outcomes.len() as u64),
            count(study.count() as u64),
            about(base, base.replications as usize)
        ),
        answers: vec![Answer { title: None, lead: vec![lead(study, optimum)], tiles: tiles(study, optimum) }],
        warnings: optimum.warnings(study).iter().map(ToString::to_string).collect(),
        pictures: drawn(figures, extras)?,
        pictured: None,
        tables,
        assumptions: assumptions::of(base),
        again: Again { command: extras.command.to_owned(), facts: facts(study, &optimum.sweep) },
    })
}

/// What is maximised, with fresh customers.
fn fresh(optimum: &Optimum) -> Option<&Difference> {
    optimum.confirmed.differences.as_ref().ok()?.first()
}

/// A change with its unit, and in per cent of what it is a change of.
fn changed(difference: &Difference, currency: &str) -> String {
    let plus = if difference.change.mean > 0.0 { "+" } else { "" };
    let percent = difference.percent().map(|percent| format!(" ({} %)", signed(percent, 2))).unwrap_or_default();
    format!("{plus}{}{percent}", in_unit(difference, difference.change.mean, currency))
}

/// Of shares a change is in points, which are no per cent of anything.
fn in_unit(difference: &Difference, value: f64, currency: &str) -> String {
    match difference.metric.kind {
        Kind::Share => format!("{:.2} points", 100.0 * value),
        Kind::Money | Kind::Price => format!("{} {currency}", difference.metric.shown(value)),
        Kind::Count(_) => difference.metric.shown(value),
    }
}

fn half(difference: &Difference, currency: &str) -> Option<String> {
    difference.change.half_width.map(|half| format!("± {}", in_unit(difference, half, currency)))
}

fn lead(study: &Study, optimum: &Optimum) -> String {
    let currency = &optimum.sweep.base.books[0].currency;
    let place = place(study, optimum.outcome());
    let kept = if optimum.feasible { "" } else { " It breaks a constraint: no point that was played keeps all." };
    let Some(fresh) = fresh(optimum) else { return format!("The best found: {place}.{kept}") };
    let half = half(fresh, currency).map(|half| format!(", {half}")).unwrap_or_default();
    format!(
        "The best found: {place}. With customers that the search never saw, {} changes by {}{half}, against the scenario as it is.{kept}",
        words(fresh.metric.name),
        changed(fresh, currency),
    )
}

fn tiles(study: &Study, optimum: &Optimum) -> Vec<Tile> {
    let currency = &optimum.sweep.base.books[0].currency;
    let axis = |(axis, value): (&Axis, &Option<usize>)| Tile {
        name: capital(&axis.label),
        value: value.map_or_else(|| "as it is".to_owned(), |value| axis.values[value].clone()),
        interval: Some(format!("as it is: {}", optimum.own_value(axis))),
        sentence: match (axis.values.first(), axis.values.last()) {
            (Some(first), Some(last)) => format!("Looked for from {first} to {last}."),
            _ => String::new(),
        },
    };
    let metric = |fresh: &Difference| Tile {
        name: capital(&words(fresh.metric.name)),
        value: changed(fresh, currency),
        interval: half(fresh, currency),
        sentence: format!("With fresh customers, against the scenario as it is: {}.", fresh.metric.doc),
    };
    let fresh = optimum.confirmed.differences.iter().flatten().map(metric);
    study.axes.iter().zip(&optimum.outcome().point).map(axis).chain(fresh).collect()
}

fn brought(optimum: &Optimum) -> Table {
    let searched = optimum.outcome().differences.iter().flatten();
    let fresh = optimum.confirmed.differences.iter().flatten();
    let row = |(searched, fresh): (&Difference, &Difference)| {
        let shown = |value: f64| searched.metric.shown(value);
        let change = |value: f64| searched.metric.shown_change(value, None);
        vec![
            Cell::text(words(searched.metric.name)),
            Cell::number(Some(searched.before.mean), shown),
            Cell::number(Some(searched.after.mean), shown),
            Cell::number(Some(searched.change.mean), change),
            Cell::number(Some(fresh.change.mean), change),
            Cell::number(fresh.change.half_width, change),
        ]
    };
    Table {
        title: "As it is and at the best".to_owned(),
        note: format!(
            "Fresh: {} replications of seed {}, which the search never saw.",
            optimum.confirmed.replications, optimum.confirmed.seed
        ),
        head: head(&["number", "as it is", "best", "change", "fresh change", "± 95 %"]),
        texts: 1,
        rows: searched.zip(fresh).map(row).collect(),
        sum: None,
    }
}

fn constraints(optimum: &Optimum) -> Table {
    let row = |verdict: &crate::study::Verdict| {
        let number = |value: f64| Cell::number(Some(value), |value| format!("{value:.4}"));
        let kept = if verdict.fresh.holds() && verdict.searched.holds() { "kept" } else { "broken" };
        let active = if verdict.active { ", and it binds" } else { "" };
        vec![
            Cell::text(&verdict.text),
            Cell::text(format!("{kept}{active}")),
            number(verdict.searched.number),
            number(verdict.fresh.number),
        ]
    };
    Table {
        title: "Constraints".to_owned(),
        note: "At the best point, with the customers of the search and with fresh ones.".to_owned(),
        head: head(&["constraint", "is", "searched", "fresh"]),
        texts: 2,
        rows: optimum.verdicts.iter().map(row).collect(),
        sum: None,
    }
}
