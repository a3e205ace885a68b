//! What stands on lines and what names a place: markers, dots and pins. Must not know which chart it is.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::page::{Marker, Stroke};
use super::pen::{Align, Drawn, Pen, Point, Type, text_width};
use super::style::{AXIS, DOTTED_TO, INK, PAPER, SMALL};

/// From one marker of a line to the next, in pixels.
const APART: f64 = 84.0;
/// From the first marker of a line to the first of the next kind, so that lines on each other show both.
const SHIFTED: f64 = 12.0;
/// From the middle of a marker to its edge.
const RADIUS: f64 = 4.2;
/// Share of a marker that is a hole.
const HOLE: f64 = 0.5;

/// A line with its markers.
pub fn line<B: DrawingBackend>(pen: &Pen<'_, B>, points: &[Point], stroke: Stroke) -> Drawn<B> {
    pen.line(points, stroke)?;
    let (Some(marker), Some((first, _))) = (stroke.marker, points.first()) else { return Ok(()) };
    let mut next = first + SHIFTED * (0.5 + f64::from(marker as u8));
    for ends in points.windows(2) {
        let ((from, low), (to, high)) = (ends[0], ends[1]);
        while next <= to && to > from {
            let y = low + (high - low) * (next - from) / (to - from);
            draw(pen, (next, y), marker, stroke)?;
            next += APART;
        }
    }
    Ok(())
}

/// A marker.
pub fn draw<B: DrawingBackend>(pen: &Pen<'_, B>, at: Point, marker: Marker, stroke: Stroke) -> Drawn<B> {
    let radius = RADIUS + (stroke.width - 2.0).max(0.0) / 2.0;
    let hole = matches!(marker, Marker::Ring | Marker::Frame);
    for (radius, color) in [(radius + 1.0, PAPER), (radius, stroke.color), (radius * HOLE, PAPER)] {
        if radius < RADIUS && !hole {
            continue;
        }
        let corner = |(x, y): (f64, f64)| (at.0 + radius * x, at.1 + radius * y);
        match marker {
            Marker::Disc | Marker::Ring => pen.dot(at, radius, color)?,
            Marker::Square | Marker::Frame => pen.fill(corner((-0.9, -0.9)), corner((0.9, 0.9)), color)?,
            Marker::Triangle => pen.polygon(&[(-1.15, 0.9), (1.15, 0.9), (0.0, -1.2)].map(corner), color)?,
            Marker::Wedge => pen.polygon(&[(-1.15, -0.9), (1.15, -0.9), (0.0, 1.2)].map(corner), color)?,
            Marker::Diamond => {
                pen.polygon(&[(-1.25, 0.0), (0.0, -1.25), (1.25, 0.0), (0.0, 1.25)].map(corner), color)?;
            }
        }
    }
    Ok(())
}

/// A dot at each point, if they are few.
pub fn dots<B: DrawingBackend>(pen: &Pen<'_, B>, points: &[Point], stroke: Stroke) -> Drawn<B> {
    let few = points.len() <= DOTTED_TO && stroke.marker.is_none();
    points.iter().filter(|_| few).try_for_each(|point| pen.dot(*point, 1.0 + stroke.width, stroke.color))
}

/// A line from the axis up to a point, with a text beside it at a height: on the right, unless that goes beyond `right`.
pub fn pin<B: DrawingBackend>(pen: &Pen<'_, B>, ends: [Point; 2], y: f64, right: f64, text: &str) -> Drawn<B> {
    stem(pen, ends, INK)?;
    let (x, width) = (ends[1].0, text_width(text, SMALL, false));
    let fits = x + width + 10.0 < right;
    let left = if fits { x + 7.0 } else { x - 7.0 - width };
    pen.fill((left - 2.0, y - 8.0), (left + width + 2.0, y + 6.0), PAPER)?;
    let (align, x) = if fits { (Align::Left, left) } else { (Align::Right, left + width) };
    pen.text(text, (x, y + 4.0), align, Type { size: SMALL, color: INK, bold: false })
}

/// A line that stands, with a dot on it.
pub fn stem<B: DrawingBackend>(pen: &Pen<'_, B>, ends: [Point; 2], color: RGBColor) -> Drawn<B> {
    pen.line(&ends, Stroke::plain(AXIS, 1.25))?;
    pen.dot(ends[1], 2.75, color)
}
