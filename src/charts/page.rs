//! What a chart shows, as plain data: titles, panels, layers, legend. Must not know where on the paper it goes.

use plotters::style::RGBColor;

use super::dates::Tick;
use crate::units::{Calendar, Day};

/// A picture: one or more panels under one title.
#[derive(Clone, Debug)]
pub struct Page {
    /// What is seen.
    pub title: String,
    /// How to read it.
    pub subtitle: String,
    /// What the colours and lines are.
    pub legend: Vec<Key>,
    /// Rows of panels, from the top.
    pub rows: Vec<Row>,
    /// Where the numbers come from.
    pub source: String,
    /// What its x axes are.
    pub across: Across,
}

/// What an x axis is.
#[derive(Clone, Debug)]
pub enum Across {
    /// Dates; a value stands at its day, the first at the left edge and the last at the right.
    Days(Calendar),
    /// Dates; a value stands over the days of a period, from the first day to the end of the last.
    Periods(Calendar),
    /// Ages from 0 to a number of days.
    Ages(Day),
    /// From one value to another on a scale of the chart's own, [`FINE`] places wide.
    Scale {
        /// What it measures, with the unit.
        what: String,
        /// What is named on it.
        ticks: Vec<Tick>,
    },
    /// Numbers, each at its place between the least and the most.
    Numbers {
        /// What they are.
        what: String,
        /// From the least to the most, as many as every line has values.
        at: Vec<f64>,
    },
    /// Things that have names, a [`SLOT`] wide each.
    Names {
        /// What they are.
        what: String,
        /// From the left.
        names: Vec<Name>,
    },
}

impl Page {
    /// All that is written in it but the axes and the source.
    pub fn in_words(&self) -> String {
        let panels = self.rows.iter().flat_map(|row| &row.panels);
        let said = panels.map(|panel| {
            let heads = [&panel.aside, &panel.last].into_iter().filter(|text| !text.is_empty()).cloned();
            let numbers: Vec<String> =
                heads.chain(panel.layers.iter().filter_map(|layer| self.written(layer))).collect();
            let named = format!("{} ({})", panel.title, panel.measure.name());
            if numbers.is_empty() { named } else { format!("{named}: {}", numbers.join("; ")) }
        });
        let legend = self.legend.iter().map(|key| key.label.as_str()).collect::<Vec<_>>().join("; ");
        let drawn = if legend.is_empty() { String::new() } else { format!(" Drawn are: {legend}.") };
        format!("{}. {}.{drawn} {}.", self.title, self.subtitle, said.collect::<Vec<_>>().join(". "))
    }

    /// What stands at a place of a plot, with the name of the place.
    fn written(&self, layer: &Layer) -> Option<String> {
        match (layer, &self.across) {
            (Layer::Pin { text, .. }, _) => Some(text.clone()),
            (Layer::Label { at, text, .. }, Across::Names { names, .. }) => {
                Some(format!("{} {text}", names.get(at / SLOT)?.label))
            }
            _ => None,
        }
    }
}

/// How wide the place of a named thing is, in the units in which days are one.
pub const SLOT: Day = 10;

/// How many places an axis of numbers or a scale has.
pub const FINE: Day = 10_000;

/// A name in one line, or in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The first line.
    pub label: String,
    /// The second.
    pub note: Option<String>,
}

/// A table of shaded cells with a number in each.
#[derive(Clone, Debug)]
pub struct Heat {
    /// Names of the rows, from the top.
    pub rows: Vec<String>,
    /// Row by row: how dark, from 0 to 1, and what is written; `None` where there is no number.
    pub cells: Vec<Vec<Option<(f64, String)>>>,
}

/// A bar from the least to the most that one thing moves a number to.
#[derive(Clone, Debug)]
pub struct Span {
    /// What moves it.
    pub label: String,
    /// Where it ends on either side of the line, and what is written there.
    pub ends: [(f64, String); 2],
}

/// Panels side by side.
#[derive(Clone, Debug)]
pub struct Row {
    /// Height of the plot areas in pixels, without titles and labels.
    pub height: f64,
    /// How many panels would fill the row; it may hold fewer.
    pub columns: usize,
    /// Whether all panels have the scale of the largest.
    pub same_scale: bool,
    /// From the left.
    pub panels: Vec<Panel>,
}

/// A plot area with its own axes.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What is seen here.
    pub title: String,
    /// What is to be said about it, in few words.
    pub aside: String,
    /// Colour of what is seen here, when it appears in another panel too.
    pub swatch: Option<RGBColor>,
    /// What the y axis measures.
    pub measure: Measure,
    /// Values of the last day, in words.
    pub last: String,
    /// From the back to the front.
    pub layers: Vec<Layer>,
}

/// What a y axis measures.
#[derive(Clone, Debug)]
pub enum Measure {
    /// Whole things: no ticks between them.
    Count(String),
    /// An amount or a percentage: there may be ticks between whole numbers.
    Amount(String),
    /// Whole things, of which one kind is drawn downwards as negative numbers: ticks have no sign.
    Mirrored(String),
}

/// Something drawn in a panel.
#[derive(Clone, Debug)]
pub enum Layer {
    /// A filled band between two values of every day.
    Band {
        /// Its first day.
        first: Day,
        /// Lower edge.
        lower: Vec<f64>,
        /// Upper edge.
        upper: Vec<f64>,
        /// Filling.
        color: RGBColor,
    },
    /// Filled blocks, side by side, each as high as the value of a period.
    Blocks {
        /// Where they begin, and where the last one ends.
        edges: Vec<Day>,
        /// Lower edges.
        lower: Vec<f64>,
        /// Upper edges.
        upper: Vec<f64>,
        /// Filling.
        color: RGBColor,
    },
    /// A table of shaded cells in place of axes and lines; the only layer of its panel.
    Heat(Heat),
    /// Bars to both sides of a line, the longest first, in place of axes and lines; the only layer of its panel.
    Spans(Vec<Span>),
    /// A line that keeps a value until the next one begins.
    Steps {
        /// Where values begin, and where the last one ends.
        edges: Vec<Day>,
        /// Values.
        values: Vec<f64>,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A line through a value of every day.
    Line {
        /// Its first day.
        first: Day,
        /// Values.
        values: Vec<f64>,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A line from one place of a scale to the next.
    Path {
        /// Places, rising.
        at: Vec<Day>,
        /// Values there.
        values: Vec<f64>,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// One place that is named: a line from the axis up to a value, with a dot and a text at its end.
    Pin {
        /// The place.
        at: Day,
        /// How high.
        to: f64,
        /// What is written.
        text: String,
        /// How high that is: `to`, unless it would cover another text.
        text_at: f64,
    },
    /// A text above or below the end of a named thing's bar.
    Label {
        /// The middle of the bar.
        at: Day,
        /// Where the bar ends; below zero the text is below it.
        end: f64,
        /// What the y axis has to reach, so that there is room for the text.
        room: f64,
        /// What is written.
        text: String,
    },
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: RGBColor,
    /// Its width in pixels.
    pub width: f64,
    /// What stands on it here and there, so that lines that cross stay apart in grey print.
    pub marker: Option<Marker>,
}

/// A small figure on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Disc,
    /// A square.
    Square,
    /// A triangle that stands.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A disc with a hole.
    Ring,
    /// A square with a hole.
    Frame,
    /// A triangle on its tip.
    Wedge,
}

impl Stroke {
    /// A line without markers.
    pub const fn plain(color: RGBColor, width: f64) -> Stroke {
        Stroke { color, width, marker: None }
    }
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub struct Key {
    /// What it is.
    pub label: String,
    /// How it looks.
    pub mark: Mark,
}

/// How an entry of the legend looks.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// A filled box.
    Box(RGBColor),
    /// A piece of line.
    Line(Stroke),
    /// A dot on a line that stands.
    Pin(RGBColor),
}

impl Key {
    /// An entry for a filled band.
    pub fn filled(label: impl Into<String>, color: RGBColor) -> Key {
        Key { label: label.into(), mark: Mark::Box(color) }
    }

    /// An entry for pins.
    pub fn pin(label: impl Into<String>, color: RGBColor) -> Key {
        Key { label: label.into(), mark: Mark::Pin(color) }
    }

    /// An entry for a line.
    pub fn line(label: impl Into<String>, stroke: Stroke) -> Key {
        Key { label: label.into(), mark: Mark::Line(stroke) }
    }
}

impl Measure {
    /// Its name, with the unit.
    pub fn name(&self) -> &str {
        match self {
            Measure::Count(name) | Measure::Amount(name) | Measure::Mirrored(name) => name,
        }
    }
}

impl Across {
    /// What stands under the axis.
    pub fn name(&self) -> &str {
        match self {
            Across::Days(_) | Across::Periods(_) => "date",
            Across::Ages(_) => "days since the opening",
            Across::Names { what, .. } | Across::Numbers { what, .. } | Across::Scale { what, .. } => what,
        }
    }

    /// Days from the left edge to the right, at least one.
    pub fn days(&self) -> Day {
        let days = match self {
            Across::Days(calendar) => calendar.days().saturating_sub(1),
            Across::Periods(calendar) => calendar.days(),
            Across::Ages(days) => *days,
            Across::Names { names, .. } => SLOT * names.len(),
            Across::Numbers { .. } | Across::Scale { .. } => FINE,
        };
        days.max(1)
    }
}

impl Layer {
    /// Whether it fills an area: those are behind all lines.
    pub fn is_area(&self) -> bool {
        matches!(self, Layer::Band { .. } | Layer::Blocks { .. })
    }

    /// All values it shows.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        let (one, other): (&[f64], &[f64]) = match self {
            Layer::Band { lower, upper, .. } | Layer::Blocks { lower, upper, .. } => (lower, upper),
            Layer::Line { values, .. } | Layer::Steps { values, .. } | Layer::Path { values, .. } => (values, &[]),
            Layer::Heat(_) | Layer::Spans(_) => (&[], &[]),
            Layer::Label { room: reached, .. } | Layer::Pin { to: reached, .. } => (std::slice::from_ref(reached), &[]),
        };
        one.iter().chain(other).copied()
    }
}

impl Panel {
    /// Whether it is drawn without a y axis of numbers.
    pub fn is_figure(&self) -> bool {
        matches!(self.layers.first(), Some(Layer::Heat(_) | Layer::Spans(_)))
    }

    /// Smallest and largest value, zero included: axes begin there.
    pub fn extent(&self) -> (f64, f64) {
        let values = self.layers.iter().flat_map(Layer::values);
        values.fold((0.0, 0.0), |(low, high), value| (f64::min(low, value), f64::max(high, value)))
    }
}

impl Row {
    /// What the y axis of one of its panels has to hold, zero included.
    pub fn extent(&self, panel: &Panel) -> (f64, f64) {
        let others = self.panels.iter().filter(|_| self.same_scale).map(Panel::extent);
        others.fold(panel.extent(), |one, other| (f64::min(one.0, other.0), f64::max(one.1, other.1)))
    }

    /// A row of one panel.
    pub fn of(height: f64, panel: Panel) -> Row {
        Row { height, columns: 1, same_scale: false, panels: vec![panel] }
    }
}
