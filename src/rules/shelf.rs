//! The allowances of a service (RULES §3, §7): the trial, packages, and free units that several meters share.
//! Knows what they cover and when they end; what is billed beyond them is decided in `service`.

use super::event::{Ending, Event, Log};
use super::terms::Product;
use crate::book::{Cover, Validity};
use crate::units::{Calendar, Day, Money, NEVER, Seconds};

/// What an allowance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Trial,
    /// Free units of a quota, by its index.
    Free(usize),
    /// A package, by its number from 1.
    Package(u32),
}

/// Units that cover use before it is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    pub kind: Kind,
    pub left: u64,
    pub effect: Seconds,
    pub ends: Seconds,
}

/// What an allowance gave for a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Given {
    number: u32,
    meter: usize,
    units: u64,
    given: u64,
}

/// What became of the units of a meter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// Covered by the trial or packages.
    pub package: u64,
    /// Covered by shared free units.
    pub free: u64,
    /// Not covered; the split unit is one of them.
    pub excess: u64,
    /// What the split unit still asks for, and of how much.
    pub split: Option<(u64, u64)>,
}

/// The allowances of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    /// Those in effect, in the order in which they draw.
    items: Vec<Allowance>,
    /// Packages paid but not yet in effect, in the order of their numbers.
    paid: Vec<Allowance>,
    /// Packages bought so far.
    bought: u32,
    /// Whether a package has ever been in effect.
    pub ever_packaged: bool,
    /// Whether a package has ended.
    pub package_ended: bool,
    today: Vec<Given>,
    /// Of the slot that is being drawn, for those who ask for it.
    slot: Vec<Given>,
}

impl Allowance {
    fn number(&self) -> Option<u32> {
        match self.kind {
            Kind::Trial => Some(0),
            Kind::Package(number) => Some(number),
            Kind::Free(_) => None,
        }
    }

    /// What it gives for a unit of a meter; 0: it does not cover it.
    fn ratio(&self, meter: usize, product: &Product) -> u64 {
        match self.kind {
            Kind::Trial => product.ratio(false, meter),
            Kind::Package(_) => product.ratio(true, meter),
            Kind::Free(quota) => u64::from(product.book.free[quota].meters.contains(&meter)),
        }
    }
}

impl Shelf {
    /// Starts anew, keeping the buffers.
    pub fn clear(&mut self) {
        self.items.clear();
        self.paid.clear();
        self.today.clear();
        self.slot.clear();
        (self.bought, self.ever_packaged, self.package_ended) = (0, false, false);
    }

    /// Puts an allowance in effect.
    pub fn add(&mut self, allowance: Allowance) {
        if allowance.left == 0 {
            return;
        }
        let key = |a: &Allowance| (a.ends, a.kind);
        let at = self.items.partition_point(|item| key(item) <= key(&allowance));
        self.items.insert(at, allowance);
    }

    /// The number of the next package that is bought.
    pub fn next_number(&self) -> u32 {
        self.bought + 1
    }

    /// A package was paid.
    pub fn buy(&mut self, units: u64, effect: Seconds, ends: Seconds) {
        self.bought += 1;
        self.paid.push(Allowance { kind: Kind::Package(self.bought), left: units, effect, ends });
    }

    /// When the next paid package takes effect.
    pub fn next_effect(&self) -> Seconds {
        self.paid.iter().map(|package| package.effect).min().unwrap_or(NEVER)
    }

    /// When the next allowance but free units expires.
    pub fn next_expiry(&self) -> Seconds {
        let own = self.items.iter().filter(|item| item.number().is_some());
        own.map(|item| item.ends).min().unwrap_or(NEVER)
    }

    /// The next package whose effect is due at `at`; it is in effect from here on.
    pub fn take_effect(&mut self, at: Seconds) -> Option<Allowance> {
        let due = self.paid.iter().position(|package| package.effect <= at)?;
        let package = self.paid.remove(due);
        self.ever_packaged = true;
        self.add(package);
        Some(package)
    }

    /// Whether the trial or a package is in effect.
    pub fn is_in_effect(&self) -> bool {
        self.items.iter().any(|item| item.number().is_some())
    }

    /// Whether a package is in effect.
    pub fn has_package(&self) -> bool {
        self.items.iter().any(|item| matches!(item.kind, Kind::Package(_)))
    }

    /// Units left of the trial and of packages, in effect or paid.
    pub fn left(&self) -> u64 {
        let own = self.items.iter().filter(|item| item.number().is_some());
        own.chain(&self.paid).map(|item| item.left).fold(0, u64::saturating_add)
    }

    /// Units left of free units that meters share.
    pub fn free_left(&self, quota: usize) -> u64 {
        self.items.iter().filter(|item| item.kind == Kind::Free(quota)).map(|item| item.left).sum()
    }

    /// Whether the order of draws can matter while at most these units are `asked` for by meter: the first allowance that can give
    /// anything does not surely cover them, and something is left once it ended.
    pub fn is_close(&self, asked: &[(usize, u64)], switched_on: bool, product: &Product) -> bool {
        if !switched_on && !self.is_in_effect() {
            return true;
        }
        let fractional = is_fractional(product);
        let gives = |item: &Allowance, meter: usize| {
            let ratio = item.ratio(meter, product);
            ratio > 0 && (fractional || item.left >= ratio)
        };
        let Some(first) = self.items.iter().find(|item| asked.iter().any(|(meter, _)| gives(item, *meter))) else {
            // Nothing can be covered: billed where pay-as-you-go is on.
            return !switched_on && !asked.is_empty();
        };
        let mut need = 0_u64;
        for (meter, units) in asked {
            let ratio = first.ratio(*meter, product);
            if ratio == 0 && (!switched_on || self.items.iter().any(|item| gives(item, *meter))) {
                return true;
            }
            need = need.saturating_add(ratio.saturating_mul(*units));
        }
        need >= first.left
    }

    /// Covers units of a meter from the allowances in their order; those whose effect is `not_yet` stay out (RULES §7).
    pub fn draw(&mut self, meter: usize, units: u64, product: &Product, not_yet: Seconds) -> Drawn {
        let mut drawn = Drawn::default();
        let mut wanted = units;
        // What is still asked for of a unit that was begun, and of how much.
        let mut begun: Option<(u64, u64)> = None;
        let fractional = is_fractional(product);
        for item in &mut self.items {
            let ratio = item.ratio(meter, product);
            if ratio == 0 || item.left == 0 || item.effect >= not_yet {
                continue;
            }
            let before = item.left;
            let mut whole = 0;
            if let Some((rest, of)) = begun
                && of == ratio
            {
                let given = rest.min(item.left);
                item.left -= given;
                begun = (given < rest).then_some((rest - given, of));
                whole += u64::from(begun.is_none());
            }
            let covered = wanted.min(item.left / ratio);
            item.left -= covered * ratio;
            wanted -= covered;
            whole += covered;
            if fractional && begun.is_none() && wanted > 0 && item.left > 0 {
                begun = Some((ratio - item.left, ratio));
                item.left = 0;
                wanted -= 1;
            }
            let given = before - item.left;
            if given == 0 {
                continue;
            }
            match item.number() {
                Some(number) => {
                    drawn.package += whole;
                    for list in [&mut self.today, &mut self.slot] {
                        note(list, Given { number, meter, units: whole, given });
                    }
                }
                None => drawn.free += whole,
            }
        }
        drawn.excess = wanted + u64::from(begun.is_some());
        drawn.split = begun;
        drawn
    }

    /// What a package that just took effect gives for units of this day that nothing else covered.
    pub fn absorb(&mut self, number: u32, meter: usize, units: u64, product: &Product) -> u64 {
        let Some(item) = self.items.iter_mut().find(|item| item.kind == Kind::Package(number)) else { return 0 };
        let ratio = item.ratio(meter, product);
        if ratio == 0 {
            return 0;
        }
        let units = units.min(item.left / ratio);
        item.left -= units * ratio;
        if units > 0 {
            let given = Given { number, meter, units, given: units * ratio };
            for list in [&mut self.today, &mut self.slot] {
                note(list, given);
            }
        }
        units
    }

    /// Ends what is used up.
    pub fn end_used(&mut self, at: Seconds, product: usize, log: &mut impl Log) {
        self.end(at, product, Ending::UsedUp, |item| item.left == 0, log);
    }

    /// Ends what has expired, in the order of the numbers.
    pub fn expire(&mut self, at: Seconds, product: usize, log: &mut impl Log) {
        self.end(at, product, Ending::Expired, |item| item.ends <= at && item.number().is_some(), log);
    }

    /// Wipes the trial and the packages in effect, in the order of the numbers.
    pub fn wipe(&mut self, at: Seconds, product: usize, log: &mut impl Log) {
        self.end(at, product, Ending::Wiped, |item| item.number().is_some(), log);
    }

    fn end(
        &mut self,
        at: Seconds,
        product: usize,
        cause: Ending,
        over: impl Fn(&Allowance) -> bool,
        log: &mut impl Log,
    ) {
        if !self.items.iter().any(&over) {
            return;
        }
        let mut ended: Vec<Allowance> = self.items.extract_if(.., |item| over(item)).collect();
        if cause != Ending::UsedUp {
            ended.sort_by_key(|item| item.number());
        }
        for item in ended {
            let Some(number) = item.number() else { continue };
            self.package_ended |= number > 0;
            log.record(at, Event::AllowanceEnded { product, number, cause, left: item.left });
        }
    }

    /// Ends free units that meters share; returns what was left.
    pub fn end_free(&mut self, quota: usize) -> u64 {
        let left = self.free_left(quota);
        self.items.retain(|item| item.kind != Kind::Free(quota));
        left
    }

    /// Tells what each allowance gave today.
    pub fn close(&mut self, at: Seconds, day: Day, product: usize, log: &mut impl Log) {
        self.today.sort_by_key(|given| (given.number, given.meter));
        for given in self.today.drain(..) {
            let Given { number, meter, units, given } = given;
            log.record(at, Event::Covered { product, day, number, meter, units, given });
        }
    }

    /// Tells what each allowance gave since it was asked last.
    pub fn tell_slot(&mut self, at: Seconds, product: usize, log: &mut impl Log) {
        if log.wants_draws() {
            for Given { number, meter, units, given } in &self.slot {
                let (number, meter, units, given) = (*number, *meter, *units, *given);
                log.record(at, Event::Drawn { product, meter, number, units, given });
            }
        }
        self.slot.clear();
    }
}

/// Whether a rest smaller than the ratio covers a part of a unit.
fn is_fractional(product: &Product) -> bool {
    product.book.packages.as_ref().is_some_and(|packages| packages.cover == Cover::Fractional)
}

fn note(list: &mut Vec<Given>, new: Given) {
    match list.iter_mut().find(|given| given.number == new.number && given.meter == new.meter) {
        Some(given) => {
            given.units += new.units;
            given.given += new.given;
        }
        None => list.push(new),
    }
}

/// What a split unit costs: its rest's part of the price, half-up.
pub(super) fn rest_price(price: Money, split: (u64, u64)) -> Result<Money, crate::units::TooLarge> {
    price.part(split.0, split.1)
}

/// When an allowance that is counted from `from` ends.
pub(super) fn valid_until(valid: Validity, from: Seconds, calendar: &Calendar) -> Seconds {
    match valid {
        Validity::SameMonthNextYear => calendar.end_of_month_next_year(from),
        Validity::For(seconds) => from.saturating_add(seconds),
    }
}
