//! Every scenario that is shipped compiles, and its accounts play; what the price lists of other vendors cost in them, by hand.

mod support;

use std::path::{Path, PathBuf};

use billsim::expected::Expected;
use billsim::plan::{Plan, compile};
use billsim::rules::{Event, Terms};
use billsim::scenario::{Overrides, load};
use billsim::text::Sources;

/// A shipped scenario with `--set` arguments.
fn shipped(path: &Path, set: &[&str]) -> Plan {
    let mut sources = Sources::default();
    let overrides = Overrides { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    match load(path, &overrides, &mut sources) {
        Ok(scenario) => compile(&scenario),
        Err(problems) => panic!("{}\n{}", path.display(), problems.render(&sources, false)),
    }
}

fn scenario(name: &str, set: &[&str]) -> Plan {
    shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml")), set)
}

/// All of them, in the order of their names.
fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    paths
}

#[test]
fn every_shipped_scenario_compiles_and_says_what_it_expects() {
    assert!(all().len() >= 7, "{:?}", all());
    for path in all() {
        let plan = shipped(&path, &[]);
        let terms = Terms::new(&plan);
        assert_eq!(plan.name, path.file_stem().expect("a name").to_string_lossy(), "the name of the file");
        for segment in &plan.segments {
            for nth in 0..segment.uses.len() {
                let expected = Expected::of(&plan, &terms, segment, nth);
                assert!(expected.units_a_day.is_finite() && expected.price.is_finite(), "{} {}", plan.name, segment.id);
            }
        }
    }
}

#[test]
fn an_account_of_each_segment_plays_for_sixty_days() {
    for path in all() {
        let plan = shipped(&path, &["days=60"]);
        for (index, segment) in plan.segments.iter().enumerate() {
            let (story, account) = support::story(&plan, index, 0);
            let closed = |(_, event): &&(i64, Event)| matches!(event, Event::DayClosed { meter: 0, .. });
            assert_eq!(
                story.0.iter().filter(closed).count(),
                60 * account.services().len(),
                "{} {}",
                plan.name,
                segment.id
            );
        }
    }
}

/// The four basic services of RULES §3 are labels: the book names them, demand carries one, and whatever it is called costs the same.
#[test]
fn a_service_is_a_label_that_no_rule_reads() {
    let told = |service: &str| {
        let plan = scenario("trtc", &["days=60", &format!("segments.buyers.products.trtc.service={service}")]);
        let buyers = plan.segment("buyers").expect("the segment is there");
        assert_eq!(plan.segments[buyers].uses[0].service.as_deref(), Some(service));
        support::story(&plan, buyers, 3).0.0
    };
    let video = told("video-call");
    assert!(!video.is_empty());
    for service in ["audio-call", "live-audio", "live-video"] {
        assert!(told(service) == video, "{service}");
    }
}

/// Second and exact amount of each bill of a segment's first account.
fn bills(plan: &Plan, segment: &str) -> Vec<(i64, String)> {
    let (story, _) = support::story(plan, plan.segment(segment).expect("the segment is there"), 0);
    let issued = story.0.iter().filter_map(|(at, event)| match event {
        Event::BillIssued { amount, .. } => Some((*at, amount.short())),
        _ => None,
    });
    issued.collect()
}

/// 08:00:00 of the first of February and of March.
const FIRST_OF_FEBRUARY: i64 = 31 * 86_400 + 8 * 3_600;
const FIRST_OF_MARCH: i64 = (31 + 28) * 86_400 + 8 * 3_600;

/// 100 001 in January, on two days: nothing up to 10 000, 8 for the second tier, 0.001 for one more. In February 10 000 cost nothing,
/// and a bill of nothing is not issued.
#[test]
fn recaptcha_100_001_in_a_month_cost_8_001() {
    let mut units = vec![0_u64; 59];
    (units[3], units[20], units[40]) = (60_000, 40_001, 10_000);
    let demand = format!("segments.shops.products.recaptcha.demand={{ kind = \"listed\", units = {units:?} }}");
    let plan = scenario("recaptcha", &[&demand, "segments.shops.products.recaptcha.bursts={}", "days=70"]);
    assert_eq!(bills(&plan, "shops"), [(FIRST_OF_FEBRUARY, "8.001".to_owned())]);
}

/// 9 000 minutes of audio and 3 000 of HD on one day of January, evenly: of any 4 minutes 3 are audio. 10 000 are free: at the end of
/// slot 240, that is 240/288 of the day, exactly 7 500 and 2 500. The rest is 1 500 × 0.00099 + 500 × 0.00399 = 3.48.
/// Of 12 000 of audio alone 2 000 are not free, in each of both months: 1.98.
#[test]
fn agora_10_000_minutes_a_month_are_free() {
    let mut seconds = vec![0_u64; 59];
    (seconds[10], seconds[40]) = (12_000 * 60, 12_000 * 60);
    let demand = format!("segments.lessons.products.agora.demand={{ kind = \"listed\", units = {seconds:?} }}");
    let mixed = "segments.lessons.products.agora.mix={ audio = 0.75, hd = 0.25 }";
    let flat = "segments.lessons.products.agora.profile=flat";
    let plan = scenario("agora", &[&demand, mixed, flat, "days=70"]);
    assert_eq!(bills(&plan, "lessons")[0], (FIRST_OF_FEBRUARY, "3.48".to_owned()));
    let plan = scenario("agora", &[&demand, "segments.lessons.products.agora.mix={ audio = 1 }", flat, "days=70"]);
    let two = [(FIRST_OF_FEBRUARY, "1.98".to_owned()), (FIRST_OF_MARCH, "1.98".to_owned())];
    assert_eq!(bills(&plan, "lessons"), two);
}
