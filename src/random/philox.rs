//! Philox4x32-10, the generator under every stream. Must not know what its counters mean.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Ten rounds
//! of two 32 × 32 → 64 bit multiplications, xored with a key that advances by a constant each round.
//! For a fixed key it is a permutation of the 2¹²⁸ counters, so no two addresses share a block by design.

use super::wide::wide;

const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEP: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

/// The block of four random words at `counter` under `key`.
///
/// ```
/// use billsim::random::philox4x32_10;
/// assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
/// ```
#[inline]
pub fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut x0, mut x1, mut x2, mut x3] = counter;
    for round in 0..ROUNDS {
        let [k0, k1] = round_key(key, round);
        let p0 = u64::from(MULTIPLIER[0]) * u64::from(x0);
        let p1 = u64::from(MULTIPLIER[1]) * u64::from(x2);
        (x0, x1, x2, x3) = (high(p1) ^ x1 ^ k0, low(p1), high(p0) ^ x3 ^ k1, low(p0));
    }
    [x0, x1, x2, x3]
}

/// The blocks at a run of counters that differ in their first word only: `counter[0]`, `counter[0] + 1`,
/// … (wrapping), each packed into two 64-bit words, low half first.
///
/// Equal to [`philox4x32_10`] one at a time, and several times faster: the counters advance side by side
/// in vector registers, the widest that the processor has. All of it is integer arithmetic, so the width
/// cannot change a bit of the result.
pub(super) fn philox4x32_10_run(counter: [u32; 4], key: [u32; 2], out: &mut [[u64; 2]]) {
    runs::widest(counter, key, out);
}

wide!(mod runs = run(counter: [u32; 4], key: [u32; 2], out: &mut [[u64; 2]]));

/// Inlined into each of its callers, so that it is compiled for the registers of each.
#[inline(always)]
fn run([first, rest @ ..]: [u32; 4], key: [u32; 2], out: &mut [[u64; 2]]) {
    let mut first = first;
    let (chunks, last) = out.as_chunks_mut::<LANES>();
    for chunk in chunks {
        *chunk = lanes(first, rest, key);
        first = first.wrapping_add(LANES as u32);
    }
    if !last.is_empty() {
        last.copy_from_slice(&lanes(first, rest, key)[..last.len()]);
    }
}

/// Counters advanced together. The compiler vectorises this number; it makes poor code of 4 or 8.
const LANES: usize = 16;

/// [`LANES`] blocks. Each 32-bit word lives in the low half of a 64-bit lane, because that is how vector
/// units multiply; the high halves are left dirty, for nothing reads them before the end.
#[inline(always)]
fn lanes(first: u32, rest: [u32; 3], key: [u32; 2]) -> [[u64; 2]; LANES] {
    let mut x0 = [0; LANES];
    for (lane, word) in x0.iter_mut().enumerate() {
        *word = u64::from(first.wrapping_add(lane as u32));
    }
    let [mut x1, mut x2, mut x3] = rest.map(|word| [u64::from(word); LANES]);
    for round in 0..ROUNDS {
        let [k0, k1] = round_key(key, round).map(u64::from);
        for lane in 0..LANES {
            let p0 = u64::from(MULTIPLIER[0]) * (x0[lane] & LOW);
            let p1 = u64::from(MULTIPLIER[1]) * (x2[lane] & LOW);
            x0[lane] = (p1 >> 32) ^ x1[lane] ^ k0;
            x1[lane] = p1;
            x2[lane] = (p0 >> 32) ^ x3[lane] ^ k1;
            x3[lane] = p0;
        }
    }
    let mut blocks = [[0; 2]; LANES];
    for (lane, block) in blocks.iter_mut().enumerate() {
        *block = [x0[lane] & LOW | x1[lane] << 32, x2[lane] & LOW | x3[lane] << 32];
    }
    blocks
}

const LOW: u64 = 0xFFFF_FFFF;

#[inline]
fn round_key(key: [u32; 2], round: u32) -> [u32; 2] {
    [key[0].wrapping_add(KEY_STEP[0].wrapping_mul(round)), key[1].wrapping_add(KEY_STEP[1].wrapping_mul(round))]
}

#[inline]
fn high(product: u64) -> u32 {
    (product >> 32) as u32
}

#[inline]
fn low(product: u64) -> u32 {
    product as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vectors: Random123, `tests/kat_vectors`.
    #[test]
    fn known_answers() {
        let ones = u32::MAX;
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32_10([ones; 4], [ones; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(philox4x32_10(pi, [0xa409_3822, 0x299f_31d0]), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    fn pack([a, b, c, d]: [u32; 4]) -> [u64; 2] {
        [u64::from(a) | u64::from(b) << 32, u64::from(c) | u64::from(d) << 32]
    }

    /// What every width compiles must give the same bits, whichever this processor would choose.
    #[test]
    fn a_run_of_any_width_equals_one_at_a_time() {
        for counter in [[0, 0, 0, 0], [7, 1, 2, 3], [u32::MAX - 20, u32::MAX, 5, u32::MAX]] {
            for key in [[0, 0], [u32::MAX, 1], [0xa409_3822, 0x299f_31d0]] {
                let one_at_a_time: Vec<[u64; 2]> = (0..70)
                    .map(|offset: u32| {
                        let [first, rest @ ..] = counter;
                        pack(philox4x32_10([first.wrapping_add(offset), rest[0], rest[1], rest[2]], key))
                    })
                    .collect();
                for width in runs::all() {
                    for length in (0..40).chain([70]) {
                        let mut blocks = vec![[0; 2]; length];
                        width(counter, key, &mut blocks);
                        assert_eq!(blocks, one_at_a_time[..length]);
                    }
                }
            }
        }
    }
}
