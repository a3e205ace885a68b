//! The report of a run, a comparison, a study or an optimisation: one page of HTML that opens on the answer. Alone knows Minijinja;
//! must not know the engine, a table format or where the page is kept.
//!
//! What a page says is a `Page`, plain data that is made here; how it looks is in `page.html`, `style.css` and
//! `sort.js`, which are part of the program. The page loads nothing: figures are SVG within it.

mod assumptions;
mod comparison;
mod optimum;
mod page;
mod run;
mod study;
mod words;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

use crate::charts::{ChartError, Figure};

pub use comparison::comparison;
pub use optimum::optimum;
pub use run::run;
pub use study::study;

/// What a report has beside the results.
#[derive(Clone, Copy, Debug)]
pub struct Extras<'a> {
    /// Whether figures are in it.
    pub charts: bool,
    /// The command that plays the same once more, from within the folder.
    pub command: &'a str,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A figure.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The template: a bug.
    #[error("cannot fill the report in: {0}")]
    Template(#[from] minijinja::Error),
}

/// The figures of a report, each drawn; none where charts are not wanted.
fn drawn(figures: impl FnOnce() -> Vec<Figure>, extras: Extras<'_>) -> Result<Vec<page::Picture>, ChartError> {
    let figures = if extras.charts { figures() } else { vec![] };
    let picture = |figure: Figure| {
        let (title, words) = (figure.title().to_owned(), figure.alt());
        figure.svg().map(|svg| page::Picture { name: figure.name, title, words, svg })
    };
    figures.into_iter().map(picture).collect()
}

/// The page as HTML. Whatever is filled in is escaped, but for the figures, which are drawn here.
fn html(page: page::Page) -> Result<String, ReportError> {
    let mut templates = Environment::new();
    // A name that the page does not have is a mistake of the template, not nothing.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    templates.add_template("page.html", include_str!("page.html"))?;
    templates.add_template("style.css", include_str!("style.css"))?;
    templates.add_template("sort.js", include_str!("sort.js"))?;
    Ok(templates.get_template("page.html")?.render(page.into_value())?)
}
