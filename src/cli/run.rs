//! `billsim run`

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Recording, RunArgs};
use super::failure::{Failure, print};
use super::present_run::summary as shown;
use crate::plan::Plan;
use crate::store::{self, Done, Options, SaveError, save};

/// Set by Ctrl-C; workers look at it between chunks.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// Simulates a scenario into its run folder.
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
    };
    let plan = args.plan()?;
    let target = args.out.clone().unwrap_or_else(|| default_folder(&plan));
    stop_on_ctrl_c();
    let accounts = plan.accounts().saturating_mul(u64::from(plan.replications));
    let bar = bar(accounts, "accounts", args.quiet || args.json);
    let done = save(&plan, &target, &options, &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    let folder = target.display();
    match done.map_err(failure)? {
        Done::Now(summary) if args.json => {
            print(&format!("{:#}\n", store::summary(&plan, &summary, args.until.as_ref())))
        }
        Done::Already(summary) if args.json => print(&format!("{summary:#}\n")),
        _ if args.quiet => Ok(()),
        Done::Now(summary) => print(&format!("{}wrote {folder}\n", shown(&plan, &summary, args.until.as_ref()))),
        Done::Already(_) => print(&format!(
            "{folder} is done already: the same program, plan, seed and recording. Use --force to run it again.\n"
        )),
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
        SaveError::NoRunFolder { .. } => Failure::Usage(format!("{error}\nhelp: write elsewhere with --out")),
        SaveError::Usage(error) => Failure::Usage(error.to_string()),
        SaveError::Account(_) => {
            Failure::Usage(format!("{error}\nhelp: its prices × its demand are too large; lower one of them"))
        }
        _ => Failure::System(error.to_string()),
    }
}

/// `output/NAME-HASH-SEED`, with only harmless characters, and `-rN` for N worlds: the hash is of one.
fn default_folder(plan: &Plan) -> PathBuf {
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
    let template = format!("{{bar:30}} {{human_pos}}/{{human_len}} {things}, {{per_sec}}, {{eta}} left");
    bar.set_style(ProgressStyle::with_template(&template).expect("the template is valid"));
    bar
}
