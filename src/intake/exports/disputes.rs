//! disputes.csv: one row for each dispute, every one read field by field.

use arbiter_model::dispute::{AnswerCode, Dispute, Exported, Id, Order, Origin, Reason};
use arbiter_model::fields::{ColumnKind, FieldValue, Presence};
use arbiter_model::money::Amount;

use crate::columns::{Column, FieldFault, Row, TextRow, columns_of, fineness};
use arbiter_model::exports::Cause;

columns_of! {
    /// The columns of disputes.csv.
    DisputeColumn of Dispute {
        DISPUTE_ID = "dispute_id",
        ORDER_ID = "order_id",
        BUYER_ID = "buyer_id",
        OPENED_AT = "opened_at",
        REASON = "reason",
        PHOTOS = "photos",
        VIDEO = "video",
        DOCUMENTS = "documents",
        QUANTITY_RECEIVED = "quantity_received",
        ADVERTISED_CAPACITY = "advertised_capacity_gb",
        MEASURED_CAPACITY = "measured_capacity_gb",
        SELLER_RESPONSE = "seller_response",
    }
}

use DisputeColumn as C;

/// A row of disputes.csv: what it names. What it says is read when its order is known.
pub(crate) struct DisputeRow {
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
pub(crate) struct DisputeDraft {
    dispute: Dispute,
    amounts: Vec<(DisputeColumn, Amount)>,
}

/// Reads what a row names.
pub(crate) fn read_ids(row: &Row<DisputeColumn>) -> DisputeRow {
    DisputeRow {
        id: row.kept(C::DISPUTE_ID),
        order_id: row.kept(C::ORDER_ID),
        buyer_id: row.kept(C::BUYER_ID),
        text_hash: row.text_hash(),
        record: row.record().into(),
    }
}

/// Reads what a row says by itself.
///
/// # Errors
///
/// The first fault of its fields.
pub(crate) fn read(row: &Row<DisputeColumn>) -> Result<DisputeDraft, FieldFault> {
    row.as_text().and_then(|row| draft(&row))
}

fn draft(row: &TextRow<DisputeColumn>) -> Result<DisputeDraft, FieldFault> {
    let id = row.needed_text(C::DISPUTE_ID)?;
    row.needed_text(C::ORDER_ID)?;
    let buyer_id = row.needed_text(C::BUYER_ID)?;
    let opened_at = row.needed_timestamp(C::OPENED_AT)?;
    let reason = row.listed(C::REASON, Reason::CODES)?.and_then(Reason::from_code);
    let reason = reason.ok_or_else(|| row.missing(C::REASON, "a reason such as not_received"))?;
    let (mut dispute, mut amounts) = (Dispute::new(id, buyer_id, opened_at, reason), Vec::new());
    for column in C::ALL.iter().filter(|column| column.field().column.presence != Presence::Needed) {
        match column.kind() {
            ColumnKind::Amount => {
                let amount = row.amount_of(*column, &column.field().column)?;
                amounts.extend(amount.map(|amount| (*column, amount)));
            }
            _ => row.put(*column, column.field(), Some(&mut dispute))?,
        }
    }
    let has_offer = amounts.iter().any(|(column, _)| column.name() == "seller_offer");
    check_answer(&mut dispute, has_offer)?;
    if dispute.info_supplied_at.is_some() && dispute.info_requested_at.is_none() {
        return Err(missing_beside("info_requested_at", "a timestamp beside info_supplied_at".to_owned()));
    }
    dispute.exported = exported(row);
    Ok(DisputeDraft { dispute, amounts })
}

/// What an export with this row's header knows.
fn exported(row: &TextRow<DisputeColumn>) -> Exported {
    Exported {
        responses: row.has(C::SELLER_RESPONSE),
        photos: row.has(C::PHOTOS),
        video: row.has(C::VIDEO),
        documents: row.has(C::DOCUMENTS),
        quantity_received: row.has(C::QUANTITY_RECEIVED),
        advertised_capacity: row.has(C::ADVERTISED_CAPACITY),
        measured_capacity: row.has(C::MEASURED_CAPACITY),
    }
}

/// An answer has its date, and a counter-offer its amount; without an answer the date counts for nothing.
fn check_answer(dispute: &mut Dispute, has_offer: bool) -> Result<(), FieldFault> {
    let answer = dispute.seller_response;
    if answer == AnswerCode::None {
        dispute.seller_responded_at = None;
        return Ok(());
    }
    if dispute.seller_responded_at.is_none() {
        return Err(missing_beside("seller_responded_at", format!("a timestamp beside the seller_response {answer}")));
    }
    if answer == AnswerCode::Countered && !has_offer {
        return Err(missing_beside("seller_offer", "an amount beside the seller_response countered".to_owned()));
    }
    Ok(())
}

fn missing_beside(column: &str, expected: String) -> FieldFault {
    FieldFault::new(Cause::Contradiction, column, b"", expected)
}

impl DisputeDraft {
    /// The dispute, with its amounts in the order's currency, held against its order.
    ///
    /// # Errors
    ///
    /// An amount is finer than the currency, or the dispute was opened before the order was paid.
    pub(crate) fn about(self, order: &Order, place: u64, origin: Origin) -> Result<Dispute, FieldFault> {
        let mut dispute = Dispute { place, origin, ..self.dispute };
        for (column, amount) in self.amounts {
            let money = amount.in_currency(order.currency).ok_or_else(|| too_fine(column, amount, order))?;
            (column.field().set)(&mut dispute, FieldValue::Money(money));
        }
        if dispute.seller_response != AnswerCode::Countered {
            dispute.seller_offer = None;
        }
        if dispute.opened_at < order.paid_at {
            let value = dispute.opened_at.to_string();
            let expected = format!("a timestamp at or after the order's paid_at, {}", order.paid_at);
            return Err(FieldFault::new(Cause::Contradiction, "opened_at", value.as_bytes(), expected));
        }
        Ok(dispute)
    }
}

fn too_fine(column: DisputeColumn, amount: Amount, order: &Order) -> FieldFault {
    FieldFault::new(Cause::Type, column.name(), amount.to_string().as_bytes(), fineness(order.currency))
}
