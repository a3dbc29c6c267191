//! The docket as it is stored with its run: one Parquet table of all the facts that were decided on, from which the
//! run can be decided again without the exports.
//!
//! There is one row for each dispute, in the order of the export, and after them one for each decision of an earlier
//! night that stands about a dispute which the export no longer has. Columns of the order stand in each of its rows;
//! its tracking events only in the first, one after the other in each of their columns; so do the buyer's other orders,
//! in the first row of the buyer.
//!
//! | columns | type |
//! | --- | --- |
//! | ids, codes, texts, capacities | string |
//! | amounts | decimal with four digits after the point, in the row's `currency` |
//! | timestamps | microseconds in UTC; what is finer than that, if anything is, in a column ending `_ns` |
//! | `events_at`, `buyer_orders_paid_at` | lists of timestamps |
//! | `events_status`, `events_country` | string: one for each event, with `;` between them |
//! | `events_origin` | string: the rows of the events, such as `1:120-123;1:130` for lines 120 to 123 and 130 of the file 1 |
//! | numbers, places, files and lines | unsigned integer; files by their place in the list `sources` of the file's metadata |
//! | `standing_*` | the row of decisions.csv of a decision that stands, as strings; only where something stands |
//! | `ruling_*` | what a person ruled about the dispute; only where there are rulings |
//!
//! The file's metadata has under `arbiter` what else the run was made of: the exports in numbers, the rejected rows,
//! and what had changed since the night before.

mod column;
mod read;
mod runs;
mod write;

use serde::{Deserialize, Serialize, Serializer};

use crate::case::Docket;
use crate::exports::{Exports, Reject};
use crate::instant::Instant;
use crate::policy::Policy;
use crate::report::VERSION;

pub use read::read;
pub use write::write;

/// Everything that a run was made of, parameters apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// What was decided on.
    pub docket: Docket,
    /// What else is kept beside the table.
    pub beside: Beside,
}

impl Stored {
    /// Whether it is to be decided just as it was when it was stored.
    pub fn is_as_it_was(&self, as_of: Instant, policy: &Policy) -> bool {
        let Beside { as_of: then, parameters, version, .. } = &self.beside;
        *then == as_of && *parameters == policy.hash() && *version == VERSION
    }
}

/// What is kept of a run beside the table of its cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beside {
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
    pub before: Option<Before>,
}

/// An instant with its fraction of a second.
fn exactly<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.exact())
}

/// The run before a run, and what has changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The name of its folder.
    pub run: String,
    /// The disputes that are decided otherwise since.
    pub changes: Vec<Change>,
}

/// A dispute that is decided otherwise than the night before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
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

/// Under which name the metadata keeps what stands beside the table.
const BESIDE: &str = "arbiter";

/// Between the events in one text.
const BETWEEN: char = ';';

/// Digits after the point of amounts: those of the finest currency.
const SCALE: u32 = 4;

/// The columns of a standing decision's row, after their prefix.
const STANDING: &str = "standing_";

/// What the columns of people's rulings begin with.
const RULING: &str = "ruling_";
