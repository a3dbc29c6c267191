//! The ids that disputes name, each with a number: what the big exports are sifted by.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::dispute::Id;

use super::disputes::DisputeRow;
use super::orders::OrderRow;
use super::scan::Scan;

/// What the disputes name.
#[derive(Debug)]
pub struct Named {
    /// The orders.
    pub orders: Names,
    /// For each row that was kept, the number of its order.
    pub order_of_row: Vec<Option<u32>>,
    /// Those who opened them.
    pub buyers: Names,
    /// For each row that was kept, the number of its buyer.
    pub buyer_of_row: Vec<Option<u32>>,
}

impl Named {
    /// Numbers the orders and buyers of all rows.
    pub fn by(rows: &Scan<DisputeRow>) -> Self {
        let ((orders, order_of_row), (buyers, buyer_of_row)) = rayon::join(
            || Names::collect(rows.rows().map(|row| row.order_id.as_ref()), rows.kept()),
            || Names::collect(rows.rows().map(|row| row.buyer_id.as_ref()), rows.kept()),
        );
        Self { orders, order_of_row, buyers, buyer_of_row }
    }
}

/// The orders of buyers who dispute that no dispute names.
///
/// There are many, and all that is asked of them is whether a faulty event is about one. So the exact
/// answer is only prepared when it is first asked for.
pub struct OtherOrders<'a> {
    orders: &'a Scan<OrderRow>,
    filter: Filter,
    exact: OnceLock<FxHashSet<&'a [u8]>>,
}

impl<'a> OtherOrders<'a> {
    /// Takes them from the orders that bear on a dispute.
    pub fn of(orders: &'a Scan<OrderRow>) -> Self {
        let mut filter = Filter::for_ids(Self::ids(orders).count());
        Self::ids(orders).for_each(|id| filter.add(id));
        Self { orders, filter, exact: OnceLock::new() }
    }

    /// Whether an order may be one of them; most that are not get a no.
    pub fn may_have(&self, id: &[u8]) -> bool {
        self.filter.may_have(id)
    }

    /// Whether an order is one of them.
    pub fn have(&self, id: &[u8]) -> bool {
        self.exact.get_or_init(|| Self::ids(self.orders).collect()).contains(id)
    }

    fn ids(orders: &'a Scan<OrderRow>) -> impl Iterator<Item = &'a [u8]> {
        let others = orders.rows().filter(|row| row.order.is_none());
        others.filter_map(|row| row.id.as_ref().map(|id| id.as_bytes()))
    }
}

/// Numbered ids, with a quick no for the many that are not among them.
#[derive(Debug)]
pub struct Names {
    numbered: IndexSet<Id, FxBuildHasher>,
    filter: Filter,
}

impl Names {
    /// Numbers ids in the order in which they come first; beside them, the number of each row's.
    pub fn collect<'a>(ids: impl Iterator<Item = Option<&'a Id>>, rows: usize) -> (Self, Vec<Option<u32>>) {
        let mut numbered: IndexSet<Id, FxBuildHasher> = IndexSet::with_capacity_and_hasher(rows, FxBuildHasher);
        let mut number_of = |id: &Id| {
            let known = numbered.get_index_of(id);
            known.unwrap_or_else(|| numbered.insert_full(id.clone()).0) as u32
        };
        let mut numbers = Vec::with_capacity(rows);
        numbers.extend(ids.map(|id| id.map(&mut number_of)));
        let mut filter = Filter::for_ids(numbered.len());
        numbered.iter().for_each(|id| filter.add(id.as_bytes()));
        (Self { numbered, filter }, numbers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbered.len()
    }

    /// The id of a number.
    pub fn id(&self, number: u32) -> &str {
        self.numbered.get_index(number as usize).map_or("", Id::as_str)
    }

    /// An id's number.
    pub fn number(&self, id: &[u8]) -> Option<u32> {
        match self.filter.may_have(id) {
            true => self.numbered.get_index_of(std::str::from_utf8(id).ok()?).map(|number| number as u32),
            false => None,
        }
    }
}

/// A bit for each of some hashes: an id whose bit is not set is not among those that were added. It
/// fits a cache that a table of the ids does not.
#[derive(Debug)]
struct Filter {
    /// As many words as some power of two.
    words: Vec<u64>,
}

/// Bits for each id: one foreign id in so many gets past the filter.
const BITS_PER_ID: usize = 8;

impl Filter {
    fn for_ids(ids: usize) -> Self {
        Self { words: vec![0; (ids * BITS_PER_ID / 64).next_power_of_two()] }
    }

    fn add(&mut self, id: &[u8]) {
        let (word, bit) = self.place(id);
        self.words[word] |= bit;
    }

    fn may_have(&self, id: &[u8]) -> bool {
        let (word, bit) = self.place(id);
        self.words[word] & bit != 0
    }

    fn place(&self, id: &[u8]) -> (usize, u64) {
        let hash = FxBuildHasher.hash_one(id);
        ((hash >> 6) as usize & (self.words.len() - 1), 1 << (hash & 63))
    }
}
