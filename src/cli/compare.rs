//! `billsim compare`: the same customers under several scenarios, price books or changed values.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{CompareArgs, compiled};
use super::failure::{Failure, print};
use super::run::{self, STOP, failure, stop_on_ctrl_c};
use super::{guards, present_comparison};
use crate::plan::Plan;
use crate::scenario::{Overrides, is_book};
use crate::store::{self, Done, StudyOptions, harmless, save_comparison};
use crate::study::{Comparison, Guard, check_pairing, draws_customers};

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
        Done::Now(replicated) => {
            let comparison = Comparison::new(&plans, &replicated.as_is, &replicated.prices_only);
            if !args.quiet && !args.json {
                print(&format!("{}wrote {folder}\n", present_comparison::comparison(&comparison)))?;
            }
            store::comparison(&comparison)
        }
        Done::Already(results) => {
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
    let mut plans: Vec<Plan> = vec![compiled(path, &overrides)?];
    // The same customers in every variant: what draws them is the first scenario's.
    let shared = Overrides { seed: Some(plans[0].seed), replications: Some(plans[0].replications.into()), ..overrides };
    for other in &args.others {
        let plan = match is_book(other) {
            true => compiled(path, &Overrides { book: Some(other.clone()), ..shared.clone() })?,
            false => compiled(other, &shared)?,
        };
        // A copy of a scenario has its name, too: then the file tells them apart, as it does for books.
        let is_copy = is_book(other) || plans.iter().any(|earlier| earlier.name == plan.name);
        let name = if is_copy { stem(other) } else { plan.name.clone() };
        plans.push(named(plan, &name, &plans));
    }
    for with in &args.with {
        if values(with).next().is_none() {
            return Err(Failure::Usage("--with changes nothing\nhelp: --with 'KEY=VALUE; KEY=VALUE'".to_owned()));
        }
        if let Some(value) = values(with).find(|value| draws_customers(value.split('=').next().unwrap_or_default())) {
            return Err(Failure::Usage(format!(
                "--with '{value}': all variants are played by the same customers over the same days, and this would change them\n\
                 help: change them in all variants, with an option such as --seed, --days, --replications or --accounts"
            )));
        }
        let changed = Overrides { with: values(with).map(str::to_owned).collect(), ..shared.clone() };
        plans.push(named(compiled(path, &changed)?, with.trim(), &plans));
    }
    for other in &plans[1..] {
        check_pairing(&plans[0], other).map_err(|mismatch| {
            Failure::Usage(format!(
                "the accounts of {} and {} are no pairs: {mismatch}\nhelp: {}",
                plans[0].name,
                other.name,
                mismatch.cure()
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
fn hold(all: &[Guard], results: &Value) -> Result<(), Failure> {
    let mut broken = vec![];
    for variant in results["variants"].as_array().into_iter().flatten() {
        let name = variant["name"].as_str().unwrap_or_default();
        broken.extend(guards::held(all, &variant["differences"], "after").map(|held| format!("{name}: {held}")));
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Difference(broken.join("\n"))) }
}
