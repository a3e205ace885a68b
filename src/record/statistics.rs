//! What the totals of a segment say about its customers: prices, concentration, distributions. Ratios are floats; nothing is paid by them.

use super::summary::{SegmentSummary, TierTotal};
use crate::stats::Histogram;

/// Statistics of one segment or of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Recognised revenue per 1 000 served units, in units of currency; `None` where nothing was served.
    pub price_per_1000: Option<f64>,
    /// By product, meter and tier: billable units, their price, and its share of the product's.
    pub tiers: Vec<TierShare>,
    /// Share of recognised revenue that the top 1 % of the accounts hold.
    pub top_percent: f64,
    /// Gini's coefficient of the accounts' recognised revenue: 0 where all bring the same, towards 1 where one brings all.
    pub gini: f64,
    /// Share of all deductions that one account paid.
    pub top_account: f64,
    /// Exact amounts of bills above zero, in units of 1e-8.
    pub bills: Distribution,
    /// Recognised revenue of accounts, in units of 1e-8.
    pub revenue: Distribution,
    /// Seconds from a suspension to the resumption.
    pub recoveries: Distribution,
}

/// A tier's part of a product's revenue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierShare {
    /// Index of the product.
    pub product: usize,
    /// Index of the meter.
    pub meter: usize,
    /// Number of the tier, from 1.
    pub tier: usize,
    /// What fell into it.
    pub total: TierTotal,
    /// Share of the product's exact price.
    pub share: f64,
}

/// Percentiles to within 0.8 %; count and maximum are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// Values.
    pub count: u64,
    /// Half of them are not larger.
    pub p50: u64,
    /// Nine in ten are not larger.
    pub p90: u64,
    /// 99 in a hundred are not larger.
    pub p99: u64,
    /// The largest.
    pub max: u64,
}

impl Distribution {
    /// Of a histogram; zeros if it is empty.
    pub fn of(histogram: &Histogram) -> Distribution {
        let quantile = |p| histogram.quantile(p).unwrap_or(0);
        Distribution {
            count: histogram.count(),
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            max: histogram.max().unwrap_or(0),
        }
    }
}

impl Statistics {
    /// Of a segment's totals.
    pub fn of(totals: &SegmentSummary) -> Statistics {
        let (usage, money) = (totals.usage(), totals.money_total());
        let mut tiers = vec![];
        for used in &totals.uses {
            let all = used.meters.iter().flat_map(|meter| &meter.tiers);
            let whole = all.fold(0.0, |sum, tier| sum + tier.amount.approx());
            for (meter, of) in used.meters.iter().enumerate() {
                for (index, total) in of.tiers.iter().enumerate() {
                    let share = if whole > 0.0 { total.amount.approx() / whole } else { 0.0 };
                    tiers.push(TierShare { product: used.product, meter, tier: index + 1, total: *total, share });
                }
            }
        }
        let per_1000 = 1_000.0 * money.recognised.approx() / usage.served.max(1) as f64;
        let deducted = money.deducted.approx();
        Statistics {
            price_per_1000: (usage.served > 0).then_some(per_1000),
            tiers,
            top_percent: totals.revenue.top_share(0.01),
            gini: totals.revenue.gini(),
            top_account: if deducted > 0.0 { totals.top_deducted.approx() / deducted } else { 0.0 },
            bills: Distribution::of(&totals.bills),
            revenue: Distribution::of(&totals.revenue),
            recoveries: Distribution::of(&totals.recoveries),
        }
    }
}
