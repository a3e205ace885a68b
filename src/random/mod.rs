//! Random numbers that are looked up by address. Must not know any scenario, plan, account state or money.
//!
//! # Addressed, not drawn in turn
//!
//! A generator with a state that moves makes every number depend on all that were drawn before it: one
//! more customer, one more thread or another order of work, and everyone's demand changes. Here a number
//! is a function of its address and of nothing else:
//!
//! | part of the address | type | goes into |
//! |---|---|---|
//! | seed, replication, segment (hash of its id), purpose (hash of its name) | `u64`, `u32`, `u64`, `u64` | key, through BLAKE3 |
//! | day, since the start of the horizon | `u32` | counter, word 0 |
//! | draw, within the day | `u32` | counter, word 1 |
//! | account, its index within the segment (below 2⁴⁰) | `u64` | counter, words 2 and 3 |
//!
//! Hence any number of threads, chunks and shards gives the same bytes; one account can be replayed alone;
//! a new account, segment, product or purpose changes no other; and two price books see the same world
//! (common random numbers), so that their difference is not drowned in noise. Segments, products and
//! meters are addressed by a hash of their ids, never by position, so reordering a scenario is harmless.
//!
//! # Why Philox4x32-10
//!
//! - It is published (Salmon et al., SC 2011) with known-answer vectors, which are tested here, and it
//!   passes TestU01's BigCrush. Ten rounds leave a margin over the seven that suffice for that.
//! - For one key it is a bijection of 128-bit counters: two addresses of a family never share a block, and
//!   neighbouring counters are what it was designed and tested for. Keys are hashes, so that neighbouring
//!   seeds and replications have unrelated keys. The test module `quality` looks at both.
//! - It has no state to load or store and vectorises over days: [`Stream::fill`] costs about a third of
//!   [`Stream::block`]. A cipher in counter mode (ChaCha) costs ten times as much to position anywhere.
//! - It is owned here, in fifty lines, since general-purpose libraries reserve the right to change theirs.
//!
//! # Samplers
//!
//! [`Poisson`] (any mean up to 10¹⁰, always one block), [`standard_normal`] (inversion), [`below`] and
//! [`Weighted`] (integers), [`unit()`] and [`unit_open`]. They use integers, `+ − × ÷ √` and the `libm`
//! crate, never the standard library's `exp` or `ln`, so their results are the same bits on every platform.
//!
//! # What is promised
//!
//! [`GENERATOR`] names the generator, the address scheme and the samplers together, and is written beside
//! every result. As long as the name stands, every address gives the same numbers, on every platform and
//! with any number of threads; tests freeze some. Whatever moves a number changes the digit after the
//! slash, and the change log says so.

mod address;
mod alias;
mod exponential;
mod gamma;
mod inversion;
mod normal;
mod philox;
mod poisson;
#[cfg(test)]
mod quality;
mod uniform;
mod wide;

pub use address::{Family, Purpose, Stream, id_hash, unit, unit_open};
pub use exponential::exponentials;
pub use gamma::{gamma, gamma_from};
pub use normal::{normal_cdf, normal_quantile, standard_normal, standard_normals};
pub use philox::philox4x32_10;
pub use poisson::Poisson;
pub use uniform::{Weighted, below};

/// Name and version of the generator, its addresses and its samplers.
pub const GENERATOR: &str = "philox4x32-10/1";
