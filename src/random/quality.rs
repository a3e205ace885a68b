//! Statistical tests of the streams, and the tools for testing samplers. Compiled for tests only.
//!
//! What the known answers cannot show: that *neighbouring* addresses, which a run reads side by side, give
//! unrelated numbers. Seeds are fixed, so each test passes or fails for ever; the limits say how rare a
//! failure would be if the seeds were drawn.

use super::{Family, Purpose, Stream, id_hash, unit};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A test fails when chance alone would do worse once in a million.
pub(super) const LEAST_P: f64 = 1e-6;
/// A standard normal number exceeds this once in 150 000.
pub(super) const LARGEST_Z: f64 = 4.5;

const ACCOUNTS: u64 = 1 << 17;

/// The p-value of observed counts against expected ones; neighbours are pooled to expect at least 10.
pub(super) fn goodness_of_fit(observed: &[u64], expected: &[f64]) -> f64 {
    let mut cells: Vec<(f64, f64)> = Vec::new();
    let mut cell = (0.0, 0.0);
    for (&o, &e) in observed.iter().zip(expected) {
        cell = (cell.0 + o as f64, cell.1 + e);
        if cell.1 >= 10.0 {
            cells.push(std::mem::take(&mut cell));
        }
    }
    if let Some(last) = cells.last_mut() {
        *last = (last.0 + cell.0, last.1 + cell.1);
    }
    upper_tail(cells.iter().map(|(o, e)| (o - e) * (o - e) / e).sum(), cells.len() - 1)
}

/// The p-value of two tables of equally many samples having one distribution.
pub(super) fn same_distribution(a: &[u64], b: &[u64]) -> f64 {
    let mut cells: Vec<(f64, f64)> = Vec::new();
    let mut cell = (0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        cell = (cell.0 + x as f64, cell.1 + y as f64);
        if cell.0 + cell.1 >= 20.0 {
            cells.push(std::mem::take(&mut cell));
        }
    }
    if let Some(last) = cells.last_mut() {
        *last = (last.0 + cell.0, last.1 + cell.1);
    }
    upper_tail(cells.iter().map(|(x, y)| (x - y) * (x - y) / (x + y)).sum(), cells.len() - 1)
}

fn upper_tail(chi_square: f64, degrees: usize) -> f64 {
    ChiSquared::new(degrees as f64).expect("at least one degree of freedom").sf(chi_square)
}

fn family(seed: u64, replication: u32, segment: &str, purpose: &str) -> Family {
    Family::new(seed, replication, id_hash(segment), Purpose::new(purpose))
}

fn base() -> Family {
    family(1, 0, "shops", "captcha/demand")
}

/// Two numbers that are neighbours in some way, for each account.
type Pair = Box<dyn Fn(u64) -> [u64; 2]>;

/// Every way in which two numbers of a run can be neighbours.
fn neighbours() -> Vec<(&'static str, Pair)> {
    let pair = |other: Family| move |i| [base().stream(i).u64(3, 0), other.stream(i).u64(3, 0)];
    vec![
        ("account", Box::new(|i| [base().stream(2 * i).u64(3, 0), base().stream(2 * i + 1).u64(3, 0)])),
        ("far account", Box::new(|i| [base().stream(i).u64(3, 0), base().stream(i + (1 << 32)).u64(3, 0)])),
        ("day", Box::new(|i| [base().stream(i).u64(3, 0), base().stream(i).u64(4, 0)])),
        ("draw", Box::new(|i| [base().stream(i).u64(3, 0), base().stream(i).u64(3, 1)])),
        ("day and draw exchanged", Box::new(|i| [base().stream(i).u64(3, 1), base().stream(i).u64(1, 3)])),
        ("words of a block", Box::new(|i| base().stream(i).block(3, 0))),
        ("seed", Box::new(pair(family(2, 0, "shops", "captcha/demand")))),
        ("replication", Box::new(pair(family(1, 1, "shops", "captcha/demand")))),
        ("segment", Box::new(pair(family(1, 0, "banks", "captcha/demand")))),
        ("purpose", Box::new(pair(family(1, 0, "shops", "captcha/noise")))),
    ]
}

#[test]
fn neighbours_are_uncorrelated() {
    for (what, pair) in neighbours() {
        let sum: f64 = (0..ACCOUNTS).map(pair).map(|[x, y]| (unit(x) - 0.5) * (unit(y) - 0.5)).sum();
        // A product of two centred uniform numbers has variance 1/144.
        let z = sum * 12.0 / (ACCOUNTS as f64).sqrt();
        assert!(z.abs() < LARGEST_Z, "{what}: z {z}");
    }
}

#[test]
fn neighbours_fill_the_square_evenly() {
    for (what, pair) in neighbours() {
        for shift in [0, 28, 60] {
            let mut cells = vec![0; 256];
            for [x, y] in (0..ACCOUNTS).map(&pair) {
                cells[(x >> shift & 15 | (y >> shift & 15) << 4) as usize] += 1;
            }
            let p = goodness_of_fit(&cells, &[ACCOUNTS as f64 / 256.0; 256]);
            assert!(p > LEAST_P, "{what}, bits from {shift}: p {p:e}");
        }
    }
}

#[test]
fn neighbours_differ_in_half_their_bits() {
    for (what, pair) in neighbours() {
        let flipped: u64 = (0..ACCOUNTS).map(pair).map(|[x, y]| u64::from((x ^ y).count_ones())).sum();
        let bits = 64.0 * ACCOUNTS as f64;
        let z = (flipped as f64 - bits / 2.0) / (bits / 4.0).sqrt();
        assert!(z.abs() < LARGEST_Z, "{what}: z {z}");
    }
}

#[test]
fn every_byte_of_the_accounts_first_draws_is_uniform() {
    let mut cells = vec![vec![0; 256]; 16];
    for index in 0..ACCOUNTS {
        let [x, y] = base().stream(index).block(0, 0);
        for (cell, byte) in cells.iter_mut().zip(x.to_le_bytes().into_iter().chain(y.to_le_bytes())) {
            cell[usize::from(byte)] += 1;
        }
    }
    for (position, cell) in cells.iter().enumerate() {
        let p = goodness_of_fit(cell, &[ACCOUNTS as f64 / 256.0; 256]);
        assert!(p > LEAST_P, "byte {position}: p {p:e}");
    }
}

/// Sums over accounts, day by day, and over days, account by account: what a report adds up. Numbers
/// with a common part, however small, would spread them too far; numbers that repel, too little.
#[test]
fn sums_over_accounts_and_over_days_spread_as_they_should() {
    const DAYS: usize = 365;
    let accounts = 4_000_u32;
    let mut by_day = [0.0; DAYS];
    let mut by_account = Vec::new();
    let mut blocks = [[0; 2]; DAYS];
    for index in 0..accounts {
        base().stream(u64::from(index)).fill(0, 0, &mut blocks);
        let centred = blocks.map(|[x, _]| unit(x) - 0.5);
        by_account.push(centred.iter().sum::<f64>());
        for (sum, x) in by_day.iter_mut().zip(centred) {
            *sum += x;
        }
    }
    for (what, sums, terms) in [("day", &by_day[..], accounts), ("account", &by_account[..], DAYS as u32)] {
        let chi_square = sums.iter().map(|sum| sum * sum * 12.0 / f64::from(terms)).sum();
        let p = upper_tail(chi_square, sums.len());
        assert!(p > LEAST_P && p < 1.0 - LEAST_P, "sums by {what}: p {p:e}");
    }
}

/// Flipping any one bit of an address flips each bit of the block with probability one half.
#[test]
fn one_bit_of_the_address_changes_half_the_block() {
    const TRIES: u64 = 1_000;
    /// A base address for a try, and the same with one bit flipped.
    fn block(at: [u64; 7]) -> [u64; 2] {
        let [seed, replication, segment, purpose, index, day, draw] = at;
        Stream::new(seed, replication as u32, segment, Purpose::from_hash(purpose), index)
            .block(day as u32, draw as u32)
    }
    let parts =
        [("seed", 64), ("replication", 32), ("segment", 64), ("purpose", 64), ("index", 64), ("day", 32), ("draw", 32)];
    for (part, (name, bits)) in parts.into_iter().enumerate() {
        for bit in 0..bits {
            let mut flipped = 0;
            for attempt in 0..TRIES {
                let mut at = [1, 0, id_hash("shops"), id_hash("captcha/demand"), attempt, attempt % 365, 0];
                let [a, b] = block(at);
                at[part] ^= 1 << bit;
                let [c, d] = block(at);
                flipped += (a ^ c).count_ones() + (b ^ d).count_ones();
            }
            let all = 128.0 * TRIES as f64;
            let z = (f64::from(flipped) - all / 2.0) / (all / 4.0).sqrt();
            assert!(z.abs() < LARGEST_Z, "{name}, bit {bit}: z {z}");
        }
    }
}

/// A first draw must not tell its account's second: the pattern that a bad mixing of neighbouring
/// indices would show.
#[test]
fn runs_of_accounts_have_no_serial_pattern() {
    let first: Vec<f64> = (0..ACCOUNTS).map(|index| unit(base().stream(index).u64(0, 0)) - 0.5).collect();
    for lag in (1..=64).chain([100, 128, 256, 1_000, 1_024, 4_096]) {
        let n = first.len() - lag;
        let sum: f64 = first.iter().zip(&first[lag..]).map(|(x, y)| x * y).sum();
        let z = sum * 12.0 / (n as f64).sqrt();
        assert!(z.abs() < LARGEST_Z, "lag {lag}: z {z}");
    }
}
