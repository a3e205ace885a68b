//! What accounts ask for, compiled: daily counts and bursts. Formulas: docs/MODEL.md.

use super::recorded::Recorded;
use super::size::Size;
use crate::units::{Seconds, Share};

/// Raw calls of each day.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// The same count every day.
    Constant(u64),
    /// Counts by day, none after the list.
    Listed(Vec<u64>),
    /// Random counts.
    Random(Box<RandomDemand>),
    /// What real accounts used.
    Recorded(Recorded),
}

/// Counts whose mean is size × season × ramp × noise.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomDemand {
    /// Mean daily count of an account.
    pub size: Size,
    /// Index of every day: weekday × year × holidays × trend.
    pub index: Vec<f64>,
    /// Days of the time constant of a new account; 0 starts in full.
    pub ramp: f64,
    /// The account's own noise.
    pub noise: Noise,
    /// Variance beyond Poisson, per squared mean.
    pub dispersion: f64,
    /// What the units come in; `None`: each by itself.
    pub session: Option<Session>,
}

/// Units that come together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// Mean units of one.
    pub mean: f64,
    /// Shape of their gamma distribution.
    pub shape: f64,
}

/// How the raw units of a use become those of a meter: cumulative shares, so that the parts add up to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// floor(units × to) − floor(units × from).
    Basic {
        /// Shares of the meters before it.
        from: Share,
        /// With its own.
        to: Share,
    },
    /// floor(units of the base meter × share).
    AddOn {
        /// Index of the base meter.
        base: usize,
        /// Share of its units.
        share: Share,
    },
}

impl Part {
    /// The raw units of a meter with these `parts`, of `units` of the use.
    #[inline]
    pub fn of(parts: &[Part], meter: usize, units: u64) -> u64 {
        match parts[meter] {
            // Many of many meters have no share.
            Part::Basic { from, to } if from == to => 0,
            Part::Basic { from, to } => to.of(units) - from.of(units),
            Part::AddOn { share: Share::NONE, .. } => 0,
            Part::AddOn { base, share } => share.of(Part::of(parts, base, units)),
        }
    }
}

/// Log standard deviations of the parts of an account's own noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// New every day.
    pub day: f64,
    /// Stays for 7 days.
    pub week: f64,
    /// Stays for 28 days.
    pub month: f64,
}

/// What comes beside the daily counts (RULES §6).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bursts {
    /// Those of every account, in order of time.
    pub dated: Vec<DatedBurst>,
    /// Those of a Poisson process of each account: the name of its purpose, and what they are like.
    pub random: Vec<(&'static str, RandomBurst)>,
}

/// A burst that every account of a segment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedBurst {
    /// First second.
    pub from: Seconds,
    /// End.
    pub to: Seconds,
    /// Raw calls.
    pub units: u64,
}

/// Bursts at random times; multiples and lengths are log-uniform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomBurst {
    /// Days from one start to the next, mean.
    pub gap: f64,
    /// Least and most traffic in it, in mean days of the account.
    pub multiple: (f64, f64),
    /// Shortest and longest, in seconds.
    pub length: (f64, f64),
    /// Share that is filtered before it reaches the service.
    pub filtered: f64,
}

impl Demand {
    /// An account's mean daily count, apart from season, noise and ramp; `size` is what its random size is.
    pub fn level(&self, size: impl FnOnce(&Size) -> f64) -> f64 {
        match self {
            Demand::Constant(units) => *units as f64,
            Demand::Listed(units) => units.iter().map(|units| *units as f64).sum::<f64>() / (units.len().max(1)) as f64,
            Demand::Random(demand) => size(&demand.size),
            Demand::Recorded(recorded) => {
                let accounts = recorded.accounts();
                (0..accounts).map(|account| recorded.level(account)).sum::<f64>() / accounts.max(1) as f64
            }
        }
    }
}
