//! Decides a marketplace's buyer disputes: three CSV exports in; decisions, books and reports out.
//!
//! ```text
//! orders.csv ───┐
//! tracking.csv ─┼─▶ intake ─▶ docket ─▶ arbitrate ─▶ decisions ─▶ books ─▶ report ─▶ one published folder
//! disputes.csv ─┘     │      (cases and     ▲
//!                  rejects   buyers)      policy
//! ```
//!
//! [`run`] reads like this picture. The rules themselves are in [`rules`]: one ordered list, a small
//! pure function for each.

#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::too_many_lines)]

pub mod arbitrate;
pub mod books;
pub mod case;
pub mod decision;
pub mod dispute;
pub mod exports;
pub mod fault;
pub mod instant;
pub mod intake;
pub mod money;
pub mod policy;
pub mod publish;
pub mod report;
pub mod rules;

use std::path::PathBuf;

use chrono_tz::Tz;

use crate::arbitrate::arbitrate;
use crate::books::Ledger;
use crate::fault::{Fault, FaultKind};
use crate::instant::Instant;
use crate::intake::{Intake, Progress, Sources};
use crate::policy::Policy;
use crate::publish::{Draft, Published};
use crate::report::{Night, REPORTS, Summary};

/// One run to be done.
#[derive(Clone, Debug)]
pub struct Job {
    /// The exports.
    pub sources: Sources,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The clock that timestamps without an offset were read from.
    pub timezone: Tz,
    /// The parameters.
    pub policy: Policy,
    /// The folder that the run's folder goes into.
    pub out: PathBuf,
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where its folder is.
    pub published: Published,
    /// The night at a glance.
    pub summary: Summary,
}

/// Decides a night: reads the exports, decides every dispute, closes the books, writes the reports
/// and publishes them as one folder.
///
/// The same exports, parameters and as-of give the same bytes, for any number of threads.
///
/// # Errors
///
/// An export or the output folder cannot be used; nothing is published then.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Outcome, Fault> {
    let Intake { docket, rejects, exports } = intake::read(&job.sources, job.timezone, progress)?;
    let rulings = arbitrate(&docket, &job.policy, job.as_of);
    let ledger = Ledger::close(&docket, &rulings)?;
    let night = Night {
        as_of: job.as_of,
        timezone: job.timezone.name(),
        policy: &job.policy,
        docket: &docket,
        rulings: &rulings,
        ledger: &ledger,
        rejects: &rejects,
        exports: &exports,
    };
    let summary = Summary::of(&night).map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))?;
    summary.check_rows()?;
    let mut draft = Draft::begin(&job.out)?;
    for (name, write) in REPORTS {
        draft.write(name, |out| write(&night, &summary, out))?;
    }
    let files = draft.files().to_vec();
    draft.write("manifest.json", |out| report::write_manifest(&night, &files, out))?;
    let published = draft.publish(&report::folder_name(&night))?;
    Ok(Outcome { published, summary })
}
