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

/// One thing that is other tonight, held against what it does.
struct Trial {
    cause: &'static str,
    /// What the night before would have decided with this one thing as it is tonight.
    alone: Verdicts,
    /// What would be decided tonight with this one thing as it was; the program cannot be what it was.
    without: Option<Verdicts>,
}

type Verdicts = FxHashMap<String, Verdict>;

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
        let causes = |is: fn(&Trial, &str, &Verdict) -> bool| -> Vec<&'static str> {
            trials.iter().filter(|trial| is(trial, id, new)).map(|trial| trial.cause).collect()
        };
        let alone = causes(|trial, id, new| trial.alone.get(id) == Some(new));
        if alone.contains(&PROGRAM_VERSION) {
            // The other trials were made by this version too, so they cannot tell more.
            return vec![PROGRAM_VERSION];
        }
        if !alone.is_empty() {
            return alone;
        }
        // None of them suffices: they do it together, each of them needed.
        let needed = causes(|trial, id, new| trial.without.as_ref().is_none_or(|without| without.get(id) != Some(new)));
        if needed.is_empty() { trials.iter().map(|trial| trial.cause).collect() } else { needed }
    }
}

const PROGRAM_VERSION: &str = "program_version";

/// What a night is decided with.
#[derive(Clone, Copy)]
struct With<'a> {
    docket: &'a Docket,
    policy: &'a Policy,
    as_of: Instant,
}

impl With<'_> {
    fn verdicts(self) -> Verdicts {
        let rulings = arbitrate(self.docket, self.policy, self.as_of);
        let verdict =
            |decision: &Decision| (decision.at.case(self.docket).dispute.id.to_string(), Verdict::of(decision));
        rulings.decisions.iter().map(verdict).collect()
    }
}

fn trials(tonight: &Tonight, previous: &Previous) -> Vec<Trial> {
    let (docket, policy, as_of) = (&previous.stored.docket, &previous.policy, previous.stored.beside.as_of);
    let then = With { docket, policy, as_of };
    let now = With { docket: tonight.docket, policy: tonight.policy, as_of: tonight.as_of };
    let trial =
        |cause, alone: With, without: With| Trial { cause, alone: alone.verdicts(), without: Some(without.verdicts()) };
    let mut trials = vec![trial("new_data", With { docket: now.docket, ..then }, With { docket: then.docket, ..now })];
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
    if previous.stored.beside.version != VERSION {
        trials.push(Trial { cause: PROGRAM_VERSION, alone: then.verdicts(), without: None });
    }
    trials
}
