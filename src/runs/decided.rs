//! A night decided: from all that a run knows to decisions and books that balance.

use arbiter_engine::decide::{Decisions, decide_docket};
use arbiter_engine::drift::{Drift, drift};
use arbiter_engine::ledger::Ledger;
use arbiter_engine::rulings::RefusedRuling;
use arbiter_model::VERSION;
use arbiter_model::exports::{Cause, Exports, Reject};
use arbiter_model::fault::Fault;
use arbiter_model::run_record::SincePrevious;
use arbiter_policy::Policy;
use arbiter_report::{self as report, Run};

use crate::changes::{CurrentRun, changes};
use crate::previous::PreviousRun;
use crate::snapshot::Snapshot;

/// A night that is decided and not written yet.
#[derive(Debug)]
pub struct DecidedRun {
    stored: Snapshot,
    decisions: Decisions,
    ledger: Ledger,
    drift: Vec<Drift>,
    /// What the exports were, with the rulings that could not be put into effect among the rejected.
    exports: Exports,
    rejects: Vec<Reject>,
}

impl DecidedRun {
    /// Decides what was read, tells what has changed since the night before, and closes the books.
    ///
    /// # Errors
    ///
    /// The books do not balance: a defect of this program.
    pub fn after(mut stored: Snapshot, policy: &Policy, previous: Option<&PreviousRun>) -> Result<Self, Fault> {
        let (docket, as_of) = (&stored.docket, stored.beside.as_of);
        let decisions = decide_docket(docket, policy, as_of);
        stored.beside.before = previous.map(|previous| {
            let tonight = CurrentRun { docket, policy, as_of, decisions: &decisions };
            SincePrevious { run: previous.name.clone(), changes: changes(&tonight, previous) }
        });
        Self::close(stored, policy, decisions)
    }

    /// Decides a stored docket anew. Where it is decided as it was, what had changed since the night before is what it
    /// was; otherwise there is no such night.
    ///
    /// # Errors
    ///
    /// The books do not balance: a defect of this program.
    pub fn of_stored(mut stored: Snapshot, policy: &Policy) -> Result<Self, Fault> {
        if !stored.is_as_it_was(stored.beside.as_of, policy) {
            stored.beside.before = None;
        }
        let decisions = decide_docket(&stored.docket, policy, stored.beside.as_of);
        Self::close(stored, policy, decisions)
    }

    fn close(mut stored: Snapshot, policy: &Policy, decisions: Decisions) -> Result<Self, Fault> {
        stored.beside.parameters = policy.hash();
        VERSION.clone_into(&mut stored.beside.version);
        let ledger = Ledger::close(&stored.docket, &decisions)?;
        let drift = drift(&stored.docket, &decisions, policy, stored.beside.as_of);
        let (mut exports, mut rejects) = (stored.beside.exports.clone(), stored.beside.rejects.clone());
        for refused in &decisions.refused {
            reject(refused, &stored, &mut exports, &mut rejects);
        }
        if let Some(rulings) = &exports.rulings {
            let is_ruling = |reject: &Reject| rulings.files.iter().any(|file| *file.file == *reject.file);
            let first = rejects.iter().position(is_ruling).unwrap_or(rejects.len());
            rejects[first..].sort_by_key(|reject| reject.line);
        }
        Ok(Self { stored, decisions, ledger, drift, exports, rejects })
    }

    /// Everything that the reports tell.
    pub fn night<'a>(&'a self, policy: &'a Policy) -> Run<'a> {
        Run {
            as_of: self.stored.beside.as_of,
            policy,
            docket: &self.stored.docket,
            decisions: &self.decisions,
            ledger: &self.ledger,
            rejects: &self.rejects,
            exports: &self.exports,
            drift: &self.drift,
            beside: &self.stored.beside,
        }
    }

    /// The name of the folder that it is published under.
    pub fn folder_name(&self, policy: &Policy) -> String {
        let before = self.stored.beside.before.as_ref().map(|before| &*before.run);
        report::folder_name(self.stored.beside.as_of, &self.exports, policy, before)
    }
}

/// A ruling that could not be put into effect is a rejected row.
fn reject(refused: &RefusedRuling, stored: &Snapshot, exports: &mut Exports, rejects: &mut Vec<Reject>) {
    let origin = stored.docket.rulings[refused.number as usize].origin;
    let file = stored.docket.sources.get(origin.file as usize).map_or("", String::as_str);
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
