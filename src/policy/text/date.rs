//! The dates of versions, as files and messages have them.

use arbiter_model::instant::Instant;

/// A date as a version has it: without the time of day where that is midnight.
pub(crate) fn day(at: Instant) -> String {
    let exact = at.exact();
    exact.strip_suffix("T00:00:00Z").map_or_else(|| exact.clone(), str::to_owned)
}
