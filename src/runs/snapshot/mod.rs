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
mod row;
mod runs;
mod write;

use arbiter_model::VERSION;
use arbiter_model::docket::Docket;
use arbiter_model::instant::Instant;
use arbiter_model::run_record::RunRecord;
use arbiter_policy::Policy;

use std::io::{self, Write};

use arbiter_report::{Run, WriteTable};

pub use read::read;
pub use write::write;

/// The files of a run's folder that it can be decided again from.
pub const FILES: &[(&str, WriteTable)] = &[("docket.parquet", write_docket), ("policy.toml", write_policy)];

fn write_docket(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write(run.docket, run.record, out).map_err(io::Error::other)
}

fn write_policy(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(run.policy.to_toml().as_bytes())
}

/// Everything that a run was made of, parameters apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What was decided on.
    pub docket: Docket,
    /// What else is kept beside the table.
    pub record: RunRecord,
}

impl Snapshot {
    /// Whether it is to be decided just as it was when it was stored.
    pub fn is_as_it_was(&self, as_of: Instant, policy: &Policy) -> bool {
        let RunRecord { as_of: then, parameters, version, .. } = &self.record;
        *then == as_of && *parameters == policy.hash() && *version == VERSION
    }
}

/// Under which name the metadata keeps what stands beside the table.
const RECORD: &str = "arbiter";

/// Between the events in one text.
const BETWEEN: char = ';';

/// Digits after the point of amounts: those of the finest currency.
const SCALE: u32 = 4;

/// The columns of a standing decision's row, after their prefix.
const STANDING: &str = "standing_";

/// What the columns of people's rulings begin with.
const RULING: &str = "ruling_";
