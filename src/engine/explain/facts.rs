//! The facts of a case, each row with the line it came from.

use serde::Serialize;

use arbiter_model::dispute::Origin;
use arbiter_model::instant::Instant;
use arbiter_rules::{Evaluation, Value};

use super::Inquiry;

/// One row of an export.
#[derive(Debug, Serialize)]
pub struct RowShown<'a> {
    /// The file; null where the facts were not read from one.
    pub file: Option<&'a str>,
    /// The line of the row's first character, from 1; in Parquet the row.
    pub line: Option<u32>,
    /// What it says, in the order of the columns.
    pub facts: Vec<FactShown<'a>>,
}

/// One fact.
#[derive(Debug, Serialize)]
pub struct FactShown<'a> {
    /// The column.
    pub name: &'static str,
    /// What stands there; null where nothing does.
    pub value: Value<'a>,
    /// Whether it is dated after the as-of, so that it counted for nothing.
    pub not_yet_happened: bool,
}

/// One event of the tracking history.
#[derive(Debug, Serialize)]
pub struct EventShown<'a> {
    /// The file; null where it was not read from one.
    pub file: Option<&'a str>,
    /// Its line.
    pub line: Option<u32>,
    /// When it happened.
    pub event_at: Instant,
    /// What happened.
    pub status: &'static str,
    /// Where.
    pub country: Option<String>,
    /// Whether it is dated after the as-of, so that it counted for nothing.
    pub not_yet_happened: bool,
}

impl<'a> Inquiry<'a> {
    fn file_and_line(&self, origin: Origin) -> (Option<&'a str>, Option<u32>) {
        let file = self.docket.sources.get(origin.file as usize).filter(|_| origin.line > 0);
        (file.map(String::as_str), file.map(|_| origin.line))
    }

    fn row(&self, origin: Origin, facts: Vec<(&'static str, Value<'a>)>) -> RowShown<'a> {
        let (file, line) = self.file_and_line(origin);
        let shown = |(name, value)| FactShown {
            name,
            value,
            not_yet_happened: matches!(value, Value::Instant(at) if at > self.as_of && name != "protection_ends_at"),
        };
        RowShown { file, line, facts: facts.into_iter().map(shown).collect() }
    }
}

/// The order's facts.
pub(super) fn order<'a>(inquiry: &Inquiry<'a>, h: &Evaluation<'a>) -> RowShown<'a> {
    let order = h.case.order;
    let facts = vec![
        ("order_id", (&*order.id).into()),
        ("buyer_id", (&*order.buyer_id).into()),
        ("seller_id", (&*order.seller_id).into()),
        ("category", order.category.as_deref().into()),
        ("quantity", order.quantity.into()),
        ("currency", order.currency.code().into()),
        ("goods_total", order.goods_total.into()),
        ("shipping_fee", order.shipping_fee.into()),
        ("refunded_total", order.refunded_total.into()),
        ("payment_method", (&*order.payment_method).into()),
        ("wallet", order.wallet.as_deref().into()),
        ("paid_at", order.paid_at.into()),
        ("shipped_at", order.shipped_at.into()),
        ("protection_ends_at", order.protection_ends_at.into()),
        ("confirmed_at", order.confirmed_at.into()),
        ("destination_country", order.destination.map_or(Value::Nothing, Value::Country)),
    ];
    inquiry.row(order.origin, facts)
}

/// The dispute's facts; the buyer's words apart, which decide nothing.
pub(super) fn dispute<'a>(inquiry: &Inquiry<'a>, h: &Evaluation<'a>) -> RowShown<'a> {
    let dispute = h.case.dispute;
    let answer = dispute.response.map(|response| response.answer);
    let facts = vec![
        ("dispute_id", (&*dispute.id).into()),
        ("buyer_id", (&*dispute.buyer_id).into()),
        ("opened_at", dispute.opened_at.into()),
        ("reason", dispute.reason.into()),
        ("requested_amount", dispute.requested.into()),
        ("wants_return", dispute.wants_return.into()),
        ("photos", dispute.photos.into()),
        ("video", dispute.video.into()),
        ("documents", dispute.documents.into()),
        ("evidence_tampered", dispute.evidence_tampered.into()),
        ("quantity_received", dispute.quantity_received.into()),
        ("advertised_capacity_gb", dispute.advertised_capacity.into()),
        ("measured_capacity_gb", dispute.measured_capacity.into()),
        ("usable", dispute.usable.into()),
        ("seller_response", answer.map(|answer| answer.code()).into()),
        ("seller_responded_at", dispute.response.map(|response| response.at).into()),
        ("seller_offer", answer.and_then(|answer| answer.offer()).into()),
        ("buyer_accepted_at", dispute.buyer_accepted_at.into()),
        ("escalated_at", dispute.escalated_at.into()),
        ("info_requested_at", dispute.info_requested_at.into()),
        ("info_supplied_at", dispute.info_supplied_at.into()),
        ("withdrawn_at", dispute.withdrawn_at.into()),
    ];
    inquiry.row(dispute.origin, facts)
}

/// The order's tracking.
pub(super) fn tracking<'a>(inquiry: &Inquiry<'a>, h: &Evaluation<'a>) -> Vec<EventShown<'a>> {
    let shown = |event: &arbiter_model::dispute::TrackingEvent| {
        let (file, line) = inquiry.file_and_line(event.origin);
        EventShown {
            file,
            line,
            event_at: event.at,
            status: event.status.code(),
            country: event.country.map(|country| country.to_string()),
            not_yet_happened: event.at > h.as_of,
        }
    };
    h.case.events.iter().map(shown).collect()
}
