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
mod points;
mod search;
mod steps;
mod sweep;
mod variants;

pub use comparison::{BY_DAY, BreakEven, Comparison, ComparisonWarning, Difference};
pub use guard::{Aspect, Guard};
pub use keys::{Design, MOST_POINTS, STUDY, draws_customers};
pub use metric::{Kind, METRICS, Metric};
pub use optimise::{Constraint, Optimisation, Refusal};
pub use optimum::{Confirmed, Measured, Optimum, OptimumWarning, Verdict};
pub use pairs::{Change, Pairs, SizeCell};
pub use points::{Axis, Point, Study};
pub use search::Extent;
pub use steps::Step;
pub use sweep::{Outcome, Sweep, SweepWarning};
pub use variants::{Mismatch, Played, check_pairing, play, without_responses};
