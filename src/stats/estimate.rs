//! Means over independent replications with their Student intervals.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Probability with which an interval of repeated experiments covers the truth.
pub const CONFIDENCE: f64 = 0.95;

/// A mean over independent replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Replications.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation; 0 for fewer than two.
    pub sd: f64,
    /// Half the width of the 95 % Student interval; `None` for fewer than two.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// From the values of independent replications.
    ///
    /// ```
    /// use billsim::stats::Estimate;
    /// let estimate = Estimate::of(&[9.0, 10.0, 11.0]);
    /// // t(97.5 %, 2 degrees of freedom) = 4.3027; 4.3027 × 1 / √3 = 2.484
    /// assert_eq!(estimate.mean, 10.0);
    /// assert!((estimate.half_width.unwrap() - 2.484).abs() < 1e-3);
    /// assert_eq!(Estimate::of(&[5.0]).half_width, None);
    /// ```
    pub fn of(values: &[f64]) -> Estimate {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n.max(1) as f64;
        if n < 2 {
            return Estimate { n, mean, sd: 0.0, half_width: None };
        }
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let sd = libm::sqrt(squares / (n - 1) as f64);
        let half_width = student(n - 1) * sd / libm::sqrt(n as f64);
        Estimate { n, mean, sd, half_width: Some(half_width) }
    }

    /// Half the width of the interval in per cent of the size of the mean; `None` where there is no interval, or nothing to be a part of.
    ///
    /// ```
    /// use billsim::stats::Estimate;
    /// // 2.484 of 10
    /// assert!((Estimate::of(&[9.0, 10.0, 11.0]).percent().unwrap() - 24.84).abs() < 1e-2);
    /// assert_eq!(Estimate::of(&[-1.0, 1.0]).percent(), None);
    /// ```
    pub fn percent(&self) -> Option<f64> {
        self.half_width.filter(|_| self.mean != 0.0).map(|half| 100.0 * half / self.mean.abs())
    }
}

/// The Student quantile of a two-sided interval of [`CONFIDENCE`].
fn student(degrees: usize) -> f64 {
    let t = StudentsT::new(0.0, 1.0, degrees as f64).expect("at least one degree of freedom");
    t.inverse_cdf(0.5 + CONFIDENCE / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Stream, standard_normal};

    /// Printed tables: t(0.975) with 1, 2, 9 and 30 degrees of freedom.
    #[test]
    fn student_quantiles_are_the_printed_ones() {
        for (degrees, printed) in [(1, 12.706_2), (2, 4.302_7), (9, 2.262_2), (30, 2.042_3)] {
            assert!((student(degrees) - printed).abs() < 1e-4, "{degrees}: {}", student(degrees));
        }
    }

    /// Of 2 000 experiments of 10 normal values, 95 % of the intervals cover the mean, within 4 standard errors,
    /// and the mean width is that of the theory: 2 × t × c4(10) / √10 with c4(10) = 0.9727.
    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let stream = Stream::new(9, 0, 1, Purpose::new("coverage"), 0);
        let (mut covered, mut width) = (0, 0.0);
        for experiment in 0..2_000 {
            let values: Vec<f64> = (0..10).map(|draw| 3.0 + standard_normal(stream.u64(experiment, draw))).collect();
            let estimate = Estimate::of(&values);
            let half = estimate.half_width.expect("ten values");
            covered += u32::from((estimate.mean - 3.0).abs() <= half);
            width += 2.0 * half / 2_000.0;
        }
        let share = f64::from(covered) / 2_000.0;
        assert!((share - 0.95).abs() < 4.0 * (0.95_f64 * 0.05 / 2_000.0).sqrt(), "{share}");
        let expected = 2.0 * 2.262_2 * 0.9727 / 10_f64.sqrt();
        assert!((width / expected - 1.0).abs() < 0.02, "{width} against {expected}");
    }
}
