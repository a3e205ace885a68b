//! Checked values: complete with defaults, of the right types, each with its place.

use jiff::civil::{Date, DateTime};

use super::shape::Table;
use super::words::Words;
use crate::text::problem::{Problem, Problems};
use crate::text::source::Place;
use crate::units::{Money, Share};

/// A checked table: every key of its [`Table`] has a value, or is absent where it may be.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its keys.
    pub table: &'static Table,
    /// Where it stands.
    pub place: Option<Place>,
    /// Values in the order of the table's keys.
    pub values: Vec<Valued>,
}

/// A value and where it was written; a default stands nowhere.
#[derive(Clone, Debug)]
pub struct Valued {
    /// Where.
    pub place: Option<Place>,
    /// What.
    pub value: Value,
}

/// A checked value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Not written, and nothing holds instead.
    Absent,
    /// Written, but wrong; the mistake has been noted.
    Broken,
    /// `true`, `false`
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// An exact amount.
    Money(Money),
    /// A share.
    Share(Share),
    /// A number.
    Real(f64),
    /// Seconds of a length.
    Length(i64),
    /// Seconds after midnight.
    Time(i64),
    /// A date.
    Date(Date),
    /// A date and a time.
    Moment(DateTime),
    /// A text or an id.
    Text(String),
    /// A word of a choice, or the word that stands in place of a value.
    Word(&'static str),
    /// A list.
    List(Vec<Valued>),
    /// A table.
    Record(Record),
    /// Tables by id, in the order of the ids.
    Map(Vec<(String, Record)>),
    /// Values by id, in the order of the ids.
    Values(Vec<(String, Valued)>),
    /// A table and its kind.
    Tagged(&'static str, Record),
}

impl Valued {
    /// Whether it and all below it is sound.
    pub fn is_sound(&self) -> bool {
        match &self.value {
            Value::Broken => false,
            Value::List(items) => items.iter().all(Valued::is_sound),
            Value::Record(record) | Value::Tagged(_, record) => record.is_sound(),
            Value::Map(records) => records.iter().all(|(_, record)| record.is_sound()),
            Value::Values(values) => values.iter().all(|(_, value)| value.is_sound()),
            _ => true,
        }
    }
}

impl Record {
    /// Whether all of it is sound.
    pub fn is_sound(&self) -> bool {
        self.values.iter().all(Valued::is_sound)
    }

    /// Notes the mistake of a text that says nothing; what is not written may be.
    pub fn says_something(&self, key: &str, problems: &mut Problems) {
        let valued = self.valued(key);
        if <&str>::from_value(&valued.value).is_some_and(|text| text.trim().is_empty()) {
            let problem = Problem::new(format!("`{key}` is empty")).at(valued.place).label("nothing is in it");
            problems.push(problem.cure(format!("write a {key}, or leave the key out where it may be")));
        }
    }

    /// The value of a key with its place.
    pub fn valued(&self, key: &str) -> &Valued {
        let index = self.table.keys.iter().position(|k| k.name == key);
        let index = index.expect("only keys of the key table are asked for");
        &self.values[index]
    }

    /// The value of a key, to be changed.
    pub fn value_mut(&mut self, key: &str) -> &mut Value {
        let index = self.table.keys.iter().position(|k| k.name == key);
        let index = index.expect("only keys of the key table are asked for");
        &mut self.values[index].value
    }

    /// Where the value of a key stands, or the table if it is a default.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        self.valued(key).place.or(self.place)
    }

    /// The value of a key of a sound table.
    pub fn get<'a, T: FromValue<'a>>(&'a self, key: &str) -> T {
        T::from_value(&self.valued(key).value).expect("the key table gives every key its type")
    }

    /// The chosen variant of a key of a sound table.
    pub fn word<T: Words>(&self, key: &str) -> T {
        T::from_word(self.get::<&str>(key)).expect("a choice was checked against its words")
    }

    /// The elements of a list of tables.
    pub fn records<'a>(&'a self, key: &str) -> Vec<&'a Record> {
        self.get::<&[Valued]>(key).iter().filter_map(|v| <&Record>::from_value(&v.value)).collect()
    }
}

/// A type that a checked value can be read as.
pub trait FromValue<'a>: Sized {
    /// `None` if the value is of another type.
    fn from_value(value: &'a Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($type:ty: $($pattern:pat => $value:expr),+;)+) => {$(
        impl<'a> FromValue<'a> for $type {
            fn from_value(value: &'a Value) -> Option<Self> {
                match value { $($pattern => Some($value),)+ _ => None }
            }
        }
    )+};
}

from_value! {
    bool: Value::Flag(flag) => *flag;
    i64: Value::Whole(n) | Value::Length(n) | Value::Time(n) => *n;
    Money: Value::Money(money) => *money;
    Share: Value::Share(share) => *share;
    f64: Value::Real(number) => *number;
    Date: Value::Date(date) => *date;
    DateTime: Value::Moment(moment) => *moment;
    String: Value::Text(text) => text.clone();
    &'a str: Value::Text(text) => text.as_str(), Value::Word(word) => word;
    &'a [Valued]: Value::List(items) => items.as_slice();
    &'a Record: Value::Record(record) => record;
    &'a [(String, Record)]: Value::Map(records) => records.as_slice();
    &'a [(String, Valued)]: Value::Values(values) => values.as_slice();
    (&'static str, &'a Record): Value::Tagged(kind, record) => (kind, record);
}

impl<'a> FromValue<'a> for u64 {
    fn from_value(value: &'a Value) -> Option<Self> {
        i64::from_value(value).and_then(|n| u64::try_from(n).ok())
    }
}

impl<'a> FromValue<'a> for usize {
    fn from_value(value: &'a Value) -> Option<Self> {
        i64::from_value(value).and_then(|n| usize::try_from(n).ok())
    }
}

/// Nothing for what is absent and for the word that stands in place of a value.
impl<'a, T: FromValue<'a>> FromValue<'a> for Option<T> {
    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::Absent => Some(None),
            Value::Word(_) => Some(T::from_value(value)),
            _ => T::from_value(value).map(Some),
        }
    }
}
