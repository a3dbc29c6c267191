//! What the rules speak of, each under its one name. Facts have the names of their columns; the dates
//! that are worked out have the words of the written rules.

use crate::path;
use crate::tracer::Named;

/// The codes of the reasons that claim that the parcel did not come.
pub(crate) const PARCEL_REASONS: &[&str] = &["not_received", "not_trackable", "wrong_address"];

/// The codes of the events after which a parcel does not come.
pub(crate) const GONE: &[&str] = &["returned", "lost"];

macro_rules! named {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $([$($($parameter:ident).+),+])?,)+) => {
        $($(#[$doc])* pub(crate) const $constant: Named = Named::with($name, &[$($(path!($($parameter).+)),+)?]);)+
    };
}

named! {
    AS_OF = "as_of",
    DISPUTE_BUYER = "the dispute's buyer_id",
    ORDER_BUYER = "the order's buyer_id",
    CATEGORY = "category",
    REASON = "reason",
    /// The reason by which a claim is judged: units missing, all of them, are an empty parcel.
    JUDGED_REASON = "judged_reason",
    OPENED_AT = "opened_at",
    WITHDRAWN_AT = "withdrawn_at",
    RESPONSE = "seller_response",
    RESPONDED_AT = "seller_responded_at",
    OFFER = "seller_offer",
    BUYER_ACCEPTED_AT = "buyer_accepted_at",
    INFO_REQUESTED_AT = "info_requested_at",
    INFO_SUPPLIED_AT = "info_supplied_at",
    CONFIRMED_AT = "confirmed_at",
    WANTS_RETURN = "wants_return",
    TAMPERED = "evidence_tampered",
    PHOTOS = "photos",
    VIDEO = "video",
    DOCUMENTS = "documents",
    USABLE = "usable",
    UNITS_RECEIVED = "quantity_received",
    UNITS_MISSING = "units_missing",
    ADVERTISED = "advertised_capacity_gb",
    MEASURED = "measured_capacity_gb",
    REQUESTED = "requested_amount",
    GOODS = "goods_total",

    /// Whether the export of disputes has columns for something.
    RESPONSES_EXPORTED = "responses_exported",
    EVIDENCE_EXPORTED = "evidence_exported",
    REQUIREMENT = "requirement",

    LEFT = "left",
    CREDIT = "credited",
    LATEST_STATUS = "latest_parcel_status",
    LATEST_EVENT = "latest_parcel_event",
    DELIVERY = "delivery",
    DELIVERY_ELSEWHERE = "delivery_elsewhere",
    RECEIPT = "receipt",
    SHIPMENT = "shipment",
    RETURN_SHIPPED = "return_shipped",
    RETURN_DELIVERED = "return_delivered",
    GOODS_GO_BACK = "goods_go_back",
    RETURN_WAIVABLE = "return_waivable",
    WEIGHS_BUYERS_WORD = "weighs_the_buyers_word",
    BUYER_LEVEL = "buyer_level",

    START = "start" [too_early.days],
    PROTECTION_END = "protection_end" [protection.days],
    CLOSING_DATE = "closing_date" [too_late.days, protection.days],
    CREDIT_DEADLINE = "credit_deadline" [top_up.hours],
    DISPATCH_DEADLINE = "dispatch_deadline" [never_shipped.days],
    ANSWER_DEADLINE = "answer_deadline" [seller_silent.days],
    MANUAL_ESCALATION = "manual_escalation" [escalation.manual_days],
    ESCALATION = "escalation" [escalation.automatic_days, escalation.manual_days],
    INFO_DEADLINE = "info_deadline" [awaiting_buyer.days],
    EVIDENCE_DEADLINE = "evidence_deadline" [awaiting_evidence.days],
    STALLED_FROM = "stalled_from" [parcel_stalled.days],
    WAIT_END = "wait_end" [non_receipt.wait_days],
    POSTING_DEADLINE = "posting_deadline" [returns.posting_days],
    TRANSIT_DEADLINE = "transit_deadline" [returns.transit_days],
    POSTING_COST = "posting_cost" [returns.posting_cost],
    POSTING_LIMIT = "dear_postage" [returns.waived_from],
    GENUINE_FROM = "genuine_from" [fake_capacity.tolerance],
    TOP_UPS = "top_up.categories" [top_up.categories],
    DOUBLED_CATEGORIES = "double.categories" [double.categories],
    STRENGTH = "strength" [strength.photo, strength.cut_video, strength.continuous_video],
    DOUBLING_STRENGTH = "double.strength" [double.strength],
}
