//! What the orders export says of the orders and buyers that disputes name.

use arbiter_model::dispute::Order;
use arbiter_model::instant::Instant;

use super::duplicates::{FirstRow, FirstRows, Occurrence, duplicate_id, occurrence};
use super::lists::lists_with_room;
use super::rejects::ExportRejects;
use crate::exports::{DisputedIds, OrderContent, OrderRow};
use crate::scan::{RowPlace, Scan};

/// What became of an order that disputes name.
pub(super) enum DisputedOrder {
    /// No row of the export has it.
    Unknown,
    /// Its row is faulty.
    Rejected(RowPlace),
    /// As its row tells it.
    Known(Box<Order>),
}

/// What the orders export says about what disputes name.
pub(super) struct JoinedOrders {
    /// The named orders by their number.
    pub(crate) known: Vec<DisputedOrder>,
    /// When each named buyer's orders were paid, by the buyer's number.
    pub(super) paid: Vec<Vec<Instant>>,
}

/// Each named order, and each named buyer's payments.
pub(super) fn join_orders(mut rows: Scan<OrderRow>, ids: &DisputedIds, rejects: &mut ExportRejects) -> JoinedOrders {
    let mut known: Vec<_> = (0..ids.orders.len()).map(|_| DisputedOrder::Unknown).collect();
    let mut paid = lists_with_room(ids.buyers.len(), rows.rows().filter_map(|row| row.buyer.get()));
    let mut first_rows: Vec<Option<FirstRow>> = vec![None; ids.orders.len()];
    let others = rows.rows().filter(|row| row.order.get().is_none());
    let mut first_rows_of_others = FirstRows::among(others.map(|row| row.id.as_ref()));
    for (place, row) in rows.take_rows() {
        let order = row.order.get().map(|order| order as usize);
        let occurrence = match order {
            Some(order) => occurrence(&mut first_rows[order], place, row.text_hash),
            None => first_rows_of_others.occurrence(row.id.as_ref(), place, row.text_hash),
        };
        match occurrence {
            Occurrence::First => {}
            Occurrence::Repeat => {
                rejects.repeats += 1;
                continue;
            }
            Occurrence::Duplicate { of } => {
                let first = rejects.describe_within(of, place);
                rejects.reject(place, duplicate_id("order_id", row.id.as_deref().unwrap_or_default(), &first));
                continue;
            }
        }
        let (paid_at, disputed) = match row.content {
            OrderContent::Undisputed(paid_at) => (Some(paid_at), DisputedOrder::Unknown),
            OrderContent::Disputed(mut content) => {
                content.origin = place.origin(0);
                (Some(content.paid_at), DisputedOrder::Known(content))
            }
            OrderContent::Faulty(fault) => {
                rejects.reject(place, *fault);
                (None, DisputedOrder::Rejected(place))
            }
        };
        if let Some(order) = order {
            known[order] = disputed;
        }
        if let (Some(paid_at), Some(buyer)) = (paid_at, row.buyer.get()) {
            paid[buyer as usize].push(paid_at);
        }
    }
    JoinedOrders { known, paid }
}
