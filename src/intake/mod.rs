//! Intake: three CSV exports in; a docket and the rejected rows out.
//!
//! Most of an orders or tracking export bears on no dispute. So the disputes are read first, and
//! then the two big files once each, in parallel, keeping only what a dispute names: memory grows
//! with the disputes, not with the orders.
//!
//! What is wrong with a row is collected and never stops the others. What is wrong with a file stops
//! the run.

mod assemble;
mod blocks;
mod desk;
mod dialect;
mod disputes;
mod header;
mod names;
mod orders;
mod owners;
mod reject;
mod row;
mod scan;
mod separators;
mod tracking;

use std::path::PathBuf;

use chrono_tz::Tz;

pub use scan::Progress;

use crate::case::Docket;
use crate::exports::{Exports, Reject};
use crate::fault::Fault;

use names::{Named, OtherOrders};
use scan::Export;

/// Where the three exports are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// orders.csv
    pub orders: PathBuf,
    /// tracking.csv
    pub tracking: PathBuf,
    /// disputes.csv
    pub disputes: PathBuf,
}

/// All that was read.
#[derive(Debug)]
pub struct Intake {
    /// What can be decided on.
    pub docket: Docket,
    /// What was kept out, by file (orders, tracking, disputes) and line.
    pub rejects: Vec<Reject>,
    /// What the exports were.
    pub exports: Exports,
}

/// Reads the exports. Timestamps without an offset are read in `zone`.
///
/// # Errors
///
/// A file is missing or unreadable, empty, lacks a needed column, or has a quote that never closes.
pub fn read(sources: &Sources, zone: Tz, progress: &dyn Progress) -> Result<Intake, Fault> {
    let disputes = Export::open(&sources.disputes)?;
    let orders = Export::open(&sources.orders)?;
    let tracking = Export::open(&sources.tracking)?;

    let exported = disputes::exported(&disputes.header);
    let disputes = disputes.scan(zone, progress, |row| Some(disputes::read(row, exported)))?;
    let named = Named::by(&disputes);
    let orders = orders.scan(zone, progress, |row| orders::read(row, &named))?;
    let others = OtherOrders::of(&orders);
    let tracking = tracking.scan(zone, progress, |row| tracking::read(row, &named.orders, &others))?;

    Ok(assemble::assemble(orders, tracking, disputes, &named))
}
