//! tracking.csv: one row for each parcel event. Read field by field are those of disputed orders, and
//! of the other orders of buyers who dispute: of these only the faults are of interest.

use crate::dispute::{Origin, TrackingEvent, TrackingStatus};

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

/// What an order is to the disputes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// Disputes name it, by this number.
    Disputed(u32),
    /// It may be another order of somebody who disputes.
    PerhapsOther,
    /// None of this.
    Foreign,
}

/// The order of the last row. Exports mostly have an order's events together, so that the next row is
/// likely about it too, and need not be looked up.
#[derive(Debug, Default)]
pub struct LastOrder {
    id: Vec<u8>,
    /// What the order is; `None` before the first row.
    relation: Option<Relation>,
}

impl LastOrder {
    fn relation(&mut self, id: &[u8], disputed: &Names, others: &OtherOrders) -> Relation {
        if let Some(relation) = self.relation.filter(|_| self.id == id) {
            return relation;
        }
        let relation = match disputed.number(id) {
            Some(number) => Relation::Disputed(number),
            None if others.may_have(id) => Relation::PerhapsOther,
            None => Relation::Foreign,
        };
        self.id.clear();
        self.id.extend_from_slice(id);
        self.relation = Some(relation);
        relation
    }
}

/// Reads a row that bears on a dispute, or might: one that names no order at all.
pub fn read(
    row: &Row<TrackingColumn>,
    last: &mut LastOrder,
    disputed: &Names,
    others: &OtherOrders,
) -> Option<EventRow> {
    let id = row.bytes(C::OrderId);
    let order = match last.relation(id, disputed, others) {
        Relation::Disputed(order) => Some(order),
        Relation::Foreign if !id.is_empty() => return None,
        Relation::PerhapsOther | Relation::Foreign => None,
    };
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
    // Where it stands is known once all rows are put together.
    Ok(TrackingEvent { at, status, country, origin: Origin::default() })
}
