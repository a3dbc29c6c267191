//! The other orders of buyers who dispute.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use rustc_hash::{FxBuildHasher, FxHashSet};

use arbiter_model::dispute::Id;

use super::bloom_filter::BloomFilter;
use super::id_index::Lookup;
use super::orders::OrderRow;
use crate::scan::Scan;

/// The orders of buyers who dispute that no dispute names.
///
/// There are many, and all that matters of them is whether a faulty event is about one. So the exact
/// answer is only prepared when it is first needed.
pub(crate) struct OtherOrders {
    /// Their ids, block by block.
    ids: Vec<Vec<Id>>,
    filter: BloomFilter,
    exact: OnceLock<FxHashSet<Id>>,
}

impl OtherOrders {
    /// Takes them from the orders that bear on a dispute.
    pub(crate) fn of(orders: &Scan<OrderRow>) -> Self {
        let filter = BloomFilter::for_ids(orders.kept());
        let others_of_block = |rows: &[(u32, OrderRow)]| {
            let others = rows.iter().filter(|(_, row)| row.order.get().is_none());
            let others = others.filter_map(|(_, row)| row.id.as_ref());
            let ids: Vec<Id> = others.cloned().collect();
            ids.iter().for_each(|id| filter.add(FxBuildHasher.hash_one(id.as_bytes())));
            ids
        };
        let ids = orders.par_blocks(others_of_block);
        Self { ids, filter, exact: OnceLock::new() }
    }

    /// Whether the id at a place among those that were looked up elsewhere may be one of them; most that are not get a
    /// no.
    pub(super) fn may_have(&self, looked_up: &Lookup, place: usize) -> bool {
        self.filter.may_have(looked_up.hash(place))
    }

    /// Whether an order is one of them.
    pub(crate) fn have(&self, id: &[u8]) -> bool {
        let exact = self.exact.get_or_init(|| self.ids.iter().flatten().cloned().collect());
        std::str::from_utf8(id).is_ok_and(|id| exact.contains(id))
    }
}
