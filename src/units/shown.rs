//! How numbers look to a person: with thousands separators, in few digits. For screens and reports; files have them exact.

/// A whole number with thousands separators.
pub fn count(number: u64) -> String {
    group(&number.to_string())
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
        size if size >= 1_000.0 => format!("{sign}{}", group(&format!("{size:.0}"))),
        size if size >= 1.0 => format!("{sign}{size:.1}"),
        0.0 => "0".to_owned(),
        size => format!("{sign}{size:.4}"),
    }
}

/// A number with thousands separators and so many decimals; nothing has no sign.
pub fn decimals(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let sign = if number < 0.0 && text.contains(|c| matches!(c, '1'..='9')) { "-" } else { "" };
    format!("{sign}{}{rest}", group(whole))
}

/// As [`decimals`], with a plus where it is more than nothing.
pub fn signed(number: f64, digits: usize) -> String {
    let text = decimals(number, digits);
    let nothing = text.chars().all(|c| matches!(c, '0' | '.'));
    if number > 0.0 && !nothing { format!("+{text}") } else { text }
}

fn group(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
