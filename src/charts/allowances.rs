//! The chart of allowances: what was granted, used, lost, and what is left. Must not know what they cost.

use plotters::style::RGBColor;

use super::daily::{heading, last_of, products, running, share, source, status_of, units, whole};
use super::page::{Across, Key, Layer, Measure, Page, Row};
use super::parts::{self, Kind, Part};
use super::style::{BLUE, INK, MIST, ORANGE, VERMILION, strong};
use crate::plan::Plan;
use crate::record::{StatusDay, Summary};

/// Height of the plot area of the stack.
const STACK: f64 = 260.0;

/// From the start up to each day: what was granted and what became of it, in the order of [`FATES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Granted or paid for.
    pub granted: Vec<i128>,
    /// Used, expired, wiped, left.
    pub fates: [Vec<i128>; 4],
}

/// Name, panel's title and colour; what can only grow is at the bottom.
const FATES: [(&str, &str, RGBColor); 4] = [
    ("used", "Used", BLUE),
    ("expired", "Expired unused", ORANGE),
    ("wiped", "Wiped after a long suspension", VERMILION),
    ("left", "Left: in effect, or paid for", MIST),
];

impl Balance {
    /// Of the services of one product.
    pub fn of(days: &[StatusDay]) -> Balance {
        let granted = running(days, |day| day.allowance_granted);
        let [used, expired, wiped] = [
            running(days, |day| day.allowance_used),
            running(days, |day| day.allowance_expired),
            running(days, |day| day.allowance_wiped),
        ];
        let left = (0..days.len()).map(|day| granted[day] - used[day] - expired[day] - wiped[day]).collect();
        Balance { granted, fates: [used, expired, wiped, left] }
    }
}

/// Draws up the page, if a product has a trial or packages.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let products = products(plan, |book| book.trial.is_some() || book.packages.is_some());
    let drawn: Vec<(Vec<Part>, Vec<Row>)> =
        products.iter().map(|product| of_product(plan, summary, *product)).collect();
    let mut legend = parts::keys(&drawn.first()?.0);
    legend.push(Key::line("granted: trials, and packages that were paid for", strong(INK)));
    Some(Page {
        title: "Trial and package units: granted, used, lost and left".to_owned(),
        subtitle: subtitle(plan, &products),
        legend,
        rows: drawn.into_iter().flat_map(|(_, rows)| rows).collect(),
        source: source(plan),
        across: Across::Days(plan.calendar),
    })
}

fn subtitle(plan: &Plan, products: &[usize]) -> String {
    let mut text = "Up to the end of each day: granted = used + expired + wiped + left".to_owned();
    let mut packages = products.iter().filter_map(|product| plan.books[*product].packages.as_ref());
    if packages.any(|packages| packages.ratio.iter().any(|ratio| *ratio > 1)) {
        text.push_str("; a unit of a dearer meter takes several of a package");
    }
    text
}

fn of_product(plan: &Plan, summary: &Summary, product: usize) -> (Vec<Part>, Vec<Row>) {
    let Balance { granted, fates } = Balance::of(&status_of(plan, summary, |of| of == product));
    let basic = plan.books[product].meters.iter().filter(|meter| meter.add_on_of.is_none());
    let unit = format!("allowance {}", units(basic));
    let measure = Measure::Count(format!("{unit}, end of day"));
    let end = |values: &[i128]| values.last().map_or(0.0, |value| *value as f64);
    let part = |((name, title, color), values): ((&str, &str, _), &Vec<i128>)| Part {
        name: name.to_owned(),
        title: title.to_owned(),
        aside: share(end(values), end(&granted), "granted"),
        color,
        values: whole(values),
        last: format!("last day: {}", last_of(values)),
    };
    let parts: Vec<Part> = FATES.into_iter().zip(&fates).map(part).collect();
    let title = heading(plan, product, "What became of the granted units");
    let mut stack = parts::stack(
        &title,
        &measure,
        &format!("granted up to the last day: {}", last_of(&granted)),
        &parts,
        Kind::Stock,
    );
    stack.layers.push(Layer::Line { first: 0, values: whole(&granted), stroke: strong(INK) });
    let mut rows = vec![Row::of(STACK, stack)];
    rows.extend(parts::apart(&measure, &parts, Kind::Stock));
    (parts, rows)
}
