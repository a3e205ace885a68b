//! Alias tables of the Poisson distribution at a grid of means. Must not know who draws from them.
//!
//! A table (Walker 1977, Vose 1991) turns one uniform word into one Poisson number with two loads and no
//! branch, whatever the mean. Probabilities become integers that sum to exactly 2⁵⁴ before the columns are
//! filled, and the filling is integer arithmetic, so a table holds the same bits on every platform and its
//! columns lose nothing. A table's total variation distance from the true distribution is below 10⁻¹⁴.

/// Grid points for each unit of the mean.
pub(super) const POINTS_PER_UNIT: f64 = 4.0;
/// Tables exist for means in \[0, 256).
pub(super) const TABLES_END: f64 = 256.0;
const TABLES: usize = 1024;

/// A cell packs a threshold (high 54 bits) and an alias (low 10 bits): one load, one cache line.
const ALIAS_BITS: u32 = 10;
const COLUMN: u64 = 1 << (64 - ALIAS_BITS);

/// Counts this much rarer than the mode round to a weight of 0.
const NEGLIGIBLE: f64 = 1.0 / (1_u64 << 56) as f64;

/// The tables of all grid points, about 1.5 MB.
#[derive(Debug)]
pub(super) struct AliasTables {
    tables: Vec<Table>,
    cells: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Table {
    start: u32,
    len: u16,
    /// The count that column 0 stands for.
    lowest: u16,
}

impl AliasTables {
    pub(super) fn build() -> Self {
        let mut all = Self { tables: Vec::with_capacity(TABLES), cells: Vec::with_capacity(200_000) };
        for point in 0..TABLES {
            let (lowest, weights) = poisson_weights(point as f64 / POINTS_PER_UNIT);
            all.tables.push(Table { start: all.cells.len() as u32, len: weights.len() as u16, lowest });
            fill_columns(&weights, &mut all.cells);
        }
        all
    }

    /// A Poisson number with mean `point / POINTS_PER_UNIT`, from 64 random bits. 0 beyond the last table.
    #[inline]
    pub(super) fn sample(&self, point: usize, x: u64) -> u64 {
        let Some(table) = self.tables.get(point) else {
            return 0;
        };
        let product = u128::from(x) * u128::from(table.len);
        let column = (product >> 64) as u64;
        let Some(&cell) = self.cells.get(table.start as usize + column as usize) else {
            return 0;
        };
        let within = product as u64 >> ALIAS_BITS;
        let alias = cell & ((1 << ALIAS_BITS) - 1);
        // All ones for the column itself: a branch would be guessed wrong again and again.
        let own = u64::from(within < cell >> ALIAS_BITS).wrapping_neg();
        u64::from(table.lowest) + (column & own | alias & !own)
    }
}

/// The lowest count of weight above 0, and integer weights from there on that sum to exactly [`COLUMN`].
fn poisson_weights(mean: f64) -> (u16, Vec<u64>) {
    // Outwards from the mode relative to its probability, by recurrence: no exponential and no
    // factorial, so the only error is the rounding of some products.
    let mode = mean as u16;
    let mut below = Vec::new();
    let mut ratio = 1.0;
    for count in (1..=mode).rev() {
        ratio *= f64::from(count) / mean;
        if ratio < NEGLIGIBLE {
            break;
        }
        below.push(ratio);
    }
    let mut above = Vec::new();
    let mut ratio = 1.0;
    for count in mode + 1.. {
        ratio *= mean / f64::from(count);
        if ratio < NEGLIGIBLE {
            break;
        }
        above.push(ratio);
    }
    // Small numbers first, so that they are not lost against the large ones.
    let side = |ratios: &[f64]| ratios.iter().rev().fold(0.0, |sum, ratio| sum + ratio);
    let unit = COLUMN as f64 / (1.0 + (side(&below) + side(&above)));
    let mut weights: Vec<u64> =
        below.iter().rev().chain([&0.0]).chain(&above).map(|ratio| (ratio * unit + 0.5) as u64).collect();
    // The mode takes the rest, which evens out the roundings of all the others.
    weights[below.len()] = COLUMN - weights.iter().sum::<u64>();

    let beyond = weights.iter().rposition(|&weight| weight > 0).map_or(0, |last| last + 1);
    weights.truncate(beyond);
    let nothing = weights.iter().take_while(|&&weight| weight == 0).count();
    weights.drain(..nothing);
    (mode - below.len() as u16 + nothing as u16, weights)
}

/// Vose's algorithm in integers: n columns of height [`COLUMN`], each shared by at most two counts.
fn fill_columns(weights: &[u64], cells: &mut Vec<u64>) {
    let n = weights.len();
    // At most 2⁵⁴ × 2⁹: fits.
    let mut left: Vec<u64> = weights.iter().map(|weight| weight * n as u64).collect();
    let (mut short, mut long): (Vec<usize>, Vec<usize>) = (0..n).partition(|&column| left[column] < COLUMN);
    let start = cells.len();
    // A full column is its own alias, whatever its threshold.
    cells.extend((0..n as u64).map(|column| (COLUMN - 1) << ALIAS_BITS | column));
    while let (Some(low), Some(&high)) = (short.pop(), long.last()) {
        cells[start + low] = left[low] << ALIAS_BITS | high as u64;
        left[high] -= COLUMN - left[low];
        if left[high] < COLUMN {
            long.pop();
            short.push(high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Discrete, Poisson};

    /// The exact probability of each count under a table, in units of 1 / (n × COLUMN).
    fn counted(tables: &AliasTables, point: usize) -> (u64, Vec<u64>) {
        let table = tables.tables[point];
        let n = usize::from(table.len);
        let mut mass = vec![0; n];
        for (column, cell) in tables.cells[table.start as usize..][..n].iter().enumerate() {
            let (threshold, alias) = (cell >> ALIAS_BITS, (cell & 1023) as usize);
            mass[column] += threshold;
            mass[alias] += COLUMN - threshold;
        }
        (u64::from(table.lowest), mass)
    }

    /// No sampling: what the columns hold is added up and compared.
    #[test]
    fn columns_hold_exactly_the_poisson_probabilities() {
        let tables = AliasTables::build();
        for point in 1..TABLES {
            let mean = point as f64 / POINTS_PER_UNIT;
            let exact = Poisson::new(mean).expect("a positive mean");
            let (lowest, mass) = counted(&tables, point);
            let n = mass.len() as u64;
            assert_eq!(mass.iter().map(|&m| u128::from(m)).sum::<u128>(), u128::from(n) * u128::from(COLUMN));
            let mut distance = 0.0;
            for (count, &m) in (lowest..).zip(&mass) {
                distance += (m as f64 / n as f64 / COLUMN as f64 - exact.pmf(count)).abs();
            }
            // The reference itself is only good to some 1e-14 × mean.
            assert!(distance < 2e-13, "mean {mean}: {distance:e}");
        }
    }

    #[test]
    fn tables_fit_their_packing_and_their_memory() {
        let tables = AliasTables::build();
        assert_eq!(tables.tables.len(), TABLES);
        assert_eq!(TABLES as f64, TABLES_END * POINTS_PER_UNIT);
        assert!(tables.tables.iter().all(|table| table.len <= 1 << (ALIAS_BITS - 1)));
        assert!(size_of_val(&tables.cells[..]) < 2_000_000, "{} cells", tables.cells.len());
    }

    /// The same bits on every platform: a hash of all cells, frozen.
    #[test]
    fn tables_are_frozen() {
        let mut hasher = blake3::Hasher::new();
        for cell in &AliasTables::build().cells {
            hasher.update(&cell.to_le_bytes());
        }
        assert_eq!(hasher.finalize().to_hex()[..16], *FROZEN_CELLS);
    }

    #[test]
    fn a_point_beyond_the_tables_gives_nothing() {
        assert_eq!(AliasTables::build().sample(TABLES, u64::MAX), 0);
    }

    const FROZEN_CELLS: &str = "b2012b92c653298c";
}
