//! The chart of how long services stay suspended. Must not know why they were, or who pays late.

use super::daily::{plural, share, source};
use super::page::{Key, Layer, Measure, Page, Panel, Row};
use super::parts::Kind;
use super::scale::Log;
use super::style::{BLUE, INK, VERMILION, strong, tint};
use crate::plan::Plan;
use crate::record::{Distribution, Summary};
use crate::stats::Histogram;
use crate::units::DAY;
use crate::units::shown::grouped;

/// Height of the plot area of numbers.
const COUNTS: f64 = 240.0;
/// Height of the plot area of shares.
const SHARES: f64 = 240.0;
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let times = Histogram::together(summary.segments.iter().map(|segment| &segment.recoveries));
    let status = summary.segments.iter().flat_map(|segment| &segment.uses).flat_map(|used| &used.status);
    let suspensions: u128 = status.map(|day| u128::from(day.suspensions)).sum();
    let never = suspensions.saturating_sub(u128::from(times.count()));
    let log = Log::over(&times, 1.0, DAY.unsigned_abs());
    Page {
        title: "Days to recovery after a suspension".to_owned(),
        subtitle: "From the suspension to the resumption, on a logarithmic axis; never: it lasted up to the end, or the customer left"
            .to_owned(),
        legend: vec![
            Key::line("resumptions after a time", strong(BLUE)),
            Key::filled("never within the run", tint(VERMILION, 0.6)),
            Key::pin("p50: half of the resumptions came by then; p90 alike", INK),
        ],
        rows: vec![Row::of(COUNTS, counted(&times, &log)), Row::of(SHARES, shares(&times, &log, suspensions, never))],
        source: source(plan),
        across: log.named("time from the suspension to the resumption, logarithmic".to_owned(), named()),
    }
}

/// Resumptions by their time.
fn counted(times: &Histogram, log: &Log) -> Panel {
    let counts = log.counts(times);
    let peak = counts.iter().copied().fold(0.0, f64::max);
    let edges = log.edges();
    let mut layers = Kind::Mean(&edges).alone(counts, BLUE);
    let of = Distribution::of(times);
    if of.count > 0 {
        let marked = [("p50", of.p50), ("p90", of.p90), ("longest", of.max)];
        layers.extend(log.pins(peak, marked.map(|(name, time)| (time, format!("{name}: {}", in_words(time))))));
    }
    Panel {
        title: "Resumptions by the time since the suspension".to_owned(),
        aside: plural(of.count, "resumption"),
        swatch: None,
        measure: Measure::Count("resumptions in each bar".to_owned()),
        last: String::new(),
        layers,
    }
}

/// What share of all suspensions has ended by a time.
fn shares(times: &Histogram, log: &Log, suspensions: u128, never: u128) -> Panel {
    let all = suspensions.max(1) as f64;
    let mut reached = 0.0;
    let ends = log.counts(times).into_iter().map(|count| {
        reached += count;
        100.0 * reached / all
    });
    let values: Vec<f64> = std::iter::once(0.0).chain(ends).collect();
    let edges = log.edges();
    let last = values.last().copied().unwrap_or_default();
    let mut layers = vec![];
    if suspensions > 0 {
        let gap = edges.windows(2).map(|_| last).collect::<Vec<_>>();
        let upper = vec![100.0; gap.len()];
        layers.push(Layer::Blocks { edges: edges.clone(), lower: gap, upper, color: tint(VERMILION, 0.6) });
        layers.push(Layer::Path { at: edges, values, stroke: strong(BLUE) });
    }
    let part = share(never as f64, all, "them");
    let part = if part.is_empty() { String::new() } else { format!(", {part}") };
    Panel {
        title: "Share of all suspensions that had ended".to_owned(),
        aside: format!(
            "{} suspension{}, {} never ended{part}",
            grouped(&suspensions.to_string()),
            if suspensions == 1 { "" } else { "s" },
            grouped(&never.to_string())
        ),
        swatch: None,
        measure: Measure::Amount("% of suspensions".to_owned()),
        last: if suspensions > 0 { format!("ended within the run: {last:.1} %") } else { String::new() },
        layers,
    }
}

/// Times that an axis names.
fn named() -> Vec<(f64, String)> {
    let day = DAY as f64;
    let named = [(1.0, "1 s"), (MINUTE, "1 min"), (10.0 * MINUTE, "10 min"), (HOUR, "1 h"), (4.0 * HOUR, "4 h")];
    let days = [
        (1.0, "1 day"),
        (2.0, "2 days"),
        (4.0, "4 days"),
        (10.0, "10 days"),
        (20.0, "20 days"),
        (40.0, "40 days"),
        (100.0, "100 days"),
    ];
    let longer = [(365.0, "1 year"), (1_095.0, "3 years"), (3_652.0, "10 years")];
    let all = days.into_iter().chain(longer).map(|(days, name)| (days * day, name));
    named.into_iter().chain(all).map(|(time, name)| (time, name.to_owned())).collect()
}

/// In the largest unit of which it is at least one.
fn in_words(seconds: u64) -> String {
    let seconds = seconds as f64;
    match seconds {
        _ if seconds >= DAY as f64 => format!("{:.1} days", seconds / DAY as f64),
        _ if seconds >= HOUR => format!("{:.1} hours", seconds / HOUR),
        _ if seconds >= MINUTE => format!("{:.1} minutes", seconds / MINUTE),
        _ => format!("{seconds} seconds"),
    }
}
