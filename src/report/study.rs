//! What the report of a study says: how far each number moves, and what moves it. Must not know how it looks.

use super::page::{Again, Answer, Cell, Page, Table, Tile};
use super::words::{about, capital, digest, things, words};
use super::{Extras, ReportError, assumptions, drawn, html};
use crate::charts::study_figure;
use crate::study::{Axis, Difference, Kind, Metric, Outcome, Study, Sweep};

/// The report of a study that was played at all its points.
///
/// # Errors
/// A figure that cannot be drawn, or a bug of the template.
pub fn study(study: &Study, sweep: &Sweep, extras: Extras<'_>) -> Result<String, ReportError> {
    let base = &sweep.base;
    let mut tables: Vec<Table> = (0..study.axes.len()).map(|axis| along(study, sweep, axis)).collect();
    tables.insert(0, points(study, sweep));
    html(Page {
        title: format!("What {} moves", study.name),
        about: format!("{}, {}", things(sweep.outcomes.len() as u64, "point"), about(base, base.replications as usize)),
        answers: vec![Answer { title: None, lead: lead(study, sweep), tiles: tiles(study, sweep) }],
        warnings: sweep.warnings(study).iter().map(ToString::to_string).collect(),
        pictures: drawn(|| study_figure(study, sweep, "sweep").into_iter().collect(), extras)?,
        pictured: None,
        tables,
        assumptions: assumptions::of(base),
        again: Again { command: extras.command.to_owned(), facts: facts(study, sweep) },
    })
}

/// What identifies a study.
pub(super) fn facts(study: &Study, sweep: &Sweep) -> Vec<(&'static str, String)> {
    let base = &sweep.base;
    vec![
        ("Program", format!("billsim {}", env!("CARGO_PKG_VERSION"))),
        ("Plan hash", base.hash.clone()),
        ("Seed", base.seed.to_string()),
        ("Replications", base.replications.to_string()),
        ("BLAKE3 digest of scenario.toml", digest(&base.resolved)),
        ("BLAKE3 digest of study.toml", digest(&study.resolved)),
    ]
}

/// A metric at every point that was played.
fn values(sweep: &Sweep, nth: usize) -> impl Iterator<Item = (&Outcome, &Difference)> {
    sweep.outcomes.iter().filter_map(move |outcome| Some((outcome, outcome.differences.as_ref().ok()?.get(nth)?)))
}

/// The points with the least and the most of a metric.
fn ends(sweep: &Sweep, nth: usize) -> Option<[(&Outcome, &Difference); 2]> {
    let by = |a: &(&Outcome, &Difference), b: &(&Outcome, &Difference)| a.1.after.mean.total_cmp(&b.1.after.mean);
    // Of several with the most the first, as of those with the least.
    Some([
        values(sweep, nth).min_by(by)?,
        values(sweep, nth).reduce(|best, one| if by(&one, &best).is_gt() { one } else { best })?,
    ])
}

/// For each number what moves it most.
fn lead(study: &Study, sweep: &Sweep) -> Vec<String> {
    let sentence = |(nth, metric): (usize, &&'static Metric)| {
        let moved = (0..study.axes.len()).filter_map(|axis| Some((axis, span(study, sweep, axis, nth)?)));
        let (axis, [least, most]) = moved.max_by(|a, b| width(&a.1).total_cmp(&width(&b.1)))?;
        let (of, name) = (&study.axes[axis], capital(&words(metric.name)));
        let value = |end: (usize, f64)| format!("{} at {}", told(metric, sweep, end.1), of.values[end.0]);
        if width(&[least, most]) == 0.0 {
            return Some(format!("{name}: nothing moves it."));
        }
        let how = if study.axes.len() > 1 { "moves it most, on average" } else { "moves it" };
        // In the order of the axis, as one thinks of it.
        let [from, to] = if least.0 < most.0 { [least, most] } else { [most, least] };
        // A change whose interval holds nothing may be none.
        let is_sure = |one: &Difference| one.change.half_width.is_none_or(|half| one.change.mean.abs() > half);
        let chance = match values(sweep, nth).any(|(_, one)| is_sure(one)) {
            true => "",
            false => ", which may be chance: the interval of each change holds no change",
        };
        Some(format!("{name}: {} {how} from {} to {}{chance}.", of.label, value(from), value(to)))
    };
    study.metrics.iter().enumerate().filter_map(sentence).collect()
}

/// A number with its unit.
fn told(metric: &Metric, sweep: &Sweep, value: f64) -> String {
    match metric.kind {
        Kind::Money | Kind::Price => format!("{} {}", metric.shown(value), sweep.base.books[0].currency),
        Kind::Count(_) | Kind::Share => metric.shown(value),
    }
}

fn width(ends: &[(usize, f64); 2]) -> f64 {
    ends[1].1 - ends[0].1
}

/// The mean of a metric over the points at which an axis has each of its values.
fn means(study: &Study, sweep: &Sweep, axis: usize, nth: usize) -> Vec<Option<f64>> {
    let at = |value: usize| {
        let here: Vec<f64> = values(sweep, nth)
            .filter(|(outcome, _)| outcome.point[axis] == Some(value))
            .map(|(_, difference)| difference.after.mean)
            .collect();
        (!here.is_empty()).then(|| here.iter().sum::<f64>() / here.len() as f64)
    };
    (0..study.axes[axis].values.len()).map(at).collect()
}

/// The values of an axis with the least and the most of a metric on average, and how much that is.
fn span(study: &Study, sweep: &Sweep, axis: usize, nth: usize) -> Option<[(usize, f64); 2]> {
    let means = means(study, sweep, axis, nth);
    let known = || means.iter().enumerate().filter_map(|(value, mean)| Some((value, (*mean)?)));
    let least = known().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let most = known().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some([least, most])
}

/// How far each number moves.
fn tiles(study: &Study, sweep: &Sweep) -> Vec<Tile> {
    let tile = |(nth, metric): (usize, &&'static Metric)| {
        let [least, most] = ends(sweep, nth)?;
        let own = metric.shown(least.1.before.mean);
        let half = least.1.before.half_width.map(|half| format!(" ± {}", metric.shown(half))).unwrap_or_default();
        Some(Tile {
            name: capital(&words(metric.name)),
            value: format!("{} to {}", metric.shown(least.1.after.mean), told(metric, sweep, most.1.after.mean)),
            interval: Some(format!("in the scenario as it is {own}{half}")),
            sentence: format!(
                "{}. Least at {}; most at {}.",
                capital(metric.doc),
                place(study, least.0),
                place(study, most.0)
            ),
        })
    };
    study.metrics.iter().enumerate().filter_map(tile).collect()
}

/// Where a point is.
pub(super) fn place(study: &Study, outcome: &Outcome) -> String {
    let moved = study.axes.iter().zip(&outcome.point).filter_map(|(axis, value)| Some((axis, (*value)?)));
    moved.map(|(axis, value)| format!("{} {}", axis.label, axis.values[value])).collect::<Vec<_>>().join(", ")
}

/// All points.
pub(super) fn points(study: &Study, sweep: &Sweep) -> Table {
    let best = sweep.best(study).map(|(point, _)| point);
    let judged = sweep.outcomes.iter().any(|outcome| outcome.kept.is_some());
    let row = |outcome: &Outcome| {
        let star = if best == Some(&outcome.point) { " *" } else { "" };
        let value = |(nth, (axis, value)): (usize, (&Axis, &Option<usize>))| match value {
            Some(value) => {
                let star = if nth == 0 { star } else { "" };
                Cell::ranked(format!("{}{star}", axis.values[*value]), *value)
            }
            None => Cell::text("as it is"),
        };
        let mut row: Vec<Cell> = study.axes.iter().zip(&outcome.point).enumerate().map(value).collect();
        if judged {
            row.push(Cell::text(outcome.kept.map_or("", |kept| if kept { "kept" } else { "broken" })));
        }
        for nth in 0..study.metrics.len() {
            let difference = outcome.differences.as_ref().ok().and_then(|all| all.get(nth));
            let of = |value: fn(&Difference) -> Option<f64>, shown: fn(&Metric, f64) -> String| {
                let shown = |value| difference.map(|one| shown(one.metric, value)).unwrap_or_default();
                Cell::number(difference.and_then(value), shown)
            };
            let change = |metric: &Metric, value| metric.shown_change(value, None);
            row.extend([
                of(|one| Some(one.after.mean), Metric::shown),
                of(|one| Some(one.change.mean), change),
                of(|one| one.change.half_width, change),
            ]);
        }
        row
    };
    let as_it_is = Outcome { point: study.as_it_is(), differences: Ok(sweep.as_it_is.clone()), kept: None };
    let axes = study.axes.iter().map(|axis| axis.label.clone());
    let metrics =
        study.metrics.iter().flat_map(|metric| [words(metric.name), "change".to_owned(), "± 95 %".to_owned()]);
    let among = if judged { " of those that keep all constraints" } else { "" };
    let what = sweep.best(study).map(|(_, metric)| format!("; * has the most {}{among}", words(metric.name)));
    Table {
        title: "All points".to_owned(),
        note: format!(
            "Means over the worlds, the change from the scenario as it is, and half the interval of that change between the same \
             customers{}.",
            what.unwrap_or_default()
        ),
        head: axes.chain(judged.then(|| "constraints".to_owned())).chain(metrics).collect(),
        texts: study.axes.len() + usize::from(judged),
        rows: std::iter::once(&as_it_is).chain(&sweep.outcomes).map(row).collect(),
        sum: None,
    }
}

/// What an axis does on average over the others.
fn along(study: &Study, sweep: &Sweep, axis: usize) -> Table {
    let of = &study.axes[axis];
    let columns: Vec<Vec<Option<f64>>> = (0..study.metrics.len()).map(|nth| means(study, sweep, axis, nth)).collect();
    let row = |(nth, value): (usize, &String)| {
        let number = |(metric, column): (&&'static Metric, &Vec<Option<f64>>)| {
            Cell::number(column[nth], |value| metric.shown(value))
        };
        let numbers = study.metrics.iter().zip(&columns).map(number);
        std::iter::once(Cell::ranked(value, nth)).chain(numbers).collect()
    };
    Table {
        title: format!("Along {}", of.label),
        note: match study.axes.len() {
            1 => "Means over the worlds.".to_owned(),
            _ => "Means over all points at which it has this value.".to_owned(),
        },
        head: std::iter::once(of.label.clone()).chain(study.metrics.iter().map(|metric| words(metric.name))).collect(),
        texts: 1,
        rows: of.values.iter().enumerate().map(row).collect(),
        sum: None,
    }
}
