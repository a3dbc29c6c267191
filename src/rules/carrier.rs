//! Stage 3: what needs no weighing once a dispute is before the platform: the carrier's own word,
//! and a question that the buyer has not answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dispute::TrackingStatus;
use crate::instant::Instant;

use super::finding::Ruling;
use super::hearing::Hearing;
use super::terms::Days;
use super::words::moment;
use super::{Rule, Stage};

/// The buyer's time to answer the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitingBuyer {
    /// Days from the platform's question within which the buyer must answer.
    pub days: Days,
}

fn is_about_parcel(h: &Hearing) -> bool {
    h.case.dispute.reason.is_about_parcel()
}

/// The carrier says that the parcel will not come.
pub const PARCEL_RETURNED: Rule = Rule {
    when: "a parcel reason; the parcel was last seen returned to the sender or lost, and the buyer has not confirmed",
    outcome: "all of what is left",
    find: |h| {
        let status = h.history.latest_parcel?.status;
        let gone = matches!(status, TrackingStatus::Returned | TrackingStatus::Lost);
        (gone && is_about_parcel(h) && !h.is_confirmed()).then(|| h.award_all_of_left())
    },
    tell: |h, f| {
        let Some(latest) = h.history.latest_parcel else { return String::new() };
        let fate = match latest.status {
            TrackingStatus::Lost => "the parcel as lost",
            _ => "that the parcel went back to the sender",
        };
        format!("The carrier reported {fate} on {}, so {}", latest.at.date(), h.refunds(f))
    },
    ..Rule::at(Stage::BeforeMerits, "parcel_returned")
};

/// The carrier says that somebody else has the parcel.
pub const DELIVERED_ELSEWHERE: Rule = Rule {
    when: "a parcel reason; nothing was received, but a parcel was delivered in another country",
    outcome: "all of what is left",
    scrutinised: true,
    find: |h| {
        let elsewhere = h.history.delivered_elsewhere.is_some() && h.receipt.is_none();
        (elsewhere && is_about_parcel(h)).then(|| h.award_all_of_left())
    },
    tell: |h, f| {
        let delivered = h.history.delivered_elsewhere;
        let (country, day) = match delivered {
            Some(event) => (event.country.map(|c| c.to_string()).unwrap_or_default(), event.at.date().to_string()),
            None => Default::default(),
        };
        let meant = h.case.order.destination.map(|country| format!(", not in {country}")).unwrap_or_default();
        format!("The parcel was delivered in {country} on {day}{meant}, so {}", h.refunds(f))
    },
    ..Rule::at(Stage::BeforeMerits, "delivered_elsewhere")
};

/// The platform's question, and until when the buyer may answer it.
fn question(h: &Hearing) -> Option<(Instant, Instant)> {
    let asked = h.happened(h.case.dispute.info_requested_at)?;
    Some((asked, h.terms.awaiting_buyer.days.after(asked)))
}

fn answer(h: &Hearing) -> Option<Instant> {
    h.happened(h.case.dispute.info_supplied_at)
}

/// The buyer may still answer the platform.
pub const AWAITING_BUYER: Rule = Rule {
    when: "the platform asked the buyer for more less than `awaiting_buyer.days` ago and has no answer",
    outcome: "pending until then",
    reads: &["awaiting_buyer"],
    find: |h| {
        let (_, until) = question(h)?;
        (answer(h).is_none() && !h.has_passed(until)).then_some(Ruling::Await { until })
    },
    tell: |h, _| match question(h) {
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
pub const BUYER_UNRESPONSIVE: Rule = Rule {
    when: "the buyer did not answer within those days",
    outcome: "denied",
    reads: &["awaiting_buyer"],
    find: |h| {
        let (_, until) = question(h)?;
        answer(h).is_none_or(|at| at > until).then_some(Ruling::Deny)
    },
    tell: |h, _| match question(h) {
        Some((asked, until)) => format!(
            "The platform asked the buyer for more on {} and had no answer by {} ({}), so the dispute is denied",
            asked.date(),
            moment(until),
            h.terms.awaiting_buyer.days
        ),
        None => String::new(),
    },
    ..Rule::at(Stage::BeforeMerits, "buyer_unresponsive")
};
