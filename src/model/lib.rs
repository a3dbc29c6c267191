//! The facts that are decided on, and what stands of them: money, time, orders, tracking events, disputes, the docket
//! that a run decides, and final decisions.
//!
//! Everything else is built on this crate, and it on none of the others.

pub mod case;
mod codes;
pub mod dispute;
pub mod exports;
pub mod fault;
pub mod fields;
pub mod final_decisions;
pub mod ids;
pub mod instant;
pub mod money;
pub mod order;
pub mod outcome;
pub mod run_record;
pub mod tracking;

#[doc(hidden)]
pub use serde;

/// The version of the program, which stands in every manifest and in every stored docket.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
