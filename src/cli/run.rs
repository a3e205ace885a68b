//! `billsim run`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::args::{Recording, RunArgs};
use super::failure::{Failure, print};
use super::present::short;
use super::present_run::summary as shown;
use crate::plan::Plan;
use crate::record::Until;
use crate::store::{self, Done, Options, SaveError, Saved, Shard, Work, save, save_shard};

/// Set by Ctrl-C; workers look at it between chunks.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// Simulates a scenario, or a shard of it, into its run folder.
///
/// # Errors
/// Whatever stood in the way; no folder is left behind then.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let options = Options {
        wanted: args.wanted(),
        usage: args.record.contains(&Recording::Usage),
        formats: args.formats(),
        charts: args.charts.formats()?,
        until: args.until.clone(),
        threads: args.threads.count(),
        force: args.force,
        resume: args.parts.resume,
    };
    if options.usage && (options.resume || args.parts.shard.is_some()) {
        let text = "--record usage is of a whole run: it goes with neither --shard nor --resume";
        return Err(Failure::Usage(format!("{text}\nhelp: leave one of them out")));
    }
    let plan = args.plan()?;
    stop_on_ctrl_c();
    if let Some(shard) = args.parts.shard {
        return run_shard(args, &plan, shard, &options);
    }
    let target = args.out.clone().unwrap_or_else(|| default_folder(&plan));
    let accounts = plan.accounts().saturating_mul(u64::from(plan.replications));
    let bar = bar(accounts, "accounts", args.quiet || args.json);
    let done = save(&plan, &target, &options, &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    let done = done.map_err(|error| going_on(failure(error), &options))?;
    let show = Show { json: args.json, quiet: args.quiet };
    show.run(&plan, &target, args.until.as_ref(), &done)
}

fn run_shard(args: &RunArgs, plan: &Plan, shard: Shard, options: &Options) -> Result<(), Failure> {
    let target = args.out.clone().unwrap_or_else(|| {
        let mut folder = default_folder(plan).into_os_string();
        folder.push(format!("-shard-{}-of-{}", shard.number, shard.of));
        folder.into()
    });
    let accounts = shard.accounts(plan);
    let number = (accounts.end - accounts.start).saturating_mul(u64::from(plan.replications));
    let bar = bar(number, "accounts", args.quiet || args.json);
    let done = save_shard(plan, shard, &target, options, &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    let folder = target.display();
    let done = done.map_err(|error| going_on(failure(error), options))?;
    if args.json {
        let manifest = std::fs::read_to_string(target.join("manifest.json"));
        return print(&manifest.map_err(|cause| Failure::System(format!("cannot read {folder}: {cause}")))?);
    }
    match done {
        _ if args.quiet => Ok(()),
        Done::Now(work) => print(&format!(
            "shard {shard}: {} of {} accounts\n{}wrote {folder}\nbillsim merge joins it with the others\n",
            accounts.end - accounts.start,
            plan.accounts(),
            told(work),
        )),
        Done::Already(_) => print(&already(&target)),
    }
}

/// How a run or a merge is shown.
pub(super) struct Show {
    pub json: bool,
    pub quiet: bool,
}

impl Show {
    pub fn run(&self, plan: &Plan, folder: &Path, until: Option<&Until>, done: &Done<Saved>) -> Result<(), Failure> {
        match done {
            Done::Now(saved) if self.json => {
                print(&format!("{:#}\n", store::summary(plan, &saved.replications, until)))
            }
            Done::Already(summary) if self.json => print(&format!("{summary:#}\n")),
            _ if self.quiet => Ok(()),
            Done::Now(saved) => {
                let summary = shown(plan, &saved.replications, until);
                print(&format!("{summary}{}wrote {}\n", told(saved.work), folder.display()))
            }
            Done::Already(_) => print(&already(folder)),
        }
    }
}

fn already(folder: &Path) -> String {
    let folder = folder.display();
    format!("{folder} is done already: the same program, plan, seed and recording. Use --force to run it again.\n")
}

/// How much of a run was there before; nothing for one that was done at one go.
fn told(work: Work) -> String {
    let Work { simulated, kept, damaged } = work;
    let damaged = match damaged {
        0 => String::new(),
        parts => format!("parts that were damaged and done once more: {parts}\n"),
    };
    let kept = match kept {
        0 => String::new(),
        kept => format!("accounts simulated now: {}; kept from before: {}\n", simulated, kept),
    };
    kept + &damaged
}

/// What is said of a run that ended early and can be gone on with.
fn going_on(failure: Failure, options: &Options) -> Failure {
    const HINT: &str = "help: the same command goes on from where it stopped";
    match failure {
        Failure::Interrupted(_) if options.resume => {
            Failure::Interrupted(format!("stopped; what is done is kept\n{HINT}"))
        }
        Failure::System(text) if options.resume => Failure::System(format!("{text}\n{HINT}")),
        failure => failure,
    }
}

pub(super) fn failure(error: SaveError) -> Failure {
    match error {
        SaveError::Stopped => Failure::Interrupted("stopped; nothing was written".to_owned()),
        SaveError::Occupied { .. } => {
            Failure::Usage(format!("{error}\nhelp: replace it with --force, or write elsewhere with --out"))
        }
        SaveError::Foreign { .. } => {
            Failure::Usage(format!("{error}\nhelp: move it away, or write elsewhere with --out"))
        }
        SaveError::Checkpoints { .. } => Failure::Usage(format!(
            "{error}\nhelp: begin afresh with --force, or write elsewhere with --out; without --resume they stay unused"
        )),
        SaveError::NoRunFolder { .. } => Failure::Usage(format!("{error}\nhelp: write elsewhere with --out")),
        SaveError::Usage(error) => Failure::Usage(error.to_string()),
        SaveError::Totals(_) => {
            Failure::Usage(format!("{error}\nhelp: lower the demand, or the number of accounts or days"))
        }
        SaveError::Account(_) => {
            Failure::Usage(format!("{error}\nhelp: its prices × its demand are too large; lower one of them"))
        }
        _ => Failure::System(error.to_string()),
    }
}

/// `output/NAME-HASH-SEED`, with only harmless characters, and `-rN` for N worlds: the hash is of one.
pub(super) fn default_folder(plan: &Plan) -> PathBuf {
    let name = store::harmless(&plan.name);
    let worlds = if plan.replications > 1 { format!("-r{}", plan.replications) } else { String::new() };
    PathBuf::from("output").join(format!("{name}-{}-{}{worlds}", plan.hash, plan.seed))
}

/// Makes Ctrl-C heard. Without a handler it still ends the program; only the partial folder would stay.
pub(super) fn stop_on_ctrl_c() {
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
}

/// A bar that counts up to a number of things, on a terminal only.
pub(super) fn bar(number: u64, things: &str, silent: bool) -> ProgressBar {
    if silent || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(number);
    let template = format!("{{bar:30}} {{human_pos}}/{{human_len}} {things}, {{rate}}, {{eta}} left");
    let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // What cannot be written to a progress bar is not missed.
        let _ = write!(text, "{}/s", short(state.per_sec()));
    };
    bar.set_style(ProgressStyle::with_template(&template).expect("the template is valid").with_key("rate", rate));
    bar
}
