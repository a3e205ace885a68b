//! `billsim calibrate`: a segment fitted to real usage, and how far its worlds are from the data.

use super::args::CalibrateArgs;
use super::failure::{Failure, print};
use super::present::{count, numbers};
use super::run::{STOP, bar, failure, stop_on_ctrl_c};
use crate::calibrate::{Calibration, Question, Refusal, Wanted, digits};
use crate::store::{calibration_json, save_calibration};
use crate::tables::read_parquet;
use crate::text::{Problems, Sources};
use crate::usage::read_usage;

/// Thousandths of the work.
const WHOLE: u64 = 1_000;

/// Fits a usage file.
///
/// # Errors
/// Mistakes of the file or in what is asked of it, whatever stood in the way of writing.
pub fn calibrate(args: &CalibrateArgs) -> Result<(), Failure> {
    let charts = args.charts.formats()?;
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let Some(usage) = read_usage(&args.usage, None, Some(read_parquet), &mut sources, &mut problems) else {
        return Err(Failure::Input(problems, Box::new(sources)));
    };
    stop_on_ctrl_c();
    let wanted = Wanted { product: args.product.clone(), meter: args.meter.clone() };
    let threads = args.threads.count();
    let (hold_out, seed) = (usize::from(args.hold_out), args.seed);
    let question = Question { usage: &usage, wanted: &wanted, hold_out, seed, threads };
    let bar = bar(WHOLE, "thousandths of the worlds", args.quiet || args.json);
    let found = question.answer(&STOP, &|done| bar.set_position(done));
    bar.finish_and_clear();
    let found = found.map_err(|refusal| match refusal {
        Refusal::Stopped => Failure::Interrupted(refusal.to_string()),
        refusal => Failure::Usage(format!("{}: {refusal}", args.usage.display())),
    })?;
    if let Some(folder) = &args.out {
        save_calibration(&found, folder, args.force, &charts, threads).map_err(failure)?;
    }
    match &args.out {
        _ if args.quiet => Ok(()),
        _ if args.json => print(&format!("{:#}\n", calibration_json(&found))),
        Some(folder) => print(&format!("{}\nwrote {}\n", summary(&found), folder.display())),
        None => print(&summary(&found)),
    }
}

fn summary(found: &Calibration) -> String {
    let daily = &found.chosen.daily;
    let mut text = format!(
        "{}: {} accounts, {} days from {}\n\n{}\n",
        found.chosen.product,
        count(found.chosen.accounts as u64),
        count(daily.days() as u64),
        daily.calendar.start(),
        fitted(found),
    );
    if let Some(why) = &found.table {
        text.push_str(&format!("\nSizes are written one by one:\n  {why}\n"));
    }
    if !found.fitted.left.is_empty() {
        text.push_str("\nLeft at its default:\n");
        for left in &found.fitted.left {
            text.push_str(&format!("  {}: {}\n", left.key, left.why));
        }
    }
    let held = &found.held;
    let whose = if held.calendar.start() == daily.calendar.start() { "the same" } else { "held out" };
    text.push_str(&format!(
        "\nWorlds against the data: {} days from {}, {whose}\n{}\n",
        held.days(),
        held.calendar.start(),
        distances(found)
    ));
    let nearer = found.distances.iter().filter(|distance| distance.is_nearer()).count();
    text.push_str(&format!(
        "The fitted segment is nearer to the data than a default one in {nearer} of {}.\n",
        found.distances.len()
    ));
    text
}

fn fitted(found: &Calibration) -> String {
    let mut table = numbers(&["", "fitted", "95 % interval"]);
    for parameter in &found.parameters {
        let interval = parameter.interval.map(|(from, to)| format!("{} to {}", digits(from), digits(to)));
        table.add_row([parameter.key.to_owned(), digits(parameter.value), interval.unwrap_or("-".to_owned())]);
    }
    table.to_string()
}

/// Rows without a number of the data are distances from it.
fn distances(found: &Calibration) -> String {
    let mut table = numbers(&["", "data", "default", "fitted", "fitted worlds"]);
    for row in &found.distances {
        let number = |value: f64| format!("{value:.3}");
        table.add_row([
            row.name.to_owned(),
            row.data.map_or("-".to_owned(), number),
            number(row.before),
            number(row.after),
            format!("{} to {}", number(row.range.0), number(row.range.1)),
        ]);
    }
    table.to_string()
}
