//! Writes a page into a file, as SVG or PNG. Must not know what is on the page.

use std::io;
use std::path::Path;

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::drawing::IntoDrawingArea;
use plotters::prelude::DrawingBackend;

use super::page::Page;
use super::pen::{BITMAP, Pen, UNITS, VECTOR};
use super::style::{WIDTH, load_font};
use super::{ChartError, Format, frame};

/// Backend units that become one dot of a bitmap in each direction: drawn large and made smaller, edges are smooth.
const SMALLER: usize = 2;

/// Draws a page into a file.
pub fn write(page: &Page, format: Format, file: &Path) -> Result<(), ChartError> {
    let write_error = |cause| ChartError::Write { file: file.to_owned(), cause };
    let draw_error = |cause: String| ChartError::Draw { file: file.to_owned(), cause };
    match format {
        Format::Svg => {
            let text = svg(page).map_err(draw_error)?;
            std::fs::write(file, text).map_err(write_error)
        }
        Format::Png => {
            let (dots, size) = bitmap(page).map_err(draw_error)?;
            // The encoder's own message would not name the reason as the system does.
            drop(std::fs::File::create(file).map_err(write_error)?);
            encode(&dots, size, file).map_err(draw_error)?;
            complete(file).map_err(write_error)
        }
    }
}

/// Size of a page in backend units.
fn size(page: &Page) -> (u32, u32) {
    let units = |pixels: f64| (pixels * UNITS).round() as u32;
    (units(WIDTH), units(frame::height(page).ceil()))
}

/// The page as an SVG.
pub fn svg(page: &Page) -> Result<String, String> {
    load_font();
    let mut text = String::new();
    let (width, height) = size(page);
    {
        let area = SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
        frame::draw(page, &Pen::new(&area, VECTOR)).map_err(|error| error.to_string())?;
        area.present().map_err(|error| error.to_string())?;
    }
    // Plotters counts in whole units, of which there are several in a pixel: the nominal size goes into the head. Round
    // corners keep sharp bends of a line from sticking out, and title and description are what screen readers say.
    let drawn = format!("width=\"{width}\" height=\"{height}\" ");
    let scale = UNITS as u32;
    let nominal = format!("width=\"{}\" height=\"{}\" ", width / scale, height / scale);
    let mut text = text.replacen(&drawn, &nominal, 1);
    // XML has no place for them, not even escaped; a name may hold some.
    text.retain(|letter| letter == '\n' || !letter.is_control());
    let (title, words) = (escaped(&page.title), escaped(&page.in_words()));
    let head = format!(" stroke-linejoin=\"round\" role=\"img\">\n<title>{title}</title>\n<desc>{words}</desc>\n");
    Ok(text.replacen(">\n", &head, 1))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The page as red, green and blue of its dots, row by row, with its width and height in dots.
pub fn bitmap(page: &Page) -> Result<(Vec<u8>, (u32, u32)), String> {
    load_font();
    let (width, height) = size(page);
    let mut large = vec![0xff; 3 * width as usize * height as usize];
    {
        let area = BitMapBackend::with_buffer(&mut large, (width, height)).into_drawing_area();
        frame::draw(page, &Pen::new(&area, BITMAP)).map_err(|error| error.to_string())?;
        area.present().map_err(|error| error.to_string())?;
    }
    let step = SMALLER as u32;
    Ok((smaller(&large, width as usize), (width / step, height / step)))
}

/// Each dot is the mean of a square of dots.
fn smaller(large: &[u8], width: usize) -> Vec<u8> {
    let stride = 3 * width;
    let rows = large.chunks_exact(stride * SMALLER);
    let mut dots = Vec::with_capacity(large.len() / (SMALLER * SMALLER));
    for rows in rows {
        for x in (0..width - width % SMALLER).step_by(SMALLER) {
            for channel in 0..3 {
                let square = (0..SMALLER * SMALLER).map(|i| (i / SMALLER) * stride + 3 * (x + i % SMALLER) + channel);
                let sum: usize = square.map(|index| usize::from(rows[index])).sum();
                dots.push((sum / (SMALLER * SMALLER)) as u8);
            }
        }
    }
    dots
}

fn encode(dots: &[u8], size: (u32, u32), file: &Path) -> Result<(), String> {
    let mut backend = BitMapBackend::new(file, size);
    backend.blit_bitmap((0, 0), size, dots).map_err(|error| error.to_string())?;
    backend.present().map_err(|error| error.to_string())
}

/// Checks the end of a PNG: the encoder does not say when the last bytes did not reach a full disk.
fn complete(file: &Path) -> io::Result<()> {
    const END: &[u8] = b"IEND\xaeB`\x82";
    if std::fs::read(file)?.ends_with(END) { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}
