//! What a vendor publishes: a product's price book, and the policy of the account that pays for it.
//! Data only: how a bill follows from it is in `rules`, who uses the product is in `scenario`.

mod account_keys;
mod checks;
pub mod keys;
mod meter;
mod meter_keys;
mod package;
mod policy;
mod price_checks;
mod product;

pub use account_keys::ACCOUNT;
pub use meter::{Change, Existing, Meter, Period, Tier};
pub use package::{Automatic, Cover, DrawOrder, Packages, PayAsYouGo, Trial, ValidFrom, Validity};
pub use policy::{
    ActivationInArrears, ArrearsClock, BalanceOf, GraceEnd, PackagesProtect, PartialTopUp, PartnerGrace, Policy,
    PurchaseInArrears, ResumeAt, Rounding, Settlement, VoucherRest, WhileSuspended, ZeroBills,
};
pub use product::{BillEvery, Book, Counted, Each, LimitBasis, Opens, Quota, QuotaCounter, RateLimit};
