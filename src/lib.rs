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
pub mod generate;
pub mod instant;
pub mod intake;
pub mod money;
pub mod policy;
pub mod publish;
pub mod report;
pub mod rules;
pub mod whatif;

use std::path::PathBuf;

use crate::arbitrate::arbitrate;
use crate::books::Ledger;
use crate::exports::{MaxRejects, RejectGroup};
use crate::fault::{Fault, FaultKind};
use crate::instant::Instant;
use crate::intake::{Intake, Progress, Reading, Sources};
use crate::policy::Policy;
use crate::publish::{Draft, Published};
use crate::report::{Night, SUMMARIES, Summary, TABLES};

/// One run to be done.
#[derive(Clone, Debug)]
pub struct Job {
    /// The exports.
    pub sources: Sources,
    /// How they are to be read.
    pub reading: Reading,
    /// How many rejected disputes the run puts up with.
    pub max_rejects: MaxRejects,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The parameters.
    pub policy: Policy,
    /// The folder that the run's folder goes into.
    pub out: PathBuf,
}

/// What a run did.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It decided, and its folder is published.
    Decided {
        /// Where its folder is.
        published: Published,
        /// The night at a glance.
        summary: Box<Summary>,
    },
    /// Too many rows were rejected: nothing was decided, and only these rows are published.
    Refused {
        /// Where they are.
        published: Published,
        /// What is wrong with them.
        rejects: Vec<RejectGroup>,
        /// Why nothing was decided.
        fault: Fault,
    },
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
    let intake = intake::read(&job.sources, &job.reading, progress)?;
    intake.exports.check_lines()?;
    let name = report::folder_name(job.as_of, &intake.exports, &job.policy);
    if let Err(fault) = job.max_rejects.check(&intake.exports.disputes) {
        return refuse(job, &intake, &name, fault);
    }
    let Intake { docket, rejects, exports } = intake;
    let rulings = arbitrate(&docket, &job.policy, job.as_of);
    let ledger = Ledger::close(&docket, &rulings)?;
    let night = Night {
        as_of: job.as_of,
        policy: &job.policy,
        docket: &docket,
        rulings: &rulings,
        ledger: &ledger,
        rejects: &rejects,
        exports: &exports,
    };
    let mut draft = Draft::begin(&job.out)?;
    let (written, summary) = rayon::join(
        || TABLES.iter().try_for_each(|(name, write)| draft.write(name, |out| write(&night, out))),
        || Summary::of(&night).map_err(|error| Fault::new(FaultKind::Defect, error.to_string())),
    );
    let (_, summary) = (written?, summary?);
    summary.check_rows()?;
    for (name, write) in SUMMARIES {
        draft.write(name, |out| write(&summary, out))?;
    }
    let files = draft.files().to_vec();
    draft.write("manifest.json", |out| report::write_manifest(&night, &files, out))?;
    let published = draft.publish(&name)?;
    Ok(Outcome::Decided { published, summary: Box::new(summary) })
}

/// Publishes the rejected rows alone, under a name that no decided night has.
fn refuse(job: &Job, intake: &Intake, name: &str, fault: Fault) -> Result<Outcome, Fault> {
    let mut draft = Draft::begin(&job.out)?;
    draft.write("rejects.csv", |out| report::write_rejects(&intake.rejects, out))?;
    let published = draft.publish(&format!("{name}-rejects"))?;
    let hint = format!(
        "nothing was decided; the rows are in {}. Mend the export, write a mapping for it, or raise --max-rejects",
        published.folder.join("rejects.csv").display()
    );
    Ok(Outcome::Refused { published, rejects: exports::group(&intake.rejects), fault: fault.hint(hint) })
}
