//! Series by day and numbers in words. Must not know how they are drawn.

use crate::book::{Book, Meter};
use crate::plan::Plan;
use crate::record::{MoneyDay, StatusDay, Summary};
use crate::units::shown::grouped;
use crate::units::{Day, Total};

/// Days of a mean.
const WEEK: usize = 7;
/// The first day that has a mean.
pub const FIRST_MEAN: Day = WEEK - 1;
/// What [`mean_of_week`] is called.
pub const MEAN_IN_WORDS: &str = "mean of the last 7 days";

/// The mean of a day and the six before it, from the seventh day on. It never looks ahead, so a curve that ends in a
/// rise really rose; and it has no shorter windows at its beginning, in which a week-end would look like a fall.
pub fn mean_of_week(values: &[f64]) -> Vec<f64> {
    // Each window is summed anew: a running sum would carry the rounding of large values into small ones.
    values.windows(WEEK).map(|week| week.iter().sum::<f64>() / WEEK as f64).collect()
}

/// What is accrued each day by a segment, over its products.
pub fn accrued(plan: &Plan, summary: &Summary, segment: usize) -> Vec<Total> {
    let mut days = vec![Total::default(); plan.calendar.days()];
    let uses = summary.segments.get(segment).map_or(&[][..], |segment| &segment.uses);
    for used in uses {
        for (day, sum) in days.iter_mut().enumerate() {
            *sum += used.usage(day).accrued;
        }
    }
    days
}

/// Products that somebody uses and whose book is as wanted.
pub fn products(plan: &Plan, wanted: impl Fn(&Book) -> bool) -> Vec<usize> {
    let used =
        |product: &usize| plan.segments.iter().flat_map(|segment| &segment.uses).any(|of| of.product == *product);
    (0..plan.books.len()).filter(used).filter(|product| wanted(&plan.books[*product])).collect()
}

/// Services by state, over all segments and products.
pub fn status(plan: &Plan, summary: &Summary) -> Vec<StatusDay> {
    status_of(plan, summary, |_| true)
}

/// Services of some products by state, over all segments.
pub fn status_of(plan: &Plan, summary: &Summary, wanted: impl Fn(usize) -> bool) -> Vec<StatusDay> {
    let mut days = vec![StatusDay::default(); plan.calendar.days()];
    let uses = summary.segments.iter().flat_map(|segment| &segment.uses);
    for used in uses.filter(|used| wanted(used.product)) {
        days.iter_mut().zip(&used.status).for_each(|(sum, day)| sum.add(day));
    }
    days
}

/// Money, over all segments.
pub fn money(plan: &Plan, summary: &Summary) -> Vec<MoneyDay> {
    let mut days = vec![MoneyDay::default(); plan.calendar.days()];
    for segment in &summary.segments {
        days.iter_mut().zip(&segment.money).for_each(|(sum, day)| sum.add(day));
    }
    days
}

/// A column of daily rows.
pub fn column<T, N>(days: &[T], value: impl Fn(&T) -> N) -> Vec<N> {
    days.iter().map(value).collect()
}

/// Amounts for drawing.
pub fn amounts(days: &[Total]) -> Vec<f64> {
    column(days, |total| total.approx())
}

/// Counts for drawing.
pub fn counts<T>(days: &[T], value: impl Fn(&T) -> u64) -> Vec<f64> {
    column(days, |day| value(day) as f64)
}

/// Counts from the start up to each day.
pub fn running<T>(days: &[T], value: impl Fn(&T) -> u64) -> Vec<i128> {
    let sum = days.iter().scan(0, |sum, day| {
        *sum += i128::from(value(day));
        Some(*sum)
    });
    sum.collect()
}

/// Whole numbers for drawing.
pub fn whole(values: &[i128]) -> Vec<f64> {
    column(values, |value| *value as f64)
}

/// The last of whole numbers, in words; nothing is zero.
pub fn last_of(values: &[i128]) -> String {
    grouped(&values.last().copied().unwrap_or_default().to_string())
}

/// A product's name, where there are others.
pub fn name_among_others(plan: &Plan, product: usize) -> &str {
    if plan.books.len() > 1 { &plan.books[product].title } else { "" }
}

/// The title of the first panel about one product.
pub fn heading(plan: &Plan, product: usize, title: &str) -> String {
    let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
    match name_among_others(plan, product) {
        "" => title.to_owned(),
        name => format!("{name}: {}{rest}", first.to_lowercase()),
    }
}

/// What units of price of these meters are called: `minutes`, or "units" where they differ.
pub fn units<'a>(meters: impl Iterator<Item = &'a Meter>) -> String {
    let mut names = meters.map(|meter| meter.unit.as_str());
    let first = names.next().unwrap_or("unit");
    format!("{}s", if names.all(|name| name == first) { first } else { "unit" })
}

/// What raw units of these meters are called, and how many of them make a unit of price: where one does, they are called alike.
pub fn raw_units(meters: &[Meter]) -> (String, String) {
    let mut basic = meters.iter().filter(|meter| meter.add_on_of.is_none());
    let first = basic.clone().next().map_or(1, |meter| meter.raw_per_unit);
    match first {
        _ if !basic.clone().all(|meter| meter.raw_per_unit == first) => ("raw units".to_owned(), String::new()),
        1 => (units(basic), String::new()),
        many => {
            let unit = basic.next().map_or("unit", |meter| meter.unit.as_str());
            ("raw units".to_owned(), format!(", {} to a {unit}", grouped(&many.to_string())))
        }
    }
}

/// The plan's currency, or "currency" where books differ.
pub fn currency(plan: &Plan) -> &str {
    let mut names = plan.books.iter().map(|book| book.currency.as_str());
    let first = names.next().unwrap_or("currency");
    if names.all(|name| name == first) { first } else { "currency" }
}

/// What states are of: an account has one for each product it uses.
pub fn noun(plan: &Plan) -> &'static str {
    if plan.books.len() > 1 { "services (an account's use of a product)" } else { "accounts" }
}

/// The same in a word.
pub fn short_noun(plan: &Plan) -> &'static str {
    if plan.books.len() > 1 { "services" } else { "accounts" }
}

/// Where the numbers come from.
pub fn source(plan: &Plan) -> String {
    let (accounts, days): (u64, Day) = (plan.accounts(), plan.calendar.days());
    format!(
        "Source: billsim, scenario {}, seed {}, {}, {}",
        plan.name,
        plan.seed,
        plural(accounts, "account"),
        plural(days as u64, "day")
    )
}

/// `1 day`, `2 days`
pub fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(&count.to_string()), if count == 1 { "" } else { "s" })
}

/// An amount with two decimals, exact below one.
pub fn amount(total: Total) -> String {
    const CENT: u128 = 1_000_000;
    let magnitude = total.units().unsigned_abs();
    if magnitude < 100 * CENT {
        return grouped(&total.short());
    }
    let cents = (magnitude + CENT / 2) / CENT;
    let sign = if total.units() < 0 { "-" } else { "" };
    grouped(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
}

/// A part of a whole in words; nothing where one of them is nothing, or less.
pub fn share(part: f64, all: f64, of: &str) -> String {
    let percent = 100.0 * part / all;
    match percent {
        _ if !percent.is_finite() || percent <= 0.0 => String::new(),
        _ if percent > 99.5 && part < all => format!("> 99 % of {of}"),
        _ => format!("{} of {of}", per_cent(percent)),
    }
}

/// A share above zero: with one decimal below ten.
pub fn per_cent(percent: f64) -> String {
    match percent {
        _ if percent < 0.1 => "< 0.1 %".to_owned(),
        _ if percent < 10.0 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

/// A part of a whole in words, or what it is where it is no share.
pub fn share_or_amount(part: Total, all: Total, of: &str) -> String {
    let share = share(part.approx(), all.approx(), of);
    if share.is_empty() { format!("in all {}", amount(part)) } else { share }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn amounts_have_two_decimals_and_tiny_ones_are_exact() {
        for (units, text) in [
            (0, "0.00"),
            (1, "0.00000001"),
            (-80_000, "-0.0008"),
            (123_456_789_500_000, "1,234,567.90"),
            (-150_000_000, "-1.50"),
        ] {
            assert_eq!(amount(Total::from_units(units)), text);
        }
        assert!(amount(Total::from_units(i128::MIN)).starts_with("-1,701,411"));
    }

    #[test]
    fn all_products_of_a_segment_count() {
        let plan = sample::four(3);
        let mut summary = sample::year(&plan);
        let (revenue, states) = (accrued(&plan, &summary, 1), status(&plan, &summary));
        for segment in &mut summary.segments {
            segment.uses.push(segment.uses[0].clone());
        }
        let double = |days: &[Total]| column(days, |total| 2 * total.units());
        assert_eq!(column(&accrued(&plan, &summary, 1), |total| total.units()), double(&revenue));
        assert_eq!(counts(&status(&plan, &summary), |day| day.running), counts(&states, |day| 2 * day.running));
    }

    #[test]
    fn a_share_that_is_not_all_is_not_called_all() {
        let said = [0.0, 0.05, 2.34, 50.0, 99.7, 100.0].map(|part| share(part, 100.0, "it"));
        assert_eq!(said, ["", "< 0.1 % of it", "2.3 % of it", "50 % of it", "> 99 % of it", "100 % of it"]);
    }

    #[test]
    fn the_mean_looks_back_a_week() {
        let mut step = vec![0.0; FIRST_MEAN];
        step.extend([7.0; 8]);
        assert_eq!(mean_of_week(&step), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0]);
        assert!(mean_of_week(&[]).is_empty());
    }
}
