//! A row of the events table.

use crate::rules::Event;
use crate::units::Seconds;

/// One event of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Replication, from 0.
    pub replication: u32,
    /// Index of the segment.
    pub segment: usize,
    /// Index of the account within the segment.
    pub index: u64,
    /// When.
    pub at: Seconds,
    /// What.
    pub event: Event,
}
