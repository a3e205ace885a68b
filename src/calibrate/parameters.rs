//! The numbers of a fitted segment with their intervals: by a parametric bootstrap, worlds that are drawn from the segment and fitted
//! as the data were. Must not know how a number is fitted.

use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};

use super::bursts::Episodes;
use super::fit::{Fitted, SizeFit};

/// Probability of either tail beyond an interval.
const TAIL: f64 = 0.025;
/// The weekdays as they are named.
pub const WEEKDAYS: [&str; 7] =
    ["weekday.mon", "weekday.tue", "weekday.wed", "weekday.thu", "weekday.fri", "weekday.sat", "weekday.sun"];

/// A number of a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its key, from the demand of the segment or from `world_shock`.
    pub key: &'static str,
    /// Its value.
    pub value: f64,
    /// Its 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// All numbers that a fit has, without intervals but those that need no worlds.
pub fn parameters(fitted: &Fitted) -> Vec<Parameter> {
    let mut all = match fitted.size() {
        SizeFit::One(units) => vec![Parameter { key: "size.units", value: units, interval: None }],
        SizeFit::Lognormal(size) => {
            let cv = |sigma: f64| libm::sqrt(libm::expm1(sigma * sigma)).min(1_000.0);
            let (median, spread) = (size.of_mu, size.of_sigma);
            let interval = Some((libm::exp(median.0), libm::exp(median.1)));
            vec![
                Parameter { key: "size.median", value: libm::exp(size.mu), interval },
                Parameter { key: "size.cv", value: cv(size.sigma), interval: Some((cv(spread.0), cv(spread.1))) },
            ]
        }
    };
    all.extend(of_days(fitted).into_iter().map(|(key, value)| Parameter { key, value, interval: None }));
    if let Some((spikes, attacks)) = &fitted.bursts {
        all.push(rate("bursts.human_spike.a_year", spikes));
        all.push(rate("bursts.bot_attack.a_year", attacks));
    }
    all
}

/// The numbers whose intervals come from worlds.
pub fn of_days(fitted: &Fitted) -> Vec<(&'static str, f64)> {
    let mut all = vec![];
    if let Some(weekday) = fitted.season.weekday {
        all.extend(WEEKDAYS.into_iter().zip(weekday));
    }
    if let Some(wave) = &fitted.season.wave {
        all.push(("year.amplitude", wave.amplitude()));
    }
    all.extend(fitted.season.trend.map(|trend| ("trend", trend)));
    if let Some(noise) = &fitted.noise {
        all.extend(noise.shock.map(|shock| ("world_shock", libm::sqrt(shock))));
        let variance = noise.day + noise.week + noise.month;
        all.push(("noise.sd", libm::sqrt(variance)));
        if variance > 0.0 {
            all.push(("noise.week", noise.week / variance));
            all.extend(noise.by_month.then(|| ("noise.month", noise.month / variance)));
        }
        all.extend((noise.is_split || noise.dispersion > 0.0).then_some(("dispersion", noise.dispersion)));
    }
    all
}

/// A rate with the exact interval of a Poisson number.
fn rate(key: &'static str, episodes: &Episodes) -> Parameter {
    let n = episodes.found.len() as f64;
    let bound = |degrees: f64, p: f64| ChiSquared::new(degrees).map_or(0.0, |chi| chi.inverse_cdf(p) / 2.0);
    let low = if n == 0.0 { 0.0 } else { bound(2.0 * n, TAIL) };
    let high = bound(2.0 * n + 2.0, 1.0 - TAIL);
    let years = episodes.years.max(1e-9);
    Parameter { key, value: episodes.a_year(), interval: Some((low / years, high / years)) }
}

/// Gives the numbers the intervals that worlds fitted like the data tell: as wide as the fits of the worlds are off the values that
/// they were drawn with, bias included.
pub fn with_intervals(parameters: &mut [Parameter], worlds: &[Vec<(&'static str, f64)>]) {
    for parameter in parameters.iter_mut().filter(|parameter| parameter.interval.is_none()) {
        let of =
            |world: &Vec<(&'static str, f64)>| world.iter().find(|(key, _)| *key == parameter.key).map(|one| one.1);
        let fits: Vec<f64> = worlds.iter().filter_map(of).collect();
        if fits.len() < worlds.len() / 2 || fits.len() < 3 {
            continue;
        }
        let n = fits.len() as f64;
        let value = parameter.value;
        let error = fits.iter().map(|fit| (fit - value) * (fit - value)).sum::<f64>() / n;
        let t = StudentsT::new(0.0, 1.0, n).map_or(2.0, |t| t.inverse_cdf(1.0 - TAIL));
        let half = t * libm::sqrt(error);
        let (least, most) = range(parameter.key);
        parameter.interval = Some(((value - half).max(least), (value + half).min(most)));
    }
}

/// What a number may be.
fn range(key: &str) -> (f64, f64) {
    match key {
        "noise.week" | "noise.month" | "year.amplitude" => (0.0, 1.0),
        "trend" => (-0.99, 100.0),
        _ => (0.0, f64::INFINITY),
    }
}
