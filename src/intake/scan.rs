//! One pass over one export, file by file: a file's blocks are taken apart in parallel, and what a
//! row's reader keeps is put back into the order of the file.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use arbiter_model::dispute::Origin;
use arbiter_model::exports::{ExportFile, Format, Lines};
use arbiter_model::fault::{Fault, FaultKind};

use super::Reading;
use super::block_reader::{BlockReader, Part, is_row};
use super::bytes::Source;
use super::columns::{Column, ExportMapping, FieldFault, Header, Row};
use super::csv::{BLOCK_BYTES, Block, Blocks, Dialect, Fields, Grammar, RecordFields, Separators};
use super::file::File;
use super::sieve::Sieve;

/// An export whose files' headers have been read.
pub struct Export<C> {
    files: Vec<File<C>>,
    max_field_lines: u32,
}

/// How the records of one file fall into rows, for records that are kept to be read later.
pub struct Layout<C> {
    header: Header<C>,
    dialect: Dialect,
}

impl<C: Column> Layout<C> {
    /// Reads a record that was kept.
    pub fn read<T>(&self, record: &[u8], fields: &mut Fields, read: impl FnOnce(&Row<C>) -> T) -> T {
        self.dialect.split(record, fields);
        read(&Row::new(&self.header, record, RecordFields::Into(fields)))
    }
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's place among those of the export.
    pub file: u32,
    /// The line of the row's first character, from 1; in Parquet the row.
    pub line: u64,
}

/// What one pass over an export found.
pub struct Scan<K> {
    /// What was kept, block by block, in the order of the files.
    kept: Vec<Kept<K>>,
    /// The rows with another number of fields than the header, or with quotes that run away.
    pub faults: Vec<(Place, FieldFault)>,
    /// What the files were; what is rejected is for later.
    pub files: Vec<ExportFile>,
}

/// What was kept of one block, each with its line within the block.
struct Kept<K> {
    /// Where the block begins.
    first: Place,
    rows: Vec<(u32, K)>,
}

impl<K> Scan<K> {
    /// How much was kept.
    pub fn kept(&self) -> usize {
        self.kept.iter().map(|kept| kept.rows.len()).sum()
    }

    /// What was kept, in the order of the files.
    pub fn rows(&self) -> impl Iterator<Item = &K> {
        self.kept.iter().flat_map(|kept| kept.rows.iter().map(|(_, row)| row))
    }

    /// Makes something of what was kept of each block, rows with their lines within it, in parallel.
    pub fn par_blocks<T: Send>(&self, make: impl Fn(&[(u32, K)]) -> T + Sync) -> Vec<T>
    where
        K: Sync,
    {
        self.kept.par_iter().map(|kept| make(&kept.rows)).collect()
    }

    /// Takes what was kept, each with its place, in the order of the files.
    pub fn take_rows(&mut self) -> impl Iterator<Item = (Place, K)> {
        std::mem::take(&mut self.kept)
            .into_iter()
            .flat_map(|Kept { first, rows }| rows.into_iter().map(move |(within, row)| (first.plus(within), row)))
    }
}

impl Place {
    /// The place as facts keep it, where the export's first file has the number `first_file` among all.
    pub fn origin(self, first_file: u32) -> Origin {
        Origin { file: first_file + self.file, line: u32::try_from(self.line).unwrap_or(u32::MAX) }
    }

    fn plus(self, lines: u32) -> Self {
        Self { line: self.line + u64::from(lines), ..self }
    }
}

/// Hears how an intake comes along.
pub trait Progress: Sync {
    /// A file of so many bytes is begun.
    fn begin(&self, file: &str, bytes: u64);
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);
    /// The work goes on to another part.
    fn stage(&self, _name: &'static str) {}
    /// Asked now and then, whether the work is to go on.
    ///
    /// # Errors
    ///
    /// It is not, because a signal came.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
}

impl<C: Column> Export<C> {
    /// Opens an export's files and reads their headers.
    ///
    /// # Errors
    ///
    /// A file cannot be read, is empty, has a header that is no text, or lacks a needed column.
    pub fn open(sources: &[Source], mapping: &ExportMapping, reading: &Reading) -> Result<Self, Fault> {
        let files = sources.iter().map(|source| File::open(source, mapping, reading));
        let mut files = files.collect::<Result<Vec<_>, _>>()?;
        name_apart(&mut files);
        order_in_common(&mut files);
        Ok(Self { files, max_field_lines: reading.max_field_lines })
    }

    /// How many files there are.
    pub fn file_count(&self) -> u32 {
        self.files.len() as u32
    }

    /// How the records of each file fall into rows.
    pub fn layouts(&self) -> Vec<Layout<C>> {
        self.files.iter().map(|file| Layout { header: file.header.clone(), dialect: file.dialect }).collect()
    }

    /// Reads all rows, in parallel: those with the header's number of fields go through the sieve.
    ///
    /// # Errors
    ///
    /// A file cannot be read to its end, is not in the encoding that it is said to be in, or has a
    /// quote that is never closed.
    pub fn scan<S: Sieve<C>>(self, progress: &dyn Progress, sieve: &S) -> Result<Scan<S::Kept>, Fault> {
        let mut scan = Scan { kept: Vec::new(), faults: Vec::new(), files: Vec::new() };
        for (index, file) in self.files.into_iter().enumerate() {
            scan.add(index as u32, file, self.max_field_lines, progress, sieve)?;
        }
        Ok(scan)
    }
}

/// Files of one name get the folders that tell them apart.
fn name_apart<C>(files: &mut [File<C>]) {
    let names: Vec<_> = files.iter().map(|file| file.name.clone()).collect();
    for file in files {
        if names.iter().filter(|name| **name == file.name).count() > 1 {
            file.name = file.place.as_str().into();
        }
    }
}

/// Where files have their columns at other places, their rows are held against each other by name.
fn order_in_common<C: Column>(files: &mut [File<C>]) {
    let alike = |left: &File<C>, right: &File<C>| {
        left.header.names() == right.header.names() && left.header.delimiter() == right.header.delimiter()
    };
    if files.windows(2).all(|pair| alike(&pair[0], &pair[1])) {
        return;
    }
    for file in files {
        let mut order: Vec<_> = (0..file.header.width()).collect();
        order.sort_by_key(|place| file.header.name_at(*place).to_owned());
        file.header.common_order = Some(order);
    }
}

impl<K: Send> Scan<K> {
    fn add<C: Column, S: Sieve<C, Kept = K>>(
        &mut self,
        index: u32,
        file: File<C>,
        max_field_lines: u32,
        progress: &dyn Progress,
        sieve: &S,
    ) -> Result<(), Fault> {
        let File { name, place, header, dialect, mut text, rest, lines_before } = file;
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
        let parts: Vec<_> = blocks
            .par_bridge()
            .map_init(Separators::default, |separators, block: io::Result<Block>| match progress.check() {
                Ok(()) => block.map(|block| block_reader.read_block(&block, separators, sieve)),
                Err(_) => Err(io::Error::other("stopped")),
            })
            .collect::<Result<_, _>>()
            .map_err(|error| progress.check().err().unwrap_or_else(|| text.broken(&error)))?;
        if let Some(mistaken) = text.encoding_mismatch() {
            return Err(mistaken);
        }
        let first = Place { file: index, line: 1 + lines_before };
        let merged = self.merge(parts, first);
        if let Some(line) = merged.unclosed {
            return Err(Fault::new(FaultKind::Input, "a quoted field begins here and never ends")
                .at(format!("{place}:{line}"))
                .hint("close the quote, or double it where it is part of the text; or the file was cut, then fetch it again"));
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

    /// Puts the parts of a file into their order. What its lines were: rejected ones are records here.
    fn merge(&mut self, mut parts: Vec<Part<K>>, mut first: Place) -> Merged {
        parts.sort_unstable_by_key(|part| part.index);
        let mut merged = Merged::default();
        for part in parts {
            self.faults.extend(part.faults.into_iter().map(|(within, fault)| (first.plus(within), fault)));
            merged.unclosed = merged.unclosed.or(part.unclosed.map(|within| first.plus(within).line));
            merged.may_be_cut |= part.may_be_cut;
            self.kept.push(Kept { first, rows: part.kept });
            merged.lines.total += u64::from(part.counted);
            merged.lines.records += part.rows;
            merged.lines.blank += u64::from(part.blank);
            merged.lines.inside_quotes += u64::from(part.inside);
            first = first.plus(part.lines);
        }
        merged
    }
}

#[derive(Default)]
struct Merged {
    lines: Lines,
    unclosed: Option<u64>,
    may_be_cut: bool,
}
