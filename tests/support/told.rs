//! One played account, asked in the words of a test: when did what happen, what did a day use, what was billed.
#![allow(dead_code, reason = "each test binary uses its own part")]

use billsim::plan::Plan;
use billsim::rules::{Account, Event, Usage};
use billsim::units::{Money, Seconds, day_of, duration, midnight};

use crate::support::{plan_with, story};

/// A shop with 200 verifications a day on the real book: once the 100 free units are gone a day costs
/// 100 × 0.005 + 100 × 0.002 = 0.70, billed at 08:00:00 of the next day.
pub const SHOP: &str = r#"
start = 2026-01-01
days = 30

[books.captcha]
file = "books/captcha.toml"

[[segments]]
id = "s"
accounts = 1
opening_balance = 2
products.captcha = { demand = { kind = "constant", units = 200 } }
"#;

/// Takes the free units away, so that every day is priced from its first unit.
pub const NO_TRIAL: &str = "books.captcha.free.trial.units=0";

/// A `--set` argument for the demand of the shop: constant.
pub fn constant(units: u64) -> String {
    format!("segments.s.products.captcha.demand={{ kind = \"constant\", units = {units} }}")
}

/// A `--set` argument for the demand of the shop: day by day, nothing after the list.
pub fn listed(units: &[u64]) -> String {
    format!("segments.s.products.captcha.demand={{ kind = \"listed\", units = {units:?} }}")
}

/// A `--set` argument for the ledger of the shop, from (day and time, kind, amount); the run starts on 2026-01-01.
pub fn ledger(entries: &[(&str, &str, &str)]) -> String {
    let mut written = vec![];
    for (when, kind, amount) in entries {
        let (day, time) = when.split_once(' ').expect("a day and a time");
        let day: i64 = day.parse().expect("a day");
        let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
        written.push(format!("{{ at = {date}T{time}, kind = \"{kind}\", amount = {amount} }}"));
    }
    format!("segments.s.ledger=[{}]", written.join(", "))
}

/// A ledger of one top-up.
pub fn top_up(when: &str, amount: &str) -> String {
    ledger(&[(when, "top_up", amount)])
}

/// A played account and its plan.
pub struct Told {
    pub plan: Plan,
    pub events: Vec<(Seconds, Event)>,
    pub account: Account,
}

impl Told {
    /// The first account of the first segment.
    pub fn of(text: &str, set: &[&str]) -> Told {
        Told::nth(text, set, 0)
    }

    /// An account of the first segment.
    pub fn nth(text: &str, set: &[&str], index: u64) -> Told {
        let plan = plan_with(text, set);
        let (story, account) = story(&plan, 0, index);
        Told { plan, events: story.0, account }
    }

    /// The shop without free units, with `--set` arguments.
    pub fn shop(set: &[&str]) -> Told {
        Told::of(SHOP, &[&[NO_TRIAL], set].concat())
    }

    /// When events of a kind happened: day from 0, and time of day.
    pub fn when(&self, kind: &str) -> Vec<String> {
        let of_kind = self.events.iter().filter(|(_, event)| event.kind() == kind);
        of_kind.map(|(at, _)| moment(*at)).collect()
    }

    /// Kinds of the events at an instant given as [`Told::when`] gives it, in their order.
    pub fn at(&self, when: &str) -> Vec<&'static str> {
        self.events.iter().filter(|(at, _)| moment(*at) == when).map(|(_, event)| event.kind()).collect()
    }

    /// Use and exact price of every day of the first product.
    pub fn days(&self) -> Vec<(Usage, Money)> {
        let closed = self.events.iter().filter_map(|(_, event)| match event {
            Event::DayClosed { product: 0, meter: 0, usage, amount, .. } => Some((*usage, *amount)),
            _ => None,
        });
        closed.collect()
    }

    /// Use of a day.
    pub fn usage(&self, day: usize) -> Usage {
        self.days()[day].0
    }

    /// Exact price of a day.
    pub fn amount(&self, day: usize) -> String {
        self.days()[day].1.short()
    }

    /// Bills in their order: day billed, exact amount, rounded amount, and what a voucher paid.
    pub fn bills(&self) -> Vec<(usize, String, String, String)> {
        let issued = self.events.iter().filter_map(|(_, event)| match event {
            Event::BillIssued { day, amount, due, voucher, .. } => {
                Some((*day, amount.short(), due.short(), voucher.short()))
            }
            _ => None,
        });
        issued.collect()
    }

    /// Rounded amounts of all bills.
    pub fn dues(&self) -> Vec<String> {
        self.bills().into_iter().map(|bill| bill.2).collect()
    }

    /// Units or amounts that events of a kind carry.
    pub fn carried_by(&self, kind: &str) -> Vec<String> {
        let of_kind = self.events.iter().filter(|(_, event)| event.kind() == kind);
        let carried = of_kind.map(|(_, event)| match event {
            Event::QuotaGranted { units, .. }
            | Event::QuotaEnded { units, .. }
            | Event::QuotaWiped { units, .. }
            | Event::Purchased { units, .. } => units.to_string(),
            Event::ToppedUp { amount, .. }
            | Event::Deducted { amount, .. }
            | Event::ArrearsStarted { debt: amount, .. }
            | Event::VoucherExpired { amount, .. }
            | Event::DebtMarked { amount, .. }
            | Event::DebtRecovered { amount, .. } => amount.short(),
            Event::ClockSet { clock, .. } => moment(*clock),
            _ => String::new(),
        });
        carried.collect()
    }

    /// Balance at the end.
    pub fn balance(&self) -> String {
        self.account.wallet(0).balance.short()
    }

    /// Closed days whose bill is due at the end or later.
    pub fn unbilled(&self) -> String {
        self.account.services()[0].unbilled().short()
    }

    /// A unit of every counted day added up, by what `of` takes from it.
    pub fn total(&self, of: impl Fn(&Usage) -> u64) -> u64 {
        self.days().iter().map(|(usage, _)| of(usage)).sum()
    }
}

fn moment(at: Seconds) -> String {
    let day = day_of(at);
    format!("{day} {}", duration::write_time(at - midnight(day)))
}
