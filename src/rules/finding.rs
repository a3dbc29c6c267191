//! What a rule finds: what becomes of the dispute, and by which rule.

use arbiter_model::coded;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};
use arbiter_model::outcome::Outcome;

use crate::Rule;
use crate::evaluation::Evaluation;
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

impl Evaluation<'_> {
    /// Everything that is left, whatever was asked.
    pub(super) fn award_all_of_left(&self) -> Disposition {
        Disposition::Award(Award { amount: self.left(), basis: Basis::AllOfLeft, goods_back: GoodsBack::Kept })
    }

    /// What was asked, at most what is left; the goods go back where the buyer offered so and the
    /// award takes all that is left.
    pub(super) fn award_asked(&self, return_from: Instant) -> Disposition {
        let amount = self.asked().min(self.left());
        let goods_back = match self.return_is_offered() && amount >= self.left() {
            true => GoodsBack::Sent { from: return_from, waivable: false },
            false => GoodsBack::Kept,
        };
        Disposition::Award(Award { amount, basis: Basis::Asked, goods_back })
    }
}

/// The rule that decided, what it found, and what the reviews made of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it found.
    pub disposition: Disposition,
    /// What became of the goods.
    pub returned: ReturnState,
    /// The award that a review stopped, and the rule that would have paid it. Few have one, and a night has many
    /// findings.
    pub(super) withheld: Option<Box<(&'static Rule, Award)>>,
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

impl Finding {
    /// What a rule finds before any review.
    pub(super) fn of(rule: &'static Rule, disposition: Disposition) -> Self {
        Self { rule, disposition, returned: ReturnState::No, withheld: None }
    }

    /// The same finding with an award stopped that a rule would have paid.
    pub(super) fn withholding(self, rule: &'static Rule, award: Award) -> Self {
        Self { withheld: Some(Box::new((rule, award))), ..self }
    }

    /// The award that a review stopped, and the rule that would have paid it.
    pub fn withheld(&self) -> Option<(&'static Rule, Award)> {
        self.withheld.as_deref().copied()
    }

    /// What becomes of the order's money.
    pub fn outcome(&self, evaluation: &Evaluation) -> Outcome {
        match self.disposition {
            Disposition::Award(award) if !award.amount.is_positive() => Outcome::Denied,
            Disposition::Award(award) if award.amount >= evaluation.left() => Outcome::RefundFull,
            Disposition::Award(_) => Outcome::RefundPartial,
            Disposition::Deny => Outcome::Denied,
            Disposition::Resume => Outcome::Resumed,
            Disposition::Await { .. } => Outcome::Pending,
            Disposition::Refer { .. } => Outcome::Referred,
        }
    }

    /// The award, where there is one above zero.
    pub fn award(&self) -> Option<Award> {
        match self.disposition {
            Disposition::Award(award) if award.amount.is_positive() => Some(award),
            _ => None,
        }
    }
}
