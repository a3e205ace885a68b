//! A discrete-event billing simulator: plays a vendor's whole customer base through the vendor's real price list.
//!
//! The way of the data is in ARCHITECTURE.md; each module's first line says what it is for and what it must not know.

#[cfg(feature = "tables")]
pub mod baseline;
pub mod behaviour;
pub mod book;
pub mod calibrate;
#[cfg(feature = "charts")]
pub mod charts;
#[cfg(all(feature = "tables", feature = "charts"))]
pub mod cli;
pub mod demand;
pub mod engine;
pub mod expected;
pub mod plan;
pub mod random;
pub mod reconcile;
pub mod record;
#[cfg(feature = "charts")]
pub mod report;
pub mod rules;
pub mod scenario;
pub mod stats;
#[cfg(all(feature = "tables", feature = "charts"))]
pub mod store;
pub mod study;
#[cfg(feature = "tables")]
pub mod tables;
pub mod text;
pub mod units;
pub mod usage;
pub mod world;
