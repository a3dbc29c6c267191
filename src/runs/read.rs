//! Exports read for a run: its cases, and what people have ruled about them.

use arbiter_intake::{self as intake, Intake, Progress, RulingsExport};
use arbiter_model::VERSION;
use arbiter_model::exports;
use arbiter_model::fault::Fault;
use arbiter_model::run_record::RunRecord;
use arbiter_report::{self as report, Shelf};

use crate::currency::set_aside_other_currencies;
use crate::job::{FromExports, Job, RunOutcome};
use crate::names::REJECTS_ONLY;
use crate::previous::PreviousRun;
use crate::root::Root;
use crate::snapshot::Snapshot;

/// What was read.
pub(crate) struct ReadExports {
    intake: Intake,
    rulings: Option<RulingsExport>,
}

impl ReadExports {
    /// Reads the exports, and the rulings of people, where there are any; what these are worth shows later.
    ///
    /// # Errors
    ///
    /// One of them cannot be used, or a signal came.
    pub(crate) fn of(exports: &FromExports, progress: &dyn Progress) -> Result<Self, Fault> {
        let FromExports { sources, reading, rulings, .. } = exports;
        let mut intake = intake::read(sources, reading, progress)?;
        let rulings = match rulings.is_empty() {
            true => None,
            false => Some(intake::read_rulings(rulings, reading, progress)?),
        };
        intake.exports.rulings = rulings.as_ref().map(RulingsExport::counted);
        intake.exports.check_lines()?;
        Ok(Self { intake, rulings })
    }

    /// The name of the folder of a run that decides it after another run.
    pub(crate) fn folder_name(&self, job: &Job, previous: Option<&str>) -> String {
        report::folder_name(job.as_of, &self.intake.exports, &job.policy, previous)
    }

    /// Publishes the rejected rows alone, where they are too many, under a name that no decided run has.
    ///
    /// # Errors
    ///
    /// They cannot be written.
    pub(crate) fn refused(&self, job: &Job, root: &Root) -> Result<Option<RunOutcome>, Fault> {
        let Err(fault) = job.max_rejects.check(&self.intake.exports.disputes) else { return Ok(None) };
        let name = format!("{}{REJECTS_ONLY}", self.folder_name(job, None));
        let folder = root.path(&name);
        if !folder.is_dir() {
            let draft = root.draft()?;
            draft.write("rejects.csv", &|out| report::write_rejects(&self.intake.rejects, out))?;
            root.publish(draft, &name, false)?;
        }
        let hint = format!(
            "nothing was decided; the rows are in {}. Mend the export, write a mapping for it, or raise --max-rejects",
            folder.join("rejects.csv").display()
        );
        let rejects = exports::group(&self.intake.rejects);
        Ok(Some(RunOutcome::Refused { folder, rejects, fault: fault.hint(hint) }))
    }

    /// What is to be decided: what was read, with what stands from the runs before, and what people have ruled since.
    ///
    /// # Errors
    ///
    /// The lines of a file are not all accounted for: a defect of this program.
    pub(crate) fn after(self, job: &Job, previous: Option<&PreviousRun>) -> Result<Snapshot, Fault> {
        let Self { mut intake, rulings } = self;
        intake.docket.final_decisions = previous.map(PreviousRun::final_decisions).unwrap_or_default();
        intake.docket.final_decisions.follow(&intake.docket.orders);
        set_aside_other_currencies(&mut intake);
        if let Some(rulings) = rulings {
            rulings.join(&mut intake, &previous.map(PreviousRun::referred).unwrap_or_default());
            intake.exports.check_lines()?;
        }
        let Intake { docket, rejects, exports } = intake;
        let (parameters, version, sources) = (job.policy.hash(), VERSION.to_owned(), docket.sources.clone());
        let record = RunRecord { as_of: job.as_of, parameters, version, exports, rejects, sources, before: None };
        Ok(Snapshot { docket, record })
    }
}
