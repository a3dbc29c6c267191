//! From columns to rows: one pass over the files of an export, block by block, keeping what a filter picks.

mod block_reader;
mod csv_collections;
mod export;
mod file;
mod head;
mod options;
mod pass;
mod progress;
mod row_filter;

pub use progress::Progress;

pub(crate) use export::{Export, Layout};
pub(crate) use head::Head;
pub(crate) use options::ExportOptions;
pub(crate) use pass::{RowPlace, Scan};
pub(crate) use row_filter::{BATCH_ROWS, KeepAll, RowFilter, fields_of};
