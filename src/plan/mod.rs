//! A scenario compiled for running: integers, dense indices, no texts to look up. Knows no randomness and no state.

mod compile;

pub use compile::compile;

use crate::book::{Book, PartnerGrace, Policy};
use crate::scenario::{LedgerKind, ReactsTo};
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
    /// Price books in the order of their product ids; a product is its index here.
    pub books: Vec<Book>,
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
    /// Who pays when.
    pub payer: Payer,
    /// Share of accounts that never pay.
    pub non_payers: Share,
    /// Money movements at given instants, in order of time.
    pub ledger: Vec<Movement>,
    /// Products used, in the order of their indices.
    pub uses: Vec<Use>,
}

/// A money movement at a given instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: Seconds,
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

/// The use of a product by a segment.
#[derive(Clone, Debug)]
pub struct Use {
    /// Index of the product.
    pub product: usize,
    /// Instant of activation.
    pub activation: Seconds,
    /// Instant of integration.
    pub integration: Seconds,
    /// Share of accounts that never integrate.
    pub never_integrated: Share,
    /// Index of the intraday profile.
    pub profile: usize,
    /// What it asks for.
    pub demand: Demand,
}

/// Raw calls of each day.
#[derive(Clone, Debug)]
pub enum Demand {
    /// The same count every day.
    Constant(u64),
    /// Counts by day, none after the list.
    Listed(Vec<u64>),
    /// Poisson counts.
    Random {
        /// Mean daily count of an account.
        size: Size,
        /// Index of Monday to Sunday, mean 1.
        weekday: [f64; 7],
    },
}

/// Distribution of the mean daily count over the accounts of a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum Size {
    /// exp(mu + sigma z), at most `cap`.
    Lognormal {
        /// Mean of the log.
        mu: f64,
        /// Standard deviation of the log.
        sigma: f64,
        /// Largest size.
        cap: f64,
    },
    /// Sizes with cumulative weights.
    Table(Vec<(f64, u64)>),
    /// One size.
    Constant(f64),
}

/// Who pays when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payer {
    /// Nothing beside the ledger.
    Never,
    /// Pays `amount`, `delay` after the balance went `below`, until it no longer is.
    AutoRecharge {
        /// Threshold.
        below: Money,
        /// Each payment.
        amount: Money,
        /// From cause to payment.
        delay: Seconds,
    },
    /// Pays `amount` at `first` and every `every` after it.
    Periodic {
        /// First payment.
        first: Seconds,
        /// Between payments.
        every: Seconds,
        /// Each payment.
        amount: Money,
    },
    /// Pays the debt and `extra` a lognormal time after it noticed.
    AfterDelay {
        /// What it notices.
        to: ReactsTo,
        /// Median of the delay in seconds.
        median: f64,
        /// Log standard deviation of the delay.
        sigma: f64,
        /// Paid beside the debt.
        extra: Money,
    },
}

impl Plan {
    /// All accounts.
    pub fn accounts(&self) -> u64 {
        self.segments.iter().map(|segment| segment.accounts).sum()
    }

    /// A segment's index by its id.
    pub fn segment(&self, id: &str) -> Option<usize> {
        self.segments.iter().position(|segment| segment.id == id)
    }
}
