//! Demand and ledgers as files recorded them, on the days of a horizon.

use std::sync::Arc;

use super::{Decision, Movement, Use};
use crate::book::{BalanceOf, Book, Policy};
use crate::scenario::LedgerKind;
use crate::units::profile::SLOT;
use crate::units::{Calendar, DAY, Day, Money, NEVER, Seconds};
use crate::usage::{Cell, Ledger, MovementKind, Usage};

/// Days of a week.
const WEEK: i64 = 7;

/// What accounts of a usage file used of one product.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    usage: Arc<Usage>,
    /// For each meter of the file that of the book; `None`: of another product.
    meters: Vec<Option<usize>>,
    calendar: Calendar,
    /// Days from the start to the date that is played on the first day.
    shift: i64,
    blocks: Option<Blocks>,
}

/// From which days of the file blocks of the horizon can be taken.
#[derive(Clone, Debug, PartialEq)]
struct Blocks {
    days: Day,
    /// Their first days, counted like those of the horizon.
    starts: Vec<i64>,
}

/// What a cell brings to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The day of the horizon.
    pub day: Day,
    /// Index of the meter.
    pub meter: usize,
    /// The seconds over which the units come; `None`: over the day, as its profile says.
    pub span: Option<(Seconds, Seconds)>,
    /// Raw units.
    pub units: u64,
}

impl Recorded {
    /// The rows of a product with this book; `from` is the date that is played on the first day, `weeks` the length of blocks.
    pub fn new(
        usage: &Arc<Usage>,
        book: &Book,
        calendar: &Calendar,
        from: Option<jiff::civil::Date>,
        weeks: Option<u64>,
    ) -> Recorded {
        let of = |named: &crate::usage::Named| {
            let ours = named.product.as_ref().is_none_or(|product| *product == book.id);
            book.meters.iter().position(|meter| ours && meter.id == named.meter)
        };
        let shift = from.map_or(0, |from| calendar.days_to(from));
        let mut recorded = Recorded {
            usage: usage.clone(),
            meters: usage.meters.iter().map(|(named, _)| of(named)).collect(),
            calendar: *calendar,
            shift,
            blocks: None,
        };
        recorded.blocks = weeks.zip(usage.dates()).map(|(weeks, (first, last))| {
            let days = weeks.cast_signed() * WEEK;
            let (first, end) = (recorded.day(first), recorded.day(last) + 1);
            // The first day of the file with the weekday of the first day of the horizon.
            let aligned = first + (-first).rem_euclid(WEEK);
            let starts: Vec<i64> = (0..).map(|n| aligned + n * WEEK).take_while(|start| start + days <= end).collect();
            // A file shorter than a block is one.
            let starts = if starts.is_empty() { vec![aligned] } else { starts };
            Blocks { days: usize::try_from(days).unwrap_or(1), starts }
        });
        recorded
    }

    /// The accounts of the file.
    pub fn accounts(&self) -> usize {
        self.usage.accounts.len()
    }

    /// The file.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Days from the start of the horizon to the date that is played on its first day.
    pub fn shift(&self) -> i64 {
        self.shift
    }

    /// The day of the horizon on which a date of the file is played.
    fn day(&self, date: jiff::civil::Date) -> i64 {
        self.calendar.days_to(date) - self.shift
    }

    /// Mean units a day of all accounts, of a meter or of all of them.
    pub fn level(&self, account: usize) -> f64 {
        let mut units = 0.0;
        self.bring(account, |_| 0, |brought| units += brought.units as f64);
        units / self.calendar.days() as f64
    }

    /// What an account used, day by day; `block` draws the block that is played in place of the n-th of the horizon.
    pub fn bring(&self, account: usize, block: impl Fn(usize) -> u64, mut to: impl FnMut(Brought)) {
        let cells = self.usage.of(account);
        let days = self.calendar.days();
        let Some(blocks) = &self.blocks else {
            for cell in cells {
                if let Some(day) = usize::try_from(self.day(cell.date)).ok().filter(|day| *day < days) {
                    self.cell(day, cell, &mut to);
                }
            }
            return;
        };
        for first in (0..days).step_by(blocks.days) {
            let drawn = block(first / blocks.days) % blocks.starts.len() as u64;
            let start = blocks.starts[usize::try_from(drawn).unwrap_or(0)];
            let length = i64::try_from(blocks.days.min(days - first)).unwrap_or(0);
            let begun = cells.partition_point(|cell| self.day(cell.date) < start);
            for cell in cells[begun..].iter().take_while(|cell| self.day(cell.date) < start + length) {
                let offset = usize::try_from(self.day(cell.date) - start).unwrap_or(0);
                self.cell(first + offset, cell, &mut to);
            }
        }
    }

    fn cell(&self, day: Day, cell: &Cell, to: &mut impl FnMut(Brought)) {
        let Some(meter) = self.meters[cell.meter()] else { return };
        // To the end of the five minutes.
        let span = cell.second().map(|second| (second, (second - second % SLOT + SLOT).min(DAY)));
        to(Brought { day, meter, span, units: cell.units });
    }
}

/// What moved in one account of a file.
#[derive(Clone, Debug, Default)]
pub struct OwnLedger {
    /// Movements of money, in order of time.
    pub movements: Vec<Movement>,
    /// Purchases and switches, in order of time.
    pub decisions: Vec<Decision>,
    /// What each balance opens with, where the ledger says so.
    pub opening_balances: Vec<Option<Money>>,
    /// When each use is activated, where the ledger says so.
    pub activations: Vec<Option<Seconds>>,
    /// Whether pay-as-you-go is on from the activation on.
    pub switched_on: Vec<bool>,
    /// What is left of each use's quotas that are granted once, where the ledger says so.
    pub quotas: Vec<Option<u64>>,
}

/// The ledgers of all accounts of a file, in their order, on the days on which its usage is played.
pub fn own_ledgers(
    ledger: &Ledger,
    recorded: &Recorded,
    uses: &[Use],
    books: &[Book],
    policy: &Policy,
    calendar: &Calendar,
) -> Vec<OwnLedger> {
    let of_account = |name: &String| {
        let mut own = OwnLedger {
            opening_balances: vec![None; uses.len().max(1)],
            activations: vec![None; uses.len()],
            switched_on: vec![false; uses.len()],
            quotas: vec![None; uses.len()],
            ..OwnLedger::default()
        };
        for movement in ledger.of.get(name).map_or(&[][..], Vec::as_slice) {
            let is = |used: &Use| movement.product.as_ref().is_some_and(|product| books[used.product].id == *product);
            let used = uses.iter().position(is).unwrap_or(0);
            let balance = if policy.balance == BalanceOf::Product { used } else { 0 };
            let at = calendar.second(movement.at()) - recorded.shift() * DAY;
            let money = |kind: LedgerKind, number: u32| Movement {
                at,
                balance,
                kind,
                amount: movement.money,
                from: at,
                expires: NEVER,
                number,
            };
            match movement.kind {
                // Who was there before the first day is there at its first second.
                MovementKind::Activation => own.activations[used] = Some(at.max(0)),
                MovementKind::OpeningBalance => own.opening_balances[balance] = Some(movement.money),
                MovementKind::OpeningQuota => own.quotas[used] = Some(movement.units),
                MovementKind::Purchase => own.decisions.push(Decision { at, used, buys: Some(movement.units) }),
                MovementKind::Switch => own.decisions.push(Decision { at, used, buys: None }),
                MovementKind::TopUp => own.movements.push(money(LedgerKind::TopUp, 0)),
                MovementKind::CreditLine => own.movements.push(money(LedgerKind::CreditLine, 0)),
                MovementKind::Voucher => {
                    let before = own.movements.iter().filter(|movement| movement.number > 0).count();
                    let number = u32::try_from(before + 1).unwrap_or(u32::MAX);
                    own.movements.push(money(LedgerKind::Voucher, number));
                }
            }
        }
        // Chosen with the activation it is no switch by hand, which would come before there is anything to switch.
        let OwnLedger { decisions, switched_on, activations, .. } = &mut own;
        decisions.retain(|decision| {
            let early = decision.buys.is_none() && decision.at <= activations[decision.used].unwrap_or(0);
            switched_on[decision.used] |= early;
            !early
        });
        own
    };
    recorded.usage().accounts.iter().map(of_account).collect()
}
