//! The report of a folder: it says what the files say, it is a whole page by itself, and its command plays the same once more.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use program::billsim;
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;

const SMALL: [&str; 4] = ["--accounts", "200", "--days", "60"];
const CHEAPER: [&str; 2] = ["--with", "books.captcha.meters.verification.tiers.1.price=0.0018"];
const STUDY: &str = "scenarios/studies/grace.toml";

/// Plays into a folder.
fn played(command: &[&str], out: &Path, options: &[&str]) -> PathBuf {
    let folder = out.to_str().expect("temporary paths are UTF-8");
    let ended = billsim(&[command, &SMALL, &["--quiet", "--out", folder], options].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    out.to_owned()
}

/// The folder of every command that writes a report.
fn all(root: &Path) -> Vec<PathBuf> {
    let charts = ["--charts", "svg"];
    let three = ["--charts", "svg", "--replications", "3"];
    let best = ["optimize", "scenarios/studies/best-prices.toml"];
    vec![
        played(&["run", "scenarios/captcha.toml"], &root.join("run"), &three),
        played(&["run", "scenarios/mixed.toml"], &root.join("mixed"), &charts),
        played(&[&["compare", "scenarios/captcha.toml"], &CHEAPER[..]].concat(), &root.join("compare"), &three),
        played(&["sweep", STUDY], &root.join("sweep"), &three),
        played(&best, &root.join("optimize"), &three),
    ]
}

fn report(folder: &Path) -> String {
    fs::read_to_string(folder.join("report.html")).expect("there is a report")
}

/// The page is written so that it is XML too: that every tag is closed and every letter escaped is then checked strictly.
fn parsed(html: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(html, options).unwrap_or_else(|error| panic!("{error}"))
}

fn named<'a>(page: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    page.descendants().filter(|node| node.tag_name().name() == name).collect()
}

fn classed<'a>(page: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    page.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

fn json(folder: &Path, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(file)).expect(file)).expect("JSON")
}

/// As the report writes a number: whole from a thousand on, else two decimals; counts are whole.
fn shown(number: f64, is_money: bool) -> String {
    let digits = if is_money && number.abs() < 1_000.0 { 2 } else { 0 };
    let plain = format!("{number:.digits$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let grouped: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).expect("digits")).collect();
    format!("{}{rest}", grouped.join(","))
}

#[test]
fn the_answer_of_a_run_is_that_of_its_summary() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = played(
        &["run", "scenarios/captcha.toml"],
        &root.path().join("run"),
        &["--replications", "3", "--charts", "none"],
    );
    let (summary, html) = (json(&folder, "summary.json"), report(&folder));
    let page = parsed(&html);
    let number = |name: &str, part: &str| -> f64 {
        summary["headlines"][name][part].as_str().expect(name).parse().expect("a decimal")
    };
    let told: Vec<(String, String, String)> = classed(&page, "tile")
        .iter()
        .map(|tile| {
            let part = |class: &str| {
                tile.descendants().find(|node| node.attribute("class") == Some(class)).map(text).unwrap_or_default()
            };
            let name = tile.descendants().find(|node| node.has_tag_name("dt")).map(text).unwrap_or_default();
            (name, part("value"), part("interval"))
        })
        .collect();
    let expected = [
        ("Recognised revenue", "recognised", true),
        ("Collected", "collected", true),
        ("Bad debt", "bad_debt", true),
        ("Lost to suspension", "lost", true),
        ("Suspended at some time", "ever_suspended", false),
        ("Left for good", "ever_churned", false),
    ];
    for ((label, name, is_money), (told, value, interval)) in expected.iter().zip(&told) {
        assert_eq!(label, told);
        let (mean, half) = (number(name, "mean"), number(name, "half_width_95"));
        let unit = if *is_money { " USD" } else { " accounts" };
        // Half an interval has the decimals of its mean.
        let digits = if *is_money && mean < 1_000.0 { 2 } else { 0 };
        let half = shown(format!("{half:.digits$}").parse().expect("a number"), digits == 2);
        assert!(
            value.starts_with(&format!("{}{unit} ±\u{a0}{half}", shown(mean, *is_money))),
            "{label}: {value} {mean}"
        );
        assert!(interval.starts_with('±'), "{interval}");
    }
    assert_eq!(told.len(), expected.len());

    // The tables tell means of the worlds, as the tiles do: their sums are those of the answer.
    let tables = named(&page, "table");
    let sums = |table: &Node<'_, '_>, part: &str, column: usize| -> f64 {
        let rows =
            table.descendants().find(|node| node.has_tag_name(part)).into_iter().flat_map(|part| part.children());
        let cells = rows.filter_map(|row| row.children().filter(|cell| cell.is_element()).nth(column).map(text));
        cells.map(|cell| cell.trim().replace(',', "").parse::<f64>().expect("a number")).sum()
    };
    let recognised = number("recognised", "mean");
    for (table, part) in [(0, "tbody"), (0, "tfoot"), (3, "tbody")] {
        let sum = sums(&tables[table], part, 2);
        assert!((sum - recognised).abs() <= 12.0, "{part}: {sum} {recognised}");
    }
    let lead: String = classed(&page, "lead").into_iter().map(text).collect();
    assert!(
        lead.contains(&format!("{} USD of recognised revenue", shown(number("recognised", "mean"), true))),
        "{lead}"
    );
    let digest = json(&folder, "manifest.json")["files"]["scenario.toml"].as_str().expect("a digest").to_owned();
    assert!(html.contains(&digest) && html.contains(summary["plan_hash"].as_str().expect("a hash")));
    assert!(json(&folder, "manifest.json")["files"]["report.html"].is_string());
}

#[test]
fn the_answer_of_a_comparison_is_that_of_its_results() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let command = [&["compare", "scenarios/captcha.toml"], &CHEAPER[..]].concat();
    let folder = played(&command, &root.path().join("compare"), &["--replications", "3", "--charts", "none"]);
    let (results, html) = (json(&folder, "comparison.json"), report(&folder));
    let change: f64 = results["variants"][0]["differences"]["recognised"]["change"]
        .as_str()
        .expect("a text")
        .parse()
        .expect("a number");
    let page = parsed(&html);
    let lead: String = classed(&page, "lead").into_iter().map(text).collect();
    let expected = format!("Recognised revenue falls by {} USD", shown(-change, false));
    assert!(lead.contains(&expected), "{expected}: {lead}");
    let stated: Vec<String> = named(&page, "td").into_iter().map(text).collect();
    assert!(stated.iter().any(|cell| cell == "up_to 1000, price 0.0018"), "the report says what differs");
}

/// Every figure of the folder, each with a title, a description and its words; ids are unique, headings in order, links lead somewhere.
#[test]
fn every_report_is_a_whole_page() {
    let root = tempfile::tempdir().expect("a temporary folder");
    for folder in all(root.path()) {
        let html = report(&folder);
        assert!(html.len() < 3_000_000, "{} bytes", html.len());
        let page = parsed(&html);
        assert_eq!(page.root_element().attribute("lang"), Some("en"));
        let ids: Vec<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        for node in page.descendants() {
            let link = node.attribute("href").map(|link| link.strip_prefix('#').expect("links stay within the page"));
            for id in link.into_iter().chain(node.attribute("aria-labelledby")) {
                assert!(unique.contains(id), "{id}");
            }
        }
        let levels: Vec<usize> = page
            .descendants()
            .filter_map(|node| ["h1", "h2", "h3"].iter().position(|name| node.has_tag_name(*name)))
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 0).count(), 1, "one heading of all");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");

        let drawn: BTreeSet<String> = fs::read_dir(folder.join("charts"))
            .expect("charts")
            .map(|entry| entry.expect("readable").path().file_stem().expect("a name").to_string_lossy().into_owned())
            .collect();
        let figures = named(&page, "figure");
        let names = figures.iter().filter_map(|figure| figure.attribute("id")?.strip_prefix("figure-"));
        assert_eq!(names.map(str::to_owned).collect::<BTreeSet<String>>(), drawn);
        for figure in figures {
            let svg = figure.descendants().find(|node| node.tag_name().name() == "svg").expect("a picture");
            assert_eq!(svg.attribute("role"), Some("img"));
            for part in ["title", "desc"] {
                let said = svg.children().find(|node| node.tag_name().name() == part).map(text);
                assert!(said.is_some_and(|said| said.len() > 5), "{part}");
            }
            assert!(figure.descendants().any(|node| node.has_tag_name("figcaption") && text(node).len() > 20));
        }
        for table in named(&page, "table") {
            let columns = table.descendants().filter(|node| node.attribute("scope") == Some("col")).count();
            for row in table.descendants().filter(|node| node.has_tag_name("tr")) {
                assert_eq!(row.children().filter(Node::is_element).count(), columns, "{}", text(row));
            }
        }
    }
}

/// A report works without a network and years later: it asks for nothing and says so to the browser.
#[test]
fn a_report_fetches_nothing() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder =
        played(&["run", "scenarios/trtc.toml"], &root.path().join("run"), &["--replications", "2", "--charts", "svg"]);
    let html = report(&folder);
    let page = parsed(&html);
    for node in page.descendants().filter(Node::is_element) {
        assert!(!["img", "link", "iframe", "object", "use", "image"].contains(&node.tag_name().name()), "{node:?}");
        for attribute in
            node.attributes().filter(|one| ["src", "href", "srcset", "action", "style"].contains(&one.name()))
        {
            assert!(attribute.value().starts_with('#'), "{attribute:?}");
        }
    }
    let own = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in ["http:", "https:", "url(", "@import", "fetch(", "XMLHttpRequest", "import("] {
        assert!(!own.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn names_of_a_scenario_cannot_break_the_page() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let name = "<b>&\"'</script>";
    let set = format!("name={name}");
    let folder =
        played(&["run", "scenarios/tutorial.toml"], &root.path().join("run"), &["--set", &set, "--charts", "svg"]);
    let html = report(&folder);
    let page = parsed(&html);
    let heading: String = named(&page, "h1").into_iter().map(text).collect();
    assert!(heading.contains(name), "{heading}");
    assert!(named(&page, "b").is_empty());
}

#[test]
fn threads_do_not_matter_and_charts_can_be_left_out() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let run = ["run", "scenarios/captcha.toml"];
    let one = played(&run, &root.path().join("one"), &["--replications", "2", "--charts", "svg", "--threads", "1"]);
    let two = played(&run, &root.path().join("two"), &["--replications", "2", "--charts", "svg", "--threads", "2"]);
    assert!(report(&one) == report(&two));
    let none = played(&run, &root.path().join("none"), &["--replications", "2", "--charts", "none"]);
    assert!(!report(&none).contains("<svg") && report(&none).contains("Recognised revenue"));
}

/// The command that a report shows, run in its folder, brings the same results.
#[test]
fn the_command_of_a_report_plays_the_same_once_more() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let results = ["summary.json", "summary.json", "differences.csv", "sweep.json", "optimum.json"];
    for (folder, results) in all(root.path()).into_iter().zip(results) {
        let html = report(&folder);
        let page = parsed(&html);
        let command: String = named(&page, "pre").into_iter().map(text).collect();
        let mut words = command.split_whitespace();
        assert_eq!(words.next(), Some("billsim"));
        let mut program = program::program(&words.collect::<Vec<_>>());
        let ended = program.arg("--quiet").current_dir(&folder).output().expect("the program starts");
        assert!(ended.status.success(), "{command}: {}", String::from_utf8_lossy(&ended.stderr));
        let read = |file: &Path| fs::read_to_string(file).expect("a file");
        let (before, after) = (read(&folder.join(results)), read(&folder.join("again").join(results)));
        // The variants of a comparison are called after the files.
        let numbers = |text: String| match results {
            "differences.csv" => {
                text.lines().map(|line| line.split_once(',').expect("a variant").1.to_owned()).collect()
            }
            _ => vec![text],
        };
        assert!(numbers(before) == numbers(after), "{command}");
        if results != "differences.csv" {
            assert!(html == report(&folder.join("again")), "{command}");
        }
    }
}

/// WCAG's ratio of 4.5 for text, in both themes.
#[test]
fn text_stands_out_from_what_is_behind_it() {
    let style =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/style.css")).expect("the style");
    let themes: Vec<&str> = style.lines().filter(|line| line.contains("--paper:")).collect();
    assert_eq!(themes.len(), 2, "light and dark");
    for theme in themes {
        let color = |name: &str| -> f64 {
            let hex = theme.split(&format!("--{name}: #")).nth(1).expect(name).get(..6).expect("six digits").to_owned();
            let part = |at: usize| {
                let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
        };
        for (text, behind) in [
            ("ink", "paper"),
            ("ink", "card"),
            ("ink", "warn"),
            ("quiet", "paper"),
            ("quiet", "card"),
            ("strong", "paper"),
        ] {
            let (a, b) = (color(text), color(behind));
            let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(ratio >= 4.5, "{text} on {behind}: {ratio:.2} in {theme}");
        }
    }
}
