//! Adds the units of a closed day.

use crate::record::{AccountRow, UsageDay};
use crate::rules::{Place, Product, Usage};
use crate::units::Money;

/// Adds a meter's day to the totals of its date and to the account's row.
pub(super) fn add_usage(
    day: &mut UsageDay,
    row: &mut AccountRow,
    usage: &Usage,
    amount: Money,
    (product, meter, place): (&Product, usize, Place),
    add_on: bool,
) {
    day.potential += usage.potential;
    day.offered += usage.offered;
    day.served += usage.served;
    day.counted += usage.counted;
    day.free += usage.free;
    day.billable += usage.billable;
    day.accrued += amount;
    row.accrued += amount;
    // An add-on counts the raw units of its base once more.
    if !add_on {
        row.potential += usage.potential;
        row.served += usage.served;
    }
    row.free += usage.free;
    row.billable += usage.billable;
    // Rare: kept off the quiet day's path.
    let unusual = usage.unmetered | usage.unintegrated | usage.refused | usage.retried | usage.stopped | usage.churned;
    if unusual | usage.package | usage.written_off > 0 || usage.withheld != 0 || product.costs {
        day.unmetered += usage.unmetered;
        day.unintegrated += usage.unintegrated;
        day.refused += usage.refused;
        day.blocked += usage.blocked;
        day.withheld += usage.withheld;
        day.stopped += usage.stopped;
        day.churned += usage.churned;
        day.package += usage.package;
        day.written_off += usage.written_off;
        let costly = if product.book.meters[meter].raw_per_unit == 1 { usage.served } else { usage.counted };
        day.cost += product.cost(meter, costly);
        let lost = product.lost(meter, usage, place);
        day.lost += lost;
        day.unprotected += usage.unprotected;
        day.retried += usage.retried;
        row.lost += lost;
        row.package += usage.package;
        row.written_off += usage.written_off;
        if !add_on {
            row.withheld += usage.withheld;
            row.unintegrated += usage.unintegrated;
            row.refused += usage.refused;
        }
    }
}
