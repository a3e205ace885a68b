//! `--fail-if`: which conditions hold for the results that a folder keeps, whether they were played now or before.

use serde_json::Value;

use super::failure::Failure;
use crate::study::{Aspect, Guard, Metric};

/// Every guard is on a metric that is told.
///
/// # Errors
/// The first that is not; `by` is what tells too few.
pub(super) fn are_told(guards: &[Guard], metrics: &[&'static Metric], by: &str) -> Result<(), Failure> {
    let told = |guard: &&Guard| metrics.iter().any(|metric| metric.name == guard.metric.name);
    let Some(guard) = guards.iter().find(|guard| !told(guard)) else { return Ok(()) };
    let text = format!("--fail-if '{}': {by} does not tell `{}`", guard.text, guard.metric.name);
    Err(Failure::Usage(format!("{text}\nhelp: add it to the metrics of {by}")))
}

/// What there is to say of each guard that holds; `value` is what the results call the metric itself.
pub(super) fn held<'a>(guards: &'a [Guard], metrics: &'a Value, value: &'a str) -> impl Iterator<Item = String> + 'a {
    guards.iter().filter_map(move |guard| {
        let metric = &metrics[guard.metric.name];
        let told = |name: &str| metric[name].as_str().and_then(|text| text.parse::<f64>().ok());
        let number = match guard.aspect {
            Aspect::Value => told(value),
            Aspect::Change => told("change"),
            // Per cent of nothing: none where nothing came of it, beyond measure where something did.
            Aspect::Percent => told("percent").or_else(|| told("change").map(Guard::percent_of_nothing)),
        };
        let number = number.filter(|number| guard.holds(*number))?;
        Some(format!("{} holds: it is {}", guard.text, guard.shown(number)))
    })
}
