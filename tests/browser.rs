//! The reports in a real browser: in both themes, on a screen and on a phone, and on paper. Skipped with a message where no Chromium
//! is found; `BILLSIM_REQUIRE_BROWSER=1` makes that a failure.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use program::billsim;

const THEMES: [(&str, &str); 2] = [("light", "1"), ("dark", "0")];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What the page of a frame says of the report in it: whether anything is wider than the frame, what is behind the text, what a
/// click on the head of a column does, and by keyboard.
const MEASURE: &str = r#"<!DOCTYPE html><title>measure</title><body style="margin:0">
<iframe src="report.html" style="border:0;width:WIDTHpx;height:900px"></iframe><pre id="told"></pre>
<script>
addEventListener("load", () => {
  const view = document.querySelector("iframe").contentWindow, page = view.document, told = {};
  told.over = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  told.width = page.documentElement.clientWidth;
  told.paper = view.getComputedStyle(page.body).backgroundColor;
  told.ink = view.getComputedStyle(page.body).color;
  told.boxes = [...page.querySelectorAll(".scroll")].every((box) => box.clientWidth <= told.width && box.tabIndex === 0);
  told.drawn = [...page.querySelectorAll("figure svg")].every((svg) => svg.getBoundingClientRect().height > 100);
  told.figures = page.querySelectorAll("figure svg").length;
  const answer = page.querySelector(".tile .value").getBoundingClientRect();
  told.answer = Math.round(answer.bottom);
  const head = page.querySelector("table .number"), table = head.closest("table"), column = head.cellIndex;
  const ranks = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.rank));
  const rises = (all) => all.every((rank, at) => at === 0 || all[at - 1] <= rank);
  head.querySelector("button").click();
  told.falls = head.getAttribute("aria-sort") === "descending" && rises(ranks().reverse());
  head.querySelector("button").focus();
  told.focus = page.activeElement === head.querySelector("button");
  head.querySelector("button").click();
  told.rises = head.getAttribute("aria-sort") === "ascending" && rises(ranks());
  document.getElementById("told").textContent = JSON.stringify(told);
});
</script>"#;

/// A browser, if there is one.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut found = BROWSERS.iter().flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
    found.find(|file| file.is_file())
}

/// Opens an address to do something; what it prints.
fn open(browser: &Path, profile: &Path, options: &[&str], file: &Path) -> Vec<u8> {
    let output = Command::new(browser)
        // The page is our own, and as root there is no sandbox. A frame of a file may be looked into.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
        .args(["--allow-file-access-from-files", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(options)
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn reports(root: &Path) -> Vec<PathBuf> {
    let small = ["--quiet", "--accounts", "200", "--days", "60", "--replications", "2", "--charts", "svg", "--out"];
    let price = "books.captcha.meters.verification.tiers.1.price=0.0018";
    let commands: [&[&str]; 3] = [
        &["run", "scenarios/captcha.toml"],
        &["compare", "scenarios/captcha.toml", "--with", price],
        &["sweep", "scenarios/studies/grace.toml"],
    ];
    let played = commands.iter().map(|command| {
        let folder = root.join(command[0]);
        let ended = billsim(&[command, &small[..], &[folder.to_str().expect("UTF-8")]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        folder
    });
    played.collect()
}

#[test]
fn reports_can_be_read_on_a_screen_a_phone_and_paper() {
    let Some(browser) = browser() else {
        let required = std::env::var_os("BILLSIM_REQUIRE_BROWSER").is_some_and(|value| value == "1");
        assert!(!required, "no browser found: one of {BROWSERS:?} must be on the path");
        eprintln!("skipped: no browser found, none of {BROWSERS:?} is on the path");
        return;
    };
    let root = tempfile::tempdir().expect("a temporary folder");
    let profile = root.path().join("profile");
    for folder in reports(root.path()) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let page = folder.join("measure.html");
        let mut pictures = vec![];
        for (theme, scheme) in THEMES {
            let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
            for width in [1280, 390] {
                fs::write(&page, MEASURE.replace("WIDTH", &width.to_string())).expect("written");
                let dom = open(&browser, &profile, &["--dump-dom", "--window-size=1300,1000", &scheme], &page);
                let told = told(&String::from_utf8_lossy(&dom));
                let what = format!("{name}, {theme}, {width} px: {told}");
                assert_eq!(
                    (&told["over"], &told["width"]),
                    (&0.into(), &width.into()),
                    "wider than the screen: {what}"
                );
                for good in ["boxes", "drawn", "falls", "rises", "focus"] {
                    assert_eq!(told[good], true, "{good}: {what}");
                }
                assert!(told["figures"].as_u64() > Some(0), "{what}");
                assert!(
                    told["answer"].as_u64() < Some(if width == 1280 { 450 } else { 800 }),
                    "not on the first screen: {what}"
                );
                let dark = |color: &str| {
                    color
                        .trim_start_matches("rgb(")
                        .split(',')
                        .all(|part| part.trim_end_matches(')').trim().parse::<u32>().is_ok_and(|part| part < 100))
                };
                assert_eq!(dark(told["paper"].as_str().expect("a colour")), theme == "dark", "{what}");
                assert_eq!(dark(told["ink"].as_str().expect("a colour")), theme == "light", "{what}");
            }
            let picture = folder.join(format!("{theme}.png"));
            let screenshot = format!("--screenshot={}", picture.display());
            open(&browser, &profile, &[&screenshot, "--window-size=1280,900", &scheme], &folder.join("report.html"));
            pictures.push(fs::read(&picture).expect("a picture"));
        }
        // One colour all over would be a few thousand bytes.
        assert!(pictures.iter().all(|picture| picture.len() > 30_000) && pictures[0] != pictures[1], "{name}");
        let paper = folder.join("report.pdf");
        let print = format!("--print-to-pdf={}", paper.display());
        open(&browser, &profile, &["--no-pdf-header-footer", &print], &folder.join("report.html"));
        let pdf = fs::read(&paper).expect("a document");
        let text = String::from_utf8_lossy(&pdf);
        let pages = text.matches("/MediaBox").count();
        assert!(pdf.starts_with(b"%PDF") && (3..40).contains(&pages), "{name}: {pages} pages");
        // A4 in points, whatever the locale.
        assert_eq!(text.matches("/MediaBox [0 0 59").count(), pages, "{name}");
    }
}

/// What the measuring page found.
fn told(dom: &str) -> serde_json::Value {
    let text =
        dom.split("<pre id=\"told\">").nth(1).and_then(|rest| rest.split("</pre>").next()).expect("it was measured");
    serde_json::from_str(text).unwrap_or_else(|_| panic!("nothing was measured: {text}"))
}
