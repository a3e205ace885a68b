//! The chart of suspensions and resumptions by day. Must not know why an account pays late.

use super::daily::{counts, grouped, noun, source, status};
use super::page::{Key, Layer, Measure, Page, Panel, Row};
use super::style::{BLUE, VERMILION, day_by_day, line_keys, tint};
use crate::plan::Plan;
use crate::record::Summary;

/// Height of the plot area.
const HEIGHT: f64 = 360.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let days = status(plan, summary);
    let up = counts(&days, |day| day.suspensions);
    let down = counts(&days, |day| day.resumptions).into_iter().map(|count| -count).collect();
    let layers: Vec<Layer> =
        [(up, VERMILION), (down, BLUE)].into_iter().flat_map(|(v, color)| day_by_day(v, color)).collect();
    let last = days.last().copied().unwrap_or_default();
    let totals = days.iter().fold((0, 0), |sum, day| (sum.0 + day.suspensions, sum.1 + day.resumptions));
    let counted = |count: u64| grouped(&count.to_string());
    let panel = Panel {
        title: format!("In all {} suspended, {} resumed", counted(totals.0), counted(totals.1)),
        swatch: None,
        measure: Measure::Mirrored(format!("{} per day", noun(plan))),
        last: format!("last day: {} suspended, {} resumed", counted(last.suspensions), counted(last.resumptions)),
        layers,
    };
    let mut legend = vec![
        Key::filled("suspensions, upwards", tint(VERMILION, 0.6)),
        Key::filled("resumptions, downwards", tint(BLUE, 0.6)),
    ];
    legend.extend(line_keys(days.len(), super::style::INK));
    Page {
        title: "Suspensions and resumptions".to_owned(),
        subtitle: "Service stopped for arrears, and started again after payment, on each day".to_owned(),
        legend,
        rows: vec![Row::of(HEIGHT, panel)],
        source: source(plan),
        calendar: plan.calendar,
    }
}
