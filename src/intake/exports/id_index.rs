//! Numbered ids, looked up many at a time.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use arbiter_model::dispute::Id;

use super::bloom_filter::BloomFilter;
use crate::scan::BATCH_ROWS;

/// Numbered ids, with a quick no for the many that are not among them.
///
/// The big exports ask it millions of times, mostly at places that no cache holds. So a slot has a part
/// of its id's hash beside the number: the ids themselves are looked at only where that part is right.
#[derive(Debug)]
pub(crate) struct IdIndex {
    ids: Vec<Id>,
    /// As many as some power of two, some of them free; an id is at the place of its hash or behind it.
    slots: Vec<Slot>,
    filter: BloomFilter,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    number: u32,
}

/// What was found of ids that were looked up together.
#[derive(Debug)]
pub(super) struct Lookup {
    hashes: [u64; BATCH_ROWS],
    /// [`FREE`]'s where there is none.
    numbers: [u32; BATCH_ROWS],
}

impl Lookup {
    /// The hash of the id at a place.
    #[inline]
    pub(crate) fn hash(&self, place: usize) -> u64 {
        self.hashes[place]
    }

    /// The number of the id at a place among those that were looked up, where it has one.
    pub(crate) fn number(&self, place: usize) -> Option<u32> {
        IdNumber(self.numbers[place]).get()
    }
}

/// The number of an id, where there is one: no larger than a number, since it is kept for each of many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdNumber(u32);

impl IdNumber {
    /// The number.
    pub(crate) fn get(self) -> Option<u32> {
        Some(self.0).filter(|number| *number != FREE.number)
    }
}

impl From<Option<u32>> for IdNumber {
    fn from(number: Option<u32>) -> Self {
        Self(number.unwrap_or(FREE.number))
    }
}

/// A slot without an id.
const FREE: Slot = Slot { tag: 0, number: u32::MAX };

impl IdIndex {
    /// Numbers the ids of so many rows in the order in which they come first; beside them, the number of
    /// each row's.
    pub(crate) fn collect<'a>(ids: impl Iterator<Item = Option<&'a Id>>, rows: usize) -> (Self, Vec<IdNumber>) {
        let slots = vec![FREE; (rows + rows / 4 + 1).next_power_of_two()];
        let mut index = Self { ids: Vec::new(), slots, filter: BloomFilter::for_ids(rows) };
        let mut numbers = Vec::with_capacity(rows);
        numbers.extend(ids.map(|id| IdNumber::from(id.map(|id| index.add(id)))));
        (index, numbers)
    }

    fn add(&mut self, id: &Id) -> u32 {
        let hash = FxBuildHasher.hash_one(id.as_bytes());
        let (slot, number) = self.look(hash, id.as_bytes());
        number.unwrap_or_else(|| {
            let number = self.ids.len() as u32;
            self.ids.push(id.clone());
            self.slots[slot] = Slot { tag: hash as u32, number };
            self.filter.add(hash);
            number
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id of a number.
    pub(crate) fn id(&self, number: u32) -> &str {
        self.ids.get(number as usize).map_or("", Id::as_str)
    }

    /// Looks up at most [`BATCH_ROWS`] ids: while one waits for its slot to come from memory, so do the others.
    pub(super) fn look_up(&self, ids: &[&[u8]]) -> Lookup {
        let mut found = Lookup { hashes: [0; BATCH_ROWS], numbers: [FREE.number; BATCH_ROWS] };
        found.hashes.iter_mut().zip(ids).for_each(|(hash, id)| *hash = FxBuildHasher.hash_one(id));
        let (mut candidates, mut count) = ([0; BATCH_ROWS], 0);
        for (place, hash) in found.hashes.iter().enumerate().take(ids.len()) {
            candidates[count] = place;
            count += usize::from(self.filter.may_have(*hash));
        }
        for place in &candidates[..count] {
            found.numbers[*place] = self.look(found.hashes[*place], ids[*place]).1.unwrap_or(FREE.number);
        }
        found
    }

    /// An id's slot and number, or the free slot where it would be.
    fn look(&self, hash: u64, id: &[u8]) -> (usize, Option<u32>) {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == FREE.number {
                return (at, None);
            }
            if slot.tag == hash as u32 && self.id(slot.number).as_bytes() == id {
                return (at, Some(slot.number));
            }
            at = (at + 1) & mask;
        }
    }
}
