//! A plan with a seed and a replication: where every random fact of the world has its address.
//! Knows no account's state; the addresses are (seed, replication, segment, index, purpose; day, draw).

use crate::plan::{Plan, Size, Use};
use crate::random::{Family, Purpose, Stream, Weighted, below, id_hash, normal_quantile, unit, unit_open};
use crate::units::{Day, Seconds, Share, midnight};

/// Everything that is random about a run.
#[derive(Clone, Debug)]
pub struct World<'p> {
    /// What is simulated.
    pub plan: &'p Plan,
    segments: Vec<SegmentWorld>,
}

/// The addresses of a segment.
#[derive(Clone, Debug)]
struct SegmentWorld {
    uses: Vec<UseWorld>,
    payer: Family,
    non_payer: Family,
}

/// The addresses of a product's use by a segment.
#[derive(Clone, Debug)]
struct UseWorld {
    size: Family,
    counts: Family,
    integrates: Family,
    bill_second: Family,
    /// First second and length of the window in which bills are issued.
    bill_window: (Seconds, u64),
    /// Cumulative choice among a table of sizes.
    table: Option<Weighted>,
    /// Weekday index of every day, so that the day loop looks nothing up.
    index: Vec<f64>,
}

impl<'p> World<'p> {
    /// The world of a replication.
    pub fn new(plan: &'p Plan, replication: u32) -> World<'p> {
        let segments = plan.segments.iter().map(|segment| {
            let id = id_hash(&segment.id);
            let family = |purpose: &str| Family::new(plan.seed, replication, id, Purpose::new(purpose));
            let uses = segment.uses.iter().map(|used| {
                let book = &plan.books[used.product];
                let product = &book.id;
                UseWorld {
                    size: family(&format!("{product}/size")),
                    counts: family(&format!("{product}/counts")),
                    integrates: family(&format!("{product}/integrates")),
                    bill_second: family(&format!("{product}/bill-second")),
                    bill_window: (book.bill_at.0, (book.bill_at.1 - book.bill_at.0).unsigned_abs()),
                    table: table(used),
                    index: weekdays(plan, used),
                }
            });
            SegmentWorld { uses: uses.collect(), payer: family("payer/delay"), non_payer: family("payer/never") }
        });
        World { plan, segments: segments.collect() }
    }

    /// Mean daily count of an account.
    pub fn size(&self, segment: usize, used: usize, index: u64, size: &Size) -> f64 {
        let facts = &self.segments[segment].uses[used];
        let draw = facts.size.stream(index).u64(0, 0);
        match size {
            Size::Constant(units) => *units,
            Size::Lognormal { mu, sigma, cap } => libm::exp(mu + sigma * normal_quantile(unit_open(draw))).min(*cap),
            Size::Table(sizes) => facts.table.as_ref().map_or(0.0, |table| sizes[table.pick(draw)].0),
        }
    }

    /// Daily counts of an account.
    pub fn counts(&self, segment: usize, used: usize, index: u64) -> Stream {
        self.segments[segment].uses[used].counts.stream(index)
    }

    /// Demand index of every day.
    pub fn index(&self, segment: usize, used: usize) -> &[f64] {
        &self.segments[segment].uses[used].index
    }

    /// Whether an account ever finishes its integration.
    pub fn integrates(&self, segment: usize, used: usize, index: u64) -> bool {
        let never = self.plan.segments[segment].uses[used].never_integrated;
        !hit(never, &self.segments[segment].uses[used].integrates, index)
    }

    /// Whether an account ever pays.
    pub fn pays(&self, segment: usize, index: u64) -> bool {
        !hit(self.plan.segments[segment].non_payers, &self.segments[segment].non_payer, index)
    }

    /// The instant of the bill for a usage day: a whole second of the book's window on the next day.
    pub fn bill_at(&self, segment: usize, used: usize, index: u64, day: Day) -> Seconds {
        let facts = &self.segments[segment].uses[used];
        let (from, seconds) = facts.bill_window;
        let second = if seconds <= 1 {
            0
        } else {
            let stream = facts.bill_second.stream(index);
            below(stream.u64(u32::try_from(day).unwrap_or(u32::MAX), 0), seconds)
        };
        midnight(day + 1) + from + i64::try_from(second).expect("a second of a day")
    }

    /// A payer's delays, by episode.
    pub fn payer(&self, segment: usize, index: u64) -> Stream {
        self.segments[segment].payer.stream(index)
    }
}

/// Whether an account is among a share of its segment.
fn hit(share: Share, family: &Family, index: u64) -> bool {
    share != Share::NONE && unit(family.stream(index).u64(0, 0)) < share.approx()
}

fn table(used: &Use) -> Option<Weighted> {
    let crate::plan::Demand::Random { size: Size::Table(sizes), .. } = &used.demand else { return None };
    let weights = sizes.iter().scan(0, |before, (_, cumulative)| {
        let weight = cumulative - *before;
        *before = *cumulative;
        Some(weight)
    });
    Weighted::new(weights)
}

fn weekdays(plan: &Plan, used: &Use) -> Vec<f64> {
    let crate::plan::Demand::Random { weekday, .. } = &used.demand else { return vec![] };
    (0..plan.calendar.days()).map(|day| weekday[plan.calendar.weekday(day)]).collect()
}
