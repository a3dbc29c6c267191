//! The dates that are worked out from the facts, each with how.

use serde::Serialize;

use arbiter_model::instant::Instant;
use arbiter_rules::{Evaluation, path};

/// A date that is worked out.
#[derive(Debug, Serialize)]
pub struct DateShown {
    /// Its name, as the tests call it.
    pub name: &'static str,
    /// The date; null where it is not known.
    pub at: Option<Instant>,
    /// Where it comes from, in words.
    pub working: String,
}

/// The dates of an evaluation, in the order in which they rest on each other.
pub(super) fn dates(e: &Evaluation) -> Vec<DateShown> {
    let shown = |name, at, working: String| DateShown { name, at, working };
    let mut dates = vec![
        shown("shipment", e.shipment, shipment(e)),
        shown("protection_end", e.protection_end, protection(e)),
        shown("receipt", e.receipt, receipt(e)),
        shown("start", Some(e.start), start(e)),
    ];
    if e.case.dispute.exported.responses {
        let days = e.terms.seller_silent.days;
        let answer = format!("the seller may answer until then: the start + {days} ({})", path!(seller_silent.days));
        dates.push(shown("answer_deadline", Some(e.answer_deadline), answer));
    }
    if let Some(manual) = e.manual_escalation {
        dates.push(shown("manual_escalation", Some(manual), manual_escalation(e)));
    }
    dates.push(shown("escalation", Some(e.escalation), escalation(e)));
    dates
}

fn shipment(e: &Evaluation) -> String {
    match e.shipment {
        None => "neither the seller, the carrier nor the buyer says that the parcel left",
        Some(_) if e.happened(e.case.order.shipped_at).is_some() => "shipped_at",
        Some(_) if e.history.first_parcel.is_some() => "the earliest parcel event",
        Some(_) => "the buyer confirmed receipt",
    }
    .to_owned()
}

fn protection(e: &Evaluation) -> String {
    match (e.case.order.protection_ends_at, e.shipment) {
        (Some(_), _) => "protection_ends_at".to_owned(),
        (None, Some(_)) => format!("the shipment + {} ({})", e.terms.protection.days, path!(protection.days)),
        (None, None) => "not known without a shipment".to_owned(),
    }
}

fn receipt(e: &Evaluation) -> String {
    match e.receipt {
        None => "neither delivered in the destination country nor confirmed",
        Some(at) if e.history.delivered == Some(at) => "delivered in the destination country",
        Some(_) => "confirmed_at",
    }
    .to_owned()
}

fn start(e: &Evaluation) -> String {
    let days = e.terms.too_early.days;
    match e.shipment {
        None => "opened_at, as no shipment is known".to_owned(),
        Some(_) if e.start == e.case.dispute.opened_at => {
            format!("opened_at, not before the shipment + {days} ({})", path!(too_early.days))
        }
        Some(_) => format!("the shipment + {days} ({}), after opened_at", path!(too_early.days)),
    }
}

fn manual_escalation(e: &Evaluation) -> String {
    match e.case.dispute.escalated_at == e.manual_escalation {
        true => "escalated_at".to_owned(),
        false => {
            let (days, path) = (e.terms.escalation.manual_days, path!(escalation.manual_days));
            format!("the start + {days} ({path}), after escalated_at")
        }
    }
}

fn escalation(e: &Evaluation) -> String {
    let days = e.terms.escalation.automatic_days;
    if !e.case.dispute.exported.responses {
        return "the start: the export knows no responses".to_owned();
    }
    if e.manual_escalation == Some(e.escalation) {
        return "the manual escalation".to_owned();
    }
    let from = if e.escalation == days.after(e.start) { "the start" } else { "the counter-offer" };
    format!("by itself: {from} + {days} ({})", path!(escalation.automatic_days))
}
