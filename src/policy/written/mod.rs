//! Resolved parameters written out: as a policy file that can be read back, and as data for the manifest.

mod complete_file;
mod in_force;
mod lines;

pub use in_force::InForce;

pub(crate) use complete_file::complete_file;
pub(crate) use lines::Lines;
