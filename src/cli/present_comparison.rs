//! How a comparison looks on a terminal: the answer first, then the numbers behind it; one variant fits a screen.

use super::present::{count, decimals, numbers};
use crate::study::{Comparison, Difference, Kind, Metric, Pairs};
use crate::units::Total;

/// Width of a screen.
const WIDTH: usize = 80;

/// The numbers on the screen with what they are called there; the files have all.
const ON_SCREEN: [(&str, &str); 10] = [
    ("recognised", "recognised"),
    ("margin", "margin"),
    ("bad_debt", "bad debt"),
    ("lost", "lost to suspension"),
    ("price_per_1000", "price per 1,000"),
    ("ever_suspended", "ever suspended"),
    ("suspended_then_paid", "  then paid in full"),
    ("suspended_never_paid", "  still owe at the end"),
    ("ever_churned", "left for good"),
    ("free_only", "free only"),
];

/// Every variant against the first.
pub fn comparison(of: &Comparison<'_>) -> String {
    let first = &of.plans[0];
    let worlds = match of.replications.len() {
        1 => "1 world (2 and more have intervals)".to_owned(),
        n => format!("{n} worlds"),
    };
    let mut text = format!(
        "{} accounts, {} days from {}, seed {}, {worlds}, in {}\n",
        count(first.accounts()),
        first.calendar.days(),
        first.calendar.start(),
        first.seed,
        first.books[0].currency
    );
    if of.plans.len() > 2 {
        text.push_str(&overview(of));
    }
    for variant in 1..of.plans.len() {
        text.push_str(&against_first(of, variant));
    }
    text
}

/// A line a variant, where there are several.
fn overview(of: &Comparison<'_>) -> String {
    let mut table =
        numbers(&["variant", "recognised", "± 95 %", "per cent", "margin", "pay > 10 %\nmore", "newly\nsuspended"]);
    for variant in 1..of.plans.len() {
        let (revenue, margin) = (metric(of, "recognised", variant), metric(of, "margin", variant));
        let pairs = of.pairs(variant);
        table.add_row(vec![
            of.plans[variant].name.chars().take(30).collect(),
            signed(revenue.change.mean, 0),
            revenue.change.half_width.map_or_else(String::new, |half| decimals(half, 0)),
            percent(&revenue),
            signed(margin.change.mean, 0),
            mean(of, pairs.notable.accounts),
            mean(of, pairs.newly_suspended),
        ]);
    }
    format!("\n{}\n\n", table.trim_fmt())
}

fn against_first(of: &Comparison<'_>, variant: usize) -> String {
    let pairs = of.pairs(variant);
    let title = format!("{} → {}", of.plans[0].name, of.plans[variant].name);
    [
        wrapped(&title),
        wrapped(&answer(of, variant)),
        table(of, variant),
        wrapped(&who_pays(of, &pairs)),
        wrapped(&who_stops(of, &pairs)),
        wrapped(&effects(of, variant)),
        wrapped(&break_even(of, variant)),
        wrapped(&by_segment(of, variant)),
    ]
    .concat()
}

fn metric(of: &Comparison<'_>, name: &str, variant: usize) -> Difference {
    of.difference(Metric::named(name).expect("names on the screen are in the list"), variant)
}

/// What an analyst asks first.
fn answer(of: &Comparison<'_>, variant: usize) -> String {
    let currency = &of.plans[0].books[0].currency;
    let sentence = |name: &str, label: &str, interval: &str| {
        let difference = metric(of, name, variant);
        let mut text = format!("{label} {} {currency}", money(difference.change.mean, true));
        let share = percent(&difference);
        if !share.is_empty() {
            text.push_str(&format!(" ({share} %)"));
        }
        if let Some(half) = difference.change.half_width {
            text.push_str(&format!(", {interval}± {}", money(half, false)));
        }
        if let Some(times) = difference.narrowed() {
            text.push_str(&format!("; pairing narrowed it {times:.1} times"));
        }
        text
    };
    format!("{}. {}.", sentence("recognised", "Recognised revenue", "95 % interval "), sentence("margin", "Margin", ""))
}

fn table(of: &Comparison<'_>, variant: usize) -> String {
    let mut table = numbers(&["", "before", "after", "change", "± 95 %", "per cent"]);
    for (name, label) in ON_SCREEN {
        let difference = metric(of, name, variant);
        if difference.before.mean == 0.0 && difference.after.mean == 0.0 {
            continue;
        }
        let digits = digits(&difference);
        table.add_row(vec![
            label.to_owned(),
            decimals(difference.before.mean, digits),
            decimals(difference.after.mean, digits),
            signed(difference.change.mean, digits),
            difference.change.half_width.map_or_else(String::new, |half| decimals(half, digits)),
            percent(&difference),
        ]);
    }
    format!("{}\n", table.trim_fmt())
}

/// Decimals worth showing.
fn digits(of: &Difference) -> usize {
    match of.metric.kind {
        Kind::Price | Kind::Share => 4,
        Kind::Money if of.before.mean.abs().max(of.after.mean.abs()) < 1_000.0 => 2,
        Kind::Money | Kind::Count => 0,
    }
}

fn who_pays(of: &Comparison<'_>, pairs: &Pairs) -> String {
    let all = pairs.whole.accounts.max(1) as f64;
    let share = |accounts: u64| format!("{} ({:.1} %)", mean(of, accounts), 100.0 * accounts as f64 / all);
    let revenue = pairs.whole.before.approx();
    let held = if revenue > 0.0 { 100.0 * pairs.notable.before.approx() / revenue } else { 0.0 };
    let at = |p: f64| money(Total::from_units(pairs.quantile(p)).approx(), true);
    format!(
        "Accounts: {} pay more, {} less, {} the same; more than 10 % more: {}, with {held:.1} % of the revenue. Change of an \
         account: 5 % below {}, median {}, 95 % up to {}.",
        share(pairs.more),
        share(pairs.less),
        share(pairs.same),
        share(pairs.notable.accounts),
        at(0.05),
        at(0.5),
        at(0.95)
    )
}

fn who_stops(of: &Comparison<'_>, pairs: &Pairs) -> String {
    let mut text = format!(
        "Suspended: {} newly, {} no longer, {} earlier, {} later.",
        mean(of, pairs.newly_suspended),
        mean(of, pairs.no_longer_suspended),
        mean(of, pairs.suspended_earlier),
        mean(of, pairs.suspended_later)
    );
    if pairs.newly_churned + pairs.no_longer_churned > 0 {
        let (newly, no_longer) = (mean(of, pairs.newly_churned), mean(of, pairs.no_longer_churned));
        text.push_str(&format!(" Left: {newly} newly, {no_longer} no longer."));
    }
    text
}

fn effects(of: &Comparison<'_>, variant: usize) -> String {
    let recognised = metric(of, "recognised", variant);
    let price = of.price_effect(recognised.metric, variant).change.mean;
    format!(
        "Recognised: {} by prices alone, {} by behaviour (suspension, leaving, demand).",
        money(price, true),
        money(recognised.change.mean - price, true)
    )
}

fn break_even(of: &Comparison<'_>, variant: usize) -> String {
    match of.break_even(variant) {
        None => String::new(),
        Some(point) if point.volume_percent < 0.0 => {
            let churn = point
                .churn_percent
                .map_or_else(String::new, |churn| format!(" or {churn:.1} % of the customers leave"));
            format!(
                "Break-even: this rise loses money if volume falls by more than {:.1} % (elasticity {:.2}){churn}.",
                -point.volume_percent, point.elasticity
            )
        }
        Some(point) => format!(
            "Break-even: this cut loses money unless volume rises by more than {:.1} % (elasticity {:.2}).",
            point.volume_percent, point.elasticity
        ),
    }
}

fn by_segment(of: &Comparison<'_>, variant: usize) -> String {
    let price = Metric::named("price_per_1000").expect("it is in the list");
    let segments = of.plans[0].segments.iter().enumerate().take(6);
    let told = segments.map(|(index, segment)| {
        let difference = of.of_segment(price, variant, index);
        format!("{} {:.4} → {:.4}", segment.id, difference.before.mean, difference.after.mean)
    });
    format!("Price per 1,000: {}.", told.collect::<Vec<_>>().join(", "))
}

/// A number of pairs as the mean of a replication.
fn mean(of: &Comparison<'_>, pairs: u64) -> String {
    decimals(pairs as f64 / of.replications.len().max(1) as f64, 0)
}

/// Large amounts in whole units of currency.
fn money(amount: f64, with_sign: bool) -> String {
    let digits = if amount.abs() < 1_000.0 { 2 } else { 0 };
    if with_sign { signed(amount, digits) } else { decimals(amount, digits) }
}

fn signed(number: f64, digits: usize) -> String {
    let text = decimals(number, digits);
    let nothing = text.chars().all(|c| matches!(c, '0' | '.'));
    if number > 0.0 && !nothing { format!("+{text}") } else { text }
}

fn percent(of: &Difference) -> String {
    of.percent().map_or_else(String::new, |percent| signed(percent, 2))
}

/// Lines no wider than a screen; nothing is no line.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            lines.push('\n');
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    if width > 0 {
        lines.push('\n');
    }
    lines
}
