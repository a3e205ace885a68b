//! The chart of units and revenue by tier. Must not know how a unit finds its tier.

use super::daily::{amount, currency, per_cent, products, source};
use super::page::{Across, Key, Layer, Measure, Name, Page, Panel, Row, SLOT};
use super::style::{BLUE, ORANGE};
use crate::book::{Meter, Period, Tier};
use crate::plan::Plan;
use crate::record::{Summary, TierTotal};
use crate::units::shown::grouped;
use crate::units::{Money, Total};

/// Height of the plot area.
const HEIGHT: f64 = 330.0;
/// Share of the axis that is kept free for the number above a bar.
const ROOM: f64 = 0.07;
/// Where the two bars of a tier begin and end in its slot, and the middle of each.
const BARS: [(usize, usize, usize); 2] = [(1, 5, 3), (5, 9, 7)];
/// Tiers up to which each bar has room for its number.
const WRITTEN: usize = 8;

/// A meter of several tiers with what fell into them.
struct Tiered<'a> {
    meter: &'a Meter,
    tiers: Vec<TierTotal>,
}

impl Tiered<'_> {
    fn units(&self) -> u64 {
        self.tiers.iter().map(|tier| tier.units).sum()
    }

    fn amount(&self) -> Total {
        self.tiers.iter().map(|tier| tier.amount).sum()
    }

    /// Shares of the units and of the price in per cent.
    fn shares(&self) -> [Vec<f64>; 2] {
        let share = |part: f64, all: f64| if all > 0.0 { 100.0 * part / all } else { 0.0 };
        let (units, amount) = (self.units() as f64, self.amount().approx());
        [
            self.tiers.iter().map(|tier| share(tier.units as f64, units)).collect(),
            self.tiers.iter().map(|tier| share(tier.amount.approx(), amount)).collect(),
        ]
    }
}

/// Draws up the page, if a meter has several tiers.
pub fn page(plan: &Plan, summary: &Summary) -> Option<Page> {
    let meters = tiered(plan, summary);
    let alone = meters.len() == 1;
    let names = meters.iter().flat_map(|of| names(of.meter, of.tiers.len(), alone)).collect();
    let shares = meters.iter().map(Tiered::shares).fold([vec![], vec![]], |[mut units, mut price], [more, dearer]| {
        units.extend(more);
        price.extend(dearer);
        [units, price]
    });
    let period = |meter: &Meter| if meter.counter == Period::Day { "day" } else { "month" };
    let what = match meters.as_slice() {
        [] => return None,
        [one] => format!("{}s that an account uses in a {}", one.meter.unit, period(one.meter)),
        _ => "units that an account uses in a day or month, by meter".to_owned(),
    };
    let changed =
        meters.iter().any(|of| of.meter.changes.iter().any(|change| bounds(&change.tiers) != bounds(&of.meter.tiers)));
    let of = if alone { "the" } else { "each meter's" };
    let panel = Panel {
        title: "Shares of each tier over the run".to_owned(),
        aside: meters.iter().map(|of| in_all(plan, of)).collect::<Vec<_>>().join("; "),
        swatch: None,
        measure: Measure::Amount(format!("% of {of} billable units, and of their price")),
        last: if changed { "bounds of the first price list".to_owned() } else { String::new() },
        layers: layers(&shares),
    };
    Some(Page {
        title: "Units and revenue by tier".to_owned(),
        subtitle: "Where most units are and where most revenue is; a tier's price is below its bounds".to_owned(),
        legend: vec![Key::filled("share of billable units", BLUE), Key::filled("share of their price", ORANGE)],
        rows: vec![Row::of(HEIGHT, panel)],
        source: source(plan),
        across: Across::Names { what, names },
    })
}

/// Meters of several tiers of products that somebody uses.
fn tiered<'a>(plan: &'a Plan, summary: &Summary) -> Vec<Tiered<'a>> {
    let whole = summary.whole(plan);
    let of_product = |product: usize| plan.books[product].meters.iter().zip(whole.uses[product].meters.clone());
    let meters = products(plan, |_| true).into_iter().flat_map(of_product);
    meters.filter(|(meter, _)| meter.most_tiers() > 1).map(|(meter, of)| Tiered { meter, tiers: of.tiers }).collect()
}

fn in_all(plan: &Plan, of: &Tiered<'_>) -> String {
    format!(
        "{}: {} billable units, {} {}",
        of.meter.id,
        grouped(&of.units().to_string()),
        amount(of.amount()),
        currency(plan)
    )
}

fn bounds(tiers: &[Tier]) -> Vec<Option<u64>> {
    tiers.iter().map(|tier| tier.up_to).collect()
}

/// Tiers by their bounds in the first price list, with their price there, or with the meter where there are several.
fn names(meter: &Meter, tiers: usize, alone: bool) -> Vec<Name> {
    let name = |index: usize| {
        let Some(tier) = meter.tiers.get(index) else {
            return Name { label: format!("tier {}", index + 1), note: Some("by a later price list".to_owned()) };
        };
        let from = index.checked_sub(1).and_then(|before| meter.tiers[before].up_to).map_or(1, |bound| bound + 1);
        let from = grouped(&from.to_string());
        let label =
            tier.up_to.map_or_else(|| format!("{from} and more"), |to| format!("{from}–{}", grouped(&to.to_string())));
        Name { label, note: Some(if alone { price(tier) } else { meter.id.clone() }) }
    };
    (0..tiers).map(name).collect()
}

/// `0.005 each`, `2.50 per 1 000`, `8.00 once`, `free`
fn price(tier: &Tier) -> String {
    let each = match tier.block {
        _ if tier.price == Money::ZERO => None,
        1 => Some(format!("{} each", tier.price.short())),
        block => Some(format!("{} per {}", tier.price.short(), grouped(&block.to_string()))),
    };
    let once = (tier.fee > Money::ZERO).then(|| format!("{} once", tier.fee.short()));
    let both: Vec<String> = each.into_iter().chain(once).collect();
    if both.is_empty() { "free".to_owned() } else { both.join(", ") }
}

fn layers(shares: &[Vec<f64>; 2]) -> Vec<Layer> {
    let highest = shares.iter().flatten().copied().fold(0.0, f64::max);
    let mut layers = vec![];
    for ((values, color), (from, to, middle)) in shares.iter().zip([BLUE, ORANGE]).zip(BARS) {
        for (slot, value) in values.iter().enumerate() {
            let edges = vec![SLOT * slot + from, SLOT * slot + to];
            layers.push(Layer::Blocks { edges, lower: vec![0.0], upper: vec![*value], color });
            if values.len() <= WRITTEN && highest > 0.0 {
                let text = if *value == 0.0 { "0 %".to_owned() } else { per_cent(*value) };
                let room = (value + ROOM * highest).min(100.0);
                layers.push(Layer::Label { at: SLOT * slot + middle, end: *value, room, text });
            }
        }
    }
    layers
}
