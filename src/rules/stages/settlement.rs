//! Stage 2: what silence settles, and the time the parties have to settle it themselves.

use arbiter_model::instant::Instant;

use crate::disposition::Disposition;
use crate::evaluation::Evaluation;
use crate::named;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::Tracer;
use crate::words::moment;

fn knows_responses(e: &Evaluation, t: &mut Tracer) -> bool {
    t.is(named::RESPONSES_EXPORTED.of(e.case.dispute.exported.responses))
}

fn answered_in_time(e: &Evaluation, t: &mut Tracer) -> bool {
    let answered = t.known(named::RESPONDED_AT.of(e.response.map(|response| response.at)));
    answered.is_some_and(|at| t.at_most(named::RESPONDED_AT.of(at), named::ANSWER_DEADLINE.of(e.answer_deadline)))
}

fn escalated_before_deadline(e: &Evaluation, t: &mut Tracer) -> bool {
    let escalated = t.known(named::MANUAL_ESCALATION.of(e.manual_escalation));
    escalated.is_some_and(|at| t.below(named::MANUAL_ESCALATION.of(at), named::ANSWER_DEADLINE.of(e.answer_deadline)))
}

/// Silence is consent.
pub(crate) const SELLER_SILENT: Rule = Rule {
    when: "no answer within `seller_silent.days` of the start, no escalation by hand before, no tampered evidence",
    outcome: "what was asked, at most what is left",
    reads: tables![seller_silent],
    scrutinised: true,
    find: |e, t| {
        let silent = knows_responses(e, t)
            && !answered_in_time(e, t)
            && !escalated_before_deadline(e, t)
            && t.is_not(named::TAMPERED.of(e.case.dispute.evidence_tampered))
            && e.has_passed(named::ANSWER_DEADLINE.of(e.answer_deadline), t);
        silent.then(|| e.award_asked(e.answer_deadline))
    },
    tell: |e, f| {
        format!(
            "The seller had until {} ({} from {}) to answer and did not, so {}",
            moment(e.answer_deadline),
            e.terms.seller_silent.days,
            e.start.date(),
            e.refunds(f)
        )
    },
    ..Rule::at(Stage::Settlement, "seller_silent")
};

/// The parties still talk.
pub(crate) const NEGOTIATING: Rule = Rule {
    when: "not escalated yet",
    outcome: "pending until the seller's deadline while no answer has come, else until the escalation",
    reads: tables![seller_silent, escalation],
    find: |e, t| {
        let talking = knows_responses(e, t) && e.is_ahead(named::ESCALATION.of(e.escalation), t);
        talking.then(|| Disposition::Await { until: next_turn(e) })
    },
    tell: |e, _| match next_turn(e) == e.answer_deadline && e.response.is_none() {
        true => format!(
            "The dispute of {} is between the parties: the seller may answer until {}",
            e.opened(),
            moment(e.answer_deadline)
        ),
        false => format!(
            "The dispute of {} is between the parties ({}); it goes to the platform on {}",
            e.opened(),
            e.seller_position(),
            moment(e.escalation)
        ),
    },
    ..Rule::at(Stage::Settlement, "negotiating")
};

/// What is awaited next while the parties talk.
fn next_turn(e: &Evaluation) -> Instant {
    let deadline = e.answer_deadline;
    let seller_may_answer = e.response.is_none() && e.as_of < deadline && deadline < e.escalation;
    if seller_may_answer { deadline } else { e.escalation }
}
