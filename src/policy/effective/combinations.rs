//! The parameters of each way in which segments meet, worked out once.

use std::hash::Hasher;
use std::sync::OnceLock;

use rustc_hash::FxHasher;

use arbiter_rules::Terms;

/// The most rules that may have parameters.
pub(super) const MOST_RULES: usize = 64;

/// For each rule with segments, in their order, the segment that holds for a case, from 1; 0 for none.
pub(super) type Choice = [u32; MOST_RULES];

/// The parameters of each way in which segments have met so far: a table that only grows, so that
/// readers wait for nobody.
#[derive(Clone, Debug)]
pub(super) struct Combinations {
    slots: Box<[OnceLock<Box<Combination>>]>,
}

#[derive(Clone, Debug)]
struct Combination {
    choice: Choice,
    terms: Terms,
    next: OnceLock<Box<Combination>>,
}

/// The most slots that are made; more combinations share them.
const MOST_SLOTS: usize = 1 << 16;

impl Combinations {
    pub(super) fn for_ways(ways: usize) -> Self {
        let slots = if ways == 1 { 0 } else { ways.min(MOST_SLOTS) };
        Self { slots: (0..slots).map(|_| OnceLock::new()).collect() }
    }

    pub(super) fn get(&self, choice: &Choice, used: usize, work_out: impl Fn() -> Terms) -> &Terms {
        let mut hasher = FxHasher::default();
        choice.iter().take(used).for_each(|segment| hasher.write_u32(*segment));
        // The upper bits of this hash are the good ones.
        let place = (hasher.finish() >> 32) as usize % self.slots.len().max(1);
        let mut slot = &self.slots[place];
        loop {
            let found = slot
                .get_or_init(|| Box::new(Combination { choice: *choice, terms: work_out(), next: OnceLock::new() }));
            if found.choice == *choice {
                return &found.terms;
            }
            slot = &found.next;
        }
    }
}
