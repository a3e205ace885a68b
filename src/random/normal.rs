//! The normal distribution and its inverse, the same bits on every platform. Must not know streams' addresses.
//!
//! Only `+ − × ÷ √` and `libm` are used: the standard library's `ln` and `exp` differ between platforms.

use super::address::{open_units, unit_open};
use super::exponential::logarithm;
use super::wide::{BATCH, Positions, each, whole_lanes, wide};

/// A standard normal number from 64 random bits, by inversion: monotone in the bits, so that common
/// random numbers stay coupled. |z| is at most 8.21, since the smallest uniform number is 2⁻⁵³.
///
/// ```
/// use billsim::random::standard_normal;
/// assert!(standard_normal(1 << 63).abs() < 1e-15);
/// assert_eq!(standard_normal(0), -standard_normal(u64::MAX));
/// ```
#[inline]
pub fn standard_normal(x: u64) -> f64 {
    normal_quantile(unit_open(x))
}

/// Standard normal numbers from the first words of blocks: of each what [`standard_normal`] makes of it, several times faster.
///
/// ```
/// use billsim::random::{standard_normal, standard_normals};
/// let mut normals = [0.0; 2];
/// standard_normals(&[[7 << 60, 0], [3, 0]], &mut normals);
/// assert_eq!(normals, [standard_normal(7 << 60), standard_normal(3)]);
/// ```
pub fn standard_normals(blocks: &[[u64; 2]], normals: &mut [f64]) {
    units::widest(blocks, normals);
    normal_quantiles(normals);
}

wide!(mod units = open_units(blocks: &[[u64; 2]], units: &mut [f64]));

/// Turns each of some probabilities in (0, 1) into its quantile, bit for bit [`normal_quantile`].
pub(super) fn normal_quantiles(values: &mut [f64]) {
    for values in values.chunks_mut(BATCH) {
        // Three in twenty are outside the centre. They are put aside and computed together.
        let mut outside = Positions::new();
        for (position, p) in values.iter().enumerate() {
            outside.put(position, (p - 0.5).abs() > CENTRAL);
        }
        let mut beyond = [0.25; BATCH];
        for (tail, position) in beyond.iter_mut().zip(outside.iter()) {
            *tail = values[position];
        }
        let mut quantiles = beyond;
        tails::widest(&mut quantiles[..whole_lanes(outside.iter().len())]);
        centres::widest(values);
        for ((p, z), position) in beyond.iter().zip(quantiles).zip(outside.iter()) {
            values[position] = if (p - 0.5).abs() < 0.5 - FAR { z } else { normal_quantile(*p) };
        }
    }
}

wide!(mod centres = each_centre(values: &mut [f64]));
wide!(mod tails = each_tail(values: &mut [f64]));

#[inline(always)]
fn each_centre(values: &mut [f64]) {
    each(values, |p| centre(p - 0.5));
}

#[inline(always)]
fn each_tail(values: &mut [f64]) {
    each(values, |p| {
        let q = p - 0.5;
        let tail = if q < 0.0 { p } else { 1.0 - p };
        ratio((-logarithm(tail)).sqrt() - 1.6, &TAIL).copysign(q)
    });
}

/// Φ(z): the probability that a standard normal number is at most `z`.
///
/// ```
/// use billsim::random::normal_cdf;
/// assert_eq!(normal_cdf(0.0), 0.5);
/// assert!((normal_cdf(1.959_963_984_540_054) - 0.975).abs() < 1e-15);
/// ```
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Φ⁻¹(p): the `p`-quantile of the standard normal distribution, to about 1 part in 10¹⁵.
///
/// −∞ at 0 (and below), +∞ at 1 (and above). Wichura, "Algorithm AS 241: The percentage points of the
/// normal distribution", Applied Statistics 37 (1988), routine PPND16.
///
/// ```
/// use billsim::random::normal_quantile;
/// assert_eq!(normal_quantile(0.5), 0.0);
/// assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
/// ```
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTRAL {
        return centre(q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-libm::log(tail)).sqrt();
    let z = if r <= 5.0 { ratio(r - 1.6, &TAIL) } else { ratio(r - 5.0, &FAR_TAIL) };
    z.copysign(q)
}

/// How far from one half the expansion about the centre holds.
const CENTRAL: f64 = 0.425;

/// Tails with less than this, e⁻²⁵ and a bit, have their own expansion.
const FAR: f64 = 1.4e-11;

#[inline(always)]
fn centre(q: f64) -> f64 {
    let r = 0.180_625 - q * q;
    q * ratio(r, &CENTRE)
}

/// Coefficients of a numerator and a denominator, constant term first.
type Ratio = [[f64; 8]; 2];

#[inline(always)]
fn ratio(r: f64, [numerator, denominator]: &Ratio) -> f64 {
    polynomial(r, numerator) / polynomial(r, denominator)
}

#[inline(always)]
fn polynomial(r: f64, coefficients: &[f64; 8]) -> f64 {
    // By halves rather than one after the other (Estrin), which a processor overlaps.
    let [c0, c1, c2, c3, c4, c5, c6, c7] = *coefficients;
    let square = r * r;
    let low = (c0 + c1 * r) + (c2 + c3 * r) * square;
    let high = (c4 + c5 * r) + (c6 + c7 * r) * square;
    low + high * (square * square)
}

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Ratio = [
    [
        3.387_132_872_796_366_608_0e0,
        1.331_416_678_917_843_774_5e+2,
        1.971_590_950_306_551_442_7e+3,
        1.373_169_376_550_946_112_5e+4,
        4.592_195_393_154_987_145_7e+4,
        6.726_577_092_700_870_085_3e+4,
        3.343_057_558_358_812_810_5e+4,
        2.509_080_928_730_122_672_7e+3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e+1,
        6.871_870_074_920_579_083_0e+2,
        5.394_196_021_424_751_107_7e+3,
        2.121_379_430_158_659_586_7e+4,
        3.930_789_580_009_271_061_0e+4,
        2.872_908_573_572_194_267_4e+4,
        5.226_495_278_852_854_561_0e+3,
    ],
];

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const TAIL: Ratio = [
    [
        1.423_437_110_749_683_577_34e0,
        4.630_337_846_156_545_295_90e0,
        5.769_497_221_460_691_405_50e0,
        3.647_848_324_763_204_605_04e0,
        1.270_458_252_452_368_382_58e0,
        2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_40e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87e0,
        1.676_384_830_183_803_849_40e0,
        6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const FAR_TAIL: Ratio = [
    [
        6.657_904_643_501_103_777_20e0,
        5.463_784_911_164_114_369_90e0,
        1.784_826_539_917_291_335_80e0,
        2.965_605_718_285_048_912_30e-1,
        2.653_218_952_657_612_309_30e-2,
        1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_90e-1,
        1.369_298_809_227_358_053_10e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    /// The three check values published with AS 241, and others, worked out with 40-digit arithmetic for
    /// the number that `p` really is in binary.
    #[test]
    #[allow(clippy::excessive_precision, reason = "the digits as tabulated")]
    fn quantiles_known_to_many_digits() {
        for (p, z) in [
            (0.25, -0.674_489_750_196_081_743_2),
            (0.001, -3.090_232_306_167_813_535_4),
            (1e-20, -9.262_340_089_798_407_579_6),
            (0.975, 1.959_963_984_540_053_855_6),
            (0.9, 1.281_551_565_544_600_593_5),
            (1e-10, -6.361_340_902_404_056_199_1),
            (1e-300, -37.047_096_299_361_199_237),
        ] {
            let relative = normal_quantile(p) / z - 1.0;
            assert!(relative.abs() < 5e-16, "p {p}: {relative:e}");
        }
    }

    #[test]
    fn probabilities_known_to_many_digits() {
        for (z, p) in [
            (-1.0, 0.158_655_253_931_457_05),
            (2.0, 0.977_249_868_051_820_8),
            (-5.0, 2.866_515_718_791_939e-7),
            (-30.0, 4.906_713_927_148_187e-198),
        ] {
            let relative = normal_cdf(z) / p - 1.0;
            // An error of half a unit in the last place of z²/2 grows with z²: 450 of them at −30.
            assert!(relative.abs() < 2e-16 * (2.0 + z * z), "z {z}: {relative:e}");
        }
    }

    #[test]
    fn ends_and_nonsense_give_infinities_not_panics() {
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert_eq!(normal_quantile(-3.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(7.0), f64::INFINITY);
        assert!(normal_quantile(f64::NAN).is_nan());
        assert_eq!(normal_cdf(f64::NEG_INFINITY), 0.0);
        assert_eq!(normal_cdf(f64::INFINITY), 1.0);
    }

    /// The reference is itself good to ten digits only.
    #[test]
    fn agrees_with_statrs_over_a_grid() {
        let reference = Normal::standard();
        for step in -800..=800 {
            let z = f64::from(step) / 100.0;
            let (ours, theirs) = (normal_cdf(z), reference.cdf(z));
            assert!((ours - theirs).abs() <= 1e-9 * theirs, "cdf({z}): {ours:e} against {theirs:e}");
        }
        for step in 1..1000 {
            let p = f64::from(step) / 1000.0;
            let (ours, theirs) = (normal_quantile(p), reference.inverse_cdf(p));
            assert!((ours - theirs).abs() < 1e-9, "quantile({p}): {ours} against {theirs}");
        }
    }

    #[test]
    fn quantile_undoes_cdf() {
        // Only the lower half: near 1 the cdf itself cannot be stored to more than 16 digits.
        for step in -3000..=0 {
            let z = f64::from(step) / 100.0;
            let back = normal_quantile(normal_cdf(z));
            assert!((back - z).abs() < 1e-14 * z.abs().max(1.0), "{z} came back as {back}");
        }
    }

    /// One at a time or together, in every width: both tails, the far ones, the centre, and the borders.
    #[test]
    fn quantiles_together_are_those_of_each() {
        let stream = super::super::Family::new(3, 0, 0, super::super::Purpose::new("test/normals")).stream(0);
        let ends = (1..=53).flat_map(|bits| [libm::ldexp(1.0, -bits), 1.0 - libm::ldexp(1.0, -bits)]);
        let borders = [0.075, 0.925, FAR, 1.0 - FAR, 0.5].into_iter().flat_map(|p| [p, p - 1e-16, p + 1e-16]);
        let units = (0..300_000).map(|day| unit_open(stream.u64(day, 0)));
        let small = (0..20_000).map(|day| unit_open(stream.u64(day, 1)) * 1e-10);
        let all: Vec<f64> = ends.chain(borders).chain(units).chain(small).collect();
        let mut together = all.clone();
        normal_quantiles(&mut together);
        for (p, z) in all.iter().zip(together) {
            assert_eq!(z.to_bits(), normal_quantile(*p).to_bits(), "quantile({p:e})");
        }
        let mut blocks = [[0; 2]; 100];
        stream.fill(0, 0, &mut blocks);
        for units in units::all() {
            let mut open = [0.0; 100];
            units(&blocks, &mut open);
            assert_eq!(open, blocks.map(|[x, _]| unit_open(x)));
        }
        for (centres, tails) in centres::all().into_iter().zip(tails::all()) {
            let (mut centre, mut tail) = (all.clone(), all.clone());
            centres(&mut centre);
            tails(&mut tail);
            for ((p, z), tail) in all.iter().zip(centre).zip(tail) {
                let (q, far) = ((p - 0.5).abs(), p.min(1.0 - p) < FAR);
                let z = if q <= CENTRAL { z } else { tail };
                assert!(far || z.to_bits() == normal_quantile(*p).to_bits(), "quantile({p:e})");
            }
        }
    }

    #[test]
    fn quantile_rises_and_is_odd() {
        let mut last = f64::NEG_INFINITY;
        for step in 1..10_000 {
            let p = f64::from(step) / 10_000.0;
            let z = normal_quantile(p);
            assert!(z > last, "not rising at {p}");
            last = z;
        }
        for x in (0..64).map(|shift| u64::MAX >> shift) {
            assert_eq!(standard_normal(x), -standard_normal(!x));
        }
    }
}
