//! Looks for the best point of a grid by playing few of its points. Must not know what is played, nor what a point is worth and why.
//!
//! A grid of no more points than may be judged is judged whole. Of any other: values spread over all axes at once and over each by
//! itself; from the best few of them that have none better beside them COBYLA (Powell's linear approximations, which takes each
//! constraint by itself) on the grid, with steps from an eighth of each axis down to one; then neighbours on the grid until none is
//! better. What is found then is better than all its neighbours and all that was tried: there may be better elsewhere.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use cobyla::{Func, RhoBeg, StopTols};

/// A point: the index of a value for each axis.
pub(super) type Grid = Vec<usize>;

/// What a point is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judged {
    /// The more the better; about one for a change that matters.
    pub merit: f64,
    /// By constraint: how far it is kept, below zero how far it is broken.
    pub slacks: Vec<f64>,
}

impl Judged {
    /// Of a point that cannot be played.
    pub fn impossible(constraints: usize) -> Judged {
        Judged { merit: -100.0, slacks: vec![-100.0; constraints.max(1)] }
    }

    /// How much is broken.
    fn violation(&self) -> f64 {
        self.slacks.iter().map(|slack| (-slack).max(0.0)).sum()
    }

    /// Whether all constraints are kept.
    pub fn is_feasible(&self) -> bool {
        self.violation() == 0.0
    }

    /// What breaks less is better, then what is worth more.
    fn is_better_than(&self, other: &Judged) -> bool {
        let (mine, theirs) = (self.violation(), other.violation());
        if mine == theirs { self.merit > other.merit } else { mine < theirs }
    }
}

/// The grid and who judges its points.
pub(super) struct Space<'a> {
    /// How many values each axis has.
    pub sizes: Vec<usize>,
    /// How many constraints there are.
    pub constraints: usize,
    /// Most points that are judged.
    pub most: usize,
    /// Judges points, in their order; `None` when it was stopped.
    pub judge: &'a mut dyn FnMut(&[Grid]) -> Option<Vec<Judged>>,
}

/// How a search ended.
pub(super) struct Found {
    /// The best point that was tried.
    pub best: Grid,
    /// What it is worth.
    pub judged: Judged,
    /// By constraint: whether a neighbour would be better if it were not for this one.
    pub active: Vec<bool>,
    /// How far it got.
    pub extent: Extent,
}

/// How much of a grid was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// As much as the search wanted.
    Searched,
    /// As much as it might.
    Cut,
}

/// Values of each axis that are tried by itself at first.
const SPREAD: usize = 5;
/// Part of the most points that may be spread over all axes at once.
const LATTICE_PART: usize = 4;
/// From how many points it is searched at most.
const STARTS: usize = 4;
/// Axes up to which all neighbours are looked at, the diagonal ones too.
const DIAGONAL_AXES: usize = 3;

/// Searches from `start`; `None` when it was stopped.
pub(super) fn search(space: Space<'_>, start: &Grid) -> Option<Found> {
    let points = space.sizes.iter().fold(1_usize, |points, size| points.saturating_mul(*size));
    let whole = points <= space.most;
    let mut search = Search { space, seen: BTreeMap::new(), best: start.clone(), stopped: false, exhausted: false };
    search.look(std::slice::from_ref(start));
    if whole {
        let all = lattice(&search.space.sizes);
        search.look(&all);
    } else {
        search.look(&spread(&search.space.sizes, start));
        for start in search.starts() {
            let near = search.approximate(&start);
            search.climb(near);
        }
    }
    search.found(whole)
}

struct Search<'a> {
    space: Space<'a>,
    seen: BTreeMap<Grid, Judged>,
    best: Grid,
    stopped: bool,
    exhausted: bool,
}

impl Search<'_> {
    /// Has those points judged that are new, and keeps the best.
    fn look(&mut self, points: &[Grid]) {
        let mut new: Vec<Grid> = vec![];
        for point in points {
            if !self.seen.contains_key(point) && !new.contains(point) {
                new.push(point.clone());
            }
        }
        let room = self.space.most.saturating_sub(self.seen.len());
        self.exhausted |= new.len() > room;
        new.truncate(room);
        if new.is_empty() || self.stopped {
            return;
        }
        let Some(judged) = (self.space.judge)(&new) else {
            self.stopped = true;
            return;
        };
        for (point, judged) in new.into_iter().zip(judged) {
            let best = self.seen.get(&self.best);
            if best.is_none_or(|best| judged.is_better_than(best)) {
                self.best = point.clone();
            }
            self.seen.insert(point, judged);
        }
    }

    fn at(&mut self, point: &Grid) -> Judged {
        self.look(std::slice::from_ref(point));
        self.seen.get(point).cloned().unwrap_or_else(|| Judged::impossible(self.space.constraints))
    }

    /// The best few points, of the best so far and a lattice over all axes, that have none better beside them on the lattice.
    fn starts(&mut self) -> Vec<Grid> {
        let sizes = self.space.sizes.clone();
        let axes = i32::try_from(sizes.len()).unwrap_or(i32::MAX);
        let fits = |steps: &usize| (*steps as f64).powi(axes) <= (self.space.most / LATTICE_PART) as f64;
        let steps = (2..=self.space.most).take_while(fits).last().unwrap_or(1);
        let counts: Vec<usize> = sizes.iter().map(|size| steps.min(*size)).collect();
        let on_grid = |point: &Grid| -> Grid {
            let each = point.iter().zip(counts.iter().zip(&sizes));
            each.map(|(nth, (count, size))| nth * (size - 1) / (count - 1).max(1)).collect()
        };
        let mut tops = vec![];
        if steps > 1 {
            let points = lattice(&counts);
            self.look(&points.iter().map(on_grid).collect::<Vec<_>>());
            let is_top = |point: &&Grid| {
                let Some(judged) = self.seen.get(&on_grid(point)) else { return false };
                let beside = neighbours(&counts, point).into_iter();
                beside.filter_map(|other| self.seen.get(&on_grid(&other))).all(|other| !other.is_better_than(judged))
            };
            tops = points.iter().filter(is_top).map(on_grid).collect();
        }
        tops.push(self.best.clone());
        tops.sort_by(|one, other| match (self.seen.get(one), self.seen.get(other)) {
            (Some(one), Some(other)) if one.is_better_than(other) => Ordering::Less,
            (Some(one), Some(other)) if other.is_better_than(one) => Ordering::Greater,
            _ => one.cmp(other),
        });
        tops.dedup();
        tops.truncate(STARTS);
        tops
    }

    /// COBYLA from a point: the best that it saw. Its coordinates are indices of values, and it sees the nearest point of the grid.
    fn approximate(&mut self, from: &Grid) -> Grid {
        let sizes = self.space.sizes.clone();
        let constraints = self.space.constraints;
        let start: Vec<f64> = from.iter().map(|index| *index as f64).collect();
        let bounds: Vec<(f64, f64)> = sizes.iter().map(|size| (0.0, (size - 1) as f64)).collect();
        let steps = sizes.iter().map(|size| ((size - 1) as f64 / 8.0).max(1.0)).collect();
        let ends = StopTols { xtol_abs: vec![0.5; sizes.len()], ..StopTols::default() };
        let first = self.at(from);
        let near = RefCell::new((from.clone(), first));
        let search = RefCell::new(self);
        let judged = |x: &[f64]| {
            let nearest = x.iter().zip(&sizes).map(|(x, size)| (x.round().max(0.0) as usize).min(size - 1));
            let point: Grid = nearest.collect();
            let judged = search.borrow_mut().at(&point);
            if judged.is_better_than(&near.borrow().1) {
                near.replace((point, judged.clone()));
            }
            judged
        };
        let objective = |x: &[f64], (): &mut ()| -judged(x).merit;
        let slack = |nth: usize| {
            let judged = &judged;
            move |x: &[f64], (): &mut ()| judged(x).slacks[nth]
        };
        let slacks: Vec<_> = (0..constraints).map(slack).collect();
        let slacks: Vec<&dyn Func<()>> = slacks.iter().map(|slack| slack as &dyn Func<()>).collect();
        // The library takes objective and constraints for one type: all are given as the same trait object.
        let objective: &dyn Func<()> = &objective;
        // Where it ends does not matter: the best point that it saw is kept.
        let _ =
            cobyla::minimize(objective, &start, &bounds, &slacks, (), 60 * sizes.len(), RhoBeg::Set(steps), Some(ends));
        near.into_inner().0
    }

    /// To the best neighbour, until none is better.
    fn climb(&mut self, from: Grid) {
        let mut at = from;
        loop {
            let beside = neighbours(&self.space.sizes, &at);
            self.look(&beside);
            let known = beside.into_iter().filter_map(|point| Some((self.seen.get(&point)?, point)));
            let best = known.reduce(|best, other| if other.0.is_better_than(best.0) { other } else { best });
            let up = best.filter(|(judged, _)| self.seen.get(&at).is_none_or(|at| judged.is_better_than(at)));
            match up {
                Some((_, point)) if !self.stopped && !self.exhausted => at = point,
                _ => return,
            }
        }
    }

    fn found(self, whole: bool) -> Option<Found> {
        if self.stopped {
            return None;
        }
        let judged = self.seen.get(&self.best)?.clone();
        let better = |constraint: usize| {
            neighbours(&self.space.sizes, &self.best).iter().filter_map(|point| self.seen.get(point)).any(|other| {
                let broken = other.slacks.iter().enumerate().filter(|(_, slack)| **slack < 0.0);
                other.merit > judged.merit && broken.map(|(nth, _)| nth).eq([constraint])
            })
        };
        let active = (0..self.space.constraints).map(better).collect();
        let extent = match (whole, self.exhausted) {
            (true, _) => Extent::Whole,
            (false, false) => Extent::Searched,
            (false, true) => Extent::Cut,
        };
        Some(Found { active, best: self.best, judged, extent })
    }
}

/// All points of a grid, the last axis fastest.
fn lattice(sizes: &[usize]) -> Vec<Grid> {
    sizes.iter().fold(vec![vec![]], |points, size| {
        points.iter().flat_map(|point| (0..*size).map(move |value| [&point[..], &[value]].concat())).collect()
    })
}

/// Values spread over each axis, the others as at the start.
fn spread(sizes: &[usize], start: &Grid) -> Vec<Grid> {
    let mut points = vec![];
    for (axis, size) in sizes.iter().enumerate() {
        for nth in 0..SPREAD {
            let mut point = start.clone();
            point[axis] = nth * (size - 1) / (SPREAD - 1);
            points.push(point);
        }
    }
    points
}

/// Points one step away: on every axis at once where there are few, else on one.
fn neighbours(sizes: &[usize], of: &Grid) -> Vec<Grid> {
    let moved = |point: &Grid, axis: usize, step: isize| -> Option<Grid> {
        let mut point = point.clone();
        point[axis] = point[axis].checked_add_signed(step).filter(|index| *index < sizes[axis])?;
        Some(point)
    };
    if sizes.len() > DIAGONAL_AXES {
        let axes = (0..sizes.len()).flat_map(|axis| [-1, 1].map(|step| (axis, step)));
        return axes.filter_map(|(axis, step)| moved(of, axis, step)).collect();
    }
    let all = (0..sizes.len()).fold(vec![of.clone()], |points, axis| {
        points
            .iter()
            .flat_map(|point| [-1, 0, 1].into_iter().filter_map(move |step| moved(point, axis, step)))
            .collect()
    });
    all.into_iter().filter(|point| point != of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a search of a function finds, and how many points it had judged.
    fn found(sizes: &[usize], start: &[usize], most: usize, of: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> (Found, usize) {
        let mut judged = 0;
        let mut judge = |points: &[Grid]| {
            judged += points.len();
            let each = points.iter().map(|point| {
                let x: Vec<f64> = point.iter().map(|index| *index as f64).collect();
                let (merit, slacks) = of(&x);
                Judged { merit, slacks }
            });
            Some(each.collect())
        };
        let constraints = of(&vec![0.0; sizes.len()]).1.len();
        let space = Space { sizes: sizes.to_vec(), constraints, most, judge: &mut judge };
        let found = search(space, &start.to_vec()).expect("nobody stops it");
        (found, judged)
    }

    /// A hill with its top at (70.3, 12.8), of 101 × 41 points.
    #[test]
    fn the_top_of_a_hill_is_found_with_few_points() {
        let hill = |x: &[f64]| (-((x[0] - 70.3) / 100.0).powi(2) - ((x[1] - 12.8) / 40.0).powi(2), vec![]);
        for start in [[0, 0], [50, 40], [100, 0]] {
            let (found, judged) = found(&[101, 41], &start, 1_000, hill);
            assert_eq!((found.best, found.extent), (vec![70, 13], Extent::Searched));
            assert!(judged < 400, "{judged}");
        }
    }

    /// The same hill with x + y <= 60. Off the grid its top is at (50.4, 9.6); of the points of the grid that keep the constraint none
    /// is better than what is found, by looking at all of them.
    #[test]
    fn a_constraint_is_kept_and_told() {
        let hill = |x: &[f64]| {
            (-((x[0] - 70.3) / 100.0).powi(2) - ((x[1] - 12.8) / 40.0).powi(2), vec![(60.0 - x[0] - x[1]) / 60.0, 1.0])
        };
        let (found, judged) = found(&[101, 41], &[90, 30], 1_000, hill);
        assert!(found.judged.is_feasible() && judged < 500, "{judged}");
        assert_eq!(found.active, [true, false]);
        let all = (0..101).flat_map(|x| (0..41).map(move |y| [f64::from(x), f64::from(y)]));
        let best =
            all.map(|x| hill(&x)).filter(|(_, slacks)| slacks[0] >= 0.0).map(|(merit, _)| merit).fold(-9.0, f64::max);
        assert!((found.judged.merit - best).abs() < 1e-9, "{:?}", found.best);
    }

    /// Where nothing keeps the constraints the least broken is told, and that it breaks them; the most points end a search.
    #[test]
    fn what_cannot_be_is_told() {
        let (nowhere, _) = found(&[11], &[5], 100, |x| (0.0, vec![-1.0 - x[0]]));
        assert_eq!((nowhere.best, nowhere.judged.is_feasible()), (vec![0], false));
        let (few, judged) = found(&[101], &[0], 3, |x| (x[0], vec![]));
        assert_eq!((few.extent, judged), (Extent::Cut, 3));
    }

    /// Two hills, the higher far from the start: a grid that may be judged whole is, and of a larger one both hills are climbed.
    #[test]
    fn the_higher_of_two_hills_is_found() {
        let hill =
            |x: &[f64], top: [f64; 2]| (-((x[0] - top[0]) / 8.0).powi(2) - ((x[1] - top[1]) / 8.0).powi(2)).exp();
        let hills = |x: &[f64]| (hill(x, [10.0, 10.0]) + 1.5 * hill(x, [47.0, 52.0]), vec![]);
        let (all, judged) = found(&[61, 61], &[10, 10], 61 * 61, hills);
        assert_eq!((all.best, all.extent, judged), (vec![47, 52], Extent::Whole, 61 * 61));
        let (some, judged) = found(&[61, 61], &[10, 10], 600, hills);
        assert_eq!((some.best, some.extent), (vec![47, 52], Extent::Searched));
        assert!(judged < 600, "{judged}");
    }

    /// One value is a grid too.
    #[test]
    fn a_single_point_is_found() {
        assert_eq!(found(&[1], &[0], 10, |_| (1.0, vec![])).0.best, [0]);
    }
}
