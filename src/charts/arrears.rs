//! The chart of debt, of bad debt and of the accounts in arrears. Must not know the rules by which a debt is bad.

use super::daily::{amount, amounts, column, counts, currency, money, plural, source};
use super::page::{Across, Key, Layer, Measure, Page, Panel, Row};
use super::style::{PLUM, SKY, VERMILION, stock, tint};
use crate::plan::Plan;
use crate::record::{MoneyDay, Summary};

/// Height of the plot area of money.
const MONEY: f64 = 250.0;
/// Height of the plot area of accounts.
const ACCOUNTS: f64 = 150.0;

/// Draws up the page.
pub fn page(plan: &Plan, summary: &Summary) -> Page {
    let days = money(plan, summary);
    let last = days.last().copied().unwrap_or_default();
    let owed = Panel {
        title: "Owed by all accounts together".to_owned(),
        aside: String::new(),
        swatch: None,
        measure: Measure::Amount(format!("{}, end of day", currency(plan))),
        last: format!("last day: debt {}, of it bad {}", amount(last.debt), amount(last.bad_debt)),
        layers: [debt(&days), bad_debt(&days)].concat(),
    };
    let accounts = Panel {
        title: "Accounts in arrears".to_owned(),
        aside: String::new(),
        swatch: None,
        measure: Measure::Count("accounts, end of day".to_owned()),
        last: format!("last day: {}", plural(last.accounts_in_arrears, "account")),
        layers: stock(counts(&days, |day| day.accounts_in_arrears), PLUM, tint(PLUM, 0.45)),
    };
    Page {
        title: "Debt and accounts in arrears".to_owned(),
        subtitle: "At the end of each day; bad debt is the part that was marked as such and is not paid".to_owned(),
        legend: vec![
            Key::filled("debt", tint(SKY, 0.45)),
            Key::filled("of it bad debt", VERMILION),
            Key::filled("accounts in arrears", tint(PLUM, 0.45)),
        ],
        rows: vec![Row::of(MONEY, owed), Row::of(ACCOUNTS, accounts)],
        source: source(plan),
        across: Across::Days(plan.calendar),
    }
}

fn debt(days: &[MoneyDay]) -> Vec<Layer> {
    stock(amounts(&column(days, |day| day.debt)), SKY, tint(SKY, 0.45))
}

fn bad_debt(days: &[MoneyDay]) -> Vec<Layer> {
    stock(amounts(&column(days, |day| day.bad_debt)), VERMILION, VERMILION)
}
