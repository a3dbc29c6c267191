//! Which cases a rule's parameters can touch at all, by the facts alone: so that a question asks no more
//! cases than it must.
//!
//! Held by a property test: no change of a parameter moves a case out of its reach.

use arbiter_model::case::Case;
use arbiter_model::dispute::Reason;
use arbiter_model::instant::Instant;
use arbiter_policy::catalogue;
use arbiter_rules::Requirement;

/// Whether a case may be decided otherwise under other values of a group of parameters.
pub type Reach = fn(&Case, Instant) -> bool;

/// Every case there is.
pub const EVERYBODY: Reach = |_, _| true;

/// No case: nothing is decided by them, or only through the level of a buyer.
pub const NOBODY: Reach = |_, _| false;

/// Declares the reach of a rule that decides the claims of one reason.
macro_rules! claims {
    ($($reason:ident)|+) => {
        |case, _| matches!(case.dispute.reason, $(Reason::$reason)|+)
    };
}

/// The reach of a group of parameters, by its name; every case where it is not known better.
pub fn of(group: &str) -> Reach {
    match group {
        "policy" | "protection" | "too_early" | "too_late" | "seller_silent" | "escalation" | "refund" => EVERYBODY,
        // Levels of buyers are compared by themselves.
        "serial_disputer" | "arbitration" => NOBODY,
        "top_up" => |case, _| case.order.category.is_some(),
        "never_shipped" => |case, as_of| case.order.shipped_at.is_none_or(|at| at > as_of),
        "awaiting_buyer" => |case, _| case.dispute.info_requested_at.is_some(),
        "returns" => |case, _| case.dispute.wants_return,
        "delivered_late" | "non_receipt" | "parcel_stalled" => |case, _| case.dispute.reason.is_about_parcel(),
        "awaiting_evidence" => |case, _| Requirement::of(case.dispute.reason) != Requirement::None,
        "strength" => claims!(
            ColourMismatch
                | SizeMismatch
                | MinorMismatch
                | ShippingMethod
                | Defective
                | Damaged
                | WrongItem
                | Counterfeit
        ),
        "double" => claims!(WrongItem | Counterfeit),
        "colour_mismatch" => claims!(ColourMismatch),
        "size_mismatch" => claims!(SizeMismatch),
        "minor_mismatch" => claims!(MinorMismatch),
        "shipping_method" => claims!(ShippingMethod),
        "fake_capacity" => claims!(FakeCapacity),
        "defective" => claims!(Defective),
        "damaged" => claims!(Damaged),
        "wrong_item" => claims!(WrongItem),
        "counterfeit" => claims!(Counterfeit),
        "empty_parcel" => claims!(EmptyParcel | QuantityShort),
        "customs" => claims!(Customs),
        "ordered_by_mistake" => claims!(OrderedByMistake),
        _ => EVERYBODY,
    }
}

/// The reach of every rule of the catalogue, in its order.
pub(super) fn of_rules() -> Vec<Reach> {
    catalogue().rules.iter().map(|group| of(&group.name)).collect()
}
