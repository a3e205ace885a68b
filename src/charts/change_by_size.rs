//! The chart of who pays more and who less, by size of account. Must not know prices.

use super::bars::{Bar, heading, keys, layers, rounded, signed, source};
use super::daily::{currency, plural};
use super::page::{Across, Measure, Name, Page, Panel, Row};
use crate::study::{Comparison, SizeCell};
use crate::units::shown;

/// Height of a plot area.
const HEIGHT: f64 = 170.0;

/// Draws up the page: two rows a variant.
pub fn page(comparison: &Comparison<'_>) -> Page {
    let rows = (1..comparison.plans.len()).flat_map(|variant| rows(comparison, variant));
    let names = (1..=10).map(|tenth| Name {
        label: match tenth {
            1 => "smallest".to_owned(),
            10 => "largest".to_owned(),
            2 => "2nd".to_owned(),
            3 => "3rd".to_owned(),
            tenth => format!("{tenth}th"),
        },
        note: None,
    });
    Page {
        title: "Change of what accounts pay, by their size".to_owned(),
        subtitle: "Recognised revenue of each tenth of the accounts, from the tenth that asks for least to the one that asks for most"
            .to_owned(),
        legend: keys(),
        rows: rows.collect(),
        source: source(comparison),
        across: Across::Names { what: "tenth of the accounts by units asked for over the run".to_owned(), names: names.collect() },
    }
}

fn rows(comparison: &Comparison<'_>, variant: usize) -> [Row; 2] {
    let pairs = comparison.pairs(variant);
    let tenths = pairs.deciles();
    let row = |title: String, aside: String, measure: Measure, of: fn(&SizeCell) -> Option<(f64, String)>| {
        let bars: Vec<Option<Bar>> =
            tenths.iter().map(|tenth| of(tenth).map(|(value, text)| Bar::of(value, text))).collect();
        let panel = Panel { title, aside, swatch: None, measure, last: String::new(), layers: layers(&bars) };
        Row::of(HEIGHT, panel)
    };
    let runs = comparison.replications.len().max(1) as f64;
    let whole = pairs.whole;
    let each_run = |pairs: u64| shown::whole(pairs as f64 / runs);
    let aside = format!(
        "of {}, {} pay more and {} less",
        plural(comparison.plans[0].accounts(), "account"),
        each_run(pairs.more),
        each_run(pairs.less)
    );
    let all = percent(&whole).map_or_else(String::new, |(_, text)| format!("all accounts {text}"));
    [
        row(heading(comparison, variant), aside, Measure::Amount("% of what the tenth pays".to_owned()), percent),
        row(
            "The same per account".to_owned(),
            all,
            Measure::Amount(format!("{} per account over the run", currency(&comparison.plans[0]))),
            each,
        ),
    ]
}

/// Change in per cent; nothing where nothing was paid.
fn percent(tenth: &SizeCell) -> Option<(f64, String)> {
    let before = tenth.before.approx();
    let percent = 100.0 * tenth.change().approx() / before;
    (before > 0.0).then(|| (percent, format!("{} %", rounded(percent, 2))))
}

/// Change of an account.
fn each(tenth: &SizeCell) -> Option<(f64, String)> {
    let change = tenth.change().approx() / tenth.accounts.max(1) as f64;
    (tenth.accounts > 0).then(|| (change, signed(change)))
}
