//! Which cases a rule's parameters can touch at all, by the facts alone: so that a question asks no more cases than it
//! must. Each row of [`Terms`] says so of its own.
//!
//! Held by a property test: no change of a parameter moves a case out of its reach.

use arbiter_policy::catalogue;
use arbiter_rules::{EVERY_CASE, Reach, Terms};

/// The reach of a table of parameters, by its name; every case where it is not known better.
pub fn reach_of(table: &str) -> Reach {
    Terms::table(table).map_or(EVERY_CASE, |known| known.reach)
}

/// The reach of every rule of the catalogue, in its order.
pub(super) fn of_rules() -> Vec<Reach> {
    catalogue().rules.iter().map(|group| reach_of(&group.name)).collect()
}
