//! `billsim rate`: what real usage costs at a price book, by the calculator of `run`.

use super::args::{FileArgs, RateArgs};
use super::explain::tell;
use super::failure::{Failure, print};
use super::present::{count, counted, numbers};
use super::run::{STOP, bar, failure, stop_on_ctrl_c};
use crate::plan::{Plan, compile};
use crate::record::{LineKind, Rating};
use crate::store::{rating_json, save_rating};
use crate::text::Sources;
use crate::text::keys::nearest;

/// Rates a usage file.
///
/// # Errors
/// Mistakes of the files, whatever stood in the way of writing.
pub fn rate(args: &RateArgs) -> Result<(), Failure> {
    let plan = plan(&args.files)?;
    if let Some(account) = &args.explain {
        return story(&plan, account);
    }
    stop_on_ctrl_c();
    let bar = bar(plan.accounts(), "accounts", args.quiet || args.json);
    let formats = args.formats();
    let target = args.out.as_deref().map(|path| (path, formats.as_slice(), args.force));
    let rated = save_rating(&plan, target, args.threads.count(), &STOP, &mut |accounts| bar.set_position(accounts));
    bar.finish_and_clear();
    let rating = rated.map_err(failure)?;
    match &args.out {
        _ if args.quiet => Ok(()),
        _ if args.json => print(&format!("{:#}\n", rating_json(&plan, &rating))),
        Some(folder) => print(&format!("{}\nwrote {}\n", summary(&plan, &rating), folder.display())),
        None => print(&summary(&plan, &rating)),
    }
}

/// The plan of some files.
///
/// # Errors
/// All mistakes that were found.
pub(super) fn plan(args: &FileArgs) -> Result<Plan, Failure> {
    let mut sources = Sources::default();
    match args.files().scenario(&args.overrides(), &mut sources) {
        Ok(scenario) => Ok(compile(&scenario)),
        Err(problems) => Err(Failure::Input(problems, Box::new(sources))),
    }
}

fn story(plan: &Plan, account: &str) -> Result<(), Failure> {
    let names: Vec<&str> = (0..plan.accounts()).filter_map(|index| plan.account_name(0, index)).collect();
    let Some(index) = names.iter().position(|name| *name == account) else {
        let near = nearest(account, &names).map_or(String::new(), |near| format!("\nhelp: did you mean `{near}`?"));
        return Err(Failure::Usage(format!("there is no account `{account}` in the usage file{near}")));
    };
    let (told, _) = tell(plan, 0, index as u64, (0, plan.calendar.end())).map_err(Failure::Usage)?;
    print(&told)
}

/// What the lines come to.
fn summary(plan: &Plan, rating: &Rating) -> String {
    let currency = &plan.books[0].currency;
    let mut table = numbers(&["product", "meter", "line", "units", "amount"]);
    for ((product, meter, kind), total) in &rating.lines {
        let book = &plan.books[*product];
        let line = match kind {
            LineKind::Tier(tier) => format!("tier {tier}"),
            kind => kind.word().to_owned(),
        };
        table.add_row([
            book.id.clone(),
            book.meters[*meter].id.clone(),
            line,
            count(total.units),
            total.amount.to_string(),
        ]);
    }
    let mut text = format!(
        "{}, {}, {} to {}, plan {}\n\n{}\n\n{}: {} {currency} exact, {} as deducted\n",
        counted(rating.accounts, "account"),
        counted(rating.rows, "row"),
        plan.calendar.start(),
        plan.calendar.date(rating.last),
        plan.hash,
        table.trim_fmt(),
        counted(rating.bills, "bill"),
        rating.billed,
        rating.due,
    );
    if rating.purchased.units() != 0 {
        text.push_str(&format!("packages bought for {} {currency}\n", rating.purchased));
    }
    if rating.unintegrated > 0 {
        let units = count(rating.unintegrated);
        text.push_str(&format!("warning: {units} raw units are before the activation of their account: not billed\n"));
    }
    if rating.refused > 0 {
        let units = count(rating.refused);
        text.push_str(&format!(
            "warning: {units} raw units came while their account was suspended by these rules: not billed\n"
        ));
    }
    text
}
