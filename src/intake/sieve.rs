//! What an export's rows are sifted by.

use super::columns::{Column, Row};

/// Rows that are sifted together: enough that what is looked up for one does not wait for the other's.
pub const TOGETHER: usize = 64;

/// Picks what is to be kept of an export's rows. What is kept of a row must not hang on which rows are sifted together.
pub trait Sieve<C: Column>: Sync {
    /// What is kept of a row.
    type Kept: Send;

    /// Sifts at most [`TOGETHER`] rows that follow each other. `keep` takes what is kept, with the row's place among
    /// them, in their order.
    fn sift(&self, rows: &[Row<C>], keep: &mut impl FnMut(usize, Self::Kept));
}

/// What rows that are sifted together have in a column; nothing past the last row.
pub fn fields_of<'a, C: Column>(rows: &[Row<'a, C>], column: C) -> [&'a [u8]; TOGETHER] {
    let mut fields: [&[u8]; TOGETHER] = [b""; TOGETHER];
    fields.iter_mut().zip(rows).for_each(|(field, row)| *field = row.bytes(column));
    fields
}

/// Keeps something of every row.
pub struct Every<F>(pub F);

impl<C: Column, K: Send, F: Fn(&Row<C>) -> K + Sync> Sieve<C> for Every<F> {
    type Kept = K;

    fn sift(&self, rows: &[Row<C>], keep: &mut impl FnMut(usize, K)) {
        rows.iter().enumerate().for_each(|(place, row)| keep(place, self.0(row)));
    }
}
