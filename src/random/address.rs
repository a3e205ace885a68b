//! Addresses of random numbers: who, what for, when. Must not know any scenario, plan or distribution.
//!
//! Nothing here has a state that moves. A number is *looked up* at (seed, replication, segment, purpose,
//! account index, day, draw), so it does not matter who asks, how often, in what order or on which thread.

use super::philox::{philox4x32_10, philox4x32_10_run};

/// Separates these keys from every other use of the hash, and from keys of later versions.
const KEY_DOMAIN: &[u8] = b"billsim key philox4x32-10/1";

/// The stable hash of an id: the first 8 bytes, little endian, of its BLAKE3 hash.
///
/// The same on every platform and in every version, so an account keeps its random numbers when
/// segments, products or meters are added, removed or reordered: they are known by id, never by position.
///
/// ```
/// use billsim::random::id_hash;
/// assert_eq!(id_hash(""), 0xa6a1_f9f5_b949_13af);
/// assert_ne!(id_hash("shop"), id_hash("shops"));
/// ```
pub fn id_hash(id: &str) -> u64 {
    first_word(&blake3::hash(id.as_bytes()))
}

/// What a stream is for, such as `captcha/demand` or `captcha/bursts`: a name, hashed.
///
/// A type of its own, so that a purpose cannot be passed where a segment is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(u64);

impl Purpose {
    /// The purpose of this name. Names with a product or meter in them use its id: `"{product}/demand"`.
    pub fn new(name: &str) -> Self {
        Self(id_hash(name))
    }

    /// The purpose whose name hashes to `hash`.
    pub const fn from_hash(hash: u64) -> Self {
        Self(hash)
    }

    /// The hash of the name.
    pub const fn hash(self) -> u64 {
        self.0
    }
}

/// The streams of all accounts of one segment for one purpose in one replication.
///
/// Making one hashes its address (a fraction of a microsecond); a stream for each account is then free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    key: [u32; 2],
}

impl Family {
    /// The family at this address; `segment` is the [`id_hash`] of the segment's id. What belongs to no
    /// segment (a shock to the whole world) takes any constant there: its purpose keeps it apart.
    ///
    /// The 64-bit key is a BLAKE3 hash of the four parts. Two of a run's n families share a key with
    /// probability about n² / 2⁶⁵: for a million families (1 000 replications × 50 segments × 20
    /// purposes) 3 in 10⁸.
    pub fn new(seed: u64, replication: u32, segment: u64, purpose: Purpose) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(KEY_DOMAIN);
        hasher.update(&seed.to_le_bytes());
        hasher.update(&replication.to_le_bytes());
        hasher.update(&segment.to_le_bytes());
        hasher.update(&purpose.hash().to_le_bytes());
        let key = first_word(&hasher.finalize());
        Self { key: [key as u32, (key >> 32) as u32] }
    }

    /// The stream of the account with this index within its segment.
    #[inline]
    pub const fn stream(&self, index: u64) -> Stream {
        Stream { key: self.key, index }
    }
}

/// One account's random numbers for one purpose: a table of 2³² days × 2³² draws of 128 bits, read at will.
///
/// ```
/// use billsim::random::{Family, Purpose, id_hash, unit};
/// let family = Family::new(42, 0, id_hash("shops"), Purpose::new("captcha/demand"));
/// let account = family.stream(17);
/// let tenth_day = account.u64(10, 0);
/// assert_eq!(account.u64(10, 0), tenth_day); // looked up, not drawn
/// assert!((0.0..1.0).contains(&unit(tenth_day)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
    index: u64,
}

impl Stream {
    /// The stream at a whole address. Inside a loop over accounts use a [`Family`], which hashes once.
    pub fn new(seed: u64, replication: u32, segment: u64, purpose: Purpose, index: u64) -> Self {
        Family::new(seed, replication, segment, purpose).stream(index)
    }

    /// The 128 random bits of this day (days since the start of the horizon) and draw.
    ///
    /// By convention draw 0 is a day's ordinary number and draws from 1 on are for samplers that may
    /// need more.
    #[inline]
    pub fn block(&self, day: u32, draw: u32) -> [u64; 2] {
        let [a, b, c, d] = philox4x32_10(self.counter(day, draw), self.key);
        [u64::from(a) | u64::from(b) << 32, u64::from(c) | u64::from(d) << 32]
    }

    /// The first 64 bits of [`Stream::block`].
    #[inline]
    pub fn u64(&self, day: u32, draw: u32) -> u64 {
        self.block(day, draw)[0]
    }

    /// Writes the blocks of a run of days: `out[i]` becomes `block(first_day + i, draw)`, wrapping.
    ///
    /// Several days are generated together in vector registers, at a fraction of the cost of `block`.
    pub fn fill(&self, draw: u32, first_day: u32, out: &mut [[u64; 2]]) {
        philox4x32_10_run(self.counter(first_day, draw), self.key, out);
    }

    #[inline]
    const fn counter(&self, day: u32, draw: u32) -> [u32; 4] {
        [day, draw, self.index as u32, (self.index >> 32) as u32]
    }
}

/// A number in \[0, 1), a multiple of 2⁻⁵³.
///
/// ```
/// use billsim::random::unit;
/// assert_eq!(unit(0), 0.0);
/// assert_eq!(unit(1 << 63), 0.5);
/// assert!(unit(u64::MAX) < 1.0);
/// ```
#[inline]
pub fn unit(x: u64) -> f64 {
    (x >> 11) as f64 * TWO_POW_MINUS_53
}

/// A number in (0, 1), an odd multiple of 2⁻⁵³: never 0 or 1, and symmetric about one half.
///
/// For whatever takes a logarithm or a quantile.
///
/// ```
/// use billsim::random::unit_open;
/// assert_eq!(unit_open(0), 1.0 - unit_open(u64::MAX));
/// assert!(unit_open(0) > 0.0 && unit_open(u64::MAX) < 1.0);
/// ```
#[inline]
pub fn unit_open(x: u64) -> f64 {
    // Adding a half to all 53 bits would round up to 1 at the top; 52 bits and a fixed last one do not.
    (x >> 11 | 1) as f64 * TWO_POW_MINUS_53
}

/// [`unit_open`] of the first word of each block.
#[inline(always)]
pub(super) fn open_units(blocks: &[[u64; 2]], units: &mut [f64]) {
    for (unit, [x, _]) in units.iter_mut().zip(blocks) {
        *unit = unit_open(*x);
    }
}

const TWO_POW_MINUS_53: f64 = 1.0 / (1_u64 << 53) as f64;

fn first_word(hash: &blake3::Hash) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family() -> Family {
        Family::new(1, 0, id_hash("shops"), Purpose::new("captcha/demand"))
    }

    /// Values frozen at the first release of this generator: if they move, every result moves.
    #[test]
    fn addresses_are_frozen() {
        assert_eq!(id_hash("shops"), FROZEN_ID);
        assert_eq!(family().stream(17).block(10, 0), FROZEN_BLOCK);
    }

    #[test]
    fn a_fill_equals_one_block_at_a_time() {
        for (index, draw, first_day) in [(0, 0, 0), (u64::MAX, 3, 5), (1 << 39, 1, u32::MAX - 9)] {
            let stream = family().stream(index);
            for length in (0..40).chain([365, 366]) {
                let mut days = vec![[0; 2]; length];
                stream.fill(draw, first_day, &mut days);
                for (offset, day) in days.into_iter().enumerate() {
                    assert_eq!(day, stream.block(first_day.wrapping_add(offset as u32), draw));
                }
            }
        }
    }

    #[test]
    fn every_part_of_the_address_counts() {
        let (segment, purpose) = (id_hash("shops"), Purpose::new("captcha/demand"));
        let mut seen = vec![
            Stream::new(1, 0, segment, purpose, 17).block(10, 0),
            Stream::new(2, 0, segment, purpose, 17).block(10, 0),
            Stream::new(1, 1, segment, purpose, 17).block(10, 0),
            Stream::new(1, 0, id_hash("banks"), purpose, 17).block(10, 0),
            Stream::new(1, 0, segment, Purpose::new("captcha/bursts"), 17).block(10, 0),
            Stream::new(1, 0, purpose.hash(), Purpose::from_hash(segment), 17).block(10, 0),
            Stream::new(1, 0, segment, purpose, 17 + (1 << 32)).block(10, 0),
            Stream::new(1, 0, segment, purpose, 18).block(10, 0),
            Stream::new(1, 0, segment, purpose, 17).block(0, 10),
            Stream::new(1, 0, segment, purpose, 17).block(11, 0),
        ];
        let addresses = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), addresses);
        assert_eq!(family().stream(17), Stream::new(1, 0, segment, purpose, 17));
    }

    #[test]
    fn units_stay_inside_their_interval() {
        for x in [0, 1, 2047, 2048, 4095, 4096, u64::MAX / 2, u64::MAX - 2048, u64::MAX] {
            assert!((0.0..1.0).contains(&unit(x)));
            assert!(unit_open(x) > 0.0 && unit_open(x) < 1.0);
            assert_eq!(unit_open(x), 1.0 - unit_open(!x));
        }
    }

    const FROZEN_ID: u64 = 9_810_571_932_351_738_853;
    const FROZEN_BLOCK: [u64; 2] = [16_418_905_196_248_999_515, 12_027_637_731_900_267_323];
}
