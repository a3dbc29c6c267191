//! Reads an export as blocks of whole records, so that blocks can be taken apart in parallel.
//!
//! A quoted field may hold line breaks, so a block is cut only where a record ends: the reader walks
//! the quotes of every block that has any. Memory is one block for each thread, or one record where
//! a record is larger than a block.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::dialect::Dialect;

/// Bytes asked of the system at a time: a few fit a core's cache.
pub const BLOCK_BYTES: usize = 1 << 20;

/// Some whole records of an export, in their order.
pub struct Block {
    /// The place of the block in the export.
    pub index: usize,
    bytes: Vec<u8>,
    length: usize,
    pool: Pool,
}

/// Buffers that are used again, since fresh memory costs more than reading into it.
type Pool = Arc<Mutex<Vec<Vec<u8>>>>;

impl Block {
    /// The records with their line ends.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.bytes);
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// What a whole export was, once all its blocks are read.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its bytes.
    pub hash: blake3::Hash,
}

/// The blocks of an export, one after the other.
pub struct Blocks<'a, R> {
    input: R,
    dialect: Dialect,
    block_bytes: usize,
    /// Read, but not part of a whole record yet.
    rest: Vec<u8>,
    next_index: usize,
    ended: bool,
    hasher: blake3::Hasher,
    bytes: u64,
    pool: Pool,
    on_bytes: &'a (dyn Fn(u64) + Sync),
}

impl<'a, R: Read> Blocks<'a, R> {
    /// Starts behind the header: `rest` is what was read of the records already, `head` everything
    /// that was read so far, header included. `on_bytes` hears how many bytes were read.
    pub fn new(
        input: R,
        dialect: Dialect,
        block_bytes: usize,
        head: &[u8],
        rest: Vec<u8>,
        on_bytes: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(head);
        on_bytes(head.len() as u64);
        let (bytes, pool) = (head.len() as u64, Pool::default());
        Self { input, dialect, block_bytes, rest, next_index: 0, ended: false, hasher, bytes, pool, on_bytes }
    }

    /// What the whole export was. Complete once the blocks have come to their end.
    pub fn content(&self) -> Content {
        Content { bytes: self.bytes, hash: self.hasher.finalize() }
    }

    /// Fills a buffer until it holds a whole record, or to the end of the input.
    fn fill(&mut self) -> io::Result<(Vec<u8>, usize)> {
        let mut buffer = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        buffer.clear();
        buffer.append(&mut self.rest);
        loop {
            let start = buffer.len();
            self.ended = self.read_into(&mut buffer)? == 0;
            if self.ended {
                let length = buffer.len();
                return Ok((buffer, length));
            }
            self.hasher.update(&buffer[start..]);
            let whole = whole_records(&buffer, self.dialect);
            if whole > 0 {
                self.rest.extend_from_slice(&buffer[whole..]);
                return Ok((buffer, whole));
            }
        }
    }

    fn read_into(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let start = buffer.len();
        let read = self.input.by_ref().take(self.block_bytes as u64).read_to_end(buffer)?;
        debug_assert_eq!(buffer.len(), start + read);
        self.bytes += read as u64;
        (self.on_bytes)(read as u64);
        Ok(read)
    }
}

impl<R: Read> Iterator for Blocks<'_, R> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (bytes, length) = match self.fill() {
            Ok(filled) => filled,
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        let index = self.next_index;
        self.next_index += 1;
        (length > 0).then(|| Ok(Block { index, bytes, length, pool: self.pool.clone() }))
    }
}

/// How many of a buffer's first bytes are whole records.
fn whole_records(buffer: &[u8], dialect: Dialect) -> usize {
    if memchr::memchr(b'"', buffer).is_none() {
        return memchr::memrchr(dialect.terminator, buffer).map_or(0, |at| at + 1);
    }
    let mut whole = 0;
    while let Some(end) = dialect.record_end(buffer, whole) {
        whole = end;
    }
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIALECT: Dialect = Dialect { delimiter: b',', terminator: b'\n' };

    /// The blocks of a text that is read so many bytes at a time.
    fn blocks(text: &str, block_bytes: usize) -> Vec<Vec<u8>> {
        let blocks = Blocks::new(text.as_bytes(), DIALECT, block_bytes, b"", Vec::new(), &|_| {});
        blocks.map(|block| block.unwrap().bytes().to_vec()).collect()
    }

    fn records(text: &[u8]) -> Vec<csv::ByteRecord> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(Result::unwrap).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Wherever the system cuts what is read, blocks are cut where the `csv` crate ends a record.
        #[test]
        fn blocks_hold_whole_records(
            pieces in prop::collection::vec(prop::sample::select(vec!["a", "bc", ",", "\n", "\n", "\"", "\"\"", "\r\n", "ж"]), 0..60),
            block_bytes in 1..20_usize,
        ) {
            let text = pieces.concat();
            let blocks = blocks(&text, block_bytes);
            prop_assert_eq!(blocks.concat(), text.as_bytes());
            let of_blocks: Vec<_> = blocks.iter().flat_map(|block| records(block)).collect();
            prop_assert_eq!(of_blocks, records(text.as_bytes()));
        }
    }
}
