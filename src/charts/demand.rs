//! The chart of what became of demand: served, refused, withheld. Must not know prices or states.

use plotters::style::RGBColor;

use super::daily::{FIRST_MEAN, counts, heading, last_of, mean_of_week, products, raw_units, share, source};
use super::page::{Across, Key, Layer, Measure, Page, Row};
use super::parts::{self, Kind, Part};
use super::style::{AXIS, BLUE, FOG, GREEN, GREY, INK, ORANGE, SMOOTHED_FROM, VERMILION, YELLOW, line_keys, strong};
use crate::plan::Plan;
use crate::record::{Summary, UsageDay};
use crate::units::shown::grouped;

/// What becomes of units: its name, its panel's title, its colour, its count. Below zero: attracted by the price.
type Fate = (&'static str, &'static str, RGBColor, fn(&UsageDay) -> i128);

/// From the bottom of the stack.
const FATES: [Fate; 7] = [
    (SERVED, "Served", GREEN, |day| i128::from(day.served)),
    ("refused while suspended", "Refused: suspended", ORANGE, |day| i128::from(day.blocked)),
    ("refused above the rate limit", "Refused: rate limit", YELLOW, |day| {
        i128::from(day.refused) - i128::from(day.blocked)
    }),
    ("withheld: stopped coming while suspended", "Withheld: stopped", VERMILION, |day| i128::from(day.stopped)),
    ("withheld by the price (below zero: attracted)", "Withheld: price", BLUE, |day| {
        i128::from(day.withheld) - i128::from(day.stopped) - i128::from(day.churned)
    }),
    ("withheld: customer has left", "Withheld: churned", GREY, |day| i128::from(day.churned)),
    ("before integration", "Not integrated", FOG, |day| i128::from(day.unintegrated)),
];
/// The part that is always drawn.
const SERVED: &str = "served";
/// Height of the plot area of a stack.
const STACK: f64 = 260.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let (mut rows, mut legend): (Vec<Row>, Vec<Key>) = (vec![], vec![]);
    for product in products(plan, |_| true) {
        let (parts, drawn) = of_product(plan, summary, product);
        rows.extend(drawn);
        for key in parts::keys(&parts) {
            if legend.iter().all(|known| known.label != key.label) {
                legend.push(key);
            }
        }
    }
    legend.push(Key::line("asked for", strong(INK)));
    legend.extend(line_keys(plan.calendar.days(), AXIS));
    Page {
        title: "Demand: served, refused and withheld".to_owned(),
        subtitle: "What users asked for on each day and what became of it; what comes again after a suspension is served on top of it"
            .to_owned(),
        legend,
        rows,
        source: source(plan),
        across: Across::Days(plan.calendar),
    }
}

/// The stack of what occurs, then each of it alone.
fn of_product(plan: &Plan, summary: &Summary, product: usize) -> (Vec<Part>, Vec<Row>) {
    let days = of_days(plan, summary, product);
    let asked: i128 = days.iter().map(|day| i128::from(day.potential)).sum();
    let part = |(name, title, color, count): Fate| {
        let values: Vec<i128> = days.iter().map(count).collect();
        let all: i128 = values.iter().sum();
        Part {
            name: name.to_owned(),
            title: title.to_owned(),
            aside: share(all as f64, asked as f64, "demand"),
            color,
            values: values.iter().map(|value| *value as f64).collect(),
            last: format!("last day: {}", last_of(&values)),
        }
    };
    let mut parts: Vec<Part> = FATES.into_iter().map(part).collect();
    // What never occurs would only make the others smaller.
    parts.retain(|part| part.name == SERVED || part.values.iter().any(|value| *value != 0.0));
    let (units, note) = raw_units(&plan.books[product].meters);
    let measure = Measure::Count(format!("{units} per day"));
    let smooth = days.len() >= SMOOTHED_FROM;
    let title = heading(plan, product, if smooth { "Together, 7-day means stacked" } else { "Together, stacked" });
    let last = days.last().map(|day| i128::from(day.potential));
    let last = format!("last day: {} asked for", last_of(&last.into_iter().collect::<Vec<_>>()));
    // What a low price attracts is served, so it is in the stack already.
    let stacked: Vec<Part> = parts
        .iter()
        .cloned()
        .map(|part| Part { values: part.values.iter().map(|value| value.max(0.0)).collect(), ..part })
        .collect();
    let mut stack =
        parts::stack(&title, &Measure::Count(format!("{units} per day{note}")), &last, &stacked, Kind::Flow);
    stack.aside = format!("in all {} asked for", grouped(&asked.to_string()));
    let potential = counts(&days, |day| day.potential);
    let (first, values) = if smooth { (FIRST_MEAN, mean_of_week(&potential)) } else { (0, potential) };
    stack.layers.push(Layer::Line { first, values, stroke: strong(INK) });
    let mut rows = vec![Row::of(STACK, stack)];
    rows.extend(parts::apart(&measure, &parts, Kind::Flow));
    (parts, rows)
}

/// Units of one product by day, over all segments.
fn of_days(plan: &Plan, summary: &Summary, product: usize) -> Vec<UsageDay> {
    let mut days = vec![UsageDay::default(); plan.calendar.days()];
    let uses = summary.segments.iter().flat_map(|segment| &segment.uses);
    for used in uses.filter(|used| used.product == product) {
        days.iter_mut().enumerate().for_each(|(day, sum)| sum.add(&used.usage(day)));
    }
    days
}
