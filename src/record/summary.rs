//! Daily totals by segment and product. Only integers, so parts add up to the whole in any order.

use serde::{Deserialize, Serialize};

use super::additive::{TotalsTooLarge, additive};
use crate::plan::{Plan, Segment};
use crate::stats::{Histogram, Survival};
use crate::units::{Day, Total};

additive! {
    /// A day of one meter of one segment: raw units up to `served`, units of price from `counted` on.
    pub struct UsageDay {
        /// Raw calls that are never metered, outside potential.
        pub unmetered: u64,
        /// What users asked for.
        pub potential: u64,
        /// Before activation or integration.
        pub unintegrated: u64,
        /// Did not come: held back by the price (below zero: attracted by it), stopped, or churned.
        pub withheld: i64,
        /// Of the withheld: stays away while the service is suspended.
        pub stopped: u64,
        /// Of the withheld: of customers that have left.
        pub churned: u64,
        /// Reached the service.
        pub offered: u64,
        /// Refused: while suspended, or above the rate limit.
        pub refused: u64,
        /// Of the refused: while suspended.
        pub blocked: u64,
        /// Of the blocked: passed unchecked.
        pub unprotected: u64,
        /// Came again after a suspension.
        pub retried: u64,
        /// Served.
        pub served: u64,
        /// Of the served: metered.
        pub counted: u64,
        /// Of the counted: free.
        pub free: u64,
        /// Of the counted: covered by the trial or packages.
        pub package: u64,
        /// Of the counted: beyond all allowances, never billed.
        pub written_off: u64,
        /// Of the counted: priced.
        pub billable: u64,
        /// Exact price of the day's billable units.
        pub accrued: Total,
        /// What the blocked and stopped units would have cost after the day's served ones, at list price.
        pub lost: Total,
        /// What serving cost the vendor.
        pub cost: Total,
    }
}

additive! {
    /// Accounts of one segment by the state of one product, and what changed that day.
    pub struct StatusDay {
        /// At the end of the day: not activated.
        pub inactive: u64,
        /// At the end of the day: activated, integration not complete.
        pub integrating: u64,
        /// At the end of the day: running, nothing owed beyond the credit line.
        pub running: u64,
        /// At the end of the day: running although in arrears.
        pub in_grace: u64,
        /// At the end of the day: suspended.
        pub suspended: u64,
        /// At the end of the day: left for good.
        pub churned: u64,
        /// Activations that day.
        pub activations: u64,
        /// Integrations completed that day.
        pub integrations: u64,
        /// Suspensions that day.
        pub suspensions: u64,
        /// Resumptions that day.
        pub resumptions: u64,
        /// Activations refused that day.
        pub refused_activations: u64,
        /// Customers that left that day.
        pub departures: u64,
        /// At the end of the day: activated, with pay-as-you-go on.
        pub pay_as_you_go: u64,
        /// Pay-as-you-go chosen at the opening that day.
        pub switched_at_opening: u64,
        /// Switched on by hand that day.
        pub switched_by_hand: u64,
        /// Switched on by itself that day.
        pub switched_by_itself: u64,
        /// Suspensions that day because allowances had ended.
        pub allowance_suspensions: u64,
        /// Packages bought that day.
        pub purchases: u64,
        /// Packages that were not sold that day.
        pub refused_purchases: u64,
        /// Allowance units granted or paid for that day.
        pub allowance_granted: u64,
        /// Allowance units given for use that day.
        pub allowance_used: u64,
        /// Allowance units that expired that day.
        pub allowance_expired: u64,
        /// Allowance units wiped that day.
        pub allowance_wiped: u64,
    }
}

additive! {
    /// Money of one segment on one day.
    pub struct MoneyDay {
        /// Bills issued.
        pub bills: u64,
        /// Their exact amounts.
        pub billed: Total,
        /// What rounding added (or took, below zero).
        pub rounding: Total,
        /// Paid by vouchers.
        pub vouchers: Total,
        /// Exact price of what was used that day, package units at their package's price, what expired and what was wiped of
        /// packages; net of vouchers spent that day.
        pub recognised: Total,
        /// Cash paid for packages.
        pub purchased: Total,
        /// Of recognised: package units used, at their package's price.
        pub consumed: Total,
        /// Of recognised: paid for, and expired unused.
        pub breakage: Total,
        /// Of recognised: paid for, and wiped after a long suspension.
        pub wiped: Total,
        /// What issuing the bills cost the vendor.
        pub bill_cost: Total,
        /// Cash deducted from balances.
        pub deducted: Total,
        /// Cash that paid bills, now or later: deductions met by a balance, and top-ups that met a debt.
        pub collected: Total,
        /// Top-ups.
        pub top_ups: u64,
        /// Their amounts.
        pub topped_up: Total,
        /// Payments that were attempted and failed.
        pub payment_failures: u64,
        /// Balances at the end of the day, debts as negative.
        pub balance: Total,
        /// Owed at the end of the day.
        pub debt: Total,
        /// Accounts in arrears at the end of the day.
        pub accounts_in_arrears: u64,
        /// Debt marked as bad that day.
        pub marked: Total,
        /// Marked debt that was paid that day.
        pub recovered: Total,
        /// Debt marked as bad and not paid, at the end of the day.
        pub bad_debt: Total,
    }
}

additive! {
    /// Totals over accounts that are no sums over days.
    pub struct Tallies {
        /// Accounts.
        pub accounts: u64,
        /// Accounts with a service suspended at least once.
        pub ever_suspended: u64,
        /// Accounts suspended at least once that owe nothing beyond their credit line at the end.
        pub suspended_then_paid: u64,
        /// Accounts ever in arrears.
        pub ever_in_arrears: u64,
        /// Accounts that left for good.
        pub ever_churned: u64,
        /// Accounts that were served but never had a billable unit.
        pub free_only: u64,
        /// Seconds suspended, over all services.
        pub suspended_seconds: u64,
        /// Opening balances.
        pub opening_balance: Total,
        /// Closing balances.
        pub closing_balance: Total,
        /// Kept by rounding at the end.
        pub carried: Total,
        /// Closed days whose bill is due after the end.
        pub unbilled: Total,
        /// Recorded events, day closes included.
        pub events: u64,
    }
}

additive! {
    /// What fell into a tier.
    pub struct TierTotal {
        /// Billable units.
        pub units: u64,
        /// Their exact price.
        pub amount: Total,
    }
}

/// One product's use by a segment, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseSummary {
    /// Index of the product.
    pub product: usize,
    /// Meters in the order of the book.
    pub meters: Vec<MeterSummary>,
    /// Accounts by day.
    pub status: Vec<StatusDay>,
    /// How long trials were in effect; censored are those that were at the end, or when the customer left.
    pub trials: Survival,
}

/// One meter, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterSummary {
    /// Whether it adds to another meter, whose raw units it counts once more.
    pub add_on: bool,
    /// Units by day.
    pub usage: Vec<UsageDay>,
    /// Billable units over the run, by tier of the first price list, and what they cost.
    pub tiers: Vec<TierTotal>,
}

impl UsageDay {
    /// Only its money: what an add-on adds to a sum of units is nothing.
    fn money(&self) -> UsageDay {
        UsageDay { accrued: self.accrued, lost: self.lost, cost: self.cost, ..UsageDay::default() }
    }
}

/// A segment, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentSummary {
    /// Products in the order of their indices.
    pub uses: Vec<UseSummary>,
    /// Money by day.
    pub money: Vec<MoneyDay>,
    /// Totals over its accounts.
    pub tallies: Tallies,
    /// Deducted from the account that paid most: the concentration of revenue.
    pub top_deducted: Total,
    /// Exact amounts of bills above zero, in units of 1e-8.
    pub bills: Histogram,
    /// Recognised revenue of accounts, in units of 1e-8; below zero counts as zero.
    pub revenue: Histogram,
    /// Seconds from a suspension to the resumption.
    pub recoveries: Histogram,
}

/// A whole run: its segments in the order of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Segments.
    pub segments: Vec<SegmentSummary>,
}

impl UseSummary {
    fn new(product: usize, plan: &Plan) -> UseSummary {
        let days = plan.calendar.days();
        let meter = |meter: &crate::book::Meter| MeterSummary {
            add_on: meter.add_on_of.is_some(),
            usage: vec![UsageDay::default(); days],
            tiers: vec![TierTotal::default(); meter.most_tiers()],
        };
        UseSummary {
            product,
            meters: plan.books[product].meters.iter().map(meter).collect(),
            status: vec![StatusDay::default(); days],
            trials: Survival::default(),
        }
    }

    /// A day over all meters: units of the basic ones, money of all.
    pub fn usage(&self, day: Day) -> UsageDay {
        let mut total = UsageDay::default();
        for meter in &self.meters {
            total.add(&if meter.add_on { meter.usage[day].money() } else { meter.usage[day] });
        }
        total
    }

    fn add(&mut self, other: &UseSummary) {
        for (mine, theirs) in self.meters.iter_mut().zip(&other.meters) {
            for (mine, theirs) in mine.usage.iter_mut().zip(&theirs.usage) {
                mine.add(theirs);
            }
            for (mine, theirs) in mine.tiers.iter_mut().zip(&theirs.tiers) {
                mine.add(theirs);
            }
        }
        for (mine, theirs) in self.status.iter_mut().zip(&other.status) {
            mine.add(theirs);
        }
        self.trials.add(&other.trials);
    }
}

impl SegmentSummary {
    /// Nothing yet, for products given by their indices.
    fn of(plan: &Plan, products: impl Iterator<Item = usize>) -> SegmentSummary {
        let days = plan.calendar.days();
        SegmentSummary {
            uses: products.map(|product| UseSummary::new(product, plan)).collect(),
            money: vec![MoneyDay::default(); days],
            tallies: Tallies::default(),
            top_deducted: Total::default(),
            bills: Histogram::default(),
            revenue: Histogram::default(),
            recoveries: Histogram::default(),
        }
    }

    /// Nothing yet.
    pub fn new(plan: &Plan, segment: &Segment) -> SegmentSummary {
        SegmentSummary::of(plan, segment.uses.iter().map(|used| used.product))
    }

    /// Adds another part of the same segment.
    pub fn add(&mut self, other: &SegmentSummary) {
        for (mine, theirs) in self.uses.iter_mut().zip(&other.uses) {
            mine.add(theirs);
        }
        self.add_but_uses(other);
    }

    fn add_but_uses(&mut self, other: &SegmentSummary) {
        for (mine, theirs) in self.money.iter_mut().zip(&other.money) {
            mine.add(theirs);
        }
        self.tallies.add(&other.tallies);
        self.top_deducted = self.top_deducted.max(other.top_deducted);
        self.bills.merge(&other.bills);
        self.revenue.merge(&other.revenue);
        self.recoveries.merge(&other.recoveries);
    }

    /// Sums over the days of all products: units of basic meters, money of all.
    pub fn usage(&self) -> UsageDay {
        let mut total = UsageDay::default();
        for used in &self.uses {
            (0..used.status.len()).for_each(|day| total.add(&used.usage(day)));
        }
        total
    }

    /// Sums over the days; the stocks of it (balance, debt, accounts in arrears, bad debt) are those of the last day.
    pub fn money_total(&self) -> MoneyDay {
        let mut total = MoneyDay::default();
        self.money.iter().for_each(|day| total.add(day));
        let last = self.money.last().copied().unwrap_or_default();
        MoneyDay {
            balance: last.balance,
            debt: last.debt,
            accounts_in_arrears: last.accounts_in_arrears,
            bad_debt: last.bad_debt,
            ..total
        }
    }

    /// Recognised revenue less the debt that is bad at the end.
    pub fn net_revenue(&self) -> Total {
        let money = self.money_total();
        Total::from_units(money.recognised.units() - money.bad_debt.units())
    }

    /// Net revenue less what serving and billing cost the vendor.
    pub fn margin(&self) -> Total {
        let costs = self.usage().cost.units() + self.money_total().bill_cost.units();
        Total::from_units(self.net_revenue().units() - costs)
    }

    /// Transitions over all days and products; its stocks are those of the last day.
    pub fn status_total(&self) -> StatusDay {
        let mut total = StatusDay::default();
        let mut last = StatusDay::default();
        for used in &self.uses {
            used.status.iter().for_each(|day| total.add(day));
            last.add(&used.status.last().copied().unwrap_or_default());
        }
        StatusDay {
            inactive: last.inactive,
            integrating: last.integrating,
            running: last.running,
            in_grace: last.in_grace,
            suspended: last.suspended,
            churned: last.churned,
            pay_as_you_go: last.pay_as_you_go,
            ..total
        }
    }
}

impl Summary {
    /// Nothing yet.
    pub fn new(plan: &Plan) -> Summary {
        Summary { segments: plan.segments.iter().map(|segment| SegmentSummary::new(plan, segment)).collect() }
    }

    /// Whether every total is what it claims to be: none of its numbers has met its bound on the way.
    ///
    /// # Errors
    /// [`TotalsTooLarge`] with the first that does not fit.
    pub fn check(&self) -> Result<(), TotalsTooLarge> {
        let mut sums = (UsageDay::default(), StatusDay::default(), MoneyDay::default(), Tallies::default());
        let mut inside = TierTotal::default();
        for segment in &self.segments {
            for used in &segment.uses {
                used.meters.iter().flat_map(|meter| &meter.usage).for_each(|day| sums.0.add(day));
                used.meters.iter().flat_map(|meter| &meter.tiers).for_each(|tier| inside.add(tier));
                used.status.iter().for_each(|day| sums.1.add(day));
            }
            segment.money.iter().for_each(|day| sums.2.add(day));
            sums.3.add(&segment.tallies);
        }
        // Over all there is: so each total of a part, of which there are many, fits too.
        sums.0.check()?;
        sums.1.check()?;
        sums.2.check()?;
        sums.3.check()?;
        inside.check()
    }

    /// All segments as one: uses of a product are added up.
    pub fn whole(&self, plan: &Plan) -> SegmentSummary {
        let mut whole = SegmentSummary::of(plan, 0..plan.books.len());
        for segment in &self.segments {
            for used in &segment.uses {
                whole.uses[used.product].add(used);
            }
            whole.add_but_uses(segment);
        }
        whole
    }
}
