//! One source for registers of every width. Must not know what is computed.
//!
//! What is compiled here is integer arithmetic and `+ − × ÷ √` of floats, which IEEE 754 rounds alike one at a time or eight
//! together, and Rust never joins a product and a sum. So the width cannot change a bit of a result.

/// Compiles a function, which must be `#[inline(always)]`, for registers of 512 and of 256 bits too. `mod::widest` runs it in the
/// widest that the processor has; tests take each from `mod::all`.
macro_rules! wide {
    (mod $name:ident = $source:ident($($arg:ident: $type:ty),+)) => {
        mod $name {
            use super::*;

            #[inline]
            pub(super) fn widest($($arg: $type),+) {
                #[cfg(target_arch = "x86_64")]
                {
                    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                        // SAFETY: the only condition is that the processor has these, and they were just found.
                        return unsafe { bits_512($($arg),+) };
                    }
                    if is_x86_feature_detected!("avx2") {
                        // SAFETY: the only condition is that the processor has AVX2, and it was just found.
                        return unsafe { bits_256($($arg),+) };
                    }
                }
                $source($($arg),+);
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512dq")]
            fn bits_512($($arg: $type),+) {
                $source($($arg),+);
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn bits_256($($arg: $type),+) {
                $source($($arg),+);
            }

            /// Every width that this processor has.
            #[cfg(test)]
            pub(super) fn all() -> Vec<fn($($type),+)> {
                let mut widths: Vec<fn($($type),+)> = vec![$source, widest];
                #[cfg(target_arch = "x86_64")]
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2.
                    widths.push(|$($arg),+| unsafe { bits_256($($arg),+) });
                }
                widths
            }
        }
    };
}

pub(super) use wide;

/// Numbers that are computed side by side: two registers of 512 bits, so that one may wait for the other's divisions.
const LANES: usize = 16;

/// Numbers that are kept together between two steps: close to the processor, and enough for rare cases to be many.
pub(super) const BATCH: usize = 128;

/// Replaces each number by what `work` makes of it, in lanes of a fixed length.
#[inline(always)]
pub(super) fn each(values: &mut [f64], work: impl Fn(f64) -> f64) {
    let (lanes, rest) = values.as_chunks_mut::<LANES>();
    for lane in lanes {
        for value in lane {
            *value = work(*value);
        }
    }
    for value in rest {
        *value = work(*value);
    }
}

/// Replaces each number of `values` by what `work` makes of it and its partner.
#[inline(always)]
pub(super) fn each_with(values: &mut [f64], partners: &[f64], work: impl Fn(f64, f64) -> f64) {
    let (lanes, rest) = values.as_chunks_mut::<LANES>();
    let (with, rest_with) = partners.as_chunks::<LANES>();
    for (lane, with) in lanes.iter_mut().zip(with) {
        for (value, partner) in lane.iter_mut().zip(with) {
            *value = work(*value, *partner);
        }
    }
    for (value, partner) in rest.iter_mut().zip(rest_with) {
        *value = work(*value, *partner);
    }
}

/// A whole number of lanes that holds this many numbers.
pub(super) const fn whole_lanes(numbers: usize) -> usize {
    numbers.next_multiple_of(LANES)
}

/// Some positions of a batch, written without a branch: what is put and not kept is written over.
pub(super) struct Positions {
    at: [u16; BATCH],
    len: usize,
}

impl Positions {
    pub(super) fn new() -> Positions {
        Positions { at: [0; BATCH], len: 0 }
    }

    /// Puts a position below [`BATCH`], and keeps it if it is one of those; each at most once.
    #[inline(always)]
    pub(super) fn put(&mut self, position: usize, kept: bool) {
        self.at[self.len % BATCH] = position as u16;
        self.len += usize::from(kept);
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = usize> {
        self.at[..self.len].iter().map(|at| usize::from(*at))
    }
}
