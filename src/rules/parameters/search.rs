//! What is known of a table of parameters beyond its types: which cases it can touch, and how its values are searched.

use arbiter_model::case::Case;
use arbiter_model::instant::Instant;

/// Whether a case may be decided otherwise under other values of a rule's parameters, by the facts alone.
pub type Reach = fn(&Case, Instant) -> bool;

/// Every case there is.
pub const EVERY_CASE: Reach = |_, _| true;

/// No case: nothing is decided by them, or only through the level of a buyer.
pub const NO_CASE: Reach = |_, _| false;

/// How the values of a number between two of them are searched for where decisions change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// By halves: the number is one side of a single comparison, or a share.
    Halves,
    /// By halves, with an eye on which dates come before which: several comparisons hang on the date that it moves.
    HalvesWithDates,
    /// One by one, where nothing of this is known.
    EveryValue,
}

/// What is known of one table: the parameters of a rule, or of several that share them.
#[derive(Clone, Copy, Debug)]
pub struct RuleParameters {
    /// The table's name in a policy file.
    pub name: &'static str,
    /// Which cases they can touch.
    pub reach: Reach,
    /// How the values of the one of a name are searched.
    pub search: fn(&str) -> Search,
    /// Whether the one of a name is turned where the nearest change of a decision is sought.
    pub is_turned: fn(&str) -> bool,
    /// Whether they concern the run as a whole, so that they cannot vary by case.
    pub of_run: bool,
}

impl RuleParameters {
    /// Parameters that may touch every case, and of which nothing is known that would shorten a search.
    pub const fn new(name: &'static str) -> Self {
        Self { name, reach: EVERY_CASE, search: |_| Search::EveryValue, is_turned: |_| true, of_run: false }
    }
}
