//! The chart of accrued revenue, by segment. Must not know bills: it is what usage is worth on the day of the usage.

use super::daily::{accrued, amount, amounts, currency, share_or_amount, source};
use super::page::{Across, Measure, Page, Panel, Row};
use super::parts::{self, Kind, Part};
use super::style::{AXIS, BLUE, SMOOTHED_FROM, colors, day_by_day, line_keys};
use crate::plan::Plan;
use crate::record::Summary;
use crate::units::Total;

/// Height of the plot area if there is but one segment.
const ALONE: f64 = 330.0;
/// Height of the plot areas of all segments together.
const WHOLE: f64 = 230.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let segments: Vec<_> = (0..plan.segments.len()).map(|index| accrued(plan, summary, index)).collect();
    let whole = added(&segments);
    let days = plan.calendar.days();
    let measure = Measure::Amount(format!("{} per day", currency(plan)));
    let mut subtitle = "What the usage of each day costs by the price books".to_owned();
    let alone = plan.segments.len() == 1;
    let day_by_day = Panel {
        title: if alone { plan.segments[0].id.clone() } else { "All segments, day by day".to_owned() },
        aside: format!("in all {}", amount(whole.iter().copied().sum())),
        swatch: None,
        measure: measure.clone(),
        last: last(&whole),
        layers: day_by_day(amounts(&whole), if alone { BLUE } else { AXIS }),
    };
    let (mut rows, mut legend) = (vec![], vec![]);
    if alone {
        rows.push(Row::of(ALONE, day_by_day));
        legend.extend(line_keys(days, BLUE));
    } else {
        let parts = by_segment(plan, segments);
        let title = if days < SMOOTHED_FROM { "All segments, stacked" } else { "All segments, 7-day means stacked" };
        let stack = parts::stack(title, &measure, "", &parts, Kind::Flow);
        rows.push(Row { height: WHOLE, columns: 2, same_scale: true, panels: vec![day_by_day, stack] });
        rows.extend(parts::apart(&measure, &parts, Kind::Flow));
        legend.extend(parts::keys(&parts));
        legend.extend(line_keys(days, AXIS));
        subtitle.push_str("; in the lower rows each segment has a scale of its own");
    }
    let title = if alone { "Accrued revenue" } else { "Accrued revenue by segment" }.to_owned();
    Page { title, subtitle, legend, rows, source: source(plan), across: Across::Days(plan.calendar) }
}

/// Segments in the order of the plan; the smallest of many are put together at the end.
fn by_segment(plan: &Plan, segments: Vec<Vec<Total>>) -> Vec<Part> {
    let totals: Vec<Total> = segments.iter().map(|days| days.iter().copied().sum()).collect();
    let all: Total = totals.iter().copied().sum();
    let (order, smallest) = parts::largest(&totals, parts::MOST);
    let mut named: Vec<(String, Vec<Total>)> =
        order.iter().map(|index| (plan.segments[*index].id.clone(), segments[*index].clone())).collect();
    if !smallest.is_empty() {
        let rest: Vec<_> = smallest.iter().map(|index| segments[*index].clone()).collect();
        named.push((format!("{} others", smallest.len()), added(&rest)));
    }
    let part = |((name, days), color): ((String, Vec<Total>), _)| Part {
        title: name.clone(),
        aside: share_or_amount(days.iter().copied().sum(), all, "revenue"),
        name,
        color,
        values: amounts(&days),
        last: last(&days),
    };
    named.into_iter().zip(colors()).map(part).collect()
}

/// The sum of series, day by day.
fn added(series: &[Vec<Total>]) -> Vec<Total> {
    let days = series.first().map_or(0, Vec::len);
    (0..days).map(|day| series.iter().map(|days| days[day]).sum()).collect()
}

fn last(days: &[Total]) -> String {
    days.last().map_or_else(String::new, |total| format!("last day: {}", amount(*total)))
}
