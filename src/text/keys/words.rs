//! Choices: an enum whose variants a person names by a word.

/// One word of a choice and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// As written in a file.
    pub word: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// An enum of [`Word`]s. Made by the `words!` macro.
pub trait Words: Sized + Copy {
    /// All words, the default first where there is one.
    const WORDS: &'static [Word];
    /// The variant of a word.
    fn from_word(word: &str) -> Option<Self>;
    /// The word of a variant.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $word:literal: $doc:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name { $(#[doc = $doc] $variant,)+ }

        impl $crate::text::keys::Words for $name {
            const WORDS: &'static [$crate::text::keys::Word] =
                &[$($crate::text::keys::Word { word: $word, doc: $doc },)+];
            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

pub(crate) use words;
