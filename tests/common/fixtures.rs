//! The fixtures, read into dockets.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::Path;

use arbiter_intake::{self as intake, Intake, Progress, Reading, Source, Sources};
use arbiter_model::instant::Instant;
use chrono_tz::Tz;

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// What a folder of fixtures holds.
pub fn fixture(name: &str) -> Intake {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let [orders, tracking, disputes] =
        ["orders", "tracking", "disputes"].map(|export| vec![Source::in_folder(&folder, export).expect("an export")]);
    let sources = Sources { orders, tracking, disputes };
    intake::read(&sources, &Reading::standard(Tz::UTC), &Silent).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The as-of of the fixtures: 2026-06-01T00:00:00Z.
pub fn as_of() -> Instant {
    Instant::parse("2026-06-01", Tz::UTC).expect("a date")
}
