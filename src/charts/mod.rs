//! Draws the pictures of a run, as SVG and PNG. Alone knows Plotters; must not know the engine, the rules or a
//! table format: plans, totals and what a comparison says of them are all it sees.
//!
//! A chart says *what* is drawn as a `Page`, which is plain data; `frame` says *where*, and `pen` is the only
//! place that touches a drawing backend. So all charts look alike, and an SVG and a PNG are the same drawing.

mod adoption;
mod allowances;
mod arrears;
mod axis;
mod bars;
mod change_by_size;
mod compared;
mod daily;
mod dates;
mod figure;
mod file;
mod frame;
mod page;
mod parts;
mod pen;
mod periods;
mod revenue;
mod sources;
mod states;
mod style;
mod survival;
mod sweep;
mod transitions;
mod usage;
mod waterfall;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::plan::Plan;
use crate::record::Summary;
use crate::study::{Comparison, Study, Sweep};
use page::Page;

/// File formats of charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Vector graphics with real text; the same run gives the same bytes.
    Svg,
    /// A bitmap of twice the nominal size, for dense screens.
    Png,
}

impl Format {
    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
        }
    }
}

/// Why a chart was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The folder or file could not be written.
    #[error("cannot write the chart {}: {cause}", file.display())]
    Write {
        /// Which.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The drawing failed: a bug, or no room for the bitmap.
    #[error("cannot draw the chart {}: {cause}", file.display())]
    Draw {
        /// Which.
        file: PathBuf,
        /// What the drawing library says.
        cause: String,
    },
}

/// Draws revenue, states, transitions, arrears, and what else the plan has to show into `folder`, which is made if it is not there; existing charts are
/// replaced. Answers with the files, chart by chart in the order of `formats`; `threads` files are drawn at a time.
///
/// # Errors
/// A file that cannot be written, named. Whatever the data, drawing does not panic.
pub fn draw(
    plan: &Plan,
    summary: &Summary,
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    draw_pages(&pages(plan, summary), folder, formats, threads)
}

/// Draws a study as the chart `name`, where it has one or two axes or moved each by itself, as [`draw`] does.
///
/// # Errors
/// As of [`draw`].
pub fn draw_sweep(
    (study, sweep): (&Study, &Sweep),
    name: &'static str,
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    let pages: Vec<_> = sweep::page(study, sweep).map(|page| (name, page)).into_iter().collect();
    draw_pages(&pages, folder, formats, threads)
}

/// Draws what differs between several plans, as [`draw`] does it.
///
/// # Errors
/// A file that cannot be written, named.
pub fn draw_comparison(
    comparison: &Comparison<'_>,
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    draw_pages(&comparison_pages(comparison), folder, formats, threads)
}

fn draw_pages(
    pages: &[(&'static str, Page)],
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    std::fs::create_dir_all(folder).map_err(|cause| ChartError::Write { file: folder.to_owned(), cause })?;
    let mut files = vec![];
    for (name, page) in pages {
        let named = |format: &Format| (page, *format, folder.join(name).with_extension(format.extension()));
        files.extend(formats.iter().map(named));
    }
    let next = AtomicUsize::new(0);
    let draw_some = || -> Result<(), ChartError> {
        while let Some((page, format, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            file::write(page, *format, path)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.min(files.len())).map(|_| scope.spawn(draw_some)).collect();
        let mine = draw_some();
        let theirs = helpers.into_iter().map(|helper| helper.join().expect("drawing does not panic"));
        theirs.fold(mine, Result::and)
    })?;
    Ok(files.into_iter().map(|(_, _, path)| path).collect())
}

/// The charts of a comparison with the names of their files.
fn comparison_pages(comparison: &Comparison<'_>) -> Vec<(&'static str, Page)> {
    vec![
        ("change-by-size", change_by_size::page(comparison)),
        ("waterfall-by-segment", waterfall::by_segment(comparison)),
        ("waterfall-by-tier", waterfall::by_tier(comparison)),
        ("revenue", compared::revenue(comparison)),
        ("difference", compared::difference(comparison)),
    ]
}

/// The charts with the names of their files.
/// Which there are depends on the plan alone, so that runs that differ in chance have the same files.
fn pages(plan: &Plan, summary: &Summary) -> Vec<(&'static str, Page)> {
    let pages = [
        ("revenue", Some(revenue::page(plan, summary))),
        ("states", Some(states::page(plan, summary))),
        ("transitions", Some(transitions::page(plan, summary))),
        ("arrears", Some(arrears::page(plan, summary))),
        ("revenue-by-source", sources::page(plan, summary)),
        ("usage-by-meter", usage::page(plan, summary)),
        ("allowances", allowances::page(plan, summary)),
        ("adoption", adoption::page(plan, summary)),
        ("trial-survival", survival::page(plan, summary)),
    ];
    pages.into_iter().filter_map(|(name, page)| Some((name, page?))).collect()
}
