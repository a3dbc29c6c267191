//! What is kept of a run beside its cases: how its exports were read, and what has changed since the run before.

use serde::{Deserialize, Serialize, Serializer};

use crate::exports::{Exports, Reject};
use crate::instant::Instant;

/// What is kept of a run beside the table of its cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The instant it was decided as of.
    #[serde(serialize_with = "exactly")]
    pub as_of: Instant,
    /// The hash of the parameters it was decided by.
    pub parameters: String,
    /// The version of the program that decided.
    pub version: String,
    /// What the exports were.
    pub exports: Exports,
    /// The rows that were kept out when they were read.
    pub rejects: Vec<Reject>,
    /// The files that the facts were read from.
    pub sources: Vec<String>,
    /// The night before, where there was one.
    pub before: Option<SincePrevious>,
}

/// An instant with its fraction of a second.
fn exactly<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.exact())
}

/// The run before a run, and what has changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SincePrevious {
    /// The name of its folder.
    pub run: String,
    /// The disputes that are decided otherwise since.
    pub changes: Vec<DecisionChange>,
}

/// A dispute that is decided otherwise than the night before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionChange {
    /// The dispute.
    pub dispute_id: String,
    /// Its order.
    pub order_id: String,
    /// What the night before said of it; nothing where it did not decide it.
    pub old: Option<Verdict>,
    /// Why tonight says otherwise: codes, in the order of [`CAUSES`].
    pub causes: Vec<String>,
}

/// What a decision comes to, as decisions.csv shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What becomes of the money.
    pub outcome: String,
    /// The rule that decided.
    pub rule: String,
    /// What the buyer gets.
    pub award: String,
    /// Until when something is awaited.
    pub next_event_at: String,
}

/// Why a decision changes from one night to the next.
pub const CAUSES: &[(&str, &str)] = &[
    ("new_dispute", "the night before did not know the dispute, or it was not open yet"),
    ("not_in_export", "tonight's export does not have the dispute, or its row is rejected"),
    ("new_data", "other facts: of the dispute, its order, its parcel, or the buyer's record"),
    ("passing_time", "a deadline has passed since"),
    ("changed_parameters", "the parameters are others"),
    ("program_version", "the program is another version"),
    ("ruling", "a person has decided the dispute, or another of its order"),
];
