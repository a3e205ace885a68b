//! A plan's books and policy, compiled for billing: price lists, who draws from what, and who is suspended when.

use super::event::Usage;
use super::tariff::Tariff;
use crate::book::{Book, Counted, DrawOrder, Each, Existing, PartnerGrace, Period, Policy, Quota, QuotaCounter};
use crate::plan::Plan;
use crate::units::{Calendar, Day, Money, NEVER, Seconds, Share, TooLarge, Total, midnight};

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
    /// The month of each day.
    pub months: Vec<Month>,
}

/// A day's calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day, counted from the start; may be before it.
    pub first: i64,
    /// Whether the day is its last.
    pub ends: bool,
}

/// A product's book with its price lists.
#[derive(Clone, Debug)]
pub struct Product {
    /// The book.
    pub book: Book,
    /// Prices by discount; the first is without one.
    pub lists: Vec<PriceList>,
    /// Whether free units take places in the tier counter.
    pub free_inside: bool,
    /// Whether serving a unit costs the vendor anything.
    pub costs: bool,
    /// Whether it is metered in slots.
    pub slotted: bool,
    /// Quotas of one meter each, by meter, in the order they are drawn: day, month, once, and the sooner end first.
    pub quotas_of: Vec<Vec<usize>>,
    /// Basic meters in the order in which they draw.
    pub basic: Vec<usize>,
    /// Meters that add to another.
    pub add_ons: Vec<usize>,
    /// Whether the prices of any meter change at a date.
    pub changes: bool,
    /// By meter: whether a day without units costs nothing, whatever day it is.
    pub idle_is_free: Vec<bool>,
    /// Whether its days can be on the straight line.
    pub straight: bool,
}

/// The prices of every meter at a discount.
#[derive(Clone, Debug)]
pub struct PriceList {
    /// Off the unit prices of the book.
    pub discount: Share,
    /// By meter, in rising order of their dates; the first from ever.
    pub meters: Vec<Vec<Version>>,
}

/// Prices of a meter from a day on.
#[derive(Clone, Debug)]
pub struct Version {
    /// First day, counted from the start.
    pub from: i64,
    /// Whether accounts opened before it keep what they had.
    pub keeps: bool,
    /// The prices.
    pub tariff: Tariff,
}

/// Which prices hold for a meter of an account in a period, and where its counter stood before a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Price list of the product.
    pub list: usize,
    /// Version of the meter's prices.
    pub version: usize,
    /// Units of the counter period before the day.
    pub before: u64,
}

impl Terms {
    /// The terms of a plan.
    pub fn new(plan: &Plan) -> Terms {
        let product = |index: usize, book: &Book| {
            let mut discounts = vec![Share::NONE];
            for used in plan.segments.iter().flat_map(|segment| &segment.uses).filter(|used| used.product == index) {
                if !discounts.contains(&used.discount) {
                    discounts.push(used.discount);
                }
            }
            Product::of(book.clone(), &discounts, &plan.calendar)
        };
        let calendar = plan.calendar;
        let mut months: Vec<Month> = vec![];
        for day in 0..calendar.days() {
            let first = match months.last() {
                Some(before) if !calendar.starts_month(day) => before.first,
                _ => calendar.days_to(calendar.date(day).first_of_month()),
            };
            months.push(Month { first, ends: calendar.starts_month(day + 1) });
        }
        let reference = |book: &Option<Book>| book.clone().map(|book| Product::of(book, &[Share::NONE], &calendar));
        Terms {
            products: plan.books.iter().enumerate().map(|(index, book)| product(index, book)).collect(),
            references: plan.references.iter().map(reference).collect(),
            policy: plan.policy.clone(),
            calendar,
            months,
        }
    }
}

impl Month {
    /// The first day of a meter's period that contains the day.
    #[inline]
    pub fn start_of(self, period: Period, day: Day) -> i64 {
        match period {
            Period::Day => i64::try_from(day).expect("a day of a horizon"),
            Period::Month => self.first,
        }
    }

    /// Whether a day with this month is the last of a meter's period.
    #[inline]
    pub fn closes(self, period: Period) -> bool {
        period == Period::Day || self.ends
    }
}

/// Months of a day, on average.
const MONTHS_A_DAY: f64 = 12.0 / 365.25;

impl Product {
    /// A book with its price lists, the first of `discounts` being none.
    pub fn of(book: Book, discounts: &[Share], calendar: &Calendar) -> Product {
        let of_meter = |meter: usize| {
            let own = |quota: &usize| book.free[*quota].meters == [meter];
            draw_order(&book).into_iter().filter(own).collect()
        };
        let quotas_of = (0..book.meters.len()).map(of_meter).collect();
        let mut basic: Vec<usize> = (0..book.meters.len()).filter(|m| book.meters[*m].add_on_of.is_none()).collect();
        if book.draw_order == DrawOrder::DearestFirst {
            basic.sort_by_key(|meter| std::cmp::Reverse(book.meters[*meter].tiers[0].price));
        }
        let product = Product {
            lists: discounts.iter().map(|discount| PriceList::of(&book, *discount, calendar)).collect(),
            free_inside: book.free.iter().any(|quota| quota.counter == QuotaCounter::Inside),
            costs: book.meters.iter().any(|meter| meter.cost > Money::ZERO),
            slotted: book.is_slotted(),
            quotas_of,
            changes: book.meters.iter().any(|meter| !meter.changes.is_empty()),
            add_ons: (0..book.meters.len()).filter(|meter| book.meters[*meter].add_on_of.is_some()).collect(),
            basic,
            straight: false,
            idle_is_free: vec![],
            book,
        };
        let idle_is_free = (0..product.book.meters.len()).map(|meter| product.is_free_when_idle(meter)).collect();
        Product { straight: product.may_be_straight(), idle_is_free, ..product }
    }

    /// The price list of a discount.
    pub fn list_of(&self, discount: Share) -> usize {
        self.lists.iter().position(|list| list.discount == discount).unwrap_or(0)
    }

    /// The prices of a meter at a place.
    #[inline]
    pub fn tariff(&self, meter: usize, place: Place) -> &Tariff {
        &self.lists[place.list].meters[meter][place.version].tariff
    }

    fn is_free_when_idle(&self, meter: usize) -> bool {
        let versions = self.lists.iter().flat_map(|list| &list.meters[meter]);
        versions.into_iter().all(|version| !version.tariff.is_volume() && !version.tariff.has_close())
    }

    /// The version that holds for a meter's period that starts on `start`, for an account opened at `opened`.
    #[inline]
    pub fn version(&self, list: usize, meter: usize, start: i64, opened: Seconds) -> usize {
        let versions = &self.lists[list].meters[meter];
        if versions.len() == 1 {
            return 0;
        }
        let first = |version: &Version| usize::try_from(version.from).map_or(Seconds::MIN, midnight);
        let holds = |version: &Version| version.from <= start && !(version.keeps && opened < first(version));
        versions.iter().rposition(holds).unwrap_or(0)
    }

    /// What serving these units of price costs the vendor.
    pub fn cost(&self, meter: usize, units: u64) -> Total {
        Total::from_units(i128::from(units) * i128::from(self.book.meters[meter].cost.units()))
    }

    /// What a day's blocked and stopped units would have cost after its served ones, at list price and without free units and
    /// packages.
    pub fn lost(&self, meter: usize, usage: &Usage, place: Place) -> Total {
        let kept_out = usage.blocked + usage.stopped;
        if kept_out == 0 {
            return Total::default();
        }
        let raw = match self.book.counted {
            Counted::Served => usage.served + kept_out,
            Counted::Passed => self.book.pass_share.of(usage.served + kept_out),
        };
        let more = raw.div_ceil(self.book.meters[meter].raw_per_unit).saturating_sub(usage.counted);
        let after = place.before + usage.billable + if self.free_inside { usage.free } else { 0 };
        self.tariff(meter, place).list_cost(after, more)
    }

    /// Whether a meter may have other prices on this day than on the day before.
    pub fn changes_on(&self, day: Day, month: Month) -> bool {
        let day = i64::try_from(day).expect("a day of a horizon");
        let starts_month = month.first == day;
        let changed = |version: &Version| version.from == day || starts_month && version.from <= day;
        self.changes && self.lists[0].meters.iter().any(|versions| versions.iter().skip(1).any(changed))
    }

    /// Average price of a raw unit on a day with these raw units by meter, in units of 1e-8, for an account opened at `opened`: list
    /// prices of that day; daily and monthly free units of one meter count, what is granted once or bought does not. A float: prices
    /// are compared by it, nothing is paid.
    ///
    /// # Errors
    /// [`TooLarge`] when the day's price does not fit.
    pub fn average_price(&self, raw: &[u64], day: Day, month: Month, opened: Seconds) -> Result<f64, TooLarge> {
        let a_day = |quota: &Quota| match quota.each {
            Each::Day => quota.units,
            Each::Month => (quota.units as f64 * MONTHS_A_DAY) as u64,
            Each::Once => 0,
        };
        let mut amount = 0.0;
        for (meter, raw) in raw.iter().enumerate() {
            let units = raw.div_ceil(self.book.meters[meter].raw_per_unit);
            let free = self.quotas_of[meter].iter().map(|quota| a_day(&self.book.free[*quota]));
            let free = free.fold(0, u64::saturating_add).min(units);
            let after = if self.free_inside { free } else { 0 };
            let start = month.start_of(self.book.meters[meter].counter, day);
            let place = Place { version: self.version(0, meter, start, opened), ..Place::default() };
            amount += self.tariff(meter, place).cost_after(after, units - free)?.units() as f64;
        }
        Ok(amount / raw.iter().sum::<u64>().max(1) as f64)
    }

    /// The grace that holds for a customer: the partner's agreement, or the book's. `None`: never suspended.
    pub fn grace(&self, partner: Option<PartnerGrace>) -> Option<Seconds> {
        match partner {
            None => Some(self.book.grace),
            Some(PartnerGrace::After(grace)) => Some(grace),
            Some(PartnerGrace::NonStop) => None,
        }
    }

    /// What a unit of a meter takes of the trial (`false`) or of a package (`true`); 0: nothing covers it.
    #[inline]
    pub fn ratio(&self, package: bool, meter: usize) -> u64 {
        let ratio = if package {
            self.book.packages.as_ref().map(|packages| &packages.ratio)
        } else {
            self.book.trial.as_ref().map(|trial| &trial.ratio)
        };
        ratio.map_or(0, |ratio| ratio[meter])
    }
}

impl PriceList {
    fn of(book: &Book, discount: Share, calendar: &Calendar) -> PriceList {
        let versions = |meter: &crate::book::Meter| {
            let first = Version { from: i64::MIN, keeps: false, tariff: Tariff::of(meter, &meter.tiers, discount) };
            let later = meter.changes.iter().map(|change| Version {
                from: calendar.days_to(change.from),
                keeps: change.existing == Existing::Keep,
                tariff: Tariff::of(meter, &change.tiers, discount),
            });
            std::iter::once(first).chain(later).collect()
        };
        PriceList { discount, meters: book.meters.iter().map(versions).collect() }
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
