//! The chart of how far replications differ: bands by day. Must not know what is drawn anew in a replication.

use super::daily::{amount, currency, raw_units, short_noun, source};
use super::page::{Across, Key, Layer, Measure, Page, Panel, Row};
use super::style::{BLUE, strong, tint};
use crate::plan::Plan;
use crate::record::{BandDay, Summary};
use crate::units::Total;
use crate::units::money::ONE;
use crate::units::shown::grouped;

/// Height of the plot area of revenue.
const FIRST: f64 = 250.0;
/// Height of the plot areas of the others.
const OTHERS: f64 = 150.0;
/// Replications from which on the lowest and the highest are outside the band.
const OUTSIDE_FROM: usize = 10;

/// A number: its title, its lines.
type Number = (&'static str, fn(&BandDay) -> [i128; 3]);

const MONEY: [Number; 3] =
    [("Recognised revenue", |day| day.recognised), ("Collected", |day| day.collected), ("Debt", |day| day.debt)];

/// Draws up the page, if there are several replications: of what the table of bands tells.
pub fn page(plan: &Plan, replications: &[Summary]) -> Option<Page> {
    if replications.len() < 2 {
        return None;
    }
    let days = BandDay::all(plan, replications);
    let money = Measure::Amount(format!("{} per day", currency(plan)));
    let stock = Measure::Amount(format!("{}, end of day", currency(plan)));
    let [revenue, collected, debt] = MONEY.map(|number| {
        let measure = if number.0 == MONEY[2].0 { &stock } else { &money };
        panel(&days, number, measure, true)
    });
    let services = Measure::Count(format!("{}, end of day", short_noun(plan)));
    let suspended = panel(&days, ("Suspended", |day| day.suspended), &services, false);
    let units = Measure::Count(format!("{} per day", served_units(plan)));
    let served = panel(&days, ("Served", |day| day.served), &units, false);
    let two = |panels: Vec<Panel>| Row { height: OTHERS, columns: 2, same_scale: false, panels };
    let count = replications.len();
    let band = if count < OUTSIDE_FROM {
        format!("from the lowest to the highest of {count} replications")
    } else {
        format!("from p10 to p90 of {count} replications: eight in ten are inside")
    };
    Some(Page {
        title: "Bands over replications".to_owned(),
        subtitle: "The same scenario with chance drawn anew; each day by itself, so no line is one replication"
            .to_owned(),
        legend: vec![Key::filled(band, tint(BLUE, 0.4)), Key::line("median replication of each day", strong(BLUE))],
        rows: vec![Row::of(FIRST, revenue), two(vec![collected, debt]), two(vec![suspended, served])],
        source: source(plan),
        across: Across::Days(plan.calendar),
    })
}

/// What is served, where all products have the same units.
fn served_units(plan: &Plan) -> String {
    match plan.books.as_slice() {
        [one] => raw_units(&one.meters).0,
        _ => "raw units".to_owned(),
    }
}

fn panel(days: &[BandDay], (title, lines): Number, measure: &Measure, is_money: bool) -> Panel {
    let scale = if is_money { ONE as f64 } else { 1.0 };
    let line = |nth: usize| days.iter().map(|day| lines(day)[nth] as f64 / scale).collect::<Vec<f64>>();
    let words = |value: i128| if is_money { amount(Total::from_units(value)) } else { grouped(&value.to_string()) };
    let [low, middle, high] = days.last().map(lines).unwrap_or_default().map(words);
    Panel {
        title: title.to_owned(),
        aside: format!("band of the last day: {low} to {high}"),
        swatch: None,
        measure: measure.clone(),
        last: format!("last day: {middle}"),
        layers: vec![
            Layer::Band { first: 0, lower: line(0), upper: line(2), color: tint(BLUE, 0.4) },
            Layer::Line { first: 0, values: line(1), stroke: strong(BLUE) },
        ],
    }
}
