//! What becomes of a dispute, and how an award came about.

use arbiter_model::coded;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::parameters::Band;

/// What becomes of a dispute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Disposition {
    /// Money for the buyer, or none where it comes out at nothing.
    Award(Award),
    /// Nothing for the buyer.
    Deny,
    /// The dispute is off, the order goes on.
    Resume,
    /// A date or a fact is awaited.
    Await {
        /// Until when.
        until: Instant,
    },
    /// A person must decide.
    Refer {
        /// Which people.
        queue: Queue,
    },
}

coded! {
    /// Who decides what a rule cannot.
    Queue {
        /// Complaints and disputes.
        Complaint = "complaint",
        /// Security of accounts and money.
        Security = "security",
        /// Payments.
        Payments = "payments",
        /// Everything else.
        BuyerService = "buyer_service",
    }
}

/// Money for the buyer, and how it came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Award {
    /// How much; zero denies the dispute under the same rule.
    pub amount: Money,
    /// How it was worked out.
    pub basis: Basis,
    /// Whether the goods must go back first.
    pub goods_back: GoodsBack,
}

/// How an award was worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// All that is left of the price of the goods, whatever was asked.
    AllOfLeft,
    /// What was asked, at most what is left.
    Asked,
    /// The seller's offer, at most what is left.
    Offer,
    /// A share of the price of the goods, at most what was asked and what is left.
    Share {
        /// The share.
        ceiling: Share,
        /// How the share came about.
        worth: Worth,
        /// The award was raised to the seller's offer.
        raised_to_offer: bool,
        /// More than the price of the goods may be paid.
        doubled: bool,
    },
}

/// How the share of an award came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worth {
    /// A parameter says it.
    Fixed,
    /// It lies in a band, as far up as the evidence is strong.
    Band {
        /// The band.
        band: Band,
        /// The strength.
        strength: Share,
    },
    /// It is the units that are missing of those that were ordered.
    Units {
        /// How many are missing.
        missing: u64,
        /// Of how many.
        ordered: u64,
    },
}

/// Whether the goods must go back before an award is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoodsBack {
    /// The buyer keeps them.
    Kept,
    /// The buyer sends them back.
    Sent {
        /// From here the time to send them runs.
        from: Instant,
        /// Whether dear postage frees the buyer from it.
        waivable: bool,
    },
}

coded! {
    /// Whether the goods go back to the seller.
    ReturnState {
        /// They do not have to.
        No = "no",
        /// They have to and have not arrived.
        Awaited = "awaited",
        /// They have arrived.
        Received = "received",
        /// They would have to, but the postage costs too much of their price.
        Waived = "waived",
    }
}
