//! Ids that come twice: each belongs to the first row that has it.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use arbiter_model::dispute::Id;
use arbiter_model::exports::Cause;

use super::columns::FieldFault;
use super::scan::RowPlace;

/// The row that an id belongs to: the first that has it, whatever becomes of that row.
#[derive(Clone, Copy)]
pub struct Owner {
    place: RowPlace,
    text_hash: u64,
}

/// What a row is to the owner of its id.
pub enum Claim {
    /// Its first row.
    First,
    /// A row with the same text in every field.
    Repeat,
    /// A row with another text.
    Duplicate {
        /// The first row.
        of: RowPlace,
    },
}

/// Claims an id for a row.
pub fn claim(owner: &mut Option<Owner>, place: RowPlace, text_hash: u64) -> Claim {
    match owner {
        None => {
            *owner = Some(Owner { place, text_hash });
            Claim::First
        }
        Some(owner) if owner.text_hash == text_hash => Claim::Repeat,
        Some(owner) => Claim::Duplicate { of: owner.place },
    }
}

/// The fault of a row whose id belongs to another.
pub fn duplicate(column: &str, id: &str, first: &str) -> FieldFault {
    let expected = format!("an id of its own; {first} has it first, with another text");
    FieldFault::new(Cause::DuplicateId, column, id.as_bytes(), expected)
}

/// The owners of ids. An empty id is a missing field, and claims nothing.
///
/// Nearly all ids come once. So first the hashes that come more than once are found, and only their
/// ids are kept and compared.
pub struct Owners {
    repeated_hashes: FxHashSet<u64>,
    of_repeated: FxHashMap<Id, Option<Owner>>,
}

impl Owners {
    /// Prepares for the ids of an export.
    pub fn among<'a>(ids: impl Iterator<Item = Option<&'a Id>>) -> Self {
        let mut hashes: Vec<u64> = ids.flatten().map(|id| FxBuildHasher.hash_one(id)).collect();
        hashes.par_sort_unstable();
        let repeated_hashes = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        Self { repeated_hashes, of_repeated: FxHashMap::default() }
    }

    /// Claims an id for a row.
    pub fn claim(&mut self, id: Option<&Id>, place: RowPlace, text_hash: u64) -> Claim {
        match id.filter(|id| self.repeated_hashes.contains(&FxBuildHasher.hash_one(id))) {
            Some(id) => claim(self.of_repeated.entry(id.clone()).or_default(), place, text_hash),
            None => Claim::First,
        }
    }
}
