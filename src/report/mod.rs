//! The reports of a run: a file for each output.

mod buyers;
mod cells;
mod decisions;
mod frame;
mod ledger;
mod manifest;
mod markdown;
mod referrals;
mod rejects;
mod summary;

use std::io::{self, Write};

pub use frame::decisions_frame;
pub use manifest::{Counts, OutputFile, folder_name, write_manifest};
pub use rejects::write_rejects;
pub use summary::{Books, Summary, Totals};

use crate::arbitrate::Rulings;
use crate::books::Ledger;
use crate::case::Docket;
use crate::exports::{Exports, Reject};
use crate::instant::Instant;
use crate::policy::Policy;

/// The program's name, in what it writes.
pub const PROGRAM: &str = "arbiter";

/// The version of the program, which stands in every manifest.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything a run knows, for the reports to pick from.
#[derive(Clone, Copy, Debug)]
pub struct Night<'a> {
    /// The instant it was decided as of.
    pub as_of: Instant,
    /// The parameters in force.
    pub policy: &'a Policy,
    /// What was decided on.
    pub docket: &'a Docket,
    /// The decisions and the buyers' standings.
    pub rulings: &'a Rulings,
    /// The books.
    pub ledger: &'a Ledger,
    /// The rows that were kept out.
    pub rejects: &'a [Reject],
    /// What the exports were.
    pub exports: &'a Exports,
}

/// Writes one report.
pub type WriteReport = fn(&Night, &Summary, &mut dyn Write) -> io::Result<()>;

/// Every report of a run but the manifest, which lists them.
pub const REPORTS: &[(&str, WriteReport)] = &[
    ("decisions.csv", decisions::write),
    ("ledger.csv", ledger::write),
    ("buyers.csv", buyers::write),
    ("referrals.csv", referrals::write),
    ("rejects.csv", rejects::write),
    ("summary.md", markdown::write),
    ("summary.json", summary::write_json),
];
