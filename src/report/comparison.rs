//! What the report of a comparison says: an answer for each variant. Must not know how it looks.

use super::page::{Again, Answer, Cell, Page, Table, Tile, head};
use super::words::{about, amount, capital, change, digest, share, whole, words};
use super::{Extras, ReportError, assumptions, drawn, html};
use crate::charts::comparison_figures;
use crate::stats::Estimate;
use crate::study::{Comparison, Difference, METRICS, Metric, Pairs};
use crate::units::Total;
use crate::units::shown::{decimals, signed};

/// The report of a comparison.
///
/// # Errors
/// A figure that cannot be drawn, or a bug of the template.
pub fn comparison(of: &Comparison<'_>, extras: Extras<'_>) -> Result<String, ReportError> {
    let first = &of.plans[0];
    let variants = 1..of.plans.len();
    let several = of.plans.len() > 2;
    let title = match of.plans {
        // A variant is a scenario or a book, or what was changed in the first.
        [before, after] if after.name.contains('=') => format!("What {} changes in {}", after.name, before.name),
        [before, after] => format!("What changes from {} to {}", before.name, after.name),
        _ => format!("{} against {} variants", first.name, of.plans.len() - 1),
    };
    let mut tables = vec![];
    if several {
        tables.push(overview(of));
    }
    for variant in variants.clone() {
        let name = if several { format!(": {}", of.plans[variant].name) } else { String::new() };
        tables.extend([metrics(of, variant, &name), by_segment(of, variant, &name), by_size(of, variant, &name)]);
    }
    let mut stated: Vec<Table> = of.plans[1..].iter().map(|plan| assumptions::changed(first, plan)).collect();
    stated.extend(assumptions::of(first));
    let mut facts =
        vec![("Program", format!("billsim {}", env!("CARGO_PKG_VERSION"))), ("Seed", first.seed.to_string())];
    for plan in of.plans {
        facts.push(("Plan hash", format!("{} ({})", plan.hash, plan.name)));
        facts.push(("BLAKE3 digest of its scenario", digest(&plan.resolved)));
    }
    html(Page {
        title,
        about: about(first, of.replications.len()),
        answers: answers(of),
        warnings: {
            let unsure = variants.filter_map(|variant| unsure(of, variant));
            of.warnings().iter().map(ToString::to_string).chain(unsure).collect()
        },
        pictures: drawn(|| comparison_figures(of), extras)?,
        pictured: None,
        tables,
        assumptions: stated,
        again: Again { command: extras.command.to_owned(), facts },
    })
}

fn metric(of: &Comparison<'_>, name: &str, variant: usize) -> Difference {
    of.difference(Metric::named(name).expect("metrics of a report are in the list"), variant)
}

/// Whether an interval leaves the sign open.
fn is_open(change: &Estimate) -> bool {
    change.half_width.is_some_and(|half| change.mean.abs() <= half) && change.mean != 0.0
}

fn unsure(of: &Comparison<'_>, variant: usize) -> Option<String> {
    let recognised = metric(of, "recognised", variant).change;
    let name = &of.plans[variant].name;
    if recognised.half_width.is_none() && recognised.mean != 0.0 {
        return Some("one world has no interval: 2 and more --replications have".to_owned());
    }
    is_open(&recognised).then(|| {
        format!("{name}: the interval of the change of recognised revenue holds zero: its sign is not known; more --replications narrow it")
    })
}

/// What happens to a number, in words.
fn verb(change: f64) -> &'static str {
    match change {
        up if up > 0.0 => "rises by",
        down if down < 0.0 => "falls by",
        _ => "stays the same, a change of",
    }
}

/// An answer for each variant, and before those of several one that is a line each.
fn answers(of: &Comparison<'_>) -> Vec<Answer> {
    let mut answers: Vec<Answer> = (1..of.plans.len()).map(|variant| answer(of, variant)).collect();
    if answers.len() > 1 {
        let line = |variant: usize| format!("{}: {}", of.plans[variant].name, revenue(of, variant));
        answers.insert(0, Answer { title: None, lead: (1..of.plans.len()).map(line).collect(), tiles: vec![] });
    }
    answers
}

/// What happens to recognised revenue, and how sure that is.
fn revenue(of: &Comparison<'_>, variant: usize) -> String {
    let recognised = metric(of, "recognised", variant);
    let (digits, mean) = (recognised.digits(), recognised.change.mean);
    let percent = recognised.percent().map_or_else(String::new, |percent| format!(" ({} %)", signed(percent, 2)));
    let sure = recognised.change.half_width.map_or_else(String::new, |half| {
        let open = if is_open(&recognised.change) { ", so it may be chance" } else { "" };
        format!(
            "; 95 % interval of the change: {} to {}{open}",
            signed(mean - half, digits),
            signed(mean + half, digits)
        )
    });
    let currency = &of.plans[0].books[0].currency;
    format!("recognised revenue {} {} {currency}{percent}{sure}.", verb(mean), decimals(mean.abs(), digits))
}

fn answer(of: &Comparison<'_>, variant: usize) -> Answer {
    let (recognised, pairs) = (metric(of, "recognised", variant), of.pairs(variant));
    let (digits, mean) = (recognised.digits(), recognised.change.mean);
    let price = of.price_effect(recognised.metric, variant).change.mean;
    let prices = if of.asks_for_the_same(variant) { "prices alone" } else { "prices and what is asked for" };
    let lead = format!(
        "{} Of it {} by {prices} and {} by what customers do (suspension, \
         leaving, demand). {} of the accounts pay more, {} pay less.",
        capital(&revenue(of, variant)),
        signed(price, digits),
        signed(mean - price, digits),
        share(pairs.more as f64, pairs.whole.accounts as f64),
        share(pairs.less as f64, pairs.whole.accounts as f64),
    );
    let title = (of.plans.len() > 2).then(|| of.plans[variant].name.clone());
    Answer { title, lead: vec![lead], tiles: tiles(of, variant, &pairs) }
}

fn tiles(of: &Comparison<'_>, variant: usize, pairs: &Pairs) -> Vec<Tile> {
    let currency = &of.plans[0].books[0].currency;
    let worlds = of.replications.len().max(1) as f64;
    let changed = |name: &str, label: &str, unit: &str| {
        let difference = metric(of, name, variant);
        let digits = difference.digits();
        let shown = |value: f64| decimals(value, digits);
        let percent = difference.percent().map_or_else(String::new, |percent| format!(", {} %", signed(percent, 2)));
        Tile {
            name: label.to_owned(),
            value: format!("{}{unit}", signed(difference.change.mean, digits)),
            interval: difference.change.half_width.map(|half| format!("± {}", shown(half))),
            sentence: format!("From {} to {}{percent}.", shown(difference.before.mean), shown(difference.after.mean)),
        }
    };
    let number = |name: &str, pairs: u64, sentence: String| Tile {
        name: name.to_owned(),
        value: format!("{} accounts", whole(pairs as f64 / worlds)),
        interval: None,
        sentence,
    };
    let money = format!(" {currency}");
    let held = share(pairs.notable.before.approx(), pairs.whole.before.approx());
    let at = |p: f64| change(Total::from_units(pairs.quantile(p)).approx());
    let mut tiles = vec![
        changed("recognised", "Recognised revenue", &money),
        changed("margin", "Margin", &money),
        number(
            "Pay over 10 % more",
            pairs.notable.accounts,
            format!("They hold {held} of the revenue. The median change of an account is {} {currency}.", at(0.5)),
        ),
        number(
            "Newly suspended",
            pairs.newly_suspended,
            format!(
                "{} are suspended no longer, {} earlier, {} later.",
                whole(pairs.no_longer_suspended as f64 / worlds),
                whole(pairs.suspended_earlier as f64 / worlds),
                whole(pairs.suspended_later as f64 / worlds)
            ),
        ),
        changed("bad_debt", "Bad debt", &money),
        changed("price_per_1000", "Price per 1,000 units", &money),
    ];
    tiles.extend(of.break_even(variant).map(|point| Tile {
        name: "Break-even".to_owned(),
        value: format!("{} % volume", signed(point.volume_percent, 1)),
        interval: None,
        sentence: format!("With all else as it was played it is {point}."),
    }));
    tiles
}

fn percent(difference: &Difference) -> Cell {
    Cell::number(difference.percent(), |percent| format!("{} %", signed(percent, 2)))
}

/// A row a variant.
fn overview(of: &Comparison<'_>) -> Table {
    let row = |variant: usize| {
        let (recognised, margin, pairs) =
            (metric(of, "recognised", variant), metric(of, "margin", variant), of.pairs(variant));
        let worlds = of.replications.len().max(1) as f64;
        vec![
            Cell::text(&of.plans[variant].name),
            Cell::number(Some(recognised.change.mean), change),
            Cell::number(recognised.change.half_width, amount),
            percent(&recognised),
            Cell::number(Some(margin.change.mean), change),
            Cell::number(Some(pairs.notable.accounts as f64 / worlds), whole),
            Cell::number(Some(pairs.newly_suspended as f64 / worlds), whole),
        ]
    };
    Table {
        title: "Variants".to_owned(),
        note: format!("Each against {}; amounts in {}.", of.plans[0].name, of.plans[0].books[0].currency),
        head: head(&["variant", "recognised", "± 95 %", "per cent", "margin", "pay over 10 % more", "newly suspended"]),
        texts: 1,
        rows: (1..of.plans.len()).map(row).collect(),
        sum: None,
    }
}

fn metrics(of: &Comparison<'_>, variant: usize, name: &str) -> Table {
    let row = |metric: &'static Metric| {
        let difference = of.difference(metric, variant);
        let moved = difference.before.mean != 0.0 || difference.after.mean != 0.0;
        let (digits, shown) = (difference.digits(), |value: f64| decimals(value, difference.digits()));
        moved.then(|| {
            vec![
                Cell::text(words(metric.name)),
                Cell::text(metric.doc),
                Cell::number(Some(difference.before.mean), shown),
                Cell::number(Some(difference.after.mean), shown),
                Cell::number(Some(difference.change.mean), |change| signed(change, digits)),
                Cell::number(difference.change.half_width, shown),
                percent(&difference),
            ]
        })
    };
    Table {
        title: format!("Before and after{name}"),
        note: format!(
            "Means over the worlds; the interval is of the difference between the same customers. Amounts in {}.",
            of.plans[0].books[0].currency
        ),
        head: head(&["number", "meaning", "before", "after", "change", "± 95 %", "per cent"]),
        texts: 2,
        rows: METRICS.iter().filter_map(row).collect(),
        sum: None,
    }
}

fn by_segment(of: &Comparison<'_>, variant: usize, name: &str) -> Table {
    let metric = |name: &str| Metric::named(name).expect("metrics of a report are in the list");
    let worlds = of.replications.len().max(1) as f64;
    let row = |(index, segment): (usize, &crate::plan::Segment)| {
        let recognised = of.of_segment(metric("recognised"), variant, index);
        let price = of.of_segment(metric("price_per_1000"), variant, index);
        let suspended = of.of_segment(metric("ever_suspended"), variant, index);
        let pairs = of.pairs_of(variant, index);
        let per_1000 = |price: f64| decimals(price, 4);
        vec![
            Cell::text(&segment.id),
            Cell::number(Some(recognised.before.mean), amount),
            Cell::number(Some(recognised.change.mean), change),
            Cell::number(recognised.change.half_width, amount),
            percent(&recognised),
            Cell::number(Some(price.before.mean), per_1000),
            Cell::number(Some(price.after.mean), per_1000),
            Cell::number(Some(pairs.more as f64 / worlds), whole),
            Cell::number(Some(pairs.less as f64 / worlds), whole),
            Cell::number(Some(suspended.change.mean), |change| signed(change, 1)),
        ]
    };
    Table {
        title: format!("By segment{name}"),
        note: format!(
            "Recognised revenue, price per 1,000 units and accounts; amounts in {}.",
            of.plans[0].books[0].currency
        ),
        head: head(&[
            "segment",
            "before",
            "change",
            "± 95 %",
            "per cent",
            "per 1,000 before",
            "per 1,000 after",
            "pay more",
            "pay less",
            "more ever suspended",
        ]),
        texts: 1,
        rows: of.plans[0].segments.iter().enumerate().map(row).collect(),
        sum: None,
    }
}

fn by_size(of: &Comparison<'_>, variant: usize, name: &str) -> Table {
    let cells = of.pairs(variant).deciles();
    let row = |(nth, cell): (usize, &crate::study::SizeCell)| {
        let accounts = cell.accounts.max(1) as f64;
        let (before, moved) = (cell.before.approx(), cell.change().approx());
        let percent = (before != 0.0).then(|| 100.0 * moved / before);
        vec![
            Cell::number(Some((nth + 1) as f64), whole),
            Cell::number(Some(before / accounts), amount),
            Cell::number(Some(moved / accounts), change),
            Cell::number(percent, |percent| format!("{} %", signed(percent, 2))),
        ]
    };
    Table {
        title: format!("By size{name}"),
        note: format!(
            "Tenths of the accounts by what they ask for, the smallest first; means of an account, in {}.",
            of.plans[0].books[0].currency
        ),
        head: head(&["tenth", "before", "change", "per cent"]),
        texts: 0,
        rows: cells.iter().enumerate().map(row).collect(),
        sum: None,
    }
}
