//! What is known of the parameters, whatever their values: kinds, units, ranges and meanings, taken from their types.

mod catalogue;
mod general;
mod kind;

pub use catalogue::{Catalogue, Group, KnownParameter, catalogue};
pub use general::{GovernedBy, Months};
pub use kind::Kind;

pub(crate) use catalogue::{Found, fields, public, schemas};
pub(crate) use general::General;
pub(crate) use kind::Written;
