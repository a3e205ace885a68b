//! Charts of a fitted segment: data, a fitted world and a default one over each other. Must not know how it was fitted.

use super::Figure;
use super::dates::Tick;
use super::page::{Across, FINE, Key, Layer, Marker, Measure, Name, Page, Panel, Row, SLOT, Stroke};
use super::style::{GREY, INK, ORANGE};
use crate::calibrate::{Calibration, Daily, Seen, memory};
use crate::units::shown::grouped;

/// Heights of plot areas.
const HIGH: f64 = 340.0;
const LOW: f64 = 220.0;

/// Part of a decade beyond the last, so that its label has room.
const BEYOND: f64 = 0.2;

/// What is drawn: its name, its colour, its marker.
type Drawn<'a> = (&'static str, &'a Daily, Stroke);

fn drawn(found: &Calibration) -> [Drawn<'_>; 3] {
    let stroke = |color, width, marker| Stroke { color, width, marker };
    [
        ("a default world", &found.worlds.1, stroke(GREY, 1.6, Some(Marker::Square))),
        // The wider one is behind: where both are the same, both are seen.
        ("the data", &found.held, stroke(INK, 3.4, Some(Marker::Disc))),
        ("a fitted world", &found.worlds.0, stroke(ORANGE, 1.8, Some(Marker::Triangle))),
    ]
}

fn keys(found: &Calibration) -> Vec<Key> {
    drawn(found).into_iter().rev().map(|(name, _, stroke)| Key::line(name, stroke)).collect()
}

/// The same of lines without markers.
fn plain_keys(found: &Calibration) -> Vec<Key> {
    let plain = |(name, _, stroke): Drawn<'_>| Key::line(name, Stroke { marker: None, ..stroke });
    drawn(found).into_iter().rev().map(plain).collect()
}

fn source(found: &Calibration) -> String {
    let held = &found.held;
    format!(
        "{}: {} accounts, {} days from {}; worlds of segment.toml and of a segment with the same mean and defaults",
        found.chosen.product,
        grouped(&found.chosen.accounts.to_string()),
        held.days(),
        held.calendar.start()
    )
}

fn panel(title: &str, measure: Measure, layers: Vec<Layer>) -> Panel {
    Panel { title: title.to_owned(), aside: String::new(), swatch: None, measure, last: String::new(), layers }
}

/// All of them.
pub(super) fn figures(found: &Calibration) -> Vec<Figure> {
    let pages = [("sizes", sizes(found)), ("weekdays", weekdays(found)), ("daily", daily(found))];
    let mut figures: Vec<Figure> =
        pages.into_iter().filter_map(|(name, page)| page.map(|page| Figure { name, page })).collect();
    figures.extend(autocorrelation(found).map(|page| Figure { name: "autocorrelation", page }));
    figures
}

/// Share of accounts whose mean day is at most so large, on a logarithmic scale.
fn sizes(found: &Calibration) -> Option<Page> {
    let all = drawn(found).map(|(_, daily, stroke)| (Seen::of(daily).sizes, stroke));
    let positive = || all.iter().flat_map(|(sizes, _)| sizes).copied().filter(|size| *size > 0.0);
    let (low, high) = (positive().fold(f64::INFINITY, f64::min), positive().fold(0.0, f64::max));
    if high <= 0.0 || found.held.accounts.len() < 2 {
        return None;
    }
    let (first, last) =
        (libm::floor(libm::log10(low)), libm::ceil(libm::log10(high)).max(libm::floor(libm::log10(low)) + 1.0));
    let place = |size: f64| {
        let log = if size > 0.0 { libm::log10(size) } else { first };
        // In range: a place of the axis.
        (((log - first) / (last - first + BEYOND)).clamp(0.0, 1.0) * FINE as f64) as usize
    };
    let layers = all.iter().map(|(sizes, stroke)| {
        let step = sizes.len().div_ceil(400);
        let mut edges = vec![0];
        let mut values = vec![0.0];
        for (rank, size) in
            sizes.iter().enumerate().filter(|(rank, _)| (rank + 1) % step == 0 || rank + 1 == sizes.len())
        {
            edges.push(place(*size));
            values.push(100.0 * (rank + 1) as f64 / sizes.len() as f64);
        }
        edges.push(FINE);
        Layer::Steps { edges, values, stroke: Stroke { marker: None, ..*stroke } }
    });
    // In range: decades of an axis.
    let ticks = (first as i32..=last as i32).map(|exponent| {
        let decimals = usize::try_from(-exponent).unwrap_or(0);
        let label = grouped(&format!("{:.decimals$}", libm::pow(10.0, f64::from(exponent))));
        Tick { day: place(libm::pow(10.0, f64::from(exponent))), label, year: None }
    });
    Some(Page {
        title: "Sizes of accounts: data and drawn worlds".to_owned(),
        subtitle: "Share of accounts with at most so many units on a mean day, bursts included".to_owned(),
        legend: plain_keys(found),
        rows: vec![Row::of(HIGH, panel("Accounts", Measure::Amount("% of accounts".to_owned()), layers.collect()))],
        source: source(found),
        across: Across::Scale { what: "units a day, mean of an account".to_owned(), ticks: ticks.collect() },
    })
}

/// Mean of each weekday over the mean of the week.
fn weekdays(found: &Calibration) -> Option<Page> {
    let mut layers = vec![];
    for (_, daily, stroke) in drawn(found) {
        let weekday = Seen::of(daily).weekday?;
        let edges = (0..=7).map(|weekday| weekday * SLOT).collect();
        layers.push(Layer::Steps { edges, values: weekday.to_vec(), stroke });
    }
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let names = names.map(|name| Name { label: name.to_owned(), note: None });
    Some(Page {
        title: "Weekdays: data and drawn worlds".to_owned(),
        subtitle:
            "Demand of a weekday over the mean of the week; the mean over accounts, each relative to its own size"
                .to_owned(),
        legend: keys(found),
        rows: vec![Row::of(LOW, panel("Index", Measure::Amount("index".to_owned()), layers))],
        source: source(found),
        across: Across::Names { what: "weekday".to_owned(), names: names.to_vec() },
    })
}

/// Units of all accounts, a panel each, on one scale.
fn daily(found: &Calibration) -> Option<Page> {
    if found.held.days() < 2 {
        return None;
    }
    let line = |(_, daily, stroke): Drawn<'_>| Layer::Line {
        first: 0,
        values: daily.totals(),
        stroke: Stroke { marker: None, ..stroke },
    };
    let layers = drawn(found).into_iter().map(line).collect();
    Some(Page {
        title: "Units by day: data and drawn worlds".to_owned(),
        subtitle: "All accounts together; a world is not meant to have the days of the data, but to move as they do"
            .to_owned(),
        legend: plain_keys(found),
        rows: vec![Row::of(HIGH, panel("Units", Measure::Count("units per day".to_owned()), layers))],
        source: source(found),
        across: Across::Days(found.held.calendar),
    })
}

/// How an account's days remember earlier ones.
fn autocorrelation(found: &Calibration) -> Option<Page> {
    let lags = 28.min(found.held.days() / 3);
    if lags < 7 {
        return None;
    }
    let mut layers = vec![];
    for (_, daily, stroke) in drawn(found) {
        let values = memory(daily, lags)?;
        layers.push(Layer::Line { first: 0, values, stroke });
    }
    Some(Page {
        title: "Memory of accounts: data and drawn worlds".to_owned(),
        subtitle: "Correlation of an account's log volume with that of so many days before, weekdays taken out, mean over accounts"
            .to_owned(),
        legend: keys(found),
        rows: vec![Row::of(LOW, panel("Autocorrelation", Measure::Amount("correlation".to_owned()), layers))],
        source: source(found),
        across: Across::Numbers { what: "days before".to_owned(), at: (1..=lags).map(|lag| lag as f64).collect() },
    })
}
