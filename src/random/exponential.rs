//! Exponentials and logarithms of many numbers together: bit for bit those of `libm`, without branches, so that they fit registers of
//! any width. Must not know what they are for.
//!
//! The steps and constants are those of FreeBSD's `e_exp.c` and `e_log.c`, which `libm` follows too (Copyright 1993, 2004 Sun
//! Microsystems, Inc.; permission to use, copy, modify and distribute is freely granted, provided that this notice is preserved).

use super::wide::{each, wide};

/// Turns each number into its exponential, the same bits as `libm::exp`.
///
/// ```
/// let mut values = [0.0, 1.0];
/// billsim::random::exponentials(&mut values);
/// assert_eq!(values[0], 1.0);
/// assert!((values[1] - std::f64::consts::E).abs() < 1e-15);
/// ```
pub fn exponentials(values: &mut [f64]) {
    // Where nothing overflows nor loses digits: nearly always.
    if values.iter().all(|x| x.abs() < PLAIN) {
        every_exponential::widest(values);
    } else {
        values.iter_mut().for_each(|x| *x = libm::exp(*x));
    }
}

wide!(mod every_exponential = each_exponential(values: &mut [f64]));

#[inline(always)]
fn each_exponential(values: &mut [f64]) {
    each(values, exponential);
}

/// Arguments whose exponential is neither huge nor tiny are smaller.
const PLAIN: f64 = 700.0;

const LN2_HI: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LO: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// eˣ for |x| < [`PLAIN`].
#[inline(always)]
fn exponential(x: f64) -> f64 {
    // The bounds are those that are seen in the upper 32 bits: ½ ln 2, 1½ ln 2 and 2⁻²⁸.
    const HALF: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
    const ONE_AND_HALF: f64 = f64::from_bits(0x3ff0_a2b2_0000_0000);
    const TINY: f64 = f64::from_bits(0x3e30_0001_0000_0000);
    const INV_LN2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
    const P1: f64 = f64::from_bits(0x3fc5_5555_5555_553e);
    const P2: f64 = f64::from_bits(0xbf66_c16c_16be_bd93);
    const P3: f64 = f64::from_bits(0x3f11_566a_af25_de2c);
    const P4: f64 = f64::from_bits(0xbebb_bd41_c5d2_6bf1);
    const P5: f64 = f64::from_bits(0x3e66_3769_72be_a4d0);
    let size = x.abs();
    let far = truncated(INV_LN2 * x + 0.5_f64.copysign(x));
    let near = if size >= HALF { 1.0_f64.copysign(x) } else { 0.0 };
    let k = if size >= ONE_AND_HALF { far } else { near };
    let (high, low) = (x - k * LN2_HI, k * LN2_LO);
    let r = high - low;
    let square = r * r;
    let c = r - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
    let y = 1.0 + (r * c / (2.0 - c) - low + high);
    // 2ᵏ: the sum's lowest bits are its biased exponent.
    let power = f64::from_bits((k + (WHOLE + 1023.0)).to_bits() << 52);
    if size < TINY { 1.0 + x } else { y * power }
}

/// From here on to its double every whole number is a float, and no other number.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// Towards zero, for |x| < 2⁵⁰.
#[inline(always)]
fn truncated(x: f64) -> f64 {
    const SHIFT: f64 = 1.5 * WHOLE;
    let nearest = (x + SHIFT) - SHIFT;
    if nearest.abs() > x.abs() { nearest - 1.0_f64.copysign(x) } else { nearest }
}

/// ln x for a normal x > 0, the same bits as `libm::log`.
#[inline(always)]
pub(super) fn logarithm(x: f64) -> f64 {
    const LG1: f64 = f64::from_bits(0x3fe5_5555_5555_5593);
    const LG2: f64 = f64::from_bits(0x3fd9_9999_9997_fa04);
    const LG3: f64 = f64::from_bits(0x3fd2_4924_9422_9359);
    const LG4: f64 = f64::from_bits(0x3fcc_71c5_1d8e_78af);
    const LG5: f64 = f64::from_bits(0x3fc7_4664_96cb_03de);
    const LG6: f64 = f64::from_bits(0x3fc3_9a09_d078_c69f);
    const LG7: f64 = f64::from_bits(0x3fc2_f112_df3e_5244);
    // x = 2ᵏ (1 + f) with 1 + f between √½ and √2.
    let bits = x.to_bits() + (0x3ff0_0000_0000_0000 - 0x3fe6_a09e_0000_0000);
    let k = f64::from_bits(bits >> 52 | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + 0x3fe6_a09e_0000_0000) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (LG2 + w * (LG4 + w * LG6));
    let odd = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
    s * (half_square + (odd + even)) + k * LN2_LO - half_square + f + k * LN2_HI
}

#[cfg(test)]
mod tests {
    use super::super::{Family, Purpose, unit, unit_open};
    use super::*;

    /// Numbers near every bound between two branches, and many others of every size.
    #[test]
    fn exponentials_are_those_of_libm() {
        let bounds = [0x3fd6_2e42_0000_0000, 0x3fd6_2e43_0000_0000, 0x3ff0_a2b2_0000_0000, 0x3e30_0000_0000_0000];
        let near = bounds.into_iter().chain([0x3e30_0001_0000_0000, 0]).flat_map(|bits: u64| {
            (0..100).flat_map(move |step| [bits + step, bits.saturating_sub(step)]).map(f64::from_bits)
        });
        let stream = Family::new(1, 0, 0, Purpose::new("test/exp")).stream(0);
        let sizes = [1e-9, 1e-3, 0.3, 1.0, 3.0, 40.0, 699.0];
        let random = (0..400_000).map(|n| sizes[n as usize % sizes.len()] * unit(stream.u64(n, 0)));
        let halves = (1..2000).map(|k| f64::from(k) * 0.5 * std::f64::consts::LN_2).filter(|x| *x < PLAIN);
        let all: Vec<f64> = near.chain(random).chain(halves).flat_map(|x| [x, -x]).collect();
        for width in every_exponential::all() {
            let mut values = all.clone();
            width(&mut values);
            for (x, value) in all.iter().zip(values) {
                assert_eq!(value.to_bits(), libm::exp(*x).to_bits(), "exp {x:e}");
            }
        }
    }

    #[test]
    fn one_number_beyond_the_plain_ones_spoils_nothing() {
        let all = [0.0, -0.0, 1.0, 709.9, -745.5, -709.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        let mut values = all;
        exponentials(&mut values);
        assert_eq!(values.map(f64::to_bits), all.map(libm::exp).map(f64::to_bits));
    }

    #[test]
    fn logarithms_are_those_of_libm() {
        let stream = Family::new(2, 0, 0, Purpose::new("test/log")).stream(0);
        let random = (0..400_000).flat_map(|n| {
            let u = unit_open(stream.u64(n, 0));
            [u, u * 1e-9, 0.5 * u, 1.0 + 1e-6 * u, u * 1e300]
        });
        let powers = (-1022..1023).map(|k| libm::ldexp(1.0, k));
        for x in random.chain(powers).chain([f64::MIN_POSITIVE, 1.0, std::f64::consts::SQRT_2]) {
            assert_eq!(logarithm(x).to_bits(), libm::log(x).to_bits(), "ln {x:e}");
        }
    }
}
