//! The summary and the manifest as JSON. Money is a string, never a float.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::plan::{Plan, Segment};
use crate::random::GENERATOR;
use crate::record::{
    Distribution, Headline, MoneyDay, SegmentSummary, Statistics, StatusDay, Summary, Tallies, Until, UsageDay,
    Warning, Worlds,
};
use crate::study::{METRICS, Metric};
use crate::units::Total;

/// The totals of a run, over all accounts and by segment.
///
/// Totals are those of replication 0, as `totals_of_replication` says; `headlines` has each number's mean over all of them, its 95 %
/// interval and all values, and `means` every metric, also by segment.
pub fn summary(plan: &Plan, replications: &[Summary], until: Option<&Until>) -> Value {
    let summary = &replications[0];
    let segments = plan.segments.iter().zip(&summary.segments).map(|(segment, totals)| {
        let mut object = Map::new();
        object.insert("segment".to_owned(), json!(segment.id));
        object.extend(totals_of(plan, totals));
        Value::Object(object)
    });
    let mut object = head(plan, replications.len());
    object.insert("headlines".to_owned(), headlines(plan, replications));
    object.insert("means".to_owned(), means(plan, replications));
    object.insert("totals_of_replication".to_owned(), json!(0));
    object.insert("totals".to_owned(), Value::Object(totals_of(plan, &summary.whole(plan))));
    object.insert("segments".to_owned(), segments.collect());
    object.insert("warnings".to_owned(), warnings(plan, replications, until));
    Value::Object(object)
}

/// What identifies a run.
fn head(plan: &Plan, replications: usize) -> Map<String, Value> {
    let head = json!({
        "scenario": plan.name,
        "plan_hash": plan.hash,
        "seed": plan.seed,
        "replications": replications,
        "accounts": plan.accounts(),
        "start": plan.calendar.start().to_string(),
        "days": plan.calendar.days(),
        "currency": plan.books[0].currency,
    });
    match head {
        Value::Object(head) => head,
        _ => Map::new(),
    }
}

/// The manifest: what was run, by what, and what was kept. Nothing in it depends on when or how fast.
pub(super) fn manifest(
    plan: &Plan,
    replications: &[Summary],
    until: Option<&Until>,
    identity: Map<String, Value>,
    files: Value,
) -> Value {
    let results = &replications[0];
    let mut object = identity;
    object.extend(scope(plan, replications.len(), &(0..plan.accounts())));
    object.insert("totals_of_replication".to_owned(), json!(0));
    object.insert("totals".to_owned(), Value::Object(totals_of(plan, &results.whole(plan))));
    object.insert("warnings".to_owned(), warnings(plan, replications, until));
    object.insert("files".to_owned(), files);
    Value::Object(object)
}

/// The manifest of the parts of a shard.
pub(super) fn part_manifest(
    plan: &Plan,
    accounts: &Range<u64>,
    identity: Map<String, Value>,
    files: Value,
) -> Map<String, Value> {
    let mut object = identity;
    // In range: a number of replications.
    object.extend(scope(plan, plan.replications as usize, accounts));
    object.insert("files".to_owned(), files);
    object
}

/// Which accounts of which run.
fn scope(plan: &Plan, replications: usize, accounts: &Range<u64>) -> Map<String, Value> {
    let mut object = head(plan, replications);
    object.insert("generator".to_owned(), json!(GENERATOR));
    object.insert("account_range".to_owned(), json!([accounts.start, accounts.end]));
    let simulated = (accounts.end - accounts.start).saturating_mul(replications as u64);
    object.insert("accounts_simulated".to_owned(), json!(simulated));
    object
}

fn headlines(plan: &Plan, replications: &[Summary]) -> Value {
    let headlines = Headline::of(plan, replications).into_iter().map(|headline| {
        let exact = |value: &i128| match headline.is_money {
            true => json!(Total::from_units(*value).to_string()),
            false => json!(u64::try_from(*value).unwrap_or(u64::MAX)),
        };
        // Decimals as texts, as everywhere in the files; a mean of counts has decimals too.
        let rounded = |number: f64| if headline.is_money { format!("{number:.8}") } else { format!("{number:.4}") };
        let object = json!({
            "mean": rounded(headline.estimate.mean),
            "half_width_95": headline.estimate.half_width.map(rounded),
            "values": headline.values.iter().map(exact).collect::<Value>(),
        });
        (headline.name.to_owned(), object)
    });
    Value::Object(headlines.collect())
}

/// Every metric of docs/METRICS.md: its mean over the replications and half its interval, over all segments and in each.
fn means(plan: &Plan, replications: &[Summary]) -> Value {
    let of = |worlds: &Worlds| -> Value {
        let one = |metric: &Metric| {
            let estimate = worlds.estimate(|world| metric.value(world));
            let number = |number: f64| format!("{number:.8}");
            let object = json!({ "mean": number(estimate.mean), "half_width_95": estimate.half_width.map(number) });
            (metric.name.to_owned(), object)
        };
        Value::Object(METRICS.iter().map(one).collect())
    };
    let segment =
        |(nth, segment): (usize, &Segment)| (segment.id.clone(), of(&Worlds::of_segment(plan, replications, nth)));
    let segments: Map<String, Value> = plan.segments.iter().enumerate().map(segment).collect();
    json!({ "all": of(&Worlds::of(plan, replications)), "segments": segments })
}

fn warnings(plan: &Plan, replications: &[Summary], until: Option<&Until>) -> Value {
    let warnings = Warning::of(plan, replications, until);
    warnings.iter().map(|warning| json!({ "kind": warning.kind(), "message": warning.to_string() })).collect()
}

fn totals_of(plan: &Plan, segment: &SegmentSummary) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("usage".to_owned(), usage(&segment.usage()));
    object.insert("money".to_owned(), money(segment));
    object.insert("statistics".to_owned(), statistics(plan, &Statistics::of(segment)));
    object.insert("status".to_owned(), status(&segment.status_total(), &segment.tallies));
    object
}

fn usage(usage: &UsageDay) -> Value {
    json!({
        "unmetered": usage.unmetered,
        "potential": usage.potential,
        "unintegrated": usage.unintegrated,
        "withheld": usage.withheld,
        "stopped": usage.stopped,
        "churned_units": usage.churned,
        "offered": usage.offered,
        "refused": usage.refused,
        "blocked": usage.blocked,
        "unprotected": usage.unprotected,
        "retried": usage.retried,
        "served": usage.served,
        "counted": usage.counted,
        "free": usage.free,
        "package": usage.package,
        "written_off": usage.written_off,
        "billable": usage.billable,
        "accrued": usage.accrued.to_string(),
        "lost": usage.lost.to_string(),
        "cost": usage.cost.to_string(),
    })
}

fn money(segment: &SegmentSummary) -> Value {
    let (money, tallies): (MoneyDay, &Tallies) = (segment.money_total(), &segment.tallies);
    json!({
        "net_revenue": segment.net_revenue().to_string(),
        "margin": segment.margin().to_string(),
        "bills": money.bills,
        "billed": money.billed.to_string(),
        "rounding": money.rounding.to_string(),
        "vouchers": money.vouchers.to_string(),
        "recognised": money.recognised.to_string(),
        "purchased": money.purchased.to_string(),
        "consumed": money.consumed.to_string(),
        "breakage": money.breakage.to_string(),
        "wiped": money.wiped.to_string(),
        "bill_cost": money.bill_cost.to_string(),
        "deducted": money.deducted.to_string(),
        "top_account_deducted": segment.top_deducted.to_string(),
        "collected": money.collected.to_string(),
        "top_ups": money.top_ups,
        "topped_up": money.topped_up.to_string(),
        "payment_failures": money.payment_failures,
        "opening_balance": tallies.opening_balance.to_string(),
        "closing_balance": tallies.closing_balance.to_string(),
        "debt": money.debt.to_string(),
        "bad_debt": money.bad_debt.to_string(),
        "marked": money.marked.to_string(),
        "recovered": money.recovered.to_string(),
        "carried": tallies.carried.to_string(),
        "unbilled": tallies.unbilled.to_string(),
    })
}

/// Ratios have six decimals and percentiles are known to within 0.8 %; what is exact is money or a whole number.
fn statistics(plan: &Plan, of: &Statistics) -> Value {
    let ratio = |ratio: f64| format!("{ratio:.6}");
    let money = |units: u64| Total::from_units(i128::from(units)).to_string();
    let amounts = |d: &Distribution| json!({ "count": d.count, "p50": money(d.p50), "p90": money(d.p90), "p99": money(d.p99), "max": money(d.max) });
    let seconds =
        |d: &Distribution| json!({ "count": d.count, "p50": d.p50, "p90": d.p90, "p99": d.p99, "max": d.max });
    let tiers = of.tiers.iter().map(|tier| {
        json!({
            "product": plan.books[tier.product].id,
            "meter": plan.books[tier.product].meters[tier.meter].id,
            "tier": tier.tier,
            "units": tier.total.units,
            "amount": tier.total.amount.to_string(),
            "share": ratio(tier.share),
        })
    });
    json!({
        "price_per_1000": of.price_per_1000.map(ratio),
        "top_1_percent_share": ratio(of.top_percent),
        "top_account_share": ratio(of.top_account),
        "gini": ratio(of.gini),
        "tiers": tiers.collect::<Value>(),
        "bill": amounts(&of.bills),
        "revenue_of_an_account": amounts(&of.revenue),
        "recovery_seconds": seconds(&of.recoveries),
    })
}

fn status(status: &StatusDay, tallies: &Tallies) -> Value {
    json!({
        "accounts": tallies.accounts,
        "ever_in_arrears": tallies.ever_in_arrears,
        "ever_suspended": tallies.ever_suspended,
        "suspended_then_paid": tallies.suspended_then_paid,
        "ever_churned": tallies.ever_churned,
        "free_only": tallies.free_only,
        "suspended_seconds": tallies.suspended_seconds,
        "suspensions": status.suspensions,
        "resumptions": status.resumptions,
        "activations": status.activations,
        "integrations": status.integrations,
        "refused_activations": status.refused_activations,
        "departures": status.departures,
        "at_end": {
            "inactive": status.inactive,
            "integrating": status.integrating,
            "running": status.running,
            "in_grace": status.in_grace,
            "suspended": status.suspended,
            "churned": status.churned,
        },
        "events": tallies.events,
    })
}
