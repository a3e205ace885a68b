//! Panels that are no curves over an axis: tables of shaded cells, and bars to both sides of a line. Must not know what they show.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::axis::Axis;
use super::page::{Across, Heat, Measure, Span, Stroke};
use super::pen::{Align, Drawn, Pen, Type, fitted, text_width};
use super::style::{AXIS, BLUE, GRID, INK, ORANGE, PAPER, QUIET, SMALL};

/// Where a panel has its plot.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// Widest name of a row in pixels.
const WIDEST: f64 = 260.0;
const LABEL: Type = Type { size: SMALL, color: QUIET, bold: false };
/// The darkest cell.
const DARK: RGBColor = RGBColor(0x0a, 0x4a, 0x78);
/// The palest.
const PALE: RGBColor = RGBColor(0xee, 0xf4, 0xf9);

/// A table of shaded cells, with the names of its columns below and of its rows at the left.
pub fn heat<B: DrawingBackend>(pen: &Pen<'_, B>, heat: &Heat, across: &Across, place: &Place) -> Drawn<B> {
    let Across::Names { what, names } = across else { return Ok(()) };
    let rows = &heat.rows;
    let widest = rows.iter().map(|row| text_width(row, SMALL, false)).fold(0.0, f64::max).min(WIDEST);
    let left = place.left + widest + 10.0;
    let (wide, high) =
        ((place.left + place.width - left) / names.len().max(1) as f64, place.height / rows.len().max(1) as f64);
    for (row, (label, cells)) in rows.iter().zip(&heat.cells).enumerate() {
        let top = place.top + row as f64 * high;
        let middle = top + high / 2.0 + 4.0;
        pen.text(&fitted(label, SMALL, false, WIDEST), (left - 8.0, middle), Align::Right, LABEL)?;
        for (column, cell) in cells.iter().enumerate() {
            let x = left + column as f64 * wide;
            let Some((shade, text)) = cell else {
                pen.text("–", (x + wide / 2.0, middle), Align::Middle, LABEL)?;
                continue;
            };
            pen.fill((x + 1.0, top + 1.0), (x + wide - 1.0, top + high - 1.0), mixed(PALE, DARK, *shade))?;
            // What has no room for its number still has its shade, and the table of points.
            if text_width(text, SMALL, false) < wide - 6.0 && high > 14.0 {
                let color = if *shade > 0.5 { PAPER } else { INK };
                pen.text(text, (x + wide / 2.0, middle), Align::Middle, Type { size: SMALL, color, bold: false })?;
            }
        }
    }
    let bottom = place.top + place.height;
    for (column, name) in names.iter().enumerate() {
        let label = fitted(&name.label, SMALL, false, wide - 4.0);
        pen.text(&label, (left + (column as f64 + 0.5) * wide, bottom + 16.0), Align::Middle, LABEL)?;
    }
    pen.text(what, (left + (place.left + place.width - left) / 2.0, bottom + 38.0), Align::Middle, LABEL)
}

fn mixed(pale: RGBColor, dark: RGBColor, shade: f64) -> RGBColor {
    let part =
        |pale: u8, dark: u8| (f64::from(pale) + (f64::from(dark) - f64::from(pale)) * shade.clamp(0.0, 1.0)) as u8;
    RGBColor(part(pale.0, dark.0), part(pale.1, dark.1), part(pale.2, dark.2))
}

/// What is written at the ends of a bar: on one side of the line both in one text, from the near end to the far one.
fn written(span: &Span) -> Vec<(f64, String)> {
    let [(least, low), (most, high)] = &span.ends;
    match (*least, *most) {
        (least, most) if least < 0.0 && most > 0.0 => span.ends.to_vec(),
        (least, most) if most > 0.0 || least == most => vec![(most, format!("{low} to {high}"))],
        (least, _) => vec![(least, format!("{high} to {low}"))],
    }
}

/// Bars from a line of no change to both sides, with what leads there written at their ends.
pub fn spans<B: DrawingBackend>(pen: &Pen<'_, B>, spans: &[Span], measure: &Measure, place: &Place) -> Drawn<B> {
    let ends = || spans.iter().flat_map(|span| &span.ends);
    let low = ends().map(|(value, _)| *value).fold(0.0, f64::min);
    let high = ends().map(|(value, _)| *value).fold(0.0, f64::max);
    let axis = Axis::new((low, high), 6.0, measure);
    let names = spans.iter().map(|span| text_width(&span.label, SMALL, false)).fold(0.0, f64::max).min(WIDEST);
    let written: Vec<Vec<(f64, String)>> = spans.iter().map(written).collect();
    let texts = written.iter().flatten().map(|(_, text)| text_width(text, SMALL, false)).fold(0.0, f64::max) + 6.0;
    let left = place.left + names + 10.0 + texts;
    let width = place.left + place.width - left - texts;
    let x = |value: f64| left + axis.place(value) * width;
    let bottom = place.top + place.height;
    for (value, label) in &axis.ticks {
        pen.line(&[(x(*value), place.top), (x(*value), bottom)], Stroke::plain(GRID, 1.0))?;
        pen.text(label, (x(*value), bottom + 16.0), Align::Middle, LABEL)?;
    }
    let step = place.height / spans.len().max(1) as f64;
    for (row, span) in spans.iter().enumerate() {
        let (top, thick) = (place.top + (row as f64 + 0.2) * step, 0.6 * step);
        let base = top + thick / 2.0 + 4.0;
        pen.text(&fitted(&span.label, SMALL, false, WIDEST), (left - texts - 8.0, base), Align::Right, LABEL)?;
        let mut bars: Vec<(f64, RGBColor)> = span.ends.iter().map(|(value, _)| *value).zip([BLUE, ORANGE]).collect();
        // On one side of the line the shorter one is in front.
        bars.sort_by(|one, other| other.0.abs().total_cmp(&one.0.abs()));
        for (value, color) in bars {
            pen.fill((x(0.0).min(x(value)), top), (x(0.0).max(x(value)), top + thick), color)?;
        }
        for (value, text) in &written[row] {
            let (at, align) =
                if *value < 0.0 { (x(*value) - 4.0, Align::Right) } else { (x(*value) + 4.0, Align::Left) };
            pen.text(text, (at, base), align, LABEL)?;
        }
    }
    pen.line(&[(x(0.0), place.top), (x(0.0), bottom)], Stroke::plain(AXIS, 1.0))?;
    pen.text(&axis.name, (left + width / 2.0, bottom + 38.0), Align::Middle, LABEL)
}
