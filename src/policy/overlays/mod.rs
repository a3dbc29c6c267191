//! From text to overlays: what a policy file, a profile or `--set` says, as it is written, with the line of everything.

mod argument;
mod condition;
mod condition_reader;
mod document;
mod entry;
mod overlay;
mod profiles;
mod reader;
mod table;

pub use condition::CONDITIONS;
pub use overlay::Overlay;
pub use profiles::{PROFILES, Profile};
pub use table::RESERVED;

pub(crate) use condition::{AmountRange, Condition};
pub(crate) use document::read_cited;
pub(crate) use overlay::{Body, Cited, Entry, Statement, fault_of};
