//! The dialect of a CSV file, where its records end, and how a record falls into fields.
//!
//! A quote opens a quoted field only as the first byte of a field; inside, two quotes are one. A
//! quote elsewhere is a letter like any other. This is what the `csv` crate does too, and a test
//! holds the two together.

use memchr::{memchr, memchr_iter, memchr2};

/// How an export separates fields and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// The last byte of a line end: `\n`, or `\r` in a file that has no other.
    pub terminator: u8,
}

impl Dialect {
    /// Finds the line end from the beginning of a file: `\r` where the first line ends with it alone,
    /// and so do most. One that got lost in a header makes no other lines.
    pub fn sniff_terminator(head: &[u8]) -> u8 {
        let is_return = |at: usize| head[at] == b'\r' && head.get(at + 1) != Some(&b'\n');
        if !memchr2(b'\n', b'\r', head).is_some_and(is_return) {
            return b'\n';
        }
        let returns = memchr_iter(b'\r', head).filter(|at| is_return(*at)).count();
        if returns >= memchr_iter(b'\n', head).count() { b'\r' } else { b'\n' }
    }

    /// Where the record that starts at `start` ends, line end included. `None` where the bytes end
    /// before it does.
    pub fn record_end(self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut here = start;
        loop {
            let at = here + memchr2(b'"', self.terminator, &bytes[here..])?;
            if bytes[at] == self.terminator {
                return Some(at + 1);
            }
            let opens = at == start || bytes[at - 1] == self.delimiter;
            here = if opens { closing_quote(bytes, at + 1)? + 1 } else { at + 1 };
        }
    }

    /// Takes a record without its line end apart.
    pub fn split(self, record: &[u8], fields: &mut Fields) {
        fields.clear();
        let mut start = 0;
        loop {
            let end = match record.get(start) {
                Some(b'"') => fields.unquote(record, start, self.delimiter),
                _ => {
                    let end = memchr(self.delimiter, &record[start..]).map_or(record.len(), |at| start + at);
                    fields.spans.push(Span { start, end, unquoted: false });
                    end
                }
            };
            if end >= record.len() {
                return;
            }
            start = end + 1;
        }
    }

    /// The record without its line end.
    pub fn trim_end(self, record: &[u8]) -> &[u8] {
        self.trim_return(record.strip_suffix(&[self.terminator]).unwrap_or(record))
    }

    /// The record without the carriage return that belongs to its line end.
    pub fn trim_return(self, record: &[u8]) -> &[u8] {
        match self.terminator {
            b'\n' => record.strip_suffix(b"\r").unwrap_or(record),
            _ => record,
        }
    }
}

/// Where the quote is that closes the field whose content starts at `start`.
fn closing_quote(bytes: &[u8], start: usize) -> Option<usize> {
    let mut here = start;
    loop {
        let at = here + memchr(b'"', &bytes[here..])?;
        match bytes.get(at + 1) {
            Some(b'"') => here = at + 2,
            Some(_) => return Some(at),
            // The next byte may be a second quote: undecided until it is there.
            None => return None,
        }
    }
}

/// Where a field lies: in the record, or among the unquoted texts.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    unquoted: bool,
}

/// A record that is text, beside the texts of its quoted fields.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    record: &'a str,
    unquoted: &'a str,
}

impl<'a> Text<'a> {
    /// A record without quoted fields.
    pub fn plain(record: &'a str) -> Self {
        Self { record, unquoted: "" }
    }
}

/// The fields of one record. Made once and used for many records.
#[derive(Debug, Default)]
pub struct Fields {
    spans: Vec<Span>,
    unquoted: Vec<u8>,
    torn: bool,
}

impl Fields {
    /// Forgets the fields of the last record.
    fn clear(&mut self) {
        self.spans.clear();
        self.unquoted.clear();
        self.torn = false;
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// Whether a quoted field has text after its closing quote, or none closes it.
    pub fn are_torn(&self) -> bool {
        self.torn
    }

    /// Whether every field stands in the record as it is, without quotes taken off.
    fn are_plain(&self) -> bool {
        self.unquoted.is_empty() && !self.spans.iter().any(|span| span.unquoted)
    }

    /// One field's bytes, without quotes, of the record that was split; empty where there is none.
    pub fn get<'a>(&'a self, record: &'a [u8], index: usize) -> &'a [u8] {
        match self.spans.get(index) {
            Some(span) if span.unquoted => &self.unquoted[span.start..span.end],
            Some(span) => &record[span.start..span.end],
            None => b"",
        }
    }

    /// Takes the quotes off the field that starts with one at `start`; returns where the field ends.
    fn unquote(&mut self, record: &[u8], start: usize, delimiter: u8) -> usize {
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
pub enum Split<'a> {
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

impl<'a> Split<'a> {
    /// How many fields there are.
    #[inline]
    pub fn count(self) -> usize {
        match self {
            Self::At { ends, .. } => ends.len(),
            Self::Into(fields) => fields.count(),
        }
    }

    /// Whether a quoted field has text after its closing quote, or none closes it.
    pub fn are_torn(self) -> bool {
        matches!(self, Self::Into(fields) if fields.are_torn())
    }

    /// Whether every field stands in the record as it is.
    pub fn are_plain(self) -> bool {
        match self {
            Self::At { .. } => true,
            Self::Into(fields) => fields.are_plain(),
        }
    }

    /// One field's bytes, without quotes; empty where there is none.
    #[inline]
    pub fn get(self, record: &'a [u8], index: usize) -> &'a [u8] {
        match self {
            Self::At { start, ends } => record.get(range(start, ends, index, record.len())).unwrap_or_default(),
            Self::Into(fields) => fields.get(record, index),
        }
    }

    /// One field's text where the record and the unquoted texts are text; empty where there is none.
    #[inline]
    pub fn get_text(self, text: Text<'a>, index: usize) -> &'a str {
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
    pub fn as_text(self, record: &'a [u8]) -> Option<Text<'a>> {
        let record = std::str::from_utf8(record).ok()?;
        let unquoted = match self {
            Self::At { .. } => "",
            Self::Into(fields) => std::str::from_utf8(&fields.unquoted).ok()?,
        };
        Some(Text { record, unquoted })
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIALECT: Dialect = Dialect { delimiter: b',', terminator: b'\n' };

    fn ours(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut fields = Fields::default();
        let mut records = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = DIALECT.record_end(text, start);
            // Where a quote is never closed, the last line end belongs to its field.
            let record = end.map_or(&text[start..], |end| DIALECT.trim_end(&text[start..end]));
            let end = end.unwrap_or(text.len());
            if !record.is_empty() {
                DIALECT.split(record, &mut fields);
                records.push((0..fields.count()).map(|index| fields.get(record, index).to_vec()).collect());
            }
            start = end;
        }
        records
    }

    fn theirs(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn quotes_open_only_at_the_start_of_a_field() {
        let text = b"a,\"b,\"\"c\"\"\nd\",5\" pipe\ne,,\n";
        let expected: [&[&[u8]]; 2] = [&[b"a", b"b,\"c\"\nd", b"5\" pipe"], &[b"e", b"", b""]];
        assert_eq!(ours(text), expected.map(|record| record.iter().map(|field| field.to_vec()).collect::<Vec<_>>()));
    }

    #[test]
    fn text_after_a_closing_quote_is_noticed() {
        let mut fields = Fields::default();
        for (record, torn) in
            [("\"a\"b,c", true), ("\"a\",c", false), ("\"a", true), ("a\"b\",c", false), ("\"\"", false)]
        {
            DIALECT.split(record.as_bytes(), &mut fields);
            assert_eq!(fields.are_torn(), torn, "{record}");
        }
    }

    #[test]
    fn the_line_end_is_found() {
        assert_eq!(Dialect::sniff_terminator(b"a,b\r\n1,2\r\n"), b'\n');
        assert_eq!(Dialect::sniff_terminator(b"a,b\n1,2\n"), b'\n');
        assert_eq!(Dialect::sniff_terminator(b"a,b\r1,2\r"), b'\r');
        assert_eq!(Dialect::sniff_terminator(b"a,b\r1,\"2\n3\"\r4,5\r"), b'\r');
        assert_eq!(Dialect::sniff_terminator(b"a\r,b\n1,2\n3,4\n"), b'\n');
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        /// The `csv` crate is the reference for what a record and a field are.
        #[test]
        fn records_are_those_of_the_csv_crate(pieces in prop::collection::vec(
            prop::sample::select(vec!["a", "bc", ",", ",", "\n", "\n", "\"", "\"\"", " ", "ж"]), 0..60)
        ) {
            let text = pieces.concat().into_bytes();
            prop_assert_eq!(ours(&text), theirs(&text));
        }
    }
}
