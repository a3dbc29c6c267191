//! What a field may say: kinds of columns, and how files write their values.

mod format;
mod sniff;
mod synonyms;
mod word;

pub(crate) use arbiter_model::fields::ColumnKind;
pub(crate) use format::ValueFormat;
pub(crate) use sniff::{number_signs, timestamp_patterns};
pub(crate) use synonyms::{column_synonyms, is_missing_marker, meaning};
pub(crate) use word::normalised;
