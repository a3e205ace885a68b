//! What differs between an account under one plan and the same account under another, added up. Only integers, so parts add up to the
//! whole in any order.

use std::collections::BTreeMap;

use crate::record::AccountRow;
use crate::stats::Histogram;
use crate::units::{Seconds, Total};

/// Accounts of one size, by what they asked for under the first plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SizeCell {
    /// Accounts.
    pub accounts: u64,
    /// Recognised revenue under the first plan.
    pub before: Total,
    /// Under the other.
    pub after: Total,
}

/// All accounts of a segment, each under both plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Sums over all of them.
    pub whole: SizeCell,
    /// Of those that pay more, less, the same: recognised revenue, to the last digit.
    pub more: u64,
    /// Less.
    pub less: u64,
    /// The same.
    pub same: u64,
    /// Of those that pay more than [`NOTABLE`](Self::NOTABLE) more: how many, and their revenue under both plans.
    pub notable: SizeCell,
    /// How much more, in units of 1e-8.
    pub rises: Histogram,
    /// How much less, in units of 1e-8.
    pub falls: Histogram,
    /// Suspended under the other plan only.
    pub newly_suspended: u64,
    /// Suspended under the first plan only.
    pub no_longer_suspended: u64,
    /// Suspended under both, earlier under the other.
    pub suspended_earlier: u64,
    /// Suspended under both, later under the other.
    pub suspended_later: u64,
    /// Left under the other plan only.
    pub newly_churned: u64,
    /// Left under the first plan only.
    pub no_longer_churned: u64,
    /// By size: the [bucket](Histogram::bucket) of the units asked for over the run.
    pub sizes: BTreeMap<usize, SizeCell>,
}

/// An account that pays notably more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index of the plan under which it does.
    pub variant: usize,
    /// Replication, from 0.
    pub replication: u32,
    /// Index of its segment.
    pub segment: usize,
    /// Its index in it.
    pub index: u64,
    /// Units it asked for.
    pub potential: u64,
    /// Recognised revenue under the first plan.
    pub before: Total,
    /// Under the other.
    pub after: Total,
    /// First suspensions under the first plan and under the other.
    pub suspended: (Option<Seconds>, Option<Seconds>),
}

impl Change {
    pub(super) fn of(variant: usize, before: &AccountRow, after: &AccountRow) -> Change {
        Change {
            variant,
            replication: before.replication,
            segment: before.segment,
            index: before.index,
            potential: before.potential,
            before: before.recognised(),
            after: after.recognised(),
            suspended: (before.first_suspended_at, after.first_suspended_at),
        }
    }
}

impl SizeCell {
    fn add(&mut self, other: &SizeCell) {
        self.accounts += other.accounts;
        self.before += other.before;
        self.after += other.after;
    }

    /// What the other plan brings more.
    pub fn change(&self) -> Total {
        Total::from_units(self.after.units() - self.before.units())
    }
}

impl Pairs {
    /// Who pays more than this many per cent more is told by name.
    pub const NOTABLE: i128 = 10;

    /// Adds an account; tells whether it pays notably more.
    pub(super) fn pair(&mut self, before: &AccountRow, after: &AccountRow) -> bool {
        let cell = SizeCell { accounts: 1, before: before.recognised(), after: after.recognised() };
        let change = cell.change().units();
        self.whole.add(&cell);
        self.sizes.entry(Histogram::bucket(before.potential)).or_default().add(&cell);
        let size = u64::try_from(change.unsigned_abs()).unwrap_or(u64::MAX);
        match change.signum() {
            0 => self.same += 1,
            1 => {
                self.more += 1;
                self.rises.add(size);
            }
            _ => {
                self.less += 1;
                self.falls.add(size);
            }
        }
        match (before.first_suspended_at, after.first_suspended_at) {
            (None, Some(_)) => self.newly_suspended += 1,
            (Some(_), None) => self.no_longer_suspended += 1,
            (Some(then), Some(now)) if now < then => self.suspended_earlier += 1,
            (Some(then), Some(now)) if now > then => self.suspended_later += 1,
            _ => {}
        }
        match (before.churned_at, after.churned_at) {
            (None, Some(_)) => self.newly_churned += 1,
            (Some(_), None) => self.no_longer_churned += 1,
            _ => {}
        }
        let notable = 100 * change > Pairs::NOTABLE * cell.before.units().max(0) && change > 0;
        if notable {
            self.notable.add(&cell);
        }
        notable
    }

    /// Adds another part.
    pub fn add(&mut self, other: &Pairs) {
        self.whole.add(&other.whole);
        self.notable.add(&other.notable);
        for (mine, theirs) in [
            (&mut self.more, other.more),
            (&mut self.less, other.less),
            (&mut self.same, other.same),
            (&mut self.newly_suspended, other.newly_suspended),
            (&mut self.no_longer_suspended, other.no_longer_suspended),
            (&mut self.suspended_earlier, other.suspended_earlier),
            (&mut self.suspended_later, other.suspended_later),
            (&mut self.newly_churned, other.newly_churned),
            (&mut self.no_longer_churned, other.no_longer_churned),
        ] {
            *mine += theirs;
        }
        self.rises.merge(&other.rises);
        self.falls.merge(&other.falls);
        for (bucket, cell) in &other.sizes {
            self.sizes.entry(*bucket).or_default().add(cell);
        }
    }

    /// The change in units of 1e-8 that a share `p` of the accounts do not exceed, to within 0.8 %: falls are below zero.
    pub fn quantile(&self, p: f64) -> i128 {
        let all = self.less + self.same + self.more;
        // In range: a share of a count.
        let rank = ((p * all as f64).ceil() as u64).clamp(1, all.max(1));
        if rank <= self.less {
            // The largest fall is the smallest change.
            return -i128::from(self.falls.nth(self.less + 1 - rank).unwrap_or(0));
        }
        let risen = rank.checked_sub(self.less + self.same).filter(|rank| *rank > 0);
        risen.and_then(|rank| self.rises.nth(rank)).map_or(0, i128::from)
    }

    /// Tenths of the accounts by size, the smallest first; a bucket of sizes is never split, so tenths are so to within a bucket.
    pub fn deciles(&self) -> [SizeCell; 10] {
        let mut deciles = [SizeCell::default(); 10];
        let all = self.whole.accounts.max(1);
        let mut before = 0;
        for cell in self.sizes.values() {
            // By the middle account of the bucket. In range: less than ten.
            let middle = 2 * before + cell.accounts;
            let tenth = usize::try_from((u128::from(middle) * 10 / (2 * u128::from(all))).min(9)).unwrap_or(9);
            deciles[tenth].add(cell);
            before += cell.accounts;
        }
        deciles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(recognised: i128, potential: u64, suspended: Option<Seconds>) -> AccountRow {
        AccountRow {
            accrued: Total::from_units(recognised),
            potential,
            first_suspended_at: suspended,
            ..AccountRow::default()
        }
    }

    /// Ten accounts of sizes 1 to 10 that paid 100: one pays 111 (more than 10 % more), one 110 (not), one 90, the others the same.
    fn ten() -> Pairs {
        let mut pairs = Pairs::default();
        for size in 1..=10 {
            let after = match size {
                1 => 111,
                2 => 110,
                3 => 90,
                _ => 100,
            };
            let (then, now) = if size == 4 { (None, Some(7)) } else { (Some(9), Some(i64::from(size != 5) * 9)) };
            let told = pairs.pair(&row(100, size, then), &row(after, size, now));
            assert_eq!(told, size == 1, "{size}");
        }
        pairs
    }

    #[test]
    fn changes_are_counted() {
        let pairs = ten();
        assert_eq!((pairs.more, pairs.less, pairs.same), (2, 1, 7));
        assert_eq!((pairs.whole.before.units(), pairs.whole.after.units()), (1_000, 1_011));
        assert_eq!((pairs.notable.accounts, pairs.notable.change().units()), (1, 11));
        assert_eq!((pairs.newly_suspended, pairs.suspended_earlier, pairs.suspended_later), (1, 1, 0));
        // Sorted: −10, seven zeros, 10, 11.
        assert_eq!([0.05, 0.1, 0.5, 0.8, 0.9, 1.0].map(|p| pairs.quantile(p)), [-10, -10, 0, 0, 10, 11]);
    }

    #[test]
    fn tenths_go_by_size_and_parts_add_up() {
        let pairs = ten();
        assert_eq!(pairs.deciles().map(|tenth| tenth.change().units()), [11, 10, -10, 0, 0, 0, 0, 0, 0, 0]);
        let mut twice = ten();
        twice.add(&pairs);
        assert_eq!(twice.deciles().map(|tenth| tenth.accounts), [2; 10]);
        assert_eq!(twice.quantile(0.9), 10);
    }
}
