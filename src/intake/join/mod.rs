//! From exports to a docket: rows are checked against each other, and disputes joined to orders and events.

mod assembly;
mod disputes;
mod duplicates;
mod events;
mod lists;
mod orders;
mod rejects;
mod rulings;

pub use assembly::Intake;
pub use rulings::{RulingsExport, read as read_rulings};

pub(crate) use assembly::{assemble, join_disputes};
pub(crate) use disputes::unique_disputes;
pub(crate) use rejects::WithRejects;
