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
pub mod whatif;

use std::io::{self, Write};

pub use frame::decisions_frame;
pub use manifest::{Counts, OutputFile, folder_name, write_manifest};
pub use rejects::write_rejects;
pub use summary::{Books, Summary, Totals};

use crate::arbitrate::Rulings;
use crate::books::Ledger;
use crate::case::Docket;
use crate::decision::Decision;
use crate::exports::{Exports, Reject};
use crate::instant::Instant;
use crate::policy::Policy;
use crate::rules;

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

impl Night<'_> {
    /// A decision in a sentence for people.
    fn explain(&self, decision: &Decision) -> String {
        rules::explain(&decision.hearing(self.docket, self.policy, self.as_of), &decision.finding)
    }
}

/// Writes one table of a night.
pub type WriteTable = fn(&Night, &mut dyn Write) -> io::Result<()>;

/// The tables that a run leaves.
pub const TABLES: &[(&str, WriteTable)] = &[
    ("decisions.csv", decisions::write),
    ("ledger.csv", ledger::write),
    ("buyers.csv", buyers::write),
    ("referrals.csv", referrals::write),
    ("rejects.csv", rejects::write),
];

/// Writes one form of a night's summary.
pub type WriteSummary = fn(&Summary, &mut dyn Write) -> io::Result<()>;

/// The forms of the summary that a run leaves.
pub const SUMMARIES: &[(&str, WriteSummary)] =
    &[("summary.md", markdown::write), ("summary.json", summary::write_json)];
