//! Two sets of resolved parameters beside each other: what differs, and mixtures of both.

mod change;
mod mixture;

pub use change::{Difference, ParameterChange};
pub use mixture::MixturePart;

pub(crate) use change::{changes, differences};
pub(crate) use mixture::{mixed, parts};
