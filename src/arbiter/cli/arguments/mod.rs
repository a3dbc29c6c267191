//! Groups of options that several commands have.

mod cases;
mod exports;
pub mod heading;
mod policy;

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::{Instant, TIMESTAMP_FORMS};
use chrono_tz::Tz;

use super::clock;

pub use cases::{CasesArgs, Loaded};
pub use exports::{ExportArgs, encoding};
pub use policy::{PolicyArgs, named, read};

/// The threads to work with: a number of them, or one for each core.
pub fn threads(number: Option<u16>) -> Result<rayon::ThreadPool, Fault> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(number.map_or(0, usize::from)).build();
    threads.map_err(|error| Fault::new(FaultKind::Usage, format!("--threads: {error}")).caused_by(error))
}

/// The as-of that is given, or now.
pub fn as_of(given: Option<&str>, timezone: Tz) -> Result<Instant, Fault> {
    match given {
        Some(text) => Instant::parse(text, timezone).ok_or_else(|| {
            Fault::new(FaultKind::Usage, format!("--as-of: invalid timestamp {text}, expected {TIMESTAMP_FORMS}"))
        }),
        None => clock::now(),
    }
}
