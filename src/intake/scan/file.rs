//! One file of an export whose header has been read.

use std::sync::Arc;

use memchr::memchr_iter;

use arbiter_model::fault::{Fault, FaultKind};

use super::head::Head;
use super::options::ExportOptions;
use crate::bytes::{Source, SourceText};
use crate::columns::{Column, Header};
use crate::csv::Dialect;

/// A file whose header has been read.
pub(super) struct OpenFile<C> {
    /// Its name, for messages and outputs: paths differ between machines.
    pub(crate) name: Arc<str>,
    /// Where it is, for messages.
    pub(crate) place: String,
    /// Its columns.
    pub(crate) header: Header<C>,
    /// Its separators.
    pub(crate) dialect: Dialect,
    /// What is left to be read.
    pub(crate) text: SourceText,
    /// What was read of the records already.
    pub(crate) rest: Vec<u8>,
    /// The lines of the header, and those before it.
    pub(super) lines_before: u64,
}

impl<C: Column> OpenFile<C> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is empty, has a header that is not text, or lacks a required column.
    pub(super) fn open(source: &Source, options: &ExportOptions) -> Result<Self, Fault> {
        let mapping = options.mapping;
        let head = Head::read(source, options.encoding, options.delimiter, |name| Header::<C>::knows(mapping, name))?;
        let Head { text, dialect, names, bytes, end, line } = head;
        let place = source.place();
        // Without it the export would count as one that does not have the column.
        if let Some((name, kind)) = text.unread.iter().find(|(name, _)| Header::<C>::knows(mapping, name)) {
            return Err(Fault::new(FaultKind::Input, format!("unsupported type {kind} of column {name}"))
                .at(place)
                .hint("store it as text, a 32-bit or 64-bit number, a 128-bit decimal, a boolean or a timestamp"));
        }
        let mut format = mapping.value_format(options.zone);
        if text.is_table() {
            format.add_typed_timestamps();
        }
        let header_place = format!("{place}:{line}");
        let header = Header::new(&header_place, dialect.delimiter, names, mapping, text.encoding(), format)?;
        let lines = memchr_iter(dialect.terminator, &bytes[..end]).count() as u64;
        let is_open = !bytes[..end].ends_with(&[dialect.terminator]);
        // A table's rows are numbered without its header.
        let lines_before = if text.is_table() { 0 } else { lines + u64::from(is_open) };
        Ok(Self { name: source.name().into(), place, header, dialect, text, rest: bytes[end..].to_vec(), lines_before })
    }
}
