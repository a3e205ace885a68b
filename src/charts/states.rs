//! The chart of accounts by state at the end of each day. Must not know how states come about.

use plotters::style::RGBColor;

use super::daily::{counts, noun, short_noun, source, status};
use super::page::{Across, Measure, Page, Row};
use super::parts::{self, Kind, Part};
use super::style::{BLUE, GREEN, GREY, SKY, VERMILION, YELLOW};
use crate::plan::Plan;
use crate::record::{StatusDay, Summary};
use crate::units::shown::grouped;

/// A state: its name, its panel's title, its colour, its count.
type State = (&'static str, &'static str, RGBColor, fn(&StatusDay) -> u64);

/// From the bottom of the stack: trouble first, since only what stands on the axis can be compared over time.
const STATES: [State; 6] = [
    ("suspended", "Suspended", VERMILION, |day| day.suspended),
    ("in grace", "In grace: running although in arrears", YELLOW, |day| day.in_grace),
    (RUNNING, "Running", SKY, |day| day.running),
    ("integrating", "Integrating: activated, not yet in use", BLUE, |day| day.integrating),
    ("not activated", "Not activated", GREY, |day| day.inactive),
    ("churned", "Churned: left for good", GREEN, |day| day.churned),
];
/// Height of the plot area of the stack.
const STACK: f64 = 260.0;
/// The state that is most often large enough to be read in the stack.
const RUNNING: &str = "running";

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let days = status(plan, summary);
    let mut parts: Vec<Part> = STATES.into_iter().map(|state| part(&days, state)).collect();
    // A state that never occurs would only make the others smaller.
    parts.retain(|part| part.name == RUNNING || part.values.iter().any(|value| *value > 0.0));
    let measure = Measure::Count(format!("{}, end of day", noun(plan)));
    let all = days.last().map(|day| STATES.iter().map(|(.., count)| count(day)).sum::<u64>());
    let last = all.map_or_else(String::new, |all| format!("last day: {}", grouped(&all.to_string())));
    let mut rows = vec![Row::of(STACK, parts::stack("All states", &measure, &last, &parts, Kind::Stock))];
    let legend = parts::keys(&parts);
    parts.retain(|part| part.name != RUNNING);
    let measure = Measure::Count(format!("{}, end of day", short_noun(plan)));
    rows.extend(parts::apart(&measure, &parts, Kind::Stock));
    Page {
        title: if plan.books.len() > 1 { "Services by state" } else { "Accounts by state" }.to_owned(),
        subtitle: "At the end of each day; below the stack, each state but running on a scale of its own".to_owned(),
        legend,
        rows,
        source: source(plan),
        across: Across::Days(plan.calendar),
    }
}

fn part(days: &[StatusDay], (name, title, color, count): State) -> Part {
    let last = days.last().map(count).unwrap_or_default();
    Part {
        name: name.to_owned(),
        title: title.to_owned(),
        aside: String::new(),
        color,
        values: counts(days, count),
        last: format!("last day: {}", grouped(&last.to_string())),
    }
}
