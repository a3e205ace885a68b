//! Charts as one reads them: their texts, their points, their last values, read back from the files.

#[cfg(test)]
mod allowances;
#[cfg(test)]
mod comparison;
#[cfg(test)]
mod spread;

use super::pen::UNITS;
use super::*;
use crate::record::{MoneyDay, StatusDay};
use crate::units::Total;

/// A line of an SVG with a point for each day, and the ticks of its panel.
struct Curve {
    /// Value and height of each tick.
    ticks: Vec<(f64, f64)>,
    /// Heights of its points.
    heights: Vec<f64>,
}

impl Curve {
    /// The height at which a value should be, by the labels of the axis.
    fn height_of(&self, value: f64) -> f64 {
        let zero = self.ticks.iter().find(|(value, _)| *value == 0.0).expect("axes have a zero");
        // The end of the axis that is farther from zero: the other may be zero itself.
        let end = self.ticks.iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).expect("axes have ticks");
        zero.1 + (end.1 - zero.1) * value / end.0
    }

    fn ends_at(&self, value: f64) -> bool {
        (self.heights.last().expect("a point") - self.height_of(value)).abs() <= 0.5 * UNITS
    }
}

/// The curves of an SVG from the top, as a reader finds them: by grid lines, the numbers beside them, and polylines.
fn curves(svg: &str, days: usize) -> Vec<Curve> {
    let lines: Vec<&str> = svg.lines().collect();
    let (mut curves, mut ticks): (Vec<Curve>, Vec<(f64, f64)>) = (vec![], vec![]);
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("<polyline")) {
        let points = line.split_once("points=\"").and_then(|(_, rest)| rest.split_once('"')).expect("points").0;
        let height = |point: &str| point.split_once(',').expect("x,y").1.parse::<f64>().expect("a number");
        let heights: Vec<f64> = points.split_whitespace().map(height).collect();
        let label = lines.get(index + 2).and_then(|text| text.replace(',', "").parse::<f64>().ok());
        if let (Some(value), [height, other], true) = (label, &heights[..], lines[index + 1].starts_with("<text"))
            && height == other
        {
            // A tick after a curve, or a second zero, belongs to the next panel.
            let drawn = curves.last().is_some_and(|curve| curve.ticks == ticks);
            if drawn || value == 0.0 && ticks.first().is_some_and(|(first, _)| *first == 0.0) {
                ticks.clear();
            }
            ticks.push((value, *height));
        } else if heights.len() == days {
            curves.push(Curve { ticks: ticks.clone(), heights });
        }
    }
    curves
}

fn svg(page: &Page) -> String {
    file::svg(page).expect("drawn")
}

fn texts(svg: &str) -> Vec<&str> {
    let lines: Vec<&str> = svg.lines().collect();
    lines.windows(2).filter(|pair| pair[0].starts_with("<text")).map(|pair| pair[1]).collect()
}

/// The figures of one replication.
fn pages(plan: &Plan, summary: &Summary) -> Vec<(&'static str, Page)> {
    let figures = figures(plan, std::slice::from_ref(summary));
    figures.into_iter().map(|figure| (figure.name, figure.page)).collect()
}

/// The first charts of every run, of eight that each has.
fn charts(plan: &Plan, summary: &Summary) -> [String; 4] {
    let pages = pages(plan, summary);
    assert_eq!(pages.len(), 8, "such a plan has these charts and no more");
    std::array::from_fn(|index| svg(&pages[index].1))
}

#[test]
fn titles_units_legends_and_source_are_real_text() {
    let plan = sample::four(365);
    let [revenue, states, transitions, arrears] = charts(&plan, &sample::year(&plan));
    let source = "Source: billsim, scenario year of a captcha, seed 7, 20,000 accounts, 365 days, 1 replication";
    for (chart, expected) in [
        (&revenue, ["Accrued revenue by segment", "USD per day", "late-payers"]),
        (&states, ["Accounts by state", "accounts, end of day", "suspended"]),
        (&transitions, ["Suspensions and resumptions", "accounts per day", "suspensions, upwards"]),
        (&arrears, ["Debt and accounts in arrears", "USD, end of day", "of it bad debt"]),
    ] {
        let texts = texts(chart);
        for text in expected.into_iter().chain([source, "date", "Jan", "2026"]) {
            assert!(texts.contains(&text), "{text} is not in {texts:?}");
        }
        assert!(chart.contains(&format!("<title>{}</title>", expected[0])));
    }
}

#[test]
fn daily_curves_have_a_point_for_each_day() {
    for days in [3, 30, 365, 1_095] {
        let plan = sample::four(days);
        let found = charts(&plan, &sample::year(&plan)).map(|svg| curves(&svg, days).len());
        // Revenue: the whole and four segments. States: all but running and not activated.
        assert_eq!(found, [5, 3, 2, 3], "{days} days");
    }
}

#[test]
fn curves_end_at_the_value_of_the_last_day() {
    let plan = sample::four(365);
    let summary = sample::year(&plan);
    let [revenue, states, transitions, arrears] = charts(&plan, &summary);
    // Not by the functions the charts are drawn with.
    let table = summary.whole(&plan);
    let (status, money): (StatusDay, MoneyDay) = (table.uses[0].status[364], table.money[364]);
    let accrued: Vec<Total> = summary.segments.iter().map(|segment| segment.uses[0].usage(364).accrued).collect();

    let curves_of = |svg: &str| curves(svg, 365);
    let whole = table.uses[0].usage(364).accrued;
    for (index, value) in [whole].iter().chain(&accrued).enumerate() {
        assert!(curves_of(&revenue)[index].ends_at(value.approx()), "{value}");
        assert!(texts(&revenue).contains(&format!("last day: {}", daily::amount(*value)).as_str()));
    }
    for (curve, count) in curves_of(&states).iter().zip([status.suspended, status.in_grace, status.integrating]) {
        assert!(curve.ends_at(count as f64), "{count}");
    }
    assert!(curves_of(&transitions)[0].ends_at(status.suspensions as f64));
    assert!(curves_of(&transitions)[1].ends_at(-(status.resumptions as f64)));
    let owed = [money.debt.approx(), money.bad_debt.approx(), money.accounts_in_arrears as f64];
    for (curve, value) in curves_of(&arrears).iter().zip(owed) {
        assert!(curve.ends_at(value), "{value}");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let plan = sample::four(90);
    assert_eq!(charts(&plan, &sample::year(&plan)), charts(&plan, &sample::year(&plan)));
}

#[test]
fn bitmaps_have_letters_on_a_machine_without_fonts() {
    let plan = sample::four(30);
    have_letters(pages(&plan, &sample::year(&plan)));
}

fn have_letters(pages: Vec<(&'static str, Page)>) {
    for (name, page) in pages {
        let (dots, (width, height)) = file::bitmap(&page).expect("drawn");
        assert_eq!(dots.len(), 3 * width as usize * height as usize);
        // Title, and source line.
        for rows in [40..80, height as usize - 52..height as usize - 20] {
            let region = rows.flat_map(|y| (48..400).map(move |x| 3 * (y * width as usize + x)));
            let dark = region.filter(|index| dots[*index] < 0x80).count();
            assert!(dark > 200, "{name}: {dark} dark dots");
        }
    }
}

#[test]
fn many_segments_are_eight_parts() {
    let ids: Vec<String> = (0..12).map(|index| format!("segment-{index}")).collect();
    let segments: Vec<(&str, u64)> = ids.iter().map(|id| (id.as_str(), 100)).collect();
    let plan = sample::plan(60, &segments);
    let page = revenue::page(&plan, &sample::year(&plan));
    assert_eq!(page.rows[1..].iter().map(|row| row.panels.len()).sum::<usize>(), 8);
    let legend: Vec<&str> = page.legend.iter().map(|key| key.label.as_str()).collect();
    // The seven largest, in the order of the plan.
    assert_eq!(legend[..3], ["segment-0", "segment-1", "segment-3"]);
    assert_eq!(legend[7], "5 others");
}

/// Nothing, the least, the most and less than nothing, over horizons at which something changes.
#[test]
fn no_run_is_too_odd_to_be_drawn() {
    let count = |units: i128| u64::try_from(units / 1_000_000_000_000).unwrap_or(0);
    for days in [1, 2, 8, 55, 56, 3_653] {
        for units in [0, 1, -1, 10_i128.pow(28), -(10_i128.pow(28))] {
            let plan = sample::plan(days, &[("one", 1), ("two", 2)]);
            let mut summary = Summary::new(&plan);
            for segment in &mut summary.segments {
                segment.uses[0].meters[0].usage.iter_mut().for_each(|day| day.accrued = Total::from_units(units));
                segment.uses[0].status.iter_mut().for_each(|day| day.suspensions = count(units));
                segment.uses[0].status.iter_mut().for_each(|day| day.suspended = count(units));
                segment.money.iter_mut().for_each(|day| day.debt = Total::from_units(units));
            }
            for (name, page) in pages(&plan, &summary) {
                let svg = svg(&page);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}, {days} days of {units}");
                if days == 1 {
                    file::bitmap(&page).expect("drawn");
                }
            }
        }
    }
}

#[test]
fn a_summary_without_days_or_segments_is_drawn() {
    let plan = sample::four(10);
    for (_, page) in pages(&plan, &Summary { segments: vec![] }) {
        assert!(svg(&page).ends_with("</svg>\n"));
    }
}

#[test]
fn markup_in_a_name_stays_text() {
    let mut plan = sample::four(3);
    plan.name = "<b> & \"co\"\u{7}".to_owned();
    let revenue = svg(&revenue::page(&plan, &Summary::new(&plan)));
    assert!(revenue.contains("scenario &lt;b&gt; &amp; &quot;co&quot;, seed"));
}

#[test]
fn files_are_whole_and_named_after_charts() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = sample::four(2);
    let place = folder.path().join("new/charts");
    let files = draw(&plan, &[sample::year(&plan)], &place, &[Format::Svg, Format::Png], 2).expect("drawn");
    let names: Vec<_> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    assert_eq!(names[..3], ["revenue.svg", "revenue.png", "states.svg"]);
    assert_eq!(names.len(), 16);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "png")) {
        let bytes = std::fs::read(file).expect("written");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xaeB`\x82"));
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = sample::four(2);
    for format in [Format::Svg, Format::Png] {
        let blocked = folder.path().join("revenue").with_extension(format.extension());
        std::fs::create_dir(&blocked).expect("made");
        let error =
            draw(&plan, &[Summary::new(&plan)], folder.path(), &[format], 1).expect_err("a folder is in the way");
        assert!(error.to_string().contains(&blocked.display().to_string()), "{error}");
        assert!(matches!(error, ChartError::Write { .. }));
    }
}
