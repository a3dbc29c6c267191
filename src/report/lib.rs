//! The reports of a run: a file for each output.
//!
//! [`write()`] makes them all of a [`Run`], and puts them onto a [`Shelf`]: a folder on disk, or anything that takes files.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Mutex;
//!
//! use arbiter_engine::decide::decide_docket;
//! use arbiter_engine::ledger::Ledger;
//! use arbiter_generate::{Plan, docket};
//! use arbiter_model::exports::{Counted, Exports, ReadWith};
//! use arbiter_model::run_record::RunRecord;
//! use arbiter_model::{Fault, Instant, VERSION};
//! use arbiter_policy::Policy;
//! use arbiter_report::{OutputFile, Render, Run, Shelf, write};
//!
//! /// Keeps files in memory.
//! #[derive(Default)]
//! struct Kept(Mutex<BTreeMap<String, Vec<u8>>>);
//!
//! impl Shelf for Kept {
//!     fn write(&self, name: &str, render: Render) -> Result<OutputFile, Fault> {
//!         let mut bytes = Vec::new();
//!         render(&mut bytes).map_err(|error| Fault::unwritable(name.into(), &error))?;
//!         let blake3 = blake3::hash(&bytes).to_hex().to_string();
//!         let file = OutputFile { file: name.to_owned(), bytes: bytes.len() as u64, blake3 };
//!         self.0.lock().expect("no writer failed").insert(name.to_owned(), bytes);
//!         Ok(file)
//!     }
//! }
//!
//! let as_of = Instant::parse("2026-06-01", chrono_tz::Tz::UTC).expect("a date");
//! let policy = Policy::standard()?;
//! let docket = docket(&Plan { orders: 200, seed: 7, as_of });
//! let decisions = decide_docket(&docket, &policy, as_of);
//! let ledger = Ledger::close(&docket, &decisions)?;
//! let counted = |rows| Counted { files: Vec::new(), rows, rejected: 0, repeats: 0 };
//! let exports = Exports {
//!     read_with: ReadWith { timezone: "UTC".to_owned(), mapping: None, max_field_lines: 10 },
//!     orders: counted(200),
//!     tracking: counted(0),
//!     disputes: counted(decisions.made.len() as u64),
//!     rulings: None,
//! };
//! let record = RunRecord {
//!     as_of,
//!     parameters: policy.hash(),
//!     version: VERSION.to_owned(),
//!     exports: exports.clone(),
//!     rejects: Vec::new(),
//!     sources: Vec::new(),
//!     before: None,
//! };
//! let run = Run {
//!     as_of,
//!     policy: &policy,
//!     docket: &docket,
//!     decisions: &decisions,
//!     ledger: &ledger,
//!     rejects: &[],
//!     exports: &exports,
//!     drift: &[],
//!     record: &record,
//! };
//!
//! let kept = Kept::default();
//! let summary = write(&run, &[], &kept)?;
//! let files = kept.0.into_inner().expect("no writer failed");
//! let rows = |name: &str| String::from_utf8_lossy(&files[name]).lines().count() - 1;
//! assert_eq!(rows("decisions.csv"), decisions.made.len());
//! assert_eq!(rows("payouts.csv") as u64, summary.tonight.payouts.iter().map(|sum| sum.payouts).sum::<u64>());
//! assert!(String::from_utf8_lossy(&files["summary.md"]).starts_with('#'));
//! # Ok::<(), Fault>(())
//! ```

mod buyers;
mod cells;
mod changes;
mod decisions;
mod drift;
mod flips;
mod ledger;
mod manifest;
mod markdown;
mod payouts;
mod referrals;
mod rejects;
mod shelf;
mod standing;
mod summary;
mod totals;
pub mod whatif;

use std::io::{self, Write};

use rayon::prelude::*;

pub use flips::write_flips;
pub use manifest::{Counts, MANIFEST, OutputFile, PublishedManifest, folder_name};
pub use payouts::payout_key;
pub use rejects::write_rejects;
pub use shelf::{Render, Shelf};
pub use summary::{Books, Payouts, Summary, ThisRun, Totals};

use arbiter_engine::decide::Decisions;
use arbiter_engine::decision::{DecidedBy, Decision};
use arbiter_engine::drift::Drift;
use arbiter_engine::ledger::Ledger;
use arbiter_model::docket::Docket;
use arbiter_model::exports::{Exports, Reject};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_model::run_record::RunRecord;
use arbiter_policy::Policy;
use arbiter_rules as rules;

/// The program's name, in what it writes.
pub const PROGRAM: &str = "arbiter";

/// Everything a run knows, for the reports to pick from.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The instant it was decided as of.
    pub as_of: Instant,
    /// The parameters in force.
    pub policy: &'a Policy,
    /// What was decided on.
    pub docket: &'a Docket,
    /// The decisions and the buyers' buyer_ratings.
    pub decisions: &'a Decisions,
    /// The books.
    pub ledger: &'a Ledger,
    /// The rows that were kept out.
    pub rejects: &'a [Reject],
    /// What the exports were.
    pub exports: &'a Exports,
    /// Decisions that stand although tonight's facts would decide otherwise.
    pub drift: &'a [Drift],
    /// What else was known when the facts had been read, and the night before.
    pub record: &'a RunRecord,
}

impl Run<'_> {
    /// A decision in a sentence for people.
    fn explain(&self, decision: &Decision) -> String {
        if let DecidedBy::Person(number) = decision.by {
            let currency = decision.at.case(self.docket).order.currency;
            return self.docket.rulings[number as usize].told(decision.award, currency);
        }
        rules::explain(&decision.evaluation(self.docket, self.policy, self.as_of), &decision.finding)
    }
}

impl Run<'_> {
    /// When a dispute was decided, where it is.
    fn decided_at(&self, decision: &Decision) -> Option<Instant> {
        match decision.by {
            DecidedBy::EarlierRun(number) => Some(self.docket.final_decisions.all()[number as usize].decided_at),
            DecidedBy::Person(number) => Some(self.docket.rulings[number as usize].at),
            DecidedBy::Rules => decision.outcome.is_final().then_some(self.as_of),
        }
    }
}

/// Writes one table of a night.
pub type WriteTable = fn(&Run, &mut dyn Write) -> io::Result<()>;

/// The tables that a run leaves.
pub const TABLES: &[(&str, WriteTable)] = &[
    ("decisions.csv", decisions::write),
    ("ledger.csv", ledger::write),
    ("buyers.csv", buyers::write),
    ("referrals.csv", referrals::write),
    ("rejects.csv", rejects::write),
    ("payouts.csv", payouts::write),
    ("changes.csv", changes::write),
    ("standing.csv", standing::write),
    ("drift.csv", drift::write),
];

/// Writes one form of a night's summary.
pub type WriteSummary = fn(&Summary, &mut dyn Write) -> io::Result<()>;

/// The forms of the summary that a run leaves.
pub const SUMMARIES: &[(&str, WriteSummary)] =
    &[("summary.md", markdown::write), ("summary.json", summary::write_json)];

/// Writes every file of a night, the manifest last, and returns the night at a glance. `snapshot` are the files that
/// the run can be decided again from, which stand behind the tables.
///
/// # Errors
///
/// A file cannot be written, or the rows do not add up.
pub fn write(run: &Run, snapshot: &[(&str, WriteTable)], shelf: &dyn Shelf) -> Result<Summary, Fault> {
    let write_table = |(name, write): &(&str, WriteTable)| shelf.write(name, &|out| write(run, out));
    let (summary, files) = rayon::join(
        || Summary::of(run),
        || TABLES.par_iter().chain(snapshot).map(write_table).collect::<Result<Vec<OutputFile>, Fault>>(),
    );
    let mut files = files?;
    summary.check_rows()?;
    for (name, write) in SUMMARIES {
        files.push(shelf.write(name, &|out| write(&summary, out))?);
    }
    shelf.write(MANIFEST, &|out| manifest::write(run, &files, out))?;
    Ok(summary)
}
