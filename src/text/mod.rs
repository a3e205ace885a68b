//! What people write: sources with positions, mistakes with carets and cures, and the machinery of the key table.
//! Knows no book and no scenario: their tables of keys stand beside the types they fill.

pub mod keys;
pub mod node;
pub mod problem;
pub mod set;
pub mod source;

pub use keys::{Record, Table};
pub use node::Node;
pub use problem::{Problem, Problems};
pub use source::{Place, Sources};
