//! The ids that disputes name, each with a number: what the big exports are sifted by.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::dispute::Id;

use super::disputes::DisputeRow;
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
            || Names::collect(rows.rows().map(|row| row.order_id.as_ref())),
            || Names::collect(rows.rows().map(|row| row.buyer_id.as_ref())),
        );
        Self { orders, order_of_row, buyers, buyer_of_row }
    }
}

/// Numbered ids, with a quick no for the many that are not among them.
#[derive(Debug, Default)]
pub struct Names {
    numbers: FxHashMap<Id, u32>,
    /// A bit for each of some hashes; an id whose bit is not set is not here. It fits a cache that
    /// the table itself does not.
    bits: Vec<u64>,
}

/// Bits for each id: one foreign id in so many gets past the filter.
const BITS_PER_NAME: usize = 16;

impl Names {
    /// Numbers ids in the order in which they come first; beside them, the number of each.
    pub fn collect<'a>(ids: impl Iterator<Item = Option<&'a Id>>) -> (Self, Vec<Option<u32>>) {
        let mut names = Self::default();
        let mut number_of = |id: &Id| {
            let next = names.numbers.len() as u32;
            *names.numbers.entry(id.clone()).or_insert(next)
        };
        let numbers = ids.map(|id| id.map(&mut number_of)).collect();
        let words = (names.numbers.len() * BITS_PER_NAME / 64).next_power_of_two();
        names.bits = vec![0; words];
        for id in names.numbers.keys() {
            let (word, bit) = bit(id.as_bytes(), words);
            names.bits[word] |= bit;
        }
        (names, numbers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// An id's number.
    pub fn number(&self, id: &[u8]) -> Option<u32> {
        let (word, bit) = bit(id, self.bits.len());
        if self.bits[word] & bit == 0 {
            return None;
        }
        self.numbers.get(std::str::from_utf8(id).ok()?).copied()
    }
}

/// The word and the bit in it that an id has among so many words, a power of two.
fn bit(id: &[u8], words: usize) -> (usize, u64) {
    let hash = FxBuildHasher.hash_one(id);
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}
