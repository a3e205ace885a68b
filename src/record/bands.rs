//! Bands over replications: what the lowest, the middle and the highest worlds bring on each date. Must not know how they
//! are written or drawn.

use super::summary::{SegmentSummary, Summary, UseSummary};
use crate::plan::Plan;
use crate::units::Day;

/// Shares of the replications that are not above a band's lines.
const LINES: [f64; 3] = [0.1, 0.5, 0.9];

/// A date over all segments, with the lines of each number: the values that 10 %, 50 % and 90 % of the replications are not
/// above, by nearest rank. Money in units of 1e-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandDay {
    /// The day.
    pub day: Day,
    /// Recognised that day.
    pub recognised: [i128; 3],
    /// Collected that day.
    pub collected: [i128; 3],
    /// Owed at its end.
    pub debt: [i128; 3],
    /// Services suspended at its end.
    pub suspended: [i128; 3],
    /// Raw units served that day.
    pub served: [i128; 3],
}

impl BandDay {
    /// One for each day.
    pub fn all(plan: &Plan, replications: &[Summary]) -> Vec<BandDay> {
        let wholes: Vec<SegmentSummary> = replications.iter().map(|summary| summary.whole(plan)).collect();
        let lines = |value: &dyn Fn(&SegmentSummary) -> i128| {
            let mut values: Vec<i128> = wholes.iter().map(value).collect();
            values.sort_unstable();
            LINES.map(|share| nearest_rank(&values, share))
        };
        let of = |day: Day| BandDay {
            day,
            recognised: lines(&|whole| whole.money[day].recognised.units()),
            collected: lines(&|whole| whole.money[day].collected.units()),
            debt: lines(&|whole| whole.money[day].debt.units()),
            suspended: lines(&|whole| sum(whole, |used| used.status[day].suspended)),
            served: lines(&|whole| sum(whole, |used| used.usage(day).served)),
        };
        (0..plan.calendar.days()).map(of).collect()
    }
}

fn sum(whole: &SegmentSummary, of: impl Fn(&UseSummary) -> u64) -> i128 {
    whole.uses.iter().map(|used| i128::from(of(used))).sum()
}

/// The smallest of the sorted values that at least this share of them do not exceed: one that occurred.
fn nearest_rank(sorted: &[i128], share: f64) -> i128 {
    // In range: a share of a count.
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of ten values the first, the fifth and the ninth; of two the first, the first and the second.
    #[test]
    fn lines_are_values_that_occurred() {
        let ten: Vec<i128> = (1..=10).collect();
        assert_eq!(LINES.map(|share| nearest_rank(&ten, share)), [1, 5, 9]);
        assert_eq!(LINES.map(|share| nearest_rank(&[3, 8], share)), [3, 3, 8]);
    }
}
