//! The keys of what `billsim optimize` looks for, with their defaults.

use super::guard::Guard;
use super::keys::metric_is_known;
use crate::text::keys::{Fallback, FromValue, Record, Shape, Table, Valued, key};
use crate::text::{Problem, Problems};

use Fallback::{Absent, Is, Required};

/// What is looked for on the axes of a study.
pub(super) static OPTIMIZE: Table = Table {
    name: "what is optimized",
    doc: "Read by `billsim optimize`: which prices within the ranges of the axes bring the most. Each axis is a `range` or a `log`.",
    inline: false,
    keys: &[
        key("maximise", Shape::Text, Required, "", "The metric of which there shall be the most.", ""),
        key(
            "constraints",
            Shape::List(&Shape::Text, 0, 16),
            Is("[]"),
            "",
            "What must hold, as --fail-if takes it: `\"suspension_rate <= 0.02\"`, `\"served.percent >= -5\"`.",
            "",
        ),
        key(
            "segment_constraints",
            Shape::List(&Shape::Text, 0, 16),
            Is("[]"),
            "",
            "What must hold in every segment: `\"median_bill.percent <= 5\"`.",
            "",
        ),
        key(
            "most_points",
            Shape::Whole(1, 100_000),
            Is("300"),
            "",
            "A grid of no more points is played whole; of a larger one so many at most, those that a search leads to.",
            "",
        ),
        key(
            "fresh_seed",
            Shape::Whole(0, i64::MAX),
            Absent,
            "",
            "Seed of the customers on which the result is confirmed; the scenario's and 1 when it is not written.",
            "",
        ),
        key("fresh_replications", Shape::Whole(2, 10_000), Is("10"), "", "How many times they are drawn.", ""),
    ],
    rules: &[maximise_is_known, constraints_are_read],
};

fn maximise_is_known(table: &Record, problems: &mut Problems) {
    metric_is_known(table.valued("maximise"), problems);
}

fn constraints_are_read(table: &Record, problems: &mut Problems) {
    for key in ["constraints", "segment_constraints"] {
        for valued in table.get::<&[Valued]>(key) {
            let Some(text) = <&str>::from_value(&valued.value) else { continue };
            if let Err(why) = Guard::parse(text) {
                problems.push(Problem::new(why).at(valued.place).label("in this constraint"));
            }
        }
    }
}
