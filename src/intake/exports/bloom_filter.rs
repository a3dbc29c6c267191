//! A Bloom filter: a quick no for the many ids that are not in a set.

use std::sync::atomic::{AtomicU64, Ordering};

/// Two bits in one word for each of some hashes: an id whose bits are not both set is not among those
/// that were added. It fits a cache that a table of the ids does not.
#[derive(Debug)]
pub(super) struct BloomFilter {
    /// As many words as some power of two.
    words: Vec<AtomicU64>,
}

/// At least so many bits for each id: of foreign ids, one in twenty gets past the filter.
const BITS_PER_ID: usize = 8;

impl BloomFilter {
    /// Room for so many ids.
    pub(super) fn for_ids(ids: usize) -> Self {
        let words = (ids * BITS_PER_ID / 64).next_power_of_two();
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Adds the hash of an id.
    pub(super) fn add(&self, hash: u64) {
        let (word, bits) = self.place(hash);
        self.words[word].fetch_or(bits, Ordering::Relaxed);
    }

    /// Whether a hash may have been added; most that were not get a no.
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word].load(Ordering::Relaxed) & bits == bits
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 12) as usize & (self.words.len() - 1), 1 << (hash & 63) | 1 << (hash >> 6 & 63))
    }
}
