//! The ids that disputes name, each with a number: what the big exports are sifted by.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::dispute::Id;

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
    /// Numbers ids in the order in which they come first.
    pub fn collect<'a>(ids: impl Iterator<Item = &'a Id>) -> Self {
        let mut numbers: FxHashMap<Id, u32> = FxHashMap::default();
        for id in ids {
            let next = numbers.len() as u32;
            numbers.entry(id.clone()).or_insert(next);
        }
        let words = (numbers.len() * BITS_PER_NAME / 64).next_power_of_two();
        let mut names = Self { numbers: FxHashMap::default(), bits: vec![0; words] };
        for id in numbers.keys() {
            let (word, bit) = names.bit(id.as_bytes());
            names.bits[word] |= bit;
        }
        Self { numbers, ..names }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// An id's number.
    pub fn number(&self, id: &[u8]) -> Option<u32> {
        let (word, bit) = self.bit(id);
        if self.bits[word] & bit == 0 {
            return None;
        }
        self.numbers.get(std::str::from_utf8(id).ok()?).copied()
    }

    fn bit(&self, id: &[u8]) -> (usize, u64) {
        let hash = FxBuildHasher.hash_one(id);
        let word = (hash >> 6) as usize & (self.bits.len() - 1);
        (word, 1 << (hash & 63))
    }
}
