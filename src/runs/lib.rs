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
//! pure function for each. What connects one night with the next is in [`nights`], with the decisions that
//! stand in [`register`]; [`stored`] keeps a run's docket beside its reports. Questions about decisions are
//! asked of the same cases: why, in [`explain`], and what if, in [`whatif`].

mod changes;
mod currency;
mod decided;
mod folder;
mod previous;
mod publish;
mod root;
pub mod snapshot;
mod stored_run;
mod verify;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use arbiter_intake::{self as intake, Intake, Progress, Reading, Source, Sources};
use arbiter_model::VERSION;
use arbiter_model::exports::{self, MaxRejects, RejectGroup};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_model::run_record::RunRecord;
use arbiter_policy::Policy;
use arbiter_report::{self as report, Shelf, Summary};

pub use folder::{FolderContent, run_folder};
pub use previous::PreviousRun;
pub use root::{Place, Root, StartFrom};
pub use snapshot::{Snapshot, read as read_stored, write as write_stored};
pub use stored_run::{StoredRun, runs_before};
pub use verify::{Verified, verify};

use decided::DecidedRun;

/// One run to be done.
#[derive(Clone, Debug)]
pub struct Job {
    /// What it decides on.
    pub facts: Facts,
    /// How many rejected disputes the run puts up with.
    pub max_rejects: MaxRejects,
    /// The instant to decide as of.
    pub as_of: Instant,
    /// The parameters.
    pub policy: Policy,
    /// The folder that the run's folder goes into.
    pub out: PathBuf,
    /// How long to wait where another run is at work there.
    pub wait: Duration,
    /// How many runs to keep; all, where it is not said.
    pub keep: Option<NonZeroU32>,
}

/// Where the facts of a run come from.
#[derive(Clone, Debug)]
pub enum Facts {
    /// From tonight's exports.
    Exports(Box<FromExports>),
    /// From the docket of another run, which decided on the same.
    Docket(Box<Snapshot>),
}

/// Tonight's exports, and what else a night begins with.
#[derive(Clone, Debug)]
pub struct FromExports {
    /// The exports.
    pub sources: Sources,
    /// How they are to be read.
    pub reading: Reading,
    /// What people have ruled, where there is such a file.
    pub rulings: Vec<Source>,
    /// From which run the night starts.
    pub before: StartFrom,
}

/// What a run did.
#[derive(Clone, Debug)]
pub enum RunOutcome {
    /// It decided, and its folder is published.
    Decided(Published),
    /// Too many rows were rejected: nothing was decided, and only these rows are published.
    Refused {
        /// Where they are.
        folder: PathBuf,
        /// What is wrong with them.
        rejects: Vec<RejectGroup>,
        /// Why nothing was decided.
        fault: Fault,
    },
}

/// A run that is published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its folder.
    pub folder: PathBuf,
    /// The very same run had been published before; it was verified, and nothing was written.
    pub was_there: bool,
    /// The night at a glance.
    pub summary: Box<Summary>,
    /// What could not be done once it was published: old runs that are still there.
    pub unfinished: Option<Fault>,
}

/// What the name of a folder ends with that holds rejected rows alone.
pub const REJECTS_ONLY: &str = "-rejects";

/// Decides a night: takes the output folder, reads the facts and the night before, decides every dispute, closes the
/// books, writes the reports and publishes them as one folder.
///
/// The same exports, parameters, as-of and night before give the same bytes, for any number of threads.
///
/// # Errors
///
/// An export or the output folder cannot be used, or a signal came; nothing is published then.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<RunOutcome, Fault> {
    let root = Root::open(&job.out, job.wait, progress)?;
    let decided = match &job.facts {
        Facts::Docket(stored) => rehear(job, &root, (**stored).clone())?,
        Facts::Exports(exports) => {
            let FromExports { sources, reading, rulings, before } = &**exports;
            progress.stage("read");
            let mut intake = intake::read(sources, reading, progress)?;
            let rulings = read_rulings(rulings, reading, &mut intake, progress)?;
            intake.exports.check_lines()?;
            let name_after = |run: Option<&str>| report::folder_name(job.as_of, &intake.exports, &job.policy, run);
            if let Err(fault) = job.max_rejects.check(&intake.exports.disputes) {
                return refuse(&root, &intake, &name_after(None), fault);
            }
            progress.stage("take up");
            let place = root.place(before, job.as_of, name_after)?;
            hear(job, place, intake, rulings, progress)?
        }
    };
    let (name, decided, is_night) = match decided {
        Heard::There(folder) => return Ok(RunOutcome::Decided(found(folder)?)),
        Heard::New { name, decided, is_night } => (name, decided, is_night),
    };
    progress.check()?;
    progress.stage("write");
    let draft = root.draft()?;
    let summary = report::write(&decided.night(&job.policy), snapshot::FILES, &draft)?;
    progress.check()?;
    progress.stage("publish");
    let folder = root.publish(draft, &name, is_night)?;
    let unfinished = job.keep.and_then(|runs| root.keep(runs).err());
    Ok(RunOutcome::Decided(Published { folder, was_there: false, summary: Box::new(summary), unfinished }))
}

/// What came of the facts of a run.
enum Heard {
    /// The run has been published before, in this folder.
    There(PathBuf),
    /// It is decided.
    New {
        name: String,
        decided: Box<DecidedRun>,
        /// Whether it is a night, which the next one starts from.
        is_night: bool,
    },
}

/// Decides on tonight's exports and on what stands from the nights before.
fn hear(
    job: &Job,
    place: Place,
    mut intake: Intake,
    rulings: Option<intake::Rulings>,
    progress: &dyn Progress,
) -> Result<Heard, Fault> {
    let (name, previous) = match place {
        Place::There(folder) => return Ok(Heard::There(folder)),
        Place::New { name, previous } => (name, previous),
    };
    let previous = previous.as_deref();
    intake.docket.final_decisions = previous.map(PreviousRun::final_decisions).unwrap_or_default();
    intake.docket.final_decisions.follow(&intake.docket.orders);
    currency::set_aside_other_currencies(&mut intake);
    if let Some(rulings) = rulings {
        rulings.put_to(&mut intake, &previous.map(PreviousRun::referred).unwrap_or_default());
        intake.exports.check_lines()?;
    }
    progress.check()?;
    progress.stage("decide");
    let decided = DecidedRun::after(stored(job, intake), &job.policy, previous)?;
    Ok(Heard::New { name, decided: Box::new(decided), is_night: true })
}

/// What the name of a folder ends with that was decided from a stored docket, and otherwise than the night that stored
/// it: no night, and nothing that a night is taken for.
pub const TRIAL: &str = "-trial";

/// Decides on the docket of another run. That is no night of its own: no later one starts from it.
fn rehear(job: &Job, root: &Root, mut stored: Snapshot) -> Result<Heard, Fault> {
    let is_as_it_was = stored.is_as_it_was(job.as_of, &job.policy);
    if !is_as_it_was {
        stored.beside.before = None;
        stored.beside.as_of = job.as_of;
    }
    let decided = DecidedRun::of_stored(stored, &job.policy)?;
    let name = format!("{}{}", decided.folder_name(&job.policy), if is_as_it_was { "" } else { TRIAL });
    match root.path(&name) {
        folder if folder.is_dir() => Ok(Heard::There(folder)),
        _ => Ok(Heard::New { name, decided: Box::new(decided), is_night: false }),
    }
}

fn stored(job: &Job, intake: Intake) -> Snapshot {
    let Intake { docket, rejects, exports } = intake;
    let (parameters, version, sources) = (job.policy.hash(), VERSION.to_owned(), docket.sources.clone());
    let beside = RunRecord { as_of: job.as_of, parameters, version, exports, rejects, sources, before: None };
    Snapshot { docket, beside }
}

/// Reads the rulings of people, where there are any; what they are worth shows later.
fn read_rulings(
    sources: &[Source],
    reading: &Reading,
    intake: &mut Intake,
    progress: &dyn Progress,
) -> Result<Option<intake::Rulings>, Fault> {
    if sources.is_empty() {
        return Ok(None);
    }
    let rulings = intake::read_rulings(sources, reading, progress)?;
    intake.exports.rulings = Some(rulings.counted());
    Ok(Some(rulings))
}

/// A run that has been published before: verified, and left as it is.
fn found(folder: PathBuf) -> Result<Published, Fault> {
    let verified = verify(&folder).map_err(|fault| {
        fault
            .of_kind(FaultKind::Output)
            .hint("the same run was published before, and was changed since; move its folder away and run again")
    })?;
    Ok(Published { folder, was_there: true, summary: verified.summary, unfinished: None })
}

/// Publishes the rejected rows alone, under a name that no decided night has.
fn refuse(root: &Root, intake: &Intake, name: &str, fault: Fault) -> Result<RunOutcome, Fault> {
    let name = format!("{name}{REJECTS_ONLY}");
    let folder = root.path(&name);
    if !folder.is_dir() {
        let draft = root.draft()?;
        draft.write("rejects.csv", &|out| report::write_rejects(&intake.rejects, out))?;
        root.publish(draft, &name, false)?;
    }
    let hint = format!(
        "nothing was decided; the rows are in {}. Mend the export, write a mapping for it, or raise --max-rejects",
        folder.join("rejects.csv").display()
    );
    Ok(RunOutcome::Refused { folder, rejects: exports::group(&intake.rejects), fault: fault.hint(hint) })
}
