//! Distributions on a logarithmic axis: its ends, its names and the bars between them. Must not know what is measured.

use super::dates::Tick;
use super::page::{Across, FINE, Layer};
use crate::stats::Histogram;
use crate::units::Day;
use crate::units::shown::grouped;

/// Decades up to which bars are narrow, and the first and the fifth of a decade are named beside it.
const SHORT: f64 = 3.0;

/// How high named values stand, in the height of the highest bar: the smallest highest, so that no line crosses a text.
const PINS: [f64; 4] = [1.42, 1.31, 1.2, 1.09];

/// A logarithmic axis that holds some distributions, cut into bars of equal factors.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// How many units of the distribution are one on the axis.
    unit: f64,
    /// The first bar, counted from 1.
    first: i32,
    /// How many bars there are.
    bars: usize,
    /// How many make a factor of ten.
    in_a_decade: i32,
}

impl Log {
    /// From the smallest to the largest value above zero, a decade at least; without any, around `typical`.
    pub fn over(values: &Histogram, unit: f64, typical: u64) -> Log {
        let log = |value: Option<u64>| (value.unwrap_or(typical).max(1) as f64 / unit).log10();
        let (low, high) = (log(values.min()), log(values.max()));
        let missing = (1.0 - (high - low)).max(0.0) / 2.0;
        let (low, high) = (low - missing, high + missing);
        let in_a_decade = if high - low <= SHORT { 20 } else { 10 };
        let bar = |log: f64| (log * f64::from(in_a_decade)).floor() as i32;
        // One beyond on each side, so that no bar is a wall, and room for the name of the largest.
        let (first, last) = (bar(low) - 1, bar(high) + 1);
        let last = last + (last - first) / 8;
        Log { unit, first, bars: (last - first + 1).unsigned_abs() as usize, in_a_decade }
    }

    /// How many times its beginning the end of a bar is.
    pub fn factor(&self) -> f64 {
        10_f64.powf(1.0 / f64::from(self.in_a_decade))
    }

    /// In which bar a value is, with the part of the bar below it.
    fn bar_of(&self, value: f64) -> f64 {
        let bar = (value / self.unit).log10() * f64::from(self.in_a_decade) - f64::from(self.first);
        bar.clamp(0.0, self.bars as f64)
    }

    /// Where a value is.
    pub fn place(&self, value: f64) -> Day {
        (self.bar_of(value) / self.bars as f64 * FINE as f64).round() as Day
    }

    /// Where bars begin, and where the last one ends.
    pub fn edges(&self) -> Vec<Day> {
        (0..=self.bars).map(|bar| bar * FINE / self.bars).collect()
    }

    /// How many values are in each bar. Values that differ by less than 0.8 % go together, by their mean.
    pub fn counts(&self, values: &Histogram) -> Vec<f64> {
        let mut counts = vec![0.0; self.bars];
        for (count, sum) in values.filled() {
            let bar = self.bar_of((sum as f64 / count as f64).max(1.0)) as usize;
            counts[bar.min(self.bars - 1)] += count as f64;
        }
        counts
    }

    /// Values that are named, rising, over bars of which the highest is `peak`.
    pub fn pins<const MANY: usize>(&self, peak: f64, named: [(u64, String); MANY]) -> impl Iterator<Item = Layer> {
        named.into_iter().zip(PINS.into_iter().skip(PINS.len() - MANY)).map(move |((value, text), height)| {
            let to = height * peak;
            Layer::Pin { at: self.place(value as f64), to, text, text_at: to }
        })
    }

    /// The axis with round numbers.
    pub fn numbers(&self, what: String) -> Across {
        let decades = |bars: i32| bars.div_euclid(self.in_a_decade);
        let last = self.first + self.bars as i32;
        let short = f64::from(last - self.first) <= SHORT * f64::from(self.in_a_decade);
        let digits: &[f64] = if short { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let named = (decades(self.first)..=decades(last)).flat_map(|decade| {
            let decimals = usize::try_from(-decade).unwrap_or(0);
            digits.iter().map(move |digit| {
                let value = digit * 10_f64.powi(decade);
                (value, grouped(&format!("{value:.decimals$}")))
            })
        });
        self.named(what, named.collect())
    }

    /// The axis with these values and names, as far as it holds them.
    pub fn named(&self, what: String, named: Vec<(f64, String)>) -> Across {
        let within = |value: f64| {
            let bar = value.log10() * f64::from(self.in_a_decade) - f64::from(self.first);
            (-1e-9..=self.bars as f64 + 1e-9).contains(&bar)
        };
        let kept = named.into_iter().filter(|(value, _)| within(*value));
        let ticks = kept.map(|(value, label)| Tick { day: self.place(value * self.unit), label, year: None });
        Across::Scale { what, ticks: ticks.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|value| histogram.add(*value));
        histogram
    }

    fn labels(across: &Across) -> Vec<&str> {
        match across {
            Across::Scale { ticks, .. } => ticks.iter().map(|tick| tick.label.as_str()).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn every_value_is_in_a_bar_and_none_twice() {
        for values in [&[1, 2, 3, 1_000_000][..], &[7], &[], &[0, 5], &[u64::MAX, 1], &[100, 100, 199]] {
            let histogram = of(values);
            let log = Log::over(&histogram, 100.0, 100);
            let counts = log.counts(&histogram);
            assert_eq!((counts.iter().sum::<f64>(), counts.len() + 1), (values.len() as f64, log.edges().len()));
            assert_eq!((log.edges().first(), log.edges().last()), (Some(&0), Some(&FINE)));
        }
    }

    #[test]
    fn equal_factors_are_equal_distances() {
        let log = Log::over(&of(&[1, 10_000_000]), 1.0, 1);
        let place = |value: f64| log.place(value) as f64;
        assert!((place(100.0) - place(10.0) - (place(10_000.0) - place(1_000.0))).abs() <= 2.0);
    }

    #[test]
    fn few_decades_have_names_between_them() {
        assert_eq!(
            labels(&Log::over(&of(&[100, 9_000]), 100.0, 100).numbers(String::new())),
            ["1", "2", "5", "10", "20", "50", "100"]
        );
        let wide = Log::over(&of(&[1, 100_000_000]), 100.0, 100).numbers(String::new());
        assert_eq!(labels(&wide)[..4], ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&wide).last(), Some(&"10,000,000"));
    }
}
