//! Lines, boxes, bands and text in pixels, on a Plotters backend. Must not know charts.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontStyle, RGBColor, ShapeStyle, TextStyle};

use super::page::Stroke;
use super::style::FAMILY;

/// Backend units in a pixel: Plotters has whole units only, and a quarter of a pixel is finer than one sees.
pub const UNITS: f64 = 4.0;

/// What a drawing may fail with.
pub type Failure<B> = DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>;
/// Nothing, or a failure of the backend.
pub type Drawn<B> = Result<(), Failure<B>>;
/// A place in pixels, from the upper left corner.
pub type Point = (f64, f64);

/// In what the backends differ.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    /// Plotters' size of a font with an em of one.
    em: f64,
    /// From the upper edge of a text to its base line, in ems.
    ascent: f64,
    /// Whether a thick line is drawn piece by piece, since Plotters' bitmaps show holes where it bends sharply.
    piecewise: bool,
}

/// An SVG has font sizes divided by 1.24, and the base line where the viewer puts `0.76em`.
pub const VECTOR: Ways = Ways { em: 1.24, ascent: 0.76, piecewise: false };
/// A bitmap scales a font to its height, 1.172 em of Roboto, and has the base line at half the size.
pub const BITMAP: Ways = Ways { em: 1.172, ascent: 0.586, piecewise: true };

/// Which end of a text is at its place.
#[derive(Clone, Copy, Debug)]
pub enum Align {
    /// Its beginning.
    Left,
    /// Its middle.
    Middle,
    /// Its end.
    Right,
}

/// How a text is written.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Size in pixels.
    pub size: f64,
    /// Its colour.
    pub color: RGBColor,
    /// Bold or not.
    pub bold: bool,
}

/// Draws on a backend.
pub struct Pen<'a, B: DrawingBackend> {
    area: &'a DrawingArea<B, Shift>,
    ways: Ways,
}

impl<'a, B: DrawingBackend> Pen<'a, B> {
    /// A pen on a whole page.
    pub fn new(area: &'a DrawingArea<B, Shift>, ways: Ways) -> Pen<'a, B> {
        Pen { area, ways }
    }

    /// A filled box.
    pub fn fill(&self, from: Point, to: Point, color: RGBColor) -> Drawn<B> {
        self.area.draw(&Rectangle::new([units(from), units(to)], color.filled()))
    }

    /// A filled dot.
    pub fn dot(&self, at: Point, radius: f64, color: RGBColor) -> Drawn<B> {
        self.area.draw(&Circle::new(units(at), unit(radius), color.filled()))
    }

    /// A filled figure with corners.
    pub fn polygon(&self, corners: &[Point], color: RGBColor) -> Drawn<B> {
        self.area.draw(&Polygon::new(corners.iter().map(|corner| units(*corner)).collect::<Vec<_>>(), color))
    }

    /// A line through points.
    pub fn line(&self, points: &[Point], stroke: Stroke) -> Drawn<B> {
        if points.len() < 2 {
            return Ok(());
        }
        let points: Vec<_> = points.iter().map(|point| units(*point)).collect();
        let width = unit(stroke.width).unsigned_abs().max(1);
        let style = ShapeStyle { color: stroke.color.to_rgba(), filled: false, stroke_width: width };
        if !self.ways.piecewise {
            return self.area.draw(&PathElement::new(points, style));
        }
        for pair in points.windows(2) {
            self.area.draw(&PathElement::new(pair.to_vec(), style))?;
        }
        let joints = points.get(1..points.len() - 1).unwrap_or_default();
        for joint in joints.iter().filter(|_| width > 2) {
            self.area.draw(&Circle::new(*joint, width / 2, stroke.color.filled()))?;
        }
        Ok(())
    }

    /// The area between two lines with the same x.
    pub fn band(&self, upper: &[Point], lower: &[Point], color: RGBColor) -> Drawn<B> {
        if !self.ways.piecewise {
            let outline = upper.iter().chain(lower.iter().rev());
            return self.area.draw(&Polygon::new(outline.map(|point| units(*point)).collect::<Vec<_>>(), color));
        }
        for (upper, lower) in upper.windows(2).zip(lower.windows(2)) {
            let corners = [upper[0], upper[1], lower[1], lower[0]].map(units);
            // A piece without height or width would be drawn as a line.
            let (high, wide) =
                (corners[0].1 != corners[3].1 || corners[1].1 != corners[2].1, corners[0].0 != corners[1].0);
            if high && wide {
                self.area.draw(&Polygon::new(corners.to_vec(), color))?;
            }
        }
        Ok(())
    }

    /// A text whose base line is at `at`.
    pub fn text(&self, text: &str, at: Point, align: Align, typed: Type) -> Drawn<B> {
        let h_pos = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle::from(font(typed.size * self.ways.em * UNITS, typed.bold))
            .color(&typed.color)
            .pos(Pos::new(h_pos, VPos::Top));
        let top = (at.0, at.1 - typed.size * self.ways.ascent);
        self.area.draw(&Text::new(text.to_owned(), units(top), style))
    }
}

/// Room for a text in pixels. A viewer of an SVG may have to take another font; the widest in wide use, DejaVu Sans,
/// is a sixth wider than Roboto, and a quarter in bold.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let measured = font(size * BITMAP.em * UNITS, bold).box_size(text);
    let width = measured.map_or(0.6 * size * text.chars().count() as f64, |(width, _)| f64::from(width) / UNITS);
    width * if bold { 1.25 } else { 1.17 }
}

/// The text, or its beginning if it is wider than `width`.
pub fn fitted(text: &str, size: f64, bold: bool, width: f64) -> String {
    if text_width(text, size, bold) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    loop {
        kept.pop();
        let short = format!("{}…", kept.iter().collect::<String>().trim_end());
        if kept.is_empty() || text_width(&short, size, bold) <= width {
            return short;
        }
    }
}

fn font(size: f64, bold: bool) -> FontDesc<'static> {
    FontDesc::new(FAMILY, size, if bold { FontStyle::Bold } else { FontStyle::Normal })
}

fn unit(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn units((x, y): Point) -> (i32, i32) {
    (unit(x), unit(y))
}
