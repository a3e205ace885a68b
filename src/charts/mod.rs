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
mod bills;
mod calibrated;
mod change_by_size;
mod compared;
mod concentration;
mod daily;
mod dates;
mod demand;
mod fan;
mod figure;
mod file;
mod frame;
mod marks;
mod page;
mod parts;
mod pen;
mod periods;
mod recovery;
mod revenue;
mod scale;
mod sources;
mod states;
mod style;
mod survival;
mod sweep;
mod tiers;
mod transitions;
mod usage;
mod waterfall;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::calibrate::Calibration;
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

/// One picture of a run, a study or a comparison: what its files and a report have of it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name of its files, without their ending.
    pub name: &'static str,
    page: Page,
}

impl Figure {
    /// What is seen.
    pub fn title(&self) -> &str {
        &self.page.title
    }

    /// How to read it.
    pub fn caption(&self) -> &str {
        &self.page.subtitle
    }

    /// What is seen in words, for those who do not see it: title, how to read it, and the numbers that are written in it.
    pub fn alt(&self) -> String {
        self.page.in_words()
    }

    /// The picture as an SVG, for a page of HTML as it is; its title and description are in it.
    ///
    /// # Errors
    /// As of [`draw`], with the name in place of a file.
    pub fn svg(&self) -> Result<String, ChartError> {
        file::svg(&self.page).map_err(|cause| ChartError::Draw { file: self.name.into(), cause })
    }
}

/// All figures of a run in the order in which one reads them. Those of a single world are of the first replication.
/// Which there are depends on the plan and on whether there are several replications, so that runs that differ in chance have
/// the same files.
pub fn figures(plan: &Plan, replications: &[Summary]) -> Vec<Figure> {
    let Some(first) = replications.first() else { return vec![] };
    let of_first = match replications.len() {
        1 => "1 replication".to_owned(),
        count => format!("the first of {count} replications"),
    };
    let of_all = format!("{} replications", replications.len());
    let figure = |(name, page, of): (&'static str, Option<Page>, &str)| {
        let page = page?;
        Some(Figure { name, page: Page { source: format!("{}, {of}", page.source), ..page } })
    };
    let all = [
        ("revenue", Some(revenue::page(plan, first)), &of_first),
        ("states", Some(states::page(plan, first)), &of_first),
        ("transitions", Some(transitions::page(plan, first)), &of_first),
        ("arrears", Some(arrears::page(plan, first)), &of_first),
        ("demand", Some(demand::page(plan, first)), &of_first),
        ("bills", Some(bills::page(plan, first)), &of_first),
        ("concentration", Some(concentration::page(plan, first)), &of_first),
        ("recovery", Some(recovery::page(plan, first)), &of_first),
        ("tiers", tiers::page(plan, first), &of_first),
        ("revenue-by-source", sources::page(plan, first), &of_first),
        ("usage-by-meter", usage::page(plan, first), &of_first),
        ("allowances", allowances::page(plan, first), &of_first),
        ("adoption", adoption::page(plan, first), &of_first),
        ("trial-survival", survival::page(plan, first), &of_first),
        ("replications", fan::page(plan, replications), &of_all),
    ];
    all.into_iter().map(|(name, page, of)| (name, page, of.as_str())).filter_map(figure).collect()
}

/// The figure of a study, where it has one or two axes or moved each by itself; `name` is that of its files.
pub fn study_figure(study: &Study, sweep: &Sweep, name: &'static str) -> Option<Figure> {
    sweep::page(study, sweep).map(|page| Figure { name, page })
}

/// The figures of a comparison.
pub fn comparison_figures(comparison: &Comparison<'_>) -> Vec<Figure> {
    let all = [
        ("change-by-size", change_by_size::page(comparison)),
        ("waterfall-by-segment", waterfall::by_segment(comparison)),
        ("waterfall-by-tier", waterfall::by_tier(comparison)),
        ("revenue", compared::revenue(comparison)),
        ("difference", compared::difference(comparison)),
    ];
    all.into_iter().map(|(name, page)| Figure { name, page }).collect()
}

/// Draws all [`figures`] of a run into `folder`, which is made if it is not there; existing charts are
/// replaced. Answers with the files, chart by chart in the order of `formats`; `threads` files are drawn at a time.
///
/// # Errors
/// A file that cannot be written, named. Whatever the data, drawing does not panic.
pub fn draw(
    plan: &Plan,
    replications: &[Summary],
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    draw_figures(&figures(plan, replications), folder, formats, threads)
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
    let figures: Vec<_> = study_figure(study, sweep, name).into_iter().collect();
    draw_figures(&figures, folder, formats, threads)
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
    draw_figures(&comparison_figures(comparison), folder, formats, threads)
}

/// Draws a fitted segment over the data, as [`draw`] does it.
///
/// # Errors
/// A file that cannot be written, named.
pub fn draw_calibration(
    found: &Calibration,
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    draw_figures(&calibrated::figures(found), folder, formats, threads)
}

fn draw_figures(
    figures: &[Figure],
    folder: &Path,
    formats: &[Format],
    threads: usize,
) -> Result<Vec<PathBuf>, ChartError> {
    if figures.is_empty() {
        return Ok(vec![]);
    }
    std::fs::create_dir_all(folder).map_err(|cause| ChartError::Write { file: folder.to_owned(), cause })?;
    let mut files = vec![];
    for Figure { name, page } in figures {
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
