//! What is decided otherwise than the night before, and why: found by deciding the stored docket of that night with
//! one thing changed at a time.

use rustc_hash::{FxHashMap, FxHashSet};

use arbiter_engine::decide::{Decisions, decide_docket_with};
use arbiter_engine::decision::{DecidedBy, Decision};
use arbiter_model::VERSION;
use arbiter_model::case::Case;
use arbiter_model::docket::Docket;
use arbiter_model::final_decisions::Ruling;
use arbiter_model::instant::Instant;
use arbiter_model::run_record::{DecisionChange, Verdict};
use arbiter_policy::Policy;

use crate::previous::PreviousRun;

/// What was decided tonight, and on what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentRun<'a> {
    /// The cases.
    pub docket: &'a Docket,
    /// The parameters.
    pub policy: &'a Policy,
    /// The as-of.
    pub as_of: Instant,
    /// The decisions.
    pub decisions: &'a Decisions,
}

/// The disputes that are decided otherwise than the night before: those of tonight in the order of the export, then
/// those that were undecided and are not there tonight. What stands does not change.
pub(crate) fn changes(current: &CurrentRun, previous: &PreviousRun) -> Vec<DecisionChange> {
    let old = previous.verdicts();
    let made_now = current.decisions.made.iter().filter(|decision| !matches!(decision.by, DecidedBy::EarlierRun(_)));
    let others: Vec<Other> = made_now
        .filter_map(|decision| {
            let case = decision.at.case(current.docket);
            let (old, new) = (old.get(&*case.dispute.id).cloned(), decision.verdict());
            (old.as_ref() != Some(&new)).then_some(Other { case, decision, old, new })
        })
        .collect();
    let is_puzzling = |other: &&Other| other.obvious_cause().is_none();
    let puzzling: FxHashSet<&str> = others.iter().filter(is_puzzling).map(|other| other.id()).collect();
    let trials = if puzzling.is_empty() { Vec::new() } else { trials(current, previous, &puzzling) };
    let change = |other: Other| DecisionChange {
        causes: other.obvious_cause().map_or_else(|| causes(&trials, &other), |cause| vec![cause.to_owned()]),
        dispute_id: other.id().to_owned(),
        order_id: other.case.order.id.to_string(),
        old: other.old,
    };
    others.into_iter().map(change).chain(vanished(current, previous)).collect()
}

/// A decision of tonight that is another than the night before.
struct Other<'a> {
    case: Case<'a>,
    decision: &'a Decision,
    old: Option<Verdict>,
    new: Verdict,
}

impl<'a> Other<'a> {
    fn id(&self) -> &'a str {
        &self.case.dispute.id
    }

    /// Its cause, where that takes no trial.
    fn obvious_cause(&self) -> Option<&'static str> {
        match (self.decision.by, &self.old) {
            (DecidedBy::Person(_), _) => Some("ruling"),
            (_, None) => Some("new_dispute"),
            _ => None,
        }
    }
}

fn vanished<'a>(current: &'a CurrentRun, previous: &'a PreviousRun) -> impl Iterator<Item = DecisionChange> + 'a {
    let decisions = current.decisions.made.iter();
    let there: FxHashSet<&str> = decisions.map(|decision| &*decision.at.case(current.docket).dispute.id).collect();
    let open = previous.undecided().filter(move |(case, _)| !there.contains(&*case.dispute.id));
    open.map(|(case, verdict)| DecisionChange {
        dispute_id: case.dispute.id.to_string(),
        order_id: case.order.id.to_string(),
        old: Some(verdict),
        causes: vec!["not_in_export".to_owned()],
    })
}

/// One thing that is other tonight, held against what it does.
struct Trial {
    cause: &'static str,
    /// What the night before would have decided with this one thing as it is tonight.
    alone: Verdicts,
    /// What would be decided tonight with this one thing as it was; the program cannot be what it was.
    without: Option<Verdicts>,
}

/// Verdicts of the disputes in question.
type Verdicts = FxHashMap<String, Verdict>;

/// Why a decision is another than the night before.
fn causes(trials: &[Trial], other: &Other) -> Vec<String> {
    let of = |is: &dyn Fn(&Trial) -> bool| -> Vec<String> {
        trials.iter().filter(|trial| is(trial)).map(|trial| trial.cause.to_owned()).collect()
    };
    let gives_it = |verdicts: &Verdicts| verdicts.get(other.id()) == Some(&other.new);
    let alone = of(&|trial| gives_it(&trial.alone));
    if alone.iter().any(|cause| cause == PROGRAM_VERSION) {
        // The other trials were made by this version too, so they cannot tell more.
        return vec![PROGRAM_VERSION.to_owned()];
    }
    if !alone.is_empty() {
        return alone;
    }
    // None of them suffices: they do it together, each of them needed.
    let needed = of(&|trial| !trial.without.as_ref().is_some_and(gives_it));
    if needed.is_empty() { of(&|_| true) } else { needed }
}

const PROGRAM_VERSION: &str = "program_version";

/// What a night is decided with.
#[derive(Clone, Copy)]
struct With<'a> {
    docket: &'a Docket,
    rulings: &'a [Ruling],
    policy: &'a Policy,
    as_of: Instant,
}

impl With<'_> {
    fn verdicts(self, of: &FxHashSet<&str>) -> Verdicts {
        let decisions = decide_docket_with(self.docket, self.rulings, self.policy, self.as_of);
        let id = |decision: &Decision| {
            &self.docket.orders[decision.at.order as usize].disputes[decision.at.dispute as usize].id
        };
        let asked = decisions.made.iter().filter(|decision| of.contains(&**id(decision)));
        asked.map(|decision| (id(decision).to_string(), decision.verdict())).collect()
    }
}

fn trials(current: &CurrentRun, previous: &PreviousRun, of: &FxHashSet<&str>) -> Vec<Trial> {
    let (docket, policy, as_of) = (&previous.snapshot.docket, &previous.policy, previous.snapshot.record.as_of);
    let then = With { docket, rulings: &docket.rulings, policy, as_of };
    let now =
        With { docket: current.docket, rulings: &current.docket.rulings, policy: current.policy, as_of: current.as_of };
    let trial = |cause, alone: With, without: With| Trial {
        cause,
        alone: alone.verdicts(of),
        without: Some(without.verdicts(of)),
    };
    let mut trials = vec![trial("new_data", With { docket: now.docket, ..then }, With { docket: then.docket, ..now })];
    if now.rulings != then.rulings {
        trials.push(trial("ruling", With { rulings: now.rulings, ..then }, With { rulings: then.rulings, ..now }));
    }
    if now.as_of != then.as_of {
        trials.push(trial("passing_time", With { as_of: now.as_of, ..then }, With { as_of: then.as_of, ..now }));
    }
    if now.policy.hash() != then.policy.hash() {
        trials.push(trial(
            "changed_parameters",
            With { policy: now.policy, ..then },
            With { policy: then.policy, ..now },
        ));
    }
    if previous.snapshot.record.version != VERSION {
        trials.push(Trial { cause: PROGRAM_VERSION, alone: then.verdicts(of), without: None });
    }
    trials
}
