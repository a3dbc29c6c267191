//! tracking.csv: one row for each parcel event. Read field by field are those of disputed orders, and
//! of the other orders of buyers who dispute: of these only the faults are of interest.

use crate::dispute::{TrackingEvent, TrackingStatus};

use super::header::columns;
use super::names::{Names, OtherOrders};
use super::reject::FieldFault;
use super::row::{Row, TextRow};

columns! {
    /// The columns of tracking.csv.
    TrackingColumn of "tracking" {
        OrderId = "order_id" needed Text,
        EventAt = "event_at" needed Timestamp,
        Status = "status" needed OneOf(TrackingStatus::CODES),
        TrackingNo = "tracking_no" optional Text,
        Country = "country" optional Country,
    }
}

use TrackingColumn as C;

/// A row of tracking.csv that bears on a dispute.
pub struct EventRow {
    /// The number of the order among those that disputes name; `None` where the row names none of them.
    pub order: Option<u32>,
    /// A hash of its text: identical rows count once.
    pub text_hash: u64,
    /// The event, or the first fault.
    pub content: Result<TrackingEvent, Box<FieldFault>>,
}

/// Reads a row that bears on a dispute, or might: one that names no order at all.
pub fn read(row: &Row<TrackingColumn>, disputed: &Names, others: &OtherOrders) -> Option<EventRow> {
    let id = row.bytes(C::OrderId);
    let order = disputed.number(id);
    if order.is_none() && !id.is_empty() && !others.may_have(id) {
        return None;
    }
    let content = row.as_text().and_then(|row| content(&row));
    let is_kept = order.is_some() || content.is_err() && (id.is_empty() || others.have(id));
    is_kept.then(|| EventRow { order, text_hash: row.text_hash(), content: content.map_err(Box::new) })
}

fn content(row: &TextRow<TrackingColumn>) -> Result<TrackingEvent, FieldFault> {
    row.needed_text(C::OrderId)?;
    let at = row.needed_timestamp(C::EventAt)?;
    let status = row.listed(C::Status, TrackingStatus::ALL, TrackingStatus::code)?;
    let status = status.ok_or_else(|| row.missing(C::Status, "a status such as in_transit"))?;
    let country = row.country(C::Country)?;
    Ok(TrackingEvent { at, status, country })
}
