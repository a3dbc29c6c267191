//! Stage 2: what silence settles, and the time the parties have to settle it themselves.

use arbiter_model::instant::Instant;

use crate::disposition::Disposition;
use crate::evaluation::Evaluation;
use crate::named;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::Tracer;
use crate::words::moment;

fn knows_responses(h: &Evaluation, t: &mut Tracer) -> bool {
    t.is(named::RESPONSES_EXPORTED.of(h.case.dispute.exported.responses))
}

fn answered_in_time(h: &Evaluation, t: &mut Tracer) -> bool {
    let answered = t.known(named::RESPONDED_AT.of(h.response.map(|response| response.at)));
    answered.is_some_and(|at| t.at_most(named::RESPONDED_AT.of(at), named::ANSWER_DEADLINE.of(h.answer_deadline)))
}

fn escalated_before_deadline(h: &Evaluation, t: &mut Tracer) -> bool {
    let escalated = t.known(named::MANUAL_ESCALATION.of(h.manual_escalation));
    escalated.is_some_and(|at| t.below(named::MANUAL_ESCALATION.of(at), named::ANSWER_DEADLINE.of(h.answer_deadline)))
}

/// Silence is consent.
pub(crate) const SELLER_SILENT: Rule = Rule {
    when: "no answer within `seller_silent.days` of the start, no escalation by hand before, no tampered evidence",
    outcome: "what was asked, at most what is left",
    reads: tables![seller_silent],
    scrutinised: true,
    find: |h, t| {
        let silent = knows_responses(h, t)
            && !answered_in_time(h, t)
            && !escalated_before_deadline(h, t)
            && t.is_not(named::TAMPERED.of(h.case.dispute.evidence_tampered))
            && h.has_passed(named::ANSWER_DEADLINE.of(h.answer_deadline), t);
        silent.then(|| h.award_asked(h.answer_deadline))
    },
    tell: |h, f| {
        format!(
            "The seller had until {} ({} from {}) to answer and did not, so {}",
            moment(h.answer_deadline),
            h.terms.seller_silent.days,
            h.start.date(),
            h.refunds(f)
        )
    },
    ..Rule::at(Stage::Settlement, "seller_silent")
};

/// The parties still talk.
pub(crate) const NEGOTIATING: Rule = Rule {
    when: "not escalated yet",
    outcome: "pending until the seller's deadline while no answer has come, else until the escalation",
    reads: tables![seller_silent, escalation],
    find: |h, t| {
        let talking = knows_responses(h, t) && h.is_ahead(named::ESCALATION.of(h.escalation), t);
        talking.then(|| Disposition::Await { until: next_turn(h) })
    },
    tell: |h, _| match next_turn(h) == h.answer_deadline && h.response.is_none() {
        true => format!(
            "The dispute of {} is between the parties: the seller may answer until {}",
            h.opened(),
            moment(h.answer_deadline)
        ),
        false => format!(
            "The dispute of {} is between the parties ({}); it goes to the platform on {}",
            h.opened(),
            h.seller_position(),
            moment(h.escalation)
        ),
    },
    ..Rule::at(Stage::Settlement, "negotiating")
};

/// What is awaited next while the parties talk.
fn next_turn(h: &Evaluation) -> Instant {
    let deadline = h.answer_deadline;
    let seller_may_answer = h.response.is_none() && h.as_of < deadline && deadline < h.escalation;
    if seller_may_answer { deadline } else { h.escalation }
}
