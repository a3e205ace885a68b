//! A plan's books and policy, compiled for billing: the tariffs and who is suspended when.

use super::tariff::Tariff;
use crate::book::{Book, PartnerGrace, Policy, QuotaCounter};
use crate::plan::Plan;
use crate::units::{Calendar, Money, NEVER, Seconds, TooLarge};

/// What every account of a run is billed by.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Products in the order of their ids.
    pub products: Vec<Product>,
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
    /// Quotas in the order they are drawn: day, month, once, and within these the sooner end first.
    pub draw_order: Vec<usize>,
}

impl Terms {
    /// The terms of a plan.
    pub fn new(plan: &Plan) -> Terms {
        let products = plan.books.iter().map(|book| Product {
            book: book.clone(),
            tariff: Tariff::new(&book.meters[0].tiers),
            free_inside: book.free.iter().any(|quota| quota.counter == QuotaCounter::Inside),
            draw_order: draw_order(book),
        });
        Terms { products: products.collect(), policy: plan.policy.clone(), calendar: plan.calendar }
    }
}

impl Product {
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
