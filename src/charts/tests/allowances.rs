//! The charts of trials, packages, the switch and add-ons, on a small run in which everything happens.

use super::*;
use crate::record::{SegmentSummary, summarise};
use crate::units::Day;

/// Long enough for means and weeks.
const DAYS: Day = 66;
/// Thursday to Sunday, eight weeks, and Monday to Saturday.
const WEEKS: usize = 10;
/// What is drawn beside the eight charts of every run.
const MORE: [&str; 5] = ["revenue-by-source", "usage-by-meter", "allowances", "adoption", "trial-survival"];

fn run(days: Day) -> (Plan, Summary) {
    let plan = sample::allowances(days);
    let summary = summarise(&plan).expect("amounts fit");
    (plan, summary)
}

/// The charts in the order of [`MORE`].
fn charts_of(plan: &Plan, summary: &Summary) -> [String; 5] {
    let pages = pages(plan, summary);
    assert_eq!(pages[8..].iter().map(|(name, _)| *name).collect::<Vec<_>>(), MORE);
    std::array::from_fn(|index| svg(&pages[8 + index].1))
}

fn in_all(whole: &SegmentSummary, count: fn(&StatusDay) -> u64) -> f64 {
    whole.uses[0].status.iter().map(count).sum::<u64>() as f64
}

#[test]
fn titles_units_and_legends_are_real_text() {
    let (plan, summary) = run(DAYS);
    let expected: [&[&str]; 5] = [
        &[
            "Recognised revenue by source",
            "USD per day",
            "breakage",
            "vouchers, downwards",
            "recognised: their sum",
            "2 Feb",
        ],
        &["Use by meter", "minutes per day", "film", "rec: adds to talk", "mean of the last 7 days", "2026"],
        &["Trial and package units: granted, used, lost and left", "allowance minutes, end of day", "wiped", "date"],
        &["Accounts that switched pay-as-you-go on, by cause", "accounts, end of day", "by itself", "accounts opened"],
        &["Trials still in effect, by days since the opening", "% of trials", "trying", "days since the opening", "40"],
    ];
    for (chart, expected) in charts_of(&plan, &summary).iter().zip(expected) {
        let texts = texts(chart);
        for text in
            expected.iter().chain(&["Source: billsim, scenario calls, seed 7, 57 accounts, 66 days, 1 replication"])
        {
            assert!(texts.contains(text), "{text} is not in {texts:?}");
        }
        assert!(chart.contains(&format!("<title>{}</title>", expected[0])));
    }
}

#[test]
fn bitmaps_have_letters_too() {
    let (plan, summary) = run(30);
    have_letters(pages(&plan, &summary));
}

#[test]
fn curves_have_a_point_for_each_day_week_or_age() {
    let (plan, summary) = run(DAYS);
    let [sources, usage, allowances, adoption, survival] = charts_of(&plan, &summary);
    // The sum and six sources; three meters; granted and four fates; opened and three causes. Steps have two ends.
    assert_eq!(curves(&sources, 2 * WEEKS).len(), 7);
    assert_eq!([usage, allowances, adoption].map(|svg| curves(&svg, DAYS).len()), [3, 5, 4]);
    // All, alone and beside each of the three; trials last at most 40 days.
    let ages = summary.whole(&plan).uses[0].trials.days().count();
    assert_eq!((ages, curves(&survival, 2 * (ages + 1)).len() >= 4), (40, true));
}

/// By what the tables say of the last day, not by the functions the charts are drawn with.
#[test]
fn curves_end_at_the_tables() {
    let (plan, summary) = run(DAYS);
    let [sources, usage, allowances, adoption, survival] = charts_of(&plan, &summary);
    let whole = summary.whole(&plan);
    let ends = |svg: &str, points: usize, values: &[f64]| {
        let curves = curves(svg, points);
        for (index, value) in values.iter().enumerate() {
            assert!(curves[index].ends_at(*value), "{index}: {value}");
        }
    };
    let [used, expired, wiped, granted] = [
        in_all(&whole, |day| day.allowance_used),
        in_all(&whole, |day| day.allowance_expired),
        in_all(&whole, |day| day.allowance_wiped),
        in_all(&whole, |day| day.allowance_granted),
    ];
    let left = granted - used - expired - wiped;
    assert!([used, expired, wiped, left].iter().all(|fate| *fate > 0.0), "each fate occurs");
    ends(&allowances, DAYS, &[granted, used, expired, wiped, left]);

    let causes: [f64; 3] = [
        in_all(&whole, |day| day.switched_at_opening),
        in_all(&whole, |day| day.switched_by_hand),
        in_all(&whole, |day| day.switched_by_itself),
    ];
    assert!(causes.iter().all(|cause| *cause > 0.0), "each cause occurs");
    let [opening, hand, itself] = causes;
    ends(&adoption, DAYS, &[in_all(&whole, |day| day.activations), opening, hand, itself]);
    // The switch never goes off again: the stock of the table is the sum of what went on.
    assert_eq!(whole.uses[0].status[DAYS - 1].pay_as_you_go as f64, opening + hand + itself);

    let counted: Vec<f64> = whole.uses[0].meters.iter().map(|meter| meter.usage[DAYS - 1].counted as f64).collect();
    ends(&usage, DAYS, &counted);

    let week: Total = whole.money[DAYS - 6..].iter().map(|day| day.recognised).sum();
    ends(&sources, 2 * WEEKS, &[week.approx() / 6.0]);

    let last = whole.uses[0].trials.days().last().expect("there are trials");
    let said = format!("after 40 days: {:.1} %, {} seen that long", 100.0 * last.surviving, last.at_risk);
    assert!(texts(&survival).contains(&said.as_str()), "{said}");
    // All segments are drawn last, in front of the others.
    let of_all = curves(&survival, 82).into_iter().filter(|curve| curve.ends_at(100.0 * last.surviving));
    assert!(of_all.count() >= 4);
}

#[test]
fn granted_units_are_used_expired_wiped_or_left_on_every_day() {
    let (_, summary) = run(DAYS);
    for used in summary.segments.iter().flat_map(|segment| &segment.uses) {
        let balance = super::super::allowances::Balance::of(&used.status);
        for day in 0..DAYS {
            let fates = balance.fates.iter().map(|fate| fate[day]);
            assert!(fates.clone().all(|units| units >= 0), "day {day}");
            assert_eq!(fates.sum::<i128>(), balance.granted[day], "day {day}");
        }
    }
}

#[test]
fn sources_add_up_to_what_is_recognised_on_every_day() {
    let (plan, summary) = run(DAYS);
    let sources = sources::sources(&plan, &summary);
    assert_eq!(sources.len(), 6);
    for source in &sources {
        assert!(source.days.iter().any(|day| *day != Total::default()), "{} brings something", source.name);
    }
    for (day, money) in summary.whole(&plan).money.iter().enumerate() {
        assert_eq!(sources.iter().map(|source| source.days[day]).sum::<Total>(), money.recognised, "day {day}");
    }
}

/// One day, few days, weeks and months, with and without anything that happened.
#[test]
fn no_horizon_is_too_odd_to_be_drawn() {
    for days in [1, 2, 55, 56, 800] {
        let (plan, summary) = run(days);
        for summary in [summary, Summary::new(&plan), Summary { segments: vec![] }] {
            for svg in charts_of(&plan, &summary) {
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{days} days");
            }
        }
    }
}
