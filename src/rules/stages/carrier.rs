//! Stage 3: what needs no weighing once a dispute is before the platform: the carrier's own word,
//! and a question that the buyer has not answered.

use arbiter_model::dispute::TrackingStatus;
use arbiter_model::instant::Instant;

use crate::disposition::Disposition;
use crate::evaluation::Evaluation;
use crate::named;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::{PLAIN, Relation, Tracer};
use crate::words::moment;

fn was_last_seen_gone(e: &Evaluation, t: &mut Tracer) -> bool {
    let status = e.history.latest_parcel.map(|event| event.status);
    let gone = matches!(status, Some(TrackingStatus::Returned | TrackingStatus::Lost));
    let code = status.map(TrackingStatus::code);
    t.record(named::LATEST_STATUS.of(code), Relation::IsOneOf, PLAIN.of(named::GONE), gone)
}

/// The carrier says that the parcel will not come.
pub(crate) const PARCEL_RETURNED: Rule = Rule {
    when: "a parcel reason; the parcel was last seen returned to the sender or lost, and the buyer has not confirmed",
    outcome: "all of what is left",
    find: |e, t| {
        let gone = e.is_about_parcel(t) && was_last_seen_gone(e, t) && e.is_unconfirmed(t);
        gone.then(|| e.award_all_of_left())
    },
    tell: |e, f| {
        let Some(latest) = e.history.latest_parcel else { return String::new() };
        let fate = match latest.status {
            TrackingStatus::Lost => "the parcel as lost",
            _ => "that the parcel went back to the sender",
        };
        format!("The carrier reported {fate} on {}, so {}", latest.at.date(), e.refunds(f))
    },
    ..Rule::at(Stage::BeforeMerits, "parcel_returned")
};

/// The carrier says that somebody else has the parcel.
pub(crate) const DELIVERED_ELSEWHERE: Rule = Rule {
    when: "a parcel reason; nothing was received, but a parcel was delivered in another country",
    outcome: "all of what is left",
    scrutinised: true,
    find: |e, t| {
        let elsewhere = e.is_about_parcel(t)
            && t.known(named::DELIVERY_ELSEWHERE.of(e.history.delivered_elsewhere.map(|event| event.at))).is_some()
            && t.unknown(named::RECEIPT.of(e.receipt));
        elsewhere.then(|| e.award_all_of_left())
    },
    tell: |e, f| {
        let delivered = e.history.delivered_elsewhere;
        let (country, day) = match delivered {
            Some(event) => (event.country.map(|c| c.to_string()).unwrap_or_default(), event.at.date().to_string()),
            None => Default::default(),
        };
        let meant = e.case.order.destination.map(|country| format!(", not in {country}")).unwrap_or_default();
        format!("The parcel was delivered in {country} on {day}{meant}, so {}", e.refunds(f))
    },
    ..Rule::at(Stage::BeforeMerits, "delivered_elsewhere")
};

/// The platform's question, and until when the buyer may answer it.
fn question(e: &Evaluation) -> Option<(Instant, Instant)> {
    let asked = e.happened(e.case.dispute.info_requested_at)?;
    Some((asked, e.terms.awaiting_buyer.days.after(asked)))
}

/// Until when the buyer may answer the platform's question, where there is one.
fn is_asked(e: &Evaluation, t: &mut Tracer) -> Option<Instant> {
    t.known(named::INFO_REQUESTED_AT.of(e.happened(e.case.dispute.info_requested_at)))?;
    question(e).map(|(_, until)| until)
}

fn answer(e: &Evaluation) -> Option<Instant> {
    e.happened(e.case.dispute.info_supplied_at)
}

/// The buyer may still answer the platform.
pub(crate) const AWAITING_BUYER: Rule = Rule {
    when: "the platform asked the buyer for more less than `awaiting_buyer.days` ago and has no answer",
    outcome: "pending until then",
    reads: tables![awaiting_buyer],
    find: |e, t| {
        let until = is_asked(e, t)?;
        let awaited = t.unknown(named::INFO_SUPPLIED_AT.of(answer(e))) && e.is_ahead(named::INFO_DEADLINE.of(until), t);
        awaited.then_some(Disposition::Await { until })
    },
    tell: |e, _| match question(e) {
        Some((asked, until)) => format!(
            "The platform asked the buyer for more on {}, and the buyer may answer until {}",
            asked.date(),
            moment(until)
        ),
        None => String::new(),
    },
    ..Rule::at(Stage::BeforeMerits, "awaiting_buyer")
};

/// The buyer did not answer the platform.
pub(crate) const BUYER_UNRESPONSIVE: Rule = Rule {
    when: "the buyer did not answer within those days",
    outcome: "denied",
    reads: tables![awaiting_buyer],
    find: |e, t| {
        let until = is_asked(e, t)?;
        let answered = t.known(named::INFO_SUPPLIED_AT.of(answer(e)));
        let late = |at| t.above(named::INFO_SUPPLIED_AT.of(at), named::INFO_DEADLINE.of(until));
        answered.is_none_or(late).then_some(Disposition::Deny)
    },
    tell: |e, _| match question(e) {
        Some((asked, until)) => format!(
            "The platform asked the buyer for more on {} and had no answer by {} ({}), so the dispute is denied",
            asked.date(),
            moment(until),
            e.terms.awaiting_buyer.days
        ),
        None => String::new(),
    },
    ..Rule::at(Stage::BeforeMerits, "buyer_unresponsive")
};
