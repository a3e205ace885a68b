//! `billsim merge`

use super::args::MergeArgs;
use super::failure::Failure;
use super::run::{STOP, Show, bar, default_folder, failure, stop_on_ctrl_c};
use crate::store::Shards;

/// Joins the shards of a run into the folder of the whole run.
///
/// # Errors
/// When they are not all shards of one run, or whatever stood in the way; no folder is left behind then.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let shards =
        Shards::read(&args.shards).map_err(|error| Failure::Usage(format!("{error}\nhelp: {}", error.cure())))?;
    let plan = shards.plan();
    let target = args.out.clone().unwrap_or_else(|| default_folder(plan));
    stop_on_ctrl_c();
    let accounts = plan.accounts().saturating_mul(u64::from(plan.replications));
    let bar = bar(accounts, "accounts", args.quiet || args.json);
    let options = (args.threads.count(), args.force);
    let done = shards.save(&target, options, &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    Show { json: args.json, quiet: args.quiet }.run(plan, &target, None, &done.map_err(failure)?)
}
