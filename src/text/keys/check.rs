//! A raw tree against its key table: types, ranges, unknown keys, defaults. Every mistake is noted, none stops the rest.

use super::record::{Record, Value, Valued};
use super::shape::{Fallback, Key, Shape, Table, Variant};
use crate::text::node::{self, Entry, Node, Raw};
use crate::text::{Place, Problem, Problems};
use crate::units::{Money, Share, duration};

/// Checks a tree against a table. What is broken has been noted in `problems`.
pub fn check(node: &Node, table: &'static Table, problems: &mut Problems) -> Record {
    let Raw::Table(entries) = &node.value else {
        problems.push(mismatch(node, &Shape::Table(table)));
        let values = table.keys.iter().map(|_| Valued { place: node.place, value: Value::Broken });
        return Record { table, place: node.place, values: values.collect() };
    };
    check_entries(node.place, entries, table, None, problems)
}

fn check_entries(
    place: Option<Place>,
    entries: &[Entry],
    table: &'static Table,
    tag: Option<&str>,
    problems: &mut Problems,
) -> Record {
    let mut meant = vec![];
    for entry in entries {
        let known = table.keys.iter().any(|key| key.name == entry.key) || tag == Some(entry.key.as_str());
        if !known {
            let names: Vec<&str> = tag.into_iter().chain(table.keys.iter().map(|key| key.name)).collect();
            let near = nearest(&entry.key, &names);
            meant.extend(near);
            problems.push(unknown(entry, table, near, &names));
        }
    }
    let values = table.keys.iter().map(|key| match entries.iter().find(|entry| entry.key == key.name) {
        Some(entry) => check_value(&entry.node, &key.shape, problems),
        // A misspelt key is one mistake, not two.
        None if matches!(key.default, Fallback::Required) && meant.contains(&key.name) => {
            Valued { place: None, value: Value::Broken }
        }
        None => fallback(place, key, table, problems),
    });
    let record = Record { table, place, values: values.collect() };
    if record.is_sound() {
        for rule in table.rules {
            rule(&record, problems);
        }
    }
    record
}

fn fallback(place: Option<Place>, key: &Key, table: &Table, problems: &mut Problems) -> Valued {
    let value = match key.default {
        Fallback::Absent => Value::Absent,
        Fallback::Is(text) => return default(text, &key.shape, problems),
        Fallback::Required => {
            problems.push(
                Problem::new(format!("{} has no `{}`", table.name, key.name))
                    .at(place)
                    .label(format!("`{}` is missing here", key.name))
                    .cure(format!("add {}: {}", how_to_add(key), key.shape.expected())),
            );
            Value::Broken
        }
    };
    Valued { place: None, value }
}

/// What the text of a default says.
pub(super) fn default(text: &str, shape: &Shape, problems: &mut Problems) -> Valued {
    let node = node::parse_value(text, 0, 0).expect("defaults of the key table are TOML").nowhere();
    check_value(&node, shape, problems)
}

fn how_to_add(key: &Key) -> String {
    match key.shape {
        Shape::Map(_) => format!("`{}.ID = {{ … }}`", key.name),
        Shape::List(Shape::Table(_), ..) => format!("`[[{}]]`", key.name),
        _ => format!("`{} = …`", key.name),
    }
}

fn check_value(node: &Node, shape: &Shape, problems: &mut Problems) -> Valued {
    let value = match (shape, &node.value) {
        (Shape::Table(table), Raw::Table(_)) => Value::Record(check(node, table, problems)),
        (Shape::Map(table), Raw::Table(entries)) => {
            by_id(entries, problems, |node, problems| check(node, table, problems)).map_or(Value::Broken, Value::Map)
        }
        (Shape::Values(of), Raw::Table(entries)) => {
            by_id(entries, problems, |node, problems| check_value(node, of, problems))
                .map_or(Value::Broken, Value::Values)
        }
        (Shape::Tagged(variants), Raw::Table(entries)) => tagged(node, entries, variants, problems),
        (Shape::List(of, min, max), Raw::List(nodes)) if nodes.len() >= *min && nodes.len() <= *max => {
            Value::List(nodes.iter().map(|n| check_value(n, of, problems)).collect())
        }
        (Shape::WordOr(word, _), Raw::Text(text)) if text == word.word => Value::Word(word.word),
        (Shape::WordOr(_, or), _) => word_or(node, shape, or, problems),
        _ => scalar(node, shape).unwrap_or_else(|problem| {
            problems.push(problem);
            Value::Broken
        }),
    };
    Valued { place: node.place, value }
}

/// What is neither the word nor the value is explained as a whole; a table explains its own mistakes.
fn word_or(node: &Node, shape: &Shape, or: &Shape, problems: &mut Problems) -> Value {
    if matches!((or, &node.value), (Shape::Table(_), Raw::Table(_))) {
        return check_value(node, or, problems).value;
    }
    let mut inner = Problems::default();
    let valued = check_value(node, or, &mut inner);
    let Some(problem) = inner.iter().next() else { return valued.value };
    // The value's own mistake says more (why it is no length), but either would have been right.
    let problem = problem.clone().headed(format!("expected {}", shape.expected()));
    let near = match (shape, node.text()) {
        (Shape::WordOr(word, _), Some(text)) => nearest(text, &[word.word]),
        _ => None,
    };
    problems.push(match near {
        Some(near) => problem.cure(format!("did you mean \"{near}\"?")),
        None => problem,
    });
    Value::Broken
}

/// What stands under each id, in the order of the ids; `None` where one is no id.
fn by_id<T>(
    entries: &[Entry],
    problems: &mut Problems,
    check: impl Fn(&Node, &mut Problems) -> T,
) -> Option<Vec<(String, T)>> {
    let mut found = vec![];
    let mut named = true;
    for entry in entries {
        if let Some(problem) = bad_id(&entry.key, entry.place) {
            problems.push(problem);
            named = false;
        }
        found.push((entry.key.clone(), check(&entry.node, problems)));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    named.then_some(found)
}

fn tagged(node: &Node, entries: &[Entry], variants: &'static [Variant], problems: &mut Problems) -> Value {
    let names: Vec<&str> = variants.iter().map(|v| v.kind).collect();
    let words: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let Some(kind) = node.get("kind") else {
        problems.push(
            Problem::new("this table has no `kind`")
                .at(node.place)
                .label("`kind` is missing here")
                .cure(format!("add `kind = …`: one of {}", words.join(", "))),
        );
        return Value::Broken;
    };
    let Some(variant) = variants.iter().find(|v| Some(v.kind) == kind.text()) else {
        let problem = Problem::new(format!("expected one of {}", words.join(", ")))
            .at(kind.place)
            .label(format!("this is {}", found(kind)));
        problems.push(match kind.text().and_then(|text| nearest(text, &names)) {
            Some(near) => problem.cure(format!("did you mean \"{near}\"?")),
            None => problem,
        });
        return Value::Broken;
    };
    Value::Tagged(variant.kind, check_entries(node.place, entries, &variant.table, Some("kind"), problems))
}

fn scalar(node: &Node, shape: &Shape) -> Result<Value, Problem> {
    let wrong = || mismatch(node, shape);
    let because = |why: &str| wrong().label(format!("this is {}: {why}", found(node)));
    let unquote = "write it without quotes: TOML has dates of its own";
    match (shape, &node.value) {
        (Shape::Flag, Raw::Flag(flag)) => Ok(Value::Flag(*flag)),
        (Shape::Whole(min, max), Raw::Integer(digits)) => {
            let number = digits.parse::<i64>().map_err(|_| wrong())?;
            if number < *min || number > *max { Err(wrong()) } else { Ok(Value::Whole(number)) }
        }
        (Shape::Money(min, max), Raw::Integer(text) | Raw::Float(text) | Raw::Text(text)) => {
            let money = Money::parse(text).map_err(|bad| because(&bad.to_string()))?;
            let fits = money.units() >= *min && money.units() <= *max;
            if fits { Ok(Value::Money(money)) } else { Err(wrong()) }
        }
        (Shape::Share, Raw::Integer(text) | Raw::Float(text) | Raw::Text(text)) => {
            let money = Money::parse(text).map_err(|bad| because(&bad.to_string()))?;
            Share::from_money(money).map(Value::Share).ok_or_else(wrong)
        }
        (Shape::Real(min, max), Raw::Integer(text) | Raw::Float(text)) => {
            let number = text.parse::<f64>().map_err(|_| wrong())?;
            let fits = number.is_finite() && number >= *min && number <= *max;
            if fits { Ok(Value::Real(number)) } else { Err(wrong()) }
        }
        (Shape::Length, Raw::Text(text)) => duration::parse_length(text).map(Value::Length).map_err(because),
        (Shape::Time, Raw::Text(text)) => duration::parse_time(text).map(Value::Time).map_err(because),
        (Shape::Time, Raw::Moment(moment)) if moment.date.is_none() && moment.offset.is_none() => {
            duration::parse_time(&moment.to_string()).map(Value::Time).map_err(because)
        }
        (Shape::Date, Raw::Moment(moment)) if moment.time.is_none() => {
            moment.to_string().parse().map(Value::Date).map_err(|_| wrong())
        }
        (Shape::Date, Raw::Moment(moment)) if moment.date.is_some() => {
            Err(wrong().cure("write the date alone: its 00:00:00 is in the billing offset"))
        }
        (Shape::Date, Raw::Text(text)) if text.parse::<jiff::civil::Date>().is_ok() => Err(wrong().cure(unquote)),
        (Shape::Moment, Raw::Moment(moment)) if moment.offset.is_none() && moment.date.is_some() => {
            if moment.time.is_some_and(|time| time.nanosecond.is_some_and(|n| n != 0)) {
                return Err(because("the clock counts whole seconds"));
            }
            moment.to_string().parse().map(Value::Moment).map_err(|_| wrong())
        }
        (Shape::Moment, Raw::Moment(moment)) if moment.offset.is_some() => {
            Err(wrong().cure("write it without an offset: instants are in the billing offset"))
        }
        (Shape::Moment, Raw::Text(text)) if text.parse::<jiff::civil::DateTime>().is_ok() => Err(wrong().cure(unquote)),
        (Shape::Text, Raw::Text(text)) => Ok(Value::Text(text.clone())),
        (Shape::Scalar, Raw::Flag(_) | Raw::Integer(_) | Raw::Float(_) | Raw::Text(_) | Raw::Moment(_)) => {
            Ok(Value::Text(literal(node)))
        }
        (Shape::Id, Raw::Text(text)) => match bad_id(text, node.place) {
            None => Ok(Value::Text(text.clone())),
            Some(problem) => Err(problem),
        },
        (Shape::Tagged(variants), Raw::Text(text)) if variants.iter().any(|v| v.kind == text) => {
            Err(wrong().cure(format!("write it as a table: {{ kind = \"{text}\" }}")))
        }
        (Shape::List(Shape::Table(_), ..), Raw::Table(_)) => {
            Err(wrong().cure("write its header in double brackets, [[…]], once for each"))
        }
        (Shape::Choice(words), Raw::Text(text)) => match words.iter().find(|w| w.word == text) {
            Some(word) => Ok(Value::Word(word.word)),
            None => {
                let names: Vec<&str> = words.iter().map(|w| w.word).collect();
                Err(match nearest(text, &names) {
                    Some(near) => wrong().cure(format!("did you mean \"{near}\"?")),
                    None => wrong(),
                })
            }
        },
        _ => Err(wrong()),
    }
}

/// A scalar as `--set` takes it.
fn literal(node: &Node) -> String {
    match &node.value {
        Raw::Flag(flag) => flag.to_string(),
        Raw::Integer(text) | Raw::Float(text) | Raw::Text(text) => text.clone(),
        Raw::Moment(moment) => moment.to_string(),
        Raw::List(_) | Raw::Table(_) => String::new(),
    }
}

/// Whether a text can be an id.
pub fn is_id(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    first && rest && text.len() <= 64
}

fn bad_id(id: &str, place: Option<Place>) -> Option<Problem> {
    (!is_id(id)).then(|| {
        Problem::new(format!("`{id}` is no id"))
            .at(place)
            .label("expected up to 64 lower-case letters, digits, - and _, a letter or digit first")
    })
}

fn mismatch(node: &Node, shape: &Shape) -> Problem {
    Problem::new(format!("expected {}", shape.expected())).at(node.place).label(format!("this is {}", found(node)))
}

fn found(node: &Node) -> String {
    match &node.value {
        Raw::Integer(text) | Raw::Float(text) if text.len() <= 24 => text.clone(),
        Raw::Text(text) if text.len() <= 24 => format!("\"{text}\""),
        Raw::Moment(moment) => moment.to_string(),
        Raw::List(nodes) => format!("a list of {}", nodes.len()),
        _ => node.kind().to_owned(),
    }
}

fn unknown(entry: &Entry, table: &Table, near: Option<&str>, names: &[&str]) -> Problem {
    let cure = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "it has no keys at all".to_owned(),
        None => format!("its keys: {}", names.join(", ")),
    };
    Problem::new(format!("{} has no key `{}`", table.name, entry.key)).at(entry.place).label("unknown key").cure(cure)
}

/// The name that was probably meant: a letter in three may be wrong, or the end or words at the beginning may be missing.
pub fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let letters = word.chars().count();
    let best = names.iter().map(|name| (strsim::damerau_levenshtein(word, name), *name)).min()?;
    if best.0 <= 1.max(letters / 3) {
        return Some(best.1);
    }
    // A beginning of the name, or of what follows one of its words, in which a letter in four may be wrong.
    let begun = |name: &&'a str| {
        let starts = name.match_indices(['_', '-', '.']).map(|(at, _)| at + 1);
        let apart =
            std::iter::once(0).chain(starts).filter_map(|start| part_apart(word, letters, &name[start..])).min();
        Some((apart?, *name))
    };
    let near = names.iter().filter_map(begun).min_by_key(|(apart, _)| *apart)?;
    (letters >= 4 && near.0 <= 1.max(letters / 4)).then_some(near.1)
}

/// How far a word is from a beginning of a text that is about as long; `None` where the text is shorter.
fn part_apart(word: &str, letters: usize, text: &str) -> Option<usize> {
    let beginning = |length: usize| text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(length);
    let lengths = letters.saturating_sub(1)..=letters + 1;
    lengths.filter_map(|length| Some(strsim::damerau_levenshtein(word, &text[..beginning(length)?]))).min()
}
