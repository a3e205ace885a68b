//! `--set key.path=value` and its short forms: one value of a tree replaced, with its place in the command line.

use super::node::{self, Entry, Node, Raw};
use super::problem::{Problem, Problems};
use super::source::{COMMAND_LINE, Place, Sources};

/// The option whose arguments name a key and a value.
pub const SET: &str = "--set";
/// Most steps of a key path: more than any table is deep.
const MOST_STEPS: usize = 64;

/// Puts `argument` (`key.path=value`) into `root`. List elements go by their `id` or their index.
/// Whether the key exists is found when the tree is checked, like any other unknown key.
/// `option` is what it was typed after.
pub fn apply(option: &str, argument: &str, root: &mut Node, sources: &mut Sources, problems: &mut Problems) {
    let source = sources.add(COMMAND_LINE, format!("{option} {argument}"));
    let begin = option.len() + 1;
    let whole = Some(Place { source, start: begin, end: begin + argument.len() });
    let Some((path, text)) = argument.split_once('=') else {
        problems.push(
            Problem::new(format!("{option} needs a key and a value"))
                .at(whole)
                .label("no `=` here")
                .cure(format!("write it as {option} account.rounding=truncate")),
        );
        return;
    };
    if path.split('.').count() > MOST_STEPS {
        problems.push(Problem::new(format!("the key path of {option} has more than {MOST_STEPS} steps")));
        return;
    }
    let value = value_of(text, source, begin + path.len() + 1);
    put(root, &steps(path, source, begin), value, problems);
}

/// A key and its value that a file changes in another one.
#[derive(Clone, Debug)]
pub struct Written {
    /// Path of the key.
    pub key: String,
    /// Where the key is written.
    pub key_place: Option<Place>,
    /// The value, as [`apply`] takes it.
    pub value: String,
    /// Where the value is written, or what it comes from.
    pub value_place: Option<Place>,
}

impl Written {
    /// From `key.path=value` in a text of a file that stands at `place`.
    ///
    /// # Errors
    /// When it has no `=`.
    pub fn parse(text: &str, place: Option<Place>) -> Result<Written, Problem> {
        let Some((key, value)) = text.split_once('=') else {
            let problem = Problem::new("a change needs a key and a value").at(place).label("no `=` here");
            return Err(problem.cure("write it as \"account.rounding=truncate\""));
        };
        // In quotes and without escapes both stand where they can be pointed at.
        let within = |start: usize, end: usize| {
            let exact = place.filter(|place| place.end - place.start == text.len() + 2);
            exact.map(|place| Place { start: place.start + 1 + start, end: place.start + 1 + end, ..place }).or(place)
        };
        Ok(Written {
            key_place: within(0, key.len()),
            value_place: within(key.len() + 1, text.len()),
            key: key.to_owned(),
            value: value.to_owned(),
        })
    }

    /// Puts it into `root`, as [`apply`] does.
    pub fn apply(&self, root: &mut Node, problems: &mut Problems) {
        let Some(place) = self.key_place.or(self.value_place) else { return };
        if self.key.split('.').count() > MOST_STEPS {
            let problem = Problem::new(format!("a key path of more than {MOST_STEPS} steps"));
            problems.push(problem.at(Some(place)).label("too long"));
            return;
        }
        let steps = steps(&self.key, place.source, place.start);
        let whole = place.end - place.start == self.key.len();
        let steps: Vec<(&str, Place)> =
            if whole { steps } else { steps.iter().map(|(step, _)| (*step, place)).collect() };
        let mut value = value_of(&self.value, place.source, place.start);
        value.stand_at(self.value_place);
        put(root, &steps, value, problems);
    }
}

/// Whether a path leads into a price book that there is not: a table that was made for one value would only be told to lack the others.
fn unknown_book(root: &Node, steps: &[(&str, Place)]) -> Option<Problem> {
    let [("books", _), (book, place), between @ .., (last, _)] = steps else { return None };
    let books = root.get("books")?;
    let Raw::Table(entries) = &books.value else { return None };
    if book.is_empty() || books.get(book).is_some() || (between.is_empty() && *last == "file") {
        return None;
    }
    let known: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let problem = Problem::new(format!("there is no book `{book}`")).at(Some(*place)).label("no such book");
    Some(problem.cure(format!("the scenario has {}", known.join(", "))))
}

/// Puts a value where its steps lead.
fn put(root: &mut Node, steps: &[(&str, Place)], value: Node, problems: &mut Problems) {
    let put = unknown_book(root, steps).map_or_else(|| place_value(root, steps, value), Err);
    if let Err(problem) = put {
        problems.push(problem);
    }
}

/// The steps of a key path that begins at `start`, each where it stands.
fn steps(path: &str, source: usize, mut start: usize) -> Vec<(&str, Place)> {
    let mut steps = vec![];
    for step in path.split('.') {
        steps.push((step.trim(), Place { source, start, end: start + step.len() }));
        start += step.len() + 1;
    }
    steps
}

/// The value at a path as [`apply`] takes it, if there is one.
pub fn value_at<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').map(str::trim).try_fold(root, |node, step| match &node.value {
        Raw::Table(_) => node.get(step),
        Raw::List(nodes) => {
            let by_id = nodes.iter().find(|n| n.get("id").and_then(Node::text) == Some(step));
            by_id.or_else(|| nodes.get(step.parse::<usize>().ok()?))
        }
        _ => None,
    })
}

/// A path with the elements of lists by their index: two paths to one value are the same then. Steps that lead nowhere stay as they are.
pub fn settled(root: &Node, path: &str) -> Vec<String> {
    let mut node = Some(root);
    let step = |step: &str| {
        let (next, settled) = match node.map(|node| &node.value) {
            Some(Raw::List(nodes)) => {
                let by_id = nodes.iter().position(|n| n.get("id").and_then(Node::text) == Some(step));
                let index = by_id.or_else(|| step.parse().ok());
                (index.and_then(|index| nodes.get(index)), index.map(|index| index.to_string()))
            }
            _ => (node.and_then(|node| node.get(step)), None),
        };
        node = next;
        settled.unwrap_or_else(|| step.to_owned())
    };
    path.split('.').map(str::trim).map(step).collect()
}

/// Puts the number of an option such as `--days 30` into the key of that name.
pub fn apply_option(key: &str, number: u64, root: &mut Node, sources: &mut Sources, problems: &mut Problems) {
    let (place, text) = option(key, number, sources);
    let value = value_of(&text, place.source, place.start);
    if let Err(problem) = place_value(root, &[(key, place)], value) {
        problems.push(problem);
    }
}

/// The number of an option and its place in the command line.
pub fn option(key: &str, number: u64, sources: &mut Sources) -> (Place, String) {
    let text = number.to_string();
    let start = "-- ".len() + key.len();
    let source = sources.add(COMMAND_LINE, format!("--{key} {text}"));
    (Place { source, start, end: start + text.len() }, text)
}

/// A TOML value, or a bare word as a text: `--set account.rounding=truncate`.
fn value_of(text: &str, source: usize, offset: usize) -> Node {
    let trimmed = text.trim();
    let offset = offset + (text.len() - text.trim_start().len());
    node::parse_value(trimmed, source, offset).unwrap_or_else(|| Node {
        place: Some(Place { source, start: offset, end: offset + trimmed.len() }),
        value: Raw::Text(trimmed.to_owned()),
    })
}

fn place_value(node: &mut Node, steps: &[(&str, Place)], value: Node) -> Result<(), Problem> {
    let Some(((step, place), rest)) = steps.split_first() else {
        *node = value;
        return Ok(());
    };
    if step.is_empty() {
        return Err(Problem::new("an empty step in a key path").at(Some(*place)).label("a key is missing here"));
    }
    let kind = node.kind();
    match &mut node.value {
        Raw::Table(entries) => {
            let found = match entries.iter().position(|entry| entry.key == *step) {
                Some(found) => found,
                None => {
                    let empty = Node { place: Some(*place), value: Raw::Table(vec![]) };
                    entries.push(Entry { key: (*step).to_owned(), place: Some(*place), node: empty });
                    entries.len() - 1
                }
            };
            entries[found].place = Some(*place);
            place_value(&mut entries[found].node, rest, value)
        }
        Raw::List(nodes) => {
            let ids: Vec<&str> = nodes.iter().filter_map(|n| n.get("id").and_then(Node::text)).collect();
            let by_id = nodes.iter().position(|n| n.get("id").and_then(Node::text) == Some(step));
            let by_index = step.parse::<usize>().ok().filter(|index| *index < nodes.len());
            let Some(found) = by_id.or(by_index) else {
                let known = if ids.is_empty() { String::new() } else { format!(" or by id: {}", ids.join(", ")) };
                let many = if nodes.len() == 1 { "1 element".to_owned() } else { format!("{} elements", nodes.len()) };
                return Err(Problem::new(format!("the list has no element `{step}`"))
                    .at(Some(*place))
                    .label("no such element")
                    .cure(format!("it has {many}, by index from 0{known}")));
            };
            place_value(&mut nodes[found], rest, value)
        }
        _ => Err(Problem::new(format!("`{step}` is looked for in {kind}, which has no keys"))
            .at(Some(*place))
            .label("nothing below here")),
    }
}
