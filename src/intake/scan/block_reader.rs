//! Takes one block of an export apart into rows, and accounts for each of its lines.

use memchr::memchr_iter;

use arbiter_model::exports::Cause;

use super::row_filter::{BATCH_ROWS, RowFilter};
use crate::columns::{Column, FieldFault, Header, Row};
use crate::csv::{Block, Dialect, Fields, Grammar, Piece, RecordFields, Separators};
use crate::values::ColumnKind;

/// Whether a line inside a quoted field is a row itself: its required timestamp is valid.
pub(super) fn is_row<C: Column>(row: &Row<C>) -> bool {
    let mut needed =
        C::ALL.iter().filter(|column| column.is_needed() && column.kind() == ColumnKind::Timestamp).peekable();
    let first = needed.next();
    let Ok(row) = row.as_text() else { return false };
    first.is_some_and(|column| row.needed_timestamp(*column).is_ok())
}

fn count_lines(bytes: &[u8], dialect: Dialect) -> u32 {
    memchr_iter(dialect.terminator, bytes).count() as u32
}

/// Takes blocks apart.
pub(super) struct BlockReader<'a, C> {
    /// The file's columns.
    pub(crate) header: &'a Header<C>,
    /// What its records look like.
    pub(crate) grammar: Grammar<'a>,
    /// Whether rows are counted instead of lines.
    pub(crate) is_table: bool,
}

/// The rows of one block; lines count from 0 at its start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BlockRows<K> {
    /// The place of the block in the file.
    pub(crate) index: usize,
    /// What was kept, each with its line.
    pub(crate) kept: Vec<(u32, K)>,
    /// Rows with another number of fields than the header, or with quotes that run away.
    pub(crate) faults: Vec<(u32, FieldFault)>,
    /// Rows, faulty ones included.
    pub(crate) rows: u64,
    /// Blank lines.
    pub(super) blank: u32,
    /// Further lines of rows.
    pub(crate) inside: u32,
    /// Lines, row by row.
    pub(crate) lines: u32,
    /// Lines, counted independently of rows.
    pub(crate) counted: u32,
    /// The line of a quote that is not closed before the file ends.
    pub(super) unclosed: Option<u32>,
    /// The file ends here without a line end.
    pub(super) may_be_cut: bool,
}

impl<K> BlockRows<K> {
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

/// Rows with the header's number of fields that wait to be filtered, each with its line.
struct Batch<'a, C> {
    lines: Vec<u32>,
    rows: Vec<Row<'a, C>>,
}

impl<'a, C: Column> Batch<'a, C> {
    fn new() -> Self {
        Self { lines: Vec::with_capacity(BATCH_ROWS), rows: Vec::with_capacity(BATCH_ROWS) }
    }

    /// Adds a row; those that waited are filtered once there are enough.
    fn push<F: RowFilter<C>>(&mut self, line: u32, row: Row<'a, C>, filter: &F, kept: &mut Vec<(u32, F::Kept)>) {
        self.lines.push(line);
        self.rows.push(row);
        if self.rows.len() == BATCH_ROWS {
            self.filter(filter, kept);
        }
    }

    fn filter<F: RowFilter<C>>(&mut self, filter: &F, kept: &mut Vec<(u32, F::Kept)>) {
        filter.filter(&self.rows, &mut |place, row| kept.push((self.lines[place], row)));
        self.lines.clear();
        self.rows.clear();
    }
}

impl<C: Column> BlockReader<'_, C> {
    /// Takes a block apart. The filter sees each row with the header's number of fields. `separators` are of an earlier
    /// block, and find room for this one's.
    pub(super) fn read_block<F: RowFilter<C>>(
        &self,
        block: &Block,
        separators: &mut Separators,
        filter: &F,
    ) -> BlockRows<F::Kept> {
        let mut block_rows = BlockRows::new(block.index);
        let bytes = block.bytes();
        let Dialect { delimiter, terminator } = self.grammar.dialect;
        let is_plain = block.is_plain && separators.find(bytes, delimiter, terminator);
        match is_plain {
            true => self.read_plain(bytes, separators, &mut block_rows, filter),
            false => self.read_quoted(block, &mut block_rows, filter),
        }
        block_rows.kept.shrink_to_fit();
        let is_open = !bytes.is_empty() && !bytes.ends_with(&[terminator]);
        block_rows.may_be_cut = block.is_last && is_open;
        block_rows.counted = match self.is_table {
            true => block_rows.lines,
            false => count_lines(bytes, self.grammar.dialect) + u32::from(is_open),
        };
        block_rows
    }

    /// Reads a block that may have quotes.
    fn read_quoted<F: RowFilter<C>>(&self, block: &Block, block_rows: &mut BlockRows<F::Kept>, filter: &F) {
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
                Piece::Record if record.is_empty() => block_rows.blank += 1,
                Piece::Record => {
                    dialect.split(record, &mut fields);
                    let row = Row::new(self.header, record, RecordFields::Into(&fields));
                    if self.counts(&row, block_rows) {
                        let line = block_rows.lines;
                        filter.filter(&[row], &mut |_, row| block_rows.kept.push((line, row)));
                    }
                    block_rows.inside += lines - 1;
                    open_since = None;
                }
                Piece::Runaway { open } => {
                    block_rows.rows += 1;
                    block_rows.faults.push((block_rows.lines, self.runaway(record)));
                    open_since = open.then_some(block_rows.lines);
                }
                Piece::Inside => block_rows.inside += 1,
            }
            block_rows.lines += lines;
            start = end;
        }
        block_rows.unclosed = open_since;
    }

    fn runaway(&self, record: &[u8]) -> FieldFault {
        let expected = format!(
            "a quoted field that closes within {} lines, in a row of {} fields; reading continued at the next line that fits",
            self.grammar.max_lines,
            self.header.width()
        );
        FieldFault::quoting(record, expected)
    }

    /// Reads a block without quotes in one go: the same rows, faster.
    fn read_plain<F: RowFilter<C>>(
        &self,
        bytes: &[u8],
        separators: &Separators,
        block_rows: &mut BlockRows<F::Kept>,
        filter: &F,
    ) {
        // Looked through once, rather than row by row.
        let text = simdutf8::basic::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none());
        let mut batch = Batch::new();
        let mut start = 0;
        for ends in separators.lines() {
            let end = ends.last().map_or(start, |end| *end as usize);
            let record = self.grammar.dialect.trim_return(&bytes[start..end]);
            if record.is_empty() {
                block_rows.blank += 1;
            } else {
                let text = text.and_then(|text| text.get(start..start + record.len()));
                let row = Row::new(self.header, record, RecordFields::At { start: start as u32, ends }).known_as(text);
                if self.counts(&row, block_rows) {
                    batch.push(block_rows.lines, row, filter, &mut block_rows.kept);
                }
            }
            block_rows.lines += 1;
            start = end + 1;
        }
        batch.filter(filter, &mut block_rows.kept);
    }

    /// Counts a row, and tells whether it has the header's number of fields. One that has not is faulty.
    fn counts<K>(&self, row: &Row<C>, block_rows: &mut BlockRows<K>) -> bool {
        block_rows.rows += 1;
        let width = self.header.width();
        if row.width() == width {
            return true;
        }
        let fields_of = |count| if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
        let found = fields_of(row.width());
        let expected = format!("{}, as in the header", fields_of(width));
        let fix = "quote fields that contain the delimiter or a line break, and leave no field out".to_owned();
        let fault = FieldFault::new(Cause::FieldCount, "", found.as_bytes(), expected).fix(Some(fix));
        block_rows.faults.push((block_rows.lines, fault));
        false
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::super::row_filter::KeepAll;
    use super::*;
    use crate::bytes::Encoding;
    use crate::columns::{ExportMapping, columns};
    use crate::values::ValueFormat;

    columns! {
        TestColumn of "tests" {
            First = "first" needed Text,
            Last = "last" needed Timestamp,
        }
    }

    /// What the quick and the careful way make of a text without quotes.
    fn both_ways(text: &str, dialect: Dialect) -> [BlockRows<Vec<u8>>; 2] {
        let names = ["first", "b", "c", "d", "e", "f", "last"];
        let names = names.map(str::to_owned).to_vec();
        let (mapping, values) = (ExportMapping::default(), ValueFormat::standard(Tz::UTC));
        let header = Header::<TestColumn>::new("", dialect.delimiter, names, &mapping, Encoding::UTF8, values).unwrap();
        let grammar = Grammar { dialect, width: header.width(), max_lines: 10, is_row: &|_, _| false };
        let filter =
            KeepAll(|row: &Row<TestColumn>| [row.bytes(TestColumn::First), row.bytes(TestColumn::Last)].concat());
        let reader = BlockReader { header: &header, grammar, is_table: false };
        let block = Block::alone(text.as_bytes());
        let (mut quick, mut careful, mut separators) = (BlockRows::new(0), BlockRows::new(0), Separators::default());
        assert!(separators.find(block.bytes(), dialect.delimiter, dialect.terminator));
        reader.read_plain(block.bytes(), &separators, &mut quick, &filter);
        reader.read_quoted(&block, &mut careful, &filter);
        [quick, careful]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_quick_way_reads_what_the_careful_way_does(
            pieces in prop::collection::vec(prop::sample::select(vec!["O-1,b,s,USD,1,t,u\n", "O-1,b,s,USD,1,t,u\r\n", "O-2,,,,,,ж\n", "a", ",", "\n", "\r\n", "\r", "ж,,,,,,"]), 0..300),
            terminator in prop::sample::select(vec![b'\n', b'\r']),
        ) {
            let [quick, careful] = both_ways(&pieces.concat(), Dialect { delimiter: b',', terminator });
            prop_assert_eq!(quick, careful);
        }
    }
}
