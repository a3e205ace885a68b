//! Bills by account, product and day, ours and theirs, and where they differ.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use jiff::civil::Date;

use crate::book::{BillEvery, Book};
use crate::plan::Plan;
use crate::record::{RunError, rate};
use crate::units::{Money, Total};
use crate::usage::{Invoice, Usage};

/// Whose bill, for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Index of the account in the usage file.
    pub account: usize,
    /// The day that is billed; of a month's bill its first.
    pub date: Date,
    /// Index of the product.
    pub product: usize,
}

/// A bill and its amount, as deducted.
pub type Bill = (Key, Money);

/// Bills in the order of their keys, one for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bills(Vec<Bill>);

/// A bill that is not the same on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Whose bill, for what.
    pub key: Key,
    /// Ours; `None`: we send none.
    pub ours: Option<Money>,
    /// What was sent; `None`: nothing was.
    pub theirs: Option<Money>,
}

/// Whether two amounts are the same; no bill is one of nothing.
pub(super) fn close(a: Option<Money>, b: Option<Money>, tolerance: Money) -> bool {
    let units = |money: Option<Money>| i128::from(money.unwrap_or_default().units());
    (units(a) - units(b)).abs() <= i128::from(tolerance.units())
}

/// The day by which a bill is found.
fn day_of_bill(book: &Book, date: Date) -> Date {
    if book.bill_every == BillEvery::Month { date.first_of_month() } else { date }
}

impl Bills {
    /// Those of a plan around a usage file.
    ///
    /// # Errors
    /// As [`rate`].
    pub fn of(plan: &Plan, threads: usize, stop: &AtomicBool) -> Result<Bills, RunError<Infallible>> {
        let mut bills = vec![];
        rate(plan, threads, stop, |_, rows| {
            for bill in rows.chunk_by(|a, b| (a.index, a.issued, a.line.product) == (b.index, b.issued, b.line.product))
            {
                let (row, product) = (&bill[0], bill[0].line.product);
                let date = day_of_bill(&plan.books[product], plan.calendar.date(row.line.day));
                let account = usize::try_from(row.index).unwrap_or(usize::MAX);
                bills.push((Key { account, date, product }, row.bill_due));
            }
            Ok(())
        })?;
        Ok(Bills::sorted(bills))
    }

    /// Those that were sent, and what strangers to the usage file were sent, by name.
    pub(super) fn sent(
        plan: &Plan,
        usage: &Usage,
        invoices: &[Invoice],
    ) -> Result<(Bills, BTreeMap<String, Total>), String> {
        let (mut bills, mut strangers) = (vec![], BTreeMap::<String, Total>::new());
        for invoice in invoices {
            let product = match &invoice.product {
                None if plan.books.len() > 1 => {
                    return Err(format!("line {} of the invoices: of which product?", invoice.line));
                }
                None => 0,
                Some(id) => {
                    let product = plan.books.iter().position(|book| book.id == *id);
                    let unknown = || format!("line {} of the invoices: there is no price book of `{id}`", invoice.line);
                    product.ok_or_else(unknown)?
                }
            };
            match usage.account(&invoice.account) {
                None => *strangers.entry(invoice.account.clone()).or_default() += invoice.amount,
                Some(account) => {
                    let date = day_of_bill(&plan.books[product], invoice.date);
                    bills.push((Key { account, date, product }, invoice.amount));
                }
            }
        }
        Ok((Bills::sorted(bills), strangers))
    }

    /// In order, those of one key added up.
    fn sorted(mut bills: Vec<Bill>) -> Bills {
        bills.sort_unstable_by_key(|(key, _)| *key);
        bills.dedup_by(|next, before| {
            let same = next.0 == before.0;
            if same {
                before.1 = Money::from_units(before.1.units().saturating_add(next.1.units()));
            }
            same
        });
        Bills(bills)
    }

    /// With other keys.
    pub(super) fn moved(&self, key: impl Fn(Key) -> Key) -> Bills {
        Bills::sorted(self.0.iter().map(|(of, amount)| (key(*of), *amount)).collect())
    }

    /// Those of some accounts, given in rising order.
    pub(super) fn only(&self, accounts: &[usize]) -> Bills {
        let kept = self.0.iter().filter(|(key, _)| accounts.binary_search(&key.account).is_ok());
        Bills(kept.copied().collect())
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &Bill> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What they come to.
    pub fn total(&self) -> Total {
        self.0.iter().map(|(_, amount)| Total::from(*amount)).sum()
    }

    /// The amount of a bill.
    pub(super) fn get(&self, key: Key) -> Option<Money> {
        self.0.binary_search_by_key(&key, |(key, _)| *key).ok().map(|at| self.0[at].1)
    }

    /// All keys of two sides in order, with the amounts of both.
    pub(super) fn pairs<'a>(
        &'a self,
        other: &'a Bills,
    ) -> impl Iterator<Item = (Key, Option<Money>, Option<Money>)> + 'a {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        std::iter::from_fn(move || {
            let key = match (ours.peek(), theirs.peek()) {
                (Some((a, _)), Some((b, _))) => *a.min(b),
                (Some((key, _)), None) | (None, Some((key, _))) => *key,
                (None, None) => return None,
            };
            let our = ours.next_if(|(of, _)| *of == key).map(|(_, amount)| *amount);
            let their = theirs.next_if(|(of, _)| *of == key).map(|(_, amount)| *amount);
            Some((key, our, their))
        })
    }

    /// Where they differ from what was sent by more than the tolerance.
    pub fn against(&self, theirs: &Bills, tolerance: Money) -> Vec<Difference> {
        let pairs = self.pairs(theirs).filter(|(_, ours, theirs)| !close(*ours, *theirs, tolerance));
        pairs.map(|(key, ours, theirs)| Difference { key, ours, theirs }).collect()
    }
}
