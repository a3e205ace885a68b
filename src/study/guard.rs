//! A condition on the numbers of an experiment, such as `suspension_rate > 0.02` or `recognised.change < 0`. Must not know what is
//! done when it holds.

use super::comparison::Difference;
use super::metric::{METRICS, Metric};
use crate::text::keys::nearest;

/// Which number of a metric is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The metric itself, under the plan that is judged.
    Value,
    /// How much it is more than under the first plan.
    Change,
    /// The change in per cent of the number under the first plan.
    Percent,
}

/// How a number is held against a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A condition that a person set.
#[derive(Clone, Debug)]
pub struct Guard {
    /// As it was written.
    pub text: String,
    /// On which metric.
    pub metric: &'static Metric,
    /// On which number of it.
    pub aspect: Aspect,
    order: Order,
    bound: f64,
}

/// Longer signs first: `<=` is not `<`.
const ORDERS: [(&str, Order); 4] =
    [("<=", Order::AtMost), (">=", Order::AtLeast), ("<", Order::Less), (">", Order::More)];

/// Per cent that no change of something reaches.
const BEYOND: f64 = 1e9;

const ASPECTS: [(&str, Aspect); 2] = [("change", Aspect::Change), ("percent", Aspect::Percent)];

impl Guard {
    /// From `METRIC OP NUMBER`: the metric alone, or with `.change` or `.percent`; one of `<`, `<=`, `>`, `>=`.
    ///
    /// # Errors
    /// What was expected, with the nearest name.
    pub fn parse(text: &str) -> Result<Guard, String> {
        let expected = || "expected METRIC OP NUMBER, for example 'suspension_rate > 0.02'".to_owned();
        let found = ORDERS.iter().find_map(|(sign, order)| Some((text.split_once(sign)?, *order)));
        let ((name, bound), order) = found.ok_or_else(expected)?;
        let (name, aspect) = match name.trim().split_once('.') {
            None => (name.trim(), Aspect::Value),
            Some((name, word)) => (name, aspect(word)?),
        };
        if let Some(number) = bound.trim().strip_suffix('%') {
            let cure = "a change is in per cent after NAME.percent, a rate is a part of one (0.02)";
            return Err(format!("{}: leave the % out, {cure}", number.trim()));
        }
        let bound: f64 = bound.trim().replace('_', "").parse().map_err(|_| expected())?;
        if !bound.is_finite() {
            return Err(format!("expected a number to compare with, not {bound}"));
        }
        let metric = Metric::named(name).ok_or_else(|| unknown("metric", name, METRICS.iter().map(|one| one.name)))?;
        Ok(Guard { text: text.trim().to_owned(), metric, aspect, order, bound })
    }

    /// The number it looks at.
    pub fn number(&self, difference: &Difference) -> f64 {
        let change = difference.change.mean;
        match self.aspect {
            Aspect::Value => difference.after.mean,
            Aspect::Change => change,
            Aspect::Percent => difference.percent().unwrap_or_else(|| Guard::percent_of_nothing(change)),
        }
    }

    /// How many per cent of nothing a change is: none where nothing came of it, beyond measure where something did.
    pub fn percent_of_nothing(change: f64) -> f64 {
        if change == 0.0 { 0.0 } else { BEYOND.copysign(change) }
    }

    /// A number it looks at, for a person.
    pub fn shown(&self, number: f64) -> String {
        match self.aspect {
            Aspect::Percent if number.abs() >= BEYOND => "beyond measure: the metric was 0".to_owned(),
            Aspect::Percent => format!("{number:.4} %"),
            Aspect::Value | Aspect::Change => format!("{number:.6}"),
        }
    }

    /// How far a number is on the side where it holds, below zero on the other, in parts of the bound.
    pub fn slack(&self, number: f64) -> f64 {
        let way = match self.order {
            Order::Less | Order::AtMost => self.bound - number,
            Order::More | Order::AtLeast => number - self.bound,
        };
        let slack = way / if self.bound == 0.0 { 1.0 } else { self.bound.abs() };
        // Whatever holds exactly at the bound is not broken by rounding; what must be more than the bound is.
        if self.holds(number) { slack.max(0.0) } else { slack.min(-f64::EPSILON) }
    }

    /// Whether it holds for a number.
    pub fn holds(&self, number: f64) -> bool {
        match self.order {
            Order::Less => number < self.bound,
            Order::AtMost => number <= self.bound,
            Order::More => number > self.bound,
            Order::AtLeast => number >= self.bound,
        }
    }
}

fn aspect(word: &str) -> Result<Aspect, String> {
    let found = ASPECTS.iter().find(|(name, _)| *name == word);
    found.map(|(_, aspect)| *aspect).ok_or_else(|| unknown("aspect", word, ASPECTS.iter().map(|(name, _)| *name)))
}

fn unknown(what: &str, name: &str, known: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<&str> = known.collect();
    match nearest(name, &names) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; known: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_read() {
        for (text, name, aspect, holds) in [
            ("suspension_rate > 0.02", "suspension_rate", Aspect::Value, [false, false, true]),
            (" recognised.change<0.02 ", "recognised", Aspect::Change, [true, false, false]),
            ("margin.percent <= 0.02", "margin", Aspect::Percent, [true, true, false]),
            ("lost>=2e-2", "lost", Aspect::Value, [false, true, true]),
        ] {
            let guard = Guard::parse(text).expect(text);
            assert_eq!((guard.metric.name, guard.aspect, guard.text.as_str()), (name, aspect, text.trim()));
            assert_eq!([-1.0, 0.02, 1.0].map(|number| guard.holds(number)), holds, "{text}");
        }
    }

    #[test]
    fn wrong_guards_are_told_what_is_meant() {
        for (text, told) in [
            ("suspension_rat > 1", "did you mean `suspension_rate`"),
            ("suspnsion > 1", "did you mean `suspension_rate`"),
            ("revenu > 1", "did you mean `net_revenue`"),
            ("recognised.chang < 0", "did you mean `change`"),
            ("profit < 0", "known: recognised, "),
            ("recognised = 0", "expected METRIC OP NUMBER"),
            ("recognised < many", "expected METRIC OP NUMBER"),
            ("recognised < inf", "expected a number"),
            ("recognised.percent < -2 %", "leave the % out"),
        ] {
            let error = Guard::parse(text).expect_err(text);
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_guard_looks_at_its_number() {
        let metric = Metric::named("recognised").expect("a metric");
        let difference = Difference::of(metric, &[10.0, 30.0], &[11.0, 31.0]);
        let number = |text: &str| Guard::parse(text).expect("a guard").number(&difference);
        assert_eq!(number("recognised > 0"), 21.0);
        assert_eq!(number("recognised.change > 0"), 1.0);
        assert_eq!(number("recognised.percent > 0"), 5.0);
        // Something in place of nothing is a rise by more than any per cent, nothing in place of nothing is no change.
        let (rise, none) = (Difference::of(metric, &[0.0], &[1.0]), Difference::of(metric, &[0.0], &[0.0]));
        let guard = Guard::parse("recognised.percent > 500").expect("a guard");
        assert!(guard.holds(guard.number(&rise)) && guard.number(&none) == 0.0);
        assert_eq!(guard.shown(guard.number(&rise)), "beyond measure: the metric was 0");
    }
}
