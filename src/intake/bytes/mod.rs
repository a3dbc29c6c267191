//! From files to text: bytes are read, hashed, unpacked and decoded; Parquet tables are written as text.

mod decoder;
mod digest;
mod encoding;
mod packing;
mod parquet;
pub mod parquet_columns;
mod source;
mod source_text;

pub use encoding::{ENCODINGS, Encoding};
pub use source::Source;

pub(crate) use encoding::sniff_encoding;
pub(crate) use parquet::{DELIMITER as PARQUET_DELIMITER, TERMINATOR as PARQUET_TERMINATOR};
pub(crate) use source_text::SourceText;
