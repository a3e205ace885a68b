//! What a vendor publishes: a product's price book, and the policy of the account that pays for it.
//! Data only: how a bill follows from it is in `rules`, who uses the product is in `scenario`.

mod checks;
pub mod keys;
mod policy;
mod product;

pub use policy::{
    ActivationInArrears, ArrearsClock, GraceEnd, PartialTopUp, PartnerGrace, Policy, ResumeAt, Rounding, Settlement,
    VoucherRest, WhileSuspended, ZeroBills,
};
pub use product::{Book, Counted, Each, LimitBasis, Meter, Pricing, Quota, QuotaCounter, RateLimit, Tier};
