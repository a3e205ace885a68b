//! How numbers look to a person: with thousands separators, in few digits. For screens and reports; files have them exact.

/// A whole number with thousands separators.
pub fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A number of things, in the right number.
pub fn counted(number: u64, thing: &str) -> String {
    let plural = if thing.ends_with('y') { format!("{}ies", thing.trim_end_matches('y')) } else { format!("{thing}s") };
    format!("{} {}", count(number), if number == 1 { thing } else { &plural })
}

/// A number in few digits: whole where it is large, with decimals where it is small.
pub fn short(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    match value.abs() {
        // In range: totals of money fit an i128, and what is told is far below.
        size if size >= 1_000.0 => format!("{sign}{}", grouped(&format!("{size:.0}"))),
        size if size >= 1.0 => format!("{sign}{size:.1}"),
        0.0 => "0".to_owned(),
        size => format!("{sign}{size:.4}"),
    }
}

/// A number with thousands separators and so many decimals; nothing has no sign.
pub fn decimals(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let sign = if number < 0.0 && text.contains(|c| matches!(c, '1'..='9')) { "-" } else { "" };
    format!("{sign}{}", grouped(&text))
}

/// As [`decimals`], with a plus where it is more than nothing.
pub fn signed(number: f64, digits: usize) -> String {
    let text = decimals(number, digits);
    let nothing = text.chars().all(|c| matches!(c, '0' | '.'));
    if number > 0.0 && !nothing { format!("+{text}") } else { text }
}

/// A mean as a whole number; what is hardly anything is not called nothing.
pub fn whole(mean: f64) -> String {
    if mean > 0.0 && mean < 0.5 { "< 1".to_owned() } else { decimals(mean, 0) }
}

/// Commas between the thousands before the decimal point: `-1234567.5` is `-1,234,567.5`.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (number, text) in [("0", "0"), ("999", "999"), ("-1234567.5", "-1,234,567.5"), ("1000.0001", "1,000.0001")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
