//! Sums that say so when they do not fit. Adding never wraps: a number that meets its bound stays there, and is found when all is
//! added up. Knows nothing of what is counted.

use crate::units::Total;

/// A total of a run is larger than a counter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the total of `{0}` is larger than {max}", max = i64::MAX)]
pub struct TotalsTooLarge(pub &'static str);

/// A number that is added up over accounts and days.
pub(super) trait Sum {
    /// Adds another one.
    fn grow(&mut self, other: Self);

    /// Whether it is below every bound of its kind. Numbers that may be below zero are parts of others that may not, and so within
    /// half of the range of those.
    fn fits(&self) -> bool;
}

impl Sum for u64 {
    #[inline]
    fn grow(&mut self, other: u64) {
        *self = self.saturating_add(other);
    }

    fn fits(&self) -> bool {
        i64::try_from(*self).is_ok()
    }
}

impl Sum for i64 {
    #[inline]
    fn grow(&mut self, other: i64) {
        *self = self.saturating_add(other);
    }

    fn fits(&self) -> bool {
        (i64::MIN + 1..i64::MAX).contains(self)
    }
}

impl Sum for Total {
    /// The most money of the most accounts over the longest time is far from the bound of a total.
    #[inline]
    fn grow(&mut self, other: Total) {
        *self += other;
    }

    fn fits(&self) -> bool {
        true
    }
}

/// Adds the fields of two structs of numbers, in place.
macro_rules! additive {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[doc = $doc:literal])+ pub $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $($(#[doc = $doc])+ pub $field: $type,)+ }

        impl $name {
            /// Adds another one, field by field; what does not fit stays at its bound.
            pub fn add(&mut self, other: &$name) {
                $($crate::record::additive::Sum::grow(&mut self.$field, other.$field);)+
            }

            /// Whether each field is a sum and not a bound.
            fn check(&self) -> Result<(), TotalsTooLarge> {
                $(if !$crate::record::additive::Sum::fits(&self.$field) {
                    return Err(TotalsTooLarge(stringify!($field)));
                })+
                Ok(())
            }
        }
    };
}

pub(super) use additive;
