//! What was decided, what earlier disputes of the order took, and what follows.

use serde::Serialize;

use crate::decision::{DecidedBy, Decision, Withheld};
use arbiter_model::instant::Instant;
use arbiter_model::outcome::Outcome;
use arbiter_rules::{self as rules, Evaluation, Level, Queue, ReturnState};

use super::Inquiry;

/// The decision.
#[derive(Debug, Serialize)]
pub struct DecisionShown {
    /// What becomes of the money.
    pub outcome: Outcome,
    /// The rule that decided.
    pub rule: &'static str,
    /// What the buyer gets.
    pub award: String,
    /// The award by the price of the goods.
    pub share: String,
    /// What of the award the guarantee fund pays.
    pub guarantee: String,
    /// The award that a review stopped.
    pub withheld: Option<Withheld>,
    /// The level of the buyer's record.
    pub buyer_level: Level,
    /// Notes, as in decisions.csv.
    pub notes: String,
    /// The decision in a sentence.
    pub explanation: String,
}

/// An earlier dispute of the same order.
#[derive(Debug, Serialize)]
pub struct EarlierDispute<'a> {
    /// Its id.
    pub dispute_id: &'a str,
    /// When it was opened.
    pub opened_at: Instant,
    /// What became of it.
    pub outcome: Outcome,
    /// By which rule.
    pub rule: &'static str,
    /// What it took of the order's money.
    pub award: String,
}

/// What follows from the decision.
#[derive(Debug, Serialize)]
pub struct NextShown {
    /// Where the refund goes.
    pub refund_to: Option<&'static str>,
    /// The first day it may arrive.
    pub refund_from: Option<String>,
    /// The last day it may arrive.
    pub refund_by: Option<String>,
    /// What becomes of the goods.
    #[serde(rename = "return")]
    pub returned: ReturnState,
    /// Until when something is awaited.
    pub next_event_at: Option<Instant>,
    /// Who decides what a rule cannot.
    pub queue: Option<Queue>,
}

/// The decision of an evaluation.
pub(super) fn decision(inquiry: &Inquiry, e: &Evaluation, decision: &Decision) -> DecisionShown {
    let explanation = match decision.by {
        DecidedBy::Person(number) => {
            inquiry.docket.rulings[number as usize].told(decision.award, e.case.order.currency)
        }
        DecidedBy::Rules | DecidedBy::EarlierRun(_) => rules::explain(e, &decision.finding),
    };
    DecisionShown {
        outcome: decision.outcome,
        rule: decision.rule().code,
        award: decision.award.to_string(),
        share: decision.award.share_of(e.goods()).to_string(),
        guarantee: decision.guarantee.to_string(),
        withheld: decision.withheld(),
        buyer_level: decision.buyer_level,
        notes: decision.notes.to_string(),
        explanation,
    }
}

/// The disputes of the same order that were decided before.
pub(super) fn earlier<'a>(inquiry: &Inquiry<'a>, decision: &Decision) -> Vec<EarlierDispute<'a>> {
    let is_earlier = |other: &&Decision| other.at.order == decision.at.order && other.at.dispute < decision.at.dispute;
    let mut earlier: Vec<&Decision> = inquiry.decisions.made.iter().filter(is_earlier).collect();
    earlier.sort_by_key(|decision| decision.at.dispute);
    let shown = |decision: &Decision| {
        let dispute = decision.at.case(inquiry.docket).dispute;
        EarlierDispute {
            dispute_id: &dispute.id,
            opened_at: dispute.opened_at,
            outcome: decision.outcome,
            rule: decision.rule().code,
            award: decision.award.to_string(),
        }
    };
    earlier.into_iter().map(shown).collect()
}

/// What follows from a decision.
pub(super) fn next(decision: &Decision) -> NextShown {
    NextShown {
        refund_to: decision.route.map(|route| route.to),
        refund_from: decision.route.map(|route| route.from.to_string()),
        refund_by: decision.route.map(|route| route.by.to_string()),
        returned: decision.returned(),
        next_event_at: decision.next_event_at(),
        queue: decision.queue(),
    }
}
