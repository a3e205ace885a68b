//! What free quotas and allowances take of the units of a meter (RULES §5, §7).

use super::book::{Covers, Each};
use super::product::{Product, Stage};
use super::profile::DAY;

/// Something that covers units of several meters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Index of a trial or package.
    Allowance(usize),
    /// Index of a free quota over several meters.
    Grant(usize),
}

/// A unit that is covered in part and still asks for `asks` of `ratio` (fractional cover).
#[derive(Clone, Copy)]
pub struct Split {
    pub ratio: u64,
    pub asks: u64,
}

/// Units that nothing covered wholly.
#[derive(Default)]
pub struct Excess {
    pub whole: u64,
    pub splits: Vec<Split>,
}

impl Excess {
    pub fn units(&self) -> u64 {
        self.whole + self.splits.len() as u64
    }
}

impl Product<'_> {
    /// The allowances in effect in the order in which they draw: earliest end first; of one end the
    /// trial, then free grants in the order written, then packages by number.
    pub fn sources(&self) -> Vec<Source> {
        let mut ranked = Vec::new();
        for (index, allowance) in self.allowances.iter().enumerate() {
            if allowance.stage == Stage::InEffect {
                let class = if allowance.number == 0 { 0 } else { 2 };
                ranked.push(((allowance.ends, class, allowance.number), Source::Allowance(index)));
            }
        }
        for (index, quota) in self.quotas.iter().enumerate() {
            let terms = &self.terms.quotas[index];
            if matches!(terms.covers, Covers::Several(_)) && quota.left > 0 {
                let end = quota.ends.unwrap_or(i64::MAX);
                ranked.push(((end, 1, terms.written as u64), Source::Grant(index)));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, source)| source).collect()
    }

    /// Those that draw from the slot that ends now: RULES §7, an effect at 24:00:00 covers nothing
    /// of the day that ends.
    pub fn sources_of_slot(&self, now: i64) -> Vec<Source> {
        let mut sources = self.sources();
        if now % DAY == 0 {
            sources.retain(|source| match source {
                Source::Allowance(index) => self.allowances[*index].effect < now,
                Source::Grant(_) => true,
            });
        }
        sources
    }

    /// What a unit of a meter takes from a source; none: it covers none.
    pub fn ratio(&self, source: Source, meter: usize) -> Option<u64> {
        match source {
            Source::Allowance(index) if self.allowances[index].number == 0 => {
                self.terms.trial.as_ref().and_then(|trial| trial.ratio[meter])
            }
            Source::Allowance(_) => self.terms.packages.as_ref().and_then(|packages| packages.ratio[meter]),
            Source::Grant(index) => match &self.terms.quotas[index].covers {
                Covers::Several(meters) => meters.contains(&meter).then_some(1),
                Covers::One(_) => None,
            },
        }
    }

    pub fn left_of(&self, source: Source) -> u64 {
        match source {
            Source::Allowance(index) => self.allowances[index].left,
            Source::Grant(index) => self.quotas[index].left,
        }
    }

    pub fn is_fractional(&self) -> bool {
        self.terms.packages.as_ref().is_some_and(|packages| packages.fractional)
    }

    /// RULES §5: several quotas of one meter draw day, month, once; the sooner end first.
    pub fn quota_order(&self, meter: usize) -> Vec<usize> {
        let mut order = Vec::new();
        for (index, terms) in self.terms.quotas.iter().enumerate() {
            if matches!(terms.covers, Covers::One(one) if one == meter) {
                order.push(index);
            }
        }
        order.sort_by_key(|&index| {
            let kind = self.terms.quotas[index].each;
            let end = match kind {
                Each::Day | Each::Month => i64::MAX, // all of a kind end together
                Each::Once => self.quotas[index].ends.unwrap_or(i64::MAX),
            };
            (kind, end, index)
        });
        order
    }

    /// Draws units of a meter from the free quotas of that meter alone; gives what is not covered.
    pub fn draw_quotas(&mut self, meter: usize, units: u64) -> u64 {
        let mut rest = units;
        for index in self.quota_order(meter) {
            let drawn = rest.min(self.quotas[index].left);
            self.quotas[index].left -= drawn;
            self.meters[meter].today.free += drawn;
            rest -= drawn;
        }
        rest
    }

    /// Draws units of a basic meter from allowances; gives what is not covered wholly.
    pub fn draw_allowances(&mut self, meter: usize, units: u64, sources: &[Source]) -> Excess {
        let is_fractional = self.is_fractional();
        let mut rest = units;
        let mut splits: Vec<Split> = Vec::new();
        for source in sources {
            let Some(ratio) = self.ratio(*source, meter) else {
                continue;
            };
            // A unit begun by an allowance before this one, of the same ratio.
            for split in &mut splits {
                if split.ratio == ratio {
                    let given = split.asks.min(self.left_of(*source));
                    split.asks -= given;
                    let completed = if split.asks == 0 { 1 } else { 0 };
                    self.give(*source, meter, completed, given);
                }
            }
            splits.retain(|split| split.asks > 0);

            let covered = rest.min(self.left_of(*source) / ratio);
            rest -= covered;
            self.give(*source, meter, covered, covered * ratio);

            let left = self.left_of(*source);
            if is_fractional && rest > 0 && left > 0 {
                // left < ratio here: else it would have covered one more.
                rest -= 1;
                splits.push(Split { ratio, asks: ratio - left });
                self.give(*source, meter, 0, left);
            }
        }
        Excess { whole: rest, splits }
    }

    /// Takes `given` from a source, with which `units` of a meter are covered.
    pub fn give(&mut self, source: Source, meter: usize, units: u64, given: u64) {
        if given == 0 {
            return;
        }
        match source {
            Source::Allowance(index) => {
                let allowance = &mut self.allowances[index];
                allowance.left -= given;
                let sum = self.given_today.entry((allowance.number, meter)).or_default();
                sum.units += units;
                sum.given += given;
                self.meters[meter].today.package += units;
            }
            Source::Grant(index) => {
                self.quotas[index].left -= given;
                self.meters[meter].today.free += units;
            }
        }
    }
}
