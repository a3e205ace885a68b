//! Reads a ledger: what moved in real accounts beside their usage. Its columns are account, instant, kind and amount.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use csv::StringRecord;
use jiff::civil::{Date, DateTime};

use super::csv::{digest, next, open};
use super::fields::Fields;
use crate::text::keys::{Words, nearest, words};
use crate::text::{Place, Problem, Problems, Sources};
use crate::units::{Money, Seconds};

words! {
    /// What moved.
    pub enum MovementKind {
        Activation = "activation": "the product is activated, or its first application created; no amount.",
        TopUp = "top_up": "money is paid into the balance.",
        OpeningBalance = "opening_balance": "what the balance is at the first instant; its own instant does not matter.",
        OpeningQuota = "opening_quota": "units that are left of the quotas granted once, when the product opens.",
        CreditLine = "credit_line": "the credit line becomes this amount.",
        Voucher = "voucher": "a voucher of this amount is received, without an end.",
        Purchase = "purchase": "a package of this many units is paid for.",
        Switch = "switch": "pay-as-you-go is switched on; no amount.",
    }
}

/// Columns of a ledger.
const COLUMNS: &[&str] = &["account", "instant", "kind", "amount", "product"];

/// The movements of every account, each in the order of time and, at one instant, of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// BLAKE3 digest of its bytes.
    pub digest: String,
    /// By account.
    pub of: HashMap<String, Vec<Movement>>,
}

/// A movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Its day, in the billing offset.
    pub date: Date,
    /// Its second of that day.
    pub second: Seconds,
    /// What.
    pub kind: MovementKind,
    /// Money of a top-up, an opening balance, a credit line or a voucher.
    pub money: Money,
    /// Units of a purchase or an opening quota.
    pub units: u64,
    /// Of which product; `None` where the file does not say.
    pub product: Option<String>,
    /// Where it stands.
    pub line: u64,
}

impl MovementKind {
    fn has_units(self) -> bool {
        matches!(self, MovementKind::Purchase | MovementKind::OpeningQuota)
    }

    fn has_no_amount(self) -> bool {
        matches!(self, MovementKind::Activation | MovementKind::Switch)
    }
}

/// Reads a ledger; `from` is where it is named. `None` after a mistake.
pub fn read_ledger(path: &Path, from: Option<Place>, sources: &mut Sources, problems: &mut Problems) -> Option<Ledger> {
    let unreadable = |error: &io::Error| {
        Problem::new(format!("cannot read {}: {error}", path.display()))
            .at(from)
            .label("named here")
            .cure("check the path")
    };
    let (mut reader, digest) = match open(path).and_then(|reader| Ok((reader, digest(path)?))) {
        Ok(opened) => opened,
        Err(error) => {
            problems.push(unreadable(&error));
            return None;
        }
    };
    let (mut header, mut row) = (StringRecord::new(), StringRecord::new());
    next(&mut reader, &mut header, path, from, problems)?;
    let mut fields = Fields::new(path, &header, COLUMNS, &["account", "instant", "kind"], sources, problems)?;
    let mut ledger = Ledger { digest, ..Ledger::default() };
    while next(&mut reader, &mut row, path, from, fields.problems)? {
        if !fields.is_whole(&row, header.len()) {
            continue;
        }
        let (account, instant) = (fields.needed(&row, "account"), fields.instant(&row, "instant"));
        let kind = kind(&mut fields, &row);
        let (Some(account), Some((date, second)), Some(kind)) = (account, instant, kind) else { continue };
        let Some((money, units)) = amount(&mut fields, &row, kind) else { continue };
        let product = fields.text(&row, "product").map(str::to_owned);
        let line = row.position().map_or(0, csv::Position::line);
        let movement = Movement { date, second, kind, money, units, product, line };
        ledger.of.entry(account.to_owned()).or_default().push(movement);
    }
    fields.tell_more();
    let sound = fields.problems.is_empty();
    ledger.of.values_mut().for_each(|movements| movements.sort_by_key(|movement| (movement.date, movement.second)));
    sound.then_some(ledger)
}

fn kind(fields: &mut Fields<'_>, row: &StringRecord) -> Option<MovementKind> {
    let text = fields.needed(row, "kind")?;
    let kind = MovementKind::from_word(text);
    if kind.is_none() {
        let words: Vec<&str> = MovementKind::WORDS.iter().map(|word| word.word).collect();
        let cure = match nearest(text, &words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", words.join(", ")),
        };
        fields.field(row, "kind", "an unknown kind of movement", "unknown", &cure);
    }
    kind
}

/// The money or the units of a movement, whichever its kind has.
fn amount(fields: &mut Fields<'_>, row: &StringRecord, kind: MovementKind) -> Option<(Money, u64)> {
    if kind.has_no_amount() {
        if fields.text(row, "amount").is_some_and(|text| text != "0") {
            let cure = format!("leave it empty: `{}` has no amount", kind.word());
            fields.field(row, "amount", "an amount that means nothing", "not read", &cure);
            return None;
        }
        return Some((Money::ZERO, 0));
    }
    if kind.has_units() {
        return fields.whole(row, "amount", 1_000_000_000_000).map(|units| (Money::ZERO, units));
    }
    let money = fields.money(row, "amount")?;
    if money < Money::ZERO && kind != MovementKind::OpeningBalance {
        let cure = "only an opening balance can be below zero";
        fields.field(row, "amount", "an amount below zero", "below zero", cure);
        return None;
    }
    Some((money, 0))
}

impl Movement {
    /// Its instant as a date with a time.
    pub fn at(&self) -> DateTime {
        let part = |seconds: Seconds| i8::try_from(seconds).unwrap_or(0);
        self.date.at(part(self.second / 3_600), part(self.second / 60 % 60), part(self.second % 60), 0)
    }
}
