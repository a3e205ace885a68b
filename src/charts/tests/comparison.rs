//! The charts of a comparison, of a small one that is really played.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::study::{Difference, Metric, Played, play, without_responses};
use crate::units::{Day, Money, Share};

const NAMES: [&str; 5] = ["change-by-size", "waterfall-by-segment", "waterfall-by-tier", "revenue", "difference"];

/// Shops and hobbyists; the price falls by a tenth, or nothing changes.
fn plans(days: Day) -> Vec<Plan> {
    let before = sample::plan(days, &[("shops", 30), ("hobby", 12)]);
    let mut after = before.clone();
    after.name = "cheaper".to_owned();
    let tenth = Money::parse("0.1").expect("a tenth");
    after.segments[0].uses[0].discount = Share::from_money(tenth).expect("a share");
    let same = Plan { name: "the same".to_owned(), ..before.clone() };
    vec![before, after, same]
}

fn played(plans: &[Plan], replications: u32) -> Vec<Played> {
    let one = |replication| play::<Infallible>(plans, replication, 1, &AtomicBool::new(false), |_, _| Ok(()));
    (0..replications).map(|replication| one(replication).expect("amounts fit")).collect()
}

fn pages_of(comparison: &Comparison<'_>) -> Vec<(&'static str, Page)> {
    comparison_figures(comparison).into_iter().map(|figure| (figure.name, figure.page)).collect()
}

/// The pictures of a comparison, and recognised revenue over the run and on its last day.
fn drawn(days: Day, replications: u32) -> ([String; 5], [Difference; 2]) {
    let plans = plans(days);
    let alone: Vec<Plan> = plans.iter().map(without_responses).collect();
    let (as_is, prices_only) = (played(&plans, replications), played(&alone, replications));
    let comparison = Comparison::new(&plans, &as_is, &prices_only);
    let pages = pages_of(&comparison);
    assert_eq!(pages.iter().map(|(name, _)| *name).collect::<Vec<_>>(), NAMES);
    have_letters(pages_of(&comparison));
    let recognised = comparison.difference(Metric::named("recognised").expect("a metric"), 1);
    let last = comparison.by_day(Metric::named("recognised").expect("a metric"), 1).pop().expect("a day");
    (std::array::from_fn(|index| svg(&pages[index].1)), [recognised, last])
}

#[test]
fn titles_units_and_legends_are_real_text() {
    let (charts, _) = drawn(60, 2);
    let expected: [&[&str]; 5] = [
        &[
            "Change of what accounts pay, by their size",
            "% of what the tenth pays",
            "smallest",
            "cheaper against year of a captcha",
        ],
        &["Change of recognised revenue by segment", "USD", "shops", "whole change", "less"],
        &[
            "Change of recognised revenue by tier and other source",
            "USD",
            "tier 1",
            "the same against year of a captcha",
        ],
        &["Recognised revenue over time, before and after", "USD per day", "date", "cheaper", "the same"],
        &["Difference of recognised revenue over time", "USD per day", "mean of the replications", "none on any day"],
    ];
    for (chart, expected) in charts.iter().zip(expected) {
        let texts = texts(chart);
        let source = "Source: billsim, scenario year of a captcha, seed 7, 42 accounts, 60 days, 2 replications";
        for text in expected.iter().chain(&[source]) {
            assert!(texts.contains(text), "{text} is not in {texts:?}");
        }
        assert!(!chart.contains("NaN") && !chart.contains("inf"));
    }
}

/// Every day has its point, and the last one is what the last day brings.
#[test]
fn curves_have_all_days_and_end_at_the_last() {
    // Before anybody is suspended.
    const DAYS: Day = 6;
    let (charts, [_, last]) = drawn(DAYS, 3);
    let (before, after) = (last.before.mean, last.after.mean);
    assert!(0.0 < after && after < before);
    let revenue = curves(&charts[3], DAYS);
    assert_eq!(revenue.len(), 3);
    for (curve, value) in revenue.iter().zip([after, before, before]) {
        assert!(curve.ends_at(value), "{value}");
    }
    let difference = curves(&charts[4], DAYS);
    assert_eq!(difference.len(), 2);
    assert!(difference[1].heights.iter().all(|height| *height == difference[1].height_of(0.0)), "nothing changes");
    assert!(difference[0].ends_at(after - before));
}

#[test]
fn a_waterfall_ends_at_the_whole_change() {
    let (charts, [whole, _]) = drawn(20, 1);
    for chart in &charts[1..3] {
        let told = bars::signed(whole.change.mean);
        let texts = texts(chart);
        let found = texts.iter().filter(|text| **text == told).count();
        assert_eq!(found, 2, "the step and the whole: {told} in {texts:?}");
    }
}

#[test]
fn one_day_and_one_replication_are_drawn() {
    let (charts, _) = drawn(1, 1);
    assert!(charts.iter().all(|chart| chart.ends_with("</svg>\n")));
    assert!(!texts(&charts[4]).iter().any(|text| text.contains("95 %")), "one world has no interval");
}
