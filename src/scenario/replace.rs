//! A price book in place of a scenario's own. Must not know why somebody wants that.

use std::path::Path;

use super::kind::FileKind;
use super::load::read;
use crate::text::node::{Node, Raw};
use crate::text::{Problem, Problems, Sources};

/// Whether a file is a price book and no scenario, by the keys at its top. A file that cannot be read is neither.
pub fn is_book(path: &Path) -> bool {
    let mut problems = Problems::default();
    let root = read(path, None, &mut Sources::default(), &mut problems);
    root.is_some_and(|root| FileKind::of(&root) == Some(FileKind::Book))
}

/// Puts the book of a file where the scenario has one of its product; the only one, if the file does not say of which it is.
pub(super) fn replace_book(root: &mut Node, path: &Path, sources: &mut Sources, problems: &mut Problems) {
    let Some(book) = read(path, None, sources, problems) else { return };
    let Raw::Table(entries) = &mut root.value else { return };
    let Some(Raw::Table(books)) = entries.iter_mut().find(|entry| entry.key == "books").map(|e| &mut e.node.value)
    else {
        return;
    };
    let ids: Vec<String> = books.iter().map(|entry| entry.key.clone()).collect();
    let product = book.get("product");
    let entry = match (product.and_then(Node::text), books.as_mut_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(product), books) => books.iter_mut().find(|entry| entry.key == product),
    };
    match entry {
        Some(entry) => entry.node = book,
        None => problems.push(
            Problem::new("the first scenario has no price book that this one could replace")
                .at(product.map_or(book.place, |product| product.place))
                .label(if product.is_some() {
                    "no such product there"
                } else {
                    "it does not say of which product it is"
                })
                .cure(format!("`product` is one of: {}", ids.join(", "))),
        ),
    }
}
