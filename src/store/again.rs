//! The commands that play the content of a folder once more, from within it. They say nothing of threads and of where the folder is,
//! so that two folders of the same have the same.

use std::path::Path;

use super::comparison::scenario_file;
use super::save::{Options, StudyOptions};
use super::shard::Shard;
use crate::charts::Format;
use crate::plan::Plan;

/// Where it is played to.
const OUT: &str = "--out again";

/// A run.
pub fn run(plan: &Plan, options: &Options) -> String {
    let until = options
        .until
        .as_ref()
        .map(|until| format!(" --until '{} ± {} %' --replications {}", until.name, until.percent, plan.replications));
    format!("billsim run scenario.toml{} {} {OUT}", until.unwrap_or_default(), kept(options))
}

/// A shard of a run, from the scenario of another one.
pub fn shard(scenario: &Path, shard: Shard, options: &Options) -> String {
    let scenario = scenario.display();
    format!("billsim run {scenario} --shard {shard} {} --out shard-{}", kept(options), shard.number)
}

/// What is kept of a run.
fn kept(options: &Options) -> String {
    let (record, formats) = (options.recorded().join(","), options.formats().join(","));
    format!("--record {record} --format {formats} {}", charts(&options.charts))
}

/// A comparison.
pub fn compare(plans: &[Plan], options: &StudyOptions) -> String {
    let files: Vec<String> = plans.iter().enumerate().map(|(nth, plan)| scenario_file(nth, plan)).collect();
    format!("billsim compare {} {} {OUT}", files.join(" "), charts(&options.charts))
}

/// A study, by `sweep` or `optimize`.
pub fn study(command: &str, options: &StudyOptions) -> String {
    format!("billsim {command} study.toml {} {OUT}", charts(&options.charts))
}

fn charts(formats: &[Format]) -> String {
    let formats: Vec<&str> = formats.iter().map(|format| format.extension()).collect();
    format!("--charts {}", if formats.is_empty() { "none".to_owned() } else { formats.join(",") })
}
