//! Row filters: what is kept of an export's rows.

use crate::columns::{Column, Row};

/// Rows that are filtered together: enough that what is looked up for one does not wait for the other's.
pub(crate) const BATCH_ROWS: usize = 64;

/// Picks what is kept of an export's rows. What is kept of a row must not depend on which rows are filtered together.
pub(crate) trait RowFilter<C: Column>: Sync {
    /// What is kept of a row.
    type Kept: Send;

    /// Filters at most [`BATCH_ROWS`] rows that follow each other. `keep` takes what is kept, with the row's place
    /// among them, in their order.
    fn filter(&self, rows: &[Row<C>], keep: &mut impl FnMut(usize, Self::Kept));
}

/// What rows that are filtered together have in a column; nothing past the last row.
pub(crate) fn fields_of<'a, C: Column>(rows: &[Row<'a, C>], column: C) -> [&'a [u8]; BATCH_ROWS] {
    let mut fields: [&[u8]; BATCH_ROWS] = [b""; BATCH_ROWS];
    fields.iter_mut().zip(rows).for_each(|(field, row)| *field = row.bytes(column));
    fields
}

/// Keeps something of every row.
pub(crate) struct KeepAll<F>(pub F);

impl<C: Column, K: Send, F: Fn(&Row<C>) -> K + Sync> RowFilter<C> for KeepAll<F> {
    type Kept = K;

    fn filter(&self, rows: &[Row<C>], keep: &mut impl FnMut(usize, K)) {
        rows.iter().enumerate().for_each(|(place, row)| keep(place, self.0(row)));
    }
}
