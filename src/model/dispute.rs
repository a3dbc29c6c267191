//! The field's nouns: an order, its parcel's events, and a dispute about it, as facts.
//!
//! Facts are kept as the exports state them, whatever their date: what has happened by a run's
//! as-of is for [`arbiter_rules`] to say, so that the same facts can be judged at another instant.

use rust_decimal::Decimal;

use crate::coded;
use crate::instant::Instant;
use crate::money::{Currency, Money};

/// An identifier or a code. Short ones, as nearly all are, need no memory of their own.
pub type Id = lean_string::LeanString;

/// Where a fact was read: the row that told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file, by its place in [`Docket::sources`](crate::case::Docket::sources).
    pub file: u32,
    /// The line of the row's first character, from 1, in Parquet the row; 0 where a fact was not read from a
    /// file. Lines beyond what fits stay at the last that does.
    pub line: u32,
}

/// One order: what was bought, for how much, and how it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The marketplace's identifier.
    pub id: Id,
    /// Who bought.
    pub buyer_id: Id,
    /// Who sold.
    pub seller_id: Id,
    /// Of every amount of the order and its disputes.
    pub currency: Currency,
    /// Paid for the goods, all units, shipping apart; above zero.
    pub goods_total: Money,
    /// Paid for shipping.
    pub shipping_fee: Money,
    /// Goods money already refunded before this run; at most `goods_total`.
    pub refunded_total: Money,
    /// When the order was paid.
    pub paid_at: Instant,
    /// The goods' category as a code, such as `electronics`.
    pub category: Option<Id>,
    /// Units ordered, at least one.
    pub quantity: u64,
    /// How the order was paid, as a code; `unknown` where the export does not say.
    pub payment_method: Id,
    /// The wallet tied to the buyer's account, as a code.
    pub wallet: Option<Id>,
    /// When the seller says the parcel left.
    pub shipped_at: Option<Instant>,
    /// The end of buyer protection, extensions included, where the export states it.
    pub protection_ends_at: Option<Instant>,
    /// When the buyer confirmed receipt.
    pub confirmed_at: Option<Instant>,
    /// Where the parcel was to go.
    pub destination: Option<Country>,
    /// Its row.
    pub origin: Origin,
}

/// A country by its two letters, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// A country of two ASCII letters in any case.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }
}

impl Country {
    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// One entry of a parcel's tracking history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackingEvent {
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub status: TrackingStatus,
    /// Where it happened.
    pub country: Option<Country>,
    /// Its row, of identical ones the first.
    pub origin: Origin,
}

coded! {
    /// What happened to a parcel, on its way to the buyer or back.
    TrackingStatus {
        /// The carrier took it.
        Accepted = "accepted",
        /// On its way.
        InTransit = "in_transit",
        /// At customs.
        Customs = "customs",
        /// At the destination's post.
        Arrived = "arrived",
        /// With the courier.
        OutForDelivery = "out_for_delivery",
        /// Handed over.
        Delivered = "delivered",
        /// Went back to the sender, undelivered.
        Returned = "returned",
        /// Lost, says the carrier.
        Lost = "lost",
        /// The buyer sent the goods back.
        ReturnShipped = "return_shipped",
        /// The seller has the goods back.
        ReturnDelivered = "return_delivered",
        /// A top-up reached the phone.
        Credited = "credited",
    }
}

impl TrackingStatus {
    /// Whether this is about the parcel on its way to the buyer, rather than a top-up or a return.
    pub fn is_parcel(self) -> bool {
        !matches!(self, Self::Credited | Self::ReturnShipped | Self::ReturnDelivered)
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

    /// The reverse of [`columns`](Self::columns): everything but what `missing` names.
    pub fn all_but(missing: &[&str]) -> Self {
        let has = |name| !missing.contains(&name);
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

/// One dispute: a buyer's claim about an order, and what has been said and shown since.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispute {
    /// The marketplace's identifier.
    pub id: Id,
    /// Who opened it.
    pub buyer_id: Id,
    /// When it was opened.
    pub opened_at: Instant,
    /// What is claimed.
    pub reason: Reason,
    /// What the buyer asks for; `None` asks for the price of the goods.
    pub requested: Option<Money>,
    /// The buyer offers to send the goods back.
    pub wants_return: bool,
    /// Photos attached.
    pub photos: u64,
    /// The best video attached.
    pub video: Video,
    /// Official papers attached.
    pub documents: u64,
    /// The evidence was found to be made up or altered.
    pub evidence_tampered: bool,
    /// Units that arrived, says the buyer.
    pub quantity_received: Option<u64>,
    /// Gigabytes claimed by the seller; above zero.
    pub advertised_capacity: Option<Decimal>,
    /// Gigabytes measured by the buyer; above zero.
    pub measured_capacity: Option<Decimal>,
    /// A defective item can still be used.
    pub usable: Option<bool>,
    /// The seller's answer.
    pub response: Option<SellerResponse>,
    /// When the buyer took the seller's offer.
    pub buyer_accepted_at: Option<Instant>,
    /// When either side called the platform in.
    pub escalated_at: Option<Instant>,
    /// When the platform asked the buyer for more.
    pub info_requested_at: Option<Instant>,
    /// When the buyer supplied it.
    pub info_supplied_at: Option<Instant>,
    /// When the buyer withdrew the dispute.
    pub withdrawn_at: Option<Instant>,
    /// The buyer's words; never interpreted, shown to the person who decides a referral.
    pub comment: Option<Box<str>>,
    /// What the export it came from knows.
    pub exported: Exported,
    /// Its place among the disputes of the export: decisions are written in this order.
    pub place: u64,
    /// Its row.
    pub origin: Origin,
}
