//! Where the records of an export begin and end, when its quotes cannot be trusted.
//!
//! One stray quote can swallow all rows up to the next quote, or to the end of the file. So a record
//! that spans lines is believed only where it has the header's number of fields, where no quoted
//! field in it runs on for many lines, and where none of its lines is a row by itself. Any other is
//! a fault of its first line, where its quote opens; reading goes on at the next line that fits.

use memchr::memchr2;

use super::dialect::Dialect;
use super::fields::Fields;

/// What a record of one export looks like.
#[derive(Clone, Copy)]
pub(crate) struct Grammar<'a> {
    /// How fields and lines are separated.
    pub(crate) dialect: Dialect,
    /// How many fields a record has.
    pub(crate) width: usize,
    /// The most lines of one quoted field.
    pub(crate) max_lines: u32,
    /// Whether a line with the right number of fields is a row, rather than text that looks like one.
    pub(crate) is_row: &'a (dyn Fn(&[u8], &Fields) -> bool + Sync),
}

/// What stands between two places of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A record, whatever is wrong with it, or a blank line.
    Record,
    /// The first line of something whose quote runs away, `open` where it is open at the file's end.
    Runaway {
        /// Whether the file ends before the quote does.
        open: bool,
    },
    /// A line behind a runaway quote that fits no record.
    Inside,
}

/// Whether records are read, or the next line that fits is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuoteState {
    /// Records are read.
    Reading,
    /// A quote ran away.
    Resuming,
}

/// What a buffer begins with.
pub(super) struct WholePieces {
    /// How many of its bytes are whole pieces.
    pub(crate) length: usize,
    /// How reading stands behind them.
    pub(super) state_behind: QuoteState,
    /// Whether they are records without quotes.
    pub(crate) is_plain: bool,
}

/// How far a record reaches if its quotes are believed.
struct Reach {
    first_line_end: usize,
    extent: Extent,
}

enum Extent {
    /// To here, on one line.
    Line(usize),
    /// To here, over several lines.
    Lines(usize),
    /// Further than anybody would write; `open` where to the end of the file.
    Away { open: bool },
}

impl Grammar<'_> {
    /// The piece that begins at `start`, and where it ends. `None` where more bytes are needed to
    /// tell; never where the bytes `ended`.
    pub(crate) fn next(
        &self,
        bytes: &[u8],
        start: usize,
        ended: bool,
        state: &mut QuoteState,
        fields: &mut Fields,
    ) -> Option<(Piece, usize)> {
        let Reach { first_line_end, extent } = self.reach(bytes, start, ended)?;
        let believed = match extent {
            Extent::Line(end) if *state == QuoteState::Reading => Some(end),
            Extent::Line(end) | Extent::Lines(end) if self.fits(&bytes[start..end], fields) => Some(end),
            _ => None,
        };
        if let Some(end) = believed {
            *state = QuoteState::Reading;
            return Some((Piece::Record, end));
        }
        let is_row = *state == QuoteState::Reading || self.is_nearly_a_row(&bytes[start..first_line_end], fields);
        *state = QuoteState::Resuming;
        let piece = match extent {
            _ if !is_row => Piece::Inside,
            Extent::Line(_) => Piece::Record,
            Extent::Lines(_) => Piece::Runaway { open: false },
            Extent::Away { open } => Piece::Runaway { open },
        };
        Some((piece, first_line_end))
    }

    /// Whether a line that fits no record is a faulty row, rather than a part of a long text.
    fn is_nearly_a_row(&self, line: &[u8], fields: &mut Fields) -> bool {
        self.dialect.split(self.dialect.trim_end(line), fields);
        fields.count() * 2 > self.width
    }

    /// Whether records of a buffer are read, and have no quotes.
    pub(crate) fn is_plain(&self, buffer: &[u8], state: QuoteState) -> bool {
        state == QuoteState::Reading && memchr::memchr(b'"', buffer).is_none()
    }

    /// How many of a buffer's first bytes are whole pieces.
    pub(super) fn whole_pieces(&self, buffer: &[u8], mut state: QuoteState) -> WholePieces {
        if self.is_plain(buffer, state) {
            let length = memchr::memrchr(self.dialect.terminator, buffer).map_or(0, |at| at + 1);
            return WholePieces { length, state_behind: state, is_plain: true };
        }
        let (mut length, mut fields) = (0, Fields::default());
        while let Some((_, end)) = self.next(buffer, length, false, &mut state, &mut fields) {
            length = end;
        }
        WholePieces { length, state_behind: state, is_plain: false }
    }

    fn reach(&self, bytes: &[u8], start: usize, ended: bool) -> Option<Reach> {
        let Dialect { delimiter, terminator } = self.dialect;
        let mut first_line_end = None;
        let mut here = start;
        loop {
            let end = match memchr2(b'"', terminator, &bytes[here..]).map(|at| here + at) {
                Some(at) if bytes[at] == terminator => at + 1,
                Some(at) if at > start && bytes[at - 1] != delimiter => {
                    // A quote within a field is a letter like any other.
                    here = at + 1;
                    continue;
                }
                Some(at) => match self.closing_quote(bytes, at + 1, ended, &mut first_line_end)? {
                    Closing::At(quote) => {
                        here = quote + 1;
                        continue;
                    }
                    Closing::Nowhere { open } => {
                        let first_line_end = first_line_end.unwrap_or(bytes.len());
                        return Some(Reach { first_line_end, extent: Extent::Away { open } });
                    }
                },
                None if ended => bytes.len(),
                None => return None,
            };
            return Some(match first_line_end {
                None => Reach { first_line_end: end, extent: Extent::Line(end) },
                Some(first_line_end) => Reach { first_line_end, extent: Extent::Lines(end) },
            });
        }
    }

    /// Where the quoted field closes whose content starts at `start`; notes where the first line ends.
    fn closing_quote(
        &self,
        bytes: &[u8],
        start: usize,
        ended: bool,
        first_line_end: &mut Option<usize>,
    ) -> Option<Closing> {
        let (mut here, mut lines) = (start, 1);
        loop {
            let Some(at) = memchr2(b'"', self.dialect.terminator, &bytes[here..]).map(|at| here + at) else {
                return ended.then_some(Closing::Nowhere { open: true });
            };
            here = at + 1;
            if bytes[at] == self.dialect.terminator {
                first_line_end.get_or_insert(here);
                lines += 1;
                if lines > self.max_lines {
                    return Some(Closing::Nowhere { open: false });
                }
                continue;
            }
            match bytes.get(here) {
                Some(b'"') => here += 1,
                // The next byte may be a second quote: undecided until it is there.
                None if !ended => return None,
                _ => return Some(Closing::At(at)),
            }
        }
    }

    /// Whether a piece is a record that can be believed.
    fn fits(&self, piece: &[u8], fields: &mut Fields) -> bool {
        let record = self.dialect.trim_end(piece);
        self.dialect.split(record, fields);
        if record.is_empty() || fields.count() != self.width || fields.are_torn() {
            return false;
        }
        let first_line = memchr::memchr(self.dialect.terminator, record);
        let mut rest = first_line.map_or(b"".as_slice(), |at| &record[at + 1..]);
        while !rest.is_empty() {
            let end = memchr::memchr(self.dialect.terminator, rest).map_or(rest.len(), |at| at + 1);
            let line = self.dialect.trim_end(&rest[..end]);
            self.dialect.split(line, fields);
            if fields.count() == self.width && (self.is_row)(line, fields) {
                return false;
            }
            rest = &rest[end..];
        }
        true
    }
}

enum Closing {
    At(usize),
    Nowhere { open: bool },
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_ROW: &(dyn Fn(&[u8], &Fields) -> bool + Sync) = &|_, _| false;

    /// The pieces of a text, in a grammar of three fields of at most three lines.
    fn pieces(text: &str, is_row: &(dyn Fn(&[u8], &Fields) -> bool + Sync)) -> Vec<(Piece, String)> {
        let dialect = Dialect { delimiter: b',', terminator: b'\n' };
        let grammar = Grammar { dialect, width: 3, max_lines: 3, is_row };
        let (mut start, mut state, mut fields) = (0, QuoteState::Reading, Fields::default());
        let mut pieces = Vec::new();
        while start < text.len() {
            let (piece, end) = grammar.next(text.as_bytes(), start, true, &mut state, &mut fields).unwrap();
            pieces.push((piece, text[start..end].to_owned()));
            start = end;
        }
        pieces
    }

    fn expect(text: &str, expected: &[(Piece, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(piece, text)| (*piece, (*text).to_owned())).collect();
        assert_eq!(pieces(text, NO_ROW), expected);
    }

    const RUNAWAY: Piece = Piece::Runaway { open: false };

    #[test]
    fn a_quoted_field_may_hold_a_few_lines() {
        expect("1,\"a\nb\nc\",2\n3,4,5\n", &[(Piece::Record, "1,\"a\nb\nc\",2\n"), (Piece::Record, "3,4,5\n")]);
    }

    #[test]
    fn a_quoted_field_of_too_many_lines_is_a_fault_of_its_first_line() {
        expect(
            "1,\"a\nb\nc\nd\",2\n3,4,5\n",
            &[
                (RUNAWAY, "1,\"a\n"),
                (Piece::Inside, "b\n"),
                (Piece::Inside, "c\n"),
                // Most of a row's fields: told of, rather than passed over.
                (Piece::Record, "d\",2\n"),
                (Piece::Record, "3,4,5\n"),
            ],
        );
    }

    #[test]
    fn two_stray_quotes_swallow_nothing() {
        // Believed, the record would have three fields and end on the third line, torn.
        expect(
            "1,2,\"3\n4,5,6\n7,8,\"9\n",
            &[(RUNAWAY, "1,2,\"3\n"), (Piece::Record, "4,5,6\n"), (Piece::Runaway { open: true }, "7,8,\"9\n")],
        );
    }

    #[test]
    fn faulty_rows_behind_a_runaway_quote_are_rows_and_text_is_not() {
        expect(
            "1,2,\"3\n4,5,\"6\n7,8\nsome text\n\"\n\n1,2,3\n",
            &[
                (RUNAWAY, "1,2,\"3\n"),
                (RUNAWAY, "4,5,\"6\n"),
                (Piece::Record, "7,8\n"),
                (Piece::Inside, "some text\n"),
                (Piece::Inside, "\"\n"),
                (Piece::Inside, "\n"),
                (Piece::Record, "1,2,3\n"),
            ],
        );
    }

    #[test]
    fn a_record_of_the_wrong_width_that_spans_lines_is_a_fault_of_its_first_line() {
        expect(
            "1,\"2\n3,4,5\n\",6,7,8\n9,9,9\n",
            &[
                (RUNAWAY, "1,\"2\n"),
                (Piece::Record, "3,4,5\n"),
                // This line begins with a quote that nothing closes.
                (Piece::Runaway { open: true }, "\",6,7,8\n"),
                (Piece::Record, "9,9,9\n"),
            ],
        );
    }

    #[test]
    fn a_row_inside_a_quoted_field_was_swallowed() {
        let text = "1,2,\"3\n4,5,6\n7,8,9\"\n";
        assert_eq!(pieces(text, NO_ROW).len(), 1);
        let rows = pieces(text, &|line, _| line.starts_with(b"4,"));
        assert_eq!(
            rows,
            [(RUNAWAY, "1,2,\"3\n"), (Piece::Record, "4,5,6\n"), (Piece::Record, "7,8,9\"\n")]
                .map(|(piece, text)| (piece, text.to_owned()))
        );
    }

    #[test]
    fn a_quote_that_is_open_at_the_end_swallows_nothing_either() {
        expect("1,\"2,3\n4,5,6\n", &[(Piece::Runaway { open: true }, "1,\"2,3\n"), (Piece::Record, "4,5,6\n")]);
    }
}
