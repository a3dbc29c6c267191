//! Drift: decisions that stand although tonight's facts would decide otherwise. A person looks at these.

use rayon::prelude::*;

use crate::decide::Decisions;
use crate::decision::{DecidedBy, Decision};
use arbiter_model::case::{Case, Docket, FACT_END};
use arbiter_model::final_decisions::FinalDecision;
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Evaluation, HUMAN};

/// A decision that stands, and what tonight would say.
#[derive(Clone, Debug)]
pub struct Drift {
    /// Its number among the final ones.
    pub number: u32,
    /// What would be decided on tonight's facts.
    pub now: Decision,
    /// The facts that are others than then: `photos: 0 -> 2`.
    pub facts: Vec<String>,
}

/// The decisions that stand and would be others, in the order of the export. A person's ruling is not held against
/// what the rules would say.
pub fn drift(docket: &Docket, decisions: &Decisions, policy: &Policy, as_of: Instant) -> Vec<Drift> {
    decisions.made.par_iter().filter_map(|decision| drifted(docket, decision, policy, as_of)).collect()
}

fn drifted(docket: &Docket, decision: &Decision, policy: &Policy, as_of: Instant) -> Option<Drift> {
    let DecidedBy::EarlierRun(number) = decision.by else { return None };
    let final_decision = &docket.final_decisions.all()[number as usize];
    let case = decision.at.case(docket);
    if final_decision.rule == HUMAN.code {
        return None;
    }
    let facts = case.facts();
    if *facts == *final_decision.facts {
        return None;
    }
    let (terms, level) = (policy.terms_for(&case, as_of), decision.buyer_level);
    let evaluation = Evaluation::new(case, terms, as_of, level, awarded_before(docket, &case));
    let now = Decision::of(&evaluation, rules::decide(&evaluation), decision.at);
    let is_other = now.outcome != final_decision.outcome
        || now.rule().code != final_decision.rule
        || now.award != final_decision.award;
    is_other.then(|| Drift { number, now, facts: differences(&final_decision.facts, &facts) })
}

/// What the dispute had less then than the export says now: the awards that stand of disputes before it.
fn awarded_before(docket: &Docket, case: &Case) -> Money {
    let spent = docket.final_decisions.spent(case.order);
    let is_before = |final_decision: &&FinalDecision| {
        docket.final_decisions.of_dispute(&case.dispute.id).is_some_and(|own| {
            let own = &docket.final_decisions.all()[own as usize];
            (final_decision.decided_at, final_decision.dispute_id.as_bytes())
                < (own.decided_at, own.dispute_id.as_bytes())
        })
    };
    let awards = docket.final_decisions.of_order(&case.order.id).filter(is_before);
    let awards = awards.filter(|final_decision| final_decision.currency == case.order.currency);
    awards.fold(spent.by_others - case.order.refunded_total, |sum, final_decision| sum + final_decision.award)
}

/// The facts that differ: those that changed, came or went.
fn differences(then: &str, now: &str) -> Vec<String> {
    let split = |facts: &str| -> Vec<(String, String)> {
        let facts = facts.split(FACT_END).filter_map(|fact| fact.split_once(": "));
        facts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let (then, now) = (split(then), split(now));
    let gone = then.iter().filter(|fact| !now.contains(fact));
    let come = now.iter().filter(|fact| !then.contains(fact));
    // Of a fact that there is one of, old and new value stand together; events only come and go.
    let is_single = |name: &str| !name.starts_with("event ");
    let new_value = |name: &str| now.iter().find(|(other, _)| is_single(name) && other == name);
    let old_value = |name: &str| then.iter().any(|(other, _)| is_single(name) && other == name);
    let gone = gone.map(|(name, value)| match new_value(name) {
        Some((_, new)) => format!("{name}: {value} -> {new}"),
        None => format!("{name}: {value} -> none"),
    });
    let come = come.filter(|(name, _)| !old_value(name)).map(|(name, value)| format!("{name}: none -> {value}"));
    gone.chain(come).collect()
}
