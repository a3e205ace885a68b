//! The key table as JSON Schema 2020-12, for editors and other programs. Says what a value may be; what must hold between keys
//! is in the tables' rules, which no schema can tell.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::shape::{Fallback, Key, Shape, Table, Variant};
use super::words::Word;
use crate::text::node::{self, Node, Raw};
use crate::units::Money;

/// Lower-case letters, digits, `-` and `_`, as [`Shape::Id`] takes them.
const ID: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";
/// An amount written as a text, up to eight decimals.
const AMOUNT: &str = r"^[+-]?[0-9][0-9_]*(\.[0-9]{0,8}0*)?$";
/// Numbers with units, `1d 12h`, or ISO 8601; months and years have no fixed length.
const LENGTH: &str = r"^\s*([0-9][0-9.]*\s*[a-zµ]+[\s,]*|[Pp][0-9A-Za-z.]+|[0-9]+:[0-9]{2}(:[0-9]{2})?\s*)+$";
const TIME: &str = r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$";
const DATE: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const MOMENT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$";

/// The schema of the files that `table` describes. Tables of `in_files` may also name a `file` of their own.
///
/// ```
/// use billsim::scenario::keys::SCENARIO;
/// let schema = billsim::text::keys::schema(&SCENARIO, &[]);
/// assert_eq!(schema["required"][0], "start");
/// ```
pub fn schema(table: &'static Table, in_files: &[&'static Table]) -> Value {
    let mut writer = Writer { in_files, found: BTreeMap::new(), names: BTreeMap::new() };
    let of_table = writer.table(table, None);
    // By name: addresses are another order in every build.
    let defs: BTreeMap<String, Value> = writer.found.into_values().collect();
    let mut root = Map::new();
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.extend(of_table);
    root.insert("$defs".to_owned(), Value::Object(defs.into_iter().collect()));
    Value::Object(root)
}

/// Tables stand once, under `$defs`, however often they are used.
struct Writer<'a> {
    in_files: &'a [&'static Table],
    /// By the address of the table: its name there and its schema.
    found: BTreeMap<usize, (String, Value)>,
    names: BTreeMap<String, usize>,
}

impl Writer<'_> {
    /// A table of fixed keys, of one kind if it has kinds.
    fn table(&mut self, table: &'static Table, kind: Option<&'static str>) -> Map<String, Value> {
        let mut keys = Map::new();
        let mut required: Vec<&str> = vec![];
        if let Some(kind) = kind {
            keys.insert("kind".to_owned(), json!({ "const": kind }));
            required.push("kind");
        }
        for key in table.keys {
            keys.insert(key.name.to_owned(), self.key(key));
            if matches!(key.default, Fallback::Required) {
                required.push(key.name);
            }
        }
        let mut object = Map::new();
        object.insert("title".to_owned(), json!(table.name));
        object.insert("description".to_owned(), json!(table.doc));
        object.insert("type".to_owned(), json!("object"));
        object.insert("properties".to_owned(), keys.into());
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        object.insert("additionalProperties".to_owned(), json!(false));
        object
    }

    fn key(&mut self, key: &'static Key) -> Value {
        let mut object = match self.shape(&key.shape) {
            Value::Object(object) => object,
            other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
        };
        let unit = if key.unit.is_empty() { String::new() } else { format!(" In {}.", key.unit) };
        let rule = if key.rule.is_empty() { String::new() } else { format!(" docs/RULES.md {}.", key.rule) };
        object.insert("description".to_owned(), json!(format!("{}{unit}{rule}", key.doc)));
        if let Fallback::Is(text) = key.default {
            let default = node::parse_value(text, 0, 0).expect("defaults of the key table are TOML");
            object.insert("default".to_owned(), json_of(&default));
        }
        Value::Object(object)
    }

    fn shape(&mut self, shape: &'static Shape) -> Value {
        match shape {
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Whole(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Shape::Money(min, max) => amount(*min, *max),
            Shape::Share => amount(0, crate::units::money::ONE),
            Shape::Real(min, max) => json!({ "type": "number", "minimum": min, "maximum": max }),
            Shape::Length => json!({ "type": "string", "pattern": LENGTH }),
            Shape::Time => json!({ "type": "string", "pattern": TIME }),
            Shape::Date => json!({ "type": "string", "pattern": DATE }),
            Shape::Moment => json!({ "type": "string", "pattern": MOMENT }),
            Shape::Text => json!({ "type": "string" }),
            Shape::Scalar => json!({ "type": ["boolean", "number", "string"] }),
            Shape::Id => json!({ "type": "string", "pattern": ID }),
            Shape::Choice(words) => json!({ "oneOf": words.iter().map(word).collect::<Value>() }),
            Shape::WordOr(own, or) => json!({ "anyOf": [word(own), self.shape(or)] }),
            Shape::List(of, min, max) => {
                json!({ "type": "array", "items": self.shape(of), "minItems": min, "maxItems": max })
            }
            Shape::Table(table) => self.reference(table),
            Shape::Map(table) => {
                let of = self.reference(table);
                by_id(of)
            }
            Shape::Values(of) => by_id(self.shape(of)),
            Shape::Tagged(variants) => self.tagged(variants),
        }
    }

    /// `$ref` to a table, or to a file that holds one.
    fn reference(&mut self, table: &'static Table) -> Value {
        let at = std::ptr::from_ref(table).addr();
        if !self.found.contains_key(&at) {
            let name = self.free_name(table.name);
            self.found.insert(at, (name.clone(), Value::Null));
            let made = Value::Object(self.table(table, None));
            self.found.insert(at, (name, made));
        }
        let reference = json!({ "$ref": format!("#/$defs/{}", self.found[&at].0) });
        if self.in_files.iter().any(|one| std::ptr::eq(*one, table)) {
            let named = json!({
                "properties": { "file": { "type": "string", "description": "The TOML file that holds it." } },
                "additionalProperties": false
            });
            return json!({ "if": { "type": "object", "required": ["file"] }, "then": named, "else": reference });
        }
        reference
    }

    fn tagged(&mut self, variants: &'static [Variant]) -> Value {
        let kinds: Value = variants.iter().map(|variant| json!(variant.kind)).collect();
        let each: Value =
            variants.iter().map(|variant| Value::Object(self.table(&variant.table, Some(variant.kind)))).collect();
        json!({ "type": "object", "properties": { "kind": { "enum": kinds } }, "required": ["kind"], "oneOf": each })
    }

    /// A name for `$defs`: `a price book` is `price-book`, and a second one `price-book-2`.
    fn free_name(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').filter(|word| !matches!(*word, "a" | "an" | "the")).collect();
        let name = words.join("-");
        let number = self.names.entry(name.clone()).or_insert(0);
        *number += 1;
        if *number == 1 { name } else { format!("{name}-{number}") }
    }
}

fn by_id(of: Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": ID }, "additionalProperties": of })
}

fn word(word: &Word) -> Value {
    json!({ "const": word.word, "description": word.doc })
}

/// An amount as a number or, as a person writes what must be exact, as a text.
fn amount(min: i64, max: i64) -> Value {
    let number = |units: i64| -> Value {
        let text = Money::from_units(units).decimal().normalize().to_string();
        serde_json::from_str(&text).expect("a decimal is a JSON number")
    };
    json!({
        "anyOf": [
            { "type": "number", "minimum": number(min), "maximum": number(max) },
            { "type": "string", "pattern": AMOUNT },
        ]
    })
}

/// A default as JSON.
fn json_of(node: &Node) -> Value {
    match &node.value {
        Raw::Flag(flag) => json!(flag),
        Raw::Integer(text) | Raw::Float(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Raw::Text(text) => json!(text),
        Raw::Moment(moment) => json!(moment.to_string()),
        Raw::List(nodes) => nodes.iter().map(json_of).collect(),
        Raw::Table(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.node))).collect())
        }
    }
}
