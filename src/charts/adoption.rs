//! The chart of accounts that pay as they go, by what switched it on. Must not know why a customer decides so.

use plotters::style::RGBColor;

use super::daily::{heading, last_of, products, running, source, status_of, whole};
use super::page::{Across, Key, Layer, Measure, Page, Row};
use super::parts::{self, Kind, Part};
use super::style::{BLUE, GREEN, INK, ORANGE, strong};
use crate::book::PayAsYouGo;
use crate::plan::Plan;
use crate::record::{StatusDay, Summary};

/// A cause: its name, its panel's title, its colour, its count.
type Cause = (&'static str, &'static str, RGBColor, fn(&StatusDay) -> u64);

const CAUSES: [Cause; 3] = [
    ("at the opening", "At the opening, by choice", BLUE, |day| day.switched_at_opening),
    ("by hand", "By hand, later", ORANGE, |day| day.switched_by_hand),
    ("by itself", "By itself: allowances ended", GREEN, |day| day.switched_by_itself),
];
/// Height of the plot area of the stack.
const STACK: f64 = 260.0;

/// Draws up the page, if a product has a switch.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let products = products(plan, |book| book.pay_as_you_go == PayAsYouGo::Switch);
    let drawn: Vec<(Vec<Part>, Vec<Row>)> =
        products.iter().map(|product| of_product(plan, summary, *product)).collect();
    let mut legend = parts::keys(&drawn.first()?.0);
    legend.push(Key::line("accounts opened", strong(INK)));
    Some(Page {
        title: "Accounts that switched pay-as-you-go on, by cause".to_owned(),
        subtitle:
            "All that have up to the end of each day: it never goes off again. Below, each cause on a scale of its own"
                .to_owned(),
        legend,
        rows: drawn.into_iter().flat_map(|(_, rows)| rows).collect(),
        source: source(plan),
        across: Across::Days(plan.calendar),
    })
}

fn of_product(plan: &Plan, summary: &Summary, product: usize) -> (Vec<Part>, Vec<Row>) {
    let days = status_of(plan, summary, |of| of == product);
    let opened = running(&days, |day| day.activations);
    let switched = running(&days, |day| CAUSES.iter().map(|(.., count)| count(day)).sum());
    let measure = Measure::Count("accounts, end of day".to_owned());
    let part = |(name, title, color, count): Cause| {
        let values = running(&days, count);
        Part {
            name: name.to_owned(),
            title: title.to_owned(),
            aside: String::new(),
            color,
            values: whole(&values),
            last: format!("last day: {}", last_of(&values)),
        }
    };
    let parts: Vec<Part> = CAUSES.into_iter().map(part).collect();
    let last = format!("last day: {} of {} opened", last_of(&switched), last_of(&opened));
    let mut stack = parts::stack(&heading(plan, product, "All causes"), &measure, &last, &parts, Kind::Stock);
    stack.layers.push(Layer::Line { first: 0, values: whole(&opened), stroke: strong(INK) });
    let mut rows = vec![Row::of(STACK, stack)];
    rows.extend(parts::apart(&measure, &parts, Kind::Stock));
    (parts, rows)
}
