//! `billsim compare`: the same customers under several scenarios, price books or changed values.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{CompareArgs, compiled};
use super::failure::{Failure, print};
use super::present_comparison;
use super::run::{self, STOP, failure, stop_on_ctrl_c};
use crate::plan::Plan;
use crate::scenario::{Overrides, is_book};
use crate::store::{self, Compared, StudyOptions, harmless, save_comparison};
use crate::study::{Aspect, Comparison, Guard, check_pairing};

/// Plays all variants and tells what differs from the first.
///
/// # Errors
/// Whatever stood in the way; no folder is left behind then. Also that a guard holds; then there is one.
pub fn compare(args: &CompareArgs) -> Result<(), Failure> {
    let options = StudyOptions { charts: args.charts.formats()?, threads: args.threads.count(), force: args.force };
    let plans = plans(args)?;
    let target = args.out.clone().unwrap_or_else(|| default_folder(&plans));
    stop_on_ctrl_c();
    let accounts = plans[0].accounts().saturating_mul(2 * u64::from(plans[0].replications));
    let bar = run::bar(accounts, "accounts", args.quiet || args.json);
    let done = save_comparison(&plans, &target, &options, &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    let folder = target.display();
    let results = match done.map_err(failure)? {
        Compared::Now(replicated) => {
            let comparison = Comparison::new(&plans, &replicated.as_is, &replicated.prices_only);
            if !args.quiet && !args.json {
                print(&format!("{}wrote {folder}\n", present_comparison::comparison(&comparison)))?;
            }
            store::comparison(&comparison)
        }
        Compared::Already(results) => {
            if !args.quiet && !args.json {
                print(&format!(
                    "{folder} is done already: the same program, plans and seed. Use --force to compare again.\n"
                ))?;
            }
            results
        }
    };
    if args.json {
        print(&format!("{results:#}\n"))?;
    }
    hold(&args.fail_if, &results)
}

/// The first plan and its variants, named and paired.
fn plans(args: &CompareArgs) -> Result<Vec<Plan>, Failure> {
    let path = &args.scenario.scenario;
    if args.others.is_empty() && args.with.is_empty() {
        return Err(Failure::Usage(format!(
            "there is nothing to compare {0} with\nhelp: name another scenario or a price book, or change values: \
             --with 'KEY=VALUE; KEY=VALUE'",
            path.display()
        )));
    }
    if is_book(path) {
        return Err(Failure::Usage(format!(
            "{} is a price book; the first of a comparison is a scenario\nhelp: billsim compare SCENARIO {0}",
            path.display()
        )));
    }
    let overrides = args.scenario.overrides(args.replications);
    let mut plans: Vec<Plan> = vec![named(compiled(path, &overrides)?, &stem(path), &[])];
    // The same customers in every variant: what draws them is the first scenario's.
    let shared = Overrides { seed: Some(plans[0].seed), replications: Some(plans[0].replications.into()), ..overrides };
    for other in &args.others {
        let plan = match is_book(other) {
            true => compiled(path, &Overrides { book: Some(other.clone()), ..shared.clone() })?,
            false => compiled(other, &shared)?,
        };
        plans.push(named(plan, &stem(other), &plans));
    }
    for with in &args.with {
        if values(with).next().is_none() {
            return Err(Failure::Usage("--with changes nothing\nhelp: --with 'KEY=VALUE; KEY=VALUE'".to_owned()));
        }
        let changed = Overrides { with: values(with).map(str::to_owned).collect(), ..shared.clone() };
        plans.push(named(compiled(path, &changed)?, with.trim(), &plans));
    }
    for other in &plans[1..] {
        check_pairing(&plans[0], other).map_err(|mismatch| {
            Failure::Usage(format!(
                "the accounts of {} and {} are no pairs: {mismatch}\nhelp: compare scenarios of the same customers; --days, \
                 --accounts and --set change all of them",
                plans[0].name, other.name
            ))
        })?;
    }
    Ok(plans)
}

/// The values of `KEY=VALUE; KEY=VALUE`: a semicolon within quotes separates nothing.
fn values(with: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let parts = with.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Called after its variant; a number tells those of one name apart.
fn named(plan: Plan, name: &str, others: &[Plan]) -> Plan {
    let is_free = |name: &String| others.iter().all(|other| other.name != *name);
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let name = std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default();
    Plan { name, ..plan }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// `output/compare-NAME-HASH-SEED`; the hash is of all names and plans.
fn default_folder(plans: &[Plan]) -> PathBuf {
    let all: Vec<String> = plans.iter().map(|plan| format!("{} {}", plan.hash, plan.name)).collect();
    let hash = &blake3::hash(all.join("\n").as_bytes()).to_hex()[..16];
    PathBuf::from("output").join(format!("compare-{}-{hash}-{}", harmless(&plans[0].name), plans[0].seed))
}

/// Fails if one of the conditions holds for a variant.
fn hold(guards: &[Guard], results: &Value) -> Result<(), Failure> {
    let mut broken = vec![];
    for variant in results["variants"].as_array().into_iter().flatten() {
        for guard in guards {
            let aspect = match guard.aspect {
                Aspect::Value => "after",
                Aspect::Change => "change",
                Aspect::Percent => "percent",
            };
            let told = variant["differences"][guard.metric.name][aspect].as_str().unwrap_or_default();
            if told.parse().is_ok_and(|number| guard.holds(number)) {
                let name = variant["name"].as_str().unwrap_or_default();
                broken.push(format!("{name}: {} holds: it is {told}", guard.text));
            }
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Difference(broken.join("\n"))) }
}
