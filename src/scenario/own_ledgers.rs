//! What a ledger file says of recorded accounts, held against the scenario: known products and accounts, in time, in the books.

use jiff::civil::Date;

use super::use_checks::{no_such_package, no_switch};
use crate::book::{BalanceOf, Settlement};
use crate::text::keys::{Record, Words};
use crate::text::{Place, Problem, Problems};
use crate::units::Money;
use crate::usage::{Ledger, Movement, MovementKind, Usage};

/// Mistakes of one ledger that are shown.
const MOST_SHOWN: usize = 20;

/// Movements are of accounts and products that are there, and each is complete; `from` is the date of the first day.
pub(super) fn check(
    segment: &Record,
    (ledger, usage): (&Ledger, &Usage),
    (scenario, from): (&Record, Date),
    problems: &mut Problems,
) {
    let mut found = Found { place: segment.place_of("account_ledger"), mistakes: vec![] };
    let uses: &[(String, Record)] = segment.get("products");
    let books: &[(String, Record)] = scenario.get("books");
    let policy: &Record = scenario.get("account");
    for (account, movements) in &ledger.of {
        if usage.account(account).is_none() {
            let cure = "every account of the ledger needs a row in the usage file, of 0 units if it used nothing";
            found.add(&movements[0], format!("there is no account `{account}` in the usage file"), cure);
        }
        for movement in movements {
            found.movement(movement, uses, books, policy);
            if movement.date < from && !stays(movement.kind) {
                let what = format!("this {} is before {from}, the first day", movement.kind.word());
                let cure = "begin earlier, or put what is left of it into `opening_balance` or `opening_quota`";
                found.add(movement, what, cure);
            }
        }
    }
    found.tell(problems);
}

/// Whether what happened before the first day still holds on it.
fn stays(kind: MovementKind) -> bool {
    use MovementKind::{Activation, OpeningBalance, OpeningQuota, Switch};
    matches!(kind, Activation | OpeningBalance | OpeningQuota | Switch)
}

/// Whether a movement is of a balance, not of a product.
fn is_money(kind: MovementKind) -> bool {
    use MovementKind::{CreditLine, OpeningBalance, TopUp, Voucher};
    matches!(kind, TopUp | OpeningBalance | CreditLine | Voucher)
}

/// Mistakes so far, each with its line.
struct Found {
    place: Option<Place>,
    mistakes: Vec<(u64, String, String)>,
}

impl Found {
    fn add(&mut self, movement: &Movement, what: String, cure: impl Into<String>) {
        self.mistakes.push((movement.line, what, cure.into()));
    }

    fn movement(
        &mut self,
        movement: &Movement,
        uses: &[(String, Record)],
        books: &[(String, Record)],
        policy: &Record,
    ) {
        let known: Vec<&str> = uses.iter().map(|(id, _)| id.as_str()).collect();
        let by_product = policy.word::<BalanceOf>("balance") == BalanceOf::Product;
        let product = match &movement.product {
            Some(product) if !known.contains(&product.as_str()) => {
                return self.add(movement, format!("the segment does not use `{product}`"), known.join(", "));
            }
            None if known.len() > 1 && (by_product || !is_money(movement.kind)) => {
                return self.add(movement, "of which product?".to_owned(), "add a column `product`");
            }
            Some(product) => product.as_str(),
            None => known[0],
        };
        let Some((_, book)) = books.iter().find(|(id, _)| id == product) else { return };
        let mistake = match movement.kind {
            MovementKind::Purchase => no_such_package(book, Some(movement.units)),
            MovementKind::Switch => no_switch(book),
            MovementKind::OpeningBalance
                if movement.money < Money::ZERO && policy.word::<Settlement>("settlement") == Settlement::Fifo =>
            {
                let cure = "write what is owed as usage, or settlement = \"full\"".to_owned();
                Some(("with settlement = \"fifo\" no account opens with a debt", cure))
            }
            _ => None,
        };
        if let Some((what, cure)) = mistake {
            self.add(movement, what.to_owned(), cure);
        }
    }

    /// The first of them, in the order of the file.
    fn tell(mut self, problems: &mut Problems) {
        self.mistakes.sort();
        let more = self.mistakes.len().saturating_sub(MOST_SHOWN);
        for (line, what, cure) in self.mistakes.into_iter().take(MOST_SHOWN) {
            problems
                .push(Problem::new(format!("line {line}: {what}")).at(self.place).label("in this ledger").cure(cure));
        }
        if more > 0 {
            problems.push(Problem::new(format!("{more} more mistakes like these in the ledger")).at(self.place));
        }
    }
}
