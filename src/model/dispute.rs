//! A dispute: a buyer's claim about an order, and what has been said and shown since.
//!
//! Facts are kept as the exports state them, whatever their date: what has happened by a run's as-of is for the rules to
//! say, so that the same facts can be judged at another instant.

use rust_decimal::Decimal;

use crate::coded;
use crate::fields::{ColumnKind, FieldType, FieldValue, Link, Role, coded_fields, entity, needed, optional};
use crate::instant::Instant;
use crate::money::{Currency, Money};

pub use crate::ids::{Country, Id, Origin};
pub use crate::order::Order;
pub use crate::tracking::{TrackingEvent, TrackingStatus};

entity! {
    /// One dispute: a buyer's claim about an order, and what has been said and shown since.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Dispute of "disputes" {
        /// The marketplace's identifier.
        id: Id = needed("dispute_id"), told |_| None;
        /// The order that it is about.
        order_link: Link = needed("order_id").link();
        /// Who opened it.
        buyer_id: Id = needed("buyer_id");
        /// When it was opened.
        opened_at: Instant = needed("opened_at").phrase("opened");
        /// What is claimed.
        reason: Reason = needed("reason");
        /// What the buyer asks for; an empty field asks for the price of the goods.
        requested: Option<Money> = optional("requested_amount").positive();
        /// The buyer offers to send the goods back.
        wants_return: bool = optional("wants_return");
        /// Photos attached.
        photos: u64 = optional("photos");
        /// The best video attached.
        video: Video = optional("video");
        /// Official papers attached.
        documents: u64 = optional("documents");
        /// The evidence was found to be made up or altered.
        evidence_tampered: bool = optional("evidence_tampered");
        /// Units that arrived, says the buyer.
        quantity_received: Option<u64> = optional("quantity_received");
        /// Gigabytes claimed by the seller; above zero.
        advertised_capacity: Option<Decimal> = optional("advertised_capacity_gb");
        /// Gigabytes measured by the buyer; above zero.
        measured_capacity: Option<Decimal> = optional("measured_capacity_gb");
        /// A defective item can still be used.
        usable: Option<bool> = optional("usable"), told |dispute| dispute.usable.map(|usable| usable.to_string());
        /// The seller's answer.
        seller_response: AnswerCode = optional("seller_response").nothing("none"), told Dispute::told_response;
        /// When the seller answered; needed with an answer.
        seller_responded_at: Option<Instant> =
            optional("seller_responded_at").phrase("the seller answering").role(Role::Dependent), told |_| None;
        /// What the seller offers, with `countered`.
        seller_offer: Option<Money> = optional("seller_offer").positive().role(Role::Dependent), told |_| None;
        /// When the buyer took the seller's offer.
        buyer_accepted_at: Option<Instant> = optional("buyer_accepted_at").phrase("the buyer taking the offer");
        /// When either side called the platform in.
        escalated_at: Option<Instant> = optional("escalated_at").phrase("escalated");
        /// When the platform asked the buyer for more.
        info_requested_at: Option<Instant> = optional("info_requested_at").phrase("the platform asking");
        /// When the buyer supplied it.
        info_supplied_at: Option<Instant> =
            optional("info_supplied_at").phrase("the buyer supplying what was asked");
        /// When the buyer withdrew the dispute.
        withdrawn_at: Option<Instant> = optional("withdrawn_at").phrase("withdrawn");
        /// The buyer's words; never interpreted, shown to the person who decides a referral.
        comment: Option<Box<str>> = optional("comment").role(Role::Words), told |_| None;
    }
    beside {
        /// What the export it came from knows.
        exported: Exported,
        /// Its place among the disputes of the export: decisions are written in this order.
        place: u64,
        /// Its row.
        origin: Origin,
    }
}

impl Dispute {
    /// A dispute that nothing else is known of: no evidence, no answer of the seller, from an export that has a column
    /// for all of that.
    pub fn new(id: impl Into<Id>, buyer_id: impl Into<Id>, opened_at: Instant, reason: Reason) -> Self {
        // No amount is stated yet, so that no currency is needed.
        let nothing_said = Self::empty(Currency::NONE);
        Self { id: id.into(), buyer_id: buyer_id.into(), opened_at, reason, ..nothing_said }
    }

    /// What the seller answered and when; nothing where there is no answer, or one without its date or its offer.
    #[inline]
    pub fn response(&self) -> Option<SellerResponse> {
        let answer = match self.seller_response {
            AnswerCode::None => return None,
            AnswerCode::Accepted => SellerAnswer::Accepted,
            AnswerCode::Rejected => SellerAnswer::Rejected,
            AnswerCode::Countered => SellerAnswer::Countered { offer: self.seller_offer? },
        };
        Some(SellerResponse { answer, at: self.seller_responded_at? })
    }

    /// Puts another answer of the seller in the place of what there is.
    pub fn set_response(&mut self, response: Option<SellerResponse>) {
        self.seller_response = response.map_or(AnswerCode::None, |response| match response.answer {
            SellerAnswer::Accepted => AnswerCode::Accepted,
            SellerAnswer::Rejected => AnswerCode::Rejected,
            SellerAnswer::Countered { .. } => AnswerCode::Countered,
        });
        self.seller_responded_at = response.map(|response| response.at);
        self.seller_offer = response.and_then(|response| response.answer.offer());
    }

    /// The answer with its offer and its date, as one fact: `countered with 12.00 at 2026-05-03T00:00:00Z`.
    fn told_response(&self) -> Option<String> {
        let SellerResponse { answer, at } = self.response()?;
        let offer = answer.offer().map(|offer| format!(" with {offer}")).unwrap_or_default();
        Some(format!("{}{offer} at {}", answer.code(), at.exact()))
    }
}

coded! {
    /// Why the buyer disputes an order.
    Reason {
        /// The parcel never came.
        NotReceived = "not_received",
        /// The parcel's number leads nowhere.
        NotTrackable = "not_trackable",
        /// The parcel went to somebody else.
        WrongAddress = "wrong_address",
        /// Another colour than ordered.
        ColourMismatch = "colour_mismatch",
        /// Another size than ordered.
        SizeMismatch = "size_mismatch",
        /// A small deviation from the description.
        MinorMismatch = "minor_mismatch",
        /// Sent by a cheaper way than paid for.
        ShippingMethod = "shipping_method",
        /// A storage device holds less than it claims.
        FakeCapacity = "fake_capacity",
        /// The goods do not work, or not fully.
        Defective = "defective",
        /// The goods came damaged.
        Damaged = "damaged",
        /// Something else than ordered.
        WrongItem = "wrong_item",
        /// An imitation.
        Counterfeit = "counterfeit",
        /// Fewer units than ordered.
        QuantityShort = "quantity_short",
        /// Nothing in the parcel.
        EmptyParcel = "empty_parcel",
        /// Held or charged by customs.
        Customs = "customs",
        /// The buyer's own mistake.
        OrderedByMistake = "ordered_by_mistake",
        /// None of these.
        Other = "other",
    }
}

impl Reason {
    /// Whether the claim is that the parcel did not reach the buyer, rather than about what was in it.
    pub fn is_about_parcel(self) -> bool {
        matches!(self, Self::NotReceived | Self::NotTrackable | Self::WrongAddress)
    }
}

coded! {
    /// The video a buyer attached. It counts in full only when it runs unbroken from the sealed
    /// parcel on.
    Video {
        /// No video.
        None = "none",
        /// With cuts.
        Cut = "cut",
        /// Unbroken.
        Continuous = "continuous",
    }
}

coded! {
    /// What the column `seller_response` may hold.
    AnswerCode {
        /// No answer.
        None = "none",
        /// The claim as asked.
        Accepted = "accepted",
        /// Nothing.
        Rejected = "rejected",
        /// Another sum.
        Countered = "countered",
    }
}

impl FieldType for AnswerCode {
    const KIND: ColumnKind = ColumnKind::OneOf(Self::CODES);

    fn empty(_: Currency) -> Self {
        Self::None
    }

    fn value(&self) -> FieldValue<'_> {
        match self {
            Self::None => FieldValue::Nothing,
            answer => FieldValue::Text(answer.code()),
        }
    }

    fn put(&mut self, value: FieldValue<'_>) -> bool {
        let answer = match value {
            FieldValue::Nothing => Some(Self::None),
            FieldValue::Text(code) => Self::from_code(code),
            _ => None,
        };
        answer.map(|answer| *self = answer).is_some()
    }
}

/// What a seller answered, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SellerResponse {
    /// The answer.
    pub answer: SellerAnswer,
    /// When it was given.
    pub at: Instant,
}

/// A seller's answer to a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SellerAnswer {
    /// The claim as asked.
    Accepted,
    /// Nothing.
    Rejected,
    /// Another sum.
    Countered {
        /// What the seller offers; above zero.
        offer: Money,
    },
}

impl SellerAnswer {
    /// The code of an answer that accepts.
    pub const ACCEPTED: &'static str = "accepted";

    /// The code that stands in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => Self::ACCEPTED,
            Self::Rejected => "rejected",
            Self::Countered { .. } => "countered",
        }
    }

    /// What a counter-offer offers.
    pub const fn offer(self) -> Option<Money> {
        match self {
            Self::Countered { offer } => Some(offer),
            Self::Accepted | Self::Rejected => None,
        }
    }
}

/// What an export of disputes has columns for. What it has none for, it does not know, and nobody
/// is blamed for it; a column that is there and empty is known: the thing is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The seller's responses: without, every dispute stands before the arbitrator from its start.
    pub responses: bool,
    /// Photos.
    pub photos: bool,
    /// Videos.
    pub video: bool,
    /// Official papers.
    pub documents: bool,
    /// How many units the buyer received.
    pub quantity_received: bool,
    /// The capacity the seller claims.
    pub advertised_capacity: bool,
    /// The capacity the buyer measured.
    pub measured_capacity: bool,
}

impl Default for Exported {
    /// Everything.
    fn default() -> Self {
        Self::all_but(&[])
    }
}

impl Exported {
    /// What there are columns for, by the columns' names.
    pub fn columns(&self) -> [(&'static str, bool); 7] {
        let Self { responses, photos, video, documents, quantity_received, advertised_capacity, measured_capacity } =
            *self;
        [
            ("seller_response", responses),
            ("photos", photos),
            ("video", video),
            ("documents", documents),
            ("quantity_received", quantity_received),
            ("advertised_capacity_gb", advertised_capacity),
            ("measured_capacity_gb", measured_capacity),
        ]
    }

    /// What an export knows, by whether it has a column.
    pub fn of(has: impl Fn(&str) -> bool) -> Self {
        Self {
            responses: has("seller_response"),
            photos: has("photos"),
            video: has("video"),
            documents: has("documents"),
            quantity_received: has("quantity_received"),
            advertised_capacity: has("advertised_capacity_gb"),
            measured_capacity: has("measured_capacity_gb"),
        }
    }

    /// The reverse of [`columns`](Self::columns): everything but what `missing` names.
    pub fn all_but(missing: &[&str]) -> Self {
        Self::of(|name| !missing.contains(&name))
    }

    /// What there are no columns for, by the columns' names.
    pub fn missing(&self) -> Vec<&'static str> {
        self.columns().iter().filter(|(_, has)| !has).map(|(name, _)| *name).collect()
    }
}

impl std::fmt::Display for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.missing().as_slice() {
            [] => f.write_str("everything"),
            missing => write!(f, "everything but {}", missing.join(", ")),
        }
    }
}

coded_fields!(Reason, Video);
