//! What a comparison says: each number's difference with its paired interval, what pairing was worth, the effect of prices apart from
//! that of behaviour, and how much volume or how many customers a change may cost before it loses money.

use super::metric::{Kind, METRICS, Metric};
use super::pairs::Pairs;
use super::variants::Played;
use crate::plan::Plan;
use crate::record::SegmentSummary;
use crate::stats::Estimate;
use crate::units::{Day, Total};

/// A number under two plans.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Which.
    pub metric: &'static Metric,
    /// Under the first plan.
    pub before: Estimate,
    /// Under the other.
    pub after: Estimate,
    /// The other less the first, replication by replication: both met the same customers.
    pub change: Estimate,
}

/// How much more or less would have to be used under the other plan for its margin to be what it is under the first. Revenue, bad
/// debt and costs of the other plan are taken to go with volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// That change of the other plan's volume, in per cent: below zero where it may fall, above where it would have to rise.
    pub volume_percent: f64,
    /// The price elasticity that would lead there from the first plan's volume: by how many per cent volume changes when the price
    /// changes by one. `None` unless there is one price, of one meter without tiers, that changes and is all that is paid: with more
    /// than one everybody's price changes by another share, and what is used shifts between them.
    pub elasticity: Option<f64>,
    /// Share of the accounts, each with the average margin, that may leave, in per cent; `None` where none may.
    pub churn_percent: Option<f64>,
}

/// What a reader of a comparison must know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComparisonWarning {
    /// The variant is the first plan in other words.
    #[error("{variant} changes nothing: every difference is 0")]
    NothingChanged {
        /// Its name.
        variant: String,
    },
}

impl ComparisonWarning {
    /// Its kind, as files name it.
    pub fn kind(&self) -> &'static str {
        match self {
            ComparisonWarning::NothingChanged { .. } => "nothing_changed",
        }
    }
}

/// Replications of several plans over the same customers.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The plans; the first is what the others are compared with.
    pub plans: &'a [Plan],
    /// As they are.
    pub replications: &'a [Played],
    /// Totals over all segments, by plan and replication.
    pub(super) totals: Vec<Vec<SegmentSummary>>,
    /// The same [without responses](super::without_responses).
    prices_only: Vec<Vec<SegmentSummary>>,
    /// By plan: how many times as large the only price became.
    prices: Vec<Option<f64>>,
}

/// How far apart, in parts, two ratios of payments are one: bills are exact to 1e-8.
const SAME_PRICE: f64 = 1e-6;

impl Difference {
    /// Of values by replication.
    pub fn of(metric: &'static Metric, before: &[f64], after: &[f64]) -> Difference {
        let changes: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        let (before, after) = (Estimate::of(before), Estimate::of(after));
        Difference { metric, before, after, change: Estimate::of(&changes) }
    }

    /// Change in per cent of the number under the first plan; `None` where that is zero.
    pub fn percent(&self) -> Option<f64> {
        (self.before.mean != 0.0).then(|| 100.0 * self.change.mean / self.before.mean.abs())
    }

    /// Decimals worth showing to a person.
    pub fn digits(&self) -> usize {
        match self.metric.kind {
            Kind::Price | Kind::Share => 4,
            Kind::Money if self.before.mean.abs().max(self.after.mean.abs()) < 1_000.0 => 2,
            Kind::Money | Kind::Count(_) => 0,
        }
    }

    /// How many times smaller the variance of the paired difference is than that of two independent runs; `None` without variance.
    pub fn pairing(&self) -> Option<f64> {
        let independent = self.before.sd * self.before.sd + self.after.sd * self.after.sd;
        let paired = self.change.sd * self.change.sd;
        (paired > 0.0 && independent > 0.0).then(|| independent / paired)
    }

    /// How many times narrower the paired interval is than that of two independent runs; `None` without variance.
    pub fn narrowed(&self) -> Option<f64> {
        self.pairing().map(libm::sqrt)
    }
}

impl<'a> Comparison<'a> {
    /// Of the replications of plans as they are, and of the same plans [without responses](super::without_responses).
    pub fn new(plans: &'a [Plan], replications: &'a [Played], prices_only: &[Played]) -> Comparison<'a> {
        let totals = |played: &[Played]| -> Vec<Vec<SegmentSummary>> {
            let of =
                |(index, plan): (usize, &Plan)| played.iter().map(|one| one.summaries[index].whole(plan)).collect();
            plans.iter().enumerate().map(of).collect()
        };
        let prices = (0..plans.len()).map(|variant| one_price(plans, prices_only, variant)).collect();
        Comparison { plans, replications, totals: totals(replications), prices_only: totals(prices_only), prices }
    }

    /// A metric of a variant against the first plan, over all segments.
    pub fn difference(&self, metric: &'static Metric, variant: usize) -> Difference {
        over(&self.totals, metric, variant)
    }

    /// All metrics.
    pub fn differences(&self, variant: usize) -> Vec<Difference> {
        METRICS.iter().map(|metric| self.difference(metric, variant)).collect()
    }

    /// The effect of prices alone: if all customers stayed, were never suspended and asked for as much.
    pub fn price_effect(&self, metric: &'static Metric, variant: usize) -> Difference {
        over(&self.prices_only, metric, variant)
    }

    /// A metric of one segment.
    pub fn of_segment(&self, metric: &'static Metric, variant: usize, segment: usize) -> Difference {
        let values = |plan: usize| -> Vec<f64> {
            self.replications.iter().map(|played| metric.value(&played.summaries[plan].segments[segment])).collect()
        };
        Difference::of(metric, &values(0), &values(variant))
    }

    /// Whether the customers of a variant ask for what they ask for under the first plan.
    pub fn asks_for_the_same(&self, variant: usize) -> bool {
        self.plans[variant].asks_for_the_same(&self.plans[0])
    }

    /// All warnings.
    pub fn warnings(&self) -> Vec<ComparisonWarning> {
        let same = self.plans[1..].iter().filter(|plan| plan.hash == self.plans[0].hash);
        same.map(|plan| ComparisonWarning::NothingChanged { variant: plan.name.clone() }).collect()
    }

    /// What a plan recognises on each day, by replication.
    pub fn recognised_by_day(&self, plan: usize) -> Vec<Vec<f64>> {
        let days = |totals: &SegmentSummary| totals.money.iter().map(|day| day.recognised.approx()).collect();
        self.totals[plan].iter().map(days).collect()
    }

    /// A metric on each day against the first plan; none where it is not told [by day](BY_DAY).
    pub fn by_day(&self, metric: &'static Metric, variant: usize) -> Vec<Difference> {
        let Some((_, value)) = BY_DAY.iter().find(|(name, _)| *name == metric.name) else { return vec![] };
        let on =
            |plan: usize, day: Day| -> Vec<f64> { self.totals[plan].iter().map(|totals| value(totals, day)).collect() };
        let days = 0..self.plans[0].calendar.days();
        days.map(|day| Difference::of(metric, &on(0, day), &on(variant, day))).collect()
    }

    /// Pairs of all replications and segments together.
    pub fn pairs(&self, variant: usize) -> Pairs {
        let mut all = Pairs::default();
        for played in self.replications {
            played.pairs[variant - 1].iter().for_each(|pairs| all.add(pairs));
        }
        all
    }

    /// Pairs of all replications of one segment.
    pub fn pairs_of(&self, variant: usize, segment: usize) -> Pairs {
        let mut all = Pairs::default();
        self.replications.iter().for_each(|played| all.add(&played.pairs[variant - 1][segment]));
        all
    }

    /// Where a change stops paying; `None` where the margin is the same, or there is none to keep.
    pub fn break_even(&self, variant: usize) -> Option<BreakEven> {
        let of = |name: &str| Metric::named(name).map(|metric| self.difference(metric, variant));
        let (margin, served) = (of("margin")?, of("served")?);
        let price = self.prices[variant].filter(|_| self.plans[variant].asks_for_the_same(&self.plans[0]));
        BreakEven::of(margin.before.mean, margin.after.mean, served.after.mean / served.before.mean, price)
    }
}

/// How many times as large the price became, if there is one that is all that everybody pays: what accounts of any size pay for the
/// same use became as many times as large.
fn one_price(plans: &[Plan], prices_only: &[Played], variant: usize) -> Option<f64> {
    let one = |plan: &Plan| matches!(&plan.books[..], [book] if matches!(&book.meters[..], [meter] if meter.most_tiers() == 1));
    if variant == 0 || !one(&plans[0]) || !one(&plans[variant]) {
        return None;
    }
    let tenths = prices_only.iter().flat_map(|played| &played.pairs[variant - 1]).flat_map(Pairs::deciles);
    let ratios = tenths.filter(|tenth| tenth.before > Total::default());
    let ratios: Vec<f64> = ratios.map(|tenth| tenth.after.approx() / tenth.before.approx()).collect();
    let first = *ratios.first()?;
    ratios.iter().all(|ratio| (ratio / first - 1.0).abs() < SAME_PRICE).then_some(first)
}

impl std::fmt::Display for BreakEven {
    /// As a clause: when it is a loss.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.volume_percent < 0.0 {
            true => write!(f, "a loss if volume or accounts fall by over {:.1} %", -self.volume_percent)?,
            false => write!(f, "a loss unless volume rises by over {:.1} %", self.volume_percent)?,
        }
        self.elasticity.map_or(Ok(()), |elasticity| write!(f, " (elasticity {elasticity:.2})"))
    }
}

impl BreakEven {
    /// Of two margins, how many times as large volume became, and the price.
    fn of(before: f64, after: f64, volume: f64, price: Option<f64>) -> Option<BreakEven> {
        if before <= 0.0 || after <= 0.0 || before == after {
            return None;
        }
        let kept = before / after;
        let elasticity = price.map(|price| libm::log(volume * kept) / libm::log(price));
        Some(BreakEven {
            volume_percent: 100.0 * (kept - 1.0),
            elasticity: elasticity.filter(|elasticity| elasticity.is_finite() && *elasticity < 0.0),
            churn_percent: (kept < 1.0).then_some(100.0 * (1.0 - kept)),
        })
    }
}

/// A metric's value on one day.
type OnDay = fn(&SegmentSummary, Day) -> f64;

/// The metrics that are told by day; of services that are suspended those at the end of the day.
pub const BY_DAY: [(&str, OnDay); 3] = [
    ("recognised", |totals, day| totals.money[day].recognised.approx()),
    ("served", |totals, day| totals.uses.iter().map(|used| used.usage(day).served as f64).sum()),
    ("suspended_at_end", |totals, day| totals.uses.iter().map(|used| used.status[day].suspended as f64).sum()),
];

/// The metric that all others explain.
pub(super) fn recognised() -> &'static Metric {
    Metric::named("recognised").expect("it is in the list")
}

fn over(totals: &[Vec<SegmentSummary>], metric: &'static Metric, variant: usize) -> Difference {
    let values = |of: usize| -> Vec<f64> { totals[of].iter().map(|totals| metric.value(totals)).collect() };
    Difference::of(metric, &values(0), &values(variant))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 at a cost of 40, prices up by a tenth: 110 - 40 = 70 against 60, so 60 / 70 of the volume keep it. Without costs the margin
    /// goes with revenue: whatever demand answered, the elasticity of break-even is -1.
    #[test]
    fn break_even_is_where_the_margin_is_what_it_was() {
        let close = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} {other}");
        let rise = BreakEven::of(60.0, 70.0, 1.0, Some(1.1)).expect("a rise");
        close(rise.volume_percent, -100.0 / 7.0);
        close(rise.churn_percent.expect("some may leave"), 100.0 / 7.0);
        close(rise.elasticity.expect("prices rose"), (6.0_f64 / 7.0).ln() / 1.1_f64.ln());
        for (price, volume) in [(1.1, 1.0), (1.1, 0.97), (0.8, 1.0), (0.8, 1.3)] {
            let free = BreakEven::of(100.0, 100.0 * price * volume, volume, Some(price)).expect("it changed");
            close(free.elasticity.expect("prices changed"), -1.0);
        }
        // More is suspended, nothing costs more: volume would have to rise, and no price leads there.
        let fall = BreakEven::of(60.0, 50.0, 0.9, None).expect("a fall");
        close(fall.volume_percent, 20.0);
        assert_eq!((fall.elasticity, fall.churn_percent), (None, None));
        assert_eq!(BreakEven::of(60.0, 60.0, 1.0, Some(1.1)), None);
        assert_eq!(BreakEven::of(-1.0, 60.0, 1.0, Some(1.1)), None);
    }

    /// 10, 12, 14 against 11, 13, 16: changes 1, 1, 2. Variances 4 and 6 1/3 apart, 1/3 paired: 31 times smaller.
    #[test]
    fn pairing_is_worth_what_it_saves() {
        let metric = Metric::named("recognised").expect("a metric");
        let difference = Difference::of(metric, &[10.0, 12.0, 14.0], &[11.0, 13.0, 16.0]);
        assert!((difference.change.mean - 4.0 / 3.0).abs() < 1e-12);
        assert!((difference.percent().expect("not zero") - 100.0 / 9.0).abs() < 1e-9);
        assert!((difference.pairing().expect("some variance") - 31.0).abs() < 1e-9);
        assert_eq!(Difference::of(metric, &[1.0, 2.0], &[1.0, 2.0]).pairing(), None);
    }
}
