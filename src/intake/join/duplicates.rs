//! Ids that come twice: each belongs to the first row that has it.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use arbiter_model::dispute::Id;
use arbiter_model::exports::Cause;

use crate::columns::FieldFault;
use crate::scan::RowPlace;

/// The first row that has an id, whatever becomes of that row: the id belongs to it.
#[derive(Clone, Copy)]
pub(super) struct FirstRow {
    place: RowPlace,
    text_hash: u64,
}

/// What a row is to the first row that has its id.
pub(super) enum Occurrence {
    /// It is the first.
    First,
    /// A row with the same text in every field.
    Repeat,
    /// A row with another text.
    Duplicate {
        /// The first row.
        of: RowPlace,
    },
}

/// Notes that a row has an id, whose first row is known or not.
pub(super) fn occurrence(first: &mut Option<FirstRow>, place: RowPlace, text_hash: u64) -> Occurrence {
    match first {
        None => {
            *first = Some(FirstRow { place, text_hash });
            Occurrence::First
        }
        Some(first) if first.text_hash == text_hash => Occurrence::Repeat,
        Some(first) => Occurrence::Duplicate { of: first.place },
    }
}

/// The fault of a row whose id belongs to another.
pub(super) fn duplicate_id(column: &str, id: &str, first: &str) -> FieldFault {
    let expected = format!("a unique id; {first} has the same id and other text");
    FieldFault::new(Cause::DuplicateId, column, id.as_bytes(), expected)
}

/// The first rows of ids. An empty id is a missing field, and repeats nothing.
///
/// Nearly all ids come once. So first the hashes that come more than once are found, and only their
/// ids are kept and compared.
pub(super) struct FirstRows {
    repeated_hashes: FxHashSet<u64>,
    of_repeated: FxHashMap<Id, Option<FirstRow>>,
}

impl FirstRows {
    /// Prepares for the ids of an export.
    pub(super) fn among<'a>(ids: impl Iterator<Item = Option<&'a Id>>) -> Self {
        let mut hashes: Vec<u64> = ids.flatten().map(|id| FxBuildHasher.hash_one(id)).collect();
        hashes.par_sort_unstable();
        let repeated_hashes = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        Self { repeated_hashes, of_repeated: FxHashMap::default() }
    }

    /// Notes that a row has an id.
    pub(super) fn occurrence(&mut self, id: Option<&Id>, place: RowPlace, text_hash: u64) -> Occurrence {
        match id.filter(|id| self.repeated_hashes.contains(&FxBuildHasher.hash_one(id))) {
            Some(id) => occurrence(self.of_repeated.entry(id.clone()).or_default(), place, text_hash),
            None => Occurrence::First,
        }
    }
}
