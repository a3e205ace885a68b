//! The chart of units of price by meter, basic meters and add-ons apart. Must not know prices.

use super::daily::{column, counts, last_of, name_among_others, products, source, units};
use super::page::{Across, Measure, Page, Panel, Row};
use super::parts::{self, Kind, MOST, Part};
use super::style::{AXIS, SMOOTHED_FROM, colors, line_keys};
use crate::book::Meter;
use crate::plan::Plan;
use crate::record::Summary;
use crate::units::shown::grouped;

/// Height of the plot areas of the stacks.
const STACK: f64 = 250.0;
/// Add-ons that are drawn; of more, the smallest are drawn as one. The other parts are for basic meters.
const MOST_ADD_ONS: usize = 4;

/// A meter with its units by day.
type Named = (String, Vec<u64>);

/// Draws up the page, if a product has several meters.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let products = products(plan, |book| book.meters.len() > 1);
    let (mut rows, mut legend) = (vec![], vec![]);
    for product in &products {
        let (basic, add_ons) = of_product(plan, summary, *product);
        let basic_units = units(plan.books[*product].meters.iter().filter(|meter| meter.add_on_of.is_none()));
        let add_on_units = units(plan.books[*product].meters.iter().filter(|meter| meter.add_on_of.is_some()));
        rows.extend(rows_of(plan, *product, [(&basic, &basic_units), (&add_ons, &add_on_units)]));
        legend.extend(parts::keys(&[basic, add_ons].concat()));
    }
    legend.extend(line_keys(plan.calendar.days(), AXIS));
    (!products.is_empty()).then(|| Page {
        title: "Use by meter".to_owned(),
        subtitle: "Units of price that were counted on each day, free and covered ones included; each meter below on a scale of its own"
            .to_owned(),
        legend,
        rows,
        source: source(plan),
        across: Across::Days(plan.calendar),
    })
}

/// The stacks side by side, then each meter alone.
fn rows_of(plan: &Plan, product: usize, groups: [(&[Part], &str); 2]) -> Vec<Row> {
    let means = if plan.calendar.days() < SMOOTHED_FROM { "stacked" } else { "7-day means, stacked" };
    let measure = |units: &str| Measure::Count(format!("{units} per day"));
    let names = ["Basic meters", "Add-ons"];
    let drawn = || names.into_iter().zip(groups).filter(|(_, (parts, _))| !parts.is_empty());
    let stack = |(name, (parts, units)): (&str, (&[Part], &str))| -> Panel {
        let stack = parts::stack(name, &measure(units), means, parts, Kind::Flow);
        Panel { aside: name_among_others(plan, product).to_owned(), ..stack }
    };
    let panels: Vec<Panel> = drawn().map(stack).collect();
    let mut rows = vec![Row { height: STACK, columns: panels.len(), same_scale: false, panels }];
    rows.extend(drawn().flat_map(|(_, (parts, units))| parts::apart(&measure(units), parts, Kind::Flow)));
    rows
}

/// Basic meters, and add-ons that were used, of one product.
fn of_product(plan: &Plan, summary: &Summary, product: usize) -> (Vec<Part>, Vec<Part>) {
    let (mut basic, mut add_ons): (Vec<Named>, Vec<Named>) = (vec![], vec![]);
    let meters = &plan.books[product].meters;
    for (meter, of) in meters.iter().enumerate() {
        let named = (of.id.clone(), counted(plan, summary, product, meter));
        match of.add_on_of {
            None => basic.push(named),
            Some(_) if named.1.iter().any(|units| *units > 0) => add_ons.push(named),
            Some(_) => {}
        }
    }
    let add_ons = merged(add_ons, MOST_ADD_ONS);
    let basic = merged(basic, MOST - add_ons.len());
    let mut colors = colors();
    let mut part = |(name, days): Named| {
        let all: i128 = days.iter().map(|units| i128::from(*units)).sum();
        Part {
            title: title(meters, &name),
            name,
            aside: format!("in all {}", grouped(&all.to_string())),
            // There are as many colours as parts.
            color: colors.next().unwrap_or(AXIS),
            last: format!("last day: {}", last_of(&column(&days, |units| i128::from(*units)))),
            values: counts(&days, |units| *units),
        }
    };
    let basic = basic.into_iter().map(&mut part).collect();
    (basic, add_ons.into_iter().map(part).collect())
}

/// A meter's id, with what it adds to.
fn title(meters: &[Meter], id: &str) -> String {
    let base = meters.iter().find(|meter| meter.id == id).and_then(|meter| meter.add_on_of);
    base.map_or_else(|| id.to_owned(), |base| format!("{id}: adds to {}", meters[base].id))
}

/// Units of price by day, over all segments.
fn counted(plan: &Plan, summary: &Summary, product: usize, meter: usize) -> Vec<u64> {
    let mut days = vec![0; plan.calendar.days()];
    let uses = summary.segments.iter().flat_map(|segment| &segment.uses);
    for used in uses.filter(|used| used.product == product) {
        days.iter_mut().zip(&used.meters[meter].usage).for_each(|(sum, day)| *sum += day.counted);
    }
    days
}

/// The smallest of many meters as one.
fn merged(meters: Vec<Named>, most: usize) -> Vec<Named> {
    let sizes: Vec<u128> = meters.iter().map(|(_, days)| days.iter().map(|units| u128::from(*units)).sum()).collect();
    let (order, others) = parts::largest(&sizes, most);
    let mut named: Vec<Named> = order.iter().map(|index| meters[*index].clone()).collect();
    if let Some(first) = others.first() {
        let mut days = meters[*first].1.clone();
        for other in &others[1..] {
            days.iter_mut().zip(&meters[*other].1).for_each(|(sum, units)| *sum += units);
        }
        named.push((format!("{} others", others.len()), days));
    }
    named
}
