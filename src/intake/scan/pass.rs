//! What one pass over an export finds: a file's blocks are taken apart in parallel, and what is kept of their rows is
//! put back into the order of the file.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use arbiter_model::dispute::Origin;
use arbiter_model::exports::{ExportFile, Format, Lines};
use arbiter_model::fault::{Fault, FaultKind};

use super::block_reader::{BlockReader, BlockRows, is_row};
use super::file::OpenFile;
use super::progress::Progress;
use super::row_filter::RowFilter;
use crate::columns::{Column, FieldFault, Row};
use crate::csv::{BLOCK_BYTES, Block, Blocks, Fields, Grammar, RecordFields, Separators};

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowPlace {
    /// The file's place among those of the export.
    pub(crate) file: u32,
    /// The line of the row's first character, from 1; in Parquet the row.
    pub(crate) line: u64,
}

/// What one pass over an export found.
pub(crate) struct Scan<K> {
    /// What was kept, block by block, in the order of the files.
    kept: Vec<Kept<K>>,
    /// The rows with another number of fields than the header, or with quotes that run away.
    pub(crate) faults: Vec<(RowPlace, FieldFault)>,
    /// The files in numbers, without what is rejected later.
    pub(crate) files: Vec<ExportFile>,
}

/// What was kept of one block, each with its line within the block.
struct Kept<K> {
    /// Where the block begins.
    first: RowPlace,
    rows: Vec<(u32, K)>,
}

impl<K> Scan<K> {
    pub(super) fn new() -> Self {
        Self { kept: Vec::new(), faults: Vec::new(), files: Vec::new() }
    }

    /// How much was kept.
    pub(crate) fn kept(&self) -> usize {
        self.kept.iter().map(|kept| kept.rows.len()).sum()
    }

    /// What was kept, in the order of the files.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &K> {
        self.kept.iter().flat_map(|kept| kept.rows.iter().map(|(_, row)| row))
    }

    /// Maps what was kept of each block, rows with their lines within it, in parallel.
    pub(crate) fn par_blocks<T: Send>(&self, make: impl Fn(&[(u32, K)]) -> T + Sync) -> Vec<T>
    where
        K: Sync,
    {
        self.kept.par_iter().map(|kept| make(&kept.rows)).collect()
    }

    /// Takes what was kept, each with its place, in the order of the files.
    pub(crate) fn take_rows(&mut self) -> impl Iterator<Item = (RowPlace, K)> {
        std::mem::take(&mut self.kept)
            .into_iter()
            .flat_map(|Kept { first, rows }| rows.into_iter().map(move |(within, row)| (first.plus(within), row)))
    }
}

impl RowPlace {
    /// The place as facts keep it, where the export's first file has the number `first_file` among all.
    pub(crate) fn origin(self, first_file: u32) -> Origin {
        Origin { file: first_file + self.file, line: u32::try_from(self.line).unwrap_or(u32::MAX) }
    }

    fn plus(self, lines: u32) -> Self {
        Self { line: self.line + u64::from(lines), ..self }
    }
}

impl<K: Send> Scan<K> {
    /// Reads all rows of a file.
    pub(super) fn add<C: Column, F: RowFilter<C, Kept = K>>(
        &mut self,
        index: u32,
        file: OpenFile<C>,
        max_field_lines: u32,
        progress: &dyn Progress,
        filter: &F,
    ) -> Result<(), Fault> {
        let OpenFile { name, place, header, dialect, mut text, rest, lines_before } = file;
        progress.begin(&name, text.length);
        let seen = AtomicU64::new(0);
        let digest = text.digest.clone();
        let on_read = || {
            let bytes = digest.bytes();
            progress.advance(bytes - seen.swap(bytes, Ordering::Relaxed));
        };
        let is_row = |line: &[u8], fields: &Fields| is_row(&Row::new(&header, line, RecordFields::Into(fields)));
        let is_table = text.is_table();
        let max_lines = if is_table { u32::MAX } else { max_field_lines };
        let grammar = Grammar { dialect, width: header.width(), max_lines, is_row: &is_row };
        let reader = std::mem::replace(&mut text.reader, Box::new(std::io::empty()));
        let blocks = Blocks::new(reader, grammar, BLOCK_BYTES, rest, &on_read);
        let block_reader = BlockReader { header: &header, grammar, is_table };
        let blocks: Vec<_> = blocks
            .par_bridge()
            .map_init(Separators::default, |separators, block: io::Result<Block>| match progress.check() {
                Ok(()) => block.map(|block| block_reader.read_block(&block, separators, filter)),
                Err(_) => Err(io::Error::other("stopped")),
            })
            .collect::<Result<_, _>>()
            .map_err(|error| progress.check().err().unwrap_or_else(|| text.broken(&error)))?;
        if let Some(mistaken) = text.encoding_mismatch() {
            return Err(mistaken);
        }
        let first = RowPlace { file: index, line: 1 + lines_before };
        let merged = self.merge(blocks, first);
        if let Some(line) = merged.unclosed {
            return Err(Fault::new(FaultKind::Input, "unclosed quote: the quoted field that begins here does not end")
                .at(format!("{place}:{line}"))
                .hint("close the quote, or double it where it is part of the text; if the file was truncated, transfer it again"));
        }
        self.files.push(ExportFile {
            file: name.to_string(),
            bytes: digest.bytes(),
            blake3: digest.hash().to_hex().to_string(),
            format: Format { delimiter: (!is_table).then_some(char::from(dialect.delimiter)), ..text.format() },
            rows: merged.lines.records,
            lines: Lines { header: lines_before, total: merged.lines.total + lines_before, ..merged.lines },
            may_be_cut: merged.may_be_cut,
            unknown_columns: header.unknown().to_vec(),
            absent_columns: C::ALL
                .iter()
                .filter(|column| !header.has(**column))
                .map(|column| column.name().into())
                .collect(),
        });
        Ok(())
    }

    /// Puts the blocks of a file into their order. What its lines were: rejected ones are records here.
    fn merge(&mut self, mut blocks: Vec<BlockRows<K>>, mut first: RowPlace) -> FileLines {
        blocks.sort_unstable_by_key(|block| block.index);
        let mut merged = FileLines::default();
        for block in blocks {
            self.faults.extend(block.faults.into_iter().map(|(within, fault)| (first.plus(within), fault)));
            merged.unclosed = merged.unclosed.or(block.unclosed.map(|within| first.plus(within).line));
            merged.may_be_cut |= block.may_be_cut;
            self.kept.push(Kept { first, rows: block.kept });
            merged.lines.total += u64::from(block.counted);
            merged.lines.records += block.rows;
            merged.lines.blank += u64::from(block.blank);
            merged.lines.inside_quotes += u64::from(block.inside);
            first = first.plus(block.lines);
        }
        merged
    }
}

#[derive(Default)]
struct FileLines {
    lines: Lines,
    unclosed: Option<u64>,
    may_be_cut: bool,
}
