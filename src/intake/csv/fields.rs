//! The fields of one record.

use memchr::memchr;

/// Where a field lies: in the record, or among the unquoted texts.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    unquoted: bool,
}

/// A record that is text, beside the texts of its quoted fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordText<'a> {
    record: &'a str,
    unquoted: &'a str,
}

impl<'a> RecordText<'a> {
    /// A record without quoted fields.
    pub(crate) fn plain(record: &'a str) -> Self {
        Self { record, unquoted: "" }
    }
}

/// The fields of one record. Made once and used for many records.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    spans: Vec<Span>,
    unquoted: Vec<u8>,
    torn: bool,
}

impl Fields {
    /// Forgets the fields of the last record.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.unquoted.clear();
        self.torn = false;
    }

    /// Adds a field without quotes.
    #[inline]
    pub(super) fn push_plain(&mut self, start: usize, end: usize) {
        self.spans.push(Span { start, end, unquoted: false });
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.spans.len()
    }

    /// Whether a quoted field has text after its closing quote, or none closes it.
    pub(crate) fn are_torn(&self) -> bool {
        self.torn
    }

    /// Whether every field stands in the record as it is, without quotes taken off.
    fn are_plain(&self) -> bool {
        self.unquoted.is_empty() && !self.spans.iter().any(|span| span.unquoted)
    }

    /// One field's bytes, without quotes, of the record that was split; empty where there is none.
    pub(crate) fn get<'a>(&'a self, record: &'a [u8], index: usize) -> &'a [u8] {
        match self.spans.get(index) {
            Some(span) if span.unquoted => &self.unquoted[span.start..span.end],
            Some(span) => &record[span.start..span.end],
            None => b"",
        }
    }

    /// Takes the quotes off the field that starts with one at `start`; returns where the field ends.
    pub(super) fn unquote(&mut self, record: &[u8], start: usize, delimiter: u8) -> usize {
        let text_start = self.unquoted.len();
        let mut here = start + 1;
        let after = loop {
            let Some(at) = memchr(b'"', &record[here..]).map(|at| here + at) else {
                self.torn = true;
                self.unquoted.extend_from_slice(&record[here..]);
                break record.len();
            };
            self.unquoted.extend_from_slice(&record[here..at]);
            match record.get(at + 1) {
                Some(b'"') => {
                    self.unquoted.push(b'"');
                    here = at + 2;
                }
                _ => break at + 1,
            }
        };
        let end = memchr(delimiter, &record[after..]).map_or(record.len(), |at| after + at);
        self.torn |= end > after;
        self.unquoted.extend_from_slice(&record[after..end]);
        self.spans.push(Span { start: text_start, end: self.unquoted.len(), unquoted: true });
        end
    }
}

/// How one record falls into fields.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RecordFields<'a> {
    /// At these places of the text in which the record begins at `start`; no field has quotes.
    At {
        /// Where the record begins.
        start: u32,
        /// Where its fields end.
        ends: &'a [u32],
    },
    /// Taken apart by itself, quotes taken off.
    Into(&'a Fields),
}

impl<'a> RecordFields<'a> {
    /// How many fields there are.
    #[inline]
    pub(crate) fn count(self) -> usize {
        match self {
            Self::At { ends, .. } => ends.len(),
            Self::Into(fields) => fields.count(),
        }
    }

    /// Whether a quoted field has text after its closing quote, or none closes it.
    pub(crate) fn are_torn(self) -> bool {
        matches!(self, Self::Into(fields) if fields.are_torn())
    }

    /// Whether every field stands in the record as it is.
    pub(crate) fn are_plain(self) -> bool {
        match self {
            Self::At { .. } => true,
            Self::Into(fields) => fields.are_plain(),
        }
    }

    /// One field's bytes, without quotes; empty where there is none.
    #[inline]
    pub(crate) fn get(self, record: &'a [u8], index: usize) -> &'a [u8] {
        match self {
            Self::At { start, ends } => record.get(range(start, ends, index, record.len())).unwrap_or_default(),
            Self::Into(fields) => fields.get(record, index),
        }
    }

    /// One field's text where the record and the unquoted texts are text; empty where there is none.
    #[inline]
    pub(crate) fn get_text(self, text: RecordText<'a>, index: usize) -> &'a str {
        // Fields are cut at ASCII bytes, so always at the boundary of a letter.
        match self {
            Self::At { start, ends } => text.record.get(range(start, ends, index, text.record.len())),
            Self::Into(fields) => fields.spans.get(index).and_then(|span| {
                let whole = if span.unquoted { text.unquoted } else { text.record };
                whole.get(span.start..span.end)
            }),
        }
        .unwrap_or_default()
    }

    /// The record and its unquoted fields as text; `None` where they are not UTF-8.
    pub(crate) fn as_text(self, record: &'a [u8]) -> Option<RecordText<'a>> {
        let record = std::str::from_utf8(record).ok()?;
        let unquoted = match self {
            Self::At { .. } => "",
            Self::Into(fields) => std::str::from_utf8(&fields.unquoted).ok()?,
        };
        Some(RecordText { record, unquoted })
    }
}

/// Where a field lies in a record of some length; past its end where there is no such field. The last place may be
/// that of a line end of two bytes.
#[inline]
fn range(start: u32, ends: &[u32], index: usize, length: usize) -> std::ops::Range<usize> {
    let begin = match index.checked_sub(1) {
        None => 0,
        Some(before) => ends.get(before).map_or(length, |end| (end - start) as usize + 1),
    };
    let end = ends.get(index).map_or(length, |end| (end - start) as usize);
    begin.min(length)..end.min(length)
}
