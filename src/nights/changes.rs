//! What is decided otherwise than the night before, and why: found by deciding the stored docket of that night with
//! one thing changed at a time.

use rustc_hash::FxHashMap;

use crate::arbitrate::{Rulings, arbitrate};
use crate::case::Docket;
use crate::decision::{DecidedBy, Decision};
use crate::instant::Instant;
use crate::policy::Policy;
use crate::report::VERSION;
use crate::stored::{Change, Verdict};

use super::Previous;

/// What was decided tonight, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Tonight<'a> {
    /// The cases.
    pub docket: &'a Docket,
    /// The parameters.
    pub policy: &'a Policy,
    /// The as-of.
    pub as_of: Instant,
    /// The decisions.
    pub rulings: &'a Rulings,
}

impl Verdict {
    /// What a decision of tonight comes to.
    pub fn of(decision: &Decision) -> Self {
        Self {
            outcome: decision.outcome.to_string(),
            rule: decision.rule().code.to_owned(),
            award: decision.award.to_string(),
            next_event_at: decision.next_event_at().map(|at| at.to_string()).unwrap_or_default(),
        }
    }
}

/// The disputes that are decided otherwise than the night before: those of tonight in the order of the export, then
/// those that were undecided and are not there tonight. What stands does not change.
pub fn changes(tonight: &Tonight, previous: &Previous) -> Vec<Change> {
    let old = previous.verdicts();
    let made_tonight =
        tonight.rulings.decisions.iter().filter(|decision| !matches!(decision.by, DecidedBy::EarlierNight(_)));
    let mut causes = Causes { tonight, previous, trials: None };
    let mut changes = Vec::new();
    for decision in made_tonight {
        let case = decision.at.case(tonight.docket);
        let (id, new) = (&*case.dispute.id, Verdict::of(decision));
        let old = old.get(id).cloned();
        if old.as_ref() != Some(&new) {
            let causes = causes.of(id, decision, old.as_ref(), &new).into_iter().map(str::to_owned).collect();
            changes.push(Change { dispute_id: id.to_owned(), order_id: case.order.id.to_string(), old, causes });
        }
    }
    changes.extend(vanished(tonight, previous));
    changes
}

fn vanished<'a>(tonight: &'a Tonight, previous: &'a Previous) -> impl Iterator<Item = Change> + 'a {
    let decisions = tonight.rulings.decisions.iter();
    let there: rustc_hash::FxHashSet<&str> =
        decisions.map(|decision| &*decision.at.case(tonight.docket).dispute.id).collect();
    let open = previous.undecided().filter(move |(case, _)| !there.contains(&*case.dispute.id));
    open.map(|(case, verdict)| Change {
        dispute_id: case.dispute.id.to_string(),
        order_id: case.order.id.to_string(),
        old: Some(verdict),
        causes: vec!["not_in_export".to_owned()],
    })
}

/// Why decisions are others than the night before.
struct Causes<'a> {
    tonight: &'a Tonight<'a>,
    previous: &'a Previous,
    /// Made when the first is asked for: most nights are long, and some are like the one before.
    trials: Option<Vec<Trial>>,
}

/// The night before decided anew with one thing as it is tonight.
struct Trial {
    cause: &'static str,
    verdicts: FxHashMap<String, Verdict>,
}

impl Causes<'_> {
    fn of(&mut self, id: &str, decision: &Decision, old: Option<&Verdict>, new: &Verdict) -> Vec<&'static str> {
        if matches!(decision.by, DecidedBy::Person(_)) {
            return vec!["ruling"];
        }
        if old.is_none() {
            return vec!["new_dispute"];
        }
        let (tonight, previous) = (self.tonight, self.previous);
        let trials = self.trials.get_or_insert_with(|| trials(tonight, previous));
        let alone = trials.iter().filter(|trial| trial.verdicts.get(id) == Some(new)).map(|trial| trial.cause);
        let alone: Vec<_> = alone.collect();
        match alone.is_empty() {
            // None of them suffices: they do it together.
            true => trials.iter().map(|trial| trial.cause).collect(),
            false => alone,
        }
    }
}

fn trials(tonight: &Tonight, previous: &Previous) -> Vec<Trial> {
    let (then, before) = (&previous.stored.docket, previous.stored.beside.as_of);
    let trial = |cause, docket: &Docket, policy: &Policy, as_of| {
        let rulings = arbitrate(docket, policy, as_of);
        let verdict = |decision: &Decision| (decision.at.case(docket).dispute.id.to_string(), Verdict::of(decision));
        Trial { cause, verdicts: rulings.decisions.iter().map(verdict).collect() }
    };
    let mut trials = vec![trial("new_data", tonight.docket, &previous.policy, before)];
    if tonight.as_of != before {
        trials.push(trial("passing_time", then, &previous.policy, tonight.as_of));
    }
    if tonight.policy.hash() != previous.policy.hash() {
        trials.push(trial("changed_parameters", then, tonight.policy, before));
    }
    if previous.stored.beside.version != VERSION {
        trials.push(trial("program_version", then, &previous.policy, before));
    }
    trials
}
