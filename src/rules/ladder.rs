//! The registry of the rules. Its order is the precedence: the first rule whose condition holds decides.

use crate::rule::Rule;
use crate::stages::elsewhere::{HUMAN, RETIRED};
use crate::stages::returns::{AWAITING_RETURN, RETURN_NOT_SENT, RETURN_OVERDUE};
use crate::stages::serial::SERIAL_DISPUTER;
use crate::stages::{admission, carrier, evidence, goods, parcel, settlement};

/// Every rule that decides on its own, in the order of precedence. The last one always holds.
pub const LADDER: &[Rule] = &[
    admission::BUYER_MISMATCH,
    admission::ALREADY_REFUNDED,
    admission::WITHDRAWN_AFTER_ESCALATION,
    admission::WITHDRAWN_AFTER_PROTECTION,
    admission::WITHDRAWN,
    admission::SELLER_ACCEPTED,
    admission::OFFER_ACCEPTED,
    admission::TOP_UP_CREDITED,
    admission::TOP_UP_NOT_CREDITED,
    admission::AWAITING_CREDIT,
    admission::NEVER_SHIPPED,
    admission::AWAITING_DISPATCH,
    admission::TOO_EARLY,
    admission::TOO_LATE,
    settlement::SELLER_SILENT,
    settlement::NEGOTIATING,
    carrier::PARCEL_RETURNED,
    carrier::DELIVERED_ELSEWHERE,
    carrier::AWAITING_BUYER,
    carrier::BUYER_UNRESPONSIVE,
    parcel::WRONG_ADDRESS,
    parcel::DELIVERY_ON_RECORD,
    parcel::DELIVERED_IN_TIME,
    parcel::DELIVERED_LATE,
    parcel::PARCEL_STALLED,
    parcel::AWAITING_PROTECTION_END,
    parcel::NOT_TRACKABLE,
    parcel::NOT_DELIVERED,
    evidence::FACTS_NOT_EXPORTED,
    evidence::AWAITING_EVIDENCE,
    evidence::INSUFFICIENT_EVIDENCE,
    goods::COLOUR_MISMATCH,
    goods::SIZE_MISMATCH,
    goods::MINOR_MISMATCH,
    goods::SHIPPING_METHOD,
    goods::CAPACITY_GENUINE,
    goods::FAKE_CAPACITY,
    goods::DEFECTIVE,
    goods::DAMAGED,
    goods::WRONG_ITEM,
    goods::COUNTERFEIT,
    goods::QUANTITY_COMPLETE,
    goods::QUANTITY_SHORT,
    goods::EMPTY_PARCEL,
    goods::CUSTOMS,
    goods::NO_FAULT,
    goods::ORDERED_BY_MISTAKE,
    goods::OTHER,
];

/// The rules that an award may still fall under, in the order in which they are applied.
pub const REVIEWS: &[Rule] = &[AWAITING_RETURN, RETURN_OVERDUE, RETURN_NOT_SENT, SERIAL_DISPUTER];

/// Every rule there is, in order of precedence.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    LADDER.iter().chain(REVIEWS)
}

/// Decisions that are not found by walking the rules, but stand in outputs all the same.
pub const ELSEWHERE: &[Rule] = &[HUMAN, RETIRED];

/// The rule with a code, among those that decisions may name.
pub fn with_code(code: &str) -> Option<&'static Rule> {
    all().chain(ELSEWHERE).find(|rule| rule.code == code)
}
