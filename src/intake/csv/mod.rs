//! From text to records: the dialect of a file, its separators, and blocks of whole records.

mod blocks;
mod dialect;
mod fields;
mod records;
mod separators;

pub(crate) use blocks::{BLOCK_BYTES, Block, Blocks};
pub(crate) use dialect::Dialect;
pub(crate) use fields::{Fields, RecordFields, RecordText};
pub(crate) use records::{Grammar, Piece};
pub(crate) use separators::Separators;
