//! The charts of recognised revenue over time under several plans, and of the difference between them. Must not know prices.

use super::bars::{heading, signed, source};
use super::daily::{FIRST_MEAN, MEAN_IN_WORDS, currency, mean_of_week};
use super::page::{Across, Key, Layer, Measure, Page, Panel, Row, Stroke};
use super::style::{BLUE, INK, SMOOTHED_FROM, crossing, strong, tint};
use crate::stats::Estimate;
use crate::study::Comparison;
use crate::units::Day;
use crate::units::shown::grouped;

/// Height of the plot area of all plans together.
const TOGETHER: f64 = 340.0;
/// Height of the plot area of a difference.
const APART: f64 = 220.0;

/// Recognised revenue by day, or the 7-day means of many days; all plans over each other.
pub fn revenue(comparison: &Comparison<'_>) -> Page {
    let first = &comparison.plans[0];
    let series: Vec<Vec<f64>> = (0..comparison.plans.len())
        .map(|plan| estimates(&smoothed(comparison.recognised_by_day(plan))).iter().map(|day| day.mean).collect())
        .collect();
    // The first plan is drawn last and thinnest, so that none covers another.
    let stroke = |plan: usize| match plan {
        0 => Stroke::plain(INK, 1.25),
        _ => Stroke { width: 2.5 + 1.5 * (series.len() - 1 - plan) as f64, ..crossing(plan - 1) },
    };
    let line = |plan: usize| Layer::Line {
        first: first_day(first.calendar.days()),
        values: series[plan].clone(),
        stroke: stroke(plan),
    };
    let layers = (1..series.len()).chain([0]).map(line).collect();
    let last: Vec<String> =
        series.iter().map(|days| days.last().map_or_else(String::new, |last| grouped(&format!("{last:.2}")))).collect();
    let panel = Panel {
        title: "All segments".to_owned(),
        aside: String::new(),
        swatch: None,
        measure: Measure::Amount(format!("{} per day", currency(first))),
        last: format!("{}, in the order above: {}", last_name(first.calendar.days()), last.join(", ")),
        layers,
    };
    let key = |plan: usize| Key::line(&comparison.plans[plan].name, stroke(plan));
    Page {
        title: "Recognised revenue over time, before and after".to_owned(),
        subtitle: subtitle("Means of the replications", first.calendar.days()),
        legend: (0..series.len()).map(key).collect(),
        rows: vec![Row::of(TOGETHER, panel)],
        source: source(comparison),
        across: Across::Days(first.calendar),
    }
}

/// How much more is recognised each day, with the interval over paired replications.
pub fn difference(comparison: &Comparison<'_>) -> Page {
    let first = &comparison.plans[0];
    let days = first.calendar.days();
    let row = |variant: usize| {
        let changes = estimates(&smoothed(changes(comparison, variant)));
        let half = |day: &Estimate| day.half_width.unwrap_or(0.0);
        let of =
            |value: fn(&Estimate, f64) -> f64| changes.iter().map(|day| value(day, half(day))).collect::<Vec<f64>>();
        let mut layers = vec![];
        if comparison.replications.len() > 1 {
            let (lower, upper) = (of(|day, half| day.mean - half), of(|day, half| day.mean + half));
            layers.push(Layer::Band { first: first_day(days), lower, upper, color: tint(BLUE, 0.35) });
        }
        layers.push(Layer::Line { first: first_day(days), values: of(|day, _| day.mean), stroke: strong(BLUE) });
        let last = changes.last().map_or_else(String::new, |day| match day.half_width {
            Some(half) => {
                format!("{}: {} ± {}", last_name(days), signed(day.mean), signed(half).trim_start_matches('+'))
            }
            None => format!("{}: {}", last_name(days), signed(day.mean)),
        });
        let panel = Panel {
            title: heading(comparison, variant),
            aside: format!(
                "in all {}",
                signed(
                    self::changes(comparison, variant).iter().flatten().sum::<f64>()
                        / comparison.replications.len() as f64
                )
            ),
            swatch: None,
            measure: Measure::Amount(format!("{} per day", currency(first))),
            last,
            layers,
        };
        Row::of(APART, panel)
    };
    let mut legend = vec![Key::line("mean of the replications", strong(BLUE))];
    if comparison.replications.len() > 1 {
        legend.push(Key::filled("95 % interval of the mean: replications are paired", tint(BLUE, 0.35)));
    }
    Page {
        title: "Difference of recognised revenue over time".to_owned(),
        subtitle: subtitle("After less before", days),
        legend,
        rows: (1..comparison.plans.len()).map(row).collect(),
        source: source(comparison),
        across: Across::Days(first.calendar),
    }
}

/// After less before, by replication and day.
fn changes(comparison: &Comparison<'_>, variant: usize) -> Vec<Vec<f64>> {
    let (before, after) = (comparison.recognised_by_day(0), comparison.recognised_by_day(variant));
    let one = |(before, after): (&Vec<f64>, &Vec<f64>)| {
        before.iter().zip(after).map(|(before, after)| after - before).collect()
    };
    before.iter().zip(&after).map(one).collect()
}

/// 7-day means of many days, replication by replication: the interval is then that of the means.
fn smoothed(replications: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mean = |days: Vec<f64>| if days.len() < SMOOTHED_FROM { days } else { mean_of_week(&days) };
    replications.into_iter().map(mean).collect()
}

fn first_day(days: Day) -> Day {
    if days < SMOOTHED_FROM { 0 } else { FIRST_MEAN }
}

fn last_name(days: Day) -> &'static str {
    if days < SMOOTHED_FROM { "last day" } else { "mean of the last 7 days" }
}

fn subtitle(what: &str, days: Day) -> String {
    if days < SMOOTHED_FROM { what.to_owned() } else { format!("{what}; each day is drawn as the {MEAN_IN_WORDS}") }
}

/// Over the replications, day by day.
fn estimates(replications: &[Vec<f64>]) -> Vec<Estimate> {
    let days = replications.first().map_or(0, Vec::len);
    let on = |day: usize| -> Vec<f64> { replications.iter().map(|days| days[day]).collect() };
    (0..days).map(|day| Estimate::of(&on(day))).collect()
}
