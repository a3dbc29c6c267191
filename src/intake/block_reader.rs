//! Takes one block of an export apart into rows, and accounts for each of its lines.

use memchr::memchr_iter;

use crate::exports::Cause;

use super::blocks::Block;
use super::dialect::{Dialect, Fields};
use super::fix;
use super::header::{Column, Header, Kind};
use super::records::{Grammar, Piece, State};
use super::reject::FieldFault;
use super::row::Row;
use super::separators::Separators;

/// Whether a line that stands in a quoted field is a row itself: its needed timestamps are some.
pub fn is_row<C: Column>(row: &Row<C>) -> bool {
    let mut needed = C::ALL.iter().filter(|column| column.is_needed() && column.kind() == Kind::Timestamp).peekable();
    let first = needed.next();
    let Ok(row) = row.as_text() else { return false };
    first.is_some_and(|column| row.needed_timestamp(*column).is_ok())
}

fn count_lines(bytes: &[u8], dialect: Dialect) -> u32 {
    memchr_iter(dialect.terminator, bytes).count() as u32
}

/// Takes blocks apart.
pub struct BlockReader<'a, C> {
    /// The file's columns.
    pub header: &'a Header<C>,
    /// What its records look like.
    pub grammar: Grammar<'a>,
    /// Whether rows are counted instead of lines.
    pub is_table: bool,
}

/// What one block held; lines count from 0 at its start.
#[derive(Clone, Debug, PartialEq)]
pub struct Part<K> {
    /// The place of the block in the file.
    pub index: usize,
    /// What was kept, each with its line.
    pub kept: Vec<(u32, K)>,
    /// Rows with another number of fields than the header, or with quotes that run away.
    pub faults: Vec<(u32, FieldFault)>,
    /// Rows, faulty ones included.
    pub rows: u64,
    /// Blank lines.
    pub blank: u32,
    /// Further lines of rows.
    pub inside: u32,
    /// Lines, row by row.
    pub lines: u32,
    /// Lines, counted by themselves.
    pub counted: u32,
    /// Where a quote opens that nothing closes before the file ends.
    pub unclosed: Option<u32>,
    /// The file ends here without a line end.
    pub may_be_cut: bool,
}

impl<K> Part<K> {
    fn new(index: usize) -> Self {
        Self {
            index,
            kept: Vec::new(),
            faults: Vec::new(),
            rows: 0,
            blank: 0,
            inside: 0,
            lines: 0,
            counted: 0,
            unclosed: None,
            may_be_cut: false,
        }
    }
}

impl<C: Column> BlockReader<'_, C> {
    /// Takes a block apart. `read` sees each row with the header's number of fields, and returns what
    /// is to be kept of it.
    pub fn read_block<K>(&self, block: &Block, mut read: impl FnMut(&Row<C>) -> Option<K>) -> Part<K> {
        let mut part = Part::new(block.index);
        let bytes = block.bytes();
        match block.state == State::Reading && memchr::memchr(b'"', bytes).is_none() {
            true => self.read_plain(bytes, &mut part, &mut read),
            false => self.read_quoted(block, &mut part, &mut read),
        }
        part.kept.shrink_to_fit();
        let is_open = !bytes.is_empty() && !bytes.ends_with(&[self.grammar.dialect.terminator]);
        part.may_be_cut = block.is_last && is_open;
        part.counted = match self.is_table {
            true => part.lines,
            false => count_lines(bytes, self.grammar.dialect) + u32::from(is_open),
        };
        part
    }

    /// Reads a block that may have quotes.
    fn read_quoted<K>(&self, block: &Block, part: &mut Part<K>, read: &mut impl FnMut(&Row<C>) -> Option<K>) {
        let dialect = self.grammar.dialect;
        let bytes = block.with_lookahead();
        let mut fields = Fields::default();
        let (mut start, mut state, mut open_since) = (0, block.state, None);
        while start < block.bytes().len() {
            // Only bytes that make up whole pieces are in a block.
            let next = self.grammar.next(bytes, start, block.is_last, &mut state, &mut fields);
            let (piece, end) = next.unwrap_or((Piece::Record, block.bytes().len()));
            let record = dialect.trim_end(&bytes[start..end]);
            let lines = match self.is_table {
                true => 1,
                false => {
                    count_lines(&bytes[start..end], dialect) + u32::from(!bytes[..end].ends_with(&[dialect.terminator]))
                }
            };
            match piece {
                Piece::Record if record.is_empty() => part.blank += 1,
                Piece::Record => {
                    dialect.split(record, &mut fields);
                    self.read_record(&Row::new(self.header, record, &fields), part, read);
                    part.inside += lines - 1;
                    open_since = None;
                }
                Piece::Runaway { open } => {
                    part.rows += 1;
                    part.faults.push((part.lines, self.runaway(record)));
                    open_since = open.then_some(part.lines);
                }
                Piece::Inside => part.inside += 1,
            }
            part.lines += lines;
            start = end;
        }
        part.unclosed = open_since;
    }

    fn runaway(&self, record: &[u8]) -> FieldFault {
        let expected = format!(
            "a quoted field that closes within {} lines, in a row of {} fields; reading went on at the next line that fits",
            self.grammar.max_lines,
            self.header.width()
        );
        FieldFault::new(Cause::Quoting, "", record, expected).fix(Some(fix::quoting()))
    }

    /// Reads a block without quotes in one go: the same rows, sooner.
    fn read_plain<K>(&self, bytes: &[u8], part: &mut Part<K>, read: &mut impl FnMut(&Row<C>) -> Option<K>) {
        let Dialect { delimiter, terminator } = self.grammar.dialect;
        // Looked through once, rather than row by row.
        let text = simdutf8::basic::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none());
        let mut fields = Fields::default();
        let (mut start, mut field_start) = (0, 0);
        let last = (!bytes.is_empty() && !bytes.ends_with(&[terminator])).then_some(bytes.len());
        for at in Separators::new(bytes, delimiter, terminator).chain(last) {
            if bytes.get(at) == Some(&delimiter) {
                fields.push_plain(field_start - start, at - start);
                field_start = at + 1;
                continue;
            }
            let record = self.grammar.dialect.trim_return(&bytes[start..at]);
            if record.is_empty() {
                part.blank += 1;
            } else {
                fields.push_plain(field_start - start, record.len());
                let row = Row::new(self.header, record, &fields);
                let text = text.and_then(|text| text.get(start..start + record.len()));
                self.read_record(&row.known_as(text), part, read);
            }
            fields.clear();
            part.lines += 1;
            (start, field_start) = (at + 1, at + 1);
        }
    }

    fn read_record<K>(&self, row: &Row<C>, part: &mut Part<K>, read: &mut impl FnMut(&Row<C>) -> Option<K>) {
        part.rows += 1;
        let width = self.header.width();
        if row.width() != width {
            let fields_of = |count| if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
            let found = fields_of(row.width());
            let expected = format!("{}, as the header has", fields_of(width));
            let fix = "quote fields that hold the separator or a line break, and leave no field out".to_owned();
            let fault = FieldFault::new(Cause::FieldCount, "", found.as_bytes(), expected).fix(Some(fix));
            part.faults.push((part.lines, fault));
            return;
        }
        if let Some(kept) = read(row) {
            part.kept.push((part.lines, kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::super::encoding::Encoding;
    use super::super::mapping::ExportMapping;
    use super::super::orders::OrderColumn;
    use super::super::values::Values;
    use super::*;

    /// What the quick and the careful way make of a text without quotes.
    fn both_ways(text: &str, dialect: Dialect) -> [Part<Vec<u8>>; 2] {
        let names = ["order_id", "buyer_id", "seller_id", "currency", "goods_total", "paid_at", "shipped_at"];
        let names = names.map(str::to_owned).to_vec();
        let (mapping, values) = (ExportMapping::default(), Values::standard(Tz::UTC));
        let header =
            Header::<OrderColumn>::new("", dialect.delimiter, names, &mapping, Encoding::UTF8, values).unwrap();
        let grammar = Grammar { dialect, width: header.width(), max_lines: 10, is_row: &|_, _| false };
        let mut read = |row: &Row<OrderColumn>| {
            Some([row.bytes(OrderColumn::OrderId), row.bytes(OrderColumn::ShippedAt)].concat())
        };
        let reader = BlockReader { header: &header, grammar, is_table: false };
        let block = Block::alone(text.as_bytes());
        let (mut quick, mut careful) = (Part::new(0), Part::new(0));
        reader.read_plain(block.bytes(), &mut quick, &mut read);
        reader.read_quoted(&block, &mut careful, &mut read);
        [quick, careful]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_quick_way_reads_what_the_careful_way_does(
            pieces in prop::collection::vec(prop::sample::select(vec!["O-1,b,s,USD,1,t,u\n", "a", ",", "\n", "\r\n", "\r", "ж,,,,,,"]), 0..40),
            terminator in prop::sample::select(vec![b'\n', b'\r']),
        ) {
            let [quick, careful] = both_ways(&pieces.concat(), Dialect { delimiter: b',', terminator });
            prop_assert_eq!(quick, careful);
        }
    }
}
