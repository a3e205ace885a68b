//! The free quotas of a service: grants, and what becomes of what is left (RULES §1, §5, §7).

use super::event::{Event, Log};
use super::service::Service;
use super::shelf::{Allowance, Kind};
use super::terms::Product;
use crate::book::Each;
use crate::units::{Calendar, NEVER, Seconds, day_of, midnight};

/// A quota's units and when they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Granted {
    pub left: u64,
    pub ends: Seconds,
}

impl Service {
    /// Whether no quota has anything left.
    #[inline]
    pub(super) fn has_no_free_units(&self) -> bool {
        self.quotas.iter().all(|quota| quota.left == 0)
    }

    /// Phase 5: quotas whose time is over.
    pub(super) fn end_quotas(&mut self, at: Seconds, log: &mut impl Log) {
        for quota in 0..self.quotas.len() {
            if self.quotas[quota].ends <= at {
                let units = std::mem::take(&mut self.quotas[quota].left) + self.shelf.end_free(quota);
                if units > 0 {
                    log.record(at, Event::QuotaEnded { product: self.product, quota, units });
                }
            }
        }
    }

    /// Phases 6 and 9: grants that are due. At activation all of them, later those that come again.
    pub(super) fn grant(
        &mut self,
        at: Seconds,
        first: bool,
        product: &Product,
        calendar: &Calendar,
        log: &mut impl Log,
    ) {
        for (index, quota) in product.book.free.iter().enumerate() {
            let granted = &mut self.quotas[index];
            let due = first || granted.ends == at && quota.each != Each::Once;
            if due {
                granted.ends = match quota.each {
                    Each::Once => quota.expires_after.map_or(NEVER, |life| at.saturating_add(life)),
                    Each::Day => midnight(day_of(at) + 1),
                    Each::Month => calendar.end_of_month(at),
                };
                // An account that is older than the horizon may have used some of it.
                let units = self.opening_quota.filter(|_| quota.each == Each::Once).unwrap_or(quota.units);
                if quota.meters.len() > 1 {
                    let (left, ends) = (units, granted.ends);
                    self.shelf.add(Allowance { kind: Kind::Free(index), left, effect: at, ends });
                } else {
                    granted.left = units;
                }
                log.record(at, Event::QuotaGranted { product: self.product, quota: index, units });
            } else if granted.ends <= at {
                granted.ends = NEVER;
            }
        }
        self.quota_end = self.quotas.iter().map(|granted| granted.ends).min().unwrap_or(NEVER);
    }
}
