//! Mistakes in what a person wrote: what, where, and how to mend it. All of a file at once.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::source::{Place, Sources};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    what: String,
    place: Option<Place>,
    label: String,
    cure: Option<String>,
}

impl Problem {
    /// A mistake; `what` is a clause without a full stop.
    pub fn new(what: impl Into<String>) -> Problem {
        Problem { what: what.into(), place: None, label: String::new(), cure: None }
    }

    /// The same mistake in another clause.
    #[must_use]
    pub fn headed(mut self, what: impl Into<String>) -> Problem {
        self.what = what.into();
        self
    }

    /// Where it stands, if it stands anywhere (a default does not).
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Problem {
        self.place = place;
        self
    }

    /// What was expected, shown at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Problem {
        self.label = label.into();
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Problem {
        self.cure = Some(cure.into());
        self
    }

    /// Where it stands.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// The mistake in a clause.
    pub fn what(&self) -> &str {
        &self.what
    }

    fn report<'a>(&'a self, sources: &'a Sources) -> Vec<Group<'a>> {
        let title = Level::ERROR.primary_title(self.what.as_str());
        let snippet = self.place.and_then(|place| {
            let source = sources.get(place.source)?;
            let end = place.end.min(source.text.len());
            let start = place.start.min(end);
            let mark = AnnotationKind::Primary.span(start..end).label(self.label.as_str());
            Some(
                Snippet::source(source.text.as_str())
                    .line_start(source.first_line)
                    .path(source.name.as_str())
                    .annotation(mark),
            )
        });
        let mut group = match snippet {
            Some(snippet) => title.element(snippet),
            None => Group::with_title(title),
        };
        if let Some(cure) = &self.cure {
            group = group.element(Level::HELP.message(cure.as_str()));
        }
        vec![group]
    }
}

/// The mistakes found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Notes one more.
    pub fn push(&mut self, problem: Problem) {
        if !self.list.contains(&problem) {
            self.list.push(problem);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// All of them with their lines and carets, in the order of the sources.
    pub fn render(&self, sources: &Sources, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut sorted: Vec<&Problem> = self.list.iter().collect();
        sorted.sort_by_key(|problem| problem.place.map_or((usize::MAX, 0), |place| (place.source, place.start)));
        let shown = sorted.iter().map(|problem| renderer.render(&problem.report(sources)));
        shown.collect::<Vec<_>>().join("\n\n")
    }
}
