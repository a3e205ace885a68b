//! What customers do: sees the account read-only and addressed draws, and answers with actions.
//! Consequences of an instant come at the earliest one second later (RULES §4, phase 12).

mod buyer;
mod churn;
mod payer;
mod price;

pub use buyer::BuyerState;
pub use churn::ChurnState;
pub use payer::{Attempt, PayerState};
pub use price::PriceResponse;
