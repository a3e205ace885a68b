//! Bars above and below zero with their values beside them. Must not know what is measured.

use plotters::style::RGBColor;

use super::page::{Key, Layer, SLOT};
use super::style::{SKY, VERMILION};
use crate::study::Comparison;
use crate::units::shown::grouped;

/// Colour of what is more; lighter than that of what is less, also in grey print.
pub const MORE: RGBColor = SKY;
/// Colour of what is less.
pub const LESS: RGBColor = VERMILION;

/// Share of the plot area that is kept free for a value.
const ROOM: f64 = 0.13;
/// Empty at each side of a bar, of a slot.
const SIDE: usize = 2;

/// A bar with its value.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Filling.
    pub color: RGBColor,
    /// Its value, in words.
    pub text: String,
}

impl Bar {
    /// From zero, in the colour of its sign.
    pub fn of(value: f64, text: String) -> Bar {
        Bar { from: 0.0, to: value, color: if value < 0.0 { LESS } else { MORE }, text }
    }
}

/// Layers of bars, each in its slot.
pub fn layers(bars: &[Option<Bar>]) -> Vec<Layer> {
    let ends = || bars.iter().flatten().flat_map(|bar| [bar.from, bar.to]);
    let span = ends().fold(0.0, f64::max) - ends().fold(0.0, f64::min);
    let filled = bars.iter().enumerate().filter_map(|(slot, bar)| Some((slot, bar.as_ref()?)));
    let layers = filled.flat_map(|(slot, bar)| {
        let (lower, upper) = (bar.from.min(bar.to), bar.from.max(bar.to));
        let edges = vec![SLOT * slot + SIDE, SLOT * (slot + 1) - SIDE];
        // The value stands where the bar is farthest from zero.
        let end = if lower < 0.0 && -lower > upper { lower } else { upper };
        let room = if end < 0.0 { end - ROOM * span } else { end + ROOM * span };
        [
            Layer::Blocks { edges, lower: vec![lower], upper: vec![upper], color: bar.color },
            Layer::Label { at: SLOT * slot + SLOT / 2, end, room, text: bar.text.clone() },
        ]
    });
    layers.collect()
}

/// The legend of bars.
pub fn keys() -> Vec<Key> {
    vec![Key::filled("more than before, upwards", MORE), Key::filled("less, downwards", LESS)]
}

/// An amount with its sign, in few letters.
pub fn signed(amount: f64) -> String {
    let digits = match amount.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 0.01 || size == 0.0 => 2,
        _ => 4,
    };
    rounded(amount, digits)
}

/// A number with its sign; what rounds to zero has none.
pub fn rounded(number: f64, digits: usize) -> String {
    let text = grouped(&format!("{:.digits$}", number.abs()));
    let sign = match text.contains(|c| matches!(c, '1'..='9')) {
        false => "",
        true if number < 0.0 => "-",
        true => "+",
    };
    format!("{sign}{text}")
}

/// Where the numbers come from.
pub fn source(comparison: &Comparison<'_>) -> String {
    let replications = super::daily::plural(comparison.replications.len() as u64, "replication");
    format!("{}, {replications}", super::daily::source(&comparison.plans[0]))
}

/// The title of a variant's panel.
pub fn heading(comparison: &Comparison<'_>, variant: usize) -> String {
    format!("{} against {}", comparison.plans[variant].name, comparison.plans[0].name)
}
