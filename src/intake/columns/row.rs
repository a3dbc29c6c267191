//! A row of an export.

use std::hash::{BuildHasher, Hash, Hasher};

use memchr::memchr;
use rustc_hash::FxBuildHasher;

use arbiter_model::dispute::Id;
use arbiter_model::exports::Cause;

use super::column::Column;
use super::fault::FieldFault;
use super::fix;
use super::header::Header;
use super::text_row::TextRow;
use crate::csv::{RecordFields, RecordText};

/// A row of an export, as bytes: for filtering.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a, C> {
    header: &'a Header<C>,
    record: &'a [u8],
    /// The record as text without NUL, where that is known already.
    text: Option<&'a str>,
    fields: RecordFields<'a>,
}

impl<'a, C: Column> Row<'a, C> {
    /// A row of a record that was split into fields.
    pub(crate) fn new(header: &'a Header<C>, record: &'a [u8], fields: RecordFields<'a>) -> Self {
        Self { header, record, text: None, fields }
    }

    /// The row with its record as text without NUL, where that is known: it need not be checked again.
    pub(crate) fn known_as(self, text: Option<&'a str>) -> Self {
        Self { text, ..self }
    }

    /// How many fields it has.
    pub(crate) fn width(&self) -> usize {
        self.fields.count()
    }

    /// The header of the row's file.
    pub(crate) fn header(&self) -> &'a Header<C> {
        self.header
    }

    /// The bytes of the whole record, without its line end.
    pub(crate) fn record(&self) -> &'a [u8] {
        self.record
    }

    /// The bytes of a column's field; empty where the export has no such column.
    #[inline]
    pub(crate) fn bytes(&self, column: C) -> &'a [u8] {
        self.header.pick(column, |place| self.fields.get(self.record, place), str::as_bytes).unwrap_or_default()
    }

    /// A column's text, where no further check is needed: the row is known to be text, and the column has the arbiter's
    /// own form.
    pub(crate) fn known(&self, column: C) -> Option<&'a str> {
        let place = self.header.place(column).filter(|_| self.header.format.has_standard_texts())?;
        Some(self.fields.get_text(RecordText::plain(self.text?), place)).filter(|_| self.fields.are_plain())
    }

    /// A column's text, to be kept; `None` where it is empty or not text.
    pub(crate) fn kept(&self, column: C) -> Option<Id> {
        std::str::from_utf8(self.bytes(column)).ok().filter(|text| !text.is_empty()).map(Id::from)
    }

    /// A hash of every field's text, however it was quoted: rows that repeat each other share it.
    pub(crate) fn text_hash(&self) -> u64 {
        let mut hasher = FxBuildHasher.build_hasher();
        let each = |index| self.fields.get(self.record, index);
        if let Some(order) = &self.header.common_order {
            order.iter().for_each(|index| each(*index).hash(&mut hasher));
        } else if self.fields.are_plain() {
            hasher.write(self.record);
        } else {
            // The same bytes as above, for the fields that could have stood without quotes.
            let joined: Vec<_> = (0..self.fields.count()).map(each).collect();
            hasher.write(&joined.join(&self.header.delimiter()));
            // Others are told apart by where each ends.
            let speaks = |field: &&[u8]| field.iter().any(|byte| *byte == b'"' || *byte == self.header.delimiter());
            joined.iter().filter(|field| speaks(field)).for_each(|field| field.len().hash(&mut hasher));
        }
        hasher.finish()
    }

    /// The row as text.
    ///
    /// # Errors
    ///
    /// What makes the row unreadable as a whole: broken quotes, or bytes that are not text.
    pub(crate) fn as_text(&self) -> Result<TextRow<'a, C>, FieldFault> {
        let Self { header, record, text, fields } = *self;
        if let Some(text) = text.filter(|_| fields.are_plain()) {
            return Ok(TextRow::new(header, RecordText::plain(text), fields));
        }
        if fields.are_torn() {
            let expected = "a quoted field that ends at its closing quote; quotes inside are doubled";
            return Err(FieldFault::quoting(record, expected));
        }
        match fields.as_text(record).filter(|_| memchr(0, record).is_none()) {
            Some(text) => Ok(TextRow::new(header, text, fields)),
            None => Err(self.invalid_text()),
        }
    }

    fn invalid_text(&self) -> FieldFault {
        let field = |index| self.fields.get(self.record, index);
        let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
        let place = (0..self.fields.count()).find(|index| !is_text(field(*index))).unwrap_or_default();
        let (name, bytes) = (self.header.name_at(place), field(place));
        match std::str::from_utf8(bytes) {
            Ok(_) => FieldFault::new(Cause::Encoding, name, bytes, "text without NUL bytes"),
            Err(_) => {
                let encoding = self.header.encoding;
                let fix = encoding.is_utf8().then(|| fix::encoding(self.record)).flatten();
                FieldFault::new(Cause::Encoding, name, bytes, format!("text in {}", encoding.name())).fix(fix)
            }
        }
    }
}
