//! The arrears clock (RULES §2): judged once per instant, after all its money has moved.

use super::event::{Event, Log};
use super::wallet::Wallet;
use crate::book::{ArrearsClock, GraceEnd, PartialTopUp, Policy, ResumeAt, Settlement};
use crate::units::{DAY, Day, Money, NEVER, Seconds, TooLarge, day_of, midnight};

/// Arrears that have not been broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrears {
    /// Their true first instant.
    pub since: Seconds,
    /// From where the grace period runs.
    pub clock: Seconds,
    /// The debt that was marked as bad.
    pub marked: Option<Money>,
    /// The oldest waiting bill (fifo), to see when it changes.
    oldest: Option<(usize, Day)>,
}

/// The clock of one balance.
#[derive(Clone, Debug)]
pub(super) struct Dunning {
    pub arrears: Option<Arrears>,
    /// Since when a suspended service may resume.
    pub resumable_since: Option<Seconds>,
    /// When the debt becomes bad.
    pub write_off: Seconds,
}

/// What a judgement found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub started: bool,
    pub cleared: bool,
    pub clock_moved: bool,
    /// Money moved, so it was judged.
    pub moved: bool,
}

impl Dunning {
    pub fn new() -> Dunning {
        Dunning { arrears: None, resumable_since: None, write_off: NEVER }
    }

    /// Whether money that stays above zero changes nothing: the condition to resume holds, so there are no arrears.
    #[inline]
    pub fn is_calm(&self) -> bool {
        self.resumable_since.is_some()
    }

    /// Judges the wallet at an instant at which money moved.
    pub fn judge(
        &mut self,
        at: Seconds,
        wallet: &mut Wallet,
        policy: &Policy,
        log: &mut impl Log,
    ) -> Result<Verdict, TooLarge> {
        let overdue = wallet.overdue(policy)?;
        let oldest = wallet.oldest().map(|bill| (bill.product, bill.day));
        let mut verdict = Verdict::default();
        match (&mut self.arrears, overdue) {
            (None, true) => {
                let clock = clock_at(at, policy);
                self.arrears = Some(Arrears { since: at, clock, marked: None, oldest });
                self.write_off = at.saturating_add(policy.write_off_after);
                log.record(at, Event::ArrearsStarted { of: wallet.of, clock, debt: wallet.debt()? });
                verdict.started = true;
            }
            (Some(arrears), false) => {
                log.record(at, Event::ArrearsCleared { of: wallet.of });
                if let Some(amount) = arrears.marked {
                    log.record(at, Event::DebtRecovered { of: wallet.of, amount });
                }
                self.arrears = None;
                self.write_off = NEVER;
                verdict.cleared = true;
            }
            (Some(arrears), true) => {
                let restarts = policy.partial_top_up == PartialTopUp::RestartsClock && wallet.topped_up;
                let moved = policy.settlement == Settlement::Fifo && oldest != arrears.oldest;
                let clock = match wallet.oldest() {
                    _ if restarts => clock_at(at, policy),
                    Some(bill) if moved => clock_at(bill.issued, policy),
                    _ => arrears.clock,
                };
                arrears.oldest = oldest;
                if clock != arrears.clock {
                    arrears.clock = clock;
                    log.record(at, Event::ClockSet { of: wallet.of, clock });
                    verdict.clock_moved = true;
                }
            }
            (None, false) => {}
        }
        (wallet.moved, wallet.topped_up) = (false, false);
        let enough = policy.resume_at == ResumeAt::Zero || wallet.available()? > Money::ZERO;
        self.resumable_since = match self.resumable_since {
            _ if overdue || !enough => None,
            None => Some(at),
            since => since,
        };
        Ok(verdict)
    }

    /// Marks the debt as bad when its time has come.
    pub fn mark(&mut self, at: Seconds, wallet: &Wallet, log: &mut impl Log) -> Result<(), TooLarge> {
        if let Some(arrears) = &mut self.arrears
            && at >= self.write_off
        {
            let amount = wallet.debt()?;
            arrears.marked = Some(amount);
            self.write_off = NEVER;
            log.record(at, Event::DebtMarked { of: wallet.of, amount });
        }
        Ok(())
    }

    /// When a service with this grace is suspended.
    pub fn deadline(&self, grace: Option<Seconds>, policy: &Policy) -> Seconds {
        let (Some(arrears), Some(grace)) = (self.arrears, grace) else { return NEVER };
        match policy.grace_end {
            GraceEnd::Exact => arrears.clock.saturating_add(grace),
            GraceEnd::Calendar if grace == 0 => arrears.clock,
            GraceEnd::Calendar => {
                let whole_days = usize::try_from((grace + DAY - 1) / DAY).expect("a grace is not negative");
                midnight(day_of(arrears.clock).saturating_add(whole_days).saturating_add(1))
            }
        }
    }
}

fn clock_at(at: Seconds, policy: &Policy) -> Seconds {
    match policy.arrears_clock {
        ArrearsClock::Instant => at,
        ArrearsClock::DayStart => midnight(day_of(at)),
    }
}
