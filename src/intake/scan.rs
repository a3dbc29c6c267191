//! One pass over one export: its blocks are taken apart in parallel, and what a row's reader keeps
//! is put back into the order of the file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use memchr::memchr_iter;
use rayon::prelude::*;

use crate::exports::{Cause, ExportSummary, Reject};
use crate::fault::{Fault, FaultKind};

use super::blocks::{BLOCK_BYTES, Block, Blocks};
use super::dialect::{Dialect, Fields};
use super::header::{Column, Header};
use super::reject::FieldFault;
use super::row::Row;
use super::separators::Separators;

/// An export whose header has been read.
pub struct Export<C> {
    path: PathBuf,
    /// The file's name, for messages and outputs: paths differ between machines.
    name: Arc<str>,
    /// Its columns.
    pub header: Header<C>,
    dialect: Dialect,
    input: File,
    head: Vec<u8>,
    records_start: usize,
}

/// What one pass over an export found.
pub struct Scan<K> {
    /// What was kept, block by block, in the order of the file.
    kept: Vec<Kept<K>>,
    /// The rows with another number of fields than the header.
    pub rejects: Vec<Reject>,
    /// What the file was.
    pub summary: ExportSummary,
}

/// What was kept of one block, each with its line within the block.
struct Kept<K> {
    /// The line of the file at which the block begins, from 1.
    first_line: u64,
    rows: Vec<(u32, K)>,
}

impl<K> Scan<K> {
    /// What was kept, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = &K> {
        self.kept.iter().flat_map(|kept| kept.rows.iter().map(|(_, row)| row))
    }

    /// Takes what was kept, each with its line, in the order of the file.
    pub fn take_rows(&mut self) -> impl Iterator<Item = (u64, K)> {
        std::mem::take(&mut self.kept).into_iter().flat_map(|Kept { first_line, rows }| {
            rows.into_iter().map(move |(line, row)| (first_line + u64::from(line), row))
        })
    }
}

/// Hears how an intake comes along.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn begin(&self, file: &str, bytes: u64);
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);
}

/// The first bytes of a file in which its header must end.
const HEAD_BYTES: u64 = 1 << 20;

impl<C: Column> Export<C> {
    /// Opens an export and reads its header.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is empty, has a header that is no text, or lacks a needed column.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let name: Arc<str> = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into();
        let unreadable = |error| Fault::unreadable(path, &error);
        let mut input = File::open(path).map_err(unreadable)?;
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(unreadable)?;
        let start = header_start(&head);
        if head[start..].iter().all(u8::is_ascii_whitespace) {
            return Err(Fault::new(FaultKind::Input, "is empty: it has not even a header")
                .at(path.display())
                .hint("an export without rows still needs its header line"));
        }
        let dialect = Dialect::sniff(&head[start..]);
        let end = dialect.record_end(&head[start..], 0).map_or(head.len(), |end| start + end);
        if end as u64 == HEAD_BYTES {
            return Err(Fault::new(FaultKind::Input, format!("the header does not end within {HEAD_BYTES} bytes"))
                .at(path.display())
                .hint("check that it is a CSV file, and that no quote in its first line is left open"));
        }
        let place = format!("{}:{}", path.display(), 1 + count_lines(&head[..start], dialect));
        let names = header_names(&place, dialect, &head[start..end])?;
        let header = Header::new(&place, dialect.delimiter, names)?;
        Ok(Self { path: path.to_owned(), name, header, dialect, input, head, records_start: end })
    }

    /// Reads all rows, in parallel. `read` sees each row that has the header's number of fields, and
    /// returns what is to be kept of it.
    ///
    /// # Errors
    ///
    /// The file cannot be read to its end, or a quote is never closed.
    pub fn scan<K: Send>(
        self,
        zone: Tz,
        progress: &dyn Progress,
        read: impl Fn(&Row<C>) -> Option<K> + Sync,
    ) -> Result<Scan<K>, Fault> {
        let Self { path, name, header, dialect, input, head, records_start } = self;
        let length = input.metadata().map_or(0, |metadata| metadata.len());
        progress.begin(&name, length);
        let on_bytes = |bytes| progress.advance(bytes);
        let mut blocks = Blocks::new(input, dialect, BLOCK_BYTES, &head, head[records_start..].to_vec(), &on_bytes);
        let reader = BlockReader { header: &header, dialect, zone, read };
        let parts: Vec<_> = blocks
            .by_ref()
            .par_bridge()
            .map(|block| block.map(|block| reader.read_block(&block)))
            .collect::<Result<_, _>>()
            .map_err(|error| Fault::unreadable(&path, &error))?;
        let content = blocks.content();
        let header_lines = count_lines(&head[..records_start], dialect);
        let merged = merge(parts, 1 + u64::from(header_lines), &name);
        if let Some(line) = merged.unclosed {
            return Err(Fault::new(FaultKind::Input, "a quoted field begins here and never ends")
                .at(format!("{}:{line}", path.display()))
                .hint("close the quote, or double it where it is part of the text"));
        }
        let summary = ExportSummary {
            file: name.to_string(),
            bytes: content.bytes,
            blake3: content.hash.to_hex().to_string(),
            rows: merged.rows,
            unknown_columns: header.unknown().to_vec(),
        };
        Ok(Scan { kept: merged.kept, rejects: merged.rejects, summary })
    }
}

/// Where the header begins: behind a byte-order mark and blank lines.
fn header_start(head: &[u8]) -> usize {
    let mark = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    mark + head[mark..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

fn header_names(place: &str, dialect: Dialect, record: &[u8]) -> Result<Vec<String>, Fault> {
    let record = dialect.trim_end(record);
    let mut fields = Fields::default();
    dialect.split(record, &mut fields);
    let name = |index| std::str::from_utf8(fields.get(record, index)).map(str::to_owned);
    (0..fields.count()).map(name).collect::<Result<_, _>>().map_err(|_| {
        Fault::new(FaultKind::Input, "the header is not text in UTF-8").at(place).hint("export the file as UTF-8")
    })
}

fn count_lines(bytes: &[u8], dialect: Dialect) -> u32 {
    memchr_iter(dialect.terminator, bytes).count() as u32
}

/// Takes blocks apart.
struct BlockReader<'a, C, F> {
    header: &'a Header<C>,
    dialect: Dialect,
    zone: Tz,
    read: F,
}

/// What one block held; lines count from 0 at its start.
struct Part<K> {
    index: usize,
    kept: Vec<(u32, K)>,
    faults: Vec<(u32, FieldFault)>,
    rows: u64,
    lines: u32,
    unclosed: Option<u32>,
}

impl<K> Part<K> {
    fn new(index: usize) -> Self {
        Self { index, kept: Vec::new(), faults: Vec::new(), rows: 0, lines: 0, unclosed: None }
    }
}

impl<C: Column, F, K> BlockReader<'_, C, F>
where
    F: Fn(&Row<C>) -> Option<K>,
{
    fn read_block(&self, block: &Block) -> Part<K> {
        let mut part = Part::new(block.index);
        match memchr::memchr(b'"', block.bytes()) {
            Some(_) => self.read_quoted(block.bytes(), &mut part),
            None => self.read_plain(block.bytes(), &mut part),
        }
        part
    }

    /// Reads a block that may have quotes.
    fn read_quoted(&self, bytes: &[u8], part: &mut Part<K>) {
        let mut fields = Fields::default();
        let mut start = 0;
        while start < bytes.len() {
            let end = self.dialect.record_end(bytes, start).unwrap_or(bytes.len());
            let record = self.dialect.trim_end(&bytes[start..end]);
            if !record.is_empty() {
                self.dialect.split(record, &mut fields);
                self.read_record(record, &fields, part);
            }
            part.lines += count_lines(&bytes[start..end], self.dialect);
            start = end;
        }
    }

    /// Reads a block without quotes in one go: the same rows, sooner.
    fn read_plain(&self, bytes: &[u8], part: &mut Part<K>) {
        let Dialect { delimiter, terminator } = self.dialect;
        let mut fields = Fields::default();
        let (mut start, mut field_start) = (0, 0);
        let last = (!bytes.ends_with(&[terminator])).then_some(bytes.len());
        for at in Separators::new(bytes, delimiter, terminator).chain(last) {
            if bytes.get(at) == Some(&delimiter) {
                fields.push_plain(field_start - start, at - start);
                field_start = at + 1;
                continue;
            }
            let record = self.dialect.trim_return(&bytes[start..at]);
            if !record.is_empty() {
                fields.push_plain(field_start - start, record.len());
                self.read_record(record, &fields, part);
            }
            fields.clear();
            part.lines += 1;
            (start, field_start) = (at + 1, at + 1);
        }
    }

    fn read_record(&self, record: &[u8], fields: &Fields, part: &mut Part<K>) {
        part.rows += 1;
        if fields.are_unclosed() {
            part.unclosed = Some(part.lines);
        }
        let width = self.header.width();
        if fields.count() != width {
            let fields_of = |count| if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
            let found = fields_of(fields.count());
            let expected = format!("{}, as the header has", fields_of(width));
            part.faults.push((part.lines, FieldFault::new(Cause::FieldCount, "", found.as_bytes(), expected)));
            return;
        }
        let row = Row::new(self.header, record, fields, self.zone);
        if let Some(kept) = (self.read)(&row) {
            part.kept.push((part.lines, kept));
        }
    }
}

/// The parts of a file together; lines count from 1 at the file's start.
struct Merged<K> {
    kept: Vec<Kept<K>>,
    rejects: Vec<Reject>,
    rows: u64,
    unclosed: Option<u64>,
}

fn merge<K>(mut parts: Vec<Part<K>>, mut first_line: u64, file: &Arc<str>) -> Merged<K> {
    parts.sort_unstable_by_key(|part| part.index);
    let mut merged = Merged { kept: Vec::with_capacity(parts.len()), rejects: Vec::new(), rows: 0, unclosed: None };
    for part in parts {
        let line_of = |within: u32| first_line + u64::from(within);
        merged.rejects.extend(part.faults.into_iter().map(|(within, fault)| fault.in_row(file, line_of(within))));
        merged.unclosed = merged.unclosed.or(part.unclosed.map(line_of));
        merged.kept.push(Kept { first_line, rows: part.kept });
        merged.rows += part.rows;
        first_line += u64::from(part.lines);
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::orders::OrderColumn;
    use super::*;

    /// What the quick and the careful way read of a text without quotes: each row's line and fields.
    fn both_ways(text: &str, dialect: Dialect) -> [Vec<(u32, Vec<u8>)>; 2] {
        let names = ["order_id", "buyer_id", "seller_id", "currency", "goods_total", "paid_at", "shipped_at"];
        let header = Header::<OrderColumn>::new("", dialect.delimiter, names.map(str::to_owned).to_vec()).unwrap();
        let read = |row: &Row<OrderColumn>| {
            Some([row.bytes(OrderColumn::OrderId), row.bytes(OrderColumn::ShippedAt)].concat())
        };
        let reader = BlockReader { header: &header, dialect, zone: Tz::UTC, read };
        let (mut quick, mut careful) = (Part::new(0), Part::new(0));
        reader.read_plain(text.as_bytes(), &mut quick);
        reader.read_quoted(text.as_bytes(), &mut careful);
        let counts = |part: &Part<Vec<u8>>| (part.rows, part.lines, part.faults.clone());
        // A last line without its end counts as a line in one and not in the other: none follows it.
        if text.ends_with(char::from(dialect.terminator)) {
            assert_eq!(counts(&quick), counts(&careful));
        }
        [quick.kept, careful.kept]
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
