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

/// The dates of a evaluation, in the order in which they rest on each other.
pub(super) fn dates(h: &Evaluation) -> Vec<DateShown> {
    let shown = |name, at, working: String| DateShown { name, at, working };
    let mut dates = vec![
        shown("shipment", h.shipment, shipment(h)),
        shown("protection_end", h.protection_end, protection(h)),
        shown("receipt", h.receipt, receipt(h)),
        shown("start", Some(h.start), start(h)),
    ];
    if h.case.dispute.exported.responses {
        let days = h.terms.seller_silent.days;
        let answer = format!("the seller may answer until then: the start + {days} ({})", path!(seller_silent.days));
        dates.push(shown("answer_deadline", Some(h.answer_deadline), answer));
    }
    if let Some(manual) = h.manual_escalation {
        dates.push(shown("manual_escalation", Some(manual), manual_escalation(h)));
    }
    dates.push(shown("escalation", Some(h.escalation), escalation(h)));
    dates
}

fn shipment(h: &Evaluation) -> String {
    match h.shipment {
        None => "neither the seller, the carrier nor the buyer says that the parcel left",
        Some(_) if h.happened(h.case.order.shipped_at).is_some() => "shipped_at",
        Some(_) if h.history.first_parcel.is_some() => "the earliest parcel event",
        Some(_) => "the buyer confirmed receipt",
    }
    .to_owned()
}

fn protection(h: &Evaluation) -> String {
    match (h.case.order.protection_ends_at, h.shipment) {
        (Some(_), _) => "protection_ends_at".to_owned(),
        (None, Some(_)) => format!("the shipment + {} ({})", h.terms.protection.days, path!(protection.days)),
        (None, None) => "not known without a shipment".to_owned(),
    }
}

fn receipt(h: &Evaluation) -> String {
    match h.receipt {
        None => "neither delivered in the destination country nor confirmed",
        Some(at) if h.history.delivered == Some(at) => "delivered in the destination country",
        Some(_) => "confirmed_at",
    }
    .to_owned()
}

fn start(h: &Evaluation) -> String {
    let days = h.terms.too_early.days;
    match h.shipment {
        None => "opened_at, as no shipment is known".to_owned(),
        Some(_) if h.start == h.case.dispute.opened_at => {
            format!("opened_at, not before the shipment + {days} ({})", path!(too_early.days))
        }
        Some(_) => format!("the shipment + {days} ({}), after opened_at", path!(too_early.days)),
    }
}

fn manual_escalation(h: &Evaluation) -> String {
    match h.case.dispute.escalated_at == h.manual_escalation {
        true => "escalated_at".to_owned(),
        false => {
            let (days, path) = (h.terms.escalation.manual_days, path!(escalation.manual_days));
            format!("the start + {days} ({path}), after escalated_at")
        }
    }
}

fn escalation(h: &Evaluation) -> String {
    let days = h.terms.escalation.automatic_days;
    if !h.case.dispute.exported.responses {
        return "the start: the export knows no responses".to_owned();
    }
    if h.manual_escalation == Some(h.escalation) {
        return "the manual escalation".to_owned();
    }
    let from = if h.escalation == days.after(h.start) { "the start" } else { "the counter-offer" };
    format!("by itself: {from} + {days} ({})", path!(escalation.automatic_days))
}
