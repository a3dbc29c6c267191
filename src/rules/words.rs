//! Phrases that several rules' explanations share, in the facts of the case.

use arbiter_model::dispute::SellerAnswer;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::disposition::{Award, Basis, ReturnState};
use crate::evaluation::Evaluation;
use crate::rule::Finding;

/// An instant to the second, as people write it: `2026-06-04 13:13:28 UTC`.
pub(crate) fn moment(at: Instant) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

/// Pieces of a list as people write it: `a photo, a number and a video`.
pub(crate) fn listing(pieces: &[&str]) -> String {
    match pieces {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A sentence's first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Evaluation<'_> {
    /// An amount with its currency: `24.90 USD`.
    pub(crate) fn amount(&self, amount: Money) -> String {
        format!("{amount} {}", self.case.order.currency)
    }

    /// When the dispute was opened.
    pub(crate) fn opened(&self) -> String {
        self.case.dispute.opened_at.date().to_string()
    }

    /// Where the parcel was last seen: `last seen in CN on 2026-04-02`.
    pub(crate) fn last_seen(&self) -> String {
        match self.history.latest_parcel {
            None => "never seen by a carrier".to_owned(),
            Some(event) => {
                let place = event.country.map(|country| format!(" in {country}")).unwrap_or_default();
                format!("last seen{place} on {}", event.at.date())
            }
        }
    }

    /// How the goods were received: by delivery or by the buyer's word.
    pub(crate) fn received(&self) -> String {
        match self.receipt {
            None => "not received".to_owned(),
            Some(at) if self.history.delivered == Some(at) => format!("delivered on {}", at.date()),
            Some(at) => format!("confirmed as received by the buyer on {}", at.date()),
        }
    }

    /// What the seller said to the claim: `the seller rejected the claim on 2026-05-03`.
    pub(crate) fn seller_position(&self) -> String {
        match self.response {
            None => "no answer of the seller is on record".to_owned(),
            Some(response) => match response.answer {
                SellerAnswer::Accepted => format!("the seller accepted the claim on {}", response.at.date()),
                SellerAnswer::Rejected => format!("the seller rejected the claim on {}", response.at.date()),
                SellerAnswer::Countered { offer } => {
                    format!("the seller offered {} on {}", self.amount(offer), response.at.date())
                }
            },
        }
    }

    /// What the evidence is worth: `a continuous video`.
    pub(crate) fn best_evidence(&self) -> &'static str {
        self.terms.strength.name(self.case.dispute)
    }

    /// The money of an award, with its arithmetic: the last clause of its explanation.
    pub(crate) fn refunds(&self, finding: &Finding) -> String {
        match finding.award() {
            Some(award) => self.award_clause(&award),
            None => {
                format!("that comes to {}, so nothing is refunded", self.amount(Money::zero(self.case.order.currency)))
            }
        }
    }

    /// The clause of an award that is paid, or would be.
    pub(crate) fn award_clause(&self, award: &Award) -> String {
        let amount = self.amount(award.amount);
        let price = self.amount(self.goods());
        if let Basis::Share { ceiling, raised_to_offer, doubled, .. } = award.basis {
            return self.share_clause(award.amount, ceiling, raised_to_offer, doubled);
        }
        if award.amount == self.goods() {
            return format!("the goods price of {price} is refunded in full");
        }
        match award.basis {
            Basis::Asked if award.amount == self.requested() => format!("the {amount} asked for is refunded"),
            Basis::Offer if Some(award.amount) == self.offer() => format!("the offered {amount} is refunded"),
            _ => format!("the {amount} still left of the goods price of {price} is refunded"),
        }
    }

    fn share_clause(&self, amount: Money, ceiling: Share, raised_to_offer: bool, doubled: bool) -> String {
        let by_share = ceiling.of(self.goods());
        let (refund, price) = (self.amount(amount), self.amount(self.goods()));
        if amount == by_share && amount == self.goods() {
            return format!("the goods price of {price} is refunded in full");
        }
        let share = format!("{} of the goods price of {price}", ceiling.percent());
        if amount == by_share {
            return format!("{share}, {refund}, is refunded");
        }
        let by_share = self.amount(by_share);
        if raised_to_offer {
            return format!("{share} would be {by_share}, and the seller offered more: {refund} is refunded");
        }
        match amount == self.requested() || !doubled && amount == self.asked() {
            true => format!("{share} would be {by_share}, of which {refund} was asked for and is refunded"),
            false => format!("{share} would be {by_share}, of which the {refund} still left is refunded"),
        }
    }

    /// What became of the goods, after an award: empty where they need not go back.
    pub(crate) fn return_clause(&self, finding: &Finding) -> String {
        match (finding.returned, self.history.return_delivered) {
            (ReturnState::Received, Some(at)) => {
                format!("; the seller has had the goods back since {}", at.date())
            }
            (ReturnState::Waived, _) => {
                let cost = self.terms.returns.posting_cost.get(self.case.order.currency);
                let cost = cost.map(|cost| format!(", as posting them costs about {}", self.amount(cost)));
                format!("; the goods need not go back{}", cost.unwrap_or_default())
            }
            _ => String::new(),
        }
    }
}
