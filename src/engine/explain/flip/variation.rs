//! A case that can be changed and evaluated again: copies of its facts and of the parameters it is decided
//! under. The buyer's record and the awards to earlier disputes stay as they are.

use crate::buyers::BuyerRating;
use crate::decide::Decisions;
use crate::decision::Decision;
use arbiter_model::case::Case;
use arbiter_model::dispute::{Dispute, Order, TrackingEvent};
use arbiter_model::docket::Docket;
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Evaluation, Finding, Level, SerialDisputer, Terms, Test, Trace, Value};

/// The facts of a case, to be changed.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub order: Order,
    pub events: Vec<TrackingEvent>,
    pub dispute: Dispute,
}

/// The parameters of a case, to be changed.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub terms: Terms,
    /// Those of the run, by which the level of the buyer's record is found.
    pub serial: SerialDisputer,
}

/// What a case comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    pub award: Money,
}

/// One test, as far as the search for the next change needs it: how it came out, and how far it was from
/// coming out otherwise, in the unit of what was compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub holds: bool,
    pub gap: Option<i128>,
}

/// A case, evaluated as it is now.
pub(super) struct Evaluated {
    pub verdict: Verdict,
    pub marks: Vec<Mark>,
}

impl Evaluated {
    /// Whether every test came out the same way, so that both went the same way through the rules.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.marks.len() == other.marks.len()
            && self.marks.iter().zip(&other.marks).all(|(mark, other)| mark.holds == other.holds)
    }
}

/// A case that can be changed and evaluated again.
pub(super) struct Variation<'a> {
    policy: &'a Policy,
    as_of: Instant,
    level: Level,
    rating: BuyerRating,
    awarded_before: Money,
    original: Case<'a>,
    original_terms: &'a Terms,
    /// The prices at which another segment of parameters may begin.
    price_bounds: Vec<Money>,
    pub facts: Facts,
    /// The parameters, where they are not the policy's.
    pub changed: Option<Parameters>,
}

impl<'a> Variation<'a> {
    pub(super) fn of(
        docket: &'a Docket,
        policy: &'a Policy,
        as_of: Instant,
        decisions: &Decisions,
        decision: &Decision,
    ) -> Self {
        let original = decision.at.case(docket);
        let disputant = docket.orders[decision.at.order as usize].disputants[decision.at.dispute as usize];
        Self {
            policy,
            as_of,
            level: decision.buyer_level,
            rating: decisions.buyers[disputant as usize],
            awarded_before: decision.awarded_before,
            original,
            original_terms: policy.terms_for(&original, as_of),
            price_bounds: policy.price_bounds(),
            facts: Facts {
                order: original.order.clone(),
                events: original.events.to_vec(),
                dispute: original.dispute.clone(),
            },
            changed: None,
        }
    }

    pub(super) fn as_of(&self) -> Instant {
        self.as_of
    }

    pub(super) fn original(&self) -> Case<'a> {
        self.original
    }

    /// Takes back every change of the facts.
    pub(super) fn reset_facts(&mut self) {
        self.facts.order.clone_from(self.original.order);
        self.facts.events.clear();
        self.facts.events.extend_from_slice(self.original.events);
        self.facts.dispute.clone_from(self.original.dispute);
    }

    /// The parameters of the case as they are.
    pub(super) fn parameters(&self) -> Parameters {
        let serial = self.policy.terms_of_run(self.as_of).serial_disputer.clone();
        Parameters { terms: self.original_terms.clone(), serial }
    }

    /// Evaluates the case as it is now.
    pub(super) fn evaluate(&self) -> Evaluated {
        self.with_evaluation(|evaluation| self.evaluated(evaluation, &rules::trace(evaluation)))
    }

    /// What was evaluated, as far as the search needs it.
    pub(super) fn evaluated(&self, evaluation: &Evaluation, trace: &Trace) -> Evaluated {
        Evaluated { verdict: verdict(evaluation, &trace.finding), marks: self.marks(evaluation, trace) }
    }

    /// Decides the case as it stands now.
    pub(super) fn decide(&self) -> Verdict {
        self.with_evaluation(|evaluation| verdict(evaluation, &rules::decide(evaluation)))
    }

    /// Looks at the case as it stands now.
    pub(super) fn with_evaluation<T>(&self, look: impl FnOnce(&Evaluation) -> T) -> T {
        let Facts { order, events, dispute } = &self.facts;
        let case = Case { dispute, order, events };
        let (terms, level) = match &self.changed {
            Some(changed) => (&changed.terms, self.level_under(&changed.serial)),
            None => (self.policy.terms_for(&case, self.as_of), self.level),
        };
        look(&Evaluation::new(case, terms, self.as_of, level, self.awarded_before))
    }

    /// The level of the buyer's record under other thresholds.
    fn level_under(&self, serial: &SerialDisputer) -> Level {
        self.rating.record.level(serial)
    }

    /// What the tests came out as: those of the rules, and before them those by which an evaluation begins,
    /// where a date comes to count or stops to. Between two changes of these nothing else can change.
    fn marks(&self, evaluation: &Evaluation, trace: &Trace) -> Vec<Mark> {
        let mut marks = Vec::with_capacity(trace.tests().len() + 24);
        let Case { order, dispute, events } = evaluation.case;
        let dates = [
            order.shipped_at,
            order.confirmed_at,
            dispute.response().map(|response| response.at),
            dispute.buyer_accepted_at,
            dispute.escalated_at,
            dispute.info_requested_at,
            dispute.info_supplied_at,
            dispute.withdrawn_at,
        ];
        let dates = dates.into_iter().flatten().chain(events.iter().map(|event| event.at));
        marks.extend(dates.map(|at| Mark::of_dates(at, self.as_of)));
        // A counter-offer restarts the automatic escalation as long as it comes before it.
        let unanswered = evaluation.terms.escalation.automatic_days.after(evaluation.start);
        marks.extend(dispute.response().map(|response| Mark::of_dates(response.at, unanswered)));
        // Turned parameters stay the policy's own for the case.
        let same_terms = self.changed.is_some() || std::ptr::eq(evaluation.terms, self.original_terms);
        marks.push(Mark { holds: same_terms, gap: None });
        marks.extend(self.price_bounds.iter().map(|bound| Mark::of_amounts(order.goods_total, *bound)));
        marks.extend(trace.tests().iter().map(Mark::of));
        let stopped = trace.finding.withheld().map(|(_, award)| award);
        if let Some(award) = trace.finding.award().or(stopped) {
            marks.push(Mark::of_amounts(award.amount, evaluation.left()));
        }
        marks
    }
}

fn verdict(evaluation: &Evaluation, finding: &Finding) -> Verdict {
    let nothing = Money::zero(evaluation.case.order.currency);
    let award = finding.award().map_or(nothing, |award| award.amount);
    Verdict { outcome: finding.outcome(evaluation), award }
}

/// Digits after the point of the amounts in gaps: as many as any currency has.
const GAP_DIGITS: u32 = 4;

impl Mark {
    fn of(test: &Test) -> Self {
        let gap = match (test.left.value, test.right.value) {
            (Value::Instant(left), Value::Instant(right)) => Some(left.nanoseconds_since(right)),
            (Value::Money(left), Value::Money(right)) => Some(left.units_at(GAP_DIGITS) - right.units_at(GAP_DIGITS)),
            (Value::Share(left), Value::Share(right)) => Some(left.beyond(right)),
            (Value::Count(left), Value::Count(right)) => Some(i128::from(left) - i128::from(right)),
            (Value::Number(left), Value::Product { comes_to: right, .. }) => left
                .checked_sub(right)
                .map(|gap| gap.round_dp(6))
                .map(|gap| gap.mantissa() * 10_i128.pow(6 - gap.scale())),
            _ => None,
        };
        Self { holds: test.holds, gap }
    }

    fn of_dates(left: Instant, right: Instant) -> Self {
        Self { holds: left <= right, gap: Some(left.nanoseconds_since(right)) }
    }

    fn of_amounts(left: Money, right: Money) -> Self {
        Self { holds: left >= right, gap: Some(left.units_at(GAP_DIGITS) - right.units_at(GAP_DIGITS)) }
    }
}
