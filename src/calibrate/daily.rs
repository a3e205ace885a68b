//! What accounts used, day by day, as a table. Must not know what is fitted to it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Refusal;
use crate::demand::Trace;
use crate::plan::Plan;
use crate::text::keys::{is_id, nearest};
use crate::units::{Calendar, Day};
use crate::usage::{Named, Usage};
use crate::world::World;

/// Most cells of a table: accounts beyond them are passed over, evenly.
const MOST_CELLS: usize = 20_000_000;
/// Most days of a scenario.
const MOST_DAYS: Day = 36_500;
/// How unlikely it has to be that an account that was there did not use anything at first, or at last.
const UNLIKELY: f64 = 1e-4;

/// Units of every account on every day.
#[derive(Clone, Debug, PartialEq)]
pub struct Daily {
    /// Its days.
    pub calendar: Calendar,
    /// By account the units of each day.
    pub accounts: Vec<Own>,
}

/// What one account used.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// Units of each day of the table.
    pub units: Vec<u64>,
    /// The day on which it comes, and the day on which it has left.
    pub there: (Day, Day),
}

/// Which rows of a usage file are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Id of the product; `None`: the file's only one.
    pub product: Option<String>,
    /// Id of the meter; `None`: all of the product.
    pub meter: Option<String>,
}

/// The chosen rows of a usage file.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Id of the product.
    pub product: String,
    /// Whether the file or the user says which product it is.
    pub is_named: bool,
    /// Ids of its meters, each with its units in all.
    pub meters: Vec<(String, u64)>,
    /// Accounts that have a row of it.
    pub accounts: usize,
    /// The table.
    pub daily: Daily,
}

/// Id of a product that nobody names.
const UNNAMED: &str = "product";

impl Wanted {
    /// The rows of a usage file that are wanted.
    ///
    /// # Errors
    /// A product or meter that is not there, several products, no units.
    pub fn of(&self, usage: &Usage) -> Result<Chosen, Refusal> {
        let product = self.product(usage)?;
        let is_ours = |named: &Named| {
            let of_product = named.product.is_none() || named.product == product;
            of_product && self.meter.as_ref().is_none_or(|meter| *meter == named.meter)
        };
        let ours: Vec<bool> = usage.meters.iter().map(|(named, _)| is_ours(named)).collect();
        if !ours.contains(&true) {
            let wanted = self.meter.clone().unwrap_or_default();
            let known: Vec<&str> = usage.meters.iter().map(|(named, _)| named.meter.as_str()).collect();
            return Err(Refusal::NoMeter { near: near(&wanted, &known), wanted });
        }
        let (first, last) = usage.dates().ok_or(Refusal::NoUnits)?;
        let days = usize::try_from((last - first).get_days()).unwrap_or(0) + 1;
        let calendar = Calendar::new(first, days).filter(|_| days <= MOST_DAYS).ok_or(Refusal::TooLong { days })?;
        let has = |account: &usize| usage.of(*account).iter().any(|cell| ours[cell.meter()]);
        let all: Vec<usize> = (0..usage.accounts.len()).filter(has).collect();
        let step = (all.len() * days).div_ceil(MOST_CELLS).max(1);
        let mut meters: Vec<(String, u64)> = vec![];
        let mut place = vec![0; ours.len()];
        for (index, (named, _)) in usage.meters.iter().enumerate().filter(|(index, _)| ours[*index]) {
            place[index] = meters.iter().position(|(id, _)| *id == named.meter).unwrap_or_else(|| {
                meters.push((named.meter.clone(), 0));
                meters.len() - 1
            });
        }
        let mut accounts = vec![];
        for account in all.iter().step_by(step) {
            let mut units = vec![0_u64; days];
            for cell in usage.of(*account).iter().filter(|cell| ours[cell.meter()]) {
                let day = usize::try_from(calendar.days_to(cell.date)).unwrap_or(0);
                units[day] = units[day].saturating_add(cell.units);
                let total = &mut meters[place[cell.meter()]].1;
                *total = total.saturating_add(cell.units);
            }
            accounts.push(Own::new(units));
        }
        if meters.iter().all(|(_, units)| *units == 0) {
            return Err(Refusal::NoUnits);
        }
        let is_named = product.is_some();
        let product = product.unwrap_or_else(|| UNNAMED.to_owned());
        let names = meters.iter().map(|(meter, _)| meter).chain([&product]);
        if let Some(name) = names.into_iter().find(|name| !is_id(name)) {
            return Err(Refusal::NoId(name.clone()));
        }
        Ok(Chosen { product, is_named, meters, accounts: all.len(), daily: Daily { calendar, accounts } })
    }

    fn product(&self, usage: &Usage) -> Result<Option<String>, Refusal> {
        let mut known: Vec<&str> = usage.meters.iter().filter_map(|(named, _)| named.product.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        match &self.product {
            Some(wanted) if known.is_empty() || known.contains(&wanted.as_str()) => Ok(Some(wanted.clone())),
            Some(wanted) => Err(Refusal::NoProduct { near: near(wanted, &known), wanted: wanted.clone() }),
            None if known.len() > 1 => Err(Refusal::WhichProduct(known.join(", "))),
            None => Ok(known.first().map(|only| (*only).to_owned())),
        }
    }
}

fn near(wanted: &str, known: &[&str]) -> String {
    match nearest(wanted, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", known.iter().take(8).copied().collect::<Vec<_>>().join(", ")),
    }
}

impl Own {
    /// With the days on which it is there. An account comes with its first use and leaves with its last where it is out of the
    /// question that it was there and used nothing.
    pub fn new(units: Vec<u64>) -> Own {
        let days = units.len();
        let Some(first) = units.iter().position(|units| *units > 0) else { return Own { units, there: (0, days) } };
        let last = units.iter().rposition(|units| *units > 0).unwrap_or(first);
        let idle = units[first..=last].iter().filter(|units| **units == 0).count();
        // The share of idle days while it is surely there, by the rule of succession.
        let share = (idle as f64 + 1.0) / ((last - first + 1) as f64 + 2.0);
        let out_of_the_question = |days: Day| days > 0 && libm::pow(share, days as f64) < UNLIKELY;
        let from = if out_of_the_question(first) { first } else { 0 };
        let to = if out_of_the_question(days - 1 - last) { last + 1 } else { days };
        Own { units, there: (from, to) }
    }

    /// Days on which it is there.
    pub fn days(&self) -> std::ops::Range<Day> {
        self.there.0..self.there.1
    }
}

impl Daily {
    /// The table of a world of one segment and one use.
    pub fn of_world(plan: &Plan, replication: u32) -> Daily {
        let world = World::new(plan, replication);
        let mut trace = Trace::default();
        let one = |index: u64| {
            trace.fill(&world, 0, index);
            let mut units = trace.days(0).to_vec();
            for piece in trace.pieces(0) {
                units[piece.day] = units[piece.day].saturating_add(piece.units);
            }
            Own::new(units)
        };
        Daily { calendar: plan.calendar, accounts: (0..plan.segments[0].accounts).map(one).collect() }
    }

    /// Its days.
    pub fn days(&self) -> Day {
        self.calendar.days()
    }

    /// Some of its days, at least one, in order.
    pub fn part(&self, from: Day, to: Day) -> Daily {
        let start = self.date(from);
        let accounts = self.accounts.iter().map(|own| Own::new(own.units[from..to].to_vec())).collect();
        let calendar = Calendar::new(start, to - from).expect("a part of days that are accepted");
        Daily { calendar, accounts }
    }

    fn date(&self, day: Day) -> Date {
        let days = i64::try_from(day).unwrap_or(0);
        self.calendar.start().checked_add(days.days()).expect("a day of the table")
    }

    /// Units of all accounts on each day.
    pub fn totals(&self) -> Vec<f64> {
        let mut totals = vec![0.0; self.days()];
        for own in &self.accounts {
            totals.iter_mut().zip(&own.units).for_each(|(total, units)| *total += *units as f64);
        }
        totals
    }

    /// Mean units a day of each account while it is there.
    pub fn means(&self) -> Vec<f64> {
        let mean = |own: &Own| {
            let units: f64 = own.units[own.days()].iter().map(|units| *units as f64).sum();
            units / own.days().len().max(1) as f64
        };
        self.accounts.iter().map(mean).collect()
    }
}
