//! From records to columns: the header of a file, what a mapping says of it, and rows read field by field.

mod column;
mod fault;
mod fix;
mod header;
mod mapping;
mod row;
mod text_row;

pub(crate) use column::{Column, columns, columns_of, in_reading_order, place_of};
pub(crate) use fault::FieldFault;
pub(crate) use fix::toml_string;
pub(crate) use header::Header;
pub(crate) use mapping::{ColumnSource, ExportMapping};
pub(crate) use row::Row;
pub(crate) use text_row::{TextRow, fineness};
