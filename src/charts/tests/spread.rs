//! The charts of demand, bills, concentration, recovery, tiers and replications, on a small run in which all of it happens.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::record::{BandDay, SegmentSummary, Statistics, Wanted, run};
use crate::units::Day;
use crate::units::shown::grouped;

const DAYS: Day = 60;
const NAMES: [&str; 6] = ["demand", "bills", "concentration", "recovery", "tiers", "replications"];

fn played(days: Day, replications: u32) -> (Plan, Vec<Summary>) {
    let plan = sample::spread(days);
    let one = |replication| {
        let never = AtomicBool::new(false);
        run::<Infallible>(&plan, replication, Wanted::default(), 1, &never, |_, _| Ok(())).expect("amounts fit")
    };
    let summaries = (0..replications).map(one).collect();
    (plan, summaries)
}

fn figure(plan: &Plan, replications: &[Summary], name: &str) -> Figure {
    let mut figures = figures(plan, replications).into_iter();
    figures.find(|figure| figure.name == name).unwrap_or_else(|| panic!("there is {name}"))
}

fn drawn(plan: &Plan, replications: &[Summary]) -> [String; 6] {
    NAMES.map(|name| figure(plan, replications, name).svg().expect("drawn"))
}

#[track_caller]
fn holds(svg: &str, expected: &str) {
    let texts = texts(svg);
    assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
}

#[test]
fn titles_units_and_legends_are_real_text() {
    let (plan, summaries) = played(DAYS, 3);
    let expected: [&[&str]; 6] = [
        &[
            "Demand: served, refused and withheld",
            "checks per day",
            "refused above the rate limit",
            "asked for",
            "date",
        ],
        &["Daily bills by their amount", "bills in each bar", "amount of a bill in USD, logarithmic", "giant", "0.1"],
        &[
            "Concentration of revenue: Lorenz curve of the accounts",
            "% of recognised revenue",
            "if all brought the same",
        ],
        &["Days to recovery after a suspension", "resumptions in each bar", "% of suspensions", "never within the run"],
        &[
            "Units and revenue by tier",
            "checks that an account uses in a day",
            "share of billable units",
            "101–1,000",
            "0.002 each",
        ],
        &[
            "Bands over replications",
            "USD per day",
            "from the lowest to the highest of 3 replications",
            "checks per day",
        ],
    ];
    for (name, (chart, expected)) in NAMES.iter().zip(drawn(&plan, &summaries).iter().zip(expected)) {
        expected.iter().for_each(|text| holds(chart, text));
        let of = if *name == "replications" { "3 replications" } else { "the first of 3 replications" };
        holds(chart, &format!("Source: billsim, scenario spread, seed 7, 215 accounts, 60 days, {of}"));
        assert!(chart.contains(&format!("<title>{}</title>", expected[0])));
        assert!(!chart.contains("NaN") && !chart.contains("inf"));
    }
}

#[test]
fn bitmaps_have_letters_too() {
    let (plan, summaries) = played(10, 2);
    have_letters(figures(&plan, &summaries).into_iter().map(|figure| (figure.name, figure.page)).collect());
}

/// By what the tables say of the last day, not by the functions the chart is drawn with.
#[test]
fn demand_has_a_point_for_each_day_and_ends_at_the_table() {
    let (plan, summaries) = played(DAYS, 1);
    let svg = figure(&plan, &summaries, "demand").svg().expect("drawn");
    let whole = summaries[0].whole(&plan);
    let last = whole.uses[0].usage(DAYS - 1);
    assert!(last.served > 0 && last.blocked > 0 && last.refused > last.blocked);
    let parts = [last.served, last.blocked, last.refused - last.blocked];
    let curves = curves(&svg, DAYS);
    assert_eq!(curves.len(), parts.len());
    for (curve, units) in curves.iter().zip(parts) {
        assert!(curve.ends_at(units as f64), "{units}");
        holds(&svg, &format!("last day: {}", grouped(&units.to_string())));
    }
    holds(&svg, &format!("last day: {} asked for", grouped(&last.potential.to_string())));
}

#[test]
fn demand_below_zero_is_not_stacked_and_not_lost() {
    let (plan, mut summaries) = played(9, 1);
    for used in summaries[0].segments.iter_mut().flat_map(|segment| &mut segment.uses) {
        used.meters[0].usage.iter_mut().for_each(|day| day.withheld = -5);
    }
    let figure = figure(&plan, &summaries, "demand");
    holds(&figure.svg().expect("drawn"), "last day: -20");
    let stacked = figure.page.rows[0].panels[0].layers.iter().flat_map(page::Layer::values);
    assert!(stacked.fold(0.0, f64::min) >= 0.0);
}

#[test]
fn every_bill_is_in_a_bar_and_the_marks_are_those_of_the_summary() {
    let (plan, summaries) = played(DAYS, 1);
    let figure = figure(&plan, &summaries, "bills");
    let svg = figure.svg().expect("drawn");
    let bills = Statistics::of(&summaries[0].whole(&plan)).bills;
    let bars = |panel: &page::Panel| match panel.layers.first() {
        Some(page::Layer::Blocks { upper, .. }) => upper.iter().sum::<f64>(),
        _ => f64::NAN,
    };
    let panels: Vec<f64> = figure.page.rows.iter().flat_map(|row| &row.panels).map(bars).collect();
    assert_eq!((panels[0], panels[1..].iter().sum::<f64>()), (bills.count as f64, bills.count as f64));
    holds(&svg, &format!("max: {}", daily::amount(Total::from_units(i128::from(bills.max)))));
    // The giant pays for 2 a second: 0.5 + 900 × 0.002 + 171 800 × 0.001.
    holds(&svg, "max: 174.10");
}

#[test]
fn concentration_is_that_of_the_summary() {
    let (plan, summaries) = played(DAYS, 1);
    let svg = figure(&plan, &summaries, "concentration").svg().expect("drawn");
    let (whole, of) = (summaries[0].whole(&plan), Statistics::of(&summaries[0].whole(&plan)));
    holds(&svg, &format!("Gini {:.3}", of.gini));
    holds(&svg, &format!("top 1 % of accounts: {:.1} % of revenue", 100.0 * of.top_percent));
    let top = of.revenue.max as f64 / whole.revenue.sum() as f64;
    assert!(top > 0.5, "the giant brings most");
    holds(&svg, &format!("top account: {:.1} % of revenue", 100.0 * top));
}

#[test]
fn recovery_tells_of_those_that_never_do() {
    let (plan, summaries) = played(DAYS, 1);
    let svg = figure(&plan, &summaries, "recovery").svg().expect("drawn");
    let whole: SegmentSummary = summaries[0].whole(&plan);
    let status = whole.status_total();
    assert!(status.resumptions > 20 && status.suspensions - status.resumptions >= 4, "{status:?}");
    holds(&svg, &format!("{} resumptions", status.resumptions));
    let share = 100.0 * status.resumptions as f64 / status.suspensions as f64;
    holds(&svg, &format!("ended within the run: {share:.1} %"));
    let never = status.suspensions - status.resumptions;
    let said = format!("{} suspensions, {never} never ended", status.suspensions);
    assert!(texts(&svg).iter().any(|text| text.starts_with(&said)), "{said}");
}

#[test]
fn tiers_have_their_bounds_and_shares() {
    let (plan, summaries) = played(DAYS, 1);
    let figure = figure(&plan, &summaries, "tiers");
    let svg = figure.svg().expect("drawn");
    ["1–100", "101–1,000", "1,001 and more", "0.005 each"].iter().for_each(|text| holds(&svg, text));
    let bars = figure.page.rows[0].panels[0].layers.iter().filter_map(|layer| match layer {
        page::Layer::Blocks { upper, .. } => Some(upper[0]),
        _ => None,
    });
    let bars: Vec<f64> = bars.collect();
    for (tier, of) in Statistics::of(&summaries[0].whole(&plan)).tiers.iter().enumerate() {
        assert!((bars[3 + tier] - 100.0 * of.share).abs() < 1e-9, "{tier}");
    }
    assert!((bars[..3].iter().sum::<f64>() - 100.0).abs() < 1e-9);
}

#[test]
fn bands_are_those_of_the_table() {
    let (plan, summaries) = played(DAYS, 3);
    let svg = figure(&plan, &summaries, "replications").svg().expect("drawn");
    let last = *BandDay::all(&plan, &summaries).last().expect("a day");
    let curves = curves(&svg, DAYS);
    assert_eq!(curves.len(), 5);
    let money = |units: i128| Total::from_units(units).approx();
    let medians = [
        money(last.recognised[1]),
        money(last.collected[1]),
        money(last.debt[1]),
        last.suspended[1] as f64,
        last.served[1] as f64,
    ];
    for (curve, value) in curves.iter().zip(medians) {
        assert!(curve.ends_at(value), "{value}");
    }
    let [low, middle, high] = last.recognised.map(|units| daily::amount(Total::from_units(units)));
    holds(&svg, &format!("last day: {middle}"));
    holds(&svg, &format!("band of the last day: {low} to {high}"));
}

#[test]
fn figures_say_in_words_what_they_show() {
    let (plan, summaries) = played(20, 2);
    let figures = figures(&plan, &summaries);
    let mut names: Vec<&str> = figures.iter().map(|figure| figure.name).collect();
    for figure in &figures {
        let (alt, svg) = (figure.alt(), figure.svg().expect("drawn"));
        assert!(alt.starts_with(&format!("{}. {}.", figure.title(), figure.caption())), "{alt}");
        assert!(svg.starts_with("<svg ") && svg.contains("<desc>"));
    }
    let served = summaries[0].whole(&plan).uses[0].usage(19).served;
    let demand = figures.iter().find(|figure| figure.name == "demand").expect("there is one");
    assert!(demand.alt().contains(&format!("last day: {}", grouped(&served.to_string()))), "{}", demand.alt());
    let tiers = figures.iter().find(|figure| figure.name == "tiers").expect("there is one").alt();
    assert!(tiers.contains("; 101–1,000 ") && tiers.contains(" %"), "{tiers}");
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "each has files of its own");
    assert!(super::figures(&plan, &[]).is_empty());
}

/// One day, few days, weeks, with and without anything that happened.
#[test]
fn no_run_is_too_odd_to_be_drawn() {
    for days in [1, 2, 56] {
        let (plan, mut summaries) = played(days, 2);
        summaries.push(Summary::new(&plan));
        for replications in [&summaries[..], &summaries[2..], &[Summary { segments: vec![] }]] {
            for figure in figures(&plan, replications) {
                let svg = figure.svg().expect("drawn");
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{days} days, {}", figure.name);
            }
        }
    }
}
