//! The orders and buyers that disputes name: what the big exports are filtered by.

use super::disputes::DisputeRow;
use super::id_index::{IdIndex, IdNumber};
use crate::scan::Scan;

/// What the disputes name.
#[derive(Debug)]
pub(crate) struct DisputedIds {
    /// The orders.
    pub(crate) orders: IdIndex,
    /// For each row that was kept, the number of its order.
    pub(crate) order_of_row: Vec<IdNumber>,
    /// Those who opened them.
    pub(crate) buyers: IdIndex,
    /// For each row that was kept, the number of its buyer.
    pub(crate) buyer_of_row: Vec<IdNumber>,
}

impl DisputedIds {
    /// Numbers the orders and buyers of all rows.
    pub(crate) fn of(rows: &Scan<DisputeRow>) -> Self {
        let ((orders, order_of_row), (buyers, buyer_of_row)) = rayon::join(
            || IdIndex::collect(rows.rows().map(|row| row.order_id.as_ref()), rows.kept()),
            || IdIndex::collect(rows.rows().map(|row| row.buyer_id.as_ref()), rows.kept()),
        );
        Self { orders, order_of_row, buyers, buyer_of_row }
    }
}
