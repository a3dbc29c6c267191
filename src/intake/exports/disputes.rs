//! disputes.csv: one row for each dispute, every one read field by field.

use arbiter_model::coded;
use arbiter_model::dispute::{Dispute, Exported, Id, Order, Origin, Reason, SellerAnswer, SellerResponse, Video};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Money};

use crate::columns::{Column, FieldFault, Header, Row, TextRow, columns, fineness};
use arbiter_model::exports::Cause;

columns! {
    /// The columns of disputes.csv.
    DisputeColumn of "disputes" {
        DisputeId = "dispute_id" needed Text,
        OrderId = "order_id" needed Text,
        BuyerId = "buyer_id" needed Text,
        OpenedAt = "opened_at" needed Timestamp,
        Reason = "reason" needed OneOf(arbiter_model::dispute::Reason::CODES),
        RequestedAmount = "requested_amount" optional Amount,
        WantsReturn = "wants_return" optional Boolean,
        Photos = "photos" optional Integer,
        Video = "video" optional OneOf(arbiter_model::dispute::Video::CODES),
        Documents = "documents" optional Integer,
        EvidenceTampered = "evidence_tampered" optional Boolean,
        QuantityReceived = "quantity_received" optional Integer,
        AdvertisedCapacity = "advertised_capacity_gb" optional Decimal,
        MeasuredCapacity = "measured_capacity_gb" optional Decimal,
        Usable = "usable" optional Boolean,
        SellerResponse = "seller_response" optional OneOf(ResponseCode::CODES),
        SellerRespondedAt = "seller_responded_at" optional Timestamp,
        SellerOffer = "seller_offer" optional Amount,
        BuyerAcceptedAt = "buyer_accepted_at" optional Timestamp,
        EscalatedAt = "escalated_at" optional Timestamp,
        InfoRequestedAt = "info_requested_at" optional Timestamp,
        InfoSuppliedAt = "info_supplied_at" optional Timestamp,
        WithdrawnAt = "withdrawn_at" optional Timestamp,
        Comment = "comment" optional Text,
    }
}

use DisputeColumn as C;

coded! {
    /// What the column `seller_response` may hold.
    ResponseCode {
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

/// A row of disputes.csv: what it names. What it says is read when its order is known.
pub struct DisputeRow {
    /// Its id; `None` where the field is empty or no text.
    pub id: Option<Id>,
    /// The order it names.
    pub order_id: Option<Id>,
    /// The buyer it names.
    pub buyer_id: Option<Id>,
    /// A hash of its text.
    pub text_hash: u64,
    /// Its bytes.
    pub record: Box<[u8]>,
}

/// A dispute as its own row tells it; its amounts wait for the order's currency.
pub struct DisputeDraft {
    dispute: Dispute,
    requested: Option<Amount>,
    offer: Option<Amount>,
    answer: Option<(ResponseCode, Instant)>,
}

/// What an export with this header knows.
fn exported(header: &Header<DisputeColumn>) -> Exported {
    Exported {
        responses: header.has(C::SellerResponse),
        photos: header.has(C::Photos),
        video: header.has(C::Video),
        documents: header.has(C::Documents),
        quantity_received: header.has(C::QuantityReceived),
        advertised_capacity: header.has(C::AdvertisedCapacity),
        measured_capacity: header.has(C::MeasuredCapacity),
    }
}

/// Reads what a row names.
pub fn read_ids(row: &Row<DisputeColumn>) -> DisputeRow {
    DisputeRow {
        id: row.kept(C::DisputeId),
        order_id: row.kept(C::OrderId),
        buyer_id: row.kept(C::BuyerId),
        text_hash: row.text_hash(),
        record: row.record().into(),
    }
}

/// Reads what a row says by itself.
///
/// # Errors
///
/// The first fault of its fields.
pub fn read(row: &Row<DisputeColumn>) -> Result<DisputeDraft, FieldFault> {
    let exported = exported(row.header());
    row.as_text().and_then(|row| draft(&row, exported))
}

fn draft(row: &TextRow<DisputeColumn>, exported: Exported) -> Result<DisputeDraft, FieldFault> {
    let id = row.needed_text(C::DisputeId)?.into();
    row.needed_text(C::OrderId)?;
    let buyer_id = row.needed_text(C::BuyerId)?.into();
    let opened_at = row.needed_timestamp(C::OpenedAt)?;
    let reason = row.listed(C::Reason, Reason::ALL, Reason::from_code)?;
    let reason = reason.ok_or_else(|| row.missing(C::Reason, "a reason such as not_received"))?;
    let requested = row.positive_amount(C::RequestedAmount)?;
    let dispute = Dispute {
        id,
        buyer_id,
        opened_at,
        reason,
        requested: None,
        wants_return: row.boolean(C::WantsReturn)?.unwrap_or(false),
        photos: row.integer(C::Photos)?.unwrap_or(0),
        video: row.listed(C::Video, Video::ALL, Video::from_code)?.unwrap_or(Video::None),
        documents: row.integer(C::Documents)?.unwrap_or(0),
        evidence_tampered: row.boolean(C::EvidenceTampered)?.unwrap_or(false),
        quantity_received: row.integer(C::QuantityReceived)?,
        advertised_capacity: row.positive_decimal(C::AdvertisedCapacity)?,
        measured_capacity: row.positive_decimal(C::MeasuredCapacity)?,
        usable: row.boolean(C::Usable)?,
        response: None,
        buyer_accepted_at: None,
        escalated_at: None,
        info_requested_at: None,
        info_supplied_at: None,
        withdrawn_at: None,
        comment: row.text(C::Comment).map(Box::from),
        exported,
        place: 0,
        origin: Origin::default(),
    };
    let (answer, offer) = answer(row)?;
    let dispute = Dispute {
        buyer_accepted_at: row.timestamp(C::BuyerAcceptedAt)?,
        escalated_at: row.timestamp(C::EscalatedAt)?,
        info_requested_at: row.timestamp(C::InfoRequestedAt)?,
        info_supplied_at: row.timestamp(C::InfoSuppliedAt)?,
        withdrawn_at: row.timestamp(C::WithdrawnAt)?,
        ..dispute
    };
    if dispute.info_supplied_at.is_some() && dispute.info_requested_at.is_none() {
        let expected = "a timestamp beside info_supplied_at";
        return Err(FieldFault::new(Cause::Contradiction, "info_requested_at", b"", expected));
    }
    Ok(DisputeDraft { dispute, requested, offer, answer })
}

type Answer = (Option<(ResponseCode, Instant)>, Option<Amount>);

/// The seller's answer with its date, and the offer.
fn answer(row: &TextRow<DisputeColumn>) -> Result<Answer, FieldFault> {
    let code = row.listed(C::SellerResponse, ResponseCode::ALL, ResponseCode::from_code)?;
    let responded_at = row.timestamp(C::SellerRespondedAt)?;
    let offer = row.positive_amount(C::SellerOffer)?;
    let Some(code) = code.filter(|code| *code != ResponseCode::None) else {
        return Ok((None, offer));
    };
    let contradiction = |column: &str, expected: String| FieldFault::new(Cause::Contradiction, column, b"", expected);
    let Some(at) = responded_at else {
        let expected = format!("a timestamp beside the seller_response {code}");
        return Err(contradiction("seller_responded_at", expected));
    };
    if code == ResponseCode::Countered && offer.is_none() {
        return Err(contradiction("seller_offer", "an amount beside the seller_response countered".to_owned()));
    }
    Ok((Some((code, at)), offer))
}

impl DisputeDraft {
    /// The dispute, with its amounts in the order's currency, held against its order.
    ///
    /// # Errors
    ///
    /// An amount is finer than the currency, or the dispute was opened before the order was paid.
    pub fn about(self, order: &Order, place: u64, origin: Origin) -> Result<Dispute, FieldFault> {
        let in_currency = |column: DisputeColumn, amount: Option<Amount>| match amount {
            None => Ok(None),
            Some(amount) => amount.in_currency(order.currency).map(Some).ok_or_else(|| too_fine(column, amount, order)),
        };
        let requested = in_currency(C::RequestedAmount, self.requested)?;
        let offer = in_currency(C::SellerOffer, self.offer)?;
        if self.dispute.opened_at < order.paid_at {
            let value = self.dispute.opened_at.to_string();
            let expected = format!("a timestamp at or after the order's paid_at, {}", order.paid_at);
            return Err(FieldFault::new(Cause::Contradiction, "opened_at", value.as_bytes(), expected));
        }
        let response = self.answer.and_then(|(code, at)| response(code, at, offer));
        Ok(Dispute { requested, response, place, origin, ..self.dispute })
    }
}

fn response(code: ResponseCode, at: Instant, offer: Option<Money>) -> Option<SellerResponse> {
    let answer = match code {
        ResponseCode::None => return None,
        ResponseCode::Accepted => SellerAnswer::Accepted,
        ResponseCode::Rejected => SellerAnswer::Rejected,
        ResponseCode::Countered => SellerAnswer::Countered { offer: offer? },
    };
    Some(SellerResponse { answer, at })
}

fn too_fine(column: DisputeColumn, amount: Amount, order: &Order) -> FieldFault {
    FieldFault::new(Cause::Type, column.name(), amount.to_string().as_bytes(), fineness(order.currency))
}
