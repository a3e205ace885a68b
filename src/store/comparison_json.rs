//! A comparison as JSON. Numbers with decimals are texts, as in all files.

use serde_json::{Map, Value, json};

use crate::plan::Plan;
use crate::stats::Estimate;
use crate::study::{BreakEven, Comparison, Difference, Kind, METRICS, Metric, Pairs, SizeCell, Step};
use crate::units::Total;

/// All that a comparison says: each variant against the first.
pub fn comparison(of: &Comparison<'_>) -> Value {
    let first = &of.plans[0];
    let variants = 1..of.plans.len();
    json!({
        "first": { "name": first.name, "plan_hash": first.hash },
        "seed": first.seed,
        "replications": of.replications.len(),
        "accounts": first.accounts(),
        "start": first.calendar.start().to_string(),
        "days": first.calendar.days(),
        "currency": first.books[0].currency,
        "warnings": of.warnings().iter().map(|w| json!({ "kind": w.kind(), "message": w.to_string() })).collect::<Value>(),
        "variants": variants.map(|variant| against_first(of, variant)).collect::<Value>(),
    })
}

fn against_first(of: &Comparison<'_>, variant: usize) -> Value {
    let plan = &of.plans[variant];
    let effects = ["recognised"].into_iter().filter_map(Metric::named);
    let effects = effects.map(|metric| {
        let (all, price) = (of.difference(metric, variant), of.price_effect(metric, variant));
        let behaviour = all.change.mean - price.change.mean;
        (metric.name.to_owned(), json!({ "price": decimals(price.change.mean), "behaviour": decimals(behaviour) }))
    });
    json!({
        "name": plan.name,
        "plan_hash": plan.hash,
        "differences": all(METRICS.iter().map(|metric| of.difference(metric, variant))),
        "effects": Value::Object(effects.collect()),
        "break_even": of.break_even(variant).map(break_even),
        "accounts": pairs(&of.pairs(variant)),
        "by_segment": steps(&of.by_segment(variant)),
        "by_tier": steps(&of.by_tier(variant)),
        "segments": of.plans[0].segments.iter().enumerate().map(|(index, _)| segment(of, variant, index)).collect::<Value>(),
    })
}

fn segment(of: &Comparison<'_>, variant: usize, index: usize) -> Value {
    let first: &Plan = &of.plans[0];
    json!({
        "segment": first.segments[index].id,
        "differences": all(METRICS.iter().map(|metric| of.of_segment(metric, variant, index))),
        "accounts": pairs(&of.pairs_of(variant, index)),
    })
}

fn all(differences: impl Iterator<Item = Difference>) -> Value {
    Value::Object(
        differences.map(|difference| (difference.metric.name.to_owned(), told(&difference))).collect::<Map<_, _>>(),
    )
}

fn told(of: &Difference) -> Value {
    // Counts of one run are whole; their means have decimals.
    let number =
        |number: f64| if matches!(of.metric.kind, Kind::Count(_)) { format!("{number:.4}") } else { decimals(number) };
    let half = |estimate: &Estimate| estimate.half_width.map(number);
    json!({
        "before": number(of.before.mean),
        "after": number(of.after.mean),
        "change": number(of.change.mean),
        "percent": of.percent().map(decimals),
        "half_width_95": half(&of.change),
        "half_width_95_before": half(&of.before),
        "half_width_95_after": half(&of.after),
        "variance_ratio": of.pairing().map(decimals),
        "narrowed": of.narrowed().map(decimals),
    })
}

/// Over all replications: an account is a pair in each.
fn pairs(of: &Pairs) -> Value {
    let money = |units: i128| Total::from_units(units).to_string();
    json!({
        "pairs": of.whole.accounts,
        "paying_more": of.more,
        "paying_less": of.less,
        "paying_the_same": of.same,
        "paying_10_percent_more": cell(&of.notable),
        "change": {
            "p05": money(of.quantile(0.05)),
            "p50": money(of.quantile(0.5)),
            "p95": money(of.quantile(0.95)),
        },
        "newly_suspended": of.newly_suspended,
        "no_longer_suspended": of.no_longer_suspended,
        "suspended_earlier": of.suspended_earlier,
        "suspended_later": of.suspended_later,
        "newly_churned": of.newly_churned,
        "no_longer_churned": of.no_longer_churned,
        "deciles_by_size": of.deciles().iter().map(cell).collect::<Value>(),
    })
}

fn cell(of: &SizeCell) -> Value {
    json!({
        "accounts": of.accounts,
        "before": of.before.to_string(),
        "after": of.after.to_string(),
        "change": of.change().to_string(),
    })
}

fn break_even(of: BreakEven) -> Value {
    json!({
        "volume_percent": decimals(of.volume_percent),
        "elasticity": of.elasticity.map(decimals),
        "churn_percent": of.churn_percent.map(decimals),
    })
}

fn steps(of: &[Step]) -> Value {
    let step = |step: &Step| {
        let name = step.note.as_ref().map_or_else(|| step.name.clone(), |note| format!("{} {note}", step.name));
        json!({
            "name": name,
            "before": decimals(step.before),
            "after": decimals(step.after),
            "change": decimals(step.change()),
        })
    };
    of.iter().map(step).collect()
}

/// Eight decimals; a zero has no sign.
fn decimals(number: f64) -> String {
    let text = format!("{number:.8}");
    if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}
