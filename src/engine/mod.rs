//! Joins demand, rules and behaviour: plays accounts through the horizon, and many of them in parallel.
//! Knows neither tables nor charts nor the command line.

mod inputs;
mod parallel;
mod player;

pub use parallel::{CHUNK, Chunk, Stopped, chunks, for_each_chunk};
pub use player::{Failure, Player};
