//! What repeated measurements say: means with their confidence intervals, and distributions as histograms that merge exactly.
//! Knows no run and no money.

mod estimate;
mod histogram;

pub use estimate::{CONFIDENCE, Estimate};
pub use histogram::Histogram;
