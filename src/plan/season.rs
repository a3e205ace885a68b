//! The index of every day of a horizon: weekday × year × holidays × trend. Formulas: docs/MODEL.md.

use jiff::civil::Date;

use crate::text::Record;
use crate::text::keys::{FromValue, Value, Valued};
use crate::units::{Calendar, Day};

/// Days of a year, for waves and growth.
const YEAR: f64 = 365.25;

/// Monday to Sunday. `taxi` and `mentions` are medians by weekday, measured on public series.
const OFFICE: [f64; 7] = [1.09, 1.09, 1.09, 1.09, 1.06, 0.74, 0.58];
const CONSUMER: [f64; 7] = [0.98, 0.97, 0.97, 0.98, 1.02, 1.06, 1.02];
const TAXI: [f64; 7] = [0.88, 0.95, 0.98, 1.02, 1.06, 1.14, 0.96];
const MENTIONS: [f64; 7] = [1.07, 1.13, 1.14, 1.17, 1.11, 0.69, 0.69];

/// The index of every day, from the checked table of a random demand.
pub(super) fn index(demand: &Record, calendar: &Calendar) -> Vec<f64> {
    let weekday = weekday(&demand.valued("weekday").value);
    let growth = 1.0 + demand.get::<f64>("trend");
    let waves = demand.records("year");
    let holidays = demand.records("holidays");
    let of_day = |day: Day| {
        let date = calendar.date(day);
        let season: f64 = 1.0 + waves.iter().map(|wave| height(wave, date)).sum::<f64>();
        let holiday: f64 = holidays.iter().map(|holiday| factor(holiday, date)).product();
        let trend = libm::pow(growth, day as f64 / YEAR);
        weekday[calendar.weekday(day)] * season.max(0.0) * holiday * trend
    };
    (0..calendar.days()).map(of_day).collect()
}

/// Seven numbers of mean 1.
fn weekday(value: &Value) -> [f64; 7] {
    let given = match value {
        Value::Word("office") => OFFICE,
        Value::Word("consumer") => CONSUMER,
        Value::Word("taxi") => TAXI,
        Value::Word("mentions") => MENTIONS,
        _ => {
            let numbers = <&[Valued]>::from_value(value).expect("weekdays are a name or a list");
            let number = |day: usize| f64::from_value(&numbers[day].value).expect("a list of numbers was checked");
            std::array::from_fn(number)
        }
    };
    let mean = given.iter().sum::<f64>() / 7.0;
    given.map(|index| if mean > 0.0 { index / mean } else { 0.0 })
}

/// A wave of the year at noon of a date.
fn height(wave: &Record, date: Date) -> f64 {
    let (harmonic, amplitude, peak): (i64, f64, Date) = (wave.get("harmonic"), wave.get("amplitude"), wave.get("peak"));
    let days = f64::from((date - peak).get_days());
    amplitude * libm::cos(std::f64::consts::TAU * harmonic as f64 * days / YEAR)
}

/// A holiday's factor on a date: 1 on any other.
fn factor(holiday: &Record, date: Date) -> f64 {
    let from: Date = holiday.get("from");
    let to = holiday.get::<Option<Date>>("to").unwrap_or(from);
    if (from..=to).contains(&date) { holiday.get("factor") } else { 1.0 }
}
