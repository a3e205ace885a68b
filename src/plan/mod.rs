//! A scenario compiled for running: integers, dense indices, no texts to look up. Knows no randomness and no state.

mod compile;
mod demand;
mod recorded;
mod response;
mod season;
mod size;

pub use compile::compile;
pub use demand::{Bursts, DatedBurst, Demand, Noise, Part, RandomBurst, RandomDemand, Session};
pub use recorded::{Brought, OwnLedger, Recorded};
pub use response::{BillShock, Buyer, CardDown, Churn, Payer, Payments, Retry, Switcher};
pub use size::Size;

use crate::book::{Book, PartnerGrace, Policy};
use crate::scenario::{LedgerKind, SuspendedTraffic};
use crate::units::{Calendar, Money, Profile, Seconds, Share};

/// Everything a run depends on but the seed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the scenario.
    pub name: String,
    /// Seed of the run; not part of the hash.
    pub seed: u64,
    /// Dates of the horizon.
    pub calendar: Calendar,
    /// Log standard deviation of the daily factor that all accounts share.
    pub world_shock: f64,
    /// Price books in the order of their product ids; a product is its index here.
    pub books: Vec<Book>,
    /// For each of them the book at whose prices demand is as written, where there is one.
    pub references: Vec<Option<Book>>,
    /// How many times the world is drawn anew; not part of the hash.
    pub replications: u32,
    /// The account policy.
    pub policy: Policy,
    /// Intraday profiles that are used.
    pub profiles: Vec<Profile>,
    /// Segments as written; a segment is its index here.
    pub segments: Vec<Segment>,
    /// Hash of the canonical resolved text, 16 hexadecimal digits.
    pub hash: String,
    /// The fully resolved scenario.
    pub resolved: String,
    /// The same with the paths of usage files as the author wrote them, from the scenario's folder.
    pub portable: String,
}

/// Customers of one kind.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its id.
    pub id: String,
    /// How many accounts.
    pub accounts: u64,
    /// Number of accounts in the segments before it.
    pub before: u64,
    /// What replaces every product's grace.
    pub partner: Option<PartnerGrace>,
    /// Balance at the first instant.
    pub opening_balance: Money,
    /// Credit line at the first instant.
    pub credit_line: Money,
    /// When its accounts come.
    pub arrivals: Arrivals,
    /// Who pays when.
    pub payer: Payer,
    /// Share of accounts that never pay.
    pub non_payers: Share,
    /// How its payments fail.
    pub payments: Payments,
    /// What its users do while a service is suspended.
    pub suspended_traffic: SuspendedTraffic,
    /// What makes its accounts leave; `None` if nothing does.
    pub churn: Option<Churn>,
    /// Money movements at given instants, in order of time.
    pub ledger: Vec<Movement>,
    /// Purchases and switches at given instants, in order of time.
    pub decisions: Vec<Decision>,
    /// Of each recorded account what moved in it alone, by its place in the usage file.
    pub own_ledgers: Vec<OwnLedger>,
    /// Products used, in the order of their indices.
    pub uses: Vec<Use>,
}

/// A money movement at a given instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: Seconds,
    /// Which balance: the index of a use where each has its own, else 0.
    pub balance: usize,
    /// What.
    pub kind: LedgerKind,
    /// How much.
    pub amount: Money,
    /// First instant a voucher is usable.
    pub from: Seconds,
    /// First instant a voucher is no longer usable.
    pub expires: Seconds,
    /// Number of the voucher within the ledger, from 1; 0 for what is none.
    pub number: u32,
}

/// What a customer decides at a given instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Seconds,
    /// Index of the use.
    pub used: usize,
    /// Units of the package that is bought; `None`: pay-as-you-go is switched on.
    pub buys: Option<u64>,
}

/// How one service of an account begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Instant of the activation.
    pub activation: Seconds,
    /// Instant of the integration; [`NEVER`](crate::units::NEVER) if it never comes.
    pub integration: Seconds,
    /// Whether "do not suspend" is chosen at the opening.
    pub do_not_suspend: bool,
    /// What is left of quotas that are granted once; `None`: all of them.
    pub quota: Option<u64>,
}

/// The use of a product by a segment.
#[derive(Clone, Debug)]
pub struct Use {
    /// Index of the product.
    pub product: usize,
    /// From the arrival to the activation.
    pub activation: Seconds,
    /// From the arrival to the integration, median.
    pub integration: Seconds,
    /// Log standard deviation of that time.
    pub integration_sigma: f64,
    /// Share of accounts that never integrate.
    pub never_integrated: Share,
    /// Index of the intraday profile.
    pub profile: usize,
    /// What it asks for.
    pub demand: Demand,
    /// What that demand is called, of the book's services; no rule reads it.
    pub service: Option<String>,
    /// What comes beside it.
    pub bursts: Bursts,
    /// How its raw units become those of each meter of the product.
    pub parts: Vec<Part>,
    /// Exponent of the price response.
    pub elasticity: f64,
    /// Off the unit prices of the book.
    pub discount: Share,
    /// Share of accounts that choose "do not suspend" at the opening.
    pub do_not_suspend: Share,
    /// From a refused first application to the next try.
    pub tries_again_after: Seconds,
    /// Who buys packages.
    pub buyer: Option<Buyer>,
    /// Who switches pay-as-you-go on later.
    pub switcher: Option<Switcher>,
    /// Balance at the first instant, where each product has its own.
    pub opening_balance: Money,
    /// Its credit line.
    pub credit_line: Money,
}

/// When the accounts of a segment come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrivals {
    /// At second 0.
    AtStart,
    /// On days of a Poisson process.
    Poisson {
        /// Days within which they come.
        over: f64,
        /// Growth of the rate, a year.
        growth: f64,
    },
}

impl Plan {
    /// The name of a recorded account in its usage file.
    pub fn account_name(&self, segment: usize, index: u64) -> Option<&str> {
        let recorded = self.segments[segment].uses.iter().find_map(|used| match &used.demand {
            Demand::Recorded(recorded) => Some(recorded),
            _ => None,
        })?;
        recorded.usage().accounts.get(usize::try_from(index).ok()?).map(String::as_str)
    }

    /// Whether accounts ask for the same in both, day by day and burst by burst, so that one trace serves both. Prices, payers and
    /// rules may differ.
    pub fn asks_for_the_same(&self, other: &Plan) -> bool {
        let products = |plan: &Plan, segment: &Segment| -> Vec<String> {
            segment.uses.iter().map(|used| plan.books[used.product].id.clone()).collect()
        };
        let same = |(mine, theirs): (&Segment, &Segment)| {
            let uses = mine.uses.iter().zip(&theirs.uses);
            (&mine.id, mine.accounts, mine.arrivals) == (&theirs.id, theirs.accounts, theirs.arrivals)
                && products(self, mine) == products(other, theirs)
                && uses.fold(true, |all, (a, b)| all && a.demand == b.demand && a.bursts == b.bursts)
        };
        (self.seed, self.calendar, self.world_shock) == (other.seed, other.calendar, other.world_shock)
            && self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(same)
    }

    /// All accounts.
    pub fn accounts(&self) -> u64 {
        self.segments.iter().map(|segment| segment.accounts).sum()
    }

    /// A segment's index by its id.
    pub fn segment(&self, id: &str) -> Option<usize> {
        self.segments.iter().position(|segment| segment.id == id)
    }
}
