//! The parameters a run decides under.
//!
//! ```text
//! standard.toml ─┐
//! a profile ─────┤
//! policy files ──┼─▶ overlays ─▶ resolved (versions by date, segments, sources) ─▶ effective periods ─▶ the terms of a case
//! --set ─────────┘  (as written,
//!                    with lines)
//! ```
//!
//! The types of the parameters stand beside the rules; what is known of them, their units, ranges and
//! meanings, is taken from there.

mod text;

mod parameters;

mod overlays;
mod resolve;

mod compare;
mod effective;
mod written;

mod policy;

mod pages;

pub use compare::{Difference, MixturePart, ParameterChange};
pub use effective::ParameterValue;
pub use overlays::{CONDITIONS, Overlay, PROFILES, Profile, RESERVED};
pub use pages::{page, schema, starting_overlay, table_of_parameters};
pub use parameters::{Catalogue, GovernedBy, Group, Kind, KnownParameter, Months, catalogue};
pub use policy::Policy;
pub use resolve::{STANDARD, Version};
pub use written::InForce;
