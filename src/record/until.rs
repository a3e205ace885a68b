//! When enough replications have been drawn: a number of the run is known to within a share of its mean.

use super::headline::Headline;
use super::summary::Summary;
use crate::plan::Plan;
use crate::text::keys::nearest;

/// A precision to be reached, such as `recognised ± 1 %`.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// The number.
    pub name: &'static str,
    /// Half the width of its 95 % interval, in per cent of the mean.
    pub percent: f64,
}

impl Until {
    /// Replications below which no interval is trusted to stop by.
    pub const FEWEST: usize = 5;

    /// From `NAME ± X %`; `+-` may stand for the sign.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Until, String> {
        let expected = || "expected NAME ± X %, for example 'recognised ± 1 %'".to_owned();
        let (name, rest) = text.split_once('±').or_else(|| text.split_once("+-")).ok_or_else(expected)?;
        let percent = rest.trim().strip_suffix('%').ok_or_else(expected)?.trim();
        let percent: f64 = percent.parse().map_err(|_| expected())?;
        if !(percent.is_finite() && percent > 0.0) {
            return Err(format!("expected a precision above 0 %, not {percent}"));
        }
        let (name, names) = (name.trim(), Headline::names().collect::<Vec<_>>());
        let name = names.iter().find(|known| **known == name).ok_or_else(|| match nearest(name, &names) {
            Some(near) => format!("there is no number `{name}`; did you mean `{near}`?"),
            None => format!("there is no number `{name}`; known: {}", names.join(", ")),
        })?;
        Ok(Until { name, percent })
    }

    /// Whether these replications are enough.
    pub fn is_reached(&self, plan: &Plan, replications: &[Summary]) -> bool {
        replications.len() >= Until::FEWEST
            && self.reached(plan, replications).is_some_and(|percent| percent <= self.percent)
    }

    /// Half the width of the interval in per cent of the mean; `None` where there is none.
    pub fn reached(&self, plan: &Plan, replications: &[Summary]) -> Option<f64> {
        let headlines = Headline::of(plan, replications);
        let estimate = headlines.into_iter().find(|headline| headline.name == self.name)?.estimate;
        estimate.percent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_is_read_with_either_sign() {
        let expected = Until { name: "recognised", percent: 1.5 };
        assert_eq!(Until::parse("recognised ± 1.5 %"), Ok(expected.clone()));
        assert_eq!(Until::parse("recognised+-1.5%"), Ok(expected));
        for wrong in [
            "recognised",
            "recognised ± 1",
            "recognised ± x %",
            "recognised ± 0 %",
            "recognised ± NaN %",
            "revenue ± 1 %",
        ] {
            assert!(Until::parse(wrong).is_err(), "{wrong}");
        }
    }
}
