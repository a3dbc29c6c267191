//! The dialect of a CSV file: where its records end, and how a record is split into fields.
//!
//! A quote opens a quoted field only as the first byte of a field; inside, two quotes are one. A
//! quote elsewhere is a letter like any other. This is what the `csv` crate does too, and a test
//! holds the two together.

use memchr::{memchr, memchr_iter, memchr2};

use super::fields::Fields;

/// How an export separates fields and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between fields.
    pub(crate) delimiter: u8,
    /// The last byte of a line end: `\n`, or `\r` in a file that has no other.
    pub(crate) terminator: u8,
}

impl Dialect {
    /// Finds the line end from the beginning of a file: `\r` where the first line ends with it alone,
    /// and so do most. One that got lost in a header makes no other lines.
    pub(crate) fn sniff_terminator(head: &[u8]) -> u8 {
        let is_return = |at: usize| head[at] == b'\r' && head.get(at + 1) != Some(&b'\n');
        if !memchr2(b'\n', b'\r', head).is_some_and(is_return) {
            return b'\n';
        }
        let returns = memchr_iter(b'\r', head).filter(|at| is_return(*at)).count();
        if returns >= memchr_iter(b'\n', head).count() { b'\r' } else { b'\n' }
    }

    /// Where the record that starts at `start` ends, line end included. `None` where the bytes end
    /// before it does.
    pub(crate) fn record_end(self, bytes: &[u8], start: usize) -> Option<usize> {
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
    pub(crate) fn split(self, record: &[u8], fields: &mut Fields) {
        fields.clear();
        let mut start = 0;
        loop {
            let end = match record.get(start) {
                Some(b'"') => fields.unquote(record, start, self.delimiter),
                _ => {
                    let end = memchr(self.delimiter, &record[start..]).map_or(record.len(), |at| start + at);
                    fields.push_plain(start, end);
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
    pub(crate) fn trim_end(self, record: &[u8]) -> &[u8] {
        self.trim_return(record.strip_suffix(&[self.terminator]).unwrap_or(record))
    }

    /// The record without the carriage return that belongs to its line end.
    pub(crate) fn trim_return(self, record: &[u8]) -> &[u8] {
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
