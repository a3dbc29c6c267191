//! One decision, taken apart: the facts with the lines they came from, the rules that were asked with
//! their tests, the dates, the parameters, the arithmetic, and what would have changed the outcome.
//!
//! What is shown of the rules is the evaluation that decided, recorded while it is made.

mod buyer;
mod dates;
mod decision;
mod facts;
pub mod flip;
mod inquiry;
mod ladder;
mod parameters;
mod reckoning;
mod text;

use serde::Serialize;

use crate::decision::Decision;
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_policy::ParameterValue;
use arbiter_rules::{self as rules, Evaluation};

pub use buyer::{BuyerShown, CountedDispute, ThresholdShown};
pub use dates::DateShown;
pub use decision::{DecisionShown, EarlierDispute, NextShown};
pub use facts::{EventShown, FactShown, RowShown};
pub use flip::{Flip, FlipShown};
pub use inquiry::Inquiry;
pub use ladder::{ParameterShown, RuleShown, SideShown, TestShown};
pub use reckoning::ReckoningLine;

/// How one dispute was decided, for people and for machines.
///
/// The JSON of `arbiter explain --json` is this, field by field. Amounts and shares are strings, in the
/// order's currency; times are in UTC; what is not stated is null. New fields may be added; those that
/// are there keep their names and their meaning.
#[derive(Debug, Serialize)]
pub struct Explanation<'a> {
    /// The dispute.
    pub dispute_id: &'a str,
    /// The order it is about.
    pub order_id: &'a str,
    /// Of every amount.
    pub currency: &'static str,
    /// Decided as the world stood at this instant.
    pub as_of: Instant,
    /// What was decided.
    pub decision: DecisionShown,
    /// The order's facts.
    pub order: RowShown<'a>,
    /// The dispute's facts.
    pub dispute: RowShown<'a>,
    /// The order's tracking, in the order of the export.
    pub tracking: Vec<EventShown<'a>>,
    /// The dates that are worked out from the facts.
    pub dates: Vec<DateShown>,
    /// The rules that were asked, in their order, up to the first that held, which is the last.
    pub ladder: Vec<RuleShown<'a>>,
    /// What the award still had to pass; empty where there was none.
    pub reviews: Vec<RuleShown<'a>>,
    /// How the award was worked out, step by step; empty where there was none. The last line is the award.
    pub reckoning: Vec<ReckoningLine>,
    /// The parameters that the rules asked for, with their versions and sources.
    pub parameters: Vec<ParameterValue>,
    /// The record of who opened the dispute.
    pub buyer: BuyerShown<'a>,
    /// Earlier disputes of the same order, and what they took.
    pub earlier: Vec<EarlierDispute<'a>>,
    /// What follows.
    pub next: NextShown,
    /// What would have changed the outcome: of each kind the smallest changes first.
    pub flips: Vec<FlipShown>,
}

impl Inquiry<'_> {
    /// How the dispute of an id was decided.
    ///
    /// # Errors
    ///
    /// There is no such dispute, its row was rejected, or it was not open yet.
    pub fn explain(&self, id: &str) -> Result<Explanation<'_>, Fault> {
        self.decision(id).map(|decision| self.explanation(decision))
    }

    /// How a dispute was decided.
    pub fn explanation(&self, decision: &Decision) -> Explanation<'_> {
        let evaluation = decision.evaluation(self.docket, self.policy, self.as_of);
        let trace = rules::trace(&evaluation);
        let Evaluation { case, .. } = evaluation;
        let (ladder, reviews) = ladder::shown(self, &evaluation, &trace);
        Explanation {
            dispute_id: &case.dispute.id,
            order_id: &case.order.id,
            currency: case.order.currency.code(),
            as_of: self.as_of,
            decision: decision::decision(self, &evaluation, decision),
            order: facts::order(self, &evaluation),
            dispute: facts::dispute(self, &evaluation),
            tracking: facts::tracking(self, &evaluation),
            dates: dates::dates(&evaluation),
            ladder,
            reviews,
            reckoning: reckoning::reckoning(&evaluation, &trace.finding),
            parameters: parameters::used(self, &evaluation, &trace),
            buyer: buyer::record(self, decision),
            earlier: decision::earlier(self, decision),
            next: decision::next(decision),
            flips: flip::flips(self.docket, self.policy, self.as_of, self.decisions, decision)
                .iter()
                .map(FlipShown::of)
                .collect(),
        }
    }
}
