//! The one look of all charts: colours, sizes, the font. Must not know what is drawn.

use std::sync::Once;

use plotters::style::{FontFamily, FontStyle, RGBColor, register_font};

use super::daily::{FIRST_MEAN, MEAN_IN_WORDS, mean_of_week};
use super::page::{Key, Layer, Marker, Stroke};

/// Width of a page in pixels.
pub const WIDTH: f64 = 1_000.0;
/// Empty border of a page.
pub const BORDER: f64 = 24.0;
/// Between panels.
pub const GAP: f64 = 30.0;

/// Size of the page's title.
pub const TITLE: f64 = 21.0;
/// Size of the line under it, and of the legend.
pub const TEXT: f64 = 13.0;
/// Size of the labels of axes, and of the source line.
pub const SMALL: f64 = 11.5;

/// Text.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Text that stands back.
pub const QUIET: RGBColor = RGBColor(0x5a, 0x5a, 0x5a);
/// The zero line and the ticks.
pub const AXIS: RGBColor = RGBColor(0x6e, 0x6e, 0x6e);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xe2, 0xe2, 0xe2);
/// Paper.
pub const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// Okabe and Ito's colours for the colour-blind.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
/// See [`BLUE`].
pub const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
/// See [`BLUE`]; a tenth paler than theirs, which is as dark as the blue in grey print.
pub const GREEN: RGBColor = RGBColor(0x1a, 0xa8, 0x81);
/// See [`BLUE`].
pub const YELLOW: RGBColor = RGBColor(0xf0, 0xe4, 0x42);
/// See [`BLUE`].
pub const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// See [`BLUE`].
pub const SKY: RGBColor = RGBColor(0x56, 0xb4, 0xe9);
/// See [`BLUE`].
pub const PURPLE: RGBColor = RGBColor(0xcc, 0x79, 0xa7);
/// A darker [`PURPLE`], for what lies on a pale colour.
pub const PLUM: RGBColor = RGBColor(0x7a, 0x49, 0x64);
/// A darker [`VERMILION`].
pub const RUST: RGBColor = RGBColor(0x95, 0x42, 0x00);
/// A paler [`SKY`].
pub const MIST: RGBColor = RGBColor(0xab, 0xda, 0xf4);
/// A paler [`GREY`].
pub const FOG: RGBColor = RGBColor(0xde, 0xde, 0xde);
/// For what has no colour of its own.
pub const GREY: RGBColor = RGBColor(0xbd, 0xbd, 0xbd);

/// Colours of parts in the order of a stack: neighbours differ in lightness by 30 of 255 at least, so that they stay apart in
/// grey print.
const PALETTE: [RGBColor; 7] = [BLUE, ORANGE, GREEN, YELLOW, VERMILION, SKY, PLUM];

/// Colours of as many parts as one can tell apart; the last is for what is left over.
pub fn colors() -> impl Iterator<Item = RGBColor> {
    PALETTE.into_iter().chain([GREY])
}

/// Lines that cross: colours none of which is so pale that it is lost on paper, each as it is, since darker ones are alike,
/// and a marker of its own for each.
const LINES: [(RGBColor, Marker); MOST_LINES] = [
    (BLUE, Marker::Disc),
    (ORANGE, Marker::Square),
    (GREEN, Marker::Triangle),
    (VERMILION, Marker::Ring),
    (SKY, Marker::Diamond),
    (PURPLE, Marker::Frame),
    (GREY, Marker::Wedge),
];
/// Lines that one can tell apart.
pub const MOST_LINES: usize = 7;

/// One of several lines that cross.
pub fn crossing(nth: usize) -> Stroke {
    let (color, marker) = LINES[nth % MOST_LINES];
    Stroke { color, width: STRONG, marker: Some(marker) }
}

/// Width of a line that one shall look at.
const STRONG: f64 = 2.25;
/// Days from which on single days are too many to read and a mean over a week is drawn beside them.
pub const SMOOTHED_FROM: usize = 56;
/// Days up to which every one gets a dot.
pub const DOTTED_TO: usize = 31;

/// The font's name; in an SVG the viewer falls back from left to right.
pub const FAMILY: FontFamily<'static> = FontFamily::Name("Roboto, Helvetica, Arial, sans-serif");

/// A paler colour: `share` of it, the rest white.
pub fn tint(color: RGBColor, share: f64) -> RGBColor {
    mix(color, PAPER, share)
}

/// A darker colour: `share` of it, the rest black.
pub fn shade(color: RGBColor, share: f64) -> RGBColor {
    mix(color, RGBColor(0, 0, 0), share)
}

/// Opaque, since bitmaps blend overlapping pixels of one shape twice.
fn mix(one: RGBColor, other: RGBColor, share: f64) -> RGBColor {
    let channel = |a: u8, b: u8| (f64::from(a) * share + f64::from(b) * (1.0 - share)).round() as u8;
    RGBColor(channel(one.0, other.0), channel(one.1, other.1), channel(one.2, other.2))
}

/// The line through the values of single days.
pub fn thin(color: RGBColor) -> Stroke {
    Stroke::plain(color, 1.0)
}

/// The line that one shall look at.
pub fn strong(color: RGBColor) -> Stroke {
    Stroke::plain(shade(color, 0.62), STRONG)
}

/// A quantity by day: a pale area under a thin line, and the strong line of its 7-day mean if there are many days.
pub fn day_by_day(values: Vec<f64>, color: RGBColor) -> Vec<Layer> {
    let mean = (values.len() >= SMOOTHED_FROM).then(|| mean_of_week(&values));
    let edge = if mean.is_some() { thin(tint(color, 0.75)) } else { strong(color) };
    let lower = vec![0.0; values.len()];
    let mut layers = vec![
        Layer::Band { first: 0, lower, upper: values.clone(), color: tint(color, 0.3) },
        Layer::Line { first: 0, values, stroke: edge },
    ];
    layers.extend(mean.map(|values| Layer::Line { first: FIRST_MEAN, values, stroke: strong(color) }));
    layers
}

/// A stock at the end of each day: an area under a line. It has no weekdays in it, so it needs no mean.
pub fn stock(values: Vec<f64>, color: RGBColor, area: RGBColor) -> Vec<Layer> {
    let band = Layer::Band { first: 0, lower: vec![0.0; values.len()], upper: values.clone(), color: area };
    vec![band, Layer::Line { first: 0, values, stroke: strong(color) }]
}

/// What the lines of [`day_by_day`] are.
pub fn line_keys(days: usize, color: RGBColor) -> Vec<Key> {
    if days < SMOOTHED_FROM {
        return vec![Key::line("each day", strong(color))];
    }
    vec![Key::line("each day", thin(tint(color, 0.75))), Key::line(MEAN_IN_WORDS, strong(color))]
}

/// Makes the font known to Plotters. Before the first text: a machine may have no fonts at all, and then bitmaps would
/// stay without a letter.
pub fn load_font() {
    static LOADED: Once = Once::new();
    LOADED.call_once(|| {
        for (style, bytes) in [
            (FontStyle::Normal, include_bytes!("font/Roboto-Regular.ttf").as_slice()),
            (FontStyle::Bold, include_bytes!("font/Roboto-Bold.ttf").as_slice()),
        ] {
            let known = register_font(FAMILY.as_str(), style, bytes);
            debug_assert!(known.is_ok(), "the font files in the package are whole");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a printer without colours sees it.
    fn lightness(color: RGBColor) -> f64 {
        0.299 * f64::from(color.0) + 0.587 * f64::from(color.1) + 0.114 * f64::from(color.2)
    }

    #[test]
    fn neighbours_in_a_stack_differ_in_grey_print() {
        let grey: Vec<f64> = colors().map(lightness).collect();
        assert!(grey.windows(2).all(|pair| (pair[0] - pair[1]).abs() >= 30.0), "{grey:?}");
    }

    #[test]
    fn lines_that_cross_have_markers_of_their_own() {
        let markers: Vec<_> = (0..MOST_LINES).map(|nth| crossing(nth).marker).collect();
        assert!(markers.iter().enumerate().all(|(nth, marker)| marker.is_some() && !markers[..nth].contains(marker)));
    }
}
