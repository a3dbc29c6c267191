//! The one place that asks the clock: for the default as-of, and for how long things take.

use std::time::{Duration, Instant as Moment, SystemTime};

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;

/// Now, to the whole second: an as-of is recorded to the second, and must repeat the run.
#[expect(clippy::disallowed_methods, reason = "the default of --as-of is now, and it is recorded")]
pub fn now() -> Result<Instant, Fault> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(now.as_secs()).unwrap_or_default();
    Instant::from_unix(seconds, 0)
        .ok_or_else(|| Fault::new(FaultKind::Usage, "the system's clock is out of range; give --as-of"))
}

/// Measures how long something takes; what is decided or published never depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Moment);

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "durations are for logs and metrics alone")]
    pub fn start() -> Self {
        Self(Moment::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
