//! A run decided: from all that a run knows to decisions and books that balance.

use arbiter_engine::decide::{Decisions, decide_docket};
use arbiter_engine::drift::{Drift, drift};
use arbiter_engine::ledger::Ledger;
use arbiter_engine::rulings::RefusedRuling;
use arbiter_model::VERSION;
use arbiter_model::exports::{Cause, Exports, Reject};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_model::run_record::SincePrevious;
use arbiter_policy::Policy;
use arbiter_report::{self as report, Run};

use crate::changes::{CurrentRun, changes};
use crate::names::TRIAL;
use crate::previous::PreviousRun;
use crate::snapshot::Snapshot;

/// A run that is decided and not written yet.
#[derive(Debug)]
pub(crate) struct DecidedRun {
    snapshot: Snapshot,
    decisions: Decisions,
    ledger: Ledger,
    drift: Vec<Drift>,
    /// What the exports were, with the rulings that could not be put into effect among the rejected.
    exports: Exports,
    rejects: Vec<Reject>,
    /// Whether a stored docket is decided otherwise than it was.
    is_trial: bool,
}

impl DecidedRun {
    /// Decides what was read, tells what has changed since the run before, and closes the books.
    ///
    /// # Errors
    ///
    /// The books do not balance: a defect of this program.
    pub(crate) fn after(
        mut snapshot: Snapshot,
        policy: &Policy,
        previous: Option<&PreviousRun>,
    ) -> Result<Self, Fault> {
        let (docket, as_of) = (&snapshot.docket, snapshot.record.as_of);
        let decisions = decide_docket(docket, policy, as_of);
        snapshot.record.before = previous.map(|previous| {
            let current = CurrentRun { docket, policy, as_of, decisions: &decisions };
            SincePrevious { run: previous.name.clone(), changes: changes(&current, previous) }
        });
        Self::close(snapshot, policy, decisions)
    }

    /// Decides a stored docket anew. Where it is decided as it was, what had changed since the run before is what it
    /// was; otherwise it is a trial, which comes after no run.
    ///
    /// # Errors
    ///
    /// The books do not balance: a defect of this program.
    pub(crate) fn of_snapshot(mut snapshot: Snapshot, as_of: Instant, policy: &Policy) -> Result<Self, Fault> {
        let is_trial = !snapshot.is_as_it_was(as_of, policy);
        if is_trial {
            snapshot.record.before = None;
            snapshot.record.as_of = as_of;
        }
        let decisions = decide_docket(&snapshot.docket, policy, as_of);
        Ok(Self { is_trial, ..Self::close(snapshot, policy, decisions)? })
    }

    fn close(mut snapshot: Snapshot, policy: &Policy, decisions: Decisions) -> Result<Self, Fault> {
        snapshot.record.parameters = policy.hash();
        VERSION.clone_into(&mut snapshot.record.version);
        let ledger = Ledger::close(&snapshot.docket, &decisions)?;
        let drift = drift(&snapshot.docket, &decisions, policy, snapshot.record.as_of);
        let (mut exports, mut rejects) = (snapshot.record.exports.clone(), snapshot.record.rejects.clone());
        for refused in &decisions.refused {
            reject(refused, &snapshot, &mut exports, &mut rejects);
        }
        if let Some(rulings) = &exports.rulings {
            let is_ruling = |reject: &Reject| rulings.files.iter().any(|file| *file.file == *reject.file);
            let first = rejects.iter().position(is_ruling).unwrap_or(rejects.len());
            rejects[first..].sort_by_key(|reject| reject.line);
        }
        Ok(Self { snapshot, decisions, ledger, drift, exports, rejects, is_trial: false })
    }

    /// Everything that the reports tell.
    pub(crate) fn as_run<'a>(&'a self, policy: &'a Policy) -> Run<'a> {
        Run {
            as_of: self.snapshot.record.as_of,
            policy,
            docket: &self.snapshot.docket,
            decisions: &self.decisions,
            ledger: &self.ledger,
            rejects: &self.rejects,
            exports: &self.exports,
            drift: &self.drift,
            record: &self.snapshot.record,
        }
    }

    /// The name of the folder that a run of its docket is published under: its own where it is decided as it was, and
    /// that of a trial otherwise, which no run starts from.
    pub(crate) fn folder_name(&self, policy: &Policy) -> String {
        let record = &self.snapshot.record;
        let before = record.before.as_ref().map(|before| &*before.run);
        let name = report::folder_name(record.as_of, &self.exports, policy, before);
        format!("{name}{}", if self.is_trial { TRIAL } else { "" })
    }
}

/// A ruling that could not be put into effect is a rejected row.
fn reject(refused: &RefusedRuling, snapshot: &Snapshot, exports: &mut Exports, rejects: &mut Vec<Reject>) {
    let origin = snapshot.docket.rulings[refused.number as usize].origin;
    let file = snapshot.docket.sources.get(origin.file as usize).map_or("", String::as_str);
    rejects.push(Reject {
        file: file.into(),
        line: origin.line.into(),
        column: refused.column.into(),
        value: refused.value.as_str().into(),
        expected: refused.expected.as_str().into(),
        cause: Cause::Contradiction,
        fix: None,
        dispute: None,
        holds_order: None,
    });
    if let Some(rulings) = &mut exports.rulings {
        rulings.reject_record(file);
    }
}
