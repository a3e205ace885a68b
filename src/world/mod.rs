//! A plan with a seed and a replication: where every random fact of the world has its address.
//! Knows no account's state; the addresses are (seed, replication, segment, index, purpose; day, draw).

mod card;
mod noise;

pub use card::Card;
pub use noise::OwnNoise;

use crate::book::BalanceOf;
use crate::plan::{Arrivals, Beginning, Buyer, Demand, Noise, OwnLedger, Plan, Size, Switcher, Use};
use crate::random::{
    Family, Purpose, Stream, Weighted, below, id_hash, normal_quantile, standard_normal, unit, unit_open,
};
use crate::units::{DAY, Day, Money, NEVER, Seconds, Share, midnight};

/// Everything that is random about a run.
#[derive(Clone, Debug)]
pub struct World<'p> {
    /// What is simulated.
    pub plan: &'p Plan,
    /// Draws blocks of usage files.
    blocks: Family,
    segments: Vec<SegmentWorld>,
}

/// The addresses of a segment.
#[derive(Clone, Debug)]
struct SegmentWorld {
    uses: Vec<UseWorld>,
    arrival: Family,
    /// Draws an account of a usage file.
    recorded: Family,
    payer: Family,
    non_payer: Family,
    soft_failure: Family,
    card_down: Family,
    churn: Family,
}

/// The addresses of a product's use by a segment.
#[derive(Clone, Debug)]
struct UseWorld {
    size: Family,
    counts: Family,
    mix: Family,
    noise: Family,
    integrates: Family,
    integration: Family,
    bill_second: Family,
    price: Family,
    session: Family,
    do_not_suspend: Family,
    buys: Family,
    buyer: Family,
    switches: Family,
    switcher: Family,
    /// What draws the delays of its payer, where it has a balance of its own.
    payer: Family,
    /// Of each kind of random burst, in the order of the plan.
    bursts: Vec<Family>,
    /// First second and length of the window in which bills are issued.
    bill_window: (Seconds, u64),
    /// Cumulative choice among a table of sizes.
    table: Option<Weighted>,
    /// Index of every day with the world's shock, so that the day loop looks nothing up.
    index: Vec<f64>,
}

impl<'p> World<'p> {
    /// The world of a replication.
    pub fn new(plan: &'p Plan, replication: u32) -> World<'p> {
        let shocks = shocks(plan, replication);
        let segments = plan.segments.iter().map(|segment| {
            let id = id_hash(&segment.id);
            let family = |purpose: &str| Family::new(plan.seed, replication, id, Purpose::new(purpose));
            let uses = segment.uses.iter().map(|used| {
                let book = &plan.books[used.product];
                let product = &book.id;
                UseWorld {
                    size: family(&format!("{product}/size")),
                    counts: family(&format!("{product}/counts")),
                    mix: family(&format!("{product}/mix")),
                    noise: family(&format!("{product}/noise")),
                    integration: family(&format!("{product}/integration")),
                    integrates: family(&format!("{product}/integrates")),
                    bill_second: family(&format!("{product}/bill-second")),
                    price: family(&format!("{product}/price")),
                    session: family(&format!("{product}/session")),
                    do_not_suspend: family(&format!("{product}/do-not-suspend")),
                    buys: family(&format!("{product}/buys")),
                    buyer: family(&format!("{product}/buyer")),
                    switches: family(&format!("{product}/switches")),
                    switcher: family(&format!("{product}/switcher")),
                    payer: family(&format!("{product}/payer-delay")),
                    bursts: of_bursts(used, |kind| family(&format!("{product}/burst/{kind}"))),
                    bill_window: (book.bill_at.0, (book.bill_at.1 - book.bill_at.0).unsigned_abs()),
                    table: table(used),
                    index: index(used, &shocks),
                }
            });
            SegmentWorld {
                arrival: family("arrival"),
                recorded: family("recorded"),
                uses: uses.collect(),
                payer: family("payer/delay"),
                non_payer: family("payer/never"),
                soft_failure: family("payer/soft-failure"),
                card_down: family("payer/card-down"),
                churn: family("churn"),
            }
        });
        let blocks = Family::new(plan.seed, replication, id_hash("recorded"), Purpose::new("blocks"));
        World { plan, blocks, segments: segments.collect() }
    }

    /// Mean daily count of an account.
    pub fn size(&self, segment: usize, used: usize, index: u64, size: &Size) -> f64 {
        let facts = &self.segments[segment].uses[used];
        let draw = facts.size.stream(index).u64(0, 0);
        match size {
            Size::Constant(units) => *units,
            Size::Lognormal { mu, sigma, cap, tail } => {
                let u = unit_open(draw);
                Size::lognormal_at(*mu, *sigma, *cap, *tail, normal_quantile(u), 1.0 - u)
            }
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

    /// What mixes the daily counts of an account, beyond Poisson.
    pub fn mix(&self, segment: usize, used: usize, index: u64) -> Stream {
        self.segments[segment].uses[used].mix.stream(index)
    }

    /// The day an account comes; days of the horizon or later.
    pub fn arrival(&self, segment: usize, index: u64) -> Day {
        let Arrivals::Poisson { over, growth } = self.plan.segments[segment].arrivals else { return 0 };
        let u = unit(self.segments[segment].arrival.stream(index).u64(0, 0));
        let rate = libm::log1p(growth) / YEAR;
        // The rate grows as e^(rate t): its integral, turned round.
        let day = if rate == 0.0 { u * over } else { libm::log1p(u * libm::expm1(rate * over)) / rate };
        // In range: at most `over`, which is a length that was accepted.
        day as Day
    }

    /// When each service of an account begins.
    pub fn beginnings(&self, segment: usize, index: u64, beginnings: &mut Vec<Beginning>) {
        let arrival = midnight(self.arrival(segment, index));
        beginnings.clear();
        for (used, of) in self.plan.segments[segment].uses.iter().enumerate() {
            let integration = if !self.integrates(segment, used, index) {
                NEVER
            } else if of.integration_sigma == 0.0 {
                arrival.saturating_add(of.integration)
            } else {
                let stream = self.segments[segment].uses[used].integration.stream(index);
                let factor = libm::exp(of.integration_sigma * standard_normal(stream.u64(0, 0)));
                let delay = libm::round(of.integration as f64 * factor);
                arrival.saturating_add(delay.min(1e15) as Seconds)
            };
            let do_not_suspend = hit(of.do_not_suspend, &self.segments[segment].uses[used].do_not_suspend, index);
            let own = self.own_ledger(segment, index);
            let activation = own.and_then(|own| own.activations[used]);
            let do_not_suspend = do_not_suspend || own.is_some_and(|own| own.switched_on[used]);
            beginnings.push(Beginning {
                activation: activation.unwrap_or_else(|| arrival.saturating_add(of.activation)),
                integration,
                do_not_suspend,
                quota: own.and_then(|own| own.quotas[used]),
            });
        }
    }

    /// Which account of its usage file an account is: accounts beyond those of the file are drawn from it.
    pub fn recorded(&self, segment: usize, index: u64) -> Option<usize> {
        let recorded = self.plan.segments[segment].uses.iter().find_map(|used| match &used.demand {
            Demand::Recorded(recorded) => Some(recorded),
            _ => None,
        })?;
        let accounts = recorded.accounts() as u64;
        let place = if index < accounts {
            index
        } else {
            below(self.segments[segment].recorded.stream(index).u64(0, 0), accounts)
        };
        usize::try_from(place).ok()
    }

    /// What moved in an account alone, where a file tells it.
    pub fn own_ledger(&self, segment: usize, index: u64) -> Option<&'p OwnLedger> {
        let own = &self.plan.segments[segment].own_ledgers;
        if own.is_empty() { None } else { self.recorded(segment, index).map(|account| &own[account]) }
    }

    /// Which block of a usage file is played in place of the n-th of the horizon: the same for all accounts.
    pub fn block(&self, nth: usize) -> u64 {
        self.blocks.stream(0).u64(u32::try_from(nth).unwrap_or(u32::MAX), 0)
    }

    /// What each balance of an account opens with.
    pub fn opening_balances(&self, segment: usize, index: u64, balances: &mut Vec<Money>) {
        let customers = &self.plan.segments[segment];
        balances.clear();
        match self.plan.policy.balance {
            BalanceOf::Product => balances.extend(customers.uses.iter().map(|used| used.opening_balance)),
            BalanceOf::Account => balances.push(customers.opening_balance),
        }
        if let Some(own) = self.own_ledger(segment, index) {
            for (balance, own) in balances.iter_mut().zip(&own.opening_balances) {
                *balance = own.unwrap_or(*balance);
            }
        }
    }

    /// Whether an account ever finishes its integration.
    pub fn integrates(&self, segment: usize, used: usize, index: u64) -> bool {
        let never = self.plan.segments[segment].uses[used].never_integrated;
        !hit(never, &self.segments[segment].uses[used].integrates, index)
    }

    /// An account's own noise.
    pub fn noise(&self, segment: usize, used: usize, index: u64, parts: Noise) -> OwnNoise {
        OwnNoise::new(self.segments[segment].uses[used].noise.stream(index), parts)
    }

    /// Whether an account ever pays.
    pub fn pays(&self, segment: usize, index: u64) -> bool {
        !hit(self.plan.segments[segment].non_payers, &self.segments[segment].non_payer, index)
    }

    /// The instant of the bill for a usage day: a whole second of the book's window on the next day.
    #[inline]
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

    /// Whether every bill of a use comes after midnight and before the next one.
    #[inline]
    pub fn bills_inside_next_day(&self, segment: usize, used: usize) -> bool {
        let (from, seconds) = self.segments[segment].uses[used].bill_window;
        from > 0 && from + seconds.max(1).cast_signed() <= DAY
    }

    /// A payer's delays, by episode: of the account's balance, or of that of a use.
    pub fn payer(&self, segment: usize, used: Option<usize>, index: u64) -> Stream {
        let facts = &self.segments[segment];
        used.map_or(&facts.payer, |used| &facts.uses[used].payer).stream(index)
    }

    /// How long the sessions of an account are, day by day.
    pub fn sessions(&self, segment: usize, used: usize, index: u64) -> Stream {
        self.segments[segment].uses[used].session.stream(index)
    }

    /// Who buys packages of a use, if the account does, and the delays of its payments by ordinal.
    pub fn buyer(&self, segment: usize, used: usize, index: u64) -> Option<(&'p Buyer, Stream)> {
        let facts = &self.segments[segment].uses[used];
        let buyer = self.plan.segments[segment].uses[used].buyer.as_ref()?;
        hit(buyer.share, &facts.buys, index).then(|| (buyer, facts.buyer.stream(index)))
    }

    /// Who switches pay-as-you-go on, if the account does, and the delays by ordinal.
    pub fn switcher(&self, segment: usize, used: usize, index: u64) -> Option<(&'p Switcher, Stream)> {
        let facts = &self.segments[segment].uses[used];
        let switcher = self.plan.segments[segment].uses[used].switcher.as_ref()?;
        hit(switcher.share, &facts.switches, index).then(|| (switcher, facts.switcher.stream(index)))
    }

    /// When an account's payments fail.
    pub fn card(&self, segment: usize, index: u64) -> Card<'p> {
        let facts = &self.segments[segment];
        let payments = &self.plan.segments[segment].payments;
        Card::new(payments, facts.soft_failure.stream(index), facts.card_down.stream(index))
    }

    /// The accumulated hazard at which an account leaves: exponential with mean 1.
    pub fn churn_threshold(&self, segment: usize, index: u64) -> f64 {
        -libm::log(unit_open(self.segments[segment].churn.stream(index).u64(0, 0)))
    }

    /// What decides the fraction of a unit that a price leaves of a day: 32 random bits.
    pub fn price_fraction(&self, segment: usize, used: usize, index: u64, day: Day) -> u32 {
        let stream = self.segments[segment].uses[used].price.stream(index);
        (stream.u64(u32::try_from(day).unwrap_or(u32::MAX), 0) >> 32) as u32
    }

    /// An account's bursts of the nth random kind of the plan, by ordinal.
    pub fn bursts(&self, segment: usize, used: usize, index: u64, nth: usize) -> Stream {
        self.segments[segment].uses[used].bursts[nth].stream(index)
    }
}

fn of_bursts(used: &Use, family: impl Fn(&str) -> Family) -> Vec<Family> {
    used.bursts.random.iter().map(|(kind, _)| family(kind)).collect()
}

/// Whether an account is among a share of its segment.
fn hit(share: Share, family: &Family, index: u64) -> bool {
    share != Share::NONE && unit(family.stream(index).u64(0, 0)) < share.approx()
}

/// Days of a year, for growth.
const YEAR: f64 = 365.25;

/// The factor of every day that all accounts share, mean 1.
fn shocks(plan: &Plan, replication: u32) -> Vec<f64> {
    let stream = Family::new(plan.seed, replication, 0, Purpose::new("world/shock")).stream(0);
    let sd = plan.world_shock;
    let days = 0..u32::try_from(plan.calendar.days()).unwrap_or(u32::MAX);
    days.map(|day| libm::exp(sd * standard_normal(stream.u64(day, 0)) - sd * sd / 2.0)).collect()
}

fn table(used: &Use) -> Option<Weighted> {
    let Demand::Random(demand) = &used.demand else { return None };
    let Size::Table(sizes) = &demand.size else { return None };
    let weights = sizes.iter().scan(0, |before, (_, cumulative)| {
        let weight = cumulative - *before;
        *before = *cumulative;
        Some(weight)
    });
    Weighted::new(weights)
}

fn index(used: &Use, shocks: &[f64]) -> Vec<f64> {
    let Demand::Random(demand) = &used.demand else { return vec![] };
    demand.index.iter().zip(shocks).map(|(index, shock)| index * shock).collect()
}
