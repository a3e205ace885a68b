//! How a comparison looks on a terminal: the answer first, then the numbers behind it; one variant fits a screen.

use super::present::{count, decimals, numbers, signed, whole, wrapped};
use crate::study::{Comparison, Difference, Metric, Pairs};
use crate::units::Total;

/// Letters of a variant's name in a table.
const MOST_OF_A_NAME: usize = 20;

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
        if variant > 1 {
            text.push('\n');
        }
        text.push_str(&against_first(of, variant));
    }
    for warning in of.warnings() {
        text.push_str(&wrapped(&format!("warning: {warning}")));
    }
    text
}

/// A line a variant, where there are several.
fn overview(of: &Comparison<'_>) -> String {
    let mut table =
        numbers(&["variant", "recognised", "± 95 %", "per cent", "margin", "> 10 %\nmore", "newly\nsuspended"]);
    let names: Vec<&str> = of.plans.iter().map(|plan| plan.name.as_str()).collect();
    for variant in 1..of.plans.len() {
        let (revenue, margin) = (metric(of, "recognised", variant), metric(of, "margin", variant));
        let pairs = of.pairs(variant);
        table.add_row(vec![
            format!("{variant} {}", shortened(&of.plans[variant].name, &names)),
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

/// The end of a long name, where the changed values are; its beginning, where another has the same end.
fn shortened(name: &str, others: &[&str]) -> String {
    let letters = name.chars().count();
    if letters <= MOST_OF_A_NAME {
        return name.to_owned();
    }
    let end = |name: &str| -> String {
        let letters = name.chars().count();
        name.chars().skip((letters + 1).saturating_sub(MOST_OF_A_NAME)).collect()
    };
    if others.iter().all(|other| *other == name || end(other) != end(name)) {
        return format!("…{}", end(name));
    }
    // Changes of one key differ in what comes after it.
    let parts = name.split(';').map(|part| part.rsplit('.').next().unwrap_or(part).trim());
    let values: String = parts.collect::<Vec<_>>().join("; ");
    if values.chars().count() <= MOST_OF_A_NAME {
        return values;
    }
    format!("{}…", values.chars().take(MOST_OF_A_NAME - 1).collect::<String>())
}

fn against_first(of: &Comparison<'_>, variant: usize) -> String {
    let pairs = of.pairs(variant);
    let number = if of.plans.len() > 2 { format!("{variant}: ") } else { String::new() };
    let title = format!("{number}{} → {}", of.plans[0].name, of.plans[variant].name);
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
    let sentence = |name: &str, label: &str, words: [&str; 2]| {
        let difference = metric(of, name, variant);
        let digits = difference.digits();
        let mut text = format!("{label} {} {currency}", signed(difference.change.mean, digits));
        let share = percent(&difference);
        if !share.is_empty() {
            text.push_str(&format!(" ({share} %)"));
        }
        if let Some(half) = difference.change.half_width {
            text.push_str(&format!("{}± {}", words[0], decimals(half, digits)));
        }
        if let Some(times) = difference.narrowed().filter(|times| *times > 1.0) {
            text.push_str(&format!("{}{times:.1} times", words[1]));
        }
        text
    };
    format!(
        "{}. {}.",
        sentence("recognised", "Recognised revenue", [", 95 % interval ", "; pairing narrowed it "]),
        sentence("margin", "Margin", [" ", ", "])
    )
}

fn table(of: &Comparison<'_>, variant: usize) -> String {
    let mut table = numbers(&["", "before", "after", "change", "± 95 %", "per cent"]);
    for (name, label) in ON_SCREEN {
        let difference = metric(of, name, variant);
        if difference.before.mean == 0.0 && difference.after.mean == 0.0 {
            continue;
        }
        let digits = difference.digits();
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

fn who_pays(of: &Comparison<'_>, pairs: &Pairs) -> String {
    let all = pairs.whole.accounts.max(1) as f64;
    let share = |accounts: u64| {
        let percent = 100.0 * accounts as f64 / all;
        let percent = if percent > 0.0 && percent < 0.05 { "< 0.1".to_owned() } else { format!("{percent:.1}") };
        format!("{} ({percent} %)", mean(of, accounts))
    };
    let revenue = pairs.whole.before.approx();
    let held = if revenue > 0.0 { 100.0 * pairs.notable.before.approx() / revenue } else { 0.0 };
    let at = |p: f64| signed(Total::from_units(pairs.quantile(p)).approx(), 2);
    format!(
        "Accounts: {} pay more, {} less, {} the same; {} pay over 10 % more ({held:.1} % of revenue). Change: p5 {}, p50 {}, p95 {}.",
        share(pairs.more),
        share(pairs.less),
        mean(of, pairs.same),
        mean(of, pairs.notable.accounts),
        at(0.05),
        at(0.5),
        at(0.95)
    )
}

fn who_stops(of: &Comparison<'_>, pairs: &Pairs) -> String {
    format!(
        "Suspended: {} newly, {} no longer, {} earlier, {} later.",
        mean(of, pairs.newly_suspended),
        mean(of, pairs.no_longer_suspended),
        mean(of, pairs.suspended_earlier),
        mean(of, pairs.suspended_later)
    )
}

fn effects(of: &Comparison<'_>, variant: usize) -> String {
    let recognised = metric(of, "recognised", variant);
    let price = of.price_effect(recognised.metric, variant).change.mean;
    let digits = recognised.digits();
    let prices = if of.asks_for_the_same(variant) { "prices alone" } else { "prices and what is asked for" };
    format!(
        "Of it {} by {prices}, {} by behaviour (suspension, churn, use).",
        signed(price, digits),
        signed(recognised.change.mean - price, digits)
    )
}

fn break_even(of: &Comparison<'_>, variant: usize) -> String {
    of.break_even(variant).map_or_else(String::new, |point| format!("Break-even, all else as played: {point}."))
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
/// As of one world.
fn mean(of: &Comparison<'_>, pairs: u64) -> String {
    whole(pairs as f64 / of.replications.len().max(1) as f64)
}

fn percent(of: &Difference) -> String {
    of.percent().map_or_else(String::new, |percent| signed(percent, 2))
}
