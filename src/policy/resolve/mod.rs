//! From overlays to resolved parameters: versions by date with their segments, and the source of every value.

mod region;
mod resolved;
mod standard;
mod version;

pub use standard::STANDARD;
pub use version::Version;

pub(crate) use resolved::Resolved;
pub(crate) use standard::standard;
pub(crate) use version::{Leaf, Leaves, Segment, in_force, index_in_force, ordered, table};
