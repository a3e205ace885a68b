//! How a meter counts a stretch of demand in which nothing changes (RULES §6, precedence; §7, units): pure functions of one meter's day.

use super::event::Usage;
use super::meter::Demand;
use super::quotas::Granted;
use super::terms::Product;
use crate::book::Counted;
use crate::units::Seconds;
use crate::units::profile::SLOT;

/// What demand meets in a stretch in which nothing changes, for every meter alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not activated or not integrated.
    Unintegrated,
    /// The customer has left.
    Churned,
    /// Suspended, and nobody comes.
    Stopped,
    /// Suspended.
    Refused {
        /// Whether it passes unchecked.
        unprotected: bool,
    },
    /// Served.
    Live,
}

/// Adds what is asked for in a stretch to a meter's day; returns what is to be served, but for a rate limit.
#[inline]
pub(super) fn offer(
    today: &mut Usage,
    knocking: &mut u64,
    standing: Standing,
    (from, until): (Seconds, Seconds),
    demand: &Demand<'_>,
) -> u64 {
    if until <= from {
        return 0;
    }
    let (potential, units) = demand.between(from, until);
    standing.meet(today, knocking, potential, units)
}

impl Standing {
    /// Adds potential units, and those of them that reach the service, to a meter's day; returns what is to be served.
    #[inline]
    pub(super) fn meet(self, today: &mut Usage, knocking: &mut u64, potential: u64, units: u64) -> u64 {
        today.potential += potential;
        match self {
            Standing::Unintegrated => today.unintegrated += potential,
            Standing::Churned => {
                today.withheld += potential.cast_signed();
                today.churned += potential;
            }
            Standing::Stopped => {
                today.withheld += potential.cast_signed();
                today.stopped += potential;
            }
            Standing::Refused { .. } | Standing::Live => {
                today.withheld += potential.cast_signed() - units.cast_signed();
                today.offered += units;
            }
        }
        match self {
            Standing::Live => return units,
            Standing::Refused { unprotected } => {
                today.refused += units;
                today.blocked += units;
                today.unprotected += if unprotected { units } else { 0 };
                *knocking += units;
            }
            _ => {}
        }
        0
    }
}

/// What a rate limit lets through of the units of a stretch; `unlimited` is the largest day that it cannot touch.
#[inline]
pub(super) fn admit(
    units: u64,
    (from, until): (Seconds, Seconds),
    demand: &Demand<'_>,
    product: &Product,
    unlimited: u64,
    in_slot: &mut (u64, Seconds),
) -> u64 {
    match product.book.rate_limit {
        Some(limit) if units > 0 && (demand.wanted > unlimited || demand.can_reach(limit.calls)) => {
            // What the slot of `from` let through before.
            let (let_through, began) = *in_slot;
            let before = if began == from - from % SLOT { let_through } else { 0 };
            let (admitted, let_through) = demand.admitted(from, until, limit, before);
            *in_slot = (let_through, until - until % SLOT);
            admitted
        }
        _ => units,
    }
}

/// Serves units; where there are no slots they are taken at once. `before` as of [`take`].
#[inline]
pub(super) fn serve(
    meter: usize,
    today: &mut Usage,
    served: u64,
    before: (u64, u64),
    quotas: &mut [Granted],
    product: &Product,
) {
    today.served += served;
    if !product.slotted {
        today.billable += take(meter, today, before, quotas, product);
    }
}

/// Takes the units of price that are new since they were taken last, and draws free ones of this meter; returns the rest.
/// `before`: raw units, and units taken, of the earlier days of the rounding period.
#[inline]
pub(super) fn take(
    meter: usize,
    today: &mut Usage,
    (raw_before, taken_before): (u64, u64),
    quotas: &mut [Granted],
    product: &Product,
) -> u64 {
    let raw = counted_of(today.served, product);
    let of = &product.book.meters[meter];
    let counted = if of.raw_per_unit == 1 { raw } else { (raw_before + raw).div_ceil(of.raw_per_unit) - taken_before };
    let mut new = counted - today.counted;
    today.counted = counted;
    for index in &product.quotas_of[meter] {
        let quota = &mut quotas[*index];
        let free = new.min(quota.left);
        quota.left -= free;
        today.free += free;
        new -= free;
    }
    new
}

/// Of the raw units served on a day, those that are counted.
#[inline]
pub(super) fn counted_of(served: u64, product: &Product) -> u64 {
    match product.book.counted {
        Counted::Served => served,
        Counted::Passed => product.book.pass_share.of(served),
    }
}
