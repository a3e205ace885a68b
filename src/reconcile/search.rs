//! The search for causes: other readings of the rules, one and two at a time, each played by the calculator of all bills.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use jiff::ToSpan;

use super::bills::{Bills, Difference, Key, close};
use super::causes::{Cause, of_plan};
use super::{Question, Refusal};
use crate::plan::Plan;
use crate::scenario::Material;
use crate::units::Money;

/// Fewest differences that a cause must explain: fewer may be chance.
const FEWEST: usize = 3;
/// Of ten bills that a cause changes, so many must be as it says, in the accounts with differences.
const OF_TEN: usize = 9;
/// Rows of usage among which causes are looked for; what is found is then held against all of them.
const SAMPLE: usize = 20_000;
/// Most causes that are named.
const MOST: usize = 8;

/// A cause, or two together, and what they explain.
#[derive(Clone, Debug)]
pub struct Found {
    /// One or two.
    pub causes: Vec<Cause>,
    /// Names of others that explain the same.
    pub or: Vec<String>,
    /// Keys of the differences, in order.
    pub explains: Vec<Key>,
}

/// What some causes would change.
struct Trial {
    /// Bills that are others under it.
    changed: usize,
    /// Of them as they were sent.
    right: usize,
    /// Differences that it explains.
    explains: Vec<Key>,
}

impl Trial {
    fn holds(&self) -> bool {
        self.explains.len() >= FEWEST && self.right * 10 >= self.changed * OF_TEN
    }
}

/// One cause or two, and names of single ones that explain as much.
struct Chosen<'c> {
    causes: Vec<&'c Cause>,
    or: Vec<String>,
}

/// The accounts among which causes are looked for.
struct Looked<'a> {
    question: &'a Question<'a>,
    accounts: Vec<usize>,
    material: Material,
    ours: Bills,
    theirs: Bills,
    /// Differences that nothing explains yet.
    open: &'a BTreeSet<Key>,
    tolerance: Money,
    stop: &'a AtomicBool,
}

/// The causes that explain most, one after the other.
pub(super) fn causes(
    question: &Question<'_>,
    plan: &Plan,
    (ours, theirs): (&Bills, &Bills),
    differences: &[Difference],
    stop: &AtomicBool,
) -> Result<Vec<Found>, Refusal> {
    let causes = of_plan(plan, question.material.usage.is_timed());
    let mut open: BTreeSet<Key> = differences.iter().map(|difference| difference.key).collect();
    let mut found = vec![];
    while open.len() >= FEWEST && found.len() < MOST {
        let accounts: BTreeSet<usize> = open.iter().map(|key| key.account).collect();
        let all = Looked::at(question, accounts.into_iter().collect(), (ours, theirs), &open, stop);
        let sample = all.sample(ours, theirs);
        let Some(Chosen { causes: chosen, or }) = best(&sample, &causes)? else { break };
        let Some(trial) = all.try_out(&chosen)?.filter(Trial::holds) else { break };
        let explains = trial.explains;
        let chosen = chosen.into_iter().cloned().collect();
        explains.iter().for_each(|key| {
            open.remove(key);
        });
        found.push(Found { causes: chosen, or, explains });
    }
    Ok(found)
}

/// The one cause that explains most, or the two if they explain more; and the names of single ones that explain as much.
fn best<'c>(sample: &Looked<'_>, causes: &'c [Cause]) -> Result<Option<Chosen<'c>>, Refusal> {
    let (mut singles, mut changing) = (vec![], vec![]);
    for cause in causes {
        let Some(trial) = sample.try_out(&[cause])? else { continue };
        if trial.changed > 0 {
            changing.push(cause);
        }
        if trial.holds() {
            singles.push((cause, trial.explains.len()));
        }
    }
    let most = singles.iter().map(|(_, explains)| *explains).max().unwrap_or(0);
    let mut alike = singles.iter().filter(|(_, explains)| *explains == most).map(|(cause, _)| *cause);
    let single = alike.next();
    let or = alike.map(|cause| cause.name.clone()).collect();
    if most == sample.differences() {
        return Ok(single.map(|cause| Chosen { causes: vec![cause], or }));
    }
    let mut pair: Option<(Vec<&Cause>, usize)> = None;
    for (nth, first) in changing.iter().enumerate() {
        for second in changing[nth + 1..].iter().filter(|second| second.about != first.about) {
            let Some(trial) = sample.try_out(&[first, second])?.filter(Trial::holds) else { continue };
            if pair.as_ref().is_none_or(|(_, explains)| trial.explains.len() > *explains) {
                pair = Some((vec![first, second], trial.explains.len()));
            }
        }
    }
    // Two explain more than one by chance too.
    Ok(match pair.filter(|(_, explains)| *explains >= most + FEWEST) {
        Some((pair, _)) => Some(Chosen { causes: pair, or: vec![] }),
        None => single.map(|cause| Chosen { causes: vec![cause], or }),
    })
}

impl<'a> Looked<'a> {
    fn at(
        question: &'a Question<'a>,
        accounts: Vec<usize>,
        (ours, theirs): (&Bills, &Bills),
        open: &'a BTreeSet<Key>,
        stop: &'a AtomicBool,
    ) -> Looked<'a> {
        Looked {
            question,
            material: question.material.only(&accounts),
            ours: ours.only(&accounts),
            theirs: theirs.only(&accounts),
            accounts,
            open,
            tolerance: question.tolerance,
            stop,
        }
    }

    /// The first accounts that have together no more rows than causes are looked for among.
    fn sample(&self, ours: &Bills, theirs: &Bills) -> Looked<'a> {
        let mut rows = 0;
        let few = self.accounts.iter().copied().take_while(|account| {
            let before = rows;
            rows += self.question.material.usage.of(*account).len();
            before < SAMPLE
        });
        Looked::at(self.question, few.collect(), (ours, theirs), self.open, self.stop)
    }

    /// Differences that are looked at.
    fn differences(&self) -> usize {
        self.open.iter().filter(|key| self.accounts.binary_search(&key.account).is_ok()).count()
    }

    /// Bills under some causes; `None` where they do not go with the books, or with each other.
    fn bills(&self, causes: &[&Cause]) -> Result<Option<Bills>, Refusal> {
        let set: Vec<String> = causes.iter().flat_map(|cause| cause.set.iter().cloned()).collect();
        let hours: i64 = causes.iter().map(|cause| cause.hours).sum();
        let days: i64 = causes.iter().map(|cause| cause.days).sum();
        let shifted = (hours != 0).then(|| Material {
            usage: std::sync::Arc::new(self.material.usage.shifted(hours)),
            ledger: self.material.ledger.clone(),
        });
        let plan = match self.question.plan(shifted.as_ref().unwrap_or(&self.material), &set) {
            Ok(plan) => plan,
            Err(Refusal::Input(..)) => return Ok(None),
            Err(refusal) => return Err(refusal),
        };
        let bills = Bills::of(&plan, self.question.threads, self.stop)?;
        Ok(Some(bills.moved(|key| Key {
            account: self.accounts[key.account],
            date: key.date.checked_add(days.days()).unwrap_or(key.date),
            ..key
        })))
    }

    fn try_out(&self, causes: &[&Cause]) -> Result<Option<Trial>, Refusal> {
        let Some(bills) = self.bills(causes)? else { return Ok(None) };
        let mut trial = Trial { changed: 0, right: 0, explains: vec![] };
        for (key, ours, other) in self.ours.pairs(&bills) {
            if close(ours, other, self.tolerance) {
                continue;
            }
            trial.changed += 1;
            if close(other, self.theirs.get(key), self.tolerance) {
                trial.right += 1;
                if self.open.contains(&key) {
                    trial.explains.push(key);
                }
            }
        }
        Ok(Some(trial))
    }
}
