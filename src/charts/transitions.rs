//! The chart of suspensions and resumptions by day. Must not know why an account pays late.

use super::daily::{counts, noun, source, status};
use super::page::{Across, Key, Layer, Measure, Page, Panel, Row};
use super::style::{AXIS, SKY, VERMILION, day_by_day, line_keys, tint};
use crate::plan::Plan;
use crate::record::{StatusDay, Summary};
use crate::units::shown::grouped;

/// Height of the plot area.
const HEIGHT: f64 = 360.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let days = status(plan, summary);
    let up = counts(&days, |day| day.suspensions);
    let down = counts(&days, |day| day.resumptions).into_iter().map(|count| -count).collect();
    let layers: Vec<Layer> =
        [(up, VERMILION), (down, SKY)].into_iter().flat_map(|(v, color)| day_by_day(v, color)).collect();
    let last = days.last().copied().unwrap_or_default();
    let in_all = |count: fn(&StatusDay) -> u64| days.iter().map(|day| u128::from(count(day))).sum();
    let counted = |count: u128| grouped(&count.to_string());
    let last_day = (u128::from(last.suspensions), u128::from(last.resumptions));
    let totals = (in_all(|day| day.suspensions), in_all(|day| day.resumptions));
    let panel = Panel {
        title: "All segments".to_owned(),
        aside: format!("in all: {} suspended, {} resumed", counted(totals.0), counted(totals.1)),
        swatch: None,
        measure: Measure::Mirrored(format!("{} per day", noun(plan))),
        last: format!("last day: {} suspended, {} resumed", counted(last_day.0), counted(last_day.1)),
        layers,
    };
    let mut legend = vec![
        Key::filled("suspensions, upwards", tint(VERMILION, 0.6)),
        Key::filled("resumptions, downwards", tint(SKY, 0.6)),
    ];
    legend.extend(line_keys(days.len(), AXIS));
    Page {
        title: "Suspensions and resumptions".to_owned(),
        subtitle: "Service stopped for arrears, and started again after payment, on each day".to_owned(),
        legend,
        rows: vec![Row::of(HEIGHT, panel)],
        source: source(plan),
        across: Across::Days(plan.calendar),
    }
}
