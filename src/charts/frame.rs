//! Puts a page on paper: titles, legend, panels with axes, source. Must not know which chart it is.

use plotters::prelude::DrawingBackend;

use super::axis::{self, Axis};
use super::dates::{self, Tick};
use super::figure::{self, Place};
use super::marks;
use super::page::{Across, FINE, Key, Layer, Mark, Measure, Name, Page, Panel, Row, SLOT, Stroke};
use super::pen::{Align, Drawn, Pen, Point, Type, fitted, text_width};
use super::style::{AXIS, BORDER, GAP, GRID, INK, PAPER, QUIET, SMALL, TEXT, TITLE, WIDTH};
use crate::units::Day;

/// From the top of a page to its legend.
const HEAD: f64 = 74.0;
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 21.0;
/// From the legend to the first panel.
const LEGEND_FOOT: f64 = 12.0;
/// From the top of a panel to its plot area: title, name of the y axis.
const PANEL_HEAD: f64 = 46.0;
/// From the plot area to the end of the panel: dates, years, name of the x axis.
const PANEL_FOOT: f64 = 52.0;
/// From the last panel to the end of the page.
const FOOT: f64 = 36.0;
/// Height of the plot area for each step of the y axis.
const STEP: f64 = 48.0;
/// Width of the plot area for each step of an x axis of ages.
const AGE_STEP: f64 = 80.0;
/// Names up to which each is written, as far as it has room.
const NAMED: usize = 12;

const QUIET_SMALL: Type = Type { size: SMALL, color: QUIET, bold: false };

/// Height of a page in pixels.
pub fn height(page: &Page) -> f64 {
    let rows: f64 = page.rows.iter().map(row_height).sum();
    HEAD + legend_lines(&page.legend).len() as f64 * LEGEND_LINE + LEGEND_FOOT + rows + FOOT
}

fn row_height(row: &Row) -> f64 {
    PANEL_HEAD + row.height + PANEL_FOOT
}

fn axis(row: &Row, panel: &Panel) -> Axis {
    Axis::new(row.extent(panel), (row.height / STEP).max(3.0), &panel.measure)
}

/// Room for the labels of y axes, the same for panels that stand below each other, so that their dates do too.
fn gutter(page: &Page, columns: usize) -> f64 {
    let rows = page.rows.iter().filter(|row| row.columns == columns);
    let axes = rows.flat_map(|row| row.panels.iter().map(|panel| axis(row, panel)));
    let labels = axes.flat_map(|axis| axis.ticks).map(|(_, label)| text_width(&label, SMALL, false));
    labels.fold(0.0, f64::max) + 8.0
}

/// Draws a page.
pub fn draw<B: DrawingBackend>(page: &Page, pen: &Pen<'_, B>) -> Drawn<B> {
    let bottom = height(page);
    pen.fill((0.0, 0.0), (WIDTH, bottom), PAPER)?;
    let room = WIDTH - 2.0 * BORDER;
    let title = fitted(&page.title, TITLE, true, room);
    pen.text(&title, (BORDER, 38.0), Align::Left, Type { size: TITLE, color: INK, bold: true })?;
    let subtitle = fitted(&page.subtitle, TEXT, false, room);
    pen.text(&subtitle, (BORDER, 60.0), Align::Left, Type { size: TEXT, color: QUIET, bold: false })?;
    let mut top = HEAD;
    for line in legend_lines(&page.legend) {
        for (x, key) in line {
            legend_key(pen, key, (x, top + 14.0))?;
        }
        top += LEGEND_LINE;
    }
    top += LEGEND_FOOT;
    for row in &page.rows {
        let columns = row.columns.max(row.panels.len()).max(1) as f64;
        let width = (room + GAP) / columns - GAP;
        let gutter = gutter(page, row.columns);
        for (index, panel) in row.panels.iter().enumerate() {
            let left = BORDER + index as f64 * (width + GAP);
            let plot = Plot {
                left: left + gutter,
                top: top + PANEL_HEAD,
                width: width - gutter,
                height: row.height,
                across: &page.across,
                axis: axis(row, panel),
            };
            draw_panel(pen, panel, &plot, (left, top), width)?;
        }
        top += row_height(row);
    }
    let source = fitted(&page.source, SMALL, false, room);
    pen.text(&source, (BORDER, bottom - 14.0), Align::Left, QUIET_SMALL)
}

/// Entries of the legend with their x, broken into lines. It stands above the plots, so it covers nothing.
fn legend_lines(keys: &[Key]) -> Vec<Vec<(f64, &Key)>> {
    let mut lines: Vec<Vec<(f64, &Key)>> = vec![];
    let mut line = vec![];
    let mut x = BORDER;
    for key in keys {
        let width = mark_width(key) + text_width(&legend_label(key), TEXT, false);
        if x + width > WIDTH - BORDER && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            x = BORDER;
        }
        line.push((x, key));
        x += width + 12.0;
    }
    lines.push(line);
    lines
}

fn legend_label(key: &Key) -> String {
    fitted(&key.label, TEXT, false, 400.0)
}

fn mark_width(key: &Key) -> f64 {
    match key.mark {
        Mark::Box(_) => 19.0,
        Mark::Line(_) => 31.0,
        Mark::Pin(_) => 17.0,
    }
}

fn legend_key<B: DrawingBackend>(pen: &Pen<'_, B>, key: &Key, (x, base): Point) -> Drawn<B> {
    match key.mark {
        Mark::Box(color) => swatch(pen, (x, base), color)?,
        Mark::Pin(color) => marks::stem(pen, [(x + 5.0, base + 2.0), (x + 5.0, base - 9.0)], color)?,
        Mark::Line(stroke) => {
            pen.line(&[(x, base - 4.5), (x + 24.0, base - 4.5)], stroke)?;
            if let Some(marker) = stroke.marker {
                marks::draw(pen, (x + 12.0, base - 4.5), marker, stroke)?;
            }
        }
    }
    pen.text(&legend_label(key), (x + mark_width(key), base), Align::Left, Type { size: TEXT, color: INK, bold: false })
}

fn swatch<B: DrawingBackend>(pen: &Pen<'_, B>, (x, base): Point, color: plotters::style::RGBColor) -> Drawn<B> {
    pen.fill((x, base - 11.0), (x + 13.0, base + 2.0), color)
}

/// A plot area with its scales.
struct Plot<'a> {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    across: &'a Across,
    axis: Axis,
}

impl Plot<'_> {
    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn day_width(&self) -> f64 {
        self.width / self.across.days() as f64
    }

    /// A single day is in the middle.
    fn x(&self, day: Day) -> f64 {
        let start = match self.across {
            Across::Days(calendar) if calendar.days() == 1 => self.width / 2.0,
            _ => 0.0,
        };
        self.left + start + day as f64 * self.day_width()
    }

    /// What is named on the x axis.
    fn ticks(&self) -> Vec<Tick> {
        match self.across {
            Across::Days(calendar) | Across::Periods(calendar) => {
                dates::ticks(calendar, self.day_width(), |text| text_width(text, SMALL, false))
            }
            Across::Ages(days) => axis::ages(*days, self.width / AGE_STEP),
            Across::Scale { ticks, .. } => self.apart(ticks),
            Across::Numbers { .. } => {
                let axis = self.numbers();
                let tick = |(value, label): &(f64, String)| Tick {
                    day: place(&axis, *value),
                    label: label.clone(),
                    year: None,
                };
                axis.ticks.iter().map(tick).collect()
            }
            Across::Names { names, .. } => {
                // Of many only every so many-th has room.
                let widest = names.iter().map(|name| text_width(&name.label, SMALL, false)).fold(1.0, f64::max) + 8.0;
                let every = if names.len() > NAMED { (widest / (SLOT as f64 * self.day_width())).ceil() } else { 1.0 };
                // In range: at most as many as there are names.
                let shown = names.iter().enumerate().step_by((every as usize).max(1));
                shown.map(|(slot, name)| self.name(slot, name)).collect()
            }
        }
    }

    /// Of ticks of a scale those whose labels do not touch the one before.
    fn apart(&self, ticks: &[Tick]) -> Vec<Tick> {
        let mut end = f64::NEG_INFINITY;
        let free = |tick: &&Tick| {
            let (middle, half) = (self.x(tick.day), text_width(&tick.label, SMALL, false) / 2.0);
            let is_free = middle - half > end + 6.0;
            end = if is_free { middle + half } else { end };
            is_free
        };
        ticks.iter().filter(free).cloned().collect()
    }

    /// The scale of an x axis of numbers.
    fn numbers(&self) -> Axis {
        let Across::Numbers { what, at } = self.across else {
            return Axis::new((0.0, 1.0), 1.0, &Measure::Amount(String::new()));
        };
        let (low, high) =
            at.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(*at), high.max(*at)));
        let extent = if low <= high { (low, high) } else { (0.0, 1.0) };
        Axis::new(extent, self.width / AGE_STEP, &Measure::Amount(what.clone()))
    }

    /// A name in the middle of its slot, as far as it has room.
    fn name(&self, slot: usize, name: &Name) -> Tick {
        let fitted = |text: &str| fitted(text, SMALL, false, SLOT as f64 * self.day_width() - 4.0);
        Tick { day: SLOT * slot + SLOT / 2, label: fitted(&name.label), year: name.note.as_deref().map(fitted) }
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - self.axis.place(value).clamp(0.0, 1.0) * self.height
    }

    fn points(&self, first: Day, values: &[f64]) -> Vec<Point> {
        let axis = self.numbers();
        let x = |nth: usize| match self.across {
            Across::Names { .. } => self.x(SLOT * nth + SLOT / 2),
            Across::Numbers { at, .. } => self.x(at.get(nth).map_or(0, |at| place(&axis, *at))),
            _ => self.x(nth),
        };
        values.iter().enumerate().map(|(day, value)| (x(first + day), self.y(*value))).collect()
    }

    /// The outline of values that hold from one edge to the next.
    fn steps(&self, edges: &[Day], values: &[f64]) -> Vec<Point> {
        let ends = edges.windows(2).zip(values);
        ends.flat_map(|(ends, value)| [ends[0], ends[1]].map(|day| (self.x(day), self.y(*value)))).collect()
    }

    /// The edge of a band. That of a single day is as wide as the plot: a point would be no area.
    fn edge(&self, first: Day, values: &[f64]) -> Vec<Point> {
        match *values {
            [value] => vec![(self.left, self.y(value)), (self.right(), self.y(value))],
            _ => self.points(first, values),
        }
    }
}

fn draw_panel<B: DrawingBackend>(
    pen: &Pen<'_, B>,
    panel: &Panel,
    plot: &Plot<'_>,
    corner: Point,
    width: f64,
) -> Drawn<B> {
    panel_head(pen, panel, plot, corner, width)?;
    let place = Place { left: corner.0, top: plot.top, width, height: plot.height };
    match panel.layers.first() {
        Some(Layer::Heat(heat)) => return figure::heat(pen, heat, plot.across, &place),
        Some(Layer::Spans(spans)) => return figure::spans(pen, spans, &panel.measure, &place),
        _ => {}
    }
    grid(pen, plot)?;
    for layer in panel.layers.iter().filter(|layer| layer.is_area()) {
        draw_layer(pen, layer, plot)?;
    }
    let zero = [(plot.left, plot.y(0.0)), (plot.right(), plot.y(0.0))];
    pen.line(&zero, Stroke::plain(AXIS, 1.0))?;
    for layer in panel.layers.iter().filter(|layer| !layer.is_area()) {
        draw_layer(pen, layer, plot)?;
    }
    if panel.extent() == (0.0, 0.0) {
        let text = if matches!(plot.across, Across::Names { .. } | Across::Numbers { .. } | Across::Scale { .. }) {
            "none"
        } else {
            "none on any day"
        };
        let (text, typed) = (text, Type { size: TEXT, color: QUIET, bold: false });
        let (x, y) = (plot.left + plot.width / 2.0, plot.top + plot.height / 2.0);
        let half = text_width(text, TEXT, false) / 2.0 + 6.0;
        pen.fill((x - half, y - 15.0), (x + half, y + 8.0), PAPER)?;
        pen.text(text, (x, y), Align::Middle, typed)?;
    }
    Ok(())
}

/// Title, what is said about it, name of the y axis and the values of the last day.
fn panel_head<B: DrawingBackend>(
    pen: &Pen<'_, B>,
    panel: &Panel,
    plot: &Plot<'_>,
    (left, top): Point,
    width: f64,
) -> Drawn<B> {
    let mut x = left;
    if let Some(color) = panel.swatch {
        swatch(pen, (x, top + 16.0), color)?;
        x += 19.0;
    }
    let right = left + width;
    let room = right - x - text_width(&panel.aside, SMALL, false) - 12.0;
    let title = fitted(&panel.title, TEXT, true, room);
    pen.text(&title, (x, top + 16.0), Align::Left, Type { size: TEXT, color: INK, bold: true })?;
    pen.text(&panel.aside, (right, top + 16.0), Align::Right, QUIET_SMALL)?;
    let named = if panel.is_figure() { panel.measure.name() } else { &plot.axis.name };
    pen.text(named, (left, top + 34.0), Align::Left, QUIET_SMALL)?;
    let room = width - text_width(named, SMALL, false) - 12.0;
    let last = fitted(&panel.last, SMALL, false, room);
    pen.text(&last, (right, top + 34.0), Align::Right, QUIET_SMALL)
}

/// Grid lines and the labels of both axes.
fn grid<B: DrawingBackend>(pen: &Pen<'_, B>, plot: &Plot<'_>) -> Drawn<B> {
    let line = Stroke::plain(GRID, 1.0);
    for (value, label) in &plot.axis.ticks {
        let y = plot.y(*value);
        pen.line(&[(plot.left, y), (plot.right(), y)], line)?;
        pen.text(label, (plot.left - 7.0, y + 4.0), Align::Right, QUIET_SMALL)?;
    }
    let bottom = plot.bottom();
    for tick in plot.ticks() {
        let x = plot.x(tick.day);
        // A line through a bar would say nothing.
        if !matches!(plot.across, Across::Names { .. }) {
            pen.line(&[(x, plot.top), (x, bottom)], line)?;
        }
        pen.line(&[(x, bottom), (x, bottom + 4.0)], Stroke::plain(AXIS, 1.0))?;
        pen.text(&tick.label, (x, bottom + 16.0), Align::Middle, QUIET_SMALL)?;
        if let Some(year) = &tick.year {
            pen.text(year, (x, bottom + 29.0), Align::Middle, QUIET_SMALL)?;
        }
    }
    let name = match plot.across {
        Across::Numbers { .. } => plot.numbers().name,
        across => across.name().to_owned(),
    };
    pen.text(&name, (plot.left + plot.width / 2.0, bottom + 44.0), Align::Middle, QUIET_SMALL)
}

/// Where a number is on an x axis of numbers.
fn place(axis: &Axis, value: f64) -> Day {
    // In range: a share of the axis.
    (axis.place(value).clamp(0.0, 1.0) * FINE as f64).round() as Day
}

fn draw_layer<B: DrawingBackend>(pen: &Pen<'_, B>, layer: &Layer, plot: &Plot<'_>) -> Drawn<B> {
    match layer {
        Layer::Band { first, lower, upper, color } => {
            pen.band(&plot.edge(*first, upper), &plot.edge(*first, lower), *color)
        }
        Layer::Blocks { edges, lower, upper, color } => {
            pen.band(&plot.steps(edges, upper), &plot.steps(edges, lower), *color)
        }
        // Drawn in place of the axes.
        Layer::Heat(_) | Layer::Spans(_) => Ok(()),
        Layer::Steps { edges, values, stroke } => {
            marks::line(pen, &plot.steps(edges, values), *stroke)?;
            // Over a period a value is as long as it; at an age the last one would have no length.
            match plot.across {
                Across::Ages(_) => marks::dots(pen, &plot.points(edges.first().copied().unwrap_or(0), values), *stroke),
                _ => Ok(()),
            }
        }
        Layer::Label { at, end, text, .. } => {
            let base = if *end < 0.0 { plot.y(*end) + 14.0 } else { plot.y(*end) - 5.0 };
            pen.text(text, (plot.x(*at), base), Align::Middle, Type { size: SMALL, color: INK, bold: false })
        }
        Layer::Line { first, values, stroke } => {
            let points = plot.points(*first, values);
            marks::line(pen, &points, *stroke)?;
            marks::dots(pen, &points, *stroke)
        }
        Layer::Path { at, values, stroke } => {
            let points: Vec<Point> = at.iter().zip(values).map(|(at, value)| (plot.x(*at), plot.y(*value))).collect();
            marks::line(pen, &points, *stroke)
        }
        Layer::Pin { at, to, text, text_at } => {
            let ends = [(plot.x(*at), plot.bottom()), (plot.x(*at), plot.y(*to))];
            marks::pin(pen, ends, plot.y(*text_at), plot.right(), text)
        }
    }
}
