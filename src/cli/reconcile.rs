//! `billsim reconcile`: bills of our rules against bills that were really sent.

use super::args::ReconcileArgs;
use super::failure::{Failure, print};
use super::present::{count, numbers};
use super::run::{STOP, failure, stop_on_ctrl_c};
use crate::reconcile::{Difference, Question, Reconciliation, Refusal};
use crate::scenario::Material;
use crate::store::{reconciliation_json, save_reconciliation};
use crate::text::{Problems, Sources};
use crate::units::{Money, Total};
use crate::usage::read_invoices;

/// Differences that a screen shows; all are in the folder.
const ON_SCREEN: usize = 10;

/// Reconciles invoices.
///
/// # Errors
/// Mistakes of the files; differences, after they were told.
pub fn reconcile(args: &ReconcileArgs) -> Result<(), Failure> {
    let (files, overrides) = (args.files.files(), args.files.overrides());
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let material = match files.read(&overrides, &mut sources) {
        Ok(material) => material,
        Err(problems) => return Err(Failure::Input(problems, Box::new(sources))),
    };
    let Some(invoices) = read_invoices(&args.invoices, &mut sources, &mut problems) else {
        return Err(Failure::Input(problems, Box::new(sources)));
    };
    stop_on_ctrl_c();
    let (tolerance, threads) = (args.tolerance, args.threads.count());
    let question = Question { files: &files, material: &material, overrides: &overrides, tolerance, threads };
    let found = question.answer(&invoices, &STOP).map_err(|refusal| match refusal {
        Refusal::Input(problems, sources) => Failure::Input(problems, sources),
        Refusal::Invoice(what) => Failure::Usage(what),
        Refusal::Account(cause) => Failure::Usage(cause.to_string()),
        Refusal::Totals(cause) => Failure::Usage(cause.to_string()),
        Refusal::Stopped => Failure::Interrupted("stopped; nothing was written".to_owned()),
    })?;
    if let Some(folder) = &args.out {
        save_reconciliation(&found, &material.usage, tolerance, folder, args.force).map_err(failure)?;
    }
    if args.json {
        print(&format!("{:#}\n", reconciliation_json(&found, tolerance)))?;
    } else if !args.quiet {
        print(&summary(&found, &material, tolerance))?;
        if let Some(folder) = &args.out {
            print(&format!("\nwrote {}\n", folder.display()))?;
        }
    }
    match found.differences.len() + found.strangers.len() {
        0 => Ok(()),
        1 => Err(Failure::Difference("1 difference".to_owned())),
        more => Err(Failure::Difference(format!("{} differences", count(more as u64)))),
    }
}

fn summary(found: &Reconciliation, material: &Material, tolerance: Money) -> String {
    let currency = &found.plan.books[0].currency;
    let lacks = |side: fn(&Difference) -> Option<Money>| found.differences.iter().filter(|d| side(d).is_none()).count();
    let (missing, extra) = (lacks(|d| d.theirs), lacks(|d| d.ours));
    let between = Total::from_units(found.their_total.units() - found.our_total.units());
    let mut text = format!(
        "{} bills by these rules: {} {currency}; {} sent: {} {currency}, {}{}\n{} agree (tolerance {}), {} differ, {} missing, {} extra\n",
        count(found.ours),
        found.our_total,
        count(found.theirs),
        found.their_total,
        if between.units() > 0 { "+" } else { "" },
        between,
        count(found.agree),
        tolerance.short(),
        count((found.differences.len() - missing - extra) as u64),
        count(missing as u64),
        count(extra as u64),
    );
    if !found.strangers.is_empty() {
        let names: Vec<&str> = found.strangers.keys().take(ON_SCREEN).map(String::as_str).collect();
        text.push_str(&format!(
            "invoices of {} accounts that the usage does not know: {}{}\n",
            count(found.strangers.len() as u64),
            names.join(", "),
            if found.strangers.len() > names.len() { ", …" } else { "" }
        ));
    }
    if found.differences.is_empty() && found.strangers.is_empty() {
        return text;
    }
    text.push_str(&format!("\n{}\n", causes(found)));
    let shown: Vec<&Difference> = found.differences.iter().take(ON_SCREEN).collect();
    let mut table = numbers(&["account", "date", "ours", "sent", "cause"]);
    let amount = |money: Option<Money>| money.map_or("-".to_owned(), Money::short);
    for difference in &shown {
        table.add_row([
            material.usage.accounts[difference.key.account].clone(),
            difference.key.date.to_string(),
            amount(difference.ours),
            amount(difference.theirs),
            found.cause_of(difference).map_or("unknown".to_owned(), |cause| format!("{}", cause + 1)),
        ]);
    }
    if !shown.is_empty() {
        text.push_str(&format!("\n{table}\n"));
    }
    let more = found.differences.len() - shown.len();
    if more > 0 {
        text.push_str(&format!("… and {} more\n", count(more as u64)));
    }
    text
}

/// What explains how many.
fn causes(found: &Reconciliation) -> String {
    let mut lines = vec!["likely causes:".to_owned()];
    for (number, cause) in (1..).zip(&found.found) {
        let names: Vec<&str> = cause.causes.iter().map(|cause| cause.name.as_str()).collect();
        let mut line = format!("{number}. {}: explains {}", names.join(" and "), count(cause.explains.len() as u64));
        if !cause.or.is_empty() {
            line.push_str(&format!("\n   or: {}", cause.or.join("; ")));
        }
        lines.push(line);
    }
    if found.unknown() > 0 {
        lines.push(format!("unknown: {}", count(found.unknown() as u64)));
    }
    lines.join("\n")
}
