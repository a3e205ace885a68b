//! How far a drawn world is from the data, by what one sees of both. Must not know what was fitted.

use super::bursts::median;
use super::daily::Daily;
use super::noise::weight;
use crate::units::Day;

/// What is seen of a table of days.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Mean day of each account, rising.
    pub sizes: Vec<f64>,
    /// Index of Monday to Sunday, of mean 1; `None`: fewer than seven days.
    pub weekday: Option<[f64; 7]>,
    /// Numbers in the order of `NUMBERS`; `None`: there are not enough accounts or days.
    pub numbers: [Option<f64>; 8],
}

/// What the numbers are.
pub const NUMBERS: [&str; 8] = [
    "spread of an account's days",
    "log variance against log mean",
    "autocorrelation, 1 day",
    "autocorrelation, 7 days",
    "correlation of two accounts",
    "share of the top 1 %",
    "share of the top 10 %",
    "share of idle days",
];

/// A row of the table of distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// What is held against what.
    pub name: &'static str,
    /// The data; `None` where the other columns are distances from it themselves.
    pub data: Option<f64>,
    /// Mean over worlds of a default segment.
    pub before: f64,
    /// Mean over worlds of the fitted segment.
    pub after: f64,
    /// From the least to the greatest of these worlds.
    pub range: (f64, f64),
}

impl Distance {
    /// Whether the fitted segment is nearer to the data.
    pub fn is_nearer(&self) -> bool {
        let data = self.data.unwrap_or(0.0);
        (self.after - data).abs() < (self.before - data).abs()
    }
}

impl Seen {
    /// Looks at a table.
    pub fn of(daily: &Daily) -> Seen {
        let means = daily.means();
        let weekday = weekday(daily, &means);
        let logs = Logs::of(daily, &means, weekday.unwrap_or([1.0; 7]));
        let mut sizes = means;
        sizes.sort_by(f64::total_cmp);
        let numbers = [
            logs.spread(),
            logs.slope(),
            logs.autocorrelation(1),
            logs.autocorrelation(7),
            logs.correlation(),
            top(&sizes, 0.01),
            top(&sizes, 0.1).filter(|_| sizes.len() >= 10),
            idle(daily),
        ];
        Seen { sizes, weekday, numbers }
    }
}

/// Autocorrelation of accounts at lags from 1 on, weekdays taken out, mean over accounts; `None`: no account is large enough.
pub fn memory(daily: &Daily, lags: usize) -> Option<Vec<f64>> {
    let means = daily.means();
    let logs = Logs::of(daily, &means, weekday(daily, &means).unwrap_or([1.0; 7]));
    (1..=lags).map(|lag| logs.autocorrelation(lag)).collect()
}

/// Holds worlds of a default segment and of the fitted one against the data.
pub fn distances(data: &Seen, before: &[Seen], after: &[Seen]) -> Vec<Distance> {
    let mut rows = vec![];
    let mut row = |name, of_data: Option<f64>, of: &dyn Fn(&Seen) -> Option<f64>| {
        let all = |worlds: &[Seen]| worlds.iter().filter_map(of).collect::<Vec<f64>>();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (before, after) = (all(before), all(after));
        if before.is_empty() || after.is_empty() {
            return;
        }
        let least = after.iter().copied().fold(f64::INFINITY, f64::min);
        let most = after.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (before, after) = (mean(&before), mean(&after));
        rows.push(Distance { name, data: of_data, before, after, range: (least, most) });
    };
    let several = data.sizes.len() > 1;
    row("sizes, Kolmogorov-Smirnov", None, &|world| several.then(|| kolmogorov_smirnov(&data.sizes, &world.sizes)));
    row("sizes, Wasserstein (of logs)", None, &|world| Some(wasserstein(&data.sizes, &world.sizes)));
    row("weekdays, mean difference", None, &|world| {
        let (mine, theirs) = (data.weekday?, world.weekday?);
        Some(mine.iter().zip(theirs).map(|(mine, theirs)| (mine - theirs).abs()).sum::<f64>() / 7.0)
    });
    for (number, name) in NUMBERS.into_iter().enumerate() {
        if let Some(of_data) = data.numbers[number] {
            row(name, Some(of_data), &|world| world.numbers[number]);
        }
    }
    rows
}

/// Largest distance of two distribution functions; both samples are sorted.
fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> f64 {
    let below = |sorted: &[f64], x: f64| sorted.partition_point(|value| *value <= x) as f64 / sorted.len() as f64;
    one.iter().chain(other).map(|x| (below(one, *x) - below(other, *x)).abs()).fold(0.0, f64::max)
}

/// Mean distance of the quantiles of two sorted samples, as natural logarithms: 0.7 is a factor of two.
fn wasserstein(one: &[f64], other: &[f64]) -> f64 {
    const PARTS: usize = 1_000;
    let at = |sorted: &[f64], part: usize| {
        let index = (2 * part + 1) * sorted.len() / (2 * PARTS);
        libm::log(sorted[index].max(1e-3))
    };
    (0..PARTS).map(|part| (at(one, part) - at(other, part)).abs()).sum::<f64>() / PARTS as f64
}

/// Share of all units that the largest accounts have, at least one.
fn top(sizes: &[f64], share: f64) -> Option<f64> {
    let many = (libm::round(sizes.len() as f64 * share) as usize).max(1);
    let all: f64 = sizes.iter().sum();
    (sizes.len() > 1 && all > 0.0).then(|| sizes[sizes.len() - many..].iter().sum::<f64>() / all)
}

fn idle(daily: &Daily) -> Option<f64> {
    let (mut idle, mut all) = (0, 0);
    for own in &daily.accounts {
        idle += own.units[own.days()].iter().filter(|units| **units == 0).count();
        all += own.days().len();
    }
    (all > 0).then(|| idle as f64 / all as f64)
}

fn weekday(daily: &Daily, means: &[f64]) -> Option<[f64; 7]> {
    let mut sums = [(0.0, 0.0); 7];
    for (own, mean) in daily.accounts.iter().zip(means).filter(|(_, mean)| **mean > 0.0) {
        for day in own.days() {
            let sum = &mut sums[daily.calendar.weekday(day)];
            sum.0 += weight(*mean) * own.units[day] as f64 / mean;
            sum.1 += weight(*mean);
        }
    }
    if daily.days() < 7 || sums.iter().any(|(_, weight)| *weight == 0.0) {
        return None;
    }
    let index = sums.map(|(sum, weight)| sum / weight);
    let mean = index.iter().sum::<f64>() / 7.0;
    (mean > 0.0).then(|| index.map(|one| one / mean))
}

/// Logarithms of the days of accounts that use something on most of them, weekdays taken out, around their mean.
struct Logs {
    accounts: Vec<Vec<Option<f64>>>,
    /// Mean and variance of the units themselves.
    moments: Vec<(f64, f64)>,
}

/// Units a day from which an account's days are looked at.
const LOOKED_AT: f64 = 3.0;

impl Logs {
    fn of(daily: &Daily, means: &[f64], weekday: [f64; 7]) -> Logs {
        let mut logs = Logs { accounts: vec![], moments: vec![] };
        for (own, mean) in daily.accounts.iter().zip(means).filter(|(_, mean)| **mean >= LOOKED_AT) {
            let index = |day: Day| weekday[daily.calendar.weekday(day)].max(0.05);
            let n = own.days().len() as f64;
            let log = |day: Day| libm::log((own.units[day] as f64 + 0.5) / index(day));
            let middle = own.days().map(log).sum::<f64>() / n;
            let there = own.days();
            logs.accounts.push((0..daily.days()).map(|day| there.contains(&day).then(|| log(day) - middle)).collect());
            let apart = |day: Day| own.units[day] as f64 / index(day) - mean;
            logs.moments.push((*mean, own.days().map(|day| apart(day) * apart(day)).sum::<f64>() / n));
        }
        logs
    }

    /// Standard deviation of an account's logarithms, the median over accounts.
    fn spread(&self) -> Option<f64> {
        let sd = |days: &Vec<Option<f64>>| {
            let n = days.iter().flatten().count() as f64;
            libm::sqrt(days.iter().flatten().map(|log| log * log).sum::<f64>() / n)
        };
        let mut all: Vec<f64> = self.accounts.iter().filter(|days| days.len() > 1).map(sd).collect();
        median(&mut all)
    }

    /// Slope of the log variance of an account's days against the log of their mean: 1 for Poisson counts, 2 where the spread is in
    /// proportion.
    fn slope(&self) -> Option<f64> {
        let points: Vec<(f64, f64)> = self.moments.iter().filter(|(_, variance)| *variance > 0.0).copied().collect();
        let n = points.len() as f64;
        let logs = || points.iter().map(|(mean, variance)| (libm::log(*mean), libm::log(*variance)));
        let (x, y) = logs().fold((0.0, 0.0), |sum, one| (sum.0 + one.0 / n, sum.1 + one.1 / n));
        let (xy, xx) =
            logs().fold((0.0, 0.0), |sum, one| (sum.0 + (one.0 - x) * (one.1 - y), sum.1 + (one.0 - x) * (one.0 - x)));
        (points.len() >= 3 && xx > 0.0).then(|| xy / xx)
    }

    fn autocorrelation(&self, lag: usize) -> Option<f64> {
        let of = |days: &Vec<Option<f64>>| {
            let pairs = || days.iter().zip(days.get(lag..).unwrap_or_default());
            let known = pairs().filter_map(|(one, other)| Some((*one)? * (*other)?));
            let (sum, n) = known.fold((0.0, 0.0), |(sum, n), product| (sum + product, n + 1.0));
            let squares: f64 = days.iter().flatten().map(|log| log * log).sum();
            let all = days.iter().flatten().count() as f64;
            (n > lag as f64 && squares > 0.0).then(|| sum / n / (squares / all))
        };
        let all: Vec<f64> = self.accounts.iter().filter_map(of).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    }

    /// Mean correlation of the logarithms of two accounts on the same day.
    fn correlation(&self) -> Option<f64> {
        let scaled: Vec<(&Vec<Option<f64>>, f64)> = self
            .accounts
            .iter()
            .filter_map(|days| {
                let n = days.iter().flatten().count() as f64;
                let squares: f64 = days.iter().flatten().map(|log| log * log).sum();
                (squares > 0.0).then(|| (days, libm::sqrt(n / squares)))
            })
            .collect();
        let days = scaled.first()?.0.len();
        let (mut products, mut pairs) = (0.0, 0.0);
        for day in 0..days {
            let known = scaled.iter().filter_map(|(days, scale)| days[day].map(|log| log * scale));
            let (sum, squares, n) =
                known.fold((0.0, 0.0, 0.0), |(sum, squares, n), z| (sum + z, squares + z * z, n + 1.0));
            products += sum * sum - squares;
            pairs += n * (n - 1.0);
        }
        (pairs > 0.0).then(|| products / pairs)
    }
}
