//! The close of a day: what it cost, and the counter periods it ends or goes on with (RULES §5, §7).

use rust_decimal::Decimal;

use super::money::show;
use super::product::{Meter, Period, Product, Today};
use super::profile::DAY;
use super::state::Account;

impl Account<'_> {
    /// Phase 4: the close of the day that ends at this instant.
    pub fn close_day(&mut self) {
        if self.now % DAY != 0 || self.now == 0 {
            return;
        }
        let day = self.now / DAY - 1;
        let month_end = self.scenario.calendar.month_end(day);
        for id in self.product_ids() {
            for event in self.product(&id).close_day(&id, day, month_end) {
                self.say(event);
            }
        }
        if day + 1 < self.scenario.days {
            self.begin_day(day + 1);
        }
    }
}

impl Product<'_> {
    fn close_day(&mut self, id: &str, day: i64, month_end: i64) -> Vec<String> {
        let terms = self.terms;
        let mut events = Vec::new();
        for ((number, meter), given) in std::mem::take(&mut self.given_today) {
            let (meter, units, given) = (&terms.meters[meter].id, given.units, given.given);
            events.push(format!("covered {id} day={day} number={number} meter={meter} units={units} given={given}"));
        }

        let inside = terms.quotas.iter().any(|quota| quota.inside);
        let ran = std::mem::take(&mut self.ran_today);
        let bill_day = if terms.bill_by_month { month_end } else { day };
        for meter in &mut self.meters {
            let amount = meter.close_counter(day, day == month_end, ran, inside, self.opened);
            events.push(format!("day_closed {id} {}", meter.describe_day(day, amount)));
            meter.close_rounding(day == month_end);
            meter.today = Today::default();
            if self.opened.is_some() {
                // A day is billed if the product was activated at its close.
                *self.unbilled.entry(bill_day).or_default() += amount;
            }
        }
        events
    }
}

impl Meter<'_> {
    /// The money of the day: what the period's cost rose by on it.
    fn close_counter(&mut self, day: i64, ends_month: bool, ran: bool, inside: bool, opened: Option<i64>) -> Decimal {
        let (terms, today, period) = (self.terms, &self.today, &mut self.period);
        let prices = terms.prices_on(day, opened);
        let ends_period = ends_month || !terms.counts_by_month;
        period.ran |= ran;

        // Free units stand outside the counter, or take the first places of the day and cost nothing.
        // Units that allowances covered in part have an amount of their own.
        let first = if inside { period.places + today.free } else { period.places };
        let last = first + today.billable - today.split;
        period.cost += terms.at_most(prices.cost(last)) - terms.at_most(prices.cost(first));
        period.places = last;

        if ends_period {
            let at_zero = terms.fee_at_zero && period.ran;
            if period.places == 0 && at_zero {
                period.cost = terms.at_most(prices.first_fee());
            }
            if period.places > 0 || at_zero {
                period.cost = period.cost.max(terms.minimum);
            }
        }

        // With a month counter and volume all of the period's cost falls on its last day.
        let waits = prices.volume && terms.counts_by_month && !ends_period;
        let rise = if waits { Decimal::ZERO } else { period.cost - period.charged };
        period.charged += rise;
        let amount = rise + today.split_amount;
        if ends_period {
            *period = Period::default();
        }
        amount
    }

    fn close_rounding(&mut self, ends_month: bool) {
        if self.terms.rounds_by_month && !ends_month {
            self.raw_before += self.today.raw_counted;
        } else {
            self.raw_before = 0;
            self.taken = 0;
        }
    }

    fn describe_day(&self, day: i64, amount: Decimal) -> String {
        let today = &self.today;
        format!(
            "meter={} day={day} unmetered={} potential={} unintegrated={} withheld={} stopped={} churned={} \
             offered={} refused={} blocked={} unprotected={} retried={} served={} counted={} free={} package={} \
             written_off={} billable={} amount={}",
            self.terms.id,
            self.unmetered,
            self.demand.whole_potential(),
            today.unintegrated,
            today.withheld,
            today.stopped,
            today.churned,
            today.offered,
            today.refused,
            today.blocked,
            today.unprotected,
            today.retried,
            today.served,
            today.counted,
            today.free,
            today.package,
            today.written_off,
            today.billable,
            show(amount),
        )
    }
}
