//! What repeated measurements say: means with their confidence intervals, distributions as histograms that merge exactly, and
//! shares that last.
//! Knows no run and no money.

mod estimate;
mod histogram;
mod survival;

pub use estimate::{CONFIDENCE, Estimate};
pub use histogram::Histogram;
pub use survival::{DayOfLife, Survival};
