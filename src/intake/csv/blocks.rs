//! Reads an export as blocks of whole records, so that blocks can be taken apart in parallel.
//!
//! A quoted field may hold line breaks, so a block is cut only where a record ends: the reader walks
//! the quotes of every block that has any. Memory is one block for each thread, or one record where
//! a record is larger than a block.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::records::{Grammar, QuoteState, WholePieces};

/// Bytes asked of the system at a time: a block stays in a core's cache until its rows are read, and
/// leaves room there for the table that they are looked up in.
pub(crate) const BLOCK_BYTES: usize = 1 << 18;

/// Buffers grow by so many bytes: a block finds room, and what is left of the one before it.
const ROOM_BYTES: usize = 1 << 16;

/// Some whole records of an export, in their order.
pub(crate) struct Block {
    /// The place of the block in the export.
    pub(crate) index: usize,
    /// How reading stands where the block begins.
    pub(crate) state: QuoteState,
    /// Whether the export ends with it.
    pub(crate) is_last: bool,
    /// Whether its records are read, and have no quotes.
    pub(crate) is_plain: bool,
    buffer: Vec<u8>,
    /// How many bytes of the buffer were read; what is behind them is left from another block.
    read: usize,
    length: usize,
    pool: Pool,
}

/// Buffers that are used again, since fresh memory costs more than reading into it.
type Pool = Arc<Mutex<Vec<Vec<u8>>>>;

impl Block {
    /// The records with their line ends.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// The records, and what was known of the bytes behind them when the block was cut: how a quote
    /// is to be read may hang on these.
    pub(crate) fn with_lookahead(&self) -> &[u8] {
        &self.buffer[..self.read]
    }
}

#[cfg(test)]
impl Block {
    /// A whole export.
    pub(crate) fn alone(bytes: &[u8]) -> Self {
        let (buffer, read, is_plain) = (bytes.to_vec(), bytes.len(), !bytes.contains(&b'"'));
        Self {
            index: 0,
            state: QuoteState::Reading,
            is_last: true,
            is_plain,
            buffer,
            read,
            length: read,
            pool: Pool::default(),
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// The blocks of an export, one after the other.
pub(crate) struct Blocks<'a, R> {
    input: R,
    grammar: Grammar<'a>,
    block_bytes: usize,
    /// Read, but not part of a whole record yet.
    rest: Vec<u8>,
    state: QuoteState,
    next_index: usize,
    ended: bool,
    pool: Pool,
    on_read: &'a (dyn Fn() + Sync),
}

impl<'a, R: Read> Blocks<'a, R> {
    /// Starts behind the header: `rest` is what was read of the records already. `on_read` hears
    /// whenever more was read.
    pub(crate) fn new(
        input: R,
        grammar: Grammar<'a>,
        block_bytes: usize,
        rest: Vec<u8>,
        on_read: &'a (dyn Fn() + Sync),
    ) -> Self {
        let (state, pool) = (QuoteState::Reading, Pool::default());
        Self { input, grammar, block_bytes, rest, state, next_index: 0, ended: false, pool, on_read }
    }

    /// Fills a buffer until it holds a whole record, or to the end of the input.
    fn fill(&mut self) -> io::Result<BlockBuffer> {
        let mut buffer = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut read = self.rest.len();
        make_room(&mut buffer, read);
        buffer[..read].copy_from_slice(&self.rest);
        self.rest.clear();
        loop {
            // A record larger than a block is looked through again each time, so each time is twice
            // as long as the last.
            let wanted = self.block_bytes.max(read);
            make_room(&mut buffer, read + wanted);
            let more = read_whole(&mut self.input, &mut buffer[read..read + wanted])?;
            read += more;
            (self.on_read)();
            self.ended = more == 0;
            if self.ended {
                let is_plain = self.grammar.is_plain(&buffer[..read], self.state);
                let whole = WholePieces { length: read, state_behind: self.state, is_plain };
                return Ok(BlockBuffer { buffer, read, whole });
            }
            let whole = self.grammar.whole_pieces(&buffer[..read], self.state);
            if whole.length > 0 {
                self.rest.extend_from_slice(&buffer[whole.length..read]);
                return Ok(BlockBuffer { buffer, read, whole });
            }
        }
    }
}

/// What the next block is made of.
struct BlockBuffer {
    buffer: Vec<u8>,
    /// How many of its bytes were read.
    read: usize,
    /// Which of these are whole records.
    whole: WholePieces,
}

/// Lengthens a buffer. None is ever shortened, since to blank bytes that are read over costs as well.
fn make_room(buffer: &mut Vec<u8>, bytes: usize) {
    if buffer.len() < bytes {
        buffer.resize(bytes.next_multiple_of(ROOM_BYTES), 0);
    }
}

/// Reads until the buffer is full or the input ends; how many bytes there were.
fn read_whole(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match input.read(&mut buffer[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

impl<R: Read> Iterator for Blocks<'_, R> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let BlockBuffer { buffer, read, whole } = match self.fill() {
            Ok(filled) => filled,
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        let WholePieces { length, state_behind, is_plain } = whole;
        let state = std::mem::replace(&mut self.state, state_behind);
        let index = self.next_index;
        self.next_index += 1;
        let block =
            Block { index, state, is_last: self.ended, is_plain, buffer, read, length, pool: self.pool.clone() };
        Some(Ok(block))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::dialect::Dialect;
    use super::super::fields::Fields;
    use super::super::records::Piece;
    use super::*;

    const GRAMMAR: Grammar = Grammar {
        dialect: Dialect { delimiter: b',', terminator: b'\n' },
        width: 3,
        max_lines: 4,
        is_row: &|line, _| line.starts_with(b"row,"),
    };

    /// The pieces of a text that is read so many bytes at a time.
    fn pieces(text: &str, block_bytes: usize) -> Vec<(Piece, Vec<u8>)> {
        let blocks = Blocks::new(text.as_bytes(), GRAMMAR, block_bytes, Vec::new(), &|| {});
        let mut pieces = Vec::new();
        for block in blocks.map(Result::unwrap) {
            let (mut start, mut state, mut fields) = (0, block.state, Fields::default());
            while start < block.bytes().len() {
                let bytes = block.with_lookahead();
                let (piece, end) = GRAMMAR.next(bytes, start, block.is_last, &mut state, &mut fields).unwrap();
                pieces.push((piece, bytes[start..end].to_vec()));
                start = end;
            }
            assert_eq!(start, block.bytes().len(), "a block ends where a piece does");
        }
        pieces
    }

    fn of_the_csv_crate(text: &[u8]) -> Vec<csv::ByteRecord> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(Result::unwrap).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        /// However broken the quotes, wherever the system cuts what is read: the same pieces, and
        /// together they are the text.
        #[test]
        fn pieces_do_not_depend_on_the_cuts(
            parts in prop::collection::vec(
                prop::sample::select(vec!["a", "row,", "1,2,3\n", ",", ",", "\n", "\n", "\"", "\"", "\"\"", "\r\n", "ж"]), 0..60),
            block_bytes in 1..20_usize,
        ) {
            let text = parts.concat();
            let whole = pieces(&text, 1 << 20);
            prop_assert_eq!(whole.iter().flat_map(|(_, piece)| piece.clone()).collect::<Vec<_>>(), text.as_bytes());
            prop_assert_eq!(pieces(&text, block_bytes), whole);
        }

    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        /// Where the quotes are in order, the pieces are the records of the `csv` crate, at every cut.
        #[test]
        fn blocks_hold_whole_records(
            fields in prop::collection::vec(("[a,\n\"ж]{0,5}", "[ab;]{0,3}", "[a,\"\r\n]{0,4}"), 0..8),
        ) {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let records = fields.iter().map(|(one, two, three)| format!("{},{two},{}\n", quoted(one), quoted(three)));
            let text: String = records.collect();
            // Fields of more lines than the grammar allows are another matter.
            prop_assume!(fields.iter().all(|(one, _, three)| one.matches('\n').count() < 4 && three.matches('\n').count() < 4));
            let expected = of_the_csv_crate(text.as_bytes());
            for block_bytes in 1..text.len() + 2 {
                let pieces = pieces(&text, block_bytes);
                prop_assert!(pieces.iter().all(|(piece, _)| *piece == Piece::Record));
                let ours: Vec<_> = pieces.iter().flat_map(|(_, piece)| of_the_csv_crate(piece)).collect();
                prop_assert_eq!(ours, expected.clone());
            }
        }
    }
}
