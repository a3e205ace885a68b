//! Texts that were read and places in them. An argument of `--set` is a source like any file.

/// What a person calls the source of an argument.
pub const COMMAND_LINE: &str = "command line";

/// A range of bytes in one of the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which source, in the order of reading.
    pub source: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One text and the name a person knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A path as given, or [`COMMAND_LINE`].
    pub name: String,
    /// All of it, or one line.
    pub text: String,
    /// The number of its first line.
    pub first_line: usize,
}

/// Everything that was read for one command.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its number. A file that is named twice is one source: a mistake in it is one mistake.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        let source = Source { name: name.into(), text: text.into(), first_line: 1 };
        let there = self.list.iter().position(|known| *known == source && known.name != COMMAND_LINE);
        there.unwrap_or_else(|| {
            self.list.push(source);
            self.list.len() - 1
        })
    }

    /// Adds one line of a file that is too long to be kept, and returns the place of a `span` of its bytes.
    pub fn add_line(
        &mut self,
        name: impl Into<String>,
        line: u64,
        text: String,
        (start, end): (usize, usize),
    ) -> Place {
        let first_line = usize::try_from(line).unwrap_or(usize::MAX);
        self.list.push(Source { name: name.into(), text, first_line });
        Place { source: self.list.len() - 1, start, end }
    }

    /// Whether a source was typed rather than read.
    pub fn is_command_line(&self, source: usize) -> bool {
        self.get(source).is_some_and(|source| source.name == COMMAND_LINE)
    }

    /// The source of that number.
    pub fn get(&self, source: usize) -> Option<&Source> {
        self.list.get(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_named_twice_is_one_source() {
        let mut sources = Sources::default();
        let first = sources.add("prices.toml", "grace = 1");
        assert_eq!(sources.add("prices.toml", "grace = 1"), first);
        assert_ne!(sources.add("prices.toml", "grace = 2"), first);
        let typed = sources.add(COMMAND_LINE, "seed=1");
        assert_ne!(sources.add(COMMAND_LINE, "seed=1"), typed);
    }
}
