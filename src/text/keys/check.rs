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
    for entry in entries {
        let known = table.keys.iter().any(|key| key.name == entry.key) || tag == Some(entry.key.as_str());
        if !known {
            problems.push(unknown(entry, table, tag));
        }
    }
    let values = table.keys.iter().map(|key| match entries.iter().find(|entry| entry.key == key.name) {
        Some(entry) => check_value(&entry.node, &key.shape, problems),
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
        Fallback::Is(text) => {
            let node = node::parse_value(text, 0, 0).expect("defaults of the key table are TOML").nowhere();
            return check_value(&node, &key.shape, problems);
        }
        Fallback::Required => {
            problems.push(
                Problem::new(format!("{} has no `{}`", table.name, key.name))
                    .at(place)
                    .label(format!("`{}` is missing here", key.name))
                    .cure(format!("add `{} = …`: {}", key.name, key.shape.expected())),
            );
            Value::Broken
        }
    };
    Valued { place: None, value }
}

fn check_value(node: &Node, shape: &Shape, problems: &mut Problems) -> Valued {
    let value = match (shape, &node.value) {
        (Shape::Table(table), Raw::Table(_)) => Value::Record(check(node, table, problems)),
        (Shape::Map(table), Raw::Table(entries)) => map(entries, table, problems),
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
    if inner.is_empty() {
        return valued.value;
    }
    problems.push(mismatch(node, shape));
    Value::Broken
}

fn map(entries: &[Entry], table: &'static Table, problems: &mut Problems) -> Value {
    let mut records = vec![];
    for entry in entries {
        if let Some(problem) = bad_id(&entry.key, entry.place) {
            problems.push(problem);
        }
        records.push((entry.key.clone(), check(&entry.node, table, problems)));
    }
    records.sort_by(|a, b| a.0.cmp(&b.0));
    Value::Map(records)
}

fn tagged(node: &Node, entries: &[Entry], variants: &'static [Variant], problems: &mut Problems) -> Value {
    let shape = Shape::Tagged(variants);
    let Some(kind) = node.get("kind") else {
        problems.push(
            Problem::new("a table has no `kind`")
                .at(node.place)
                .label("`kind` is missing here")
                .cure(format!("expected {}", shape.expected())),
        );
        return Value::Broken;
    };
    let Some(variant) = variants.iter().find(|v| Some(v.kind) == kind.text()) else {
        let names: Vec<&str> = variants.iter().map(|v| v.kind).collect();
        let problem = mismatch(kind, &shape);
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
    let because = |why: &str| wrong().cure(why.to_owned());
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
        (Shape::Moment, Raw::Moment(moment)) if moment.offset.is_none() && moment.date.is_some() => {
            if moment.time.is_some_and(|time| time.nanosecond.is_some_and(|n| n != 0)) {
                return Err(because("the clock counts whole seconds"));
            }
            moment.to_string().parse().map(Value::Moment).map_err(|_| wrong())
        }
        (Shape::Moment, Raw::Moment(_)) => {
            Err(because("instants are in the billing offset; write no offset of their own"))
        }
        (Shape::Text, Raw::Text(text)) => Ok(Value::Text(text.clone())),
        (Shape::Id, Raw::Text(text)) => match bad_id(text, node.place) {
            None => Ok(Value::Text(text.clone())),
            Some(problem) => Err(problem),
        },
        (Shape::Choice(words), Raw::Text(text)) => match words.iter().find(|w| w.word == text) {
            Some(word) => Ok(Value::Word(word.word)),
            None => {
                let names: Vec<&str> = words.iter().map(|w| w.word).collect();
                Err(match nearest(text, &names) {
                    Some(near) => because(&format!("did you mean \"{near}\"?")),
                    None => wrong(),
                })
            }
        },
        _ => Err(wrong()),
    }
}

fn bad_id(id: &str, place: Option<Place>) -> Option<Problem> {
    let first = id.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let rest = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    (!first || !rest || id.len() > 64).then(|| {
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
        Raw::List(nodes) => format!("a list of {}", nodes.len()),
        _ => node.kind().to_owned(),
    }
}

fn unknown(entry: &Entry, table: &Table, tag: Option<&str>) -> Problem {
    let names: Vec<&str> = table.keys.iter().map(|key| key.name).chain(tag).collect();
    let cure = match nearest(&entry.key, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{} has these keys: {}", table.name, names.join(", ")),
    };
    Problem::new(format!("{} has no key `{}`", table.name, entry.key)).at(entry.place).label("unknown key").cure(cure)
}

fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let best = names.iter().map(|name| (strsim::damerau_levenshtein(word, name), *name)).min()?;
    (best.0 <= 2.max(word.chars().count() / 3)).then_some(best.1)
}
