//! Round numbers for a y axis, and for an x axis of ages. Must not know pixels or what is measured.

use super::dates::Tick;
use super::page::Measure;
use crate::units::Day;
use crate::units::shown::grouped;

/// A y axis from one round number to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Lower end; zero unless there are negative values.
    pub low: f64,
    /// Upper end; zero unless there are positive values.
    pub high: f64,
    /// Values and labels of the ticks.
    pub ticks: Vec<(f64, String)>,
    /// What is measured, with the factor that was taken out of the labels.
    pub name: String,
}

/// Factors that are taken out of labels that would be too long.
const FACTORS: [(f64, &str); 4] = [(1e15, "quadrillion "), (1e12, "trillion "), (1e9, "billion "), (1e6, "million ")];
/// Values up to which labels are written in full.
const IN_FULL: f64 = 1e7;
/// The smallest step: amounts have eight decimals.
const FINEST: f64 = 1e-8;

impl Axis {
    /// An axis over `extent`, which holds zero, with about `wanted` steps, at least one.
    pub fn new((low, high): (f64, f64), wanted: f64, measure: &Measure) -> Axis {
        let wanted = wanted.max(1.0);
        let whole = !matches!(measure, Measure::Amount(_));
        // An empty axis still has a zero and a one, so that a line of zeros has a place.
        let span = if high > low { high - low } else { wanted };
        let step = round_step(span / wanted, if whole { 1.0 } else { FINEST });
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let last = if last > first { last } else { first + 1.0 };
        let (factor, word) = factor(f64::max(-first, last) * step);
        let label = |value: f64| {
            let value = if matches!(measure, Measure::Mirrored(_)) { value.abs() } else { value };
            grouped(&format!("{:.*}", decimals(step / factor), value / factor))
        };
        let count = (last - first) as usize;
        let ticks = (0..=count).map(|index| (first + index as f64) * step);
        let ticks = ticks.map(|value| (value, label(value))).collect();
        Axis { low: first * step, high: last * step, ticks, name: format!("{word}{}", measure.name()) }
    }

    /// Where a value is, from 0 at the lower end to 1 at the upper.
    pub fn place(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Round ages from 0 to a number of days, about `wanted` steps apart.
pub fn ages(days: Day, wanted: f64) -> Vec<Tick> {
    let axis = Axis::new((0.0, days as f64), wanted, &Measure::Count(String::new()));
    let within = axis.ticks.into_iter().filter(|(age, _)| *age <= days as f64);
    // Ticks of counts are whole numbers from 0 on.
    within.map(|(age, label)| Tick { day: age as Day, label, year: None }).collect()
}

/// 1, 2 or 5 times a power of ten, near `rough` and at least `finest`.
fn round_step(rough: f64, finest: f64) -> f64 {
    if rough <= finest {
        return finest;
    }
    let power = 10_f64.powf(rough.log10().floor());
    let digit = match rough / power {
        digits if digits < 1.5 => 1.0,
        digits if digits < 3.5 => 2.0,
        digits if digits < 7.5 => 5.0,
        _ => 10.0,
    };
    (digit * power).max(finest)
}

fn factor(largest: f64) -> (f64, &'static str) {
    if largest < IN_FULL {
        return (1.0, "");
    }
    FACTORS.into_iter().find(|(factor, _)| largest >= *factor).unwrap_or((1.0, ""))
}

/// Decimals that tell neighbouring ticks apart.
fn decimals(step: f64) -> usize {
    (0..8)
        .find(|decimals| step * 10_f64.powi(*decimals) > 0.999_999)
        .map_or(8, |decimals| decimals.unsigned_abs() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(extent: (f64, f64), measure: &Measure) -> Vec<String> {
        Axis::new(extent, 4.0, measure).ticks.into_iter().map(|(_, label)| label).collect()
    }

    fn amount() -> Measure {
        Measure::Amount("USD".to_owned())
    }

    fn count() -> Measure {
        Measure::Count("accounts".to_owned())
    }

    #[test]
    fn begins_at_zero_and_holds_the_largest() {
        assert_eq!(labels((0.0, 19_400.0), &count()), ["0", "5,000", "10,000", "15,000", "20,000"]);
        assert_eq!(labels((0.0, 0.7), &amount()), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels((-3.0, 0.0), &amount()), ["-3", "-2", "-1", "0"]);
    }

    #[test]
    fn counts_have_no_ticks_between_whole_numbers() {
        assert_eq!(labels((0.0, 1.0), &count()), ["0", "1"]);
        assert_eq!(labels((-2.0, 1.0), &Measure::Mirrored(String::new())), ["2", "1", "0", "1"]);
    }

    #[test]
    fn ages_are_round_and_within_what_was_seen() {
        let named = |days| ages(days, 4.0).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(named(365), ["0", "100", "200", "300"]);
        assert_eq!((named(0), named(3)), (vec!["0".to_owned()], ["0", "1", "2", "3"].map(String::from).to_vec()));
        assert_eq!(named(1), ["0", "1"]);
    }

    #[test]
    fn nothing_is_an_axis_too() {
        assert_eq!(labels((0.0, 0.0), &count()), ["0", "1"]);
        assert_eq!(Axis::new((0.0, 0.0), 4.0, &amount()).place(0.0), 0.0);
    }

    #[test]
    fn huge_and_tiny_values_have_short_labels() {
        let huge = Axis::new((0.0, 1.7e30), 4.0, &amount());
        assert_eq!(huge.name, "quadrillion USD");
        assert_eq!(Axis::new((0.0, 4.2e7), 4.0, &amount()).ticks[1].1, "10");
        assert_eq!(labels((0.0, 1e-8), &amount()), ["0.00000000", "0.00000001"]);
        for exponent in -12..31 {
            let axis = Axis::new((0.0, 3.0 * 10_f64.powi(exponent)), 4.0, &amount());
            assert!((2..=7).contains(&axis.ticks.len()), "1e{exponent}: {axis:?}");
            assert!(axis.place(3.0 * 10_f64.powi(exponent)) <= 1.0);
        }
    }
}
