//! The ids that disputes name, each with a number: what the big exports are sifted by.

use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxBuildHasher, FxHashSet};

use arbiter_model::dispute::Id;

use super::disputes::DisputeRow;
use super::orders::OrderRow;
use super::scan::{BATCH_ROWS, Scan};

/// What the disputes name.
#[derive(Debug)]
pub struct Named {
    /// The orders.
    pub orders: Names,
    /// For each row that was kept, the number of its order.
    pub order_of_row: Vec<Numbered>,
    /// Those who opened them.
    pub buyers: Names,
    /// For each row that was kept, the number of its buyer.
    pub buyer_of_row: Vec<Numbered>,
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
pub struct OtherOrders {
    /// Their ids, block by block.
    ids: Vec<Vec<Id>>,
    filter: Filter,
    exact: OnceLock<FxHashSet<Id>>,
}

impl OtherOrders {
    /// Takes them from the orders that bear on a dispute.
    pub fn of(orders: &Scan<OrderRow>) -> Self {
        let filter = Filter::for_ids(orders.kept());
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
    pub fn may_have(&self, looked_up: &Lookup, place: usize) -> bool {
        self.filter.may_have(looked_up.hashes[place])
    }

    /// Whether an order is one of them.
    pub fn have(&self, id: &[u8]) -> bool {
        let exact = self.exact.get_or_init(|| self.ids.iter().flatten().cloned().collect());
        std::str::from_utf8(id).is_ok_and(|id| exact.contains(id))
    }
}

/// Numbered ids, with a quick no for the many that are not among them.
///
/// The big exports ask it millions of times, mostly at places that no cache holds. So a slot has a part
/// of its id's hash beside the number: the ids themselves are looked at only where that part is right.
#[derive(Debug)]
pub struct Names {
    ids: Vec<Id>,
    /// As many as some power of two, some of them free; an id is at the place of its hash or behind it.
    slots: Vec<Slot>,
    filter: Filter,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    number: u32,
}

/// What was found of ids that were looked up together.
#[derive(Debug)]
pub struct Lookup {
    hashes: [u64; BATCH_ROWS],
    /// [`FREE`]'s where there is none.
    numbers: [u32; BATCH_ROWS],
}

impl Lookup {
    /// The number of the id at a place among those that were looked up, where it has one.
    pub fn number(&self, place: usize) -> Option<u32> {
        Numbered(self.numbers[place]).get()
    }
}

/// A number of a name, where there is one: no larger than a number, since it is kept for each of many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered(u32);

impl Numbered {
    /// The number.
    pub fn get(self) -> Option<u32> {
        Some(self.0).filter(|number| *number != FREE.number)
    }
}

impl From<Option<u32>> for Numbered {
    fn from(number: Option<u32>) -> Self {
        Self(number.unwrap_or(FREE.number))
    }
}

/// A slot without an id.
const FREE: Slot = Slot { tag: 0, number: u32::MAX };

impl Names {
    /// Numbers the ids of so many rows in the order in which they come first; beside them, the number of
    /// each row's.
    pub fn collect<'a>(ids: impl Iterator<Item = Option<&'a Id>>, rows: usize) -> (Self, Vec<Numbered>) {
        let slots = vec![FREE; (rows + rows / 4 + 1).next_power_of_two()];
        let mut names = Self { ids: Vec::new(), slots, filter: Filter::for_ids(rows) };
        let mut numbers = Vec::with_capacity(rows);
        numbers.extend(ids.map(|id| Numbered::from(id.map(|id| names.add(id)))));
        (names, numbers)
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
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id of a number.
    pub fn id(&self, number: u32) -> &str {
        self.ids.get(number as usize).map_or("", Id::as_str)
    }

    /// Looks up at most [`BATCH_ROWS`] ids: while one waits for its slot to come from memory, so do the others.
    pub fn look_up(&self, ids: &[&[u8]]) -> Lookup {
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

/// Two bits in one word for each of some hashes: an id whose bits are not both set is not among those
/// that were added. It fits a cache that a table of the ids does not.
#[derive(Debug)]
struct Filter {
    /// As many words as some power of two.
    words: Vec<AtomicU64>,
}

/// At least so many bits for each id: of foreign ids, one in twenty gets past the filter.
const BITS_PER_ID: usize = 8;

impl Filter {
    fn for_ids(ids: usize) -> Self {
        let words = (ids * BITS_PER_ID / 64).next_power_of_two();
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect() }
    }

    fn add(&self, hash: u64) {
        let (word, bits) = self.place(hash);
        self.words[word].fetch_or(bits, Ordering::Relaxed);
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word].load(Ordering::Relaxed) & bits == bits
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 12) as usize & (self.words.len() - 1), 1 << (hash & 63) | 1 << (hash >> 6 & 63))
    }
}
