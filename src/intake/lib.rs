//! Intake: three CSV exports in; a docket and the rejected rows out.
//!
//! Most of an orders or tracking export bears on no dispute. So the disputes are read first, and then the two big files
//! once each, in parallel, keeping only what a dispute names: memory grows with the disputes, not with the orders.
//!
//! What is wrong with a row is collected and never stops the others. What is wrong with a file stops the run.
//!
//! ```
//! use arbiter_intake::{Progress, Reading, Source, Sources, read};
//!
//! struct Silent;
//!
//! impl Progress for Silent {
//!     fn begin(&self, _file: &str, _bytes: u64) {}
//!     fn advance(&self, _bytes: u64) {}
//! }
//!
//! let folder = tempfile::tempdir()?;
//! let file = |name: &str, text: &str| {
//!     let path = folder.path().join(name);
//!     std::fs::write(&path, text).map(|()| vec![Source::File(path)])
//! };
//! let sources = Sources {
//!     orders: file(
//!         "orders.csv",
//!         "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at\n\
//!          O-1,anna,shop,USD,24.90,2026-03-01T08:00:00Z,2026-03-02T08:00:00Z\n",
//!     )?,
//!     tracking: file("tracking.csv", "order_id,event_at,status\nO-1,2026-03-03T08:00:00Z,in_transit\n")?,
//!     disputes: file(
//!         "disputes.csv",
//!         "dispute_id,order_id,buyer_id,opened_at,reason\n\
//!          D-1,O-1,anna,2026-05-10T08:00:00Z,not_received\n\
//!          D-2,O-1,anna,yesterday,not_received\n",
//!     )?,
//! };
//! let intake = read(&sources, &Reading::standard(chrono_tz::Tz::UTC), &Silent)?;
//!
//! // One dispute can be decided on; the row that says when it was opened in a way nobody can date is kept out.
//! let cases = &intake.docket.orders[0];
//! assert_eq!((cases.disputes.len(), cases.events.len()), (1, 1));
//! assert_eq!(intake.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The way of the data is the order of the folders; each builds only on those before it:
//!
//! | folder | from | to |
//! | --- | --- | --- |
//! | `bytes` | files: packing, encodings, Parquet | text in UTF-8 |
//! | `csv` | text | records and their fields, block by block |
//! | `values` | fields | what they may say, and how files write it |
//! | `columns` | records | rows whose fields have a meaning |
//! | `scan` | the files of an export | what a row filter keeps of their rows |
//! | `exports` | kept rows | orders, tracking events, disputes |
//! | `join` | the three exports | disputed orders with their events and disputes |
//!
//! Apart from this way, `infer` writes a first mapping for exports of another form.

mod bytes;
mod csv;
mod values;

mod columns;
mod scan;

mod exports;
mod join;

mod infer;

use arbiter_model::fault::Fault;

pub use bytes::{ENCODINGS, Encoding, Source, parquet_columns};
pub use exports::{DELIMITERS, MAX_FIELD_LINES, Mapping, Reading, Sources, delimiter};
pub use infer::infer_mapping;
pub use join::{Intake, RulingsExport, read_rulings};
pub use scan::Progress;

use exports::{DisputedIds, EventFilter, OrderFilter, OtherOrders, read_dispute_ids};
use join::{WithRejects, assemble, join_disputes, unique_disputes};
use scan::{Export, KeepAll};

/// Reads the exports.
///
/// # Errors
///
/// A file is missing or unreadable, empty, lacks a needed column, is in another encoding than it is
/// said to be, or has a quote that never closes.
pub fn read(sources: &Sources, reading: &Reading, progress: &dyn Progress) -> Result<Intake, Fault> {
    let mapping = &reading.mapping;
    let disputes = Export::open(&sources.disputes, &reading.of(&mapping.disputes))?;
    let orders = Export::open(&sources.orders, &reading.of(&mapping.orders))?;
    let tracking = Export::open(&sources.tracking, &reading.of(&mapping.tracking))?;

    let (layouts, first_of_disputes) = (disputes.layouts(), orders.file_count() + tracking.file_count());
    let disputes = disputes.scan(progress, &KeepAll(read_dispute_ids))?;
    let ids = DisputedIds::of(&disputes);
    // What was kept of one export is joined while the next one is read, so that little is held at a time.
    let (disputes, orders) = rayon::join(
        || WithRejects::of(disputes, |rows, rejects| unique_disputes(rows, &ids, rejects)),
        || orders.scan(progress, &OrderFilter(&ids)),
    );
    let orders = orders?;
    let others = OtherOrders::of(&orders);
    let (joined, tracking) = rayon::join(
        || join_disputes(orders, disputes, &layouts, &ids, first_of_disputes),
        || tracking.scan(progress, &EventFilter { disputed: &ids.orders, others: &others }),
    );
    drop(others);
    Ok(assemble(joined, tracking?, &ids, reading.summary()))
}
