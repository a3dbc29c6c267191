//! Decides a marketplace's buyer disputes: three CSV exports in; decisions, books and reports out.
//!
//! ```text
//! orders.csv ───┐
//! tracking.csv ─┼─▶ read ─▶ docket ─▶ decide ─▶ decisions ─▶ books ─▶ reports ─▶ one published folder
//! disputes.csv ─┘    │     (cases and   ▲
//!                 rejects   buyers)   policy
//! ```
//!
//! [`run`] reads like this picture.
//!
//! - `job`: what a run is to do, and what it did;
//! - `root`: the folder that runs are published in, and which of them comes before the next;
//! - `read`: the exports of a run, and the rulings of people;
//! - `previous`: the run before; what it decided stands;
//! - `decided`: a run decided, with what has `changes` since the one before;
//! - `publish`: a run's folder appears whole, or not at all;
//! - [`snapshot`]: what a run decided on, stored with its reports;
//! - `folder` and `stored_run`: which run a folder means, and the run opened again;
//! - [`verify`]: a published run proved.
//!
//! A night from its exports to a folder that proves itself:
//!
//! ```
//! use std::time::Duration;
//!
//! use arbiter_generate::{Plan, generate};
//! use arbiter_intake::{Progress, Reading, Source, Sources};
//! use arbiter_model::Instant;
//! use arbiter_model::exports::MaxRejects;
//! use arbiter_policy::Policy;
//! use arbiter_runs::{Facts, FromExports, Job, RunOutcome, StartFrom, run, verify};
//!
//! struct Silent;
//!
//! impl Progress for Silent {
//!     fn begin(&self, _file: &str, _bytes: u64) {}
//!     fn advance(&self, _bytes: u64) {}
//! }
//!
//! let folder = tempfile::tempdir()?;
//! let as_of = Instant::parse("2026-06-01", chrono_tz::Tz::UTC).expect("a date");
//! let generated = generate(&Plan { orders: 500, seed: 7, as_of }, folder.path())?;
//! let export = |name| vec![Source::File(folder.path().join(name))];
//! let exports = FromExports {
//!     sources: Sources {
//!         orders: export("orders.csv"),
//!         tracking: export("tracking.csv"),
//!         disputes: export("disputes.csv"),
//!     },
//!     reading: Reading::standard(chrono_tz::Tz::UTC),
//!     rulings: Vec::new(),
//!     before: StartFrom::Latest,
//! };
//! let job = Job {
//!     facts: Facts::Exports(Box::new(exports)),
//!     max_rejects: MaxRejects::Rows(0),
//!     as_of,
//!     policy: Policy::standard()?,
//!     out: folder.path().join("runs"),
//!     wait: Duration::ZERO,
//!     keep: None,
//! };
//! let RunOutcome::Decided(published) = run(&job, &Silent)? else { panic!("no row is rejected") };
//! assert!(published.folder.join("decisions.csv").is_file());
//! assert_eq!(verify(&published.folder)?.decided, generated.disputes);
//!
//! // The same night again finds what it published, and writes nothing.
//! let again = run(&job, &Silent)?;
//! assert!(matches!(again, RunOutcome::Decided(again) if again.was_there && again.folder == published.folder));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod changes;
mod currency;
mod decided;
mod folder;
mod job;
mod names;
mod previous;
mod publish;
mod read;
mod root;
pub mod snapshot;
mod stored_run;
mod verify;

use std::path::PathBuf;

use arbiter_intake::Progress;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report as report;

pub use folder::{FolderContent, run_folder};
pub use job::{Facts, FromExports, Job, Published, RunOutcome};
pub use root::StartFrom;
pub use stored_run::{StoredRun, runs_before};
pub use verify::{Verified, verify};

use decided::DecidedRun;
use read::ReadExports;
use root::{Root, RunPlace};

/// Does a run: takes the output folder, reads the facts and the run before, decides every dispute, closes the books,
/// writes the reports and publishes them as one folder.
///
/// The same exports, parameters, as-of and run before give the same bytes, for any number of threads.
///
/// # Errors
///
/// An export or the output folder cannot be used, or a signal came; nothing is published then.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<RunOutcome, Fault> {
    let root = Root::open(&job.out, job.wait, progress)?;
    let (name, decided) = match &job.facts {
        Facts::Docket(snapshot) => {
            let decided = DecidedRun::of_snapshot((**snapshot).clone(), job.as_of, &job.policy)?;
            match root.place_outside_chain(decided.folder_name(&job.policy)) {
                RunPlace::Published(folder) => return unchanged(folder),
                RunPlace::New { name, .. } => (name, decided),
            }
        }
        Facts::Exports(exports) => {
            progress.stage("read");
            let read = ReadExports::of(exports, progress)?;
            if let Some(refused) = read.refused(job, &root)? {
                return Ok(refused);
            }
            progress.stage("take up");
            match root.place(&exports.before, job.as_of, |previous| read.folder_name(job, previous))? {
                RunPlace::Published(folder) => return unchanged(folder),
                RunPlace::New { name, previous } => {
                    let snapshot = read.after(job, previous.as_deref())?;
                    progress.check()?;
                    progress.stage("decide");
                    (name, DecidedRun::after(snapshot, &job.policy, previous.as_deref())?)
                }
            }
        }
    };
    progress.check()?;
    progress.stage("write");
    let draft = root.draft()?;
    let summary = report::write(&decided.as_run(&job.policy), snapshot::FILES, &draft)?;
    progress.check()?;
    progress.stage("publish");
    let folder = root.publish(draft, &name, job.facts.are_exports())?;
    let unfinished = job.keep.and_then(|runs| root.keep(runs).err());
    Ok(RunOutcome::Decided(Published { folder, was_there: false, summary: Box::new(summary), unfinished }))
}

/// A run that has been published before: verified, and left as it is.
fn unchanged(folder: PathBuf) -> Result<RunOutcome, Fault> {
    let verified = verify(&folder).map_err(|fault| {
        fault
            .of_kind(FaultKind::Output)
            .hint("the same run was published before, and was changed since; move its folder away and run again")
    })?;
    Ok(RunOutcome::Decided(Published { folder, was_there: true, summary: verified.summary, unfinished: None }))
}
