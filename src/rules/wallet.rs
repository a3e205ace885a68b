//! Balance, credit line, vouchers and bills that wait (RULES §2).

use super::event::{Event, Log};
use super::rounding::deduction;
use crate::book::{Policy, Settlement, VoucherRest};
use crate::units::{Day, Money, NEVER, Seconds, TooLarge};

/// The money side of an account.
#[derive(Clone, Debug, Default)]
pub struct Wallet {
    /// The product whose balance it is; `None`: the account's.
    pub of: Option<usize>,
    /// May be below zero.
    pub balance: Money,
    /// How far below zero it may be without arrears.
    pub credit_line: Money,
    /// What rounding keeps for the next bill.
    pub carried: Money,
    /// Vouchers with something left, in the order received.
    vouchers: Vec<Voucher>,
    /// Bills that wait for money, oldest first (fifo).
    waiting: Vec<Waiting>,
    /// Whether money moved since arrears were last judged.
    pub moved: bool,
    /// Whether some of it was a top-up.
    pub topped_up: bool,
}

/// A voucher and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// Its number within the account, from 1.
    pub number: u32,
    /// What is left.
    pub left: Money,
    /// First instant it is usable.
    pub from: Seconds,
    /// First instant it is no longer usable.
    pub expires: Seconds,
}

/// A bill that waits for money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// When it was issued.
    pub issued: Seconds,
    pub product: usize,
    pub day: Day,
    /// What it still asks for.
    pub rest: Money,
}

/// A bill before it meets the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bill {
    pub product: usize,
    pub day: Day,
    pub amount: Money,
}

impl Wallet {
    /// Starts anew.
    pub(super) fn open(&mut self, of: Option<usize>, balance: Money, credit_line: Money) {
        self.of = of;
        self.balance = balance;
        self.credit_line = credit_line;
        self.carried = Money::ZERO;
        self.vouchers.clear();
        self.waiting.clear();
        self.moved = false;
        self.topped_up = false;
    }

    /// Balance + credit.
    ///
    /// # Errors
    /// [`TooLarge`] when the sum does not fit.
    #[inline]
    pub fn available(&self) -> Result<Money, TooLarge> {
        self.balance.plus(self.credit_line)
    }

    /// The lowest balance at which something is left of balance and credit.
    pub(super) fn floor_of_calm(&self) -> Money {
        Money::from_units(1_i64.saturating_sub(self.credit_line.units()))
    }

    /// The balance less what waiting bills ask for.
    pub fn uncommitted(&self) -> Money {
        let waiting = self.waiting.iter().fold(0_i64, |sum, bill| sum.saturating_add(bill.rest.units()));
        Money::from_units(self.balance.units().saturating_sub(waiting))
    }

    /// Whether this is a state of arrears.
    #[inline]
    pub(super) fn overdue(&self, policy: &Policy) -> Result<bool, TooLarge> {
        Ok(match policy.settlement {
            Settlement::Full => self.available()? < Money::ZERO,
            Settlement::Fifo => !self.waiting.is_empty(),
        })
    }

    /// All that is owed.
    ///
    /// # Errors
    /// [`TooLarge`] when the sum does not fit.
    pub fn debt(&self) -> Result<Money, TooLarge> {
        self.waiting.iter().try_fold(self.balance.shortfall(), |debt, bill| debt.plus(bill.rest))
    }

    /// The oldest bill that waits.
    pub(super) fn oldest(&self) -> Option<&Waiting> {
        self.waiting.first()
    }

    pub(super) fn top_up(&mut self, at: Seconds, amount: Money, log: &mut impl Log) -> Result<(), TooLarge> {
        self.balance = self.balance.plus(amount)?;
        (self.moved, self.topped_up) = (true, true);
        log.record(at, Event::ToppedUp { of: self.of, amount });
        self.pay_waiting(at, log)
    }

    pub(super) fn set_credit_line(&mut self, at: Seconds, amount: Money, log: &mut impl Log) -> Result<(), TooLarge> {
        self.credit_line = amount;
        self.moved = true;
        log.record(at, Event::CreditLineSet { of: self.of, amount });
        self.pay_waiting(at, log)
    }

    pub(super) fn receive(&mut self, at: Seconds, voucher: Voucher, log: &mut impl Log) {
        log.record(at, Event::VoucherReceived { of: self.of, number: voucher.number, amount: voucher.left });
        if voucher.left > Money::ZERO {
            self.vouchers.push(voucher);
        }
    }

    /// Whether there is a voucher with something left, usable now or later.
    #[inline]
    pub(super) fn has_vouchers(&self) -> bool {
        !self.vouchers.is_empty()
    }

    /// When the next voucher expires.
    #[inline]
    pub(super) fn next_expiry(&self) -> Seconds {
        self.vouchers.iter().map(|voucher| voucher.expires).min().unwrap_or(NEVER)
    }

    pub(super) fn expire_vouchers(&mut self, at: Seconds, log: &mut impl Log) {
        let mut expired: Vec<Voucher> = self.vouchers.extract_if(.., |voucher| voucher.expires <= at).collect();
        expired.sort_by_key(|voucher| voucher.number);
        for voucher in expired {
            log.record(at, Event::VoucherExpired { of: self.of, number: voucher.number, amount: voucher.left });
        }
    }

    /// Issues a bill: rounded, met by at most one voucher, deducted or left to wait.
    pub(super) fn bill(
        &mut self,
        at: Seconds,
        bill: Bill,
        policy: &Policy,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        let Bill { product, day, amount } = bill;
        let (due, carried) = deduction(amount, self.carried, policy.rounding, policy.deduction_unit)?;
        self.carried = carried;
        let voucher = self.spend_voucher(at, due, policy.voucher_rest);
        log.record(at, Event::BillIssued { product, day, amount, due, voucher });
        let rest = due.minus(voucher)?;
        self.moved = true;
        match policy.settlement {
            Settlement::Full => self.deduct(at, product, day, rest, log),
            Settlement::Fifo => {
                self.waiting.push(Waiting { issued: at, product, day, rest });
                self.pay_waiting(at, log)
            }
        }
    }

    /// What would leave the balance for something of this price, and what rounding would then keep.
    ///
    /// # Errors
    /// [`TooLarge`] when that does not fit.
    pub(super) fn due(&self, price: Money, policy: &Policy) -> Result<(Money, Money), TooLarge> {
        deduction(price, self.carried, policy.rounding, policy.deduction_unit)
    }

    /// Pays for something at once.
    ///
    /// # Errors
    /// [`TooLarge`] when the balance no longer fits.
    pub(super) fn pay(&mut self, (due, carried): (Money, Money)) -> Result<(), TooLarge> {
        self.balance = self.balance.minus(due)?;
        self.carried = carried;
        self.moved = true;
        Ok(())
    }

    fn deduct(
        &mut self,
        at: Seconds,
        product: usize,
        day: Day,
        amount: Money,
        log: &mut impl Log,
    ) -> Result<(), TooLarge> {
        self.balance = self.balance.minus(amount)?;
        log.record(at, Event::Deducted { product, day, amount, balance: self.balance });
        Ok(())
    }

    fn pay_waiting(&mut self, at: Seconds, log: &mut impl Log) -> Result<(), TooLarge> {
        while let Some(oldest) = self.waiting.first().copied() {
            if self.available()? < oldest.rest {
                break;
            }
            self.waiting.remove(0);
            self.deduct(at, oldest.product, oldest.day, oldest.rest, log)?;
        }
        Ok(())
    }

    /// Pays `due` from the voucher that must go first; returns what it paid.
    fn spend_voucher(&mut self, at: Seconds, due: Money, rest: VoucherRest) -> Money {
        if due == Money::ZERO || self.vouchers.is_empty() {
            return Money::ZERO;
        }
        // Those that cover it all go before those that do not; then the soonest-expiring; then the earlier received.
        // What has expired is gone by now (phase 6).
        let usable = self.vouchers.iter().enumerate().filter(|(_, v)| v.from <= at);
        let first = usable.min_by_key(|(index, v)| (v.left < due, v.expires, *index));
        let Some((index, _)) = first else { return Money::ZERO };
        let voucher = &mut self.vouchers[index];
        let paid = voucher.left.min(due);
        voucher.left = Money::from_units(voucher.left.units() - paid.units());
        if rest == VoucherRest::Lost || voucher.left == Money::ZERO {
            self.vouchers.remove(index);
        }
        paid
    }
}
