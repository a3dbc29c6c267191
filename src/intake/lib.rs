//! Intake: three CSV exports in; a docket and the rejected rows out.
//!
//! Most of an orders or tracking export bears on no dispute. So the disputes are read first, and
//! then the two big files once each, in parallel, keeping only what a dispute names: memory grows
//! with the disputes, not with the orders.
//!
//! What is wrong with a row is collected and never stops the others. What is wrong with a file stops
//! the run.

mod assemble;
mod bytes;
mod columns;
mod csv;
mod desk;
mod disputes;
mod mapping;
mod names;
mod orders;
mod owners;
mod rulings;
mod scan;
mod sketch;
mod tracking;
mod values;

use chrono_tz::Tz;

pub use bytes::{ENCODINGS, Encoding, Source};
pub use mapping::{DELIMITERS, Mapping, delimiter};
pub use rulings::{Rulings, read as read_rulings};
pub use scan::Progress;
pub use sketch::sketch;

use arbiter_model::case::Docket;
use arbiter_model::exports::{Exports, ReadWith, Reject};
use arbiter_model::fault::Fault;

use assemble::Sorted;
use columns::ExportMapping;
use names::{Named, OtherOrders};
use orders::OrderFilter;
use scan::{Export, ExportOptions, KeepAll};
use tracking::EventFilter;

/// Where the three exports are, each in one file or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// orders.csv
    pub orders: Vec<Source>,
    /// tracking.csv
    pub tracking: Vec<Source>,
    /// disputes.csv
    pub disputes: Vec<Source>,
}

/// How the exports are to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The clock of timestamps without an offset, where the mapping names no other.
    pub zone: Tz,
    /// How an export that is not ours is turned into one.
    pub mapping: Mapping,
    /// The encoding of all files, whatever the mapping says.
    pub encoding: Option<Encoding>,
    /// What stands between fields in all files, whatever the mapping says.
    pub delimiter: Option<u8>,
    /// The most lines that one quoted field may have.
    pub max_field_lines: u32,
}

impl Reading {
    /// Our own exports, with their clock.
    pub fn standard(zone: Tz) -> Self {
        let mapping = Mapping::default();
        Self { zone, mapping, encoding: None, delimiter: None, max_field_lines: MAX_FIELD_LINES }
    }

    /// How the files of one export are read.
    fn of<'a>(&self, mapping: &'a ExportMapping) -> ExportOptions<'a> {
        ExportOptions {
            mapping,
            zone: self.zone,
            encoding: self.encoding.or(mapping.encoding),
            delimiter: self.delimiter.or(mapping.delimiter),
            max_field_lines: self.max_field_lines,
        }
    }

    fn summary(&self) -> ReadWith {
        ReadWith {
            timezone: self.zone.name().to_owned(),
            mapping: self.mapping.blake3.clone(),
            max_field_lines: self.max_field_lines,
        }
    }
}

/// The lines of a quoted field that are believed without being asked.
pub const MAX_FIELD_LINES: u32 = 10;

/// All that was read.
#[derive(Debug)]
pub struct Intake {
    /// What can be decided on.
    pub docket: Docket,
    /// What was kept out, by export (orders, tracking, disputes), file and line.
    pub rejects: Vec<Reject>,
    /// What the exports were.
    pub exports: Exports,
}

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
    let disputes = disputes.scan(progress, &KeepAll(disputes::read_ids))?;
    let named = Named::by(&disputes);
    // What was kept of one export is put together while the next one is read, so that little is held at
    // a time.
    let (claims, orders) = rayon::join(
        || Sorted::of(disputes, |rows, sorting| desk::claims(rows, &named, sorting)),
        || orders.scan(progress, &OrderFilter(&named)),
    );
    let orders = orders?;
    let others = OtherOrders::of(&orders);
    let (heard, tracking) = rayon::join(
        || assemble::hear(orders, claims, &layouts, &named, first_of_disputes),
        || tracking.scan(progress, &EventFilter { disputed: &named.orders, others: &others }),
    );
    drop(others);
    Ok(assemble::assemble(heard, tracking?, &named, reading.summary()))
}
