//! A plan's books and policy, compiled for billing: the tariffs and who is suspended when.

use super::event::Usage;
use super::tariff::Tariff;
use crate::book::{Book, Counted, Each, PartnerGrace, Policy, Quota, QuotaCounter};
use crate::plan::Plan;
use crate::units::{Calendar, Money, NEVER, Seconds, TooLarge, Total};

/// What every account of a run is billed by.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Products in the order of their ids.
    pub products: Vec<Product>,
    /// For each of them the one at whose prices demand is as written, where there is one.
    pub references: Vec<Option<Product>>,
    /// The account policy.
    pub policy: Policy,
    /// Dates, for monthly grants.
    pub calendar: Calendar,
}

/// A product's book with its tariff.
#[derive(Clone, Debug)]
pub struct Product {
    /// The book.
    pub book: Book,
    /// The cumulative cost of its meter.
    pub tariff: Tariff,
    /// Whether free units take places in the tier counter.
    pub free_inside: bool,
    /// Whether serving a unit costs the vendor anything.
    pub costs: bool,
    /// Quotas in the order they are drawn: day, month, once, and within these the sooner end first.
    pub draw_order: Vec<usize>,
}

impl Terms {
    /// The terms of a plan.
    pub fn new(plan: &Plan) -> Terms {
        let products = plan.books.iter().cloned().map(Product::of).collect();
        let references = plan.references.iter().map(|book| book.clone().map(Product::of)).collect();
        Terms { products, references, policy: plan.policy.clone(), calendar: plan.calendar }
    }
}

/// Months of a day, on average.
const MONTHS_A_DAY: f64 = 12.0 / 365.25;

impl Product {
    /// A book with its tariff.
    pub fn of(book: Book) -> Product {
        Product {
            tariff: Tariff::new(&book.meters[0].tiers),
            free_inside: book.free.iter().any(|quota| quota.counter == QuotaCounter::Inside),
            draw_order: draw_order(&book),
            costs: book.meters[0].cost > Money::ZERO,
            book,
        }
    }

    /// The billable units of a day in each tier they touch, and their price.
    #[inline]
    pub fn each_tier(&self, free: u64, billable: u64, mut each: impl FnMut(usize, u64, Total)) {
        let after = if self.free_inside { free } else { 0 };
        self.tariff.each_tier(after, billable, |tier, units, price| {
            each(tier, units, Total::from_units(i128::from(units) * i128::from(price.units())));
        });
    }

    /// What serving these units costs the vendor.
    pub fn cost(&self, served: u64) -> Total {
        Total::from_units(i128::from(served) * i128::from(self.book.meters[0].cost.units()))
    }

    /// What a day's blocked and stopped units would have cost after its served ones, at list price and without free units;
    /// `amount` is what the served ones cost.
    pub fn lost(&self, usage: &Usage, amount: Money) -> Total {
        let kept_out = usage.blocked + usage.stopped;
        if kept_out == 0 {
            return Total::default();
        }
        let counted = match self.book.counted {
            Counted::Served => kept_out,
            Counted::Passed => self.book.pass_share.of(usage.served + kept_out) - usage.counted,
        };
        let mut with = Total::default();
        self.each_tier(usage.free, usage.billable + counted, |_, _, amount| with += amount);
        with += Total::from_units(-i128::from(amount.units()));
        with
    }

    /// Average price of a unit on a day with these units, in units of 1e-8: daily and monthly free units count, those that are
    /// granted once do not. A float: prices are compared by it, nothing is paid.
    ///
    /// # Errors
    /// [`TooLarge`] when the day's price does not fit.
    pub fn average_price(&self, units: u64) -> Result<f64, TooLarge> {
        let a_day = |quota: &Quota| match quota.each {
            Each::Day => quota.units,
            Each::Month => (quota.units as f64 * MONTHS_A_DAY) as u64,
            Each::Once => 0,
        };
        let free = self.book.free.iter().map(a_day).fold(0, u64::saturating_add).min(units);
        Ok(self.amount(free, units - free)?.units() as f64 / units.max(1) as f64)
    }

    /// What a day with these free and billable units costs (D of RULES §1: free units outside or inside the counter).
    ///
    /// # Errors
    /// [`TooLarge`] when that is no [`Money`].
    #[inline]
    pub fn amount(&self, free: u64, billable: u64) -> Result<Money, TooLarge> {
        if self.free_inside { self.tariff.cost_after(free, billable) } else { self.tariff.cost(billable) }
    }

    /// The grace that holds for a customer: the partner's agreement, or the book's. `None`: never suspended.
    pub fn grace(&self, partner: Option<PartnerGrace>) -> Option<Seconds> {
        match partner {
            None => Some(self.book.grace),
            Some(PartnerGrace::After(grace)) => Some(grace),
            Some(PartnerGrace::NonStop) => None,
        }
    }
}

fn draw_order(book: &Book) -> Vec<usize> {
    let mut order: Vec<usize> = (0..book.free.len()).collect();
    order.sort_by_key(|index| {
        let quota = &book.free[*index];
        (quota.each as u8, quota.expires_after.unwrap_or(NEVER))
    });
    order
}
