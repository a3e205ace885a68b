//! A whole and its parts: a stack, and below it each part on an axis of its own, so that a part of a thousandth can be
//! read too. Must not know what the parts are.

use plotters::style::RGBColor;

use super::daily::{FIRST_MEAN, mean_of_week};
use super::page::{Key, Layer, Measure, Panel, Row};
use super::style::{INK, SMOOTHED_FROM, day_by_day, stock, strong, tint};
use crate::units::Day;

/// Height of a part's plot area.
const PART: f64 = 110.0;

/// Parts that one can tell apart.
pub const MOST: usize = 8;

/// What values are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Of a day: weekdays differ.
    Flow,
    /// Of the end of a day.
    Stock,
    /// Of a period, or a bar, from one of these days or places to the next.
    Mean(&'a [Day]),
}

impl Kind<'_> {
    /// Layers of one series.
    pub fn alone(self, values: Vec<f64>, color: RGBColor) -> Vec<Layer> {
        match self {
            Kind::Flow => day_by_day(values, color),
            Kind::Stock => stock(values, color, tint(color, 0.3)),
            Kind::Mean(edges) => {
                let (edges, lower) = (edges.to_vec(), vec![0.0; values.len()]);
                let (area, upper) = (tint(color, 0.3), values.clone());
                let line = Layer::Steps { edges: edges.clone(), values, stroke: strong(color) };
                vec![Layer::Blocks { edges, lower, upper, color: area }, line]
            }
        }
    }

    /// A layer of a stack.
    fn stacked(self, first: Day, lower: Vec<f64>, upper: Vec<f64>, color: RGBColor) -> Layer {
        match self {
            Kind::Flow | Kind::Stock => Layer::Band { first, lower, upper, color },
            Kind::Mean(edges) => Layer::Blocks { edges: edges.to_vec(), lower, upper, color },
        }
    }
}

/// A part of a whole.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in the legend.
    pub name: String,
    /// The title of its panel.
    pub title: String,
    /// What is to be said about it, in few words.
    pub aside: String,
    /// Its colour.
    pub color: RGBColor,
    /// One value a day or period.
    pub values: Vec<f64>,
    /// Its last value, in words.
    pub last: String,
}

/// The stack of parts, from the bottom up. Flows over many days are stacked as 7-day means. Values below zero cannot be
/// stacked: then only the whole is drawn.
pub fn stack(title: &str, measure: &Measure, last: &str, parts: &[Part], kind: Kind<'_>) -> Panel {
    let days = parts.first().map_or(0, |part| part.values.len());
    let mut layers = vec![];
    if parts.iter().flat_map(|part| &part.values).any(|value| *value < 0.0) {
        let whole = (0..days).map(|day| parts.iter().map(|part| part.values[day]).sum());
        layers.extend(kind.alone(whole.collect(), INK));
    } else {
        let smooth = kind == Kind::Flow && days >= SMOOTHED_FROM;
        let first = if smooth { FIRST_MEAN } else { 0 };
        let mut lower = vec![0.0; days - first];
        for part in parts {
            let values = if smooth { mean_of_week(&part.values) } else { part.values.clone() };
            let upper: Vec<f64> = lower.iter().zip(values).map(|(lower, value)| lower + value).collect();
            layers.push(kind.stacked(first, lower, upper.clone(), part.color));
            lower = upper;
        }
    }
    Panel {
        title: title.to_owned(),
        aside: String::new(),
        swatch: None,
        measure: measure.clone(),
        last: last.to_owned(),
        layers,
    }
}

/// A panel for each part, each with its own scale.
pub fn apart(measure: &Measure, parts: &[Part], kind: Kind<'_>) -> Vec<Row> {
    let columns = match parts.len() {
        0 | 1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    let panel = |part: &Part| Panel {
        title: part.title.clone(),
        aside: part.aside.clone(),
        swatch: Some(part.color),
        measure: measure.clone(),
        last: part.last.clone(),
        layers: kind.alone(part.values.clone(), part.color),
    };
    let rows = parts.chunks(columns);
    rows.map(|row| Row { height: PART, columns, same_scale: false, panels: row.iter().map(panel).collect() }).collect()
}

/// The indices of the largest sizes in their order, and those of the others. Of more than `most` one place is for all the
/// others together.
pub fn largest<T: Ord + Copy>(sizes: &[T], most: usize) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    let kept = if sizes.len() > most { most.saturating_sub(1) } else { most };
    order.sort_by_key(|index| std::cmp::Reverse(sizes[*index]));
    let others = order.split_off(kept.min(order.len()));
    order.sort_unstable();
    (order, others)
}

/// Entries of the legend for parts.
pub fn keys(parts: &[Part]) -> Vec<Key> {
    parts.iter().map(|part| Key::filled(&part.name, part.color)).collect()
}
