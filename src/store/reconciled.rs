//! The folder of a reconciliation: every difference with its cause. Whole or not at all.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::kept::{Done, begin, finish, made_by, pretty};
use super::save::SaveError;
use crate::reconcile::{Found, Reconciliation};
use crate::tables::{DIFFERING, DifferingRow, Format, write_whole};
use crate::units::Money;
use crate::usage::Usage;

/// The file with what `--json` prints.
const RECONCILIATION: &str = "reconciliation.json";

/// Writes what was found.
///
/// # Errors
/// Nothing is left behind under the folder's name when it fails.
pub fn save_reconciliation(
    found: &Reconciliation,
    usage: &Usage,
    tolerance: Money,
    target: &Path,
    force: bool,
) -> Result<(), SaveError> {
    let identity = made_by("reconcile", &found.plan);
    let folder = match begin(&identity, target, force, RECONCILIATION)? {
        Done::Now(folder) => folder,
        // The same usage may be held against other invoices.
        Done::Already(_) => {
            let why = "it is a reconciliation already".to_owned();
            return Err(SaveError::Occupied { path: target.display().to_string(), why });
        }
    };
    let rows = found.differences.iter().map(|difference| DifferingRow {
        account: usage.accounts[difference.key.account].clone(),
        date: difference.key.date.to_string(),
        product: difference.key.product,
        ours: difference.ours,
        theirs: difference.theirs,
        cause: found.cause_of(difference).map(|cause| name(&found.found[cause])),
    });
    write_whole(&DIFFERING, &found.plan, rows.collect(), folder.path(), &[Format::Csv])?;
    folder.write("scenario.toml", &found.plan.resolved)?;
    folder.write(RECONCILIATION, &pretty(&reconciliation_json(found, tolerance)))?;
    Ok(finish(folder, identity)?)
}

/// One or two causes in words.
fn name(found: &Found) -> String {
    found.causes.iter().map(|cause| cause.name.as_str()).collect::<Vec<_>>().join(" and ")
}

/// What was found, as JSON.
pub fn reconciliation_json(found: &Reconciliation, tolerance: Money) -> Value {
    let missing = found.differences.iter().filter(|difference| difference.theirs.is_none()).count();
    let extra = found.differences.iter().filter(|difference| difference.ours.is_none()).count();
    let causes = found.found.iter().map(|found| {
        json!({
            "causes": found.causes.iter().map(|cause| cause.name.as_str()).collect::<Vec<_>>(),
            "set": found.causes.iter().flat_map(|cause| cause.set.iter()).collect::<Vec<_>>(),
            "or": found.or,
            "explains": found.explains.len(),
        })
    });
    json!({
        "plan_hash": found.plan.hash,
        "currency": found.plan.books[0].currency,
        "tolerance": tolerance.to_string(),
        "bills": found.ours,
        "billed": found.our_total.to_string(),
        "invoices": found.theirs,
        "invoiced": found.their_total.to_string(),
        "agree": found.agree,
        "missing": missing,
        "extra": extra,
        "different": found.differences.len() - missing - extra,
        "unknown_accounts": found.strangers.iter().map(|(name, amount)| (name.clone(), json!(amount.to_string()))).collect::<Map<_, _>>(),
        "causes": causes.collect::<Vec<_>>(),
        "unknown": found.unknown(),
    })
}
