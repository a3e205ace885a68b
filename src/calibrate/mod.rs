//! Fits a segment to real usage, and says how far worlds drawn from it are from the data. Must not know prices, tables or charts.
//!
//! The way: a usage file becomes a table of days (`daily`), to which the parts of the model are fitted one given the others (`fit`);
//! the result is written as a scenario (`segment`), worlds are drawn from that very text, fitted in their turn for the intervals
//! (`parameters`) and held against the data (`distance`).

mod bursts;
mod daily;
mod distance;
mod fit;
mod linear;
mod noise;
mod parameters;
mod season;
mod segment;
mod sizes;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

pub use bursts::{Episode, Episodes};
pub use daily::{Chosen, Daily, Own, Wanted};
pub use distance::{Distance, Seen, memory};
pub use fit::{Fitted, Left, SizeFit};
pub use noise::Noise;
pub use parameters::Parameter;
pub use season::{Season, Wave};
pub use segment::digits;
pub use sizes::Lognormal;

use crate::plan::Plan;
use crate::units::Day;
use crate::usage::Usage;
use segment::Source;

/// Worlds that are fitted for the intervals, as far as they do not have more than so many days of accounts together.
const MOST_FITTED: u32 = 100;
const LEAST_FITTED: u32 = 20;
const MOST_CELLS: usize = 100_000_000;
/// Worlds that are held against the data.
const HELD: u32 = 20;

/// What is to be fitted.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The usage.
    pub usage: &'a Usage,
    /// Which rows of it.
    pub wanted: &'a Wanted,
    /// How many of the last days are kept out of the fit and held against its worlds; 0: all days are in both.
    pub hold_out: Day,
    /// Seed of the worlds, and of the scenario that is written.
    pub seed: u64,
    /// On how many threads.
    pub threads: usize,
}

/// A fitted segment.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The rows that were taken, without the days that were kept out.
    pub chosen: Chosen,
    /// What was fitted.
    pub fitted: Fitted,
    /// Its numbers with their intervals.
    pub parameters: Vec<Parameter>,
    /// Why sizes are written one by one, if they are.
    pub table: Option<String>,
    /// The segment as a scenario that lacks nothing but a price book.
    pub text: String,
    /// The days that worlds were held against.
    pub held: Daily,
    /// How far worlds are from them.
    pub distances: Vec<Distance>,
    /// The first world of the fitted segment, and of a default one, on these days.
    pub worlds: (Daily, Daily),
    /// Plan of the segment, with a book that does not matter.
    pub plan: Plan,
}

/// Why nothing can be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such product.
    #[error("the usage file has no product `{wanted}`\nhelp: {near}")]
    NoProduct {
        /// What was asked for.
        wanted: String,
        /// What there is.
        near: String,
    },
    /// Several products.
    #[error("the usage file has several products: {0}\nhelp: name one with --product; a segment is fitted to one")]
    WhichProduct(String),
    /// No such meter.
    #[error("the usage file has no meter `{wanted}` of this product\nhelp: {near}")]
    NoMeter {
        /// What was asked for.
        wanted: String,
        /// What there is.
        near: String,
    },
    /// Nothing was used.
    #[error("nothing was used: all quantities are 0\nhelp: check the column `quantity`, or choose another --meter")]
    NoUnits,
    /// More days than a scenario has.
    #[error("the usage file reaches over {days} days\nhelp: check its dates; a scenario has at most 36500")]
    TooLong {
        /// How many.
        days: Day,
    },
    /// A product or meter that no book can have.
    #[error(
        "`{0}` is no id of a product or meter\nhelp: ids are up to 64 lower-case letters, digits, - and _, a letter or digit first"
    )]
    NoId(String),
    /// Nothing is left to fit.
    #[error("--hold-out {hold_out} leaves none of the {days} days to fit\nhelp: keep at least one")]
    NothingLeft {
        /// Days that are kept out.
        hold_out: Day,
        /// Days of the file.
        days: Day,
    },
    /// Somebody asked to stop.
    #[error("stopped; nothing was written")]
    Stopped,
}

impl Question<'_> {
    /// Fits, draws worlds and holds them against the data. `progress` hears what share of the worlds is done, in thousandths.
    ///
    /// # Errors
    /// What stands in the way; short or poor data does not, it leaves keys at their defaults.
    pub fn answer(&self, stop: &AtomicBool, progress: &(dyn Fn(u64) + Sync)) -> Result<Calibration, Refusal> {
        let mut chosen = self.wanted.of(self.usage)?;
        let all = chosen.daily.clone();
        if self.hold_out >= all.days() {
            return Err(Refusal::NothingLeft { hold_out: self.hold_out, days: all.days() });
        }
        let days = all.days() - self.hold_out;
        chosen.daily = all.part(0, days);
        let fitted = Fitted::of(&chosen.daily);
        let mut parameters = parameters::parameters(&fitted);
        let (file, digest) = (self.usage.file.as_str(), self.usage.digest.as_str());
        // Of a sample the worlds are of its size.
        let accounts = chosen.daily.accounts.len();
        let source = Source { chosen: &chosen, file, digest, accounts, days, seed: self.seed };
        let plan = source.plan(&source.text(&fitted, &parameters));
        let cells = (all.days() * accounts).max(1);
        let fits = u32::try_from(MOST_CELLS / cells).unwrap_or(MOST_FITTED).clamp(LEAST_FITTED, MOST_FITTED);
        let done = AtomicU32::new(0);
        let one_more = || {
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(u64::from(done) * 1_000 / u64::from(fits + 2 * HELD));
        };
        let draw = Draw { threads: self.threads, stop, done: &one_more };
        let refitted = draw.each(&plan, 0..fits, |world| parameters::of_days(&Fitted::of(&world)))?;
        parameters::with_intervals(&mut parameters, &refitted);
        let text = Source { accounts: chosen.accounts, ..source }.text(&fitted, &parameters);
        // The days that are held out come after those of the fit, in the data and in the worlds.
        let (from, to) = if self.hold_out == 0 { (0, days) } else { (days, all.days()) };
        let held = all.part(from, to);
        let longer = Source { days: to, ..source };
        let after = longer.plan(&longer.text(&fitted, &parameters));
        let before = longer.plan(&longer.default(fitted.mean()));
        let look = |plan: &Plan| draw.each(plan, fits..fits + HELD, |world| Seen::of(&world.part(from, to)));
        let distances = distance::distances(&Seen::of(&held), &look(&before)?, &look(&after)?);
        let first = |plan: &Plan| Daily::of_world(plan, fits).part(from, to);
        let worlds = (first(&after), first(&before));
        let table = match fitted.size() {
            SizeFit::Lognormal(size) => fitted.why_a_table(&size),
            SizeFit::One(_) => None,
        };
        Ok(Calibration { fitted, parameters, table, text, held, distances, worlds, plan, chosen })
    }
}

/// Draws worlds on several threads.
struct Draw<'a> {
    threads: usize,
    stop: &'a AtomicBool,
    done: &'a (dyn Fn() + Sync),
}

impl Draw<'_> {
    /// What is made of each replication of a plan, in their order.
    fn each<T: Send>(
        &self,
        plan: &Plan,
        replications: std::ops::Range<u32>,
        of: impl Fn(Daily) -> T + Sync,
    ) -> Result<Vec<T>, Refusal> {
        let next = AtomicU32::new(replications.start);
        let made: Mutex<Vec<(u32, T)>> = Mutex::new(vec![]);
        let some = || {
            while !self.stop.load(Ordering::Relaxed) {
                let replication = next.fetch_add(1, Ordering::Relaxed);
                if replication >= replications.end {
                    return;
                }
                let one = of(Daily::of_world(plan, replication));
                made.lock().unwrap_or_else(PoisonError::into_inner).push((replication, one));
                (self.done)();
            }
        };
        std::thread::scope(|scope| {
            (1..self.threads.min(replications.len())).for_each(|_| drop(scope.spawn(some)));
            some();
        });
        if self.stop.load(Ordering::Relaxed) {
            return Err(Refusal::Stopped);
        }
        let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
        made.sort_by_key(|(replication, _)| *replication);
        Ok(made.into_iter().map(|(_, one)| one).collect())
    }
}
