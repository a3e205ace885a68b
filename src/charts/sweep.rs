//! Charts of a study: lines over one axis, shaded tables over two, bars where each axis was moved by itself.

use super::daily::currency;
use super::page::{Across, Heat, Key, Layer, Measure, Name, Page, Panel, Row, Span, Stroke};
use super::style::{BLUE, ORANGE, SKY};
use crate::plan::Plan;
use crate::study::{Design, Difference, Kind, Metric, Outcome, Study, Sweep};
use crate::units::shown::grouped;

/// Height of the plot area of a line, and of each row of a figure.
const LINE: f64 = 190.0;
const ROW: f64 = 34.0;

/// The last value over the first from which equal distances of their numbers would crowd the small ones.
const DECADES: f64 = 30.0;

/// The page of a study; `None` for a grid of more than two axes, of which the table tells.
pub fn page(study: &Study, sweep: &Sweep) -> Option<Page> {
    let (rows, legend, across, how) = match (study.design, study.axes.len()) {
        (Design::OneAtATime, _) => one_at_a_time(study, sweep),
        (Design::Grid, 1) => one_axis(study, sweep),
        (Design::Grid, 2) => two_axes(study, sweep),
        _ => return None,
    };
    let base = &sweep.base;
    let (replications, accounts) = (base.replications, grouped(&base.accounts().to_string()));
    Some(Page {
        title: format!("Study {}", study.name),
        subtitle: how.to_owned(),
        legend,
        rows,
        source: format!(
            "Source: billsim, scenario {}, seed {}, {accounts} accounts, {} days, {replications} replication{}",
            base.name,
            base.seed,
            base.calendar.days(),
            if replications == 1 { "" } else { "s" }
        ),
        across,
    })
}

type Parts = (Vec<Row>, Vec<Key>, Across, &'static str);

/// A metric at every point, in the order of the study; nothing where a point failed.
fn values(sweep: &Sweep, metric: usize) -> Vec<Option<&Difference>> {
    sweep.outcomes.iter().map(|outcome| outcome.differences.as_ref().ok().map(|all| &all[metric])).collect()
}

fn measure(metric: &Metric, plan: &Plan) -> Measure {
    match metric.kind {
        Kind::Money => Measure::Amount(currency(plan).to_owned()),
        Kind::Price => Measure::Amount(format!("{} per 1,000", currency(plan))),
        Kind::Count(things) => Measure::Amount(things.to_owned()),
        Kind::Share => Measure::Amount("%".to_owned()),
    }
}

/// A number as charts show it: shares in per cent.
fn shown(metric: &Metric, value: f64) -> f64 {
    if metric.kind == Kind::Share { 100.0 * value } else { value }
}

fn written(metric: &Metric, value: f64) -> String {
    let value = shown(metric, value);
    let decimals = match value.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 10.0 => 1,
        0.0 => 0,
        _ => 3,
    };
    let unit = if metric.kind == Kind::Share { " %" } else { "" };
    format!("{}{unit}", grouped(&format!("{value:.decimals$}")))
}

/// An axis of values by their names.
fn named(what: &str, labels: Vec<String>) -> Across {
    let names = labels.into_iter().map(|label| Name { label, note: None }).collect();
    Across::Names { what: what.to_owned(), names }
}

fn panel(title: String, measure: Measure, last: String, layers: Vec<Layer>) -> Panel {
    Panel { title, aside: String::new(), swatch: None, measure, last, layers }
}

/// Left the metric itself, right its change from the scenario as it is: on a scale of its own, with its interval.
fn one_axis(study: &Study, sweep: &Sweep) -> Parts {
    let axis = &study.axes[0];
    let line = Stroke::plain(BLUE, 2.0);
    let row = |(nth, metric): (usize, &&'static Metric)| {
        let found: Vec<Difference> = values(sweep, nth).into_iter().flatten().cloned().collect();
        let of =
            |value: fn(&Difference) -> f64| -> Vec<f64> { found.iter().map(|one| shown(metric, value(one))).collect() };
        let half = of(|one| one.change.half_width.unwrap_or(0.0));
        let change = of(|one| one.change.mean);
        let edge = |sign: f64| change.iter().zip(&half).map(|(change, half)| change + sign * half).collect();
        let band = Layer::Band { first: 0, lower: edge(-1.0), upper: edge(1.0), color: SKY };
        let values = of(|one| one.after.mean);
        let last = found.last().map(|one| written(metric, one.after.mean)).unwrap_or_default();
        let moved = found.last().map(|one| written(metric, one.change.mean)).unwrap_or_default();
        let (level, difference) = (measure(metric, &sweep.base), measure(metric, &sweep.base));
        Row {
            height: LINE,
            columns: 2,
            same_scale: false,
            panels: vec![
                panel(
                    format!("{}: {}", metric.name, metric.doc),
                    level,
                    format!("last: {last}"),
                    vec![Layer::Line { first: 0, values, stroke: line }],
                ),
                panel(
                    "change from the scenario as it is".to_owned(),
                    difference,
                    format!("last: {moved}"),
                    vec![band, Layer::Line { first: 0, values: change, stroke: line }],
                ),
            ],
        }
    };
    let rows = study.metrics.iter().enumerate().map(row).collect();
    let legend = vec![Key::line("mean of the replications", line), Key::filled("95 % interval, paired", SKY)];
    // Points that failed have no place on the axis: the table tells of them.
    let labels = axis.values.iter().zip(&sweep.outcomes).filter(|(_, outcome)| outcome.differences.is_ok());
    let labels: Vec<String> = labels.map(|(value, _)| value.clone()).collect();
    let across = numbers(&axis.label, &labels).unwrap_or_else(|| named(&axis.label, labels));
    (rows, legend, across, "The same customers at every point")
}

/// An axis on which values have the distances that they have, if they are numbers that rise and do not span decades.
fn numbers(what: &str, labels: &[String]) -> Option<Across> {
    let at: Vec<f64> = labels.iter().map(|label| label.trim_start_matches("* ").parse().ok()).collect::<Option<_>>()?;
    let (first, last) = (*at.first()?, *at.last()?);
    let spans_decades = first > 0.0 && last / first >= DECADES;
    let rises = at.windows(2).all(|pair| pair[0] < pair[1]);
    (rises && at.len() > 2 && !spans_decades).then(|| Across::Numbers { what: what.to_owned(), at })
}

fn two_axes(study: &Study, sweep: &Sweep) -> Parts {
    let (down, across) = (&study.axes[0], &study.axes[1]);
    let row = |(nth, metric): (usize, &&'static Metric)| {
        let found = values(sweep, nth);
        let means = || found.iter().flatten().map(|one| one.after.mean);
        let (low, high) = (means().fold(f64::INFINITY, f64::min), means().fold(f64::NEG_INFINITY, f64::max));
        let shade = |value: f64| if high > low { (value - low) / (high - low) } else { 0.0 };
        let cell = |(one, outcome): (&Option<&Difference>, &Outcome)| {
            let broken = if outcome.kept == Some(false) { " ×" } else { "" };
            one.map(|one| (shade(one.after.mean), format!("{}{broken}", written(metric, one.after.mean))))
        };
        let cells: Vec<_> = found.iter().zip(&sweep.outcomes).map(cell).collect();
        let cells: Vec<Vec<_>> = cells.chunks(across.values.len()).map(<[_]>::to_vec).collect();
        let range = format!("{} (pale) to {} (dark)", written(metric, low), written(metric, high));
        let heat = Heat { rows: down.values.clone(), cells };
        let height = ROW * down.values.len() as f64;
        let mut panel = panel(format!("{}: {}", metric.name, metric.doc), measure(metric, &sweep.base), range, vec![]);
        panel.aside = format!("down: {}", down.label);
        panel.layers.push(Layer::Heat(heat));
        Row::of(height, panel)
    };
    let rows = study.metrics.iter().enumerate().map(row).collect();
    let across = named(&across.label, across.values.clone());
    (rows, vec![], across, "The same customers at every point; the darker, the more")
}

fn one_at_a_time(study: &Study, sweep: &Sweep) -> Parts {
    let row = |(nth, metric): (usize, &&'static Metric)| {
        let mut spans: Vec<Span> =
            (0..study.axes.len()).filter_map(|axis| span(study, sweep, axis, nth, metric)).collect();
        let length = |span: &Span| (span.ends[1].0 - span.ends[0].0).abs();
        spans.sort_by(|a, b| length(b).total_cmp(&length(a)));
        let height = ROW * spans.len().max(1) as f64;
        let title = format!("{}: {}, change from the scenario as it is", metric.name, metric.doc);
        Row::of(height, panel(title, measure(metric, &sweep.base), String::new(), vec![Layer::Spans(spans)]))
    };
    let rows = study.metrics.iter().enumerate().map(row).collect();
    let legend = vec![Key::filled("the least it leads to", BLUE), Key::filled("the most", ORANGE)];
    let across = named("", vec![]);
    (rows, legend, across, "Each key moved by itself; at the ends of a bar the value of the key that leads there")
}

/// The least and the most that an axis moves a metric to, with the values of the axis that do.
fn span(study: &Study, sweep: &Sweep, axis: usize, nth: usize, metric: &Metric) -> Option<Span> {
    let of_axis = sweep.outcomes.iter().filter_map(|outcome| {
        let value = outcome.point[axis]?;
        let change = outcome.differences.as_ref().ok()?[nth].change.mean;
        Some((shown(metric, change), study.axes[axis].values[value].clone()))
    });
    let mut ends: Vec<(f64, String)> = of_axis.collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (least, most) = (ends.first()?.clone(), ends.last()?.clone());
    Some(Span { label: study.axes[axis].label.clone(), ends: [least, most] })
}
