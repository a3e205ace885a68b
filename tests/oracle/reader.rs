//! Plain access to a TOML document. Numbers keep their written text and never become floats.

use jiff::civil::Date;
use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

/// A value of the document, or its absence. Absent values give the default asked for.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    value: Option<&'a DeValue<'a>>,
    table: Option<&'a DeTable<'a>>,
}

impl<'a> Node<'a> {
    pub fn root(table: &'a DeTable<'a>) -> Self {
        Node { value: None, table: Some(table) }
    }

    fn of(value: Option<&'a DeValue<'a>>) -> Self {
        Node { value, table: value.and_then(|value| value.as_table()) }
    }

    pub fn is_there(&self) -> bool {
        self.value.is_some() || self.table.is_some()
    }

    /// The value of a key; absent if this is no table.
    pub fn key(&self, name: &str) -> Node<'a> {
        let found = self.table.and_then(|table| table.get(name));
        Node::of(found.map(|value| value.get_ref()))
    }

    /// All keys of a table with their values, in byte order of the keys.
    pub fn entries(&self) -> Vec<(String, Node<'a>)> {
        let mut entries = Vec::new();
        if let Some(table) = self.table {
            for (key, value) in table.iter() {
                entries.push((key.get_ref().to_string(), Node::of(Some(value.get_ref()))));
            }
        }
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries
    }

    /// The elements of an array, in the order written.
    pub fn list(&self) -> Vec<Node<'a>> {
        let array = self.value.and_then(|value| value.as_array());
        let mut nodes = Vec::new();
        for element in array.into_iter().flat_map(|array| array.iter()) {
            nodes.push(Node::of(Some(element.get_ref())));
        }
        nodes
    }

    pub fn text(&self) -> Option<&'a str> {
        self.value.and_then(|value| value.as_str())
    }

    pub fn text_or(&self, default: &'a str) -> &'a str {
        if self.is_there() { self.text().expect("this key is a text") } else { default }
    }

    pub fn flag_or(&self, default: bool) -> bool {
        match self.value {
            Some(value) => value.as_bool().expect("this key is true or false"),
            None => default,
        }
    }

    /// Of the two words a switch knows, whether the second (the alternative) is chosen.
    pub fn second_of(&self, default: &str, alternative: &str) -> bool {
        let word = self.text_or(default);
        assert!(word == default || word == alternative, "{word:?} is neither {default:?} nor {alternative:?}");
        word == alternative
    }

    /// A whole number that is not negative.
    pub fn whole(&self) -> Option<u64> {
        let integer = self.value?.as_integer()?;
        let digits = integer.as_str().replace('_', "");
        Some(u64::from_str_radix(&digits, integer.radix()).expect("a whole number fits in u64"))
    }

    /// Money or a share, written as an integer, a float or a string.
    pub fn decimal_or(&self, default: Decimal) -> Decimal {
        match self.value {
            None => default,
            Some(DeValue::Integer(integer)) => {
                assert_eq!(integer.radix(), 10, "a decimal number is written in base 10");
                decimal(integer.as_str())
            }
            Some(DeValue::Float(float)) => decimal(float.as_str()),
            Some(DeValue::String(text)) => decimal(text),
            Some(other) => panic!("a number is expected, not {other:?}"),
        }
    }

    /// Money, or none where it is absent or "none".
    pub fn decimal_unless_none(&self) -> Option<Decimal> {
        if !self.is_there() || self.text() == Some("none") {
            return None;
        }
        Some(self.decimal_or(Decimal::ZERO))
    }

    /// A whole number, or none for "unlimited".
    pub fn whole_unless_unlimited(&self) -> Option<u64> {
        match self.text() {
            Some(text) => {
                assert_eq!(text, "unlimited", "a bound is a number or unlimited");
                None
            }
            None => Some(self.whole().expect("a bound is a number or unlimited")),
        }
    }

    /// A duration in seconds.
    pub fn seconds_or(&self, default: &str) -> i64 {
        seconds(self.text_or(default))
    }

    /// A duration in seconds, or none for "never".
    pub fn seconds_unless_never_or(&self, default: &str) -> Option<i64> {
        match self.text_or(default) {
            "never" => None,
            text => Some(seconds(text)),
        }
    }

    pub fn date(&self) -> Option<Date> {
        let written = self.value?.as_datetime().expect("this key is a date");
        Some(civil(written.date.expect("a date has a date")))
    }

    /// A local date-time as seconds since 00:00:00 of `start`.
    pub fn instant(&self, start: Date) -> Option<i64> {
        let written = self.value?.as_datetime().expect("this key is a date-time");
        assert!(written.offset.is_none(), "a date-time is local");
        let date = civil(written.date.expect("a date-time has a date"));
        let mut second = date.duration_since(start).as_secs();
        if let Some(time) = written.time {
            second += i64::from(time.hour) * 3_600;
            second += i64::from(time.minute) * 60;
            second += i64::from(time.second.unwrap_or(0));
        }
        Some(second)
    }
}

fn civil(date: toml::value::Date) -> Date {
    Date::new(date.year as i16, date.month as i8, date.day as i8).expect("a parsed date exists")
}

/// The number written in a text, exactly.
pub fn decimal(text: &str) -> Decimal {
    let plain = text.trim().replace('_', "");
    let plain = plain.strip_prefix('+').unwrap_or(&plain);
    if plain.contains(['e', 'E']) {
        Decimal::from_scientific(plain).expect("a number with an exponent")
    } else {
        Decimal::from_str_exact(plain).expect("a decimal number")
    }
}

/// The seconds of a duration such as "168h", "90s", "5m", "7d", "1d 12h".
pub fn seconds(text: &str) -> i64 {
    let mut total = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else if !letter.is_whitespace() {
            let unit = match letter {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => panic!("{text:?} is no duration"),
            };
            let count: i64 = digits.parse().expect("a number stands before each unit");
            total += count * unit;
            digits.clear();
        }
    }
    assert!(digits.is_empty(), "{text:?} is a duration without a unit");
    total
}

/// The second of the day of a text such as "08:00:00".
pub fn time_of_day(text: &str) -> i64 {
    let mut total = 0;
    for part in text.split(':') {
        let number: i64 = part.parse().expect("a time of day is HH:MM:SS");
        total = total * 60 + number;
    }
    total
}
