//! Experiments: several plans over the same demand, and what differs between them. Knows no file and no chart.

mod batch;
mod comparison;
mod guard;
mod keys;
mod metric;
mod optimise;
mod optimize_keys;
mod optimum;
mod pairs;
mod search;
mod steps;
mod sweep;
mod variants;

pub use comparison::{BreakEven, Comparison, Difference};
pub use guard::{Aspect, Guard};
pub use keys::{Design, MOST_POINTS, STUDY};
pub use metric::{Kind, METRICS, Metric};
pub use optimise::{Constraint, Optimisation, Refusal};
pub use optimum::{Confirmed, Measured, Optimum, OptimumWarning, Verdict};
pub use pairs::{Change, Pairs, SizeCell};
pub use steps::Step;
pub use sweep::{Axis, Outcome, Point, Study, Sweep, SweepWarning};
pub use variants::{Mismatch, Played, check_pairing, play, without_responses};
