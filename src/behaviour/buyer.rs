//! Who buys packages and who switches pay-as-you-go on: decisions at the close of days and after suspensions.

use crate::book::Packages;
use crate::plan::{Buyer, Switcher};
use crate::random::{Stream, normal_quantile, unit_open};
use crate::rules::{Product, Service};
use crate::units::{Money, NEVER, Seconds};

/// Days over which the recent use is looked at.
const RECENT: usize = 30;

/// A customer of a product with packages or a switch.
#[derive(Clone, Debug)]
pub struct BuyerState<'p> {
    buyer: Option<(&'p Buyer, Stream)>,
    switcher: Option<(&'p Switcher, Stream)>,
    /// When it buys, and how many units.
    buys_at: (Seconds, u64),
    switches_at: Seconds,
    /// How many delays were drawn: decisions are addressed by their ordinal.
    ordinals: (u32, u32),
    /// Allowance units that the last days asked for, in turn.
    recent: [u64; RECENT],
    days: usize,
    /// Units of the last grant or package.
    last: u64,
}

impl<'p> BuyerState<'p> {
    /// A customer before the first day.
    pub fn new(buyer: Option<(&'p Buyer, Stream)>, switcher: Option<(&'p Switcher, Stream)>) -> BuyerState<'p> {
        BuyerState {
            buyer,
            switcher,
            buys_at: (NEVER, 0),
            switches_at: NEVER,
            ordinals: (0, 0),
            recent: [0; RECENT],
            days: 0,
            last: 0,
        }
    }

    /// When it decides next.
    #[inline]
    pub fn next(&self) -> Seconds {
        self.buys_at.0.min(self.switches_at)
    }

    /// Whether it buys at all.
    pub fn buys_packages(&self) -> bool {
        self.buyer.is_some()
    }

    /// The customer has left: nothing is decided any more.
    pub fn leave(&mut self) {
        (self.buyer, self.switcher, self.buys_at.0, self.switches_at) = (None, None, NEVER, NEVER);
    }

    /// The package that is bought now, and whether what is missing is topped up.
    pub fn buys(&mut self, at: Seconds) -> Option<(u64, bool)> {
        let (buyer, _) = self.buyer?;
        if self.buys_at.0 > at {
            return None;
        }
        let (_, units) = std::mem::replace(&mut self.buys_at, (NEVER, 0));
        self.last = units;
        Some((units, buyer.pays))
    }

    /// Whether pay-as-you-go is switched on now.
    pub fn switches(&mut self, at: Seconds) -> bool {
        let now = self.switches_at <= at;
        if now {
            self.switches_at = NEVER;
        }
        now
    }

    /// Looks at a day that was just closed: `asked` are the allowance units it would have taken.
    pub fn close_day(&mut self, at: Seconds, asked: u64, service: &Service, product: &Product) {
        let Some(packages) = product.book.packages.as_ref() else { return };
        let Some((buyer, stream)) = self.buyer.as_ref().filter(|_| service.is_activated()) else { return };
        self.recent[self.days % RECENT] = asked;
        self.days += 1;
        if self.last == 0 {
            self.last = product.book.trial.as_ref().map_or(0, |trial| trial.units);
        }
        if self.buys_at.0 != NEVER || service.allowance_left() > buyer.reorder_at.of(self.last) {
            return;
        }
        let seen = self.days.min(RECENT);
        let a_day = self.recent.iter().sum::<u64>() as f64 / seen as f64;
        // In range: clamped.
        let need = (a_day * buyer.covers).ceil().clamp(1.0, 1e15) as u64;
        if let Some(units) = cheapest(packages, need) {
            self.buys_at = (at.saturating_add(delay(stream, self.ordinals.0, buyer.delay)), units);
            self.ordinals.0 += 1;
        }
    }

    /// Takes notice of a service that stopped because its allowances ended.
    pub fn observe(&mut self, at: Seconds, service: &Service) {
        let Some((switcher, stream)) = &self.switcher else { return };
        if !service.is_ended() {
            self.switches_at = NEVER;
        } else if self.switches_at == NEVER {
            self.switches_at = at.saturating_add(delay(stream, self.ordinals.1, switcher.delay));
            self.ordinals.1 += 1;
        }
    }
}

/// The package that covers `need` units for the least money; of several the largest.
fn cheapest(packages: &Packages, need: u64) -> Option<u64> {
    let thousands = need.div_ceil(1_000).saturating_mul(1_000);
    let listed = packages.sizes.iter().map(|(units, _)| *units).filter(|units| *units >= need);
    let sizes = listed.chain((!packages.bands.is_empty()).then_some(thousands));
    let priced = sizes.filter_map(|units| Some((packages.price(units).ok()??, std::cmp::Reverse(units))));
    let best: Option<(Money, _)> = priced.min();
    // More than the largest size there is: the largest.
    best.map(|(_, units)| units.0).or_else(|| packages.sizes.iter().map(|(units, _)| *units).max())
}

fn delay(stream: &Stream, ordinal: u32, (median, sigma): (f64, f64)) -> Seconds {
    let z = normal_quantile(unit_open(stream.u64(ordinal, 0)));
    // In range: clamped.
    libm::round(median * libm::exp(sigma * z)).clamp(1.0, 1e15) as Seconds
}
