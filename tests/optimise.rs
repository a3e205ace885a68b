//! The best prices of a range: where the best is known in closed form it is found, constraints are kept, fresh customers confirm it, and
//! what answers to no price is refused.

#[cfg(all(feature = "tables", feature = "charts"))]
#[path = "support/program.rs"]
mod program;

use std::fs;
use std::sync::atomic::AtomicBool;

use billsim::scenario::Overrides;
use billsim::study::{Extent, Optimisation, Optimum, OptimumWarning, Refusal, Study};
use billsim::text::Sources;

/// Demand of constant elasticity −2 at a flat price of 0.003 that costs 0.001 to serve. Each customer's margin at the price p is
/// N × (p / 0.003)^−2 × (p − 0.001), whatever its N: the best p is 0.001 × ε / (ε + 1) = 0.002.
const WORLD: &str = r#"
start = 2026-01-01
days = 20
seed = 11
[books.shop]
[[books.shop.meters]]
id = "m"
pricing = "flat"
price = 0.003
cost = 0.001
[reference_books.shop]
[[reference_books.shop.meters]]
id = "m"
pricing = "flat"
price = 0.003
[[segments]]
id = "s"
accounts = 40
opening_balance = 100_000
[segments.products.shop]
elasticity = -2
demand = { kind = "random", size = { kind = "lognormal", median = 5_000, cv = 1 } }
"#;

const STUDY: &str = "scenario = \"world.toml\"\nmetrics = [\"served\", \"price_per_1000\"]\nreplications = 2\n";
const PRICE: &str = "books.shop.meters.m.price";

fn axis(range: &str) -> String {
    format!("axes = [{{ key = \"{PRICE}\", range = {{ {range} }} }}]\n")
}

/// A study beside its scenario; both are read as long as the folder lives.
struct Files(tempfile::TempDir);

impl Files {
    fn new(world: &str, study: &str) -> Files {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("world.toml"), world).expect("it can be written");
        fs::write(folder.path().join("study.toml"), study).expect("it can be written");
        Files(folder)
    }

    fn load(&self) -> Result<Optimisation, String> {
        let mut sources = Sources::default();
        let read = Optimisation::load(&self.0.path().join("study.toml"), &Overrides::default(), &mut sources);
        read.map_err(|problems| problems.render(&sources, false))
    }
}

fn as_is(study: &Study) -> billsim::plan::Plan {
    study.plan(&study.as_it_is(), &mut Sources::default()).expect("a scenario")
}

fn optimum(axes: &str, optimize: &str, threads: usize) -> (Optimisation, Optimum) {
    let files = Files::new(WORLD, &format!("{STUDY}{axes}[optimize]\nmaximise = \"margin\"\n{optimize}"));
    let wanted = files.load().expect("a study");
    let base = as_is(&wanted.study);
    assert_eq!(wanted.refusal(&base), None);
    let found = wanted.run(base, threads, &AtomicBool::new(false), &mut |_| {}).expect("it can be played");
    (wanted, found)
}

fn best((wanted, found): &(Optimisation, Optimum)) -> String {
    let value = found.outcome().point[0].expect("a value");
    wanted.study.axes[0].values[value].clone()
}

/// 0.002 is on the first grid; of the second, from 0.00105 in steps of 0.0002, 0.00205 is the nearest.
#[test]
fn a_known_optimum_is_found_within_its_step_and_confirmed_by_fresh_customers() {
    let fine = optimum(&axis("from = 0.001, to = 0.006, step = 0.00005"), "", 2);
    assert_eq!(best(&fine), "0.002");
    assert!(fine.1.feasible && fine.1.warnings(&fine.0.study).is_empty());
    assert_eq!((fine.1.extent, fine.1.sweep.outcomes.len()), (Extent::Whole, 101));
    // With half the points at most it is searched, and found.
    let searched = optimum(&axis("from = 0.001, to = 0.006, step = 0.00005"), "most_points = 50\n", 2);
    let points = searched.1.sweep.outcomes.len();
    assert_eq!(best(&searched), "0.002");
    assert_eq!(searched.1.warnings(&searched.0.study), [OptimumWarning::Searched { points, of: 101 }]);
    let coarse = optimum(&axis("from = 0.00105, to = 0.006, step = 0.0002"), "", 2);
    assert_eq!(best(&coarse), "0.00205");
    // (0.003 / 0.002)² × 0.001 against 0.002: 12.5 % more, by customers that the search never saw.
    let confirmed = &fine.1.confirmed;
    assert_eq!((confirmed.seed, confirmed.replications), (12, 10));
    let gain = &confirmed.differences.as_ref().expect("it can be played")[0];
    assert!((gain.percent().expect("some margin") - 12.5).abs() < 0.05, "{:?}", gain.percent());
    assert!(gain.change.mean > gain.change.half_width.expect("ten replications"));
    assert_ne!(gain.before.mean, fine.1.outcome().differences.as_ref().expect("played")[0].before.mean);
}

#[test]
fn the_threads_change_nothing() {
    let run = |threads| {
        let (wanted, found) = optimum(&axis("from = 0.001, to = 0.004, step = 0.0001"), "", threads);
        let study = &wanted.study;
        let played: Vec<_> =
            found.sweep.outcomes.iter().map(|outcome| (study.place(&outcome.point), format!("{outcome:?}"))).collect();
        (played, found.best)
    };
    assert_eq!(run(1), run(2));
}

/// At most 1.85 per 1,000: the best of what is left is the dearest that keeps it, and the constraint is told to be what holds it back.
#[test]
fn a_constraint_is_kept_and_told() {
    for key in ["constraints", "segment_constraints"] {
        let kept = optimum(
            &axis("from = 0.001, to = 0.004, step = 0.0001"),
            &format!("{key} = [\"price_per_1000 <= 1.85\"]\n"),
            2,
        );
        assert_eq!(best(&kept), "0.0018", "{key}");
        let verdict = &kept.1.verdicts[0];
        assert!(verdict.active && (verdict.searched.number - 1.8).abs() < 1e-6 && verdict.fresh.holds(), "{verdict:?}");
        assert_eq!(
            kept.1.warnings(&kept.0.study),
            [OptimumWarning::Active { constraint: verdict.text.clone() }],
            "{key}"
        );
    }
    // No bill may rise: with the scenario's price at 0.003 the median bill is 9 / 4 of what it was at 0.002, and 3 of 0.001.
    let bills = optimum(
        &axis("from = 0.002, to = 0.006, step = 0.0001"),
        "segment_constraints = [\"median_bill.percent <= 20\"]\n",
        2,
    );
    // At the price p a bill is (p / 0.003)^−1 of itself: 1.2 at 0.0025.
    assert!(["0.0025", "0.0026"].contains(&best(&bills).as_str()), "{}", best(&bills));
}

#[test]
fn bounds_and_constraints_that_cannot_be_kept_are_told() {
    let bound = optimum(&axis("from = 0.0022, to = 0.004, step = 0.0001"), "", 2);
    let warnings = bound.1.warnings(&bound.0.study);
    assert_eq!(warnings, [OptimumWarning::AtBound { axis: PRICE.to_owned(), value: "0.0022".to_owned() }]);
    let never = optimum(&axis("from = 0.001, to = 0.004, step = 0.001"), "constraints = [\"margin < 0\"]\n", 2);
    assert!(!never.1.feasible);
    // The end of the range is told, and nothing of a gain that there is not.
    let at_bound = OptimumWarning::AtBound { axis: PRICE.to_owned(), value: "0.001".to_owned() };
    assert_eq!(never.1.warnings(&never.0.study), [OptimumWarning::Infeasible, at_bound.clone()]);
    // What keeps the constraint brings less than the scenario as it is: a loss is not a gain that cannot be told from none.
    let loss = optimum(&axis("from = 0.001, to = 0.004, step = 0.001"), "constraints = [\"price_per_1000 <= 1\"]\n", 2);
    let kept = OptimumWarning::Active { constraint: "price_per_1000 <= 1".to_owned() };
    assert_eq!(loss.1.warnings(&loss.0.study), [at_bound, kept, OptimumWarning::NoGain { metric: "margin" }]);
    let few = optimum(&axis("from = 0.001, to = 0.006, step = 0.00005"), "most_points = 4\n", 2);
    assert_eq!(few.1.sweep.outcomes.len(), 4);
    assert_eq!(few.1.warnings(&few.0.study).last(), Some(&OptimumWarning::Incomplete { points: 4 }));
}

/// Without a response the dearest price would win: there is nothing to look for.
#[test]
fn what_answers_to_no_price_is_refused() {
    let refused = |world: &str, key: &str| {
        let axes = axis("from = 1, to = 2, step = 1").replace(PRICE, key);
        let files = Files::new(world, &format!("{STUDY}{axes}[optimize]\nmaximise = \"margin\"\n"));
        let wanted = files.load().expect("a study");
        wanted.refusal(&as_is(&wanted.study)).expect("refused")
    };
    let deaf = WORLD.replace("elasticity = -2", "elasticity = 0");
    assert_eq!(refused(&deaf, PRICE), Refusal::NoResponse { key: PRICE.to_owned(), book: "shop".to_owned() });
    assert!(matches!(refused(WORLD, "segments.s.opening_balance"), Refusal::NoPrice { .. }));
    assert!(matches!(refused(WORLD, "books.shop.meters.m.fee.price"), Refusal::NoNumber { .. }));
}

#[test]
fn mistakes_are_told_in_the_study() {
    let told = |study: String| Files::new(WORLD, &study).load().expect_err("a mistake");
    let axes = axis("from = 1, to = 2, step = 1");
    let without = told(format!("{STUDY}{axes}"));
    assert!(without.contains("[optimize]"), "{without}");
    let listed = told(format!("{STUDY}axes = [{{ key = \"a\", values = [1] }}]\n[optimize]\nmaximise = \"margin\"\n"));
    assert!(listed.contains("an axis that is optimized is a range"), "{listed}");
    let wrong =
        told(format!("{STUDY}{axes}[optimize]\nmaximise = \"margn\"\nconstraints = [\"suspension_rat < 1\"]\n"));
    for told in ["did you mean \"margin\"?", "did you mean `suspension_rate`?"] {
        assert!(wrong.contains(told), "{told} in\n{wrong}");
    }
}

/// The command as a user meets it.
#[cfg(all(feature = "tables", feature = "charts"))]
mod command {
    use std::fs;
    use std::path::Path;

    use super::program::billsim;
    use super::{Files, PRICE, STUDY, WORLD, axis};

    fn path(files: &Files, name: &str) -> String {
        files.0.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn wanted(optimize: &str) -> Files {
        let range = axis("from = 0.001, to = 0.006, step = 0.00005");
        Files::new(WORLD, &format!("{STUDY}{range}[optimize]\nmaximise = \"margin\"\n{optimize}"))
    }

    /// The folder tells the known optimum in each of its files; the scenario at the best point is played as any other.
    #[test]
    fn the_folder_tells_what_was_found() {
        let files = wanted("");
        let (study, out) = (path(&files, "study.toml"), path(&files, "out"));
        let told = billsim(&["optimize", &study, "--out", &out]);
        let screen = told.out;
        assert_eq!(told.code, Some(0), "{}", told.err);
        let line = screen.lines().find(|line| line.starts_with(PRICE)).expect("a line of the price");
        assert!(line.ends_with(" 0.002"), "{screen}");
        screen
            .lines()
            .filter(|line| !line.starts_with("wrote"))
            .for_each(|line| assert!(line.chars().count() <= 100, "{line}"));
        let json: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(Path::new(&out).join("optimum.json")).expect("it")).expect("JSON");
        assert_eq!((&json["best"]["at"][PRICE], &json["feasible"]), (&"0.002".into(), &true.into()));
        assert_eq!(json["confirmed"]["seed"], 12);
        for file in
            ["study.toml", "scenario.toml", "points.csv", "points.parquet", "charts/search.svg", "charts/search.png"]
        {
            assert!(Path::new(&out).join(file).exists(), "{file}");
        }
        let chart = fs::read_to_string(Path::new(&out).join("charts/search.svg")).expect("the chart");
        assert!(chart.contains("the best (*) is 0.002"));
        let best = Path::new(&out).join("best.toml");
        assert!(fs::read_to_string(&best).expect("the best").contains("price = 0.002\n"));
        let inspected = billsim(&["inspect", best.to_str().expect("UTF-8")]);
        assert_eq!(inspected.code, Some(0), "{}", inspected.err);
    }

    #[test]
    fn exit_codes_tell_how_it_ended() {
        let files = wanted("");
        let study = path(&files, "study.toml");
        let code = |options: &[&str], told: &str| {
            let out = path(&files, &format!("out-{}", options.join("-").replace(['/', ' ', '='], "")));
            let ended =
                billsim(&[&["optimize", &study, "--out", &out, "--charts", "none", "--quiet"], options].concat());
            let errors = ended.err;
            assert!(errors.contains(told), "{errors}");
            ended.code
        };
        assert_eq!(code(&[], ""), Some(0));
        assert_eq!(
            code(&["--fail-if", "margin.percent < 20"], "on fresh seeds: margin.percent < 20 holds: it is 12.5"),
            Some(1)
        );
        assert_eq!(code(&["--set", "segments.s.products.shop.elasticity=0"], "answers to its prices"), Some(2));
        let never = wanted("constraints = [\"served < 0\"]\n");
        let out = path(&never, "out");
        let ended = billsim(&["optimize", &path(&never, "study.toml"), "--out", &out, "--charts", "none"]);
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains("keeps all constraints"));
    }

    /// At the four dearest prices amounts do not fit: what is found is the best of the rest, and that is said everywhere.
    #[test]
    fn points_that_cannot_be_played_are_told() {
        let huge = WORLD.replace(
            "kind = \"random\", size = { kind = \"lognormal\", median = 5_000, cv = 1 }",
            "kind = \"constant\", units = 1_000_000_000_000",
        );
        let huge = huge.replace("elasticity = -2", "elasticity = -0.5");
        let log = format!("axes = [{{ key = \"{PRICE}\", log = {{ from = 0.01, to = 1_000_000, points = 5 }} }}]\n");
        let files = Files::new(&huge, &format!("{STUDY}{log}[optimize]\nmaximise = \"recognised\"\n"));
        let (study, out) = (path(&files, "study.toml"), path(&files, "out"));
        let ended = billsim(&["optimize", &study, "--out", &out, "--charts", "none"]);
        assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
        assert!(ended.err.contains("could not be played"), "{}", ended.err);
        let json: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(Path::new(&out).join("optimum.json")).expect("it")).expect("JSON");
        let failed = json["points_failed"].as_u64().expect("a number");
        assert!((1..5).contains(&failed), "{json}");
        assert!(json["warnings"].as_array().expect("warnings").iter().any(|one| one["kind"] == "failed_points"));
        assert!(ended.out.contains(&format!("{} of 5 points played", 5 - failed)), "{}", ended.out);
    }

    /// The shipped study is played whole, and every point can be played.
    #[test]
    fn the_shipped_study_ends() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("best");
        let out = out.to_str().expect("UTF-8");
        let study = "scenarios/studies/best-prices.toml";
        let small = ["--accounts", "200", "--days", "40", "--replications", "2", "--charts", "svg", "--json"];
        let ended = billsim(&[&["optimize", study, "--out", out], &small[..]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let json: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
        assert!(json["points"] == json["points_of_the_grid"] && json["points"] == 132, "{}", json["points"]);
        assert_eq!(json["constraints"].as_array().expect("constraints").len(), 2);
        assert!(json["confirmed"]["metrics"]["margin"]["change_half_width_95"].is_string());
    }
}
