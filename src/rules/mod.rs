//! What a bill is: pure functions of (state, input, instant) to (state, events), as docs/RULES.md says.
//! Knows no randomness, no files, no scenario and no reason why a customer does what it does.
//!
//! There is one calculator: `run`, `explain` and every later command play accounts through this module.

mod account;
mod arrears;
mod counting;
mod event;
mod meter;
mod metering;
mod quick;
mod quotas;
mod rounding;
mod service;
mod shelf;
mod straight;
mod tariff;
mod terms;
mod wallet;

pub use account::{Account, Changes, Today};
pub use arrears::Arrears;
pub use counting::Standing;
pub use event::{Cause, Ending, Event, IdleDay, Log, Reason, Refusal, Usage};
pub use meter::{Demand, Piece};
pub use service::Service;
pub use straight::{Ahead, QuietDay, QuietRun};
pub use tariff::{Line, Reach, Tariff};
pub use terms::{Month, Place, Product, Terms};
pub use wallet::{Voucher, Wallet};
