//! The statistical baseline: means of the numbers of a run, and whether fresh worlds still bring them.

use serde_json::{Value, json};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::plan::Plan;
use crate::record::Summary;
use crate::stats::Estimate;
use crate::study::METRICS;

/// How often a check in which nothing changed says that something did: over all its numbers together.
pub const FALSE_ALARMS: f64 = 0.01;

/// A number over its replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Mean, standard deviation and number of the replications.
    pub estimate: Estimate,
}

/// A number that moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Its name.
    pub name: String,
    /// Mean that was kept, and the mean of the fresh worlds.
    pub means: (f64, f64),
    /// How probable so large a difference is if nothing changed.
    pub p: f64,
}

/// The samples of a run's replications, one for each metric.
pub fn sample(plan: &Plan, replications: &[Summary]) -> Vec<Sample> {
    let totals: Vec<_> = replications.iter().map(|summary| summary.whole(plan)).collect();
    let of = |metric: &crate::study::Metric| {
        let values: Vec<f64> = totals.iter().map(|totals| metric.value(totals)).collect();
        Sample { name: metric.name.to_owned(), estimate: Estimate::of(&values) }
    };
    METRICS.iter().map(of).collect()
}

impl Sample {
    /// All samples as JSON.
    pub fn write(samples: &[Sample]) -> Value {
        let one = |s: &Sample| {
            let Estimate { n, mean, sd, .. } = s.estimate;
            (s.name.clone(), json!({ "replications": n, "mean": mean, "sd": sd }))
        };
        Value::Object(samples.iter().map(one).collect())
    }

    /// From JSON, with so many replications.
    ///
    /// # Errors
    /// The name of a metric, and what is wrong with it.
    pub fn read(json: &Value, replications: u64) -> Result<Vec<Sample>, (String, String)> {
        let one = |(name, value): (&String, &Value)| {
            let wrong = |what: &str| (name.clone(), format!("has a `{name}` {what}"));
            let number = |key: &str| value[key].as_f64().filter(|number| number.is_finite());
            let n = value["replications"].as_u64().filter(|n| *n == replications && *n >= 2);
            let n = n.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| wrong("of other replications"))?;
            let mean = number("mean").ok_or_else(|| wrong("without a mean"))?;
            let sd = number("sd").filter(|sd| *sd >= 0.0).ok_or_else(|| wrong("without a standard deviation"))?;
            Ok(Sample { name: name.clone(), estimate: Estimate { n, mean, sd, half_width: None } })
        };
        match json.as_object() {
            Some(metrics) if !metrics.is_empty() => metrics.iter().map(one).collect(),
            _ => Err((String::new(), "has no numbers".to_owned())),
        }
    }
}

/// The numbers whose means differ, by Welch's test; Holm's steps keep the rate of false alarms over all of them.
pub fn moved(stored: &[Sample], now: &[Sample]) -> Vec<Moved> {
    let mut found: Vec<Moved> = stored
        .iter()
        .filter_map(|one| {
            let other = now.iter().find(|other| other.name == one.name)?;
            let p = welch(&one.estimate, &other.estimate);
            Some(Moved { name: one.name.clone(), means: (one.estimate.mean, other.estimate.mean), p })
        })
        .collect();
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    let all = found.len();
    let kept = found.iter().enumerate().take_while(|(nth, moved)| moved.p <= FALSE_ALARMS / (all - nth) as f64).count();
    found.truncate(kept);
    found
}

/// Two-sided probability of so large a difference of two means with unknown, unequal variances.
fn welch(one: &Estimate, other: &Estimate) -> f64 {
    let part = |e: &Estimate| e.sd * e.sd / e.n.max(1) as f64;
    let (a, b) = (part(one), part(other));
    let difference = (one.mean - other.mean).abs();
    if a + b == 0.0 || one.n < 2 || other.n < 2 {
        // Without variance any difference is one.
        return if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let degrees = |part: f64, n: usize| part * part / (n - 1) as f64;
    let freedom = (a + b) * (a + b) / (degrees(a, one.n) + degrees(b, other.n));
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(t) => 2.0 * t.sf(difference / libm::sqrt(a + b)),
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Stream, standard_normal};

    fn named(name: usize, values: &[f64]) -> Sample {
        Sample { name: name.to_string(), estimate: Estimate::of(values) }
    }

    /// 2 000 checks of 20 independent numbers in which nothing changed: at most 1 % alarms, within 4 standard errors; a mean that is
    /// two standard deviations off is found nearly always with 20 replications.
    #[test]
    fn false_alarms_are_as_rare_as_stated() {
        let stream = Stream::new(3, 0, 1, Purpose::new("alarms"), 0);
        let draws = |check: u32, number: usize, side: u32| -> Vec<f64> {
            let first = u32::try_from(number).expect("few") * 40 + side * 20;
            (0..20).map(|nth| standard_normal(stream.u64(check, first + nth))).collect()
        };
        let (mut alarms, mut found) = (0, 0);
        for check in 0..2_000 {
            let side = |side: u32| -> Vec<Sample> { (0..20).map(|n| named(n, &draws(check, n, side))).collect() };
            let (stored, mut now) = (side(0), side(1));
            alarms += u32::from(!moved(&stored, &now).is_empty());
            now[7].estimate.mean += 2.0;
            found += u32::from(moved(&stored, &now).iter().any(|moved| moved.name == "7"));
        }
        let rate = f64::from(alarms) / 2_000.0;
        assert!(rate <= FALSE_ALARMS + 4.0 * (FALSE_ALARMS * 0.99 / 2_000.0_f64).sqrt(), "{rate}");
        assert!(rate > 0.003, "far fewer alarms than stated: {rate}");
        assert!(found > 1_900, "{found}");
    }
}
